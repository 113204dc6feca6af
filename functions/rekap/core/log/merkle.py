"""The Merkle tree of RFC 6962 section 2.1: growing a root, and verifying proofs.

An inner node is SHA-256(0x01 ‖ left ‖ right); a tree of n > 1 leaves splits at the largest power
of two below n, and an odd node is promoted, never doubled. All hashes here are 32 bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rekap.core.errors import NotVerified

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of the inner node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(row: Sequence[bytes]) -> bytes:
    """Return the root over 2^k ≥ 1 neighbouring hashes of one level."""
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def subtrees(size: int) -> Iterator[tuple[int, int]]:
    """Yield (level, index) of the complete subtrees that `size` leaves split into, largest first.

    Each has the leaves [index·2^level, (index+1)·2^level); there is one for every 1 bit of `size`.
    """
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: enough to append and to compute the root, no more.

    `hashes` are the roots of its `subtrees`, largest first, at most 63 of 32 bytes.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a frontier of {len(self.hashes)} hashes for size {self.size}")

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier of the tree with one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier of the tree with more leaf hashes, in order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            # Appending is adding one to a binary number: each trailing 1 bit of the size is a
            # complete subtree that the carry closes, the right one always being `node`.
            node, rest = leaf, size
            while rest & 1:
                node = node_hash(hashes.pop(), node)
                rest >>= 1
            hashes.append(node)
            size += 1
        return Frontier(size, tuple(hashes))

    def root(self) -> bytes:
        """Return the root; of no leaves SHA-256 of nothing."""
        if not self.hashes:
            return EMPTY_ROOT
        # From the right: an odd subtree is hashed with what stands left of it, never with itself.
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(left, node)
        return node


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Verify that `leaf` (a leaf hash) is number `index` of the tree of `size` leaves and `root`.

    The algorithm is RFC 9162 section 2.1.3.2. The proof has exactly the hashes that index and
    size demand, the leaf's sibling first.

    Raises:
        NotVerified: index not below size, a hash of another length, a proof too short or too
            long, or another root.
    """
    if not 0 <= index < size:
        raise NotVerified("index outside the tree", "", f"0…{size - 1}", str(index))
    _check_hashes((leaf, root, *proof))
    # The ways from the root to the leaf and to the last leaf part at the highest bit in which both
    # indexes differ. Below it every level has a sibling, left or right as the bit of the index
    # says. Above it the leaf is on the tree's right edge, where levels without a left sibling
    # (0 bits) have no hash, since an odd node is promoted.
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    _check_count(proof, inner + border)
    node = leaf
    for level, sibling in enumerate(proof[:inner]):
        node = node_hash(sibling, node) if index >> level & 1 else node_hash(node, sibling)
    for sibling in proof[inner:]:
        node = node_hash(sibling, node)
    _check_root("inclusion proof leads to another root", root, node)


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Verify that the tree of `old_size` is a prefix of the tree of `new_size`.

    RFC 9162 section 2.1.4.2. Empty proof for equal sizes and for an old size of 0.

    Raises:
        NotVerified: sizes in the wrong order, a proof of another length than the sizes demand, or
            a root that does not follow from it.
    """
    if not 0 <= old_size <= new_size:
        raise NotVerified("the newer tree is smaller", "", f"≥ {old_size}", str(new_size))
    _check_hashes((old_root, new_root, *proof))
    if old_size in {0, new_size}:
        _check_count(proof, 0)
        if old_size == 0:
            _check_root("root of the empty tree", EMPTY_ROOT, old_root)
            if new_size == 0:
                _check_root("root of the empty tree", EMPTY_ROOT, new_root)
        else:
            _check_root("two roots of one size", old_root, new_root)
        return
    _verify_prefix(old_size, old_root, new_size, new_root, proof)


def _verify_prefix(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """The case 0 < old < new: rebuild both roots from the largest subtree that both share.

    When the old tree is itself one complete subtree, its root is not in the proof.
    """
    # The largest subtree that both trees share ends with the old one: it has 2^shift leaves, as
    # many as the lowest 1 bit of the old size says. The proof starts there, and from there on it
    # is one of inclusion for the old tree's last leaf, as in `verify_inclusion`.
    shift = (old_size & -old_size).bit_length() - 1
    inner = ((old_size - 1) ^ (new_size - 1)).bit_length() - shift
    border = ((old_size - 1) >> shift + inner).bit_count()
    whole = old_size == 1 << shift
    _check_count(proof, inner + border + (0 if whole else 1))
    seed, path = (old_root, proof) if whole else (proof[0], proof[1:])
    index = (old_size - 1) >> shift
    old_node = new_node = seed
    for level, sibling in enumerate(path[:inner]):
        if index >> level & 1:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
        else:
            # What stands right of the old tree's edge is younger than it: the old root lacks it.
            new_node = node_hash(new_node, sibling)
    for sibling in path[inner:]:
        old_node = node_hash(sibling, old_node)
        new_node = node_hash(sibling, new_node)
    _check_root("consistency proof leads to another old root", old_root, old_node)
    _check_root("consistency proof leads to another new root", new_root, new_node)


def _check_hashes(hashes: Iterable[bytes]) -> None:
    for value in hashes:
        if len(value) != HASH_BYTES:
            raise NotVerified("length of a hash", "", str(HASH_BYTES), str(len(value)))


def _check_count(proof: Sequence[bytes], want: int) -> None:
    if len(proof) != want:
        raise NotVerified(
            f"proof has {len(proof)} hashes, want {want}", "", str(want), str(len(proof))
        )


def _check_root(message: str, expected: bytes, found: bytes) -> None:
    if expected != found:
        raise NotVerified(message, "", expected.hex(), found.hex())
