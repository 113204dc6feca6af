"""How numbers are written: in Indonesian words (terbilang), and in digits without separators.

1.001 is "seribu satu". Typed digits have one spelling; for every other one there is an advice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, TypeAlias

from rekap.core.codec import MAX_INTEGER
from rekap.desk.texts import both

_DIGITS: Final = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
)  # fmt: skip
Said: TypeAlias = tuple[str, str]
"""A sentence in Indonesian and English."""

_GROUPED: Final = re.compile("[0-9]{1,3}(?:([.,'’ \u00a0\u2009\u202f])[0-9]{3})(?:\\1[0-9]{3})*")
_ZEROS: Final = re.compile("0[0-9]+")
_DASHES: Final = frozenset({"-", "–", "—", "x", "X", "nihil"})
_SCALES: Final = ((1_000_000, "juta"), (1_000, "ribu"))


def words(number: int) -> str:
    """The words of 0…999,999,999; ValueError for any other number."""
    if not 0 <= number <= MAX_INTEGER:
        raise ValueError(f"not 0…{MAX_INTEGER}: {number}")
    if number == 0:
        return _DIGITS[0]
    said = []
    for scale, name in _SCALES:
        count, number = divmod(number, scale)
        if count == 1 and name == "ribu":
            said.append("seribu")
        elif count:
            said += [*_below_thousand(count), name]
    return " ".join([*said, *_below_thousand(number)])


def _below_thousand(number: int) -> list[str]:
    """The words of 1…999; none for 0."""
    hundreds, rest = divmod(number, 100)
    said = []
    if hundreds == 1:
        said.append("seratus")
    elif hundreds:
        said += [_DIGITS[hundreds], "ratus"]
    return said + _below_hundred(rest)


def _below_hundred(number: int) -> list[str]:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return [_DIGITS[ones]] if ones else []
    if number == 10:
        return ["sepuluh"]
    if number == 11:
        return ["sebelas"]
    if tens == 1:
        return [_DIGITS[ones], "belas"]
    return [_DIGITS[tens], "puluh", *([_DIGITS[ones]] if ones else [])]


def why_no_number(text: str) -> Said:
    """Say what is wrong with a text that is not a number in its one spelling."""
    if _GROUPED.fullmatch(text):
        digits = re.sub("[^0-9]", "", text)
        return both("spelling.has_a_separator_if_it_means", text=text, digits=digits)
    if _ZEROS.fullmatch(text):
        digits = text.lstrip("0") or "0"
        return both("spelling.has_leading_zeros_if_it_means", text=text, digits=digits)
    plain = unicodedata.normalize("NFKC", text)
    if plain != text and plain.isascii() and plain.isdigit():
        return both("spelling.has_digits_of_another_kind_if", text=text[:20], plain=plain)
    if text in _DASHES:
        return both("spelling.is_no_number_write_0_where", text=text)
    return both("spelling.is_no_whole_number_from_0", text=text[:20])
