"""One entry into the state: who signed, whether it takes effect, what it changes.

The fold decides; intake only answers early. Whatever bytes an entry holds, the fold never raises
for them: what is not understood or not entitled is void, is shown, and changes nothing else.

Signatures are verified here, every one: the log may hold what no intake ever saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import (
    authority,
    clocks,
    feeds,
    kinds,
    logged,
    offices,
    revisions,
    slots,
    suspicion,
)
from rekap.core.ledger.complete import Complete, has_ketua
from rekap.core.ledger.logged import VOID
from rekap.core.ledger.state import Record, State, entry_key
from rekap.core.ledger.touches import NoTouches, Touches
from rekap.core.log.entry import leaf_hash
from rekap.core.signing import envelope as dsse
from rekap.core.signing.keys import PublicKey, WebAuthnScope, read_key, verify
from rekap.core.signing.signature import Signature
from rekap.core.statements import schema
from rekap.core.statements.model import slot_key

WAITING: Final = "waiting"
VOID_REASONS: Final = (
    "unreadable", "unknown", "other-log", "no-log", "not-first", "no-election", "unknown-key",
    "bad-signature", "not-entitled", "no-new-signature", "region", "tps", "contest", "pairs",
    "replay-only", "previous", "policy", "unacceptable-key", "key-taken", "key", "accept",
    "higher-body", "already", "uploader", "limit", "target", "certificate", "empty-column",
    "clock", "person",
)  # fmt: skip
"""Why an entry is void; the order of the questions is that of docs/formats.md."""

_SEAT: Final = ("election", "body", "person", "position", "region", "tps", "pair",
                "organisation", "acting", "grant")  # fmt: skip
"""What is kept of a signer's key, as it was then."""


@dataclass(frozen=True, slots=True)
class Verified:
    """An entry's statement with its signers: (key id, key record) in the order of key ids."""

    id: str
    fields: Record
    signers: tuple[tuple[str, Record], ...]


class Void(Exception):
    """The entry changes nothing; `reason` is one of VOID_REASONS."""

    def __init__(self, reason: str, fields: Record | None = None, statement_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fields = fields
        self.statement_id = statement_id


SignatureCheck = Callable[[PublicKey, bytes, Signature, WebAuthnScope | None], None]


def fold(state: State, entry: bytes, *, check: SignatureCheck = verify) -> None:
    """Append entry number `state.size` to the state.

    `check` verifies one signature and raises NotVerified; the auditor passes one that looks the
    verdict up among those that other processes computed.
    """
    index = state.size
    touches = Touches(state) if state.pages else NoTouches(state)
    state.frontier = state.frontier.append(leaf_hash(entry))
    record: Record = {"kind": None, "id": None, "status": VOID}
    # Kept now and filled below: whatever the bytes are, the entry has a record, void at worst.
    state.entries.put(entry_key(index), record)
    fields: Record = {}
    try:
        statement = _read(state, entry, index, check)
        misplaced = logged.describe(state, record, statement.fields, statement.id)
        record["status"] = _decide(state, touches, statement, misplaced, index)
        fields = statement.fields
    except Void as void:
        # Its own page tells what it says; `fields` stays empty, so that nothing else does.
        if void.fields is not None:
            logged.describe(state, record, void.fields, void.statement_id)
        record["status"], record["why"] = VOID, void.reason
    # The slot must know the entry before `touch` asks it whose pages show the slot.
    logged.note_slot(state, record, index)
    logged.count(state, record)
    logged.count_after_close(state, touches, record)
    if state.pages:
        record["root"] = codec.b64encode(state.root())
        clocks.note(state, record)
        feeds.note(state, record, fields, index)
        kinds.touch(touches, state, record, fields)
        logged.touch(state, touches, record, index)
    state.rest()


def fold_all(state: State, entries: Iterable[bytes], *, check: SignatureCheck = verify) -> None:
    """Append entries in order."""
    for entry in entries:
        fold(state, entry, check=check)


def _read(state: State, entry: bytes, index: int, check: SignatureCheck) -> Verified:
    """Parse an entry and verify every signature by the register just before it."""
    try:
        envelope = dsse.parse(entry)
    except Malformed as error:
        raise Void("unreadable") from error
    try:
        parsed = schema.parse_statement(envelope.payload)
    except Malformed as error:
        raise Void("unknown") from error
    fields = parsed.fields
    _belongs(state, fields, envelope.id, index)
    log = state.meta.get("log") or fields  # entry 0 is held against what it says itself
    if schema.mode_findings(parsed, log["mode"]):
        raise Void("replay-only", fields, envelope.id)
    scope = authority.scope_in_force(state, fields)
    signers = []
    # One signature that does not hold makes the envelope void whoever else signed it: what counts
    # must not depend on which of its signatures somebody looked at.
    message = envelope.message
    for signature in envelope.signatures:
        key = authority.known_key(state, fields, signature.keyid)
        if key is None:
            raise Void("unknown-key", fields, envelope.id)
        try:
            check(read_key(key["alg"], key["key"]), message, signature, scope)
        except NotVerified as error:
            raise Void("bad-signature", fields, envelope.id) from error
        signers.append((signature.keyid, key))
    return Verified(envelope.id, fields, tuple(signers))


def _belongs(state: State, fields: Record, statement_id: str, index: int) -> None:
    """Refuse what cannot be of this log or election at all, before keys are looked up."""
    log = state.meta.get("log")
    if (index == 0) != (fields["kind"] == "log"):
        raise Void("not-first" if index else "no-log", fields, statement_id)
    if index and log is None:
        raise Void("no-log", fields, statement_id)
    if log is not None and fields["log"] != log["log"]:
        raise Void("other-log", fields, statement_id)
    if "election" not in fields or fields["kind"] == "election":
        return
    if state.meta.get(f"election/{fields['election']}") is None:
        raise Void("no-election", fields, statement_id)


def _decide(
    state: State, touches: Touches, statement: Verified, misplaced: str | None, index: int
) -> str:
    """Return the status of an entry whose signatures hold, after applying it.

    `misplaced`: why the slot that it names cannot exist.
    """
    fields = statement.fields
    known = state.ids.get(statement.id)
    before = {signer["keyid"]: signer for signer in known["signers"]} if known else {}
    wanted = kinds.requirements(state, fields)
    joined = authority.join(state, fields, wanted, before, statement.signers)
    if joined.fault is not None:
        raise Void(joined.fault, fields, statement.id)
    new, past, verdict = joined.new, joined.past, joined.verdict
    record_id = _remember(state, statement, new, verdict, index)
    # It took effect before: this adds names, and changes no figure.
    if record_id["effect"] is not None:
        if fields["kind"] == "form" and has_ketua(record_id["signers"]):
            election = state.meta.get(f"election/{fields['election']}")
            slots.unmark(state, election, slot_key(fields), statement.id, "S1")
        suspicion.settle(state, touches, statement.id, fields, dict(new), index)
        return "cosigned"
    if verdict.shortfalls:
        if fields["kind"] == "form" and misplaced is None:
            slots.wait(state, fields, statement.id, record_id["first"])
        return WAITING
    signers = record_id["signers"]
    done = Complete(statement.id, fields, index, record_id["first"], signers, verdict.met)
    why = misplaced or kinds.fault(state, done)
    if why is not None:
        _forget(state, statement.id, record_id, index)
        raise Void(why, fields, statement.id)
    status = kinds.KINDS[fields["kind"]].effect(state, touches, done)
    record_id["effect"] = index
    revisions.replace(state, touches, fields, index)
    # Kept, for a later revision may ask for more or fewer: who doubts it counts by these.
    if verdict.roots:
        record_id["roots"] = verdict.roots
    for signer in signers:
        signer["counted"] = signer["counted"] and signer["keyid"] not in past
    suspicion.settle(state, touches, statement.id, fields, dict(new), index)
    return status


def _remember(
    state: State, statement: Verified, new: Iterable[tuple[str, offices.Record]],
    verdict: authority.Verdict, index: int,
) -> Record:  # fmt: skip
    """Record the envelope under the statement's id: the union of its entitled persons."""
    fresh = {
        "kind": statement.fields["kind"], "first": index, "effect": None,
        "entries": [], "signers": [],
    }  # fmt: skip
    record = state.ids.edit(statement.id, fresh)
    record["entries"].append(index)
    for keyid, key in new:
        seat = {name: key[name] for name in _SEAT if key.get(name) is not None}
        counted = keyid in verdict.counted
        record["signers"].append({"keyid": keyid, **seat, "counted": counted, "at": index})
        state.signed.put(f"{keyid}/{entry_key(index)}", 1)
    record["signers"].sort(key=itemgetter("keyid"))
    return record


def _forget(state: State, statement_id: str, record: Record, index: int) -> None:
    """Undo `_remember` for a statement that turned out void: a later envelope starts afresh."""
    record["entries"].remove(index)
    for signer in [s for s in record["signers"] if s["at"] == index]:
        record["signers"].remove(signer)
        state.signed.put(f"{signer['keyid']}/{entry_key(index)}", None)
    if not record["entries"]:
        state.ids.put(statement_id, None)
