"""Ed25519 as docs/formats.md writes it, by big integers: slow, sharing nothing with the code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[2] / "vectors" / "public"

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]


def _sqrt(value: int) -> int | None:
    x = pow(value, (P + 3) // 8, P)
    return next((root for root in (x, x * ROOT % P) if root * root % P == value % P), None)


def _small_ordinates() -> set[int]:
    """0, 1, −1 and the two of order 8: those of the 8 small-order points."""
    found = {0, 1, P - 1}
    square = _sqrt(1 + D)
    assert square is not None
    for sign in (1, -1):
        y = _sqrt((-1 + sign * square) * pow(D, -1, P) % P)
        if y is not None:
            found |= {y, P - y}
    return found


SMALL = _small_ordinates()


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


def edge_cases() -> Iterator[tuple[bytes, bytes, bytes]]:
    """(key, message, signature) of all public Ed25519 vectors."""
    for case in vectors("cctv-ed25519.json"):
        yield bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"])
    for case in vectors("ed25519-speccheck.json"):
        key, message, sig = (case[n] for n in ("pub_key", "message", "signature"))
        yield bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(sig)
    for group in vectors("wycheproof-ed25519_test.json")["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            yield public, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])


def decode(data: bytes) -> Point | None:
    """Return the point of 32 bytes, None if it is no point, not canonical, or of small order."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= P or y in SMALL:
        return None
    x = _sqrt((y * y - 1) * pow(D * y * y + 1, -1, P) % P)
    if x is None:
        return None
    return (P - x if x & 1 != sign else x), y


def _add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return x, y


def _times(number: int, point: Point) -> Point:
    result = (0, 1)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


_Y = 4 * pow(5, -1, P) % P
_X = _sqrt((_Y * _Y - 1) * pow(D * _Y * _Y + 1, -1, P) % P)
assert _X is not None
BASE = (_X if _X % 2 == 0 else P - _X, _Y)


def accepts(public: bytes, message: bytes, sig: bytes) -> bool:
    """Tell whether the written profile accepts a signature: S·B = R + k·A, without the cofactor."""
    if len(public) != 32 or len(sig) != 64:
        return False
    a, r = decode(public), decode(sig[:32])
    s = int.from_bytes(sig[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(sig[:32] + public + message).digest(), "little") % L
    return _times(s, BASE) == _add(r, _times(k, a))
