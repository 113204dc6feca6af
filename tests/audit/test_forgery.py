"""Lies with a meaning: entries put in, taken out, moved; another history; pages of other places.

Who does not hold the log's key cannot change one entry. Who holds it can sign another history; then
proofs, receipts and checkpoints that others keep refute it. A history that nobody kept anything of
refutes nothing: the last test says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from tests.audit.matrix import kind_of
from tests.audit.shelf import LOG, Evening, Files, Portal, anchors, audit, places, published
from tests.core.ledger.world import signer

from rekap.audit.hashes import TreeHashes
from rekap.core import codec
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import EMPTY_ROOT
from rekap.core.log.policy import Policy
from rekap.core.signing import envelope, note
from rekap.portal.intake.receipt import issue

pytestmark = pytest.mark.usefixtures("remembered")

SIZE = 60
Forge = Callable[[list[bytes], int], list[bytes]]


@cache
def true() -> tuple[Portal, dict[str, bytes]]:
    """A small portal and its public folder."""
    evening = Evening(4).grow(SIZE)
    portal = Portal(evening.entries, evening.origin)
    for size in (40, SIZE):
        portal.log(size)
        portal.publish()
        portal.publish()
    return portal, portal.public()


def _insert(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], b"sisipan", *entries[at:]]


def _delete(entries: list[bytes], at: int) -> list[bytes]:
    return entries[:at] + entries[at + 1 :]


def _swap(entries: list[bytes], at: int) -> list[bytes]:
    other = (at + 1) % len(entries)
    changed = list(entries)
    changed[at], changed[other] = changed[other], changed[at]
    return changed


def _replace(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], b"pengganti", *entries[at + 1 :]]


def _repeat(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries, entries[at]]


FORGERIES: dict[str, Forge] = {
    "insert": _insert, "delete": _delete, "swap": _swap, "replace": _replace, "repeat": _repeat,
}  # fmt: skip
SOME = (0, 1, 7, 30, SIZE - 1)


def forged(entries: list[bytes], publish: bool = False) -> Portal:
    """A portal of other entries under the log's own key."""
    portal = Portal(entries, true()[0].origin)
    portal.log(len(entries))
    if publish:
        portal.publish()
        portal.publish()
    return portal


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("at", SOME)
def test_without_the_key_no_entry_is_put_in_taken_out_or_moved(forgery: str, at: int) -> None:
    """Tiles and bundles agree with each other, and not with the checkpoint that the log signed."""
    portal, files = true()
    entries = FORGERIES[forgery](portal.entries, at)
    other = forged(entries).public()
    kept = {p: d for p, d in files.items() if not p.startswith("log/tile/")}
    changed = {**kept, **other, "log/checkpoint": files["log/checkpoint"]}
    report = audit(changed)
    assert report.status == 1
    codes = {failure.check.code for failure in report.refuted}
    assert codes & {"V04", "V06", "V07", "V08"}, report.as_json()
    if len(entries) == SIZE:
        assert "log/checkpoint" in places(report)
    else:
        assert any(place.startswith("log/tile/") for place in places(report))


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("at", SOME)
def test_with_the_key_old_proofs_name_every_entry_that_moved(forgery: str, at: int) -> None:
    """The site, the log and the checkpoint are all made anew; what cannot be made is the past."""
    portal, files = true()
    entries = FORGERIES[forgery](portal.entries, at)
    other = forged(entries, publish=True).public()
    old = {p: d for p, d in files.items() if p.endswith(".tlog-proof")}
    changed = {**other, **old}
    report = audit(changed)
    if forgery == "repeat":
        assert ("V09", f"entry {SIZE}") in [(f.check.code, f.place) for f in report.refuted]
        return
    assert report.status == 1
    wrong = {
        f"bukti/{i}.tlog-proof" for i, e in enumerate(portal.entries) if entries[i : i + 1] != [e]
    }
    assert wrong <= places(report)


@pytest.mark.parametrize("forgery", ["insert", "delete", "swap", "replace"])
def test_a_whole_other_history_is_refuted_by_what_a_reader_kept(forgery: str) -> None:
    portal, files = true()
    entries = FORGERIES[forgery](portal.entries, 50)
    other = forged(entries, publish=True).public()
    since = audit(other, since=files["log/checkpoint"])
    assert {(f.check.code, f.place) for f in since.refuted} == {("V24", "log/checkpoint")}
    lost = [entry for entry in portal.entries if entry not in entries]
    for entry in lost:
        receipt = issue(
            origin=portal.origin, leaf=leaf_hash(entry).hex(), received_at=1,
            id=envelope.parse(entry).id, signer=signer("receipt"),
        )  # fmt: skip
        report = audit(other, source=Files(other, remote=True), receipt=receipt, now=10_000)
        assert {(f.check.code, f.place) for f in report.refuted} == {("V22", "--receipt")}


def test_a_whole_other_history_of_which_nobody_kept_anything_is_consistent() -> None:
    """Not defended, and said in the threat model: witnesses and readers are what sees it."""
    portal, _ = true()
    other = forged(_delete(portal.entries, 50), publish=True).public()
    assert audit(other).sound


def test_another_origin_under_the_same_key_is_refuted() -> None:
    portal, files = true()
    root = TreeHashes([leaf_hash(entry) for entry in portal.entries]).root(SIZE)
    for origin in ("rekap.example/log", "rekap.example/replay/log", f"{portal.origin}/x"):
        other = sign_checkpoint(Checkpoint(origin, SIZE, root), LOG)
        report = audit({**files, "log/checkpoint": other})
        assert report.status == 1
        assert "log/checkpoint" in places(report)
    key = note.NoteKey.of("rekap.example/log", note.ED25519, LOG.public)
    own = files["policy.txt"].replace(portal.log_key.vkey.encode(), key.vkey.encode())
    other = sign_checkpoint(Checkpoint("rekap.example/log", SIZE, root), LOG)
    report = audit({**files, "log/checkpoint": other, "policy.txt": own})
    assert {"policy.txt"} <= places(report)
    report = audit({**files, "log/checkpoint": other}, policy=Policy.parse(own))
    assert "entry 0" in places(report)


def test_a_stripped_cosignature_is_missed() -> None:
    _, files = true()
    witness = signer("saksi-log")
    key = note.NoteKey.of("saksi.example/w1", note.COSIGNATURE, witness.public)
    policy = Policy.parse(
        files["policy.txt"].replace(b"quorum none", f"witness w1 {key.vkey}\nquorum w1".encode())
    )
    bare = note.Note.parse(files["log/checkpoint"])
    whole = bare.merge([note.cosign(bare.text, key.name, witness, 1)]).format()
    cosigned = {**files, "log/checkpoint": whole}
    assert audit(cosigned, policy=policy).sound
    report = audit(files, policy=policy)
    assert (report.status, [f.check.code for f in report.undecided]) == (2, ["V03"])


def test_a_known_keys_line_that_stands_twice_is_named_and_a_strangers_is_told() -> None:
    _, files = true()
    for path in ("log/checkpoint", "bukti/7.tlog-proof"):
        line = b"\xe2\x80\x94 " + files[path].rpartition(b"\xe2\x80\x94 ")[2]
        assert places(audit({**files, path: files[path] + line})) == {path}
    for names in ((), ("orang.example", "lain.example")):
        lines = "".join(f"— {name} AAAABBBB\n" for name in names).encode()
        report = audit({**files, "log/checkpoint": files["log/checkpoint"] + lines})
        assert report.sound
        told = [one.en for one in report.notes if "unknown keys" in one.en]
        assert told == (
            ["2 signature lines on the checkpoint are by unknown keys."] if names else []
        )
        report = audit({**files, "bukti/7.tlog-proof": files["bukti/7.tlog-proof"] + lines})
        assert report.sound
        told = [one.en for one in report.notes if "unknown keys" in one.en]
        assert told == (["Proofs with signature lines by unknown keys: 1."] if names else [])


def test_old_pages_over_a_log_that_went_on_are_told() -> None:
    """Late is not false, but a reader must see how late: a host could stop the pages for good."""
    files, earlier, _ = published()
    log = {path: data for path, data in files.items() if path.startswith("log/")}
    report = audit({**earlier, **log})
    assert report.sound
    told = "The pages show the first 270 entries; 10 later entries of the log are not on them yet."
    assert told in [note.en for note in report.notes]
    assert told not in [note.en for note in audit(files).notes]


def test_bulk_data_that_stay_away_or_behind_are_told() -> None:
    """A publisher writes them last, so they may be late: he could also keep them back for good."""
    _, files = true()
    value = json.loads(files["site.json"])
    none = {"data_size": 0, "data_next": 0, "data_root": codec.b64encode(EMPTY_ROOT)}
    kept = {path: data for path, data in files.items() if "/data/" not in path}
    report = audit({**kept, "site.json": codec.encode_public({**value, **none})})
    assert report.sound
    told = "Bulk data show the first 0 entries; 60 entries on the pages are not in them yet."
    assert told in [note.en for note in report.notes]
    assert not any("Bulk data" in note.en for note in audit(files).notes)


def _pages() -> list[str]:
    return [path for path in published()[0] if path.endswith("/index.html")]


def test_a_page_with_the_right_as_of_and_another_places_content_is_named() -> None:
    """Every page is replaced by another of its kind that claims the as_of of the first."""
    files, _, _ = published()
    by_kind: dict[str, list[str]] = {}
    for path in _pages():
        by_kind.setdefault(kind_of(path, files), []).append(path)
    changed: dict[str, bytes] = {}
    for paths in by_kind.values():
        for path, other in zip(paths, [*paths[1:], paths[0]], strict=True):
            changed[path] = _claiming(files[other], _claim(files[path]))
    changed = {path: data for path, data in changed.items() if data != files[path]}
    assert len(changed) > 280
    report = audit({**files, **changed})
    assert places(report) == set(changed)


def test_a_page_of_another_as_of_is_named() -> None:
    """A lower one is an old page; a higher one claims an entry that there is not."""
    files, _, _ = published()
    for other in (lambda n: max(0, n - 1), lambda n: n + 1, lambda n: n + 1_000_000):
        changed = {p: _claiming(files[p], other(_claim(files[p]))) for p in _pages()}
        changed = {path: data for path, data in changed.items() if data != files[path]}
        report = audit({**files, **changed})
        assert places(report) == set(changed)


def test_a_twin_that_disagrees_with_its_statement_is_named() -> None:
    """One vote more, wherever a twin holds a number; page and entry stay as they are."""
    files, _, _ = published()
    changed = {}
    for path, data in files.items():
        if path.endswith("index.json"):
            more = re.sub(rb'("pair_1":)(\[?)([0-9]+)', _one_more, data)
            if more != data:
                assert json.loads(more)
                changed[path] = more
    assert len(changed) > 60
    report = audit({**files, **changed})
    assert places(report) == set(changed)


def test_a_page_and_its_twin_that_lie_alike_are_both_named() -> None:
    files, _, _ = published()
    folder = "pemilihan-contoh/gubernur-90/01/01/1001/001/"
    other = "pemilihan-contoh/gubernur-90/01/01/1001/002/"
    lie = {f"{folder}{name}": files[f"{other}{name}"] for name in ("index.html", "index.json")}
    assert places(audit({**files, **lie})) == set(lie)


def test_anchors_on_paper_tell_a_portal_that_calls_itself_by_this_ones_name() -> None:
    """Another operator's log under the same origin: every key is another one."""
    _, files = true()
    policy = anchors(files)
    mine = replace(policy, logs=(replace(policy.logs[0], log_id="0" * 64),))
    assert places(audit(files, policy=mine)) == {"entry 0"}


def _claim(data: bytes) -> int:
    match = re.search(rb'<meta name="as-of" content="([0-9]+)">', data)
    assert match is not None
    return int(match[1])


def _claiming(data: bytes, as_of: int) -> bytes:
    return re.sub(rb'(<meta name="as-of" content=")[0-9]+', rb"\g<1>%d" % as_of, data, count=1)


def _one_more(match: re.Match[bytes]) -> bytes:
    return b"%s%s%d" % (match[1], match[2], int(match[3]) + 1)
