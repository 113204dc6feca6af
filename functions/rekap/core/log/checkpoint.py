"""Checkpoints (C2SP tlog-checkpoint): origin, size and root of a tree, signed as a note.

    log.example/rekap
    1000
    Y4r6mAIpJbrP3a2xXvIv0BmcGsmcKXO2FYJD0T/OBcI=

The log never signs two checkpoints of which one is not a prefix of the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.merkle import EMPTY_ROOT, HASH_BYTES
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Signer

MAX_SIZE = 2**63 - 1
MAX_ORIGIN = 255

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head. `size` counts entries, `root` is 32 bytes.

    `extensions` are further lines that the format allows; our log writes none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> bytes:
        """Return the text that is signed, with its final newline."""
        lines = (self.origin, str(self.size), codec.b64encode(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()


def parse(body: bytes) -> Checkpoint:
    """Return the checkpoint whose body is exactly these bytes.

    Raises:
        Malformed: fewer than three lines, an empty line, a size with sign or leading zero or above
            2^63−1, a root of other than 32 bytes, or an origin with space, plus or above 255 bytes.
    """
    try:
        lines = body.decode().split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("a checkpoint that is not UTF-8", code="checkpoint") from error
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise Malformed("a checkpoint has three or more lines, none empty", code="checkpoint")
    origin, size, root, *extensions = lines
    check_origin(origin)
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise Malformed(f"not a tree size: {size[:40]!r}", code="checkpoint")
    root_hash = codec.b64decode(root, "root")
    if len(root_hash) != HASH_BYTES:
        raise Malformed(f"a root of {len(root_hash)} bytes, want 32", code="checkpoint")
    if any(_CONTROL.search(line) for line in extensions):
        raise Malformed("a control character in a checkpoint", code="checkpoint")
    return Checkpoint(origin, int(size), root_hash, tuple(extensions))


def check_origin(origin: str) -> None:
    """Refuse an origin that is empty, above 255 bytes, or holds a space, plus or control."""
    if not origin or len(origin.encode()) > MAX_ORIGIN:
        raise Malformed("an origin has 1…255 bytes", code="origin")
    if "+" in origin or any(c.isspace() for c in origin) or _CONTROL.search(origin):
        raise Malformed(f"not an origin: {origin!r}", code="origin")


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the signed note; the key's name is the origin."""
    return note.sign(checkpoint.body(), checkpoint.origin, signer)


def open_checkpoint(
    data: bytes, origin: str, log_key: NoteKey, others: Sequence[NoteKey] = ()
) -> Checkpoint:
    """Return the checkpoint of a note that the log's key signed.

    `others` are further known keys (witnesses): a bad line of one of them fails the note too.

    Raises:
        Malformed: not a note, or its text is no checkpoint.
        NotVerified: not signed by the log's key, or another origin.
    """
    return open_cosigned(data, origin, log_key, others)[0]


def open_cosigned(
    data: bytes, origin: str, log_key: NoteKey, others: Sequence[NoteKey] = ()
) -> tuple[Checkpoint, tuple[NoteKey, ...]]:
    """Return the checkpoint as `open_checkpoint` does, with all known keys that signed it."""
    text, verified = note.open_note(data, (log_key, *others))
    if log_key not in verified:
        raise NotVerified("not signed by the log's key", "checkpoint", log_key.vkey)
    checkpoint = parse(text)
    if checkpoint.origin != origin:
        raise NotVerified("checkpoint of another log", "checkpoint", origin, checkpoint.origin)
    check_empty(checkpoint)
    return checkpoint, verified


def check_empty(checkpoint: Checkpoint) -> None:
    """Refuse, as NotVerified, a checkpoint of size 0 with another root than SHA-256 of nothing."""
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise NotVerified(
            "root of the empty tree", "checkpoint", EMPTY_ROOT.hex(), checkpoint.root.hex()
        )
