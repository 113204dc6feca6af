"""`rekap draft pictures`: names files that were drawn again, and says which metadata it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.vectors.pictures import JFIF, draw, segment
from tests.desk.test_draft_incidents import draft

from rekap.core import codec
from rekap.core.statements import pictures
from rekap.desk.officials.talk import Fault
from rekap.desk.operators.drafts import pictures as drafts


def written(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def test_pages_are_named_in_their_order_with_what_the_files_are(tmp_path: Path) -> None:
    files = [draw(tone, 17, 9 + tone) for tone in (1, 2, 3)]
    paths = [written(tmp_path, f"{n}.jpg", data) for n, data in enumerate(files)]
    fields = draft("pictures", "--page", paths[0], "--page", paths[1], "--incidents", paths[2])
    assert fields["pages"] == [
        {"document": document, "page": page, "sha256": codec.sha256_hex(data),
         "bytes": len(data), "width": 17, "height": height}
        for document, page, data, height in (
            ("form", 1, files[0], 10), ("form", 2, files[1], 11), ("incidents", 1, files[2], 12),
        )
    ]  # fmt: skip
    with pytest.raises(Fault):
        draft("pictures")


def test_metadata_is_named_and_what_a_comment_says_is_not(tmp_path: Path) -> None:
    whole = draw()
    said = (
        segment(0xE1, b"Exif\0\0MM\0*") + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0x")
        + segment(0xED, b"Photoshop 3.0\0") + segment(0xFE, b"Siti Aminah")
    )  # fmt: skip
    behind = 2 + len(segment(0xE0, JFIF))
    path = written(tmp_path, "kamera.jpg", whole[:behind] + said + whole[behind:])
    with pytest.raises(Fault) as refused:
        draft("pictures", "--page", path)
    assert "APP1 Exif, APP1 http://ns.adobe.com/xap/1.0/, APP13 Photoshop 3.0, COM" in str(
        refused.value
    )
    assert "Siti" not in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", draw()[:-1], draw() + b"x", draw(1, 2_401, 8), bytes(400_001)],
    ids=["nothing", "a gif", "cut", "longer", "wide", "large"],
)
def test_what_is_no_picture_is_refused_with_a_reason(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Fault):
        draft("pictures", "--page", written(tmp_path, "x.jpg", data))


def test_every_reason_has_its_sentence() -> None:
    assert {*drafts._REASONS, "picture-metadata"} == set(pictures.CODES)
