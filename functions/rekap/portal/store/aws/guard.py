"""The guard in DynamoDB: that a writer stopped because something is wrong, and why.

One item of the records' table, `guard`. Only a person lifts it, after looking: `rekap restore
--environment --lift`; no function may delete it.
"""

from __future__ import annotations

from contextlib import suppress

from rekap.core.errors import Conflict
from rekap.portal.store.aws import table as tables
from rekap.portal.store.aws.patience import PATIENT, Patience, asking
from rekap.portal.store.aws.records import RecordItem

_KEY = ("guard", "guard")


class DynamoGuard:
    """The port `Guard` of intake, and where the writers report."""

    def __init__(self, table: str, *, patience: Patience = PATIENT) -> None:
        self._item = tables.bind(RecordItem, table)
        self._patience = patience

    def reason(self) -> str | None:
        """Return why a writer stopped, or None."""
        item = tables.read(self._item, *_KEY)
        return None if item is None else item.reason

    def stop(self, reason: str) -> None:
        """Remember why a writer stopped; the first reason stays."""
        item = self._item

        def once() -> None:
            with asking("stop intake"):
                item(*_KEY).update([item.reason.set(reason)], condition=item.pk.does_not_exist())

        with suppress(Conflict):
            self._patience.insist("stop intake", once)

    def lift(self) -> None:
        """Forget it; nobody but the break-glass role is allowed to."""
        item = self._item
        with asking("lift the stop"):
            item(*_KEY).delete()
