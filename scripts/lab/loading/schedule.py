"""When uploads arrive: fixed before the clock starts, so that no answer can move an arrival.

All times are seconds from the start. The same seed gives the same schedule.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HOURS: Final = 8
"""From 11:00 to 19:00 WIB."""

ZONES: Final = (("WIT", 0.0, 4), ("WITA", 1.0, 17), ("WIB", 2.0, 79))
"""Zone, hours until its polls close at 13:00 local time, its stations in per cent (assumed)."""

COUNTING_HOURS: Final = 3.0
STEPS: Final = 4
"""A station sends after counting: an Erlang delay of four steps, three hours in the mean."""


def poisson(rate: float, seconds: float, seed: int) -> list[float]:
    """Arrivals of many independent senders: `rate` a second in the mean, for `seconds`."""
    chance = random.Random(f"arrivals {seed} {rate:g} {seconds:g}")
    arrivals: list[float] = []
    at = chance.expovariate(rate)
    while at < seconds:
        arrivals.append(at)
        at += chance.expovariate(rate)
    return arrivals


def evening(count: int, factor: float, seed: int) -> list[float]:
    """`count` arrivals of an election day in three time zones, `factor` times as fast.

    Whoever would send after the eighth hour is drawn again.
    """
    chance = random.Random(f"evening {seed} {count}")
    shares = [share for _, _, share in ZONES]
    arrivals: list[float] = []
    while len(arrivals) < count:
        _, closing, _ = chance.choices(ZONES, shares)[0]
        hour = closing + chance.gammavariate(STEPS, COUNTING_HOURS / STEPS)
        if hour < HOURS:
            arrivals.append(hour * 3600 / factor)
    return sorted(arrivals)


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many events fell into the interval that begins at `start`."""

    start: float
    count: int


def per_interval(times: Sequence[float], width: float, end: float) -> list[Bucket]:
    """Count events in intervals of `width` seconds from 0 to `end`, empty ones too."""
    counts = [0] * max(1, -int(-end // width))
    for at in times:
        place = int(at // width)
        if 0 <= place < len(counts):
            counts[place] += 1
    return [Bucket(number * width, count) for number, count in enumerate(counts)]
