"""What decides a contest, as its pages say it: the determination, who is elected, the court."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rekap.core.ledger import findings, rulings
from rekap.core.ledger.state import Record
from rekap.core.pages.twins import court, figures
from rekap.core.pages.twins.context import Context, Twin, region_view
from rekap.core.pages.twins.slots import doubts
from rekap.core.statements.model import STATION_FORM


def of_region(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """Return {determination, elected, standing, rulings} at the contest's own region; elsewhere
    nothing decides: null, and no rulings.
    """
    if code != contest["region"]:
        return {"determination": None, "elected": None, "standing": None, "rulings": []}
    return {
        "determination": determination(ctx, election, contest),
        "elected": elected(ctx, election, contest),
        "standing": standing(ctx, election, contest),
        "rulings": cases(ctx, election, contest),
    }


def determination(ctx: Context, election: Record, contest: Record) -> Twin | None:
    """Return what determines a contest's result, if anything does yet.

    {number, basis, decided_at or null, announced_at, index, revision, earlier (indexes of those it
    replaced), certificate, petition}; `certificate` is null, or the `index` of the form that it
    names, and whether that `counts`, uncontested: by its own id, or by that of a repeat.
    """
    found: Record | None = ctx.state.meta.get(f"determination/{election['id']}/{contest['id']}")
    if found is None:
        return None
    told = {name: value for name, value in found.items() if name not in _NOT_TOLD}
    return {
        **told,
        "certificate": _certificate(ctx, election, contest, found["certificate"]),
        "petition": court.petition(found["announced_at"], election.get("holidays", ())),
    }


_NOT_TOLD: Final = frozenset({"statement", "numbers"})


def _certificate(ctx: Context, election: Record, contest: Record, form: str | None) -> Twin | None:
    if form is None:
        return None
    slot = ctx.slot(figures.form_slot(election, contest, contest["region"])) or {}
    counts = bool(slot.get("head")) and findings.is_named(slot, [form])
    counts = counts and not slot.get("contested")
    return {"index": ctx.state.ids.get(form)["first"], "counts": counts}


def elected(ctx: Context, election: Record, contest: Record) -> Twin | None:
    """Return who is elected by the last statement about it, if there is one; where the contest
    stands says whether that is by the determination in force.

    {pair or null, number, announced_at, index, revision, earlier}
    """
    found: Record | None = ctx.state.meta.get(f"elected/{election['id']}/{contest['id']}")
    if found is None:
        return None
    return {name: value for name, value in found.items() if name not in _NOT_TOLD}


def is_firm(ctx: Context, election: Record, contest: Record, determined: Twin | None) -> bool:
    """Tell whether it may be said who has most votes: what `determination` gave stands firm and
    names the certificate that counts.
    """
    named = determined and determined["certificate"]
    return bool(
        named and named["counts"] and rulings.stands_firm(ctx.state, election["id"], contest["id"])
    )


def standing(ctx: Context, election: Record, contest: Record) -> Twin:
    """Return {state, rulings, open}: where a contest stands, the cases that say so, and those about
    its determination that have no outcome; of each the last said first.
    """
    state, said = rulings.standing(ctx.state, election["id"], contest["id"])
    pending = rulings.open_cases(ctx.state, election["id"], contest["id"])
    return {"state": state, "rulings": [*map(_named, said)], "open": [*map(_named, pending)]}


def _named(case: Record) -> Twin:
    return {name: case[name] for name in ("index", "number", "state", "date", "against")}


def cases(ctx: Context, election: Record, contest: Record) -> list[Twin]:
    """Return the rulings in force about a contest, by the first statements about their numbers."""

    def named(one: Record, *lists: str) -> Twin:
        def places(name: str) -> list[Twin]:
            return [_place(ctx, election, place) for place in one.get(name, ())]

        return {**one, **{name: places(name) for name in lists}}

    return [
        {
            **{name: value for name, value in case.items() if name not in ("statement", "since")},
            "annuls": [named(one, "places") for one in case["annuls"]],
            "orders": [
                {
                    "days": None,
                    **named(one, "places", "except"),
                    "received": _received(ctx, election, contest, case, one, one.get("places")),
                }
                for one in case["orders"]
            ],
        }
        for case in rulings.cases(ctx.state, election["id"], contest["id"])
    ]


def _received(
    ctx: Context, election: Record, contest: Record, case: Record, order: Record,
    places: Sequence[str] | None,
) -> int | None:  # fmt: skip
    """Of how many of these TPS the form that counts is of what a court ordered, and came behind
    it; None where they are no TPS, or nothing comes from them.
    """
    count = rulings.HELD_AGAIN.get(order["what"])
    if count is None or not places or not all("/" in one for one in places):
        return None
    about = f"{election['id']}/{contest['id']}/{STATION_FORM}"
    heads = (slot for one in places if (slot := ctx.slot(f"{about}/{one}")) and slot.get("head"))
    behind = (slot["paper"].get("count") for slot in heads if slot["effect"] > case["since"])
    return list(behind).count(count)


def ruled(
    ctx: Context, election: Record, contest: Record, code: str, tps: str | None = None
) -> list[Twin]:
    """Return what courts annul and order at a place, the last said first; of the contest's own
    region nothing, where `cases` says all.
    """
    if code == contest["region"] and tps is None:
        return []
    place = code if tps is None else f"{code}/{tps}"

    def order(case: Record, one: Record, places: list[str]) -> Twin:
        asked = [place] if tps else places
        return {
            "what": one["what"], "by": one["by"], "days": one.get("days"),
            "places": [_place(ctx, election, inside) for inside in places],
            "received": _received(ctx, election, contest, case, one, asked),
        }  # fmt: skip

    return [
        {
            "index": case["index"], "number": case["number"], "date": case["date"],
            "annuls": [
                {
                    "decision": one["decision"], "wholly": "places" not in one,
                    "places": [_place(ctx, election, inside) for inside in places],
                }
                for one, places in annuls
            ],
            "orders": [order(case, *one) for one in orders],
            "marks": [one["mark"] for one in doubts(ctx, "ruling", case["index"])],
        }
        for case, annuls, orders in rulings.of_place(
            ctx.state, election["id"], contest["id"], place
        )
    ]  # fmt: skip


def awaited(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> str | None:
    """Return what the last court had done again at a TPS whose form does not show it yet."""
    return next(
        (
            str(one["what"])
            for case in ruled(ctx, election, contest, code, tps)
            for one in case["orders"]
            if one["received"] == 0
        ),
        None,
    )


def said_by(ctx: Context, *told: list[Twin]) -> frozenset[int]:
    """Return the entries that prove the decisions and rulings of which these lists tell."""
    found = frozenset[int]()
    return found.union(*(ctx.proof(one["index"]) for part in told for one in part))


def left_out(
    ctx: Context, election: Record, contest: Record, code: str, tps: str | None = None
) -> list[Twin]:
    """Return the cases that leave a place, what holds it, or places in it out of the total:
    {index, number, places}.
    """
    place = code if tps is None else f"{code}/{tps}"
    return [
        {
            "index": case["index"], "number": case["number"],
            "places": [_place(ctx, election, one) for one in places],
        }
        for case, places in rulings.left_out_around(
            ctx.state, election["id"], contest["id"], place
        )
    ]  # fmt: skip


def _place(ctx: Context, election: Record, place: str) -> Twin:
    """What a place of a ruling is called: that of a region, and a TPS or null."""
    code, _, tps = place.partition("/")
    return {**region_view(ctx, election, code), "tps": tps or None}


def in_doubt(ctx: Context, election: Record, contest: Record) -> list[Twin]:
    """What stands against the determination, who is elected, and the rulings in force."""
    determined = ctx.state.meta.get(f"determination/{election['id']}/{contest['id']}")
    found = [] if determined is None else doubts(ctx, "determination", determined["index"])
    chosen = ctx.state.meta.get(f"elected/{election['id']}/{contest['id']}")
    found += [] if chosen is None else doubts(ctx, "elected", chosen["index"])
    for case in rulings.cases(ctx.state, election["id"], contest["id"]):
        found += doubts(ctx, "ruling", case["index"])
    return found
