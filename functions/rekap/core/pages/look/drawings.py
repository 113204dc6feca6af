"""Shapes that stand beside numbers: bars, the magnified 50 % line, a square for every TPS.

Lengths are layout, never a figure: each is drawn beside the number that it shows. One path for all
squares in the same state; presentation attributes only, so no policy needs to allow styles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Twin: TypeAlias = Mapping[str, Any]

COLOURS: Final = 6
"""Numbers from 7 on have the colours again, in a round badge."""
_BAR: Final = 1000
_LEAST: Final = 14
"""Of `_BAR`: what is not all must not look like all, nor something like nothing."""
_SEAM: Final = 4
"""Of `_BAR`, between two parts of one bar."""


def fill(pair: Twin) -> str:
    """The class that fills a shape in the colour of a pair; grey for the empty column."""
    return "f0" if pair["empty_column"] else f"f{colour(pair['number'])}"


def colour(number: int) -> int:
    """Which of the colours a pair's number has; two neighbours never have the same."""
    return (number - 1) % COLOURS + 1


def bar(part: int, whole: int) -> int:
    """Length of a bar in thousandths; never nothing for something, nor all for less than all."""
    if part <= 0 or whole <= 0:
        return 0
    if part >= whole:
        return _BAR
    return min(max(_BAR * part // whole, _LEAST), _BAR - _LEAST)


def stack(pairs: Sequence[Twin], votes: Sequence[Twin], valid: int) -> list[tuple[str, int, int]]:
    """One bar of all pairs in ballot order: (class, start, length) in thousandths."""
    parts, start = [], 0
    for pair, one in zip(pairs, votes, strict=True):
        end = start + _BAR * (one["votes"] or 0) // valid
        if end - start > _SEAM:
            parts.append((fill(pair), start, end - start - _SEAM))
        start = end
    return parts


def magnified(votes: int, valid: int) -> int | None:
    """Length of the bar between 49.5 % and 50.5 % in thousandths; None outside."""
    if valid <= 0 or not 495 * valid <= 1000 * votes <= 505 * valid:
        return None
    return (1000 * votes - 495 * valid) * 100 // valid


def station_mark(child: Twin) -> str:
    """What a TPS's square shows: the loudest thing about it."""
    if child["status"] == "contested" or child["findings"]["open"] or child["contested"]:
        return "open"
    if child["status"] != "received":
        return "missing"
    if child["awaits"]:
        return "waiting"
    if child["findings"]["answered"]:
        return "answered"
    return "revised" if (child["revision"] or 1) > 1 else "same"


MARK_CLASS: Final = {
    "same": "f-tile",
    "open": "f-diff",
    "answered": "h",
    "missing": "o",
    "waiting": "f-tile",
    "revised": "f-tile",
}
_SQUARE: Final = {
    "same": "M{x} {y}h8v8h-8z",
    "open": "M{x} {y}m-1 9l5-10 5 10z",
    "answered": "M{x} {y}m-.6 8.4l4.6-9 4.6 9z",
    "missing": "M{x} {y}m.7.7h6.6v6.6h-6.6z",
    "waiting": "M{x} {y}m4-1l5 5-5 5-5-5zm0 3l-2 2 2 2 2-2z",
    "revised": "M{x} {y}h8v8h-8zm1 3v2h6v-2z",
}
KEY: Final = {mark: shape.format(x=1, y=1) for mark, shape in _SQUARE.items()}
"""The shape of each mark alone, for the key."""
_ROW: Final = 30
_STEP: Final = 10
_GAP: Final = 5
_HEIGHT: Final = 12


def marks(children: Sequence[Twin]) -> list[str]:
    """What the squares of some TPS show, in their order."""
    return [station_mark(child) for child in children]


class Strip:
    """All TPS of a kelurahan as squares in tens: one path per mark."""

    __slots__ = ("counts", "height", "paths", "total")

    def __init__(self, marks: Sequence[str]) -> None:
        self.paths: dict[str, str] = {}
        self.counts = dict.fromkeys(_SQUARE, 0)
        self.total = len(marks)
        self.height = -(-len(marks) // _ROW) * _HEIGHT
        parts: dict[str, list[str]] = {}
        for place, mark in enumerate(marks):
            row, column = divmod(place, _ROW)
            x = 1 + column * _STEP + column // 10 * _GAP
            self.counts[mark] += 1
            parts.setdefault(mark, []).append(_SQUARE[mark].format(x=x, y=1 + row * _HEIGHT))
        self.paths = {mark: "".join(parts[mark]) for mark in _SQUARE if mark in parts}


_BY_LETTER: Final = {mark[0]: mark for mark in _SQUARE}
_TOLD: Final = ("open", "answered", "missing", "waiting", "revised")
_NAMED: Final = 12
"""TPS of a kelurahan that are named for one mark; a strip shows all."""
Told: TypeAlias = tuple[str, list[str], int]


@dataclass(frozen=True, slots=True)
class Strips:
    """The strips of a kecamatan: marks that occur, and (kelurahan, strip, exceptions) for each.

    An exception is (mark, numbers of TPS, how many more there are).
    """

    marks: list[str]
    rows: list[tuple[Twin, Strip, list[Told]]]


def strips(places: Sequence[Twin]) -> Strips:
    """Draw the strips of a kecamatan's kelurahan."""
    rows = []
    for place in places:
        marked = [_BY_LETTER[letter] for letter in place["marks"]]
        told = [
            (mark, numbers[:_NAMED], max(len(numbers) - _NAMED, 0))
            for mark in _TOLD
            if (numbers := [tps for tps, one in zip(place["tps"], marked, strict=True)
                            if one == mark])
        ]  # fmt: skip
        rows.append((place, Strip(marked), told))
    present = [mark for mark in _SQUARE if any(strip.counts[mark] for _, strip, _ in rows)]
    return Strips(present, rows)


def said(place: Twin) -> Mapping[str, Sequence[int]]:
    """Of a place that shows its sum how many forms report each figure; nothing of one form."""
    found: Mapping[str, Sequence[int]] = place.get("sum") or {}
    return {} if place["basis"] == "certified" else found
