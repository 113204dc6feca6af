"""The log's key in KMS: it never leaves the service, and every signature is checked here.

RAW messages and ED25519_SHA_512 give plain Ed25519 (RFC 8032); the pre-hashed variant that KMS
also offers does not, and would not verify anywhere.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from rekap.core.errors import Corrupt, NotVerified
from rekap.core.signing import keys
from rekap.portal.store.aws.patience import PATIENT, Patience, asking

_ALGORITHM: Final = "ED25519_SHA_512"
_LONGEST: Final = 4_096
"""Bytes that KMS takes as a RAW message; a checkpoint is far shorter."""


class KmsSigner:
    """The protocol `Signer` over one key; the public half is asked for once."""

    alg = keys.ED25519

    def __init__(self, client: Any, key: str, *, patience: Patience = PATIENT) -> None:
        self._client = client
        self._key = key
        self._patience = patience

    @cached_property
    def public(self) -> bytes:
        """The 32 raw bytes of the public key. RuntimeError if the key is of another kind."""

        def once() -> dict[str, Any]:
            with asking("read the log's public key"):
                answer: dict[str, Any] = self._client.get_public_key(KeyId=self._key)
                return answer

        answer = self._patience.insist("read the log's public key", once)
        public = _ed25519(answer["PublicKey"])
        if _ALGORITHM not in answer.get("SigningAlgorithms", ()) or public is None:
            raise RuntimeError(f"the key {self._key} does not sign with {_ALGORITHM}")
        return public

    @cached_property
    def keyid(self) -> str:
        """The key id of the public key."""
        return keys.keyid(self.alg, self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`.

        Raises:
            RuntimeError: the message has more than 4,096 bytes.
            Corrupt: the service's signature does not verify; nobody gets to see it.
            Unavailable: the service is busy or silent; nothing was signed that anybody saw.
        """
        if len(message) > _LONGEST:
            raise RuntimeError(f"KMS signs up to {_LONGEST} bytes, not {len(message)}")

        public = self.public

        def once() -> bytes:
            with asking("sign"):
                answer = self._client.sign(
                    KeyId=self._key,
                    Message=message,
                    MessageType="RAW",
                    SigningAlgorithm=_ALGORITHM,
                )
                return bytes(answer["Signature"])

        signature = self._patience.insist("sign", once)
        try:
            keys.verify_ed25519(public, message, signature)
        except NotVerified as error:
            raise Corrupt(f"KMS gave a signature that does not verify: {error}") from error
        return signature


def _ed25519(der: bytes) -> bytes | None:
    """Return the raw public key of a SubjectPublicKeyInfo, None if it is of another kind."""
    try:
        public = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return public.public_bytes_raw() if isinstance(public, Ed25519PublicKey) else None
