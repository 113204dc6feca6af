"""The locked libraries: installed from wheels by hash, with what their metadata say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from scripts.artifact.target import Target

_OSI: Final = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True)
class Wheel:
    """One library. `sha256` is that of the wheel; `needs` names other libraries, as locked."""

    name: str
    version: str
    sha256: str
    licence: str
    is_expression: bool
    summary: str
    needs: tuple[str, ...]


def install(lock: Path, tree: Path, target: Target) -> list[Wheel]:
    """Unpack every wheel of a lock into a folder; return them by name.

    Raises CalledProcessError if a wheel is missing or differs from its hash.
    """
    with TemporaryDirectory() as work:
        report = Path(work) / "report.json"
        command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        command += ["--no-input", "install", "--require-hashes", "--no-deps", "--no-compile"]
        command += ["--only-binary=:all:", *target.pip_options(), "--target", str(tree)]
        command += ["--report", str(report), "--requirement", str(lock)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        said = json.loads(report.read_bytes())
    metadata = {
        (name(read["Name"]), read["Version"]): read
        for read in map(_read, tree.glob("*.dist-info/METADATA"))
    }
    wheels = [_wheel(one, metadata) for one in said["install"]]
    return sorted(wheels, key=lambda wheel: wheel.name)


def name(spelled: str) -> str:
    """Return a library's name in its one normal spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", spelled).lower()


def _read(path: Path) -> Any:
    return BytesParser().parsebytes(path.read_bytes())


def _wheel(one: dict[str, Any], metadata: dict[tuple[str, str], Any]) -> Wheel:
    own = name(one["metadata"]["name"])
    version = one["metadata"]["version"]
    read = metadata[own, version]
    archive = one["download_info"]["archive_info"]
    digest = archive.get("hashes", {}).get("sha256") or archive["hash"].removeprefix("sha256=")
    licence, is_expression = _licence(read)
    needs = {
        name(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0])
        for line in read.get_all("Requires-Dist", [])
        if "extra ==" not in line
    }
    locked = {name for name, _ in metadata}
    return Wheel(
        own,
        version,
        digest,
        licence,
        is_expression,
        str(read["Summary"]),
        tuple(sorted(needs & locked)),
    )


def _licence(read: Any) -> tuple[str, bool]:
    """Return the licence and whether it is an SPDX expression (PEP 639); else the maker's words."""
    if read["License-Expression"]:
        return read["License-Expression"], True
    approved = [
        line.removeprefix(_OSI) for line in read.get_all("Classifier", []) if line.startswith(_OSI)
    ]
    return ", ".join(approved) or read["License"] or "unknown", False
