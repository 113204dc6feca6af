"""Invented papers of a simulated election: correct C forms, real-looking mistakes, D forms above.

A correct paper obeys every rule. A mistake is one that people really make; which rules it breaks
is not said here: `expected.py` finds that out from the written folder.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

Figures: TypeAlias = dict[str, int]

GENDERED: Final = tuple(
    "registered voted_listed voted_moved voted_unlisted voted voted_disabled".split()
)
FIELDS_AFTER: Final = ("valid", "invalid", "total")


def correct(rng: random.Random, pairs: int, registered: int) -> Figures:
    """A C form of a station with `registered` voters (at least 20) that obeys R1 to R13."""
    f: Figures = {}
    men = registered // 2 + rng.randint(-registered // 20, registered // 20)
    _row(f, "registered", men, registered - men)
    _row(f, "voted_listed", *(_share(rng, f["registered" + e], 45, 85) for e in ("_m", "_f")))
    _row(f, "voted_moved", rng.randint(0, 3), rng.randint(0, 3))
    _row(f, "voted_unlisted", rng.randint(0, 5), rng.randint(0, 5))
    kinds = ("voted_listed", "voted_moved", "voted_unlisted")
    _row(f, "voted", *(sum(f[kind + e] for kind in kinds) for e in ("_m", "_f")))
    _row(f, "voted_disabled", rng.randint(0, 2), rng.randint(0, 2))
    f["ballots_received"] = registered + (registered + 39) // 40
    f["ballots_used"] = f["voted"]
    room = f["ballots_received"] - f["ballots_used"]
    f["ballots_returned"] = rng.randint(0, min(4, max(room, 0)))
    f["ballots_unused"] = room - f["ballots_returned"]
    f["invalid"] = _share(rng, f["voted"], 1, 9)
    f["valid"] = f["voted"] - f["invalid"]
    f["total"] = f["voted"]
    left = f["valid"]
    for n in range(1, pairs):
        f[f"pair_{n}"] = rng.randint(0, left)
        left -= f[f"pair_{n}"]
    f[f"pair_{pairs}"] = left
    return f


def _row(figures: Figures, name: str, men: int, women: int) -> None:
    figures[f"{name}_m"], figures[f"{name}_f"] = men, women
    figures[name] = men + women


def _share(rng: random.Random, whole: int, low: int, high: int) -> int:
    return whole * rng.randint(low, high) // 100


# ---------------------------------------------------------------- mistakes of C forms


def _joined(f: Figures, rng: random.Random) -> None:
    """Two figures written into one box: 5 and 207 become 5207."""
    f["pair_1"] = int(f"{f['pair_1']}{f['valid']}") % 1_000_000


def _shifted(f: Figures, rng: random.Random) -> None:
    """Valid and invalid votes stand in each other's row."""
    f["valid"], f["invalid"] = f["invalid"], f["valid"]


def _twice(f: Figures, rng: random.Random) -> None:
    """The valid votes were typed again as the invalid ones."""
    f["invalid"] = f["valid"]


def _misread(f: Figures, rng: random.Random) -> None:
    """One digit of the first pair was misread."""
    digits = list(str(f["pair_1"]))
    place = rng.randrange(len(digits))
    digits[place] = str((int(digits[place]) + rng.randint(1, 8)) % 10)
    f["pair_1"] = int("".join(digits))


def _zero_total(f: Figures, rng: random.Random) -> None:
    """The total was left at zero."""
    f["total"] = 0


def _total_in_valid(f: Figures, rng: random.Random) -> None:
    """The total stands in the row of the valid votes."""
    f["valid"] = f["total"]


def _gender(f: Figures, rng: random.Random) -> None:
    """Men of one row were counted wrongly, the total was not."""
    f[f"{rng.choice(GENDERED)}_m"] += rng.randint(1, 4)


def _users(f: Figures, rng: random.Random) -> None:
    """Voters with an identity card were left out of the sum."""
    for end in ("_m", ""):
        f[f"voted_unlisted{end}"] += 2


def _too_many_listed(f: Figures, rng: random.Random) -> None:
    """More voters of the list voted than it holds."""
    f["voted_listed"] = f["registered"] + 1


def _swapped_ballots(f: Figures, rng: random.Random) -> None:
    """Two digits of the unused ballots are swapped."""
    f["ballots_unused"] += 9


def _used(f: Figures, rng: random.Random) -> None:
    """The ballots used and the rest of them were counted again, the voters were not."""
    f["ballots_used"] += 1
    f["ballots_unused"] -= 1


def _spoilt_as_invalid(f: Figures, rng: random.Random) -> None:
    """A ballot that was given back was counted as an invalid vote too."""
    f["invalid"] += 1
    f["total"] += 1


def _disabled(f: Figures, rng: random.Random) -> None:
    """Voters with disability were mistaken for all voters."""
    extra = f["voted"] + 1 - f["voted_disabled"]
    f["voted_disabled_m"] += extra
    f["voted_disabled"] += extra


def _crowded(f: Figures, rng: random.Random) -> None:
    """A station with more than 600 voters, correct otherwise."""
    extra = 601 + rng.randint(0, 40) - f["registered"]
    ballots = f["registered"] + extra + (f["registered"] + extra + 39) // 40 - f["ballots_received"]
    f["registered_m"] += extra
    f["registered"] += extra
    f["ballots_received"] += ballots
    f["ballots_unused"] += ballots


def _ballots(f: Figures, rng: random.Random) -> None:
    """A bundle of ballots too many was delivered."""
    f["ballots_received"] += 25
    f["ballots_unused"] += 25


def _nothing(f: Figures, rng: random.Random) -> None:
    """A form of zeros was sent."""
    for name in f:
        if name.startswith("pair_") or name in FIELDS_AFTER:
            f[name] = 0


def _everybody(f: Figures, rng: random.Random) -> None:
    """More people voted than there can be."""
    extra = f["registered"] + f["voted_moved"] + f["voted_unlisted"] + 5 - f["voted"]
    for name in ("voted", "voted_m", "ballots_used", "total", "valid", "pair_1"):
        f[name] += extra
    f["ballots_unused"] -= extra


Mistake: TypeAlias = Callable[[Figures, random.Random], None]
MISTAKES: Final[tuple[Mistake, ...]] = (
    _joined, _shifted, _twice, _misread, _zero_total, _total_in_valid, _gender, _users,
    _too_many_listed, _swapped_ballots, _used, _spoilt_as_invalid, _disabled, _crowded, _ballots,
    _nothing, _everybody,
)  # fmt: skip


def mistaken(rng: random.Random, figures: Figures, number: int) -> Figures:
    """The same paper with mistake number `number` of the list; no figure becomes negative."""
    wrong = dict(figures)
    MISTAKES[number % len(MISTAKES)](wrong, rng)
    return {name: max(value, 0) for name, value in wrong.items()}


# ---------------------------------------------------------------- D forms


class Sheet:
    """The totals and columns of one D form; `children` maps a column to its figures."""

    def __init__(self, children: Mapping[str, Figures]) -> None:
        self.columns = {child: dict(figures) for child, figures in children.items()}
        self.figures = total(self.columns.values())

    def mistake(self, rng: random.Random, number: int) -> None:
        """Copy a column wrongly, add wrongly, or lose a column."""
        child = sorted(self.columns)[number % len(self.columns)]
        if number % 3 == 0:
            self.columns[child]["pair_1"] += rng.randint(1, 9)
            self.figures = total(self.columns.values())
        elif number % 3 == 1:
            self.figures["valid"] += rng.randint(1, 9)
        elif len(self.columns) > 1:
            del self.columns[child]
            self.figures = total(self.columns.values())


def total(papers: Iterable[Figures]) -> Figures:
    """The sum of papers that all have the same figures."""
    sums: Figures = {}
    for figures in papers:
        for name, value in figures.items():
            sums[name] = sums.get(name, 0) + value
    return sums
