"""One SQLite file shared by the processes of a portal.

Write-ahead log with `synchronous=FULL`: a committed transaction survives `kill -9` and a power
cut, and readers never wait for the writer. Writers take the lock when they begin
(`BEGIN IMMEDIATE`), so what a transaction has read is still true when it commits. They queue for it
at a lock file first: SQLite's own waiting is a sleep that gets longer, and some wait for seconds.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BUSY_TIMEOUT_S = 30.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    leaf TEXT NOT NULL PRIMARY KEY, id TEXT NOT NULL, envelope BLOB NOT NULL,
    received_at INTEGER NOT NULL, receipt BLOB NOT NULL, position INTEGER);
CREATE TABLE IF NOT EXISTS pending (
    received_at INTEGER NOT NULL, leaf TEXT NOT NULL,
    PRIMARY KEY (received_at, leaf)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_total (
    one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL);
INSERT OR IGNORE INTO pending_total VALUES (1, 0);
CREATE TABLE IF NOT EXISTS ids (
    id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL,
    leaves TEXT NOT NULL, keyids TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (
    slot TEXT NOT NULL, keyid TEXT NOT NULL, id TEXT NOT NULL,
    envelope BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (slot, keyid)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_by_id ON held (id);
CREATE TABLE IF NOT EXISTS counted (
    hour INTEGER NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (hour, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS head (
    one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL, last INTEGER, clock INTEGER);
CREATE TABLE IF NOT EXISTS batches (first INTEGER NOT NULL PRIMARY KEY, leaves TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tree (
    one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL,
    frontier BLOB NOT NULL, checkpoint BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS register (
    name TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (name, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS register_head (
    one INTEGER PRIMARY KEY CHECK (one = 1), tree TEXT NOT NULL, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS guard (
    one INTEGER PRIMARY KEY CHECK (one = 1), reason TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class _Held:
    """What one thread of one process has open: a connection, and the file where writers queue."""

    process: int
    connection: sqlite3.Connection
    queue: int


class Database:
    """Connections to one file: one for each thread of each process, opened when first used."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open or make the file. Not `durable`: a power cut may lose what was committed.

        That is for a replay, which is made again rather than recovered; `settle` ends it.
        """
        self._path = path
        self._synchronous = "FULL" if durable else "OFF"
        self._own = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection().executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection; a forked child never uses its parent's."""
        return self._held().connection

    def settle(self) -> None:
        """Put everything committed so far onto the disk, and be durable from now on."""
        self._synchronous = "FULL"
        connection = self.connection()
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction that holds the write lock from its beginning."""
        held = self._held()
        fcntl.flock(held.queue, fcntl.LOCK_EX)
        try:
            held.connection.execute("BEGIN IMMEDIATE")
            try:
                yield held.connection
            except BaseException:
                held.connection.execute("ROLLBACK")
                raise
            held.connection.execute("COMMIT")
        finally:
            fcntl.flock(held.queue, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close what this thread has open; the next use opens it again."""
        held: _Held | None = getattr(self._own, "held", None)
        if held is not None and held.process == os.getpid():
            held.connection.close()
            os.close(held.queue)
        self._own.held = None

    def _held(self) -> _Held:
        held: _Held | None = getattr(self._own, "held", None)
        if held is None or held.process != os.getpid():
            connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={self._synchronous}")
            queue = os.open(f"{self._path}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            held = self._own.held = _Held(os.getpid(), connection, queue)
        return held
