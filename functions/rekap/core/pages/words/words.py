"""Sentences and names of one language, read from `templates/text/{language}.toml`.

Values of the file are HTML fragments of our own. Whatever is filled in comes from the log and is
escaped, except text that was made here before. An unknown code (of a void statement, of a later
format) is shown as it is, never an exception. `{n?vote|votes}` is the first where `n` is written
"1", else the second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from markupsafe import Markup, escape

from rekap.core.pages.words.numbers import Numbers
from rekap.core.statements import model, regions

_CALL: Final = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
_HOLE: Final = re.compile(r"\{([a-z0-9_]+)\}")
_NUMBERED: Final = re.compile(r"\{([a-z0-9_]+)\?([a-z ]+)\|([a-z ]+)\}")
_SPECIAL: Final = re.compile(r"[&<>'\"]")
_TITLES: Final = (
    "Daerah Khusus Ibukota", "Daerah Khusus", "Daerah Istimewa", "Provinsi",
    "Kabupaten Administrasi", "Kota Administrasi", "Kabupaten", "Kota",
)  # fmt: skip
"""What a region's name begins with where the law names its kind; longer ones first."""
_GENDERS: Final = {"_m": "men", "_f": "women"}


def html(value: object) -> str:
    """A value as HTML text: escaped, unless it is HTML already or needs no escaping."""
    if type(value) is Markup or (type(value) is str and _SPECIAL.search(value) is None):
        return value
    return str(value) if type(value) is int else escape(value)


def fill(text: Markup, values: Mapping[str, Any]) -> Markup:
    """A fragment with its holes `{name}` filled in and escaped; KeyError if a value is missing."""
    pieces = [*_pieces(text)]
    pieces[1::2] = [html(values[name]) for name in pieces[1::2]]
    return Markup("".join(pieces))  # noqa: S704 our own text, and what was escaped


@lru_cache(maxsize=1_024)
def _pieces(text: str) -> list[str]:
    """What stands between the holes, and at every second place the name of a hole."""
    return _HOLE.split(text)


def capital(text: Markup) -> Markup:
    """The text with a capital at its start; text only, no markup there."""
    return text[:1].upper() + text[1:]


class Words:
    """The texts of one language by "table.key"."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.language = tables["base"]["lang"]
        self.numbers = Numbers.of(tables["numbers"])
        self._tables = {
            table: {key: Markup(text) for key, text in texts.items()}  # noqa: S704 our own file
            for table, texts in tables.items()
        }
        self._fields: dict[tuple[str, str], Markup] = {}

    def __call__(self, key: str, /, **values: Any) -> Markup:
        """The sentence `key` with its holes filled in and escaped; KeyError if there is none."""
        table, _, name = key.partition(".")
        text = self._tables[table][name]
        return fill(_numbered(text, values), values) if values else text

    def name(self, code: str | None, table: str, n: str = "") -> Markup:
        """The name of `code` in `table`, or the code itself, escaped; `n` counts what it names."""
        known = self._tables[table].get(str(code))
        return escape(code) if known is None else _numbered(known, {"n": n})

    def body(self, code: str) -> Markup:
        """A body as it is called: "PPK", "Kunci induk KPU"; roots of a pair with its number."""
        table = self._tables["body"]
        if code not in table and code.startswith("roots.pairs."):
            return fill(table["roots.pairs"], {"n": code.rpartition(".")[2]})
        return self.name(code, "body")

    def role(self, signer: Mapping[str, Any]) -> Markup:
        """Who signed: "PPK, ketua", "Saksi pasangan nomor 2", "Kunci induk KPU"; never a name."""
        body, position = signer["body"], signer["position"]
        said = self.office(signer)
        if body in model.BODIES and position != body:
            said += ", " + self.name(position, "position")
        return said

    def office(self, said: Mapping[str, Any]) -> Markup:
        """A body, whose, and who acts for it: "Saksi pasangan nomor 2", "KPU Provinsi selaku KPU
        Kabupaten/Kota".
        """
        own, pair = self.body(said["body"]), said.get("pair")
        if pair is not None and not said["body"].startswith("roots."):
            own += f" {pair}"
        acting = said.get("acting")
        return self("acting.said", acting=self.body(acting), body=own) if acting else own

    def teller(self, said: Mapping[str, Any]) -> Markup:
        """Who objects or tells an event: "Saksi 2", "PPK", "Pemantau lembaga-x"."""
        side = said.get("pair") or said.get("organisation")
        return self.body(said["body"]) + (f" {side}" if side else "")

    def seat(self, said: Mapping[str, Any]) -> Markup:
        """A supervisor and where: "Bawaslu Kabupaten Ciamis", "Pengawas TPS 004 Sombo"."""
        return fill(self._tables["seat"][said["body"]], {"name": said["name"], "tps": said["tps"]})

    def called(self, name: str | Mapping[str, str]) -> str:
        """A name from the log in this language: {id, en?} or the same in both."""
        return name if isinstance(name, str) else name.get(self.language) or name["id"]

    def pair(self, pair: Mapping[str, Any]) -> Markup:
        """Who stands for election: "A dan B", or the words for the empty column."""
        if pair.get("empty_column"):
            return self("region.empty_column")
        first, *second = pair["names"]
        return self("region.two", first=first, second=second[0]) if second else escape(first)

    def text(self, key: str) -> str:
        """The fragment of `key` with its holes, for tests and for templates."""
        table, _, name = key.partition(".")
        return str(self._tables[table][name])

    def field(self, field: str, table: str = "field") -> Markup:
        """A figure's label: as on the paper (`field`), its code (`code`) or short (`short`)."""
        known = self._fields.get((field, table))
        if known is None:
            known = self._fields[field, table] = self._field(field, table)
        return known

    def _field(self, field: str, table: str) -> Markup:
        texts = self._tables[table]
        if field in texts:
            return texts[field]
        if field.startswith("pair_"):
            return fill(texts["pair"], {"n": field[5:]})
        base, gender = field[:-2], _GENDERS.get(field[-2:])
        if base in model.GENDERED and gender:
            return fill(texts[gender], {"field": texts[base]})
        return escape(field)

    def place(self, region: Mapping[str, Any]) -> Markup:
        """ "Kecamatan Menteng", "Desa Ciamis", "Kota Administrasi Jakarta Pusat"; a name that says
        what it is says it once.
        """
        level, name = region["level"], region["name"]
        if level == "kelurahan" and regions.is_desa(region["code"]):
            level = "desa"
        title = self._tables["level_title"].get(level, Markup("{name}"))
        return fill(title, {"name": name.removeprefix(title.partition("{name}")[0])})

    def short(self, name: str) -> str:
        """A region's name without what it is: "Kabupaten Ciamis" -> "Ciamis"."""
        for title in _TITLES:
            if name.startswith(f"{title} "):
                return name.removeprefix(f"{title} ")
        return name

    def expand(self, source: str) -> str:
        """Replace every `[[table.key; name=expression]]` of a template by its text.

        Each hole becomes `{{ expression }}`, so the template engine escapes it. KeyError if a text
        is missing, ValueError if holes and values do not match.
        """
        return _CALL.sub(self._expanded, source)

    def _expanded(self, call: re.Match[str]) -> str:
        key, *values = (part.strip() for part in call[1].split(";"))
        given = dict(_assignment(value) for value in values)
        text = self.text(key)
        if given.keys() != set(_HOLE.findall(text)):
            raise ValueError(f"{key}: holes and values differ")
        text = _NUMBERED.sub(
            lambda one: f"{{{{ '{one[2]}' if ({given[one[1]]})|string == '1' else '{one[3]}' }}}}",
            text,
        )
        return _HOLE.sub(lambda hole: f"{{{{ {given[hole[1]]} }}}}", text)


def _numbered(text: Markup, values: Mapping[str, Any]) -> Markup:
    """Choose singular or plural by what is filled in."""
    if "|" not in text:
        return text
    return Markup(_NUMBERED.sub(lambda one: one[2 + (str(values[one[1]]) != "1")], text))  # noqa: S704 our own file


def _assignment(value: str) -> tuple[str, str]:
    name, _, expression = value.partition("=")
    return name.strip(), expression.strip()
