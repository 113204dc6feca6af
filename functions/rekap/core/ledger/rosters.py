"""Which places are expected: regions by their parents' rosters, TPS by their kelurahan's.

A revision never removes: what it leaves out stays, marked, and is not expected any more. The number
of expected stations of a region is the sum over its listed children; one kelurahan without a roster
makes it unknown for every region above. Every region has one above it for ever, whose roster alone
lists it: that of its code, or the country's for a kabko whose provinsi no roster names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rekap.core.ledger.offices import View
from rekap.core.ledger.state import Record, State
from rekap.core.statements import regions


def key(election: str, code: str) -> str:
    """Key of a region in map `regions`."""
    return f"{election}/{code}"


def in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return (id, revision) of a region's roster in force."""
    record = view.get("regions", key(fields["election"], fields["region"])) or {}
    return record.get("roster"), record.get("revision", 0)


def is_late(state: State, fields: Record) -> bool:
    """Tell whether a roster, or one that it continues, changes places of a contest that has forms.

    A mark that the next revision took away would hide what the list in force rests on.
    """
    election = fields["election"]
    current = (state.regions.get(key(election, fields["region"])) or {}).get("roster")
    if current is not None and "L4" in state.ids.get(current).get("marks", ()):
        return True
    begun = state.meta.get(_begun(election)) or {}
    changed = list(_changed(state, fields)) if begun else []
    return any(
        regions.is_within(place, top) or regions.is_within(top, place)
        for top in begun.values()
        for place in changed
    )


def _changed(state: State, fields: Record) -> Iterator[str]:
    """Yield the regions that a roster adds, renames or drops, or whose TPS it adds or drops."""
    election, code = fields["election"], fields["region"]
    record = state.regions.get(key(election, code)) or {}
    if "tps" in fields:
        if {one["number"] for one in fields["tps"]} != {one for one, _ in record.get("tps") or ()}:
            yield code
        return
    named = {child["code"]: child["name"] for child in fields["children"]}
    for child in sorted({*named, *(record.get("children") or ())}):
        kid = state.regions.get(key(election, child))
        if child not in named:
            differs = kid["listed"]
        else:
            differs = kid is None or kid["name"] != named[child] or not kid["listed"]
        if differs:
            yield child


def may_name(state: State, election: Record, fields: Record) -> bool:
    """Tell whether a roster leaves every region one above it: the country's names no kabko whose
    provinsi it named, or is that of a contest, nor a provinsi after one of its kabko.
    """
    if fields["region"] != regions.COUNTRY:
        return True
    before = state.regions.get(key(election["id"], regions.COUNTRY)) or {}
    named = {child["code"] for child in fields["children"]}.union(before.get("children") or ())
    tops = {contest["region"] for contest in election["contests"]}
    return {regions.parent(code) for code in named}.isdisjoint(named | tops)


def note_form(state: State, election: str, contest: Record) -> None:
    """Remember that a form of a contest took effect."""
    if contest["id"] not in (state.meta.get(_begun(election)) or {}):
        state.meta.edit(_begun(election), {})[contest["id"]] = contest["region"]


def _begun(election: str) -> str:
    """Key in map `meta` of the contests that have a form: {id: region}."""
    return f"begun/{election}"


def apply(state: State, fields: Record, statement_id: str, index: int) -> None:
    """Put a roster in force: names and marks its children, and recounts what is expected."""
    election, code = fields["election"], fields["region"]
    record = state.regions.edit(key(election, code), _unknown("", "negara", None))
    was = _expected(record)
    record["roster"], record["revision"], record["index"] = statement_id, fields["revision"], index
    if "tps" in fields:
        _set_stations(record, fields["tps"])
    else:
        _set_children(state, election, code, record, fields["children"])
    _propagate(state, election, code, was, _expected(record))


def _unknown(name: str, level: str, parent: str | None) -> Record:
    return {
        "name": name,
        "level": level,
        "parent": parent,
        "listed": True,
        "expected": 0,
        "unknown": 1,
    }


def _set_stations(record: Record, tps: list[Record]) -> None:
    """List the TPS that a roster names; those that it leaves out are `gone`, and stay."""
    listed = [[one["number"], one.get("registered")] for one in tps]
    numbers = {number for number, _ in listed}
    before = {*(number for number, _ in record.get("tps") or []), *record.get("gone", [])}
    record["tps"] = listed
    record["gone"] = sorted(before - numbers)
    record["expected"], record["unknown"] = len(listed), 0


def _set_children(
    state: State, election: str, code: str, record: Record, named: list[Record]
) -> None:
    """List the children that a roster names; those that it leaves out stay, marked."""
    exp = unk = 0
    for child in named:
        below = state.regions.edit(
            key(election, child["code"]), _unknown(child["name"], child["level"], code)
        )
        below["name"], below["listed"] = child["name"], True
        exp, unk = exp + below["expected"], unk + below["unknown"]
    codes = [child["code"] for child in named]
    for gone in set(record.get("children") or []) - set(codes):
        state.regions.edit(key(election, gone))["listed"] = False
    record["children"] = sorted({*(record.get("children") or []), *codes})
    record["expected"], record["unknown"] = exp, unk


def _expected(record: Record) -> tuple[int, int]:
    return record["expected"], record["unknown"]


def _propagate(
    state: State, election: str, code: str, was: tuple[int, int], now: tuple[int, int]
) -> None:
    """Add what (expected, unknown) of a region changed to all above it that list it."""
    exp, unk = now[0] - was[0], now[1] - was[1]
    while exp or unk:
        place = state.regions.get(key(election, code))
        if place["parent"] is None or not place["listed"]:
            return
        code = place["parent"]
        record = state.regions.edit(key(election, code))
        record["expected"] += exp
        record["unknown"] += unk


def expected(record: Record | None) -> int | None:
    """Return the stations expected at or below a region; None if the rosters do not say."""
    if record is None or record["unknown"]:
        return None
    exp: int = record["expected"]
    return exp


def knows(state: State, election: str, code: str, tps: str | None) -> bool:
    """Tell whether a place is named by the rosters, now or before."""
    record = state.regions.get(key(election, code))
    return record is not None and admits(record, tps)


def admits(record: Record, tps: str | None) -> bool:
    """Tell whether a region that is named has, or had, the TPS; without a TPS it always does.

    A kelurahan without a roster of TPS has none: whoever may grant keys could invent any number.
    """
    if tps is None:
        return True
    listed = any(number == tps for number, _ in record.get("tps") or ())
    return listed or tps in record.get("gone", ())


def is_listed(state: State, election: str, code: str, tps: str | None = None) -> bool:
    """Tell whether a place is in the roster in force; whether its region is, is asked of that."""
    record: dict[str, Any] | None = state.regions.get(key(election, code))
    if record is None:
        return False
    return bool(record["listed"]) if tps is None else tps not in record.get("gone", ())


def is_expected(state: State, election: str, top: str, code: str, tps: str | None = None) -> bool:
    """Tell whether a place and every region above it, below `top`, are in the rosters in force."""
    if tps is not None and not is_listed(state, election, code, tps):
        return False
    while code != top:
        if not is_listed(state, election, code):
            return False
        code = regions.parent(code)
    return True
