"""The register in SQLite: a cache of the ledger's maps, from which submit answers early.

Only `publish` writes it, from the difference between two trees of the ledger's state. It can be
behind the log and it can be deleted: the fold decides, and the next publish writes it again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from rekap.core.errors import Conflict
from rekap.portal.store.local.database import Database


class SqliteRegister:
    """The port `Register` of intake and of the publisher."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str, key: str) -> Any:
        """Return the JSON value of `key` in the map `name`, or None."""
        row = (
            self._database.connection()
            .execute("SELECT value FROM register WHERE name = ? AND key = ?", (name, key))
            .fetchone()
        )
        return None if row is None else json.loads(row[0])

    def bases(self) -> tuple[str, ...]:
        """Return the tree that the register shows; () before the first."""
        return _bases(self._database.connection())

    def size(self) -> int:
        """Return how many entries of the log the register knows."""
        return _head(self._database.connection())[1]

    def apply(
        self, bases: Sequence[str], tree: str, size: int, changes: Iterable[tuple[str, str, Any]]
    ) -> None:
        """Make the register show `tree`; a change is (map, key, value), with None to remove.

        One transaction: submit sees all changes or none. Raises Conflict if the register shows
        another tree than `bases` says, or already knows more than `size` entries.
        """
        with self._database.writing() as connection:
            if _bases(connection) != tuple(bases):
                raise Conflict("the register shows another tree than the changes were made from")
            _advance(connection, tree, size)
            for name, key, value in changes:
                _write(connection, name, key, value)

    def replace(self, tree: str, size: int, items: Iterable[tuple[str, str, Any]]) -> None:
        """Make the register hold exactly `items`; one transaction.

        Raises Conflict if the register already knows more than `size` entries.
        """
        with self._database.writing() as connection:
            _advance(connection, tree, size)
            connection.execute("DELETE FROM register")
            for name, key, value in items:
                _write(connection, name, key, value)


def _advance(connection: sqlite3.Connection, tree: str, size: int) -> None:
    known = _head(connection)[1]
    if known > size:
        raise Conflict(f"the register knows {known} entries, more than {size}")
    connection.execute("INSERT OR REPLACE INTO register_head VALUES (1, ?, ?)", (tree, size))


def _bases(connection: sqlite3.Connection) -> tuple[str, ...]:
    tree, _ = _head(connection)
    return (tree,) if tree else ()


def _head(connection: sqlite3.Connection) -> tuple[str, int]:
    row = connection.execute("SELECT tree, size FROM register_head").fetchone()
    return ("", 0) if row is None else (str(row[0]), int(row[1]))


def _write(connection: sqlite3.Connection, name: str, key: str, value: Any) -> None:
    if value is None:
        connection.execute("DELETE FROM register WHERE name = ? AND key = ?", (name, key))
        return
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    connection.execute("INSERT OR REPLACE INTO register VALUES (?, ?, ?)", (name, key, text))
