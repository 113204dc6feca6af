"""What TPS have on the eve and what came back: at the TPS, its kelurahan, and the page of the day.

Rule R15 is tested here, whenever a page is made. `{election}/hari-ini/…` is there once a TPS of the
region has said something; how many forms are in it does not say: their pages do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import addresses, incidents, readiness, rosters
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin, common, region_view
from rekap.core.pages.twins.copies import form_of
from rekap.core.pages.twins.incidents import meeting
from rekap.core.pages.twins.slots import doubts, explanation_of
from rekap.core.statements import regions
from rekap.core.statements.model import ARRIVED, FORM_OF_LEVEL

SHOWN: Final = 24
"""TPS where something lacks, and TPS that are silent, that a page of the day names."""
COLUMNS: Final = (
    "region", "tps", "step", "ballots", "items", "lacks", "boxes", "seals_whole", "seals_broken",
    "state", "marks", "differs", "index",
)  # fmt: skip
LISTS: Final = {
    "ballots": ("contest", "sheets"), "items": ("item", "number"),
    "lacks": ("item", "lack", "number", "contest"),
}  # fmt: skip
"""What stands in one cell, each with the parts of one of it."""
_COUNTS: Final = (*readiness.LISTED, "listed", "silent")


def of_station(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> Twin | None:
    """Return {arrived, returned, sheets, explanation}, null where nothing was said of the TPS.

    `sheets` are the ballots of this contest: {arrived, form, state}, `state` one of SHEETS.
    """
    said = readiness.of_station(ctx.state, election["id"], code, tps)
    if not any(said.values()):
        return None
    arrived = said[ARRIVED]
    slot = form_of(ctx, election, contest, code, tps)
    return {
        **{step: None if one is None else _said(ctx, one) for step, one in said.items()},
        "sheets": {
            "arrived": readiness.sheets(arrived, contest["id"]),
            "form": ((slot or {}).get("figures") or {}).get("ballots_received"),
            "state": readiness.compare(arrived, contest["id"], slot),
        },
        "explanation": explanation_of(slot, "R15"),
        "today": addresses.today(election["id"], election["base"], regions.parent(code)),
    }


def _said(ctx: Context, record: Record) -> Twin:
    own = {name: one for name, one in record.items() if name != "statement"}
    return {
        "items": [],
        **own,
        "lacks": _lacks(record),
        "marks": _marks(ctx, record),
    }


def _marks(ctx: Context, record: Record) -> list[str]:
    return [one["mark"] for one in doubts(ctx, "readiness", record["index"])]


def _lacks(record: Record) -> list[Twin]:
    return [
        {name: one.get(name) for name in ("item", "lack", "contest", "number")}
        for one in record.get("lacks", ())
    ]


def of_kelurahan(ctx: Context, election: Record, contest: Record, code: str) -> Twin | None:
    """Return _COUNTS and `different`, null where nobody said anything; `different` are TPS whose
    form received other ballots than arrived (R15).
    """
    if not _is_told(ctx, election, code):
        return None
    said = readiness.of_kelurahan(ctx.state, election["id"], code)
    arrived = (*said[readiness.READY], *said[readiness.LACKING])
    return {
        **_counts(ctx, election, code),
        "different": sum(_differs(ctx, election, contest, code, tps) for tps in arrived),
    }


def _is_told(ctx: Context, election: Record, code: str) -> bool:
    if regions.depth(code) != 4:
        return False
    return any(readiness.of_kelurahan(ctx.state, election["id"], code).values())


def page_of(ctx: Context, election: Record, code: str) -> str | None:
    """The page of the day that a region's page leads to: its own, or of a kelurahan that said
    something that of its kecamatan: what others say touches no kelurahan.
    """
    if _is_told(ctx, election, code):
        return _page(ctx, election, regions.parent(code))
    return _page(ctx, election, code)


def _differs(ctx: Context, election: Record, contest: Record, code: str, tps: str) -> bool:
    arrived = readiness.of_station(ctx.state, election["id"], code, tps)[ARRIVED]
    slot = form_of(ctx, election, contest, code, tps)
    return readiness.compare(arrived, contest["id"], slot) == "different"


def _page(ctx: Context, election: Record, code: str) -> str | None:
    """The address of a region's page of the day, if it has one by now."""
    page = addresses.today(election["id"], election["base"], code)
    return page if page is not None and ctx.state.site.get(page) is not None else None


def _counts(ctx: Context, election: Record, code: str) -> dict[str, int]:
    """Return how many TPS of a region's rosters in force are listed, silent, and each of LISTED."""
    counts = dict.fromkeys(_COUNTS, 0)
    for _, listed, said in _kelurahan(ctx, election, code):
        counts["listed"] += len(listed)
        for name in readiness.LISTED:
            counts[name] += len(listed.intersection(said[name]))
    counts["silent"] = counts["listed"] - counts[readiness.READY] - counts[readiness.LACKING]
    return counts


def _kelurahan(
    ctx: Context, election: Record, code: str
) -> Iterator[tuple[str, set[str], dict[str, list[str]]]]:
    """Yield (kelurahan, its listed TPS, those that said something) below a region, listed ones."""
    if regions.depth(code) == 4:
        record = ctx.region(election["id"], code) or {}
        listed = {number for number, _ in record.get("tps") or ()}
        yield code, listed, readiness.of_kelurahan(ctx.state, election["id"], code)
        return
    for kid in ctx.children(election["id"], code):
        if rosters.is_listed(ctx.state, election["id"], kid):
            yield from _kelurahan(ctx, election, kid)


def today(ctx: Context, election: Record, code: str) -> Twin:
    """Return the twin of `hari-ini/…`: what is ready, what lacks, who is silent; cases, meetings.

    At a kecamatan the TPS that lack something, are silent or are in doubt are named.
    """
    address = str(addresses.today(election["id"], election["base"], code))
    contests = _contests(election, code)
    twin = common(ctx, "today", address, election)
    named = _named(ctx, election, code, contests[0])
    children = [
        {
            **region_view(ctx, election, kid),
            "address": _page(ctx, election, kid)
            or addresses.region(election["id"], contests[0]["id"], contests[0]["region"], kid),
            **_counts(ctx, election, kid),
        }
        for kid in ctx.children(election["id"], code)
        if rosters.is_listed(ctx.state, election["id"], kid)
    ]
    return twin | {
        "crumbs": _crumbs(ctx, election, code),
        "region": region_view(ctx, election, code),
        "counts": {name: sum(kid[name] for kid in children) for name in _COUNTS},
        **{name: rows[:SHOWN] for name, rows in named.items()},
        "more": {name: len(rows[SHOWN:]) for name, rows in named.items()},
        "children": children,
        "contests": [_contest(ctx, election, one, code) for one in contests],
        "table": addresses.data(election["id"]) + "readiness.csv",
        "evidence": sorted(ctx.names(election, code)),
    }


def _contests(election: Record, code: str) -> list[Record]:
    """The contests of a region whose vote is on the day of the election; all where none is."""
    within = [one for one in election["contests"] if regions.is_within(code, one["region"])]
    that_day = [one for one in within if one.get("date", election["date"]) == election["date"]]
    return that_day or within


def _crumbs(ctx: Context, election: Record, code: str) -> list[Twin]:
    """The election, and the pages of the day of the region and of those above it."""
    way: list[Twin] = [{"name": election["name"], "address": addresses.election(election["id"])}]
    for place in reversed(regions.upward(code, election["base"])):
        page = addresses.today(election["id"], election["base"], place)
        if page is not None:
            way.append({"name": ctx.name(election["id"], place), "address": page})
    return way


def _named(ctx: Context, election: Record, code: str, contest: Record) -> dict[str, list[Twin]]:
    """The TPS of a kecamatan where something lacks, those that are silent, those in doubt."""
    found: dict[str, list[Twin]] = {readiness.LACKING: [], "silent": [], readiness.DOUBTFUL: []}
    if regions.depth(code) != 3:
        return found
    for kid, listed, said in _kelurahan(ctx, election, code):
        doubtful = said[readiness.DOUBTFUL]
        ready = set(said[readiness.READY]).difference(doubtful)
        for tps in sorted(listed.difference(ready)):
            place = {
                **region_view(ctx, election, kid),
                "tps": tps,
                "address": addresses.station(
                    election["id"], contest["id"], contest["region"], kid, tps
                ),
            }
            arrived = readiness.of_station(ctx.state, election["id"], kid, tps)[ARRIVED]
            if arrived is None:
                found["silent"].append(place)
            elif "lacks" in arrived:
                found[readiness.LACKING].append({**place, **_said(ctx, arrived)})
            if tps in doubtful:
                found[readiness.DOUBTFUL].append(place)
    return found


def _contest(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """What a contest has of the region: the page whose twin says how many forms are in, open
    objections, and what the region's own meeting did.
    """
    form = FORM_OF_LEVEL[regions.level(code)]
    listed = incidents.of_region(ctx.state, election["id"], contest["id"], code)
    top = contest["region"]
    has_page = incidents.has_page(ctx.state, election["id"], contest["id"], code)
    return {
        "id": contest["id"],
        "office": contest["office"],
        "date": contest.get("date"),
        "address": addresses.region(election["id"], contest["id"], top, code),
        "open": listed["counts"].get(incidents.OPEN, 0),
        "incidents": addresses.incidents(election["id"], contest["id"], top, code)
        if has_page
        else None,
        "meeting": meeting(ctx.slot(f"{election['id']}/{contest['id']}/{form}/{code}")),
    }


def days(ctx: Context, election: Record) -> list[Twin]:
    """Return the kab/kota of an election that have a page of the day: {name, address}."""
    start = f"{election['id']}/hari-ini/"
    found = (key for key, _ in ctx.state.site.scan(start))
    base = election["base"]
    pages = {}
    for page in found:
        parts = page.removeprefix(start).split("/")[:-1]
        code = ".".join((*(() if base == regions.COUNTRY else (base,)), *parts)) or base
        if regions.depth(code) == 2:
            pages[code] = page
    return [
        {"name": ctx.name(election["id"], code), "address": page} for code, page in pages.items()
    ]


def rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield a row of COLUMNS for all that is in force; `differs` are the contests where R15 does
    not hold, with the ballots of the form.
    """
    for code, tps, step, one in readiness.of_election(ctx.state, election["id"]):
        yield [
            code, tps, step,
            *(_spelled(one, name, parts) for name, parts in LISTS.items()),
            one.get("boxes"), one.get("seals_whole"), one.get("seals_broken"),
            _state(step, one), " ".join(_marks(ctx, one)) or None,
            _differing(ctx, election, code, tps, one), one["index"],
        ]  # fmt: skip


def _state(step: str, one: Record) -> str:
    if step != ARRIVED:
        return readiness.RETURNED
    return readiness.LACKING if "lacks" in one else readiness.READY


def _spelled(one: Record, name: str, parts: tuple[str, ...]) -> str | None:
    """A list in one cell: `ballots=570; ink=0`, of a lack `ballots=short=12=gubernur-31`."""
    said = ["=".join(str(row[part]) for part in parts if part in row) for row in one.get(name, ())]
    return "; ".join(said) or None


def _differing(ctx: Context, election: Record, code: str, tps: str, one: Record) -> str | None:
    found = []
    for ballots in one.get("ballots", ()):
        contest = ctx.contest(election, ballots["contest"])
        slot = form_of(ctx, election, contest, code, tps)
        if readiness.compare(one, contest["id"], slot) == "different":
            found.append(f"{contest['id']}={slot['figures']['ballots_received']}")  # type: ignore[index]
    return "; ".join(found) or None
