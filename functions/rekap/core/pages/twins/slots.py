"""What pages show of a slot: its form with who signed it, its history, its findings, its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rekap.core.ledger import addresses, counts, doubt, feeds, findings, slots
from rekap.core.ledger.state import Record
from rekap.core.pages.tables.rows import figure_rows
from rekap.core.pages.twins.context import Context, Twin
from rekap.core.statements import regions
from rekap.core.statements.model import ATTENDED, STATION_FORM, SUMMARY


def form_view(ctx: Context, index: int) -> Twin:
    """Return a form with its status now, its figures and who signed it (body, position, key)."""
    record = ctx.state.entry(index)
    fields = ctx.payload(index)
    known = ctx.known(index)
    one = version_of(ctx, record)
    return {
        "index": index,
        "id": record["id"],
        "kind": "form",
        "form": fields["form"],
        "region": fields["region"],
        "tps": fields.get("tps"),
        "revision": fields["revision"],
        "count": fields.get("count"),
        "reason": _reason(fields),
        "previous": fields.get("previous"),
        "status": slots.status_of(ctx.state, index),
        "void_reason": record.get("why"),
        "effect": known["effect"] if known else None,
        "marks": one["marks"] if one else [],
        "figures": fields["figures"],
        "attended": _attended(fields),
        "explanations": [_explanation(e) for e in fields.get("explanations", ())],
        "because": [_because(one) for one in fields.get("because", ())],
        "corrections": fields.get("corrections", []),
        "witnesses": [{"reason": None, **w} for w in fields.get("witnesses", ())],
        "scans": fields.get("scans", []),
        "signers": signers(ctx, known),
        "entries": known["entries"] if known else [index],
        "stations_in": fields.get("stations_in"),
        "stations_expected": fields.get("stations_expected"),
        "as_of_text": fields.get("as_of_text"),
        "address": addresses.statement(index),
    }


def of_stations(ctx: Context, election: Record, contest: Record, code: str) -> dict[str, Record]:
    """Return {TPS of a kelurahan: the slot of its C form}, of all of which anything was said."""
    prefix = f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/"
    return {key.removeprefix(prefix): slot for key, slot in ctx.state.slots.scan(prefix)}


def version_of(ctx: Context, record: Record) -> Record | None:
    """Return what the slot of an entry keeps of its statement, None for what is no version."""
    slot = ctx.slot(record["slot"]) if record.get("slot") else None
    return (
        next((one for one in slot["statements"] if one["id"] == record["id"]), None)
        if slot
        else None
    )


_NUMBERED: Final = frozenset({"determination", "elected", "ruling"})
"""Kinds whose `number` says what they are about: that of a decision or a case."""


def _reason(fields: Record) -> Twin | None:
    reason = feeds.reason_of(fields)
    if not isinstance(reason, dict):
        return {"code": reason, "text": None} if reason else None
    return {"code": reason["code"], "text": reason.get("text")}


def _attended(fields: Record) -> Twin | None:
    if "attended" not in fields:
        return None
    return {name: fields["attended"].get(name) for name in ATTENDED}


def _because(one: Record) -> Twin:
    initials = one.get("initials")
    whole = {"ketua": False, "pairs": [], "supervisor": False}
    return {"objection": None, **one, "initials": {**whole, **initials} if initials else None}


def _explanation(explanation: Record) -> Twin:
    return {"child": None, "part": None, **explanation}


def signers(ctx: Context, known: Record | None) -> list[Twin]:
    """Return who signed, as body, position and key; never as a name."""
    return [
        {
            "keyid": signer["keyid"],
            "body": signer["body"],
            "position": signer["position"],
            "region": signer["region"],
            "tps": signer.get("tps"),
            "pair": signer.get("pair"),
            "acting": signer.get("acting"),
            "counted": signer["counted"],
            "grant": signer.get("grant"),
            "suspect": doubt.is_doubtful(ctx.state.keys.get(signer["keyid"]) or {}, signer["at"]),
        }
        for signer in (known["signers"] if known else ())
    ]


def doubts(ctx: Context, kind: str, index: int) -> list[Twin]:
    """Return what stands against the statement of an entry: {kind, index, mark}."""
    marks = [mark for mark in slots.marks_of(ctx.state, index) if mark in counts.OWN]
    return [{"kind": kind, "index": index, "mark": mark} for mark in marks]


def names_in_doubt(ctx: Context, election_id: str, places: Iterable[str]) -> Iterator[Twin]:
    """Yield the rosters in force of regions that were changed after the first form below (L4).

    They name what stands on the pages below them too.
    """
    for place in places:
        roster = (ctx.region(election_id, place) or {}).get("roster")
        if roster is not None:
            found = doubts(ctx, "roster", ctx.state.ids.get(roster)["effect"])
            yield from (one for one in found if one["mark"] == "L4")


def answers_in_doubt(ctx: Context, slot_keys: Iterable[str]) -> Iterator[Twin]:
    """Yield what stands against the answers that decide what counts in some slots."""
    for key in slot_keys:
        decided = (ctx.slot(key) or {}).get("answer")
        if decided is not None:
            yield from doubts(ctx, "answer", decided[0])


def history(ctx: Context, slot_keys: Iterable[str]) -> list[Twin]:
    """Return every statement about some slots, newest first, with what each changed."""
    items = []
    for key in slot_keys:
        slot = ctx.slot(key)
        if slot is None:
            continue
        first = {one["id"]: one["first"] for one in slot["statements"]}
        items += [_history_item(ctx, one, first) for one in slot["statements"]]
        items += [plain_item(ctx, index) for index in slot["entries"] if _is_other(ctx, index)]
    return sorted(items, key=lambda item: -int(item["index"]))


def prefixes(election: Record, contest: Record, code: str) -> Iterator[str]:
    """Yield the prefixes of the keys of all slots at and below a kecamatan."""
    for form in (STATION_FORM, "d_hasil_kelurahan", "d_hasil_kecamatan", SUMMARY):
        below = form in (STATION_FORM, "d_hasil_kelurahan")
        end = "." if below else ""
        yield f"{election['id']}/{contest['id']}/{form}/{code}{end}"


def _at(ctx: Context, fields: Record) -> str | None:
    """When the signers say that they signed; a replay's own time says nothing."""
    return None if (ctx.log or {}).get("mode") == "replay" else fields.get("at")


def _history_item(ctx: Context, one: Record, first: dict[str, int]) -> Twin:
    fields = ctx.payload(one["first"])
    before = ctx.payload(first[one["previous"]]) if one["previous"] in first else None
    return {
        "index": one["first"],
        "kind": "form",
        "at": _at(ctx, fields),
        "form": fields["form"],
        "revision": one["revision"],
        "status": one["status"],
        "count": fields.get("count"),
        "number": None,
        "reason": _reason(fields),
        "marks": one["marks"],
        "changes": _changes(before, fields) if before else [],
        "address": addresses.statement(one["first"]),
    }


def _changes(before: Record, after: Record) -> list[Twin]:
    old, new = before["figures"], after["figures"]
    return [
        {"field": field, "old": old.get(field), "new": new.get(field)}
        for field in figure_rows({**old, **new})
        if old.get(field) != new.get(field)
    ]


def _is_other(ctx: Context, index: int) -> bool:
    """Answers, and forms that are void: about the slot, outside its chain."""
    record = ctx.state.entry(index)
    return bool(record["kind"] != "form" or record["status"] == "void")


def plain_item(ctx: Context, index: int) -> Twin:
    """Return a line of a history for an entry that is no version of a form."""
    record = ctx.state.entry(index)
    fields = ctx.payload(index)
    return {
        "index": index,
        "kind": record["kind"],
        "at": _at(ctx, fields),
        "form": record.get("form"),
        "revision": record.get("revision"),
        "status": slots.status_of(ctx.state, index),
        "count": None,
        "number": fields["number"] if record["kind"] in _NUMBERED else None,
        "reason": _reason(fields),
        "marks": slots.marks_of(ctx.state, index),
        "changes": [],
        "address": addresses.statement(index),
    }


def column_place(ctx: Context, election: Record, contest: Record, slot: str, child: str) -> Twin:
    """Return the place of a column of a D form: a TPS, or a region below that of the form."""
    code = slot.split("/")[3]
    if regions.is_tps(child):
        return place(ctx, election, contest, code, child)
    return place(ctx, election, contest, child)


def finding_view(ctx: Context, election: Record, contest: Record, slot: str, found: Record) -> Twin:
    """Return a finding with its place and its explanation."""
    _, _, form, code, *tps = slot.split("/")
    return {
        **{name: value for name, value in found.items() if name != "net"},
        "form": form,
        "region": code,
        "tps": tps[0] if tps else None,
        "place": place(ctx, election, contest, code, tps[0] if tps else None),
    }


def place(
    ctx: Context, election: Record, contest: Record, code: str, tps: str | None = None
) -> Twin:
    """Return {name, address} of a region or TPS in a contest."""
    name = ctx.name(election["id"], code)
    address = addresses.place(election["id"], contest["id"], contest["region"], code, tps)
    return {"name": name if tps is None else f"TPS {tps} {name}", "address": address}


def explanation_of(slot: Record | None, rule: str) -> Twin | None:
    """Return {index, text}: what the form that counts, or an answer, says of a rule that is asked
    when a page is made.
    """
    for index, said, _ in (slot or {}).get("explained", ()):
        for one in said:
            if one["rule"] == rule:
                return {"index": index, "text": one["text"]}
    return None


def slot_findings(ctx: Context, election: Record, contest: Record, slot: str) -> list[Twin]:
    """Return the findings of a slot's head."""
    found = findings.of_slot(ctx.state, slot)
    return [finding_view(ctx, election, contest, slot, f) for f in found]


def scan_findings(ctx: Context, election: Record, contest: Record, prefix: str) -> list[Twin]:
    """Return the findings of all slots whose key begins with `prefix`."""
    return [
        finding_view(ctx, election, contest, key.split("|")[0], found)
        for key, found in ctx.state.findings.scan(prefix)
    ]
