"""Records, order and TREE come back from the log's own files, whatever was lost or is old."""

from __future__ import annotations

import dataclasses

import pytest
from tests.fakes import CONFLICT, FakeOrder, FakeRecords, Fault, Plan, faulty
from tests.portal.sequencing.builders import LOG_KEY, LOG_SIGNER, Portal

from rekap.core.errors import Corrupt
from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import Record
from rekap.core.signing import envelope
from rekap.portal.sequencing.restore import Restored, restore

OTHER = type(LOG_SIGNER)(bytes(reversed(range(32))))


def entry(number: int) -> bytes:
    return envelope.sign(b'{"number":%d}' % number, [LOG_SIGNER])


def accept(portal: Portal, *entries: bytes, at: int = 0) -> None:
    for data in entries:
        statement = envelope.parse(data)
        item = portal.records.by_id(statement.id)
        record = Record(leaf_hash(data).hex(), statement.id, data, at, b"receipt")
        keyids = [signature.keyid for signature in statement.signatures]
        portal.records.add(record, keyids, item.version if item else 0)


def begun(*sizes: int) -> Portal:
    """A portal whose log grew to each of the sizes in turn."""
    portal = Portal()
    for first, size in zip((0, *sizes), sizes, strict=False):
        accept(portal, *map(entry, range(first, size)), at=size)
        portal.run()
    return portal


def without_tables(portal: Portal) -> Portal:
    twin = portal.clone()
    twin.records, twin.order = FakeRecords(), FakeOrder()
    return twin


def mend(portal: Portal) -> Restored:
    return restore(portal.records, portal.order, portal.objects, LOG_KEY)


def indexes(portal: Portal) -> list[tuple[int | None, str]]:
    return sorted((one.index, one.leaf) for one in portal.records.records.values())


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 600])
def test_lost_tables_come_back_and_the_log_goes_on(size: int) -> None:
    before = begun(size)
    portal = without_tables(before)
    with pytest.raises(Corrupt):
        portal.run()
    assert mend(portal) == Restored(size, 0, size, 0, -(-size // 256))
    assert indexes(portal) == indexes(before)
    assert all(one.receipt == b"" for one in portal.records.records.values())
    assert portal.order.tree() == before.order.tree()
    assert mend(portal) == Restored(size, 0, 0, 0, 0)
    accept(portal, *map(entry, range(size, size + 3)), at=9999)
    portal.run()
    portal.check()


def test_whoever_restores_sees_how_far_it_is() -> None:
    before, told = begun(600), list[int]()
    portal = without_tables(before)
    restore(portal.records, portal.order, portal.objects, LOG_KEY, told.append)
    assert told == [256, 512, 600]


def test_every_older_backup_of_the_tables_is_brought_up_to_the_log() -> None:
    stages = [begun(*(10, 256, 300, 530)[:n]) for n in range(5)]
    last = stages[-1]
    for old in stages[:-1]:
        portal = last.clone()
        portal.records, portal.order = old.clone().records, old.clone().order
        done = mend(portal)
        assert done.size == 530
        assert indexes(portal) == indexes(last)
        assert portal.order.tree() == last.order.tree()
        accept(portal, entry(530), at=9999)
        portal.run()
        portal.check()


def test_what_waited_in_a_backup_is_logged_once_wherever_it_stands() -> None:
    portal = begun(5)
    accept(portal, *map(entry, range(5, 8)), at=6)
    backup = portal.clone()
    accept(portal, entry(8), at=6)
    portal.run()
    accept(backup, entry(9), at=7)
    portal.records, portal.order = backup.records, backup.order
    assert mend(portal) == Restored(9, 0, 1, 3, 1)
    assert [one.leaf for one in portal.records.pending(9)] == [leaf_hash(entry(9)).hex()]
    portal.run()
    assert len(portal.check()) == 10


def test_what_waits_in_a_backup_of_the_records_alone_is_not_ordered_again() -> None:
    """The order knows its place, in a batch that is not the last one."""
    portal = begun(5)
    accept(portal, *map(entry, range(5, 8)), at=6)
    backup = portal.clone()
    portal.run()
    accept(portal, *map(entry, range(8, 10)), at=7)
    portal.run()
    before = indexes(portal)
    portal.records = backup.records
    assert mend(portal) == Restored(10, 0, 2, 3, 0)
    assert indexes(portal) == before
    assert portal.records.pending(9) == ()
    accept(portal, entry(10), at=9)
    portal.run()
    assert len(portal.check()) == 11


@pytest.mark.parametrize("more", [1, 3, 251, 260, 600])
def test_what_was_derived_but_not_published_keeps_its_place(more: int) -> None:
    portal = begun(5)
    accept(portal, *map(entry, range(5, 5 + more)), at=6)
    whole = portal.clone()
    whole.run()
    # The run dies when it wants to publish the checkpoint: tiles are there, TREE is committed.
    stopped = portal.objects.objects["log/checkpoint"]
    portal.run()
    portal.objects.objects["log/checkpoint"] = stopped
    lost = without_tables(portal)
    done = mend(lost)
    assert (done.size, done.beyond) == (5, more)
    lost.run()
    assert lost.objects.objects == whole.objects.objects


def test_a_tree_ahead_of_the_checkpoint_is_not_put_back() -> None:
    portal = begun(5)
    stopped = portal.objects.objects["log/checkpoint"]
    accept(portal, *map(entry, range(5, 8)), at=6)
    portal.run()
    portal.objects.objects["log/checkpoint"] = stopped
    tree = portal.order.tree()
    assert mend(portal) == Restored(5, 3, 0, 0, 0)
    assert portal.order.tree() == tree
    assert portal.run().published
    assert len(portal.check()) == 8


def test_a_restore_that_dies_anywhere_is_finished_by_the_next() -> None:
    source = begun(3, 258)
    calls = 0
    while True:
        portal = without_tables(source)
        plan = Plan({calls: "after" if calls % 2 else "before"})
        ports = [faulty(port, plan) for port in (portal.records, portal.order, portal.objects)]
        try:
            restore(*ports, LOG_KEY)
            break
        except Fault:
            mend(portal)
        assert indexes(portal) == indexes(source)
        assert portal.order.tree() == source.order.tree()
        calls += 7
    assert calls > 500


def test_a_second_envelope_of_a_statement_joins_its_id_item() -> None:
    first = entry(0)
    statement = envelope.parse(first)
    portal = begun(1)
    accept(portal, envelope.sign(statement.payload, [OTHER]), at=2)
    portal.run()
    lost = without_tables(portal)
    mend(lost)
    item = lost.records.by_id(statement.id)
    assert set(item.keyids) == {LOG_SIGNER.keyid, OTHER.keyid}
    assert len(item.leaves) == 2


class TestRefusals:
    def refuses(self, portal: Portal, words: str) -> None:
        before = portal.clone()
        with pytest.raises(Corrupt, match=words):
            mend(portal)
        assert portal.objects.objects == before.objects.objects
        assert portal.order.tree() == before.order.tree()

    def test_without_a_checkpoint(self) -> None:
        self.refuses(Portal(), "no published checkpoint")

    def test_a_bundle_is_missing(self) -> None:
        portal = without_tables(begun(300))
        del portal.objects.objects["log/tile/entries/000"]
        self.refuses(portal, "bundle 0 of size 300 is missing")
        assert portal.records.records == {}

    def test_bundles_of_another_log(self) -> None:
        portal, other = without_tables(begun(300)), Portal()
        accept(other, *map(entry, range(1000, 1300)))
        other.run()
        name = "log/tile/entries/000"
        portal.objects.objects[name] = other.objects.objects[name]
        self.refuses(portal, "do not give the checkpoint's root")

    def test_the_order_knows_more_than_the_files(self) -> None:
        portal = begun(3)
        portal.order.append(3, ("00" * 32,))
        self.refuses(portal, "the order has 4 entries")

    def test_a_batch_is_of_another_log(self) -> None:
        portal = begun(3)
        portal.order = FakeOrder()
        portal.order.append(0, ("00" * 32,))
        self.refuses(portal, "the batch at 0")

    def test_a_batch_is_gone(self) -> None:
        portal = begun(3, 5)
        del portal.order._batches[3]
        self.refuses(portal, "no batch begins at 3")

    def test_somebody_else_writes_meanwhile(self) -> None:
        portal = without_tables(begun(3))
        counting = Plan()
        probe = portal.clone()
        restore(probe.records, faulty(probe.order, counting), probe.objects, LOG_KEY)
        plan = Plan({counting.calls.index("swap_tree"): CONFLICT})
        with pytest.raises(Corrupt, match="stop every function"):
            restore(portal.records, faulty(portal.order, plan), portal.objects, LOG_KEY)

    def test_a_record_has_another_index(self) -> None:
        portal = begun(3)
        leaf, record = next(iter(portal.records.records.items()))
        portal.records.records[leaf] = dataclasses.replace(record, index=7)
        self.refuses(portal, "has index 7")

    def test_tree_is_of_another_log(self) -> None:
        portal, other = begun(3), Portal()
        accept(other, *map(entry, range(10, 12)))
        other.run()
        portal.order._tree = other.order.tree()
        self.refuses(portal, "no prefix of the log")
