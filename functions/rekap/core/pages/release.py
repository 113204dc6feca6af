"""The release: one digest over everything that decides the bytes of a page, and nothing else.

SHA-256 of sorted lines: `sha256  path` for the modules of `core` and for the templates, and the
lock's `name==version` of the libraries that decide. A checkout, the wheel and the Lambda artifact
have the same lines. The digest of the fold alone leaves out what only shows: pages and templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from rekap.core import packaged

FOLD_LIBRARIES: Final = ("cryptography", "msgspec")
"""Decide which signatures hold and which bytes are a statement, and so which entries count."""
PAGE_LIBRARIES: Final = ("jinja2", "markupsafe")
"""Decide the HTML: what a template means, and how text is escaped."""


def lines(package: Path, templates: Path, lock: Path) -> list[str]:
    """Return the lines of a release: of the package's folder, its templates and its lock."""
    shown = (path for path in templates.rglob("*") if path.is_file())
    core = _digests(package, "rekap", (package / "core").rglob("*.py"))
    return sorted([*core, *_digests(templates, "templates", shown), *pins(lock)])


def fold_lines(package: Path, lock: Path) -> list[str]:
    """Return the lines that decide what entries mean, however it is shown."""
    core, pages = package / "core", package / "core" / "pages"
    modules = (path for path in core.rglob("*.py") if not path.is_relative_to(pages))
    return sorted([*_digests(package, "rekap", modules), *pins(lock, FOLD_LIBRARIES)])


@lru_cache(maxsize=1)
def current() -> str:
    """Return the release of this program, with the libraries that it runs with: 64 hex digits."""
    return _digest(
        _as_installed(lines(packaged.PACKAGE, packaged.templates_folder(), packaged.lock()))
    )


@lru_cache(maxsize=1)
def of_fold() -> str:
    """Return the digest of this program's fold: two programs with the same one make one state."""
    return _digest(_as_installed(fold_lines(packaged.PACKAGE, packaged.lock())))


def _as_installed(said: list[str]) -> list[str]:
    """Name the libraries that are here: a program with others is another release.

    Of one without metadata, as in an archive, the lock is believed.
    """
    return sorted(_installed(line) if "==" in line else line for line in said)


def _installed(pin: str) -> str:
    name = pin.partition("==")[0]
    with suppress(PackageNotFoundError):
        return f"{name}=={version(name)}"
    return pin


def libraries() -> list[str]:
    """Return `name==version` of each library that this program's release names."""
    return pins(packaged.lock())


def _digests(folder: Path, name: str, files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        digest = sha256(path.read_bytes()).hexdigest()
        yield f"{digest}  {name}/{path.relative_to(folder).as_posix()}"


def pins(lock: Path, libraries: tuple[str, ...] = (*FOLD_LIBRARIES, *PAGE_LIBRARIES)) -> list[str]:
    """Return `name==version` of each library; RuntimeError if the lock lacks one."""
    found = re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock.read_text("utf-8"), re.MULTILINE)
    said = [f"{name}=={version}" for name, version in found if name in libraries]
    if {pin.partition("==")[0] for pin in said} != set(libraries):
        raise RuntimeError(f"{lock} lacks one of {', '.join(libraries)}")
    return said


def _digest(said: list[str]) -> str:
    return sha256("".join(f"{line}\n" for line in said).encode()).hexdigest()
