"""A copy of a site on the disk, replaced as a whole: readers see the old one or the new one.

DIR             the copy, complete
.DIR.new        the next one while it is written; what a killed run left there is deleted
.DIR.mirror     says that DIR is such a copy, by which anchors it was proved as far as was seen, and
                which words and pictures it lacks; its lock is held while a program works
DIR-fork.json   evidence, if the log ever showed two histories
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from rekap.audit.audit import Outcome
from rekap.audit.claim import parse
from rekap.audit.commands import exchange, files
from rekap.audit.commands.rebuild import Folder, partial_tiles, tiles_of, within
from rekap.audit.commands.verify import Progress
from rekap.audit.reader import FolderSource, Source
from rekap.audit.verdict import Report, Words, printable
from rekap.core import codec
from rekap.core.errors import Conflict
from rekap.core.ledger import addresses
from rekap.core.log import tiles

_MARK: Final = b"rekap-mirror/1\n"
_LONGEST: Final = 1 << 20


class Busy(Conflict):
    """Another program works on the copy."""


class Foreign(Conflict):
    """The folder is in use and is no copy that `rekap mirror` made."""


class Replica:
    """The folder of a copy; `shown` is how its user named it, without what a terminal obeys."""

    def __init__(self, folder: Path) -> None:
        self.shown = printable(str(folder))
        self.folder = folder.resolve()
        self.next = self._beside(f".new-{os.getpid()}")
        self.evidence = self.folder.with_name(f"{self.folder.name}-fork.json")

    def _beside(self, suffix: str) -> Path:
        return self.folder.with_name(f".{self.folder.name}{suffix}")

    @contextmanager
    def held(self) -> Iterator[FolderSource | None]:
        """Hold the copy for this program; gives the copy of the last time, None if there is none.

        Raises Busy if another program holds it, Foreign if a folder in use is no such copy.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        mark = os.open(self._beside(".mirror"), flags, files.PUBLIC)
        try:
            try:
                # Not flock: its lock would live on in forked processes of a run that was killed.
                fcntl.lockf(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError) as error:
                raise Busy(self.shown) from error
            exchange.recover(self.folder)
            used = self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir()))
            marked = os.pread(mark, len(_MARK), 0) == _MARK
            if used and not marked:
                self._beside(".mirror").unlink()
                raise Foreign(self.shown)
            if not marked:
                os.pwrite(mark, _MARK, 0)
            self.clear()
            self._mark = mark
            yield FolderSource(self.folder) if used else None
        finally:
            os.close(mark)

    def remember(self, anchors: str, report: Report) -> None:
        """Keep by which anchors the copy was proved, what kept it from being more than that, and
        what may be handed in still.
        """
        limits = [list(one) for one in report.limits]
        said: dict[str, Any] = {"anchors": anchors, "lacking": report.lacking, "limits": limits}
        os.ftruncate(self._mark, len(_MARK))
        os.pwrite(self._mark, codec.encode_public(said), len(_MARK))

    def remembered(self, anchors: str) -> tuple[list[Words], list[str]] | None:
        """Return limits and what was lacking; None if these anchors did not prove this copy."""
        said = os.pread(self._mark, _LONGEST, len(_MARK))
        try:
            value = json.loads(said)
            if value["anchors"] == anchors:
                limits = [Words(*map(str, one)) for one in value["limits"]]
                return limits, [str(one) for one in value["lacking"]]
        except (ValueError, TypeError, LookupError):
            return None
        return None

    def clear(self) -> None:
        """Delete what stands beside the copy: unfinished next ones, or the last one."""
        for one in self.folder.parent.iterdir():
            if one.name.startswith(f".{self.folder.name}.new-"):
                shutil.rmtree(one, ignore_errors=True)
        exchange.forget(self.folder)

    def install(self) -> None:
        """Let the next copy take its place, when all of it is on the disk."""
        os.sync()
        exchange.replace(self.folder, self.next)
        files.sync_folder(self.folder.parent)


class Next(Folder):
    """The next copy: files that the old one has with the same bytes are shared with it."""

    def __init__(self, root: Path, processes: int, progress: Progress, old: Path | None) -> None:
        super().__init__(root, processes, progress)
        self._root = root
        self._old = old
        self._folders: set[Path] = set()

    def put(self, path: str, data: bytes) -> None:
        """Write one file as a new one, so that nothing is ever written into a shared file."""
        place = self._root / path
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        place.unlink(missing_ok=True)
        if self._old is None or not _share(self._old / path, place, data):
            place.write_bytes(data)

    def finish(self, outcome: Outcome, earlier: set[tiles.Tile]) -> tuple[int, int]:
        """Write what was verified; return how many files there are, and how many are shared.

        Proofs beyond the size in `site.json` stay out: the next run has all of them.
        """
        self.copy_evidence(outcome, earlier)
        for index in range(parse(outcome.claim).size, outcome.content.size):
            (self._root / addresses.proof(index)).unlink(missing_ok=True)
        files = shared = 0
        for folder, _, names in os.walk(self._root):
            files += len(names)
            if self._old is not None:
                shared += sum(Path(folder, name).stat().st_nlink > 1 for name in names)
        return files, shared


def _share(old: Path, place: Path, data: bytes) -> bool:
    """Give `place` the file `old` if it holds `data`; a system without links writes it again."""
    with suppress(OSError):
        if old.is_symlink() or old.stat().st_size != len(data) or old.read_bytes() != data:
            return False
        os.link(old, place)
        return True
    return False


def earlier_tiles(outcome: Outcome, source: Source, copy: FolderSource | None) -> set[tiles.Tile]:
    """Return the partial tiles of earlier sizes that a true source has, as far as it is known.

    Nothing below `log/` is ever deleted: what the copy had stays, and what a proof names was there.
    """
    size = outcome.content.size
    found = set() if copy is None else within(tiles_of(copy.paths("log/")), size)
    if not source.remote:
        return found | partial_tiles(outcome, source)
    return found | {tile for one in outcome.sizes for tile in tiles.tiles_for(one)}
