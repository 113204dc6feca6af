"""Bundles and the tiles beside them: reading both, and deciding which is right where they differ.

The root in the signed checkpoint decides: what leads to it is right, the other file is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from rekap.audit import checks
from rekap.audit.entries import Entries, read_copy
from rekap.audit.hashes import TreeHashes
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, READABLE, THIS_FILE, Report, Words
from rekap.core.errors import Malformed
from rekap.core.log import tiles
from rekap.core.log.entry import MAX_ENTRY, decode_bundle, encode_bundle, leaf_hash
from rekap.core.log.merkle import HASH_BYTES
from rekap.core.log.tiles import CHECKPOINT, ENTRIES, LOG, WIDTH, Tile
from rekap.core.signing.note import MAX_NOTE

MAX_BUNDLE: Final = WIDTH * (MAX_ENTRY + 2)


@dataclass(slots=True)
class Block:
    """Up to 256 entries, and what their bundle and their level-0 tile say the leaf hashes are.

    None where the file is missing or has not the form of one. `leaves` is what was settled on,
    empty where nothing is known.
    """

    n: int
    width: int
    by_bundle: list[bytes] | None = None
    by_tile: list[bytes] | None = None
    from_copies: bool = False
    leaves: list[bytes] = field(default_factory=list)


def read_block(source: Source, n: int, size: int, entries: Entries, report: Report) -> Block:
    """Read block `n` of the tree of `size` and keep its entries."""
    block = Block(n, tiles.width_in(0, n, size))
    tile = read_required(source, Tile(0, n, block.width), report)
    if tile is not None:
        block.by_tile = tiles.split_hashes(tile, block.width)
    bundle = read_required(source, Tile(ENTRIES, n, block.width), report)
    if bundle is None:
        block.from_copies = True
        found = _read_copies(source, n * WIDTH, block.width)
    else:
        found = list(decode_bundle(bundle, block.width))
    if found is not None:
        entries.put(n * WIDTH, found)
        block.by_bundle = [leaf_hash(entry) for entry in found]
        if block.by_bundle == block.by_tile:
            block.by_tile = block.by_bundle  # a long log in half the memory
    return block


def read_required(source: Source, tile: Tile, report: Report) -> bytes | None:
    """Return the bytes of a file that the size needs, None if it has not the form of one.

    Where it is missing, V04 is recorded and the full one is cut, as tlog-tiles allows readers. One
    file of a folder that cannot be read hides nothing else; an address that fails is given up.
    """
    place = LOG + tile.path
    try:
        data = source.read(place, limit_of(tile.path))
    except Unreadable as error:
        if source.remote:
            raise
        report.doubt(checks.LOG_FILES, place, READABLE, str(error))
        return None
    if data is None:
        report.refute(checks.LOG_FILES, place, THIS_FILE, ABSENT)
        return _cut_from_full(source, tile) if tile.width < WIDTH else None
    try:
        check_form(tile, data)
    except Malformed as error:
        check = checks.BUNDLES if tile.level == ENTRIES else checks.TILES
        report.refute(check, place, form_of(tile), error.message)
        return None
    return data


def check_form(tile: Tile, data: bytes) -> None:
    """Refuse, as Malformed, what cannot be the content of `tile` whatever the entries are."""
    if tile.level == ENTRIES:
        decode_bundle(data, tile.width)
    else:
        tiles.split_hashes(data, tile.width)


def form_of(tile: Tile) -> Words:
    """Say what the content of `tile` looks like."""
    if tile.level == ENTRIES:
        return Words(*both("blocks.a_bundle_of_entries", width=tile.width))
    return Words(*both("blocks.bytes", hash_bytes=HASH_BYTES * tile.width))


class SiteLog:
    """The files of a site's log by their path below `log/`, none larger than it can be.

    `last` is the path that was read last: where a fault was found. One byte too many is read, so
    that a larger file is malformed.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.last = ""

    def read(self, path: str, /) -> bytes | None:
        """Return a file's bytes, or None."""
        self.last = path
        return self._source.read(LOG + path, limit_of(path))


def limit_of(path: str) -> int:
    """Return the most bytes that the file of a log at `path` (below `log/`) can have."""
    if path == CHECKPOINT:
        return MAX_NOTE
    return MAX_BUNDLE if path.startswith("tile/entries/") else HASH_BYTES * WIDTH


def _cut_from_full(source: Source, tile: Tile) -> bytes | None:
    data = source.read(LOG + tile.full.path, limit_of(tile.full.path))
    if data is None:
        return None
    try:
        if tile.level == ENTRIES:
            return encode_bundle(decode_bundle(data, WIDTH)[: tile.width])
        return b"".join(tiles.split_hashes(data, WIDTH)[: tile.width])
    except Malformed:
        return None


def _read_copies(source: Source, first: int, width: int) -> list[bytes] | None:
    """Return the entries of a lost bundle from their copies below `bukti/`, if all are there."""
    found = []
    for index in range(first, first + width):
        data = read_copy(source, index)
        if data is None:
            return None
        found.append(data)
    return found


def settle(source: Source, blocks: Sequence[Block], root: bytes) -> TreeHashes | None:
    """Choose the leaf hashes of every block; return the tree's hashes, None if a block is lost.

    The result has the root `root` if any way of choosing leads there.
    """
    hashes: TreeHashes | None = None
    for choose in _ways(source, blocks):
        for block in blocks:
            block.leaves = choose(block)
        if not all(block.leaves for block in blocks):
            return None
        candidate = hashes_of(blocks)
        if candidate.root(candidate.size) == root:
            return candidate
        hashes = hashes or candidate
    for block in blocks:
        block.leaves = block.by_bundle or block.by_tile or []
    return hashes or TreeHashes(())


def hashes_of(blocks: Sequence[Block]) -> TreeHashes:
    """Return the hashes over the settled leaves of `blocks`."""
    return TreeHashes(tuple(chain.from_iterable(block.leaves for block in blocks)))


def _ways(source: Source, blocks: Sequence[Block]) -> Iterator[Callable[[Block], list[bytes]]]:
    """All bundles; all tiles; last, each block by the hash above it, with either for the edge."""
    yield _bundle_first
    if all(block.by_bundle == block.by_tile for block in blocks):
        return
    yield _tile_first
    above = {block.n: _hash_above(source, block, len(blocks)) for block in blocks}

    def by_hash(block: Block, otherwise: Callable[[Block], list[bytes]]) -> list[bytes]:
        for candidate in (block.by_bundle, block.by_tile):
            if candidate and _complete_root(candidate) == above[block.n]:
                return candidate
        return otherwise(block)

    yield lambda block: by_hash(block, _bundle_first)
    yield lambda block: by_hash(block, _tile_first)


def _complete_root(leaves: list[bytes]) -> bytes:
    """Return the root of a full block, nothing of a partial one: no hash stands above it."""
    return TreeHashes(leaves).rows[1][0] if len(leaves) == WIDTH else b""


def _bundle_first(block: Block) -> list[bytes]:
    return block.by_bundle or block.by_tile or []


def _tile_first(block: Block) -> list[bytes]:
    return block.by_tile or block.by_bundle or []


def _hash_above(source: Source, block: Block, blocks: int) -> bytes | None:
    """Return what the level-1 tile, not yet checked, says the root of a full block is."""
    if block.by_bundle == block.by_tile:
        return None
    n, at = divmod(block.n, WIDTH)
    tile = Tile(1, n, min(WIDTH, blocks - n * WIDTH))
    for candidate in (tile, Tile(1, n, tile.width - 1) if tile.width > 1 else tile, tile.full):
        data = source.read(LOG + candidate.path, HASH_BYTES * WIDTH)
        if data is not None and len(data) >= HASH_BYTES * (at + 1):
            return data[HASH_BYTES * at : HASH_BYTES * (at + 1)]
    return None
