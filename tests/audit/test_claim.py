"""V14 alone: sizes, roots and the hour that `site.json` claims, against small logs."""

from __future__ import annotations

import dataclasses

import pytest
from tests.core.ledger.world import World
from tests.core.statements import builders

from rekap.audit.claim import Claim, check_claim, check_hour
from rekap.audit.entries import Entries
from rekap.audit.hashes import TreeHashes
from rekap.audit.log import LogContent
from rekap.audit.verdict import Report
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.log.entry import leaf_hash

HASHES = TreeHashes([leaf_hash(b"%d" % index) for index in range(5)])
TRUE = Claim(
    size=4, root=HASHES.root(4), hour=None, release="r", proofs=3,
    data_size=2, data_next=3, data_root=HASHES.root(2),
)  # fmt: skip


def found(**changed: object) -> list[str]:
    report = Report("memory")
    content = LogContent(5, Entries(), HASHES, 5, proved=True)
    check_claim(dataclasses.replace(TRUE, **changed), content, report)
    assert {(one.check.code, one.place) for one in report.refuted} <= {("V14", "site.json")}
    return sorted(one.expected.en.split(" ")[0] for one in report.refuted)


def test_a_true_claim_may_lag_behind_the_checkpoint() -> None:
    assert found() == []
    assert found(size=5, root=HASHES.root(5)) == []
    assert found(proofs=0) == found(proofs=4) == []
    assert found(data_size=4, data_next=4, data_root=HASHES.root(4)) == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"root": HASHES.root(3)}, ["size"]),
        ({"size": 3}, ["size"]),
        ({"size": 6}, ["size"]),
        ({"data_root": HASHES.root(1)}, ["data_size"]),
        ({"data_size": 3, "data_next": 3}, ["data_size"]),
        ({"data_size": 4, "data_root": HASHES.root(4)}, ["data_size"]),
        ({"data_next": 5}, ["data_size"]),
        ({"data_next": 6}, ["data_next", "data_size"]),
        ({"data_next": 1}, ["data_size"]),
        ({"proofs": 5}, ["proofs"]),
    ],
)
def test_a_false_size_or_root_is_named(changed: dict[str, object], named: list[str]) -> None:
    assert found(**changed) == named


@pytest.mark.parametrize(
    ("hour", "newer", "refuted"),
    [
        ("2024-11-27T23:40:00+07:00", 0, []),
        ("2024-11-27T23:41:00+07:00", 0, ["V14"]),
        ("2024-11-28T00:40:00+08:00", 0, ["V14"]),
        (None, 0, ["V14"]),
        (None, 1, []),
    ],
)
def test_an_hour_is_held_at_the_size_of_the_claim_alone(
    hour: str | None, newer: int, refuted: list[str]
) -> None:
    """A claim beyond what was read is of a site that moves: its sizes are told, not its hour."""
    world = World()
    world.open()
    world.add(builders.clock(at="2024-11-28T00:40:00+08:00"), "log")
    bare = State(pages=False)
    for entry in world.entries:
        fold(bare, entry)
    claim = dataclasses.replace(TRUE, size=world.state.size + newer, hour=hour)
    for state in (world.state, bare):
        report = Report("memory")
        check_hour(claim, state, report)
        check_hour(None, state, report)
        assert [one.check.code for one in report.refuted] == refuted
