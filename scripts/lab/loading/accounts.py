"""Sums of a run, and the one that must be zero: receipts whose entry is not in the log."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.lab.loading.clients import ACCEPTED, DOUBT, Fate


def percentile(values: Sequence[float], per_cent: float) -> float:
    """Nearest rank: the smallest value that `per_cent` of all do not exceed; 0 of nothing."""
    if not values:
        return 0.0
    rank = max(1, math.ceil(len(values) * per_cent / 100))
    return sorted(values)[rank - 1]


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of seconds."""

    p50: float
    p90: float
    p95: float
    p99: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the percentiles of values; zeros if there are none."""
        return cls(*(percentile(values, p) for p in (50, 90, 95, 99, 100)))


@dataclass(frozen=True, slots=True)
class Promises:
    """Receipts against the log. `broken` and `doubled` name leaves, `false` uploads."""

    kept: int
    broken: tuple[str, ...]
    doubled: tuple[str, ...]
    false: tuple[str, ...]

    @property
    def hold(self) -> bool:
        """Every acknowledged upload is in the log exactly once, by a receipt that is one."""
        return not (self.broken or self.doubled or self.false)


def promises(
    acknowledged: Iterable[str], log: Sequence[str], false: Iterable[str] = ()
) -> Promises:
    """Hold acknowledged leaves against the leaves of the whole log, in its order.

    `false`: leaves that were acknowledged without a receipt that verifies.
    """
    times = Counter(log)
    named = list(acknowledged)
    return Promises(
        sum(times[leaf] == 1 for leaf in named),
        tuple(leaf for leaf in named if not times[leaf]),
        tuple(leaf for leaf, count in times.items() if count > 1),
        tuple(false),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all uploads of a run. Times in seconds."""

    offered: int
    seconds: float
    accepted: int
    latency: Spread
    lag: Spread
    answers: Mapping[str, int]
    again: int
    without: int
    final: Mapping[str, int]
    logged: Spread
    visible: Spread
    shown: int
    sampled: int
    pending: float

    @property
    def rate(self) -> float:
        """Receipts a second, from the first arrival to the last receipt."""
        return self.accepted / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class Seen:
    """Seconds from arrival until the log covered a form, and until its page showed it.

    `sampled` pages were looked at; those that never showed their form are not in `visible`.
    """

    logged: list[float] = field(default_factory=list)
    visible: list[float] = field(default_factory=list)
    sampled: int = 0
    pending: float = 0.0


def tally(fates: Sequence[Fate], seen: Seen) -> Tally:
    """Sum up a run."""
    done = [fate for fate in fates if fate.outcome == ACCEPTED]
    answers = sum((fate.answers for fate in fates), Counter[str]())
    final = Counter(f.outcome for f in fates if f.outcome not in ("", ACCEPTED, DOUBT))
    return Tally(
        offered=len(fates),
        seconds=max((fate.ended for fate in done), default=0.0),
        accepted=len(done),
        latency=Spread.of([fate.latency for fate in done]),
        lag=Spread.of([fate.lag for fate in fates]),
        answers=dict(sorted(answers.items())),
        again=sum(max(0, fate.tries - 1) for fate in fates),
        without=sum(not fate.outcome for fate in fates),
        final=dict(final),
        logged=Spread.of(seen.logged),
        visible=Spread.of(seen.visible),
        shown=len(seen.visible),
        sampled=seen.sampled,
        pending=seen.pending,
    )
