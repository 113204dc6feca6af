"""Exact sums of every region: value and number of stations per field, kept up to date per form.

A record of map `totals` (election/contest/code):

    counted   stations behind the sum of everything below
    figures   the sum: {field: [value, stations that say it]}
    unlisted  how many of `counted` are not expected here: their TPS or region is in no roster
    received  C forms behind the sum of everything below
    rungs     {form: {counted, unlisted, figures}} of all D forms strictly below, counted in forms;
              unlisted are those of regions that the region itself does not list
    running   {counted, figures} of the region's running public figure (`summary`), used while it
              counts more stations
    open, answered   findings without and with an explanation, at and below the region
    rival     contested slots at and below the region
    corrections   {form: {field: how far the explained corrections of such forms, at and below the
              region, move it}}; nothing that is 0

One form costs one record per level, whatever the size of the election.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rekap.core.ledger import rosters
from rekap.core.ledger.state import Record, State
from rekap.core.statements import regions
from rekap.core.statements.model import STATION_FORM

Fields = dict[str, list[int]]


def key(election: str, contest: str, code: str) -> str:
    """Key of a region in map `totals`."""
    return f"{election}/{contest}/{code}"


def empty() -> Record:
    """Return the record of a region about which nothing was said."""
    return {
        "counted": 0, "figures": {}, "received": 0, "unlisted": 0, "rungs": {},
        "open": 0, "answered": 0, "rival": 0,
    }  # fmt: skip


def used(record: Record) -> tuple[int, Fields, bool]:
    """Return the region's sum: (stations, fields, whether it is the running public figure).

    The `summary` is used until at least as many stations are behind the forms below.
    """
    summary = record.get("running")
    if summary is not None and record["counted"] < summary["counted"]:
        count = summary["counted"]
        return count, {field: [value, count] for field, value in summary["figures"].items()}, True
    return record["counted"], record["figures"], False


def unexpected(record: Record) -> int:
    """Return how many stations behind the region's sum are not expected.

    A running public figure does not say which stations it counts: none is held against it.
    """
    off: int = 0 if used(record)[2] else record["unlisted"]
    return off


def replace(
    state: State, election: str, contest: Record, slot: tuple[str, str],
    old: Record | None, new: Record,
) -> None:  # fmt: skip
    """Put the figures `new` of one slot (form, region code) in place of `old`, if any.

    A C form moves the sums from its kelurahan upward, a D form the rungs of the ladder above it.
    A `summary` is none of both: see `set_summary`. Nor is a C form of a TPS that no roster has
    listed since it has one: see `slots.install`.
    """
    form, code = slot
    delta = _delta(old, new)
    count = int(old is None)
    places = regions.upward(code, contest["region"])
    if form == STATION_FORM:
        for place in places:
            state.totals.edit(key(election, contest["id"], place), empty())["received"] += count
        _raise(state, election, contest["id"], places, (count, 0, delta))
        return
    for place in places[1:]:
        record = state.totals.edit(key(election, contest["id"], place), empty())
        rung = record["rungs"].setdefault(form, {"counted": 0, "unlisted": 0, "figures": {}})
        rung["counted"] += count
        _add(rung["figures"], delta)
    if not rosters.is_listed(state, election, code):
        _count_off(state, election, contest, form, code, count)


def _count_off(
    state: State, election: str, contest: Record, form: str, code: str, count: int
) -> None:
    if code != contest["region"]:
        above = key(election, contest["id"], regions.parent(code))
        state.totals.edit(above)["rungs"][form]["unlisted"] += count


def set_summary(state: State, election: str, contest: Record, code: str, new: Record) -> None:
    """Put the region's running public figure in place: {"counted", "figures"}."""
    places = regions.upward(code, contest["region"])
    record = state.totals.edit(key(election, contest["id"], code), empty())
    before = _shown(record)
    record["running"] = new
    step = _between(before, _shown(record))
    _raise(state, election, contest["id"], places[1:], _seen_above(state, election, code, step))


def relist_station(state: State, election: str, contest: Record, code: str, tps: str) -> None:
    """A TPS whose form is in the sums was left out of its roster, or taken up again: recount."""
    off = -1 if rosters.is_listed(state, election, code, tps) else 1
    places = regions.upward(code, contest["region"])
    _raise(state, election, contest["id"], places, (0, off, {}))


def relist(
    state: State, election: str, contest: Record, code: str, form: str, *, has_form: bool
) -> None:
    """A region was left out of its roster, or taken up again: recount.

    `form` is the form of the region itself, `has_form` whether one is effective.
    """
    sign = -1 if rosters.is_listed(state, election, code) else 1
    places = regions.upward(code, contest["region"])
    if code == contest["region"]:
        return
    if has_form:
        _count_off(state, election, contest, form, code, sign)
    record = state.totals.get(key(election, contest["id"], code))
    if record is not None:
        off = sign * (used(record)[0] - unexpected(record))
        _raise(state, election, contest["id"], places[1:], (0, off, {}))


Step = tuple[int, int, Fields]
"""What a change does to a sum: stations, those of them not expected, {field: [value, stations]}."""


def _raise(state: State, election: str, contest: str, places: Iterable[str], step: Step) -> None:
    """Add to the sums from the lowest place up; a running figure in use stops what is below it."""
    for place in places:
        count, off, delta = step
        if not count and not off and not delta:
            return
        record = state.totals.edit(key(election, contest, place), empty())
        # A region with a running figure shows that until as many stations came below it, and then
        # changes over at once: the step that its parent sees is not the one that came from below,
        # but the difference of what it showed before and shows now, often none.
        before = _shown(record) if "running" in record else None
        record["counted"] += count
        record["unlisted"] += off
        _add(record["figures"], delta)
        if before is not None:
            step = _between(before, _shown(record))
        step = _seen_above(state, election, place, step)


def _seen_above(state: State, election: str, place: str, step: Step) -> Step:
    """What a change of a sum is for the region above: nothing of an unlisted one is expected."""
    count, off, delta = step
    return count, off if rosters.is_listed(state, election, place) else count, delta


def _shown(record: Record) -> Step:
    count, fields, _ = used(record)
    return count, unexpected(record), {field: list(pair) for field, pair in fields.items()}


def _delta(old: Record | None, new: Record) -> Fields:
    delta = {field: [value, 1] for field, value in new.items()}
    for field, value in (old or {}).items():
        pair = delta.setdefault(field, [0, 0])
        pair[0] -= value
        pair[1] -= 1
    # A first form's zeros stay: a field with the sum 0 of one form is said, an absent one is not.
    return {field: pair for field, pair in delta.items() if pair != [0, 0]} if old else delta


def _between(before: Step, after: Step) -> Step:
    delta = {}
    for field in before[2].keys() | after[2].keys():
        old, new = before[2].get(field, [0, 0]), after[2].get(field, [0, 0])
        if old != new:
            delta[field] = [new[0] - old[0], new[1] - old[1]]
    return after[0] - before[0], after[1] - before[1], delta


def _add(fields: Fields, delta: Fields) -> None:
    for field, (value, count) in delta.items():
        try:
            pair = fields[field]
        except KeyError:
            pair = fields[field] = [0, 0]
        pair[0] += value
        pair[1] += count
        if pair[1] == 0:  # no form says it any more: absent, which is not the same as zero
            del fields[field]


def count(state: State, election: str, contest: Record, code: str, **deltas: int) -> None:
    """Add to counters (`open`, `answered`, `rival`) of a region and all above it."""
    if any(deltas.values()):
        for place in regions.upward(code, contest["region"]):
            record = state.totals.edit(key(election, contest["id"], place), empty())
            for name, delta in deltas.items():
                record[name] += delta


def correct(
    state: State, election: str, contest: Record, slot: tuple[str, str], moved: dict[str, int]
) -> None:
    """Add to how far the explained corrections of a slot (form, region code) move each figure."""
    if not any(moved.values()):
        return
    form, code = slot
    for place in regions.upward(code, contest["region"]):
        record = state.totals.edit(key(election, contest["id"], place), empty())
        kept = record.setdefault("corrections", {}).setdefault(form, {})
        for field, value in moved.items():
            kept[field] = kept.get(field, 0) + value
        record["corrections"][form] = {field: value for field, value in kept.items() if value}
        record["corrections"] = {
            name: fields for name, fields in record["corrections"].items() if fields
        }
        if not record["corrections"]:
            del record["corrections"]


def corrected(record: Record | None, form: str | None = None) -> dict[str, int]:
    """Return how far corrections at and below a region move each figure; those of `form` alone."""
    found: dict[str, int] = {}
    for name, fields in (record or {}).get("corrections", {}).items():
        if form in (None, name):
            for field, value in fields.items():
                found[field] = found.get(field, 0) + value
    return found


def missing(expected: int | None, record: Record | None) -> int | None:
    """Return the stations that are expected and not behind the sum; None if unknown."""
    if expected is None:
        return None
    if record is None:
        return expected
    lacking: int = expected - (used(record)[0] - unexpected(record))
    return max(lacking, 0)


def comparable(expected: int | None, record: Record | None) -> bool:
    """Tell whether nothing is missing: the certified figure may be compared with the sum."""
    return record is not None and expected is not None and missing(expected, record) == 0


def difference(certified: Record, record: Record) -> dict[str, int]:
    """Return certified − sum for every field that both have for all stations counted."""
    stations, fields, _ = used(record)
    return {
        field: certified[field] - value
        for field, (value, reported) in sorted(fields.items())
        if field in certified and reported == stations
    }


def rung(record: Record | None, form: str) -> dict[str, Any]:
    """Return {"counted", "unlisted", "figures"} of all D forms of one kind below a region."""
    if record is None or form not in record["rungs"]:
        return {"counted": 0, "unlisted": 0, "figures": {}}
    aggregate: dict[str, Any] = record["rungs"][form]
    return aggregate
