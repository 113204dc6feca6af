"""Statements that a later one replaces by naming it: what is in force, and what went before.

Their records in map `meta` have `statement`, `index` and `revision`; those about results also
`earlier`, the indexes of the ones that they replaced. In map `ids` a statement has `by`, the entry
by which another replaced it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekap.core.ledger.offices import View
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches


def in_force(view: View, key: str) -> tuple[str | None, int]:
    """Return (id, revision) of the statement in force under a key of map `meta`, or (None, 0)."""
    record = view.get("meta", key) or {}
    return record.get("statement"), record.get("revision", 0)


def earlier(before: Record | None) -> list[int]:
    """Return the indexes of the statements that one replaces, given the record of the last."""
    return [*before["earlier"], before["index"]] if before else []


def replace(state: State, touches: Touches, fields: Mapping[str, Any], index: int) -> None:
    """End what a statement names in `previous`; forms have their chain for it."""
    if "previous" in fields and fields["kind"] != "form":
        end(state, touches, fields["previous"], index)


def end(state: State, touches: Touches, statement_id: str, index: int) -> None:
    """A statement is in force no more: its pages say by which entry."""
    before = state.ids.edit(statement_id)
    before["by"] = index
    touches.whole_statement(before["effect"])
