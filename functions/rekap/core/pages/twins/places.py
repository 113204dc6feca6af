"""The twin of a region of a contest: both figures, its children, findings, history.

What decides its result is in `decisions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from rekap.core.ledger import addresses, rosters
from rekap.core.ledger.state import Record
from rekap.core.pages.twins import (
    columns,
    copies,
    corrected,
    decisions,
    feed_addresses,
    figures,
    incidents,
    notices,
    pictures,
    readiness,
    recommendations,
    stations,
)
from rekap.core.pages.twins.context import (
    Context,
    Twin,
    common,
    crumbs,
    has_stations_in_source,
    region_view,
)
from rekap.core.pages.twins.slots import (
    answers_in_doubt,
    doubts,
    form_view,
    history,
    names_in_doubt,
    plain_item,
    prefixes,
    scan_findings,
    slot_findings,
)
from rekap.core.statements import regions
from rekap.core.statements.model import STATION_FORM

EVIDENCE: Final = 1_000
"""Entries that the page of a kelurahan names at most for its TPS, besides its own."""
CELLS_BELOW: Final = 160
"""Votes in the table of kecamatan that the page of a provinsi has room for, kecamatan × pairs."""
NOTABLE: Final = 8
"""Findings without an explanation that the page of a kecamatan says itself; the rest is linked."""


def region(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """Return the twin of a region: both figures, the ladder, its children, findings, history."""
    address = addresses.region(election["id"], contest["id"], contest["region"], code)
    record = figures.total_of(ctx, election, contest, code)
    expected = figures.expected_of(ctx, election, code)
    own = figures.head_of(ctx, election, contest, code)
    slot_key = figures.form_slot(election, contest, code)
    summary_key = figures.summary_slot(election, contest, code)
    summary = ctx.slot(summary_key)
    summary = summary if summary and summary.get("head") else None
    shown = figures.sum_view(expected, record)
    decided = decisions.of_region(ctx, election, contest, code)
    children = _children(ctx, election, contest, code)
    left_out = decisions.left_out(ctx, election, contest, code)
    ruled = decisions.ruled(ctx, election, contest, code)
    known = _evidence(ctx, election, code, (own, summary))
    known |= decisions.said_by(ctx, left_out, ruled, decided["rulings"])
    known |= decisions.said_by(ctx, *([decided[name]] for name in _DECIDED if decided[name]))
    if regions.depth(code) == 4:
        _prove_stations(ctx, children, known)
    twin = common(ctx, "region", address, election, contest)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code),
        "stations": figures.stations_view(expected, record),
        "certified": form_view(ctx, own["head_index"]) if own else None,
        "contested": any(
            (ctx.slot(key) or {}).get("contested", False) for key in (slot_key, summary_key)
        ),
        "contested_below": record["rival"] if record else 0,
        "summary": form_view(ctx, summary["head_index"]) if summary else None,
        "sum": shown,
        "source_has_c": has_stations_in_source(contest),
        "comparison": figures.comparison(
            ctx, election, contest, code, own["figures"] if own else None, expected, record
        ),
        "left_out": left_out,
        "ruled": ruled,
        "ladder": figures.ladder(ctx, election, contest, code),
        "column": columns.above(ctx, election, contest, slot_key, own),
        "children": children,
        "result": figures.result(
            contest,
            code,
            own,
            shown,
            decisions.is_firm(ctx, election, contest, decided["determination"]),
        ),
        "differences": _differences(ctx, election, contest, code, children),
        "corrections": corrected.of_region(ctx, election, contest, slot_key, own),
        "findings": _region_findings(ctx, election, contest, code),
        "findings_below": {
            "open": record["open"] if record else 0,
            "answered": record["answered"] if record else 0,
        },
        **decided,
        "recommended": recommendations.of_place(ctx, election, contest, code),
        "copies": copies.of_kelurahan(ctx, election, contest, code),
        "notices": notices.of_kelurahan(ctx, election, contest, code),
        "pictures": pictures.of_slot(ctx, slot_key),
        "pictured": pictures.of_kelurahan(ctx, election, contest, code),
        "readiness": readiness.of_kelurahan(ctx, election, contest, code),
        "today": readiness.page_of(ctx, election, code),
        "incidents": incidents.of_region(ctx, election, contest, code, slot_key),
        "doubts": _doubts(ctx, election, contest, code, (slot_key, summary_key)),
        "history": _history(ctx, (slot_key, summary_key), decided),
        "downloads": _downloads(election, contest, address, code),
        "officials": addresses.officials(election["id"], election["base"], code),
        "kecamatan": _kecamatan(ctx, election, contest, address, code),
        "kecamatan_below": _kecamatan_below(ctx, election, contest, code),
        "evidence": sorted(known),
    }
    return twin


_DECIDED: Final = ("determination", "elected")
"""What a contest's own region shows that was decided, besides rulings."""


def _downloads(election: Record, contest: Record, address: str, code: str) -> list[Twin]:
    """Files beside the page: its twin, at a kecamatan the table of its forms, its feeds."""
    files = [("json", f"{address}index.json")]
    if regions.level(code) == "kecamatan":
        files.append(("forms_csv", f"{address}forms.csv"))
    feeds = feed_addresses.paths(election, contest, code)
    files += [(path.rpartition("/")[2].removesuffix(".atom"), path) for path in feeds]
    return [{"label": label, "address": file} for label, file in files]


def _kecamatan(
    ctx: Context, election: Record, contest: Record, address: str, code: str
) -> Twin | None:
    """What only a kecamatan has: its lists, all its TPS at a glance, the findings to look at."""
    if regions.level(code) != "kecamatan":
        return None
    found = [
        one
        for prefix in prefixes(election, contest, code)
        for one in scan_findings(ctx, election, contest, prefix)
        if one["explanation"] is None and one["region"] != code
    ]
    kids = ctx.children(election["id"], code)
    return {
        "findings": addresses.findings(election["id"], contest["id"], contest["region"], code),
        "missing": f"{address}belum-masuk/",
        "forms_csv": f"{address}forms.csv",
        "notable": found[:NOTABLE],
        "strips": [stations.strip(ctx, election, contest, kid) for kid in kids],
    }


def _kecamatan_below(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    """All kecamatan of a provinsi in the order of codes; none where the page has no room for them.

    {code, name, level, address, above (name of its kab/kota), stations, figures (votes of pairs,
    valid, invalid; or null), sum (its fields, of the same figures), basis}
    """
    if regions.level(code) != "provinsi":
        return []
    below = (
        (kabko, kecamatan)
        for kabko in ctx.children(election["id"], code)
        for kecamatan in ctx.children(election["id"], kabko)
    )
    room = CELLS_BELOW // len(contest["pairs"])
    found = list(islice(below, room + 1))
    if len(found) > room:
        return []
    kept = ("code", "name", "level", "address", "stations", "basis")
    names = {kabko: region_view(ctx, election, kabko)["name"] for kabko, _ in found}
    twins = []
    for kabko, kecamatan in found:
        child = _child(ctx, election, contest, kecamatan)
        shown = {name: child[name] for name in kept} | {"above": names[kabko]}
        shown |= {"figures": _shared(child["figures"] or {}) or None, "sum": _shared(child["sum"])}
        twins.append(shown)
    return twins


def _shared(figures: Record) -> Record:
    """The figures of which the table of kecamatan has shares."""
    return {
        field: value
        for field, value in figures.items()
        if field.startswith("pair_") or field in ("valid", "invalid")
    }


def _doubts(
    ctx: Context, election: Record, contest: Record, code: str, slot_keys: tuple[str, ...]
) -> list[Twin]:
    """What stands against the statements that the page rests on, besides its form."""
    roster = (ctx.region(election["id"], code) or {}).get("roster")
    found = [] if roster is None else doubts(ctx, "roster", ctx.state.ids.get(roster)["effect"])
    decided = decisions.in_doubt(ctx, election, contest) if code == contest["region"] else []
    above = names_in_doubt(ctx, election["id"], regions.upward(code, regions.COUNTRY)[1:])
    return [*found, *decided, *above, *answers_in_doubt(ctx, slot_keys)]


def _history(ctx: Context, slot_keys: tuple[str, ...], decided: Twin) -> list[Twin]:
    """Every statement about some slots, and about what `decided` says."""
    items = history(ctx, slot_keys)
    for said in (decided["determination"], decided["elected"], *decided["rulings"]):
        if said is None:
            continue
        items += [plain_item(ctx, one) for one in (said["index"], *said["earlier"])]
    return sorted(items, key=lambda item: -int(item["index"]))


def _children(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    if regions.depth(code) == 4:
        return stations.children(ctx, election, contest, code)
    kids = ctx.children(election["id"], code)
    return [_child(ctx, election, contest, kid) for kid in kids]


def _child(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """A region in its parent's table: both figures, and which of them the table shows."""
    record = figures.total_of(ctx, election, contest, code)
    expected = figures.expected_of(ctx, election, code)
    own = figures.head_of(ctx, election, contest, code)
    shown = figures.sum_view(expected, record)
    certified = own["figures"] if own else None
    values = certified or {f: value for f, (value, _) in shown["fields"].items()} or None
    return {
        **region_view(ctx, election, code),
        "address": addresses.region(election["id"], contest["id"], contest["region"], code),
        "listed": rosters.is_listed(ctx.state, election["id"], code),
        "stations": figures.stations_view(expected, record),
        "certified": certified,
        "index": own["head_index"] if own else None,
        "contested": bool(own and own.get("contested")),
        "contested_below": record["rival"] if record else 0,
        "sum": shown["fields"],
        "via": shown["via"],
        "comparison": figures.comparison(ctx, election, contest, code, certified, expected, record),
        "figures": values,
        "basis": "certified" if own else "sum" if shown["counted"] else None,
        "findings": {
            "open": record["open"] if record else 0,
            "answered": record["answered"] if record else 0,
        },
        "status": None,
        "revision": own["revision"] if own else None,
    }


def _differences(
    ctx: Context, election: Record, contest: Record, code: str, children: list[Twin]
) -> list[Twin]:
    """Return the children that differ between certified form and sum, or are incomplete.

    `finding` is what the ledger says of the difference, with its answer: D1 of a region's own form,
    X1 of a TPS's column.
    """
    sheet = {
        one["child"]: one
        for one in slot_findings(ctx, election, contest, figures.form_slot(election, contest, code))
        if one["rule"] == "X1"
    }

    def finding(child: Twin) -> Twin | None:
        if child["level"] == "tps":
            return sheet.get(child["code"])
        own = figures.form_slot(election, contest, child["code"])
        found = slot_findings(ctx, election, contest, own)
        return next((one for one in found if one["rule"] == "D1"), None)

    return [
        {
            "finding": finding(child),
            "place": {"name": child["name"], "address": child["address"]},
            "difference": child["comparison"]["difference"],
            "state": child["comparison"]["state"],
            "missing": child["stations"]["missing"] if "stations" in child else None,
        }
        for child in children
        if child["comparison"]["state"] == "different"
        or (
            child["comparison"]["state"] == "incomplete"
            and any(child["comparison"]["difference"].values())
        )
    ]


def _region_findings(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    """Findings of the region's own forms; at a kelurahan those of its TPS as well."""
    found = slot_findings(ctx, election, contest, figures.form_slot(election, contest, code))
    found += slot_findings(ctx, election, contest, figures.summary_slot(election, contest, code))
    if regions.depth(code) == 4:
        prefix = f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/"
        found += scan_findings(ctx, election, contest, prefix)
    return found


def _evidence(
    ctx: Context, election: Record, code: str, forms: Iterable[Record | None]
) -> frozenset[int]:
    """Return the entries that prove the region's names and its own forms."""
    found = set(ctx.names(election, code))
    for slot in forms:
        if slot is not None:
            found |= ctx.chain(slot["head_index"])
    return frozenset(found)


def _prove_stations(ctx: Context, children: Iterable[Twin], known: frozenset[int]) -> None:
    """Give each TPS of a kelurahan the entries that prove its form besides those of the page.

    In their order; from the one on that would make more than EVIDENCE, none is given any.
    """
    left = EVIDENCE
    for child in children:
        found = ctx.proof(child["index"]) - known if child["index"] is not None else ()
        left -= len(found)
        child["evidence"] = sorted(found) if left >= 0 else []
