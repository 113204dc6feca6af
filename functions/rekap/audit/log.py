"""The log below `log/`: every tile and bundle that a size needs, their content, and the root."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, Protocol

from rekap.audit import checks
from rekap.audit.blocks import Block, hashes_of, limit_of, read_block, read_required, settle
from rekap.audit.entries import Entries
from rekap.audit.hashes import TreeHashes
from rekap.audit.overlay import Ahead
from rekap.audit.reader import Source
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words, digest
from rekap.core.ledger import addresses
from rekap.core.log import tiles
from rekap.core.log.merkle import HASH_BYTES
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.tiles import ENTRIES, LOG, WIDTH, Tile

LOST_IN_A_ROW: Final = 64
"""Blocks of which nothing is left, after which the log is taken to end there."""


class Progress(Protocol):
    """Is told what is being done, for a person who waits."""

    def __call__(self, what: str, done: int, total: int, /) -> None:
        """`done` of `total` of `what`: log, signatures, fold, bulk, pages, proofs."""


@dataclass(frozen=True, slots=True)
class LogContent:
    """The tree that was read: `hashes` of its leaves, and its entries as far as they are known.

    `complete` entries from the first on are known; that is `size` unless something is broken.
    `proved` tells whether the leaves lead to the root of the checkpoint.
    """

    size: int
    entries: Entries
    hashes: TreeHashes
    complete: int
    proved: bool


def check_log(
    source: Source, size: int, root: bytes, report: Report, progress: Progress
) -> LogContent:
    """Read the whole tree of `size`, record every failure (V04–V07, V09), return what is in it.

    Goes on after failures as far as there is content: an entry whose bundle is lost may still
    stand below `bukti/`.
    """
    entries = Entries()
    count = -(-size // WIDTH)
    blocks: list[Block] = []
    with Ahead(source, _files_of(count, size)) if source.remote else nullcontext(source) as files:
        while len(blocks) < count and not _all_lost(blocks[-LOST_IN_A_ROW:]):
            progress("log", len(blocks), count)
            blocks.append(read_block(files, len(blocks), size, entries, report))
    whole = len(blocks) == count
    hashes = settle(source, blocks, root) if whole else None
    if not whole:
        for block in blocks:
            block.leaves = block.by_bundle or block.by_tile or []
    for block in blocks:
        _check_block(block, report)
    if hashes is None:
        return _cut(blocks, size, entries, report)
    proved = _check_root(hashes, root, report)
    _check_upper_tiles(source, hashes, report)
    _check_unique(hashes, report)
    for block in blocks:
        if block.by_bundle != block.leaves:
            _recover(source, block, entries, report)
    return LogContent(size, entries, hashes, entries.known(), proved)


def _files_of(count: int, size: int) -> Iterator[tuple[str, int]]:
    """Yield path and limit of the files of all blocks, in the order in which blocks are read."""
    for n in range(count):
        for level in (0, ENTRIES):
            path = Tile(level, n, tiles.width_in(0, n, size)).path
            yield LOG + path, limit_of(path)


def _check_root(hashes: TreeHashes, root: bytes, report: Report) -> bool:
    computed = hashes.root(hashes.size)
    if computed != root:
        size = hashes.size
        report.refute(
            checks.ROOT,
            CHECKPOINT,
            Words(*both("log.computed_root_of_entries", computed=computed.hex(), size=size)),
            Words(*both("log.root", root=root.hex())),
            stands=True,
        )
    return computed == root


def _cut(blocks: list[Block], size: int, entries: Entries, report: Report) -> LogContent:
    """Return the content before the first block of which nothing is left."""
    whole = []
    for block in blocks:
        if not block.leaves:
            break
        whole.append(block)
    known = len(whole) * WIDTH
    report.doubt(
        checks.ROOT,
        CHECKPOINT,
        Words(*both("log.root_of_entries", size=size)),
        Words(*both("log.entries_from_on_are_lost", known=known)),
    )
    hashes = hashes_of(whole)
    return LogContent(size, entries, hashes, min(known, entries.known()), proved=False)


def _all_lost(blocks: list[Block]) -> bool:
    """Tell whether so many blocks in a row are lost that the rest need not be listed one by one."""
    lost = [block for block in blocks if not block.by_bundle and not block.by_tile]
    return len(lost) == LOST_IN_A_ROW


def _check_block(block: Block, report: Report) -> None:
    """Name the tile or bundle of a block that does not hold the settled leaves."""
    if block.by_tile is not None and block.by_tile != block.leaves:
        at = _first_difference(block.leaves, block.by_tile)
        report.refute(
            checks.TILES,
            LOG + Tile(0, block.n, block.width).path,
            Words(
                *both("log.hash_for_entry", leaves=block.leaves[at].hex(), n=block.n * WIDTH + at)
            ),
            f"hash {block.by_tile[at].hex()}",
            stands=True,
        )
    if block.by_bundle is None or block.by_bundle == block.leaves or block.from_copies:
        return
    at = _first_difference(block.leaves, block.by_bundle)
    index = block.n * WIDTH + at
    report.refute(
        checks.BUNDLES,
        LOG + Tile(ENTRIES, block.n, block.width).path,
        Words(*both("log.entry_with_hash", index=index, leaves=block.leaves[at].hex())),
        f"hash {block.by_bundle[at].hex()}",
        stands=True,
    )


def _first_difference(left: list[bytes], right: list[bytes]) -> int:
    return next(at for at, hash_ in enumerate(left) if hash_ != right[at])


def _check_upper_tiles(source: Source, hashes: TreeHashes, report: Report) -> None:
    """Hold the tiles above level 0 against the hashes computed from the leaves (V05)."""
    for tile in tiles.tiles_for(hashes.size):
        if tile.level < 1:
            continue
        data = read_required(source, tile, report)
        expected = hashes.tile(tile.level, tile.n, tile.width)
        if data is None or expected is None or data == expected:
            continue
        at = _first_difference(
            tiles.split_hashes(expected, tile.width), tiles.split_hashes(data, tile.width)
        )
        want = expected[at * HASH_BYTES : (at + 1) * HASH_BYTES]
        got = data[at * HASH_BYTES : (at + 1) * HASH_BYTES]
        report.refute(
            checks.TILES,
            LOG + tile.path,
            Words(*both("log.hash", at=at, want=want.hex())),
            f"hash {got.hex()}",
            stands=True,
        )


def _check_unique(hashes: TreeHashes, report: Report) -> None:
    first: dict[bytes, int] = {}
    for index, leaf in enumerate(hashes.rows[0]):
        earlier = first.setdefault(leaf, index)
        if earlier != index:
            report.refute(
                checks.UNIQUE,
                f"entry {index}",
                Words(*both("log.an_entry_not_logged_before")),
                Words(*both("log.the_same_as_entry", earlier=earlier)),
            )


def _recover(source: Source, block: Block, entries: Entries, report: Report) -> None:
    """Replace entries that are not those of the tree by their copies below `bukti/` (V16)."""
    for at, leaf in enumerate(block.leaves):
        if block.by_bundle is not None and block.by_bundle[at] == leaf:
            continue
        index = block.n * WIDTH + at
        false = entries.recover(source, index, leaf)
        if false is not None:
            wanted = Words(*both("log.another_entry_with_hash", index=index, leaf=leaf.hex()))
            report.refute(checks.PAGES, addresses.entry(index), wanted, digest(false), stands=True)
