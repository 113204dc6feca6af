"""Ranges of a part that renderers have: sent ahead of what is there, counted in order.

Counted is a range whose mark is there, and only after all before it: `after` of a part is never
ahead of its pages, so the claim is not either. A task may be lost, come twice, or late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, pairwise, takewhile
from typing import Final, Protocol

from rekap.core.log.ports import Each, Objects
from rekap.portal.publishing.budget import Has
from rekap.portal.publishing.claims import Part
from rekap.portal.publishing.dirty import Dirty
from rekap.portal.publishing.tasks import Task, cut

FEW: Final = 128
"""So many pages the publisher writes by itself."""
AHEAD: Final = 256
"""Ranges that are out and not counted."""
TOGETHER: Final = 16
"""Marks that are asked for at once."""
AGAIN_SECONDS: Final = 120
"""Without any progress for so long, what is out is sent again."""


class Renderers(Protocol):
    """Those who write tasks. A task may be lost, or reach two of them, now or much later."""

    def send(self, tasks: Sequence[Task]) -> None:
        """Give tasks to whoever has time; an error if that cannot be done."""


class Window:
    """The ranges of the parts of one publisher, of the release `release`."""

    def __init__(self, objects: Objects, renderers: Renderers, each: Each, release: str) -> None:
        self._objects = objects
        self._renderers = renderers
        self._each = each
        self._release = release

    def count(self, part: Part, now: int, *, first: bool) -> Part:
        """Move a part behind all ranges in order whose marks are there; send lost ones again."""
        tasks = self._out(part, first=first)
        there: set[str] = set()
        for at in range(0, len(tasks), TOGETHER):
            some = tasks[at : at + TOGETHER]
            there |= self._there(some)
            if len(there) < at + len(some):
                break
        counted = sum(1 for _ in takewhile(lambda task: task.until in there, tasks))
        if counted:
            return replace(part, after=part.sent[counted - 1], sent=part.sent[counted:], at=now)
        if not tasks or abs(now - part.at) < AGAIN_SECONDS:  # a clock may have gone back
            return part
        there = self._there(tasks)
        self._renderers.send([task for task in tasks if task.until not in there])
        return replace(part, at=now)

    def fill(
        self, part: Part, left: Iterator[Dirty], now: int, has: Has, *, first: bool
    ) -> tuple[Part, Iterator[Dirty], list[Task]]:
        """Cut ranges of `left` until enough are out: (the part then, what is left, their tasks).

        The tasks are to be sent once the part is kept. Few pages are not cut, unless some before
        them are out.
        """
        if not part.sent:
            head = list(islice(left, FEW + 1))
            left = chain(head, left)
            if len(head) <= FEW:
                return part, left, []
        after = part.sent[-1] if part.sent else part.after
        sent: list[str] = []
        ranges = cut(left, after)
        while len(part.sent) + len(sent) < AHEAD and has(1) and (one := next(ranges, None)):
            sent.append(one.until)
        if not sent:
            return part, left, []
        more = replace(part, sent=[*part.sent, *sent], at=now)
        return more, left, self._out(more, first=first)[len(part.sent) :]

    def send(self, tasks: Sequence[Task]) -> None:
        """Send tasks; an error if that cannot be done: they are sent again when nothing moves."""
        self._renderers.send(tasks)

    def _out(self, part: Part, *, first: bool) -> list[Task]:
        return [
            Task.of(part, after, str(until), first=first, release=self._release)
            for after, until in pairwise([part.after, *part.sent])
        ]

    def _there(self, tasks: Sequence[Task]) -> set[str]:
        """Return the last addresses of those whose marks are there."""

        def look(task: Task) -> str | None:
            return task.until if self._objects.get(task.mark()) else None

        return {until for until in self._each(look, tasks) if until is not None}
