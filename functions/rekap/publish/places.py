"""Twins of places: a region of a contest, and one TPS."""

from __future__ import annotations

from typing import Final

from rekap.forms import regions, rules
from rekap.forms.model import STATION_FORM
from rekap.ledger import addresses, findings, rosters
from rekap.ledger.state import Record
from rekap.publish import court, drawings, feeds, figures
from rekap.publish.context import Context, Twin, common, crumbs, has_stations_in_source, stations
from rekap.publish.statements import (
    form_view,
    history,
    place,
    plain_item,
    prefixes,
    scan_findings,
    slot_findings,
)

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
    determined = determination(ctx, election, contest) if code == contest["region"] else None
    children = _children(ctx, election, contest, code)
    certified = form_view(ctx, own["head_index"]) if own else None
    twin = common(ctx, "region", address, election, contest)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code),
        "stations": figures.stations_view(expected, record),
        "certified": certified,
        "contested": any(
            (ctx.slot(key) or {}).get("contested", False) for key in (slot_key, summary_key)
        ),
        "contested_below": record["rival"] if record else 0,
        "summary": form_view(ctx, summary["head_index"]) if summary else None,
        "sum": shown,
        "source_has_c": has_stations_in_source(contest),
        "comparison": figures.comparison(
            contest, own["figures"] if own else None, expected, record
        ),
        "ladder": figures.ladder(ctx, election, contest, code),
        "column": _column(ctx, election, contest, slot_key, own),
        "children": children,
        "result": figures.result(contest, code, own, shown, determined is not None),
        "differences": _differences(ctx, election, contest, code, children),
        "findings": _region_findings(ctx, election, contest, code),
        "findings_below": {
            "open": record["open"] if record else 0,
            "answered": record["answered"] if record else 0,
        },
        "determination": determined,
        "history": _history(ctx, (slot_key, summary_key), determined),
        "downloads": [{"label": "json", "address": f"{address}index.json"}],
        "officials": addresses.officials(election["id"], election["base"], code),
        "kecamatan": _kecamatan(ctx, election, contest, address, code),
        "evidence": _evidence(ctx, own, summary, children),
    }
    if twin["kecamatan"]:
        twin["downloads"].append({"label": "forms_csv", "address": f"{address}forms.csv"})
    twin["downloads"] += [
        {"label": path.rpartition("/")[2].removesuffix(".atom"), "address": path}
        for path in feeds.paths(election, contest, code)
    ]
    return twin


def region_view(ctx: Context, election: Record, code: str) -> Twin:
    """Return {code, name, level} of a region."""
    return {"code": code, "name": ctx.name(election["id"], code), "level": regions.level(code)}


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
    kids = (ctx.region(election["id"], code) or {}).get("kids") or []
    return {
        "findings": f"{address}temuan/",
        "missing": f"{address}belum-masuk/",
        "forms_csv": f"{address}forms.csv",
        "notable": found[:NOTABLE],
        "strips": [_strip(ctx, election, contest, kid) for kid in kids],
    }


def _strip(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """All TPS of a kelurahan: {name, address, tps, marks}; a mark for each number, by letter."""
    children = _station_children(ctx, election, contest, code)
    return {
        **place(ctx, election, contest, code),
        "tps": [child["code"] for child in children],
        "marks": "".join(drawings.station_mark(child)[0] for child in children),
    }


def determination(ctx: Context, election: Record, contest: Record) -> Twin | None:
    """Return {number, announced_at, index, petition} of a contest's result, once determined."""
    found: Record | None = ctx.state.meta.get(f"determination/{election['id']}/{contest['id']}")
    return found and {**found, "petition": court.petition(found["announced_at"])}


def _history(ctx: Context, slot_keys: tuple[str, ...], determined: Twin | None) -> list[Twin]:
    items = history(ctx, slot_keys)
    if determined:
        items.append(plain_item(ctx, determined["index"]))
    return sorted(items, key=lambda item: -int(item["index"]))


def _children(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    if regions.depth(code) == 4:
        return _station_children(ctx, election, contest, code)
    kids = (ctx.region(election["id"], code) or {}).get("kids") or []
    return [_child(ctx, election, contest, kid) for kid in kids]


def _child(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
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
        "sum": shown["fields"],
        "via": shown["via"],
        "comparison": figures.comparison(contest, certified, expected, record),
        "figures": values,
        "basis": "certified" if own else "sum" if shown["counted"] else None,
        "findings": {
            "open": record["open"] if record else 0,
            "answered": record["answered"] if record else 0,
        },
        "status": None,
        "revision": own["revision"] if own else None,
    }


def _station_children(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    """Return the TPS of a kelurahan; read with one scan each of slots, columns and findings."""
    prefix = f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/"
    slots = {key[len(prefix) :]: slot for key, slot in ctx.state.slots.scan(prefix)}
    counts: dict[str, list[int]] = {}
    for key, found in ctx.state.findings.scan(prefix):
        pair = counts.setdefault(key[len(prefix) :].split("|")[0], [0, 0])
        pair[bool(found["explanation"])] += 1
    sheet = f"{election['id']}/{contest['id']}/d_hasil_kelurahan/{code}/"
    columns = {key[len(sheet) :]: column for key, column in ctx.state.columns.scan(sheet)}
    gone = (ctx.region(election["id"], code) or {}).get("gone", [])
    children: list[Twin] = []
    for tps in stations(ctx, election, contest, code):
        slot = slots.get(tps)
        head = slot if slot and slot.get("head") else None
        opened, answered = counts.get(tps, (0, 0))
        children.append(
            {
                "code": tps,
                "name": f"TPS {tps}",
                "level": "tps",
                "address": addresses.station(
                    election["id"], contest["id"], contest["region"], code, tps
                ),
                "listed": tps not in gone,
                "certified": None,
                "index": head["head_index"] if head else None,
                "contested": bool(slot and slot.get("contested")),
                "comparison": _column_comparison(contest, columns.get(tps), head),
                "figures": head["figures"] if head else None,
                "basis": "sum" if head else None,
                "findings": {"open": opened, "answered": answered},
                "status": station_status(contest, slot),
                "revision": head["revision"] if head else None,
            }
        )
    return children


def _column_comparison(contest: Record, column: Record | None, head: Record | None) -> Twin:
    """Return {state, difference}: what the sheet says of a TPS against the TPS's own form."""
    if head is None:
        return {"state": "no-sum", "difference": {}}
    if column is None:
        return {"state": "no-certified", "difference": {}}
    gap = _gap(column, head)
    whole = _compares(contest, column, head)
    return {"state": "different" if gap else "same" if whole else "partial", "difference": gap}


def _compares(contest: Record, column: Record, head: Record) -> bool:
    """Tell whether a column and a form have all votes, and no cell of the column is unknown."""
    known = {field for field, cell in column.items() if cell is not None}
    both = {field: head["figures"][field] for field in known & head["figures"].keys()}
    return known == column.keys() and figures.has_votes(contest, both)


def _gap(column: Record | None, head: Record | None) -> dict[str, int]:
    """Return column − form for every field that both have and that differs."""
    if column is None or head is None:
        return {}
    return {
        field: cell - head["figures"][field]
        for field, cell in sorted(column.items())
        if cell is not None and field in head["figures"] and cell != head["figures"][field]
    }


def station_status(contest: Record, slot: Record | None) -> str:
    """Return received, contested, waiting, missing, or not-in-source."""
    if slot and slot.get("contested"):
        return "contested"
    if slot and slot.get("head"):
        return "received"
    if slot and any(one["s"] == "waiting" for one in slot["st"]):
        return "waiting"
    return "missing" if has_stations_in_source(contest) else "not-in-source"


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


def _column(
    ctx: Context, election: Record, contest: Record, slot_key: str, own: Record | None
) -> Twin | None:
    """What the D form above says of this place: {form, region, index, figures, difference}.

    `difference` is column − form where they differ; None: they cannot be called equal either.
    """
    above = findings.slot_above(slot_key)
    if above is None:
        return None
    upper_key, child = above
    code = upper_key.split("/")[3]
    upper = ctx.slot(upper_key)
    column = ctx.state.columns.get(f"{upper_key}/{child}")
    if column is None or upper is None or not upper.get("head"):
        return None
    where = place(ctx, election, contest, code)
    gap = _gap(column, own)
    silent = own is not None and not gap and not _compares(contest, column, own)
    return {
        "form": upper_key.split("/")[2],
        "region": {**region_view(ctx, election, code), "address": where["address"]},
        "index": upper["head_index"],
        "figures": dict(sorted(column.items())),
        "difference": None if silent else gap,
    }


def _evidence(
    ctx: Context, own: Record | None, summary: Record | None, children: list[Twin]
) -> list[int]:
    found: set[int] = {child["index"] for child in children if child["index"] is not None}
    for slot in (own, summary):
        if slot is not None:
            found |= ctx.chain(slot["head_index"])
    return sorted(found)


def station(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> Twin:
    """Return the twin of one TPS: its form, the column above, every check, who signed, history."""
    top = contest["region"]
    address = addresses.station(election["id"], contest["id"], top, code, tps)
    slot_key = f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/{tps}"
    slot = ctx.slot(slot_key)
    head = slot if slot and slot.get("head") else None
    roster = ctx.region(election["id"], code) or {}
    twin = common(ctx, "tps", address, election, contest)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code),
        "tps": tps,
        "registered": dict(roster.get("tps") or []).get(tps),
        "listed": rosters.is_listed(ctx.state, election["id"], code, tps),
        "status": station_status(contest, slot),
        "head": form_view(ctx, head["head_index"]) if head else None,
        "contested": bool(slot and slot.get("contested")),
        "statements": [form_view(ctx, one["i"]) for one in slot["st"]] if slot else [],
        "column": _column(ctx, election, contest, slot_key, head),
        "checks": _checks(contest, head),
        "findings": slot_findings(ctx, election, contest, slot_key),
        "history": history(ctx, (slot_key,)),
        "officials": addresses.officials(election["id"], election["base"], code),
        "evidence": sorted(ctx.chain(head["head_index"])) if head else [],
    }
    return twin


def _checks(contest: Record, head: Record | None) -> list[Twin]:
    if head is None:
        return []
    return [
        {
            "rule": r.rule, "part": r.part, "state": r.state, "fields": list(r.fields), "op": r.op,
            "expected": r.expected, "found": r.found,
        }
        for r in rules.check_figures(STATION_FORM, head["figures"], len(contest["pairs"]))
    ]  # fmt: skip
