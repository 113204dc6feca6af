"""What the last look at a site saw, kept by the process and beside it in one small file.

The file lets a new process of the same environment go on. It decides nothing by itself: a value
that is not the one it should be is forgotten, and the next look begins anew.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from handlers.glance import REMEMBERED, Seen
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.checkpoint import open_checkpoint
from rekap.core.signing.note import MAX_NOTE, NoteKey

_MAX_BYTES: Final = 4 * MAX_NOTE
_OF_NO_USE: Final = (
    OSError, ValueError, TypeError, KeyError, RecursionError, Malformed, NotVerified,
)  # fmt: skip


class Memory:
    """One site's memory in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Seen | None = None
        self._undecided = 0

    def count_undecided(self, *, undecided: bool) -> int:
        """Return how many audits in a row, this one included, could not be decided.

        This process alone counts: a new one begins anew, and is late by one audit at most.
        """
        self._undecided = self._undecided + 1 if undecided else 0
        return self._undecided

    def recall(self) -> Seen | None:
        """Return what was seen last, None at first or if the file is of no use."""
        if self._seen is None:
            with suppress(*_OF_NO_USE):
                self._seen = _parse(self._read())
        return self._seen

    def _read(self) -> bytes:
        with self._path.open("rb") as file:
            return file.read(_MAX_BYTES)

    def keep(self, seen: Seen | None) -> None:
        """Remember; a file that cannot be written is done without."""
        self._seen = seen
        if seen is None:
            return
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with suppress(OSError):
            text = json.dumps(asdict(seen) | {"checkpoint": seen.checkpoint.decode()})
            draft.write_text(text, encoding="utf-8")
            draft.replace(self._path)


def _parse(data: bytes) -> Seen:
    value = json.loads(data)
    seen = Seen(
        str(value["vkey"]), str(value["checkpoint"]).encode(),
        int(value["shown"]), bool(value["lagged"]),
        tuple((int(size), int(at)) for size, at in value["waiting"])[:REMEMBERED],
    )  # fmt: skip
    key = NoteKey.parse(seen.vkey)
    open_checkpoint(seen.checkpoint, key.name, key)
    return seen
