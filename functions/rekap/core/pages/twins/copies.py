"""Copies of C.Hasil beside the form that counts: of one TPS, and the page of a kelurahan's.

Rule X4 is tested here, cell by cell, whenever a page is made; no copy is in a sum of a form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rekap.core.ledger import addresses, copies
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin, common, crumbs, region_view
from rekap.core.pages.twins.slots import doubts, explanation_of
from rekap.core.statements.model import STATION_FORM, pair_fields, slot_key

SHOWN: Final = 12
"""Copies of one TPS that its page tells."""
CELLS: Final = 6
"""Cells that differ of one copy that a page tells; the table of all copies has every figure."""
HOLDERS_SHOWN: Final = 8
"""Holders that have a column, and a sum of their own, on the page of a kelurahan."""
COLUMNS: Final = (
    "contest", "region", "tps", "body", "pair", "organisation", "source", "count", "state",
    "cells", "before", "index", "form_index",
)  # fmt: skip


def of_station(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> Twin:
    """Return {said: its copies, more: how many others, explanation}; `explanation` is what the
    form that counts, or an answer, says of X4: {index, text} or null.
    """
    found = copies.of_station(ctx.state, election["id"], contest["id"], code, tps)
    slot = form_of(ctx, election, contest, code, tps)
    return {
        "said": [_copy(ctx, one, slot) for one in found[:SHOWN]],
        "more": max(len(found) - SHOWN, 0),
        "explanation": explanation_of(slot, "X4"),
    }


def form_of(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> Record | None:
    """Return the slot of a TPS, None if nothing was ever said about it."""
    place = {"election": election["id"], "contest": contest["id"], "region": code, "tps": tps}
    return ctx.slot(slot_key({**place, "form": STATION_FORM}))


def _holder(record: Record) -> Twin:
    return {name: record[name] for name in ("body", "pair", "organisation")}


def _copy(ctx: Context, record: Record, slot: Record | None) -> Twin:
    """A copy with what the form that counts says otherwise: the first CELLS, and `differ`, how many
    there are.
    """
    state, cells = copies.compare(record, slot)
    return {
        **_holder(record),
        "source": record["source"],
        "count": record["count"],
        "state": state,
        "cells": cells[:CELLS],
        "differ": len(cells),
        "before": record["before"],
        "index": record["index"],
        "marks": [one["mark"] for one in doubts(ctx, "copy", record["index"])],
    }


def of_kelurahan(ctx: Context, election: Record, contest: Record, code: str) -> Twin | None:
    """Return {stations, different}: TPS with a copy, and those where one differs from the form;
    null where there is none.
    """
    states = [
        {copies.compare(one, form_of(ctx, election, contest, code, tps))[0] for one in found}
        for tps, found in copies.of_kelurahan(ctx.state, election["id"], contest["id"], code)
    ]
    if not states:
        return None
    return {"stations": len(states), "different": sum("different" in one for one in states)}


@dataclass(frozen=True, slots=True)
class _Held:
    """A copy beside its form: what it is to it, and the cells that differ."""

    copy: Record
    form: Record | None
    state: str
    cells: list[Record]


def page(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """Return the twin: TPS by holder, and for each holder a sum that is of its copies alone."""
    election_id, contest_id, top = election["id"], contest["id"], contest["region"]
    address = addresses.copies(election_id, contest_id, top, code)
    told: dict[str, dict[str, _Held]] = {}
    for tps, found in copies.of_kelurahan(ctx.state, election_id, contest_id, code):
        slot = form_of(ctx, election, contest, code, tps)
        told[tps] = {
            copies.holder(one): _Held(one, slot, *copies.compare(one, slot)) for one in found
        }
    known = {name: held.copy for said in told.values() for name, held in said.items()}
    holders = sorted(known, key=lambda name: copies.order(known[name]))
    shown = holders[:HOLDERS_SHOWN]
    sums = {name: _Sum(contest, known[name]) for name in shown}
    for said in told.values():
        for name in said.keys() & sums.keys():
            sums[name].add(said[name])
    listed = (ctx.region(election_id, code) or {}).get("tps") or ()
    twin = common(ctx, "copies", address, election, contest)
    return twin | {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code),
        "listed": len(listed),
        "holders": [_holder(known[name]) for name in shown],
        "more": len(holders) - len(shown),
        "stations": [
            {
                "tps": tps,
                "address": addresses.station(election_id, contest_id, top, code, tps),
                "copies": [_cell(said[name]) if name in said else None for name in shown],
            }
            for tps, said in told.items()
        ],
        "sums": [sums[name].twin for name in shown],
        "table": addresses.data(election_id) + "copies.csv",
        "evidence": sorted(ctx.names(election, code)),
    }


def _cell(held: _Held) -> Twin:
    return {"state": held.state, "differ": len(held.cells), "index": held.copy["index"]}


class _Sum:
    """One holder's sum over some copies: {holder, stations, beside, different, fields}.

    `fields` are {figure: {all: [sum, copies that have it], copies, forms}} of votes; `copies` and
    `forms` are sums over the `beside` TPS whose form is of the same count, where both have it.
    """

    def __init__(self, contest: Record, record: Record) -> None:
        fields = (*pair_fields(len(contest["pairs"])), "valid", "invalid", "total")
        self.order = copies.order(record)
        self.twin: Twin = {
            "holder": _holder(record), "stations": 0, "beside": 0, "different": 0,
            "fields": {field: {"all": [0, 0], "copies": 0, "forms": 0} for field in fields},
        }  # fmt: skip

    def add(self, held: _Held) -> None:
        twin, copy = self.twin, held.copy["figures"]
        beside = held.form is not None and held.state in ("same", "different")
        form = held.form["figures"] if held.form is not None and beside else {}
        twin["stations"] += 1
        twin["beside"] += beside
        twin["different"] += held.state == "different"
        for field, cell in twin["fields"].items():
            if field in copy:
                cell["all"] = [cell["all"][0] + copy[field], cell["all"][1] + 1]
            if field in copy and field in form:
                cell["copies"] += copy[field]
                cell["forms"] += form[field]


def of_contest(ctx: Context, election: Record, contest: Record) -> Twin:
    """Return {sums, more}: each holder's sum over the whole contest, of twelve holders at most."""
    sums: dict[str, _Sum] = {}
    for code, tps, one in copies.of_contest(ctx.state, election["id"], contest["id"]):
        slot = form_of(ctx, election, contest, code, tps)
        own = sums.setdefault(copies.holder(one), _Sum(contest, one))
        own.add(_Held(one, slot, *copies.compare(one, slot)))
    told = [one.twin for one in sorted(sums.values(), key=lambda one: one.order)]
    return {"sums": told[:SHOWN], "more": max(len(told) - SHOWN, 0)}


def rows(ctx: Context, election: Record) -> Iterator[tuple[list[Any], Record]]:
    """Yield (start of a row, figures) of every copy in force, of all contests."""
    for contest in election["contests"]:
        for code, tps, one in copies.of_contest(ctx.state, election["id"], contest["id"]):
            slot = form_of(ctx, election, contest, code, tps)
            state, cells = copies.compare(one, slot)
            start = [
                contest["id"], code, tps, one["body"], one["pair"], one["organisation"],
                one["source"], one["count"], state, len(cells), one["before"], one["index"],
                (slot or {}).get("head_index"),
            ]  # fmt: skip
            yield start, one["figures"]
