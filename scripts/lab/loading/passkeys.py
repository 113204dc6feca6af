"""The invented country, whose persons of stations sign with passkeys."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scripts.lab.loading.country import AT, Country

from rekap.core import codec
from rekap.core.signing import keys
from rekap.core.signing.envelope import Envelope, pae, serialize
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Ed25519Signer

UPLOADER: Final = "https://load.example"
RP_ID: Final = "load.example"


class Passkey:
    """A passkey in memory: `assertion` is what a browser and its authenticator would return."""

    alg = keys.WEBAUTHN

    def __init__(self, private: bytes) -> None:
        """Take 32 bytes; nearly all of them are a private key of P-256."""
        self._private = derive_private_key(int.from_bytes(private, "big") >> 1, SECP256R1())
        self.public = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.CompressedPoint
        )
        self.keyid = keys.keyid(self.alg, self.public)

    def assertion(self, message: bytes) -> Signature:
        """Return the signature of a message, user present and verified."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=")
        client_data = b'{"type":"webauthn.get","challenge":"%s","origin":"%s","crossOrigin":false}'
        client_data %= (challenge, UPLOADER.encode())
        data = hashlib.sha256(RP_ID.encode()).digest() + b"\x05" + bytes(4)
        signed = data + hashlib.sha256(client_data).digest()
        r, s = decode_dss_signature(self._private.sign(signed, ECDSA(SHA256())))
        sig = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return Signature(self.keyid, sig, data, client_data)


class PasskeyCountry(Country):
    """KPPS sign with passkeys, everybody above with Ed25519. ECDSA draws: bytes differ each run."""

    def signer(self, role: str) -> Any:
        """Return the signer of a role."""
        return Passkey(self.private(role)) if role.startswith("kpps-") else super().signer(role)

    def _signed(self, fields: dict[str, Any], signers: Sequence[Ed25519Signer | Passkey]) -> bytes:
        if fields["kind"] == "log":
            fields = {**fields, "uploaders": [UPLOADER]}
        payload = codec.encode({**fields, "log": self.origin, "at": AT})
        message = pae(payload)
        signatures = [
            one.assertion(message) if isinstance(one, Passkey)
            else Signature(one.keyid, one.sign(message))
            for one in signers
        ]  # fmt: skip
        return serialize(Envelope(payload, tuple(sorted(signatures, key=lambda s: s.keyid))))
