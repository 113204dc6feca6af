"""One folder takes the place of another, at once where the system can do that."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from pathlib import Path
from typing import Final

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_CANNOT: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})


def replace(folder: Path, new: Path) -> None:
    """Put `new` at the name `folder`; what stood there gets the name of `new`.

    Linux exchanges the two names in one step. Elsewhere there is a moment in which `folder` is not
    there; `recover` ends that if the program was killed in it.
    """
    if not folder.exists() or not any(folder.iterdir()):
        new.replace(folder)
        return
    try:
        _exchange(folder, new)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        aside = _aside(folder)
        folder.rename(aside)
        new.rename(folder)
        aside.rename(new)


def recover(folder: Path) -> None:
    """Give a folder its name back that a killed `replace` left aside."""
    aside = _aside(folder)
    if aside.exists() and not folder.exists():
        aside.rename(folder)


def forget(folder: Path) -> None:
    """Delete what a killed `replace` left aside, where `folder` is there."""
    if folder.exists():
        shutil.rmtree(_aside(folder), ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _exchange(one: Path, other: Path) -> None:
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    names = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    if rename(*names, _RENAME_EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one))
