"""The portal's log as `rekap submit` asks it: where a word of the portal is not enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rekap.cli.officials.lookup import Files, Log
from rekap.cli.officials.queue import Item, Queue, Settings
from rekap.cli.officials.shown import entries_of
from rekap.errors import Malformed, NotVerified
from rekap.log.entry import MAX_ENTRY, leaf_hash
from rekap.log.policy import Policy
from rekap.signing import envelope as dsse
from rekap.signing.envelope import Envelope
from rekap.verify.reader import Source, Unreadable


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


def _entries(log: Log, index: int) -> list[Envelope]:
    """Return all envelopes of the statement of entry `index` that are proved to be in the log."""
    found: dict[bytes, bytes] = {}
    for one in {index, *entries_of(log, index)}:
        data = log.files.fetch(f"bukti/{one}.json", MAX_ENTRY)
        if data is not None:
            found[leaf_hash(data)] = data
    in_log = log.find(found)
    return [dsse.parse(data) for leaf, data in found.items() if leaf in in_log]


def _covers(envelopes: Iterable[Envelope], item: Item) -> bool:
    own = [one for one in envelopes if one.id == item.id]
    held = {signature.keyid for one in own for signature in one.signatures}
    return {signature.keyid for signature in item.envelope.signatures} <= held
