"""The checkpoint of a copy: whose anchors it meets, and the cosignatures that it keeps."""

from __future__ import annotations

from collections.abc import Iterable

from rekap.audit.anchors import POLICY
from rekap.audit.reader import Source
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.policy import MAX_POLICY, Block, Policy, meets, open_checkpoint, signer_of
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.witness import without_false
from rekap.core.signing.note import MAX_LINES, MAX_NOTE, Note, NoteKey, SignatureLine


def is_anchored(copy: Source, given: Policy | None) -> bool:
    """Tell whether a copy that its own anchors prove is proved by the reader's as well."""
    own = Policy.parse(copy.read(POLICY, MAX_POLICY) or b"")
    given = given or own
    try:
        verified = open_checkpoint(copy.read(CHECKPOINT, MAX_NOTE) or b"", given)[1]
    except (Malformed, NotVerified):
        return False
    block = signer_of(given, verified)
    mine = own.block_of(block.key) or Block(block.key)
    roots = {election: set(keyids) for election, keyids in mine.roots}
    return (
        meets(given, verified)
        and block.log_id in (None, mine.log_id)
        and all(roots.get(election) == set(keyids) for election, keyids in block.roots)
    )


def joined(shown: bytes, kept: bytes, known: Iterable[NoteKey]) -> bytes:
    """Return the note `shown` with the lines that `kept`, a note of the same text, has besides.

    A line of a `known` key must verify: one that does not would spoil the note for whoever knows
    the key. Lines of unknown keys stay as far as `shown` has them and a note has room.

    Raises:
        Malformed: not a note.
    """
    keys = {(key.name, key.key_id): key for key in known}
    new, old = (without_false(Note.parse(data), keys.values()) for data in (shown, kept))
    found: dict[tuple[str, bytes], SignatureLine] = {}
    for note in (new, old) if new.text == old.text else (new,):
        for line in note.lines:
            name = (line.name, line.key_id)
            if note is new or name in keys:
                found.setdefault(name, line)
    room = set(sorted(found, key=lambda name: name not in keys)[:MAX_LINES])
    return Note(new.text, tuple(found[name] for name in found if name in room)).format()
