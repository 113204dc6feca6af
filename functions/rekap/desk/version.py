"""`rekap --version`: the version, and the release whose pages this program can judge."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from rekap.audit.commands.speech import Say
from rekap.core.pages import release
from rekap.desk.texts import both


def tell(say: Say) -> int:
    """Print both; 0, or 2 if a library is not the one that the release names."""
    print(f"rekap {_installed('rekap')}")
    print(f"{say(*both('word.release'))} {release.current()}")
    others = []
    for pin in release.libraries():
        name, _, named = pin.partition("==")
        if _installed(name) != named:
            made_for = say(*both("version.made_for"))
            others.append(f"{name} {_installed(name)}: {made_for} {named}")
    print("\n".join(others), end="\n" if others else "")
    return 2 if others else 0


def _installed(name: str) -> str:
    """The version of an installed package, "-" of one that only lies there, as in an archive."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"
