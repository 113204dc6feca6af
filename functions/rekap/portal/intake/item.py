"""What the store knows of intake: an id's item, what is held, how much may wait. Loads no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BACKLOG_CAP: Final = 20_000
"""Records that may wait for their place: about one minute of work of the sequencer."""


@dataclass(frozen=True, slots=True)
class IdItem:
    """What is recorded for a statement id: its leaves in order of arrival, and all its key ids.

    `version` counts the writes; a write is conditional on the version that was read.
    """

    version: int
    leaves: tuple[str, ...]
    keyids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """One key's signature of a form that too few have signed: the only one of this key and slot.

    `envelope` has this signature alone; `at` is when it came, in Unix seconds.
    """

    slot: str
    keyid: str
    id: str
    envelope: bytes
    at: int
