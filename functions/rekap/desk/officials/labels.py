"""Names of things on the paper, in the language of the talk, and fields found by such a name.

They are those of the pages (`templates/text/`). The code of a figure is its place on the paper:
"V.A", "IV.2", and "I.A L", "I.A P", "I.A L+P".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import Any, Final

from rekap.audit.commands.speech import Say
from rekap.core.pages.words import spoken
from rekap.core.statements import model, regions
from rekap.desk.texts import both

_GENDERS: Final = {"_m": ("L", "laki-laki", "men"), "_f": ("P", "perempuan", "women")}
_SPACES: Final = re.compile(r"\s+")


def name(say: Say, table: str, code: str) -> str:
    """The name of a code of a closed list ("form", "count", "reason" …), or the code itself."""
    words = spoken.words(say.lang)
    return unescape(str(words.body(code) if table == "body" else words.name(code, table)))


def listed(say: Say, table: str, codes: Iterable[str]) -> str:
    """The codes of a closed list with their names, for help: "typing (salah ketik), …"."""
    return ", ".join(f"{code} ({name(say, table, code)})" for code in codes)


def place(say: Say, code: str, called: str) -> str:
    """A region with the title of its level: "Desa Ciamis (32.07.01.2001)"."""
    if code == regions.COUNTRY:
        return say(*both("labels.all_of_indonesia"))
    if not called or called == code:
        return code
    level = regions.level(code)
    if level in ("kecamatan", "kelurahan"):
        title = "Desa" if regions.is_desa(code) else level.capitalize()
        called = f"{title} {called}"
    return f"{called} ({code})"


def split(field: str) -> tuple[str, str]:
    """A figure's row and its gender: ("registered", "_m"); no gender is ""."""
    base, end = field[:-2], field[-2:]
    return (base, end) if end in _GENDERS and base in model.GENDERED else (field, "")


def code(field: str) -> str:
    """The place of a figure on the paper: "I.A L", "II.1", "IV.2", "V.A"."""
    if field.startswith("pair_"):
        return f"IV.{field[5:]}"
    base, end = split(field)
    known = str(spoken.words("id").name(base, "code"))
    if base not in model.GENDERED:
        return known
    return f"{known} {_GENDERS[end][0] if end else 'L+P'}"


def short(say: Say, field: str) -> str:
    """The short name of a figure: "suara sah", "pengguna dalam DPT, laki-laki"."""
    if field.startswith("pair_"):
        return say(*both("labels.votes_of_number", field=field[5:]))
    base, end = split(field)
    called = name(say, "short", base)
    return f"{called}, {say(*_GENDERS[end][1:])}" if end else called


def of_pair(say: Say, pair: Mapping[str, Any]) -> str:
    """The names of a pair, or the empty column."""
    if pair.get("empty_column"):
        return say(*both("labels.empty_column"))
    return " – ".join(pair["names"])


def long(say: Say, field: str, pairs: Sequence[Mapping[str, Any]]) -> str:
    """The name of a figure as an empty sheet has it; pairs with their names."""
    if field.startswith("pair_"):
        number = int(field[5:])
        pair = next((one for one in pairs if one["number"] == number), None)
        named = f": {of_pair(say, pair)}" if pair else ""
        return say(*both("labels.votes_of_number_2", number=number, named=named))
    base, end = split(field)
    called = unescape(str(spoken.words(say.lang).field(base)))
    if base not in model.GENDERED:
        return called
    told = _GENDERS[end][1:] if end else both("labels.men_and_women")
    return f"{called}, {say(*told)}"


class Finder:
    """Finds the field that a text names: identifier, code of the paper, or a name of either kind.

    Upper and lower case, spaces and dashes make no difference; half a name is none.
    """

    def __init__(self, fields: Sequence[str], pairs: Sequence[Mapping[str, Any]]) -> None:
        self._fields: dict[str, str] = {}
        for field in fields:
            for text in _names(field, pairs):
                other = self._fields.setdefault(plain(text), field)
                if other != field:
                    raise RuntimeError(f"{text} names {other} and {field}")

    def find(self, text: str) -> str | None:
        """The field, or None."""
        return self._fields.get(plain(text))


def _names(field: str, pairs: Sequence[Mapping[str, Any]]) -> list[str]:
    texts = [field, code(field)]
    if code(field).endswith(" L+P"):
        texts += [code(field)[:-4], unescape(str(spoken.words("id").field(field)))]
    for say in (Say("id"), Say("en")):
        texts += [short(say, field), long(say, field, pairs), long(say, field, ())]
    if field.startswith("pair_"):
        number = field[5:]
        texts += [f"nomor {number}", f"paslon {number}", f"pasangan calon {number}",
                  f"pasangan calon nomor {number}", f"number {number}"]  # fmt: skip
    return texts


def plain(text: str) -> str:
    """A text without the differences that do not matter."""
    text = _SPACES.sub(" ", text.replace("–", "-").replace("—", "-").replace("\u2212", "-"))
    return text.strip(" :.").casefold()
