"""What can sign, and the signer whose private key is in memory.

A signer elsewhere (a key service, a hardware token) offers the same four names.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rekap.core.signing import keys


class Signer(Protocol):
    """One private key. `sign` returns the raw 64-byte signature over exactly `message`."""

    @property
    def alg(self) -> str: ...

    @property
    def public(self) -> bytes: ...

    @property
    def keyid(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


class Ed25519Signer:
    """Signs with a 32-byte Ed25519 private key (the seed of RFC 8032)."""

    __slots__ = ("_private", "keyid", "public")

    alg = keys.ED25519

    def __init__(self, private: bytes) -> None:
        """Load the private key. Raises ValueError if it is not 32 bytes."""
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._private.public_key().public_bytes_raw()
        self.keyid = keys.keyid(keys.ED25519, self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature, the same for the same message (RFC 8032 section 5.1.6)."""
        return self._private.sign(message)


def derive(seed: str, role: str) -> Ed25519Signer:
    """Return the signer of a role of a replay: see `derive_private`."""
    return Ed25519Signer(derive_private(seed, role))


def derive_private(seed: str, role: str) -> bytes:
    """Return 32 private bytes of a role: HKDF-SHA256(seed, empty salt, info `rekap/<role>`).

    Whoever knows the seed has the key. Seeds of replays are public, so such keys prove nothing
    about who signed and must never serve a live log.
    """
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"rekap/{role}".encode())
    return hkdf.derive(seed.encode())
