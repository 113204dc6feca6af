"""The CSV of a paper: a row per figure in the order of the paper, a column per child.

    field;kode;isian;TPS 001;TPS 002;jumlah akhir
    slot;;pemilihan/kontes/d_hasil_kelurahan/32.07.01.2001;;;
    valid;V.A;Jumlah seluruh suara sah;180;201;381

A C.Hasil has one column, `angka`. Any of `field`, `kode`, `isian` may name a row, in Indonesian or
English; all that do must agree. The separator is `;`, `,` or a tab. The row `slot` may be left
out; where it stands it must be the form that is asked for. A number has one spelling, digits only:
1.234 could be a thousand or one and a bit, so it is refused and never read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from rekap.cli import files
from rekap.cli.elections.table import number
from rekap.cli.officials import labels, spelling
from rekap.cli.officials.slot import Slot
from rekap.cli.officials.spelling import Said
from rekap.cli.speech import Say
from rekap.errors import Malformed
from rekap.forms import regions
from rekap.forms.model import COLUMNS_MAX

Cells: TypeAlias = dict[tuple[str, str], int]
"""Figures by (child, field); the form itself, "jumlah akhir", is the child ""."""

WHOLE: Final = ""
MAX_SHEET: Final = 4 * 1024 * 1024

_NAMES: Final = frozenset({"field", "kode", "code", "isian", "label", "uraian", "row"})
_WHOLE: Final = frozenset(
    {"angka", "value", "nilai", "jumlah", "jumlah akhir", "jumlah_akhir", "final total"}
)


class BadSheet(Exception):
    """A sheet that is not taken; `problems` are all that is wrong with it, at least one."""

    def __init__(self, problems: Sequence[Said]) -> None:
        super().__init__("; ".join(english for _, english in problems))
        self.problems = tuple(problems)


def blank(slot: Slot, say: Say, cells: Mapping[tuple[str, str], int] | None = None) -> bytes:
    """Return a sheet to fill in, or with the figures `cells`; a spreadsheet opens it as it is."""
    cells = cells or {}
    columns = [child.code for child in slot.children]
    columns += sorted({child for child, _ in cells if child} - set(columns))
    heads = [_heading(slot, code) for code in columns]
    whole = say("jumlah akhir", "final total") if slot.has_columns else say("angka", "value")
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(["field", say("kode", "code"), say("isian", "label"), *heads, whole])
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


def read(path: Path, slot: Slot) -> Cells:
    """Return the figures of a sheet. Raises BadSheet with everything that is wrong, OSError."""
    try:
        data = files.read(path, MAX_SHEET)
    except Malformed as error:
        why = error.code
        told = f"{path}: bukan berkas CSV yang dapat dibaca ({why})."
        raise BadSheet([(told, f"{path}: not a CSV file that can be read ({why}).")]) from error
    return parse(data, slot)


def parse(data: bytes, slot: Slot) -> Cells:
    """Return the figures of a sheet's bytes. Raises BadSheet with everything that is wrong."""
    reader = _Reader(slot)
    reader.take(_rows(_text(data)))
    reader.check_missing()
    if reader.problems:
        raise BadSheet(reader.problems)
    return reader.cells


def _text(data: bytes) -> str:
    """UTF-8, or what older spreadsheets call CSV: there only letters differ, never digits."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" not in data:
            return data.decode("cp1252", errors="replace")
    told = 'Bukan teks UTF-8. Simpan ulang sebagai "CSV UTF-8".'
    raise BadSheet([(told, 'Not UTF-8 text. Save it again as "CSV UTF-8".')])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their line; blank ones say nothing, nor does Excel's `sep=;`."""
    first = next((line for line in text.splitlines() if line.strip(";,\t ")), "")
    if first[:4].lower() == "sep=" and len(first) == 5:
        text = text[text.index(first) + len(first) :]
        first = next((line for line in text.splitlines() if line.strip(";,\t ")), "")
    separator = max(";,\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in lines:
            cells = [cell.strip() for cell in row]
            if any(cell.strip(";,\t") for cell in cells):
                yield lines.line_num, cells
    except csv.Error as error:
        told = f"Baris {lines.line_num}: tidak dapat dibaca ({error})."
        raise BadSheet([(told, f"Line {lines.line_num}: cannot be read ({error}).")]) from error


@dataclass(slots=True)
class _Reader:
    """Takes rows one by one, keeps figures and problems."""

    slot: Slot
    cells: Cells = field(default_factory=dict)
    problems: list[Said] = field(default_factory=list)
    _spelled: set[tuple[str, str]] = field(default_factory=set)
    _seen: dict[str, int] = field(default_factory=dict)
    _names: list[int] = field(default_factory=list)
    _columns: dict[int, str] = field(default_factory=dict)

    def _wrong(self, line: int, indonesian: str, english: str) -> None:
        self.problems.append((f"Baris {line}: {indonesian}", f"Line {line}: {english}"))

    def take(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Read the header and every row below it."""
        finder = labels.Finder(self.slot.fields, self.slot.contest["pairs"])
        line, header = next(rows, (1, []))
        self._header(line, header)
        if self.problems:
            self._columns.clear()
            return
        for line, row in rows:
            if len(row) > len(header) and any(row[len(header) :]):
                self._wrong(
                    line,
                    f"ada {len(row)} sel, judulnya {len(header)}. Periksa pemisah kolom.",
                    f"{len(row)} cells under {len(header)} heads. Check the separators.",
                )
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
            whole = "jumlah akhir" if self.slot.has_columns else "angka"
            self._wrong(
                line,
                f"baris judul harus memuat kolom isian dan kolom {whole}."
                " Buat lembar kosong dengan `rekap form --blank`.",
                f"the header must have a column `label` and a column `{whole}`."
                " Make an empty sheet with `rekap form --blank`.",
            )
        if len(self._columns) > COLUMNS_MAX + 1:
            self._wrong(line, f"paling banyak {COLUMNS_MAX} kolom.",
                        f"at most {COLUMNS_MAX} columns.")  # fmt: skip

    def _child(self, line: int, at: int, cell: str) -> None:
        """A column of a D form: "TPS 004" or "004", "32.07.01 Ciamis" or "32.07.01"."""
        words = cell.split()
        code = words[1] if words[0].lower() == "tps" and len(words) == 2 else words[0]
        stations = self.slot.form == "d_hasil_kelurahan"
        if not self.slot.has_columns:
            told = f'kolom "{cell}" tidak dikenal. Hapus kolom itu.'
            self._wrong(line, told, f'column "{cell}" is unknown. Remove it.')
        elif stations and not regions.is_tps(code):
            self._wrong(
                line,
                f'"{cell}" bukan nomor TPS. Tulis tiga angka, misalnya TPS 004.',
                f'"{cell}" is no TPS number. Write three digits, for example TPS 004.',
            )  # fmt: skip
        elif not stations and not self._is_below(code):
            region = self.slot.region
            self._wrong(
                line,
                f'"{cell}" bukan kode wilayah tepat di bawah {region}.',
                f'"{cell}" is no code of a region directly below {region}.',
            )
        else:
            self._column(line, at, code, cell)

    def _is_below(self, code: str) -> bool:
        return regions.is_code(code) and regions.parent(code) == self.slot.region

    def _column(self, line: int, at: int, code: str, cell: str) -> None:
        if code in self._columns.values():
            self._wrong(line, f'kolom "{cell}" ada dua kali.', f'column "{cell}" stands twice.')
        self._columns[at] = code

    def _row(self, line: int, row: list[str], finder: labels.Finder) -> None:
        texts = [row[at] for at in self._names if row[at]]
        if any(labels.plain(text) in ("slot", "lembar") for text in texts):
            self._check_slot(line, row)
            return
        found = {name for text in texts if (name := finder.find(text)) is not None}
        if not found:
            if any(row[at] for at in self._columns):
                told = texts[0] if texts else "-"
                self._wrong(
                    line,
                    f'isian "{told}" tidak dikenal. Salin nama isian dari lembar kosong.',
                    f'row "{told}" is unknown. Copy its name from an empty sheet.',
                )
            return
        name = found.pop()
        if found:
            other = found.pop()
            self._wrong(
                line,
                f"menyebut dua isian, {labels.code(name)} dan {labels.code(other)}.",
                f"names two rows, {labels.code(name)} and {labels.code(other)}.",
            )
        elif name in self._seen:
            first = self._seen[name]
            self._wrong(line, f"isian {labels.code(name)} sudah ada di baris {first}.",
                        f"{labels.code(name)} stands in line {first} already.")  # fmt: skip
        else:
            self._seen[name] = line
            self._values(line, name, row)

    def _check_slot(self, line: int, row: list[str]) -> None:
        named = [cell for cell in row if "/" in cell]
        if named != [self.slot.key]:
            told = named[0] if named else "-"
            self._wrong(
                line,
                f"lembar ini untuk {told}, bukan untuk {self.slot.key}. Pakai lembar yang benar.",
                f"this sheet is for {told}, not for {self.slot.key}. Take the right sheet.",
            )

    def _values(self, line: int, name: str, row: list[str]) -> None:
        for at, child in self._columns.items():
            if not row[at]:
                continue
            self._spelled.add((child, name))
            value = number(row[at])
            if value is None:
                where = f"{labels.code(name)}{f', kolom {child}' if child else ''}"
                place = f"{labels.code(name)}{f', column {child}' if child else ''}"
                indonesian, english = spelling.why_no_number(row[at])
                self._wrong(line, f"{where}: {indonesian}", f"{place}: {english}")
            else:
                self.cells[child, name] = value

    def check_missing(self) -> None:
        """Name what is empty: everything must be there, in a replay what has a column."""
        for name in self.slot.fields if self._names else ():
            empty = [code for code in self._columns.values() if (code, name) not in self._spelled]
            if not empty or not (self.slot.is_complete or self._is_torn(empty)):
                continue
            told = ", ".join(code or "jumlah akhir" for code in empty[:5]) + "…" * (len(empty) > 5)
            wide = len(self._columns) > 1
            self.problems.append(
                (
                    f"{labels.code(name)} belum diisi{f' di kolom {told}' if wide else ''}."
                    " Tulis 0 bila di kertas tertulis nol.",
                    f"{labels.code(name)} is empty{f' in column {told}' if wide else ''}."
                    " Write 0 where the paper says zero.",
                )
            )

    def _is_torn(self, empty: list[str]) -> bool:
        """A row of a replay that has columns and no total."""
        return WHOLE in empty and len(empty) < len(self._columns)
