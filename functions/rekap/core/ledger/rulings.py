"""What a court says about a contest, and where the contest stands by it.

A record of map `meta`, `rulings/{election}/{contest}`: `cases`, one for each number in the order of
their first statements:

    number, court, state, date, annuls, orders    as the statement in force says them
    revision, statement, index, earlier           of that statement; indexes of those it replaced

Where a contest stands is never kept: it is asked of its determination and of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import View
from rekap.core.ledger.places import contest_of
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements import regions

UNDETERMINED, DETERMINED, DISPUTED = "undetermined", "determined", "disputed"
REFUSED, ANNULLED, ANNULLED_PART = "refused", "annulled", "annulled-part"
STANDINGS: Final = (UNDETERMINED, DETERMINED, DISPUTED, REFUSED, ANNULLED, ANNULLED_PART)
"""Where a contest can stand."""
_SAID: Final = ("number", "court", "state", "date", "revision")


def cases(view: View, election: str, contest: str) -> list[Record]:
    """Return the cases about a contest in the order of their first statements."""
    found = view.get("meta", f"rulings/{election}/{contest}")
    return found["cases"] if found else []


def in_force(view: View, fields: Any) -> tuple[str | None, int]:
    """(Id, revision) of the statement about a case that a new one must continue."""
    for case in cases(view, fields["election"], fields["contest"]):
        if case["number"] == fields["number"]:
            return case["statement"], case["revision"]
    return None, 0


def fault(state: State, done: Complete) -> str | None:
    """`contest`, `region`, or `target`: what it annuls is no determination of the contest."""
    fields = done.fields
    election = state.meta.get(f"election/{fields['election']}")
    contest = contest_of(election, fields["contest"])
    if contest is None:
        return "contest"
    if fields["region"] != contest["region"]:
        return "region"
    known = _determinations(state, fields["election"], fields["contest"])
    named = [one["determination"] for one in fields.get("annuls", ()) if "determination" in one]
    return None if known.issuperset(named) else "target"


def _determinations(state: State, election: str, contest: str) -> set[str]:
    """The ids of all determinations of a contest that took effect."""
    found = state.meta.get(f"determination/{election}/{contest}")
    if found is None:
        return set()
    return {found["statement"], *(state.entry(index)["id"] for index in found["earlier"])}


def apply(state: State, touches: Touches, done: Complete) -> str:
    """Put a ruling in force, for its number."""
    fields = done.fields
    key = f"rulings/{fields['election']}/{fields['contest']}"
    known = state.meta.edit(key, {"cases": []})["cases"]
    before = next((one for one in known if one["number"] == fields["number"]), None)
    said = {
        **{name: fields[name] for name in _SAID},
        "annuls": fields.get("annuls", []), "orders": fields.get("orders", []),
        "statement": done.id, "index": done.index,
        "earlier": [*before["earlier"], before["index"]] if before else [],
    }  # fmt: skip
    if before is None:
        known.append(said)
    else:
        known[known.index(before)] = said
    return EFFECTIVE


def standing(view: View, election: str, contest: str) -> tuple[str, Record | None]:
    """Return where a contest stands, one of STANDINGS, and the case that says so, if one does.

    docs/formats.md has the order; of several cases it is the one that was said last.
    """
    determined = view.get("meta", f"determination/{election}/{contest}")
    known = sorted(cases(view, election, contest), key=lambda case: -int(case["index"]))
    wholly = [case for case in known if None in _annulled([case], determined)]
    if wholly:
        return ANNULLED, wholly[0]
    partly = [case for case in known if [*_annulled([case], determined)]]
    if partly:
        return ANNULLED_PART, partly[0]
    disputed = [case for case in known if case["state"] == "registered"]
    if disputed:
        return DISPUTED, disputed[0]
    if determined is None:
        return UNDETERMINED, None
    later = [case for case in known if case["index"] > determined["index"]]
    if later and all(case["state"] != "granted" for case in later):
        return REFUSED, later[0]
    return DETERMINED, None


def _annulled(known: list[Record], determined: Record | None) -> Iterator[list[str] | None]:
    """Yield the places for which the determination in force is annulled; None: wholly."""
    for case in known:
        for one in case["annuls"]:
            if determined is not None and one.get("determination") == determined["statement"]:
                yield one.get("places")


def annulled_at(view: View, election: str, contest: str, code: str, tps: str | None) -> bool:
    """Tell whether the determination in force is annulled for a place: a form of it begins anew,
    and nothing that was decided before makes it late. `contest` is an id.
    """
    determined = view.get("meta", f"determination/{election}/{contest}")
    place = code if tps is None else f"{code}/{tps}"
    return any(
        places is None or any(_lies_in(place, one) for one in places)
        for places in _annulled(cases(view, election, contest), determined)
    )


def _lies_in(place: str, other: str) -> bool:
    """Tell whether a place is another or lies in it: a TPS in its kelurahan and those above."""
    return place == other or regions.is_within(place.partition("/")[0], other)
