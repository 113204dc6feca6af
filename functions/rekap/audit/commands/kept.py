"""What `rekap nation` keeps of portals from run to run: a folder for each, every file whole or not
there.

    .lock                   who writes
    PORTAL/checkpoint       the last one that the log was shown to have grown to
    PORTAL/fork.json        evidence of two histories, for `rekap compare --evidence`
    PORTAL/entries/N.json   entries that a kept checkpoint holds
    PORTAL/reading.json     the last reading
    PORTAL/places.json      names of places
    PORTAL/files/           tiles, which never change

No run deletes more than copies of entries and tiles, all of them once they are too many: a portal
must not fill the disk of all. Who wants a portal forgotten removes its folder.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.audit.fork import MAX_FORK
from rekap.audit.nation.places import is_kept
from rekap.audit.nation.reading import blank, is_reading
from rekap.audit.nation.shown import Record
from rekap.core import codec
from rekap.core.errors import Malformed, RekapError
from rekap.core.log.entry import MAX_ENTRY
from rekap.core.signing.note import MAX_NOTE

_MAX_READING: Final = 4 << 20
_MAX_PLACES: Final = 16 << 20
MAX_COPIES: Final = 256 << 20
"""Bytes of entries and tiles of one portal; a run reads 64 MiB at most."""


class Busy(RekapError):
    """Another run holds the folder."""


class KeptPortal:
    """The folder of one portal (see `nation.head.Memory`)."""

    def __init__(self, folder: Path) -> None:
        """The folder is made if need be."""
        self.folder = folder
        (folder / "entries").mkdir(parents=True, exist_ok=True)

    def make_room(self) -> None:
        """Remove copies that only save reading, if they are too many."""
        folders = [self.folder / name for name in ("entries", "files")]
        copies = [path for folder in folders for path in folder.rglob("*")]
        if sum(path.lstat().st_size for path in copies) > MAX_COPIES:
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)
            folders[0].mkdir(exist_ok=True)

    def note(self) -> bytes | None:
        """Return the checkpoint. A file that is there and cannot be read raises: see `_read`."""
        return self._read("checkpoint", MAX_NOTE)

    def fork(self) -> bytes | None:
        """Return the evidence of two histories."""
        return self._read("fork.json", MAX_FORK)

    def entry(self, index: int) -> bytes | None:
        """Return an entry."""
        return self._read(f"entries/{index}.json", MAX_ENTRY)

    def keep_note(self, data: bytes) -> None:
        """Replace the checkpoint."""
        files.write(self.folder / "checkpoint", data)

    def keep_fork(self, data: bytes) -> None:
        """Keep evidence; what is there stays."""
        with suppress(FileExistsError):
            files.write(self.folder / "fork.json", data, new=True)

    def keep_entry(self, index: int, data: bytes) -> None:
        """Keep an entry."""
        files.write(self.folder / "entries" / f"{index}.json", data)

    def reading(self, portal: str) -> Record:
        """Return the last reading, a blank one before the first or where the file is damaged."""
        value = self._json("reading.json", _MAX_READING)
        return value if is_reading(value, portal) else blank(portal)

    def keep_reading(self, reading: Record) -> None:
        """Replace the last reading."""
        files.write(self.folder / "reading.json", codec.encode_public(reading))

    def places(self) -> Record:
        """Return what is known of places, empty before the first or where the file is damaged."""
        value = self._json("places.json", _MAX_PLACES)
        return value if is_kept(value) else {}

    def keep_places(self, places: Record) -> None:
        """Replace what is known of places."""
        files.write(self.folder / "places.json", codec.encode_public(places))

    def _read(self, name: str, limit: int) -> bytes | None:
        """Return a file. OSError and Malformed: what was kept is not known; that is not nothing."""
        try:
            return files.read(self.folder / name, limit)
        except FileNotFoundError:
            return None

    def _json(self, name: str, limit: int) -> Any:
        """Return a file that only saves work or tells of earlier; a damaged one is none."""
        try:
            data = self._read(name, limit)
            return None if data is None else json.loads(data)
        except (Malformed, ValueError, RecursionError):
            return None


class Kept:
    """The folder of all portals."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def held(self) -> Iterator[Kept]:
        """Hold the folder for one run. Raises Busy, OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with files.locked(self.folder / ".lock") as mine:
            if not mine:
                raise Busy(str(self.folder))
            yield self

    def portal(self, name: str) -> KeptPortal:
        """Return the folder of one portal, by its id in the list."""
        return KeptPortal(self.folder / name)
