"""`isi.txt`: the SHA-256 of every other file of a bundle, as `sha256sum` writes and checks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from rekap.core.errors import Malformed

CONTENTS: Final = "isi.txt"
COVER: Final = "berkas.html"
CHECK: Final = "periksa.html"
ANCHORS: Final = "jangkar.txt"
EXHIBITS: Final = "bukti/"
FILES_MAX: Final = 2_000
MAX_CONTENTS: Final = 1 << 20
_LINE: Final = re.compile(r"([0-9a-f]{64})  ((?:bukti/)?[0-9a-z][0-9a-z.-]{0,200})\n")


def write(files: Mapping[str, bytes]) -> bytes:
    """Return the list of `files`, by path."""
    return "".join(
        f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())
    ).encode()


def read(data: bytes) -> dict[str, str]:
    """Return {path: digest} of a list; raises Malformed for any other form."""
    text = data.decode("ascii", "replace")
    lines = text.splitlines(keepends=True)
    found = [_LINE.fullmatch(line) for line in lines]
    if len(data) > MAX_CONTENTS or not lines or len(lines) > FILES_MAX or None in found:
        raise Malformed("not a list of digests", CONTENTS)
    listed = {match[2]: match[1] for match in found if match}
    if list(listed) != sorted(listed) or len(listed) != len(lines):
        raise Malformed("a list out of order", CONTENTS)
    return listed


def faults(folder: Path, limit: int) -> list[tuple[str, str]]:
    """Return (path, "missing" | "changed" | "foreign") of all that does not fit the list.

    `limit` bounds a file. Raises Malformed where there is no list, OSError.
    """
    place = folder / CONTENTS
    if place.is_symlink() or not place.is_file():
        raise Malformed("there is no list", CONTENTS)
    data = place.read_bytes()
    listed = read(data)
    found: list[tuple[str, str]] = []
    for path, digest in listed.items():
        file = folder / path
        if not file.is_file() or file.is_symlink():
            found.append((path, "missing"))
        elif file.stat().st_size > limit or sha256(file.read_bytes()).hexdigest() != digest:
            found.append((path, "changed"))
    known = {*listed, CONTENTS}
    there = (
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()  # a link leads out of what is listed
    )
    return found + [(path, "foreign") for path in sorted(there) if path not in known]
