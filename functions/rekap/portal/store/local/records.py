"""Records in SQLite: statements by leaf, key ids by statement id, what waits for its place,
signatures that are held, and what was counted in an hour.

Relies on serialised transactions only. The port asks for pending marks in 16 partitions because
a DynamoDB partition takes about 1,000 writes a second; here one ordered index does the same work.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Record
from rekap.portal.intake.item import Holding, IdItem
from rekap.portal.store.local.database import Database

_READ = "SELECT leaf, id, envelope, received_at, receipt, position FROM records WHERE leaf = ?"
_HELD = "SELECT slot, keyid, id, envelope, at FROM held"
_COUNT = """
INSERT INTO counted VALUES (?, ?, 1)
ON CONFLICT (hour, name) DO UPDATE SET count = count + 1 RETURNING count
"""
_PLACED = """
SELECT value, ? + key, received_at, position
FROM json_each(?) LEFT JOIN records ON leaf = value ORDER BY key
"""
_PENDING = """
SELECT r.leaf, r.id, r.envelope, r.received_at, r.receipt, r.position
FROM pending AS p CROSS JOIN records AS r ON r.leaf = p.leaf
WHERE r.position IS NULL ORDER BY p.received_at, p.leaf LIMIT ?
"""


class SqliteRecords:
    """The port `Records` of intake and of the sequencer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, leaf: str) -> Record | None:
        """Return the record of a leaf (64 hex digits), or None."""
        row = self._database.connection().execute(_READ, (leaf,)).fetchone()
        return None if row is None else Record(*row)

    def by_id(self, id: str) -> IdItem | None:
        """Return what is recorded for a statement id: leaves in order of arrival, key ids."""
        return _id_item(self._database.connection(), id)

    def add(self, record: Record, keyids: Iterable[str], expected_version: int) -> None:
        """Store a record, its pending mark and its id item in one transaction.

        `expected_version` is the version of the id item that was read, 0 if there was none.
        Raises Conflict if it has changed or the leaf is known.
        """
        with self._database.writing() as connection:
            item = _id_item(connection, record.id)
            if (0 if item is None else item.version) != expected_version:
                raise Conflict(f"id {record.id} changed since version {expected_version}")
            _insert(connection, record)
            leaves = (*(item.leaves if item else ()), record.leaf)
            union = sorted({*(item.keyids if item else ()), *keyids})
            connection.execute(
                "INSERT OR REPLACE INTO ids VALUES (?, ?, ?, ?)",
                (record.id, expected_version + 1, json.dumps(leaves), json.dumps(union)),
            )

    def pending(self, limit: int) -> tuple[Record, ...]:
        """Return up to `limit` records without an index, by (received at, leaf); consistent."""
        rows = self._database.connection().execute(_PENDING, (limit,))
        return tuple(Record(*row) for row in rows)

    def keep(self, record: Record) -> None:
        """Store a record without a pending mark, unless it is there."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?)", _row(record)
            )

    def mark(self, first: int, leaves: Sequence[str]) -> None:
        """Give the leaves their indexes `first`, `first`+1 … and drop their pending marks.

        Idempotent. Raises Corrupt if a leaf is unknown or has another index.
        """
        with self._database.writing() as connection:
            marks, places = [], []
            rows = connection.execute(_PLACED, (first, json.dumps(list(leaves))))
            for leaf, index, received_at, position in rows:
                if received_at is None or position not in (None, index):
                    found = "no record" if received_at is None else f"index {position}"
                    raise Corrupt(f"leaf {leaf} ordered at {index} has {found}")
                if position is None:
                    places.append((index, leaf))
                marks.append((received_at, leaf))
            connection.executemany("UPDATE records SET position = ? WHERE leaf = ?", places)
            dropped = connection.executemany(
                "DELETE FROM pending WHERE received_at = ? AND leaf = ?", marks
            ).rowcount
            _count(connection, -dropped)

    def pending_count(self) -> int:
        """Return how many records wait for their place in the order."""
        row = self._database.connection().execute("SELECT count FROM pending_total").fetchone()
        return int(row[0])

    def oldest_pending(self) -> int | None:
        """Return the received-at of the record that waits longest (Unix seconds), or None."""
        row = self._database.connection().execute("SELECT min(received_at) FROM pending").fetchone()
        return None if row[0] is None else int(row[0])

    def count(self, name: str, hour: int) -> int:
        """Add one to what a name has in an hour, and return it; forget what is long over."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM counted WHERE hour < ?", (hour - 1,))
            row = connection.execute(_COUNT, (hour, name)).fetchone()
        return int(row[0])

    def held(self, slot: str) -> tuple[Holding, ...]:
        """Return all that was held for a slot, one for each key, expired ones too."""
        rows = self._database.connection().execute(f"{_HELD} WHERE slot = ?", (slot,))
        return tuple(Holding(*row) for row in rows)

    def slot_of(self, id: str) -> str | None:
        """Return the slot for which a statement was held, or None."""
        row = (
            self._database.connection()
            .execute("SELECT slot FROM held WHERE id = ?", (id,))
            .fetchone()
        )
        return None if row is None else str(row[0])

    def hold(self, one: Holding, replaced: Holding | None) -> None:
        """Keep a signature instead of `replaced`; Conflict if that is not what its key holds."""
        with self._database.writing() as connection:
            row = connection.execute(
                f"{_HELD} WHERE slot = ? AND keyid = ?", (one.slot, one.keyid)
            ).fetchone()
            if (None if row is None else Holding(*row)) != replaced:
                raise Conflict(f"key {one.keyid} holds something else for {one.slot}")
            values = (one.slot, one.keyid, one.id, one.envelope, one.at)
            connection.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?)", values)


def _id_item(connection: sqlite3.Connection, id: str) -> IdItem | None:
    row = connection.execute(
        "SELECT version, leaves, keyids FROM ids WHERE id = ?", (id,)
    ).fetchone()
    if row is None:
        return None
    return IdItem(row[0], tuple(json.loads(row[1])), tuple(json.loads(row[2])))


def _insert(connection: sqlite3.Connection, record: Record) -> None:
    try:
        connection.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", _row(record))
    except sqlite3.IntegrityError as error:
        raise Conflict(f"leaf {record.leaf} is known") from error
    if record.index is None:
        connection.execute("INSERT INTO pending VALUES (?, ?)", (record.received_at, record.leaf))
        _count(connection, 1)


def _row(record: Record) -> tuple[str, str, bytes, int, bytes, int | None]:
    return (
        record.leaf,
        record.id,
        record.envelope,
        record.received_at,
        record.receipt,
        record.index,
    )


def _count(connection: sqlite3.Connection, more: int) -> None:
    """Keep the number of pending marks: counting them would cost as much as there are."""
    if more:
        connection.execute("UPDATE pending_total SET count = count + ?", (more,))
