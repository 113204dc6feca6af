"""Sources over sources: one that counts, and one that takes from a copy what never changes.

The copy is believed as little as the site: who reads must verify both alike.
"""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator
from typing import Final

from rekap.verify.reader import Source

_NEVER_CHANGES: Final = re.compile(r"log/tile/.*|bukti/[0-9]+\.tlog-proof")


class Counted:
    """A source (see `reader.Source`) that counts what it gave, to forked processes too."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.remote = source.remote
        self._source = source
        self._given = multiprocessing.Array("q", 2)

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source."""
        data = self._source.read(path, limit)
        if data is not None:
            with self._given:
                self._given[0] += 1
                self._given[1] += len(data)
        return data

    def paths(self, below: str = "") -> Iterator[str] | None:
        """See Source."""
        return self._source.paths(below)

    @property
    def given(self) -> tuple[int, int]:
        """How many files, and how many bytes."""
        with self._given:
            return self._given[0], self._given[1]


class Overlay:
    """A source read through a copy of it: only what changes, or is not in the copy, is asked."""

    def __init__(self, source: Source, copy: Source) -> None:
        self.name = source.name
        self.remote = source.remote
        self._source = source
        self._copy = copy

    def read(self, path: str, limit: int) -> bytes | None:
        """See Source."""
        kept = self._copy.read(path, limit) if _NEVER_CHANGES.fullmatch(path) else None
        return self._source.read(path, limit) if kept is None else kept

    def paths(self, below: str = "") -> Iterator[str] | None:
        """See Source."""
        return self._source.paths(below)
