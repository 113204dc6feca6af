"""The three kinds of run: a steady rate, a portal that stands still, an election day's evening."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final

from scripts.lab.loading import schedule
from scripts.lab.loading.portal import Gateway

STORM_BEFORE_S: Final = 10.0
STORM_AFTER_S: Final = 60.0
"""Arrivals go on before, during and after the stop; not longer than it lasts."""
NATIONAL: Final = 850_000
"""TPS forms of the elections of November 2024: about 429,300 for governors, 420,400 for regents."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A schedule with its name; `stop` and `down` are seconds: when the portal stops, how long.

    `width` cuts its curve into intervals (seconds); 0: no curve.
    """

    name: str
    arrivals: tuple[float, ...]
    stop: float = 0.0
    down: float = 0.0
    width: float = 0.0


def steady(rate: float, seconds: float, seed: int) -> Scenario:
    """`rate` arrivals a second."""
    return Scenario(f"{rate:g}/s", tuple(schedule.poisson(rate, seconds, seed)))


def storm(rate: float, down: float, seed: int) -> Scenario:
    """`rate` arrivals a second while the portal is stopped for `down` seconds."""
    before = min(STORM_BEFORE_S, down)
    whole = before + down + min(STORM_AFTER_S, down)
    arrivals = tuple(schedule.poisson(rate, whole, seed))
    width = max(1.0, round(whole / 20))
    return Scenario(f"storm {rate:g}/s, {down:g} s", arrivals, before, down, width)


def evening(share: float, factor: float, seed: int) -> Scenario:
    """`share` of the nation's forms in eight hours of three time zones, `factor` times as fast."""
    count = round(NATIONAL * share)
    arrivals = tuple(schedule.evening(count, factor, seed))
    return Scenario(
        f"evening of {count:,} forms, {factor:g} times as fast",
        arrivals,
        width=schedule.HOURS * 3600 / factor / 16,
    )


def disturbance(
    scenario: Scenario, gateway: Gateway | None
) -> Callable[[], Coroutine[None, None, None]] | None:
    """Return what stops and starts the portal during a scenario, if anything does.

    Raises ValueError if the portal is not ours to stop.
    """
    if not scenario.down:
        return None
    if gateway is None:
        raise ValueError("a portal elsewhere cannot be stopped from here")
    own = gateway

    async def stop_and_start() -> None:
        await asyncio.sleep(scenario.stop)
        await asyncio.to_thread(own.stop)
        await asyncio.sleep(scenario.down)
        await asyncio.to_thread(own.start)

    return stop_and_start
