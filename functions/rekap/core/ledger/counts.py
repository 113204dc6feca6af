"""How much of a log stands under a mark: what a verdict tells whatever its code."""

from __future__ import annotations

from collections import Counter
from typing import Final

from rekap.core.ledger import chain
from rekap.core.ledger.logged import VOID
from rekap.core.ledger.state import State
from rekap.core.statements.model import STATION_FORM

MARKS: Final = ("K1", "L1", "L2", "L3", "L4")
OWN: Final = ("K1", "L4")
"""Marks that stand against statements other than forms; L1 to L3 of an answer are the form's."""
NAMES: Final = ("contested", "orphans", *MARKS, "unlisted", "void_forms")


def marked(state: State) -> dict[str, int]:
    """Return how many there are of each of NAMES; it reads the whole state once.

    Slots with more than one signed form; forms that continue none; forms that count under a mark,
    with K1 and L4 also statements of other kinds; TPS outside the rosters whose form counts; void
    forms.
    """
    found: Counter[str] = Counter()
    for _, slot in state.slots.scan(""):
        found["contested"] += bool(slot.get("contested"))
        found["orphans"] += sum(one["status"] == chain.ORPHAN for one in slot["statements"])
    for key, finding in state.findings.scan(""):
        if finding["rule"] in MARKS:
            found[finding["rule"]] += 1
        elif finding["rule"] == "X7" and f"/{STATION_FORM}/" in key:
            found["unlisted"] += 1
    for _, known in state.ids.scan(""):
        if known["kind"] != "form":  # those of a form stand in its slot
            found.update(mark for mark in known.get("marks", ()) if mark in OWN)
    found["void_forms"] = sum(
        record["status"] == VOID and record["kind"] == "form"
        for _, record in state.entries.scan("")
    )
    return {name: found[name] for name in NAMES}
