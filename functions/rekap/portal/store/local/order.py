"""The order of the log in SQLite: HEAD, the batches, and the last signed tree.

Every write is conditional on what was read before, inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from rekap.core.errors import Conflict
from rekap.core.log.ports import Head, Tree
from rekap.portal.store.local.database import Database


class SqliteOrder:
    """The port `Order` of the sequencer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self) -> Head:
        """Return the next free index and the first index of the last batch."""
        return _head(self._database.connection())

    def batch(self, first: int) -> tuple[str, ...]:
        """Return the leaves of the batch that begins at `first`; raises KeyError if none does."""
        row = (
            self._database.connection()
            .execute("SELECT leaves FROM batches WHERE first = ?", (first,))
            .fetchone()
        )
        if row is None:
            raise KeyError(first)
        return tuple(json.loads(row[0]))

    def append(self, next: int, leaves: Sequence[str], clock: int | None = None) -> None:
        """Fix the order of `leaves` from index `next` on; Conflict unless HEAD.next is `next`."""
        with self._database.writing() as connection:
            if _head(connection).next != next:
                raise Conflict(f"HEAD.next is {_head(connection).next}, want {next}")
            connection.execute(
                "INSERT INTO batches VALUES (?, ?)", (next, json.dumps(list(leaves)))
            )
            connection.execute(
                "INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?)",
                (next + len(leaves), next, clock),
            )

    def tree(self) -> Tree | None:
        """Return the last tree that was signed, or None before the first."""
        return _tree(self._database.connection())

    def swap_tree(self, old: Tree | None, new: Tree) -> None:
        """Replace the tree; Conflict unless the stored one equals `old`."""
        with self._database.writing() as connection:
            found = _tree(connection)
            if found != old:
                raise Conflict(f"TREE is {found and found.size}, want {old and old.size}")
            connection.execute(
                "INSERT OR REPLACE INTO tree VALUES (1, ?, ?, ?, ?)",
                (new.size, new.root, b"".join(new.frontier), new.checkpoint),
            )


def _head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT next, last, clock FROM head").fetchone()
    return Head(0, None) if row is None else Head(*row)


def _tree(connection: sqlite3.Connection) -> Tree | None:
    row = connection.execute("SELECT size, root, frontier, checkpoint FROM tree").fetchone()
    if row is None:
        return None
    hashes = tuple(row[2][at : at + 32] for at in range(0, len(row[2]), 32))
    return Tree(row[0], row[1], hashes, row[3])
