"""A whole contest at one glance: what is missing, and where its levels differ.

    {election}/data/                              all tables with their sizes, and the two below
    {election}/data/{contest}/belum-masuk/        every expected TPS without a form in force
    {election}/data/{contest}/selisih/            every place where two levels differ, largest first

and the pages of `times`. Pages of bulk data: a function of the first `data_size` entries, refreshed
with the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from rekap.core.ledger import addresses, corrections, findings, totals
from rekap.core.ledger.state import Record
from rekap.core.pages.tables.rows import figure_rows
from rekap.core.pages.twins import copies, figures, stations, times
from rekap.core.pages.twins.context import (
    Context,
    Twin,
    bulk_common,
    crumbs,
    has_stations_in_source,
    region_view,
)
from rekap.core.pages.twins.slots import column_place, finding_view, place
from rekap.core.pages.words.apart import votes_apart
from rekap.core.statements import regions
from rekap.core.statements.model import FORM_OF_LEVEL

MISSING_COLUMNS: Final = (
    "contest", "region", "tps", "registered", "waiting", "missing", "name", "kecamatan", "kabko",
)  # fmt: skip
GAP_COLUMNS: Final = (
    "contest", "form", "region", "child", "rule", "field", "below", "above", "difference",
    "missing", "explanation", "basis",
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

    None where the source of a replay has no forms of TPS: see `uncounted`.
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
    """Return the places where two levels differ, those with most votes apart first.

    `figures` has [field, below, above] of each figure that differs: what the level below says (the
    form itself, or the sum), and what the form above says of it. `missing` are the stations that
    the sum lacks; with any missing no rule is broken, and `rule` and `index` are null.
    """

    def order(gap: Twin) -> tuple[int, int, str, str]:
        return -gap["apart"], -gap["largest"], gap["region"], gap["child"] or ""

    def find() -> list[Twin]:
        found = [*_found(ctx, election, contest), *_incomplete(ctx, election, contest)]
        return sorted(found, key=order)

    return ctx.once(f"gaps/{election['id']}/{contest['id']}", find)


def _found(ctx: Context, election: Record, contest: Record) -> Iterator[Twin]:
    for key, finding in ctx.state.findings.scan(f"{election['id']}/{contest['id']}/"):
        if finding["rule"] in _RULES:
            slot_key = key.split("|")[0]
            rows = _compared(ctx, election, contest, slot_key, finding)
            view = finding_view(ctx, election, contest, slot_key, finding)
            if finding["rule"] == "X1":
                view["place"] = column_place(ctx, election, contest, slot_key, view["child"])
            yield view | _sized(contest, rows) | {"missing": 0}


def _sized(contest: Record, rows: list[tuple[str, int, int]]) -> Twin:
    """Return what a list shows of figures that differ: the rows, the largest, the votes apart."""
    difference = {field: above - below for field, below, above in rows}
    return {
        "figures": rows,
        "largest": max(map(_size, rows), default=0),
        "apart": votes_apart(contest, difference),
    }


def _incomplete(ctx: Context, election: Record, contest: Record) -> Iterator[Twin]:
    """Yield certified regions whose sum lacks stations and differs by now.

    A region of which every child has a certified form is left out: its children tell where.
    """
    for form in FORM_OF_LEVEL.values():
        prefix = f"{election['id']}/{contest['id']}/{form}/"
        for key, slot in ctx.state.slots.scan(prefix):
            code = key[len(prefix) :]
            if not slot.get("head"):
                continue
            record = figures.total_of(ctx, election, contest, code)
            expected = figures.expected_of(ctx, election, code)
            compared = figures.comparison(
                ctx, election, contest, code, slot["figures"], expected, record
            )
            gaps = {field for field, gap in compared["difference"].items() if gap}
            if (
                compared["state"] != "incomplete"
                or not gaps
                or _is_told(ctx, election, contest, code)
            ):
                continue
            sums = figures.sum_view(expected, record)["fields"]
            rows = [
                (field, sums[field][0], slot["figures"][field])
                for field in figure_rows(slot["figures"])
                if field in gaps
            ]
            yield _sized(contest, rows) | {
                "rule": None, "part": None, "child": None, "form": form, "region": code,
                "tps": None, "place": place(ctx, election, contest, code), "index": None,
                "explanation": None, "missing": totals.missing(expected, record),
            }  # fmt: skip


def _is_told(ctx: Context, election: Record, contest: Record, code: str) -> bool:
    if regions.depth(code) == 4:
        return False
    kids = figures.listed_children(ctx, election["id"], code)
    return bool(kids) and all(figures.head_of(ctx, election, contest, kid) for kid in kids)


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


def _missing_rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    for contest in election["contests"]:
        for code, tps, registered, waiting in absent(ctx, election, contest):
            names = _names(ctx, election, code)
            yield [contest["id"], code, tps, registered, int(waiting), 1, *names]
        for code, count in uncounted(ctx, election, contest):
            names = _names(ctx, election, code)
            yield [contest["id"], code, None, None, 0, count, *names]


def _names(ctx: Context, election: Record, code: str) -> list[str | None]:
    """Return the names of the kelurahan, kecamatan and kab/kota at or above a region."""
    above = {regions.depth(one): one for one in (code, *regions.ancestors(code))}
    return [ctx.name(election["id"], above[at]) if at in above else None for at in (4, 3, 2)]


def uncounted(ctx: Context, election: Record, contest: Record) -> list[tuple[str, int]]:
    """Return (region, stations that its sum lacks) where a source counts them without their forms.

    The lowest regions that the source has figures of; none where forms of TPS are expected.
    """
    if has_stations_in_source(contest):
        return []
    name = f"uncounted/{election['id']}/{contest['id']}"
    return ctx.once(name, lambda: list(_uncounted(ctx, election, contest, contest["region"])))


def _uncounted(
    ctx: Context, election: Record, contest: Record, code: str
) -> Iterator[tuple[str, int]]:
    record = figures.total_of(ctx, election, contest, code)
    lacking = totals.missing(figures.expected_of(ctx, election, code), record)
    if not lacking:
        return
    kids = figures.listed_children(ctx, election["id"], code)
    if any(figures.total_of(ctx, election, contest, kid) for kid in kids):
        for kid in kids:
            yield from _uncounted(ctx, election, contest, kid)
    else:
        yield code, lacking


def explained(explanation: Record | None) -> tuple[str | None, str | None]:
    """Return two cells: the text that explains a finding, and the basis of corrections that do."""
    if explanation is None:
        return None, None
    below = "below" if corrections.are_below(explanation) else None
    return explanation["text"], below or " ".join(explanation["basis"]) or None


def _gap_rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    for contest in election["contests"]:
        for gap in gaps(ctx, election, contest):
            explanation = gap["explanation"]
            start = [contest["id"], gap["form"], gap["region"], gap["child"], gap["rule"]]
            for field, below, above in gap["figures"]:
                yield [
                    *start, field, below, above, above - below, gap["missing"],
                    *explained(explanation),
                ]  # fmt: skip


Table = tuple[tuple[str, ...], Iterable[Any]]
"""Columns and rows."""
TABLES: Final[Mapping[str, Callable[[Context, Record], Table]]] = {
    "missing.csv": lambda ctx, election: (MISSING_COLUMNS, _missing_rows(ctx, election)),
    "differences.csv": lambda ctx, election: (GAP_COLUMNS, _gap_rows(ctx, election)),
}
"""The two tables by their file, over all contests of an election."""


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
        over_time = list(times.pages(ctx, election, contest))
        yield from over_time
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
                "times": over_time[0]["address"] if over_time else None,
                "copies": copies.of_contest(ctx, election, contest),
            }
        )
    twin = bulk_common(ctx, "data", addresses.data(election["id"]), election)
    twin["crumbs"] = [{"name": election["name"], "address": addresses.election(election["id"])}]
    twin["contests"] = contests
    twin["tables"] = [
        {"file": file, "title": title, "rows": rows, "bytes": size}
        for file, (title, rows, size) in made.items()
    ]
    yield twin


def _missing(ctx: Context, election: Record, contest: Record) -> Twin:
    """The twin of `belum-masuk/` of a contest: TPS by kecamatan, by name while they are few."""
    address = addresses.missing(election["id"], contest["id"])
    code = contest["region"]
    found = absent(ctx, election, contest)
    twin = bulk_common(ctx, "absent", address, election, contest)
    record = figures.total_of(ctx, election, contest, code)
    counted = sum(count for _, count in uncounted(ctx, election, contest))
    kecamatan: dict[str, list[Absent]] = {}
    for one in found:
        kecamatan.setdefault(regions.parent(one[0]), []).append(one)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code) if code != regions.COUNTRY else None,
        "source_has_c": has_stations_in_source(contest),
        "stations": figures.stations_view(figures.expected_of(ctx, election, code), record)
        | {"absent": len(found) + counted, "waiting": sum(one[3] for one in found)},
        "named": len(found) <= NAMED,
        "kecamatan": [
            _absent_in(ctx, election, contest, one, some, named=len(found) <= NAMED)
            for one, some in kecamatan.items()
        ],
        "uncounted": [
            {
                **place(ctx, election, contest, one),
                "above": ctx.name(election["id"], regions.parent(one)),
                "missing": count,
            }
            for one, count in uncounted(ctx, election, contest)
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
    address = f"{addresses.data(election['id'])}{contest['id']}/selisih/"
    code = contest["region"]
    found = gaps(ctx, election, contest)
    answered = sum(1 for one in found if one["explanation"])
    incomplete = sum(1 for one in found if one["missing"])
    twin = bulk_common(ctx, "gaps", address, election, contest)
    twin |= {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code) if code != regions.COUNTRY else None,
        "counts": {
            "open": len(found) - answered - incomplete,
            "answered": answered,
            "incomplete": incomplete,
        },
        "gaps": found[:LISTED],
    }
    return twin
