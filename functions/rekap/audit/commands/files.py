"""Files of a user: read with a bound; written whole or not at all, on the disk on return.

What is written has the name `.NAME.PID` until it is complete. A process that is killed leaves it
behind; the next one that writes NAME deletes it.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from rekap.core.errors import Conflict, Malformed

PUBLIC: Final = 0o644
PRIVATE: Final = 0o600
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


def read(path: Path, limit: int) -> bytes:
    """Return the bytes of a file; a pipe or a device is none.

    Raises Malformed (`not-a-file`, `too-large`: more than `limit` bytes), OSError.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise Malformed(f"{path}: not a file", code="not-a-file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise Malformed(f"{path}: more than {limit} bytes", code="too-large")
    return data


def write(path: Path, data: bytes, *, mode: int = PUBLIC, new: bool = False) -> None:
    """Put `data` at `path`, replacing what was there; its folder must exist.

    With `new`, FileExistsError if there is something already: nothing is ever written over.
    """
    draft = draft_of(path)
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if new:
            _place_new(draft, path, mode)
        else:
            draft.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    sync_folder(path.parent)


def write_new(path: Path, data: bytes, mode: int = PUBLIC) -> None:
    """Write a file whose name is free. Raises Conflict if it is not, OSError."""
    try:
        write(path, data, mode=mode, new=True)
    except FileExistsError as error:
        raise Conflict(f"{path} exists") from error


def write_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a folder that gets its name only when it is complete.

    Raises Conflict if `folder` exists and is not an empty folder, OSError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} exists")
    draft = draft_of(folder)
    draft.mkdir(mode=0o700)
    try:
        fill(draft)
        draft.chmod(0o755)
        sync_folder(draft)
        with suppress(FileNotFoundError):
            folder.rmdir()
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def write_files(folder: Path, made: Mapping[str, bytes]) -> None:
    """Write a folder with these files, by paths in it, as `write_folder`; parents are made."""

    def fill(draft: Path) -> None:
        for path, data in made.items():
            put(draft / path, data)

    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, fill)


def put(place: Path, data: bytes) -> None:
    """Write a file of a draft: whole only when its folder has its name."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def remove(path: Path) -> None:
    """Delete a file, if it is there, for good."""
    with suppress(FileNotFoundError):
        path.unlink()
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable; a system that cannot open folders does so by itself."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except (PermissionError, IsADirectoryError):
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock of a file, which is made if need be; yields False if another process has it.

    The system lets go of it when the process ends, however it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PUBLIC)
    try:
        yield _take(descriptor)
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def draft_of(path: Path) -> Path:
    """Return the name of a file or folder while it is incomplete, free of what was left there."""
    start = f".{path.name}."
    for left in list(path.parent.iterdir()):
        pid = left.name.removeprefix(start)
        if left.name.startswith(start) and pid.isdecimal() and not _is_another(int(pid)):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                with suppress(FileNotFoundError):
                    left.unlink()
    return path.with_name(f"{start}{os.getpid()}")


def _is_another(pid: int) -> bool:
    """Tell whether another process of this machine with this number runs."""
    if pid == os.getpid():
        return False
    if os.name == "nt":
        return True  # os.kill would end it
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _place_new(draft: Path, path: Path, mode: int) -> None:
    """Give a draft its name if that is free.

    A medium without hard links (a USB stick) first takes the name, then the content.
    """
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        draft.replace(path)
