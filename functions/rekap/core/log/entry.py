"""Entries of the log: their leaf hash, and the bundles that hold up to 256 of them.

A bundle is, for each entry in order, a big-endian 16-bit length and the entry's bytes: no count,
no separator, nothing after the last one (C2SP tlog-tiles). The bundle of entries "0", "1" is

    00 01 30 00 01 31
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from rekap.core.errors import Malformed
from rekap.core.log.tiles import WIDTH

MAX_ENTRY = 65_535

_LENGTH_BYTES = 2


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ entry), the 32-byte leaf hash of RFC 6962 section 2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bundle of the entries.

    Raises:
        Malformed: an entry above 65,535 bytes.
    """
    parts: list[bytes] = []
    for index, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY:
            raise Malformed(f"{len(entry)} bytes, at most {MAX_ENTRY}", f"entry {index}")
        parts.append(len(entry).to_bytes(_LENGTH_BYTES, "big"))
        parts.append(entry)
    return b"".join(parts)


def decode_bundle(data: bytes, count: int) -> tuple[bytes, ...]:
    """Return the `count` (1…256) entries that the bundle holds.

    Raises:
        Malformed: fewer or more entries, a cut entry or length, trailing bytes.
    """
    if not 1 <= count <= WIDTH:
        raise Malformed(f"a bundle of {count} entries, want 1…{WIDTH}")
    entries: list[bytes] = []
    start = 0
    for index in range(count):
        body = start + _LENGTH_BYTES
        end = body + int.from_bytes(data[start:body], "big")
        if end > len(data):
            raise Malformed(f"the bundle ends inside entry {index} of {count}")
        entries.append(data[body:end])
        start = end
    if start != len(data):
        raise Malformed(f"{len(data) - start} bytes after the last of {count} entries")
    return tuple(entries)
