"""Entries of the published log and nodes of the private state, as the publisher reads them."""

from __future__ import annotations

import threading
from collections import Counter
from hashlib import sha256
from typing import Final

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log import tiles
from rekap.core.log.entry import decode_bundle
from rekap.core.log.ports import Each, LogFiles, Objects

_BUNDLES_KEPT: Final = 32
PACK_BYTES: Final = 2**20
PACKS_KEPT: Final = 16
_OFTEN: Final = 3
"""From so many nodes on a pack is read whole: one answer instead of many."""


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
    """Nodes of the state. Those of one commit lie in one private object, a pack, one after another.

        state/pack/{pack}          pack    size after the commit, digest of what it began with, part
        {digest}:{pack}:{start}:{length}   name of a node

    Two folds of the same entries from the same state write the same packs. A pack above 1 MiB is
    followed by another part. The packs that were written last are kept whole, and some of those
    from which nodes are read: in a large state most nodes lie in packs of which little is asked.
    `read` may be called from many threads; the rest by one, and by no other meanwhile.
    """

    def __init__(self, objects: Objects, each: Each) -> None:
        self._objects = objects
        self._each = each
        self._name = ""
        self._open: dict[str, list[bytes]] = {}
        self._length = 0
        self._kept: dict[str, bytes] = {}
        self._asked: Counter[str] = Counter()
        self._keeping = threading.Lock()

    def begin(self, size: int, base: str) -> None:
        """Begin the packs of a commit: of `size` entries, folded from what `base` names."""
        self._name = f"{size}-{sha256(base.encode()).hexdigest()[:12]}"
        self._open, self._length = {}, PACK_BYTES
        self._asked.clear()

    def read(self, name: str) -> bytes:
        """Return the bytes of a node."""
        _, pack, start, length = name.split(":")
        if pack in self._open:
            return b"".join(self._open[pack])[int(start) : int(start) + int(length)]
        self._asked[pack] += 1
        if self._asked[pack] == _OFTEN and len(self._asked) <= PACKS_KEPT:
            self.warm(name)
        if (whole := self._kept.get(pack)) is not None:
            return whole[int(start) : int(start) + int(length)]
        data = self._objects.part(_pack(pack), int(start), int(length))
        if data is None:
            raise Corrupt(f"state node {name} is missing; delete state/ and publish again")
        return data

    def write(self, digest: str, data: bytes) -> str:
        """Put a node into the pack that is open, and return its name."""
        if self._length + len(data) > PACK_BYTES:
            self._open[f"{self._name}-{len(self._open)}"] = []
            self._length = 0
        pack = next(reversed(self._open))
        self._open[pack].append(data)
        start, self._length = self._length, self._length + len(data)
        return f"{digest}:{pack}:{start}:{len(data)}"

    def settle(self) -> None:
        """Store what was written, in any order: before this nothing may name it."""
        packs = {pack: b"".join(nodes) for pack, nodes in self._open.items()}
        for pack in self._each(lambda one: self._put(one, packs[one]), list(packs)):
            self._keep(pack, packs[pack])
        self._open = {}

    def warm(self, name: str) -> None:
        """Read the pack of a tree whole: what its commit wrote is what pages are made of."""
        pack = name.split(":")[1]
        if pack not in self._kept and pack not in self._open:
            stored = self._objects.get(_pack(pack))
            if stored is not None:
                self._keep(pack, stored.data)

    def _keep(self, pack: str, data: bytes) -> None:
        with self._keeping:
            if len(self._kept) >= PACKS_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[pack] = data

    def _put(self, pack: str, data: bytes) -> str:
        put_once(self._objects, _pack(pack), data)
        return pack


def _pack(name: str) -> str:
    return f"state/pack/{name}"


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
