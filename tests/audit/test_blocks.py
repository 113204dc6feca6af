"""The files of a log of numbers: which one is wrong, and what goes on without it."""

from __future__ import annotations

import itertools
from functools import cache

import pytest
from tests.audit.shelf import Files
from tests.portal.sequencing.builders import LOG_KEY, Portal

from rekap.audit import checks, evidence
from rekap.audit import log as logs
from rekap.audit.entries import Entries
from rekap.audit.hashes import TreeHashes
from rekap.audit.leftovers import check_leftovers
from rekap.audit.log import LogContent, check_log
from rekap.audit.reader import Unreadable
from rekap.audit.verdict import Report
from rekap.core.log import tiles
from rekap.core.log.entry import encode_bundle, leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.log.ports import LogFiles
from rekap.core.log.proofs import TlogProof, inclusion_proof

SIZE = 600
LAST = SIZE - 512


@cache
def _files(size: int) -> dict[str, bytes]:
    """Every file of the tree of the first numbers, and the copies of the first block's entries."""
    entries = [b"%d" % number for number in range(size)]
    hashes = TreeHashes([leaf_hash(entry) for entry in entries])
    files = {f"bukti/{index}.json": entries[index] for index in range(min(256, size))}
    for tile in tiles.tiles_for(size):
        first = tile.n * 256
        data = hashes.tile(tile.level, tile.n, tile.width) if tile.level >= 0 else None
        files[f"log/{tile.path}"] = data or encode_bundle(entries[first : first + tile.width])
    return files


def _read(files: dict[str, bytes], size: int = SIZE) -> tuple[LogContent, list[str]]:
    """Check a log; return its content and what is refuted."""
    root = TreeHashes([leaf_hash(b"%d" % number) for number in range(size)]).root(size)
    report = Report("memory")
    content = check_log(Files(files), size, root, report, lambda what, done, total: None)
    return content, sorted(f"{one.check.code} {one.place}" for one in report.refuted)


def _spoil(files: dict[str, bytes], path: str) -> None:
    data = files[path]
    at = len(data) // 2 if "entries" not in path else len(data) - 1
    files[path] = data[:at] + bytes([data[at] ^ 64]) + data[at + 1 :]


BLOCKS = ["000", "001", f"002.p/{LAST}"]
WAYS = [way for way in itertools.product(("", "0", "entries"), repeat=3) if any(way)]


@pytest.mark.parametrize("way", WAYS)
def test_of_a_bundle_and_its_tile_the_false_one_is_named(way: tuple[str, ...]) -> None:
    """The root decides where all bundles or all tiles are true, else the hash above a block."""
    files = dict(_files(SIZE))
    wanted = []
    for block, level in zip(BLOCKS, way, strict=True):
        if level:
            _spoil(files, f"log/tile/{level}/{block}")
            wanted.append(f"{'V05' if level == '0' else 'V06'} log/tile/{level}/{block}")
    content, found = _read(files)
    assert content.proved
    assert [one for one in found if not one.startswith("V16")] == sorted(wanted)
    known = 511 if way[1] == "entries" else SIZE - 1 if way[2] == "entries" else SIZE
    assert content.complete == known
    assert content.entries(255) == b"255"
    assert content.entries(510) == b"510"


@pytest.mark.parametrize("level", ["0", "entries"])
def test_a_hash_above_that_suits_the_false_file_changes_nothing(level: str) -> None:
    files = dict(_files(SIZE))
    false = [leaf_hash(b"%d" % number) for number in range(256)]
    if level == "0":
        _spoil(files, "log/tile/0/000")
        false = tiles.split_hashes(files["log/tile/0/000"], 256)
    else:
        entries = [b"%d" % number for number in range(255)] + [b"other"]
        files["log/tile/entries/000"] = encode_bundle(entries)
        false[255] = leaf_hash(b"other")
    upper = "log/tile/1/000.p/2"
    files[upper] = TreeHashes(false).root(256) + files[upper][32:]
    content, found = _read(files)
    assert content.proved
    wrong = "V05 log/tile/0/000" if level == "0" else "V06 log/tile/entries/000"
    assert found == sorted(["V05 log/tile/1/000.p/2", wrong])


def test_where_nothing_leads_to_the_root_bundles_are_believed() -> None:
    files = dict(_files(SIZE))
    for level in ("0", "entries"):
        _spoil(files, f"log/tile/{level}/000")
    content, found = _read(files)
    assert (content.proved, content.complete) == (False, SIZE)
    assert found == ["V05 log/tile/0/000", "V05 log/tile/1/000.p/2", "V07 log/checkpoint"]


def test_copies_stand_in_for_a_lost_bundle_and_a_false_one_is_named_itself() -> None:
    files = dict(_files(SIZE))
    del files["log/tile/entries/000"]
    content, found = _read(files)
    assert (content.complete, found) == (SIZE, ["V04 log/tile/entries/000"])
    files["bukti/7.json"] = b"another"
    content, found = _read(files)
    assert (content.complete, content.proved) == (7, True)
    assert found == ["V04 log/tile/entries/000", "V16 bukti/7.json"]
    with pytest.raises(KeyError):
        content.entries(7)
    assert content.entries(8) == b"8"


def test_a_lost_block_hides_nothing_that_is_wrong_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "LOST_IN_A_ROW", 2)
    files = dict(_files(1_300))
    gone = [f"log/tile/{level}/001" for level in ("0", "entries")]
    kept = {path: data for path, data in files.items() if path not in gone}
    kept["log/tile/0/004"] = kept["log/tile/0/004"][:-1]
    content, found = _read(kept, 1_300)
    assert (content.complete, content.proved) == (256, False)
    assert found == ["V04 log/tile/0/001", "V04 log/tile/entries/001", "V05 log/tile/0/004"]
    after = {path: data for path, data in kept.items() if "/002" not in path}
    content, found = _read(after, 1_300)
    assert content.complete == 256
    del kept["log/tile/entries/000"], kept["bukti/7.json"]
    assert _read(kept, 1_300)[0].complete == 0
    assert [one for one in found if not one.endswith(("001", "002"))] == []
    assert len(found) == 4


@pytest.mark.parametrize("path", ["log/tile/0/000", "log/tile/entries/002.p/88", "bukti/7.json"])
def test_a_file_that_cannot_be_read_ends_the_audit_of_an_address_alone(path: str) -> None:
    """An address may be read later; of a folder the rest is worth looking at."""

    class Broken(Files):
        def read(self, name: str, limit: int) -> bytes | None:
            if name == path:
                raise Unreadable("input/output error")
            return super().read(name, limit)

    files = {name: data for name, data in _files(SIZE).items() if name != "log/tile/entries/000"}
    root = TreeHashes([leaf_hash(b"%d" % number) for number in range(SIZE)]).root(SIZE)
    report = Report("memory")
    content = check_log(Broken(files), SIZE, root, report, lambda what, done, total: None)
    assert content.proved
    with pytest.raises(Unreadable):
        check_log(Broken(files, remote=True), SIZE, root, report, lambda what, done, total: None)


def test_copies_of_entries_are_read_for_a_block_that_is_broken_alone() -> None:
    """One question for every entry of a whole log would make a reading cost days."""
    files = dict(_files(SIZE))
    root = TreeHashes([leaf_hash(b"%d" % number) for number in range(SIZE)]).root(SIZE)
    for broken in (0, 256):
        source = Files(files)
        check_log(source, SIZE, root, Report("memory"), lambda what, done, total: None)
        assert len({one for one in source.reads if one.startswith("bukti/")}) == broken
        files.pop("log/tile/entries/000", None)


def test_an_entry_that_is_logged_twice_is_named() -> None:
    entries = [b"a", b"b", b"a"]
    hashes = TreeHashes([leaf_hash(entry) for entry in entries])
    files = {
        "log/tile/0/000.p/3": hashes.tile(0, 0, 3) or b"",
        "log/tile/entries/000.p/3": encode_bundle(entries),
    }
    report = Report("memory")
    check_log(Files(files), 3, hashes.root(3), report, lambda what, done, total: None)
    assert [(one.check.code, one.place) for one in report.refuted] == [("V09", "entry 2")]


# ---------------------------------------------------------------- early files


def _leftovers(
    size: int, more: dict[str, bytes], *, proved: bool = True, source: type[Files] = Files
) -> tuple[set[str], set[str]]:
    """Return what is early for a tree of `size`, and what is refuted; what is unread is both."""
    entries = Entries()
    entries.put(0, [b"%d" % number for number in range(size)])
    hashes = TreeHashes([leaf_hash(b"%d" % number) for number in range(size)])
    content = LogContent(size, entries, hashes, size, proved=proved)
    files = _files(size) | more
    report = Report("memory")
    check_leftovers(source(files), sorted(files), content, report)
    early = {one.place for one in report.undecided if one.check is checks.LOG_EXTRA}
    unread = {one.place for one in report.undecided} - early
    return early | unread, {one.place for one in report.refuted} | unread


@pytest.mark.parametrize("size", [255, 256, 511, 512])
def test_early_files_across_the_end_of_a_tile_are_ahead(size: int) -> None:
    for later in (size + 1, size + 2, size + 258):
        early = {p: d for p, d in _files(later).items() if p not in _files(size)}
        early = {path: data for path, data in early.items() if path.startswith("log/")}
        assert _leftovers(size, early) == (set(early), set())
        for path in early:
            if path.startswith("log/tile/1/"):
                assert _leftovers(size, early | {path: bytes(len(early[path]))})[1] == {path}


def test_an_early_bundle_behind_a_gap_belongs_to_nothing() -> None:
    path = f"log/{tiles.entries_path(2, 3)}"
    bundle = encode_bundle([b"%d" % number for number in range(512, 515)])
    assert _leftovers(300, {path: bundle}) == (set(), {path})


def test_old_tiles_are_judged_by_a_tree_that_is_proved_and_where_they_can_be_read() -> None:
    class Broken(Files):
        def read(self, path: str, limit: int) -> bytes | None:
            if path == "log/tile/0/000.p/3":
                raise Unreadable("input/output error")
            return super().read(path, limit)

    old = {path: data for path, data in _files(3).items() if path not in _files(300)}
    path = "log/tile/0/000.p/3"
    assert _leftovers(300, old) == (set(), set())
    assert _leftovers(300, old | {path: bytes(96)}) == (set(), {path})
    assert _leftovers(300, old | {path: bytes(96)}, proved=False) == (set(), set())
    assert _leftovers(300, old, source=Broken) == ({path}, {path})


# ---------------------------------------------------------------- proofs of what is beyond


@pytest.mark.parametrize(("size", "refuted"), [(6, []), (5, ["V02"]), (4, ["V02"])])
def test_a_log_that_took_back_one_entry_is_told_by_its_proof(size: int, refuted: list[str]) -> None:
    portal, files = Portal(), {"bukti/6.tlog-proof": b"rubbish"}
    for end in (5, 6):
        portal.accept_numbers(end - 1 if end > 5 else 0, end)
        portal.run()
        proof = inclusion_proof(end - 1, end, LogFiles(portal.objects))
        note = portal.objects.objects["log/checkpoint"]
        files[f"bukti/{end - 1}.tlog-proof"] = TlogProof(end - 1, tuple(proof), note).format()
    report = Report("memory")
    evidence.check_newest(Files(files), [5, 4, 6, 7], size, Policy.of_log(LOG_KEY), report)
    assert [one.check.code for one in report.refuted] == refuted
    assert report.moving == bool(refuted), "a cache may have shown an old checkpoint"
    assert all(one.expected.en == "size 6 as in a proof" for one in report.refuted)
