"""What a cell of the bulk data means: table schemas and the codebook, from one file of words.

`templates/data/codebook.toml` names every file, column and code in both languages. From it come the
schemas of `datapackage.json` (Frictionless Table Schema) and the rows of `codebook.csv`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from rekap.core import codec
from rekap.core.packaged import templates_folder

COLUMNS: Final = ("file", "column", "value", "type", "unit", "indonesian", "english")
"""Columns of `codebook.csv`."""
DIALECT: Final = {
    "delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True,
}  # fmt: skip
"""CSV dialect of all files, as a data package writes it."""
_UNITS: Final = {"registered": "orang", "voted": "orang", "ballots": "lembar"}
"""First word of a figure's name -> what it counts; of all others votes."""

Entry = dict[str, Any]


@lru_cache(maxsize=1)
def _book() -> Entry:
    return tomllib.loads((templates_folder() / "data" / "codebook.toml").read_text("utf-8"))


def title(file: str) -> Entry:
    """Return {id, en}: what one row of a file is."""
    named: Entry = _book()["files"][file]
    return {"id": named["id"], "en": named["en"]}


def word(table: str, code: str | None, language: str) -> str:
    """Return the meaning of a code, the code itself if there is none, "" for None."""
    said = _book()["values"][table].get(code)
    return str(said[language]) if said else code or ""


def _column(file: str, name: str) -> Entry:
    """Return what the codebook says of a column; KeyError for one that it does not know."""
    book = _book()
    entry = book["columns"].get(f"{file}.{name}") or book["columns"].get(name)
    return {"type": "string", **(_figure(name) if entry is None else entry)}


def _figure(name: str) -> Entry:
    book, number = _book(), name.removeprefix("pair_")
    if number != name:
        said = book["figures"]["pair_n"]
        english = said["en"].partition(":")[0]
        texts = {
            "id": said["id"].replace("nomor n", f"nomor {number}"),
            "en": english.replace("number n", f"number {number}"),
        }
    else:
        texts = book["figures"][name]
    unit = _UNITS.get(name.partition("_")[0], "suara")
    return {**texts, "type": "integer", "least": 0, "most": codec.MAX_INTEGER, "unit": unit}


def schema(file: str, columns: Sequence[str]) -> Entry:
    """Return the Table Schema of a file that has these columns."""
    about = _book()["files"][file]
    made: Entry = {
        "fields": [_field(name, _column(file, name)) for name in columns],
        "missingValues": [""],
    }
    if "key" in about:
        made["primaryKey"] = about["key"]
    if "foreign" in about:
        made["foreignKeys"] = [
            {
                "fields": link["columns"],
                "reference": {"resource": link["file"], "fields": link.get("to", link["columns"])},
            }
            for link in about["foreign"]
        ]
    return made


def _field(name: str, entry: Entry) -> Entry:
    """Return a column as a field of a table schema of Data Package."""
    constraints: Entry = {"required": True} if entry.get("required") else {}
    for ours, theirs in (("pattern", "pattern"), ("least", "minimum"), ("most", "maximum")):
        if ours in entry:
            constraints[theirs] = entry[ours]
    if "values" in entry:
        constraints["enum"] = list(_book()["values"][entry["values"]])
    field: Entry = {
        "name": name,
        "type": entry["type"],
        "description": entry["id"],
        "description_en": entry["en"],
    }
    if entry["type"] == "boolean":
        field |= {"trueValues": ["1"], "falseValues": ["0"]}
    if "unit" in entry:
        field["unit"] = entry["unit"]
    return {**field, "constraints": constraints} if constraints else field


def rows(files: Mapping[str, Sequence[str]]) -> Iterator[list[Any]]:
    """Yield the rows of `codebook.csv`: each column of each file, then the codes it may hold."""
    for file, columns in files.items():
        for name in columns:
            entry = _column(file, name)
            yield [file, name, None, entry["type"], entry.get("unit"), entry["id"], entry["en"]]
            for value, said in _book()["values"].get(entry.get("values", ""), {}).items():
                yield [file, name, value, None, None, said["id"], said["en"]]
