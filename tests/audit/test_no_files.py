"""Names of a folder behind which there is no file that can be read: they hide nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.audit.shelf import Files, audit, places, published

from rekap.audit.reader import Unreadable
from rekap.audit.verdict import Report

pytestmark = pytest.mark.usefixtures("remembered")

FALSE_PAGE = {"index.html": b"<html>"}


@dataclass
class Folder(Files):
    """A folder in memory. `empty`: names of pipes, sockets, links to nothing. `locked`: no right
    to read; a name that ends in "/" is a folder that cannot be listed."""

    empty: frozenset[str] = frozenset()
    locked: frozenset[str] = field(default_factory=frozenset)

    def read(self, path: str, limit: int) -> bytes | None:
        if path in self.locked:
            raise Unreadable(f"{path}: Permission denied")
        return None if path in self.empty else super().read(path, limit)

    def paths(self, below: str = "") -> Iterator[str]:
        for name in sorted({*self.files, *self.empty, *self.locked}):
            if name.endswith("/"):
                raise Unreadable(f"{name}: Permission denied")
            if name.startswith(below):
                yield name


def _audit(names: set[str], how: str, other: dict[str, bytes] | None = None) -> Report:
    files = {**published()[0], **(other or {})}
    return audit({}, source=Folder(files, **{how: frozenset(names)}))


LEAVES = {"index.html", "bukti/5.json", "bukti/5.tlog-proof", "log/tile/0/000.p/45",
          "log/tile/entries/000.p/45"}  # fmt: skip
UNEXPECTED = {"extra", "bukti/280.tlog-proof", "log/pipe", "log/tile/0/009", "log/tile/0/001.p/90",
              "log/tile/entries/009", "log/tile/entries/001.p/90", "log/tile/7/000"}  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [LEAVES, {"policy.txt"}, {"site.json"}, {"log/checkpoint"},
     {"log/tile/entries/000", "log/tile/0/001.p/24"}],
)  # fmt: skip
def test_no_file_in_place_of_a_published_one_is_refuted(names: set[str]) -> None:
    assert names <= published()[0].keys()
    report = _audit(names, "empty")
    assert report.status == 1
    assert names <= places(report)


@pytest.mark.parametrize("how", ["empty", "locked"])
def test_a_name_that_nothing_expects_is_refuted_also_where_no_file_is(how: str) -> None:
    report = _audit(UNEXPECTED, how)
    assert places(report) == UNEXPECTED
    assert {failure.found.en for failure in report.refuted} == {"no regular file"}


@pytest.mark.parametrize(
    "names",
    [UNEXPECTED, LEAVES - FALSE_PAGE.keys(), {"log/status.json", "log/tile/entries/000"},
     {"buku-besar/"}, {"log/tile/"}],
)  # fmt: skip
def test_what_cannot_be_read_hides_no_false_page(names: set[str]) -> None:
    report = _audit(names, "locked", FALSE_PAGE)
    assert report.status == 1
    assert places(report) - UNEXPECTED == set(FALSE_PAGE)
    told = {f.place for f in report.undecided} | {
        f.found.en.split(":")[0] for f in report.undecided
    }
    assert names <= told | places(report)


def test_a_file_that_cannot_be_read_is_undecided_by_its_name() -> None:
    names = LEAVES - {"bukti/5.json"} | {"log/tile/entries/000"}
    report = _audit(names, "locked")
    assert report.status == 2
    assert {failure.place for failure in report.undecided} == names
