"""How often a key may say what one person says alone; nobody uses up what another may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes import FakeRecords
from tests.portal.intake.office import Office
from tests.portal.intake.world import CONTEST, KELURAHAN, World, sign

from rekap.core.errors import Rejected
from rekap.portal.intake import quota

HOUR = 3_600
SLOT = {"contest": CONTEST, "form": "c_hasil", "region": KELURAHAN, "tps": "001"}
ROLE = f"saksi-{KELURAHAN}-1"


def objection(world: World, number: int) -> bytes:
    side = {"body": "saksi", "pair": 1, "code": "figures"}
    return sign(world.of_election("objection", **SLOT, **side, number=number), ROLE)


def test_a_key_may_say_as_much_as_the_documents_promise() -> None:
    text = (Path(__file__).parents[3] / "docs/files.md").read_text()
    assert f"a key sends {quota.OF_A_KEY} of these within an hour" in text
    assert f", {quota.OF_A_SLOT} of them about one slot" in text


def test_a_stalling_flood_of_objections_waits_for_the_next_hour() -> None:
    world = World.begun()
    office = Office(world)
    said = [objection(world, number) for number in range(1, quota.OF_A_SLOT + 2)]
    for one in said[:-1]:
        office.takes(one)
    answer = office.refuses(said[-1], 409, ("said-too-often", ""))
    wait = int(answer.headers["retry-after"])
    assert 0 < wait <= HOUR
    assert office.send(said[0]).status == 200, "what was acknowledged stays acknowledged"
    office.takes(sign(world.form("001"), *world.kpps("001")))
    office.clock.now += wait
    office.takes(said[-1])


def test_a_replay_of_a_whole_election_at_once_is_no_flood() -> None:
    world = World.begun("replay")
    office = Office(world)
    for number in range(1, quota.OF_A_SLOT + 2):
        office.takes(objection(world, number))


def test_what_is_sent_again_uses_up_nothing() -> None:
    world = World.begun()
    office = Office(world)
    one = objection(world, 1)
    office.takes(one)
    for _ in range(quota.OF_A_SLOT):
        assert office.send(one).status == 200
    office.takes(objection(world, 2))


def test_what_is_refused_uses_up_nothing() -> None:
    world = World.begun()
    office = Office(world)
    wrong = world.of_election(
        "objection", **{**SLOT, "tps": "999"}, body="saksi", pair=1, number=1, code="figures"
    )
    for _ in range(quota.OF_A_SLOT + 1):
        assert office.send(sign(wrong, ROLE)).status == 422
    assert office.records.counted == {}


def say(records: FakeRecords, key: str, tps: int, now: int = 0) -> None:
    quota.spend({**SLOT, "election": "e", "tps": f"{tps:03d}"}, [key], records, now)


def test_a_key_says_sixty_things_an_hour_wherever_they_are() -> None:
    records = FakeRecords()
    for tps in range(1, quota.OF_A_KEY + 1):
        say(records, "a", tps)
    with pytest.raises(Rejected) as refused:
        say(records, "a", 999, HOUR - 90)
    assert (refused.value.status, refused.value.retry_after) == (409, 90)
    say(records, "b", 1)
    say(records, "a", 1, HOUR)
