"""A passkey in memory: what a browser and its authenticator would return."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rekap.core.signing import keys
from rekap.core.signing.signature import Signature

ORIGIN, RP_ID = "https://rekap.example", "rekap.example"
SCOPE = keys.WebAuthnScope(frozenset({ORIGIN, "https://unggah.rekap.example"}), RP_ID)


class Passkey:
    """Signs messages; every part of what it returns can be replaced to make it wrong."""

    def __init__(self, secret: int = 7) -> None:
        self._private: EllipticCurvePrivateKey = derive_private_key(secret, SECP256R1())
        public = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.CompressedPoint
        )
        self.key = keys.PublicKey(keys.WEBAUTHN, public)

    def sign(
        self,
        message: bytes,
        *,
        origin: str = ORIGIN,
        rp_id: str = RP_ID,
        flags: int = 0x05,
        tail: bytes = b"",
        client_data: bytes | None = None,
        after: bytes = b"",
    ) -> Signature:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=")
        if client_data is None:
            client_data = (
                b'{"type":"webauthn.get","challenge":"%s","origin":"%s","crossOrigin":false%s}'
                % (challenge, origin.encode(), tail)
            )
        data = hashlib.sha256(rp_id.encode()).digest() + bytes((flags,)) + bytes(4) + after
        signed = data + hashlib.sha256(client_data).digest()
        r, s = decode_dss_signature(self._private.sign(signed, ECDSA(SHA256())))
        sig = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return Signature(self.key.keyid, sig, data, client_data)
