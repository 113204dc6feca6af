"""What entry 0 says for all time: the log's key, and which witnesses make a checkpoint count."""

from __future__ import annotations

from typing import Any, Protocol

from rekap.core import codec
from rekap.core.errors import Corrupt
from rekap.core.log import tiles
from rekap.core.log.checkpoint import parse
from rekap.core.log.entry import decode_bundle
from rekap.core.log.policy import Policy
from rekap.core.signing import envelope
from rekap.core.signing.note import Note, NoteKey


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
    return NoteKey.parse(_fields(files)["log_key"])


def policy(files: Files) -> Policy:
    """Return the policy of entry 0; raises as `log_key`."""
    return Policy.of_lines(_fields(files)["policy"])


def _fields(files: Files) -> Any:
    stored = files.read(tiles.CHECKPOINT)
    size = parse(Note.parse(stored).text).size if stored else 0
    width = tiles.width_in(0, 0, size)
    bundle = files.read(tiles.entries_path(0, width)) if width else None
    if bundle is None:
        raise Corrupt("the first bundle of the log is missing")
    first = envelope.parse(decode_bundle(bundle, width)[0])
    return codec.decode(first.payload)
