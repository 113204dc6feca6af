"""TPS: the twin of one, and those of a kelurahan as its page, its strip and its lists show them."""

from __future__ import annotations

from rekap.core.ledger import addresses, places, rosters, rulings
from rekap.core.ledger.state import Record
from rekap.core.pages.look import drawings
from rekap.core.pages.twins import (
    columns,
    copies,
    decisions,
    incidents,
    notices,
    pictures,
    readiness,
    recommendations,
)
from rekap.core.pages.twins.context import (
    Context,
    Twin,
    chain_of_contests,
    common,
    crumbs,
    has_stations_in_source,
    region_view,
)
from rekap.core.pages.twins.slots import (
    answers_in_doubt,
    form_view,
    history,
    names_in_doubt,
    of_stations,
    place,
    slot_findings,
)
from rekap.core.statements import regions, rules
from rekap.core.statements.model import STATION_FORM


def of_kelurahan(
    ctx: Context, election: Record, contest: Record, code: str
) -> dict[str, Record | None]:
    """Return {TPS that has a page: its slot, if anything was said}, those left out last."""
    slots = of_stations(ctx, election, contest, code)
    numbers = places.stations(ctx.state, election["id"], code)
    return {tps: slots.get(tps) for tps in numbers}


def lacking(ctx: Context, election: Record, contest: Record, code: str) -> dict[str, str]:
    """Return {expected TPS of a kelurahan without a form in force: "missing" or "waiting"}."""
    gone = (ctx.region(election["id"], code) or {}).get("gone", ())
    found = {
        tps: status(contest, slot)
        for tps, slot in of_kelurahan(ctx, election, contest, code).items()
        if tps not in gone
    }
    return {tps: said for tps, said in found.items() if said in ("missing", "waiting")}


def station(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> Twin:
    """Return the twin of one TPS: its form, the column above, every check, who signed, history."""
    top = contest["region"]
    address = addresses.station(election["id"], contest["id"], top, code, tps)
    slot_key = f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/{tps}"
    slot = ctx.slot(slot_key)
    head = slot if slot and slot.get("head") else None
    roster = ctx.region(election["id"], code) or {}
    registered = dict(roster.get("tps") or []).get(tps)
    left_out = decisions.left_out(ctx, election, contest, code, tps)
    ruled = decisions.ruled(ctx, election, contest, code, tps)
    twin = common(ctx, "tps", address, election, contest)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code),
        "tps": tps,
        "registered": registered,
        "listed": rosters.is_listed(ctx.state, election["id"], code, tps),
        "summed": bool(slot and slot.get("summed")),
        "status": status(contest, slot),
        "head": form_view(ctx, head["head_index"]) if head else None,
        "contested": bool(slot and slot.get("contested")),
        "statements": [form_view(ctx, one["first"]) for one in slot["statements"]] if slot else [],
        "column": columns.above(ctx, election, contest, slot_key, head),
        "checks": _checks(contest, head),
        "notices": notices.of_station(contest, head, registered),
        "left_out": left_out,
        "ruled": ruled,
        "recommended": recommendations.of_place(ctx, election, contest, code, tps),
        "copies": copies.of_station(ctx, election, contest, code, tps),
        "pictures": pictures.of_slot(ctx, slot_key),
        "readiness": readiness.of_station(ctx, election, contest, code, tps),
        "incidents": incidents.of_slot(ctx, election, contest, slot),
        "doubts": [
            *names_in_doubt(ctx, election["id"], regions.upward(code, regions.COUNTRY)),
            *answers_in_doubt(ctx, (slot_key,)),
        ],
        "findings": slot_findings(ctx, election, contest, slot_key),
        "history": history(ctx, (slot_key,)),
        "officials": addresses.officials(election["id"], election["base"], code),
        "evidence": sorted(
            ctx.names(election, code)
            | (ctx.chain(head["head_index"]) if head else frozenset())
            | decisions.said_by(ctx, left_out, ruled)
        ),
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


def children(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    """Return the TPS of a kelurahan; read with one scan each of slots, columns and findings."""
    prefix = f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/"
    counts: dict[str, list[int]] = {}
    for key, found in ctx.state.findings.scan(prefix):
        pair = counts.setdefault(key[len(prefix) :].split("|")[0], [0, 0])
        pair[bool(found["explanation"])] += 1
    sheet = f"{election['id']}/{contest['id']}/d_hasil_kelurahan/{code}/"
    said = {key[len(sheet) :]: column for key, column in ctx.state.columns.scan(sheet)}
    gone = (ctx.region(election["id"], code) or {}).get("gone", [])
    is_ruled = any(rulings.of_place(ctx.state, election["id"], contest["id"], code))
    # Where another contest is the vote that was ordered, no TPS of this one awaits it.
    may_await = is_ruled and chain_of_contests(ctx, election, contest)["followed"] is None
    twins: list[Twin] = []
    for tps, slot in of_kelurahan(ctx, election, contest, code).items():
        head = slot if slot and slot.get("head") else None
        opened, answered = counts.get(tps, (0, 0))
        twins.append(
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
                "comparison": columns.comparison(contest, said.get(tps), head),
                "figures": head["figures"] if head else None,
                "basis": "sum" if head else None,
                "findings": {"open": opened, "answered": answered},
                "status": status(contest, slot),
                "revision": head["revision"] if head else None,
                "awaits": (
                    decisions.awaited(ctx, election, contest, code, tps) if may_await else None
                ),
            }
        )
    return twins


def strip(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """All TPS of a kelurahan: {name, address, tps, marks}; a mark for each number, by letter."""
    twins = children(ctx, election, contest, code)
    return {
        **place(ctx, election, contest, code),
        "tps": [child["code"] for child in twins],
        "marks": "".join(drawings.station_mark(child)[0] for child in twins),
    }


def status(contest: Record, slot: Record | None) -> str:
    """Return received, contested, waiting, missing, or not-in-source."""
    if slot and slot.get("contested"):
        return "contested"
    if slot and slot.get("head"):
        return "received"
    if slot and any(one["status"] == "waiting" for one in slot["statements"]):
        return "waiting"
    return "missing" if has_stations_in_source(contest) else "not-in-source"
