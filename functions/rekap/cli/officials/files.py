"""Reading what somebody sent, bounded; new files and folders that are there whole or not at all.

Writing over a file is `durable.write`.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rekap.cli.officials import durable
from rekap.errors import Conflict, Malformed


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


def write_new(path: Path, data: bytes, mode: int = durable.PUBLIC) -> None:
    """Write a file whose name is free. Raises Conflict if it is not, OSError."""
    try:
        durable.write(path, data, mode=mode, new=True)
    except FileExistsError as error:
        raise Conflict(f"{path} exists") from error


def write_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a folder that gets its name only when it is complete.

    Raises Conflict if `folder` exists and is not an empty folder, OSError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} exists")
    draft = durable.draft_of(folder)
    draft.mkdir(mode=0o700)
    try:
        fill(draft)
        draft.chmod(0o755)
        durable.sync_folder(draft)
        with suppress(FileNotFoundError):
            folder.rmdir()
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    durable.sync_folder(folder.parent)
