"""results.csv: the votes of every pair in every region, with names, ready for a spreadsheet.

One row per pair of a contest and region that has any figure. The figures are those that the page of
the region leads with: the certified ones, else the sum so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import rulings
from rekap.core.ledger.state import Record
from rekap.core.pages.twins import figures
from rekap.core.pages.twins.context import Context
from rekap.core.statements import regions

COLUMNS: Final = (
    "contest", "region", "level", "name", "number", "pair", "votes", "share", "valid", "invalid",
    "counted", "expected", "basis", "state", "standing",
)  # fmt: skip
MILLION: Final = 1_000_000
"""A share is in millionths of the valid votes: an integer, exact to sort by."""


def share(votes: int, valid: int) -> int:
    """Return the millionths of `valid`, above 0, that `votes` are, rounded half up.

    None, half and all of the votes are said only of exactly none, half and all: 14,999,999 of
    29,999,999 are less than half and read 499,999, whatever is nearest.
    """
    rounded = (2 * MILLION * votes + valid) // (2 * valid)
    if rounded in (0, MILLION // 2, MILLION):
        exact = rounded * valid
        rounded += (MILLION * votes > exact) - (MILLION * votes < exact)
    return rounded


def rows(ctx: Context, election: Record, codes: list[str]) -> Iterator[list[Any]]:
    """Yield the rows of all contests over the regions `codes`, in their order."""
    for contest in election["contests"]:
        where, _ = rulings.standing(ctx.state, election["id"], contest["id"])
        for code in codes:
            if regions.is_within(code, contest["region"]):
                for row in _of_region(ctx, election, contest, code):
                    yield [*row, where]


def _of_region(ctx: Context, election: Record, contest: Record, code: str) -> Iterator[list[Any]]:
    record = figures.total_of(ctx, election, contest, code)
    expected = figures.expected_of(ctx, election, code)
    own = figures.head_of(ctx, election, contest, code)
    shown = figures.sum_view(expected, record)
    result = figures.result(contest, code, own, shown, determined=False)
    if result["basis"] is None:
        return
    certified = own["figures"] if own else None
    state = figures.comparison(ctx, election, contest, code, certified, expected, record)["state"]
    valid = result["valid"]
    for pair, one in zip(contest["pairs"], result["pairs"], strict=True):
        votes = one["votes"]
        yield [
            contest["id"], code, regions.level(code), ctx.name(election["id"], code),
            pair["number"], " - ".join(pair.get("names", ())) or None, votes,
            None if votes is None or not valid else share(votes, valid), valid,
            result["figures"].get("invalid"), shown["counted"], expected, result["basis"], state,
        ]  # fmt: skip
