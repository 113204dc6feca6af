"""Kemendagri region codes with dots: 31, 31.71, 31.71.06, 31.71.06.1001.

Groups of 2, 2, 2 and 4 digits: provinsi, kabupaten/kota, kecamatan, kelurahan/desa. The country is
"id". Codes sort as text in the order of the tree, each parent before its children.
BPS codes look alike and differ: they are never accepted knowingly, nor can they be told apart.
"""

from __future__ import annotations

import re
from typing import Final

from rekap.core.statements.model import LEVELS

COUNTRY: Final = "id"

CODE: Final = r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?"
TPS: Final = "(?!000)[0-9]{3}"
"""How a region code and a TPS number are spelled."""

_CODE: Final = re.compile(CODE)
_TPS: Final = re.compile(TPS)
_DEPTHS: Final = {2: 1, 5: 2, 8: 3, 13: 4}
_PARENT_LENGTHS: Final = {5: 2, 8: 5, 13: 8}


def is_code(value: str) -> bool:
    """Tell whether `value` is spelled like a region code; the country is not one."""
    return _CODE.fullmatch(value) is not None


def is_tps(value: str) -> bool:
    """Tell whether `value` is a TPS number: three digits, "001" to "999"."""
    return _TPS.fullmatch(value) is not None


def depth(code: str) -> int:
    """0 for the country, 1 provinsi, 2 kabupaten/kota, 3 kecamatan, 4 kelurahan/desa.

    `code` is the country or a region code, here and below; anything else is a KeyError.
    """
    return 0 if code == COUNTRY else _DEPTHS[len(code)]


def level(code: str) -> str:
    """The level's name; the country has none (KeyError)."""
    if code == COUNTRY:
        raise KeyError(code)
    return LEVELS[_DEPTHS[len(code)] - 1]


def child_level(code: str) -> str:
    """The level directly below: "provinsi" … "kelurahan", and "tps" below a kelurahan."""
    place = depth(code)
    return "tps" if place == len(LEVELS) else LEVELS[place]


def parent(code: str) -> str:
    """The region directly above; the country above a provinsi; KeyError for the country."""
    if code == COUNTRY:
        raise KeyError(code)
    return code[: _PARENT_LENGTHS[len(code)]] if len(code) > 2 else COUNTRY


def ancestors(code: str) -> tuple[str, ...]:
    """All regions above from the nearest up, ending with the country; () for the country."""
    return upward(code, COUNTRY)[1:]


def upward(code: str, top: str) -> tuple[str, ...]:
    """`code` and all regions above it up to `top`; KeyError if `code` is not within `top`."""
    places = [code]
    while code != top:
        code = parent(code)
        places.append(code)
    return tuple(places)


def is_below(code: str, top: str) -> bool:
    """Tell whether `code` lies strictly below `top`."""
    if top == COUNTRY:
        return code != COUNTRY
    return code.startswith(f"{top}.")


def is_within(code: str, top: str) -> bool:
    """Tell whether `code` is `top` or lies below it."""
    return code == top or is_below(code, top)


def split(code: str) -> tuple[str, ...]:
    """Parts of an address: "31.71.06.1001" -> ("31", "71", "06", "1001"); () for the country."""
    return () if code == COUNTRY else tuple(code.split("."))


def parts_below(code: str, top: str) -> tuple[str, ...]:
    """Parts of `code` after those of `top`, which is `code` itself or above it.

    Raises ValueError if `code` is elsewhere.
    """
    if not is_within(code, top):
        raise ValueError(f"{code} is not below {top}")
    return split(code)[depth(top) :]


def is_desa(code: str) -> bool:
    """Tell a desa (last group from 2000) from a kelurahan (last group from 1000)."""
    return len(code) == 13 and code[9] == "2"
