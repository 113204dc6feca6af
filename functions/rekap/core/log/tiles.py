"""Where the bytes of a log stand: paths of hash tiles and entry bundles (C2SP tlog-tiles).

    tile/0/x001/234            full tile 1234 of level 0: 256 hashes, 8,192 bytes
    tile/1/000.p/3             the partial tile of level 1, 3 hashes wide
    tile/entries/003.p/232     the bundle of 232 entries beside the level-0 tile of that width

Hash i of tile n at level l is the root over entries [(256n+i)·256^l, (256n+i+1)·256^l). A partial
tile is never hashed into the level above. All paths are relative to `LOG`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rekap.core.errors import Malformed
from rekap.core.log.merkle import HASH_BYTES

HEIGHT = 8
WIDTH = 256
MAX_LEVEL = 7
ENTRIES = -1
LOG = "log/"
"""Where a site has its log: the prefix of all these paths."""
CHECKPOINT = "checkpoint"

_PATH = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile or bundle. `level` is 0…7, or `ENTRIES` for a bundle; `width` is 1…256."""

    level: int
    n: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the log's prefix."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        tail = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_number(self.n)}{tail}"

    @property
    def full(self) -> Tile:
        """The full tile at the same place."""
        return Tile(self.level, self.n)


def entries_path(n: int, width: int = WIDTH) -> str:
    """Return the path of entry bundle `n`."""
    return Tile(ENTRIES, n, width).path


def parse_path(path: str) -> Tile:
    """Return the tile that a path names: `parse_path(p).path == p`.

    Raises:
        Malformed: every other spelling, a width of 0 or above 255, a level above 7.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed(f"not a path of a tile: {path!r}")
    level = ENTRIES if match[1] == "entries" else int(match[1])
    tile = Tile(
        level, int(match[2].replace("/", "").replace("x", "")), int(match[3]) if match[3] else WIDTH
    )
    if tile.path != path or tile.width > WIDTH:
        raise Malformed(f"not a path of a tile: {path!r}")
    return tile


def tiles_for(size: int) -> Iterator[Tile]:
    """Yield every bundle and tile of the tree of `size`, and no other, children before parents."""
    for level in range(ENTRIES, MAX_LEVEL + 1):
        full, rest = divmod(hashes_at(level, size), WIDTH)
        yield from (Tile(level, n) for n in range(full))
        if rest:
            yield Tile(level, full, rest)


def paths_for(size: int) -> Iterator[str]:
    """Yield the path of every bundle and tile of the tree of `size`, children before parents."""
    return (tile.path for tile in tiles_for(size))


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """Yield what the tree of `new_size` has and the one of `old_size` lacks, children first."""
    for level in range(ENTRIES, MAX_LEVEL + 1):
        old, new = hashes_at(level, old_size), hashes_at(level, new_size)
        if new == old:
            continue
        full, rest = divmod(new, WIDTH)
        # From the tile that was partial before: its full form is another file.
        yield from (Tile(level, n) for n in range(old // WIDTH, full))
        if rest:
            yield Tile(level, full, rest)


def hashes_at(level: int, size: int) -> int:
    """Return how many hashes level 0…7 of the tree of `size` has; entries for `ENTRIES`."""
    return size >> HEIGHT * max(level, 0)


def width_in(level: int, n: int, size: int) -> int:
    """Return the width of tile `n` in the tree of `size`: 0 if it has none, at most 256."""
    return max(0, min(WIDTH, hashes_at(level, size) - WIDTH * n))


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """Return the `width` hashes of a tile's bytes.

    Raises:
        Malformed: another length than 32 × width.
    """
    if len(data) != HASH_BYTES * width:
        raise Malformed(f"a tile of {len(data)} bytes, want {HASH_BYTES * width}")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def _number(n: int) -> str:
    """Write 1234067 as `x001/x234/067`."""
    groups = [f"{n % 1000:03}"]
    while n := n // 1000:
        groups.append(f"x{n % 1000:03}")
    return "/".join(reversed(groups))
