"""Several functions at work at once, one call at a time, in an order that is chosen.

    together(state, [Step("sequence"), Step("publish")], chooser)

Each function has a thread; exactly one of them is awake, and it hands over when the chooser names
another. So a schedule is a function of the chooser alone and can be played again.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.portal import SMALL, Caps, Fault, Run, State, Step, perform

from rekap.core.errors import Conflict

Chooser = Callable[[int, frozenset[int]], int]
"""Told who is about to call and who still runs; names who goes on."""


@dataclass
class _Worker:
    number: int
    step: Step
    run: Run
    awake: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    error: BaseException | None = None
    result: Any = None


class _Turns(dict):  # type: ignore[type-arg]
    """The faults of a run, asked before each call: here a call waits until it is its turn."""

    def __init__(self, stage: Stage, number: int, faults: dict[int, str]) -> None:
        super().__init__(faults)
        self._stage, self._number = stage, number

    def get(self, at: int, default: Any = None) -> Any:  # type: ignore[override]
        self._stage.turn(self._number)
        return super().get(at, default)


class Stage:
    """Lets functions work on one state together."""

    def __init__(
        self, state: State, steps: Sequence[Step], chooser: Chooser, *,
        faults: Sequence[dict[int, str]] = (), caps: Caps = SMALL,
    ) -> None:  # fmt: skip
        self._chooser, self._caps = chooser, caps
        self._running = set(range(len(steps)))
        self._over = threading.Semaphore(0)
        given = [*faults, *({},) * len(steps)]
        self.workers = [
            _Worker(number, step, Run(state, _Turns(self, number, given[number])))
            for number, step in enumerate(steps)
        ]

    def play(self) -> None:
        """Return when every function has ended; raise what none of them may raise."""
        threads = [threading.Thread(target=self._work, args=(one,)) for one in self.workers]
        for thread in threads:
            thread.start()
        self._wake(self._chooser(-1, frozenset(self._running)))
        self._over.acquire()
        for thread in threads:
            thread.join()
        for one in self.workers:
            if one.error is not None and not isinstance(one.error, (Fault, Conflict)):
                raise one.error

    def turn(self, number: int) -> None:
        """Called before each call of a port: perhaps somebody else goes on first."""
        chosen = self._chooser(number, frozenset(self._running))
        if chosen != number:
            self._wake(chosen)
            self.workers[number].awake.acquire()

    def _wake(self, number: int) -> None:
        self.workers[number].awake.release()

    def _work(self, one: _Worker) -> None:
        one.awake.acquire()
        try:
            one.result = perform(one.step, one.run, self._caps)
        except BaseException as error:
            one.error = error
        self._running.discard(one.number)
        if self._running:
            self._wake(self._chooser(-1, frozenset(self._running)))
        else:
            self._over.release()


def at_random(seed: int) -> Chooser:
    """Anybody, before every call."""
    chance = random.Random(seed)
    return lambda _, running: chance.choice(sorted(running))


def preempted(plan: Sequence[tuple[int, int]]) -> Chooser:
    """Each (who, calls) in turn goes on for so many calls; after the plan everybody to the end."""
    left = [[who, calls] for who, calls in plan]

    def choose(caller: int, running: frozenset[int]) -> int:
        while left and (left[0][1] == 0 or left[0][0] not in running):
            left.pop(0)
        if not left:
            return caller if caller in running else min(running)
        left[0][1] -= 1
        return left[0][0]

    return choose


def two_preemptions(first: int, second: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way to stop one function after i of its calls, and another after j of its own.

    To wake somebody counts as one: the plan says one more than the calls that are made.
    """
    for i in range(first + 1):
        for j in range(second + 1):
            yield (0, i + 1), (1, j + 1), (0, 10_000), (1, 10_000)
