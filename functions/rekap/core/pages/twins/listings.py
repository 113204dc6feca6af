"""What a kecamatan has besides its page: forms, missing TPS and, with its own as_of, findings."""

from __future__ import annotations

from rekap.core.ledger import addresses
from rekap.core.ledger.state import Record
from rekap.core.pages.tables import tables
from rekap.core.pages.twins import stations
from rekap.core.pages.twins.context import (
    Context,
    Twin,
    common,
    crumbs,
    has_stations_in_source,
    region_view,
)
from rekap.core.pages.twins.figures import expected_of, listed_children, stations_view, total_of
from rekap.core.pages.twins.slots import place, prefixes, scan_findings
from rekap.core.statements import regions


def findings(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """Return the twin of `temuan/`: every finding at and below a kecamatan."""
    address = addresses.findings(election["id"], contest["id"], contest["region"], code)
    found = [
        finding
        for prefix in prefixes(election, contest, code)
        for finding in scan_findings(ctx, election, contest, prefix)
    ]
    twin = common(ctx, "findings", address, election, contest)
    twin["crumbs"] = crumbs(ctx, election, contest, code)
    twin["region"] = region_view(ctx, election, code)
    answered = sum(1 for finding in found if finding["explanation"])
    twin["findings"] = found
    twin["counts"] = {"open": len(found) - answered, "answered": answered}
    return twin


def missing(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """Return the twin of `belum-masuk/`: expected TPS of a kecamatan without an effective form."""
    address = addresses.region(election["id"], contest["id"], contest["region"], code)
    twin = common(ctx, "missing", address, election, contest)  # of the kecamatan's as_of
    twin["address"] = f"{address}belum-masuk/"
    twin["crumbs"] = crumbs(ctx, election, contest, code)
    twin["region"] = region_view(ctx, election, code)
    twin["source_has_c"] = has_stations_in_source(contest)
    twin["stations"] = stations_view(
        expected_of(ctx, election, code), total_of(ctx, election, contest, code)
    )
    twin["kelurahan"] = [
        _missing_in(ctx, election, contest, kid)
        for kid in listed_children(ctx, election["id"], code)
    ]
    return twin


def _missing_in(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    record = ctx.region(election["id"], code) or {}
    return {
        **{k: v for k, v in region_view(ctx, election, code).items() if k != "level"},
        "address": place(ctx, election, contest, code)["address"],
        "expected": None if record.get("unknown") else record.get("expected"),
        "missing": [
            {"tps": tps, "address": place(ctx, election, contest, code, tps)["address"]}
            for tps in stations.lacking(ctx, election, contest, code)
        ],
    }


def forms_csv(ctx: Context, election: Record, contest: Record, code: str) -> bytes:
    """Return forms.csv of a kecamatan: the heads at and below it, one row per form."""
    rows = [
        head_row(key, slot)
        for prefix in prefixes(election, contest, code)
        for key, slot in ctx.state.slots.scan(prefix)
        if slot.get("head")
    ]
    return tables.forms(rows, len(contest["pairs"]))


def head_row(slot_key: str, slot: Record) -> Record:
    """Return what forms.csv says of a slot's head: its payload with index, id and status.

    Read from the slot alone: the forms of one kecamatan lie scattered over the whole log.
    """
    _, contest, form, region, *tps = slot_key.split("/")
    explanations = [text for _, said, by in slot["explained"] if by == "form" for text in said]
    return {
        "contest": contest,
        "form": form,
        "region": region,
        "tps": tps[0] if tps else None,
        "revision": slot["revision"],
        "figures": slot["figures"],
        **slot["paper"],
        "explanations": explanations,
        "index": slot["head_index"],
        "id": slot["head"],
        "status": _status(slot),
    }


def _status(slot: Record) -> str:
    """Who adds the rows up leaves out those that are in no sum."""
    if slot.get("summed") is False:
        return "unsummed"
    return "contested" if slot.get("contested") else "head"


def is_kecamatan(code: str) -> bool:
    """Tell whether a region has the listings of this module."""
    return regions.level(code) == "kecamatan"
