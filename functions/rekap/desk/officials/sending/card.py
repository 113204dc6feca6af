"""The receipt of one statement as an official holds it out to be photographed, in 80 columns.

Below it stands a code (QR, ISO/IEC 18004) that holds text, no address: a camera shows it, and
nobody is led anywhere. It is the whole receipt if that fits in 80 columns, since then a photograph
alone is the portal's signed promise; else the origin and the leaf hash. Two modules stand in one
character, so it is about square.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TextIO

from rekap.audit.commands.speech import Say
from rekap.core.pages.look import squares
from rekap.desk.officials import caption
from rekap.desk.officials.item import Item
from rekap.desk.officials.talk import WIDTH
from rekap.desk.texts import both
from rekap.portal.intake.receipt import Receipt

_BLOCKS: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_INK: Final = "\033[30;47m"
_END: Final = "\033[0m"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where the card is shown. `colours`: a terminal; `blocks`: it can write block characters."""

    colours: bool
    blocks: bool

    @classmethod
    def of(cls, stdout: TextIO) -> Screen:
        """Return what an output can show."""
        try:
            "▀▄█".encode(stdout.encoding or "ascii")
            blocks = True
        except (UnicodeEncodeError, LookupError):
            blocks = False
        return cls(stdout.isatty(), blocks)


def of_receipt(
    item: Item, data: bytes, told: Receipt, zone: str, screen: Screen, say: Say
) -> Iterator[str]:
    """Yield the lines of the card of a verified receipt; `zone` is an offset ("+07:00")."""
    yield say(*both("card.receipt_of_the_portal"))
    yield from _rows(
        [
            (say(*both("card.statement")), caption.of(item.fields, say)),
            (say(*both("card.received")), caption.moment(told.received_at, zone, say)),
            (say(*both("card.in_the_log_by")), caption.moment(told.logged_by, zone, say)),
            ("log", told.origin),
        ]
    )
    yield from _digests(told.id, told.leaf, say)
    yield from _code(choose(data, told.origin, told.leaf), screen, say)


def of_queue(item: Item, now: int, zone: str, screen: Screen, say: Say) -> Iterator[str]:
    """Yield the lines of a card that the portal has not signed: the statement waits in a queue."""
    yield say(*both("card.proof_of_queueing_not_sent_yet"))
    yield from _rows(
        [
            (say(*both("card.statement")), caption.of(item.fields, say)),
            (say(*both("card.this_clock")), caption.moment(now, zone, say)),
            ("log", item.origin),
        ]
    )
    yield from _digests(item.id, item.leaf, say)
    yield from _code(short(item.origin, item.leaf), screen, say)


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        room = WIDTH - width - 2
        parts = [value[at : at + room] for at in range(0, len(value), room)] or [""]
        yield f"{name:<{width}}  {parts[0]}"
        yield from (f"{'':<{width}}  {part}" for part in parts[1:])


def _digests(id: str, leaf: str, say: Say) -> Iterator[str]:
    for name, value in (
        (say(*both("card.statement_id")), id),
        (say(*both("card.leaf_hash")), leaf),
    ):
        yield f"{name}:"
        yield "  " + " ".join(value[at : at + 8] for at in range(0, len(value), 8))


def _code(data: bytes, screen: Screen, say: Say) -> Iterator[str]:
    if not screen.blocks:
        yield say(*both("card.this_screen_shows_no_codes"))
        return
    yield from lines(matrix(data), terminal=screen.colours)


def choose(receipt: bytes, origin: str, leaf: str) -> bytes:
    """Return what the code of a receipt holds: the receipt; origin and leaf if that is too long."""
    return receipt if squares.smallest(len(receipt)) else short(origin, leaf)


def short(origin: str, leaf: str) -> bytes:
    """Return the short text of a statement: two lines, the origin and the leaf hash in hex."""
    return f"{origin}\n{leaf}\n".encode()


def matrix(data: bytes) -> list[list[int]]:
    """Return the rows of the code, 1 is dark, with its quiet zone; the smallest version.

    Raises ValueError for data that no version of 80 columns holds.
    """
    shape = squares.smallest(len(data))
    if shape is None:
        raise ValueError(f"no code holds {len(data)} bytes")
    side = [0] * squares.QUIET
    rows = [[*side, *map(int, row), *side] for row in squares.lines(data, shape).split()]
    light = [[0] * (shape.side + 2 * squares.QUIET)] * squares.QUIET
    return [*light, *rows, *light]


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
