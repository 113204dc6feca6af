"""Exact sums of figures, majorities and margins: integers only, shares by cross-multiplication.

A `Sum` has (value, reported) per field: the total of the forms that report the field, and how many
they are. A form that is missing, or lacks a field, contributes nothing and is never a zero.
Sums add up in any order and are taken apart again exactly, so one form changes every level above
by a `delta`. A delta can be negative; a sum never is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from rekap.core.statements import model

Sum: TypeAlias = dict[str, tuple[int, int]]


def of_figures(figures: Mapping[str, int]) -> Sum:
    """The sum of one form."""
    return {field: (value, 1) for field, value in figures.items()}


def add(left: Mapping[str, tuple[int, int]], right: Mapping[str, tuple[int, int]]) -> Sum:
    """Both together; a field that nothing reports any more disappears."""
    total = dict(left)
    for field, (value, reported) in right.items():
        old_value, old_reported = total.get(field, (0, 0))
        total[field] = (old_value + value, old_reported + reported)
        if total[field] == (0, 0):
            del total[field]
    return total


def subtract(left: Mapping[str, tuple[int, int]], right: Mapping[str, tuple[int, int]]) -> Sum:
    """What remains of `left` without `right`; taking away what was added gives the sum before."""
    return add(left, {field: (-value, -reported) for field, (value, reported) in right.items()})


def delta(old: Mapping[str, int] | None, new: Mapping[str, int] | None) -> Sum:
    """What replacing the figures `old` by `new` does to every sum above; None: there is no form."""
    return subtract(of_figures(new or {}), of_figures(old or {}))


def smallest_majority(valid: int) -> int:
    """The smallest number of votes that is strictly more than half of `valid`."""
    return valid // 2 + 1


def strictly_more_than_half(votes: int, valid: int) -> bool:
    """Tell whether `votes` are more than half of `valid`.

    UU 10/2016 art. 54D (empty column), UU 2/2024 art. 10 (Jakarta).
    """
    return 2 * votes > valid


def leaders(figures: Mapping[str, int], pair_count: int) -> tuple[int, ...]:
    """Ballot numbers with the most votes: several if they tie.

    () when a pair has no figure or nobody has a vote: then there is no order to speak of.
    """
    votes = _votes(figures, pair_count)
    most = max(votes, default=0)
    return tuple(number for number, count in enumerate(votes, 1) if count == most and most > 0)


def lead(figures: Mapping[str, int], pair_count: int) -> int | None:
    """Votes between the first and the second; 0 for a tie, None without two pairs with figures."""
    votes = sorted(_votes(figures, pair_count), reverse=True)
    return votes[0] - votes[1] if len(votes) > 1 else None


def margin_votes(valid: int, per_mille: int) -> int:
    """The largest difference that is still within the margin: UU 10/2016 art. 158."""
    return valid * per_mille // 1000


def _votes(figures: Mapping[str, int], pair_count: int) -> list[int]:
    """Votes of all pairs by number; [] if one is absent."""
    votes = [figures.get(field) for field in model.pair_fields(pair_count)]
    known = [count for count in votes if count is not None]
    return known if len(known) == len(votes) else []


def are_alike(said: Mapping[str, Sequence[int]], fields: Iterable[str]) -> bool:
    """Tell whether equally many forms report those `fields` that a sum has.

    Sources of replays lack figures of some forms: what fewer report is a sum, but no share of what
    more report, and leads before nothing.
    """
    return len({said[field][1] for field in fields if field in said}) < 2


def valid(
    figures: Mapping[str, int], said: Mapping[str, Sequence[int]], pairs: Sequence[str]
) -> int | None:
    """Return what votes are a share of: the valid votes, else the sum of those of all `pairs`.

    None if one lacks, or fewer forms of a sum report the one than the other.
    """
    if "valid" in figures and are_alike(said, [*pairs, "valid"]):
        return figures["valid"]
    if pairs and all(pair in figures for pair in pairs) and are_alike(said, pairs):
        return sum(figures[pair] for pair in pairs)
    return None


def turnout(figures: Mapping[str, int], said: Mapping[str, Sequence[int]]) -> tuple[int, int]:
    """Return (who voted, how many could); zeros unless both are said, in a sum by as many forms."""
    registered = figures.get("registered")
    for field in ("voted", "total"):
        if field in figures and registered and are_alike(said, (field, "registered")):
            return figures[field], registered
    return 0, 0
