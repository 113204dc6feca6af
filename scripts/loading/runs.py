"""One run: a schedule, the uploads for it, what happens to the portal meanwhile, the sums."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from scripts.loading.accounts import Seen, Tally, tally
from scripts.loading.clients import Crowd, Fate
from scripts.loading.country import Upload
from scripts.loading.watching import Watch
from scripts.loading.wire import Lines, Reply, request

SAMPLED: Final = 40
"""Pages of a run that are looked at; more looks would be load of their own."""
READY: Final = 24
"""Connections that are open before the clock starts."""
LINGER_S: Final = 20.0
"""How long after the last receipt pages are still looked for."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How clients behave. `most` connections at once; they give up `patience_s` after the last."""

    most: int = 256
    timeout_s: float = 15.0
    patience_s: float = 120.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Arrivals in seconds, an upload for each, and what disturbs the portal meanwhile."""

    name: str
    arrivals: Sequence[float]
    uploads: Sequence[Upload]
    disturb: Callable[[], Coroutine[None, None, None]] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run left: its fates with their uploads, and what was seen meanwhile."""

    plan: Plan
    fates: Sequence[Fate]
    watch: Watch

    def receipts(self) -> list[tuple[str, str]]:
        """Return (leaf, receipt) of every acknowledged upload."""
        pairs = zip(self.plan.uploads, self.fates, strict=False)
        return [(up.leaf, fate.receipt) for up, fate in pairs if fate.outcome == "accepted"]

    def sums(self, leaves: Sequence[str]) -> Tally:
        """Return the run's figures, given the leaves of the log."""
        places = {leaf: index for index, leaf in enumerate(leaves)}
        seen = Seen(pending=max(self.watch.pending_s, default=0.0))
        for number, (up, fate) in enumerate(zip(self.plan.uploads, self.fates, strict=False)):
            at = self.watch.log.covers(places[up.leaf]) if up.leaf in places else None
            if at is not None and fate.outcome == "accepted":
                seen.logged.append(max(0.0, at - fate.due))
            if number in self.watch.pages:
                seen.visible.append(self.watch.pages[number] - fate.due)
        return tally(self.fates, seen)


def run(url: str, plan: Plan, rules: Rules, oldest_s: Callable[[], float]) -> Run:
    """Carry out a plan against the portal at `url`. Raises OSError if it does not answer."""
    return asyncio.run(_run(url, plan, rules, oldest_s))


async def _run(url: str, plan: Plan, rules: Rules, oldest_s: Callable[[], float]) -> Run:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    lines = Lines(host, port, most=rules.most, timeout_s=rules.timeout_s)
    looks = Lines(host, port, most=4, timeout_s=rules.timeout_s)
    bodies = [request("POST", lines.host, "/v1/statements", up.body) for up in plan.uploads]

    async def get(path: str) -> Reply:
        return await looks.ask(request("GET", looks.host, f"/{path}"))

    crowd = Crowd(lines.ask, random.Random(f"clients {rules.seed}"))
    watch = Watch(get, crowd.now, oldest_s)
    every = max(1, len(plan.arrivals) // SAMPLED)

    def look(number: int) -> None:
        if number % every == 0:
            watch.page(number, plan.uploads[number].page)

    crowd.on_receipt = look
    await lines.open(READY)
    crowd.start = asyncio.get_running_loop().time()
    looking = asyncio.create_task(watch.run())
    disturbing = asyncio.create_task(plan.disturb()) if plan.disturb else None
    last = plan.arrivals[-1] if plan.arrivals else 0.0
    await crowd.run(plan.arrivals, bodies, last + rules.patience_s)
    if disturbing:
        await disturbing
    await _linger(watch, crowd, LINGER_S)
    watch.end()
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking
    lines.close()
    looks.close()
    return Run(plan, crowd.fates, watch)


async def _linger(watch: Watch, crowd: Crowd, seconds: float) -> None:
    """Go on looking until every sampled page shows its form, at most for `seconds`."""
    end = crowd.now() + seconds
    while watch.waiting and crowd.now() < end:
        await asyncio.sleep(0.1)
