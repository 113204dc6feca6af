"""Pictures of forms: which a slot names, and who named a file first. They are in no sum.

Of map `meta`:

    pictures/{slot}     what is in force: {statement, index, pages}
    picture/{digest}    {"index": of the first entry in effect that names this file, "slot": its}
    pictured/{digest}/{bytes}/{width}/{height}    {"index": of the first that says this of it}

A file is shown where it was named first; who names it later is told so (P1). So what withholds it
changes the page of one slot, however many name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rekap.core.ledger import places, revisions, slots
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import View
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements.model import STATION_FORM, slot_key
from rekap.core.statements.pictures import Picture


def _key(slot: str) -> str:
    return f"pictures/{slot}"


def _file(digest: str) -> str:
    return f"picture/{digest}"


def _stated(digest: str, *size: int) -> str:
    return "/".join(("pictured", digest, *map(str, size)))


def first(view: View, digest: str) -> Record | None:
    """Return the index and the slot of who named a file first, or None: nobody did."""
    record: Record | None = view.get("meta", _file(digest))
    return record


def stated(view: View, picture: Picture) -> bool:
    """Tell whether a file is what a statement in effect says of it: whoever names the digest first
    with other sides, by mistake or to keep it out, does not speak for the others.
    """
    size = (picture.bytes, picture.width, picture.height)
    return view.get("meta", _stated(picture.sha256, *size)) is not None


def named(state: State) -> Iterator[str]:
    """Yield the digests that entries in effect name, in their order."""
    for key, _ in state.meta.scan(_file("")):
        yield key.removeprefix(_file(""))


def apply(state: State, touches: Touches, done: Complete) -> str:
    """These are the pictures of the slot, in place of those before."""
    slot = slot_key(done.fields)
    state.slots.edit(slot, slots.empty())  # somebody spoke of it: it has a record
    before = state.meta.get(_key(slot))
    if before is not None:
        revisions.end(state, touches, before["statement"], done.index)
    pages = done.fields["pages"]
    state.meta.put(_key(slot), {"statement": done.id, "index": done.index, "pages": pages})
    for one in pages:
        file = one["sha256"]
        if state.meta.get(_file(file)) is None:
            state.meta.put(_file(file), {"index": done.index, "slot": slot})
        said = _stated(file, one["bytes"], one["width"], one["height"])
        if state.meta.get(said) is None:
            state.meta.put(said, {"index": done.index})
    return EFFECTIVE


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The page of the form's place, and the kelurahan of a TPS; nothing above."""
    if record["status"] == EFFECTIVE:
        touch_slot(touches, state, slot_key(fields))


def touch_slot(touches: Touches, state: State, slot: str) -> None:
    """Touch what shows the pictures of a slot."""
    election_id, contest_id, _, code, *tps = slot.split("/")
    election = state.meta.get(f"election/{election_id}")
    contest = places.known_contest(election, contest_id)
    touches.place(election, contest, code, tps[0] if tps else None)
    touches.region(election, contest, code)


def of_slot(state: State, slot: str) -> Record | None:
    """Return {statement, index, pages} of the pictures of a slot, or None."""
    record: Record | None = state.meta.get(_key(slot))
    return record


def of_kelurahan(
    state: State, election: str, contest: str, code: str
) -> Iterator[tuple[str, Record]]:
    """Yield (TPS, its pictures) of each TPS of a kelurahan whose C form has any."""
    start = _key(f"{election}/{contest}/{STATION_FORM}/{code}/")
    for key, record in state.meta.scan(start):
        yield key.removeprefix(start), record


def of_contest(state: State, election: str, contest: str) -> Iterator[tuple[str, Record]]:
    """Yield (slot, its pictures) of a contest, by form and place."""
    start = _key(f"{election}/{contest}/")
    for key, record in state.meta.scan(start):
        yield key.removeprefix(_key("")), record


def shared(view: View, slot: str, page: Mapping[str, Any]) -> int | None:
    """Rule P1: the entry by which another slot named this file first, or None."""
    record = first(view, page["sha256"])
    return None if record is None or record["slot"] == slot else int(record["index"])
