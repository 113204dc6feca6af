"""The twin of `bukti/{index}/`: what an entry says, who signed it, its place in the chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeGuard

from rekap.core import codec
from rekap.core.ledger import addresses, findings, slots, withheld
from rekap.core.ledger.state import Record
from rekap.core.log.entry import leaf_hash
from rekap.core.pages.twins import corrected, standings
from rekap.core.pages.twins.context import Context, Twin, common, hour
from rekap.core.pages.twins.slots import history, signers
from rekap.core.signing.keys import PublicKey
from rekap.core.statements import regions
from rekap.core.statements.model import ALONE, READINESS


def statement(ctx: Context, index: int) -> Twin:
    """Return the twin of `bukti/{index}/`: what it says, who signed, its place in the chain."""
    record = ctx.state.entry(index)
    election = (
        ctx.election(record["election"])
        if record.get("election") and _election_known(ctx, record)
        else None
    )
    contest = None
    if election is not None and record.get("contest"):
        contest = next((c for c in election["contests"] if c["id"] == record["contest"]), None)
    address = addresses.statement(index)
    known = ctx.known(index)
    twin = common(ctx, "statement", address, election, contest)
    readable = record["kind"] is not None
    fields = ctx.payload(index) if readable else {}
    words = _words(ctx, fields, known)
    twin |= {
        "index": index,
        "id": record["id"],
        "leaf": leaf_hash(ctx.entries(index)).hex(),
        "kind": record["kind"],
        "at": fields.get("at"),
        "came": hour(ctx, index, election),
        "payload": _unnamed(fields),
        "status": slots.status_of(ctx.state, index),
        "void_reason": record.get("why"),
        "effect": known["effect"] if known else None,
        "marks": slots.marks_of(ctx.state, index),
        "signers": signers(ctx, known),
        "place": _statement_place(election, contest, record)
        or _place_named(election, record, fields, known),
        "chain": _chain(ctx, record),
        "before": _before(ctx, record, fields),
        "after": _after(ctx, record, known),
        "totals": _totals(ctx, contest, record, known),
        "entries": known["entries"] if known else [index],
        "findings": _own_findings(contest, fields),
        "corrections": corrected.of_statement(ctx, fields, index),
        "ended_keys": _ended_keys(ctx, fields, known),
        "words": words,
        "named": _named_entries(ctx, fields, known),
        "json": addresses.entry(index),
        "proof": addresses.proof(index),
        "evidence": sorted(ctx.chain(index) | _named(ctx, fields, known, words)),
    }
    return twin


CELLS: Final = 60
"""Changed cells of columns that a statement's page shows; `more` counts those besides."""


def _before(ctx: Context, record: Record, fields: Record) -> Twin | None:
    """The version that a form replaces: {index, revision, figures, signers, cells, more}.

    `cells` are those of the columns that changed: {child, field, old, new}. None for what replaces
    nothing, or nothing that took effect here.
    """
    previous = fields.get("previous") if fields.get("kind") == "form" else None
    slot = ctx.slot(record["slot"]) if previous and record.get("slot") else None
    old = next((one for one in slot["statements"] if one["id"] == previous), None) if slot else None
    if old is None:
        return None
    payload = ctx.payload(old["first"])
    cells = list(_changed_cells(payload, fields))
    return {
        "index": old["first"],
        "revision": old["revision"],
        "address": addresses.statement(old["first"]),
        "figures": payload["figures"],
        "signers": signers(ctx, ctx.known(old["first"])),
        "cells": cells[:CELLS],
        "more": max(len(cells) - CELLS, 0),
    }


def _changed_cells(before: Record, after: Record) -> Iterator[Twin]:
    old, new = _cells(before), _cells(after)
    for child, field in sorted(old.keys() | new.keys()):
        one, other = old.get((child, field)), new.get((child, field))
        if one != other:
            yield {"child": child, "field": field, "old": one, "new": other}


def _cells(fields: Record) -> dict[tuple[str, str], int | None]:
    return {
        (child, field): cell
        for field, column in fields.get("rows", {}).items()
        for child, cell in zip(fields["children"], column, strict=True)
    }


def _chain(ctx: Context, record: Record) -> list[Twin]:
    """The forms of the slot and their answers; a line of the paper is none of them."""
    has = record.get("slot") and record["kind"] not in ALONE
    return history(ctx, [record["slot"]]) if has else []


def _after(ctx: Context, record: Record, known: Record | None) -> Twin | None:
    """What replaced it, or the ruling that annulled it: {index, revision, address}, revision null
    of what has none; None while nothing did.
    """
    if known is None or known["effect"] is None:
        return None
    if record["kind"] != "form":
        decides = record["kind"] in slots.DECISIONS
        by = slots.became(ctx.state, known["effect"])[1] if decides else known.get("by")
        if by is None:
            return None
        revision = ctx.payload(by).get("revision")
        return {"index": by, "revision": revision, "address": addresses.statement(by)}
    slot = ctx.slot(record["slot"]) if record.get("slot") else None
    for one in slot["statements"] if slot else ():
        if one["previous"] == record["id"] and one["status"] in ("head", "superseded"):
            return {
                "index": one["first"], "revision": one["revision"],
                "address": addresses.statement(one["first"]),
            }  # fmt: skip
    return None


def _totals(
    ctx: Context, contest: Record | None, record: Record, known: Record | None
) -> Twin | None:
    if contest is None or known is None or not record.get("slot"):
        return None
    if record["kind"] == "form":
        return standings.of_form(ctx, contest, record, known)
    return standings.of_answer(ctx, contest, record, known)


def _election_known(ctx: Context, record: Record) -> bool:
    return ctx.state.meta.get(f"election/{record['election']}") is not None


def _statement_place(
    election: Record | None, contest: Record | None, record: Record
) -> Twin | None:
    """The page that shows the entry's slot. The name is the one at the time of the entry."""
    if election is None or contest is None or not record.get("slot"):
        return None
    _, _, _, code, *rest = record["slot"].split("/")
    tps = rest[0] if rest else None
    name = record.get("place", code)
    address = addresses.place(election["id"], contest["id"], contest["region"], code, tps)
    return {"name": name if tps is None else f"TPS {tps} {name}", "address": address}


_OF_PLACES: Final = ("roster", "grant", READINESS)


def _place_named(
    election: Record | None, record: Record, fields: Record, known: Record | None
) -> Twin | None:
    """The page of the place of a roster, grant or readiness which took effect: in the first contest
    whose ballots arrived, else in the first one there: revisions only add contests behind.
    """
    if fields.get("kind") not in _OF_PLACES or election is None or not _took_effect(known):
        return None
    code, tps = fields["region"], fields.get("tps") if fields["kind"] != "roster" else None
    first = fields.get("ballots", ({"contest": None},))[0]["contest"]
    held = (one for one in election["contests"] if regions.is_within(code, one["region"]))
    contest = next((one for one in held if first in (one["id"], None)), None)
    if contest is None:
        return None
    name = record.get("place", code)
    address = addresses.place(election["id"], contest["id"], contest["region"], code, tps)
    return {"name": f"TPS {tps} {name}" if tps else name, "address": address}


_NAMES: Final = ("previous", "accept", "to", "paper", "certificate")
"""Fields that name a statement, or several."""


def _named_entries(ctx: Context, fields: Record, known: Record | None) -> list[Twin]:
    """The statements that one which took effect names: {id, index}, `index` their first entry."""
    if not _took_effect(known):
        return []
    found = {}
    for name in _NAMES:
        said = fields.get(name, ())
        for one in said if isinstance(said, list) else [said]:
            record = ctx.state.ids.get(one) if isinstance(one, str) else None
            if record is not None and record["first"] < known["effect"]:
                found[one] = record["first"]
    return [{"id": one, "index": index} for one, index in sorted(found.items())]


def _took_effect(known: Record | None) -> TypeGuard[Record]:
    return known is not None and known["effect"] is not None


def _own_findings(contest: Record | None, fields: Record) -> list[Twin]:
    if contest is None or fields.get("kind") != "form":
        return []
    found = findings.own(fields, len(contest["pairs"]))
    return [{**f, "explanation": None} for f in found]


def _ended_keys(ctx: Context, fields: Record, known: Record | None) -> list[str]:
    """Return the keys that a grant gave and that were revoked since; a void one gave none."""
    if fields.get("kind") != "grant" or known is None or known["effect"] is None:
        return []
    return sorted(
        keyid
        for keyid in map(person_keyid, fields["persons"])
        if (ctx.state.keys.get(keyid) or {}).get("revoked") is not None
    )


def _words_named(fields: Record) -> str | None:
    """Return the digest of the words that a statement names or withholds, if it is one that may."""
    name = {"objection": "text", "event": "text", "withhold": "digest"}.get(fields.get("kind", ""))
    return None if name is None else fields.get(name)


def _words(ctx: Context, fields: Record, known: Record | None) -> Twin | None:
    """Where the words are that a statement in effect names, or withholds: `index` of the line that
    named them first, and at that line itself `withheld`: {index, reason, basis}, or null.
    """
    digest = _words_named(fields)
    if known is None or known["effect"] is None or not digest:
        return None
    first = withheld.first(ctx.state, digest)
    why = withheld.of(ctx.state, digest) if known["effect"] == first else None
    names = ("index", "reason", "basis")
    return {"index": first, "withheld": why and {name: why[name] for name in names}}


def _named(
    ctx: Context, fields: Record, known: Record | None, words: Twin | None
) -> frozenset[int]:
    """Return the entries that prove what a statement that took effect names: the grant of the key
    that a revocation ended, the recommendation to which a response is one, the objections that
    an answer is about, why words are withheld.
    """
    if known is None or known["effect"] is None:
        return frozenset()
    if words and words["withheld"]:
        return ctx.proof(words["withheld"]["index"])
    if fields["kind"] == "revoke":
        return ctx.proof(ctx.state.keys.get(fields["keyid"])["grant"])
    if fields["kind"] == "response":
        return ctx.proof(ctx.state.ids.get(fields["to"])["effect"])
    named = fields.get("to", ()) if fields["kind"] == "answer" else ()
    return frozenset[int]().union(*(ctx.proof(ctx.state.ids.get(one)["effect"]) for one in named))


def _unnamed(fields: Record) -> Record:
    """Return a payload as pages show it: officers by position and key, without their ids."""
    if fields.get("kind") != "grant":
        return fields
    persons = [
        {"keyid": person_keyid(one), **{n: v for n, v in one.items() if n != "person"}}
        for one in fields["persons"]
    ]
    return {**fields, "persons": persons}


def person_keyid(person: Record) -> str:
    """Return the key id of a person named in a grant."""
    return PublicKey(person["alg"], codec.b64decode(person["key"])).keyid
