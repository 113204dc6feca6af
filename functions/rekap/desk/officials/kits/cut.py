"""Cutting a kit from the state of a verified log: what one office can meet, and nothing else.

Kept are the log and the election; the office's region with those above it and below it; keys of
bodies at these places and the roots; the heads of slots at and below the region, and the names of
all statements about these places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger import rosters
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import Record, State
from rekap.core.statements import regions
from rekap.desk.officials.kits.kit import Kit, Register

_ELSEWHERE: Final = frozenset({"election", "revoke", "recommendation", "response"})
"""Kinds without a region, or that other places answer: all of the election are kept."""


class NoSuchPlace(Exception):
    """The log knows no such election (`known`: those that it has), region or TPS."""

    def __init__(self, what: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.known = known


@dataclass(frozen=True, slots=True)
class Scope:
    """An office's places: a region, one TPS of it if given, and `levels` below it (None: all)."""

    election: str
    region: str
    tps: str | None = None
    levels: int | None = None

    def covers(self, code: str, tps: str | None = None) -> bool:
        """Tell whether something at this place is the office's own matter."""
        if not regions.is_within(code, self.region):
            return False
        if self.tps is not None and tps not in (None, self.tps):
            return False
        depth = regions.depth(code) + (tps is not None)
        return self.levels is None or depth <= regions.depth(self.region) + self.levels

    def knows(self, code: str, tps: str | None = None) -> bool:
        """Tell whether the office deals with persons at this place: its own, or above."""
        above = code == regions.COUNTRY or regions.is_below(self.region, code)
        return (above and tps is None) or self.covers(code, tps)


def cut(state: State, entries: Callable[[int], bytes], scope: Scope) -> Kit:
    """Return the kit of a scope; `entries` gives the bytes of an entry.

    Raises NoSuchPlace.
    """
    return _cut(state, entries, _checked(state, scope))


def of_first_entry(entry: bytes) -> Kit:
    """Return a kit of no election: what a log's entry 0 says. Raises Malformed for another one."""
    state = State()
    fold(state, entry)
    if state.meta.get("log") is None:
        raise Malformed("not an entry 0 that takes effect", code="log")
    return _cut(state, lambda _: entry, Scope("", regions.COUNTRY))


def _cut(state: State, entries: Callable[[int], bytes], scope: Scope) -> Kit:
    maps = {
        "meta": _meta(state, scope),
        "ids": dict(_ids(state, scope)),
        "keys": {keyid: key for keyid, key in state.keys.scan("") if _has_key(scope, key)},
        "regions": {
            key: record
            for key, record in state.regions.scan(f"{scope.election}/")
            if scope.knows(key.split("/")[1])
        },
    }
    heads = {
        slot: entries(record["effect"])
        for slot, record in state.slots.scan(f"{scope.election}/")
        if record.get("head") and scope.covers(*_place(slot))
    }
    root = codec.b64encode(state.root())
    return Kit(
        scope.election, scope.region, scope.tps, state.size, root, Register(maps, state.size), heads
    )


def _checked(state: State, scope: Scope) -> Scope:
    known = tuple((state.meta.get("elections") or {"ids": []})["ids"])
    if not scope.election and len(known) == 1:
        scope = Scope(known[0], scope.region, scope.tps, scope.levels)
    if scope.election not in known:
        raise NoSuchPlace("election", known)
    if scope.region == regions.COUNTRY and scope.tps is None:
        return scope  # the roots work here before any roster names a region
    if not rosters.knows(state, scope.election, scope.region, None):
        raise NoSuchPlace("region")
    if not rosters.knows(state, scope.election, scope.region, scope.tps):
        raise NoSuchPlace("tps")
    return scope


def _meta(state: State, scope: Scope) -> dict[str, Any]:
    names = ["log", "uploaders", f"election/{scope.election}", "closed"]
    kept = {name: record for name in names if (record := state.meta.get(name)) is not None}
    for name in ("determination", "rulings", "elected", "recommendation", "response"):
        kept |= dict(state.meta.scan(f"{name}/{scope.election}/"))
    about = f"recommendation/{scope.election}/"
    kept |= dict(_incidents(state, scope))
    for name, record in state.meta.scan("recommendation-of/"):
        if record["key"].startswith(about):
            kept[name] = record
    return kept


def _incidents(state: State, scope: Scope) -> Iterator[tuple[str, Record]]:
    """Yield the objections and events of the place and below, and the ids that name them."""
    lines = {
        name: record
        for name, record in state.meta.scan(f"incident/{scope.election}/")
        if regions.is_within(record["region"], scope.region)
    }
    yield from lines.items()
    for name, record in state.meta.scan("objection-of/"):
        if record["key"] in lines:
            yield name, record


def _ids(state: State, scope: Scope) -> list[tuple[str, Record]]:
    kept = []
    for name, record in state.ids.scan(""):
        entry = state.entry(record["first"])
        if entry.get("election") != scope.election:
            continue
        here = "region" in entry and scope.covers(entry["region"], entry.get("tps"))
        if here or entry["kind"] in _ELSEWHERE:
            kept.append((name, record))
    return kept


def _has_key(scope: Scope, key: Mapping[str, Any]) -> bool:
    if not key["election"]:
        return True
    return key["election"] == scope.election and scope.knows(key["region"], key.get("tps"))


def _place(slot: str) -> tuple[str, str | None]:
    """Region and TPS of a slot's key."""
    parts = slot.split("/")
    return parts[3], parts[4] if len(parts) > 4 else None
