"""The time that a run has: asked before each unit of work, so that a run ends before it is killed.

The units are one entry, one page, one proof, one bulk file. What is done is kept, so a run that is
given too little still gets further than the one before it.
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


def endless() -> float:
    """Nobody ends this run."""
    return math.inf


class Budget:
    """Divides the time of one run among what it does one after the other."""

    def __init__(self, left: Left) -> None:
        self.left = left
        self._whole = left()
        self._ending = min(self._whole * ENDING_SHARE, ENDING_SECONDS)
        self._asked = self._whole
        self._units: deque[float] = deque(maxlen=UNITS)

    def spare(self, later: float = 0.0) -> float:
        """Return the seconds until a share `later` of the run is left for what comes after."""
        if math.isinf(self._whole):
            return math.inf
        longest = max(self._units, default=0.0)
        return self.left() - max(self._ending + longest, self._whole * later)

    def has(self, later: float = 0.0) -> bool:
        """Tell whether there is time for one more unit, which may take as long as those before.

        Asking ends the unit before: what passed since the last question is how long it took.
        """
        if math.isinf(self._whole):
            return True
        now = self.left()
        self._units.append(self._asked - now)
        self._asked = now
        return self.spare(later) > 0
