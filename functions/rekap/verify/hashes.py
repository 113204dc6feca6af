"""All tile hashes of a tree from its leaf hashes: what every published tile must hold."""

from __future__ import annotations

from collections.abc import Sequence

from rekap.log.merkle import EMPTY_ROOT, node_hash
from rekap.log.tiles import HEIGHT, WIDTH


class TreeHashes:
    """Rows of hashes by tile level: row 0 are the leaf hashes, 32 bytes each."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.rows: list[list[bytes]] = [list(leaves)]
        while len(self.rows[-1]) >= WIDTH:
            row = self.rows[-1]
            self.rows.append(
                [
                    _complete_root(row[at : at + WIDTH])
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

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        if size not in self._roots:
            self._roots[size] = self._compute_root(size)
        return self._roots[size]

    def _compute_root(self, size: int) -> bytes:
        """Join the complete subtrees that `size` splits into, from the smallest (RFC 6962 2.1)."""
        if not 0 <= size <= self.size:
            raise ValueError(f"no root of {size} leaves among {self.size}")
        if size == 0:
            return EMPTY_ROOT
        subtrees: list[bytes] = []
        start = 0
        for bit in range(size.bit_length() - 1, -1, -1):
            if size >> bit & 1:
                subtrees.append(self._subtree(start, bit))
                start += 1 << bit
        root = subtrees.pop()
        while subtrees:
            root = node_hash(subtrees.pop(), root)
        return root

    def _subtree(self, start: int, bit: int) -> bytes:
        """Return the root over [start, start + 2^bit), an aligned range."""
        level, within = divmod(bit, HEIGHT)
        first = start >> HEIGHT * level
        return _complete_root(self.rows[level][first : first + (1 << within)])


def _complete_root(row: Sequence[bytes]) -> bytes:
    """Return the root over 2^k hashes of one row."""
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
