"""What the log's writer says of itself is told, and decides nothing; another one's is foreign."""

from __future__ import annotations

import pytest
from tests.audit.shelf import audit, places, published

from rekap.core.log.status import RUNNING, STATUS, STOPPED, Status


def origin() -> str:
    files, _, _ = published()
    return files["log/checkpoint"].split(b"\n")[0].decode()


def test_a_stop_is_told_and_the_site_is_as_true_as_before() -> None:
    files, _, _ = published()
    told = Status(origin(), STOPPED, "TREE.size 5 is above HEAD.next 3").format()
    report = audit({**files, STATUS: told})
    assert report.sound
    words = "The log's writer says that it has stopped (log/status.json): TREE.size 5 is above"
    assert any(note.en.startswith(words) for note in report.notes)


def test_a_writer_that_runs_again_is_no_news() -> None:
    files, _, _ = published()
    report = audit({**files, STATUS: Status(origin(), RUNNING, "it was so").format()})
    assert report.sound
    assert not any("status.json" in note.en for note in report.notes)


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b"\xff" * 5_000, Status("another.example/log", STOPPED, "x").format()]
)
def test_anything_else_in_its_place_is_refuted(data: bytes) -> None:
    files, _, _ = published()
    report = audit({**files, STATUS: data})
    assert report.status == 1
    assert places(report) == {STATUS}
