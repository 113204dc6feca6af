"""How the command speaks: Indonesian unless `--lang en`, with each language's own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("id", "en")


@dataclass(frozen=True, slots=True)
class Say:
    """Chooses between two sentences and writes numbers for one language."""

    lang: str = "id"

    def __call__(self, indonesian: str, english: str) -> str:
        """The sentence of this language."""
        return indonesian if self.lang == "id" else english

    def count(self, value: int, indonesian: str, one: str, many: str) -> str:
        """A number with its noun: "1.234 berkas"; "1 file", "1,234 files"."""
        return f"{self.number(value)} {self(indonesian, one if value == 1 else many)}"

    def number(self, value: int) -> str:
        """1.234.567 in Indonesian, 1,234,567 in English."""
        text = f"{value:,}"
        return text.replace(",", ".") if self.lang == "id" else text

    def decimal(self, value: float) -> str:
        """One digit after the comma, or point."""
        whole, _, tenth = f"{value:.1f}".partition(".")
        return f"{self.number(int(whole))}{',' if self.lang == 'id' else '.'}{tenth}"

    def size(self, octets: int) -> str:
        """A size in MB of 1,000,000 bytes, below one in kB of 1,000, rounded up."""
        if octets < 1_000_000:
            return f"{self.number(-(-octets // 1000))} kB"
        return f"{self.decimal(octets / 1_000_000)} MB"


def clean(text: str) -> str:
    """Return somebody else's words without anything that a terminal obeys."""
    return "".join(c if c.isprintable() else " " for c in text)
