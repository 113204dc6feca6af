"""The chain of statements about one form: which is head, which is not, and why.

Only the record of the slot is asked and changed; what a new head means for figures and sums is said
by `slots`. The first line that fits decides about a statement whose signatures suffice:

    repeat   equal in all but `at` to an effective statement of the slot, no orphan: its id names
             that one too
    orphan   `previous` names no effective statement, or an orphan; or `revision` is not one more
    head     it continues the head, or is a first revision and the chain is empty
    rival    anything else

A validly signed statement is never turned away because another one exists. One statement, in the
list `statements` of its slot:

    id, first, effect    statement id, index of its first entry, of effect: null while it waits
    revision, previous   revision; the id that it continues, or null
    status, marks        one of those below; S1, K1, L1, L2
    content              digest of all but `at`, of `previous` the statement that it means: another
                         id of a repeat gives the same one
    same                 of a repeat: the id of what it repeats
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from rekap.core import codec
from rekap.core.ledger.state import Record

HEAD, SUPERSEDED, RIVAL, ORPHAN = "head", "superseded", "rival", "orphan"
REPEAT, SET_ASIDE, WAITING = "repeat", "set_aside", "waiting"
CHAINED = (HEAD, SUPERSEDED)
_UNREPEATED = (REPEAT, ORPHAN)
"""An orphan that is said again is judged anew: what it continues may be there by now."""


def content_digest(fields: Record) -> str:
    """Return the digest of a form without `at`: equal content is the same form said again."""
    said = {name: value for name, value in fields.items() if name != "at"}
    return sha256(codec.encode_again(said)).hexdigest()


def statement(
    fields: Record, statement_id: str, first: int, effect: int | None, status: str
) -> Record:
    """Return the record of a statement."""
    return {
        "id": statement_id, "first": first, "effect": effect,
        "revision": fields["revision"], "previous": fields.get("previous"),
        "status": status, "marks": [], "content": content_digest(fields),
    }  # fmt: skip


def wait(slot: Record, fields: Record, statement_id: str, first: int) -> None:
    """Put a form that lacks signatures at the end: shown, counted nowhere."""
    if not any(one["id"] == statement_id for one in slot["statements"]):
        slot["statements"].append(statement(fields, statement_id, first, None, WAITING))


def take(slot: Record, fields: Record, statement_id: str, first: int, effect: int) -> Record:
    """Put a form whose signatures suffice in its place, with its status, and return its record."""
    one = statement(fields, statement_id, first, effect, ORPHAN)
    before = resolve(slot, one["previous"])
    if before is not None:  # a repeat and what it repeats are two names of one statement
        one["content"] = content_digest({**fields, "previous": before["id"]})
    same = next(
        (
            other
            for other in slot["statements"]
            if other["effect"] is not None
            and other["content"] == one["content"]
            and other["status"] not in _UNREPEATED
        ),
        None,
    )
    if same is not None:
        one["status"], one["same"] = REPEAT, same["id"]
    else:
        one["status"] = _status(slot, one, before)
    if one["status"] == HEAD:
        for other in slot["statements"]:
            if other["status"] == HEAD:
                other["status"] = SUPERSEDED
    _place(slot, one)
    return one


def _status(slot: Record, one: Record, before: Record | None) -> str:
    """Return orphan, head or rival; `before` is the effective statement that `one` continues."""
    if one["previous"] is None:
        return RIVAL if any(other["status"] in CHAINED for other in slot["statements"]) else HEAD
    if before is None or before["status"] == ORPHAN or one["revision"] != before["revision"] + 1:
        return ORPHAN
    return HEAD if before["status"] == HEAD else RIVAL


def _place(slot: Record, one: Record) -> None:
    """Put a statement where it waited, else at the end."""
    for at, other in enumerate(slot["statements"]):
        if other["id"] == one["id"]:
            slot["statements"][at] = one
            return
    slot["statements"].append(one)


def resolve(slot: Record, statement_id: str | None) -> Record | None:
    """Return the effective statement that an id names; a repeat names what it repeats."""
    for one in slot["statements"]:
        if one["id"] == statement_id and one["effect"] is not None:
            return resolve(slot, one["same"]) if one["status"] == REPEAT else one
    return None


def counted(slot: Record | None) -> Record | None:
    """Return what intake is told of a slot, None if no statement counts there: the head's id, its
    first index and its revision; `also` are the ids of its repeats, left out if there is none.
    """
    if slot is None or not slot.get("head"):
        return None
    told = {"id": slot["head"], "index": slot["head_index"], "revision": slot["revision"]}
    also = [one["id"] for one in slot["statements"] if one.get("same") == slot["head"]]
    return {**told, "also": also} if also else told


def would_lead(fields: Mapping[str, Any], told: Record | None) -> bool:
    """Tell whether a form would become head, given what `counted` says of its slot.

    Any other would be a rival or an orphan, or the repeat of one that counted before.
    """
    previous = fields.get("previous")
    if told is None:
        return previous is None
    is_next: bool = fields["revision"] == told["revision"] + 1
    return is_next and previous in (told["id"], *told.get("also", ()))


def accept(slot: Record, accepted: Record) -> None:
    """Make the chain a statement with its line of `previous`; set all others aside."""
    line = set()
    one: Record | None = accepted
    # `previous` is a digest of what came before, so no line closes; the set only bounds the walk.
    while one is not None and one["id"] not in line:
        line.add(one["id"])
        one = resolve(slot, one["previous"]) if one["previous"] else None
    for other in slot["statements"]:
        if other["effect"] is None or other["status"] == REPEAT:
            continue
        if other["id"] == accepted["id"]:
            other["status"] = HEAD
        else:
            other["status"] = SUPERSEDED if other["id"] in line else SET_ASIDE
