"""The hours of a log: who says them, when they count, and which entry has which."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.ledger.world import World
from tests.core.statements import builders

from rekap.core.ledger.clocks import newest, seconds, words
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State

FIRST = "2024-11-27T23:40:00+07:00"


def told(world: World, at: str, role: str = "log") -> str:
    """What became of a clock."""
    world.add(builders.clock(at=at), role)
    return f"{world.last['status']} {world.last.get('why', '')}".strip()


def opened(mode: str = "rehearsal") -> World:
    world = World(mode=mode)
    world.open()
    return world


def hours(state: State) -> list[Any]:
    return [state.entry(index).get("hour") for index in range(state.size)]


@pytest.mark.parametrize(("zone", "hour"), [("+07:00", "07"), ("+09:00", "09")])
def test_an_hour_is_told_in_its_zone(zone: str, hour: str) -> None:
    assert words(0, zone) == f"1970-01-01T{hour}:00:00{zone}"


def test_a_site_has_the_hour_of_its_last_clock() -> None:
    world = opened()
    assert newest(world.state) is None
    assert told(world, "2024-11-27T17:40:00+08:00") == "effective"
    assert newest(world.state) == "2024-11-27T16:40:00+07:00"


@pytest.mark.parametrize("role", ["operator/1", "receipt"])
def test_nobody_but_the_key_of_the_log_says_the_time(role: str) -> None:
    world = opened()
    assert told(world, FIRST, role) == "void not-entitled"
    assert told(world, FIRST) == "effective"


def test_the_key_of_the_log_signs_nothing_else() -> None:
    world = opened()
    world.add(builders.close(), "log")
    assert (world.last["status"], world.last["why"]) == ("void", "not-entitled")


@pytest.mark.parametrize(("at", "became"), [
    ("2024-11-27T23:40:59+07:00", "void clock"),
    ("2024-11-27T23:41:00+07:00", "effective"),
    ("2024-11-28T00:40:59+08:00", "void clock"),
    ("2024-11-28T00:41:00+08:00", "effective"),
    ("2024-11-27T22:00:00+07:00", "void clock"),
    ("2031-01-01T00:00:00+07:00", "effective"),
])  # fmt: skip
def test_a_clock_counts_a_minute_after_the_last(at: str, became: str) -> None:
    """In whatever zone it is written; nothing else is asked of it."""
    world = opened()
    assert told(world, FIRST) == "effective"
    assert told(world, at) == became


def test_a_void_clock_moves_no_hour() -> None:
    world = opened()
    told(world, FIRST)
    told(world, "2024-11-27T23:40:30+07:00")
    assert told(world, "2024-11-27T23:41:00+07:00") == "effective"


def test_a_replay_has_no_hours() -> None:
    world = opened("replay")
    assert told(world, FIRST) == "void clock"
    world.add(builders.close(), "operator/1")
    assert hours(world.state) == [None] * world.state.size


def test_an_entry_has_the_hour_of_the_last_clock_before_it() -> None:
    world = opened()
    told(world, FIRST)
    world.add(builders.publication(release=builders.hex_id("next")), "operator/1")
    told(world, "2024-11-27T23:41:00+07:00", "operator/1")
    told(world, "2024-11-27T23:45:00+07:00")
    world.add(builders.close(), "operator/1")
    first = seconds(FIRST)
    assert hours(world.state) == [None, None, *[first] * 3, *[first + 300] * 2]
    assert [world.state.entry(index).get("clock") for index in range(world.state.size)] == [
        None, None, 2, 2, 2, 5, 5,
    ]  # fmt: skip


def test_the_verifier_without_pages_judges_clocks_the_same() -> None:
    world = opened()
    told(world, FIRST)
    told(world, FIRST.replace(":40:", ":39:"))
    bare = State(pages=False)
    for entry in world.entries:
        fold(bare, entry)
    assert [bare.entry(n)["status"] for n in range(bare.size)] == [
        world.state.entry(n)["status"] for n in range(world.state.size)
    ]
