"""A folder as one zip file: the same bytes whenever, wherever and by whomever it is packed."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
MODE: Final = 0o100644
ZIPPED_LIMIT: Final = 50 * 1024 * 1024
"""Bytes of a zip file that is sent to Lambda directly; by way of S3 it may be larger."""
UNPACKED_LIMIT: Final = 250 * 1024 * 1024
"""Bytes of the unpacked files of a function, layers included."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Sizes in bytes and both digests of a zip file.

    `content` is the SHA-256 of the sorted lines `sha256  path` of its files: unlike `sha256` of
    the zip file it does not depend on the version of zlib.
    """

    files: int
    unpacked: int
    zipped: int
    content: str
    sha256: str


def pack(tree: Path, to: Path) -> Packed:
    """Write the files of a folder, sorted, with one time and one mode.

    Raises ValueError if Lambda would not take them.
    """
    lines, unpacked = [], 0
    names = sorted(p.relative_to(tree).as_posix() for p in tree.rglob("*") if p.is_file())
    with zipfile.ZipFile(to, "w") as archive:
        for name in names:
            data = (tree / name).read_bytes()
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = MODE << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
            lines.append(f"{sha256(data).hexdigest()}  {name}\n")
            unpacked += len(data)
    zipped = to.stat().st_size
    if zipped > ZIPPED_LIMIT or unpacked > UNPACKED_LIMIT:
        raise ValueError(f"{zipped} bytes zipped, {unpacked} unpacked: too large for Lambda")
    content = sha256("".join(lines).encode()).hexdigest()
    return Packed(len(names), unpacked, zipped, content, sha256(to.read_bytes()).hexdigest())
