"""Held signatures: what too few of its officers have signed waits for the others.

Each signature is kept alone, one for each key and slot, for seven days; anybody may read it, since
the figures of a TPS are read aloud. As soon as an upload and what is held make enough, both
together are one entry. Nothing here is in the log, in a sum, or in line for either.

A signature is written before it is judged with the others, and they are read again after it: of
two that come at once, at least one sees both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from rekap.core.errors import Malformed, Rejected
from rekap.core.ledger.offices import Record as Fields
from rekap.core.signing import envelope as dsse
from rekap.core.signing.envelope import Envelope
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Signer
from rekap.core.statements import model
from rekap.portal.intake import answers, receipt, signatures
from rekap.portal.intake.item import Holding, IdItem

HELD_S: Final = 7 * 86_400
REPLACED_AFTER_S: Final = 3_600
"""A key may hold another statement of its slot after this time: nobody can flood with one key.

At once if the one before was recorded: a correction of it needs no patience."""

MOST_IN_A_SLOT_KEY: Final = 400
"""Characters: two ids, a form, a region and a TPS are fewer."""


WAITS: Final[dict[str, tuple[str, ...]]] = {
    "grant": ("body", "region", "tps", "pair", "organisation"),
    "revoke": ("keyid",),
    "determination": ("contest", "region"),
    "elected": ("contest", "region"),
    "answer": ("contest", "form", "region", "tps", "accept", "to"),
    "response": ("contest", "body", "region", "tps", "to"),
    "readiness": ("region", "tps", "step"),
}
"""Kinds besides forms that several officers sign at several desks, and the fields of their slot:
what they name exists, so that no key has more slots than the register has places, keys and lines.
"""


class Records(Protocol):
    """What is held, by slot and key; reads see every write that was acknowledged."""

    def held(self, slot: str) -> tuple[Holding, ...]:
        """Return all that was held for a slot, one for each key, expired ones too."""

    def by_id(self, id: str) -> IdItem | None:
        """Return what is recorded of a statement, or None."""

    def slot_of(self, id: str) -> str | None:
        """Return the slot for which a statement was held, or None."""

    def hold(self, one: Holding, replaced: Holding | None) -> None:
        """Keep a signature instead of `replaced`; Conflict if that is not what its key holds."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The answer 202: whose signatures of a statement are kept until when, and the signed note."""

    id: str
    keyids: tuple[str, ...]
    until: int
    note: bytes


def slot(fields: Fields) -> str | None:
    """Return the slot in which a statement waits for signatures; None for what waits nowhere.

    Of objections that an answer names the first: one statement answers all of them.
    """
    kind = fields["kind"]
    if kind == "form":
        return model.slot_key(fields)
    if kind not in WAITS:
        return None
    named = (fields[name] for name in WAITS[kind] if name in fields)
    words = (str(one[0] if isinstance(one, list | tuple) else one) for one in named)
    return "/".join((fields["election"], kind, *words))


def alive(held: Iterable[Holding], id: str, now: int) -> list[Holding]:
    """Return the holdings of a statement that have not expired, by key id."""
    found = (one for one in held if one.id == id and now < one.at + HELD_S)
    return sorted(found, key=lambda one: one.keyid)


def together(
    sent: Envelope,
    held: Sequence[Holding],
    fields: Fields,
    register: signatures.Register,
    counted: Callable[[signatures.Signers], Collection[str]],
) -> Envelope:
    """Return the statement with the signatures of `sent` and those held that count today.

    A key that was revoked meanwhile would make the whole envelope void: it is left out. `counted`
    gives the key ids of those signers whom the threshold counts. Raises Rejected 413 if all
    together are no entry.
    """
    signers: signatures.Signers = []
    found = {}
    for one in held:
        alone = dsse.parse(one.envelope)
        signers += signatures.check(alone, fields, register)[0]
        found[one.keyid] = alone.signatures[0]
    known = {keyid: found[keyid] for keyid in counted(signers)}
    known |= {signature.keyid: signature for signature in sent.signatures}
    union = _joined(sent.payload, known.values())
    try:
        dsse.serialize(union)
    except Malformed as error:
        raise answers.refuse([answers.finding("too-large", most=dsse.MAX_ENVELOPE)]) from error
    return union


def keep(
    sent: Envelope,
    counted: Collection[str],
    slot: str,
    held: Sequence[Holding],
    records: Records,
    now: int,
) -> bool:
    """Hold each signature of the keys `counted` that is not held yet; True if one was written.

    Observers are not held with the officers: they would fill the entry, or end their key while it
    waits and so make it void.

    Raises:
        Rejected: 409 `held-recently`: one of the keys holds another statement of the slot since
            less than an hour.
        Conflict: another call was faster.
    """
    owned = {one.keyid: one for one in held}
    fresh = []
    for at, signature in enumerate(sent.signatures):
        if signature.keyid not in counted:
            continue
        before = owned.get(signature.keyid)
        if before is not None and now < before.at + HELD_S:
            if before.id == sent.id:
                continue
            if now < before.at + REPLACED_AFTER_S and records.by_id(before.id) is None:
                raise _recently(before, f"signatures.{at}", now)
        alone = dsse.serialize(Envelope(sent.payload, (signature,)))
        fresh.append((Holding(slot, signature.keyid, sent.id, alone, now), before))
    for one, before in fresh:
        records.hold(one, before)
    return bool(fresh)


def promise(id: str, held: Sequence[Holding], origin: str, signer: Signer) -> Waiting:
    """Return the signed answer for what is held; `until` is when the first of them expires."""
    keyids = tuple(one.keyid for one in held)
    until = min(one.at for one in held) + HELD_S
    note = receipt.issue_held(origin=origin, id=id, until=until, keyids=keyids, signer=signer)
    return Waiting(id, keyids, until, note)


def envelope(id: str, records: Records, now: int) -> bytes:
    """Return a held statement with all its signatures; raises Rejected 404 if nothing is held."""
    slot = records.slot_of(id)
    found = alive(records.held(slot), id, now) if slot is not None else []
    if not found:
        raise Rejected(404, (answers.finding("unknown-held", "id"),), answers.RETRY_AFTER_S)
    parsed = [dsse.parse(one.envelope) for one in found]
    return dsse.serialize(_joined(parsed[0].payload, (one.signatures[0] for one in parsed)))


def of_slot(slot: str, records: Records, now: int) -> list[tuple[str, tuple[str, ...], int]]:
    """Return (id, key ids, until) of each statement that is held for a slot, by id."""
    if not 0 < len(slot) <= MOST_IN_A_SLOT_KEY or not slot.isascii():
        return []
    held = records.held(slot)
    found = ((id, alive(held, id, now)) for id in sorted({one.id for one in held}))
    return [
        (id, tuple(one.keyid for one in some), min(one.at for one in some) + HELD_S)
        for id, some in found
        if some
    ]


def _joined(payload: bytes, signed: Iterable[Signature]) -> Envelope:
    return Envelope(payload, tuple(sorted(signed, key=lambda one: one.keyid)))


def _recently(before: Holding, field: str, now: int) -> Rejected:
    wait = before.at + REPLACED_AFTER_S - now
    minutes = (wait + 59) // 60
    said = answers.finding("held-recently", field, keyid=before.keyid, minutes=minutes)
    return Rejected(answers.answer(said.code).status, (said,), min(wait, REPLACED_AFTER_S))
