"""How the count came in: the sum of every region after each step of time.

    {election}/data/{contest}/waktu/           a contest; with the regions below, how they came
    {election}/data/{contest}/waktu/{code}/    the same of a kab/kota of a contest of a province

One pass over what entries changed, for all contests and regions; nothing of it is kept in the
state, so no form pays for it. An hour is that of the last clock before an entry: no page and no row
without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import addresses, clocks, standings
from rekap.core.ledger.state import Record
from rekap.core.pages.twins import figures
from rekap.core.pages.twins.context import Context, Twin, bulk_common, crumbs, region_view
from rekap.core.statements import regions
from rekap.core.statements.model import STATION_FORM, TIMEZONES, figure_fields

FOLDER: Final = "waktu/"
MOST: Final = 96
"""Steps between the first entry and the last of a contest, at most: the step grows with the time
that the count takes, never with the number of forms."""
_MINUTES: Final = (15, 30, 60, 180, 360, 720, 1440)
_LOWEST_PAGE: Final = 2
"""Depth of the lowest regions that have a page of their own: kab/kota."""

Sum = list[int]
"""Stations, then the figures of `standings.fields`."""
Move = tuple[int, str, Sum]
"""An entry, a kelurahan, and how far the one moved the sum of the other's TPS."""
Rows = dict[int | None, Sum]
"""Unix seconds at which a step begins -> the sum at its end, in the order of time. None: what came
before the first clock."""


def times(ctx: Context, election: Record, contest: Record) -> tuple[int, dict[str, Rows]]:
    """Return (minutes of a step, rows of each region), rows only where a sum changed.

    Empty for a log without clocks.
    """
    name = f"times/{election['id']}/{contest['id']}"
    return ctx.once(name, lambda: _times(ctx, election, contest))


def _times(ctx: Context, election: Record, contest: Record) -> tuple[int, dict[str, Rows]]:
    if ctx.state.meta.get("clock") is None:
        return 0, {}
    moves = ctx.once(f"moves/{election['id']}", lambda: _moves(ctx, election))[contest["id"]]
    moved = [(ctx.state.entry(at).get("hour"), code, by) for at, code, by in moves]
    hours = [hour for hour, _, _ in moved if hour is not None] or [0]
    minutes = step(min(hours), max(hours))
    zone = 3600 * int(TIMEZONES[election["timezone"]][:3])
    found: dict[str, Rows] = {}
    for hour, code, by in moved:
        begun = None if hour is None else (hour + zone) // (60 * minutes) * 60 * minutes - zone
        for place in regions.upward(code, contest["region"]):
            kept = found.setdefault(place, {}).setdefault(begun, [0] * len(by))
            for at, value in enumerate(by):
                kept[at] += value
    return minutes, {code: _summed(found[code]) for code in sorted(found)}


def step(first: int, last: int) -> int:
    """Return the minutes of a step so that no more than MOST lie between two Unix seconds."""
    needed = (last - first) // (60 * MOST) + 1
    days = -(-needed // _MINUTES[-1])
    return next((minutes for minutes in _MINUTES if minutes >= needed), days * _MINUTES[-1])


def _summed(changes: Rows) -> Rows:
    """Return the sums after each step from how much each changed them."""
    rows: Rows = {}
    now: Sum = []
    for begun in sorted(changes, key=lambda one: (one is not None, one or 0)):
        changed = changes[begun]
        now = [a + b for a, b in zip(now, changed, strict=True)] if now else changed
        rows[begun] = now
    return rows


def _moves(ctx: Context, election: Record) -> dict[str, list[Move]]:
    """Return the moves of each contest, in one pass over all entries."""
    moves: dict[str, list[Move]] = {contest["id"]: [] for contest in election["contests"]}
    sums: dict[tuple[str, str], Sum] = {}
    for key, entry in ctx.state.entries.scan(""):
        for contest, stand in _stood(ctx, election, key, entry):
            of, now = (contest, entry["region"]), _sum(*stand)
            if moved := _between(sums.get(of) or [0] * len(now), now):
                moves[contest].append((int(key), entry["region"], moved))
            sums[of] = now
    return moves


def _stood(ctx: Context, election: Record, key: str, entry: Record) -> Iterator[tuple[str, Any]]:
    """Yield (contest, how its sum of the entry's kelurahan stood then) if the entry moved it."""
    if entry.get("election") != election["id"]:
        return
    kept = ctx.state.changes.get(key) or {}
    if entry["kind"] == "roster":
        yield from kept.get(standings.ENTERED, {}).items()
    elif "told" in kept and (slot := entry["slot"].split("/"))[2] == STATION_FORM:
        yield slot[1], kept["told"][2][0][4]


def _sum(counted: int, _: bool, cells: list[Any]) -> Sum:
    return [counted, *(cell[0] if cell else 0 for cell in cells)]


def _between(before: Sum, after: Sum) -> Sum | None:
    moved = [b - a for a, b in zip(before, after, strict=True)]
    return moved if any(moved) else None


def columns(pairs: int) -> tuple[str, ...]:
    """Columns of time.csv of an election whose contests have up to so many pairs."""
    return ("contest", "region", "hour", "counted", *_fields(pairs))


def _fields(pairs: int) -> list[str]:
    return [one for one in figure_fields(pairs) if one in standings.fields(pairs)]


def rows(ctx: Context, election: Record, pairs: int) -> Iterator[list[Any]]:
    """Yield the rows of time.csv: by contest, region, time."""
    fields = _fields(pairs)
    for contest in election["contests"]:
        _, found = times(ctx, election, contest)
        told = standings.fields(len(contest["pairs"]))
        for code, steps in found.items():
            if code == regions.COUNTRY:
                continue
            for begun, now in steps.items():
                cells = dict(zip(told, now[1:], strict=True))
                yield [
                    contest["id"], code, _hour(election, begun), now[0],
                    *(cells.get(field) for field in fields),
                ]  # fmt: skip


def _hour(election: Record, begun: int | None) -> str | None:
    return None if begun is None else clocks.words(begun, TIMEZONES[election["timezone"]])


def pages(ctx: Context, election: Record, contest: Record) -> Iterator[Twin]:
    """Yield the twins of a contest's region and of each kab/kota below it, as far as hours are."""
    _, found = times(ctx, election, contest)
    for code in found:
        if code == contest["region"] or regions.depth(code) <= _LOWEST_PAGE:
            yield _page(ctx, election, contest, code)


def address(election: Record, contest: Record, code: str) -> str:
    """The page of a region."""
    below = "" if code == contest["region"] else f"{code}/"
    return f"{addresses.data(election['id'])}{contest['id']}/{FOLDER}{below}"


def _page(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """`steps` are hours; `counted` and the figures of each pair stand at the end of each step."""
    minutes, found = times(ctx, election, contest)
    steps = list(found[code])
    told = standings.fields(len(contest["pairs"]))
    twin = bulk_common(ctx, "times", address(election, contest, code), election, contest)
    record = figures.total_of(ctx, election, contest, code)
    return twin | {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code) if code != regions.COUNTRY else None,
        "minutes": minutes,
        "stations": figures.stations_view(figures.expected_of(ctx, election, code), record),
        "steps": [_hour(election, begun) for begun in steps],
        "counted": [now[0] for now in found[code].values()],
        "figures": {
            field: [now[at] for now in found[code].values()] for at, field in enumerate(told, 1)
        },
        "children": [
            _child(ctx, election, contest, kid, steps)
            for kid in figures.listed_children(ctx, election["id"], code)
        ],
    }


def _child(
    ctx: Context, election: Record, contest: Record, code: str, steps: list[int | None]
) -> Twin:
    """When the first form of a region came, half of those expected, the last one so far."""
    _, found = times(ctx, election, contest)
    rows = found.get(code, {})
    record = figures.total_of(ctx, election, contest, code)
    stations = figures.stations_view(figures.expected_of(ctx, election, code), record)
    expected, counted, now = stations["expected"], [], 0
    for begun in steps:
        now = rows[begun][0] if begun in rows else now
        counted.append(now)
    half = expected and next((at for at, row in rows.items() if 2 * row[0] >= expected), None)
    has_page = code in found and regions.depth(code) <= _LOWEST_PAGE
    return {
        **region_view(ctx, election, code),
        "address": address(election, contest, code)
        if has_page
        else addresses.region(election["id"], contest["id"], contest["region"], code),
        "stations": stations,
        "counted": counted,
        "first": _hour(election, next(iter(rows), None)),
        "half": _hour(election, half) if half else None,
        "last": _hour(election, max((at for at in rows if at is not None), default=None)),
    }
