"""Cosignatures of the newer kind (tlog-cosignature, type 0x06: ML-DSA-44), made and verified here.

Our programs know no such key. The line is real, so that ignoring it is not a matter of its form.
"""

from __future__ import annotations

import hashlib
import struct

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from rekap.core.log.checkpoint import parse
from rekap.core.signing.note import SignatureLine

KIND = 0x06
TIME = 1_767_225_600


def public(seed: bytes) -> bytes:
    """Return the public key, 1,312 bytes, of a seed of 32."""
    return MLDSA44PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()


def cosign(text: bytes, name: str, seed: bytes) -> SignatureLine:
    """Return the line of cosigner `name` over a checkpoint's text."""
    private = MLDSA44PrivateKey.from_seed_bytes(seed)
    signature = private.sign(message(text, name, TIME))
    return SignatureLine(name, key_id(name, seed), struct.pack(">Q", TIME) + signature)


def verify(line: SignatureLine, text: bytes, seed: bytes) -> None:
    """Raise InvalidSignature if the line is not a cosignature of the text."""
    time, signature = struct.unpack(">Q", line.signature[:8])[0], line.signature[8:]
    key = MLDSA44PrivateKey.from_seed_bytes(seed).public_key()
    key.verify(signature, message(text, line.name, time))


def key_id(name: str, seed: bytes) -> bytes:
    """Return the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x06 ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([KIND]) + public(seed)).digest()[:4]


def message(text: bytes, name: str, time: int) -> bytes:
    """Return what is signed: the tree 0…size of the origin, at a time, by a name."""
    checkpoint = parse(text)
    names = b"".join(
        bytes([len(one)]) + one + rest
        for one, rest in (
            (name.encode(), struct.pack(">Q", time)),
            (checkpoint.origin.encode(), struct.pack(">QQ", 0, checkpoint.size)),
        )
    )
    return b"subtree/v1\n\0" + names + checkpoint.root
