"""The checkpoint of a copy: whose anchors it meets, and the cosignatures that it keeps."""

from __future__ import annotations

from collections.abc import Iterable

from rekap.core.log.witness import without_false
from rekap.core.signing.note import MAX_LINES, Note, NoteKey, SignatureLine


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
