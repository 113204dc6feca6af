"""From typed figures to the payload of a `form` statement, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekap.cli.officials.sheet import WHOLE, Cells
from rekap.cli.officials.slot import Slot
from rekap.ledger.offices import Record


@dataclass(frozen=True, slots=True)
class More:
    """What a form says besides its figures. `before` is (previous id, its revision)."""

    at: str
    count: str = "first"
    explanations: Sequence[Record] = ()
    scans: Sequence[Record] = ()
    witnesses: Sequence[Record] = ()
    sheets: Sequence[str] = ()
    before: tuple[str, int] | None = None
    reason: Record | None = None


def compose(slot: Slot, cells: Mapping[tuple[str, str], int], more: More) -> dict[str, Any]:
    """Return the payload of a form. What is absent or wrong in it is for the checks to say."""
    fields: dict[str, Any] = {
        "kind": "form", "log": slot.kit.origin, "at": more.at, **slot.names,
        "revision": more.before[1] + 1 if more.before else 1,
        "count": more.count,
        "figures": {name: cells[WHOLE, name] for name in slot.fields if (WHOLE, name) in cells},
    }  # fmt: skip
    columns = sorted({child for child, _ in cells if child != WHOLE})
    if columns:
        fields["children"] = columns
        fields["rows"] = {
            name: [cells.get((child, name)) for child in columns] for name in fields["figures"]
        }
    if more.before:
        fields["previous"] = more.before[0]
    if more.reason:
        fields["reason"] = dict(more.reason)
    for name in ("explanations", "scans", "witnesses"):
        if values := getattr(more, name):
            fields[name] = [dict(one) for one in values]
    if more.sheets:
        fields["sheets"] = list(more.sheets)
    return fields


def cells_of(fields: Record) -> Cells:
    """Return the figures of a form's payload as a sheet has them."""
    cells: Cells = {(WHOLE, name): value for name, value in fields["figures"].items()}
    for name, row in fields.get("rows", {}).items():
        for child, value in zip(fields["children"], row, strict=True):
            if value is not None:
                cells[child, name] = value
    return cells
