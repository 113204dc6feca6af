"""A contest that follows one of another election: of its office and region, by its roots too."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names, roots
from tests.core.ledger.world import key
from tests.core.statements import builders

E, G = builders.ELECTION, builders.CONTEST
OPERATORS = names("operator", 2)
KPU = names("kpu", 2)
"""As many roots of the election that is followed as it asks for."""


@pytest.fixture(scope="module")
def realm() -> Realm:
    return Realm(other=False)


def _election(name: str, *contests: dict[str, Any]) -> dict[str, Any]:
    """An election with these contests, and a root of its own that has its name."""
    own = {"kpu": builders.keyset(key(name))}
    return builders.election(election=name, contests=[*contests], roots=own)


def _after(fork: Fork, name: str, *contests: dict[str, Any], leave: list[str] = KPU) -> str:
    """What becomes of an election with these contests; `leave`: roots of the one it follows."""
    return fork.try_(_election(name, *contests), name, *leave, *OPERATORS)


def _following(contest: str = G, election: str = E, **fields: Any) -> dict[str, Any]:
    after = {"contest": contest, "election": election, "why": "second-round"}
    return builders.contest(follows=after, **fields)


def _follower(fork: Fork) -> Any:
    return fork.state.meta.get(f"followed/{E}/{G}")


def test_an_election_that_operators_invent_follows_no_true_contest(realm: Realm) -> None:
    fork = realm.fork()
    assert _after(fork, "lain", _following(), leave=[]) == "waiting"
    assert _after(fork, "lain", _following(), leave=KPU[:1]) == "waiting", "one root of two"
    assert _follower(fork) is None
    assert _after(fork, "ulang", _following()) == "effective"
    assert _follower(fork) == {"election": "ulang", "contest": G}


def test_no_election_that_follows_takes_that_from_another(realm: Realm) -> None:
    fork = realm.fork()
    assert _after(fork, "lain", _following()) == "effective"
    assert _after(fork, "ulang", _following()) == "effective", "its roots say so of two"
    assert _follower(fork) == {"election": "ulang", "contest": G}, "the last one is shown"
    assert _after(fork, "lagi", _following(election="lain"), leave=["lain"]) == "effective"


def test_the_leave_of_roots_that_were_dropped_meanwhile_is_none(realm: Realm) -> None:
    fork = realm.fork()
    assert _after(fork, "ulang", _following(), leave=[]) == "waiting"
    assert fork.try_(_election("ulang", _following()), KPU[0]) == "waiting"
    revision = {
        **realm.election, "at": "2024-12-29T08:00:00+07:00", "roots": roots("baru-"),
        "revision": 2, "previous": fork.state.meta.get(f"election/{E}")["statement"],
    }  # fmt: skip
    assert fork.try_(revision, *KPU, *OPERATORS) == "effective"
    assert fork.try_(_election("ulang", _following()), "baru-kpu-1") == "waiting"
    assert fork.try_(_election("ulang", _following()), "baru-kpu-2") == "effective"


def test_each_election_that_is_followed_gives_its_leave(realm: Realm) -> None:
    fork = realm.fork()
    second = builders.contest(id="bupati-90.01", office="regent", region="90.01")
    assert _after(fork, "lain", second, leave=[]) == "effective"
    both = [_following(), {**second, "follows": {"contest": second["id"], "election": "lain",
                                                 "why": "rerun"}}]  # fmt: skip
    assert _after(fork, "ulang", *both) == "waiting"
    assert fork.try_(_election("ulang", *both), "lain") == "effective"


def test_roots_of_an_election_that_nothing_follows_are_strangers(realm: Realm) -> None:
    assert _after(realm.fork(), "lain", builders.contest()) == "void not-entitled"


def test_a_later_revision_needs_no_second_leave(realm: Realm) -> None:
    fork = realm.fork()
    assert _after(fork, "ulang", _following()) == "effective"
    payload = {
        **_election("ulang", _following()), "at": "2024-12-30T08:00:00+07:00",
        "revision": 2, "previous": fork.state.entry(fork.state.size - 1)["id"],
    }  # fmt: skip
    assert fork.try_(payload, "ulang", *OPERATORS) == "effective"


def test_one_contest_of_two_that_follows_none_there_is_makes_an_election_void(
    realm: Realm,
) -> None:
    fork = realm.fork()
    first = builders.contest(id="bupati-90.01", office="regent", region="90.01")
    assert _after(fork, "lain", first, _following("tiada")) == "void contest"
    assert _after(fork, "lain", first, _following(election="tiada"), leave=[]) == "void contest"
    assert _after(fork, "lain", first, _following()) == "effective"


def test_a_contest_of_another_office_or_region_follows_nothing(realm: Realm) -> None:
    fork = realm.fork()
    other = {"office": "regent", "region": "90.01"}
    assert _after(fork, "lain", _following(**other)) == "void contest"
    assert _after(fork, "lain", _following(region="91")) == "void contest"
