"""Entries of the published log and nodes of the private state, as the publisher reads them."""

from __future__ import annotations

from typing import Final

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log import tiles
from rekap.core.log.entry import decode_bundle
from rekap.core.log.ports import Each, LogFiles, Objects

_BUNDLES_KEPT: Final = 32


class Bundles:
    """The first `size` entries by index, read bundle by bundle; the last 32 bundles are kept.

    For one thread: pages are rendered where `Each` takes its items.
    """

    def __init__(self, files: LogFiles, size: int) -> None:
        self._files = files
        self._size = size
        self._kept: dict[int, tuple[bytes, ...]] = {}

    def __call__(self, index: int) -> bytes:
        n, at = divmod(index, tiles.WIDTH)
        if n not in self._kept:
            if len(self._kept) >= _BUNDLES_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[n] = self._read(n)
        return self._kept[n][at]

    def _read(self, n: int) -> tuple[bytes, ...]:
        width = tiles.width_in(0, n, self._size)
        data = self._files.read(tiles.entries_path(n, width))
        if data is not None:
            return decode_bundle(data, width)
        data = self._files.read(tiles.entries_path(n))
        if data is None:
            raise Corrupt(f"log/{tiles.entries_path(n, width)} is missing")
        return decode_bundle(data, tiles.WIDTH)[:width]


class StateNodes:
    """Nodes of the state as private objects. What is written here is stored by `settle`.

    `read` may be called from many threads; `write` and `settle` by one, and by no other meanwhile.
    """

    def __init__(self, objects: Objects, each: Each) -> None:
        self._objects = objects
        self._each = each
        self._unsettled: dict[str, bytes] = {}

    def read(self, digest: str) -> bytes:
        if digest in self._unsettled:
            return self._unsettled[digest]
        stored = self._objects.get(f"state/{digest}")
        if stored is None:
            raise Corrupt(f"state node {digest} is missing; delete state/ and publish again")
        return stored.data

    def write(self, digest: str, data: bytes) -> None:
        self._unsettled[digest] = data

    def settle(self) -> None:
        """Store what was written, in any order: before this nothing may name it.

        A node is forgotten when it is stored, in this thread: no other asks for it then.
        """
        for digest in self._each(self._put, list(self._unsettled)):
            del self._unsettled[digest]

    def _put(self, digest: str) -> str:
        put_once(self._objects, f"state/{digest}", self._unsettled[digest])
        return digest


def put_once(objects: Objects, path: str, data: bytes) -> bool:
    """Create an object unless it exists; tell whether this call did.

    A conflict does not say that the other writer succeeded (S3's 409), so it is looked up: an
    object that a later write will name must be there when this returns.
    """
    while True:
        try:
            objects.put_new(path, data)
        except Conflict:
            if objects.get(path) is None:
                continue
            return False
        return True
