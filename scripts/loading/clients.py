"""Clients that send when their time has come, whatever became of the others: an open loop.

One client has one form. Its latency counts from the moment at which it was to be sent, so a server
that stands still, a free connection that is missing, and a late sender are all in the figure.
A client tries again as an official's device does, until it has a final answer.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from scripts.loading.wire import Reply

from rekap.intake.answers import CODES

BASE_S: Final = 1.0
CAP_S: Final = 60.0
"""Before try n+1 a client waits up to BASE_S x 2^n, at most CAP_S, beside what Retry-After asks."""

Post = Callable[[bytes], Awaitable[Reply]]


def pause(tries: int, retry_after: float, chance: random.Random) -> float:
    """Seconds before the next try: full jitter, beyond what the server asks for."""
    return retry_after + chance.uniform(0.0, min(CAP_S, BASE_S * 2**tries))


@dataclass(slots=True)
class Fate:
    """What became of one upload; times in seconds from the start.

    `outcome` is `accepted`, the code of a final refusal, or empty while there is no answer.
    """

    due: float
    begun: float = -1.0
    ended: float = -1.0
    tries: int = 0
    outcome: str = ""
    receipt: str = ""
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def lag(self) -> float:
        """How late the sender itself was."""
        return self.begun - self.due

    @property
    def latency(self) -> float:
        """From the scheduled arrival to the receipt."""
        return self.ended - self.due


@dataclass(slots=True)
class Crowd:
    """All clients of one run. `post` sends; the clock is the event loop's."""

    post: Post
    chance: random.Random
    start: float = 0.0
    fates: list[Fate] = field(default_factory=list)
    on_receipt: Callable[[int], None] = lambda _: None

    def now(self) -> float:
        """Return the seconds since the start."""
        return asyncio.get_running_loop().time() - self.start

    async def run(self, arrivals: Sequence[float], requests: Sequence[bytes], end: float) -> None:
        """Send requests at their arrivals; clients without a receipt at `end` are left without."""
        self.start = asyncio.get_running_loop().time()
        clients: list[asyncio.Task[None]] = []
        for number, due in enumerate(arrivals):
            await asyncio.sleep(max(0.0, due - self.now()))
            self.fates.append(Fate(due, begun=self.now()))
            clients.append(asyncio.create_task(self._client(number, requests[number])))
        left = max(0.0, end - self.now())
        _, late = await asyncio.wait(clients, timeout=left) if clients else (None, set())
        for one in late:
            one.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def _client(self, number: int, data: bytes) -> None:
        fate = self.fates[number]
        while not fate.outcome:
            asked = 0.0
            fate.tries += 1
            try:
                reply = await self.post(data)
            except TimeoutError:
                fate.answers["no answer in time"] += 1
            except OSError:
                fate.answers["connection lost"] += 1
            else:
                asked = self._heard(fate, reply)
            if not fate.outcome:
                await asyncio.sleep(pause(fate.tries, asked, self.chance))
        if fate.receipt:
            self.on_receipt(number)

    def _heard(self, fate: Fate, reply: Reply) -> float:
        """Note an answer; return the seconds that the server asks to wait."""
        said = _body(reply)
        code = str(said.get("code", ""))
        fate.answers[f"{reply.status} {code}".strip()] += 1
        if reply.status in (200, 201):
            fate.ended, fate.outcome = self.now(), "accepted"
            fate.receipt = str(said.get("receipt", ""))
        elif reply.status < 500 and code in CODES and CODES[code].final:
            fate.outcome = code
        return _seconds(reply.headers.get("retry-after", ""))


def _body(reply: Reply) -> dict[str, object]:
    try:
        said = json.loads(reply.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0
