"""A picture of a page of a form: a JPEG beside the log, which holds only its digest.

It is one that somebody drew again: tables, one frame and its scans, and nothing that a camera or a
program writes besides, no place, no time, no name of a device, no small picture of what was there
before boxes were drawn. What the pixels show no reader of bytes can tell.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.statements.model import PICTURE_BYTES, PICTURE_SIDE

FOLDER: Final = "gambar/"

SOI, EOI, SOS, DQT, DHT, DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
APP0, METADATA = 0xE0, (*range(0xE0, 0xF0), 0xFE)
FRAMES: Final = (0xC0, 0xC2)
"""Baseline and progressive, both Huffman; what browsers draw."""
_KNOWN: Final = frozenset({EOI, SOS, DQT, DHT, DRI, *FRAMES, *METADATA})
_SCANS: Final = 64
"""Programs write about ten; a browser draws the whole picture again for each."""
_RESTARTS: Final = range(0xD0, 0xD8)
_JFIF: Final = b"JFIF\0\1"
_CODES: Final = {
    "picture-size": "more bytes than a picture may have",
    "picture-start": "no JPEG",
    "picture-metadata": "metadata, a comment or a small picture",
    "picture-segment": "a segment that no drawn picture has, or of another length",
    "picture-frame": "not one frame, baseline or progressive, grey or of three colours",
    "picture-sides": "a side of 0 pixels, or longer than a picture may have",
    "picture-cut": "it ends too early",
    "picture-rest": "bytes behind its end",
}
CODES: Final = tuple(_CODES)
"""Why a file is no picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a statement says of a file."""

    sha256: str
    bytes: int
    width: int
    height: int


def path(named: str) -> str:
    """Return where the picture of a digest is served, below the site's base."""
    return f"{FOLDER}{named}.jpg"


def read(data: bytes) -> Picture:
    """Read a picture.

    Raises:
        Malformed: one of CODES.
    """
    if len(data) > PICTURE_BYTES:
        raise _refused("picture-size")
    if data[:2] != bytes((0xFF, SOI)):
        raise _refused("picture-start")
    width, height = _Reader(data).sides()
    return Picture(codec.sha256_hex(data), len(data), width, height)


def _refused(code: str) -> Malformed:
    return Malformed(_CODES[code], code=code)


class _Reader:
    """Goes through the segments of a JPEG, from behind its start."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 2
        self._sides: tuple[int, int] | None = None
        self._parts = 0
        self._scans = 0

    def sides(self) -> tuple[int, int]:
        """Read to the end; return width and height."""
        while (marker := self._marker()) != EOI:
            self._segment(marker, self._body())
        if self._at != len(self._data):
            raise _refused("picture-rest")
        if self._sides is None or not self._scans:
            raise _refused("picture-frame")
        return self._sides

    def _marker(self) -> int:
        begin, marker = self._take(2)
        if begin != 0xFF or marker not in _KNOWN:
            raise _refused("picture-segment")
        return marker

    def _take(self, number: int) -> bytes:
        found = self._data[self._at : self._at + number]
        if len(found) < number:
            raise _refused("picture-cut")
        self._at += number
        return found

    def _body(self) -> bytes:
        (length,) = struct.unpack(">H", self._take(2))
        if length < 2:
            raise _refused("picture-segment")
        return self._take(length - 2)

    def _segment(self, marker: int, body: bytes) -> None:
        if marker in METADATA:
            self._jfif(marker, body)
        elif marker in FRAMES:
            self._frame(body)
        elif marker == SOS:
            self._scan(body)
        elif not _is_table(marker, body):
            raise _refused("picture-segment")

    def _jfif(self, marker: int, body: bytes) -> None:
        """JFIF's own segment says how many pixels an inch has, once, before all others."""
        first = self._at == 2 + 4 + len(body)
        if marker != APP0 or not first or not _is_bare_jfif(body):
            raise _refused("picture-metadata")

    def _frame(self, body: bytes) -> None:
        if self._sides is not None or len(body) < 6:
            raise _refused("picture-frame")
        bits, height, width, parts = struct.unpack(">BHHB", body[:6])
        if bits != 8 or parts not in (1, 3) or len(body) != 6 + 3 * parts:
            raise _refused("picture-frame")
        if not (0 < width <= PICTURE_SIDE and 0 < height <= PICTURE_SIDE):
            raise _refused("picture-sides")
        self._sides, self._parts = (width, height), parts

    def _scan(self, body: bytes) -> None:
        if self._sides is None:
            raise _refused("picture-frame")
        if not body or not 0 < body[0] <= self._parts or len(body) != 4 + 2 * body[0]:
            raise _refused("picture-segment")
        self._scans += 1
        if self._scans > _SCANS:
            raise _refused("picture-frame")
        # Behind it lie coded bytes: FF is followed by 00 there, or begins a restart.
        while True:
            self._at = self._data.find(b"\xff", self._at)
            if self._at < 0 or self._at + 1 >= len(self._data):
                raise _refused("picture-cut")
            if self._data[self._at + 1] != 0 and self._data[self._at + 1] not in _RESTARTS:
                return
            self._at += 2


def _is_bare_jfif(body: bytes) -> bool:
    """JFIF 1, two sides of a pixel, and no small picture behind them."""
    return len(body) == 14 and body.startswith(_JFIF) and body[12:] == b"\0\0"


def _is_table(marker: int, body: bytes) -> bool:
    """Tables that fill their segment to the last byte."""
    if marker == DRI:
        return len(body) == 2
    at = 0
    while at < len(body):
        if marker == DQT and body[at] < 4:
            at += 65
        elif marker == DHT and body[at] & 0xEC == 0:
            at += 17 + sum(body[at + 1 : at + 17])
        else:
            return False
    return at == len(body) > 0
