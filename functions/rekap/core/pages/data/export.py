"""An election folder from the log: what a person could have written to make these chains.

Chains (superseded revisions and heads), first C.Hasil that stand beside another, determinations and
rulings with those that they replaced, rosters and pairs in force; of what was said around the count
what is in force, as its table in the bulk data, without the columns that only a log can know. What
a folder cannot say is left out and listed in `left-out.csv`: orphans, forms set aside or waiting,
all of places no longer in the rosters, what a later statement replaced, revocations, void entries.
Grants are not listed, but those of who does the work of another: an import names its own persons.

For an imported folder F: E1 = export(import(F)), E2 = export(import(E1)); E1 = E2 byte for byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rekap.core.ledger import incidents, pictures, rosters, rulings, slots, withheld
from rekap.core.ledger.chain import CHAINED, RIVAL
from rekap.core.ledger.state import Record
from rekap.core.pages.data import bulk
from rekap.core.pages.tables import tables
from rekap.core.pages.twins.context import Context, hour
from rekap.core.statements import attachments, regions, shapes
from rekap.core.statements import pictures as files
from rekap.core.statements.model import FORMS, STATION_FORM

_NAMED: Final = frozenset({"log", "publication", "grant", "determination", "ruling", "elected"})
_TABLES: Final[Mapping[str, frozenset[str]]] = {
    "corrections.csv": frozenset({"objection", "index"}),
    "recommendations.csv": frozenset({"revision", "index", "response"}),
    "copies.csv": frozenset({"state", "cells", "index", "form_index"}),
    "readiness.csv": frozenset({"state", "marks", "differs", "index"}),
    "incidents.csv": frozenset({"index", "answer"}),
    "pictures.csv": frozenset({"state", "index"}),
}
"""Tables of the bulk data that a folder has too, and their columns that only a log can know."""
_ENTRIES: Final = ("index", "response", "answer")
"""Columns that name the entry of what a row says."""


def folders(ctx: Context) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of every election's folder, `{election}/election.toml` first."""
    ids = (ctx.state.meta.get("elections") or {"ids": []})["ids"]
    left = _left_out(ctx)
    for one in ids:
        election = ctx.election(one)
        around = [*_around(ctx, election)]
        for name, data in (*_folder(ctx, election), *((name, data) for name, data, _ in around)):
            yield f"{one}/{name}", data
        said = frozenset[int]().union(*(entries for _, _, entries in around))
        rows = [row[1:] for row in left if row[0] in (one, "") and row[1] not in said]
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
    for name in _DECISIONS:
        said = [_decision(name, one) for one in _decided(ctx, election, name)]
        if said:
            yield f"{name}.toml", "\n\n".join(said).encode() + b"\n"
    acted = [*_acted(ctx, election)]
    if acted:
        yield "acting.toml", "\n\n".join(acted).encode() + b"\n"
    yield "README.md", _readme(election).encode()


def _around(ctx: Context, election: Record) -> Iterator[tuple[str, bytes, frozenset[int]]]:
    """Yield (name, bytes, entries) of the tables of what was said around the count: their rows of
    places in force, and the entries that these say. A table without rows is none.
    """
    there = {
        code: {tps for tps, _ in place.get("tps") or ()}
        for code, place in bulk.in_force(ctx, election)
    }
    for name, make in bulk.makers(ctx, election).items():
        if name not in _TABLES:
            continue
        rows = [
            row
            for row in csv.DictReader(io.StringIO(make().decode(), newline=""))
            if row["region"] in there and row.get("tps") in ("", None, *there[row["region"]])
        ]
        if rows:
            columns = [one for one in rows[0] if one not in _TABLES[name]]
            cells = ([_cell(one, row[one]) for one in columns] for row in rows)
            entries = (row.get(one) for row in rows for one in _ENTRIES)
            yield name, tables.write(columns, cells), frozenset(int(one) for one in entries if one)
    held = [*_withheld(ctx, election)]
    if held:
        text = "\n\n".join(_toml("withheld", one) for one, _ in held) + "\n"
        yield "withheld.toml", text.encode(), frozenset(index for _, index in held)


def _withheld(ctx: Context, election: Record) -> Iterator[tuple[Record, int]]:
    """Yield what is said of each digest that this election named first and nobody serves."""
    for digest in digests(ctx, election):
        record = withheld.of(ctx.state, digest)
        if record is not None:
            told = {name: record[name] for name in ("state", "reason", "basis")}
            yield {"digest": digest, **told}, record["index"]


def beside(ctx: Context) -> Iterator[tuple[str, str]]:
    """Yield (id of an election, path) of the words and pictures that may lie in its folder."""
    for one in (ctx.state.meta.get("elections") or {"ids": []})["ids"]:
        for digest in digests(ctx, ctx.election(one)):
            if withheld.of(ctx.state, digest) is None:
                shown = pictures.first(ctx.state, digest) is not None
                yield one, files.path(digest) if shown else attachments.path(digest)


def digests(ctx: Context, election: Record) -> Iterator[str]:
    """Yield the digests of words and pictures that an entry of this election named first."""
    for digest in (*incidents.named_words(ctx.state), *pictures.named(ctx.state)):
        named = ctx.state.entry(withheld.first(ctx.state, digest))
        if named["election"] == election["id"]:
            yield digest


def _cell(column: str, cell: str) -> str:
    """Return a cell as a folder has it: only a log knows which entry came `before` a form."""
    return "1" if column == "before" and cell else tables.unguard(cell)


def _chains(ctx: Context, election: Record) -> Iterator[tuple[int, Record]]:
    """Yield (index, payload) of the forms in the chains, a first C.Hasil beside another behind it
    with its `status`: contest, form from the TPS up, place.
    """
    for contest in election["contests"]:
        for form in FORMS:
            for key, slot in ctx.state.slots.scan(f"{election['id']}/{contest['id']}/{form}/"):
                if not _is_in_force(ctx, election["id"], contest["region"], key):
                    continue
                chain = [one for one in slot["statements"] if one["status"] in CHAINED]
                for one in sorted(chain, key=lambda one: int(one["revision"])):
                    yield one["first"], ctx.payload(one["first"])
                for one in slot["statements"]:
                    if _is_rival(form, one["status"], one["revision"]):
                        yield one["first"], {**ctx.payload(one["first"]), "status": RIVAL}


def _is_rival(form: str, status: str, revision: int) -> bool:
    return (form, status, revision) == (STATION_FORM, RIVAL, 1)


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
        told = status in CHAINED or _is_rival(
            record["slot"].split("/")[2], status, ctx.payload(index)["revision"]
        )
        return told and _is_in_force(ctx, record["election"], top, record["slot"])
    if kind == "election":
        return bool(ctx.election(record["election"])["index"] == index)
    if kind == "roster":
        place = ctx.region(record["election"], record["region"])
        return bool(place and place.get("index") == index)
    if kind not in _NAMED or status == "waiting":
        return False
    if kind == "grant" and not _is_held(ctx.election(record["election"]), record["region"]):
        return "acting" not in ctx.payload(index)
    return True


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
    if "holidays" in election:
        lines.append(f"holidays = {_value(election['holidays'])}")
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


def _acted(ctx: Context, election: Record) -> Iterator[str]:
    """Yield a table of each who does the work of an office within a contest, in the order of the
    log, with the day on which it came. A log without clocks lacks that: so says the table, which
    has the day of the last decision before it.
    """
    keys = (key for _, key in ctx.state.keys.scan("") if key["election"] == election["id"])
    said: dict[tuple[str, ...], int] = {}
    for index in sorted({key["grant"] for key in keys if "acting" in key and "tps" not in key}):
        told = ctx.payload(index)
        if not _is_held(election, told["region"]):
            continue
        said.setdefault((told["body"], told["region"], told["acting"]), index)
    decided = [
        one
        for contest in election["contests"]
        for one in rulings.decided(ctx.state, f"{election['id']}/{contest['id']}")
    ]
    for (body, code, acting), index in said.items():
        came = hour(ctx, index, election)
        days = [_day(ctx.payload(one)) for one in decided if one < index]
        day = max([election["date"], *days]) if came is None else came[: shapes.DATE_LENGTH]
        fields = {"body": body, "region": code, "acting": acting, "date": day}
        yield _toml("acting", fields) if came else f"{_NO_DAY}\n{_toml('acting', fields)}"


def _is_held(election: Record, code: str) -> bool:
    """Tell whether a region lies within a contest: an import refuses who acts above all of them."""
    return any(regions.is_within(code, one["region"]) for one in election["contests"])


def _day(decision: Record) -> str:
    return str(decision.get("announced_at") or decision["date"])[: shapes.DATE_LENGTH]


_NO_DAY: Final = "# The log has no clock: the day of the decision before it, or of the vote."
_DECISIONS: Final = ("rulings", "elected")
"""Names of files and of their tables, and of what the state keeps of them."""
_DERIVED: Final = frozenset(
    {"kind", "log", "at", "election", "contest", "region", "revision", "previous"}
)
"""What a decision says that its folder has elsewhere, and its contest, which is said first."""


def _decision(table: str, said: Record) -> str:
    names = ["contest", *(name for name in said if name not in _DERIVED)]
    return _toml(table, {name: said[name] for name in names})


def _toml(table: str, fields: Record) -> str:
    return "\n".join([f"[[{table}]]", *(f"{name} = {_value(fields[name])}" for name in fields)])


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
