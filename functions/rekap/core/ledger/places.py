"""Where things are in an election: its contests, and the places that rosters or forms named."""

from __future__ import annotations

from collections.abc import Iterator

from rekap.core.ledger import rosters
from rekap.core.ledger.state import Record, State


def contest_of(election: Record, contest_id: str) -> Record | None:
    """Return the contest of an election by id, None if it has none of that id."""
    contest: Record
    for contest in election["contests"]:
        if contest["id"] == contest_id:
            return contest
    return None


def known_contest(election: Record, contest_id: str) -> Record:
    """Return the contest of something that took effect: no revision of an election drops one."""
    contest = contest_of(election, contest_id)
    if contest is None:
        raise KeyError(contest_id)
    return contest


def followed_key(election: str, contest: str) -> str:
    """Key, in map `meta`, of the last contest of another election that follows this one:
    {election, contest}.
    """
    return f"followed/{election}/{contest}"


def children(state: State, election: str, code: str) -> list[str]:
    """Return the child regions of `code` ever named, in the order of codes; [] at a kelurahan."""
    record = state.regions.get(rosters.key(election, code))
    kids: list[str] = [] if record is None else record.get("children") or []
    return kids


def place_name(state: State, election: str, code: str) -> str:
    """Return the region's name, or its code while no roster names it."""
    record = state.regions.get(rosters.key(election, code))
    return str(record["name"]) if record and record["name"] else code


def stations(state: State, election: str, code: str) -> list[str]:
    """Return the TPS of a kelurahan that a roster ever named; [] at other regions."""
    record = state.regions.get(rosters.key(election, code)) or {}
    numbers: list[str] = [number for number, _ in record.get("tps") or ()]
    return numbers + list(record.get("gone", []))


def descendants(state: State, election: str, code: str) -> Iterator[str]:
    """Yield `code` and every region below it that a roster named."""
    yield code
    for child in children(state, election, code):
        yield from descendants(state, election, child)
