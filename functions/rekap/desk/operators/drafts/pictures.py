"""Pictures of a form: `pictures` names JPEG files that somebody drew again, without metadata."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.errors import Malformed
from rekap.core.statements import pictures
from rekap.core.statements.model import PICTURE_BYTES
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts.slots import add_slot, slot_of
from rekap.desk.texts import both

_LONGEST: Final = 100 * PICTURE_BYTES
"""Bytes of a file that is read to say what is wrong with it."""
_CALLED: Final = re.compile(rb"[ -~]{3,28}")
_REASONS: Final = {
    "picture-size": both("pictures.size"),
    "picture-start": both("pictures.start"),
    "picture-segment": both("pictures.segment"),
    "picture-frame": both("pictures.frame"),
    "picture-sides": both("pictures.sides"),
    "picture-cut": both("pictures.cut"),
    "picture-rest": both("pictures.rest"),
}


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of pictures of a form."""
    take = taking(parser, say)
    add_slot(parser, say)
    take("--page", both("pictures.a_page"), both("arguments.file"), type=Path, many=True)
    take("--incidents", both("pictures.of_events"), both("arguments.file"), type=Path, many=True)


def drafts(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields that name the files, page by page; Fault for one that is no picture."""
    named = (("form", options.page), ("incidents", options.incidents))
    pages = [
        _page(document, number, path)
        for document, paths in named
        for number, path in enumerate(paths, 1)
    ]
    if not pages:
        raise Fault(*both("pictures.name_a_file"))
    yield "pictures", {"kind": "pictures", **slot_of(options), "pages": pages}


def _page(document: str, number: int, path: Path) -> dict[str, Any]:
    data = files.read(path, _LONGEST)
    try:
        found = pictures.read(data)
    except Malformed as error:
        if error.code == "picture-metadata":
            said = both("pictures.metadata", path=path, found=", ".join(metadata(data)))
        else:
            said = both("pictures.refused", path=path, reason=_REASONS[error.code])
        raise Fault(*said) from error
    return {
        "document": document, "page": number, "sha256": found.sha256, "bytes": found.bytes,
        "width": found.width, "height": found.height,
    }  # fmt: skip


def metadata(data: bytes) -> list[str]:
    """Return what each segment that is no part of a picture calls itself: `APP1 Exif`, `COM`."""
    found, at = [], 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker in (pictures.SOS, pictures.EOI):
            break
        if marker in pictures.METADATA and not data[at + 4 :].startswith(b"JFIF"):
            name = "COM" if marker == 0xFE else f"APP{marker - pictures.APP0}"
            called = _CALLED.match(data[at + 4 : at + 2 + size])
            # What a comment says may be a name: it is not printed.
            said = called[0].decode() if called and name != "COM" else ""
            found.append(f"{name} {said}".strip())
        at += 2 + max(size, 2)
    return found
