"""Scripts by which a reader asks: for a place by its name, what is new, another order, a workbook.

They are loaded when the reader asks, and share the as_of of `cari/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from rekap.core.ledger import addresses
from rekap.core.pages.look import scripts, verifier
from rekap.core.pages.words.words import Words
from rekap.core.statements import model
from rekap.core.statements.kinds import KINDS

PAGES: Final = frozenset({"portal", "search", "area", "ledger", "data"})
"""Kinds of pages with such a script."""
AREAS: Final = f"{addresses.SEARCH}wilayah.js"
"""The script of tables of places and their map."""
_SEARCH, _NEWS, _AREAS, _TABLE = "search", "news", "areas", "table"
_OF_PAGE: Final = {"ledger": _NEWS, "data": _TABLE}
"""Kind of a page -> its script, where that does not look for places."""
_PATHS: Final = {
    _SEARCH: f"{addresses.SEARCH}cari.js", _NEWS: f"{addresses.SEARCH}baru.js", _AREAS: AREAS,
    _TABLE: f"{addresses.SEARCH}tabel.js",
}  # fmt: skip
"""Folder of the templates, and name of the file there -> path below the base of the site."""
_STATUSES: Final = ("rival", "orphan", "set_aside", "superseded", "void")


def files(templates: Path) -> dict[str, bytes]:
    """Return {path: bytes} of the scripts that are loaded on demand."""
    return {path: _source(templates, name) for name, path in _PATHS.items()}


def _source(templates: Path, name: str) -> bytes:
    if name == _TABLE:
        return verifier.table(templates)
    return (templates / name / f"{name}.js").read_bytes()


@lru_cache(maxsize=64)
def script(
    templates: Path, page: str, up: str, *, listed: bool = False
) -> tuple[Markup, Markup, str]:
    """Return (elements of the head, the page's own script, its directives).

    A page that has all places `listed` looks among them. `up` leads from the page to the base of
    the site.
    """
    if listed:
        text, policy = scripts.inline(templates / _SEARCH / "filter.js", "'none'")
        return Markup(""), text, policy
    head, policy = _loaded(templates, _OF_PAGE.get(page, _SEARCH), up)
    return head, Markup(""), policy


@lru_cache(maxsize=64)
def areas(templates: Path, up: str) -> tuple[Markup, str]:
    """Return (elements of the head, directives) of a page with a table of places that sorts."""
    return _loaded(templates, _AREAS, up)


def _loaded(templates: Path, name: str, up: str) -> tuple[Markup, str]:
    code = (templates / name / "load.js").read_text("utf-8")
    load = f'<script type="module">{code}</script>'
    return scripts.on_demand(up + _PATHS[name], _source(templates, name), load, "'none'")


def news_words(texts: Words) -> str:
    """Return the words that the script of what is new says, as JSON: of forms, kinds, statuses."""
    tables: dict[str, Iterable[str]] = {
        "form": model.FORMS,
        "kind": KINDS,
        "status": _STATUSES,
    }
    told = {code: str(texts.name(code, table)) for table, codes in tables.items() for code in codes}
    said = {"version": texts("news.version"), "number": texts("base.number"),
            "short": texts.name("d_hasil_kabko", "form_short")}  # fmt: skip
    return json.dumps({**told, **said}, ensure_ascii=False)
