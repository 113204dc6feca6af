"""How numbers, shares, times and hashes are written in one language; pure text, no layout.

A share never crosses a threshold by rounding: 50.0001 % is not written "50.00%", 14,834 of 14,835
is not written "100.00%", and one vote is never "0.00%".
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ZONES: Final = {"+07:00": "WIB", "+08:00": "WITA", "+09:00": "WIT"}
MINUS: Final = "\u2212"
_BLOCK: Final = 4
_SHORT_KEY: Final = 8


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a language writes numbers; examples are Indonesian.

    `group` parts thousands, `point` decimals, `clock` hours and minutes; `whole` says "{n} of
    {whole}" in this language.
    """

    group: str
    point: str
    clock: str
    months: tuple[str, ...]
    whole: str

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Numbers:
        """Read the table `numbers` of a language's texts; KeyError if one is missing."""
        months = tuple(texts["months"].split())
        return cls(texts["group"], texts["point"], texts["clock"], months, texts["whole"])

    def thousands(self, value: int) -> str:
        """`2183239` -> "2.183.239"; a negative number has a real minus."""
        if 0 <= value < 1000:  # most cells of most pages
            return str(value)
        text = f"{value:,}".replace(",", self.group)
        return text if value >= 0 else MINUS + text[1:]

    def signed(self, value: int) -> str:
        """A difference: "+2.559", "−5", "0"."""
        text = self.thousands(value)
        return f"+{text}" if value > 0 else text

    def share(self, part: int, whole: int) -> str:
        """`part` of `whole` in per cent with two decimals, "" if there is no whole.

        Rounds half up. Where that would print exactly 0, 50 or 100 although the share is not,
        decimals are added until it no longer does.
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
        return f"{percent}{self.point}{decimals:0{len(str(scale)) - 1}d}%"

    def size(self, count: int) -> str:
        """A number of bytes, rounded up: "1 kB", "316 kB", "2,4 MB"."""
        if count <= 999_000:
            return f"{-(-count // 1000)} kB"
        whole, tenth = divmod(-(-count // 100_000), 10)
        return f"{self.thousands(whole)}{self.point}{tenth} MB"

    def per_mille(self, value: int) -> str:
        """A legal limit in per mille as per cent: 10 -> "1%", 15 -> "1,5%"."""
        percent, tenth = divmod(value, 10)
        return f"{percent}{self.point}{tenth}%" if tenth else f"{percent}%"

    def day(self, value: str) -> str:
        """ "2024-11-27" -> "27 November 2024"."""
        return f"{int(value[8:10])} {self.months[int(value[5:7]) - 1]} {value[:4]}"

    def moment(self, value: str) -> str:
        """ "2024-11-27T14:05:00+07:00" -> "27 November 2024, 14.05 WIB", seconds if any; of a date
        the day.
        """
        if "T" not in value:
            return self.day(value)
        clock = value[11:16] if value[17:19] == "00" else value[11:19]
        return f"{self.day(value[:10])}, {clock.replace(':', self.clock)} {ZONES[value[19:]]}"

    def hour(self, value: str) -> str:
        """ "2024-11-27T23:41:07+07:00" -> "23.41 WIB, 27 November 2024": never later than said."""
        clock = value[11:16].replace(":", self.clock)
        return f"{clock} {ZONES[value[19:]]}, {self.day(value[:10])}"

    def short(self, value: str) -> str:
        """ "2024-11-27T23:30:00+07:00" -> "23.30"."""
        return value[11:16].replace(":", self.clock)

    def out_of(self, count: int, expected: int | None) -> str:
        """ "124 dari 125", or "124" where the whole is unknown."""
        if expected is None:
            return self.thousands(count)
        return self.whole.format(n=self.thousands(count), whole=self.thousands(expected))


def blocks(hexadecimal: str) -> str:
    """A hash in groups of four, to be compared by eye: "b6f6 39fe …"."""
    return " ".join(
        [hexadecimal[start : start + _BLOCK] for start in range(0, len(hexadecimal), _BLOCK)]
    )


def root_blocks(root: str) -> str:
    """A base64 root of the log as hexadecimal groups of four."""
    return base64.b64decode(root).hex(" ", _BLOCK // 2)


def short_key(keyid: str) -> str:
    """The first eight digits of a key id: enough to recognise a key, not to identify it."""
    return blocks(keyid[:_SHORT_KEY])
