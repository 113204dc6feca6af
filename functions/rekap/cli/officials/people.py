"""The list of persons who are to get keys: a CSV as a spreadsheet writes it, read to the last row.

    region,tps,position,person,pair,key
    32.07.06.2001,001,ketua,,,budi.daftar.txt

Commas or semicolons separate, names of columns may be Indonesian, `4` is TPS `004`, a byte order
mark and empty rows do no harm. Whatever else is odd is a problem with its line.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final

from rekap.cli.elections.problems import Problem

MAX_LIST: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 250_000
"""Bounds of a list: a province of 20,000 stations has some 140,000 persons of KPPS."""

COLUMNS: Final = {
    "region": "wilayah",
    "tps": "tps",
    "position": "jabatan",
    "person": "orang",
    "pair": "paslon",
    "key": "kunci",
}
"""Column -> its Indonesian name; both are read."""
NEEDED: Final = ("region", "position", "key")
_BY_NAME: Final = {**{name: name for name in COLUMNS}, **{own: n for n, own in COLUMNS.items()}}
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "not-utf8": (
        'Bukan CSV dalam UTF-8. Simpan ulang dengan jenis "CSV UTF-8".',
        'Not a CSV in UTF-8. Save it again as "CSV UTF-8".',
    ),
    "nul": (
        'Ada karakter kosong (NUL): ini bukan CSV. Simpan ulang sebagai "CSV UTF-8".',
        'There is a NUL character: this is no CSV. Save it again as "CSV UTF-8".',
    ),
    "empty": (
        "Tidak ada baris. Tulis nama kolom di baris pertama: {columns}.",
        "There are no rows. Write the names of the columns in line 1: {columns}.",
    ),
    "no-persons": (
        "Tidak ada satu orang pun. Tambahkan satu baris untuk tiap orang.",
        "There is nobody. Add one row for each person.",
    ),
    "too-many-rows": (
        "Lebih dari {limit} baris. Bagi daftar ini, misalnya per kecamatan.",
        "More than {limit} rows. Split the list, for example by kecamatan.",
    ),
    "columns": (
        "Kolom {found} tidak dikenal. Kolom yang dipakai: {columns}.",
        "Unknown column {found}. Columns are: {columns}.",
    ),
    "repeated-column": (
        "Kolom {found} ada dua kali. Hapus salah satunya.",
        "Column {found} stands twice. Remove one of them.",
    ),
    "missing-column": (
        "Kolom {found} tidak ada. Tambahkan kolom itu.",
        "There is no column {found}. Add it.",
    ),
    "syntax": (
        "Tidak dapat dibaca: {detail}. Periksa tanda kutip di sekitar baris ini.",
        "Cannot be read: {detail}. Check the quotation marks around this line.",
    ),
    "width": (
        "Ada {found} sel, seharusnya {expected}. Periksa pemisah dan tanda kutip.",
        "There are {found} cells, expected {expected}. Check separators and quotation marks.",
    ),
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


@dataclass(frozen=True, slots=True)
class People:
    """A list as it was read. `separator` is a comma or a semicolon; no rows if it has problems."""

    rows: tuple[Row, ...]
    separator: str
    problems: tuple[Problem, ...]


class _Reading:
    """Reads one list and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, line: int, code: str, **details: object) -> None:
        indonesian, english = (text.format(**details) for text in SENTENCES[code])
        self.problems.append(Problem(self.file, line, "", code, indonesian, english))

    def text(self, data: bytes) -> str | None:
        """The list as text, or None if it is none."""
        if data.startswith(_UTF16):
            self.add(0, "not-utf8")
            return None
        if b"\0" in data:
            self.add(data[: data.index(b"\0")].count(b"\n") + 1, "nul")
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.add(data[: error.start].count(b"\n") + 1, "not-utf8")
            return None

    def columns(self, cells: list[str]) -> list[str] | None:
        """The columns of a header line in their order, or None."""
        names = [cell.strip().lower() for cell in cells]
        while names and not names[-1]:
            names.pop()
        known = [_BY_NAME.get(name, "") for name in names]
        before = len(self.problems)
        told = ", ".join(COLUMNS)
        for at, (name, column) in enumerate(zip(names, known, strict=True)):
            if not column:
                self.add(1, "columns", found=repr(name[:40]), columns=told)
            elif column in known[:at]:
                self.add(1, "repeated-column", found=name)
        for column in NEEDED:
            if column not in known:
                self.add(1, "missing-column", found=column)
        return known if len(self.problems) == before else None

    def rows(self, table: _Table, columns: list[str]) -> list[Row]:
        """All rows that are whole."""
        rows: list[Row] = []
        for line, found in table:
            cells = [cell.strip() for cell in found]
            if not any(cells):
                continue
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


class _Table:
    """Yields (line, cells); stops at the first row that is no CSV, which `fault` then names."""

    def __init__(self, text: str, separator: str) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        self.fault: tuple[int, str] | None = None

    def __iter__(self) -> _Table:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        line = self._reader.line_num + 1
        try:
            return line, next(self._reader)
        except csv.Error as error:
            self.fault = (line, str(error))
            raise StopIteration from error


def parse(data: bytes, file: str) -> People:
    """Read a list; `file` is its name in the problems."""
    reading = _Reading(file)
    text = reading.text(data)
    if text is None:
        return People((), ",", tuple(reading.problems))
    first = text.split("\n", 1)[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    table = _Table(text, separator)
    rows: list[Row] = []
    header = next(table, None)
    if header is None or not any(cell.strip() for cell in header[1]):
        if table.fault is None:
            reading.add(1, "empty", columns=separator.join(COLUMNS))
    elif (columns := reading.columns(header[1])) is not None:
        rows = reading.rows(table, columns)
        if not rows and table.fault is None and not reading.problems:
            reading.add(0, "no-persons")
    if table.fault is not None:
        reading.add(table.fault[0], "syntax", detail=table.fault[1])
    return People(tuple(rows), separator, tuple(reading.problems))


def _row(line: int, cells: dict[str, str]) -> Row:
    tps = cells.get("tps", "")
    if tps.isascii() and tps.isdigit():
        tps = tps.zfill(3)
    return Row(
        line, cells["region"], tps, cells["position"].lower(), cells.get("person", ""),
        cells.get("pair", ""), cells["key"],
    )  # fmt: skip
