"""The code on a printed page: read back by a decoder, and module by module the library's."""

from __future__ import annotations

import random
import re

import pytest
import segno
from tests.cli.officials import qr

from rekap.publish import squares


def as_rows(text: bytes) -> list[list[int]]:
    """The code with the light border that a reader needs."""
    side = squares.SIDE + 8
    empty = [[0] * side for _ in range(4)]
    rows = [[0] * 4 + [int(chr(bit)) for bit in row] + [0] * 4 for row in squares.matrix(text)]
    return [*empty, *rows, *empty]


@pytest.mark.parametrize("length", [0, 1, 17, 80, 103, 104, 105, 106])
def test_a_decoder_reads_what_was_written(length):
    text = random.Random(length).randbytes(length)
    assert qr.decode(as_rows(text)) == text


@pytest.mark.parametrize("seed", range(8))
def test_every_module_is_that_of_the_library(seed):
    """At full length only: the library puts a zero byte before the padding of shorter ones."""
    text = random.Random(seed).randbytes(squares.CAPACITY)
    made = segno.make(
        text, error="l", mode="byte", micro=False, version=5, mask=2, boost_error=False
    )
    assert [[int(chr(bit)) for bit in row] for row in squares.matrix(text)] == [
        list(row) for row in made.matrix
    ]


def test_the_path_draws_exactly_the_dark_modules():
    text = b"https://replay.example/replay/periksa/#a/b/31/71@4840"
    drawn = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", squares.path(text))
        for step in range(int(length))
    }
    rows = as_rows(text)
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}


def test_what_is_too_long_has_no_code():
    assert squares.path(b"x" * (squares.CAPACITY + 1)) is None
