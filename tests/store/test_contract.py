"""The contract of the store's ports, held by every implementation."""

from __future__ import annotations

import hashlib
import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rekap.errors import Conflict, Corrupt, Malformed
from rekap.log.ports import Head, Record, Tree
from rekap.store.local.database import Database
from rekap.store.local.objects import FolderObjects
from rekap.store.local.order import SqliteOrder
from rekap.store.local.records import SqliteRecords
from rekap.store.local.register import SqliteRegister


@dataclass(frozen=True)
class Engine:
    """One implementation of each port; a port that an engine does not have is None."""

    records: Any
    order: Any
    objects: Any
    register: Any


def local(folder: Path) -> Engine:
    database = Database(folder / "portal.db")
    return Engine(
        SqliteRecords(database),
        SqliteOrder(database),
        FolderObjects(folder),
        SqliteRegister(database),
    )


def fakes(folder: Path) -> Engine:
    module = importlib.import_module("tests.fakes")
    register = getattr(module, "FakeRegister", None)
    return Engine(
        module.FakeRecords(),
        module.FakeOrder(),
        module.FakeObjects(),
        register() if register else None,
    )


@pytest.fixture(params=[local, fakes], ids=["local", "fakes"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    make: Callable[[Path], Engine] = request.param
    return make(tmp_path)


def leaf(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def record(text: str, *, id: str = "", at: int = 100, index: int | None = None) -> Record:
    return Record(leaf(text), leaf(id or "id of " + text), text.encode(), at, b"receipt", index)


def keyids(*names: str) -> tuple[str, ...]:
    return tuple(leaf(name)[:32] for name in names)


# ---------------------------------------------------------------- records


def test_reads_back_a_record_byte_for_byte(engine: Engine) -> None:
    engine.records.add(record("a"), keyids("k1"), 0)
    assert engine.records.read(leaf("a")) == record("a")
    assert engine.records.read(leaf("b")) is None


def test_an_id_item_collects_leaves_in_order_of_arrival_and_key_ids(engine: Engine) -> None:
    assert engine.records.by_id(leaf("s")) is None
    engine.records.add(record("z", id="s"), keyids("k1"), 0)
    engine.records.add(record("a", id="s"), keyids("k2", "k1"), 1)
    item = engine.records.by_id(leaf("s"))
    assert (item.version, item.leaves) == (2, (leaf("z"), leaf("a")))
    assert set(item.keyids) == set(keyids("k1", "k2"))
    assert len(item.keyids) == 2


def test_refuses_a_record_made_from_an_old_version_of_its_id_item(engine: Engine) -> None:
    engine.records.add(record("a", id="s"), keyids("k1"), 0)
    for version in (0, 2):
        with pytest.raises(Conflict):
            engine.records.add(record("b", id="s"), keyids("k2"), version)
    assert engine.records.read(leaf("b")) is None
    assert engine.records.by_id(leaf("s")).keyids == keyids("k1")
    assert engine.records.pending_count() == 1


def test_refuses_a_known_leaf_and_changes_nothing(engine: Engine) -> None:
    engine.records.add(record("a", id="s"), keyids("k1"), 0)
    with pytest.raises(Conflict):
        engine.records.add(record("a", id="s"), keyids("k2"), 1)
    with pytest.raises(Conflict):
        engine.records.add(record("a", id="other"), keyids("k2"), 0)
    assert engine.records.by_id(leaf("s")).version == 1
    assert engine.records.by_id(leaf("other")) is None


def test_pending_is_ordered_by_received_at_then_leaf_over_all_partitions(engine: Engine) -> None:
    names = [f"entry {n}" for n in range(64)]
    for n, name in enumerate(names):
        engine.records.add(record(name, at=1000 + n % 3), keyids("k"), 0)
    assert {name[0] for name in map(leaf, names)} == set("0123456789abcdef")
    want = sorted(((1000 + n % 3, leaf(name)) for n, name in enumerate(names)))
    got = [(r.received_at, r.leaf) for r in engine.records.pending(1000)]
    assert got == want
    assert [(r.received_at, r.leaf) for r in engine.records.pending(5)] == want[:5]
    assert engine.records.pending_count() == 64
    assert engine.records.oldest_pending() == 1000


def test_marking_gives_indexes_and_drops_pending_and_may_be_repeated(engine: Engine) -> None:
    for name in "abc":
        engine.records.add(record(name), keyids("k"), 0)
    for _ in range(2):
        engine.records.mark(7, (leaf("b"), leaf("a")))
    assert engine.records.read(leaf("b")) == record("b", index=7)
    assert engine.records.read(leaf("a")).index == 8
    assert [r.leaf for r in engine.records.pending(9)] == [leaf("c")]
    assert engine.records.pending_count() == 1


def test_marking_another_index_is_corrupt(engine: Engine) -> None:
    engine.records.add(record("a"), keyids("k"), 0)
    engine.records.mark(0, (leaf("a"),))
    with pytest.raises(Corrupt):
        engine.records.mark(1, (leaf("a"),))
    with pytest.raises(Corrupt):
        engine.records.mark(1, (leaf("unknown"),))


def test_nothing_pending_has_no_oldest(engine: Engine) -> None:
    assert engine.records.pending(10) == ()
    assert engine.records.pending_count() == 0
    assert engine.records.oldest_pending() is None


def test_of_many_writers_of_one_version_exactly_one_wins(engine: Engine) -> None:
    """Row 12 of the threat table: duplicate submissions and races."""
    won: list[int] = []

    def write(n: int) -> None:
        try:
            engine.records.add(record(f"racer {n}", id="one"), keyids(f"k{n}"), 0)
            won.append(n)
        except Conflict:
            pass

    threads = [threading.Thread(target=write, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert engine.records.by_id(leaf("one")).leaves == (leaf(f"racer {won[0]}"),)
    assert engine.records.pending_count() == 1


# ---------------------------------------------------------------- order


def tree(size: int) -> Tree:
    hashes = tuple(hashlib.sha256(bytes([n])).digest() for n in range(size.bit_count()))
    return Tree(size, hashlib.sha256(b"root %d" % size).digest(), hashes, b"note %d" % size)


def test_the_order_begins_empty(engine: Engine) -> None:
    assert engine.order.head() == Head(0, None)
    assert engine.order.tree() is None


def test_appends_batches_one_after_the_other(engine: Engine) -> None:
    engine.order.append(0, (leaf("a"), leaf("b")))
    engine.order.append(2, (leaf("c"),))
    assert engine.order.head() == Head(3, 2)
    assert engine.order.batch(0) == (leaf("a"), leaf("b"))
    assert engine.order.batch(2) == (leaf("c"),)


def test_refuses_a_batch_that_does_not_begin_at_the_head(engine: Engine) -> None:
    engine.order.append(0, (leaf("a"), leaf("b")))
    for first in (0, 1, 3):
        with pytest.raises(Conflict):
            engine.order.append(first, (leaf("z"),))
    assert engine.order.head() == Head(2, 0)


def test_swaps_the_tree_only_from_the_one_that_was_read(engine: Engine) -> None:
    engine.order.swap_tree(None, tree(3))
    with pytest.raises(Conflict):
        engine.order.swap_tree(None, tree(4))
    with pytest.raises(Conflict):
        engine.order.swap_tree(tree(2), tree(4))
    assert engine.order.tree() == tree(3)
    engine.order.swap_tree(engine.order.tree(), tree(7))
    assert engine.order.tree() == tree(7)


# ---------------------------------------------------------------- objects

PATHS = ["log/checkpoint", "log/tile/0/x001/234.p/5", "index.html", "site.json", "state/head"]


@pytest.mark.parametrize("path", PATHS)
def test_creates_an_object_once(engine: Engine, path: str) -> None:
    assert engine.objects.get(path) is None
    engine.objects.put_new(path, b"one")
    for data in (b"one", b"two"):
        with pytest.raises(Conflict):
            engine.objects.put_new(path, data)
    assert engine.objects.get(path).data == b"one"


@pytest.mark.parametrize("path", PATHS)
def test_replaces_an_object_only_by_its_tag(engine: Engine, path: str) -> None:
    with pytest.raises(Conflict):
        engine.objects.put_if(path, b"one", "0" * 64)
    first = engine.objects.put_if(path, b"one", None)
    assert engine.objects.get(path).tag == first
    with pytest.raises(Conflict):
        engine.objects.put_if(path, b"two", None)
    second = engine.objects.put_if(path, b"two", first)
    with pytest.raises(Conflict):
        engine.objects.put_if(path, b"three", first)
    stored = engine.objects.get(path)
    assert (stored.data, stored.tag) == (b"two", second)


def test_keeps_empty_and_large_objects(engine: Engine) -> None:
    for name, data in (("empty", b""), ("large", bytes(range(256)) * 4096)):
        engine.objects.put_new(f"state/{name}", data)
        assert engine.objects.get(f"state/{name}").data == data


def test_a_folder_is_no_object(engine: Engine) -> None:
    engine.objects.put_new("a/b/c", b"x")
    assert engine.objects.get("a/b") is None
    assert engine.objects.get("a/b/c/d") is None


def test_of_many_swaps_from_one_tag_exactly_one_wins(engine: Engine) -> None:
    tag = engine.objects.put_if("site.json", b"start", None)
    won: list[int] = []

    def swap(n: int) -> None:
        try:
            engine.objects.put_if("site.json", b"%d" % n, tag)
            won.append(n)
        except Conflict:
            pass

    threads = [threading.Thread(target=swap, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert engine.objects.get("site.json").data == b"%d" % won[0]


# ---------------------------------------------------------------- register


def test_a_register_shows_all_changes_of_a_tree_or_none(engine: Engine) -> None:
    if engine.register is None:
        pytest.skip("this engine has no register")
    register = engine.register
    assert (register.tree(), register.size(), register.get("keys", "k")) == ("", 0, None)
    register.apply("t1", 5, [("keys", "k", {"body": "kpps"}), ("ids", "k", 3)])
    register.apply("t2", 9, [("keys", "k", None), ("keys", "l", {"body": "ppk"})])
    assert (register.tree(), register.size()) == ("t2", 9)
    assert register.get("keys", "k") is None
    assert register.get("keys", "l") == {"body": "ppk"}
    assert register.get("ids", "k") == 3
    with pytest.raises(Conflict):
        register.apply("t1", 5, [("keys", "l", None)])
    assert register.get("keys", "l") == {"body": "ppk"}


def test_a_register_made_again_forgets_what_it_held(engine: Engine) -> None:
    if engine.register is None:
        pytest.skip("this engine has no register")
    engine.register.apply("t1", 5, [("keys", "k", 1), ("keys", "l", 2)])
    engine.register.replace("t2", 5, [("keys", "l", 3)])
    assert (engine.register.tree(), engine.register.size()) == ("t2", 5)
    assert engine.register.get("keys", "k") is None
    assert engine.register.get("keys", "l") == 3
    with pytest.raises(Conflict):
        engine.register.replace("t0", 4, [])


def test_a_settled_database_keeps_what_a_replay_wrote(tmp_path: Path) -> None:
    database = Database(tmp_path / "portal.db", durable=False)
    SqliteRegister(database).apply("t1", 5, [("keys", "k", 1)])
    database.settle()
    assert SqliteRegister(Database(tmp_path / "portal.db")).get("keys", "k") == 1


# ---------------------------------------------------------------- the folder only

TRAVERSALS = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../keys/log.key",
    "state/../keys/log.key",
    "log/./checkpoint",
    "log//checkpoint",
    "log/",
    ".hidden",
    "log/.x",
    "log\\x",
    "LOG/x",
    "log/a\x00b",
    "log/a b",
    "log/%2e%2e/x",
    "log/\u2025/x",
    "log/..\n",
    "a" * 2000,
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_refuses_a_path_that_could_leave_its_folder(tmp_path: Path, path: str) -> None:
    """Row 22 of the threat table: path traversal in object keys."""
    objects = FolderObjects(tmp_path / "portal")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Malformed):
        objects.get(path)
    with pytest.raises(Malformed):
        objects.put_new(path, b"x")
    with pytest.raises(Malformed):
        objects.put_if(path, b"x", None)
    assert sorted(tmp_path.rglob("*")) == before


def test_serves_the_site_apart_from_the_state_and_leaves_nothing_temporary(tmp_path: Path) -> None:
    objects = local(tmp_path).objects
    objects.put_new("log/checkpoint", b"note")
    objects.put_new("state/head", b"{}")
    with pytest.raises(Conflict):
        objects.put_new("log/checkpoint", b"other")
    with pytest.raises(Conflict):
        objects.put_if("log/checkpoint", b"other", "0" * 64)
    assert (tmp_path / "public/log/checkpoint").read_bytes() == b"note"
    assert (tmp_path / "state/head").read_bytes() == b"{}"
    assert [p.name for p in (tmp_path / "work").iterdir() if p.name != "lock"] == []
    (tmp_path / "work/12-34-5").write_bytes(b"left by a killed process")
    assert objects.sweep() == 1


def test_a_deleted_state_folder_is_made_again(tmp_path: Path) -> None:
    objects = local(tmp_path).objects
    objects.put_new("state/a", b"a")
    (tmp_path / "state/a").unlink()
    (tmp_path / "state").rmdir()
    objects.put_new("state/a", b"a")
    assert objects.get("state/a").data == b"a"


def test_a_second_process_opens_the_same_portal(tmp_path: Path) -> None:
    one, two = local(tmp_path), local(tmp_path)
    one.records.add(record("a"), keyids("k"), 0)
    one.order.append(0, (leaf("a"),))
    tag = one.objects.put_if("site.json", b"1", None)
    assert two.records.pending_count() == 1
    assert two.order.head() == Head(1, 0)
    two.objects.put_if("site.json", b"2", tag)
    assert one.objects.get("site.json").data == b"2"
