"""What witnesses, supervisors of TPS and observers say is written on their copies of C.Hasil.

Of map `meta`:

    copy/{election}/{contest}/{region}/{tps}/{holder}    the one in force: statement, index, body,
        pair, organisation, source, count, figures, and `before`: the entry of the holder's first
        one, if that took effect before any form of the TPS, else null
    copies/{election}/{contest}/{region}    {"count": copies in force}: once there is one, the
        kelurahan has a page of them

A copy is in no sum. It is held against the form that counts when a page is made, so a form that
comes or changes later is held against every copy, and none of them costs more for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rekap.core.ledger import addresses, places, revisions, slots
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches, copies_key
from rekap.core.statements.model import HOLDERS, STATION_FORM, figure_fields, slot_key

STATES: Final = ("same", "different", "other-count", "no-form")
"""What a copy is to the form that counts; only one of the same count is compared."""


def holder(fields: Mapping[str, Any]) -> str:
    """Whose copy it is: `saksi-2`, `ptps`, `pemantau-lembaga`."""
    of = fields.get("pair") or fields.get("organisation")
    return fields["body"] if of is None else f"{fields['body']}-{of}"


def _start(election: str, contest: str, code: str) -> str:
    return f"copy/{election}/{contest}/{code}/"


def _key(fields: Mapping[str, Any]) -> str:
    start = _start(fields["election"], fields["contest"], fields["region"])
    return f"{start}{fields['tps']}/{holder(fields)}"


def fault(state: State, done: Complete) -> str | None:
    """`contest`, `region`, `tps`: no TPS of the contest that a roster names or named; `pairs`:
    figures of pairs that the contest has not.
    """
    election = state.meta.get(f"election/{done.fields['election']}")
    reason = slots.fault(state, election, done.fields)
    return reason or slots.form_fault(election, done.fields)


def apply(state: State, touches: Touches, done: Complete) -> str:
    """The holder's copy of this TPS is in force, in place of an earlier one."""
    fields, own = done.fields, _key(done.fields)
    before = state.meta.get(own)
    if before is not None:
        revisions.end(state, touches, before["statement"], done.index)
    names = ("body", "pair", "organisation", "source", "count", "figures")
    first = before["before"] if before else None if _has_form(state, fields) else done.index
    state.meta.put(
        own,
        {
            **{name: fields.get(name) for name in names},
            "statement": done.id, "index": done.index, "before": first,
        },
    )  # fmt: skip
    listed = state.meta.edit(
        copies_key(fields["election"], fields["contest"], fields["region"]), {"count": 0}
    )
    listed["count"] += before is None
    return EFFECTIVE


def _has_form(state: State, fields: Record) -> bool:
    """Tell whether a form of the TPS took effect, whatever became of it."""
    slot = state.slots.get(slot_key({**fields, "form": STATION_FORM}))
    return slot is not None and any(one["status"] != "waiting" for one in slot["statements"])


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The TPS, its kelurahan, and the page of that one's copies; nothing above them."""
    election = state.meta.get(f"election/{fields['election']}")
    contest = places.known_contest(election, fields["contest"])
    touches.place(election, contest, fields["region"], fields["tps"])
    touches.region(election, contest, fields["region"])
    touches.page(
        addresses.copies(election["id"], contest["id"], contest["region"], fields["region"])
    )


def of_station(state: State, election: str, contest: str, code: str, tps: str) -> list[Record]:
    """Return the copies of a TPS: of witnesses by pair, of the supervisor, of observers."""
    found = state.meta.scan(f"{_start(election, contest, code)}{tps}/")
    return sorted((record for _, record in found), key=order)


def of_kelurahan(
    state: State, election: str, contest: str, code: str
) -> Iterator[tuple[str, list[Record]]]:
    """Yield (TPS, its copies) of every TPS of which there is one, by number."""
    found: dict[str, list[Record]] = {}
    for key, record in state.meta.scan(_start(election, contest, code)):
        found.setdefault(key.split("/")[4], []).append(record)
    for tps in sorted(found):
        yield tps, sorted(found[tps], key=order)


def of_contest(state: State, election: str, contest: str) -> Iterator[tuple[str, str, Record]]:
    """Yield (region, TPS, copy) of every copy in force of a contest, by place and holder."""
    for key, record in state.meta.scan(f"copy/{election}/{contest}/"):
        _, _, _, code, tps, _ = key.split("/")
        yield code, tps, record


def order(record: Record) -> tuple[int, int, str]:
    """Return where a holder stands: witnesses by pair, the supervisor, observers."""
    return (
        HOLDERS.index(record["body"]), record["pair"] or 0, record["organisation"] or "",
    )  # fmt: skip


def compare(record: Record, slot: Record | None) -> tuple[str, list[Record]]:
    """Return what a copy is to the form that counts, one of STATES, and the cells that differ.

    A cell is {field, copy, form}, in the order of the paper; one that either does not have is not
    compared.
    """
    if slot is None or not slot.get("head"):
        return "no-form", []
    if slot["paper"].get("count") != record["count"]:
        return "other-count", []
    copy, form = record["figures"], slot["figures"]
    pairs = max((int(field[5:]) for field in copy if field.startswith("pair_")), default=1)
    cells = [
        {"field": field, "copy": copy[field], "form": form[field]}
        for field in figure_fields(pairs)
        if field in copy and field in form and copy[field] != form[field]
    ]
    return "different" if cells else "same", cells
