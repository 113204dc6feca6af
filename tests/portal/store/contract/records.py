"""Records, pending marks and id items."""

from __future__ import annotations

import pytest
from tests.portal.store.contract.clauses import clause
from tests.portal.store.contract.samples import holding, keyids, leaf, race, record
from tests.portal.store.engines import Engine

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Record


@clause("records.add", "records.read")
def reads_back_a_record_byte_for_byte(engine: Engine) -> None:
    engine.records.add(record("a"), keyids("k1"), 0)
    assert engine.records.read(leaf("a")) == record("a")
    assert engine.records.read(leaf("b")) is None


@clause("records.add", "records.read", "records.pending")
def keeps_an_envelope_of_every_byte_and_of_the_greatest_length(engine: Engine) -> None:
    data = (bytes(range(256)) * 256)[:65_535]
    large = Record(leaf("large"), leaf("id"), data, 2**31, bytes(range(256)), None)
    engine.records.add(large, keyids("k1"), 0)
    assert engine.records.read(leaf("large")) == large
    assert engine.records.pending(1) == (large,)


@clause("records.add", "records.read", "records.pending", "records.pending_count")
def a_record_that_has_its_index_already_waits_for_nothing(engine: Engine) -> None:
    restored = Record(leaf("r"), leaf("id"), b"r", 0, b"", 17)
    engine.records.add(restored, keyids("k1"), 0)
    assert engine.records.read(leaf("r")) == restored
    assert engine.records.pending(9) == ()
    assert engine.records.pending_count() == 0


@clause("records.keep", "records.read", "records.pending", "records.mark")
def a_record_that_is_kept_waits_for_nothing_and_gets_its_place(engine: Engine) -> None:
    for _ in range(2):
        engine.records.keep(record("clock"))
    assert engine.records.read(leaf("clock")) == record("clock")
    assert engine.records.pending(9) == ()
    assert engine.records.pending_count() == 0
    engine.records.mark(5, (leaf("clock"),))
    engine.records.keep(record("clock"))
    found = engine.records.read(leaf("clock"))
    assert found is not None
    assert found.index == 5
    assert engine.records.pending_count() == 0


@clause("records.count")
def counts_each_name_in_each_hour_by_itself(engine: Engine) -> None:
    assert [engine.records.count("a", 7) for _ in range(3)] == [1, 2, 3]
    assert engine.records.count("b", 7) == 1
    assert engine.records.count("a", 8) == 1
    assert engine.records.count("a", 7) == 4


@clause("records.by_id", "records.add")
def an_id_item_collects_leaves_in_order_of_arrival_and_key_ids(engine: Engine) -> None:
    assert engine.records.by_id(leaf("s")) is None
    engine.records.add(record("z", id="s"), keyids("k1"), 0)
    engine.records.add(record("a", id="s"), keyids("k2", "k1"), 1)
    item = engine.records.by_id(leaf("s"))
    assert (item.version, item.leaves) == (2, (leaf("z"), leaf("a")))
    assert set(item.keyids) == set(keyids("k1", "k2"))
    assert len(item.keyids) == 2


@clause("records.add", "records.by_id", "records.pending_count")
def refuses_a_record_made_from_an_old_version_of_its_id_item(engine: Engine) -> None:
    engine.records.add(record("a", id="s"), keyids("k1"), 0)
    for version in (0, 2):
        with pytest.raises(Conflict):
            engine.records.add(record("b", id="s"), keyids("k2"), version)
    assert engine.records.read(leaf("b")) is None
    assert engine.records.by_id(leaf("s")).keyids == keyids("k1")
    assert engine.records.pending_count() == 1


@clause("records.add", "records.by_id")
def refuses_a_known_leaf_and_changes_nothing(engine: Engine) -> None:
    engine.records.add(record("a", id="s"), keyids("k1"), 0)
    with pytest.raises(Conflict):
        engine.records.add(record("a", id="s"), keyids("k2"), 1)
    with pytest.raises(Conflict):
        engine.records.add(record("a", id="other"), keyids("k2"), 0)
    assert engine.records.by_id(leaf("s")).version == 1
    assert engine.records.by_id(leaf("other")) is None


@clause("records.add", "records.read")
def refuses_a_leaf_that_has_its_place_already(engine: Engine) -> None:
    engine.records.add(record("a", id="s"), keyids("k1"), 0)
    engine.records.mark(3, (leaf("a"),))
    with pytest.raises(Conflict):
        engine.records.add(record("a", id="s"), keyids("k1"), 0)
    assert engine.records.read(leaf("a")).index == 3
    assert engine.records.pending(9) == ()


@clause("records.pending", "records.pending_count", "records.oldest_pending")
def pending_is_ordered_by_received_at_then_leaf_over_all_partitions(engine: Engine) -> None:
    names = [f"entry {n}" for n in range(64)]
    for n, name in enumerate(names):
        engine.records.add(record(name, at=999 + n % 3), keyids("k"), 0)
    assert {name[0] for name in map(leaf, names)} == set("0123456789abcdef")
    want = sorted(((999 + n % 3, leaf(name)) for n, name in enumerate(names)))
    got = [(r.received_at, r.leaf) for r in engine.records.pending(1000)]
    assert got == want
    assert [(r.received_at, r.leaf) for r in engine.records.pending(5)] == want[:5]
    assert engine.records.pending_count() == 64
    assert engine.records.oldest_pending() == 999


@clause("records.mark", "records.read", "records.pending", "records.pending_count")
def marking_gives_indexes_and_drops_pending_and_may_be_repeated(engine: Engine) -> None:
    for name in "abc":
        engine.records.add(record(name), keyids("k"), 0)
    for _ in range(2):
        engine.records.mark(7, (leaf("b"), leaf("a")))
    assert engine.records.read(leaf("b")) == record("b", index=7)
    assert engine.records.read(leaf("a")).index == 8
    assert [r.leaf for r in engine.records.pending(9)] == [leaf("c")]
    assert engine.records.pending_count() == 1


@clause("records.mark", "records.pending", "records.pending_count", "records.oldest_pending")
def marking_finishes_what_was_interrupted_in_a_batch_of_several_writes(engine: Engine) -> None:
    names = [f"entry {n}" for n in range(120)]
    for name in names:
        engine.records.add(record(name), keyids("k"), 0)
    leaves = tuple(map(leaf, names))
    engine.records.mark(40, leaves[40:44])
    engine.records.mark(0, leaves)
    assert engine.records.pending(200) == ()
    assert engine.records.pending_count() == 0
    assert engine.records.oldest_pending() is None
    assert [engine.records.read(one).index for one in leaves] == list(range(120))


@clause("records.mark")
def marking_another_index_is_corrupt(engine: Engine) -> None:
    engine.records.add(record("a"), keyids("k"), 0)
    engine.records.mark(0, (leaf("a"),))
    with pytest.raises(Corrupt):
        engine.records.mark(1, (leaf("a"),))
    with pytest.raises(Corrupt):
        engine.records.mark(1, (leaf("unknown"),))
    assert engine.records.read(leaf("a")).index == 0


@clause("records.pending", "records.pending_count", "records.oldest_pending")
def nothing_pending_has_no_oldest(engine: Engine) -> None:
    assert engine.records.pending(10) == ()
    assert engine.records.pending_count() == 0
    assert engine.records.oldest_pending() is None


@clause("records.add", "records.by_id", "records.pending_count")
def of_many_writers_of_one_version_exactly_one_wins(engine: Engine) -> None:
    """Row 12 of the threat table: duplicate submissions and races."""
    won = race(16, lambda n: engine.records.add(record(f"racer {n}", id="one"), keyids(f"k{n}"), 0))
    assert len(won) == 1
    assert engine.records.by_id(leaf("one")).leaves == (leaf(f"racer {won[0]}"),)
    assert engine.records.pending_count() == 1


@clause("records.add", "records.pending", "records.mark", "records.by_id")
def another_process_sees_what_was_acknowledged(engine: Engine) -> None:
    other = engine.again()
    engine.records.add(record("a", id="s"), keyids("k"), 0)
    assert other.records.by_id(leaf("s")).version == 1
    assert other.records.pending(9) == (record("a", id="s"),)
    other.records.mark(5, (leaf("a"),))
    assert engine.records.read(leaf("a")).index == 5
    assert engine.records.pending(9) == ()


@clause("records.hold", "records.held", "records.slot_of")
def holds_one_signature_for_each_key_and_slot(engine: Engine) -> None:
    assert engine.records.held("place") == ()
    assert engine.records.slot_of(leaf("s")) is None
    for slot, key, id in (("place", "k1", "s"), ("place", "k2", "s"), ("other", "k1", "t")):
        engine.records.hold(holding(slot, key, id), None)
    assert set(engine.records.held("place")) == {
        holding("place", "k1", "s"), holding("place", "k2", "s"),
    }  # fmt: skip
    assert engine.records.held("other") == (holding("other", "k1", "t"),)
    assert engine.records.held("plac") == ()
    assert (engine.records.slot_of(leaf("s")), engine.records.slot_of(leaf("t"))) == (
        "place", "other",
    )  # fmt: skip


@clause("records.hold", "records.held")
def what_a_key_holds_is_replaced_only_by_who_has_read_it(engine: Engine) -> None:
    first, second = holding("place", "k1", "s"), holding("place", "k1", "t", at=200)
    engine.records.hold(first, None)
    for read in (None, second, holding("place", "k1", "s", at=99)):
        with pytest.raises(Conflict):
            engine.records.hold(second, read)
    assert engine.records.held("place") == (first,)
    engine.records.hold(second, first)
    assert engine.records.held("place") == (second,)
    with pytest.raises(Conflict):
        engine.records.hold(first, first)


@clause("records.hold", "records.held")
def holds_envelopes_of_the_greatest_length(engine: Engine) -> None:
    data = (bytes(range(256)) * 256)[:65_535]
    for number in range(20):
        engine.records.hold(holding("place", f"k{number}", "s", data), None)
    held = engine.records.held("place")
    assert (len(held), {one.envelope for one in held}) == (20, {data})


@clause("records.hold", "records.held")
def of_many_who_hold_for_one_key_exactly_one_wins(engine: Engine) -> None:
    won = race(8, lambda n: engine.records.hold(holding("place", "k1", f"racer {n}"), None))
    assert len(won) == 1
    assert engine.records.held("place") == (holding("place", "k1", f"racer {won[0]}"),)


@clause("records.hold", "records.held", "records.pending_count", "records.by_id")
def what_is_held_is_in_line_for_nothing(engine: Engine) -> None:
    other = engine.again()
    engine.records.hold(holding("place", "k1", "s"), None)
    assert other.records.held("place") == (holding("place", "k1", "s"),)
    assert engine.records.pending_count() == 0
    assert engine.records.by_id(leaf("s")) is None
