"""A square code (QR, ISO/IEC 18004) of one fixed shape, fast enough for every page.

Version 5, level L, byte mode, mask 2: 37 × 37 modules hold up to 106 bytes. With shape and mask
fixed, everything but the codewords is constant, so a code costs one division and one path. The
library that draws receipts takes longer for one code than a page takes altogether, and pages are
rendered again by everybody who verifies. A test holds this against that library, module by module.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from operator import itemgetter
from typing import Final

SIDE: Final = 37
CAPACITY: Final = 106
"""Bytes of text."""
_DATA: Final = 108
_CHECK: Final = 26
"""Codewords of data, and of Reed–Solomon in the only block."""
_BITS: Final = 8 * (_DATA + _CHECK)
_FORMAT: Final = 0b111110110101010
"""Level L with mask 2: fifteen bits, already with their code and mask."""
_POLYNOMIAL: Final = 0x11D
_ALIGNMENT: Final = 30
_QUIET: Final = 4
_STEPS: Final = {
    **{"1" * length: f"h{length}" for length in range(1, SIDE + 1)},
    **{"0" * length: f"m{length} 0" for length in range(1, SIDE + 1)},
    "n": f"m-{SIDE} 1",
}
"""A run of modules, or the end of a line, as a step of the path."""


def path(text: bytes) -> str | None:
    """The dark modules of `text` as an SVG path in a square of 45 units; None if it is too long.

    Steps are relative, since a page is sent compressed: half the bytes of absolute ones.
    """
    if len(text) > CAPACITY:
        return None
    runs = lines(text).replace("01", "0 1").replace("10", "1 0").replace("\n", " n ").split()
    return f"M{_QUIET} {_QUIET}" + "".join(map(_STEPS.__getitem__, runs))


def lines(text: bytes) -> str:
    """The lines of the code without its light border, "1" is dark. At most `CAPACITY` bytes."""
    length = len(text)
    head = (0b0100 << 8 | length) << 8 * length  # byte mode; behind the text four bits that end it
    data = (head << 4 | int.from_bytes(text, "big") << 4).to_bytes(length + 2, "big")
    data += (b"\xec\x11" * _DATA)[: _DATA - len(data)]
    codewords = int.from_bytes(data + _remainder(data), "big")
    flipped = codewords ^ ((1 << _BITS) - 1)
    return "".join(_layout()(f"{codewords:0{_BITS}b}{flipped:0{_BITS}b}01\n"))


def _remainder(data: bytes) -> bytes:
    """The check codewords of the block: the remainder of `data` by the generator polynomial."""
    multiples = _multiples()
    rest = 0
    low = (1 << 8 * (_CHECK - 1)) - 1
    for byte in data:
        rest = (rest & low) << 8 ^ multiples[rest >> 8 * (_CHECK - 1) ^ byte]
    return rest.to_bytes(_CHECK, "big")


@lru_cache(maxsize=1)
def _multiples() -> list[int]:
    """The generator polynomial times each of the 256 elements, as integers of 26 bytes."""
    powers = [1]
    for _ in range(254):
        value = powers[-1] << 1
        powers.append(value ^ _POLYNOMIAL if value > 0xFF else value)
    logs = {value: power for power, value in enumerate(powers)}

    def times(one: int, other: int) -> int:
        return powers[(logs[one] + logs[other]) % 255] if one and other else 0

    generator = [1]
    for root in powers[:_CHECK]:
        shifted = [*generator, 0]
        scaled = [0, *(times(one, root) for one in generator)]
        generator = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return [
        int.from_bytes(bytes(times(factor, one) for one in generator[1:]), "big")
        for factor in range(256)
    ]


@lru_cache(maxsize=1)
def _layout() -> Callable[[str], tuple[str, ...]]:
    """What picks the lines out of a text: codewords, the same flipped, "0", "1", end of line."""
    rows, places = _frame()
    picked = [2 * _BITS + dark for dark in rows]
    for bit, place in enumerate(places[:_BITS]):  # seven places are left over
        picked[place] = bit + _BITS * rows[place]  # the mask is dark there: flipped
    end = 2 * _BITS + 2
    return itemgetter(*(one for at in range(0, len(picked), SIDE)
                        for one in (*picked[at : at + SIDE], end)))  # fmt: skip


@lru_cache(maxsize=1)
def _frame() -> tuple[bytes, list[int]]:
    """The constant modules row by row, with the mask where data go; where data go, in order."""
    rows = bytearray(SIDE * SIDE)
    fixed = bytearray(SIDE * SIDE)

    def put(x: int, y: int, *, dark: bool) -> None:
        if 0 <= x < SIDE and 0 <= y < SIDE:
            rows[y * SIDE + x], fixed[y * SIDE + x] = dark, 1

    for at in range(SIDE):
        put(at, 6, dark=not at % 2)
        put(6, at, dark=not at % 2)
    for cx, cy in ((3, 3), (SIDE - 4, 3), (3, SIDE - 4)):
        for dx, dy in product(range(-4, 5), repeat=2):
            put(cx + dx, cy + dy, dark=max(abs(dx), abs(dy)) in (0, 1, 3))
    for dx, dy in product(range(-2, 3), repeat=2):
        put(_ALIGNMENT + dx, _ALIGNMENT + dy, dark=max(abs(dx), abs(dy)) != 1)
    for at in range(15):
        dark = bool(_FORMAT >> at & 1)
        put(8, at if at < 6 else at + 1 if at < 8 else SIDE - 15 + at, dark=dark)
        put(SIDE - 1 - at if at < 8 else 7 if at == 8 else 14 - at, 8, dark=dark)
    put(8, SIDE - 8, dark=True)
    places = []
    rising = True
    for right in (*range(SIDE - 1, 6, -2), *range(5, 0, -2)):
        for y in range(SIDE - 1, -1, -1) if rising else range(SIDE):
            for x in (right, right - 1):
                if not fixed[y * SIDE + x]:
                    places.append(y * SIDE + x)
                    rows[y * SIDE + x] = not x % 3
        rising = not rising
    return bytes(rows), places
