"""The ladder of a region as a table: its votes as each level says them, one column a level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from rekap.core.pages.tables.rows import Twin, vote_fields
from rekap.core.pages.words.words import Words
from rekap.core.statements import model


@dataclass(frozen=True, slots=True)
class Rung:
    """One column of the ladder: its votes, and those that differ from the column to its left.

    `gaps` are drawn below a figure; only `tinted` ones were compared: every form of both columns
    reported them. `verdict` is first, same, different or incomplete.
    """

    title: Markup
    small: Markup
    values: Mapping[str, int | None]
    gaps: Mapping[str, int]
    tinted: frozenset[str]
    verdict: str


def rungs(words: Words, twin: Twin) -> list[Rung]:
    """The columns of the ladder, from the TPS up to this region's column in the form above."""
    found: list[Rung] = []
    before: Twin | None = None
    votes = vote_fields(twin)
    lacks = twin["comparison"]["state"] == "left-out"
    named = [place for one in twin["left_out"] for place in one["places"]]
    lowest = max((_depth("tps" if one["tps"] else one["level"]) for one in named), default=-1)
    for rung in twin["ladder"]:
        if not rung["fields"]:
            continue
        shared = [f for f in votes if before and f in before["fields"] and f in rung["fields"]]
        compared = [f for f in shared if before and _complete(before, f) and _complete(rung, f)]
        gaps = rung["difference"]
        if before and (lowest > _depth(rung["level"]) or (lacks and rung is twin["ladder"][-1])):
            compared, gaps = [], {}  # what it says is not the sum of all that is below it
        complete = rung["count"] == rung["expected"]
        count = escape(words.numbers.out_of(rung["count"], None if complete else rung["expected"]))
        values = {field: cell[0] for field, cell in rung["fields"].items()}
        title = words.name(rung["level"], "rung")
        small = count + " " + words.name(rung["form"], "form_short", count)
        found.append(_rung(title, small, values, gaps, shared, compared))
        before = rung
    if twin["column"] is not None:
        found.append(_above(words, twin, votes, first=not found))
    return found


def _above(words: Words, twin: Twin, votes: Sequence[str], *, first: bool) -> Rung:
    """What the form of the region above says of this one, compared with its certified form."""
    column, certified = twin["column"], twin["certified"]
    shared = [f for f in votes if column["figures"].get(f) is not None]
    compared = [f for f in shared if certified is not None and f in certified["figures"]]
    return _rung(
        words.name(_level_above(twin["region"]["level"]), "rung"),
        words("region.ladder_column", place=twin["region"]["name"]),
        column["figures"],
        None if first else column["difference"],
        shared if compared else [],
        compared,
    )


def _rung(
    title: Markup,
    small: Markup,
    values: Mapping[str, int | None],
    difference: Mapping[str, int] | None,
    shared: Sequence[str],
    compared: Sequence[str],
) -> Rung:
    gaps = difference or {}
    tinted = frozenset(field for field in compared if gaps.get(field))
    if difference is None:
        verdict = "first"
    elif tinted:
        verdict = "different"
    else:
        verdict = "same" if shared and len(compared) == len(shared) else "incomplete"
    return Rung(title, small, values, gaps, tinted, verdict)


def _complete(rung: Twin, field: str) -> bool:
    """Tell whether every form that is expected in a column reported a field."""
    return bool(rung["fields"][field][1] == rung["expected"])


def _depth(level: str) -> int:
    """How far down a level is; TPS are below all regions."""
    return model.LEVELS.index(level) if level in model.LEVELS else len(model.LEVELS)


def _level_above(level: str) -> str:
    place = model.LEVELS.index(level)
    return model.LEVELS[place - 1] if place else level


def fields(twin: Twin, columns: Iterable[Rung]) -> list[str]:
    """Rows of the ladder: votes that any column has."""
    present: set[str] = set()
    for rung in columns:
        present.update(rung.values)
    return [field for field in vote_fields(twin) if field in present]
