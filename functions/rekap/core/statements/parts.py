"""Parts of rules as comparisons, written out for the pairs of a contest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from rekap.core.statements import model
from rekap.core.statements.ruletable import PAIRS, TABLE, Part

IN_COLUMNS: Final = tuple(f"R{number}" for number in range(1, 10))
"""Rules of totals and of columns; a C form has `OF_STATIONS` besides."""
OF_STATIONS: Final = ("R11", "R12", "R13", "R17")

Figures: TypeAlias = Mapping[str, int | None]
Compared: TypeAlias = tuple[bool, int, int, tuple[str, ...]] | None
"""Does it hold, expected, found, the fields that took part; None: cannot be tested."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A part with the pairs of one contest written out."""

    rule: str
    name: str
    op: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    constant: int
    fields: tuple[str, ...]
    compare: Callable[[Comparison, Figures], Compared]


def _sum(figures: Figures, names: tuple[str, ...]) -> int | None:
    total = 0
    try:
        for name in names:
            total += figures[name]  # type: ignore[operator]
    except (KeyError, TypeError):  # absent, or an unknown cell
        return None
    return total


def _equal(one: Comparison, figures: Figures) -> Compared:
    found = expected = 0
    try:
        for name in one.left:
            found += figures[name]  # type: ignore[operator]
        for name in one.right:
            expected += figures[name]  # type: ignore[operator]
    except (KeyError, TypeError):  # absent, or an unknown cell
        return None
    return found == expected, expected, found, one.fields


def _at_most(one: Comparison, figures: Figures) -> Compared:
    found, bound = _sum(figures, one.left), _sum(figures, one.right)
    if found is None or bound is None:
        return None
    bound += one.constant
    return found <= bound, bound, found, one.fields


def _present(figures: Figures, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if figures.get(name) is not None)


def _near(one: Comparison, figures: Figures) -> Compared:
    """R12: ballots received against the DPT and a fortieth of it, rounded up."""
    found, registered = _sum(figures, one.left), _sum(figures, one.right)
    if found is None or registered is None:
        return None
    expected = registered - (-registered // 40)
    return abs(found - expected) <= one.constant, expected, found, one.fields


def _turnout(one: Comparison, figures: Figures) -> Compared:
    """R13: the first field of the left that is present, against those of the right present.

    The first field of the right must be present: without the DPT there is no bound.
    """
    left = _present(figures, one.left)[:1]
    right = _present(figures, one.right)
    found, expected = _sum(figures, left), _sum(figures, right)
    if not left or one.right[0] not in right or found is None or expected is None:
        return None
    return found <= expected, expected, found, left + right


def _some(one: Comparison, figures: Figures) -> Compared:
    """R13: the fields that are present are not all zero."""
    present = _present(figures, one.left)
    found = _sum(figures, present)
    if not present or found is None:
        return None
    return found >= one.constant, one.constant, found, present


_COMPARE: Final[dict[str, tuple[str, Callable[[Comparison, Figures], Compared]]]] = {
    "=": ("=", _equal),
    "<=": ("<=", _at_most),
    "near": ("near", _near),
    "turnout": ("<=", _turnout),
    "some": (">=", _some),
}
"""Op of a part -> the op of its results, and the function that compares."""


@lru_cache(maxsize=256)
def comparisons(form: str, pair_count: int) -> tuple[Comparison, ...]:
    """What is tested on a form in the order of the table: R1 to R9; R11 to R13, R17 for `c_hasil`.

    A `summary` is no form and has none.
    """
    if form == model.SUMMARY:
        return ()
    codes = IN_COLUMNS + (OF_STATIONS if form == model.STATION_FORM else ())
    return tuple(
        _written_out(rule.code, part, pair_count)
        for rule in TABLE
        if rule.code in codes
        for part in rule.parts
    )


def _written_out(code: str, part: Part, pair_count: int) -> Comparison:
    pairs = model.pair_fields(pair_count)
    left, right = (
        tuple(field for name in names for field in (pairs if name == PAIRS else (name,)))
        for names in (part.left, part.right)
    )
    op, compare = _COMPARE[part.op]
    return Comparison(code, part.name, op, left, right, part.constant, left + right, compare)
