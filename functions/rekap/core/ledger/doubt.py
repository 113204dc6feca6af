"""Whether a signature or a statement is suspect (K1), as the register has it by now.

Who becomes suspect, and what is asked again for it, is for `suspicion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekap.core.ledger import slots
from rekap.core.ledger.state import Record, State

K1 = "K1"
Key = Mapping[str, Any]
"""A record of the register, or None's stand-in `{}`."""


def is_doubtful(key: Key, at: int) -> bool:
    """Tell whether a signature that a key gave in entry `at` is suspect."""
    start = key.get("suspect_from")
    return bool(key.get("tainted")) or (start is not None and bool(start <= at))


def is_marked(known: Record) -> bool:
    """Tell whether a statement (record of map `ids`) is suspect."""
    return K1 in known.get("marks", ())


def mark_form(state: State, slot_key: str, statement_id: str) -> None:
    """Give a form its K1 or take it: it is clean while one of the statements that carry it is."""
    decided = state.slots.get(slot_key).get("answer")
    carriers = [statement_id]
    if decided is not None and decided[1] == statement_id:
        carriers = decided[3]
    suspect = all(is_marked(state.ids.get(one)) for one in carriers)
    election = state.meta.get(f"election/{slot_key.split('/', maxsplit=1)[0]}")
    (slots.mark if suspect else slots.unmark)(state, election, slot_key, statement_id, K1)
