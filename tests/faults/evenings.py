"""Where schedules begin: an election whose log has begun, and logs of numbers of any size."""

from __future__ import annotations

import functools
import hashlib

from tests.faults.election import beginning, correction, form
from tests.faults.portal import Caps, Run, State, Step, perform

from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import Record
from rekap.core.signing import envelope

NOW = 1_000
EVENING = (
    Step("submit", form("001"), NOW),
    Step("sequence", now=NOW),
    Step("publish", now=NOW),
    Step("submit", form("002"), NOW + 1),
    Step("submit", form("001", 1, 3), NOW + 1),
    Step("submit", form("001", 2), NOW + 2),
    Step("submit", correction("001"), NOW + 2),
    Step("sequence", now=NOW + 60),
    Step("publish", now=NOW + 700),
    Step("publish", now=NOW + 700),
)
"""A form arrives; then another one with a fourth officer's signature of the first, two of its own
signatures again, and its correction."""

TIMES = (EVENING[0], EVENING[1], EVENING[3], Step("sequence", now=NOW + 60))
"""Two forms a minute apart, ordered by a writer who says the time."""

PROMISED = frozenset(step.body for number, step in enumerate(EVENING) if step.body and number != 5)
"""What must be entries in the end; the signatures that come again are in one already."""

HELD = tuple(Step("submit", form("002", 1, officer), NOW + officer) for officer in (1, 2, 0))
"""Three officers send one signature each, and the third makes them enough."""

SHAPES = ((0, 3), (1, 1), (5, 3), (6, 8), (254, 3), (255, 1), (256, 1), (250, 12))
"""Size of the log and statements pending: inside, up to and across the end of a tile."""
MORE_SHAPES = tuple(
    (size, pending)
    for size in (0, 1, 2, 7, 253, 254, 255, 256, 257, 511)
    for pending in (1, 2, 5)
    if (size, pending) not in SHAPES
)


def add(state: State, entry: bytes, at: int) -> None:
    """Record an entry as submit does; one that is no envelope is its own statement."""
    statement, keyids = hashlib.sha256(entry).hexdigest(), []
    if entry.startswith(b"{"):
        parsed = envelope.parse(entry)
        statement, keyids = parsed.id, [one.keyid for one in parsed.signatures]
    record = Record(leaf_hash(entry).hex(), statement, entry, at, b"receipt")
    state.records.add(record, keyids, 0)


@functools.cache
def begun() -> State:
    """The election's log with everything published; copy it."""
    state = State()
    for at, entry in enumerate(beginning()):
        add(state, entry, at)
    perform(Step("sequence"), Run(state), Caps(256, 20))
    for _ in range(2):
        perform(Step("publish"), Run(state))
    return state


@functools.cache
def log_of(size: int, pending: int) -> State:
    """A log of numbers, with some more pending; copy it."""
    state = State()
    for number in range(size):
        add(state, b"%d" % number, number)
    perform(Step("sequence"), Run(state), Caps(256, 20))
    for number in range(size, size + pending):
        add(state, b"%d" % number, number)
    return state


def night_of(pending: int) -> tuple[Step, ...]:
    """Enough runs of the sequencer for what is pending, and one more."""
    return (Step("sequence"),) * (2 + pending // 8)


def after(steps: int) -> State:
    """The election after some steps of its evening."""
    state = begun().copy()
    for step in EVENING[:steps]:
        perform(step, Run(state))
    return state
