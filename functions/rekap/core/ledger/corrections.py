"""What a D form corrects of the figures below it, and which differences that explains.

A slot keeps `corrected` of its head:

    because    [{"basis", "objection"?, "initials"?}, ...]
    cells      {child: {field: [what the form below said, what this column says, place in because]}}

X1 of a column is explained exactly when every figure that differs is corrected from what the form
below says now to what the column says. How far the explained columns move each figure is kept in
`totals` of the region and of all above: D1, and X2 with the level below, are explained when their
differences are exactly that. So no sum asks for the columns below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rekap.core.ledger.state import Record

BY: Final = "correction"
"""What an explanation is by, besides `form` and `answer`."""
_NONE: Final[Record] = {"because": (), "cells": {}}


def of_form(fields: Record) -> Record | None:
    """Return what a form's payload corrects, None for nothing."""
    if "corrections" not in fields:
        return None
    cells: dict[str, dict[str, list[int]]] = {}
    for child, field, *said in fields["corrections"]:
        cells.setdefault(child, {})[field] = said
    return {"because": fields["because"], "cells": cells}


def explain_column(
    slot: Record, finding: Record, column: dict[str, Any], below: dict[str, int]
) -> None:
    """Put into a finding of X1 the explanation by the slot's corrections, if they are one; `net`
    is how far they move each figure.
    """
    corrected: Record = slot.get("corrected", _NONE)
    said = corrected["cells"].get(finding["child"])
    fields = finding["fields"]
    if not said or any(said.get(name, ())[:2] != [below[name], column[name]] for name in fields):
        return
    reasons = {said[name][2] for name in fields}
    because = [one for at, one in enumerate(corrected["because"]) if at in reasons]
    finding["explanation"] = _explanation(slot, because)
    finding["net"] = {name: column[name] - below[name] for name in fields}


def explain_sum(slot: Record, finding: Record, gaps: dict[str, int], moved: dict[str, int]) -> None:
    """Put into a finding of D1 or X2 the explanation by corrections if they move each figure that
    differs as far as it differs. Without a basis they are in forms below.
    """
    if all(moved.get(field) == gap for field, gap in gaps.items()):
        finding["explanation"] = _explanation(slot, slot.get("corrected", _NONE)["because"])


def _explanation(slot: Record, because: Any) -> Record:
    """Return what a finding has of corrections: the kinds of their reasons, in their order."""
    basis = list(dict.fromkeys(one["basis"] for one in because))
    return {"text": None, "by": BY, "index": slot["head_index"], "basis": basis}


def are_below(explanation: Mapping[str, Any]) -> bool:
    """Tell whether what explains a finding are corrections of forms below its own."""
    return explanation["by"] == BY and not explanation["basis"]
