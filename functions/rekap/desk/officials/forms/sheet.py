"""The CSV of a paper: a row per figure in the order of the paper, a column per child.

    field;kode;isian;TPS 001;TPS 002;jumlah akhir
    slot;;pemilihan/kontes/d_hasil_kelurahan/32.07.01.2001;;;
    valid;V.A;Jumlah seluruh suara sah;180;201;381

A C.Hasil has one column, `angka`. Any of `field`, `kode`, `isian` may name a row, in Indonesian or
English; all that do must agree. The row `slot` may be left out; where it stands it must be the form
that is asked for. A number has one spelling, digits only: 1.234 could be a thousand or one and a
bit, so it is refused and never read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from rekap.audit.commands.speech import Say
from rekap.core.statements import regions
from rekap.core.statements.model import COLUMNS_MAX
from rekap.desk.elections.problems import Problem
from rekap.desk.elections.table import number
from rekap.desk.officials import labels, spelling, spreadsheet
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.texts import both

Cells: TypeAlias = dict[tuple[str, str], int]
"""Figures by (child, field); the form itself, "jumlah akhir", is the child ""."""

WHOLE: Final = ""
MAX_SHEET: Final = 4 * 1024 * 1024
_SHOWN: Final = 60
"""Characters of a cell that a problem shows."""

_NAMES: Final = frozenset({"field", "kode", "code", "isian", "label", "uraian", "row"})
_WHOLE: Final = frozenset(
    {"angka", "value", "nilai", "jumlah", "jumlah akhir", "jumlah_akhir", "final total"}
)


SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "header": both("sheet.header"),
    "unknown-column": both("sheet.unknown-column"),
    "not-a-tps": both("sheet.not-a-tps"),
    "not-below": both("sheet.not-below"),
    "repeated-column": both("sheet.repeated-column"),
    "too-many-columns": both("sheet.too-many-columns"),
    "width": both("sheet.width"),
    "unknown-row": both("sheet.unknown-row"),
    "two-rows": both("sheet.two-rows"),
    "repeated-row": both("sheet.repeated-row"),
    "other-sheet": both("sheet.other-sheet"),
    "empty": both("sheet.empty"),
    "empty-cells": both("sheet.empty-cells"),
}
"""Code -> sentence in Indonesian and English, each ending with what to do."""


class BadSheet(Exception):
    """A sheet that is not taken; `problems` are all that is wrong with it, at least one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(one.told("en") for one in problems))
        self.problems = tuple(problems)


def blank(slot: Slot, say: Say, cells: Mapping[tuple[str, str], int] | None = None) -> bytes:
    """Return a sheet to fill in, or with the figures `cells`; a spreadsheet opens it as it is."""
    cells = cells or {}
    columns = [child.code for child in slot.children]
    columns += sorted({child for child, _ in cells if child} - set(columns))
    heads = [_heading(slot, code) for code in columns]
    whole = say(*both("sheet.final_total")) if slot.has_columns else say(*both("sheet.value"))
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(["field", say(*both("sheet.code")), say(*both("sheet.label")), *heads, whole])
    rows.writerow(["slot", "", slot.key, *("" for _ in columns), ""])
    for name in slot.fields:
        told = labels.long(say, name, slot.contest["pairs"])
        values = [cells.get((code, name), "") for code in (*columns, WHOLE)]
        rows.writerow([name, labels.code(name), told, *values])
    return out.getvalue().encode("utf-8-sig")


def _heading(slot: Slot, code: str) -> str:
    """The head of a column that no spreadsheet takes for a number."""
    if regions.is_tps(code):
        return f"TPS {code}"
    return f"{code} {slot.child(code).name}".strip()


def parse(data: bytes, slot: Slot, file: str = "") -> Cells:
    """Return the figures of a sheet; `file` is its name in the problems.

    Raises BadSheet with everything that is wrong.
    """
    reader = _Reader(slot, file)
    found = spreadsheet.read(data, file, older=True)
    if found.problem is not None:
        raise BadSheet([found.problem])
    reader.take(found.rows)
    reader.check_missing()
    if reader.problems:
        raise BadSheet(reader.problems)
    return reader.cells


@dataclass(slots=True)
class _Reader:
    """Takes rows one by one, keeps figures and problems."""

    slot: Slot
    file: str
    cells: Cells = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _spelled: set[tuple[str, str]] = field(default_factory=set)
    _seen: dict[str, int] = field(default_factory=dict)
    _names: list[int] = field(default_factory=list)
    _columns: dict[int, str] = field(default_factory=dict)

    def _wrong(self, line: int, code: str, **details: object) -> None:
        self.problems.append(Problem.of(SENTENCES, (self.file, line, ""), code, details))

    def take(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Read the header and every row below it."""
        finder = labels.Finder(self.slot.fields, self.slot.contest["pairs"])
        line, header = rows[0] if rows else (1, [])
        self._header(line, header)
        if self.problems:
            self._columns.clear()
            return
        for line, row in rows[1:]:
            if any(row[len(header) :]):
                self._wrong(line, "width", found=len(row), expected=len(header))
                continue
            self._row(line, row + [""] * (len(header) - len(row)), finder)

    def _header(self, line: int, header: list[str]) -> None:
        for at, cell in enumerate(header):
            told = labels.plain(cell)
            if told in _NAMES:
                self._names.append(at)
            elif told in _WHOLE:
                self._column(line, at, WHOLE, cell)
            elif cell:
                self._child(line, at, cell)
        if not self._names or WHOLE not in self._columns.values():
            self._wrong(line, "header", whole="jumlah akhir" if self.slot.has_columns else "angka")
        if len(self._columns) > COLUMNS_MAX + 1:
            self._wrong(line, "too-many-columns", most=COLUMNS_MAX)

    def _child(self, line: int, at: int, cell: str) -> None:
        """A column of a D form: "TPS 004" or "004", "32.07.01 Ciamis" or "32.07.01"."""
        words = cell.split()
        code = words[1] if words[0].lower() == "tps" and len(words) == 2 else words[0]
        stations = self.slot.form == "d_hasil_kelurahan"
        if not self.slot.has_columns:
            self._wrong(line, "unknown-column", found=_short(cell))
        elif stations and not regions.is_tps(code):
            self._wrong(line, "not-a-tps", found=_short(cell))
        elif not stations and not self._is_below(code):
            self._wrong(line, "not-below", found=_short(cell), region=self.slot.region)
        else:
            self._column(line, at, code, cell)

    def _is_below(self, code: str) -> bool:
        return regions.is_code(code) and regions.parent(code) == self.slot.region

    def _column(self, line: int, at: int, code: str, cell: str) -> None:
        if code in self._columns.values():
            self._wrong(line, "repeated-column", found=_short(cell))
        self._columns[at] = code

    def _row(self, line: int, row: list[str], finder: labels.Finder) -> None:
        texts = [row[at] for at in self._names if row[at]]
        if any(labels.plain(text) in ("slot", "lembar") for text in texts):
            self._check_slot(line, row)
            return
        found = {name for text in texts if (name := finder.find(text)) is not None}
        if not found:
            if any(row[at] for at in self._columns):
                self._wrong(line, "unknown-row", found=_short(texts[0]) if texts else "-")
            return
        name = found.pop()
        code = labels.code(name)
        if found:
            self._wrong(line, "two-rows", found=code, other=labels.code(found.pop()))
        elif name in self._seen:
            self._wrong(line, "repeated-row", found=code, first=self._seen[name])
        else:
            self._seen[name] = line
            self._values(line, name, row)

    def _check_slot(self, line: int, row: list[str]) -> None:
        named = [cell for cell in row if "/" in cell]
        if named != [self.slot.key]:
            told = _short(named[0]) if named else "-"
            self._wrong(line, "other-sheet", found=told, expected=self.slot.key)

    def _values(self, line: int, name: str, row: list[str]) -> None:
        for at, child in self._columns.items():
            if not row[at]:
                continue
            self._spelled.add((child, name))
            value = number(row[at])
            if value is None:
                where = f"{labels.code(name)}{f' {child}' if child else ''}"
                why = spelling.why_no_number(row[at])
                self.problems.append(Problem(self.file, line, where, "number", *why))
            else:
                self.cells[child, name] = value

    def check_missing(self) -> None:
        """Name what is empty: everything must be there, in a replay what has a column."""
        for name in self.slot.fields if self._names else ():
            empty = [code for code in self._columns.values() if (code, name) not in self._spelled]
            if not empty or not (self.slot.is_complete or self._is_torn(empty)):
                continue
            line, code = self._seen.get(name, 0), labels.code(name)
            if len(self._columns) == 1:
                self._wrong(line, "empty", found=code)
                continue
            told = ", ".join(code or "jumlah akhir" for code in empty[:5]) + "…" * (len(empty) > 5)
            self._wrong(line, "empty-cells", found=code, columns=told)

    def _is_torn(self, empty: list[str]) -> bool:
        """A row of a replay that has columns and no total."""
        return WHOLE in empty and len(empty) < len(self._columns)


def _short(text: str) -> str:
    """Somebody's own words in a sentence."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
