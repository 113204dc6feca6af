"""Random lives of a portal against a reference that fits on a page.

The reference knows what was sent, in which order it must be logged, and nothing of how. Functions
die at random calls; whatever happens, what the portal says must be what the reference expects.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.fakes import KINDS
from tests.faults import watch
from tests.faults.election import form
from tests.faults.evenings import EVENING, begun
from tests.faults.portal import SMALL, TIMEOUT, Fault, Run, Step, land, perform
from tests.soak import SOAK

from rekap.core.errors import Conflict
from rekap.core.log.entry import leaf_hash
from rekap.core.signing import envelope

SEQUENCE, PUBLISH = EVENING[1], EVENING[2]
BODIES = [
    form(tps, count, skip) for tps in ("001", "002") for count in (3, 4) for skip in (0, 2, 3)
]


FAULTS = st.none() | st.tuples(st.integers(0, 50), st.sampled_from([*KINDS, TIMEOUT]))
"""None, or a fault at one of the writes of a run, counted around."""


class Reference:
    """What a portal must do: a log is a list, an upload either adds to it or is known."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.waiting: dict[str, int] = {}
        self.signers: dict[str, set[str]] = {}

    def status(self, body: bytes) -> int:
        """201 if the upload is new, 200 if it, or all its signatures, are recorded."""
        sent = envelope.parse(body)
        keyids = {one.keyid for one in sent.signatures}
        return 200 if keyids <= self.signers.get(sent.id, set()) else 201

    def record(self, body: bytes, now: int) -> None:
        sent = envelope.parse(body)
        self.signers.setdefault(sent.id, set()).update(one.keyid for one in sent.signatures)
        self.waiting[leaf_hash(body).hex()] = now

    def next(self) -> list[str]:
        """What waits, in the order in which it must be logged."""
        return sorted(self.waiting, key=lambda leaf: (self.waiting[leaf], leaf))

    def ordered(self, leaves: tuple[str, ...], *, late: bool = False) -> None:
        """The portal's order grew to these leaves: by the first that waited, and nothing else.

        `late`: one of them arrived while it grew, so that others were before it.
        """
        fresh = list(leaves[len(self.log) :])
        assert list(leaves[: len(self.log)]) == self.log, "the order changed"
        assert late or self.next()[: len(fresh)] == fresh, "not the order of arrival"
        self.log += fresh
        for leaf in fresh:
            del self.waiting[leaf]


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state = begun().copy()
        self.reference = Reference()
        self.reference.log = list(self.state.order.leaves())
        self.now = 10_000
        self.late: list[Callable[[], None]] = []
        for record in self.state.records.records.values():
            sent = envelope.parse(record.envelope)
            self.reference.signers[sent.id] = {one.keyid for one in sent.signatures}

    def do(self, step: Step, fault: tuple[int, str] | None) -> Any:
        run = Run(self.state, self.at_a_write(step, fault))
        try:
            return perform(step, run)
        except (Fault, Conflict):
            if (late := run.late) is not None:
                self.late.append(lambda: land(self.state, late))
            return None

    def at_a_write(self, step: Step, fault: tuple[int, str] | None) -> dict[int, Any]:
        """Return the fault with the number of the call that it hits in this run."""
        if fault is None:
            return {}
        rehearsal = Run(self.state.copy())
        perform(step, rehearsal)
        writes = [at for at, call in enumerate(rehearsal.calls) if call.done]
        return {writes[fault[0] % len(writes)] if writes else 0: fault[1]}

    @rule(body=st.sampled_from(BODIES), fault=FAULTS, seconds=st.integers(0, 2))
    def submit(self, body: bytes, fault: tuple[int, str] | None, seconds: int) -> None:
        self.now += seconds
        before, expected = set(self.state.records.records), self.reference.status(body)
        done = self.do(Step("submit", body, self.now), fault)
        if set(self.state.records.records) != before:
            self.reference.record(body, self.now)
            assert expected == 201
        if done is not None and not fault:
            assert done.status == expected

    @rule(fault=FAULTS)
    def sequence(self, fault: tuple[int, str] | None) -> None:
        waiting = len(self.reference.waiting)
        done = self.do(SEQUENCE, fault)
        self.reference.ordered(self.state.order.leaves())
        if done is not None and not fault:
            assert len(self.reference.waiting) <= max(0, waiting - SMALL.batch)
            assert watch.published(self.state) == done.size

    @rule(fault=FAULTS, later=st.sampled_from([0, 700]))
    def publish(self, fault: tuple[int, str] | None, later: int) -> None:
        self.now += later
        done = self.do(Step("publish", now=self.now), fault)
        if done is not None and not fault:
            assert done.size == watch.published(self.state)

    @precondition(lambda self: self.late)
    @rule(fault=FAULTS, at=st.integers(0, 60), step=st.sampled_from([SEQUENCE, PUBLISH]))
    def something_lands_late(self, fault: Any, at: int, step: Step) -> None:
        """In the middle of a run, or after it."""
        effect = self.late.pop()
        run = Run(self.state, {**self.at_a_write(step, fault), at: effect})
        with suppress(Fault, Conflict):
            perform(step, run)
        known = {*self.reference.waiting, *self.reference.log}
        for leaf, record in self.state.records.records.items():
            if leaf not in known:
                self.reference.record(record.envelope, record.received_at)
        self.reference.ordered(self.state.order.leaves(), late=True)

    @invariant()
    def nothing_false_is_shown(self) -> None:
        watch.never_refuted(self.state)

    def teardown(self) -> None:
        for _ in range(8):
            self.do(SEQUENCE, None)
        for _ in range(2):
            self.do(Step("publish", now=self.now + 9_000), None)
        self.reference.ordered(self.state.order.leaves())
        assert not self.reference.waiting
        watch.at_rest(self.state)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=5_000 if SOAK else 50, stateful_step_count=40 if SOAK else 20,
    deadline=None, print_blob=True, derandomize=not SOAK, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
