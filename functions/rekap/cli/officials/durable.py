"""Files that survive a power cut: whole or not at all, and on the disk before the call returns."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

PUBLIC: Final = 0o644
PRIVATE: Final = 0o600


def write(path: Path, data: bytes, *, mode: int = PUBLIC, new: bool = False) -> None:
    """Put `data` at `path`, replacing what was there; its folder must exist.

    With `new`, FileExistsError if there is something already: nothing is ever written over.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        draft.unlink()
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if new:
            os.link(draft, path)
        else:
            draft.replace(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    sync_folder(path.parent)


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
