"""The log's key as entry 0 names it, for functions that have no key of their own."""

from __future__ import annotations

from typing import Protocol

from rekap import codec
from rekap.errors import Corrupt
from rekap.log import tiles
from rekap.log.checkpoint import parse
from rekap.log.entry import decode_bundle
from rekap.signing import envelope
from rekap.signing.note import Note, NoteKey


class Files(Protocol):
    """Published files of a log, by their path below `log/`."""

    def read(self, path: str, /) -> bytes | None:
        """Return a file's bytes, or None."""


def log_key(files: Files) -> NoteKey:
    """Return the key that entry 0 names; every checkpoint must carry its signature.

    Raises:
        Corrupt: the log does not begin.
        Malformed: what is there is no checkpoint, no bundle or no statement of a log.
    """
    stored = files.read(tiles.CHECKPOINT)
    size = parse(Note.parse(stored).text).size if stored else 0
    width = tiles.width_in(0, 0, size)
    bundle = files.read(tiles.entries_path(0, width)) if width else None
    if bundle is None:
        raise Corrupt("the first bundle of the log is missing")
    first = envelope.parse(decode_bundle(bundle, width)[0])
    return NoteKey.parse(codec.decode(first.payload)["log_key"])
