"""What an audit tells of a folded log: the first roots of elections, stations and sums."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from tests.core.ledger.realm import names, roots
from tests.core.ledger.world import World, keyid, signer
from tests.core.statements import builders

from rekap.audit import checks
from rekap.audit.anchors import Anchors
from rekap.audit.hashes import TreeHashes
from rekap.audit.history import check_election_roots, first_roots, fold_log
from rekap.audit.log import LogContent
from rekap.audit.signatures import Signatures
from rekap.audit.sums import check_sums
from rekap.audit.verdict import Report
from rekap.core.ledger.state import State
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Block, Policy
from rekap.core.signing import envelope as dsse
from rekap.core.signing.note import NoteKey

E, C = builders.ELECTION, builders.CONTEST


def test_the_first_roots_of_an_election_are_those_of_its_first_revision_in_effect() -> None:
    world = World()
    world.open()
    election = builders.election(roots=roots())
    world.add(builders.election(roots=roots("lain-")), *names("lain-kpu", 2))
    assert world.last["status"] == "waiting", "no operator signed it"
    world.add(election, *names("kpu", 2), "operator/1")
    assert world.last["status"] == "effective"
    first, statement = world.state.size - 1, world.last["id"]
    changed = election | {"roots": roots("baru-"), "revision": 2, "previous": statement}
    world.add(changed, *names("kpu", 2), "operator/1")
    assert world.last["status"] == "effective"
    assert first_roots(world.state) == {E: (first, tuple(sorted(map(keyid, names("kpu")))))}


def test_a_fold_that_arrives_at_another_root_than_the_tiles_is_refuted() -> None:
    world = World()
    world.begin()
    leaves = [leaf_hash(entry) for entry in world.entries]
    for last, wrong in ((leaves[-1], []), (bytes(32), [(checks.FOLD, f"entry {len(leaves) - 1}")])):
        hashes = TreeHashes([*leaves[:-1], last])
        entries: Any = world.entries.__getitem__
        content = LogContent(len(leaves), entries, hashes, len(leaves), proved=True)
        report = Report("memory")
        fold_log(content, Signatures(content), lambda _: (), report, lambda *_: None, pages=False)
        assert [(one.check, one.place) for one in report.refuted] == wrong


KEYS = tuple(sorted(map(keyid, names("kpu"))))


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    ("roots", "wrong", "limits"),
    [
        (((E, KEYS),), [], 0),
        (((E, KEYS[::-1]),), [], 0),
        (((E, KEYS[1:]),), ["entry"], 0),
        (((E, (*KEYS, "0" * 64)),), ["entry"], 0),
        ((("lain", KEYS), (E, KEYS)), ["absent"], 0),
        ((("lain", KEYS),), ["absent"], 1),
        ((), [], 1),
    ],
)
def test_roots_that_anchors_name_in_any_order_are_those_of_the_log(
    own: bool, whole: bool, roots: Any, wrong: list[str], limits: int
) -> None:
    """Unless the log is whole, an election that only the anchors know may be still to come."""
    world = _opened()
    key = NoteKey.parse(builders.vkey(world.origin, signer("log").public))
    anchors = Anchors(Policy(), own=own, block=Block(key, roots=roots))
    report = Report("memory")
    check_election_roots(world.state, anchors, report, whole=whole)
    entry = "policy.txt" if own else f"entry {world.state.size - 1}"
    places = [entry if one == "entry" else "policy.txt" for one in wrong]
    assert [one.place for one in report.refuted] == (places if whole or "entry" in wrong else [])
    assert {one.check for one in report.refuted} <= {checks.ELECTION_ROOTS}
    assert [one.stands for one in report.refuted] == ["entry" in wrong for _ in report.refuted]
    assert len(report.limits) == limits


@cache
def _opened() -> World:
    world = World()
    world.open()
    world.add(builders.election(roots=roots()), *names("kpu", 2), "operator/1")
    return world


ROSTERS = [
    *(
        builders.roster(above, children=[builders.child(below)])
        for above, below in pairwise(["90", "90.01", "90.01.01", "90.01.01.1001"])
    ),
    builders.roster("90.01.01.1001", tps=[builders.station(f"{n:03}") for n in range(1, 11)]),
]
"""A provinsi of one kelurahan with ten stations."""


def _told(*, rosters: int = len(ROSTERS), **record: Any) -> dict[str, Any]:
    """What a verdict tells of a contest whose region has this record, by the first `rosters`."""
    entries = [dsse.sign(builders.encode(one), [signer("kpu-1")]) for one in ROSTERS[:rosters]]
    state = State(read_entry=entries.__getitem__)
    state.meta.put("elections", {"ids": [E]})
    contest = {"id": C, "region": "90", "pairs": [{}, {}]}
    state.meta.put(f"election/{E}", {"id": E, "contests": [contest]})
    for index in range(rosters):
        place = {"index": index, "expected": 10, "unknown": 0}
        state.regions.put(f"{E}/{ROSTERS[index]['region']}", place)
    state.slots.put(f"{E}/{C}/d_hasil_prov/90", record.pop("slot", {}))
    state.totals.put(f"{E}/{C}/90", {"counted": 0, "unlisted": 0, "figures": {}} | record)
    report = Report("memory")
    check_sums(state, report)
    (told,) = report.facts["contests"]
    return told


@pytest.mark.parametrize(
    ("record", "stations"),
    [
        ({}, (0, 10, 10)),
        ({"counted": 4}, (4, 10, 6)),
        ({"counted": 4, "unlisted": 3}, (4, 10, 9)),
        ({"counted": 12, "unlisted": 1}, (12, 10, 0)),
        ({"counted": 4, "rosters": 3}, (4, None, None)),
        (
            {"counted": 4, "unlisted": 1, "running": {"counted": 6, "figures": {"pair_1": 7}}},
            (6, 10, 4),
        ),
        (
            {"counted": 4, "unlisted": 1, "running": {"counted": 4, "figures": {"pair_1": 7}}},
            (4, 10, 7),
        ),
    ],
)
def test_stations_that_are_missing_are_those_of_the_roster(
    record: dict[str, Any], stations: tuple[int, int | None, int | None]
) -> None:
    told = _told(**record)
    assert tuple(told["stations"].values()) == stations
    running = record.get("running", {"counted": 0})["counted"] > record.get("counted", 0)
    assert told["sum"] == ({"pair_1": 7} if running else {})


def test_what_is_certified_is_a_form_that_counts() -> None:
    figures = {"valid": 5, "pair_1": 3}
    assert _told(slot={"figures": figures})["certified"] is None
    counted = _told(slot={"figures": figures, "head": "x"})["certified"]
    assert list(counted.items()) == [("pair_1", 3), ("valid", 5)]
