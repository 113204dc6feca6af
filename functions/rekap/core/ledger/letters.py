"""Two letters by which a place is found: those that each word of its name begins with.

Names are compared without accents, case and signs: only a-z and 0-9 stay, all else parts words.
The script of the search does the same to what is typed.
"""

from __future__ import annotations

import re
import unicodedata

_APART = re.compile("[^a-z0-9]+")


def of(name: str, length: int = 2) -> frozenset[str]:
    """Return the beginnings of so many letters of the words of a name, and of it in one word."""
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    words = _APART.split(bare.lower())
    starts = (word[:length] for word in (*words, "".join(words)))
    return frozenset(start for start in starts if len(start) == length)
