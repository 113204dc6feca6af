"""Making proofs from published tiles, and proofs as files (C2SP tlog-proof).

    c2sp.org/tlog-proof@v1
    index 777
    B+seTZBmKkAIWXHVxBBzohfjl/4rIMb8eUwP5Ig96zg=
    …
    (empty line, then the checkpoint as it was published)

Nothing here trusts tiles: a proof made from wrong ones does not verify against the root.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import tiles
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.merkle import HASH_BYTES, Frontier, node_hash, subtrees, verify_inclusion
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.tiles import HEIGHT, Tile

MAX_PROOF = 65_536

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")
_MAX_HASHES = 63
_KEPT_TILES = 64


class TileReader(Protocol):
    """Reads published files of a log. Nothing it returns is trusted."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes at a path below the log's prefix, None if there is nothing."""


class HashReader:
    """Hashes of the tree of one size, from its tiles; keeps the last 64 tiles.

    Where a partial tile is missing the full one serves, as tlog-tiles allows.
    """

    def __init__(self, reader: TileReader, size: int) -> None:
        self.size = size
        self._reader = reader
        self._tiles: OrderedDict[tuple[int, int], list[list[bytes]]] = OrderedDict()
        self._edges: dict[int, bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        """Return the root over the complete range [index·2^level, (index+1)·2^level)."""
        # Tiles are stored every eighth level; the seven between are hashed anew from the tile's
        # own row, of which the node `index` is the one at `index - n·2^(8 - above)`.
        tile_level, above = divmod(level, HEIGHT)
        n = index >> (HEIGHT - above)
        rows = self._rows(tile_level, n)
        return rows[above][index - (n << (HEIGHT - above))]

    def range_root(self, start: int, end: int) -> bytes:
        """Return the root over [start, end), a subtree of this size's tree.

        Such a range is complete, or it reaches to the end of the tree.
        """
        width = end - start
        if width & (width - 1) == 0:  # a power of two, hence complete
            return self.node(width.bit_length() - 1, start >> (width.bit_length() - 1))
        if start not in self._edges:
            half = _split(width)
            left = self.node(half.bit_length() - 1, start >> (half.bit_length() - 1))
            self._edges[start] = node_hash(left, self.range_root(start + half, end))
        return self._edges[start]

    def _rows(self, level: int, n: int) -> list[list[bytes]]:
        rows = self._tiles.get((level, n))
        if rows is None:
            rows = _rows_above(self._read(Tile(level, n, tiles.width_in(level, n, self.size))))
            self._tiles[level, n] = rows
            if len(self._tiles) > _KEPT_TILES:
                self._tiles.popitem(last=False)
        else:
            self._tiles.move_to_end((level, n))
        return rows

    def _read(self, tile: Tile) -> list[bytes]:
        data = self._reader.read(tile.path)
        if data is not None:
            return tiles.split_hashes(data, tile.width)
        data = self._reader.read(tile.full.path)
        if data is None:
            raise Malformed("tile is missing", tile.path, "missing")
        return tiles.split_hashes(data, tiles.WIDTH)


def inclusion_proof(index: int, size: int, reader: TileReader | HashReader) -> list[bytes]:
    """Return the proof that entry `index` is in the tree of `size`, the leaf's sibling first.

    Give one `HashReader` for many proofs of one size. RFC 6962 section 2.1.1.

    Raises:
        Malformed: a tile is missing or has the wrong length.
        ValueError: index not below size.
    """
    hashes = _of_size(reader, size)
    if not 0 <= index < size:
        raise ValueError(f"index {index} outside a tree of {size}")
    start, end = 0, size
    proof: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(hashes.range_root(middle, end))
            end = middle
        else:
            proof.append(hashes.range_root(start, middle))
            start = middle
    return proof[::-1]


def root_of(hashes: HashReader, size: int) -> bytes:
    """Return the root over the first `size` entries of a tree that has at least as many.

    Raises Malformed if a tile is missing or has the wrong length.
    """
    return Frontier(size, tuple(hashes.node(*place) for place in subtrees(size))).root()


def consistency_proof(old: int, new: int, reader: TileReader | HashReader) -> list[bytes]:
    """Return the proof that the tree of size `old` is a prefix of the one of size `new`.

    RFC 6962 section 2.1.2. Empty for old = 0 and for old = new.

    Raises:
        Malformed: a tile is missing or has the wrong length.
        ValueError: sizes in the wrong order.
    """
    hashes = _of_size(reader, new)
    if not 0 <= old <= new:
        raise ValueError(f"no proof from {old} to {new}")
    if old in {0, new}:
        return []
    start, end = 0, new
    proof: list[bytes] = []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(hashes.range_root(middle, end))
            end = middle
        else:
            proof.append(hashes.range_root(start, middle))
            start = middle
    # What is left is the subtree that ends with the old tree; where it is the whole old tree, its
    # root is known to whoever verifies.
    if start:
        proof.append(hashes.range_root(start, end))
    return proof[::-1]


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A proof as a file. `checkpoint` is the note as published; `extra` is never authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> TlogProof:
        """Return the proof: `TlogProof.parse(data).format() == data`. Nothing is verified.

        Raises:
            Malformed: any other form.
        """
        if len(data) > MAX_PROOF:
            raise Malformed(f"a proof of {len(data)} bytes, at most {MAX_PROOF}", code="proof")
        head, separator, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Malformed("a proof that is not ASCII", code="proof") from error
        if lines.pop(0) != _FIRST_LINE or not separator:
            raise Malformed("not a tlog-proof", code="proof")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = codec.b64decode(lines.pop(0).removeprefix("extra "), "extra")
        match = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if match is None:
            raise Malformed("no index", code="proof")
        if len(lines) > _MAX_HASHES:
            raise Malformed(f"{len(lines)} hashes, at most {_MAX_HASHES}", code="proof")
        return cls(int(match[1]), tuple(map(_hash, lines)), checkpoint, extra)

    def format(self) -> bytes:
        """Return the bytes of the file."""
        lines = [_FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {codec.b64encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [codec.b64encode(value) for value in self.hashes]
        return "".join(f"{line}\n" for line in lines).encode("ascii") + b"\n" + self.checkpoint

    def verify(self, leaf: bytes, policy: Policy) -> Checkpoint:
        """Return the checkpoint in which `leaf` (a leaf hash) is entry number `index`.

        Raises:
            Malformed: the checkpoint is none.
            NotVerified: the checkpoint does not meet the policy, or the proof does not hold.
        """
        checkpoint, verified = open_checkpoint(self.checkpoint, policy)
        if not meets(policy, verified):
            raise NotVerified("the checkpoint does not meet the policy's quorum", "checkpoint")
        verify_inclusion(
            index=self.index,
            size=checkpoint.size,
            leaf=leaf,
            proof=self.hashes,
            root=checkpoint.root,
        )
        return checkpoint


def _of_size(reader: TileReader | HashReader, size: int) -> HashReader:
    if not isinstance(reader, HashReader):
        return HashReader(reader, size)
    if reader.size != size:
        raise ValueError(f"hashes of a tree of {reader.size}, want {size}")
    return reader


def _rows_above(row: list[bytes]) -> list[list[bytes]]:
    """Return a tile's hashes and the complete nodes above them, up to seven levels."""
    rows = [row]
    while len(rows) < HEIGHT:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        rows.append(row)
    return rows


def _split(width: int) -> int:
    """Return the largest power of two strictly below a width above 1."""
    return 1 << ((width - 1).bit_length() - 1)


def _hash(line: str) -> bytes:
    value = codec.b64decode(line)
    if len(value) != HASH_BYTES:
        raise Malformed(f"a hash of {len(value)} bytes, want {HASH_BYTES}", code="proof")
    return value
