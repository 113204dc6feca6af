"""Words beside the log that the operators no longer serve, or serve again.

Of map `meta`: withheld/{digest}    what is in force: {statement, index, revision, state, reason,
basis}. The log keeps the digest for ever; see `statements.attachments`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekap.core.ledger import revisions
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.incidents import attachment_key
from rekap.core.ledger.offices import View
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements.model import WITHHELD


def _key(digest: str) -> str:
    return f"withheld/{digest}"


def in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """(Id, revision) of what is in force about words."""
    return revisions.in_force(view, _key(fields["digest"]))


def of(view: View, digest: str) -> Record | None:
    """Return why words are withheld, or None: they are not."""
    record: Record | None = view.get("meta", _key(digest))
    return record if record is not None and record["state"] == WITHHELD else None


def fault(state: State, done: Complete) -> str | None:
    """`target`: nothing in effect named these words."""
    named = state.meta.get(attachment_key(done.fields["digest"]))
    return None if named is not None else "target"


def apply(state: State, touches: Touches, done: Complete) -> str:
    """The words are withheld, or served again."""
    fields = done.fields
    names = ("state", "basis", "revision")
    record = {name: fields[name] for name in names} | {"reason": fields.get("reason")}
    record |= {"statement": done.id, "index": done.index}
    state.meta.put(_key(fields["digest"]), record)
    return EFFECTIVE


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The page of the line that named the words first: every other leads there."""
    touches.whole_statement(state.meta.get(attachment_key(fields["digest"]))["index"])
