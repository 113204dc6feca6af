"""A whole contest at one glance: what is missing, and where its levels differ.

    {election}/data/                              all tables with their sizes, and the two below
    {election}/data/{contest}/belum-masuk/        every expected TPS without a form in force
    {election}/data/{contest}/selisih/            every place where two levels differ, largest first

Pages of bulk data: a function of the first `data_size` entries, refreshed with the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rekap import codec
from rekap.forms import regions
from rekap.ledger import addresses, findings
from rekap.ledger.state import Record
from rekap.publish import figures, stations
from rekap.publish.context import (
    Context,
    Twin,
    common,
    crumbs,
    has_stations_in_source,
    region_view,
)
from rekap.publish.slots import finding_view, place

MISSING_COLUMNS: Final = (
    "contest", "region", "tps", "registered", "waiting", "name", "kecamatan", "kabko",
)  # fmt: skip
GAP_COLUMNS: Final = (
    "contest", "form", "region", "child", "rule", "field", "below", "above", "difference",
    "explanation",
)  # fmt: skip
LISTED: Final = 100
"""Differences that a page lists; the table has all."""
NAMED: Final = 150
"""Missing TPS that a page names; of more it counts those of each kecamatan."""
_RULES: Final = ("D1", "X1")
"""The rules that compare two levels figure by figure."""

Absent = tuple[str, str, int | None, bool]
"""Kelurahan, TPS, registered, whether a form waits for signatures."""


def absent(ctx: Context, election: Record, contest: Record) -> list[Absent]:
    """Return the expected TPS without a form in force, in the order of codes.

    None where the source of a replay has no forms of TPS: nothing was ever to come.
    """
    name = f"absent/{election['id']}/{contest['id']}"
    return ctx.once(name, lambda: list(_absent(ctx, election, contest)))


def _absent(ctx: Context, election: Record, contest: Record) -> Iterator[Absent]:
    if not has_stations_in_source(contest):
        return
    for kelurahan in _kelurahan(ctx, election, contest["region"]):
        registered = dict((ctx.region(election["id"], kelurahan) or {}).get("tps") or ())
        for tps, status in stations.lacking(ctx, election, contest, kelurahan).items():
            yield kelurahan, tps, registered.get(tps), status == "waiting"


def _kelurahan(ctx: Context, election: Record, code: str) -> Iterator[str]:
    """Yield the kelurahan at and below a region, in the rosters in force."""
    if regions.depth(code) == 4:
        yield code
        return
    for kid in figures.listed_children(ctx, election["id"], code):
        yield from _kelurahan(ctx, election, kid)


def gaps(ctx: Context, election: Record, contest: Record) -> list[Twin]:
    """Return the places where two levels differ, those with the largest difference first.

    `figures` has [field, below, above] of each figure that differs: what the level below says (the
    form itself, or the sum), and what the form above says of it.
    """

    def order(gap: Twin) -> tuple[int, str, str]:
        return -gap["largest"], gap["region"], gap["child"] or ""

    name = f"gaps/{election['id']}/{contest['id']}"
    return ctx.once(name, lambda: sorted(_found(ctx, election, contest), key=order))


def _found(ctx: Context, election: Record, contest: Record) -> Iterator[Twin]:
    for key, finding in ctx.state.findings.scan(f"{election['id']}/{contest['id']}/"):
        if finding["rule"] in _RULES:
            slot_key = key.split("|")[0]
            rows = _compared(ctx, election, contest, slot_key, finding)
            view = finding_view(ctx, election, contest, slot_key, finding)
            if finding["rule"] == "X1":
                view["place"] = _column(ctx, election, contest, view)
            yield {**view, "figures": rows, "largest": max(map(_size, rows), default=0)}


def _column(ctx: Context, election: Record, contest: Record, view: Twin) -> Twin:
    """Return the place whose column differs: a TPS, or a region below that of the form."""
    if view["form"] == "d_hasil_kelurahan":
        return place(ctx, election, contest, view["region"], view["child"])
    return place(ctx, election, contest, view["child"])


def _compared(
    ctx: Context, election: Record, contest: Record, slot_key: str, finding: Record
) -> list[tuple[str, int, int]]:
    """Return (field, figure below, figure above) of what a finding compares, as far as both are."""
    if finding["rule"] == "X1":
        above = ctx.state.columns.get(f"{slot_key}/{finding['child']}") or {}
        below = (ctx.slot(findings.slot_of_child(slot_key, finding["child"])) or {})["figures"]
    else:
        code = slot_key.split("/")[3]
        above = (ctx.slot(slot_key) or {})["figures"]
        record = figures.total_of(ctx, election, contest, code)
        sums = figures.sum_view(figures.expected_of(ctx, election, code), record)["fields"]
        below = {field: value for field, (value, _) in sums.items()}
    rows = [(field, below.get(field), above.get(field)) for field in finding["fields"]]
    return [(f, low, high) for f, low, high in rows if low is not None and high is not None]


def _size(row: tuple[str, int, int]) -> int:
    return abs(row[2] - row[1])


def tables(ctx: Context, election: Record) -> dict[str, tuple[tuple[str, ...], Iterable[Any]]]:
    """Return {file: (columns, rows)} of the two tables, over all contests of an election."""
    return {
        "missing.csv": (MISSING_COLUMNS, list(_missing_rows(ctx, election))),
        "differences.csv": (GAP_COLUMNS, list(_gap_rows(ctx, election))),
    }


def _missing_rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    for contest in election["contests"]:
        for code, tps, registered, waiting in absent(ctx, election, contest):
            above = (code, *regions.ancestors(code))[:3]
            names = [ctx.name(election["id"], one) for one in above]
            yield [contest["id"], code, tps, registered, int(waiting), *names]


def _gap_rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    for contest in election["contests"]:
        for gap in gaps(ctx, election, contest):
            explanation = gap["explanation"]
            start = [contest["id"], gap["form"], gap["region"], gap["child"], gap["rule"]]
            for field, below, above in gap["figures"]:
                text = explanation["text"] if explanation else None
                yield [*start, field, below, above, above - below, text]


def pages(
    ctx: Context, election: Record, made: Mapping[str, tuple[Twin, int, int]]
) -> Iterator[Twin]:
    """Yield the twins of an election's pages of bulk data.

    `made` has (title in each language, rows, bytes) of each table by the name of its file.
    """
    contests = []
    for contest in election["contests"]:
        missing, differing = _missing(ctx, election, contest), _gaps(ctx, election, contest)
        yield missing
        yield differing
        contests.append(
            {
                "id": contest["id"],
                "office": contest["office"],
                "region": region_view(ctx, election, contest["region"])
                if contest["region"] != regions.COUNTRY
                else None,
                "address": addresses.region(
                    election["id"], contest["id"], contest["region"], contest["region"]
                ),
                "source_has_c": missing["source_has_c"],
                "stations": missing["stations"],
                "missing": missing["address"],
                "gaps": differing["counts"],
                "differences": differing["address"],
            }
        )
    twin = _common(ctx, "data", f"{election['id']}/data/", election)
    twin["crumbs"] = [{"name": election["name"], "address": addresses.election(election["id"])}]
    twin["contests"] = contests
    twin["tables"] = [
        {"file": file, "title": title, "rows": rows, "bytes": size}
        for file, (title, rows, size) in made.items()
    ]
    yield twin


def _common(
    ctx: Context, page: str, address: str, election: Record, contest: Record | None = None
) -> Twin:
    """Return what every twin states; the prefix of bulk data is the whole of this state."""
    twin = common(ctx, page, address, election, contest)
    return twin | {"as_of": ctx.state.size, "root": codec.b64encode(ctx.state.root())}


def _missing(ctx: Context, election: Record, contest: Record) -> Twin:
    """The twin of `belum-masuk/` of a contest: TPS by kecamatan, by name while they are few."""
    address = f"{election['id']}/data/{contest['id']}/belum-masuk/"
    code = contest["region"]
    found = absent(ctx, election, contest)
    twin = _common(ctx, "absent", address, election, contest)
    record = figures.total_of(ctx, election, contest, code)
    kecamatan: dict[str, list[Absent]] = {}
    for one in found:
        kecamatan.setdefault(regions.parent(one[0]), []).append(one)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code) if code != regions.COUNTRY else None,
        "source_has_c": has_stations_in_source(contest),
        "stations": figures.stations_view(figures.expected_of(ctx, election, code), record)
        | {"absent": len(found), "waiting": sum(one[3] for one in found)},
        "named": len(found) <= NAMED,
        "kecamatan": [
            _absent_in(ctx, election, contest, one, some, named=len(found) <= NAMED)
            for one, some in kecamatan.items()
        ],
    }
    return twin


def _absent_in(
    ctx: Context, election: Record, contest: Record, code: str, found: list[Absent], *, named: bool
) -> Twin:
    return {
        **place(ctx, election, contest, code),
        "above": ctx.name(election["id"], regions.parent(code)),
        "missing": len(found),
        "tps": [place(ctx, election, contest, *one[:2]) for one in found] if named else [],
    }


def _gaps(ctx: Context, election: Record, contest: Record) -> Twin:
    address = f"{election['id']}/data/{contest['id']}/selisih/"
    code = contest["region"]
    found = gaps(ctx, election, contest)
    answered = sum(1 for one in found if one["explanation"])
    twin = _common(ctx, "gaps", address, election, contest)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code) if code != regions.COUNTRY else None,
        "counts": {"open": len(found) - answered, "answered": answered},
        "gaps": found[:LISTED],
    }
    return twin
