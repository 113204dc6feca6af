"""The guard in SQLite: that a writer stopped because something is wrong, and why.

Only a person lifts it, after looking: `rekap restore DIR --lift`.
"""

from __future__ import annotations

from rekap.portal.store.local.database import Database


class SqliteGuard:
    """The port `Guard` of intake, and where the writers report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reason(self) -> str | None:
        """Return why a writer stopped, or None."""
        row = self._database.connection().execute("SELECT reason FROM guard").fetchone()
        return None if row is None else str(row[0])

    def stop(self, reason: str) -> None:
        """Remember why a writer stopped; the first reason stays."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO guard VALUES (1, ?)", (reason,))

    def lift(self) -> None:
        """Forget it; a writer that still finds something wrong says it again."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM guard")
