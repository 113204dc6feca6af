"""What an address showed before: settled by the log's own bytes, else blamed or doubted."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from rekap.audit import again, checks
from rekap.audit.hashes import Signed
from rekap.audit.owed import Owed
from rekap.audit.plan import Earlier
from rekap.audit.verdict import ABSENT, NOTHING, Claimed, Failure, Report, Seen
from rekap.core.ledger.state import State

PAGE = "cara/index.html"
BULK = "pemilihan/data/forms.csv"
TRUE = b"the page of 6"


class Rendering:
    """A site of which one page changed with entry 5."""

    def as_of(self, address: str) -> int:
        return 6

    def files(self, address: str) -> dict[str, bytes]:
        return {PAGE: TRUE, f"en/{PAGE}": b"the English page"}

    def bulk(self) -> Iterator[tuple[str, bytes]]:
        yield BULK, TRUE


def _failure(size: int | None, seen: bytes = TRUE, place: str = PAGE) -> Failure:
    check = checks.BULK if place == BULK else checks.PAGES
    claimed = Claimed("" if place == BULK else "cara/", size, Seen.of(seen))
    return Failure(check, place, NOTHING, ABSENT, claimed=claimed)


def _owed(*failures: Failure, since: int = 5) -> Owed:
    render: Any = lambda *asked: Rendering()  # noqa: E731
    return Owed(Earlier(failures, since=since), render, lambda index: b"")


def _state(size: int) -> Any:
    maps = State()
    maps.meta.put("publication", {"release": "r"})
    return SimpleNamespace(size=size, meta=maps.meta, site=maps.site)


@pytest.mark.parametrize("size", [6, None])
@pytest.mark.parametrize(
    ("seen", "right"), [(TRUE, True), (TRUE[:-2], True), (b"", True), (b"another", False)]
)
def test_only_the_bytes_that_the_log_gives_settle_what_was_seen(
    size: int | None, seen: bytes, right: bool
) -> None:
    one, other = _failure(size, seen), _failure(size, seen, f"en/{PAGE}")
    owed, report = _owed(one, other), Report("memory")
    assert owed.wants(6)
    owed.look(_state(6), renders=True)
    owed.finish(9, report)
    settled = [one, other] if seen == b"" else [one] if right else []
    assert report.settled == settled
    assert [failure.place for failure in report.refuted] == [
        failure.place for failure in (one, other) if failure not in settled
    ]


@pytest.mark.parametrize(("top", "stands"), [(7, False), (8, True), (9, True)])
def test_a_size_that_is_known_is_false_for_good_and_another_may_come(
    top: int, stands: bool
) -> None:
    owed, report = _owed(_failure(8)), Report("memory")
    assert [size for size in range(12) if owed.wants(size)] == [8]
    owed.finish(top, report)
    (found,) = report.refuted
    assert (found.stands, found.newer) == (stands, not stands)
    assert found.claimed == _failure(8).claimed


def test_a_file_without_an_as_of_is_sought_from_some_thousand_entries_before_on() -> None:
    owed = _owed(_failure(None), since=5_000)
    assert [owed.wants(size) for size in (903, 904, 9_000)] == [False, True, True]
    report = Report("memory")
    owed.finish(9_000, report)
    assert [(one.stands, one.newer) for one in report.refuted] == [(False, False)]


@pytest.mark.parametrize(("size", "doubted"), [(6, False), (7, True), (8, True), (None, True)])
def test_what_another_release_may_have_rendered_is_undecided(
    size: int | None, doubted: bool
) -> None:
    owed, report = _owed(_failure(size, b"another")), Report("memory")
    owed.look(_state(6), renders=True)
    owed.look(_state(7), renders=False)
    owed.look(_state(8), renders=False)
    owed.finish(9, report)
    assert (len(report.undecided), len(report.refuted)) == (int(doubted), int(not doubted))
    assert next(one.claimed for one in (*report.undecided, *report.refuted)).size == size


def test_bulk_data_are_settled_by_bulk_data_alone() -> None:
    right, wrong = _failure(None, place=BULK), _failure(3, b"another", place=BULK)
    owed, report = _owed(right, wrong), Report("memory")
    assert owed.has_bulk
    assert not any(owed.wants(size) for size in range(12))
    owed.look_at_bulk(Rendering())
    owed.finish(9, report)
    assert report.settled == [right]
    assert [(one.place, one.stands, one.newer) for one in report.refuted] == [(BULK, False, False)]
    assert not _owed(_failure(6)).has_bulk


def test_what_a_reading_did_not_come_to_stays_in_its_report_once() -> None:
    claimed, lasting = _failure(8), Failure(checks.TILES, "log/x", NOTHING, ABSENT, stands=True)
    settled = _failure(6)
    passing = Failure(checks.PRESENT, PAGE, NOTHING, ABSENT)
    blind = Failure(checks.RELEASE, "b", NOTHING, ABSENT, claimed=claimed.claimed)
    first = Report("memory", refuted=[claimed, lasting, settled, passing], undecided=[blind])
    first.facts |= {"size": 9, "site": {"size": 7}}
    first.tree = tree = Signed(9, b"root", b"note", None)
    earlier = again.remember(Earlier(), first)
    assert earlier == Earlier((claimed, lasting, settled, blind), (tree,), 7)
    second = Report("memory", refuted=[lasting], settled=[settled])
    second.facts["size"] = 5
    later = again.remember(earlier, second)
    assert (second.refuted, second.undecided) == ([lasting, claimed], [blind])
    assert later == Earlier((lasting, claimed, blind), (tree,), 5)


def test_a_page_that_did_not_change_at_a_size_is_no_page_of_it() -> None:
    """Nor is it made again for every entry that leaves it alone."""
    owed, report = _owed(_failure(7)), Report("memory")
    owed.look(_state(7), renders=True)
    owed.finish(9, report)
    assert [one.stands for one in report.refuted] == [True]


def test_an_answer_that_could_not_be_judged_stays_undecided() -> None:
    """A host showed a page of its own at first and the true one when it was read again: exit 0."""
    shown = Failure(checks.PAGES, PAGE, NOTHING, ABSENT, stands=True)
    cut = Failure(checks.PAGES, f"en/{PAGE}", NOTHING, ABSENT)
    first = Report("memory", undecided=[shown, cut])
    first.facts["size"] = 9
    earlier = again.remember(Earlier(), first)
    assert (earlier.failures, earlier.doubts) == ((), (shown,))
    second = Report("memory")
    second.facts["size"] = 9
    later = again.remember(earlier, second)
    assert (second.undecided, second.status, later.doubts) == ([shown], 2, (shown,))
    assert not second.refuted
