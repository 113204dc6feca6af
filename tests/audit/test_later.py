"""Files that are not right at the size in `site.json`: where else they belong, one by one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests.audit.shelf import Files

from rekap.audit import checks
from rekap.audit.later import Later
from rekap.audit.pages import Compared, Wrong
from rekap.audit.reader import Unreadable
from rekap.audit.verdict import ABSENT, NOTHING, Report, Seen
from rekap.core.ledger.state import State

BULK = "pemilihan/data/forms.csv"
PAGE = "pemilihan/index.html"


def _page(as_of: int) -> bytes:
    return b'<meta name="as-of" content="%d">' % as_of


def _wrong(path: str, check: Any = checks.PAGES, **fields: Any) -> Compared:
    held = fields.pop("held", None)
    seen = None if held is None else Seen.of(held)
    one = Wrong(check, path.rpartition("/")[0] + "/", path, NOTHING, ABSENT, seen=seen, **fields)
    return Compared(wrong=[one])


def _unrendered(*asked: object) -> Any:
    raise AssertionError("nothing is to be rendered")


def _later(files: dict[str, bytes], render: Any = _unrendered) -> Later:
    return Later(Files(files), render, lambda index: b"")


def _found(later: Later, site_size: int = 5, top: int = 9) -> tuple[Report, list[str]]:
    report = Report("memory")
    later.finish(site_size, top, report)
    return report, [f"{one.check.code} {one.place}" for one in report.refuted]


def _state(size: int) -> Any:
    return SimpleNamespace(size=size)


def test_a_file_that_is_right_at_two_sizes_is_said_to_be_of_the_later_one() -> None:
    later = _later({})
    later.take(_wrong(BULK, checks.BULK, held=b"new"))
    for size in (7, 8):
        later.offer(BULK, b"new", size)
    report, _ = _found(later)
    assert [one.found.en for one in report.ahead] == ["size 8"]
    assert len(report.limits) == 1, "a site with pages ahead is no proof of what it shows"


def test_bulk_data_of_data_next_are_ahead_though_the_newest_are_the_same() -> None:
    later = _later({})
    later.take(_wrong(BULK, checks.BULK, held=b"new"))
    later.offer(BULK, b"new", 7)
    report = Report("memory")
    later.accuse_claim(BULK, b"new", 9, report)
    assert not report.refuted
    report, refuted = _found(later)
    assert (refuted, [one.place for one in report.ahead]) == ([], [BULK])


@pytest.mark.parametrize("there", [b"newest", b"other"])
def test_bulk_data_of_a_size_that_nobody_names_are_the_claims_fault(there: bytes) -> None:
    later = _later({})
    later.take(_wrong(BULK, checks.BULK, held=there))
    report = Report("memory")
    later.accuse_claim(BULK, b"newest", 9, report)
    accused = [one.place for one in report.refuted]
    assert accused == (["site.json"] if there == b"newest" else [])
    assert _found(later)[1] == ([] if accused else [f"V17 {BULK}"])


def test_bulk_data_where_none_are_expected_are_sought_at_the_newest_size() -> None:
    for path, sought in ((BULK, True), (f"en/{BULK}", True), (PAGE, False)):
        later = _later({path: b"x"})
        later.take_extra([path])
        assert later.has_wrong_bulk is sought


@pytest.mark.parametrize(
    ("as_of", "doubted"), [(6, False), (7, True), (8, True), (9, True), (None, True)]
)
def test_what_may_be_another_releases_is_undecided_from_its_first_entry_on(
    as_of: int | None, doubted: bool
) -> None:
    data = b"<html>" if as_of is None else _page(as_of)
    later = _later({PAGE: data, "more.html": data})
    later.take(_wrong(PAGE, as_of=5, claim=as_of))
    later.take_extra(["more.html"])
    for size in (7, 8, 9):
        later.look(_state(size), renders=False)
    report, refuted = _found(later)
    assert refuted == ([] if doubted else [f"V16 {PAGE}", "V21 more.html"])
    places = {one.place for one in report.undecided}
    assert places == ({PAGE, "more.html"} if doubted else set())


def test_addresses_that_the_log_does_not_have_are_not_rendered() -> None:
    class Rendering:
        def as_of(self, address: str) -> int:
            return 6

        def files(self, address: str) -> dict[str, bytes]:
            assert address in ("cara/", "periksa/")  # both are of every log
            return {f"{address}index.html": _page(6)}

    maps = State()
    state: Any = SimpleNamespace(size=6, meta=maps.meta, site=maps.site)
    files = {"aset/more.js": b"1"}
    for opened in (False, True):
        if opened:
            maps.meta.put("publication", {"release": "r"})
        later = _later(files, lambda *asked: Rendering())
        later.take(_wrong("cara/index.html", as_of=5, claim=6, held=_page(6)))
        later.take_extra(["aset/more.js"])
        later.look(state, renders=True)
        report, refuted = _found(later)
        assert [one.place for one in report.ahead] == (["cara/index.html"] if opened else [])
        assert refuted[-1] == "V21 aset/more.js"


@pytest.mark.parametrize("first", [b"new", b"false"])
def test_a_file_is_judged_by_what_stood_there_when_it_was_read_first(first: bytes) -> None:
    later = _later({BULK: b"new" if first == b"false" else b"replaced"})
    later.take(_wrong(BULK, checks.BULK, held=first))
    later.offer(BULK, b"new", 7)
    report, refuted = _found(later)
    assert refuted == ([f"V17 {BULK}"] if first == b"false" else [])
    assert [one.place for one in report.ahead] == ([BULK] if first == b"new" else [])


def test_bulk_data_that_are_new_before_anybody_lists_the_files_are_ahead() -> None:
    later = _later({BULK: b"new"})
    later.offer(BULK, b"new", 3)
    later.take_extra([BULK])
    report, refuted = _found(later)
    assert (refuted, [one.place for one in report.ahead]) == ([], [BULK])


def test_a_foreign_file_that_cannot_be_read_is_excused_by_nothing() -> None:
    class Locked(Files):
        def read(self, path: str, limit: int) -> bytes | None:
            raise Unreadable(f"{path}: input/output error")

    later = Later(Locked({}), _unrendered, lambda index: b"")
    later.take_extra([BULK])
    later.offer(BULK, b"", 7)
    assert _found(later)[1] == [f"V21 {BULK}"]


def test_a_file_of_which_only_the_beginning_was_read_is_judged_by_that() -> None:
    for fits, seen in (
        (True, Seen.of(b"abc")),
        (False, Seen.of(b"ab")),
        (True, Seen.of(b"ab", cut=True)),
        (False, Seen.of(b"ac", cut=True)),
        (False, Seen.of(b"abcd", cut=True)),
    ):
        assert seen.fits(b"abc") is fits
    assert Seen.of(b"ab").fits(b"abc", begins=True)


def test_a_claim_beyond_the_checkpoint_tells_of_a_newer_one() -> None:
    for claim, newer in ((9, False), (10, True)):
        later = _later({PAGE: _page(claim), "more.html": _page(claim)})
        later.take(_wrong(PAGE, as_of=5, claim=claim))
        later.take_extra(["more.html"])
        report, refuted = _found(later)
        assert refuted == [f"V16 {PAGE}", "V21 more.html"]
        assert [one.newer for one in report.refuted] == [newer, newer]


def test_where_the_end_was_not_reached_only_what_stands_is_false() -> None:
    later = _later({})
    later.take(_wrong(PAGE, as_of=5, claim=5, stands=True))
    later.take(_wrong("other/index.html", as_of=5, claim=7))
    report = Report("memory")
    later.give_up(9, report)
    assert [one.place for one in report.refuted] == [PAGE]


@pytest.mark.parametrize("claims", [(6, 6), (6, 8), (8, 6), (8, 8), (8, 8, 8), (8, 8, 6)])
def test_of_files_too_many_to_name_one_that_no_other_release_excuses_refutes_all(
    monkeypatch: pytest.MonkeyPatch, claims: tuple[int, ...]
) -> None:
    """From size 7 on pages are those of a release that is not here; two are named."""
    monkeypatch.setattr("rekap.audit.later.NAMED", 2)
    files = {f"{n}.html": _page(claim) for n, claim in enumerate((8, 6, *claims))}
    later = _later(files)
    later.take_extra(files)
    later.look(_state(7), renders=False)
    report, refuted = _found(later)
    excused = 6 not in claims
    assert refuted == ["V21 1.html"] + ([] if excused else ["V21 1.html"])
    told = (report.undecided if excused else report.refuted)[-1]
    assert told.found.en.split()[1] == str(len(claims)), told.found.en
