"""By how many votes a certified form and the sum from below differ."""

from __future__ import annotations

from collections.abc import Mapping

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
