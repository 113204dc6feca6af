"""Order first, everything else derived: one run of the log's only writer.

The order of durable writes (any number of runs may overlap, freeze or die at any point):

 1. read checkpoint, TREE, HEAD and the files' right edge; refuse to start if they disagree
 2. finish marking the batch HEAD.last: its records get their index, their pending marks go
 3. list what is pending, by (received at, leaf)
 4. order transaction: HEAD and BATCH together; mark
 5. bundles and tiles, children before parents: created, or found equal
 6. read them back, recompute the root from those bytes, check consistency with TREE
 7. sign, verify the own signature, compare-and-swap TREE: commit
 8. witnesses are asked to cosign; each line is verified before it is merged into the note
 9. publish the checkpoint: only larger, or the same with more lines
10. ring the next bell

Without step 2 two sequencers could order a record twice: whoever appends to HEAD has first marked
the batch before, so what is pending after that was never ordered. From step 4 on all bytes are a
function of the fixed prefix, so a retry, a second writer and a thawed zombie write the same.
Recovery is the next run; there is no other code for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rekap.errors import Conflict, Corrupt, NotVerified
from rekap.log import edge as edges
from rekap.log import publication
from rekap.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from rekap.log.edge import Edge
from rekap.log.entry import leaf_hash
from rekap.log.guards import check_history, frontier_of, guarded_edge, guarded_tree
from rekap.log.merkle import Frontier
from rekap.log.policy import NO_POLICY, Policy
from rekap.log.ports import (
    PREFIX,
    Bell,
    LogFiles,
    Objects,
    Order,
    Records,
    Tree,
)
from rekap.log.witness import NOBODY, Asked, Witnesses
from rekap.signing import note
from rekap.signing.note import NoteKey
from rekap.signing.signer import Signer

_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that a run touches."""

    records: Records
    order: Order
    objects: Objects
    bell: Bell
    witnesses: Witnesses | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """`origin` is also the name of the log's key. A run orders and derives ≤ `max_batches`.

    `policy` is that of entry 0: its witnesses are asked.
    """

    origin: str
    batch: int = 256
    max_batches: int = 20
    policy: Policy = NO_POLICY


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left: the committed size, entries that it added to it, and two facts.

    `published`: this run replaced the checkpoint. `more`: work was left, the bell was rung.
    `asked` is what witnesses answered.
    """

    size: int
    entries: int
    published: bool
    more: bool = False
    asked: Asked = NOBODY


@dataclass(frozen=True, slots=True)
class _Batches:
    """Consecutive batches after TREE, with the envelopes that happen to be in memory."""

    first: int
    leaves: tuple[str, ...]
    envelopes: dict[str, bytes]
    more: bool


def run(ports: Ports, signer: Signer, settings: Settings) -> Outcome:
    """Do one run; with nothing pending it repairs and publishes what an earlier run left.

    Raises:
        Corrupt: the store contradicts itself; nothing was signed or published by this run after
            that was found.
        Conflict: others were faster again and again; nothing is lost, run again.
    """
    key = NoteKey.of(settings.origin, note.ED25519, signer.public)
    tree = guarded_tree(ports.objects, ports.order, key)
    edge = guarded_edge(ports.objects, tree)
    batches = _fix_order(ports, settings, 0 if tree is None else tree.size)
    entries, more = 0, batches.more
    if batches.leaves:
        grown = _derive(ports, key, tree, edge, batches)
        tree, entries = _commit(ports, signer, key, tree, grown)
        more = more or tree.size < grown.size
    if tree is None:
        return Outcome(0, 0, published=False)
    asked = publication.cosign(
        ports.objects, ports.order, ports.witnesses, settings.policy, key, tree
    )
    published = publication.publish(ports.objects, key, tree, asked.lines)
    if published:
        ports.bell.ring("publish")
    if more:
        ports.bell.ring("sequence")
    return Outcome(tree.size, entries, published, more, asked)


def _fix_order(ports: Ports, settings: Settings, size: int) -> _Batches:
    """Steps 2 to 4, again from the start whenever somebody else ordered in between."""
    for _ in range(_ATTEMPTS):
        try:
            return _fix_order_once(ports, settings, size)
        except Conflict:
            continue
    raise Conflict("others fixed the order again and again")


def _fix_order_once(ports: Ports, settings: Settings, size: int) -> _Batches:
    head = ports.order.head()
    if head.last is not None:
        ports.records.mark(head.last, _batch(ports.order, head.last))
    leaves: list[str] = []
    count = 0
    while size + len(leaves) < head.next and count < settings.max_batches:
        leaves += _batch(ports.order, size + len(leaves))
        count += 1
    if size + len(leaves) > head.next:
        raise Corrupt(f"batches reach {size + len(leaves)}, HEAD.next is {head.next}")
    envelopes: dict[str, bytes] = {}
    more = size + len(leaves) < head.next
    while not more:
        pending = ports.records.pending(settings.batch)
        if not pending:
            break
        if count == settings.max_batches:
            more = True
            break
        for record in pending:
            # What was ordered must be derived: bytes that are lost now would stop the log for good.
            _check_bytes(record.leaf, record.envelope)
        fresh = tuple(record.leaf for record in pending)
        first = size + len(leaves)
        ports.order.append(first, fresh)
        ports.records.mark(first, fresh)
        envelopes.update((record.leaf, record.envelope) for record in pending)
        leaves += fresh
        count += 1
    return _Batches(size, tuple(leaves), envelopes, more)


def _derive(
    ports: Ports, key: NoteKey, tree: Tree | None, edge: Edge, batches: _Batches
) -> Frontier:
    """Steps 5 and 6: write what the order demands; return the frontier after it, proved twice.

    The root is computed from the bytes that were read back, and from TREE's frontier with the
    ordered leaf hashes alone.
    """
    files = LogFiles(ports.objects)
    frontier = frontier_of(tree)
    entries = [_envelope(ports.records, batches, leaf) for leaf in batches.leaves]
    grown = frontier.extend(map(bytes.fromhex, batches.leaves))
    new_files, new_edge = edges.grow(edge, entries)
    if new_edge.root() != grown.root():
        raise Corrupt(f"the entries to write at size {grown.size} do not give the ordered root")
    for path, data in new_files.items():
        _put(ports.objects, PREFIX + path, data)
    if edges.reread(files, edge, grown.size).root() != grown.root():
        raise Corrupt(f"the tiles of size {grown.size} do not give the root of the ordered leaves")
    if tree is not None:
        check_history(
            ports.objects,
            Checkpoint(key.name, tree.size, tree.root),
            Checkpoint(key.name, grown.size, grown.root()),
        )
    return grown


def _commit(
    ports: Ports, signer: Signer, key: NoteKey, tree: Tree | None, grown: Frontier
) -> tuple[Tree, int]:
    """Step 7. If another run committed first, its TREE stands; return it and 0 entries."""
    checkpoint = Checkpoint(key.name, grown.size, grown.root())
    signed = sign_checkpoint(checkpoint, signer)
    try:
        open_checkpoint(signed, key.name, key)
    except NotVerified as error:
        raise Corrupt(f"the signer's signature does not verify: {error}") from error
    new = Tree(grown.size, checkpoint.root, grown.hashes, signed)
    try:
        ports.order.swap_tree(tree, new)
    except Conflict:
        return _committed(ports.order, new), 0
    return new, grown.size - (0 if tree is None else tree.size)


def _committed(order: Order, ours: Tree) -> Tree:
    theirs = order.tree()
    if theirs is None:
        raise Conflict("TREE was not replaced, and is not there")
    if theirs.size == ours.size and theirs.root != ours.root:
        raise Corrupt(f"two roots at size {ours.size}")
    return theirs


def _put(objects: Objects, path: str, data: bytes) -> None:
    """Create an object that can have only this content."""
    try:
        objects.put_new(path, data)
    except Conflict:
        stored = objects.get(path)
        if stored is None:
            raise
        if stored.data != data:
            raise Corrupt(f"{path} exists with other content") from None


def _batch(order: Order, first: int) -> tuple[str, ...]:
    try:
        leaves = order.batch(first)
    except KeyError as error:
        raise Corrupt(f"no batch begins at {first}") from error
    if not leaves:
        raise Corrupt(f"the batch at {first} is empty")
    return leaves


def _envelope(records: Records, batches: _Batches, leaf: str) -> bytes:
    held = batches.envelopes.get(leaf)
    if held is None:
        record = records.read(leaf)
        if record is None:
            raise Corrupt(f"the ordered leaf {leaf} has no record")
        held = _check_bytes(leaf, record.envelope)
    return held


def _check_bytes(leaf: str, envelope: bytes) -> bytes:
    """Return the bytes of a leaf; files with others could never be replaced."""
    if leaf_hash(envelope).hex() != leaf:
        raise Corrupt(f"the record of leaf {leaf} holds other bytes")
    return envelope
