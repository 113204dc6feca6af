"""A contest that follows one of another election: once, of its office and region."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names
from tests.core.ledger.world import key
from tests.core.statements import builders

E, G = builders.ELECTION, builders.CONTEST


@pytest.fixture(scope="module")
def realm() -> Realm:
    return Realm(other=False)


def _after(fork: Fork, name: str, *contests: dict[str, Any]) -> str:
    """What becomes of an election with these contests."""
    roots = {"kpu": builders.keyset(key(name))}
    payload = builders.election(election=name, contests=[*contests], roots=roots)
    return fork.try_(payload, name, *names("operator", 2))


def _following(contest: str = G, election: str = E, **fields: Any) -> dict[str, Any]:
    after = {"contest": contest, "election": election, "why": "second-round"}
    return builders.contest(follows=after, **fields)


def test_one_contest_of_two_that_follows_none_there_is_makes_an_election_void(
    realm: Realm,
) -> None:
    fork = realm.fork()
    first = builders.contest(id="bupati-90.01", office="regent", region="90.01")
    assert _after(fork, "lain", first, _following("tiada")) == "void contest"
    assert _after(fork, "lain", first, _following(election="tiada")) == "void contest"
    assert _after(fork, "lain", first, _following()) == "effective"
    assert _after(fork, "lagi", _following()) == "void contest", "it is followed already"
    assert _after(fork, "lagi", _following(election="lain")) == "effective"


def test_a_contest_of_another_office_or_region_follows_nothing(realm: Realm) -> None:
    fork = realm.fork()
    other = {"office": "regent", "region": "90.01"}
    assert _after(fork, "lain", _following(**other)) == "void contest"
    assert _after(fork, "lain", _following(region="91")) == "void contest"
