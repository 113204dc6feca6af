"""Strict CSV: a header of known names, every row as wide as it, text in UTF-8.

Rows come as dictionaries with the number of their line; a row that cannot be read is reported and
left out. Blank lines say nothing and are skipped. The apostrophe that guards a text from being run
as a formula is taken away.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.pages.tables.tables import unguard
from rekap.desk.elections.problems import Problems

if TYPE_CHECKING:
    from _csv import Reader

Cells: TypeAlias = dict[str, str]
Row: TypeAlias = tuple[int, Cells]
"""Number of the line, and the cells by column; an absent optional column is an empty cell."""

_NUMBER: Final = re.compile("0|[1-9][0-9]{0,8}")


def read_text(path: Path, problems: Problems) -> str | None:
    """Text of a file that may be absent; None if it is absent or not UTF-8, which is reported."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        problems.add(path.name, data.count(b"\n", 0, error.start) + 1, "", "not-utf8")
        return None
    if text.startswith("\ufeff"):
        problems.add(path.name, 1, "", "not-utf8")
        return None
    return text


class Table:
    """The rows of one CSV file.

    `required` columns must stand in the header, `optional` ones may, in any order.
    """

    def __init__(
        self, path: Path, required: Collection[str], optional: Collection[str], problems: Problems
    ) -> None:
        self.file = path.name
        self.columns: tuple[str, ...] = ()
        self._problems = problems
        self._lines: Reader | None = None
        text = read_text(path, problems)
        if text is None:
            return
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(self._readable(lines), None)
        if header is None:
            problems.add(self.file, 1, "", "empty-file")
            return
        if self._is_sound(header, required, optional):
            self.columns = tuple(header)
            self._absent = dict.fromkeys(set(optional) - set(header), "")
            self._lines = lines

    def rows(self) -> Iterator[Row]:
        """Each readable row once, in the order of the file."""
        if self._lines is None:
            return
        width = len(self.columns)
        for cells in self._readable(self._lines):
            line = self._lines.line_num
            if len(cells) == width:
                named = zip(self.columns, map(unguard, cells), strict=True)
                yield line, {**self._absent, **dict(named)}
            else:
                self._problems.add(
                    self.file, line, "", "width", found=len(cells), expected=width
                )  # fmt: skip

    def _readable(self, lines: Reader) -> Iterator[list[str]]:
        while True:
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                self._problems.add(self.file, lines.line_num, "", "syntax", detail=error)
                continue
            if cells:
                yield cells

    def _is_sound(
        self, header: list[str], required: Collection[str], optional: Collection[str]
    ) -> bool:
        """Report the header; an unknown column alone does not hinder the rows from being read."""
        sound = True
        for place, name in enumerate(header):
            if name in header[:place]:
                self._problems.add(self.file, 1, name, "repeated-column")
                sound = False
            elif name not in required and name not in optional:
                self._problems.add(self.file, 1, name, "unknown-column")
        for name in required:
            if name not in header:
                self._problems.add(self.file, 1, name, "missing-column")
                sound = False
        return sound


def number(text: str) -> int | None:
    """The whole number 0…999,999,999 that is spelled in its only way, else None."""
    return int(text) if _NUMBER.fullmatch(text) else None


def text_problem(text: str, limit: int, *, free: bool) -> str:
    """The code of what is wrong with a text of 1…`limit` characters, "" if nothing is."""
    try:
        codec.check_text(text, limit, "", free=free)
    except Malformed as error:
        return "digits" if error.code == "digits" else "characters"
    return ""
