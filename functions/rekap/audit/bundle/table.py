"""What a region's certificate says of each place below it, beside the forms of that place.

The difference of the whole is the sum of the rows: places that differ, all that agree as one row,
and what neither side breaks down by place. Nothing is left over. Of a certificate that a source has
without its columns only the whole is compared: nobody said anything of a place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from rekap.core.ledger import addresses
from rekap.core.ledger.state import Record
from rekap.core.pages.twins import figures, stations
from rekap.core.pages.twins.context import Context
from rekap.core.statements import regions

Votes = dict[int, int]
"""Ballot number → votes."""
OTHERS: Final = ""
"""Code of the row of what is not broken down by place."""


@dataclass(frozen=True, slots=True)
class Row:
    """`above`: votes that the certificate says; `below`: those of the forms; None: not said.

    `stations`: of how many TPS `below` is, and how many are expected, where that is known.
    """

    code: str
    name: str
    address: str
    above: Votes | None
    below: Votes | None
    stations: tuple[int, int] | None = None

    @property
    def difference(self) -> Votes:
        """Return above less below; a side that says nothing counts as nothing."""
        above, below = self.above or {}, self.below or {}
        return {n: above.get(n, 0) - below.get(n, 0) for n in sorted(above.keys() | below.keys())}

    @property
    def differs(self) -> bool:
        """Tell whether any pair's votes are not the same on both sides, or one side is silent."""
        one_sided = (self.above is None) != (self.below is None)
        return one_sided or any(self.difference.values())


@dataclass(frozen=True, slots=True)
class Table:
    """`places` differ; `equal` (their number, their sums) agree; `others` has no place.

    `whole`: the certificate has no column of any place, so there is the `total` alone.
    """

    numbers: tuple[int, ...]
    places: list[Row] = field(default_factory=list)
    equal: tuple[int, Row] | None = None
    others: Row | None = None
    total: Row | None = None
    whole: bool = False


def compare(ctx: Context, election: Record, contest: Record, code: str) -> Table:
    """Return the table of a region; an empty one while it has no certificate of its own."""
    numbers = tuple(pair["number"] for pair in contest["pairs"])
    own = figures.head_of(ctx, election, contest, code)
    if own is None:
        return Table(numbers)
    rows = list(_rows(ctx, election, contest, code))
    record = figures.total_of(ctx, election, contest, code)
    shown = figures.sum_view(figures.expected_of(ctx, election, code), record)["fields"]
    total = Row(
        code, ctx.name(election["id"], code), _address(election, contest, code),
        _votes(contest, own["figures"]), _votes(contest, {f: v for f, (v, _) in shown.items()}),
        _stations(ctx, election, code, record),
    )  # fmt: skip
    if all(row.above is None for row in rows):
        return Table(numbers, total=total, whole=True)
    same = [row for row in rows if not row.differs]
    agreed = Row(OTHERS, "", "", _sum([r.above for r in same]), _sum([r.below for r in same]))
    return Table(
        numbers,
        [row for row in rows if row.differs],
        (len(same), agreed) if same else None,
        rest(total, rows),
        total,
    )


def rest(total: Row, rows: list[Row]) -> Row | None:
    """Return what the total has and no row; None where neither side has any votes of it."""
    above = _less(total.above, [row.above for row in rows])
    below = _less(total.below, [row.below for row in rows])
    is_there = any((*above.values(), *below.values()))
    return Row(OTHERS, "", "", above, below) if is_there else None


def _rows(ctx: Context, election: Record, contest: Record, code: str) -> Iterator[Row]:
    slot_key = figures.form_slot(election, contest, code)
    if regions.level(code) == "kelurahan":
        for tps, slot in stations.of_kelurahan(ctx, election, contest, code).items():
            head = slot["figures"] if slot and slot.get("head") else None
            address = _address(election, contest, code) + f"{tps}/"
            yield _row(ctx, contest, slot_key, (tps, f"TPS {tps}", address), head)
        return
    for child in ctx.children(election["id"], code):
        record = figures.total_of(ctx, election, contest, child)
        fields = figures.sum_view(None, record)["fields"]
        below = {name: value for name, (value, _) in fields.items()} or None
        named = (child, ctx.name(election["id"], child), _address(election, contest, child))
        row = _row(ctx, contest, slot_key, named, below)
        yield replace(row, stations=_stations(ctx, election, child, record))


def _stations(
    ctx: Context, election: Record, code: str, record: Record | None
) -> tuple[int, int] | None:
    """Return how many TPS are in and how many are expected; None without a roster."""
    said = figures.stations_view(figures.expected_of(ctx, election, code), record)
    return None if said["expected"] is None else (said["counted"], said["expected"])


def _row(
    ctx: Context, contest: Record, slot_key: str, named: tuple[str, str, str], below: Record | None
) -> Row:
    column = ctx.state.columns.get(f"{slot_key}/{named[0]}")
    return Row(
        *named,
        None if column is None else _votes(contest, column),
        None if below is None else _votes(contest, below),
    )


def _address(election: Record, contest: Record, code: str) -> str:
    return addresses.region(election["id"], contest["id"], contest["region"], code)


def _votes(contest: Record, said: Record) -> Votes:
    """Return the votes of the pairs that `said` has; what is not reported is not there."""
    found = ((pair["number"], said.get(f"pair_{pair['number']}")) for pair in contest["pairs"])
    return {number: votes for number, votes in found if votes is not None}


def _sum(many: list[Votes | None]) -> Votes:
    total: Votes = {}
    for one in many:
        for number, votes in (one or {}).items():
            total[number] = total.get(number, 0) + votes
    return total


def _less(whole: Votes | None, parts: list[Votes | None]) -> Votes:
    known = _sum(parts)
    return {n: votes - known.get(n, 0) for n, votes in (whole or {}).items()} | {
        n: -votes for n, votes in known.items() if n not in (whole or {})
    }
