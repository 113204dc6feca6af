"""The entries of one log, read once and kept in a temporary file while they are audited.

Reading them again from the source could give other bytes, and a national log does not fit in
memory. Forked processes share the file.
"""

from __future__ import annotations

import errno
import os
import tempfile
import weakref
from array import array
from collections.abc import Sequence

from rekap.audit.reader import Source, Unreadable
from rekap.core.ledger import addresses
from rekap.core.log.entry import MAX_ENTRY, leaf_hash


def read_copy(source: Source, index: int) -> bytes | None:
    """Return the copy of entry `index`, one byte more if it is too long; None if it is not there.

    One of a folder that cannot be read is not there for this; with its page it is told (V16).
    """
    try:
        return source.read(addresses.entry(index), MAX_ENTRY)
    except Unreadable:
        if source.remote:
            raise
        return None


class Entries:
    """Entries by index. `entries(17)` returns the bytes of entry 17."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile(prefix="rekap-") as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._end = 0
        self._starts = array("q")
        self._lengths = array("i")

    def put(self, first: int, entries: Sequence[bytes]) -> None:
        """Keep entries from index `first` on; the last one kept for an index counts.

        Raises OSError if the disk does not take them.
        """
        missing = first + len(entries) - len(self._lengths)
        if missing > 0:
            self._starts.extend([0] * missing)
            self._lengths.extend([-1] * missing)
        data = b"".join(entries)
        if os.pwrite(self._file, data, self._end) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        for index, entry in enumerate(entries, first):
            self._starts[index] = self._end
            self._lengths[index] = len(entry)
            self._end += len(entry)

    def recover(self, source: Source, index: int, leaf: bytes) -> bytes | None:
        """Take the entry with this leaf hash from `bukti/`; forget it if it is not there.

        Returns the copy if it is there and is of another entry.
        """
        data = read_copy(source, index)
        if data is not None and leaf_hash(data) == leaf:
            self.put(index, (data,))
            return None
        if index < len(self._lengths):
            self._lengths[index] = -1
        return data

    def __call__(self, index: int) -> bytes:
        """Return an entry; raises KeyError if it is not known."""
        if not 0 <= index < len(self._lengths) or self._lengths[index] < 0:
            raise KeyError(index)
        return os.pread(self._file, self._lengths[index], self._starts[index])

    def known(self) -> int:
        """Return how many entries from the first on are known without a gap."""
        return next((i for i, n in enumerate(self._lengths) if n < 0), len(self._lengths))
