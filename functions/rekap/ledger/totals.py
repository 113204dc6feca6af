"""Exact sums of every region: value and number of stations per field, kept up to date per form.

A record of map `totals` (election/contest/code):

    n, f     stations behind the sum of everything below, and {field: [value, stations]}
    rec, off effective C forms below, and those of TPS no longer in the roster
    agg      {form: {"n": forms, "f": {field: [value, forms]}}} of all forms strictly below
    sum      the region's running public figure (`summary`), used while it counts more stations
    open, answered   findings without and with an explanation, at and below the region
    rival    contested slots at and below the region

One form costs one record per level, whatever the size of the election.
"""

from __future__ import annotations

from typing import Any

from rekap.forms import regions
from rekap.forms.model import STATION_FORM
from rekap.ledger.state import Record, State

Fields = dict[str, list[int]]


def key(election: str, contest: str, code: str) -> str:
    """Key of a region in map `totals`."""
    return f"{election}/{contest}/{code}"


def empty() -> Record:
    """Return the record of a region about which nothing was said."""
    return {
        "n": 0, "f": {}, "rec": 0, "off": 0, "agg": {}, "open": 0, "answered": 0, "rival": 0,
    }  # fmt: skip


def used(record: Record) -> tuple[int, Fields, bool]:
    """Return the region's sum: (stations, fields, whether it is the running public figure).

    The `summary` is used until at least as many stations are behind the forms below.
    """
    summary = record.get("sum")
    if summary is not None and record["n"] < summary["n"]:
        count = summary["n"]
        return count, {field: [value, count] for field, value in summary["f"].items()}, True
    return record["n"], record["f"], False


def path(top: str, code: str) -> list[str]:
    """Return `code` and every region above it up to the contest's own region `top`."""
    places = [code]
    while code != top:
        code = regions.parent(code)
        places.append(code)
    return places


def replace(
    state: State, election: str, contest: Record, slot: tuple[str, str], old: Record | None,
    new: Record | None,
) -> None:  # fmt: skip
    """Exchange the figures of one slot (form, region code): None = no form.

    A C form moves the sums from its kelurahan upward, a D form the rungs of the ladder above it,
    a `summary` the sum of its region.
    """
    form, code = slot
    delta = _delta(old, new)
    count = (new is not None) - (old is not None)
    places = path(contest["region"], code)
    above = places if form == STATION_FORM else places[1:]
    for place in above:
        record = state.totals.edit(key(election, contest["id"], place), empty())
        rung = record["agg"].setdefault(form, {"n": 0, "f": {}})
        rung["n"] += count
        _add(rung["f"], delta)
    if form == STATION_FORM:
        for place in places:
            state.totals.edit(key(election, contest["id"], place))["rec"] += count
        _raise(state, election, contest["id"], places, count, delta)


def set_summary(state: State, election: str, contest: Record, code: str, new: Record) -> None:
    """Put a running public figure in place: {"n" stations in, "x" expected, "f" figures}."""
    places = path(contest["region"], code)
    record = state.totals.edit(key(election, contest["id"], code), empty())
    before = used(record)
    record["sum"] = new
    after = used(record)
    count, delta = after[0] - before[0], _between(before[1], after[1])
    _raise(state, election, contest["id"], places[1:], count, delta)


def _raise(
    state: State, election: str, contest: str, places: list[str], count: int, delta: Fields
) -> None:
    """Add to the sums from the lowest place up; a running figure in use stops what is below it."""
    for place in places:
        if not count and not delta:
            return
        record = state.totals.edit(key(election, contest, place), empty())
        if "sum" not in record:
            record["n"] += count
            _add(record["f"], delta)
            continue
        before = used(record)
        before = (before[0], {field: list(pair) for field, pair in before[1].items()}, before[2])
        record["n"] += count
        _add(record["f"], delta)
        after = used(record)
        count, delta = after[0] - before[0], _between(before[1], after[1])


def _delta(old: Record | None, new: Record | None) -> Fields:
    delta: Fields = {}
    for figures, sign in ((old, -1), (new, 1)):
        for field, value in (figures or {}).items():
            pair = delta.setdefault(field, [0, 0])
            pair[0] += sign * value
            pair[1] += sign
    return {field: pair for field, pair in delta.items() if pair != [0, 0]}


def _between(before: Fields, after: Fields) -> Fields:
    delta = {}
    for field in before.keys() | after.keys():
        old, new = before.get(field, [0, 0]), after.get(field, [0, 0])
        if old != new:
            delta[field] = [new[0] - old[0], new[1] - old[1]]
    return delta


def _add(fields: Fields, delta: Fields) -> None:
    for field, (value, count) in delta.items():
        pair = fields.setdefault(field, [0, 0])
        pair[0] += value
        pair[1] += count
        if pair[1] == 0:
            del fields[field]


def count(state: State, election: str, contest: Record, code: str, **deltas: int) -> None:
    """Add to counters (`open`, `answered`, `rival`, `off`) of a region and all above it."""
    if any(deltas.values()):
        for place in path(contest["region"], code):
            record = state.totals.edit(key(election, contest["id"], place), empty())
            for name, delta in deltas.items():
                record[name] += delta


def missing(expected: int | None, record: Record | None) -> int | None:
    """Return the stations that are expected and not behind the sum; None if unknown."""
    if expected is None:
        return None
    if record is None:
        return expected
    stations, _, _ = used(record)
    lacking: int = expected - (stations - record["off"])
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
    """Return {"n", "f"} of all forms of one kind below a region."""
    if record is None or form not in record["agg"]:
        return {"n": 0, "f": {}}
    aggregate: dict[str, Any] = record["agg"][form]
    return aggregate
