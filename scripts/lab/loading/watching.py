"""What a reader sees meanwhile: how far log and site are, and when a page shows its form."""

from __future__ import annotations

import asyncio
import bisect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from rekap.desk.officials.outbox.upload import Raw

LOOKS_S: Final = 0.1
"""Seconds between two looks at the checkpoint and at the site's claim."""
PAGE_LOOKS_S: Final = 0.5
"""Seconds between two looks at the same page: a look is load too."""

Get = Callable[[str], Awaitable[Raw]]


@dataclass(slots=True)
class Growth:
    """Sizes as they were seen: from `times[i]` on it was at least `sizes[i]`."""

    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def see(self, at: float, size: int) -> None:
        """Note a size; only growth counts."""
        if not self.sizes or size > self.sizes[-1]:
            self.times.append(at)
            self.sizes.append(size)

    def covers(self, index: int) -> float | None:
        """Return when a size above `index` was first seen, or None."""
        place = bisect.bisect_right(self.sizes, index)
        return self.times[place] if place < len(self.times) else None


@dataclass(slots=True)
class Watch:
    """Looks at the published files while a crowd sends. Times in seconds from its start."""

    get: Get
    now: Callable[[], float]
    oldest_s: Callable[[], float] = lambda: 0.0
    log: Growth = field(default_factory=Growth)
    site: Growth = field(default_factory=Growth)
    pending_s: list[float] = field(default_factory=list)
    sampled: int = 0
    pages: dict[int, float] = field(default_factory=dict)
    _looking: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Look until cancelled. A server that does not answer is looked at again."""
        while True:
            await self._look("log/checkpoint", self.log, lambda b: int(b.split(b"\n")[1]))
            await self._look("site.json", self.site, lambda b: int(json.loads(b)["size"]))
            self.pending_s.append(self.oldest_s())
            await asyncio.sleep(LOOKS_S)

    def page(self, number: int, address: str) -> None:
        """Begin to look for the form of upload `number` on its page."""
        self.sampled += 1
        task = asyncio.create_task(self._page(number, address))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    def settled(self, quiet_s: float) -> bool:
        """Tell whether the site has shown the whole log for `quiet_s`: what is missing never came.

        Also while nothing is known yet: then there is nothing to wait for.
        """
        if not (self.log.sizes and self.site.sizes):
            return True
        return (
            self.site.sizes[-1] >= self.log.sizes[-1]
            and self.now() - max(self.log.times[-1], self.site.times[-1]) > quiet_s
        )

    @property
    def waiting(self) -> bool:
        """Whether a sampled page does not show its form yet."""
        return bool(self._looking)

    def end(self) -> None:
        """Stop looking for pages."""
        for task in self._looking:
            task.cancel()

    async def _look(self, path: str, growth: Growth, size: Callable[[bytes], int]) -> None:
        reply = await self._read(path)
        if reply is not None:
            growth.see(self.now(), size(reply))

    async def _page(self, number: int, address: str) -> None:
        while number not in self.pages:
            twin = await self._read(f"{address}index.json")
            if twin is not None and json.loads(twin).get("head"):
                self.pages[number] = self.now()
            else:
                await asyncio.sleep(PAGE_LOOKS_S)

    async def _read(self, path: str) -> bytes | None:
        try:
            reply = await self.get(path)
        except OSError:
            return None
        return reply.body if reply.status == 200 else None
