"""What intake and the ledger will say of a form, asked of themselves with a kit as register.

`faults` are the answers of `submit` but for signatures. `outlook` puts the heads of a kit and the
new form into an empty ledger and reads its findings: X1, X2, X5, D1 and marks are the ledger's own.
A kit may be older than the log, so what is said here is early; the fold decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Finding
from rekap.core.ledger import chain, findings, slots
from rekap.core.ledger.offices import Record
from rekap.core.ledger.places import contest_of
from rekap.core.ledger.state import State
from rekap.core.signing import envelope as dsse
from rekap.core.signing.envelope import MAX_ENVELOPE, statement_id
from rekap.core.statements import model, regions, rules, schema
from rekap.desk.officials.kits.kit import Kit
from rekap.portal.intake import answers, content

_SIGNATURE_BYTES: Final = 700
"""Room for one signature in an envelope; the widest, by a passkey, has about 600."""
_OWN: Final = 1_000_000_000
"""An index behind every head of a kit."""

Head = tuple[str, dict[str, Any]]
"""Id and payload of an effective form."""


def faults(payload: bytes, kit: Kit, signers: int = 3) -> list[Finding]:
    """Return every reason for which intake refuses a payload, but for those of its signatures.

    Room is left for `signers` signatures.
    """
    try:
        statement = schema.parse_statement(payload)
    except schema.SchemaErrors as error:
        return list(error.findings)
    if statement.kind == "log":
        return [answers.finding("log-exists", "kind")]
    found = []
    if kit.get("meta", "closed") is not None:
        found.append(answers.finding("closed"))
    if len(payload) * 4 // 3 + 200 + signers * _SIGNATURE_BYTES > MAX_ENVELOPE:
        found.append(answers.finding("too-large", most=MAX_ENVELOPE))
    return found + list(content.check(statement, statement_id(payload), kit))


def is_final(fault: Finding) -> bool:
    """Whether the same bytes will be refused at any time."""
    return answers.answer(fault.code).final


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a form would become if it took effect now.

    `status` is one of `model.STATUSES`; `findings` are the form's own as the ledger keeps them,
    `above` those of the D form that has a column for it. `details` has every differing figure of
    X1 by "X1/child": (field, cell, figure below).
    """

    status: str
    findings: tuple[Record, ...]
    above: tuple[Record, ...]
    details: Mapping[str, tuple[tuple[str, int, int], ...]]


def outlook(
    fields: dict[str, Any], kit: Kit, others: Mapping[str, Head] | None = None
) -> Outlook | None:
    """Return what the ledger would make of a checked form, None if it cannot take effect.

    `others` are forms by slot key that take the place of the kit's heads: sheets made today.
    """
    election = kit.get("meta", f"election/{fields['election']}")
    if election is None:
        return None
    state = State()
    _seed(state, kit, election, fields)
    if slots.fault(state, election, fields) or slots.form_fault(election, fields):
        return None
    own = model.slot_key(fields)
    for index, (key, head) in enumerate(_heads(fields, kit, others or {})):
        _install(state, election, key, head, index)
    id = _id_of(fields)
    status = slots.take_effect(state, election, fields, id, _OWN, _OWN, ())
    upper = findings.slot_above(own)
    above: Iterable[Record] = ()
    if upper is not None:
        above = (one for one in findings.of_slot(state, upper[0]) if one["child"] == upper[1])
    found = tuple(findings.of_slot(state, own))
    return Outlook(status, found, tuple(above), dict(_details(state, own, found)))


def _details(
    state: State, own: str, found: Iterable[Record]
) -> Iterator[tuple[str, tuple[tuple[str, int, int], ...]]]:
    for one in found:
        if one["rule"] == "X1":
            column = state.columns.get(f"{own}/{one['child']}")
            below = state.slots.get(findings.slot_of_child(own, one["child"]))
            yield f"X1/{one['child']}", rules.compare_columns(column, below["figures"])


def _id_of(fields: dict[str, Any]) -> str:
    return statement_id(codec.encode(fields, nulls=True))


def _seed(state: State, kit: Kit, election: Record, fields: Record) -> None:
    """Copy what the ledger asks: the log, the election, and the places on the way and below."""
    about = f"{election['id']}/{fields['contest']}"
    for key in ("log", f"determination/{about}", f"rulings/{about}", f"elected/{about}"):
        if (value := kit.get("meta", key)) is not None:
            state.meta.put(key, value)
    state.meta.put(f"election/{election['id']}", election)
    code = fields["region"]
    pending = [code]
    for place in regions.ancestors(code):
        for kid in _copy(state, kit, election["id"], place):
            _copy(state, kit, election["id"], kid)
    while pending:
        pending.extend(_copy(state, kit, election["id"], pending.pop()))


def _copy(state: State, kit: Kit, election: str, code: str) -> Sequence[str]:
    """Copy a place, and return the places below it.

    Of a kit that does not hold all of these (`--levels`) nobody can say which are of the roster.
    """
    record: Record | None = kit.get("regions", f"{election}/{code}")
    if record is None:
        return ()
    kids = record.get("children") or ()
    if any(kit.get("regions", f"{election}/{kid}") is None for kid in kids):
        record, kids = {**record, "children": None}, ()
    state.regions.put(f"{election}/{code}", record)
    return kids


def _heads(fields: Record, kit: Kit, others: Mapping[str, Head]) -> Iterable[tuple[str, Head]]:
    """Forms of the same contest at, below and above the place, from the TPS upward."""
    start = f"{fields['election']}/{fields['contest']}/"
    order = {form: place for place, form in enumerate(model.FORMS)}
    keys = sorted(
        {key for key in (*kit.slots(), *others) if key.startswith(start)},
        key=lambda key: (order[key.split("/")[2]], key),
    )
    code = fields["region"]
    for key in keys:
        at = key.split("/")[3]
        if not regions.is_within(at, code) and not regions.is_below(code, at):
            continue
        if key in others:
            yield key, others[key]
        elif (data := kit.head(key)) is not None:
            yield key, read_head(data)


def read_head(envelope: bytes) -> Head:
    """Return id and payload of the form in an envelope of a kit."""
    parsed = dsse.parse(envelope)
    return parsed.id, schema.parse_statement(parsed.payload).fields


def _install(state: State, election: dict[str, Any], key: str, head: Head, index: int) -> None:
    """Let a head count, as it does in the ledger from which it comes."""
    if contest_of(election, head[1]["contest"]) is None or key != model.slot_key(head[1]):
        return
    id, fields = head
    one = chain.statement(fields, id, index, index, chain.HEAD)
    slot = state.slots.edit(key, slots.empty())
    slot["statements"].append(one)
    slots.install(state, election, key, slot, one, fields, by=index)
