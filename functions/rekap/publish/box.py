"""The box in which a name is typed: its scripts, on the pages from which a TPS is searched."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from rekap.ledger import addresses
from rekap.publish import scripts

PAGES: Final = frozenset({"portal", "search", "area"})
"""Kinds of pages that have the box."""
SCRIPT: Final = f"{addresses.SEARCH}cari.js"
_FOLDER: Final = "search"


def files(templates: Path) -> dict[str, bytes]:
    """Return {path: bytes} of the script that asks the indexes; it has the as_of of `cari/`."""
    return {SCRIPT: (templates / _FOLDER / "search.js").read_bytes()}


@lru_cache(maxsize=64)
def script(templates: Path, up: str, *, listed: bool) -> tuple[Markup, Markup, str]:
    """Return (elements of the head, the page's own script, its directives).

    A page that has all places `listed` looks among them. Else a script is loaded when the reader
    comes to the box; `up` leads from the page to the base of the site.
    """
    if listed:
        text, policy = scripts.inline(templates / _FOLDER / "filter.js", "'none'")
        return Markup(""), text, policy
    code = (templates / _FOLDER / "load.js").read_text("utf-8")
    load = f'<script type="module">{code}</script>'
    head, policy = scripts.on_demand(up + SCRIPT, files(templates)[SCRIPT], load, "'none'")
    return head, Markup(""), policy
