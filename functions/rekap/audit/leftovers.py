"""Files below `log/` that the checkpoint's size does not need: old, early, or foreign.

Old partial tiles stay for good and hold the beginning of what is there now. Early ones belong to
entries that are ordered and not yet signed for: bundles that go on without a gap where the tree
ends, and tiles of exactly those entries. Everything else does not belong there.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from rekap.audit import checks
from rekap.audit.blocks import MAX_BUNDLE, form_of
from rekap.audit.hashes import TreeHashes
from rekap.audit.log import LogContent
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import (
    ABSENT,
    NAMED,
    NO_FILE,
    NOTHING,
    READABLE,
    THIS_FILE,
    Report,
    Words,
    difference,
    digest,
    more,
)
from rekap.core.errors import Malformed
from rekap.core.log import tiles
from rekap.core.log.entry import decode_bundle, encode_bundle, leaf_hash
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.status import STATUS
from rekap.core.log.tiles import ENTRIES, LOG, WIDTH, Tile

_MOST_EARLY: Final = 1 << 20
_OTHERS: Final = frozenset({CHECKPOINT, STATUS})


def check_leftovers(
    source: Source, paths: Iterable[str], content: LogContent, report: Report
) -> None:
    """Check what is not needed of `paths` (below the site's base, sorted) (V05, V06, V08).

    Early files that fit are undecided: a sequencer is at work, or was cut before it signed.
    """
    if not content.proved:
        return
    needed = {LOG + path for path in tiles.paths_for(content.size)}
    early: list[Tile] = []
    foreign: list[str] = []
    for path in paths:
        if not path.startswith(LOG) or path in needed or path in _OTHERS:
            continue
        try:
            tile = tiles.parse_path(path.removeprefix(LOG))
        except Malformed:
            foreign.append(path)
            continue
        if _end(tile) > content.size:
            early.append(tile)
            continue
        try:
            _check_old(source, path, tile, content, report)
        except Unreadable as error:
            report.doubt(checks.LOG_FILES, path, READABLE, str(error))
    if early:
        foreign += _check_early(source, early, content, report)
    _tell_foreign(source, foreign, report)


def check_kept(paths: AbstractSet[str], sizes: Iterable[int], size: int, report: Report) -> None:
    """Record V04 for partial tiles of earlier published `sizes` that are gone: none is deleted."""
    wanted = {
        LOG + path for earlier in sizes if earlier < size for path in tiles.paths_for(earlier)
    }
    for path in sorted(wanted - paths):
        report.refute(checks.LOG_FILES, path, THIS_FILE, ABSENT)


def _end(tile: Tile) -> int:
    """Return the size of the smallest tree that has all of the tile."""
    return (tile.n * WIDTH + tile.width) << tiles.HEIGHT * max(tile.level, 0)


def _check_old(source: Source, path: str, tile: Tile, content: LogContent, report: Report) -> None:
    """Hold an old partial tile or bundle against the beginning of what is there now."""
    data = source.read(path, MAX_BUNDLE)
    first = tile.n * WIDTH
    if tile.level == ENTRIES:
        check = checks.BUNDLES
        if first + tile.width > content.complete:
            return
        expected = encode_bundle(content.entries(at) for at in range(first, first + tile.width))
    else:
        check = checks.TILES
        expected = content.hashes.tile(tile.level, tile.n, tile.width) or b""
    if data == expected:
        return
    wanted = Words(
        *both("leftovers.the_beginning_of_bytes", path=tile.full.path, expected=len(expected))
    )
    found = NO_FILE if data is None else difference(expected, data)
    report.refute(check, path, wanted, found)


def _check_early(
    source: Source, early: list[Tile], content: LogContent, report: Report
) -> list[str]:
    """Extend the tree by the bundles that go on from its end; return the paths that do not fit."""
    leaves = list(content.hashes.rows[0])
    fitting: set[Tile] = set()
    for tile in early:
        if tile.level == ENTRIES and tile.n * WIDTH <= len(leaves) <= content.size + _MOST_EARLY:
            entries = _decode(source, tile)
            if entries is not None and _goes_on(tile, entries, leaves):
                fitting.add(tile)
                leaves += map(leaf_hash, entries[len(leaves) - tile.n * WIDTH :])
    hashes = TreeHashes(leaves)
    foreign = []
    for tile in early:
        path = LOG + tile.path
        expected = hashes.tile(tile.level, tile.n, tile.width) if tile.level != ENTRIES else None
        if tile in fitting or (expected is not None and _read(source, path) == expected):
            wanted = f"size ≤ {content.size} (log/checkpoint)"
            report.doubt(checks.LOG_EXTRA, path, wanted, form_of(tile))
        else:
            foreign.append(path)
    return foreign


def _tell_foreign(source: Source, paths: list[str], report: Report) -> None:
    for path in paths[:NAMED]:
        data = _read(source, path)
        report.refute(checks.LOG_EXTRA, path, NOTHING, NO_FILE if data is None else digest(data))
    if paths[NAMED:]:
        report.refute(checks.LOG_EXTRA, paths[NAMED - 1], NOTHING, more(len(paths) - NAMED))


def _read(source: Source, path: str) -> bytes | None:
    """Return the bytes of a file whose name alone is already too much: None if it cannot be had."""
    try:
        return source.read(path, MAX_BUNDLE)
    except Unreadable:
        return None


def _decode(source: Source, tile: Tile) -> tuple[bytes, ...] | None:
    data = _read(source, LOG + tile.path)
    try:
        return None if data is None else decode_bundle(data, tile.width)
    except Malformed:
        return None


def _goes_on(tile: Tile, entries: tuple[bytes, ...], leaves: list[bytes]) -> bool:
    """Tell whether a bundle repeats the leaves that are there, and nothing lies between."""
    first = tile.n * WIDTH
    shared = leaves[first : first + tile.width]
    return all(leaf_hash(entry) == leaf for entry, leaf in zip(entries, shared, strict=False))
