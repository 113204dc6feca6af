"""A region in few words: for the screen of a plenary room, and to stand in somebody else's page.

It is made from the region's twin and has an address and a policy of its own, since it alone may be
framed. Its script asks for the same address again and keeps the last state without network.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from rekap.core.pages.look import scripts
from rekap.core.statements import regions

FOLDER: Final = "ringkas/"
"""Below the address of a region."""
_LOWEST: Final = 3
"""Depth of a kecamatan: the lowest level with a plenary of its own."""


def has(twin: Mapping[str, Any]) -> bool:
    """Tell whether the page of this twin has a summary: a region's, down to the kecamatan."""
    return twin["page"] == "region" and regions.depth(twin["region"]["code"]) <= _LOWEST


def script(templates: Path) -> tuple[Markup, str]:
    """The script of a summary, and the directives that allow it, each with "; " behind it."""
    return scripts.inline(templates / "summary.js", "rekap-layar")
