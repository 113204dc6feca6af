"""A page in a folder of its own, as a reader saved it with what it loads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.vectors.pictures import draw

from rekap.core import packaged
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.pages import pages
from rekap.core.pages.look import style
from rekap.core.statements import pictures


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their paths below a folder, and the style of pages."""
    sheet, data = style.sheet(packaged.templates_folder() / "style")
    for path, content in {**files, sheet: data}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def page(folder: Path, twin: Mapping[str, Any], language: str = "id") -> Path:
    """Write the page of a twin at its address below a folder; return its place."""
    path = f"{LANGUAGES[language]}{twin['address']}index.html"
    named = (twin.get("pictures") or {}).get("pages", ())
    files = {pictures.path(one["sha256"]): draw() for one in named}
    write(folder, {path: pages.render(twin, language), **files})
    return folder / path
