"""The right edge of the published log: its last, partial bundle and tiles, and how they grow.

Growing is a pure function of the edge and the new entries, so every retry and every second writer
derives the same bytes. Appending k entries reads and writes O(k + log n) files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rekap.core.errors import Corrupt, Malformed
from rekap.core.log import entry, tiles
from rekap.core.log.merkle import Frontier, complete_root, subtrees
from rekap.core.log.proofs import TileReader
from rekap.core.log.tiles import ENTRIES, MAX_LEVEL, WIDTH, Tile


@dataclass(frozen=True, slots=True)
class Edge:
    """What the tree of `size` has in partial files: 0…255 entries, 0…255 hashes on each level."""

    size: int
    entries: tuple[bytes, ...]
    rows: tuple[tuple[bytes, ...], ...]

    def root(self) -> bytes:
        """Return the root of the tree of `size`."""
        hashes = (
            complete_root(row[index << level : (index + 1) << level])
            for row in reversed(self.rows)
            for level, index in subtrees(len(row))
        )
        return Frontier(self.size, tuple(hashes)).root()


def load(reader: TileReader, size: int) -> Edge:
    """Return the edge of the published tree of `size`.

    The entries are checked against the hashes beside them; the hashes against nothing: compare
    `root()` with a root that is known.

    Raises:
        Corrupt: a file is missing, has the wrong length, or the two do not belong together.
    """
    rows: list[tuple[bytes, ...]] = []
    for level in range(MAX_LEVEL + 1):
        n, width = divmod(tiles.hashes_at(level, size), WIDTH)
        tile = Tile(level, n, width)
        rows.append(tuple(_hashes(reader, tile)) if width else ())
    n, width = divmod(size, WIDTH)
    entries = bundle(reader, Tile(ENTRIES, n, width)) if width else ()
    if tuple(map(entry.leaf_hash, entries)) != rows[0]:
        raise Corrupt(f"{tiles.entries_path(n, width)} does not belong to its hash tile")
    return Edge(size, entries, tuple(rows))


def grow(edge: Edge, entries: Sequence[bytes]) -> tuple[dict[str, bytes], Edge]:
    """Return the new files by path, children before parents, and the edge after `entries`."""
    files: dict[str, bytes] = {}
    pieces = _pieces(ENTRIES, edge.size, edge.entries, entries)
    files.update((tile.path, entry.encode_bundle(piece)) for tile, piece in pieces)
    rest = pieces[-1][1] if pieces and pieces[-1][0].width < WIDTH else ()
    rows: list[tuple[bytes, ...]] = []
    fresh: Sequence[bytes] = [entry.leaf_hash(data) for data in entries]
    for level, row in enumerate(edge.rows):
        pieces = _pieces(level, edge.size, row, fresh)
        files.update((tile.path, b"".join(piece)) for tile, piece in pieces)
        fresh = [complete_root(piece) for tile, piece in pieces if tile.width == WIDTH]
        last = pieces[-1] if pieces else None
        rows.append(row if last is None else last[1] if last[0].width < WIDTH else ())
    size = edge.size + len(entries)
    return files, Edge(size, rest if entries else edge.entries, tuple(rows))


def reread(reader: TileReader, edge: Edge, size: int) -> Edge:
    """Return the edge of `size`, computed from the published bundles after `edge`.

    Every file by which the tree of `size` exceeds `edge` is read and must be what its bundles say.

    Raises:
        Corrupt: naming the first file that is missing or holds something else.
    """
    new = [tile for tile in tiles.new_tiles(edge.size, size) if tile.level == ENTRIES]
    entries = [data for tile in new for data in bundle(reader, tile)]
    known = len(edge.entries)
    if tuple(entries[:known]) != edge.entries:
        raise Corrupt(f"{new[0].path} does not begin as the bundle it continues")
    files, grown = grow(edge, entries[known:])
    for path, data in files.items():
        if reader.read(path) != data:
            raise Corrupt(f"{path} does not hold what its entries demand")
    return grown


def bundle(reader: TileReader, tile: Tile) -> tuple[bytes, ...]:
    """Return the entries of a published bundle.

    Raises:
        Corrupt: missing or malformed.
    """
    try:
        return entry.decode_bundle(_read(reader, tile), tile.width)
    except Malformed as error:
        raise Corrupt(f"{tile.path}: {error}") from error


def _hashes(reader: TileReader, tile: Tile) -> list[bytes]:
    try:
        return tiles.split_hashes(_read(reader, tile), tile.width)
    except Malformed as error:
        raise Corrupt(f"{tile.path}: {error}") from error


def _read(reader: TileReader, tile: Tile) -> bytes:
    data = reader.read(tile.path)
    if data is None:
        raise Corrupt(f"{tile.path} is missing")
    return data


def _pieces(
    level: int, size: int, row: Sequence[bytes], fresh: Sequence[bytes]
) -> list[tuple[Tile, tuple[bytes, ...]]]:
    """Cut a level's partial row and what follows it into tiles; none if nothing follows."""
    if not fresh:
        return []
    first = tiles.hashes_at(level, size) // WIDTH
    line = (*row, *fresh)
    return [
        (Tile(level, first + at // WIDTH, min(WIDTH, len(line) - at)), line[at : at + WIDTH])
        for at in range(0, len(line), WIDTH)
    ]
