"""An election folder from the log: what a person could have written to make these chains.

Chains (superseded revisions and heads), determinations and rulings with those that they replaced,
rosters and pairs in force. What a folder cannot say is
left out and listed in `left-out.csv`: rivals, orphans, forms set aside or waiting, forms of places
no longer in the rosters, answers, objections, revocations, older rosters and revisions of the
election, void entries. Grants are not
listed: an import names its own persons.

For an imported folder F: E1 = export(import(F)), E2 = export(import(E1)); E1 = E2 byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import rosters, slots
from rekap.core.ledger.chain import CHAINED
from rekap.core.ledger.state import Record
from rekap.core.pages.data import bulk
from rekap.core.pages.tables import tables
from rekap.core.pages.twins.context import Context
from rekap.core.statements.model import FORMS

_NAMED: Final = frozenset({"log", "publication", "grant", "determination", "ruling", "elected"})


def folders(ctx: Context) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of every election's folder, `{election}/election.toml` first."""
    ids = (ctx.state.meta.get("elections") or {"ids": []})["ids"]
    left = _left_out(ctx)
    for one in ids:
        election = ctx.election(one)
        for name, data in _folder(ctx, election):
            yield f"{one}/{name}", data
        rows = [row[1:] for row in left if row[0] in (one, "")]
        yield f"{one}/left-out.csv", tables.write(("index", "kind", "status", "why"), rows)


def _folder(ctx: Context, election: Record) -> Iterator[tuple[str, bytes]]:
    yield "election.toml", _settings(ctx, election).encode()
    yield "regions.csv", bulk.regions_csv(ctx, election)
    if any("tps" in place for _, place in bulk.places(ctx, election)):
        yield "roster.csv", bulk.roster_csv(ctx, election)
    chains = list(_chains(ctx, election))
    pairs = bulk.pair_count(election)
    yield "forms.csv", tables.folder_forms([payload for _, payload in chains], pairs)
    lines = [line for _, payload in chains for line in _columns(payload)]
    if lines:
        yield "rows.csv", bulk.rows_csv(lines, pairs)
    for name, fields in _DECISIONS.items():
        said = [_decision(name, one, fields) for one in _decided(ctx, election, name)]
        if said:
            yield f"{name}.toml", "\n\n".join(said).encode() + b"\n"
    yield "README.md", _readme(election).encode()


def _chains(ctx: Context, election: Record) -> Iterator[tuple[int, Record]]:
    """Yield (index, payload) of the forms in the chains: contest, form from the TPS up, place."""
    for contest in election["contests"]:
        for form in FORMS:
            for key, slot in ctx.state.slots.scan(f"{election['id']}/{contest['id']}/{form}/"):
                if not _is_in_force(ctx, election["id"], contest["region"], key):
                    continue
                chain = [one for one in slot["statements"] if one["status"] in CHAINED]
                for one in sorted(chain, key=lambda one: int(one["revision"])):
                    yield one["first"], ctx.payload(one["first"])


def _is_in_force(ctx: Context, election_id: str, top: str, slot_key: str) -> bool:
    """Tell whether a slot's place is one that the folder names: in the rosters in force."""
    _, _, _, code, *tps = slot_key.split("/")
    return rosters.is_expected(ctx.state, election_id, top, code, tps[0] if tps else None)


def _columns(payload: Record) -> Iterator[tuple[list[Any], Record]]:
    for at, child in enumerate(payload.get("children", ())):
        start = [payload["contest"], payload["form"], payload["region"], payload["revision"], child]
        yield start, {field: row[at] for field, row in payload["rows"].items()}


def _left_out(ctx: Context) -> list[list[Any]]:
    """Return [election, index, kind, status, why] of the entries that a folder cannot say."""
    rows = []
    for index in range(ctx.state.size):
        record = ctx.state.entry(index)
        status = slots.status_of(ctx.state, index)
        if not _is_said(ctx, index, record, status):
            rows.append(
                [record.get("election", ""), index, record["kind"], status, record.get("why")]
            )
    return rows


def _is_said(ctx: Context, index: int, record: Record, status: str) -> bool:
    kind = record["kind"]
    if status == "void" or kind is None:
        return False
    if kind == "form":
        top = ctx.contest(ctx.election(record["election"]), record["contest"])["region"]
        return status in CHAINED and _is_in_force(ctx, record["election"], top, record["slot"])
    if kind == "election":
        return bool(ctx.election(record["election"])["index"] == index)
    if kind == "roster":
        place = ctx.region(record["election"], record["region"])
        return bool(place and place.get("index") == index)
    return kind in _NAMED and status != "waiting"


def _settings(ctx: Context, election: Record) -> str:
    """Return election.toml; keys in the order of the format."""
    lines = [
        f"id = {_text(election['id'])}",
        f"name = {_table(election['name'])}",
        f"date = {_text(election['date'])}",
        f"mode = {_text((ctx.log or {})['mode'])}",
        f"timezone = {_text(election['timezone'])}",
    ]
    if "source" in election:
        lines.append(f"source = {_text(election['source'])}")
    for contest in election["contests"]:
        lines += ["", "[[contests]]"]
        lines += [f"{name} = {_text(contest[name])}" for name in ("id", "office", "region", "win")]
        if "date" in contest:
            lines.append(f"date = {_text(contest['date'])}")
        for name in ("follows", "population", "margin"):
            if name in contest:
                lines.append(f"{name} = {_table(contest[name])}")
        for pair in contest["pairs"]:
            lines += ["", "[[contests.pairs]]", *(f"{k} = {_value(pair[k])}" for k in pair)]
    if election.get("policy"):
        lines += ["", "[policy]"]
        lines += [f"{name} = {number}" for name, number in sorted(election["policy"].items())]
    for said in _decided(ctx, election, "determination"):
        names = ("contest", "region", "number", "basis", "decided_at", "announced_at")
        told = [f"{name} = {_text(said[name])}" for name in names if name in said]
        lines += ["", "[[determinations]]", *told]
        if "certificate" in said:
            named = ctx.state.ids.get(said["certificate"])["first"]
            lines.append(f"certificate = {ctx.payload(named)['revision']}")
    return "\n".join(lines) + "\n"


def _decided(ctx: Context, election: Record, kind: str) -> list[Record]:
    """Return the payloads of the determinations, or of the rulings, of an election, those that were
    replaced too, in the order in which they took effect.
    """
    found = []
    for contest in election["contests"]:
        kept = ctx.state.meta.get(f"{kind}/{election['id']}/{contest['id']}")
        for one in () if kept is None else kept.get("cases", [kept]):
            found += [*one["earlier"], one["index"]]
    return [ctx.payload(index) for index in sorted(found)]


_DECISIONS: Final = {
    "rulings": ("contest", "court", "number", "state", "date", "annuls", "orders", "digest"),
    "elected": ("contest", "pair", "none", "number", "announced_at"),
}
"""Name of a file and of its tables, and their fields."""


def _decision(table: str, said: Record, names: tuple[str, ...]) -> str:
    lines = [f"{name} = {_value(said[name])}" for name in names if name in said]
    return "\n".join([f"[[{table}]]", *lines])


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return _text(value)


def _table(values: Record) -> str:
    return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in sorted(values.items())) + " }"


def _text(value: str) -> str:
    """Return a TOML basic string; texts of statements hold no control characters."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _readme(election: Record) -> str:
    """Return a note that is the same for the same chains, whatever log they were read from."""
    return (
        f"# {election['name']['id']}\n\n"
        "Folder pemilihan, ditulis oleh `rekap export` dari sebuah log publik.\n\n"
        f"Sumber angka: {election.get('source', 'log itu sendiri')}\n\n"
        "Yang tidak dapat dinyatakan oleh folder ini ada di `left-out.csv`.\n"
    )
