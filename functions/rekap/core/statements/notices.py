"""Notices: what is worth a look on the form of one TPS, and says nothing of who is wrong.

R14 holds it against the roster, which is one for all contests of an election, R16 against the
attendance list; W1 and W2 look at the votes alone. They are asked when a page is made, and stand in
no count of findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rekap.core.statements.model import ATTENDED, pair_fields

CODES: Final = ("R14", "R16", "W1", "W2")
_LEAST_VALID: Final = 50
"""Valid votes below which W1 says nothing."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A rule of `CODES`, the figures of the form that it is about, and what other papers have of
    them: the roster's DPT (R14), who signed the attendance list (R16).
    """

    rule: str
    fields: tuple[str, ...]
    others: tuple[int, ...] = ()


def of_form(
    figures: Mapping[str, int], attended: Mapping[str, int], pair_count: int, listed: int | None
) -> tuple[Notice, ...]:
    """Return the notices of a C form; `listed` is the DPT of its TPS in the roster in force."""
    found = (
        _roll(figures, listed), _attendance(figures, attended),
        _one_for_all(figures, pair_count), _invalid(figures),
    )  # fmt: skip
    return tuple(one for one in found if one is not None)


def _roll(figures: Mapping[str, int], listed: int | None) -> Notice | None:
    registered = figures.get("registered")
    if registered is None or listed is None or registered == listed:
        return None
    return Notice("R14", ("registered",), (listed,))


def _attendance(figures: Mapping[str, int], attended: Mapping[str, int]) -> Notice | None:
    """R16: who voted of the DPT, moved here, and unlisted, as far as both papers say it."""
    held = {f"voted_{name}": attended.get(name) for name in ATTENDED}
    differing = {
        field: signed for field, signed in held.items()
        if signed is not None and figures.get(field, signed) != signed
    }  # fmt: skip
    return Notice("R16", tuple(differing), tuple(differing.values())) if differing else None


def _one_for_all(figures: Mapping[str, int], pair_count: int) -> Notice | None:
    """W1: one pair has all of 50 or more valid votes, and 995 of 1,000 registered voted."""
    valid, registered = figures.get("valid"), figures.get("registered")
    voted = next(_present(figures, "voted", "total"), None)
    if valid is None or not registered or voted is None or valid < _LEAST_VALID:
        return None
    pair = next((name for name in pair_fields(pair_count) if figures.get(name) == valid), None)
    if pair is None or figures[voted] * 1_000 < registered * 995:
        return None
    return Notice("W1", ("registered", voted, pair, "valid"))


def _present(figures: Mapping[str, int], *names: str) -> Iterator[str]:
    return (name for name in names if name in figures)


def _invalid(figures: Mapping[str, int]) -> Notice | None:
    """W2: a tenth of all votes or more is invalid."""
    invalid, total = figures.get("invalid"), figures.get("total")
    if not invalid or total is None or invalid * 10 < total:
        return None
    return Notice("W2", ("invalid", "total"))
