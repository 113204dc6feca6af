"""Bells: they wake the next function, may ring twice or never, and carry nothing.

Whoever is woken looks for work itself, and looks every minute anyway.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class SilentBell:
    """Wakes nobody: the caller runs the functions in its own order."""

    def ring(self, queue: str) -> None:
        """Do nothing."""


class PipeBell:
    """Wakes another process of the portal through the named pipe of a queue, in DIR/bell/.

    Never waits and never fails: without a reader, or with a full pipe, the ring is lost or
    already there. A queue without a pipe is one that this function may not ring.
    """

    def __init__(self, pipes: Mapping[str, Path]) -> None:
        self._pipes = pipes

    def ring(self, queue: str) -> None:
        """Write one byte if anybody listens."""
        if queue not in self._pipes:
            return
        try:
            pipe = os.open(self._pipes[queue], os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno in (errno.ENXIO, errno.ENOENT):
                return
            raise
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(pipe, b"\n")
        os.close(pipe)


def make_pipe(path: Path) -> Path:
    """Create a named pipe (mode 0600) unless it is there; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.mkfifo(path, 0o600)
    return path
