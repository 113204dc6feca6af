"""The lock of a portal's folder: whoever runs its functions, or repairs it, is alone."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from rekap.core.errors import Conflict

_PAUSE_S = 0.05


def hold(folder: Path, patience_s: float = 0.0) -> int:
    """Take the folder and return the open file that holds it, waiting at most `patience_s`.

    The lock belongs to the open file, which every child inherits: it is free when all are gone.
    Raises Conflict if another program has it.
    """
    place = folder / "work" / "lock-gateway"
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(lock)
                raise Conflict(f"another gateway runs in {folder}") from None
            time.sleep(_PAUSE_S)
        else:
            return lock
