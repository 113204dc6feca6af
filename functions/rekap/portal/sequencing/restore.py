"""Records, order and TREE again, from the published log alone, after a table was lost or restored.

    1  the log's own bundles up to the published checkpoint, checked against its root
    2  bundles beyond it, which an interrupted run derived: they were ordered, so they keep their
       place, or the next run would find other bytes where it must write
    3  a record for every entry that has none; what waits although it is logged gets its index
    4  HEAD and batches from where the order ends
    5  TREE, last: until it stands the sequencer refuses to start

Idempotent and resumable: every step adds only what is missing, and refuses what contradicts the
log. What cannot come back: receipts and received-at of lost records (the answer to such an upload
has the index instead), and statements that waited in a lost table and were in no bundle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from rekap.core import codec
from rekap.core.errors import Conflict, Corrupt, Malformed
from rekap.core.log import entry, tiles
from rekap.core.log.merkle import Frontier
from rekap.core.log.ports import BATCH, CHECKPOINT, LogFiles, Objects, Order, Record, Records, Tree
from rekap.core.signing import envelope
from rekap.core.signing.note import NoteKey
from rekap.portal.sequencing.guards import own_checkpoint


class Shelf(Records, Protocol):
    """Records with what intake writes: the id items (see `intake.accept.Records`)."""

    def by_id(self, id: str) -> Any:
        """Return the id item, with its `version`, or None."""

    def add(self, record: Record, keyids: Iterable[str], expected_version: int) -> None:
        """Store a record; one that has an index gets no pending mark."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a run found and did.

    `size` is the checkpoint's, `beyond` the ordered entries after it, `records` how many records
    and `marked` how many indexes were missing, `batches` how many batches were appended.
    """

    size: int
    beyond: int
    records: int
    marked: int
    batches: int


def restore(
    records: Shelf,
    order: Order,
    objects: Objects,
    key: NoteKey,
    progress: Callable[[int], None] = lambda _: None,
) -> Restored:
    """Make records, order and TREE agree with the published log of `key`.

    Costs one read of each bundle and of each record. `progress` is told the entries done. Nothing
    else may write meanwhile.

    Raises:
        Corrupt: the log is not whole, or a table says something else than the log: a person decides
            which of the two is wrong.
    """
    stored = objects.get(CHECKPOINT)
    if stored is None:
        raise Corrupt("there is no published checkpoint to restore from")
    checkpoint = own_checkpoint(stored.data, key, "the published checkpoint")
    files = LogFiles(objects)
    frontier = _check_log(files, checkpoint.size, checkpoint.root)
    leaves: list[str] = []
    clocks: dict[int, int] = {}
    missing = marked = 0
    for bundle in _bundles(files, checkpoint.size):
        for data in bundle:
            added, unmarked = _restore_record(records, len(leaves), data)
            missing, marked = missing + added, marked + unmarked
            if (at := _instant(data)) is not None:
                clocks[len(leaves)] = at
            leaves.append(entry.leaf_hash(data).hex())
        progress(len(leaves))
    batches = _restore_order(records, order, leaves, clocks, checkpoint.size)
    tree = Tree(checkpoint.size, checkpoint.root, frontier.hashes, stored.data)
    _restore_tree(order, tree, leaves)
    return Restored(checkpoint.size, len(leaves) - checkpoint.size, missing, marked, batches)


def _check_log(files: LogFiles, size: int, root: bytes) -> Frontier:
    """Read every bundle before anything is written; return the frontier."""
    frontier = Frontier()
    for n in range(-(-size // tiles.WIDTH)):
        entries = _read(files, n, tiles.width_in(0, n, size))
        if entries is None:
            raise Corrupt(f"bundle {n} of size {size} is missing: restore the files first")
        frontier = frontier.extend(map(entry.leaf_hash, entries))
    if frontier.root() != root:
        raise Corrupt(f"the bundles of size {size} do not give the checkpoint's root")
    return frontier


def _bundles(files: LogFiles, size: int) -> Iterator[tuple[bytes, ...]]:
    """Yield the entries bundle by bundle, each at its widest, also beyond `size`."""
    n = 0
    while True:
        widths = range(tiles.WIDTH, max(tiles.width_in(0, n, size), 1) - 1, -1)
        entries = next((found for width in widths if (found := _read(files, n, width))), ())
        yield entries
        if len(entries) < tiles.WIDTH:
            return
        n += 1


def _read(files: LogFiles, n: int, width: int) -> tuple[bytes, ...] | None:
    data = files.read(tiles.entries_path(n, width))
    return None if data is None else entry.decode_bundle(data, width)


def _restore_record(records: Shelf, index: int, data: bytes) -> tuple[int, int]:
    """Add the record of an entry; return whether it, or only its index, was missing."""
    leaf = entry.leaf_hash(data).hex()
    known = records.read(leaf)
    if known is not None:
        if known.index not in (None, index):
            raise Corrupt(f"leaf {leaf} has index {known.index}, in the log it is {index}")
        return 0, int(known.index is None)
    statement = envelope.parse(data)
    item = records.by_id(statement.id)
    keyids = [signature.keyid for signature in statement.signatures]
    record = Record(leaf, statement.id, data, 0, b"", index)
    records.add(record, keyids, 0 if item is None else item.version)
    return 1, 0


def _restore_order(
    records: Shelf, order: Order, leaves: Sequence[str], clocks: Mapping[int, int], size: int
) -> int:
    """Compare the batches that exist with the log, append the rest; return how many.

    A batch ends at the checkpoint's `size`: the sequencer goes on from TREE with whole batches.
    """
    head = order.head()
    if head.next > len(leaves):
        raise Corrupt(
            f"the order has {head.next} entries, the log's files {len(leaves)}: restore the files"
        )
    first = 0
    while first < head.next:
        try:
            batch = order.batch(first)
        except KeyError as error:
            raise Corrupt(f"no batch begins at {first}, HEAD.next is {head.next}") from error
        if tuple(leaves[first : first + len(batch)]) != batch:
            raise Corrupt(f"the batch at {first} is not what the log has there")
        records.mark(first, batch)
        first += len(batch)
    appended = 0
    while first < len(leaves):
        end = min(first + BATCH, size if first < size else len(leaves))
        batch = tuple(leaves[first:end])
        # Records that wait although they are logged get their index before anybody can order them.
        records.mark(first, batch)
        said = [at for index, at in clocks.items() if index < end]
        order.append(first, batch, max(said, default=None))
        first += len(batch)
        appended += 1
    return appended


def _restore_tree(order: Order, tree: Tree, leaves: Sequence[str]) -> None:
    """Replace a TREE that is behind the checkpoint, if it is a prefix of the log."""
    held = order.tree()
    if held is not None:
        own = Frontier().extend(map(bytes.fromhex, leaves[: held.size]))
        if own.root() != held.root:
            raise Corrupt(f"TREE of size {held.size} is no prefix of the log")
        if held.size >= tree.size:
            return
    try:
        order.swap_tree(held, tree)
    except Conflict as error:
        raise Corrupt("TREE changed meanwhile: stop every function, then run this again") from error


def _instant(entry: bytes) -> int | None:
    """Return the Unix seconds that an entry says if it is a clock, else None."""
    try:
        fields = codec.decode(envelope.parse(entry).payload)
        if not isinstance(fields, dict) or fields.get("kind") != "clock":
            return None
        codec.check_time(fields.get("at"), "at")
    except Malformed:
        return None
    return int(datetime.fromisoformat(fields["at"]).timestamp())
