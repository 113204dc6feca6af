"""Codes that a telephone reads from a screen or from paper (QR, ISO/IEC 18004).

A code holds text, no address: a camera shows it, and nobody is led anywhere. It is the whole
receipt if that fits in 80 columns, since then a photograph alone is the portal's signed promise;
else the origin and the leaf hash. Two modules stand in one character, so it is about square.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

QUIET: Final = 4
"""Modules of the light border that readers need."""
WIDTH: Final = 80

_BLOCKS: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_INK: Final = "\033[30;47m"
_END: Final = "\033[0m"


def choose(receipt: bytes, origin: str, leaf: str) -> bytes:
    """Return what the code of a receipt holds: the receipt, or origin and leaf if it is too long.

    Raises ModuleNotFoundError if the library for codes is not installed.
    """
    return receipt if _fits(receipt) else short(origin, leaf)


def short(origin: str, leaf: str) -> bytes:
    """Return the short text of a statement: two lines, the origin and the leaf hash in hex."""
    return f"{origin}\n{leaf}\n".encode()


def matrix(data: bytes) -> list[list[int]]:
    """Return the rows of the code, 1 is dark, with its quiet zone; byte mode, the smallest version.

    Raises ModuleNotFoundError.
    """
    import segno

    made = segno.make(data, error="l", mode="byte", micro=False)
    return [list(row) for row in made.matrix_iter(border=QUIET)]


def lines(rows: Sequence[Sequence[int]], *, terminal: bool) -> list[str]:
    """Return the code as lines of text.

    On a terminal it is black on white whatever its colours are; else it is ink on paper.
    """
    if len(rows) % 2:
        rows = [*rows, [0] * len(rows[0])]
    drawn = [
        "".join(_BLOCKS[pair] for pair in zip(top, bottom, strict=True))
        for top, bottom in zip(rows[::2], rows[1::2], strict=True)
    ]
    return [f"{_INK}{line}{_END}" for line in drawn] if terminal else drawn


def _fits(data: bytes) -> bool:
    return len(matrix(data)[0]) <= WIDTH
