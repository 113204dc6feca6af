"""What is kept of each entry of the log: what it is about, the slot it names, the pages it touches.

A record of map `entries` (index of the entry):

    kind, id   of its statement, null where unreadable
    status     when it came
    why        one of `fold.VOID_REASONS`, if it is void
    election, contest, region, form, tps, revision, body    as the statement says them
    place      the region's name as it was then
    slot       the slot that it is about, once a roster names the place
    root       base64 root of the log that ends with it, where pages are made
    clock, hour    index and Unix seconds of the last clock before it, if any; there too
"""

from __future__ import annotations

from typing import Final

from rekap.core import codec
from rekap.core.ledger import addresses, rosters, slots
from rekap.core.ledger.state import Record, State, entry_key
from rekap.core.ledger.touches import Touches
from rekap.core.signing import envelope as dsse
from rekap.core.statements.kinds import KINDS, SLOT
from rekap.core.statements.model import ALONE, slot_key

VOID: Final = "void"
SILENT: Final = frozenset({VOID, "waiting", "cosigned", "repeat"})
"""Statuses of entries that change nothing."""


def describe(state: State, record: Record, fields: Record, statement_id: str) -> str | None:
    """Say in the entry's record what it is about, with the place's name as it was then.

    Returns why the slot that it names cannot exist; None if it can, or if it names none.
    """
    record["kind"], record["id"] = fields["kind"], statement_id
    for name in ("election", "contest", "region", "form", "tps", "revision", "body"):
        if name in fields and type(fields[name]) is not list:  # a roster's `tps` is a list
            record[name] = fields[name]
    if "region" in fields:
        place = state.regions.get(rosters.key(fields["election"], fields["region"]))
        if place is not None:
            record["place"] = place["name"]
    if KINDS[fields["kind"]].about != SLOT:
        return None
    election = state.meta.get(f"election/{fields['election']}")
    why = "no-election" if election is None else slots.fault(state, election, fields)
    if why is None:
        record["slot"] = slot_key(fields)
    return why


def payload(state: State, index: int) -> Record:
    """Return the payload of an entry that the fold has read before."""
    fields: Record = codec.decode_again(dsse.payload_of(state.read_entry(index)))
    return fields


def _entries_of(state: State, record: Record, index: int) -> list[int]:
    """Return every entry of the statement that entry `index` carries, and itself."""
    known = state.ids.get(record["id"]) if record["id"] is not None else None
    entries: list[int] = known["entries"] if known else []
    return entries if index in entries else [*entries, index]


def note_slot(state: State, record: Record, index: int) -> None:
    """Note in the slot who spoke about it: this entry, and those before a roster named the place.

    Void ones too: what was said of a TPS is a reason not to forget it. Lines of a paper, of which
    one person may say many, have lists of their own, and no page that shows a slot shows them all.
    """
    slot = record.get("slot")
    if slot is None:
        return
    for other in _entries_of(state, record, index):
        if "slot" not in state.entry(other):
            state.entries.edit(entry_key(other))["slot"] = slot
        if record["kind"] not in ALONE:
            slots.note_entry(state, slot, other)


def touch(state: State, touches: Touches, record: Record, index: int) -> None:
    """Touch the pages that show the entry, whatever it says, and its statement's other entries."""
    touches.page(addresses.LEDGER)
    for other in _entries_of(state, record, index):
        touches.statement(other)
    touches.commit(index + 1)


def count_after_close(state: State, touches: Touches, record: Record) -> None:
    """Count what takes effect in an election after the close: the front page says how much."""
    if record["status"] in SILENT or "election" not in record or state.meta.get("closed") is None:
        return
    closed = state.meta.edit("closed")
    closed["statements"] += 1
    closed["forms"] += record["kind"] == "form"
    touches.page(addresses.PORTAL)


def count(state: State, record: Record) -> None:
    """Count the entry among those of its kind, and among the void ones."""
    kinds = state.meta.edit("kinds", {})
    name = record["kind"] or "unknown"
    kinds[name] = kinds.get(name, 0) + 1
    if record["status"] == VOID:
        kinds["void"] = kinds.get("void", 0) + 1
