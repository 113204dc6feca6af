"""Records in DynamoDB: statements by leaf, key ids by statement id, and what waits for its place.

    leaf#{leaf}      record              the statement; `position` is its index once it has one
    id#{id}          id                  version, leaves in order of arrival, key ids
    pending#{0…f}    {received at}#{leaf}    a mark: this record waits
    counted#{name}   {hour}              how often a name was counted in an hour (`version`)
    held#{slot}      {key id}            a signature that waits for others: its id, envelope, time
    held-id#{id}     slot                for which slot a statement was held

Marks are spread over 16 partitions by the first hex digit of the leaf: one takes about 1,000 writes
a second. A record gets its index and loses its mark in one transaction, so an interrupted `mark`
leaves every record either waiting or in its place, and doing it again touches only the former.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.transactions import TransactWrite

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Record
from rekap.portal.intake.item import Holding, IdItem
from rekap.portal.store.aws import table as tables
from rekap.portal.store.aws.patience import PATIENT, Patience, asking

_DIGITS: Final = "0123456789abcdef"
_THREADS: Final = 16
_MARKED_AT_ONCE: Final = tables.MOST_IN_A_TRANSACTION // 2
_COUNT_LASTS_S: Final = 10

MOST_COUNTED: Final = 1_000_000
"""Marks that one count reads at most: the greatest cap that a portal may have.

Intake refuses statements above its own cap, so there are never many more marks than that.
"""


class RecordItem(tables.SortedItem):
    """Any item of the table; which attributes it has is said by its key."""

    id = UnicodeAttribute(null=True)
    envelope = BinaryAttribute(null=True, legacy_encoding=False)
    received_at = NumberAttribute(null=True)
    receipt = BinaryAttribute(null=True, legacy_encoding=False)
    position = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    leaves = ListAttribute[str](null=True)
    keyids = UnicodeSetAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    slot = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class _Count:
    at: int
    value: int


class DynamoRecords:
    """The port `Records` of intake and of the sequencer.

    `count_up_to` bounds what counting the backlog reads: it must not be below intake's cap.
    """

    def __init__(
        self,
        table: str,
        *,
        clock: Callable[[], int],
        patience: Patience = PATIENT,
        count_up_to: int = MOST_COUNTED,
    ) -> None:
        self._item = tables.bind(RecordItem, table)
        self._clock = clock
        self._patience = patience
        self._count_up_to = count_up_to
        self._counted: _Count | None = None

    def read(self, leaf: str) -> Record | None:
        """Return the record of a leaf (64 hex digits), or None."""
        item = tables.read(self._item, *_record_key(leaf))
        return None if item is None else _record(item)

    def by_id(self, id: str) -> IdItem | None:
        """Return what is recorded for a statement id: leaves in order of arrival, key ids."""
        item = tables.read(self._item, *_id_key(id))
        if item is None:
            return None
        return IdItem(int(item.version), tuple(item.leaves), tuple(sorted(item.keyids or ())))

    def add(self, record: Record, keyids: Iterable[str], expected_version: int) -> None:
        """Store a record, its pending mark and its id item in one transaction.

        `expected_version` is the version of the id item that was read, 0 if there was none.

        Raises:
            Conflict: the id item has changed, or the leaf is known; perhaps by this very call,
                when its first answer was lost.
            Unavailable: nothing is known about the outcome.
        """
        item = self._item
        new_keyids = set(keyids)

        def fill(writes: TransactWrite) -> None:
            writes.save(self._item_of(record), condition=item.pk.does_not_exist())
            if record.index is None:
                writes.save(item(*_mark_key(record.leaf, record.received_at)))
            actions = [item.version.set(expected_version + 1)]
            if expected_version:
                known = item.version == expected_version
                actions.append(item.leaves.set(item.leaves.append([record.leaf])))
            else:
                known = item.pk.does_not_exist()
                actions.append(item.leaves.set([record.leaf]))
            if new_keyids:
                actions.append(item.keyids.add(new_keyids))
            writes.update(item(*_id_key(record.id)), actions=actions, condition=known)

        tables.transact(item, f"record {record.leaf}", fill, self._patience)

    def pending(self, limit: int) -> tuple[Record, ...]:
        """Return up to `limit` records without an index, by (received at, leaf); consistent.

        Raises Corrupt if a mark has no record: they are written together.
        """
        marks = sorted(mark for found in self._marks(limit) for mark in found)[:limit]
        keys = [_record_key(mark.partition("#")[2]) for mark in marks]
        records = [_record(item) for item in tables.read_all(self._item, keys, self._patience)]
        if len(records) < len(keys):
            lost = {pk for pk, _ in keys} - {f"leaf#{record.leaf}" for record in records}
            raise Corrupt(f"pending marks without a record: {', '.join(sorted(lost))}")
        waiting = (record for record in records if record.index is None)
        return tuple(sorted(waiting, key=lambda record: (record.received_at, record.leaf)))

    def keep(self, record: Record) -> None:
        """Store a record without a pending mark, unless it is there; Unavailable: do it again."""
        item = self._item_of(record)

        def once() -> None:
            with asking(f"keep record {record.leaf}"):
                item.save(condition=self._item.pk.does_not_exist())

        with suppress(Conflict):  # a leaf has one content
            self._patience.insist(f"keep record {record.leaf}", once)

    def mark(self, first: int, leaves: Sequence[str]) -> None:
        """Give the leaves their indexes `first`, `first`+1 … and drop their pending marks.

        Idempotent: reads the leaves together, then writes only those that have no index yet.

        Raises:
            Corrupt: a leaf is unknown or has another index; those of other transactions are marked.
            Unavailable: some are marked, some are not; do it again.
        """
        places = {leaf: index for index, leaf in enumerate(leaves, first)}
        for _ in self._patience.tries(f"mark from {first}"):
            unmarked = self._unmarked(places)
            chunks = [
                unmarked[at : at + _MARKED_AT_ONCE]
                for at in range(0, len(unmarked), _MARKED_AT_ONCE)
            ]
            with ThreadPoolExecutor(_THREADS) as pool:
                marked = list(pool.map(lambda chunk: self._mark(chunk, places), chunks))
            if all(marked):
                return

    def pending_count(self) -> int:
        """Return how many records wait, or `count_up_to` if there are more; ten seconds late.

        Reads at most that many marks, partition by partition, and not every time: no item is
        written by every upload, as a counter would be.
        """
        now = self._clock()
        counted = self._counted
        if counted is None or not 0 <= now - counted.at < _COUNT_LASTS_S:
            counted = self._counted = _Count(now, self._count())
        return counted.value

    def oldest_pending(self) -> int | None:
        """Return the received-at of the record that waits longest (Unix seconds), or None."""
        oldest = [mark for found in self._marks(1) for mark in found]
        return min((int(mark.partition("#")[0]) for mark in oldest), default=None)

    def count(self, name: str, hour: int) -> int:
        """Add one to what is counted under a name in an hour, and return it.

        What a lost answer counted is counted again. Raises Unavailable.
        """
        item = self._item(f"counted#{name}", f"{hour:010d}")

        def once() -> None:
            with asking(f"count {name}"):
                item.update([self._item.version.add(1)])

        self._patience.insist(f"count {name}", once)
        return int(item.version)

    def held(self, slot: str) -> tuple[Holding, ...]:
        """Return all that was held for a slot, one for each key, expired ones too."""
        with asking(f"list held#{slot}"):
            found = list(self._item.query(f"held#{slot}", consistent_read=True))
        return tuple(
            Holding(slot, item.sk, item.id, item.envelope, int(item.received_at)) for item in found
        )

    def slot_of(self, id: str) -> str | None:
        """Return the slot for which a statement was held, or None."""
        item = tables.read(self._item, f"held-id#{id}", "slot")
        return None if item is None else str(item.slot)

    def hold(self, one: Holding, replaced: Holding | None) -> None:
        """Keep a signature instead of `replaced`, and say for which slot, in one transaction.

        Raises:
            Conflict: that is not what its key holds; perhaps by this very call, when its first
                answer was lost.
            Unavailable: nothing is known about the outcome.
        """
        item = self._item
        was = item.pk.does_not_exist()
        if replaced is not None:
            was = (item.id == replaced.id) & (item.received_at == replaced.at)
        kept = item(
            f"held#{one.slot}",
            one.keyid,
            id=one.id,
            envelope=one.envelope,
            received_at=one.at,
        )

        def fill(writes: TransactWrite) -> None:
            writes.save(kept, condition=was)
            writes.save(item(f"held-id#{one.id}", "slot", slot=one.slot))

        tables.transact(item, f"hold {one.id}", fill, self._patience)

    def _item_of(self, record: Record) -> RecordItem:
        item: RecordItem = self._item(
            *_record_key(record.leaf),
            id=record.id,
            envelope=record.envelope,
            received_at=record.received_at,
            receipt=record.receipt,
            position=record.index,
        )
        return item

    def _marks(self, limit: int) -> list[list[str]]:
        """Return the sort keys of up to `limit` marks of each partition, oldest first."""

        def ask(partition: str) -> list[str]:
            with asking(f"list {partition}"):
                found = self._item.query(
                    partition, consistent_read=True, limit=limit, attributes_to_get=["sk"]
                )
                return [item.sk for item in found]

        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(ask, map(_partition, _DIGITS)))

    def _unmarked(self, places: dict[str, int]) -> list[tuple[str, int]]:
        """Return (leaf, received at) of those without an index; Corrupt if one has another."""
        keys = [_record_key(leaf) for leaf in places]
        wanted = ["pk", "received_at", "position"]
        found = {
            item.pk.partition("#")[2]: item
            for item in tables.read_all(self._item, keys, self._patience, wanted)
        }
        unmarked = []
        for leaf, index in places.items():
            item = found.get(leaf)
            if item is None or item.position not in (None, index):
                has = "no record" if item is None else f"index {item.position}"
                raise Corrupt(f"leaf {leaf} ordered at {index} has {has}")
            if item.position is None:
                unmarked.append((leaf, int(item.received_at)))
        return unmarked

    def _mark(self, chunk: Sequence[tuple[str, int]], places: dict[str, int]) -> bool:
        """Give a few leaves their indexes; False if somebody else did it for one of them."""
        item = self._item

        def fill(writes: TransactWrite) -> None:
            for leaf, received_at in chunk:
                waits = item.pk.exists() & item.position.does_not_exist()
                place = [item.position.set(places[leaf])]
                writes.update(item(*_record_key(leaf)), actions=place, condition=waits)
                writes.delete(item(*_mark_key(leaf, received_at)))

        try:
            tables.transact(item, f"mark from {places[chunk[0][0]]}", fill, self._patience)
        except Conflict:
            return False
        return True

    def _count(self) -> int:
        counted = 0
        for digit in _DIGITS:
            if counted >= self._count_up_to:
                break
            counted += self._count_partition(_partition(digit), self._count_up_to - counted)
        return counted

    def _count_partition(self, partition: str, most: int) -> int:
        """Count marks page by page; the mapper's own `count` reads on beyond its limit."""
        table = tables.connection(self._item)
        counted, after = 0, None
        while counted < most:
            with asking("count what waits"):
                page = table.query(
                    partition, limit=most - counted, select="COUNT", exclusive_start_key=after
                )
            counted += page["Count"]
            after = page.get("LastEvaluatedKey")
            if after is None:
                break
        return counted


def _record(item: RecordItem) -> Record:
    position: float | None = item.position
    index = None if position is None else int(position)
    leaf = item.pk.partition("#")[2]
    return Record(leaf, item.id, item.envelope, int(item.received_at), item.receipt or b"", index)


def _record_key(leaf: str) -> tuple[str, str]:
    return f"leaf#{leaf}", "record"


def _id_key(id: str) -> tuple[str, str]:
    return f"id#{id}", "id"


def _mark_key(leaf: str, received_at: int) -> tuple[str, str]:
    return _partition(leaf[0]), f"{received_at:015d}#{leaf}"


def _partition(digit: str) -> str:
    return f"pending#{digit}"
