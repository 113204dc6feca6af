"""Public keys: their names, which ones are acceptable, and the two ways to verify.

`ed25519` is RFC 8032 with everything closed that verifiers disagree on: the point encodings A and
R must be canonical and none of small order, S must be below the group order, and the equation is
the cofactorless one. `webauthn-es256` is a passkey: P-256 with SHA-256 over what the
authenticator signed, checked as WebAuthn section 7.2 demands; the browser's words are read by
value (`client_data`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import client_data

if TYPE_CHECKING:
    from rekap.core.signing.signature import Signature

ED25519 = "ed25519"
WEBAUTHN = "webauthn-es256"

_SIGNATURE_BYTES = 64
_ED25519_BYTES = 32
_P256_BYTES = 33
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_ORDER_8_Y = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)


def _refused_points() -> frozenset[bytes]:
    """All encodings that name a small-order point or are not canonical, with either sign bit."""
    ordinates = {0, 1, _P - 1, *(int.from_bytes(bytes.fromhex(y), "little") for y in _ORDER_8_Y)}
    # 19 numbers of 255 bits are p or more: a second spelling of a y below 19, which some verifiers
    # take and some refuse.
    ordinates.update(range(_P, 2**255))
    return frozenset((y | sign << 255).to_bytes(32, "little") for y in ordinates for sign in (0, 1))


_REFUSED_POINTS = _refused_points()

_AUTHENTICATOR_BYTES = 37
_USER_PRESENT, _USER_VERIFIED = 0x01, 0x04
_BACKUP_ELIGIBLE, _BACKED_UP = 0x08, 0x10
_ATTESTED, _EXTENSIONS = 0x40, 0x80


@dataclass(frozen=True, slots=True)
class WebAuthnScope:
    """Where a passkey may have been used: page origins (`https://…`) and the relying party id."""

    origins: AbstractSet[str]
    rp_id: str

    def includes(self, other: WebAuthnScope | None) -> bool:
        """Tell whether what verifies in the other scope verifies in this one."""
        return other is None or (self.rp_id == other.rp_id and self.origins >= other.origins)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key with its algorithm. `public`: 32 raw bytes, or 33 bytes SEC1 compressed.

    `keyid` is its name in envelopes and registers: 32 hex digits.
    """

    alg: str
    public: bytes
    keyid: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keyid", keyid(self.alg, self.public))


def keyid(alg: str, public: bytes) -> str:
    """Return the hex of the first 16 bytes of SHA-256(alg ‖ 0x0A ‖ public key)."""
    return hashlib.sha256(alg.encode() + b"\n" + public).digest()[:16].hex()


@lru_cache(maxsize=8_192)
def read_key(alg: str, text: str) -> PublicKey:
    """Return the key that a statement names by its algorithm and standard base64.

    Raises:
        Malformed: another spelling of base64. Whether it can sign at all: `check_public`.
    """
    return PublicKey(alg, codec.b64decode(text))


def check_public(alg: str, public: bytes) -> None:
    """Refuse a key that no signature could be accepted from.

    Raises:
        Malformed: code `algorithm` or `public-key`.
    """
    if alg == ED25519:
        if len(public) != _ED25519_BYTES or public in _REFUSED_POINTS:
            raise Malformed("not an acceptable Ed25519 key", code="public-key")
    elif alg == WEBAUTHN:
        if len(public) != _P256_BYTES:
            raise Malformed("not a compressed P-256 point", code="public-key")
        try:
            _load_p256(public)
        except ValueError as error:
            raise Malformed("not a compressed P-256 point", code="public-key") from error
    else:
        raise Malformed(f"unknown algorithm {alg!r}", code="algorithm")


def verify(
    key: PublicKey, message: bytes, signature: Signature, scope: WebAuthnScope | None = None
) -> None:
    """Verify one signature over `message` (the pre-authentication encoding).

    The algorithm is the registered key's, never the signature's. `scope` is needed for passkeys
    only. Whether the key is entitled to sign is not checked here.

    Raises:
        NotVerified: with the key id as place.
    """
    try:
        if signature.keyid != key.keyid:
            raise NotVerified("signature of another key")
        if key.alg == ED25519:
            _verify_raw_shape(signature)
            verify_ed25519(key.public, message, signature.sig)
        elif key.alg == WEBAUTHN:
            _verify_webauthn(key.public, message, signature, scope)
        else:
            raise NotVerified(f"unknown algorithm {key.alg!r}")
    except NotVerified as error:
        raise NotVerified(error.message, signature.keyid, error.expected, error.found) from error


def verify_ed25519(public: bytes, message: bytes, sig: bytes) -> None:
    """Verify an Ed25519 signature by the strict profile of this module.

    Raises:
        NotVerified: wrong length, refused point, S not below the group order, or no match.
    """
    if len(public) != _ED25519_BYTES or public in _REFUSED_POINTS:
        raise NotVerified("not an acceptable Ed25519 key")
    if len(sig) != _SIGNATURE_BYTES:
        raise NotVerified("signature length", "", str(_SIGNATURE_BYTES), str(len(sig)))
    if sig[:32] in _REFUSED_POINTS:
        raise NotVerified("R is not canonical or has small order")
    if int.from_bytes(sig[32:], "little") >= _L:
        raise NotVerified("S is not below the group order")
    try:
        _load_ed25519(public).verify(sig, message)
    except InvalidSignature as error:
        raise NotVerified("signature does not verify") from error


def verify_p256(public: bytes, message: bytes, sig: bytes) -> None:
    """Verify an ECDSA P-256 SHA-256 signature given as r ‖ s, both in 1…n−1; high s is allowed.

    Raises:
        NotVerified: wrong length, r or s out of range, not a point, or no match.
    """
    if len(sig) != _SIGNATURE_BYTES:
        raise NotVerified("signature length", "", str(_SIGNATURE_BYTES), str(len(sig)))
    r, s = int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big")
    if not (0 < r < _N and 0 < s < _N):
        raise NotVerified("r or s is out of range")
    try:
        _load_p256(public).verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except ValueError as error:
        raise NotVerified("not a P-256 point") from error
    except InvalidSignature as error:
        raise NotVerified("signature does not verify") from error


def _verify_raw_shape(signature: Signature) -> None:
    if signature.authenticator_data is not None or signature.client_data is not None:
        raise NotVerified("a raw signature with parts of a passkey's")


def _verify_webauthn(
    public: bytes, message: bytes, signature: Signature, scope: WebAuthnScope | None
) -> None:
    data, words = signature.authenticator_data, signature.client_data
    if data is None or words is None or scope is None:
        raise NotVerified("a passkey's signature without its parts or scope")
    _verify_client_data(words, message, scope)
    _verify_authenticator_data(data, scope)
    verify_p256(public, data + hashlib.sha256(words).digest(), signature.sig)


def _verify_client_data(data: bytes, message: bytes, scope: WebAuthnScope) -> None:
    """An assertion over this message, made on a page of ours that no other page embeds.

    Members that nobody here asks for are signed but mean nothing to us.
    """
    try:
        members = client_data.read(data)
    except Malformed as error:
        raise NotVerified(error.message) from error
    challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=").decode()
    if members.get("type") != "webauthn.get" or members.get("challenge") != challenge:
        raise NotVerified("client data of another type or challenge")
    if members.get("origin") not in scope.origins:
        raise NotVerified("client data of another origin")
    if members.get("crossOrigin", False) is not False or "topOrigin" in members:
        raise NotVerified("client data of a page inside another page")


def _verify_authenticator_data(data: bytes, scope: WebAuthnScope) -> None:
    """Exactly RP id hash (32), flags (1), counter (4): an assertion without extensions."""
    if len(data) != _AUTHENTICATOR_BYTES:
        raise NotVerified("authenticator data", "", str(_AUTHENTICATOR_BYTES), str(len(data)))
    if data[:32] != hashlib.sha256(scope.rp_id.encode()).digest():
        raise NotVerified("authenticator data of another relying party")
    flags = data[32]
    if not flags & _USER_PRESENT or not flags & _USER_VERIFIED:
        raise NotVerified("the user was not present and verified")
    if flags & (_ATTESTED | _EXTENSIONS):
        raise NotVerified("authenticator data announces parts that are not there")
    if flags & _BACKED_UP and not flags & _BACKUP_ELIGIBLE:
        raise NotVerified("backup flags contradict each other")


@lru_cache(maxsize=8_192)
def _load_ed25519(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


@lru_cache(maxsize=8_192)
def _load_p256(public: bytes) -> EllipticCurvePublicKey:
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
