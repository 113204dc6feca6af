"""How names of pairs are written: a source that shouts them is read in ordinary letters.

Forms and lists print names in capitals with every title. A word in capitals gets one capital;
titles and initials, which have a full stop, are kept or taken from a list. A word that a folder
spells with a small letter is the folder's own and stays.
"""

from __future__ import annotations

import re
from typing import Final

_TITLES: Final = {
    title.upper(): title
    for title in "Dr. Drs. Dra. Ir. Hj. Prof. Letjen. Mayjen. Brigjen. Komjen. Irjen. Tgk.".split()
}
"""Titles with a full stop that are not written in capitals; all others keep what the source has."""
_KEPT: Final = frozenset("II III IV VI VII VIII KH SH MH SE MM ST MT MA MBA".split())
"""Words without a full stop that stay in capitals."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def spelled(name: str) -> str:
    """Return a person's name as a newspaper writes it; of what it returns it changes nothing."""
    return " ".join(_word(word) for word in name.split(" "))


def _word(word: str) -> str:
    bare = word.strip("(),")
    if word != word.upper() or bare in _KEPT:
        return word
    if "." in bare:
        return word.replace(bare, _TITLES.get(bare, bare))
    return _WORD.sub(lambda found: found[0][0] + found[0][1:].lower(), word)
