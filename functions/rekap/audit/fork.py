"""Two views of one log: do they agree, and if not, what convinces somebody who was not there.

A log that shows two histories signs two checkpoints of which none continues the other. Both notes,
and a proof of what the larger one has where the smaller one ends, are enough to show that to
anybody who knows the log's key, offline and without either copy.

    {"format":"rekap-fork/1","key":VKEY,"larger":NOTE,"prefix":ROOT,"proof":[HASH…],"smaller":NOTE}

`prefix` (base64) is the root of the first entries of the larger tree, as many as the smaller has;
`proof` is the consistency proof from there to the larger (RFC 6962 section 2.1.2).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import proofs, tiles
from rekap.core.log.checkpoint import Checkpoint, open_checkpoint
from rekap.core.log.merkle import EMPTY_ROOT, HASH_BYTES, verify_consistency
from rekap.core.log.proofs import HashReader, TileReader
from rekap.core.signing.note import MAX_NOTE, NoteKey

FORMAT: Final = "rekap-fork/1"
MAX_FORK: Final = 256 * 1024
_NAMES: Final = ["format", "key", "larger", "prefix", "proof", "smaller"]
_MAX_PROOF: Final = 64


@dataclass(frozen=True, slots=True)
class View:
    """What somebody keeps of a log: its signed note, and a reader of the files below `log/`."""

    name: str
    note: bytes
    checkpoint: Checkpoint
    files: TileReader


@dataclass(frozen=True, slots=True)
class Fork:
    """The evidence that the holder of `key` signed two histories."""

    key: NoteKey
    smaller: bytes
    larger: bytes
    prefix: bytes
    proof: tuple[bytes, ...]

    @classmethod
    def parse(cls, data: bytes) -> Fork:
        """Return the evidence whose only spelling is `data`; nothing is verified. Malformed."""
        if len(data) > MAX_FORK:
            raise Malformed(f"{len(data)} bytes, at most {MAX_FORK}", code="fork")
        try:
            value = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise Malformed("not JSON in UTF-8", code="fork") from error
        if not isinstance(value, dict) or sorted(value) != _NAMES or value["format"] != FORMAT:
            raise Malformed(f"not of the format {FORMAT}", code="fork")
        texts = [value[name] for name in ("key", "smaller", "larger", "prefix")]
        hashes = value["proof"]
        if not isinstance(hashes, list) or len(hashes) > _MAX_PROOF:
            raise Malformed("not a proof", "proof", "fork")
        if not all(isinstance(text, str) for text in (*texts, *hashes)):
            raise Malformed("not texts", code="fork")
        key, smaller, larger, prefix = texts
        fork = cls(
            NoteKey.parse(key), smaller.encode(), larger.encode(), _hash(prefix, "prefix"),
            tuple(_hash(one, f"proof.{at}") for at, one in enumerate(hashes)),
        )  # fmt: skip
        if fork.format() != data:
            raise Malformed("not the canonical spelling of its value", code="fork")
        return fork

    def format(self) -> bytes:
        """Return the bytes of the file: `Fork.parse(f.format()) == f`."""
        return codec.encode_public(
            {
                "format": FORMAT,
                "key": self.key.vkey,
                "larger": self.larger.decode(),
                "prefix": codec.b64encode(self.prefix),
                "proof": [codec.b64encode(one) for one in self.proof],
                "smaller": self.smaller.decode(),
            }
        )

    def verify(self) -> tuple[Checkpoint, Checkpoint]:
        """Return both checkpoints if they convict the key.

        Raises:
            Malformed: a note is none.
            NotVerified: a note is not signed by the key, the proof does not hold, or both
                checkpoints tell one history: then nothing is shown.
        """
        smaller = open_checkpoint(self.smaller, self.key.name, self.key)
        larger = open_checkpoint(self.larger, self.key.name, self.key)
        if smaller.size > larger.size:
            raise NotVerified("the smaller checkpoint is the larger one", "smaller")
        verify_consistency(
            old_size=smaller.size,
            old_root=self.prefix,
            new_size=larger.size,
            new_root=larger.root,
            proof=self.proof,
        )
        if self.prefix == smaller.root:
            raise NotVerified("both checkpoints tell one history", "prefix")
        return smaller, larger


def view(name: str, files: TileReader, key: NoteKey) -> View:
    """Return what a copy of the log shows: its checkpoint, signed by `key`.

    Raises:
        Malformed, NotVerified: there is none.
    """
    note = files.read(tiles.CHECKPOINT)
    if note is None:
        raise NotVerified("there is no checkpoint", name)
    return View(name, note, open_checkpoint(note[: MAX_NOTE + 1], key.name, key), files)


def compare(one: View, other: View, key: NoteKey) -> Fork | None:
    """Return None if one view continues the other, else the evidence.

    Reads O(log n) tiles of the larger view, and trusts none: they must give its signed root.

    Raises:
        Malformed, NotVerified: the larger view's tiles are missing or not those of its checkpoint,
            so that nothing can be said.
    """
    smaller, larger = sorted((one, other), key=lambda view: view.checkpoint.size)
    size = smaller.checkpoint.size
    hashes = HashReader(larger.files, larger.checkpoint.size)
    prefix, proof = _prefix(hashes, size, larger.checkpoint)
    if prefix == smaller.checkpoint.root:
        return None
    fork = Fork(key, smaller.note, larger.note, prefix, tuple(proof))
    fork.verify()
    return fork


def _prefix(hashes: HashReader, size: int, tree: Checkpoint) -> tuple[bytes, list[bytes]]:
    """Return the root of the first `size` entries, with its proof to the signed tree."""
    if size == tree.size:
        return tree.root, []
    if size == 0:
        return EMPTY_ROOT, []
    prefix = proofs.root_of(hashes, size)
    proof = proofs.consistency_proof(size, tree.size, hashes)
    verify_consistency(
        old_size=size, old_root=prefix, new_size=tree.size, new_root=tree.root, proof=proof
    )
    return prefix, proof


def first_difference(one: View, other: View) -> int | None:
    """Return the index of the first entry that the views have differently, None if there is none.

    Reads O(log n) tiles of each; only for people, since it trusts the tiles of both.
    """
    size = min(one.checkpoint.size, other.checkpoint.size)
    left = HashReader(one.files, one.checkpoint.size)
    right = HashReader(other.files, other.checkpoint.size)
    return _search(lambda end: proofs.root_of(left, end) == proofs.root_of(right, end), size)


def _search(agrees: Callable[[int], bool], size: int) -> int | None:
    """Return the largest n < size such that the first n entries agree, None if all `size` do."""
    if size == 0 or agrees(size):
        return None
    low, high = 0, size
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if agrees(middle) else (low, middle)
    return low


def _hash(text: Any, place: str) -> bytes:
    data = codec.b64decode(text, place)
    if len(data) != HASH_BYTES:
        raise Malformed(f"a hash of {len(data)} bytes", place, "fork")
    return data
