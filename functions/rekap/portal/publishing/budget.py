"""The time that a run has: asked before each unit of work, so that a run ends before it is killed.

The units are one page, one range, one proof, one bulk file; a page has as many files as it has, and
the time of the longest is held back for each. What is done between the units of one kind and those
of the next, as a process begins and where the log is looked at, is none. What is done is kept, so a
run that is given too little still gets further than the one before it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final

Left = Callable[[], float]
"""Gives the seconds that a run may still take."""

ENDING_SHARE: Final = 1 / 24
"""What of its time a run keeps for its end: calls under way, `state/site`, `site.json`."""
ENDING_SECONDS: Final = 60.0
"""And how much of it at most."""
UNITS: Final = 8
"""Of so many units the longest is kept in mind."""

Has = Callable[[int], bool]
"""Tells before a unit of so many files whether there is time for it."""


def endless() -> float:
    """Nobody ends this run."""
    return math.inf


class Budget:
    """Divides the time of one run among what it does one after the other."""

    def __init__(self, left: Left) -> None:
        self.left = left
        self._whole = left()
        self._ending = min(self._whole * ENDING_SHARE, ENDING_SECONDS)
        self._units: deque[float] = deque(maxlen=UNITS)

    def spare(self, later: float = 0.0) -> float:
        """Return the seconds until a share `later` of the run is left for what comes after."""
        return math.inf if math.isinf(self._whole) else self._spare(self.left(), later, 1)

    def units(self, later: float = 0.0) -> Has:
        """Return what is asked before each of several units one after the other.

        A file of a unit may take as long as one of those before. Asking ends the unit before: what
        passed since the last question is how long it took.
        """
        began, size = 0.0, 0

        def has(files: int) -> bool:
            nonlocal began, size
            if math.isinf(self._whole):
                return True
            now = self.left()
            if size:
                self._units.append((began - now) / size)
            began, size = now, files
            return now > 0 and round(self._spare(now, later, files), 6) >= 0  # what just fits

        return has

    def _spare(self, now: float, later: float, files: int) -> float:
        longest = max(self._units, default=0.0) * files
        return now - max(self._ending + longest, self._whole * later)
