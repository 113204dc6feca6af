"""Clients that send when their time has come, whatever became of the others: an open loop.

One client has one form. Its latency counts from the moment at which it was to be sent, so a server
that stands still, a free connection that is missing, and a late sender are all in the figure.
What an answer means and how long a client waits before it tries again is that of `rekap submit`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox.receipts import ReceiptKey
from rekap.desk.officials.outbox.replies import Reply, What, judge
from rekap.desk.officials.outbox.sender import Pace, Time
from rekap.desk.officials.outbox.upload import Raw

ACCEPTED: Final = "accepted"
DOUBT: Final = "doubt"
"""Acknowledged without a receipt that verifies."""

Post = Callable[[bytes], Awaitable[Raw]]


@dataclass(slots=True)
class Fate:
    """What became of one upload; times in seconds from the start.

    `outcome` is `accepted`, `doubt`, the code of a refusal that needs a person, or empty while
    there is no answer that lasts.
    """

    due: float
    begun: float = -1.0
    ended: float = -1.0
    tries: int = 0
    outcome: str = ""
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def lag(self) -> float:
        """How late the sender itself was."""
        return self.begun - self.due

    @property
    def latency(self) -> float:
        """From the scheduled arrival to the receipt."""
        return self.ended - self.due


@dataclass(frozen=True, slots=True)
class Order:
    """An upload that is ready: the bytes of its request, and the statement in it."""

    request: bytes
    item: Item


@dataclass(slots=True)
class Crowd:
    """All clients of one run. `post` sends; the clock is the event loop's."""

    post: Post
    key: ReceiptKey
    chance: random.Random
    start: float = 0.0
    fates: list[Fate] = field(default_factory=list)
    on_receipt: Callable[[int], None] = lambda _: None

    def now(self) -> float:
        """Return the seconds since the start."""
        return asyncio.get_running_loop().time() - self.start

    async def run(self, arrivals: Sequence[float], orders: Sequence[Order], end: float) -> None:
        """Send orders at their arrivals; clients without a receipt at `end` are left without."""
        self.start = asyncio.get_running_loop().time()
        clients: list[asyncio.Task[None]] = []
        for number, due in enumerate(arrivals):
            await asyncio.sleep(max(0.0, due - self.now()))
            self.fates.append(Fate(due, begun=self.now()))
            clients.append(asyncio.create_task(self._client(number, orders[number])))
        left = max(0.0, end - self.now())
        _, late = await asyncio.wait(clients, timeout=left) if clients else (None, set())
        for one in late:
            one.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def _client(self, number: int, order: Order) -> None:
        fate = self.fates[number]
        pace = Pace(Time(self.now, time.time, _never, self.chance.random))
        while not fate.outcome:
            asked = None
            fate.tries += 1
            try:
                raw = await self.post(order.request)
            except TimeoutError:
                fate.answers["no answer in time"] += 1
            except OSError:
                fate.answers["connection lost"] += 1
            else:
                asked = self._heard(fate, raw, order.item).retry_after
            if not fate.outcome:
                await asyncio.sleep(pace.back_off(asked))
        if fate.outcome == ACCEPTED:
            self.on_receipt(number)

    def _heard(self, fate: Fate, raw: Raw, item: Item) -> Reply:
        """Note an answer and what it means."""
        reply = judge(raw, item, self.key, time.time())
        code = str(reply.said.get("code", ""))
        fate.answers[f"{raw.status} {code}".strip()] += 1
        if reply.what is What.DONE:
            fate.ended, fate.outcome = self.now(), ACCEPTED
        elif reply.what is What.DOUBT:
            fate.outcome = DOUBT
        elif reply.what in (What.FINAL, What.PERSON):
            fate.outcome = code
        return reply


def _never(_: float) -> None:
    raise RuntimeError("a client sleeps in the event loop")
