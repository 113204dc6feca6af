"""How much is tried: a sample in CI, everything in `make soak` (REKAP_SOAK=all).

A sample is drawn from a fixed seed, so a failure comes again; REKAP_SEED takes another.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

SOAK = os.environ.get("REKAP_SOAK") == "all"
SEED = int(os.environ.get("REKAP_SEED", "20241127"))

KILLS = int(os.environ.get("REKAP_KILLS", "10" if SOAK else "1"))
"""How often each function is killed."""

T = TypeVar("T")


def sample(items: Sequence[T], few: int, salt: object = "") -> list[T]:
    """All items in a soak, else the first, the last and others by chance: `few`, in their order.

    `salt` lets two samples of equal length differ.
    """
    if SOAK or len(items) <= few:
        return list(items)
    chosen = random.Random(f"{SEED} {salt}").sample(range(1, len(items) - 1), few - 2)
    return [items[at] for at in sorted({0, len(items) - 1, *chosen})]
