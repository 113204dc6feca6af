"""Accept or refuse an upload, and give the receipt: the whole of `submit` without HTTP.

The order of what happens:

    1  size and envelope            a fault here stands alone: 413, 400
    2  known leaf                   the same receipt again
    3  signatures and payload       every check runs; the smallest status answers
    4  known id without a new key   the receipt of the first envelope that holds its keys, unless
                                    its entry turned out void
    5  authority, order, content    as 3
    6  a new form beside the head   409, unless the sender insists; the head's receipt if it says
                                    the same
    7  what lacks signers           a form, or what officers sign at several desks, is joined with
                                    what is held for it; still too few: its signatures are held,
                                    again from 2, then 202
    8  backlog                      503, and whether the writer has stopped; 409 for a key that
                                    says too much alone
    9  record, pending mark and id item in one transaction; Conflict: again from 2
    10 receipt, and the caller rings the bell

Nothing is acknowledged before 7 or 9. A killed call leaves nothing, a signature that is held, or a
record that will be logged: sending the same bytes again gives its note or receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from rekap.core.errors import Conflict, Finding, Malformed, Rejected
from rekap.core.ledger import authority, offices
from rekap.core.ledger.kinds import requirements
from rekap.core.log.entry import leaf_hash
from rekap.core.log.ports import Record
from rekap.core.signing import envelope as dsse
from rekap.core.signing.envelope import MAX_ENVELOPE, Envelope
from rekap.core.signing.signer import Signer
from rekap.core.statements import model, schema
from rekap.core.statements.model import Statement
from rekap.portal.intake import another, answers, content, held, quota, receipt, signatures
from rekap.portal.intake.held import Waiting
from rekap.portal.intake.item import BACKLOG_CAP, IdItem

_BY_ONE: Final = frozenset({*model.ALONE, "recommendation", "copy"})
"""Kinds that one saksi or supervisor signs."""
_ATTEMPTS: Final = 8


class Records(held.Records, quota.Counters, Protocol):
    """Statements by leaf, key ids by statement id; reads see every write that was acknowledged.

    May be called from many threads at the same time, as the register and the guard may.
    """

    def read(self, leaf: str) -> Record | None:
        """Return the record of a leaf, or None."""

    def by_id(self, id: str) -> IdItem | None:
        """Return what is recorded for a statement id, or None."""

    def add(self, record: Record, keyids: Iterable[str], expected_version: int) -> None:
        """Store record, pending mark and id item in one transaction; Conflict if one changed."""

    def pending_count(self) -> int:
        """Return how many records wait for their place; may be late by a minute."""


class Guard(Protocol):
    """Says whether a writer has stopped because something is wrong."""

    def reason(self) -> str | None:
        """Return why it stopped, or None."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What intake works with; many threads may share one. `clock` gives Unix seconds."""

    origin: str
    records: Records
    register: signatures.Register
    signer: Signer
    clock: Callable[[], int]
    guard: Guard
    backlog_cap: int = BACKLOG_CAP


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to an upload that was taken: 201 when it is new, 200 when it is known.

    `receipt` is empty for an entry whose record was restored from the log; it has an index.
    """

    status: int
    leaf: str
    id: str
    receipt: bytes
    index: int | None


def accept(body: bytes, desk: Desk, *, insist: bool = False) -> Accepted | Waiting:
    """Record the statement of an envelope and return its receipt, or raise Rejected.

    `body` is the exact upload: what is accepted is logged byte for byte, and what others have
    signed before is logged with their signatures too. `insist`: a person wants the form
    beside the one that counts. The answer may be about the head, with the head's id.
    """
    check_size(body)
    envelope = _parse(body)
    for _ in range(_ATTEMPTS):
        try:
            answer = _try(envelope, body, desk, insist=insist)
        except Conflict:
            continue
        if answer is not None:
            return answer
    raise answers.refuse([answers.finding("busy")])


def _try(envelope: Envelope, body: bytes, desk: Desk, *, insist: bool) -> Accepted | Waiting | None:
    """Answer an upload; None after a signature was held. Raises Conflict if others were faster."""
    leaf = leaf_hash(body).hex()
    known = desk.records.read(leaf)
    if known is not None:
        return _known(known)
    item = desk.records.by_id(envelope.id)
    found = _check(envelope, _without_void(item, envelope.id, desk), desk, insist=insist)
    if isinstance(found, Record):
        return _known(found)
    if found is not None:
        union = _join(envelope, found, desk)
        if not isinstance(union, Envelope):
            return union
        envelope, body = union, dsse.serialize(union)
    record = _record(body, leaf_hash(body).hex(), envelope.id, desk)
    keyids = [signature.keyid for signature in envelope.signatures]
    desk.records.add(record, keyids, item.version if item else 0)
    return Accepted(201, record.leaf, envelope.id, record.receipt, None)


def _join(sent: Envelope, statement: Statement, desk: Desk) -> Envelope | Waiting | None:
    """Return what lacks signers with what is held for it if that is enough; else hold it: None,
    then Waiting.

    Raises Rejected: the keys hold another of its slot since a moment ago, or the queue is full.
    """
    fields, now = statement.fields, desk.clock()
    slot = held.slot(fields) or ""
    kept = desk.records.held(slot)
    waiting = held.alive(kept, sent.id, now)
    wanted = requirements(desk.register, fields)
    union = held.together(
        sent, waiting, fields, desk.register,
        lambda signers: authority.judge(wanted, fields, signers).counted,
    )  # fmt: skip
    signers, _ = signatures.check(union, fields, desk.register)
    verdict = authority.judge(wanted, fields, signers)
    if not verdict.effective:
        if held.keep(sent, verdict.counted, slot, kept, desk.records, now):
            return None
        names = {signature.keyid for signature in union.signatures}
        named = [one for one in waiting if one.keyid in names]
        return held.promise(sent.id, named, desk.origin, desk.signer)
    if full := _check_capacity(desk, fields):
        raise answers.refuse(full)
    return union


def check_size(body: bytes, most: int = MAX_ENVELOPE) -> None:
    """Refuse an upload above 65,535 bytes: it could not be an entry. A picture may have more."""
    if len(body) > most:
        raise answers.refuse([answers.finding("too-large", most=most)])


def _parse(body: bytes) -> Envelope:
    try:
        return dsse.parse(body)
    except Malformed as error:
        raise answers.refuse([_of_bytes(error, "envelope")]) from error


def _of_bytes(error: Malformed, otherwise: str) -> Finding:
    """Translate a fault of bytes: strict JSON and numbers have codes of their own, 400."""
    code = error.code if error.code in answers.OF_BYTES else otherwise
    return answers.finding(code, error.field, reason=error.message)


def _record(body: bytes, leaf: str, id: str, desk: Desk) -> Record:
    now = desk.clock()
    signed = receipt.issue(
        origin=desk.origin, leaf=leaf, id=id, received_at=now, signer=desk.signer
    )
    return Record(leaf, id, body, now, signed, None)


def _known(record: Record) -> Accepted:
    return Accepted(200, record.leaf, record.id, record.receipt, record.index)


def _check(
    envelope: Envelope, item: IdItem | None, desk: Desk, *, insist: bool
) -> Record | Statement | None:
    """Run every check. Return None for a statement that can be recorded now.

    Else the record that already says it, or the statement itself: one that only lacks signers,
    and waits for them.
    """
    statement, findings = _read_payload(envelope.payload)
    said = statement.fields if statement else None
    signers, faults = signatures.check(envelope, said, desk.register)
    findings.extend(faults)
    if not findings and item is not None:
        keyids = {signature.keyid for signature in envelope.signatures}
        if keyids <= set(item.keyids):
            return _holder(keyids, item, desk.records)
    if desk.register.get("meta", "closed") is not None:
        findings.append(answers.finding("closed"))
    if statement is not None:
        findings.extend(content.check(statement, envelope.id, desk))
        findings.extend(content.early(statement.fields, desk.register, desk.clock()))
        verdict = _judge(statement.fields, signers, envelope, item, desk.register)
        lacks = not findings and _only_lacks_signers(verdict)
        if lacks and item is None and held.slot(statement.fields) is not None:
            return _ask(statement, envelope.id, desk, insist=insist) or statement
        findings.extend(_faults_of(verdict, envelope, signers))
    if not findings and statement is not None and item is None:
        same = _ask(statement, envelope.id, desk, insist=insist)
        if same is not None:
            return same
    if not findings and statement is not None:
        findings.extend(_check_capacity(desk, statement.fields))
    if findings:
        raise answers.refuse(findings)
    if said is not None and _says_alone(said) and content.mode_of(desk.register) != content.REPLAY:
        sent = {signature.keyid for signature in envelope.signatures}
        known = item.keyids if item is not None else ()
        quota.spend(said, sent.difference(known), desk.records, desk.clock())
    return None


def _ask(statement: Statement, id: str, desk: Desk, *, insist: bool) -> Record | None:
    """Return the record of a form that counts the same; raises Rejected 409 as `another` says: a
    person is asked.
    """
    if insist:
        return None
    find = partial(_find, records=desk.records)
    try:
        return another.ask(statement.fields, id, desk.register, find)
    except another.AnotherCounts as asked:
        kept = desk.records.held(model.slot_key(statement.fields))
        if held.alive(kept, id, desk.clock()):
            raise another.AnotherCounts(asked.head, "head-moved") from asked
        raise


def _without_void(item: IdItem | None, id: str, desk: Desk) -> IdItem | None:
    """Return what is recorded of a statement and may count, None if nothing is.

    An entry that turned out void, by a key that ended while it waited, is none of the statement:
    who signed it may say it again.
    """
    if item is None:
        return None
    size = desk.register.size()  # first: what the register learns meanwhile is no sign of a void
    known = desk.register.get("ids", id)
    entries = known["entries"] if known is not None else ()
    records = [_record_of(leaf, desk.records) for leaf in item.leaves]
    left = [
        one for one in records if one.index is None or one.index in entries or one.index >= size
    ]
    if len(left) == len(records):
        return item
    keyids = {one.keyid for record in left for one in dsse.parse(record.envelope).signatures}
    leaves = tuple(record.leaf for record in left)
    return IdItem(item.version, leaves, tuple(sorted(keyids))) if left else None


def _record_of(leaf: str, records: Records) -> Record:
    record = records.read(leaf)
    if record is None:
        raise RuntimeError(f"id item names leaf {leaf}, which has no record")
    return record


def _read_payload(payload: bytes) -> tuple[Statement | None, list[Finding]]:
    try:
        return schema.parse_statement(payload), []
    except schema.SchemaErrors as error:
        if error.code in answers.OF_BYTES:
            raise answers.refuse([answers.finding(error.code, "payload")]) from error
        return None, list(error.findings)


def _judge(
    fields: offices.Record,
    signers: signatures.Signers,
    envelope: Envelope,
    item: IdItem | None,
    register: signatures.Register,
) -> authority.Verdict | None:
    """Ask the ledger, with the keys recorded earlier; None before it knows enough to judge.

    Of what is logged the signers count as in the fold, even if their keys ended since.
    """
    if not content.can_be_judged(fields, register):
        return None
    new = {signature.keyid for signature in envelope.signatures}
    earlier = [keyid for keyid in (item.keyids if item else ()) if keyid not in new]
    logged = register.get("ids", envelope.id) or {"signers": ()}
    known = {keyid: authority.known_key(register, fields, keyid) for keyid in earlier} | {
        one["keyid"]: one
        for one in logged["signers"]
        if one["keyid"] in earlier and authority.still_counts(register, fields, one["keyid"], one)
    }
    everybody = [*signers, *((keyid, key) for keyid, key in known.items() if key is not None)]
    return authority.judge(requirements(register, fields), fields, everybody)


def _only_lacks_signers(verdict: authority.Verdict | None) -> bool:
    """Tell whether more officers must sign, and at least one of those who must has."""
    if verdict is None or verdict.strangers:
        return False
    return bool(verdict.shortfalls) and bool(verdict.counted)


def _faults_of(
    verdict: authority.Verdict | None, envelope: Envelope, signers: signatures.Signers
) -> list[Finding]:
    """Say which signer of the envelope is not entitled, and how many are too few."""
    if verdict is None:
        return []
    places = {signature.keyid: at for at, signature in enumerate(envelope.signatures)}
    by_keyid = dict(signers)
    findings = [
        answers.finding(
            "not-entitled",
            f"signatures.{places[keyid]}",
            keyid=keyid,
            body=answers.body(by_keyid[keyid]["body"]),
            region=by_keyid[keyid]["region"],
        )
        for keyid in verdict.strangers
        if keyid in places
    ]
    findings.extend(signatures.shortfall(one) for one in verdict.shortfalls)
    return findings


def _check_capacity(desk: Desk, fields: offices.Record) -> list[Finding]:
    """A writer that stopped does not stop intake: what has a receipt is logged when it goes on.

    What one person may say alone fills half of the queue at most, so no flood of it turns a form
    away.
    """
    cap = max(1, desk.backlog_cap // 2) if _says_alone(fields) else desk.backlog_cap
    if desk.records.pending_count() < cap:
        return []
    stopped = [answers.finding("stopped")] if desk.guard.reason() is not None else []
    return [*stopped, answers.finding("backlog")]


def _says_alone(fields: offices.Record) -> bool:
    """Tell whether one person may say it: an answer too that decides nothing."""
    if fields["kind"] == "answer":
        return "accept" not in fields and fields.get("outcome") not in ("accepted", "rejected")
    return fields["kind"] in _BY_ONE


def _holder(keyids: set[str], item: IdItem, records: Records) -> Record:
    """Return the first record that holds the keys, or else the one that completes them."""
    seen: set[str] = set()
    completing = None
    for leaf in item.leaves:
        record = _record_of(leaf, records)
        held = {signature.keyid for signature in dsse.parse(record.envelope).signatures}
        if keyids <= held:
            return record
        seen |= held
        if completing is None and keyids <= seen:
            completing = record
    if completing is None:
        raise RuntimeError("id item names keys that no record holds")
    return completing


def _find(id: str, index: int, records: Records) -> Record | None:
    """Return the record of a statement that is entry `index`, or None.

    A writer that was stopped may not have marked it yet: then it still seems to wait.
    """
    item = records.by_id(id)
    found = (records.read(leaf) for leaf in item.leaves) if item is not None else ()
    return next((one for one in found if one is not None and one.index in (index, None)), None)


def status(leaf: str, records: Records) -> Accepted:
    """Return what became of a leaf (64 hex digits); raises Rejected 404 for an unknown one."""
    record = records.read(leaf)
    if record is None:
        raise Rejected(404, (answers.finding("unknown-leaf", "leaf"),), answers.RETRY_AFTER_S)
    return _known(record)


def held_envelope(id: str, desk: Desk) -> bytes:
    """Return a statement that waits for signatures; raises Rejected 404 for any other id."""
    return held.envelope(id, desk.records, desk.clock())


def held_of(slot: str, desk: Desk) -> list[tuple[str, tuple[str, ...], int]]:
    """Return (id, key ids, until) of what waits for signatures in a slot and is not recorded."""
    found = held.of_slot(slot, desk.records, desk.clock())
    recorded = (_without_void(desk.records.by_id(one[0]), one[0], desk) for one in found)
    return [one for one, item in zip(found, recorded, strict=True) if item is None]
