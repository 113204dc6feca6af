"""Who signed an envelope: each key from the register, each signature verified."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from rekap.core import codec
from rekap.core.errors import Finding, NotVerified
from rekap.core.ledger import authority, offices
from rekap.core.signing import keys
from rekap.core.signing.envelope import Envelope
from rekap.core.signing.keys import PublicKey
from rekap.portal.intake import answers

Signers: TypeAlias = list[tuple[str, offices.Record]]
"""Key ids with their records in the register, in the order of the envelope."""


class Register(Protocol):
    """The publisher's copy of the ledger's maps; behind the log by up to a minute."""

    def get(self, name: str, key: str) -> Any:
        """Return the value of `key` in map `name`, or None."""

    def size(self) -> int:
        """Return how many entries it knows."""


def check(
    envelope: Envelope, fields: offices.Record | None, register: Register
) -> tuple[Signers, list[Finding]]:
    """Verify every signature; return the signers that may be judged and what is wrong.

    `fields` is None if the payload could not be read: then only registered keys can be found.
    A revoked key's signature is verified too, so that its owner learns the true reason.
    """
    message = envelope.message
    scope = authority.scope_in_force(register, fields)
    signers: Signers = []
    findings = []
    for at, signature in enumerate(envelope.signatures):
        place, keyid = f"signatures.{at}", signature.keyid
        record = _find(register, fields, keyid)
        if record is None:
            findings.append(
                answers.finding("unknown-key", place, keyid=keyid, register_size=register.size())
            )
            continue
        key = PublicKey(record["alg"], codec.b64decode(record["key"]))
        try:
            keys.verify(key, message, signature, scope)
        except NotVerified as error:
            findings.append(
                answers.finding("bad-signature", place, keyid=keyid, reason=error.message)
            )
            continue
        if record.get("revoked") is not None:
            findings.append(answers.finding("revoked-key", place, keyid=keyid, who=_who(record)))
        else:
            signers.append((keyid, record))
    return signers, findings


def _find(
    register: offices.View, fields: offices.Record | None, keyid: str
) -> offices.Record | None:
    registered: offices.Record | None = register.get("keys", keyid)
    if registered is not None or fields is None:
        return registered
    return authority.known_key(register, fields, keyid)


def _who(key: offices.Record) -> tuple[str, str]:
    """Return person, position, body and place of a key, as the register has them."""
    place = key["region"] if key.get("tps") is None else f"{key['region']} TPS {key['tps']}"
    told = [
        f"{key['person']}, {key['position']} {body} {place}" for body in answers.body(key["body"])
    ]
    return told[0], told[1]


def shortfall(one: authority.Shortfall) -> Finding:
    """Say how many persons of which body have signed, in which positions, and how many must.

    Of roots it names the election: an election that follows another is signed by the roots of both.
    """
    office = one.office
    place = office.region if office.tps is None else f"{office.region} TPS {office.tps}"
    positions = f" ({', '.join(one.positions)})" if one.positions else ""
    return answers.finding(
        "below-threshold",
        "signatures",
        required=office.number,
        present=one.present,
        body=answers.body(office.body),
        region=(office.election or place) if place == "id" else place,
        positions=positions,
    )
