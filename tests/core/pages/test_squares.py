"""The code on a printed page: read back by a decoder, and module by module the library's."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest
import segno
from tests.core.pages import samples
from tests.desk.officials import qr

from rekap.core.pages import pages
from rekap.core.pages.look import squares


def as_rows(text: bytes) -> list[list[int]]:
    """The code with the light border that a reader needs."""
    side = squares.PAGE.side + 8
    empty = [[0] * side for _ in range(4)]
    rows = [[0] * 4 + [int(bit) for bit in row] + [0] * 4 for row in squares.lines(text).split()]
    return [*empty, *rows, *empty]


@pytest.mark.parametrize("length", [0, 1, 17, 80, 103, 104, 105, 106])
def test_a_decoder_reads_what_was_written(length):
    text = random.Random(length).randbytes(length)
    assert qr.decode(as_rows(text)) == text


@pytest.mark.parametrize("shape", squares.SHAPES, ids=lambda shape: f"version {shape.version}")
def test_every_module_is_that_of_the_library(shape):
    """At full length only: the library puts a zero byte before the padding of shorter ones."""
    for seed in range(4):
        text = random.Random(seed).randbytes(shape.capacity)
        made = segno.make(
            text, error="l", mode="byte", micro=False, version=shape.version, mask=2,
            boost_error=False,
        )  # fmt: skip
        assert [[int(bit) for bit in row] for row in squares.lines(text, shape).split()] == [
            list(row) for row in made.matrix
        ]


def test_the_smallest_version_that_holds_a_text_is_taken():
    for smaller, larger in pairwise(squares.SHAPES):
        assert squares.smallest(smaller.capacity) is smaller
        assert squares.smallest(smaller.capacity + 1) is larger
    assert squares.smallest(squares.SHAPES[-1].capacity + 1) is None


def drawn(path: str) -> list[list[int]]:
    """The square that a path of horizontal strokes draws."""
    side = squares.PAGE.side + 8
    rows = [[0] * side for _ in range(side)]
    x = y = 0
    for command, one, other in re.findall(r"([Mmh])(-?\d+)(?: (\d+))?", path):
        for step in range(int(one) if command == "h" else 0):
            rows[y][x + step] = 1
        x, y = (int(one), int(other)) if command == "M" else (x + int(one), y + int(other or 0))
    return rows


def test_the_path_draws_exactly_the_dark_modules():
    text = b"https://replay.example/replay/periksa/#a/b/31/71@4840"
    assert drawn(squares.path(text)) == as_rows(text)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "twin", [samples.province(), samples.contested_tps()], ids=["region", "tps"]
)
def test_a_printed_page_names_itself_and_its_as_of(twin, language):
    html = pages.render(twin, language).decode()
    path = re.search(r'<svg viewBox="0 -.5 45 45"[^>]*><path d="([^"]+)"', html)[1]
    base = twin["origin"].removesuffix("log") + ("en/" if language == "en" else "")
    code = f"{twin['address']}@{twin['as_of']}"
    assert qr.decode(drawn(path)).decode() == f"https://{base}periksa/#{code}"
    assert f"{twin['origin'].removesuffix('log')}{code}" in html


def test_what_is_too_long_has_no_code():
    assert squares.path(b"x" * (squares.PAGE.capacity + 1)) is None
