"""What a court says about a contest, and where the contest stands by it.

A record of map `meta`, `rulings/{election}/{contest}`: `cases`, one for each number in the order of
their first statements:

    number, court, state, date, annuls, orders    as the statement in force says them
    against, registered    the number of the decision petitioned against, and the day on which the
        court took the case, each null where nothing says it
    revision, statement, index, earlier           of that statement; indexes of those it replaced
    since                     the entry from which on it has been granted, or null

Where a contest stands is never kept: it is asked of its determination and of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rekap.core.ledger import revisions
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import View
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements import regions, shapes
from rekap.core.statements.model import GRANTS

UNDETERMINED, DETERMINED, DISPUTED = "undetermined", "determined", "disputed"
ELECTED, REFUSED, GRANTED = "elected", "refused", "granted"
ANNULLED, ANNULLED_PART = "annulled", "annulled-part"
STANDINGS: Final = (
    UNDETERMINED, DETERMINED, DISPUTED, REFUSED, GRANTED, ELECTED, ANNULLED, ANNULLED_PART,
)  # fmt: skip
"""Where a contest can stand."""
FIRM: Final = (DETERMINED, REFUSED, ELECTED)
"""Where it is determined, and no court has changed that or still may."""
SUPERSEDED = "superseded"
RETABULATE: Final = "retabulate"
HELD_AGAIN: Final = {"repeat-vote": "repeat", "recount": "recount"}
"""What a court has TPS do again -> the `count` of the form that comes of it."""
REGISTERED, MISTAKEN = "registered", "mistaken"
"""States of a case that has no outcome, and of one that there is not."""
UNBACKED = "unbacked"
"""Who is elected, by no determination in force, or by one that is annulled, for places too."""
BECAME: Final = (EFFECTIVE, SUPERSEDED, ANNULLED, ANNULLED_PART, MISTAKEN, UNBACKED)
"""What a decision or ruling that took effect can be by now."""
_RESTS_ON_NONE: Final = frozenset({"first", "correction"})
"""Bases of a determination that does what no court ordered."""
_SAID: Final = ("number", "court", "state", "date", "revision")


def spelled(number: str) -> tuple[str, ...]:
    """What a number of a decision or case is, however it is spelled: "821/2024", "Nomor 0821 Tahun
    2024" are one. docs/formats.md has the rule.
    """
    words = [word.lower() for word in _WORD.findall(number)]
    kept = [word.lstrip("0") or "0" if word.isdigit() else word for word in words]
    return tuple(word for word in kept if word not in _FILLERS) or (number,)


_WORD: Final = re.compile("[A-Za-z0-9]+")
_FILLERS: Final = frozenset({"nomor", "no", "tahun", "keputusan", "putusan"})


def _is_one(one: str, other: str) -> bool:
    return spelled(one) == spelled(other)


_PLACES: Final = (("annuls", "places"), ("orders", "places"), ("orders", "except"))


def places(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (path, place) of all that a ruling annuls something for, or orders something at, or not
    at: a region, or "kelurahan/TPS".
    """
    for name, inner in _PLACES:
        for at, one in enumerate(said.get(name, ())):
            for place in one.get(inner, ()):
                yield f"{name}.{at}.{inner}", place


def cases(view: View, election: str, contest: str) -> list[Record]:
    """Return the cases about a contest in the order of their first statements."""
    found = view.get("meta", f"rulings/{election}/{contest}")
    return found["cases"] if found else []


def in_force(view: View, fields: Any) -> tuple[str | None, int]:
    """Return (id, revision) of the statement about a case that a new one must continue."""
    for case in cases(view, fields["election"], fields["contest"]):
        if _is_one(case["number"], fields["number"]):
            return case["statement"], case["revision"]
    return None, 0


def apply(state: State, touches: Touches, done: Complete) -> str:
    """Put a ruling in force, for its number."""
    fields = done.fields
    key = f"rulings/{fields['election']}/{fields['contest']}"
    known = state.meta.edit(key, {"cases": []})["cases"]
    before = next((one for one in known if _is_one(one["number"], fields["number"])), None)
    taken = before["registered"] if before else None
    since = before["since"] if before else None
    said = {
        **{name: fields[name] for name in _SAID},
        "against": fields.get("against"),
        "registered": fields["date"] if fields["state"] == REGISTERED else taken,
        "annuls": fields.get("annuls", []), "orders": fields.get("orders", []),
        "statement": done.id, "index": done.index,
        "earlier": revisions.earlier(before),
        "since": (done.index if since is None else since) if fields["state"] in GRANTS else None,
    }  # fmt: skip
    if before is None:
        known.append(said)
    else:
        known[known.index(before)] = said
    return EFFECTIVE


def became(view: View, kind: str, key: str, index: int) -> tuple[str, int | None]:
    """Return what became of a decision or ruling that took effect in entry `index`, of the contest
    `key`: one of BECAME; and the entry by which, None while it is in force, and where none is.
    """
    if kind == "ruling":
        return _ruling_became(view, key, index)
    found = view.get("meta", f"{kind}/{key}") or {}
    chain = [*found["earlier"], found["index"]]
    after = next((one for one in chain if one > index), None)
    by = []
    if kind == "determination":
        number = dict(zip(chain, [*found["numbers"], found["number"]], strict=True))[index]
        by = [
            (None in [one.get("places") for one in case["annuls"]
                      if _is_one(one["decision"], number)], case["index"])
            for case in _known(view, *key.split("/"))
            if any(_is_one(one["decision"], number) for one in case["annuls"])
        ]  # fmt: skip
    for wholly, entry in by:
        if wholly:
            return ANNULLED, entry
    if after is not None:
        return SUPERSEDED, after
    if kind == "elected":
        return _elected_became(view, *key.split("/"))
    return (ANNULLED_PART, by[0][1]) if by else (EFFECTIVE, None)


def _elected_became(view: View, election: str, contest: str) -> tuple[str, int | None]:
    if elected(view, election, contest) is None:
        determined = view.get("meta", f"determination/{election}/{contest}")
        return UNBACKED, determined and determined["index"]
    state, said = standing(view, election, contest)
    return (UNBACKED, said[0]["index"]) if state in (ANNULLED, ANNULLED_PART) else (EFFECTIVE, None)


def _ruling_became(view: View, key: str, index: int) -> tuple[str, int | None]:
    for case in cases(view, *key.split("/")):
        chain = [*case["earlier"], case["index"]]
        if index in chain[:-1]:
            mistaken = case["state"] == MISTAKEN
            return MISTAKEN if mistaken else SUPERSEDED, chain[chain.index(index) + 1]
    return EFFECTIVE, None


def left_out(view: View, election: str, contest: str) -> frozenset[str]:
    """Return the places that a court leaves out of the total: regions, or "kelurahan/TPS".

    What an order to vote or count again leaves out is not done there, and the votes there stay.
    """
    return frozenset(place for case in _known(view, election, contest) for place in without(case))


def without(case: Record) -> list[str]:
    """Return the places that the orders of a case leave out of the total."""
    return [
        place
        for order in case["orders"]
        if order["what"] == RETABULATE
        for place in order.get("except", ())
    ]


Named = tuple[Record, list[str]]
"""Something that a ruling says, and the places in question of which it does; none: all of it."""


def of_place(
    view: View, election: str, contest: str, place: str
) -> Iterator[tuple[Record, list[Named], list[Named]]]:
    """Yield the cases that annul or order something at a place or in it, the last said first, with
    what they annul and what they order there.

    What is annulled wholly is told where something is ordered. Without places an order is about
    each of them only if its TPS do something again.
    """
    for case in _known(view, election, contest):
        annulled = [(one, _inside(one, place)) for one in case["annuls"]]
        asked = [(one, _inside(one, place)) for one in case["orders"] if _is_of_places(one)]
        orders = [(one, found) for one, found in asked if found is not None]
        annuls = [(one, found) for one, found in annulled if found is not None]
        if orders or any("places" in one for one, _ in annuls):
            yield case, annuls, orders


def _is_of_places(order: Record) -> bool:
    return "places" in order or order["what"] in HELD_AGAIN


def _inside(said: Record, place: str) -> list[str] | None:
    """Return the places in a place of which something is said; [] is all of it, None nothing."""
    if any(_lies_in(place, one) for one in said.get("except", ())):
        return None
    named = said.get("places")
    if named is None or any(_lies_in(place, one) for one in named):
        return []
    return [one for one in named if _lies_in(one, place)] or None


def shown_at(said: Mapping[str, Any], top: str) -> list[str]:
    """Return the places of which a ruling is told on the pages there, above, and below.

    All of its contest, which is of region `top`, where TPS without a name do something again.
    """
    orders = said.get("orders", ())
    whole = any(one["what"] in HELD_AGAIN and "places" not in one for one in orders)
    return sorted({*(place for _, place in places(said)), *((top,) if whole else ())})


def leaving_out(
    view: View, election: str, contest: str, code: str
) -> Iterator[tuple[Record, list[str]]]:
    """Yield the cases that leave a region, or places in it, out of the total, with the places."""
    for case in _known(view, election, contest):
        found = [one for one in without(case) if regions.is_within(one.partition("/")[0], code)]
        if found:
            yield case, found


def left_out_around(
    view: View, election: str, contest: str, place: str
) -> Iterator[tuple[Record, list[str]]]:
    """Yield as `leaving_out`, a place that holds this one or is it too."""
    for case in _known(view, election, contest):
        found = [one for one in without(case) if _lies_in(one, place) or _lies_in(place, one)]
        if found:
            yield case, found


def decided(view: View, key: str) -> list[int]:
    """Return the entries by which decisions and rulings about a contest took effect."""
    records = [view.get("meta", f"{kind}/{key}") for kind in ("determination", "elected")]
    found = [one for one in records if one] + cases(view, *key.split("/"))
    return [index for one in found for index in (*one["earlier"], one["index"])]


def standing(view: View, election: str, contest: str) -> tuple[str, list[Record]]:
    """Return where a contest stands, one of STANDINGS, and the cases that say so, the last first.

    docs/formats.md has the order.
    """
    determined = view.get("meta", f"determination/{election}/{contest}")
    known = _known(view, election, contest)
    wholly = [case for case in known if None in _annulled(case, determined)]
    if wholly:
        return ANNULLED, wholly
    partly = [case for case in known if [*_annulled(case, determined)]]
    if partly:
        return ANNULLED_PART, partly
    known = [case for case in known if _is_about(case, determined)]
    for states, said in ((GRANTS, GRANTED), ((REGISTERED,), DISPUTED)):
        if found := [case for case in known if case["state"] in states]:
            return said, found
    if determined is None:
        return UNDETERMINED, []
    if elected(view, election, contest) is not None:
        return ELECTED, []
    return (REFUSED, known) if known else (DETERMINED, [])


def elected(view: View, election: str, contest: str) -> Record | None:
    """Return who is elected by the determination in force: what was announced before it, or at the
    same time but said before it, is about another.
    """
    determined = view.get("meta", f"determination/{election}/{contest}")
    found: Record | None = view.get("meta", f"elected/{election}/{contest}")
    if determined is None or found is None:
        return None
    chosen, decided_at = found["announced_at"], determined["announced_at"]
    if shapes.is_after(decided_at, chosen):
        return None
    is_by_it = shapes.is_after(chosen, decided_at) or _first_said(determined) < found["index"]
    return found if is_by_it else None


def open_cases(view: View, election: str, contest: str) -> list[Record]:
    """Return the cases that have no outcome, the last first."""
    return [one for one in _known(view, election, contest) if one["state"] == REGISTERED]


def stands_firm(view: View, election: str, contest: str) -> bool:
    """Tell whether a contest is where nobody changes its result."""
    return standing(view, election, contest)[0] in FIRM


def _known(view: View, election: str, contest: str) -> list[Record]:
    """The cases that there are, without those recorded by mistake, the last said first."""
    there = [one for one in cases(view, election, contest) if one["state"] != MISTAKEN]
    return sorted(there, key=lambda case: -int(case["index"]))


def _is_about(case: Record, determined: Record | None) -> bool:
    """Tell whether a case may be about the determination in force.

    By the order of the log, never by dates: whoever mistypes one hides nothing. An open case
    always is. One that granted is until a determination follows it that says it rests on more than
    the first count or a correction. Any other is about the decision that it names, and without one
    until the log has a decision of another number.
    """
    if determined is None or case["state"] == REGISTERED:
        return True
    if case["against"] is not None and case["state"] not in GRANTS:
        return _is_one(case["against"], determined["number"])
    if case["state"] in GRANTS:
        return bool(determined["index"] < case["index"] or determined["basis"] in _RESTS_ON_NONE)
    return _first_said(determined) < int(case["index"])


def _first_said(determined: Record) -> int:
    """Return the entry of the first determination of the same number as the one in force."""
    said = zip(determined["numbers"], determined["earlier"], strict=True)
    same = (index for number, index in said if _is_one(number, determined["number"]))
    return int(next(same, determined["index"]))


def _annulled(case: Record, determined: Record | None) -> Iterator[list[str] | None]:
    """Yield the places for which a case annuls the determination in force; None: wholly.

    A decision is annulled by its number, so whoever says it again says nothing new.
    """
    for one in case["annuls"]:
        if determined is not None and _is_one(one["decision"], determined["number"]):
            yield one.get("places")


def annulled_at(view: View, election: str, contest: str, code: str, tps: str | None) -> bool:
    """Tell whether the determination in force is annulled for a place, or for one in it: a form of
    it begins anew, and nothing that was decided before makes it late. `contest` is an id.
    """
    determined = view.get("meta", f"determination/{election}/{contest}")
    place = code if tps is None else f"{code}/{tps}"
    return any(
        places is None or any(_lies_in(place, one) or _lies_in(one, place) for one in places)
        for case in _known(view, election, contest)
        for places in _annulled(case, determined)
    )


def _lies_in(place: str, other: str) -> bool:
    """Tell whether a place is another or lies in it: a TPS in its kelurahan and those above."""
    if "/" in other:
        return place == other
    return regions.is_within(place.partition("/")[0], other)
