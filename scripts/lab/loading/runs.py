"""One run: a schedule, the uploads for it, what happens to the portal meanwhile, the sums."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from scripts.lab.loading.accounts import Seen, Tally, tally
from scripts.lab.loading.clients import ACCEPTED, Crowd, Fate, Order
from scripts.lab.loading.country import Upload
from scripts.lab.loading.watching import Watch
from scripts.lab.loading.wire import Lines, request

from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.upload import PATH, Raw

SAMPLED: Final = 40
"""Pages of a run that are looked at; more looks would be load of their own."""
READY: Final = 24
"""Connections that are open before the clock starts."""
NOBODY: Final = "0" * 64
"""A leaf that no statement has."""
LINGER_S: Final = 600.0
"""How long after the last receipt pages are still looked for, at most."""
QUIET_S: Final = 5.0
"""How long log and site must be equal and still before a page counts as never shown."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How clients behave. `most` connections at once; they give up `patience_s` after the last."""

    key: ReceiptKey
    most: int = 256
    timeout_s: float = 30.0
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

    def leaves(self, outcome: str) -> list[str]:
        """Return the leaves of all uploads with an outcome."""
        pairs = zip(self.plan.uploads, self.fates, strict=False)
        return [up.item.leaf for up, fate in pairs if fate.outcome == outcome]

    def sums(self, leaves: Sequence[str]) -> Tally:
        """Return the run's figures, given the leaves of the log."""
        places = {leaf: index for index, leaf in enumerate(leaves)}
        waited = max(self.watch.pending_s, default=0.0)
        seen = Seen(sampled=self.watch.sampled, pending=waited)
        for number, (up, fate) in enumerate(zip(self.plan.uploads, self.fates, strict=False)):
            at = self.watch.log.covers(places[up.item.leaf]) if up.item.leaf in places else None
            if at is not None and fate.outcome == ACCEPTED:
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
    orders = [
        Order(request("POST", lines.host, PATH, one.item.data), one.item) for one in plan.uploads
    ]

    async def get(path: str) -> Raw:
        return await looks.ask(request("GET", looks.host, f"/{path}"))

    crowd = Crowd(lines.ask, rules.key, random.Random(f"clients {rules.seed}"))
    watch = Watch(get, crowd.now, oldest_s)
    every = max(1, len(plan.arrivals) // SAMPLED)

    def look(number: int) -> None:
        if number % every == 0:
            watch.page(number, plan.uploads[number].page)

    crowd.on_receipt = look
    await lines.open(READY, request("GET", lines.host, f"{PATH}/{NOBODY}"))
    crowd.start = asyncio.get_running_loop().time()
    looking = asyncio.create_task(watch.run())
    disturbing = asyncio.create_task(plan.disturb()) if plan.disturb else None
    last = plan.arrivals[-1] if plan.arrivals else 0.0
    await crowd.run(plan.arrivals, orders, last + rules.patience_s)
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
    """Go on looking until every sampled page shows its form or none will, at most `seconds`."""
    end = crowd.now() + seconds
    while watch.waiting and crowd.now() < end and not watch.settled(QUIET_S):
        await asyncio.sleep(0.1)
