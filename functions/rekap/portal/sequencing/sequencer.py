"""Order first, everything else derived: one run of the log's only writer.

The order of durable writes (any number of runs may overlap, freeze or die at any point):

 1. read checkpoint, TREE, HEAD and the files' right edge; refuse to start if they disagree
 2. finish marking the batch HEAD.last: its records get their index, their pending marks go
 3. list what is pending, by (received at, leaf)
 4. the record of a clock, if it is time for one; order transaction: HEAD and BATCH together; mark
 5. bundles and tiles, children before parents: created, or found equal
 6. read them back, recompute the root from those bytes, check consistency with TREE
 7. sign, verify the own signature, compare-and-swap TREE: commit
 8. log/status.json: who is asked; witnesses that may be asked now are asked to cosign; each line
    is verified before it is merged into the note; log/status.json: how far each is
 9. publish the checkpoint: only larger, or the same with more lines
10. ring the next bell

`run` has them in this order, with their numbers. From step 4 on all bytes are a function of the
fixed prefix, so a retry, a second writer and a thawed zombie write the same. Recovery is the next
run; there is no other code for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rekap.core.errors import Conflict, Corrupt, NotVerified
from rekap.core.log import tiles
from rekap.core.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from rekap.core.log.merkle import Frontier
from rekap.core.log.policy import NO_POLICY, Policy
from rekap.core.log.ports import BATCH, Bell, LogFiles, Objects, Order, Records, Tree
from rekap.core.log.witness import NOBODY, Asked, Witnesses
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Signer
from rekap.portal.sequencing import edge as edges
from rekap.portal.sequencing import ordering, publication
from rekap.portal.sequencing.clock import Clock
from rekap.portal.sequencing.edge import Edge
from rekap.portal.sequencing.guards import check_history, frontier_of, guarded_edge, guarded_tree
from rekap.portal.sequencing.ordering import Ordered
from rekap.portal.sequencing.pace import Pace


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that a run touches. Without a clock it says no time."""

    records: Records
    order: Order
    objects: Objects
    bell: Bell
    witnesses: Witnesses | None = None
    pace: Pace | None = None
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """`origin` is also the name of the log's key. A run orders and derives ≤ `max_batches`.

    `policy` is that of entry 0: its witnesses are asked.
    """

    origin: str
    batch: int = BATCH
    max_batches: int = 20
    policy: Policy = NO_POLICY


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left: the committed size, entries that it added to it, and two facts.

    `published`: this run replaced the checkpoint. `more`: work was left, the bell was rung.
    `asked` is what witnesses answered, `doubts` how often the time seemed wrong.
    """

    size: int
    entries: int
    published: bool
    more: bool = False
    asked: Asked = NOBODY
    doubts: int = 0


def run(ports: Ports, signer: Signer, settings: Settings) -> Outcome:
    """Do one run; with nothing pending it repairs and publishes what an earlier run left.

    Raises:
        Corrupt: the store contradicts itself; nothing was signed or published by this run after
            that was found.
        Conflict: others were faster again and again; nothing is lost, run again.
    """
    key = NoteKey.of(settings.origin, note.ED25519, signer.public)
    tree = guarded_tree(ports.objects, ports.order, key)  # 1
    edge = guarded_edge(ports.objects, tree)
    ordered = ordering.fix(  # 2, 3, 4
        ports.records, ports.order, edge.size, ports.clock,
        batch=settings.batch, most=settings.max_batches,
    )  # fmt: skip
    added, more = 0, ordered.more
    if ordered.leaves:
        grown = frontier_of(tree).extend(map(bytes.fromhex, ordered.leaves))
        _write_files(ports, edge, ordered, grown)  # 5
        _check_files(ports.objects, key, tree, edge, grown)  # 6
        tree, added = _commit(ports, signer, key, tree, grown)  # 7
        more = more or tree.size < grown.size
    if tree is None:
        return Outcome(0, 0, published=False)
    asked = publication.cosign(  # 8
        ports.objects, ports.order, ports.witnesses, settings.policy, key, tree, ports.pace
    )
    witnesses = settings.policy.witnesses
    published = publication.publish(ports.objects, key, tree, asked.lines, witnesses)  # 9
    if published:  # 10
        ports.bell.ring("publish")
    if more:
        ports.bell.ring("sequence")
    return Outcome(tree.size, added, published, more, asked, ordered.doubts)


def _write_files(ports: Ports, edge: Edge, ordered: Ordered, grown: Frontier) -> None:
    """Step 5: the bundles and tiles that the order demands; nothing if they would be others."""
    files, new_edge = edges.grow(edge, ordered.entries(ports.records))
    if new_edge.root() != grown.root():
        raise Corrupt(f"the entries to write at size {grown.size} do not give the ordered root")
    for path, data in files.items():
        _put(ports.objects, tiles.LOG + path, data)


def _check_files(
    objects: Objects, key: NoteKey, tree: Tree | None, edge: Edge, grown: Frontier
) -> None:
    """Step 6: the root of the bytes that are there now is that of the ordered leaf hashes alone."""
    if edges.reread(LogFiles(objects), edge, grown.size).root() != grown.root():
        raise Corrupt(f"the tiles of size {grown.size} do not give the root of the ordered leaves")
    if tree is not None:
        old = Checkpoint(key.name, tree.size, tree.root)
        check_history(objects, old, Checkpoint(key.name, grown.size, grown.root()))


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
