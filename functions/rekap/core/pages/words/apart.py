"""By how many votes a certified form and the sum from below differ, and which pairs have equally
many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rekap.core.ledger.state import Record


def votes_apart(contest: Record, difference: Mapping[str, int]) -> int:
    """Return by how many votes the certified form and the sum differ, 0 if by none.

    The valid votes say it. Where they agree or one side lacks them, the pairs do: their sum, or of
    votes that only moved from one pair to another the largest step.
    """
    moved = [difference.get(f"pair_{pair['number']}") for pair in contest["pairs"]]
    whole = None if None in moved else sum(gap or 0 for gap in moved)
    largest = max((abs(gap) for gap in moved if gap is not None), default=0)
    return abs(difference.get("valid") or whole or 0) or largest


def as_many(pairs: Iterable[Mapping[str, Any]], votes: int) -> list[int]:
    """Return the numbers of the pairs with so many votes, in the order of the ballot."""
    return [pair["number"] for pair in pairs if pair["votes"] == votes]


def level_with(pairs: Sequence[Mapping[str, Any]], number: int) -> list[int]:
    """Return the numbers of the pairs with as many votes as one has, its own among them."""
    return as_many(pairs, next(pair["votes"] for pair in pairs if pair["number"] == number))


def tied(result: Mapping[str, Any]) -> list[int]:
    """Return the pairs that are first together by a certified form; [] if one is, or a vote lacks.

    What a sum lacks may break a tie, so of one nothing is said.
    """
    votes = [pair["votes"] for pair in result["pairs"]]
    if result["basis"] != "certified" or None in votes or not any(votes):
        return []
    first = as_many(result["pairs"], max(votes))
    return first if first[1:] else []
