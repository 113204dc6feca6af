"""Style of pages: one sheet that all share, and the text inside the few that stand alone.

The sheet is `aset/gaya-….css`, named by its digest: a browser asks for it once. It is all parts of
SHEET in this order, so a rule of one kind of page begins with that kind: `[data-page=tps] …`.
A new part is a file in `templates/style/` and its name in SHEET.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

SHEET: Final = (
    "base", "simulated", "crumb", "prose", "notes", "table", "pairs", "pairs-more", "button",
    "front", "result", "ladder", "area", "codes", "contests", "findings", "history", "kv",
    "kv-more", "links", "ask", "line", "differences", "strips", "ways", "todo", "map", "times",
    "check",
)  # fmt: skip
"""The parts of the sheet, in their order."""
_ALONE: Final[dict[str, tuple[str, ...]]] = {
    "check": (
        "base", "simulated", "prose", "notes", "button", "pairs", "pairs-more", "desk", "sheet",
    ),
    "notfound": ("base", "simulated", "prose"),
    "summary": ("base", "simulated", "pairs", "pairs-more", "summary"),
}  # fmt: skip
"""Kinds of pages that load no sheet: the check is of released bytes alone, an error is shown at any
address, a summary stands in somebody else's page.
"""
_POLICY: Final = (
    "default-src 'none'; style-src {style}; {images}{script}base-uri 'none'; form-action 'none'"
)
_NO_SCRIPT: Final = "connect-src 'self'; "
"""Of a page where no script may run: a browser asks for robots.txt in its name, as audits do."""


@lru_cache(maxsize=2)
def sheet(folder: Path) -> tuple[str, bytes]:
    """Return the path of the sheet below the base of the site, and its bytes."""
    data = text(folder, SHEET).encode()
    return f"aset/gaya-{hashlib.sha256(data).hexdigest()[:16]}.css", data


@lru_cache(maxsize=16)
def alone(folder: Path, kind: str) -> Markup | None:
    """Return the text of the `<style>` of a kind of page, None if it loads the sheet."""
    return Markup(text(folder, _ALONE[kind])) if kind in _ALONE else None  # noqa: S704 our own file


@lru_cache(maxsize=512)
def policy(
    folder: Path, kind: str, *, simulated: bool, script: str = "", pictures: bool = False
) -> str:
    """Return the Content-Security-Policy of a page: its style, the watermark, pictures of the site
    where the page has any, and its script, no more.

    `script` are the directives of a page with a script, each with "; " behind it.
    """
    own = alone(folder, kind)
    allowed = "'self'" if own is None else f"'{sri(own.encode())}'"
    sources = ["data:"] * simulated + ["'self'"] * pictures
    images = f"img-src {' '.join(sources)}; " if sources else ""
    return _POLICY.format(style=allowed, images=images, script=script or _NO_SCRIPT)


@lru_cache(maxsize=8)
def text(folder: Path, names: tuple[str, ...]) -> str:
    """Return parts of `folder` as they are served."""
    return minify("".join((folder / f"{name}.css").read_text("utf-8") for name in names))


def sri(data: bytes) -> str:
    """The SHA-256 of what a policy or an import map allows, as both spell it: "sha256-…"."""
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()


def minify(text: str) -> str:
    """Return CSS without comments and superfluous white space; strings must not hold "{;}, "."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};>])\s*", r"\1", text)
    return text.replace(": ", ":").replace(", ", ",").replace(";}", "}").strip()
