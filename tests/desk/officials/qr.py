"""A second reading of ISO/IEC 18004, versions 1 to 13 in byte mode: from dark modules to the bytes.

Nothing is shared with the library that draws. Every block's Reed-Solomon syndromes must be zero, so
each module of data and correction is where it must be; finders, timing and format are compared too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

QUIET = 4
_LEVELS = "MLHQ"
_CORRECTION = {
    "L": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26),
    "M": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22),
    "Q": (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24),
    "H": (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22),
}
_BLOCKS = {
    "L": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4),
    "M": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9),
    "Q": (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12),
    "H": (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16),
}
_ALIGNMENT = (
    (), (6, 18), (6, 22), (6, 26), (6, 30), (6, 34), (6, 22, 38), (6, 24, 42), (6, 26, 46),
    (6, 28, 50), (6, 30, 54), (6, 32, 58), (6, 34, 62),
)  # fmt: skip
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
_FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")

Rows = Sequence[Sequence[int]]


def from_lines(lines: Sequence[str]) -> list[list[int]]:
    """Return the modules of block characters: upper and lower half, dark where there is ink."""
    rows = []
    for line in lines:
        rows.append([int(character in "▀█") for character in line])
        rows.append([int(character in "▄█") for character in line])
    width = len(rows[0])
    assert not any(any(row) for row in rows[width:])
    return rows[:width]


def decode(rows: Rows) -> bytes:
    """Return the bytes that a code with its quiet zone holds; AssertionError says what is wrong."""
    size = len(rows) - 2 * QUIET
    assert all(len(row) == len(rows) for row in rows), "not square"
    for at, row in enumerate(rows):
        inside = QUIET <= at < QUIET + size
        margin = [*row[:QUIET], *row[-QUIET:]] if inside else row
        assert not any(margin), "the quiet zone is not light"
    code = [list(row[QUIET:-QUIET]) for row in rows[QUIET:-QUIET]]
    version, rest = divmod(size - 17, 4)
    assert rest == 0
    assert 1 <= version <= 13
    level, mask = _format(code)
    fixed = _fixed(code, version)
    bits = [
        code[y][x] ^ _MASKS[mask](y, x)
        for y, x in _path(size)
        if not fixed[y][x]
    ]  # fmt: skip
    words = [
        int("".join(map(str, map(int, bits[at : at + 8]))), 2) for at in range(0, len(bits) - 7, 8)
    ]
    return _content(_data(words, version, level), version)


def _format(code: Rows) -> tuple[str, int]:
    first = (
        [(8, x) for x in (0, 1, 2, 3, 4, 5, 7)]
        + [(8, 8), (7, 8)]
        + [(y, 8) for y in (5, 4, 3, 2, 1, 0)]
    )
    size = len(code)
    second = [(size - 1 - n, 8) for n in range(7)] + [(8, size - 8 + n) for n in range(8)]
    found = {int("".join(str(code[y][x]) for y, x in places), 2) for places in (first, second)}
    assert len(found) == 1, "two format words"
    word = found.pop() ^ 0b101010000010010
    rest = word >> 10 << 10
    for bit in range(14, 9, -1):
        if rest >> bit & 1:
            rest ^= 0b10100110111 << (bit - 10)
    assert rest == word & 0x3FF, "the format's own check"
    return _LEVELS[word >> 13], word >> 10 & 7


def _fixed(code: Rows, version: int) -> list[list[bool]]:
    """Return which modules are no data, after comparing those that are always the same."""
    size = len(code)
    fixed = [[False] * size for _ in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for y, row in enumerate(_FINDER):
            assert "".join(str(code[top + y][left + x]) for x in range(7)) == row, "a finder"
        for y in range(max(0, top - 1), min(size, top + 8)):
            for x in range(max(0, left - 1), min(size, left + 8)):
                fixed[y][x] = True
    for n in range(8, size - 8):
        assert code[6][n] == code[n][6] == (n + 1) % 2, "the timing"
        fixed[6][n] = fixed[n][6] = True
    places = _ALIGNMENT[version - 1]
    for y in places:
        for x in places:
            if (y, x) in {(6, 6), (6, size - 7), (size - 7, 6)}:
                continue
            for dy in range(-2, 3):
                for dx in range(-2, 3):
                    assert code[y + dy][x + dx] == (max(abs(dy), abs(dx)) != 1), "an alignment"
                    fixed[y + dy][x + dx] = True
    for n in range(9):
        fixed[8][n] = fixed[n][8] = True
    for n in range(8):
        fixed[8][size - 1 - n] = fixed[size - 1 - n][8] = True
    assert code[size - 8][8] == 1, "the dark module"
    if version >= 7:
        for y in range(6):
            for x in range(3):
                fixed[y][size - 11 + x] = fixed[size - 11 + x][y] = True
    return fixed


def _path(size: int) -> Iterator[tuple[int, int]]:
    upward = True
    right = size - 1
    while right > 0:
        if right == 6:
            right -= 1
        for step in range(size):
            y = size - 1 - step if upward else step
            yield y, right
            yield y, right - 1
        upward = not upward
        right -= 2


def _data(words: Sequence[int], version: int, level: str) -> list[int]:
    count, correction = _BLOCKS[level][version - 1], _CORRECTION[level][version - 1]
    short, longer = divmod(len(words), count)
    sizes = [short - correction + (n >= count - longer) for n in range(count)]
    blocks: list[list[int]] = [[] for _ in range(count)]
    stream = iter(words)
    for at in range(max(sizes)):
        for n in range(count):
            if at < sizes[n]:
                blocks[n].append(next(stream))
    for _ in range(correction):
        for block in blocks:
            block.append(next(stream))
    assert next(stream, None) is None
    for block in blocks:
        _check(block, correction)
    return [word for block, size in zip(blocks, sizes, strict=True) for word in block[:size]]


def _check(block: Sequence[int], correction: int) -> None:
    """Reed-Solomon over GF(256) with 0x11D: every root of the generator must be one."""
    for power in range(correction):
        root, value = 1, 0
        for _ in range(power):
            root = _times(root, 2)
        for word in block:
            value = _times(value, root) ^ word
        assert value == 0, "a block does not check"


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return product


def _content(data: Sequence[int], version: int) -> bytes:
    bits = "".join(f"{word:08b}" for word in data)
    assert bits[:4] == "0100", "not one segment of bytes"
    width = 8 if version < 10 else 16
    length = int(bits[4 : 4 + width], 2)
    start = 4 + width
    found = bytes(int(bits[start + 8 * n : start + 8 * n + 8], 2) for n in range(length))
    rest = bits[start + 8 * length :]
    assert set(rest[:4]) <= {"0"}, "no end"
    return found
