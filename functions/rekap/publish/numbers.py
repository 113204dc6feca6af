"""How numbers, shares, times and hashes are written in Indonesian; pure text, no layout.

A share never crosses a threshold by rounding: 50.0001 % is not written "50,00%", 14.834 of 14.835
is not written "100,00%", and one vote is never "0,00%".
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Final

MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
ZONES: Final = {"+07:00": "WIB", "+08:00": "WITA", "+09:00": "WIT"}
MINUS: Final = "\u2212"
_BLOCK: Final = 4
_SHORT_KEY: Final = 8


def thousands(value: int) -> str:
    """`2183239` -> "2.183.239"; a negative number has a real minus."""
    text = f"{value:,}".replace(",", ".")
    return text if value >= 0 else MINUS + text[1:]


def signed(value: int) -> str:
    """A difference: "+2.559", "−5", "0"."""
    text = thousands(value)
    return f"+{text}" if value > 0 else text


def share(part: int, whole: int) -> str:
    """`part` of `whole` in per cent with two decimals, "" if there is no whole.

    Rounds half up. Where that would print exactly 0, 50 or 100 although the share is not, decimals
    are added until it no longer does.
    """
    if whole <= 0:
        return ""
    scale = 100
    while True:
        rounded = (200 * scale * part + whole) // (2 * whole)
        exact = rounded * whole == 100 * scale * part
        if exact or rounded not in (0, 50 * scale, 100 * scale):
            break
        scale *= 10
    percent, decimals = divmod(rounded, scale)
    return f"{percent},{decimals:0{len(str(scale)) - 1}d}%"


def per_mille(value: int) -> str:
    """A legal limit in per mille as per cent: 10 -> "1%", 15 -> "1,5%"."""
    percent, tenth = divmod(value, 10)
    return f"{percent},{tenth}%" if tenth else f"{percent}%"


@lru_cache(maxsize=64)
def day(value: str) -> str:
    """ "2024-11-27" -> "27 November 2024"."""
    return f"{int(value[8:10])} {MONTHS[int(value[5:7]) - 1]} {value[:4]}"


@lru_cache(maxsize=1024)
def moment(value: str) -> str:
    """ "2024-11-27T14:05:00+07:00" -> "27 November 2024, 14.05 WIB", seconds if there are any."""
    clock = value[11:16] if value[17:19] == "00" else value[11:19]
    return f"{day(value[:10])}, {clock.replace(':', '.')} {ZONES[value[19:]]}"


def blocks(hexadecimal: str) -> str:
    """A hash in groups of four, to be compared by eye: "b6f6 39fe …"."""
    return " ".join(
        hexadecimal[start : start + _BLOCK] for start in range(0, len(hexadecimal), _BLOCK)
    )


def root_blocks(root: str) -> str:
    """A base64 root of the log as hexadecimal groups of four."""
    return blocks(base64.b64decode(root).hex())


def short_key(keyid: str) -> str:
    """The first eight digits of a key id: enough to recognise a key, not to identify it."""
    return blocks(keyid[:_SHORT_KEY])


def out_of(count: int, expected: int | None) -> str:
    """ "124 dari 125", or "124" where the whole is unknown."""
    return (
        thousands(count) if expected is None else f"{thousands(count)} dari {thousands(expected)}"
    )
