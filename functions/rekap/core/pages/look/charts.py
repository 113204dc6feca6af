"""Charts of a count over time, as paths: stations above, shares of the pairs below.

Lengths are layout, never a figure: each line ends beside its number, and a table says the rest.
What a step gained stands at its end, so nothing is drawn before it was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from rekap.core.pages.look import drawings

Twin: TypeAlias = Mapping[str, Any]
Point: TypeAlias = tuple[int, int]

LEFT, RIGHT = 34, 290
_STATIONS: Final = (16, 104)
"""Top and bottom of the upper part."""
_SHARES: Final = (144, 300)
_APART: Final = 15
"""Between the numbers at the ends of two lines, at least."""
_TICKS: Final = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336)
"""Hours between two ticks of the time axis."""
_MOST_TICKS: Final = 5
_ROWS: Final = 24
"""Rows of the table under a chart; the CSV file has every step."""
_DASHES: Final = ("7 2 2 2", "7 2", "2 2", "12 3", "4 3", "1 3")
SPARK: Final = (100, 20)
"""Width and height of the line of a region below."""


@dataclass(frozen=True, slots=True)
class Line:
    """A pair's line: number, path, where the number stands; votes and valid votes at its end."""

    number: int
    path: str
    label: int
    votes: int
    valid: int

    @property
    def dashes(self) -> str:
        """Numbers 7 to 12 have the six colours again, and a pattern each."""
        return _DASHES[self.number % len(_DASHES)] if self.number > drawings.COLOURS else ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`whole` is what 100 % of the upper part stands for; `grid` and `ticks` are (place, what)."""

    stations: str
    whole: int
    lines: list[Line]
    grid: list[Point]
    ticks: list[tuple[int, str]]
    days: tuple[str, str]
    """Of the first step and of the last."""


class _Axis:
    """Places on the time axis: steps by their end, times by themselves."""

    def __init__(self, twin: Twin) -> None:
        self.ends: list[int] = []
        begun = [datetime.fromisoformat(one) for one in twin["steps"] if one]
        width = timedelta(minutes=twin["minutes"])
        self.first, self.last = begun[0], begun[-1] + width
        self.ends = [LEFT] * (len(twin["steps"]) - len(begun))
        self.ends += [self.place(one + width) for one in begun]

    def place(self, at: datetime) -> int:
        part = (at - self.first) / (self.last - self.first)
        return round(LEFT + (RIGHT - LEFT) * part)

    def ticks(self) -> Iterator[tuple[int, str]]:
        hours = (self.last - self.first) / timedelta(hours=1)
        every = next((one for one in _TICKS if hours <= one * _MOST_TICKS), _TICKS[-1])
        midnight = self.first.replace(hour=0, minute=0, second=0)
        at = midnight
        while at <= self.last:
            if at >= self.first:
                yield self.place(at), at.isoformat()
            at += timedelta(hours=every)


def sampled(twin: Twin) -> list[int]:
    """Return the steps that the table shows: the last of all, and others evenly."""
    steps = len(twin["steps"])
    return sorted(range(steps - 1, -1, -max(-(-steps // _ROWS), 1)))


def chart(twin: Twin) -> Chart | None:
    """Draw the twin of a page of times; None while no step has an hour."""
    if not any(twin["steps"]):
        return None
    axis = _Axis(twin)
    whole = max(twin["stations"]["expected"] or 0, *twin["counted"], 1)
    lines, top = _lines(twin, axis)
    ticks = list(axis.ticks()) or [(LEFT, twin["steps"][-1])]
    return Chart(
        _area(axis, [(_height(_STATIONS, one, whole)) for one in twin["counted"]]),
        whole, lines,
        [(_height(_SHARES, one, top), one) for one in range(0, top + 1, 10 if top <= 60 else 20)],
        ticks, (axis.first.date().isoformat(), axis.last.date().isoformat()),
    )  # fmt: skip


def _height(part: tuple[int, int], value: int, whole: int) -> int:
    top, bottom = part
    return bottom - (bottom - top) * value // whole


def _area(axis: _Axis, heights: Sequence[int]) -> str:
    bottom = _STATIONS[1]
    steps = _steps(list(zip(axis.ends, heights, strict=True)))
    return f"M{LEFT} {bottom}{steps}V{bottom}z"


def _steps(points: Sequence[Point]) -> str:
    """Return the path from one point to the next: along, then up or down."""
    path, y = [], None
    for x, height in points:
        if height != y:
            path.append(f"H{x}V{height}")
            y = height
    return "".join(path) + (f"H{points[-1][0]}" if points else "")


def _lines(twin: Twin, axis: _Axis) -> tuple[list[Line], int]:
    """Return the lines, and the per cent that the top of their part stands for."""
    valid = twin["figures"]["valid"]
    told = [at for at, one in enumerate(valid) if one > 0]
    votes = {
        pair["number"]: twin["figures"][f"pair_{pair['number']}"]
        for pair in twin["contest"]["pairs"]
    }
    most = max((100 * one[at] // valid[at] for one in votes.values() for at in told), default=0)
    top = min((most // 10 + 1) * 10, 100)
    if not told:
        return [], top
    made = []
    for number, one in votes.items():
        points = [(axis.ends[at], _height(_SHARES, 100 * one[at], valid[at] * top)) for at in told]
        made.append((number, f"M{points[0][0]} {points[0][1]}{_steps(points[1:])}", points[-1][1]))
    labels = _apart([y for *_, y in made])
    return [
        Line(number, path, label, votes[number][-1], valid[-1])
        for (number, path, _), label in zip(made, labels, strict=True)
    ], top


def _apart(heights: Sequence[int]) -> list[int]:
    """Return where numbers stand so that none lies over another, near the ends of their lines."""
    order = sorted(range(len(heights)), key=lambda at: (heights[at], at))
    placed = [0] * len(heights)
    above = -_APART
    for at in order:
        above = placed[at] = max(heights[at], above + _APART)
    below = max(above, _SHARES[1]) if above <= _SHARES[1] else _SHARES[1]
    for at in reversed(order):
        placed[at] = min(placed[at], below)
        below = placed[at] - _APART
    return placed


def spark(twin: Twin, child: Twin) -> str:
    """Return the path of the stations of a region below, on the time axis of the page."""
    width, height = SPARK
    axis = _Axis(twin)
    whole = max(child["stations"]["expected"] or 0, *child["counted"], 1)
    at = [(end - LEFT) * width // (RIGHT - LEFT) for end in axis.ends]
    points = [
        (x, height - height * one // whole) for x, one in zip(at, child["counted"], strict=True)
    ]
    return f"M0 {height}{_steps(points)}V{height}z"
