"""A process that runs one function whenever its queue or its schedule wakes it."""

from __future__ import annotations

import os
import select
import signal
import time
import traceback
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scripts.stack import events
from scripts.stack.functions import Loaded
from scripts.stack.template import Queue, Schedule

from rekap.portal.store.local.bell import make_pipe

_PAUSE_S: Final = 60.0
"""The longest wait: a function without a clock may never be called."""


class _Inbox:
    """The messages of one queue: rings of its pipe, and failed messages that come again."""

    def __init__(self, queue: Queue, bells: Path) -> None:
        self.queue = queue
        path = make_pipe(bells / queue.name)
        # Also open for writing, so that the pipe never reports its end.
        self.pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._again: dict[str, tuple[float, int]] = {}

    def next_at(self) -> float:
        """Return when the next failed message is visible again (monotonic seconds)."""
        return min((at for at, _ in self._again.values()), default=float("inf"))

    def take(self, now: float) -> dict[str, int]:
        """Return up to a batch of messages (id -> times received before)."""
        try:
            rings = len(os.read(self.pipe, 65_536))
        except BlockingIOError:
            rings = 0
        taken = {message: count for message, (at, count) in self._again.items() if at <= now}
        self._again = {m: v for m, v in self._again.items() if v[0] > now}
        taken |= {str(uuid.uuid4()): 0 for _ in range(min(rings, self.queue.batch - len(taken)))}
        return taken

    def give_back(self, messages: Mapping[str, int], now: float) -> None:
        """Keep failed messages until they are visible again."""
        for message, count in messages.items():
            self._again[message] = (now + self.queue.visibility, count + 1)


def run(function: Loaded, bells: Path) -> None:
    """Wait, call, and wait again; never returns. The first tick of a schedule is now."""
    inboxes = [_Inbox(queue, bells) for queue in function.function.queues]
    ticks = dict.fromkeys(function.function.schedules, time.monotonic())
    while True:
        waiting = min([*ticks.values(), *(inbox.next_at() for inbox in inboxes)])
        pipes = [inbox.pipe for inbox in inboxes]
        pause = min(max(0.0, waiting - time.monotonic()), _PAUSE_S)
        ready, _, _ = select.select(pipes, [], [], pause)
        for inbox in inboxes:
            if inbox.pipe in ready or inbox.next_at() <= time.monotonic():
                _receive(function, inbox)
        for schedule, due in ticks.items():
            if due <= time.monotonic():
                ticks[schedule] = time.monotonic() + schedule.seconds
                _call(function, _tick(schedule))


def _tick(schedule: Schedule) -> dict[str, Any]:
    if schedule.queue:
        return events.queue(schedule.queue, {str(uuid.uuid4()): 0})
    return events.schedule(schedule.name, schedule.input)


def _receive(function: Loaded, inbox: _Inbox) -> None:
    time.sleep(inbox.queue.window)
    messages = inbox.take(time.monotonic())
    if not messages:
        return
    if _call(function, events.queue(inbox.queue.name, messages)) is None:
        inbox.give_back(messages, time.monotonic())


def _call(function: Loaded, event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the answer, None if the function raised. Above its time the process is killed."""
    signal.alarm(function.function.timeout)
    try:
        answer: dict[str, Any] | None = function(event) or {}
    except Exception:
        traceback.print_exc()
        answer = None
    signal.alarm(0)
    return answer
