"""results.csv: the votes of every pair in every region, with names, ready for a spreadsheet.

One row per pair of a contest and region that has any figure. The figures are those that the page of
the region leads with: the certified ones, else the sum so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger.state import Record
from rekap.core.pages.twins import figures
from rekap.core.pages.twins.context import Context
from rekap.core.statements import regions

COLUMNS: Final = (
    "contest", "region", "level", "name", "number", "pair", "votes", "share", "valid", "invalid",
    "counted", "expected", "basis", "state",
)  # fmt: skip
MILLION: Final = 1_000_000
"""A share is in millionths of the valid votes, rounded half up: an integer, exact to sort by."""


def rows(ctx: Context, election: Record, codes: list[str]) -> Iterator[list[Any]]:
    """Yield the rows of all contests over the regions `codes`, in their order."""
    for contest in election["contests"]:
        for code in codes:
            if regions.is_within(code, contest["region"]):
                yield from _of_region(ctx, election, contest, code)


def _of_region(ctx: Context, election: Record, contest: Record, code: str) -> Iterator[list[Any]]:
    record = figures.total_of(ctx, election, contest, code)
    expected = figures.expected_of(ctx, election, code)
    own = figures.head_of(ctx, election, contest, code)
    shown = figures.sum_view(expected, record)
    result = figures.result(contest, code, own, shown, determined=False)
    if result["basis"] is None:
        return
    certified = own["figures"] if own else None
    state = figures.comparison(contest, certified, expected, record)["state"]
    valid = result["valid"]
    for pair, one in zip(contest["pairs"], result["pairs"], strict=True):
        votes = one["votes"]
        share = None if votes is None or not valid else (2 * MILLION * votes + valid) // (2 * valid)
        yield [
            contest["id"], code, regions.level(code), ctx.name(election["id"], code),
            pair["number"], " - ".join(pair.get("names", ())) or None, votes, share, valid,
            result["figures"].get("invalid"), shown["counted"], expected, result["basis"], state,
        ]  # fmt: skip
