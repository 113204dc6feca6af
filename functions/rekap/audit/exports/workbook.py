"""A workbook for each election: what it is, a sheet of results per contest, then every table.

Sheets of results have a row per region and a column per pair, named; numbers are numbers and codes
are texts, so that a spreadsheet sorts both and turns neither into a date. The other sheets are the
CSV files of the election's bulk data, cell by cell. The bytes are a function of the log, the
language and the version of XlsxWriter.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter

from rekap.audit.texts import sentences
from rekap.core import codec
from rekap.core.ledger import addresses
from rekap.core.ledger.state import Record
from rekap.core.pages.data import bulk, codebook, results
from rekap.core.pages.tables import tables
from rekap.core.pages.twins.context import Context

ROWS_MAX: Final = 1_048_576
"""Rows of a sheet in this format; the largest province has 200,000 in its longest table."""
_SHEET_NAME_MAX: Final = 31
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands where a workbook says when it was made: the same log gives the same bytes."""
_WIDTHS: Final = {"name": 30, "pair": 44}


def files(ctx: Context, lang: str) -> Iterator[tuple[str, bytes]]:
    """Yield ({election}.xlsx, bytes) of every election; `lang` is "id" or "en"."""
    for one in (ctx.state.meta.get("elections") or {"ids": []})["ids"]:
        yield f"{one}.xlsx", _Workbook(ctx, ctx.election(one), lang).write()


class _Workbook:
    """One election while its sheets are written."""

    def __init__(self, ctx: Context, election: Record, lang: str) -> None:
        self._ctx, self._election, self._lang = ctx, election, lang
        self._words = sentences("workbook", lang)
        warning = {"rehearsal": "simulated", "replay": "replayed"}.get(
            (ctx.log or {}).get("mode", "")
        )
        self._warning = self._words[warning] if warning else ""
        self._names: set[str] = set()
        self._file = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._file,
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._book.set_properties({"title": election["name"][lang], "created": _CREATED})
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._plain = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._number = self._book.add_format({"num_format": "#,##0"})
        self._share = self._book.add_format({"num_format": "0.0000%"})

    def write(self) -> bytes:
        """Write every sheet; return the file."""
        about = self._sheet(self._words["about"])
        told = [self._results(contest) for contest in self._election["contests"]]
        told += [self._table(name, data) for name, data in self._tables()]
        self._about(about, told)
        self._book.close()
        return self._file.getvalue()

    def _sheet(self, name: str) -> Any:
        """Add a sheet; a name that is too long or taken is cut and numbered."""
        short, number = name[:_SHEET_NAME_MAX], 2
        while short.lower() in self._names:
            end = f" {number}"
            short, number = name[: _SHEET_NAME_MAX - len(end)] + end, number + 1
        self._names.add(short.lower())
        sheet = self._book.add_worksheet(short)
        if self._warning:
            sheet.set_header(f"&C{self._warning}")
        return sheet

    def _about(self, sheet: Any, told: Sequence[tuple[str, str]]) -> None:
        log = self._ctx.log or {}
        lines = [(self._election["name"][self._lang], "")]
        if self._warning:
            lines.append((self._warning, ""))
        lines += [
            (self._words["proof"], ""),
            (self._words["log"], str(log.get("log"))),
            (self._words["size"], str(self._ctx.state.size)),
            (self._words["root"], codec.b64encode(self._ctx.state.root())),
        ]
        if "source" in self._election:
            lines.append((self._words["source"], self._election["source"]))
        lines += [("", ""), (self._words["sheet"], self._words["holds"]), *told]
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 90)
        for at, (left, right) in enumerate(lines):
            if right:
                sheet.write_string(at, 0, left, self._bold)
                sheet.write_string(at, 1, right, self._plain)
            elif left:
                sheet.merge_range(at, 0, at, 1, left, self._bold)
                sheet.set_row(at, 15 * (1 + len(left) // 110))

    def _results(self, contest: Record) -> tuple[str, str]:
        words, pairs = self._words, contest["pairs"]
        sheet = self._sheet(f"{words['results']} {contest['id']}")
        listed = [code for code, _ in bulk.in_force(self._ctx, self._election)]
        numbers = [pair["number"] for pair in pairs]
        names = {pair["number"]: self._pair(pair) for pair in pairs}
        header = [
            *(words[one] for one in ("region", "level", "name")),
            *(f"{names[number]}: {words['votes']}" for number in numbers),
            *(f"{names[number]}: {words['share']}" for number in numbers),
            *(words[one] for one in ("valid", "invalid", "counted", "expected", "basis", "state")),
        ]
        only = {**self._election, "contests": [contest]}
        regions = _by_region(results.rows(self._ctx, only, listed))
        self._header(sheet, header, len(regions))
        sheet.set_column(0, 1, 14)
        sheet.set_column(2, 2, _WIDTHS["name"])
        sheet.set_column(3, len(header) - 1, 18)
        for at, rows in enumerate(regions, start=1):
            said = dict(zip(results.COLUMNS, rows[0], strict=True))
            texts = (said["region"], codebook.word("level", said["level"], self._lang))
            for column, text in enumerate((*texts, said["name"])):
                sheet.write_string(at, column, text)
            column = 3
            for name, form in (("votes", self._number), ("share", self._share)):
                for row in rows:
                    value = row[results.COLUMNS.index(name)]
                    self._value(sheet, at, column, _as_share(value, name), form)
                    column += 1
            for name in ("valid", "invalid", "counted", "expected"):
                self._value(sheet, at, column, said[name], self._number)
                column += 1
            for name, table in (("basis", "basis"), ("state", "comparison")):
                sheet.write_string(at, column, codebook.word(table, said[name], self._lang))
                column += 1
        return sheet.get_name(), codebook.title("results")[self._lang]

    def _pair(self, pair: Record) -> str:
        names = " - ".join(pair.get("names", ()))
        empty = self._words["empty"] if pair.get("empty_column") else ""
        return f"{pair['number']} {names or empty}".strip()

    def _tables(self) -> Iterator[tuple[str, bytes]]:
        folder = addresses.data(self._election["id"])
        for path, data in bulk.files(self._ctx, self._election, lambda *_: ()):
            name = path.removeprefix(folder)
            if name.endswith(".csv") and "/" not in name:
                yield name.removesuffix(".csv"), data

    def _table(self, name: str, data: bytes) -> tuple[str, str]:
        """Write a CSV file as a sheet; its integers as numbers, its codes as texts."""
        sheet = self._sheet(name)
        header, *rows = csv.reader(io.StringIO(data.decode()))
        fields = codebook.schema(name, header)["fields"]
        integers = {at for at, field in enumerate(fields) if field["type"] == "integer"}
        self._header(sheet, header, len(rows))
        sheet.set_column(0, len(header) - 1, 16)
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell and column in integers:
                    sheet.write_number(at, column, int(cell), self._number)
                elif cell:
                    sheet.write_string(at, column, tables.unguard(cell))
        return sheet.get_name(), codebook.title(name)[self._lang]

    def _header(self, sheet: Any, names: Sequence[str], rows: int) -> None:
        if rows >= ROWS_MAX:
            raise ValueError(f"{sheet.get_name()}: {rows} rows do not fit a sheet")
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, self._bold)
        sheet.freeze_panes(1, 3 if names[0] == self._words["region"] else 0)
        sheet.autofilter(0, 0, rows, len(names) - 1)

    @staticmethod
    def _value(sheet: Any, row: int, column: int, value: float | None, form: Any) -> None:
        """Write a number; what nobody reported stays empty, it is not zero."""
        if value is not None:
            sheet.write_number(row, column, value, form)


def _as_share(value: int | None, name: str) -> float | None:
    return value / results.MILLION if name == "share" and value is not None else value


def _by_region(rows: Iterable[list[Any]]) -> list[list[list[Any]]]:
    """Group the rows of one contest by their region, in their order."""
    groups: dict[str, list[list[Any]]] = {}
    for row in rows:
        groups.setdefault(row[results.COLUMNS.index("region")], []).append(row)
    return list(groups.values())
