"""The list of persons who are to get keys: a CSV as a spreadsheet writes it, read to the last row.

    region,tps,position,person,pair,body,organisation,key
    32.07.06.2001,001,ketua,,,,,budi.daftar.txt

Names of columns may be Indonesian, `4` is TPS `004`. Whatever else is odd is a problem with its
line; what spreadsheets do to a CSV is `spreadsheet`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rekap.desk.elections.problems import Problem
from rekap.desk.officials import spreadsheet
from rekap.desk.texts import both

MAX_LIST: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 250_000
"""Bounds of a list: a province of 20,000 stations has some 140,000 persons of KPPS."""

COLUMNS: Final = {
    "region": "wilayah",
    "tps": "tps",
    "position": "jabatan",
    "person": "orang",
    "pair": "paslon",
    "body": "badan",
    "organisation": "lembaga",
    "key": "kunci",
}
"""Column -> its Indonesian name; both are read."""
NEEDED: Final = ("region", "position", "key")
_BY_NAME: Final = {**{name: name for name in COLUMNS}, **{own: n for n, own in COLUMNS.items()}}

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "empty": both("people.empty"),
    "no-persons": both("people.no-persons"),
    "too-many-rows": both("people.too-many-rows"),
    "columns": both("people.columns"),
    "repeated-column": both("people.repeated-column"),
    "missing-column": both("people.missing-column"),
    "width": both("people.width"),
}
"""Code -> sentence in Indonesian and English, each ending with what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person as the list has him; `line` counts from 1. Cells are stripped, "" is empty."""

    line: int
    region: str
    tps: str
    position: str
    person: str
    pair: str
    key: str
    body: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """A list as it was read: rows that are whole, and what is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


class _Reading:
    """Reads one list and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, line: int, code: str, **details: object) -> None:
        self.problems.append(Problem.of(SENTENCES, (self.file, line, ""), code, details))

    def columns(self, line: int, cells: list[str]) -> list[str] | None:
        """The columns of a header line in their order, or None."""
        names = [cell.lower() for cell in cells]
        while names and not names[-1]:
            names.pop()
        known = [_BY_NAME.get(name, "") for name in names]
        before = len(self.problems)
        told = ", ".join(COLUMNS)
        for at, (name, column) in enumerate(zip(names, known, strict=True)):
            if not column:
                self.add(line, "columns", found=repr(name[:40]), columns=told)
            elif column in known[:at]:
                self.add(line, "repeated-column", found=name)
        for column in NEEDED:
            if column not in known:
                self.add(line, "missing-column", found=column)
        return known if len(self.problems) == before else None

    def rows(self, found: Iterable[tuple[int, list[str]]], columns: list[str]) -> list[Row]:
        """All rows that are whole."""
        rows: list[Row] = []
        for line, cells in found:
            if len(rows) == MAX_ROWS:
                self.add(line, "too-many-rows", limit=MAX_ROWS)
                break
            while len(cells) > len(columns) and not cells[-1]:
                cells.pop()
            if len(cells) != len(columns):
                self.add(line, "width", found=len(cells), expected=len(columns))
                continue
            rows.append(_row(line, dict(zip(columns, cells, strict=True))))
        return rows


def parse(data: bytes, file: str) -> People:
    """Read a list; `file` is its name in the problems."""
    reading = _Reading(file)
    found = spreadsheet.read(data, file)
    rows: list[Row] = []
    if found.rows:
        if (columns := reading.columns(*found.rows[0])) is not None:
            rows = reading.rows(found.rows[1:], columns)
            if not rows and found.problem is None and not reading.problems:
                reading.add(0, "no-persons")
    elif found.problem is None:
        reading.add(1, "empty", columns=found.separator.join(COLUMNS))
    if found.problem is not None:
        reading.problems.append(found.problem)
    return People(tuple(rows), tuple(reading.problems))


def _row(line: int, cells: dict[str, str]) -> Row:
    tps = cells.get("tps", "")
    if tps.isascii() and tps.isdigit():
        tps = tps.zfill(3)
    return Row(
        line, cells["region"], tps, cells["position"].lower(), cells.get("person", ""),
        cells.get("pair", ""), cells["key"], cells.get("body", "").lower(),
        cells.get("organisation", ""),
    )  # fmt: skip
