"""Figures of runs as text lines and as the tables of `docs/measurements.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.lab.loading.accounts import Promises, Spread, Tally, percentile
from scripts.lab.loading.clients import ACCEPTED, Fate
from scripts.lab.loading.markdown import table
from scripts.lab.loading.scenarios import Scenario
from scripts.lab.loading.schedule import per_interval


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario carried out and held against the log. `core`: the sender's share of a core."""

    scenario: Scenario
    tally: Tally
    promises: Promises
    fates: Sequence[Fate]
    core: float

    @property
    def holds(self) -> bool:
        """No receipt is broken, doubled or false, and no sound form was refused for good."""
        return self.promises.hold and not self.tally.final


def seconds(value: float) -> str:
    """Spell a duration: milliseconds below one second."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def spread(value: Spread) -> str:
    """Spell percentiles."""
    names = {"p50": value.p50, "p90": value.p90, "p95": value.p95, "p99": value.p99}
    return ", ".join(
        f"{name} {seconds(one)}" for name, one in [*names.items(), ("max", value.most)]
    )


def lines(result: Result) -> Iterator[str]:
    """Tell a run."""
    t, kept = result.tally, result.promises
    yield (
        f"{result.scenario.name}: {t.offered:,} arrivals, {t.accepted:,} receipts, {t.rate:.1f}/s"
    )
    yield f"  arrival to receipt     {spread(t.latency)}"
    yield f"  arrival to log         {spread(t.logged)}"
    yield f"  arrival to TPS page    {spread(t.visible)} ({t.shown} of {t.sampled} sampled)"
    yield f"  oldest waiting record  {seconds(t.pending)}"
    yield f"  sender                 lag {spread(t.lag)}; {result.core:.0%} of a core"
    answers = ", ".join(f"{name}: {count:,}" for name, count in t.answers.items())
    yield f"  answers                {answers}"
    yield f"  tried again            {t.again:,} times; {t.without:,} without a receipt at the end"
    yield (
        f"  receipts               {kept.kept:,} kept, {len(kept.broken)} lost,"
        f" {len(kept.doubled)} twice in the log, {len(kept.false)} not signed"
    )
    for leaf in kept.broken[:5]:
        yield f"    lost: {leaf}"
    for code, count in t.final.items():
        yield f"  refused for good       {code}: {count:,}"


@dataclass(frozen=True, slots=True)
class Step:
    """One interval of a curve; `waiting` clients had no receipt at its end.

    `p99` is the latency of those who arrived in it, in seconds.
    """

    start: float
    arrived: int
    receipts: int
    waiting: int
    p99: float


def curve(result: Result) -> Iterator[Step]:
    """Cut a run into the intervals of its scenario."""
    width = result.scenario.width
    if not width:
        return
    done = [fate.ended for fate in result.fates if fate.outcome == ACCEPTED]
    end = max([*done, *(fate.due for fate in result.fates)], default=0.0) + width / 1000
    came = per_interval([fate.due for fate in result.fates], width, end)
    went = per_interval(done, width, end)
    waiting = 0
    for number, (arrived, receipts) in enumerate(zip(came, went, strict=True)):
        waiting += arrived.count - receipts.count
        here = [f.latency for f in result.fates if f.ended >= 0 and f.due // width == number]
        yield Step(arrived.start, arrived.count, receipts.count, waiting, percentile(here, 99))


# ---------------------------------------------------------------- tables


def steady_table(results: Sequence[Result]) -> str:
    """The runs beside each other."""
    head = (
        "arrivals", "receipts", "p50", "p90", "p99", "max", "refused, lost connections",
        "tried again", "oldest waiting", "in the log, p99", "TPS page, p50 · p95",
        "sender's lag, p99", "lost",
    )  # fmt: skip
    return table(head, [_row(result) for result in results])


def _row(result: Result) -> list[str]:
    t = result.tally
    refused = [f"{n} {count:,}" for n, count in t.answers.items() if n not in ("200", "201")]
    return [
        f"{result.scenario.name}: {t.offered:,}",
        f"{t.accepted:,}, {t.rate:.0f}/s",
        *(seconds(one) for one in (t.latency.p50, t.latency.p90, t.latency.p99, t.latency.most)),
        ", ".join(refused) or "0",
        f"{t.again:,}",
        seconds(t.pending),
        seconds(t.logged.p99),
        f"{seconds(t.visible.p50)} · {seconds(t.visible.p95)}",
        seconds(t.lag.p99),
        str(len(result.promises.broken)),
    ]


def curve_table(result: Result) -> str:
    """The run over its time."""
    head = ("from", "arrivals", "receipts", "without a receipt yet", "p99 of these arrivals")
    steps = [
        (
            f"{step.start:.0f} s",
            f"{step.arrived:,}",
            f"{step.receipts:,}",
            f"{step.waiting:,}",
            seconds(step.p99) if step.arrived else "",
        )
        for step in curve(result)
    ]
    return table(head, steps)
