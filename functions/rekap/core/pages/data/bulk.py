"""Bulk data of an election, `{election}/data/`: everything in force at one size, as CSV and pages.

A function of the first `data_size` entries and nothing else. Its cost is the election's size; it is
refreshed when the log is quiet or every ten minutes, never for one form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from typing import Any, Final

from rekap.core import codec
from rekap.core.ledger import addresses
from rekap.core.ledger.state import Record
from rekap.core.pages.data import codebook, feeds, results, revisions
from rekap.core.pages.tables import tables
from rekap.core.pages.twins import (
    copies,
    corrected,
    feed_addresses,
    incidents,
    notices,
    pictures,
    readiness,
    recommendations,
    times,
    whole,
)
from rekap.core.pages.twins.context import Context
from rekap.core.pages.twins.listings import head_row
from rekap.core.statements import regions
from rekap.core.statements.model import FORMS, figure_fields

Known = Callable[[str], bytes | None]
"""Gives the bytes of a file that was written already at this size, or None."""
Shown = Callable[[Record, bytes], Iterable[tuple[str, bytes]]]
"""Gives (path, bytes) of what readers see of a twin, from the twin and its bytes."""
FINDING_COLUMNS: Final = (
    "contest", "form", "region", "tps", "revision", "rule", "child", "strength", "fields",
    "expected", "found", "explanation", "basis",
)  # fmt: skip


def unknown(_: str) -> bytes | None:
    """No file is known: all are made."""
    return None


def files(
    ctx: Context, election: Record, shown: Shown, known: Known = unknown
) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of the bulk files of one election, each when it is made.

    A table that is `known` is not made again. datapackage.json is the last file.
    """
    folder = addresses.data(election["id"])
    made: dict[str, bytes] = {}
    for name, make in makers(ctx, election).items():
        data = known(folder + name)
        made[name] = make() if data is None else data
        yield folder + name, made[name]
    headers: dict[str, Sequence[str]] = {_stem(name): _header(data) for name, data in made.items()}
    headers["codebook"] = codebook.COLUMNS
    made["codebook.csv"] = tables.write(codebook.COLUMNS, codebook.rows(headers))
    yield f"{folder}codebook.csv", made["codebook.csv"]
    sizes = {
        name: (codebook.title(_stem(name)), data.count(b"\n") - 1, len(data))
        for name, data in made.items()
    }
    for twin in whole.pages(ctx, election, sizes):
        encoded = codec.encode_public(twin)
        yield f"{twin['address']}index.json", encoded
        yield from shown(twin, encoded)
    yield folder + feed_addresses.CORRECTIONS, feeds.of_election(ctx, election)
    yield folder + "datapackage.json", codec.encode_public(_package(ctx, election, made))


def makers(ctx: Context, election: Record) -> dict[str, Callable[[], bytes]]:
    """Return what makes each table, in the order in which they are written."""
    made: dict[str, Callable[[], bytes]] = {
        "results.csv": lambda: _results(ctx, election),
        "forms.csv": lambda: _forms(ctx, election),
        "rows.csv": lambda: _rows(ctx, election),
        "regions.csv": lambda: regions_csv(ctx, election),
        "roster.csv": lambda: roster_csv(ctx, election),
        "pairs.csv": lambda: _pairs(election),
        "findings.csv": lambda: _findings(ctx, election),
        "revisions.csv": lambda: tables.write(revisions.COLUMNS, revisions.rows(ctx, election)),
        "corrections.csv": lambda: tables.write(corrected.COLUMNS, corrected.rows(ctx, election)),
        "register.csv": lambda: _register(ctx, election),
        "recommendations.csv": lambda: tables.write(
            recommendations.COLUMNS, recommendations.rows(ctx, election)
        ),
        "copies.csv": lambda: _copies(ctx, election),
        "notices.csv": lambda: tables.write(notices.COLUMNS, notices.rows(ctx, election)),
        "pictures.csv": lambda: tables.write(pictures.COLUMNS, pictures.rows(ctx, election)),
        "incidents.csv": lambda: tables.write(incidents.COLUMNS, incidents.rows(ctx, election)),
        "time.csv": lambda: _times(ctx, election),
        "readiness.csv": lambda: tables.write(readiness.COLUMNS, readiness.rows(ctx, election)),
    }
    for name, make in whole.TABLES.items():
        made[name] = partial(_whole, make, ctx, election)
    return made


def _whole(make: Callable[[Context, Record], whole.Table], ctx: Context, election: Record) -> bytes:
    return tables.write(*make(ctx, election))


def _results(ctx: Context, election: Record) -> bytes:
    listed = [code for code, _ in in_force(ctx, election)]
    return tables.write(results.COLUMNS, results.rows(ctx, election, listed))


def _times(ctx: Context, election: Record) -> bytes:
    pairs = pair_count(election)
    return tables.write(times.columns(pairs), times.rows(ctx, election, pairs))


def heads(ctx: Context, election: Record) -> Iterator[tuple[str, Record]]:
    """Yield (slot key, slot) of every slot with a head: by contest, form from the TPS up, place."""
    for contest in election["contests"]:
        for form in FORMS:
            for key, slot in ctx.state.slots.scan(f"{election['id']}/{contest['id']}/{form}/"):
                if slot.get("head"):
                    yield key, slot


def pair_count(election: Record) -> int:
    """Return the largest number of pairs of any contest."""
    return max(len(contest["pairs"]) for contest in election["contests"])


def _forms(ctx: Context, election: Record) -> bytes:
    rows = [head_row(key, slot) for key, slot in heads(ctx, election)]
    return tables.forms(rows, pair_count(election))


def _rows(ctx: Context, election: Record) -> bytes:
    lines: list[tuple[list[Any], Record]] = []
    for key, slot in heads(ctx, election):
        _, contest, form, code, *_ = key.split("/")
        for column_key, column in ctx.state.columns.scan(f"{key}/"):
            start = [contest, form, code, slot["revision"], column_key[len(key) + 1 :]]
            lines.append((start, column))
    return rows_csv(lines, pair_count(election))


def _copies(ctx: Context, election: Record) -> bytes:
    return _with_figures(copies.COLUMNS, [*copies.rows(ctx, election)], pair_count(election))


def rows_csv(lines: list[tuple[list[Any], Record]], pairs: int) -> bytes:
    """Return rows.csv from ([contest, form, region, revision, child], {field: cell})."""
    return _with_figures(("contest", "form", "region", "revision", "child"), lines, pairs)


def _with_figures(
    columns: Sequence[str], lines: list[tuple[list[Any], Record]], pairs: int
) -> bytes:
    """Return a table of (first cells, figures), with the figures that any line reports."""
    reported = {field for _, figures in lines for field in figures}
    fields = [field for field in figure_fields(pairs) if field in reported]
    return tables.write(
        (*columns, *fields),
        ([*start, *(figures.get(field) for field in fields)] for start, figures in lines),
    )


def places(ctx: Context, election: Record) -> Iterator[tuple[str, Record]]:
    """Yield (code, record) of every region that a roster names, in the order of codes."""
    for key, record in ctx.state.regions.scan(f"{election['id']}/"):
        code = key.split("/")[1]
        if code != regions.COUNTRY:
            yield code, record


def in_force(ctx: Context, election: Record) -> Iterator[tuple[str, Record]]:
    """Yield the regions that are listed, and whose regions above are all listed too."""
    gone = ""
    for code, place in places(ctx, election):
        if gone and regions.is_below(code, gone):
            continue
        gone = "" if place["listed"] else code
        if place["listed"]:
            yield code, place


def regions_csv(ctx: Context, election: Record) -> bytes:
    """Return regions.csv: the regions in the rosters in force."""
    rows = (
        [code, place["name"], regions.level(code), _parent(code)]
        for code, place in in_force(ctx, election)
    )
    return tables.write(("code", "name", "level", "parent"), rows)


def _parent(code: str) -> str | None:
    above = regions.parent(code)
    return None if above == regions.COUNTRY else above


def roster_csv(ctx: Context, election: Record) -> bytes:
    """Return roster.csv: the TPS in the rosters in force."""
    rows = (
        [code, tps, registered]
        for code, place in in_force(ctx, election)
        for tps, registered in place.get("tps") or ()
    )
    return tables.write(("region", "tps", "registered"), rows)


def _note(said: Record) -> str:
    """`died:2024-11-25`, of the second of a pair's candidates `died:2024-11-25:2`."""
    return ":".join(str(said[name]) for name in ("code", "date", "who") if name in said)


def _pairs(election: Record) -> bytes:
    rows = (
        [
            contest["id"],
            pair["number"],
            *(*pair.get("names", ()), None, None)[:2],
            int(pair.get("empty_column", False)),
            " ".join(map(_note, pair.get("notes", ()))) or None,
        ]
        for contest in election["contests"]
        for pair in contest["pairs"]
    )
    columns = ("contest", "number", "name", "running_mate", "empty_column", "notes")
    return tables.write(columns, rows)


def _findings(ctx: Context, election: Record) -> bytes:
    rows = []
    for key, slot in heads(ctx, election):
        _, contest, form, code, *tps = key.split("/")
        for _, found in ctx.state.findings.scan(f"{key}|"):
            rows.append(
                [
                    contest, form, code, tps[0] if tps else None, slot["revision"], found["rule"],
                    found["child"], "hard" if found["hard"] else "soft", " ".join(found["fields"]),
                    found["expected"], found["found"],
                    *whole.explained(found["explanation"]),
                ]
            )  # fmt: skip
    return tables.write(FINDING_COLUMNS, rows)


def _register(ctx: Context, election: Record) -> bytes:
    names = ("alg", "key", "body", "person", "position", "region", "tps", "pair",
             "organisation", "acting", "grant", "revoked", "suspect_from")  # fmt: skip
    rows = (
        [keyid, *(key.get(name) for name in names)]
        for keyid, key in ctx.state.keys.scan("")
        if key["election"] in (election["id"], "")
    )
    return tables.write(("keyid", *names), rows)


def _stem(name: str) -> str:
    return name.removesuffix(".csv")


def _header(data: bytes) -> list[str]:
    """Return the columns of a file; their names are never quoted."""
    return data.partition(b"\n")[0].decode().split(",")


def _package(ctx: Context, election: Record, made: dict[str, bytes]) -> dict[str, Any]:
    """Return the description of the files (Frictionless Data Package) with size and root."""
    size = ctx.state.size
    log = ctx.log or {}
    package = {
        "profile": "tabular-data-package",
        "name": election["id"],
        "title": election["name"]["id"],
        "title_en": election["name"]["en"],
        "mode": log.get("mode"),
        "origin": log.get("log"),
        "size": size,
        "root": codec.b64encode(ctx.state.root()),
        "resources": [_resource(name, data) for name, data in made.items()],
    }
    if "source" in election:
        package["sources"] = [{"title": election["source"]}]
    return package


def _resource(name: str, data: bytes) -> dict[str, Any]:
    title = codebook.title(_stem(name))
    return {
        "profile": "tabular-data-resource",
        "name": _stem(name),
        "path": name,
        "title": title["id"],
        "title_en": title["en"],
        "mediatype": "text/csv",
        "format": "csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256(data).hexdigest()}",
        "dialect": codebook.DIALECT,
        "schema": codebook.schema(_stem(name), _header(data)),
    }
