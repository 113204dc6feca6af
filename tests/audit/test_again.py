"""An address that shows one thing first and another when it is read again.

Nothing false is forgotten, and a true site that grows or is cached in parts is never refuted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from tests.audit.shelf import RELEASE, RENDER, Evening, Files, Portal, places

from rekap.audit import again
from rekap.audit.plan import ALL, Plan
from rekap.audit.reader import Unreadable
from rekap.audit.verdict import Report

pytestmark = pytest.mark.usefixtures("remembered")

SIZES = (30, 50, 60)
PAGE = "buku-besar/index.html"
"""It changes with every entry."""


@dataclass
class Fickle(Files):
    """An address in memory: the first readings of a path show what is in `first`, one by one."""

    remote: bool = True
    first: Mapping[str, list[bytes]] = field(default_factory=dict)

    def read(self, path: str, limit: int) -> bytes | None:
        shown = self.first.get(path)
        data = shown.pop(0) if shown else self.files.get(path)
        return None if data is None else data[: limit + 1]

    def paths(self, below: str = "") -> Iterator[str] | None:
        return None


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading takes no time, asking what time it is one second."""
    seconds = count()
    clock = SimpleNamespace(monotonic=lambda: next(seconds), sleep=lambda pause: None)
    monkeypatch.setattr(again, "time", clock)
    monkeypatch.setattr(again, "_PAUSE_S", 0)


def _verify(source: Files, readings: int = 3, **fields: Any) -> Report:
    """Verify with patience for so many readings."""
    plan = Plan(**{"render": RENDER, "release": RELEASE, "pages": ALL, **fields})
    report, _ = again.repeat(source, plan, readings - 1, lambda what, done, total: None)
    return report


@cache
def _stages() -> tuple[list[dict[str, bytes]], Evening]:
    """A small portal as it stood at each of `SIZES`."""
    evening = Evening(4).grow(SIZES[-1])
    portal = Portal(evening.entries, evening.origin)
    stages = []
    for number, size in enumerate(SIZES):
        portal.log(size)
        portal.publish(now=1_000 * number)
        portal.publish(now=1_000 * number + 999)
        stages.append(portal.public())
    return stages, evening


def _growing() -> tuple[dict[str, bytes], dict[str, bytes], dict[str, bytes]]:
    """What stands at 50 and at 60 entries, and between: the log of 60, the pages of 50."""
    _, older, newer = _stages()[0]
    log = {path: data for path, data in newer.items() if path.startswith("log/")}
    return older, newer, {**newer, **older, **log}


def _lie(page: bytes) -> bytes:
    """A page of the same as_of and length that says something else."""
    assert b"Rekap Terbuka" in page
    return page.replace(b"Rekap Terbuka", b"Rekap Terbaca", 1)


def _stating(page: bytes, old: int, new: int) -> bytes:
    mark = b'<meta name="as-of" content="%d">'
    assert mark % old in page
    return page.replace(mark % old, mark % new)


# ---------------------------------------------------------------- one reading


@pytest.mark.parametrize("longer", [False, True])
def test_a_false_page_that_is_true_when_read_again_is_refuted(longer: bool) -> None:
    """It states a size that `site.json` does not speak of yet."""
    _, newer, between = _growing()
    shown = {**between, PAGE: newer[PAGE]}
    assert _verify(Fickle(shown)).status == 3
    false = _lie(newer[PAGE]) + (b" " * 1_000_000 if longer else b"")
    report = _verify(Fickle(shown, first={PAGE: [false]}))
    assert (report.status, places(report)) == (1, {PAGE})


def test_a_false_proof_that_is_a_true_one_when_read_again_is_refuted() -> None:
    older, newer, _ = _growing()
    first = {"log/checkpoint": [older["log/checkpoint"]]}  # so that it is read again
    assert _verify(Fickle(newer, first=dict(first))).status == 3
    first = {"log/checkpoint": [older["log/checkpoint"]]}
    path = "bukti/5.tlog-proof"
    report = _verify(Fickle(newer, first={**first, path: [newer["bukti/6.tlog-proof"]]}))
    assert (report.status, places(report)) == (1, {path})


def test_a_false_file_without_an_as_of_that_is_true_when_read_again_is_refuted() -> None:
    _, newer, between = _growing()
    path = next(
        path
        for path, data in sorted(newer.items())
        if path.endswith(".atom") and "/data/" not in path and data != between.get(path, data)
    )
    shown = {**between, path: newer[path]}
    assert _verify(Fickle(shown)).status == 3
    report = _verify(Fickle(shown, first={path: [newer[path].replace(b"<", b"< ", 1)]}))
    assert (report.status, places(report)) == (1, {path})


def test_a_page_that_is_replaced_between_two_questions_is_judged_by_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that is much longer takes two: the first begins like the page of some size, or lies."""
    monkeypatch.setattr("rekap.audit.pages._LONGER", -100)
    older, newer, between = _growing()
    assert len(newer[PAGE]) > len(older[PAGE]) - 100
    for first, status in ((newer[PAGE], 3), (_lie(newer[PAGE]), 1)):
        report = _verify(Fickle({**between, PAGE: b"\n" + newer[PAGE]}, first={PAGE: [first]}))
        assert (report.status, places(report)) == (status, {PAGE} if status == 1 else set())


# ---------------------------------------------------------------- several readings


@pytest.mark.parametrize("stated", [61, 50, 30])
def test_a_false_page_of_another_size_stays_refuted_when_the_next_reading_is_true(
    stated: int,
) -> None:
    """Newer than the checkpoint, or older than the page: both are worth another reading."""
    _, newer, _ = _growing()
    false = _lie(_stating(newer[PAGE], 60, stated))
    report = _verify(Fickle(newer, first={PAGE: [false]}))
    assert (report.status, places(report)) == (1, {PAGE})


@pytest.mark.parametrize("path", [PAGE, "bukti/7.json", "policy.txt", "log/tile/0/000.p/60"])
def test_what_was_false_is_not_forgotten_because_the_checkpoint_got_another_line(
    path: str,
) -> None:
    """Whoever serves a site can change unsigned lines, and so ask for another reading."""
    _, newer, _ = _growing()
    false = _lie(newer[PAGE]) if path == PAGE else newer[path][::-1]
    note = newer["log/checkpoint"]
    first = {path: [false], "log/checkpoint": [note + "— x AAAAAAAA\n".encode()]}
    if path == "policy.txt":
        first[path] = [newer[path], false]
    report = _verify(Fickle(newer, first=first))
    assert (report.status, places(report)) == (1, {path})


def test_what_was_false_is_not_forgotten_because_the_next_reading_fails() -> None:
    class Broken(Fickle):
        def read(self, path: str, limit: int) -> bytes | None:
            if path == PAGE:
                self.broken = True
            elif path == "site.json" and hasattr(self, "broken"):
                raise Unreadable("gone")
            return super().read(path, limit)

    _, newer, _ = _growing()
    report = _verify(Broken(newer, first={PAGE: [_lie(_stating(newer[PAGE], 60, 61))]}))
    assert (report.status, places(report)) == (1, {PAGE})


def test_a_log_that_shows_two_histories_to_two_readings_is_refuted() -> None:
    """Both are signed; the second would be proved alone."""
    (_, _, newer), evening = _stages()
    other = Portal([*evening.entries[:49], b"x"], evening.origin)
    other.log(50)
    forked = {**newer, **other.public()}

    class Forked(Fickle):
        def read(self, path: str, limit: int) -> bytes | None:
            ended = self.reads.count("log/checkpoint") >= 2
            data = (newer if ended else forked).get(path)
            self.reads.append(path)
            return None if data is None else data[: limit + 1]

    report = _verify(Forked({}), pages=0)
    assert [(one.check.code, one.place) for one in report.refuted] == [("V02", "log/checkpoint")]
    assert "at 50" in report.refuted[0].expected.en
    assert report.fork is not None
    assert [one.size for one in report.fork.verify()] == [50, 60]


def test_two_histories_of_which_the_smaller_is_shown_last_are_refuted_with_evidence() -> None:
    """It was taken for a cache of before: undecided however long it was asked, and forgotten."""
    (_, _, newer), evening = _stages()
    other = Portal([*evening.entries[:49], b"x"], evening.origin)
    other.log(50)
    first = {"log/checkpoint": [newer["log/checkpoint"]] * 2, "site.json": [b"{}"]}
    first["log/checkpoint"] += [other.public()["log/checkpoint"], newer["log/checkpoint"]]
    report = _verify(Fickle({**newer, **other.public()}, first=first), 2, pages=0)
    assert report.moved
    assert ("V02", "log/checkpoint") in {(one.check.code, one.place) for one in report.refuted}
    assert report.fork is not None
    assert [one.size for one in report.fork.verify()] == [50, 60]


def test_a_log_that_is_smaller_at_the_next_reading_went_back() -> None:
    older, newer, _ = _growing()
    first = {"log/checkpoint": [newer["log/checkpoint"]] * 2, "site.json": [b"{}"]}
    report = _verify(Fickle({**newer, **older}, first=first), pages=0)
    assert report.status == 1
    assert ("V02", "log/checkpoint") in {(one.check.code, one.place) for one in report.refuted}


# ---------------------------------------------------------------- true sites


def test_a_page_that_is_newer_than_a_cached_checkpoint_is_right_when_that_comes() -> None:
    """The checkpoint of 50 twice: at the beginning and at the end of the first reading."""
    older, newer, _ = _growing()
    first = {path: [older[path]] * 2 for path in ("log/checkpoint", "site.json")}
    pages = {path: [newer[path]] for path in newer if newer[path] != older.get(path)}
    cached = {path: [older[path]] for path in pages if path in older and path not in first}
    del cached[PAGE], cached["en/" + PAGE]
    report = _verify(Fickle(newer, first={**cached, **first}))
    assert (report.status, places(report)) == (3, set())


def test_pages_of_a_cache_are_right_when_the_cache_has_the_new_ones() -> None:
    """Pages of 50 and of 30, files beside them without an as_of, bulk data."""
    older, newer, _ = _growing()
    for kept in (older, _stages()[0][0]):
        changed = {p: [d] for p, d in kept.items() if d != newer[p] and not p.startswith("log/")}
        del changed["site.json"]
        assert {"html", "json", "atom", "csv"} <= {path.rpartition(".")[2] for path in changed}
        shown = {path: data for path, data in changed.items() if "/data/" not in path}
        report = _verify(Fickle(newer, first=shown))
        assert (report.status, places(report)) == (3, set())


def test_a_file_that_was_cut_short_is_right_when_it_comes_whole() -> None:
    _, newer, _ = _growing()
    old = _lie(_stating(newer["en/" + PAGE], 60, 59))
    report = _verify(Fickle(newer, first={PAGE: [newer[PAGE][:-500]], "en/" + PAGE: [old]}))
    assert places(report) == {"en/" + PAGE}


def test_a_site_that_grows_between_readings_is_right_at_each() -> None:
    """Bulk data, pages and checkpoint of 50 in part; then all of 60."""
    older, newer, between = _growing()

    class Growing(Fickle):
        def read(self, path: str, limit: int) -> bytes | None:
            self.reads.append(path)
            ended = self.reads.count("log/checkpoint") > 2
            first = newer if "/data/" in path or path == PAGE else between
            data = (newer if ended else first).get(path)
            if path == "log/checkpoint" and self.reads.count(path) == 1:
                data = older[path]
            return None if data is None else data[: limit + 1]

    report = _verify(Growing({}))
    assert (report.status, places(report)) == (3, set())
