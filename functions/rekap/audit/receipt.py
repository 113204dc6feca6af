"""A receipt that somebody was given, held against the log: was the promise kept?

A second reading of the format of `rekap.portal.intake.receipt`: key name, leaf hash, id, received
at, to be logged by; signed by the key that entry 0 names for receipts.
"""

from __future__ import annotations

import re
from typing import Final

from rekap.audit import checks
from rekap.audit.anchors import Head
from rekap.audit.log import LogContent
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, Report, Words
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import chain
from rekap.core.ledger.logged import VOID
from rekap.core.ledger.slots import status_of
from rekap.core.ledger.state import State
from rekap.core.log.merkle import HASH_BYTES
from rekap.core.log.policy import Policy
from rekap.core.signing import envelope as dsse
from rekap.core.signing.note import Note, NoteKey, cosigned_at, open_note

PLACE: Final = "--receipt"
_SECONDS: Final = re.compile("0|[1-9][0-9]{0,11}")
_PROMISED_S: Final = 60
PATIENCE_S: Final = 300
"""Seconds by which two clocks may differ and a head may come late to a reader."""
_WITHOUT_EFFECT: Final = (VOID, chain.WAITING, chain.ORPHAN)


def stood_at(state: State, head: Head, policy: Policy, now: int | None) -> int:
    """Return a Unix second at which the tree of `head` stood: what was promised before is in it.

    That is said by the log's last clock, by witnesses of `policy` who cosigned it, and, where an
    address shows it, by the reader's own clock, `now`.
    """
    witnesses = {(one.key.name, one.key.key_id) for one in policy.witnesses}
    lines = Note.parse(head.data).lines if head.signer is not None else ()
    cosigned = [cosigned_at(one) for one in lines if (one.name, one.key_id) in witnesses]
    clock = int((state.meta.get("clock") or {"hour": 0})["hour"])
    return max(now or 0, clock, *cosigned)


def check_receipt(
    data: bytes, state: State, content: LogContent, stood: int, report: Report
) -> None:
    """Record V22 if the receipt's entry is not in the log although its time had passed at `stood`
    (Unix s), when this was the log: a copy from before the promise accuses nobody.

    A receipt that this log did not sign proves nothing: it could not be checked. Nor does a copy
    whose entries do not lead to the signed root: the entry may be the one that it lost.
    """
    log = state.meta.get("log")
    if log is None:
        wanted = Words(*both("receipt.the_receipt_key_in_entry_0"))
        report.doubt(checks.RECEIPT, PLACE, wanted, ABSENT)
        return
    try:
        text, _ = open_note(data, (NoteKey.parse(log["receipt_key"]),))
        leaf, statement_id, logged_by = _parse(text, f"{log['log']}/receipt")
    except (Malformed, NotVerified) as error:
        signed = Words(*both("receipt.a_receipt_signed_by", receipt_key=log["receipt_key"]))
        report.doubt(checks.RECEIPT, PLACE, signed, str(error))
        return
    if leaf not in content.hashes.rows[0]:
        wanted = Words(*both("receipt.an_entry_with_leaf_hash", leaf=leaf.hex()))
        broken = stood > logged_by + PATIENCE_S and content.proved
        record = report.refute if broken else report.doubt
        record(
            checks.RECEIPT,
            PLACE,
            wanted,
            Words(
                *both(
                    "receipt.not_among_entries_promised_by", size=content.size, logged_by=logged_by
                )
            ),
        )
        return
    index = content.hashes.rows[0].index(leaf)
    report.facts["receipt"] = {"index": index, "id": statement_id}
    if index < state.size:
        _tell_status(state, index, report)
    if index < content.complete:
        try:
            found = dsse.parse(content.entries(index)).id
        except Malformed as error:
            found = str(error)
        if found != statement_id:
            report.refute(checks.RECEIPT, f"entry {index}", f"id {statement_id}", f"id {found}")


def _tell_status(state: State, index: int, report: Report) -> None:
    """Say what became of the entry: the promise to log it is kept also where it has no effect."""
    status = status_of(state, index)
    report.facts["receipt"]["status"] = status
    if status in _WITHOUT_EFFECT:
        why = state.entry(index).get("why", status)
        report.limit(*both("receipt.the_receipt_is_for_entry_recorded", index=index, why=why))


def _parse(text: bytes, name: str) -> tuple[bytes, str, int]:
    lines = text.decode().removesuffix("\n").split("\n")
    if len(lines) != 5 or lines[0] != name:
        raise Malformed(f"not a receipt of {name}")
    leaf = codec.b64decode(lines[1], "leaf")
    codec.check_hex(lines[2], "id")
    if len(leaf) != HASH_BYTES or not all(map(_SECONDS.fullmatch, lines[3:])):
        raise Malformed("not a receipt")
    received_at, logged_by = map(int, lines[3:])
    if logged_by != received_at + _PROMISED_S:
        raise Malformed("not a promise of a minute")
    return leaf, lines[2], logged_by
