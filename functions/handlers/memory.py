"""What the last look at a site saw: kept by the process, and beside it where the next one looks.

Without it a fork is not seen by the process that starts after it: so on AWS it lies in a bucket,
where only `watch` may put it. It decides nothing by itself: a value that is not the one it should
be is forgotten, and the next look begins anew.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final, Protocol

from handlers.glance import REMEMBERED, Seen
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.checkpoint import open_checkpoint
from rekap.core.signing.note import MAX_NOTE, NoteKey

_MAX_BYTES: Final = 4 * MAX_NOTE
_OF_NO_USE: Final = (
    ValueError, TypeError, KeyError, RecursionError, Malformed, NotVerified,
)  # fmt: skip


class Shelf(Protocol):
    """Where a memory outlives its process."""

    def read(self) -> bytes | None:
        """Return what lies there, or None. Raises if it cannot be known."""

    def write(self, data: bytes) -> None:
        """Put `data` there, or do without."""


class FileShelf:
    """A file beside the portal's folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes | None:
        """Return the file's first bytes, None if there is none; OSError if that cannot be known."""
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            return file.read(_MAX_BYTES)
        return None

    def write(self, data: bytes) -> None:
        """Replace the file as a whole."""
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with suppress(OSError):
            draft.write_bytes(data)
            draft.replace(self._path)


class Memory:
    """One site's memory on a shelf, which other processes write too: each look takes up theirs."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._seen: Seen | None = None

    def recall(self) -> tuple[Seen, ...]:
        """Return what this process saw last and what lies on the shelf, the larger log first.

        None of them at first, or if what lies there is of no use. Raises as the shelf does if a new
        process cannot know it: to begin anew forgives a fork.
        """
        found = [] if self._seen is None else [self._seen]
        try:
            with suppress(*_OF_NO_USE):
                found.append(_parse(self._shelf.read() or b""))
        except Exception:
            if self._seen is None:
                raise
        return tuple(sorted(found, key=_reach, reverse=True))

    def keep(self, seen: Seen | None) -> None:
        """Remember; a shelf that takes nothing is done without."""
        self._seen = seen
        if seen is None:
            return
        text = json.dumps(asdict(seen) | {"checkpoint": seen.checkpoint.decode()})
        self._shelf.write(text.encode())


def _reach(seen: Seen) -> tuple[int, int]:
    """How large a log was seen, and how much of it on pages."""
    key = NoteKey.parse(seen.vkey)
    return open_checkpoint(seen.checkpoint, key.name, key).size, seen.shown


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
