"""The newest statements about a region: what feeds are made of, so that one costs its length.

A record of map `feeds` ({election}/{contest}/{code} of a kecamatan or above, or …/corrections):

    new   [item, ...] oldest first, at most `NEWEST`; an item is a list in the order of `FIELDS`

An item says what the entry was when it came and never changes. Below the kecamatan there is no
feed: a kelurahan's page is itself the list of its few forms, and every level more would be
another record and another file for every form.
"""

from __future__ import annotations

from typing import Any, Final

from rekap.core.ledger.kinds import KINDS
from rekap.core.ledger.logged import SILENT
from rekap.core.ledger.places import known_contest
from rekap.core.ledger.state import Record, State
from rekap.core.statements import regions

NEWEST: Final = 50
LOWEST: Final = 3
"""Depth of the lowest regions that have a feed: kecamatan."""
CORRECTIONS: Final = "corrections"
FIELDS: Final = (
    "index", "at", "kind", "form", "region", "place", "tps", "revision", "status", "reason",
    "hour",
)  # fmt: skip


def note(state: State, record: Record, fields: Record, index: int) -> None:
    """Put an entry that took effect into the feeds of its region and of those above."""
    if record["status"] in SILENT or not KINDS[record["kind"]].feed:
        return
    election = state.meta.get(f"election/{record['election']}")
    contest = known_contest(election, record["contest"])
    item = [index, *(_said(record, fields, name) for name in FIELDS[1:])]
    start = f"{election['id']}/{contest['id']}"
    for code in regions.upward(record["region"], contest["region"]):
        if regions.depth(code) <= LOWEST:
            _append(state, f"{start}/{code}", item)
    if _has_moved(state, record, index):
        _append(state, f"{start}/{CORRECTIONS}", item)


def _said(record: Record, fields: Record, name: str) -> Any:
    if name == "reason":
        reason = reason_of(fields)
        return reason["code"] if isinstance(reason, dict) else reason
    return fields["at"] if name == "at" else record.get(name)


def reason_of(fields: Record) -> Any:
    """Return why a form is revised, a code or {code, text}; what an objection or event is about,
    what an answer says of it, or a ruling of its case; None of the rest.
    """
    return next((fields[name] for name in _REASONS if name in fields), None)


_REASONS: Final = ("reason", "code", "outcome", "state")


def _has_moved(state: State, record: Record, index: int) -> bool:
    """Tell whether another statement of the slot counts since this entry."""
    slot = state.slots.get(record["slot"]) if "slot" in record else None
    moves = slot.get("moves") if slot else None
    return moves is not None and bool(moves[-1][0] == index)


def _append(state: State, key: str, item: list[Any]) -> None:
    new: list[list[Any]] = state.feeds.edit(key, {"new": []})["new"]
    new.append(item)
    del new[:-NEWEST]
