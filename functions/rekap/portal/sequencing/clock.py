"""The hours of the log: its writer says the time, in front of entries that it orders.

A clock is made by the run that orders it: nobody sends it, it has no receipt and waits nowhere. Its
record is written first, without a mark; then its leaf stands first in the order transaction, which
keeps its instant in HEAD. A run that dies between the two, or loses the race, leaves a record that
no order names and that nobody looks for: the next run says its own time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from rekap.core import codec
from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import CLOCK_EVERY_S, Record
from rekap.core.signing import envelope
from rekap.core.signing.signer import Signer

APART_S: Final = 10 * 60
"""Seconds between this machine's time and the newest receipt's, beyond which no time is said."""
STEP_S: Final = 24 * 60 * 60
"""Seconds since the clock before, beyond which somebody should look."""
_WIB: Final = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Said:
    """A time that a run says, or would not: `record` None.

    `at` is in Unix seconds. `doubt`: it is far from the newest receipt's, or a day after the last.
    """

    at: int
    record: Record | None
    doubt: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """Says the time of the log `origin` by the log's key; `now` gives Unix seconds."""

    origin: str
    signer: Signer
    now: Callable[[], int]

    def say(self, last: int | None, newest: int) -> Said | None:
        """Return what to say in front of a batch, None if it is too early to say anything.

        `last` is the instant of the last clock in the order, `newest` the newest receipt's of the
        batch. A replay has the hours of its source.
        """
        if self.origin.endswith("/replay/log"):
            return None
        at = self.now()
        if last is not None and at < last + CLOCK_EVERY_S:
            return None
        if abs(at - newest) > APART_S:
            return Said(at, None, doubt=True)
        return Said(at, self._record(at), doubt=last is not None and at - last > STEP_S)

    def _record(self, at: int) -> Record:
        words = datetime.fromtimestamp(at, UTC).astimezone(_WIB).isoformat()
        payload = codec.encode({"at": words, "kind": "clock", "log": self.origin})
        data = envelope.sign(payload, [self.signer])
        return Record(leaf_hash(data).hex(), envelope.statement_id(payload), data, at, b"")
