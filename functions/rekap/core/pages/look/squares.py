"""A square code (QR, ISO/IEC 18004), fast enough for every page: level L, byte mode, mask 2.

With version and mask fixed, everything but the codewords is constant, so a code costs one division
for each block and one path. Pages have version 5: 37 × 37 modules hold up to 106 bytes. Receipts
have the smallest version of 1 to 13 that holds them. Tests hold this against a library that chooses
everything itself, module by module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product, zip_longest
from operator import itemgetter
from typing import Final

_FORMAT: Final = 0b111110110101010
"""Level L with mask 2: fifteen bits, already with their code and mask."""
_POLYNOMIAL: Final = 0x11D
_VERSION_CODE: Final = 0x1F25
QUIET: Final = 4
"""Modules of the light border that readers need."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A version: `data` codewords in `blocks`, with `check` codewords of Reed–Solomon for each."""

    version: int
    data: int
    blocks: int
    check: int

    @property
    def side(self) -> int:
        """Modules in a line, without the border."""
        return 4 * self.version + 17

    @property
    def bits(self) -> int:
        """Bits of all codewords."""
        return 8 * (self.data + self.blocks * self.check)

    @property
    def capacity(self) -> int:
        """Bytes of text."""
        return self.data - (2 if self.version < 10 else 3)

    @property
    def centres(self) -> tuple[int, ...]:
        """Return where alignment patterns stand, in both directions; corners have none."""
        last = 4 * self.version + 10
        middle = (2 * self.version + 8,) if self.version > 6 else ()
        return (6, *middle, last) if self.version > 1 else ()


SHAPES: Final = tuple(
    Shape(version, *numbers)
    for version, numbers in enumerate(
        (
            (19, 1, 7), (34, 1, 10), (55, 1, 15), (80, 1, 20), (108, 1, 26), (136, 2, 18),
            (156, 2, 20), (194, 2, 24), (232, 2, 30), (274, 4, 18), (324, 4, 20), (370, 4, 24),
            (428, 4, 26),
        ),
        1,
    )
)  # fmt: skip
PAGE: Final = SHAPES[4]


def path(text: bytes) -> str | None:
    """The dark modules of `text` as an SVG path in a square of 45 units; None if it is too long.

    Steps are relative, since a page is sent compressed: half the bytes of absolute ones.
    """
    if len(text) > PAGE.capacity:
        return None
    runs = lines(text).replace("01", "0 1").replace("10", "1 0").replace("\n", " n ").split()
    return f"M{QUIET} {QUIET}" + "".join(map(_steps().__getitem__, runs))


@lru_cache(maxsize=1)
def _steps() -> dict[str, str]:
    """A run of modules, or the end of a line, as a step of the path."""
    lengths = range(1, PAGE.side + 1)
    return {
        **{"1" * length: f"h{length}" for length in lengths},
        **{"0" * length: f"m{length} 0" for length in lengths},
        "n": f"m-{PAGE.side} 1",
    }


def smallest(length: int) -> Shape | None:
    """The smallest shape for so many bytes of text; None if even the largest is too small."""
    return next((shape for shape in SHAPES if length <= shape.capacity), None)


def lines(text: bytes, shape: Shape = PAGE) -> str:
    """The lines of the code without its light border, "1" is dark; at most `capacity` bytes."""
    length = len(text)
    head = 0b0100 << 8 * (shape.data - shape.capacity - 1) | length  # byte mode, then the length
    number = (head << 8 * length | int.from_bytes(text, "big")) << 4  # four bits end the text
    data = number.to_bytes(length + shape.data - shape.capacity, "big")
    data += (b"\xec\x11" * shape.data)[: shape.data - len(data)]
    codewords = int.from_bytes(_with_checks(data, shape), "big")
    flipped = codewords ^ ((1 << shape.bits) - 1)
    return "".join(_layout(shape)(f"{codewords:0{shape.bits}b}{flipped:0{shape.bits}b}01\n"))


def _with_checks(data: bytes, shape: Shape) -> bytes:
    """The codewords in the order of the code: each block's first, each block's second, and on."""
    short, longer = divmod(shape.data, shape.blocks)
    parts, at = [], 0
    for block in range(shape.blocks):
        size = short + (block >= shape.blocks - longer)
        parts.append(data[at : at + size])
        at += size
    checks = [_remainder(part, shape.check) for part in parts]
    columns = (*zip_longest(*parts), *zip(*checks, strict=True))
    return bytes(one for column in columns for one in column if one is not None)


def _remainder(data: bytes, check: int) -> bytes:
    """The check codewords of a block: the remainder of `data` by the generator polynomial."""
    multiples = _multiples(check)
    rest = 0
    low = (1 << 8 * (check - 1)) - 1
    for byte in data:
        rest = (rest & low) << 8 ^ multiples[rest >> 8 * (check - 1) ^ byte]
    return rest.to_bytes(check, "big")


@lru_cache(maxsize=len(SHAPES))
def _multiples(check: int) -> list[int]:
    """The generator polynomial times each of the 256 elements, as integers of `check` bytes."""
    powers = [1]
    for _ in range(254):
        value = powers[-1] << 1
        powers.append(value ^ _POLYNOMIAL if value > 0xFF else value)
    logs = {value: power for power, value in enumerate(powers)}

    def times(one: int, other: int) -> int:
        return powers[(logs[one] + logs[other]) % 255] if one and other else 0

    generator = [1]
    for root in powers[:check]:
        shifted = [*generator, 0]
        scaled = [0, *(times(one, root) for one in generator)]
        generator = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return [
        int.from_bytes(bytes(times(factor, one) for one in generator[1:]), "big")
        for factor in range(256)
    ]


@lru_cache(maxsize=len(SHAPES))
def _layout(shape: Shape) -> Callable[[str], tuple[str, ...]]:
    """What picks the lines out of a text: codewords, the same flipped, "0", "1", end of line."""
    rows, places = _frame(shape)
    picked = [2 * shape.bits + dark for dark in rows]
    for bit, place in enumerate(places[: shape.bits]):  # a few places may be left over
        picked[place] = bit + shape.bits * rows[place]  # the mask is dark there: flipped
    end = 2 * shape.bits + 2
    return itemgetter(*(one for at in range(0, len(picked), shape.side)
                        for one in (*picked[at : at + shape.side], end)))  # fmt: skip


def _frame(shape: Shape) -> tuple[bytes, list[int]]:
    """The constant modules row by row, with the mask where data go; where data go, in order."""
    side = shape.side
    rows = bytearray(side * side)
    fixed = bytearray(side * side)
    for x, y, dark in (*_patterns(shape), *_information(shape)):
        rows[y * side + x], fixed[y * side + x] = dark, 1
    places = []
    rising = True
    for right in (*range(side - 1, 6, -2), *range(5, 0, -2)):
        for y in range(side - 1, -1, -1) if rising else range(side):
            for x in (right, right - 1):
                if not fixed[y * side + x]:
                    places.append(y * side + x)
                    rows[y * side + x] = not x % 3
        rising = not rising
    return bytes(rows), places


def _patterns(shape: Shape) -> Iterator[tuple[int, int, bool]]:
    """What a reader finds a code by: (x, y, whether it is dark)."""
    side = range(shape.side)
    for at in side:
        yield at, 6, not at % 2
        yield 6, at, not at % 2
    corners = ((3, 3), (shape.side - 4, 3), (3, shape.side - 4))
    for (cx, cy), dx, dy in product(corners, range(-4, 5), range(-4, 5)):
        if cx + dx in side and cy + dy in side:
            yield cx + dx, cy + dy, max(abs(dx), abs(dy)) in (0, 1, 3)
    for cx, cy in product(shape.centres, repeat=2):
        if all(max(abs(cx - x), abs(cy - y)) > 3 for x, y in corners):
            for dx, dy in product(range(-2, 3), repeat=2):
                yield cx + dx, cy + dy, max(abs(dx), abs(dy)) != 1


def _information(shape: Shape) -> Iterator[tuple[int, int, bool]]:
    """Level and mask, and from version 7 on the version, each written twice."""
    side = shape.side
    for at in range(15):
        dark = bool(_FORMAT >> at & 1)
        yield 8, at if at < 6 else at + 1 if at < 8 else side - 15 + at, dark
        yield side - 1 - at if at < 8 else 7 if at == 8 else 14 - at, 8, dark
    yield 8, side - 8, True
    for at in range(18 if shape.version > 6 else 0):
        dark = bool(_version_bits(shape.version) >> at & 1)
        yield side - 11 + at % 3, at // 3, dark
        yield at // 3, side - 11 + at % 3, dark


def _version_bits(version: int) -> int:
    """Six bits of the version and the twelve of their BCH code."""
    rest = version << 12
    for bit in range(17, 11, -1):
        if rest >> bit & 1:
            rest ^= _VERSION_CODE << bit - 12
    return version << 12 | rest
