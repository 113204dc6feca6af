"""Rows and shapes of tables and drawings, taken from a twin in the order of the paper.

Lengths of bars are layout, never a figure: they are drawn beside the number that they show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from markupsafe import Markup, escape

from rekap.forms import model
from rekap.publish import numbers
from rekap.publish.words import Words

Twin: TypeAlias = Mapping[str, Any]

VOTES: Final = ("valid", "invalid", "total")
_COLOURS: Final = 6
_BAR: Final = 1000
_LEAST: Final = 14
"""Of `_BAR`: what is not all must not look like all, nor something like nothing."""


_BADGE: Final = Markup('<span class="b {}"><span class="vh">{} </span>{}</span>')


def badges(pairs: Iterable[Twin], word: str) -> dict[str, Markup]:
    """Field of a pair -> its number badge: filled in its colour, outlined for the empty column."""
    return {
        f"pair_{pair['number']}": _BADGE.format(badge_class(pair), word, pair["number"])
        for pair in pairs
    }


def badge_class(pair: Twin) -> str:
    """The class of a number badge; `pair` may come from a payload."""
    return "b0" if pair.get("empty_column") else f"b{pair['number']}"


def key_style(bodies: Iterable[Twin]) -> str:
    """How a page of officials writes keys: whole, "short", or "counted" where they are too many."""
    count = sum(len(body["persons"]) for body in bodies)
    return "whole" if count <= _WHOLE_KEYS else "short" if count <= _SHORT_KEYS else "counted"


_WHOLE_KEYS: Final = 60
_SHORT_KEYS: Final = 900


def fill(pair: Twin) -> str:
    """The class that fills a shape in the colour of a pair; grey without a colour of its own."""
    number = pair["number"]
    return "f0" if pair["empty_column"] or number > _COLOURS else f"f{number}"


def bar(part: int, whole: int) -> int:
    """Length of a bar in thousandths; never nothing for something, nor all for less than all."""
    if part <= 0 or whole <= 0:
        return 0
    if part >= whole:
        return _BAR
    return min(max(_BAR * part // whole, _LEAST), _BAR - _LEAST)


def magnified(votes: int, valid: int) -> int | None:
    """Length of the bar between 49.5 % and 50.5 % in thousandths; None outside."""
    if valid <= 0 or not 495 * valid <= 1000 * votes <= 505 * valid:
        return None
    return (1000 * votes - 495 * valid) * 100 // valid


def pair_names(words: Words, twin: Twin, place: int) -> Markup:
    """The names of the pair at `place` of the ballot, or the words for the empty column."""
    pair = twin["contest"]["pairs"][place]
    if pair["empty_column"]:
        return words("region.empty_column")
    return escape(" dan ".join(pair["names"]))


def vote_fields(twin: Twin) -> list[str]:
    """`pair_1` … in ballot order, then valid, invalid, total."""
    return [f"pair_{pair['number']}" for pair in twin["contest"]["pairs"]] + list(VOTES)


def station_votes(twin: Twin) -> list[tuple[str, int | None, int | None, int]]:
    """Field, figure at the TPS, figure in the column above, difference.

    Pairs are always there; a total that both lack is left out.
    """
    head, column = twin["head"], twin["column"]
    figures = head["figures"] if head else {}
    above = column["figures"] if column else {}
    gaps = (column["difference"] if column else None) or {}
    return [
        (field, figures.get(field), above.get(field), gaps.get(field) or 0)
        for field in vote_fields(twin)
        if field in figures or above.get(field) is not None or field.startswith("pair_")
    ]


def voter_rows(figures: Mapping[str, int]) -> list[tuple[str, int | None, int | None, int | None]]:
    """Field, men, women, total of the gendered rows that the form has."""
    rows = []
    for field in model.GENDERED:
        cells = figures.get(f"{field}_m"), figures.get(f"{field}_f"), figures.get(field)
        if cells != (None, None, None):
            rows.append((field, *cells))
    return rows


BALLOTS: Final = ("ballots_received", "ballots_used", "ballots_returned", "ballots_unused")


def ballot_rows(figures: Mapping[str, int]) -> list[tuple[str, int]]:
    """Field and number of the ballot rows that the form has."""
    return [(field, figures[field]) for field in BALLOTS if field in figures]


def figure_rows(figures: Mapping[str, Any]) -> list[str]:
    """The names in `figures` in the order of the paper."""
    return sorted(figures, key=_place)


def vote_rows(figures: Mapping[str, Any]) -> list[str]:
    """Those of parts IV and V."""
    return [field for field in figure_rows(figures) if field in VOTES or field.startswith("pair_")]


def columns_shown(payload: Twin) -> tuple[list[str], bool]:
    """The fields of a D form's columns that a page shows, and whether they are all.

    A sheet with very many cells shows its votes; the other fields are in its JSON.
    """
    fields = figure_rows(payload["rows"])
    if len(fields) * len(payload["children"]) <= _CELLS:
        return fields, True
    return vote_rows(payload["rows"]), False


_CELLS: Final = 1800
_PLACES: Final = {field: place for place, field in enumerate(model.figure_fields(model.PAIRS_MAX))}


def _place(field: str) -> int:
    return _PLACES.get(field, len(_PLACES))


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


def ladder(words: Words, twin: Twin) -> list[Rung]:
    """The columns of the ladder, from the TPS up to this region's column in the form above."""
    rungs: list[Rung] = []
    before: Twin | None = None
    votes = vote_fields(twin)
    for rung in twin["ladder"]:
        if not rung["fields"]:
            continue
        shared = [f for f in votes if before and f in before["fields"] and f in rung["fields"]]
        compared = [f for f in shared if before and _complete(before, f) and _complete(rung, f)]
        complete = rung["count"] == rung["expected"]
        count = escape(numbers.out_of(rung["count"], None if complete else rung["expected"]))
        values = {field: cell[0] for field, cell in rung["fields"].items()}
        title = words.name(rung["level"], "rung")
        small = count + " " + words.name(rung["form"], "form_short")
        rungs.append(_rung(title, small, values, rung["difference"], shared, compared))
        before = rung
    if twin["column"] is not None:
        rungs.append(_above(words, twin, votes, first=not rungs))
    return rungs


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


def _level_above(level: str) -> str:
    place = model.LEVELS.index(level)
    return model.LEVELS[place - 1] if place else level


def ladder_fields(twin: Twin, rungs: Iterable[Rung]) -> list[str]:
    """Rows of the ladder: votes that any column has."""
    present: set[str] = set()
    for rung in rungs:
        present.update(rung.values)
    return [field for field in vote_fields(twin) if field in present]


def station_mark(child: Twin) -> str:
    """What a TPS's square shows: the loudest thing about it."""
    if child["status"] == "contested" or child["findings"]["open"] or child["contested"]:
        return "open"
    if child["status"] != "received":
        return "missing"
    if child["findings"]["answered"]:
        return "answered"
    return "revised" if (child["revision"] or 1) > 1 else "same"


MARK_CLASS: Final = {
    "same": "f-tile",
    "open": "f-diff",
    "answered": "h",
    "missing": "o",
    "revised": "f-tile",
}
_SQUARE: Final = {
    "same": "M{x} {y}h8v8h-8z",
    "open": "M{x} {y}m-1 9l5-10 5 10z",
    "answered": "M{x} {y}m-.6 8.4l4.6-9 4.6 9z",
    "missing": "M{x} {y}m.7.7h6.6v6.6h-6.6z",
    "revised": "M{x} {y}h8v8h-8zm1 3v2h6v-2z",
}
KEY: Final = {mark: shape.format(x=1, y=1) for mark, shape in _SQUARE.items()}
"""The shape of each mark alone, for the key."""
_ROW: Final = 30
_STEP: Final = 10
_GAP: Final = 5
_HEIGHT: Final = 12


def most(figures: Mapping[str, int], twin: Twin) -> int | None:
    """The number of the pair with strictly most votes, to set it in bold."""
    votes = [
        (figures.get(f"pair_{p['number']}") or 0, p["number"]) for p in twin["contest"]["pairs"]
    ]
    best = max(votes)
    return best[1] if sum(1 for one in votes if one[0] == best[0]) == 1 else None


class Strip:
    """All TPS of a kelurahan as squares in tens: one path per mark."""

    __slots__ = ("counts", "height", "paths", "total")

    def __init__(self, children: Sequence[Twin]) -> None:
        self.paths: dict[str, str] = {}
        self.counts = dict.fromkeys(_SQUARE, 0)
        self.total = len(children)
        self.height = -(-len(children) // _ROW) * _HEIGHT
        parts: dict[str, list[str]] = {}
        for place, child in enumerate(children):
            mark = station_mark(child)
            row, column = divmod(place, _ROW)
            x = 1 + column * _STEP + column // 10 * _GAP
            self.counts[mark] += 1
            parts.setdefault(mark, []).append(_SQUARE[mark].format(x=x, y=1 + row * _HEIGHT))
        self.paths = {mark: "".join(parts[mark]) for mark in _SQUARE if mark in parts}
