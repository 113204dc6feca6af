"""The fixed order: which statements come next in the log, decided once and for good.

Steps 2 to 4 of the sequencer. Without step 2 two sequencers could order a record twice: whoever
appends to HEAD has first marked the batch before, so what is pending after that was never ordered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import Order, Records
from rekap.portal.sequencing.clock import Clock

_ATTEMPTS: Final = 8


@dataclass(frozen=True, slots=True)
class Ordered:
    """The leaf hashes (hex) that follow TREE, in order. `more`: others follow, for the next run.

    `held` are the envelopes that happen to be in memory, by leaf. `doubts`: how often the time of
    this machine was said although somebody should look, or not said at all.
    """

    leaves: tuple[str, ...]
    more: bool
    held: Mapping[str, bytes] = field(default_factory=dict)
    doubts: int = 0

    def entries(self, records: Records) -> list[bytes]:
        """Return the envelopes of the leaves; raises Corrupt for one that is lost or changed."""
        return [self.held.get(leaf) or _recorded(records, leaf) for leaf in self.leaves]


def fix(
    records: Records, order: Order, size: int, clock: Clock | None, *, batch: int, most: int
) -> Ordered:
    """Order up to `most` batches of ≤ `batch` entries after `size`, those fixed before first.

    A batch may have one more in front, the clock. Begins again whenever somebody else ordered in
    between. Raises Conflict if that never ends, and Corrupt if the stores contradict themselves.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _fix_once(records, order, size, clock, batch, most)
        except Conflict:
            continue
    raise Conflict("others fixed the order again and again")


def _fix_once(
    records: Records, order: Order, size: int, clock: Clock | None, batch: int, most: int
) -> Ordered:
    """Do steps 2 to 4; raises Conflict if somebody else ordered since HEAD was read."""
    head = order.head()
    if head.last is not None:  # 2
        records.mark(head.last, _batch(order, head.last))
    leaves: list[str] = []
    count = 0
    while size + len(leaves) < head.next and count < most:
        leaves += _batch(order, size + len(leaves))
        count += 1
    if size + len(leaves) > head.next:
        raise Corrupt(f"batches reach {size + len(leaves)}, HEAD.next is {head.next}")
    if size + len(leaves) < head.next:
        return Ordered(tuple(leaves), more=True)
    held: dict[str, bytes] = {}
    last, doubts = head.clock, 0
    while pending := records.pending(batch):  # 3
        if count == most:
            return Ordered(tuple(leaves), True, held, doubts)
        for record in pending:
            # What was ordered must be derived: bytes that are lost now would stop the log for good.
            _check_bytes(record.leaf, record.envelope)
        first = size + len(leaves)
        # Entry 0 is that of the log itself: before it nobody can say anything.
        said = clock.say(last, pending[-1].received_at) if clock and first else None
        if said is not None:
            doubts += said.doubt
            if said.record is not None:
                records.keep(said.record)
                last, pending = said.at, (said.record, *pending)
        fresh = tuple(record.leaf for record in pending)
        order.append(first, fresh, last)  # 4
        records.mark(first, fresh)
        held.update((record.leaf, record.envelope) for record in pending)
        leaves += fresh
        count += 1
    return Ordered(tuple(leaves), False, held, doubts)


def _batch(order: Order, first: int) -> tuple[str, ...]:
    try:
        leaves = order.batch(first)
    except KeyError as error:
        raise Corrupt(f"no batch begins at {first}") from error
    if not leaves:
        raise Corrupt(f"the batch at {first} is empty")
    return leaves


def _recorded(records: Records, leaf: str) -> bytes:
    record = records.read(leaf)
    if record is None:
        raise Corrupt(f"the ordered leaf {leaf} has no record")
    return _check_bytes(leaf, record.envelope)


def _check_bytes(leaf: str, envelope: bytes) -> bytes:
    """Return the bytes of a leaf; files with others could never be replaced."""
    if leaf_hash(envelope).hex() != leaf:
        raise Corrupt(f"the record of leaf {leaf} holds other bytes")
    return envelope
