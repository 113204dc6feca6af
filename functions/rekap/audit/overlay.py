"""Sources over sources: counted, read ahead, and with a copy or cache of what never changes.

A copy is believed as little as the site: who reads must verify both alike.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from threading import get_ident
from typing import Final

from rekap.audit.reader import FolderSource, Source, Unreadable

_NEVER_CHANGES: Final = re.compile(r"log/tile/.*|bukti/[0-9]+\.tlog-proof")
_CONNECTIONS: Final = 6
"""As many files are read at a time; the largest, bundles, have at most 16 MiB each."""


class _Over:
    """A source over another: where it is and which files there are, the other one says."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.remote = source.remote
        self._source = source

    def paths(self, below: str = "") -> Iterator[str] | None:
        """See Source."""
        return self._source.paths(below)


class Counted(_Over):
    """A source (see `reader.Source`) that counts what it gave, to forked processes too."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._given = multiprocessing.Array("q", 2)

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source."""
        data = self._source.read(path, limit)
        if data is not None:
            with self._given:
                self._given[0] += 1
                self._given[1] += len(data)
        return data

    @property
    def given(self) -> tuple[int, int]:
        """How many files, and how many bytes."""
        with self._given:
            return self._given[0], self._given[1]


class Overlay(_Over):
    """A source read through a copy of it: only what changes, or is not in the copy, is asked."""

    def __init__(self, source: Source, copy: Source) -> None:
        super().__init__(source)
        self._copy = copy

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source."""
        kept = self._copy.read(path, limit) if _NEVER_CHANGES.fullmatch(path) else None
        return self._source.read(path, limit) if kept is None else kept


class Cached(_Over):
    """A source whose unchanging files are kept in a folder as they are read, for another run.

    A run that was cut goes on where it stopped. A file is whole or not there; one that is wrong is
    found by the audit, and replaced once `bypass` was called. What cannot be read or kept, on a
    full disk, costs another question and no verdict.
    """

    def __init__(self, source: Source, folder: Path) -> None:
        """`folder` is made. It holds one folder per source, named by a digest of its name."""
        super().__init__(source)
        self._folder = folder / sha256(source.name.encode()).hexdigest()[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._kept: Source | None = FolderSource(self._folder)
        self.used = any(self._folder.iterdir())
        """Something was kept before: what is refuted may be the folder's own damage."""

    def bypass(self) -> None:
        """Read everything from the source from now on, and keep that."""
        self._kept = None
        self.used = False

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source."""
        if not _NEVER_CHANGES.fullmatch(path):
            return self._source.read(path, limit)
        kept = None
        with suppress(Unreadable):
            kept = None if self._kept is None else self._kept.read(path, limit)
        if kept is not None:
            return kept
        data = self._source.read(path, limit)
        if data is not None and len(data) <= limit:
            with suppress(OSError):
                self._keep(self._folder / path, data)
        return data

    @staticmethod
    def _keep(place: Path, data: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}-{os.getpid()}-{get_ident()}")
        try:
            draft.write_bytes(data)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)


class Ahead(_Over):
    """A source whose files are read some steps before they are asked for, on several connections.

    `wanted` are paths with their limits, in the order in which they will be asked for. A context:
    at its end nothing is being read any more, so that processes may be forked.
    """

    def __init__(self, source: Source, wanted: Iterable[tuple[str, int]]) -> None:
        super().__init__(source)
        self._wanted = iter(wanted)
        self._reading: dict[tuple[str, int], Future[bytes | None]] = {}
        self._pool = ThreadPoolExecutor(_CONNECTIONS)

    def __enter__(self) -> Ahead:
        for _ in range(_CONNECTIONS):
            self._next()
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source."""
        reading = self._reading.pop((path, limit), None)
        if reading is None:
            return self._source.read(path, limit)
        self._next()
        return reading.result()

    def _next(self) -> None:
        for path, limit in islice(self._wanted, 1):
            self._reading[path, limit] = self._pool.submit(self._source.read, path, limit)
