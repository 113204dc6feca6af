"""Two and three functions at work at once, in every order with two preemptions, and at random.

After each schedule the state must be one that no verifier refutes, and one more run of each
function must bring everything to rest. `REKAP_SOAK=all`: every pair of publishers, more seeds.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from math import gcd

import pytest
from tests.fakes import BEFORE
from tests.faults import watch
from tests.faults.election import form
from tests.faults.evenings import EVENING, NOW, SHAPES, add, after, log_of
from tests.faults.interleave import Chooser, Stage, at_random, preempted, two_preemptions
from tests.faults.portal import SMALL, Call, Caps, Fault, Run, State, Step, perform
from tests.soak import SOAK

from rekap.core.errors import Conflict

SEQUENCE = EVENING[1]
PUBLISH = EVENING[2]


class Rest:
    """Judges what schedules leave; equal states once."""

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def judge(self, state: State) -> None:
        left = state.copy()
        if left.print() in self.seen:
            return
        self.seen.add(left.print())
        watch.never_refuted(left)
        for _ in range(4):
            perform(SEQUENCE, Run(state))
        for _ in range(2):
            perform(Step("publish", now=NOW + 9_000), Run(state))
        watch.at_rest(state)


def calls(base: State, step: Step) -> int:
    run = Run(base.copy())
    perform(step, run)
    return len(run.calls)


def played(
    base: State, steps: Sequence[Step], choosers: Iterable[Chooser], caps: Caps = SMALL
) -> int:
    """Play every chooser's schedule from the same state; return how many states they left."""
    rest, count = Rest(), 0
    for chooser in choosers:
        state = base.copy()
        Stage(state, steps, chooser, caps=caps).play()
        rest.judge(state)
        count += 1
    print(f"{count} schedules left {len(rest.seen)} states")
    return len(rest.seen)


def preemptions(base: State, steps: Sequence[Step], stride: int = 1) -> Iterable[Chooser]:
    """Stop the two at every pair of calls, or at each `stride`-th: at each call all the same."""
    first, second = (calls(base, step) for step in steps[:2])
    while gcd(stride, second + 1) > 1:  # a common divisor would stop the second at few calls only
        stride += 1
    plans = itertools.islice(two_preemptions(first, second), 0, None, 1 if SOAK else stride)
    return map(preempted, plans)


def test_two_sequencers_preempted_anywhere() -> None:
    for shape in SHAPES:
        base = log_of(*shape)
        stride = 13 if shape[0] < 100 else 41
        steps = (SEQUENCE, SEQUENCE)
        for caps in (SMALL, Caps(1, 1)):
            played(base, steps, preemptions(base, steps, stride), caps)


def test_a_sequencer_and_a_publisher_preempted_anywhere() -> None:
    base = after(2)
    perform(EVENING[3], Run(base))
    for steps in ((PUBLISH, SEQUENCE), (SEQUENCE, PUBLISH)):
        played(base, steps, preemptions(base, steps, 97))


def test_two_publishers_preempted_anywhere() -> None:
    base = after(2)
    played(base, (PUBLISH, PUBLISH), preemptions(base, (PUBLISH, PUBLISH), 389))


def test_two_uploads_of_one_statement_preempted_anywhere() -> None:
    base, body = after(3), form("002")
    for other in (body, form("002", 3, 3), form("002", 3, 1), form("002", 4)):
        steps = (Step("submit", body, NOW), Step("submit", other, NOW + 1))
        assert played(base, steps, preemptions(base, steps, 5)) == 2  # whoever comes first


def test_signatures_of_one_form_that_come_one_by_one_preempted_anywhere() -> None:
    """Two that make enough together, after a first: whoever is last logs it, and once."""
    base = after(3)
    perform(Step("submit", form("002", 1, 2), NOW), Run(base))
    steps = tuple(Step("submit", form("002", 1, officer), NOW + 1) for officer in (0, 1))
    rest = Rest()
    for chooser in preemptions(base, steps, 7):
        state = base.copy()
        Stage(state, steps, chooser).play()
        recorded = [record.envelope for record in state.records.records.values()]
        assert recorded.count(form("002", 3)) == 1
        rest.judge(state)


def test_three_signatures_of_one_form_at_random() -> None:
    base = after(3)
    steps = [Step("submit", form("002", 1, officer), NOW) for officer in (0, 1, 2)]
    for seed in range(1_000 if SOAK else 40):
        state = base.copy()
        Stage(state, (*steps, SEQUENCE), at_random(seed)).play()
        recorded = [record.envelope for record in state.records.records.values()]
        assert recorded.count(form("002", 3)) == 1, seed


def test_an_upload_and_a_sequencer_preempted_anywhere() -> None:
    base = after(4)
    for body in (form("002", 4, 3), form("001", 1, 3)):
        steps = (Step("submit", body, NOW), SEQUENCE)
        played(base, steps, preemptions(base, steps, 5))


@pytest.mark.parametrize("workers", [2, 3])
def test_sequencers_and_publishers_at_random(workers: int) -> None:
    steps = (*(SEQUENCE,) * workers, *(PUBLISH,) * workers, *EVENING[3:6])
    choosers = (at_random(seed) for seed in range(4_000 if SOAK else 20))
    played(after(2), steps, choosers)


def test_three_sequencers_at_random() -> None:
    for shape in SHAPES[:4]:
        played(log_of(*shape), (SEQUENCE,) * 3, map(at_random, range(4_000 if SOAK else 20)))


def test_one_of_two_dies_while_they_work() -> None:
    """Seeded: an order, and a fault at one call of each."""
    rest = Rest()
    for seed in range(8_000 if SOAK else 60):
        chance = random.Random(seed)
        state = log_of(*SHAPES[seed % 4]).copy()
        faults = [{chance.randrange(30): chance.choice("before after".split())} for _ in range(2)]
        Stage(state, (SEQUENCE, SEQUENCE), at_random(seed), faults=faults).play()
        rest.judge(state)
    print(f"{len(rest.seen)} states left")


def frozen(base: State, step: Step, at: int, meanwhile: Callable[[State], None]) -> State:
    """Return what is left when a run sleeps before one of its calls while others work."""
    state = base.copy()
    with suppress(Conflict):
        perform(step, Run(state, {at: lambda: meanwhile(state)}))
    return state


def grow(state: State, times: int) -> None:
    """Something more arrives and is logged, again and again."""
    for cycle in range(times):
        add(state, b"meanwhile %d" % cycle, NOW)
        perform(SEQUENCE, Run(state))


def the_rest(state: State) -> None:
    """The evening goes on without the run that sleeps."""
    for step in EVENING[2:]:
        perform(step, Run(state))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sequencer_frozen_anywhere_thaws_long_after(shape: tuple[int, int]) -> None:
    base, rest = log_of(*shape), Rest()
    for at in range(calls(base, SEQUENCE)):
        for times in (1, 3):
            rest.judge(frozen(base, SEQUENCE, at, lambda state, times=times: grow(state, times)))


def test_a_publisher_frozen_anywhere_thaws_long_after() -> None:
    base, rest = after(2), Rest()
    for at in range(0, calls(base, PUBLISH), 1 if SOAK else 19):
        rest.judge(frozen(base, PUBLISH, at, the_rest))


def test_a_claim_has_its_proofs_although_the_publisher_before_it_died() -> None:
    """One sleeps before it says how far it is; the other writes pages, and not the proof."""
    base = after(2)
    run = Run(base.copy())
    perform(PUBLISH, run)
    saved = [at for at, call in enumerate(run.calls) if call.arguments[:1] == ("state/site",)]
    for at in saved if SOAK else saved[1:2]:
        state = frozen(base, PUBLISH, at, _dies_before_its_last_proof)
        claim = json.loads(state.objects.objects["site.json"])
        assert claim["proofs"] == claim["size"]
        perform(PUBLISH, Run(state))
        watch.at_rest(state)


def _dies_before_its_last_proof(state: State) -> None:
    """A form is logged, and a publisher writes its pages."""
    perform(EVENING[3], Run(state))
    perform(SEQUENCE, Run(state))
    counting = Run(state.copy())
    perform(PUBLISH, counting)
    *_, proof = (at for at, call in enumerate(counting.calls) if _is_proof(call))
    with suppress(Fault):
        perform(PUBLISH, Run(state, {proof: BEFORE}))


def _is_proof(call: Call) -> bool:
    return call.method == "put_new" and call.arguments[0].endswith(".tlog-proof")
