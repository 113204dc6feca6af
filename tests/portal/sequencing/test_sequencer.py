"""The sequencer without faults: growth, boundaries, repair, guards."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from tests.fakes import Plan
from tests.portal.sequencing.builders import (
    LOG_KEY,
    LOG_SIGNER,
    ORIGIN,
    WITNESS_SIGNER,
    Portal,
    record,
)

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log import merkle
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import Head, LogFiles, Record, Tree
from rekap.core.signing.note import Note, cosign
from rekap.core.signing.signer import Ed25519Signer
from rekap.portal.sequencing import edge as edges
from rekap.portal.sequencing import publication
from rekap.portal.sequencing.ordering import Ordered
from rekap.portal.sequencing.sequencer import Outcome, Ports, Settings, run

GOLDEN = json.loads((Path(__file__).parents[2] / "vectors/public/tlog-tiles.json").read_text())


def test_an_empty_portal_publishes_nothing() -> None:
    portal = Portal()
    assert portal.run() == Outcome(0, 0, published=False)
    assert portal.objects.objects == {}
    assert portal.bell.rung == []


def test_orders_by_received_at_then_leaf() -> None:
    portal = Portal()
    portal.accept(b"late", at=2)
    portal.accept(b"a", b"b", b"c", at=1)
    assert portal.run() == Outcome(4, 4, published=True)
    assert portal.check() == [*sorted((b"a", b"b", b"c"), key=leaf_hash), b"late"]
    assert portal.bell.rung == ["publish"]
    assert portal.records.pending_count() == 0


@pytest.mark.parametrize("case", [log for log in GOLDEN["logs"] if log["size"] <= 1000])
def test_writes_the_golden_logs(case: dict) -> None:
    portal = Portal()
    portal.accept_numbers(0, case["size"])
    portal.run()
    published = portal.objects.objects
    assert published["log/checkpoint"].decode() == case["checkpoint"]
    for path, digest in case["sha256"].items():
        found = portal.objects.get(f"log/{path}")
        assert found is not None
        assert found.tag == digest, path
    assert len(published) == case["files"]


def test_grows_to_the_same_bytes_in_whatever_steps() -> None:
    want = Portal()
    want.accept_numbers(0, 700)
    want.run()
    for step in (1, 7, 255, 256, 257):
        portal = Portal()
        for first in range(0, 700, step):
            portal.accept_numbers(first, min(700, first + step))
            portal.run()
            if step > 1:
                portal.check()
        portal.check()
        for path, data in want.objects.objects.items():
            assert portal.objects.objects[path] == data


def test_an_edge_that_has_grown_is_the_edge_that_is_read_from_the_files() -> None:
    portal = Portal()
    edge = edges.load(LogFiles(portal.objects), 0)
    for size in (3, 3, 255, 256, 257, 600):
        portal.accept_numbers(edge.size, size)
        portal.run()
        edge = edges.grow(edge, [b"%d" % number for number in range(edge.size, size)])[1]
        assert edge == edges.load(LogFiles(portal.objects), size)


def test_a_run_with_nothing_pending_changes_nothing() -> None:
    portal = Portal()
    portal.accept_numbers(0, 5)
    portal.run()
    before = dict(portal.objects.objects)
    assert portal.run() == Outcome(5, 0, published=False)
    assert portal.objects.objects == before


def test_a_run_is_capped_and_rings_for_the_rest() -> None:
    portal = Portal()
    portal.accept_numbers(0, 10)
    assert portal.run(batch=2, max_batches=3) == Outcome(6, 6, published=True, more=True)
    assert portal.bell.rung == ["publish", "sequence"]
    assert portal.run(batch=2, max_batches=3) == Outcome(10, 4, published=True)
    portal.check()


def test_a_run_reads_no_record_again_that_it_ordered_itself() -> None:
    portal, plan = Portal(), Plan()
    portal.accept_numbers(0, 10)
    portal.run(plan, batch=4)
    assert "pending" in plan.calls
    assert "read" not in plan.calls


@pytest.mark.parametrize("size", [8, 10])
def test_a_backlog_of_ordered_batches_counts_against_the_cap(size: int) -> None:
    portal = Portal()
    portal.accept_numbers(0, size)
    for first in range(0, 8, 2):
        leaves = tuple(r.leaf for r in portal.records.pending(2))
        portal.order.append(first, leaves)
        portal.records.mark(first, leaves)
    assert portal.run(batch=2, max_batches=3) == Outcome(6, 6, published=True, more=True)
    assert portal.run(batch=2, max_batches=3) == Outcome(size, size - 6, published=True)
    portal.check()


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1000])
def test_appending_touches_as_many_objects_in_any_log(size: int) -> None:
    portal = Portal()
    portal.accept_numbers(0, size)
    portal.run()
    portal.accept_numbers(size, size + 1)
    plan = Plan()
    portal.run(plan)
    assert plan.calls.count("put_new") <= 4
    assert plan.calls.count("get") <= 30
    portal.check()


def test_publishes_what_an_earlier_run_committed() -> None:
    portal = Portal()
    portal.accept_numbers(0, 3)
    portal.run()
    del portal.objects.objects["log/checkpoint"]
    assert portal.run() == Outcome(3, 0, published=True)
    portal.check()


def test_keeps_lines_that_others_added_to_the_checkpoint() -> None:
    portal = Portal()
    portal.accept_numbers(0, 3)
    portal.run()
    published = portal.objects.get("log/checkpoint")
    assert published is not None
    parsed = Note.parse(published.data)
    line = cosign(parsed.text, "saksi.example/w1", WITNESS_SIGNER, 1767225600)
    portal.objects.put_if("log/checkpoint", parsed.merge([line]).format(), published.tag)
    assert not portal.run().published
    assert Note.parse(portal.objects.objects["log/checkpoint"]).lines[-1] == line
    portal.check()


def test_hears_a_witness_once_however_often_it_signs() -> None:
    portal = Portal()
    portal.accept_numbers(0, 3)
    portal.run()
    tree = portal.order.tree()
    text = Note.parse(tree.checkpoint).text
    first, again = (cosign(text, "saksi.example/w1", WITNESS_SIGNER, at) for at in (5, 6))
    assert publication.publish(portal.objects, LOG_KEY, tree, [first])
    published = portal.objects.objects["log/checkpoint"]
    assert not publication.publish(portal.objects, LOG_KEY, tree, [again])
    assert portal.objects.objects["log/checkpoint"] == published


# ---------------------------------------------------------------- guards


def grown(size: int = 5) -> Portal:
    portal = Portal()
    portal.accept_numbers(0, size)
    portal.run()
    portal.accept(b"one more", at=size)
    return portal


def refuses(portal: Portal, words: str) -> None:
    """The run raises Corrupt with these words, and signs and publishes nothing."""
    tree, published = portal.order.tree(), portal.objects.objects.get("log/checkpoint")
    with pytest.raises(Corrupt, match=words):
        portal.run()
    assert portal.order.tree() == tree
    assert portal.objects.objects.get("log/checkpoint") == published


def test_refuses_a_checkpoint_above_the_tree() -> None:
    portal, restored = grown(), Portal()
    restored.objects = portal.objects
    restored.accept(b"new history")
    refuses(restored, "checkpoint.size 5 is above TREE.size 0")


def test_refuses_a_tree_above_the_order() -> None:
    portal = grown()
    portal.order._head = Head(3, 0)
    refuses(portal, "TREE.size 5 is above HEAD.next 3")


def test_refuses_two_roots_of_one_size() -> None:
    portal = grown()
    fork = sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), LOG_SIGNER)
    portal.objects.objects["log/checkpoint"] = fork
    refuses(portal, "size 5 is no prefix of size 5")


def test_refuses_an_older_checkpoint_of_another_history() -> None:
    portal = grown()
    fork = sign_checkpoint(Checkpoint(ORIGIN, 4, bytes(32)), LOG_SIGNER)
    portal.objects.objects["log/checkpoint"] = fork
    refuses(portal, "size 4 is no prefix of size 5")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a note\n",
        sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), Ed25519Signer(bytes(32))),
        sign_checkpoint(Checkpoint("log.example/other", 5, bytes(32)), LOG_SIGNER),
    ],
)
def test_refuses_a_checkpoint_that_this_log_did_not_sign(data: bytes) -> None:
    portal = grown()
    portal.objects.objects["log/checkpoint"] = data
    refuses(portal, "the published checkpoint is not signed by this log")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: Tree(4, t.root, t.frontier, t.checkpoint), "TREE is of size 4"),
        (lambda t: Tree(t.size, bytes(32), t.frontier, t.checkpoint), "or other root"),
        (lambda t: Tree(t.size, t.root, t.frontier[:1], t.checkpoint), "frontier"),
        (lambda t: Tree(t.size, t.root, (bytes(32),) * 2, t.checkpoint), "frontier"),
        (lambda t: Tree(t.size, t.root, t.frontier, b""), "the checkpoint in TREE"),
    ],
)
def test_refuses_a_tree_that_contradicts_itself(change, words: str) -> None:
    portal = grown()
    tree = portal.order.tree()
    portal.order._tree = change(tree)
    refuses(portal, words)


@pytest.mark.parametrize("path", ["tile/0/000.p/5", "tile/entries/000.p/5"])
@pytest.mark.parametrize("damage", ["missing", "flipped", "cut"])
def test_refuses_to_grow_from_a_damaged_edge(path: str, damage: str) -> None:
    portal = grown()
    data = bytearray(portal.objects.objects.pop(f"log/{path}"))
    if damage == "flipped":
        data[-1] ^= 1
    if damage == "cut":
        del data[-1:]
    if damage != "missing":
        portal.objects.objects[f"log/{path}"] = bytes(data)
    refuses(portal, path.replace("/", r"\/") if damage != "flipped" else "tile")


def test_refuses_damaged_tiles_that_belong_together() -> None:
    portal = grown()
    portal.objects.objects["log/tile/entries/000.p/5"] = b"".join(
        b"\x00\x01" + char for char in (b"a", b"b", b"c", b"d", b"e")
    )
    portal.objects.objects["log/tile/0/000.p/5"] = b"".join(
        leaf_hash(char) for char in (b"a", b"b", b"c", b"d", b"e")
    )
    refuses(portal, "do not give TREE's root")


def test_refuses_a_path_that_has_other_content() -> None:
    portal = grown()
    portal.objects.put_new("log/tile/0/000.p/6", b"x" * 192)
    refuses(portal, "log/tile/0/000.p/6 exists with other content")


def test_refuses_bytes_that_are_not_what_was_ordered() -> None:
    portal = grown()
    (pending,) = portal.records.pending(1)
    portal.records.records[pending.leaf] = Record(pending.leaf, pending.id, b"other", 5, b"", None)
    refuses(portal, "holds other bytes")


def test_refuses_to_sign_what_was_written_otherwise() -> None:
    """A store that acknowledges a write and keeps other bytes is found before signing."""
    portal = grown()

    def damage() -> None:
        for path in ("log/tile/0/000.p/6", "log/tile/entries/000.p/6"):
            data = portal.objects.objects.get(path)
            if data:
                portal.objects.objects[path] = data[:-1] + bytes((data[-1] ^ 1,))

    plan = Plan()
    probe = grown()
    probe.run(plan)
    last_write = max(at for at, name in enumerate(plan.calls) if name == "put_new")
    with pytest.raises(Corrupt):
        portal.run(Plan({last_write + 1: damage}))
    assert portal.order.tree().size == 5


def test_refuses_to_sign_other_entries_whose_files_belong_together() -> None:
    """A store that gives back another log of the same size, whole in itself."""
    portal, other = grown(), grown()
    (pending,) = other.records.pending(1)
    other.records.records.pop(pending.leaf)
    other.records.marks.clear()
    other.accept(b"one m0re", at=5)
    other.run()

    def exchange() -> None:
        for path in ("log/tile/0/000.p/6", "log/tile/entries/000.p/6"):
            portal.objects.objects[path] = other.objects.objects[path]

    plan = Plan()
    grown().run(plan)
    last_write = max(at for at, name in enumerate(plan.calls) if name == "put_new")
    with pytest.raises(Corrupt, match="do not give the root of the ordered leaves"):
        portal.run(Plan({last_write + 1: exchange}))
    assert portal.order.tree().size == 5


def test_writes_no_file_from_bytes_that_went_bad_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file with wrong content could never be replaced: it is found before it is written."""
    portal = grown()
    monkeypatch.setattr(Ordered, "entries", lambda self, _: [b"one m0re" for _ in self.leaves])
    before = dict(portal.objects.objects)
    with pytest.raises(Corrupt, match="do not give the ordered root"):
        portal.run()
    assert portal.objects.objects == before


def test_refuses_a_gap_in_the_order() -> None:
    portal = grown()
    portal.order._head = Head(9, 7)
    portal.order._batches[7] = (record(b"x").leaf, record(b"y").leaf)
    portal.accept(b"x", b"y")
    refuses(portal, "no batch begins at 5")


def test_refuses_an_ordered_leaf_without_record() -> None:
    portal = grown()
    portal.order.append(5, (record(b"nobody sent this").leaf,))
    with pytest.raises(Corrupt):
        portal.run()


def test_refuses_to_commit_with_a_signer_that_signs_badly() -> None:
    class Broken:
        alg, public, keyid = LOG_SIGNER.alg, LOG_SIGNER.public, LOG_SIGNER.keyid

        def sign(self, message: bytes) -> bytes:
            return bytes(64)

    portal = grown()
    ports = Ports(portal.records, portal.order, portal.objects, portal.bell)
    with pytest.raises(Corrupt, match="signature does not verify"):
        run(ports, Broken(), Settings(ORIGIN))
    assert portal.order.tree().size == 5


def test_refuses_an_ordered_leaf_whose_record_is_gone() -> None:
    portal = grown()
    portal.accept(b"another", at=6)
    for first, pending in ((5, portal.records.pending(1)), (6, portal.records.pending(2)[1:])):
        portal.order.append(first, (pending[0].leaf,))
    portal.records.mark(6, (record(b"another").leaf,))
    del portal.records.records[record(b"one more").leaf]
    portal.records.marks.clear()
    with pytest.raises(Corrupt, match="has no record"):
        portal.run()


def test_refuses_batches_that_reach_beyond_the_head() -> None:
    portal = grown()
    portal.order._batches[5] = tuple(record(name).leaf for name in (b"one more", b"x", b"y"))
    portal.order._head = Head(6, 0)
    refuses(portal, "batches reach 8, HEAD.next is 6")


def test_refuses_an_empty_batch() -> None:
    portal = grown()
    portal.order._batches[0] = ()
    refuses(portal, "the batch at 0 is empty")


def test_refuses_a_bundle_that_does_not_continue_the_one_before() -> None:
    portal = grown()
    bundle = portal.objects.objects["log/tile/entries/000.p/5"]
    ahead = bundle.replace(b"3", b"9") + b"\x00\x08one more"
    portal.objects.objects["log/tile/entries/000.p/6"] = ahead
    refuses(portal, "exists with other content")
    with pytest.raises(Corrupt, match="does not begin as the bundle it continues"):
        edges.reread(LogFiles(portal.objects), edges.load(LogFiles(portal.objects), 5), 6)


# ---------------------------------------------------------------- others are faster


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_a_run_that_starts_while_another_ends_finds_no_contradiction(calls: int) -> None:
    """What must be smaller is read first, or a healthy log would stop in public."""
    portal = grown()

    def whole_run() -> None:
        portal.run()
        portal.accept(b"still more", at=9)

    portal.run(Plan({calls: whole_run}))
    portal.run()
    assert len(portal.check()) == 7


class Racing:
    """At some calls another process does something first."""

    def __init__(self, name: str, act) -> None:
        self.name, self.act = name, act

    def call(self, name: str, effect):
        if name == self.name:
            self.act()
        return effect()


def test_gives_up_when_others_always_order_first() -> None:
    portal = grown()
    count = iter(range(100))

    def append() -> None:
        entry = b"racer %d" % next(count)
        portal.accept(entry)
        portal.order.append(portal.order.head().next, (record(entry).leaf,))

    with pytest.raises(Conflict, match="order again and again"):
        portal.run(Racing("append", append))
    portal.run()
    portal.check()


def test_gives_up_when_others_always_publish_first() -> None:
    portal = grown()
    count = iter(range(100))

    def add_a_line() -> None:
        stored = portal.objects.get("log/checkpoint")
        parsed = Note.parse(stored.data)
        line = cosign(parsed.text, "saksi.example/w1", WITNESS_SIGNER, next(count))
        portal.objects.put_if("log/checkpoint", parsed.merge([line]).format(), stored.tag)

    with pytest.raises(Conflict, match="checkpoint again and again"):
        portal.run(Racing("put_if", add_a_line))
    portal.run()
    portal.check()


def test_another_root_in_tree_at_our_size_is_fatal() -> None:
    portal = grown()

    def fork() -> None:
        fork = Checkpoint(ORIGIN, 6, bytes(32))
        portal.order._tree = Tree(6, bytes(32), (), sign_checkpoint(fork, LOG_SIGNER))

    with pytest.raises(Corrupt, match="two roots at size 6"):
        portal.run(Racing("swap_tree", fork))


def test_another_root_published_at_our_size_is_fatal() -> None:
    portal = grown()

    def fork() -> None:
        portal.objects.objects["log/checkpoint"] = sign_checkpoint(
            Checkpoint(ORIGIN, 6, bytes(32)), LOG_SIGNER
        )

    with pytest.raises(Corrupt, match="two roots at size 6"):
        portal.run(Racing("put_if", fork))


def test_a_smaller_commit_of_another_run_stands_and_the_rest_is_rung_for() -> None:
    portal = grown()
    portal.accept(b"and another", at=6)
    other = Plan()

    def commit_one_entry() -> None:
        if not other.calls:
            portal.run(other, batch=1, max_batches=1)

    outcome = portal.run(Racing("swap_tree", commit_one_entry), batch=1)
    assert outcome == Outcome(6, 0, published=False, more=True)
    assert portal.run().size == 7
    portal.check()


def test_every_earlier_snapshot_of_the_order_is_refused_against_the_newer_site() -> None:
    """A restored table is older than what was published."""
    portal = Portal()
    snapshots = []
    for first in range(0, 12, 3):
        snapshots.append((portal.order._head, portal.order._tree))
        portal.accept_numbers(first, first + 3)
        portal.run()
    for head, tree in snapshots:
        portal.order._head, portal.order._tree = head, tree
        refuses(portal, "checkpoint.size 12 is above TREE.size")


def test_the_root_is_that_of_the_definition() -> None:
    portal = Portal()
    portal.accept_numbers(0, 3)
    portal.run()
    a, b, c = (leaf_hash(b"%d" % n) for n in range(3))
    want = merkle.node_hash(merkle.node_hash(a, b), c)
    assert base64.b64encode(want) in portal.objects.objects["log/checkpoint"]


class TestDamagedRecords:
    """A record whose bytes are not those of its leaf: a flipped bit, or a stolen role."""

    def damage(self, portal: Portal, leaf: str) -> Record:
        whole = portal.records.records[leaf]
        portal.records.records[leaf] = Record(
            leaf, whole.id, whole.envelope + b"!", whole.received_at, whole.receipt, whole.index
        )
        return whole

    def test_is_not_ordered_and_the_log_goes_on_after_the_repair(self) -> None:
        portal = Portal()
        portal.accept_numbers(0, 5)
        portal.run()
        portal.accept_numbers(5, 8)
        leaf = leaf_hash(b"6").hex()
        whole = self.damage(portal, leaf)
        before = dict(portal.objects.objects)
        with pytest.raises(Corrupt, match="holds other bytes"):
            portal.run()
        assert portal.objects.objects == before
        assert portal.order.head().next == 5
        portal.records.records[leaf] = whole
        portal.run()
        assert len(portal.check()) == 8

    def test_that_was_ordered_already_writes_no_file(self) -> None:
        portal = Portal()
        portal.accept_numbers(0, 5)
        portal.run()
        portal.accept_numbers(5, 8)
        pending = portal.records.pending(9)
        portal.order.append(5, [record.leaf for record in pending])
        whole = self.damage(portal, pending[1].leaf)
        before = dict(portal.objects.objects)
        with pytest.raises(Corrupt, match="holds other bytes"):
            portal.run()
        assert portal.objects.objects == before
        portal.records.records[whole.leaf] = Record(
            whole.leaf, whole.id, whole.envelope, whole.received_at, whole.receipt, 6
        )
        portal.run()
        assert len(portal.check()) == 8
