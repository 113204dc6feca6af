"""What must hold before the log's writer may start: its stores tell one history.

checkpoint.size ≤ TREE.size ≤ HEAD.next, each a prefix of the next, all signed by this log. A
restored backup, a wrong table or two logs in one bucket break that, and nothing may be signed.
"""

from __future__ import annotations

from rekap.core.errors import Corrupt, Malformed, NotVerified
from rekap.core.log import proofs
from rekap.core.log.checkpoint import Checkpoint, open_checkpoint
from rekap.core.log.merkle import Frontier, verify_consistency
from rekap.core.log.ports import CHECKPOINT, LogFiles, Objects, Order, Tree
from rekap.core.signing.note import NoteKey
from rekap.portal.sequencing import edge as edges
from rekap.portal.sequencing.edge import Edge


def guarded_tree(objects: Objects, order: Order, key: NoteKey) -> Tree | None:
    """Return TREE, None before the first, or raise Corrupt saying which guard failed.

    Other writers may be at work: what must be smaller is read first.
    """
    stored = objects.get(CHECKPOINT)
    tree = order.tree()
    head = order.head()
    size = 0 if tree is None else tree.size
    if tree is not None:
        _check_tree(tree, key)
    if size > head.next:
        raise Corrupt(f"TREE.size {size} is above HEAD.next {head.next}")
    if stored is None:
        return tree
    published = own_checkpoint(stored.data, key, "the published checkpoint")
    if published.size > size:
        raise Corrupt(f"checkpoint.size {published.size} is above TREE.size {size}")
    if tree is not None:
        check_history(objects, published, Checkpoint(key.name, size, tree.root))
    return tree


def guarded_edge(objects: Objects, tree: Tree | None) -> Edge:
    """Return the edge of the published files; Corrupt unless they give TREE's root.

    An empty or foreign bucket has none: nothing may be ordered for it, and no checkpoint put there.
    """
    frontier = frontier_of(tree)
    edge = edges.load(LogFiles(objects), frontier.size)
    if edge.root() != frontier.root():
        raise Corrupt(f"the published tiles of size {frontier.size} do not give TREE's root")
    return edge


def _check_tree(tree: Tree, key: NoteKey) -> None:
    signed = own_checkpoint(tree.checkpoint, key, "the checkpoint in TREE")
    if (signed.size, signed.root) != (tree.size, tree.root):
        raise Corrupt(f"TREE is of size {tree.size}, its checkpoint of {signed.size} or other root")
    if len(tree.frontier) != tree.size.bit_count() or frontier_of(tree).root() != tree.root:
        raise Corrupt(f"TREE's frontier does not give its root at size {tree.size}")


def check_history(objects: Objects, old: Checkpoint, new: Checkpoint) -> None:
    """Refuse unless `old` is a prefix of `new`, by a proof from the published tiles."""
    try:
        proof = proofs.consistency_proof(old.size, new.size, LogFiles(objects))
        verify_consistency(
            old_size=old.size,
            old_root=old.root,
            new_size=new.size,
            new_root=new.root,
            proof=proof,
        )
    except (Malformed, NotVerified) as error:
        raise Corrupt(f"size {old.size} is no prefix of size {new.size}: {error}") from error


def own_checkpoint(data: bytes, key: NoteKey, what: str) -> Checkpoint:
    """Return the checkpoint of a note signed by this log, or raise Corrupt naming `what`."""
    try:
        return open_checkpoint(data, key.name, key)
    except (Malformed, NotVerified) as error:
        raise Corrupt(f"{what} is not signed by this log: {error}") from error


def frontier_of(tree: Tree | None) -> Frontier:
    """Return TREE's frontier; without TREE the empty one."""
    if tree is None:
        return Frontier()
    return Frontier(tree.size, tree.frontier)
