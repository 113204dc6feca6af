"""What a place calls its levels and bodies: the law's words for Papua and Aceh, as data.

`templates/data/places.toml` gives the words of a province by its code. Only our own sentences are
said so, never what comes from the log; codes and names of forms stay.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from rekap.core.packaged import templates_folder
from rekap.core.pages.words.words import Words

USUAL: Final = ""
"""The words of every province that the table does not name."""

Tables = Mapping[str, Mapping[str, str]]


@cache
def words(language: str = "id", place: str = USUAL) -> Words:
    """The texts of a language, as a place says them."""
    tables = tomllib.loads((templates_folder() / "text" / f"{language}.toml").read_text("utf-8"))
    return Words(said(templates_folder() / "data", tables, place))


def of_page(folder: Path, twin: Mapping[str, Any]) -> str:
    """Whose words a page has: its region's province, else its contest's; USUAL for the country."""
    for name in ("region", "contest"):
        code = twin.get(name)
        while isinstance(code, Mapping):
            code = code.get("code") or code.get("region")
        if code:
            return str(_table(folder)["provinces"].get(code[:2], USUAL))
    return USUAL


def said(folder: Path, tables: Tables, spoken: str) -> Tables:
    """The texts of a language as a place says them."""
    if spoken == USUAL:
        return tables
    table, language = _table(folder), tables["base"]["lang"]
    phrases = {one: one for one in table["stays"][language]} | table[spoken][language]
    longest = sorted(phrases, key=len, reverse=True)
    found = re.compile(rf"(?<![\w{{-])(?:{'|'.join(map(re.escape, longest))})(?![\w}}-])")
    return {
        name: {key: found.sub(lambda one: phrases[one[0]], text) for key, text in texts.items()}
        for name, texts in tables.items()
    }


@lru_cache(maxsize=1)
def _table(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "places.toml").read_text("utf-8"))
