"""The parts of the audit alone: tree hashes, entries, workers, claims, words."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.audit.shelf import RENDER, Files
from tests.core.statements.markdown import tables

from rekap.audit import checks, claim, pages
from rekap.audit.entries import Entries
from rekap.audit.hashes import TreeHashes
from rekap.audit.later import _CLAIMLESS, Later, _homes
from rekap.audit.pages import claimed, sample
from rekap.audit.verdict import ABSENT, NAMED, Report, Seen, Words, difference, digest, printable
from rekap.audit.workers import each
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.log import tiles
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import EMPTY_ROOT, Frontier

VECTORS = Path(__file__).parents[1] / "vectors" / "public" / "tlog-tiles.json"


def _leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % index) for index in range(size)]


def test_roots_of_every_prefix_are_those_of_the_frontier() -> None:
    hashes = TreeHashes(_leaves(700))
    frontier = Frontier()
    assert hashes.root(0) == EMPTY_ROOT
    for size, leaf in enumerate(hashes.rows[0], 1):
        frontier = frontier.append(leaf)
        assert hashes.root(size) == frontier.root()
    with pytest.raises(ValueError, match="701"):
        hashes.root(701)


@pytest.mark.skipif(not VECTORS.exists(), reason="the public vectors are not there")
def test_tiles_are_those_of_the_vectors() -> None:
    for log in json.loads(VECTORS.read_bytes())["logs"]:
        size = log["size"]
        hashes = TreeHashes(_leaves(size))
        assert hashes.root(size) == base64.b64decode(log["root"])
        for tile in tiles.tiles_for(size):
            if tile.level >= 0 and tile.path in log.get("sha256", {}):
                data = hashes.tile(tile.level, tile.n, tile.width)
                assert data is not None
                assert codec.sha256_hex(data) == log["sha256"][tile.path]
        assert hashes.tile(0, size // 256, 256) is None
        assert hashes.tile(5, 0, 1) is None


def test_entries_are_kept_and_forgotten() -> None:
    entries = Entries()
    entries.put(2, [b"two"])
    entries.put(0, [b"zero"])
    assert entries(2) == b"two"
    assert entries.known() == 1
    entries.put(1, [b""])
    entries.put(0, [b"other"])
    assert (entries(0), entries(1), entries.known()) == (b"other", b"", 3)
    with pytest.raises(KeyError):
        entries(3)
    with pytest.raises(KeyError):
        Entries()(0)


def test_entries_that_a_disk_does_not_take_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: len(data) - 1)
    with pytest.raises(OSError, match="No space left"):
        Entries().put(0, [b"zero"])


def test_each_gives_results_in_order_with_any_number_of_processes() -> None:
    items = list(range(30))
    for processes in (1, 2, 5):
        assert list(each(lambda item: item * item, items, processes)) == [i * i for i in items]
    assert list(each(str, [], 2)) == []


def test_each_goes_on_alone_when_a_process_is_killed() -> None:
    here = os.getpid()

    def work(item: int) -> int:
        if item == 7 and os.getpid() != here:
            os._exit(9)
        return item

    assert list(each(work, list(range(20)), 2)) == list(range(20))


def test_an_error_of_the_work_is_the_callers() -> None:
    def work(item: int) -> int:
        raise ZeroDivisionError(item)

    with pytest.raises(ZeroDivisionError):
        list(each(work, [1, 2], 2))


# ---------------------------------------------------------------- claims


CLAIM = {
    "size": 5, "root": codec.b64encode(bytes(32)), "hour": "2024-11-27T23:40:00+07:00",
    "release": "ab" * 32, "proofs": 3, "data_size": 4, "data_next": 5,
    "data_root": codec.b64encode(bytes(32)),
}  # fmt: skip


def test_a_claim_is_read() -> None:
    read = claim.parse(codec.encode_public(CLAIM))
    assert read == claim.Claim(
        5, bytes(32), "2024-11-27T23:40:00+07:00", "ab" * 32, 3, 4, 5, bytes(32)
    )


def _bad_claims() -> Iterator[bytes]:
    good = codec.encode_public(CLAIM)
    yield from (b"", b"[]", b"5", b"\xff", good[:-1], good + b"\n", b" " + good, good * 2)
    yield good.replace(b'"size":5', b'"size":05')
    yield b"[" * 5_000
    yield b'{"size":"' + b"9" * 5_000 + b'"}'
    for name, value in (
        ("size", -1), ("size", "5"), ("size", True), ("size", None), ("size", 2**63),
        ("root", ""), ("root", 5), ("root", "AAAA"), ("root", "A" * 44), ("release", "AB" * 32),
        ("release", 5), ("hour", 5), ("hour", ""), ("hour", "2024-11-27"),
        ("data_next", [5]), ("proofs", -1), ("data_root", None),
    ):  # fmt: skip
        yield codec.encode_public({**CLAIM, name: value})
    for lacking in ("size", "hour"):
        yield codec.encode_public({k: v for k, v in CLAIM.items() if k != lacking})
    yield codec.encode_public({**CLAIM, "time": 5})


@pytest.mark.parametrize("data", list(_bad_claims()))
def test_another_claim_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        claim.parse(data)


# ---------------------------------------------------------------- pages


def test_the_as_of_that_a_file_states() -> None:
    html = b'<html><head><meta name="as-of" content="17"></head>'
    assert claimed("a/index.html", html) == 17
    assert claimed("a/index.html", html.replace(b"17", b"0x1")) is None
    assert claimed("a/index.html", html.replace(b"17", b"017")) is None
    assert claimed("a/index.json", b'{"address":"a/","as_of":9,"x":1}') == 9
    assert claimed("a/forms.csv", html) is None
    assert claimed("a/index.html", b"") is None


def test_what_belongs_to_one_size_is_sought_there_and_what_lies_too_deep_nowhere() -> None:
    """A folder of 2,000 folders names 4 MB of addresses: such a file costs none."""
    assert _homes("bukti/41.json", None) == [("bukti/41/", 42)]
    assert _homes("buku-besar/changes/1.json", None) == [("bukti/511/", 512)]
    assert _homes("en/a/b/index.html", 7) == [("", 7), ("a/", 7), ("a/b/", 7)]
    assert _homes("x.csv", None) == [("", None)]
    assert len(_homes("a/" * 16 + "x", None)) == 17
    assert _homes("a/" * 17 + "x", None) == []
    later = Later(Files({}), RENDER, lambda index: b"")
    later.take_extra(f"{at}/x" for at in range(_CLAIMLESS + 9))
    assert len(later._claimless) == _CLAIMLESS
    report = Report("memory")
    later.finish(0, 0, report)
    assert len(report.refuted) == NAMED + 1
    assert report.refuted[-1].found.en == f"and {_CLAIMLESS + 9 - NAMED} more after it"


@pytest.mark.parametrize(
    ("found", "stands"),
    [
        (b'<meta name="as-of" content="7">text', None),
        (b'<meta name="as-of" content="7">tex', False),
        (b'<meta name="as-of" content="7">texts', True),
        (b'<meta name="as-of" content="7">false', True),
        (b'<meta name="as-of" content="6">text', False),
        (b'<meta name="as-of" content="8">text', False),
        (b"text", False),
        (None, False),
    ],
)
def test_what_claims_the_as_of_that_it_is_not_of_stands_unless_it_is_cut(
    found: bytes | None, stands: bool | None
) -> None:
    data = b'<meta name="as-of" content="7">text'
    files = {} if found is None else {"a/index.html": found}
    wrong = pages.compare(Files(files), checks.PAGES, "a/index.html", data, "a/", 7)
    assert (None if wrong is None else wrong.stands) == stands


def test_a_sample_depends_on_root_and_seed_and_not_on_the_order() -> None:
    addresses = [f"a/{n}/" for n in range(100)]
    drawn = sample(addresses, (), bytes(32), 10, "partai")
    assert drawn == sample(addresses[::-1], (), bytes(32), 10, "partai")
    assert drawn != sample(addresses, (), b"\1" * 32, 10, "partai")
    assert drawn != sample(addresses, (), bytes(32), 10, "pers")
    assert len(drawn) == 10
    assert len(sample(addresses, {"a/7/"}, bytes(32), 1_000, "")) == 100


# ---------------------------------------------------------------- words


def test_where_two_contents_part() -> None:
    assert difference(b"abc", b"abd").en == "differs from byte 2"
    assert difference(b"abc", b"ab").en == "cut after 2 bytes"
    assert difference(b"abc", b"abcd").en == "differs from byte 3"


def test_names_are_printed_without_anything_that_a_terminal_obeys() -> None:
    assert printable("a/b.json") == "a/b.json"
    assert printable("a\x1b]0;x\x07\r\n") == "a\\x1b]0;x\\x07\\x0d\\x0a"
    assert printable("a\udcff\u202e\\") == "a\\xdcff\\x202e\\\\"


def test_a_verdict_for_machines_is_text_whatever_a_file_is_called() -> None:
    report = Report("x")
    report.doubt(checks.PAGES, "a\udcff", "b\x9b2J", "c\udcff: Permission denied")
    [told] = report.as_json()["undecided"]
    assert {told["place"], told["expected"], told["found"]} == {
        "a\\xdcff", "b\\x9b2J", "c\\xdcff: Permission denied",
    }  # fmt: skip
    assert json.loads(codec.encode_public(report.as_json()))["status"] == 2


def test_the_beginning_of_a_file_settles_only_what_may_have_been_cut() -> None:
    """An address that showed `abc` where the log gives `abcdef` showed another file."""
    whole, cut = Seen.of(b"abc"), Seen.of(b"abc", cut=True)
    assert not whole.fits(b"abcdef")
    assert whole.fits(b"abcdef", begins=True)
    assert cut.fits(b"abcdef")
    assert not cut.fits(b"abxdef")


def test_status_of_a_report() -> None:
    report = Report("x")
    assert (report.status, report.moving) == (0, False)
    report.run_ahead(checks.PAGES, "a", "b", "c")
    assert (report.status, report.moving) == (0, False)
    report.doubt(checks.ROOT, "a", "b", "c")
    assert (report.status, report.moving) == (2, False)
    report.refute(checks.TILES, "entry 10", "b", Words("satu", "one"))
    report.refute(checks.TILES, "entry 9", "b", "c")
    report.refute(checks.ANCHORS, "policy.txt", "b", "c", newer=True)
    assert report.status == 1
    places = [failure["place"] for failure in report.as_json()["failures"]]
    assert places == ["policy.txt", "entry 9", "entry 10"]
    line = report.refuted[0].line
    assert line("id") == "V05 entry 10: seharusnya b; ditemukan satu"
    assert line("en") == "V05 entry 10: expected b; found one"


# ---------------------------------------------------------------- the list of checks


def test_a_site_that_moves_excuses_what_is_replaced_or_newer_and_does_not_stand() -> None:
    replaced = {"V16", "V17", "V19", "V20", "V21"}
    for moved in (False, True):
        report = Report("memory", moved=moved)
        for check in checks.CHECKS:
            for how in ({}, {"newer": True}, {"stands": True}, {"newer": True, "stands": True}):
                report.refute(check, f"{check.code} {sorted(how)}", "", "", **how)
        before = [one.place for one in report.refuted]
        report.excuse_change()
        excused = [one.place for one in report.undecided]
        wanted = {f"{check.code} ['newer']" for check in checks.CHECKS}
        wanted |= {f"{code} []" for code in replaced}
        assert set(excused) == (wanted if moved else set())
        assert [one.place for one in report.refuted] == [p for p in before if p not in excused]


def test_checks_are_numbered_without_gap_or_double() -> None:
    assert [check.code for check in checks.CHECKS] == [
        f"V{n:02}" for n in range(1, len(checks.CHECKS) + 1)
    ]
    named = [value for value in vars(checks).values() if isinstance(value, checks.Check)]
    assert sorted(named, key=lambda check: check.code) == list(checks.CHECKS)


def test_every_check_is_used() -> None:
    folder = Path(checks.__file__).parent
    modules = [*folder.glob("*.py"), folder / "commands" / "verify.py"]
    used = {
        name
        for path in modules
        if path.name != "checks.py"
        for name in re.findall(r"checks\.([A-Z_]+)", path.read_text("utf-8"))
    }
    named = {name for name, value in vars(checks).items() if isinstance(value, checks.Check)}
    assert named <= used


def test_the_document_lists_the_checks() -> None:
    rows = tables("verify.md")["The checks"]
    assert [row[:2] for row in rows] == [[c.code, c.en] for c in checks.CHECKS]


def test_the_document_explains_each_check() -> None:
    for row in tables("verify.md")["The checks"]:
        assert len(row) == 3, row
        assert row[2].endswith("."), row


def test_an_empty_file_is_told_apart_from_none() -> None:
    assert digest(None) == ABSENT
    assert digest(b"").en.startswith("0 bytes")
    assert digest(b"").id.startswith("0 bita")
