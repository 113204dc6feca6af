"""The rules R1 to R17 in plain Python, read from `docs/rules.md` a second time.

Nothing of the project is imported: a mistake in its own table does not repeat itself here.
"""

from __future__ import annotations

GENDERED = "registered voted_listed voted_moved voted_unlisted voted voted_disabled".split()
BALLOTS = "ballots_received ballots_used ballots_returned ballots_unused".split()
KINDS = ("listed", "moved", "unlisted")
VOTES = ("valid", "invalid", "total")

Figures = dict[str, int | None]
"""A figure by name; None is a cell that the source does not know."""


def broken(figures: Figures, pairs: int, *, station: bool) -> list[str]:
    """Codes of the rules R1…R17 that the figures break; unknown figures cannot be tested."""
    f = figures.get
    ends = ("_m", "_f", "")
    tests = {
        "R1": [_equal(figures, [row], [row + "_m", row + "_f"]) for row in GENDERED],
        "R2": [
            _equal(figures, ["voted" + e], [f"voted_{kind}{e}" for kind in KINDS]) for e in ends
        ],
        "R3": [_most(figures, ["voted_listed" + e], ["registered" + e]) for e in ends],
        "R4": [_equal(figures, BALLOTS[:1], BALLOTS[1:])],
        "R5": [_equal(figures, ["ballots_used"], ["voted"])],
        "R6": [_equal(figures, ["valid"], [f"pair_{n}" for n in range(1, pairs + 1)])],
        "R7": [_equal(figures, ["total"], ["valid", "invalid"])],
        "R8": [_equal(figures, ["total"], ["ballots_used"]), _equal(figures, ["total"], ["voted"])],
        "R9": [
            _most(figures, ["voted_disabled"], ["voted"]),
            _most(figures, ["ballots_returned"], ["ballots_received"]),
            _most(figures, ["ballots_unused"], ["ballots_received"]),
        ],
    }
    codes = [code for code, parts in tests.items() if False in parts]
    if not station:
        return codes
    registered, received = f("registered"), f("ballots_received")
    if registered is not None and registered > 600:
        codes.append("R11")
    near = None not in (registered, received)
    if near and abs((received or 0) - (registered or 0) - ((registered or 0) + 39) // 40) > 2:
        codes.append("R12")
    voters = f("voted") if f("voted") is not None else f("total")
    bound = sum(f(name) or 0 for name in ("registered", "voted_moved", "voted_unlisted"))
    votes = [f(name) for name in (*(f"pair_{n}" for n in range(1, pairs + 1)), *VOTES)]
    told = [vote for vote in votes if vote is not None]
    over = voters is not None and registered is not None and voters > bound
    if over or (told and not any(told)):
        codes.append("R13")
    if False in [_most(figures, ["voted_disabled" + e], ["voted" + e]) for e in ends[:2]]:
        codes.append("R17")
    return codes


def _equal(figures: Figures, left: list[str], right: list[str]) -> bool | None:
    one, other = _total(figures, left), _total(figures, right)
    return None if one is None or other is None else one == other


def _most(figures: Figures, left: list[str], right: list[str]) -> bool | None:
    one, other = _total(figures, left), _total(figures, right)
    return None if one is None or other is None else one <= other


def _total(figures: Figures, names: list[str]) -> int | None:
    values = [figures.get(name) for name in names]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
