"""What is slow to make and never changes is made by one process of a run of the tests, for all.

Workers wait for the first that asks and read what it made; a run without workers makes its own.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

FOLDER = "REKAP_TESTS_ONCE"
"""Names the folder of a run; the process that starts workers sets it, and they inherit it."""

T = TypeVar("T")


def begin() -> None:
    """Make the folder of a run, before there are workers."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="rekap-tests-")


def end() -> None:
    """Remove it, after they have ended."""
    shutil.rmtree(os.environ.pop(FOLDER, ""), ignore_errors=True)


def shared(name: str, make: Callable[[], T]) -> T:
    """Return what `make` gives: plain values, the same in every process."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return make()
    kept = Path(folder) / name
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            fresh = kept.with_suffix(".fresh")
            fresh.write_bytes(pickle.dumps(make()))
            fresh.rename(kept)
    found: T = pickle.loads(kept.read_bytes())
    return found
