"""Majorities, margins, what may be compared: integers only, shares by cross-multiplication.

In a sum a form that is missing, or lacks a field, contributes nothing and is never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def smallest_majority(valid: int) -> int:
    """The smallest number of votes that is strictly more than half of `valid`."""
    return valid // 2 + 1


def strictly_more_than_half(votes: int, valid: int) -> bool:
    """Tell whether `votes` are more than half of `valid`.

    UU 10/2016 art. 54D (empty column), UU 2/2024 art. 10 (Jakarta).
    """
    return 2 * votes > valid


def margin_votes(valid: int, per_mille: int) -> int:
    """The largest difference that is still within the margin: UU 10/2016 art. 158."""
    return valid * per_mille // 1000


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
