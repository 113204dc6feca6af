"""The portal's log as `rekap submit` asks it: where a word of the portal is not enough, and until
the pages show what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rekap.audit.reader import Source, Unreadable
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import addresses
from rekap.core.log.entry import MAX_ENTRY, leaf_hash
from rekap.core.log.policy import Policy
from rekap.core.signing import envelope as dsse
from rekap.core.signing.envelope import Envelope
from rekap.desk.officials.item import Item
from rekap.desk.officials.outbox import beside, receipts, trust
from rekap.desk.officials.outbox.queue import Queue, Settings
from rekap.desk.officials.outbox.sender import Time
from rekap.desk.officials.standing.lookup import Files, Log
from rekap.desk.officials.standing.pages import Pages, entries_of
from rekap.desk.officials.standing.standing import Reading, Standing, State, look
from rekap.desk.officials.standing.targets import Target
from rekap.desk.officials.talk import worst

PAUSE_S: Final = 2.0
"""Seconds between two looks: about the time that one batch needs."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Asks a log. `open_source` opens the site; what cannot be read or believed proves nothing."""

    queue: Queue
    settings: Settings
    open_source: Callable[[], Source]

    def open(self) -> Log:
        """Open the log as it is published now; raises Unreadable, Malformed, NotVerified."""
        policy = Policy.parse(self.settings.policy.encode())
        return Log(Files(self.open_source(), self.queue.tiles), policy)

    def holds(self, item: Item, leaf: str, index: int | None) -> bool:
        """Tell whether the log's or the queue's envelope `leaf` has all signatures of the item's.

        They may also have come one after another: then all entries of the statement are counted.
        """
        for one in self.queue.items():
            if one.leaf == leaf and _covers([one.envelope], item):
                return True
        if index is None:
            return False
        try:
            log = self.open()
            found = log.find({bytes.fromhex(leaf)})
            if found.get(bytes.fromhex(leaf)) != index:
                return False
            return _covers(_entries(log, index), item)
        except (Unreadable, Malformed, NotVerified):
            return False

    def says_same(self, item: Item, index: int) -> bool:
        """Tell whether entry `index`, proved to be in the log, is a form of the item's place with
        the same figures.
        """
        try:
            log = self.open()
            data = log.files.fetch(addresses.entry(index), MAX_ENTRY)
            if data is None or log.find({leaf_hash(data)}).get(leaf_hash(data)) != index:
                return False
            return beside.is_same(item.fields, Item.parse(data).fields)
        except (Unreadable, Malformed, NotVerified):
            return False

    def prove(self, item: Item, index: int) -> bytes | None:
        """Return the verified proof that the item is entry `index`."""
        leaf = bytes.fromhex(item.leaf)
        try:
            log = self.open()
            if log.find({leaf}).get(leaf) != index:
                return None
            return log.proof(index, leaf)
        except (Unreadable, Malformed, NotVerified):
            return None


@dataclass(frozen=True, slots=True)
class Wait:
    """How to wait. `tell` hears of each statement that has come through, `still` of the others."""

    evidence: Evidence
    time: Time
    patience: float
    tell: Callable[[Standing, Log], None]
    still: Callable[[int], None]

    def run(self, items: Sequence[Item]) -> int:
        """Return 0 when all items are shown and count, 1 if one does not, 2 if patience ended.

        Patience is counted in seconds without progress.
        """
        left = {item.leaf: item for item in items}
        codes = {0}
        deadline = self.time.steady() + self.patience
        while left:
            for one, log in self._look(list(left.values())):
                if one.state is State.SHOWN or one.code == 1:
                    self.tell(one, log)
                    codes.add(one.code)
                    del left[one.target.leaf.hex()]
                    deadline = self.time.steady() + self.patience
            if left:
                if self.time.steady() + PAUSE_S > deadline:
                    codes.add(2)
                    break
                self.still(len(left))
                self.time.sleep(PAUSE_S)
        return worst(*codes)

    def _look(self, items: Sequence[Item]) -> list[tuple[Standing, Log]]:
        """Look once; nothing if the site cannot be read or is being written just now."""
        asked = [self._target(item) for item in items]
        try:
            log = self.evidence.open()
            key = trust.receipt_key(self.evidence.settings)
            reading = Reading(log, Pages(log), key, self.time.now(), live=True)
            return [(one, log) for one in look(asked, reading)]
        except (Unreadable, Malformed, NotVerified):
            return []

    def _target(self, item: Item) -> Target:
        receipt = self.evidence.queue.receipt(item.leaf)
        told = None
        key = trust.receipt_key(self.evidence.settings)
        if receipt is not None and key is not None:
            try:
                told = receipts.check(receipt, item, key)
            except (Malformed, NotVerified):
                receipt = None
        return Target(item.leaf, bytes.fromhex(item.leaf), item, receipt, told)


def _entries(log: Log, index: int) -> list[Envelope]:
    """Return all envelopes of the statement of entry `index` that are proved to be in the log."""
    found: dict[bytes, bytes] = {}
    for one in {index, *entries_of(log, index)}:
        data = log.files.fetch(addresses.entry(one), MAX_ENTRY)
        if data is not None:
            found[leaf_hash(data)] = data
    in_log = log.find(found)
    return [dsse.parse(data) for leaf, data in found.items() if leaf in in_log]


def _covers(envelopes: Iterable[Envelope], item: Item) -> bool:
    own = [one for one in envelopes if one.id == item.id]
    held = {signature.keyid for one in own for signature in one.signatures}
    return {signature.keyid for signature in item.envelope.signatures} <= held
