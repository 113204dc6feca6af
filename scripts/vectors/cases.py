"""What all vectors share: keys, clock, cases, and making sure that bad ones are refused."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import keys, note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Ed25519Signer, derive

Case = dict[str, Any]

ORIGIN = "log.example/rekap"
TIME = 1_767_225_600
"""Unix seconds: 2026-01-01T00:00:00Z."""
LOG = Ed25519Signer(bytes(range(32)))
WITNESS = Ed25519Signer(bytes(range(32, 64)))
RECEIPT = derive("rekap vectors", "receipt")
LOG_KEY = NoteKey.of(ORIGIN, note.ED25519, LOG.public)
OTHER_KEY = NoteKey.of("lain.example/log", note.ED25519, WITNESS.public)
WITNESS_KEY = NoteKey.of("saksi.example/w1", note.COSIGNATURE, WITNESS.public)
PASSKEY_ORIGIN, PASSKEY_RP_ID = "https://unggah.rekap.example", "rekap.example"
SIGNERS = [derive("rekap vectors", f"role/{number}") for number in range(3)]


def vector(good: Iterable[Case], refused: Iterable[Case]) -> Case:
    """Return what a file holds besides its description."""
    return {"cases": list(good), "refused": list(refused)}


def refused(bad: Iterable[tuple[bytes, str]], parse: Callable[[bytes], object]) -> list[Case]:
    """Return the cases, after making sure that each is refused with its code."""
    cases = []
    for data, want in bad:
        try:
            parse(data)
            found = "accepted"
        except Malformed as error:
            found = want if want == "malformed" else error.code
        except NotVerified:
            found = "not-verified"
        if found != want:
            raise RuntimeError(f"{data[:60]!r}: {found}, want {want}")
        cases.append({"bytes": data.hex(), "error": want})
    return cases


def passkey(message: bytes, client_data: bytes | None = None) -> tuple[Case, Signature]:
    """Return a passkey and its signature with the nonce of RFC 6979: the same at every run.

    `client_data`: what a browser says with it, else as Chrome says it.
    """
    private = derive_private_key(20241127, SECP256R1())
    public = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    if client_data is None:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=")
        client_data = b'{"type":"webauthn.get","challenge":"%s","origin":"%s","crossOrigin":false}'
        client_data %= (challenge, PASSKEY_ORIGIN.encode())
    data = hashlib.sha256(PASSKEY_RP_ID.encode()).digest() + b"\x05" + bytes(4)
    signed = data + hashlib.sha256(client_data).digest()
    r, s = decode_dss_signature(private.sign(signed, ECDSA(SHA256(), deterministic_signing=True)))
    sig = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    keyid = keys.keyid(keys.WEBAUTHN, public)
    case = {"alg": keys.WEBAUTHN, "keyid": keyid, "public": public.hex()}
    return case, Signature(keyid, sig, data, client_data)
