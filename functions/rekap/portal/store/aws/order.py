"""The order of the log in DynamoDB: HEAD, the batches, and the last signed tree.

    HEAD         next, last, clock   written in one transaction with its batch
    BATCH#{n}    leaves              up to 257 hashes of 32 bytes; never written twice
    TREE         size, root, frontier, checkpoint, digest

Every write has a condition on what was read before. TREE is compared by the digest of all its
fields, so no two trees are ever taken for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from rekap.core.errors import Corrupt
from rekap.core.log.ports import Head, Tree
from rekap.portal.store.aws import table as tables
from rekap.portal.store.aws.patience import PATIENT, Patience, asking

_HASH = 32


class OrderItem(tables.Item):
    """Any item of the table; which attributes it has is said by its key."""

    next = NumberAttribute(null=True)
    last = NumberAttribute(null=True)
    clock = NumberAttribute(null=True)
    leaves = BinaryAttribute(null=True, legacy_encoding=False)
    size = NumberAttribute(null=True)
    root = BinaryAttribute(null=True, legacy_encoding=False)
    frontier = BinaryAttribute(null=True, legacy_encoding=False)
    checkpoint = BinaryAttribute(null=True, legacy_encoding=False)
    digest = UnicodeAttribute(null=True)


class DynamoOrder:
    """The port `Order` of the sequencer."""

    def __init__(self, table: str, *, patience: Patience = PATIENT) -> None:
        self._item = tables.bind(OrderItem, table)
        self._patience = patience

    def head(self) -> Head:
        """Return the next free index, the first index of the last batch, and the last instant."""
        item = tables.read(self._item, "HEAD")
        if item is None:
            return Head(0, None)
        clock = None if item.clock is None else int(item.clock)
        return Head(int(item.next), int(item.last), clock)

    def batch(self, first: int) -> tuple[str, ...]:
        """Return the leaves of the batch that begins at `first`; raises KeyError if none does."""
        item = tables.read(self._item, f"BATCH#{first}")
        if item is None:
            raise KeyError(first)
        return tuple(hash.hex() for hash in _split(item.leaves))

    def append(self, next: int, leaves: Sequence[str], clock: int | None = None) -> None:
        """Fix the order of `leaves` from index `next` on, in one transaction.

        Raises:
            Conflict: HEAD.next is not `next`; perhaps by this very call, when its first answer was
                lost.
            Unavailable: nothing is known about the outcome.
        """
        item = self._item
        hashes = b"".join(map(bytes.fromhex, leaves))

        def fill(writes: TransactWrite) -> None:
            absent = item.pk.does_not_exist()
            head = [item.next.set(next + len(leaves)), item.last.set(next)]
            if clock is not None:
                head.append(item.clock.set(clock))
            read = item.next == next if next else absent
            writes.save(item(f"BATCH#{next}", leaves=hashes), condition=absent)
            writes.update(item("HEAD"), actions=head, condition=read)

        tables.transact(item, f"order from {next}", fill, self._patience)

    def tree(self) -> Tree | None:
        """Return the last tree that was signed, or None before the first.

        Raises Corrupt if its fields do not have the digest that was written with them.
        """
        item = tables.read(self._item, "TREE")
        if item is None:
            return None
        tree = Tree(int(item.size), item.root, _split(item.frontier or b""), item.checkpoint)
        if _digest(tree) != item.digest:
            raise Corrupt(f"TREE of size {tree.size} does not have its own digest")
        return tree

    def swap_tree(self, old: Tree | None, new: Tree) -> None:
        """Replace the tree; Conflict unless the stored one equals `old`; Unavailable as above."""
        item = self._item
        tree = item(
            "TREE",
            size=new.size,
            root=new.root,
            frontier=b"".join(new.frontier),
            checkpoint=new.checkpoint,
            digest=_digest(new),
        )
        read: Any = item.pk.does_not_exist() if old is None else item.digest == _digest(old)

        def once() -> None:
            with asking(f"swap TREE for size {new.size}"):
                tree.save(condition=read)

        self._patience.insist("swap TREE", once)


def _split(hashes: bytes) -> tuple[bytes, ...]:
    return tuple(hashes[at : at + _HASH] for at in range(0, len(hashes), _HASH))


def _digest(tree: Tree) -> str:
    """Return the hex SHA-256 of all fields, each with its length before it."""
    parts = (str(tree.size).encode(), tree.root, b"".join(tree.frontier), tree.checkpoint)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).hexdigest()
