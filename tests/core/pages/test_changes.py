"""Changes lead from any size to the newest, and a full file never changes again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.world import payload_of
from tests.core.statements import builders

from rekap.audit import later
from rekap.core import codec
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import Frontier
from rekap.core.pages.data.changes import _SAID, FOLDER, TAIL
from rekap.core.pages.site import Site


def _night(seed: int, size: int) -> Night:
    """A night whose log has `size` entries: what happens, between entries that are nothing."""
    night = Night(seed)
    while len(night.entries) < size - 100:
        night.append(b"nothing %d" % len(night.entries))
    while len(night.entries) < size:
        night.step()
    return night


def _files(night: Night) -> dict[str, bytes]:
    """Every file of changes."""
    site = Site(night.state, lambda index: night.entries[index])
    made: dict[str, bytes] = {}
    for address in [a for a in site.addresses() if a.startswith(("bukti/", "buku-besar/"))]:
        made |= {p: d for p, d in site.files(address).items() if p.startswith(FOLDER)}
    return made


def _entries(files: dict[str, bytes], known: int) -> list[dict[str, Any]]:
    tail = json.loads(files[TAIL])
    full = [
        json.loads(files[f"{FOLDER}{n}.json"]) for n in range(known // 256, tail["from"] // 256)
    ]
    return [e for file in [*full, tail] for e in file["entries"] if e["index"] >= known]


@pytest.fixture(scope="module")
def night() -> Night:
    return _night(3, 530)


def test_full_files_and_the_tail_hold_every_entry_once(night: Night) -> None:
    files = _files(night)
    size = night.state.size
    assert sorted(files) == sorted([f"{FOLDER}0.json", f"{FOLDER}1.json", TAIL])
    for known in (0, 1, 255, 256, 257, 512, size - 1, size):
        assert [e["index"] for e in _entries(files, known)] == list(range(known, size))
    for path, data in files.items():
        file = json.loads(data)
        assert codec.encode_public(file) == data, path
        root = Frontier(0, ()).extend([leaf_hash(e) for e in night.entries[: file["to"]]]).root()
        assert file["root"] == codec.b64encode(root)


def test_an_entry_is_told_as_it_was_when_it_came(night: Night) -> None:
    statuses = {e["status"] for e in _entries(_files(night), 0)}
    assert {"head", "void", "waiting", "rival", "effective"} <= statuses
    assert "superseded" not in statuses
    for entry in _entries(_files(night), 0):
        assert (entry["status"] == "void") == (entry["void_reason"] is not None)
        if entry["kind"] == "form" and entry["status"] != "void":
            payload = payload_of(night.entries[entry["index"]])
            assert {name: entry[name] for name in _SAID} == {n: payload.get(n) for n in _SAID}


def test_an_entry_has_its_hour_in_jakarta() -> None:
    """Whatever election it is of: a void one's may begin later, and move nothing here."""
    night = Night(3)
    before = night.state.size
    night.add(builders.clock(at="2031-01-01T00:00:00+09:00"), "log")
    night.append(b"nothing")
    hours = [entry["hour"] for entry in _entries(_files(night), 0)]
    assert hours == [*[None] * before, *["2030-12-31T22:00:00+07:00"] * 2]


def test_a_full_file_never_changes_again() -> None:
    night = _night(5, 256)
    before = _files(night)[f"{FOLDER}0.json"]
    for _ in range(80):
        night.step()
    assert _files(night)[f"{FOLDER}0.json"] == before


def test_without_an_entry_after_a_full_file_the_tail_is_empty() -> None:
    files = _files(_night(7, 256))
    tail = json.loads(files[TAIL])
    assert (tail["from"], tail["to"], tail["entries"]) == (256, 256, [])
    assert tail["root"] == json.loads(files[f"{FOLDER}0.json"])["root"]


def test_whoever_follows_it_knows_every_page_that_changed(night: Night) -> None:
    files = _files(night)
    site = Site(night.state, lambda index: night.entries[index])
    for known in (120, 440, 500, 529):
        new = _entries(files, known)
        pages = {page for e in new for page in e["pages"]}
        below = tuple({page for e in new for page in e["below"]})
        for address in site.addresses():
            named = address in pages or (below and address.startswith(below))
            if address.startswith("bukti/") and not named:
                base = night.state.entry(int(address.split("/")[1])).get("election")
                named = f"{base}/" in below
            assert bool(named) == (site.as_of(address) > known), address


def test_a_file_that_is_ahead_is_sought_at_its_last_entry() -> None:
    assert later._homes(f"{FOLDER}2.json", None) == [("bukti/767/", 768)]
    assert ("buku-besar/", None) in later._homes(TAIL, None)
