"""The totals that a form counts in, as they stood just before an entry and just after it.

A C form and a running figure count in the sum of their region, a D form beside its like in the
region above. Told are the nearest of these totals and that of the contest's own region; the form
of that region is its own total.

Kept with what the entry changed, in a record of map `changes`, where pages are made:

    t   [first index of the form that counted before or null, of that which counts now,
         [[code, name, expected stations, before, after], ...]], the nearest total first

    r   of a roster by which forms of TPS enter the sum of its kelurahan: {contest: after}

`before` and `after` are [behind it: stations, or forms of a D form's kind; whether a running figure
is used; cells], with a cell [value, how many of them report it] for each pair, `valid`, `invalid`
and `total`, null if none does. The region's name is the one at the time of the entry.
"""

from __future__ import annotations

from typing import Any, Final

from rekap.core.ledger import rosters, totals
from rekap.core.ledger.places import place_name
from rekap.core.ledger.state import Record, State, entry_key
from rekap.core.statements import regions
from rekap.core.statements.model import STATION_FORM, SUMMARY, pair_fields

SUMMED: Final = (STATION_FORM, SUMMARY)
"""Forms that count in a sum of stations; each other form counts beside its like."""

ENTERED: Final = "r"

Stood = tuple[int | None, list[Any]]
"""First index of the form that counts in a slot, and how the totals that it counts in stand."""


def fields(pair_count: int) -> tuple[str, ...]:
    """The figures that are told, in the order of the cells."""
    return (*pair_fields(pair_count), "valid", "invalid", "total")


def of(state: State, slot_key: str, contest: Record) -> Stood:
    """Return what counts now; no totals where no page is made."""
    slot = state.slots.get(slot_key)
    places = _places(slot_key, contest) if state.pages else ()
    return slot.get("head_index"), [_stand(state, slot_key, contest, code) for code in places]


def keep(state: State, slot_key: str, contest: Record, index: int, before: Stood) -> None:
    """Keep with entry `index` what counted `before` it and what counts now, if pages are made."""
    if not state.pages:
        return
    election, _, form, *_ = slot_key.split("/")
    (old, stood), (new, stand) = before, of(state, slot_key, contest)
    told = []
    for code, was, now in zip(_places(slot_key, contest), stood, stand, strict=True):
        listed = state.regions.get(rosters.key(election, code))
        expected = rosters.expected(listed) if form in SUMMED else None
        told.append([code, place_name(state, election, code), expected, was, now])
    state.changes.edit(entry_key(index), {})["told"] = [old, new, told]


def keep_entered(state: State, slot_key: str, contest: Record, index: int) -> None:
    """Keep with the roster at `index` how the sum stands that a form has entered by it."""
    if state.pages:
        code = slot_key.split("/")[3]
        stands = state.changes.edit(entry_key(index), {}).setdefault(ENTERED, {})
        stands[contest["id"]] = _stand(state, slot_key, contest, code)


def _places(slot_key: str, contest: Record) -> tuple[str, ...]:
    _, _, form, code, *_ = slot_key.split("/")
    way = regions.upward(code, contest["region"])
    if form not in SUMMED:
        way = way[1:] or way
    return way if len(way) == 1 else (way[0], way[-1])


def _stand(state: State, slot_key: str, contest: Record, place: str) -> list[Any]:
    election, _, form, code, *_ = slot_key.split("/")
    record = state.totals.get(totals.key(election, contest["id"], place)) or totals.empty()
    running = False
    if form in SUMMED:
        count, known, running = totals.used(record)
    elif place != code:
        rung = totals.rung(record, form)
        count, known = rung["counted"], rung["figures"]
    else:
        figures = state.slots.get(slot_key).get("figures")
        count = 0 if figures is None else 1
        known = {field: [value, 1] for field, value in (figures or {}).items()}
    told = fields(len(contest["pairs"]))
    return [count, running, [list(known[one]) if one in known else None for one in told]]
