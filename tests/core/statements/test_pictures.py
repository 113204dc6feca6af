"""The JPEG that a picture of a form is: the vectors, and every bit of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripts.vectors.pictures import JFIF, draw, segment

from rekap.core.errors import Malformed
from rekap.core.statements import pictures

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "pictures.json").read_text("utf-8"))


def code_of(data: bytes) -> str:
    try:
        pictures.read(data)
    except Malformed as error:
        return error.code
    return ""


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["sha256"][:8])
def test_a_picture_is_read_with_its_sides(case: dict[str, str]) -> None:
    data = bytes.fromhex(case["bytes"])
    want = (case["sha256"], len(data), case["width"], case["height"])
    found = pictures.read(data)
    assert (found.sha256, found.bytes, found.width, found.height) == want


def test_what_is_no_picture_is_refused_by_its_code() -> None:
    for case in VECTORS["refused"]:
        assert code_of(bytes.fromhex(case["bytes"]) + bytes(case["zeros"])) == case["code"]
    assert {case["code"] for case in VECTORS["refused"]} == set(pictures.CODES)


def test_every_cut_of_a_picture_is_refused_and_never_fails_otherwise() -> None:
    whole = draw(2, 17, 9)
    assert all(code_of(whole[:end]) in pictures.CODES for end in range(len(whole)))


def test_every_changed_byte_is_a_picture_or_refused_by_a_code() -> None:
    whole = draw()
    for at in range(len(whole)):
        for value in (0, 1, 0x7F, 0xE1, 0xFE, 0xFF):
            changed = whole[:at] + bytes((value,)) + whole[at + 1 :]
            assert code_of(changed) in ("", *pictures.CODES), (at, value)


@pytest.mark.parametrize("marker", [*range(0xE0, 0xF0), 0xFE])
def test_no_name_of_a_device_or_a_place_passes_anywhere(marker: int) -> None:
    """A segment with words in it is refused before and behind every segment of a picture."""
    whole = draw()
    said = segment(marker, b"GPS 6.2 S 106.8 E")
    starts = [2] + [at for at in range(3, len(whole)) if whole[at] == 0xFF and whole[at + 1] != 0]
    for at in starts[:-1]:
        assert code_of(whole[:at] + said + whole[at:]) == "picture-metadata"


def test_a_picture_of_thousands_of_scans_is_refused() -> None:
    """Each is a few bytes, and a browser draws the whole picture for each."""
    whole = draw()
    scan = whole[whole.index(b"\xff\xda") : -2]
    assert code_of(whole[:-2] + scan * 63 + whole[-2:]) == ""
    assert code_of(whole[:-2] + scan * 10_000 + whole[-2:]) == "picture-frame"


def test_words_that_a_signer_hides_in_coded_bytes_are_not_found() -> None:
    """A limit: what a camera writes is refused, what somebody hides is not."""
    whole = draw()
    assert code_of(whole[:-2] + b"Siti Aminah" + whole[-2:]) == ""


def test_jfifs_own_segment_holds_no_small_picture() -> None:
    whole = draw()
    assert whole[4:].startswith(b"\x00\x10JFIF")
    behind = whole[2 + len(segment(0xE0, JFIF)) :]
    small = segment(0xE0, JFIF[:12] + bytes((1, 1, 9, 9, 9)))
    assert code_of(whole[:2] + small + behind) == "picture-metadata"
