"""Who is elected, and by which determination."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names
from tests.core.statements import builders

from rekap.core.ledger import rulings

E, G = builders.ELECTION, builders.CONTEST
PROV = names("kpu-prov-90")
LATER = "2025-03-24T10:00:00+07:00"


@lru_cache(maxsize=1)
def _realm(*, empty: bool = False) -> Realm:
    if not empty:
        return Realm(other=False)
    pairs = [{"number": 1, "empty_column": True}, builders.contest()["pairs"][1]]
    return Realm(other=False, contests=[builders.contest(pairs=pairs)])


def _elects(fork: Fork, **fields: Any) -> str:
    return fork.try_(builders.elected(**fields), *PROV)


def _standing(fork: Fork) -> str:
    return rulings.standing(fork.state, E, G)[0]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, "effective"),
        ({"pair": 3}, "void pairs"),
        ({"none": True}, "void empty-column"),
        ({"none": True, "pair": 1}, "void unknown"),
        ({"none": False}, "void unknown"),
        ({"contest": "bupati-90.01"}, "void contest"),
        ({"revision": 2, "previous": builders.hex_id("other")}, "void previous"),
    ],
)
def test_a_pair_of_the_contest_is_elected(fields: dict[str, Any], wanted: str) -> None:
    assert _elects(_realm().fork(), **fields) == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"pair": 1}, "void empty-column"),
        ({"pair": 2}, "effective"),
        ({"none": True}, "effective"),
    ],
)
def test_the_empty_column_is_no_pair_and_may_leave_nobody(
    fields: dict[str, Any], wanted: str
) -> None:
    assert _elects(_realm(empty=True).fork(), **fields) == wanted


def test_who_is_elected_is_so_by_the_determination_in_force() -> None:
    """A new determination does not inherit who was elected by the one that it replaced."""
    fork = _realm().fork()
    assert _elects(fork) == "effective"
    assert _standing(fork) == "undetermined", "nothing is determined"
    assert fork.try_(builders.determination(), *PROV) == "effective"
    assert _standing(fork) == "elected"
    before = {"revision": 2, "previous": str(fork.last["id"])}
    said = builders.determination(number="16 Tahun 2025", announced_at=LATER, **before)
    assert fork.try_(said, *PROV) == "effective"
    assert _standing(fork) == "determined"


DAY = "2024-12-08"


@pytest.mark.parametrize(
    ("chosen_at", "anew", "anew_at", "wanted"),
    [
        (f"{DAY}T17:00:00+07:00", "2 Tahun 2024", f"{DAY}T18:00:00+07:00", "determined"),
        (f"{DAY}T18:30:00+07:00", "2 Tahun 2024", f"{DAY}T18:00:00+07:00", "elected"),
        (f"{DAY}T17:30:00+07:00", "2 Tahun 2024", f"{DAY}T18:00:00+08:00", "elected"),
        (f"{DAY}T18:00:00+07:00", "2 Tahun 2024", f"{DAY}T18:00:00+07:00", "determined"),
        (f"{DAY}T18:00:00+07:00", "Nomor 1/2024", f"{DAY}T18:00:00+07:00", "elected"),
    ],
)
def test_a_second_determination_of_one_day_does_not_inherit_who_was_elected_before(
    chosen_at: str, anew: str, anew_at: str, wanted: str
) -> None:
    """Times decide, else the order of the log; tests/vectors/ledger.json has days, too."""
    fork = _realm().fork()
    assert fork.try_(builders.determination(), *PROV) == "effective"
    before = {"revision": 2, "previous": str(fork.last["id"])}
    assert _elects(fork, announced_at=chosen_at) == "effective"
    assert _standing(fork) == "elected"
    said = builders.determination(number=anew, announced_at=anew_at, **before)
    assert fork.try_(said, *PROV) == "effective"
    assert _standing(fork) == wanted


def test_a_determination_says_when_it_was_decided_only_if_that_is_known() -> None:
    for decided in (None, "2024-12-08T15:30:00+07:00"):
        fork = _realm().fork()
        said = builders.determination(**({"decided_at": decided} if decided else {}))
        assert fork.try_(said, *PROV) == "effective"
        assert fork.state.meta.get(f"determination/{E}/{G}")["decided_at"] == decided


def test_a_case_and_an_annulment_go_before_who_is_elected() -> None:
    fork = _realm().fork()
    assert fork.try_(builders.determination(), *PROV) == "effective"
    assert _elects(fork) == "effective"
    assert fork.try_(builders.ruling(), *PROV) == "effective"
    first = str(fork.last["id"])
    assert _standing(fork) == "disputed"
    granted = {"state": "granted", "annuls": [{"decision": "1 Tahun 2024"}]}
    said = builders.ruling(revision=2, previous=first, **granted)
    assert fork.try_(said, *PROV) == "effective"
    assert _standing(fork) == "annulled"


def test_one_officer_elects_nobody() -> None:
    fork = _realm().fork()
    assert fork.try_(builders.determination(), *PROV) == "effective"
    assert fork.try_(builders.elected(), PROV[0]) == "waiting"
    assert fork.try_(builders.elected(pair=2), *names("kpu", 2)) == "void not-entitled"
    assert _standing(fork) == "determined"
