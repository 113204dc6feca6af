"""Finding statements in a published log by their leaf hash, believing nothing but a checkpoint.

Tiles of leaf hashes are read from the newest backwards until everything is found. What is found is
proved by its inclusion proof; that something is not there is proved by the root over all leaf
hashes. Full tiles never change, so a queue keeps those of a site that it has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rekap.audit.blocks import limit_of
from rekap.audit.reader import Source
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import addresses
from rekap.core.log import tiles
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.entry import MAX_ENTRY, decode_bundle, leaf_hash
from rekap.core.log.merkle import HASH_BYTES, Frontier, verify_consistency, verify_inclusion
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.proofs import HashReader, TlogProof, consistency_proof, inclusion_proof
from rekap.core.log.tiles import CHECKPOINT, LOG, WIDTH, Tile

_TILE_BYTES: Final = WIDTH * HASH_BYTES


@dataclass
class Files:
    """Reads a log's files from a source, bounded, and counts; keeps full tiles in `kept`.

    `progress` hears of tiles of leaf hashes: how many were read, and how many there are.
    """

    source: Source
    kept: Path | None = None
    requests: int = 0
    octets: int = 0
    reused: int = 0
    progress: Callable[[int, int], None] | None = None
    _held: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        """Return the bytes below the log's prefix, None if there are none. Raises Unreadable."""
        if path in self._held:
            return self._held[path]
        data = self._old(path)
        if data is None:
            data = self.fetch(f"{LOG}{path}", limit_of(path))
            if data is not None and len(data) == _TILE_BYTES:
                self._keep(path, data)
        if data is not None and path.startswith("tile/0/"):
            self._held[path] = data
        return data

    def fetch(self, path: str, limit: int) -> bytes | None:
        """Return a file of the site that has at most `limit` bytes; a larger one is cut."""
        self.requests += 1
        data = self.source.read(path, limit)
        self.octets += len(data or b"")
        return data

    def forget(self) -> None:
        """Believe no kept tile any more."""
        self.kept = None
        self._held.clear()

    def _old(self, path: str) -> bytes | None:
        if self.kept is None or not path.startswith("tile/") or ".p/" in path:
            return None
        with suppress(OSError):
            data = (self.kept / path).read_bytes()
            if len(data) == _TILE_BYTES:
                self.reused += 1
                return data
        return None

    def _keep(self, path: str, data: bytes) -> None:
        """Keep a full tile: what is lost or torn is only read again."""
        if self.kept is None or not path.startswith("tile/") or ".p/" in path:
            return
        with suppress(OSError):
            target = self.kept / path
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name}")
            draft.write_bytes(data)
            draft.replace(target)


class Log:
    """A published log at the size of one checkpoint that `policy` lets count.

    `met`: whether its quorum of witnesses is met. `note`: the checkpoint as published.
    """

    def __init__(self, files: Files, policy: Policy) -> None:
        """Raises Unreadable, Malformed (code `absent` if there is no log), NotVerified."""
        note = files.read(CHECKPOINT)
        if note is None:
            raise Malformed("no checkpoint", f"{LOG}{CHECKPOINT}", "absent")
        self.files = files
        self.note = note
        self.checkpoint, verified = open_checkpoint(note, policy)
        self.met = meets(policy, verified)
        self._hashes = HashReader(files, self.size)

    @property
    def size(self) -> int:
        """Entries under the checkpoint."""
        return self.checkpoint.size

    def find(self, leaves: Iterable[bytes]) -> dict[bytes, int]:
        """Return the indexes of those leaf hashes that are in the log, proved; the others are
        proved not to be in it.

        Raises Unreadable, Malformed (a tile is missing), NotVerified (tiles and checkpoint differ).
        """
        wanted = frozenset(leaves)
        try:
            return self._find(wanted)
        except (Malformed, NotVerified):
            if not self.files.reused:
                raise
        # A kept tile may be torn; the site's own tiles decide.
        self.files.forget()
        self._hashes = HashReader(self.files, self.size)
        return self._find(wanted)

    def _find(self, wanted: frozenset[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        rows: list[list[bytes]] = []
        total = -(-self.size // WIDTH)
        for n in reversed(range(total)):
            if wanted == found.keys():
                break
            row = self._row(n)
            if self.files.progress:
                self.files.progress(total - n, total)
            rows.append(row)
            if not wanted.isdisjoint(row):
                found |= {leaf: n * WIDTH + at for at, leaf in enumerate(row) if leaf in wanted}
        if wanted != found.keys():
            self._check_whole(reversed(rows))
        for leaf, index in found.items():
            self._prove(index, leaf)
        return found

    def _row(self, n: int) -> list[bytes]:
        width = tiles.width_in(0, n, self.size)
        for tile, size in ((Tile(0, n, width), width), (Tile(0, n), WIDTH)):
            data = self.files.read(tile.path)
            if data is not None:
                return tiles.split_hashes(data, size)[:width]
        raise Malformed("tile is missing", Tile(0, n, width).path, "missing")

    def _check_whole(self, rows: Iterable[list[bytes]]) -> None:
        frontier = Frontier(0, ())
        for row in rows:
            frontier = frontier.extend(row)
        if frontier.size != self.size or frontier.root() != self.checkpoint.root:
            raise NotVerified("the tiles do not lead to the checkpoint's root", LOG)

    def _prove(self, index: int, leaf: bytes) -> tuple[bytes, ...]:
        hashes = tuple(inclusion_proof(index, self.size, self._hashes))
        verify_inclusion(
            index=index, size=self.size, leaf=leaf, proof=hashes, root=self.checkpoint.root
        )
        return hashes

    def proof(self, index: int, leaf: bytes) -> bytes:
        """Return the verified proof of an entry as a file (tlog-proof); raises as `find`."""
        return TlogProof(index, self._prove(index, leaf), self.note).format()

    def continues(self, size: int, root: bytes) -> None:
        """Verify that this tree begins with an earlier one; raises NotVerified, as `find`."""
        verify_consistency(
            old_size=size, old_root=root, new_size=self.size, new_root=self.checkpoint.root,
            proof=consistency_proof(size, self.size, self._hashes),
        )  # fmt: skip

    def entries(self, indexes: Iterable[int], leaves: Iterable[bytes]) -> dict[int, bytes]:
        """Return the entries at indexes whose leaf hashes are proved, from bundles or `bukti/`.

        What the source does not have is left out. Raises Unreadable.
        """
        wanted = dict(zip(indexes, leaves, strict=True))
        by_bundle: dict[int, list[int]] = {}
        for index in wanted:
            by_bundle.setdefault(index // WIDTH, []).append(index)
        found: dict[int, bytes] = {}
        for n, inside in by_bundle.items():
            many = self._bundle(n) if len(inside) > 8 else ()
            for index in inside:
                at = index - n * WIDTH
                data = many[at] if many else self.files.fetch(addresses.entry(index), MAX_ENTRY)
                if data is not None and leaf_hash(data) == wanted[index]:
                    found[index] = data
        return found

    def _bundle(self, n: int) -> tuple[bytes, ...]:
        width = tiles.width_in(tiles.ENTRIES, n, self.size)
        path = tiles.entries_path(n, width)
        data = self.files.fetch(f"{LOG}{path}", limit_of(path))
        with suppress(Malformed):
            return decode_bundle(data or b"", width)
        return ()


def is_fork(earlier: Checkpoint, log: Log) -> bool:
    """Tell whether a log contradicts an earlier checkpoint of the same origin.

    A source that is older than the checkpoint proves nothing. Raises Unreadable, Malformed.
    """
    if log.size < earlier.size:
        return False
    try:
        log.continues(earlier.size, earlier.root)
    except NotVerified:
        return True
    return False
