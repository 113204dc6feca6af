"""Sentences by key, for whoever speaks outside the pages: a catalogue an owner, a file a language.

    [table]
    key = "sentence with {hole}"

in `id.toml` and `en.toml` of the owner's folder `text/`. The code writes a key whole, "table.key",
so that a search for it finds both. The pages have a catalogue with markup: `pages.words`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("id", "en")


class Catalogue:
    """The sentences of one owner, read when the first one is asked for."""

    def __init__(self, folder: Path) -> None:
        self._files = {language: folder / f"{language}.toml" for language in LANGUAGES}

    def both(self, key: str, /, **values: object) -> tuple[str, str]:
        """Return a sentence in Indonesian and English, its holes filled; KeyError if it is none.

        A value that differs between them is a pair. Without values the sentence stays as written.
        """
        table, _, name = key.partition(".")
        return self.named(table, name, **values)

    def named(self, table: str, name: str, /, **values: object) -> tuple[str, str]:
        """Return what `table` says of a code: where it is written, the code is a key already."""
        indonesian, english = (_read(file)[table][name] for file in self._files.values())
        if not values:
            return indonesian, english
        return _filled(indonesian, values, 0), _filled(english, values, 1)

    def table(self, name: str, language: str) -> dict[str, str]:
        """Return a whole table in one language, for a document that is written in it."""
        return _read(self._files[language])[name]


def _filled(text: str, values: dict[str, object], at: int) -> str:
    return text.format(
        **{name: one[at] if isinstance(one, tuple) else one for name, one in values.items()}
    )


@cache
def _read(path: Path) -> dict[str, dict[str, str]]:
    return tomllib.loads(path.read_text("utf-8"))
