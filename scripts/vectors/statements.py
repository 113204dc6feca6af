"""Vectors of statements: canonical JSON, and envelopes."""

from __future__ import annotations

import json
from typing import Any

from scripts.vectors.cases import (
    ORIGIN,
    PASSKEY_ORIGIN,
    PASSKEY_RP_ID,
    SIGNERS,
    Case,
    passkey,
    refused,
    vector,
)

from rekap.core import codec
from rekap.core.log import entry
from rekap.core.signing import envelope, keys


def make_statement() -> Case:
    """Canonical JSON: values and their only bytes; bytes that are refused."""
    values: list[Any] = [
        {},
        [],
        {"b": 1, "a": [True, False, 0, 999_999_999]},
        {"name": 'Kel. "Méndut" \\ – Rawa’', "z": {"y": {"x": [[]]}}},
    ]
    bad = [
        (b"", "not-json"),
        (b"{} ", "not-canonical"),
        (b'{"b":1,"a":2}', "not-canonical"),
        (b'{"a":1,"a":1}', "duplicate-key"),
        (b'{"a":"\\u0041"}', "not-canonical"),
        (b'{"a":"\\n"}', "text"),
        (b"[1.0]", "number"),
        (b"[-1]", "number"),
        (b"[1000000000]", "number"),
        (b"[null]", "null"),
        (b"[" * 9 + b"]" * 9, "depth"),
        ('["e\u0301"]'.encode(), "text"),
        (b'["\xff"]', "not-json"),
    ]
    good = [{"value": value, "bytes": codec.encode(value).hex()} for value in values]
    return vector(good, refused(bad, codec.decode))


def make_envelope() -> Case:
    """Envelopes of raw keys and a passkey: payload, keys, bytes, statement id, leaf hash."""
    payload = codec.encode({"at": "2024-11-27T14:05:00+07:00", "kind": "close", "log": ORIGIN})
    raw = envelope.sign(payload, SIGNERS)
    parsed = envelope.parse(raw)
    device, signature = passkey(parsed.message)
    mixed = tuple(sorted((*parsed.signatures, signature), key=lambda one: one.keyid))
    public = [{"alg": s.alg, "keyid": s.keyid, "public": s.public.hex()} for s in SIGNERS]
    good: list[Case] = [_envelope_case(raw, public)]
    good.append(
        _envelope_case(envelope.serialize(envelope.Envelope(payload, mixed)), [*public, device])
    )
    value = json.loads(raw)
    value["signatures"].reverse()
    unsorted = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    bad = [
        (raw + b"\n", "not-canonical"),
        (raw.replace(b":", b": ", 1), "not-canonical"),
        (unsorted, "signature-order"),
        (raw.replace(b"vnd.rekap", b"vnd.other"), "envelope"),
        (raw.replace(b'{"payload"', b'{"a":1,"payload"'), "envelope"),
        (raw.replace(b'=="},', b'"},', 1), "base64"),
        (b"{}", "envelope"),
    ]
    return vector(good, refused(bad, envelope.parse))


def _envelope_case(data: bytes, public: list[Case]) -> Case:
    parsed = envelope.parse(data)
    by_id = {
        case["keyid"]: keys.PublicKey(case["alg"], bytes.fromhex(case["public"])) for case in public
    }
    scope = keys.WebAuthnScope(frozenset({PASSKEY_ORIGIN}), PASSKEY_RP_ID)
    for signature in parsed.signatures:
        keys.verify(by_id[signature.keyid], parsed.message, signature, scope)
    return {
        "envelope": data.decode(),
        "id": parsed.id,
        "keys": public,
        "leaf": entry.leaf_hash(data).hex(),
        "origins": sorted(scope.origins),
        "payload": parsed.payload.decode(),
        "rp_id": scope.rp_id,
    }
