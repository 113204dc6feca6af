"""What the store knows of intake: an id's item, and how much may wait. Loads nothing else."""

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
