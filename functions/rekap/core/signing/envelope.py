"""DSSE v1.0.2 envelopes with one payload type and one spelling.

    {"payload":"eyJ…","payloadType":"application/vnd.rekap.statement.v1+json",
     "signatures":[{"keyid":"9f…","sig":"…=="},{"authenticatorData":"…","clientDataJSON":"…",
     "keyid":"c1…","sig":"…=="}]}

shown here with line breaks; the bytes have none. Signatures are sorted by `keyid`, one per key.
What is signed is the pre-authentication encoding of the payload; its SHA-256 names the statement.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Signer

PAYLOAD_TYPE = "application/vnd.rekap.statement.v1+json"
MAX_ENVELOPE = 65_535

_HEAD = b'{"payload":"'
_PAE_HEAD = b"DSSEv1 %d %s " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode())
_SIGNATURE = (
    rb'\{(?:"authenticatorData":"([A-Za-z0-9+/=]+)","clientDataJSON":"([A-Za-z0-9+/=]+)",)?'
    rb'"keyid":"([0-9a-f]{32})","sig":"([A-Za-z0-9+/=]+)"\}'
)
_EACH_SIGNATURE = re.compile(_SIGNATURE)
# Not `*+` around the signatures: Pythons before 3.11.5 then refuse envelopes with a single one.
_ENVELOPE = re.compile(
    rb'\{"payload":"([A-Za-z0-9+/=]+)","payloadType":"%s","signatures":\[((?:%s,)*%s)\]\}'
    % (re.escape(PAYLOAD_TYPE.encode()), _SIGNATURE, _SIGNATURE)
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its signatures, sorted by key id. `id` names the statement (64 hex digits)."""

    payload: bytes
    signatures: tuple[Signature, ...]
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", statement_id(self.payload))

    @property
    def message(self) -> bytes:
        """The bytes that every signature of this envelope signs."""
        return pae(self.payload)


def pae(payload: bytes) -> bytes:
    """Return the DSSE pre-authentication encoding of a payload of our type."""
    return b"%s%d %s" % (_PAE_HEAD, len(payload), payload)


def statement_id(payload: bytes) -> str:
    """Return the hex SHA-256 of the pre-authentication encoding: the statement's name."""
    return hashlib.sha256(pae(payload)).hexdigest()


def parse(data: bytes) -> Envelope:
    """Return the envelope whose only spelling is `data`. No signature is verified here.

    Raises:
        Malformed: any other bytes; the code is one of `codec.decode`, `envelope`, `base64`,
            `signature-order`.
    """
    if len(data) > MAX_ENVELOPE:
        raise Malformed(f"{len(data)} bytes, at most {MAX_ENVELOPE}", code="too-large")
    match = _ENVELOPE.fullmatch(data)
    if match is None:
        raise _explain(data)
    payload = _unbase64(match[1], "payload")
    signatures = []
    previous = b""
    for index, parts in enumerate(_EACH_SIGNATURE.findall(match[2])):
        authenticator_data, client_data, keyid, sig = parts
        if keyid <= previous:
            raise Malformed(
                "not sorted by keyid, one per key", f"signatures.{index}", "signature-order"
            )
        previous = keyid
        place = f"signatures.{index}"
        signatures.append(
            Signature(
                keyid.decode(),
                _unbase64(sig, place),
                _unbase64(authenticator_data, place) if authenticator_data else None,
                _unbase64(client_data, place) if client_data else None,
            )
        )
    return Envelope(payload, tuple(signatures))


def payload_of(data: bytes) -> bytes:
    """Return the payload of an envelope that `parse` has accepted before: nothing is checked."""
    return binascii.a2b_base64(data[len(_HEAD) : data.index(b'"', len(_HEAD))])


def serialize(envelope: Envelope) -> bytes:
    """Return the envelope's bytes: `parse(serialize(e)) == e`.

    Raises:
        Malformed: no signature, an empty part, two signatures of one key, wrong order, or too
            large.
    """
    data = codec.encode(
        {
            "payload": codec.b64encode(envelope.payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [_signature_object(signature) for signature in envelope.signatures],
        }
    )
    parse(data)
    return data


def sign(payload: bytes, signers: Iterable[Signer]) -> bytes:
    """Return the bytes of an envelope with one raw signature of each signer, sorted by key id.

    Raises:
        Malformed: no signer, one key twice, or the envelope would be too large.
    """
    message = pae(payload)
    signatures = [Signature(signer.keyid, signer.sign(message)) for signer in signers]
    return serialize(Envelope(payload, tuple(sorted(signatures, key=lambda s: s.keyid))))


def _signature_object(signature: Signature) -> codec.JSON:
    value: dict[str, codec.JSON] = {
        "keyid": signature.keyid,
        "sig": codec.b64encode(signature.sig),
    }
    if signature.authenticator_data is not None and signature.client_data is not None:
        value["authenticatorData"] = codec.b64encode(signature.authenticator_data)
        value["clientDataJSON"] = codec.b64encode(signature.client_data)
    return value


def _unbase64(text: bytes, place: str) -> bytes:
    """Decode base64 of the alphabet; encode again, since trailing bits have one spelling only."""
    try:
        data = binascii.a2b_base64(text)
    except binascii.Error as error:
        raise Malformed("not base64", place, "base64") from error
    if binascii.b2a_base64(data, newline=False) != text:
        raise Malformed("not standard padded base64", place, "base64")
    return data


def _explain(data: bytes) -> Malformed:
    """Find the reason why bytes are not an envelope, for the message only."""
    try:
        value = codec.decode(data, limit=MAX_ENVELOPE)
    except Malformed as error:
        return error
    return Malformed(*_first_fault(value), code="envelope")


def _first_fault(value: Any) -> tuple[str, str]:
    """Return message and field of the first deviation from the envelope's structure."""
    if type(value) is not dict or set(value) != {"payload", "payloadType", "signatures"}:
        return "keys must be payload, payloadType, signatures", ""
    if value["payloadType"] != PAYLOAD_TYPE:
        return f"must be {PAYLOAD_TYPE}", "payloadType"
    if type(value["signatures"]) is not list or not value["signatures"]:
        return "must be a list of one or more", "signatures"
    for index, signature in enumerate(value["signatures"]):
        names = set(signature) if type(signature) is dict else set()
        if names - {"authenticatorData", "clientDataJSON"} != {"keyid", "sig"}:
            return "keys must be keyid, sig", f"signatures.{index}"
        if len(names) == 3:
            return "authenticatorData and clientDataJSON stand together", f"signatures.{index}"
    return "payload and sig must be base64, keyid 32 hex digits", ""
