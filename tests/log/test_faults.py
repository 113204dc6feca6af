"""The sequencer under faults: any call fails, twice, or another process runs in between.

After every schedule one clean run must bring everything that was accepted into the log exactly
once, and the oracle must find one history. `REKAP_FAULTS=all` runs every schedule; without it the
double faults and the nested runs are sampled with a stride.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import threading
from collections.abc import Callable, Iterable, Iterator

import pytest
from tests.fakes import AFTER, BEFORE, CONDITIONAL, KINDS, Action, Fault, Plan
from tests.log.builders import Portal

from rekap.errors import Conflict
from rekap.signing import keys

ALL = os.environ.get("REKAP_FAULTS") == "all"
CAP = {"batch": 2, "max_batches": 4}
SHAPES = [(0, 3), (1, 1), (5, 3), (6, 8), (254, 3), (255, 1), (256, 1), (250, 12)]
"""Size of the log and statements pending: inside, up to and across the end of a tile."""
MORE_SHAPES = [
    (size, pending) for size in (0, 1, 2, 7, 253, 254, 255, 256, 257, 511) for pending in (1, 2, 5)
]
Shape = tuple[int, int]


@pytest.fixture(autouse=True)
def _remember_good_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verification is pure; a schedule need not repeat what an earlier one has computed."""
    monkeypatch.setattr(keys, "verify_ed25519", functools.cache(keys.verify_ed25519))


@functools.cache
def base(shape: Shape) -> Portal:
    """A portal with a log of some size and some statements pending."""
    size, pending = shape
    portal = Portal()
    portal.accept_numbers(0, size)
    portal.run()
    portal.accept_numbers(size, size + pending)
    return portal


def attempt(portal: Portal, plan: Plan | None = None) -> bool:
    """Run once; return whether it came to its end. Corrupt is never an answer to a fault."""
    try:
        portal.run(plan, **CAP)
    except (Fault, Conflict):
        return False
    return True


@functools.cache
def calls(shape: Shape) -> tuple[str, ...]:
    plan = Plan()
    assert attempt(base(shape).clone(), plan)
    return tuple(plan.calls)


def faults(names: Iterable[str], kinds: Iterable[str] = KINDS) -> Iterator[tuple[int, str]]:
    """Every call with every kind of fault that changes something there."""
    for (at, name), kind in itertools.product(enumerate(names), kinds):
        if kind in (BEFORE, AFTER) or name in CONDITIONAL:
            yield at, kind


def settle(portal: Portal) -> list[bytes]:
    """Let the next clean runs finish the work, then ask the oracle."""
    if "log/checkpoint" in portal.objects.objects:
        portal.check(complete=False)
    for _ in range(100):
        if not portal.run(**CAP).more:
            break
    assert portal.records.pending_count() == 0
    return portal.check()


def test_there_are_enough_double_faults() -> None:
    count = sum(
        len([*faults(calls(shape))]) * len([*faults([*calls(shape), *("get",) * 4])])
        for shape in SHAPES
    )
    assert count >= 40_000


def sampled(schedules: Iterable, stride: int) -> Iterable:
    return itertools.islice(schedules, 0, None, 1 if ALL else stride)


# ---------------------------------------------------------------- one fault, two faults


def test_any_single_fault_is_repaired_by_the_next_run() -> None:
    schedules = [
        (shape, at, kind)
        for shape in sorted({*SHAPES, *MORE_SHAPES})
        for at, kind in faults(calls(shape))
    ]
    assert len(schedules) >= 1_500
    for shape, at, kind in sampled(schedules, 3):
        portal = base(shape).clone()
        attempt(portal, Plan({at: kind}))
        settle(portal)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_second_fault_in_recovery_is_repaired_by_the_run_after(shape: Shape) -> None:
    second = [*faults([*calls(shape), *("get",) * 4])]
    schedules = itertools.product(faults(calls(shape)), second)
    for (at, kind), (then_at, then_kind) in sampled(schedules, 197):
        portal = base(shape).clone()
        attempt(portal, Plan({at: kind}))
        attempt(portal, Plan({then_at: then_kind}))
        settle(portal)


def test_a_run_that_always_fails_late_still_makes_progress() -> None:
    portal = base((0, 3)).clone()
    for at in range(200):
        attempt(portal, Plan({at % 40: AFTER}))
    settle(portal)


def test_the_same_bytes_whatever_failed() -> None:
    """Files of the final tree are those of a run without faults."""
    want = base((254, 3)).clone()
    attempt(want)
    for at, kind in faults(calls((254, 3))):
        portal = base((254, 3)).clone()
        attempt(portal, Plan({at: kind}))
        settle(portal)
        assert want.objects.objects.items() <= portal.objects.objects.items()


# ---------------------------------------------------------------- other processes in between


def other_process(
    portal: Portal, number: int, plan: Plan | None = None, cycles: int = 1
) -> Callable[[], object]:
    """Another sequencer that runs meanwhile, with new statements before each of its runs."""

    def act() -> None:
        for cycle in range(cycles):
            portal.accept(b"meanwhile %d %d" % (number, cycle), at=1000)
            attempt(portal, plan)

    return act


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cycles", [1, 3])
def test_a_run_frozen_anywhere_does_no_harm_when_it_thaws(shape: Shape, cycles: int) -> None:
    for at in range(len(calls(shape))):
        portal = base(shape).clone()
        attempt(portal, Plan({at: other_process(portal, 1, cycles=cycles)}))
        settle(portal)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_frozen_run_and_another_that_dies(shape: Shape) -> None:
    schedules = itertools.product(
        range(len(calls(shape))), faults([*calls(shape), *("get",) * 8], (BEFORE, AFTER))
    )
    for at, (then_at, kind) in sampled(schedules, 11):
        portal = base(shape).clone()
        dying = other_process(portal, 1, Plan({then_at: kind}))
        attempt(portal, Plan({at: dying}))
        settle(portal)


def test_three_runs_frozen_inside_each_other() -> None:
    shape = (5, 3)
    pairs = itertools.product(range(len(calls(shape))), range(len(calls(shape)) + 8))
    for at, then_at in sampled(pairs, 5):
        portal = base(shape).clone()
        third = other_process(portal, 2)
        second = other_process(portal, 1, Plan({then_at: third}))
        attempt(portal, Plan({at: second}))
        settle(portal)


class Turns:
    """Lets one of several threads do its next port call; a seed decides which."""

    def __init__(self, seed: int, threads: int) -> None:
        self._random = random.Random(seed)
        self._running = set(range(threads))
        self._turn = self._random.randrange(threads)
        self._changed = threading.Condition()

    def plan(self, thread: int) -> Turn:
        return Turn(self, thread)

    def call(self, thread: int, effect: Callable[[], object]) -> object:
        with self._changed:
            self._changed.wait_for(lambda: self._turn == thread)
            try:
                return effect()
            finally:
                self._next()

    def leave(self, thread: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._turn == thread)
            self._running.discard(thread)
            self._next()

    def _next(self) -> None:
        if self._running:
            self._turn = self._random.choice(sorted(self._running))
        self._changed.notify_all()


class Turn:
    def __init__(self, turns: Turns, thread: int) -> None:
        self._turns, self._thread = turns, thread

    def call(self, name: str, effect: Callable[[], object]) -> object:
        return self._turns.call(self._thread, effect)


@pytest.mark.parametrize("threads", [2, 3])
def test_interleaved_sequencers_write_one_history(threads: int) -> None:
    for seed in range(2_000 if ALL else 60):
        portal = base((5, 3)).clone()
        turns = Turns(seed, threads)
        failed: list[BaseException] = []

        def work(thread: int, portal=portal, turns=turns, failed=failed) -> None:
            try:
                attempt(portal, turns.plan(thread))
            except BaseException as error:
                failed.append(error)
            finally:
                turns.leave(thread)

        workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert not failed, f"seed {seed}: {failed}"
        settle(portal)


# ---------------------------------------------------------------- long lives


@pytest.mark.parametrize("seed", range(400 if ALL else 25))
def test_a_long_life_with_a_fault_in_most_runs(seed: int) -> None:
    chance = random.Random(seed)
    portal = Portal()
    accepted = 0
    for _ in range(40):
        fresh = chance.choice((0, 0, 1, 2, 5, 30))
        portal.accept_numbers(accepted, accepted + fresh)
        accepted += fresh
        actions: dict[int, Action] = {
            chance.randrange(60): chance.choice((*KINDS, other_process(portal, accepted)))
            for _ in range(chance.choice((0, 1, 1, 2)))
        }
        if any(callable(action) for action in actions.values()):
            accepted += 1
            actions = {at: _once(action) for at, action in actions.items()}
        attempt(portal, Plan(actions))
        if "log/checkpoint" in portal.objects.objects:
            portal.check(complete=False)
    settle(portal)


def _once(action: Action) -> Action:
    if not callable(action):
        return action
    done: list[object] = []
    return lambda: done or done.append(action())
