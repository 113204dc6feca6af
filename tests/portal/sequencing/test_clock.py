"""The writer says the time: when, in front of what, and what a run that dies or loses leaves."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.fakes import AFTER, BEFORE, CONFLICT, LATE_CONFLICT, Fault, Plan, faulty
from tests.portal.sequencing.builders import LOG_KEY, LOG_SIGNER, Portal, record

from rekap.core.errors import Conflict
from rekap.core.ledger.clocks import seconds
from rekap.core.signing import envelope
from rekap.core.signing.keys import PublicKey, verify
from rekap.core.statements import schema
from rekap.portal.sequencing.clock import APART_S, STEP_S, Clock
from rekap.portal.sequencing.restore import _instant, restore
from rekap.portal.sequencing.sequencer import Outcome, Ports, Settings, run

ORIGIN = LOG_KEY.name
START = 1_732_690_000


@dataclass
class Evening:
    """A portal in memory whose writer has a clock."""

    portal: Portal = field(default_factory=Portal)
    now: int = START
    origin: str = ORIGIN

    def begin(self) -> None:
        self.portal.accept(b"entry 0", at=self.now)
        self.run()

    def accept(self, name: str, received: int | None = None) -> None:
        self.portal.accept(name.encode(), at=self.now if received is None else received)

    def run(self, plan: Any = None, **settings: int) -> Outcome:
        one = self.portal
        ports: tuple[Any, ...] = (one.records, one.order, one.objects, one.bell)
        if plan is not None:
            ports = tuple(faulty(port, plan) for port in ports)
        clock = Clock(self.origin, LOG_SIGNER, lambda: self.now)
        return run(Ports(*ports, clock=clock), LOG_SIGNER, Settings(ORIGIN, **settings))

    def log(self) -> list[str]:
        """The entries in their order: clocks as seconds since the start."""
        told = []
        for entry in self.portal.check(complete=False):
            at = _instant(entry)
            told.append(entry.decode() if at is None else f"+{at - START}")
        return told


@pytest.fixture
def evening() -> Evening:
    made = Evening()
    made.begin()
    return made


def test_nothing_is_said_before_entry_0(evening: Evening) -> None:
    assert evening.log() == ["entry 0"]


def test_a_run_without_entries_says_nothing(evening: Evening) -> None:
    evening.now += 3_600
    evening.run()
    assert evening.log() == ["entry 0"]


def test_the_time_stands_in_front_of_what_it_is_said_for(evening: Evening) -> None:
    evening.accept("a")
    evening.accept("b")
    assert evening.run().entries == 3
    assert evening.log() == ["entry 0", "+0", "a", "b"]
    assert evening.portal.order.head().clock == START


@pytest.mark.parametrize(("later", "said"), [(59, []), (60, ["+60"]), (61, ["+61"])])
def test_a_minute_lies_between_two_times(evening: Evening, later: int, said: list[str]) -> None:
    evening.accept("a")
    evening.run()
    evening.now += later
    evening.accept("b")
    evening.run()
    assert evening.log() == ["entry 0", "+0", "a", *said, "b"]


def test_it_is_one_time_for_all_batches_of_a_run(evening: Evening) -> None:
    for name in "abcde":
        evening.accept(name)
    assert evening.run(batch=2).entries == 6
    assert sorted(evening.log()[2:]) == list("abcde")
    assert len(evening.portal.order.batch(1)) == 3


def test_what_is_said_is_a_statement_that_the_key_of_the_log_signed(evening: Evening) -> None:
    evening.accept("a")
    evening.run()
    entry = evening.portal.check(complete=False)[1]
    parsed = envelope.parse(entry)
    statement = schema.parse_statement(parsed.payload)
    assert (statement.fields["kind"], statement.fields["log"]) == ("clock", ORIGIN)
    assert seconds(statement.fields["at"]) == START
    (signature,) = parsed.signatures
    verify(PublicKey(LOG_SIGNER.alg, LOG_SIGNER.public), parsed.message, signature)


def test_a_replay_says_no_time() -> None:
    assert Clock("rekap.example/replay/log", LOG_SIGNER, lambda: START).say(None, START) is None


@pytest.mark.parametrize("apart", [APART_S + 1, -APART_S - 1])
def test_a_time_far_from_the_newest_receipt_is_not_said(evening: Evening, apart: int) -> None:
    evening.accept("a", received=START + apart)
    done = evening.run()
    assert (evening.log(), done.doubts) == (["entry 0", "a"], 1)
    assert evening.portal.order.head().clock is None


def test_a_time_near_the_newest_receipt_is_said_whatever_waited_longer(evening: Evening) -> None:
    evening.accept("a", received=START - 7_000)
    evening.accept("b", received=START - APART_S)
    done = evening.run()
    assert (evening.log(), done.doubts) == (["entry 0", "+0", "a", "b"], 0)


@pytest.mark.parametrize(("later", "doubts"), [(STEP_S, 0), (STEP_S + 1, 1)])
def test_a_step_of_more_than_a_day_is_said_and_told(
    evening: Evening, later: int, doubts: int
) -> None:
    evening.accept("a")
    evening.run()
    evening.now += later
    evening.accept("b")
    assert evening.run().doubts == doubts
    assert evening.log() == ["entry 0", "+0", "a", f"+{later}", "b"]


def test_a_step_that_the_newest_receipt_contradicts_leaves_the_log_its_hours(
    evening: Evening,
) -> None:
    """A year ahead for one run: signed, it would keep every later hour out of the log."""
    evening.accept("a")
    evening.run()
    evening.now += 365 * STEP_S
    evening.accept("b", received=START + 60)
    assert evening.run().doubts == 1
    assert evening.portal.order.head().clock == START
    evening.now = START + 120
    evening.accept("c")
    assert evening.run().doubts == 0
    assert evening.log() == ["entry 0", "+0", "a", "b", "+120", "c"]


def test_clocks_that_are_minutes_apart_lose_nothing_and_never_go_back(evening: Evening) -> None:
    """Writers and intake run on several machines, each up to five minutes wrong."""
    wrong = (0, 300, -300, 240, -120, 0)
    for n, (own, theirs) in enumerate(zip(wrong, wrong[::-1], strict=True)):
        evening.now = START + 60 * n + own
        evening.accept(f"form {n}", received=START + 60 * n + theirs)
        evening.run()
    told = evening.log()
    assert [one for one in told if one[0] != "+"] == ["entry 0", *(f"form {n}" for n in range(6))]
    assert [one for one in told if one[0] == "+"] == ["+0", "+360", "+420"]


def calls_of(evening: Evening) -> list[str]:
    plan = Plan()
    copy = Evening(evening.portal.clone(), evening.now)
    copy.run(plan)
    return plan.calls


@pytest.mark.parametrize("kind", [BEFORE, AFTER, CONFLICT, LATE_CONFLICT])
def test_a_run_that_dies_anywhere_says_no_time_twice_and_loses_nothing(kind: str) -> None:
    """The next run comes at once, a minute later, and more than a day later."""
    start = Evening()
    start.begin()
    start.accept("a")
    for at in range(len(calls_of(start))):
        for later in (0, 60, STEP_S + 1):
            evening = Evening(start.portal.clone())
            with suppress(Fault, Conflict):
                evening.run(Plan({at: kind}))
            evening.now += later
            evening.accept("b")
            evening.run()
            told = evening.log()
            assert [one for one in told if one[0] != "+"] == ["entry 0", "a", "b"]
            instants = [int(one) for one in told if one[0] == "+"]
            assert instants == sorted(set(instants))
            assert evening.portal.order.head().clock in (START + one for one in instants)
            assert not evening.portal.records.marks


def test_a_time_that_no_order_names_waits_nowhere(evening: Evening) -> None:
    """The record is written first; the run dies before the order transaction."""
    evening.accept("a")
    calls = calls_of(evening)
    with pytest.raises(Fault):
        evening.run(Plan({calls.index("append"): BEFORE}))
    assert [one.envelope for one in evening.portal.records.pending(9)] == [b"a"]
    assert evening.portal.order.head().clock is None
    evening.now += 7
    evening.run()
    assert evening.log() == ["entry 0", "+7", "a"]


@pytest.mark.parametrize("ahead", [0, 5])
def test_a_run_that_loses_the_race_forgets_its_time(evening: Evening, ahead: int) -> None:
    """In the same second both say the same; whose order it is decides."""
    evening.accept("a")
    calls = calls_of(evening)

    def other() -> None:
        evening.now += ahead
        evening.run()

    evening.run(Plan({calls.index("append"): other}))
    evening.accept("b")
    evening.run()
    assert evening.log() == ["entry 0", f"+{ahead}", "a", "b"]


def test_a_restore_knows_the_last_time(evening: Evening) -> None:
    evening.accept("a")
    evening.run()
    evening.now += 90
    evening.accept("b")
    evening.run()
    known = evening.portal
    lost = Portal(objects=known.objects)
    for one in known.records.records.values():
        lost.records.keep(one)
    restore(lost.records, lost.order, lost.objects, LOG_KEY)
    assert lost.order.head().clock == START + 90
    assert lost.order.tree() is not None


def test_only_what_waited_is_bounded_by_a_batch(evening: Evening) -> None:
    for number in range(256):
        evening.portal.records.add(record(b"%d" % number, evening.now), (), 0)
    evening.run()
    assert len(evening.portal.order.batch(1)) == 257
