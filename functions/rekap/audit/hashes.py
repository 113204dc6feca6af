"""All tile hashes of a tree from its leaf hashes: what every published tile must hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rekap.core.log.merkle import Frontier, complete_root, subtrees
from rekap.core.log.tiles import HEIGHT, WIDTH, parse_path


class TreeHashes:
    """Rows of hashes by tile level: row 0 are the leaf hashes, 32 bytes each."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.rows: list[list[bytes]] = [list(leaves)]
        while len(self.rows[-1]) >= WIDTH:
            row = self.rows[-1]
            self.rows.append(
                [
                    complete_root(row[at : at + WIDTH])
                    for at in range(0, len(row) - len(row) % WIDTH, WIDTH)
                ]
            )
        self._roots: dict[int, bytes] = {}

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self.rows[0])

    def tile(self, level: int, n: int, width: int) -> bytes | None:
        """Return the content of a hash tile, None if the tree is too small to have it."""
        row = self.rows[level] if level < len(self.rows) else []
        hashes = row[n * WIDTH : n * WIDTH + width]
        return b"".join(hashes) if len(hashes) == width else None

    def read(self, path: str, /) -> bytes | None:
        """Return the hash tile at a path below `log/`, so that proofs can be made from the rows."""
        tile = parse_path(path)
        return self.tile(tile.level, tile.n, tile.width)

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        if size not in self._roots:
            self._roots[size] = self._compute_root(size)
        return self._roots[size]

    def _compute_root(self, size: int) -> bytes:
        if not 0 <= size <= self.size:
            raise ValueError(f"no root of {size} leaves among {self.size}")
        return Frontier(size, tuple(self._subtree(*place) for place in subtrees(size))).root()

    def _subtree(self, level: int, index: int) -> bytes:
        """Return the root of a complete subtree, from the row of tiles at or below its level."""
        row, within = divmod(level, HEIGHT)
        return complete_root(self.rows[row][index << within : (index + 1) << within])


class Signed(NamedTuple):
    """A tree that the log signed: size, root and note; its hashes where they lead to the root."""

    size: int
    root: bytes
    note: bytes
    hashes: TreeHashes | None
