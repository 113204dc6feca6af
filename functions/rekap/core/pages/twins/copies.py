"""Copies of C.Hasil beside the form that counts: of one TPS, and the page of a kelurahan's.

Rule X4 is tested here, cell by cell, whenever a page is made; no copy is in a sum of a form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import addresses, copies
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin, common, crumbs, region_view
from rekap.core.pages.twins.slots import doubts
from rekap.core.statements.model import STATION_FORM, pair_fields

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
    slot = _slot(ctx, election, contest, code, tps)
    return {
        "said": [_copy(ctx, one, slot) for one in found[:SHOWN]],
        "more": max(len(found) - SHOWN, 0),
        "explanation": _explanation(slot),
    }


def _slot(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> Record | None:
    return ctx.slot(f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/{tps}")


def _explanation(slot: Record | None) -> Twin | None:
    for index, said, _ in (slot or {}).get("explained", ()):
        for one in said:
            if one["rule"] == "X4":
                return {"index": index, "text": one["text"]}
    return None


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
        {copies.compare(one, _slot(ctx, election, contest, code, tps))[0] for one in found}
        for tps, found in copies.of_kelurahan(ctx.state, election["id"], contest["id"], code)
    ]
    if not states:
        return None
    return {"stations": len(states), "different": sum("different" in one for one in states)}


def page(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """Return the twin: TPS by holder, and for each holder a sum that is of its copies alone."""
    election_id, contest_id, top = election["id"], contest["id"], contest["region"]
    address = addresses.copies(election_id, contest_id, top, code)
    found = dict(copies.of_kelurahan(ctx.state, election_id, contest_id, code))
    holders = _holders(found)
    slots = {tps: _slot(ctx, election, contest, code, tps) for tps in found}
    listed = (ctx.region(election_id, code) or {}).get("tps") or ()
    twin = common(ctx, "copies", address, election, contest)
    return twin | {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code),
        "listed": len(listed),
        "holders": [_holder(one) for one in holders[:HOLDERS_SHOWN]],
        "more": max(len(holders) - HOLDERS_SHOWN, 0),
        "stations": [
            _row(election, contest, code, tps, found[tps], slots[tps], holders[:HOLDERS_SHOWN])
            for tps in found
        ],
        "sums": [_sum(contest, _of(found, one), slots) for one in holders[:HOLDERS_SHOWN]],
        "table": f"{election_id}/data/copies.csv",
        "evidence": sorted(ctx.names(election, code)),
    }


def _holders(found: dict[str, list[Record]]) -> list[Record]:
    """Return one copy of each holder, in the order in which those of a TPS stand."""
    known = {copies.holder(one): one for said in found.values() for one in said}
    return sorted(known.values(), key=copies.order)


def _of(found: dict[str, list[Record]], holder: Record) -> dict[str, Record]:
    """Return {TPS: its copy of one holder}."""
    name = copies.holder(holder)
    return {tps: one for tps, said in found.items() for one in said if copies.holder(one) == name}


def _row(
    election: Record, contest: Record, code: str, tps: str, found: list[Record],
    slot: Record | None, holders: list[Record],
) -> Twin:  # fmt: skip
    by_holder = {copies.holder(one): one for one in found}
    said = [by_holder.get(copies.holder(one)) for one in holders]
    top = contest["region"]
    return {
        "tps": tps,
        "address": addresses.station(election["id"], contest["id"], top, code, tps),
        "copies": [None if one is None else _cell(one, slot) for one in said],
    }


def _cell(record: Record, slot: Record | None) -> Twin:
    state, cells = copies.compare(record, slot)
    return {"state": state, "differ": len(cells), "index": record["index"]}


def _sum(contest: Record, said: dict[str, Record], slots: dict[str, Record | None]) -> Twin:
    """One holder's sum: {holder, stations, beside, fields}.

    `fields` are {figure: {all: [sum, copies that have it], copies, forms}} of votes; `copies` and
    `forms` are sums over the `beside` TPS whose form is of the same count, where both have it.
    """
    beside = {
        tps: one
        for tps, one in said.items()
        if copies.compare(one, slots[tps])[0] in ("same", "different")
    }
    fields = (*pair_fields(len(contest["pairs"])), "valid", "invalid", "total")
    return {
        "holder": _holder(next(iter(said.values()))),
        "stations": len(said),
        "beside": len(beside),
        "fields": {field: _field(field, said, beside, slots) for field in fields},
    }


def _field(
    field: str, said: dict[str, Record], beside: dict[str, Record], slots: dict[str, Record | None]
) -> Twin:
    have = [one["figures"][field] for one in said.values() if field in one["figures"]]
    both = [
        (one["figures"][field], form[field])
        for tps, one in beside.items()
        if field in (form := (slots[tps] or {})["figures"]) and field in one["figures"]
    ]
    return {
        "all": [sum(have), len(have)],
        "copies": sum(copy for copy, _ in both),
        "forms": sum(form for _, form in both),
    }


def rows(ctx: Context, election: Record) -> Iterator[tuple[list[Any], Record]]:
    """Yield (start of a row, figures) of every copy in force, of all contests."""
    for contest in election["contests"]:
        for code, tps, one in copies.of_contest(ctx.state, election["id"], contest["id"]):
            slot = _slot(ctx, election, contest, code, tps)
            state, cells = copies.compare(one, slot)
            start = [
                contest["id"], code, tps, one["body"], one["pair"], one["organisation"],
                one["source"], one["count"], state, len(cells), one["before"], one["index"],
                (slot or {}).get("head_index"),
            ]  # fmt: skip
            yield start, one["figures"]
