"""The release: one digest over everything that decides the bytes of a page.

SHA-256 of the sorted lines `sha256  path` over the package's modules, the templates and the
run-time lock; the same lines in a checkout, in the wheel and in the Lambda artifact.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_LOCK = "requirements/run.txt"


def lines(package: Path, templates: Path, lock: Path) -> list[str]:
    """Return the sorted lines `sha256  path` of a release."""
    files = {f"rekap/{p.relative_to(package).as_posix()}": p for p in package.rglob("*.py")}
    files |= {
        f"templates/{p.relative_to(templates).as_posix()}": p
        for p in templates.rglob("*")
        if p.is_file()
    }
    files[_LOCK] = lock
    return sorted(f"{sha256(p.read_bytes()).hexdigest()}  {name}" for name, p in files.items())


@lru_cache(maxsize=1)
def current() -> str:
    """Return the release of this program: 64 hex digits."""
    packed = _PACKAGE / "templates"
    checkout = _PACKAGE.parents[1]
    templates = packed if packed.is_dir() else checkout / "templates"
    lock = _PACKAGE / "run.txt" if packed.is_dir() else checkout / _LOCK
    text = "".join(f"{line}\n" for line in lines(_PACKAGE, templates, lock))
    return sha256(text.encode()).hexdigest()
