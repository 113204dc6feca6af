"""A log that our sequencer grew, for readers by others: its files, and its note at each size."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.portal.sequencing.builders import LOG_KEY, ORIGIN, Portal

from rekap.core.log.checkpoint import open_checkpoint

SMALL = (1, 2, 3, 255, 256, 257, 300, 1000)
LARGE = (65_535, 65_536, 65_537)
"""Where the third level begins."""

_WAVE = 5_120


@cache
def _grow(sizes: tuple[int, ...]) -> tuple[dict[str, bytes], dict[int, bytes]]:
    """Return the files and the notes; a test process makes each log once."""
    portal, last = Portal(), 0
    notes = {}
    for size in sizes:
        for first in range(last, size, _WAVE):
            portal.accept_numbers(first, min(size, first + _WAVE))
            while portal.run().more:
                pass
        last = size
        notes[size] = portal.objects.objects["log/checkpoint"]
    return portal.objects.objects, notes


class Grown:
    """Such a log in a folder; its checkpoint is that of the last size until `at` changes it."""

    def __init__(self, folder: Path, sizes: tuple[int, ...]) -> None:
        self.folder = folder
        files, self.notes = _grow(sizes)
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)

    def at(self, size: int) -> Path:
        """Publish the note of a size again; return the note's file."""
        place = self.folder / "log" / "checkpoint"
        place.write_bytes(self.notes[size])
        return place

    @contextmanager
    def changed(self, path: str, how: str) -> Iterator[None]:
        """Have one file with its last bit flipped, cut by a byte, or deleted, for a while."""
        place = self.folder / path
        clean = place.read_bytes()
        if how == "delete":
            place.unlink()
        else:
            place.write_bytes(clean[:-1] + bytes([clean[-1] ^ 1]) * (how == "flip"))
        try:
            yield
        finally:
            place.write_bytes(clean)

    def root(self, size: int) -> str:
        """Return "size:root", as peers are told of an older tree."""
        checkpoint = open_checkpoint(self.notes[size], ORIGIN, LOG_KEY)
        assert checkpoint.size == size
        return f"{size}:{base64.b64encode(checkpoint.root).decode()}"
