"""Words and pictures beside the log that the operators no longer serve, or serve again.

Of map `meta`: withheld/{digest}    what is in force: {statement, index, revision, state, reason,
basis}. The log keeps the digest for ever; see `statements.attachments`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekap.core.ledger import incidents, pictures, revisions
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import View
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements.model import WITHHELD


def _key(digest: str) -> str:
    return f"withheld/{digest}"


def in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return (id, revision) of what is in force about a digest."""
    return revisions.in_force(view, _key(fields["digest"]))


def of(view: View, digest: str) -> Record | None:
    """Return why words or a picture are withheld, or None: they are not."""
    record: Record | None = view.get("meta", _key(digest))
    return record if record is not None and record["state"] == WITHHELD else None


def fault(state: State, done: Complete) -> str | None:
    """`target`: nothing in effect named these words, or this picture."""
    return None if named(state, done.fields["digest"]) else "target"


def named(view: View, digest: str) -> bool:
    """Tell whether an entry in effect names words, or a picture, by this digest."""
    return any(_namings(view, digest))


def first(view: View, digest: str) -> int:
    """Return the entry that named them first, as words or as a picture: no later one changes it."""
    return min(int(record["index"]) for record in _namings(view, digest) if record is not None)


def _namings(view: View, digest: str) -> tuple[Record | None, Record | None]:
    return incidents.first_words(view, digest), pictures.first(view, digest)


def apply(state: State, touches: Touches, done: Complete) -> str:
    """They are withheld, or served again."""
    fields = done.fields
    names = ("state", "basis", "revision")
    record = {name: fields[name] for name in names} | {"reason": fields.get("reason")}
    record |= {"statement": done.id, "index": done.index}
    state.meta.put(_key(fields["digest"]), record)
    return EFFECTIVE


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The page of what named them first, where every other leads, and what shows the picture."""
    touches.whole_statement(first(state, fields["digest"]))
    shown = pictures.first(state, fields["digest"])
    if shown is not None:
        pictures.touch_slot(touches, state, shown["slot"])
