"""Objects as files below one folder: the site and `log/` in DIR/public/, `state/` in DIR/state/.

A reader sees a whole object or none: content is written to DIR/work/ and then linked (create or
fail) or renamed (replace) to its name. Nothing temporary ever stands in a folder that is served.
Replacing is read, compare, rename under one lock file, so it is a compare and swap among all
processes of the portal. What cannot be computed again is on the disk before the call returns:
`log/`, `lampiran/`, `gambar/`, `state/head` and `site.json`; the rest is rebuilt after a power cut.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rekap.core.errors import Conflict
from rekap.core.log.ports import Stored
from rekap.core.log.tiles import LOG
from rekap.core.statements import attachments, pictures
from rekap.portal.store import paths

_FOLDERS = (LOG, attachments.FOLDER, pictures.FOLDER)
_FILES = frozenset({"state/head", "site.json"})


class FolderObjects:
    """The port `Objects`; safe for many threads and processes on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._work = folder / "work"
        self._counter = itertools.count()
        self._threads = threading.Lock()
        self._lock_file: tuple[int, int] | None = None
        for area in ("public", "state", "work"):
            _make_folder(os.path.abspath(folder / area), durable=True)

    def get(self, path: str) -> Stored | None:
        """Return the object's bytes and its tag (hex SHA-256 of the bytes), or None."""
        data = _read(self._place(path))
        return None if data is None else Stored(data, _tag(data))

    def part(self, path: str, start: int, length: int) -> bytes | None:
        """Return these bytes of an object, or None."""
        try:
            with open(self._place(path), "rb", buffering=0) as file:
                return os.pread(file.fileno(), length, start)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def put_new(self, path: str, data: bytes) -> None:
        """Create an object; Conflict if there is one, whatever it holds."""
        place, durable = self._place(path), _is_durable(path)
        temporary = self._write(data, durable)
        try:
            _link(temporary, place, durable)
        except FileExistsError as error:
            raise Conflict(f"{path} exists") from error
        finally:
            os.unlink(temporary)
            if durable:  # also what stands there by a process that was killed before this line
                sync_folder(os.path.dirname(place))

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        """Replace the object that has `tag` (None: create it) and return the new tag.

        Conflict if the object has another tag, or if there is none.
        """
        if tag is None:
            self.put_new(path, data)
            return _tag(data)
        place, durable = self._place(path), _is_durable(path)
        temporary = self._write(data, durable)
        with self._locked():
            found = _read(place)
            if found is None or _tag(found) != tag:
                os.unlink(temporary)
                raise Conflict(f"{path} is not what was read")
            os.rename(temporary, place)
        if durable:
            sync_folder(os.path.dirname(place))
        return _tag(data)

    def retire(self, folder: str, keep: Collection[str]) -> None:
        """Delete the public files of `folder` but those at the paths `keep`: of earlier releases.

        The one way in which anything that was published goes: what they were for has gone before.
        """
        place = self._place(folder)
        with suppress(FileNotFoundError):
            for name in os.listdir(place):
                if f"{folder}/{name}" not in keep:
                    os.unlink(f"{place}/{name}")

    def sweep(self) -> int:
        """Delete what killed processes left in DIR/work/; only when no other process runs."""
        left = [name for name in os.listdir(self._work) if not name.startswith("lock")]
        for name in left:
            os.unlink(self._work / name)
        return len(left)

    def _place(self, path: str) -> str:
        area = "" if paths.check(path).startswith(paths.STATE) else "public/"
        return f"{self._folder}/{area}{path}"

    def _write(self, data: bytes, durable: bool) -> str:
        name = f"{os.getpid()}-{threading.get_ident()}-{next(self._counter)}"
        temporary = f"{self._work}/{name}"
        try:
            with open(temporary, "xb") as file:
                file.write(data)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        return temporary

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._threads:
            # A forked child that used its parent's descriptor would share its parent's lock.
            if self._lock_file is None or self._lock_file[0] != os.getpid():
                opened = os.open(self._work / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                self._lock_file = (os.getpid(), opened)
            descriptor = self._lock_file[1]
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)


def _is_durable(path: str) -> bool:
    return path.startswith(_FOLDERS) or path in _FILES


def _link(temporary: str, place: str, durable: bool) -> None:
    try:
        os.link(temporary, place)
    except FileNotFoundError:
        _make_folder(os.path.dirname(place), durable)
        os.link(temporary, place)


def _make_folder(folder: str, durable: bool) -> None:
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for made in reversed(missing):
        with suppress(FileExistsError):
            os.mkdir(made)
        if durable:
            sync_folder(os.path.dirname(made))


def _tag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(place: str) -> bytes | None:
    try:
        with open(place, "rb", buffering=0) as file:
            return file.read()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def sync_folder(folder: str | Path) -> None:
    """Put the names of a folder onto the disk: a new file without its name is lost."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
