"""A JPEG by hand, grey and as small as one can be, and what a picture of a form is not.

`draw` is what tests upload: browsers show it, and no library made it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from scripts.vectors.cases import Case

from rekap.core.errors import Malformed
from rekap.core.statements import pictures

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
JFIF: Final = b"JFIF\0\1\1\0\0\1\0\1\0\0"


def segment(marker: int, body: bytes) -> bytes:
    """A marker, its length, its body."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def draw(tone: int = 1, width: int = 8, height: int = 8) -> bytes:
    """A grey area; `tone` 1…63 tells one from the other."""
    return _sealed(_head(tone, width, height))


def _head(tone: int, width: int, height: int) -> list[bytes]:
    blocks = -(-width // 8) * -(-height // 8)
    # The first block moves the grey by 64 + tone, all others and all details by nothing.
    bits = "10" + f"{64 + tone:07b}" + "0" + "00" * (blocks - 1)
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return [
        segment(0xE0, JFIF),
        segment(0xDB, bytes((0,)) + bytes((8,)) * 64),
        segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + bytes((1, 0x11, 0))),
        segment(0xC4, bytes((0, 1, 1)) + bytes(14) + bytes((0, 7))),
        segment(0xC4, bytes((0x10, 1)) + bytes(15) + bytes((0,))),
        segment(0xDA, bytes((1, 1, 0, 0, 63, 0))) + coded,
    ]


def _sealed(parts: list[bytes]) -> bytes:
    return SOI + b"".join(parts) + EOI


def _wrong() -> Iterator[tuple[str, bytes]]:
    jfif, tables, frame, codes, details, scan = _head(1, 8, 8)
    rest = [tables, frame, codes, details, scan]
    whole = draw()
    yield "picture-size", whole + bytes(400_001 - len(whole))
    yield "picture-start", b""
    yield "picture-start", b"\x89PNG\r\n\x1a\n"
    yield "picture-start", whole[1:]
    yield "picture-cut", whole[:-2]
    yield "picture-cut", whole[:-1]
    yield "picture-cut", whole[:12]
    yield "picture-cut", SOI
    yield "picture-metadata", _sealed([segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08"), *rest])
    yield (
        "picture-metadata",
        _sealed([jfif, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0"), *rest]),
    )
    yield "picture-metadata", _sealed([jfif, segment(0xE2, b"ICC_PROFILE\0\1\1"), *rest])
    yield "picture-metadata", _sealed([jfif, segment(0xED, b"Photoshop 3.0\0"), *rest])
    yield "picture-metadata", _sealed([jfif, segment(0xEF, b""), *rest])
    yield "picture-metadata", _sealed([jfif, segment(0xFE, b"Ketua KPPS"), *rest])
    yield "picture-metadata", _sealed([jfif, *rest[:-1], segment(0xFE, b"x"), scan])
    yield "picture-metadata", _sealed([jfif, jfif, *rest])
    yield "picture-metadata", _sealed([tables, jfif, *rest[1:]])
    yield from _wrong_frames()


def _wrong_frames() -> Iterator[tuple[str, bytes]]:
    jfif, tables, frame, codes, details, scan = _head(1, 8, 8)
    rest = [tables, frame, codes, details, scan]
    whole = draw()
    small = JFIF[:12] + bytes((1, 1, 0, 0, 0))
    yield "picture-metadata", _sealed([segment(0xE0, small), *rest])
    yield "picture-metadata", _sealed([segment(0xE0, JFIF[:12] + b"\1\1"), *rest])
    yield "picture-metadata", _sealed([segment(0xE0, b"JFXX\0\x10" + bytes(8)), *rest])
    yield "picture-frame", _sealed([jfif, tables, codes, details, scan])
    yield "picture-frame", _sealed([jfif, tables, frame, frame, codes, details, scan])
    yield "picture-frame", _sealed([jfif, tables, frame, codes, details])
    yield "picture-frame", _sealed([jfif, *rest[:-1], *[scan] * 65])
    of_12_bits = frame[:4] + bytes((12,)) + frame[5:]
    yield "picture-frame", _sealed([jfif, tables, of_12_bits, codes, details, scan])
    cmyk = segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 4) + bytes((1, 0x11, 0)) * 4)
    yield "picture-frame", _sealed([jfif, tables, cmyk, codes, details, scan])
    longer = segment(0xC0, frame[4:] + b"KTP")
    yield "picture-frame", _sealed([jfif, tables, longer, codes, details, scan])
    yield "picture-sides", draw(1, 2_401, 8)
    yield "picture-sides", draw(1, 8, 2_401)
    yield "picture-sides", draw(1, 8, 0)
    yield "picture-segment", _sealed([jfif, *rest[:-1], segment(0xDC, b"\0\x08"), scan])
    yield "picture-segment", _sealed([jfif, tables, segment(0xC1, frame[4:]), codes, details, scan])
    yield "picture-segment", _sealed([jfif, b"\xff", *rest])
    yield "picture-segment", _sealed([jfif, b"x" + tables, *rest[1:]])
    yield "picture-segment", _sealed([jfif, b"\xff\xdb\0\1", *rest])
    yield "picture-segment", _sealed([jfif, segment(0xDB, tables[4:] + b"nama"), *rest[1:]])
    yield "picture-segment", _sealed([jfif, segment(0xDB, b""), *rest])
    yield "picture-segment", _sealed([jfif, tables, frame, segment(0xC4, codes[4:] + b"n"), scan])
    yield "picture-segment", _sealed([jfif, segment(0xDD, b"\0\1\0"), *rest])
    yield (
        "picture-segment",
        _sealed([jfif, *rest[:-1], segment(0xDA, bytes((2, 1, 0, 2, 0, 0, 63, 0)))]),
    )
    yield (
        "picture-segment",
        _sealed([jfif, *rest[:-1], segment(0xDA, bytes((1, 1, 0, 0, 63, 0, 7)))]),
    )
    yield "picture-rest", whole + b"\0"
    yield "picture-rest", whole + whole


def make_pictures() -> Case:
    """Pictures of pages: `cases` with their sides, `refused` with the code (docs/formats.md)."""
    restarts = _head(2, 16, 8)
    restarts[-1:] = [segment(0xDD, b"\0\1"), restarts[-1]]
    progressive = [part.replace(b"\xff\xc0", b"\xff\xc2", 1) for part in _head(3, 8, 8)]
    good = [draw(), draw(2, 17, 9), draw(5, 2_400, 1), _sealed(_head(1, 8, 8)[1:]),
            _sealed(restarts), _sealed(progressive),
            _sealed([*_head(4, 8, 8)[:-1], *_head(4, 8, 8)[-1:] * 64])]  # fmt: skip
    cases = []
    for data in good:
        found = pictures.read(data)
        one = {"bytes": data.hex(), "sha256": found.sha256}
        cases.append({**one, "width": found.width, "height": found.height})
    return {"cases": cases, "refused": [_refused(code, data) for code, data in _wrong()]}


def _refused(code: str, data: bytes) -> Case:
    try:
        pictures.read(data)
    except Malformed as error:
        if error.code == code:
            # The longest is bytes and as many zeros behind them: no file need be that large.
            kept = data.rstrip(b"\0") if len(data) > 400_000 else data
            return {"bytes": kept.hex(), "zeros": len(data) - len(kept), "code": code}
        raise RuntimeError(f"{error.code} for {code}: {data[:40].hex()}") from error
    raise RuntimeError(f"taken, though {code}: {data[:40].hex()}")
