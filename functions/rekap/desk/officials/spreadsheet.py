"""CSV as spreadsheets write it: rows with the line at which each begins, whatever separates cells.

UTF-8 with or without a byte order mark; `;`, `,` or a tab, which Excel's line `sep=;` may name.
Cells are stripped and may hold line breaks; rows without a cell say nothing.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Final

from rekap.desk.elections.problems import Problem
from rekap.desk.texts import both

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "not-utf8": both("spreadsheet.not-utf8"),
    "nul": both("spreadsheet.nul"),
    "syntax": both("spreadsheet.syntax"),
}
"""Code -> sentence in Indonesian and English, each ending with what to do."""

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = ";,\t"
_END: Final = r"(?:\r\n|\r|\n)"
_NAMED: Final = re.compile(rf"(?:[;,\t ]*{_END})*sep=([;,\t])(?:{_END}|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """What was read: rows up to the first one that is no CSV, and why there are no more."""

    rows: tuple[tuple[int, list[str]], ...] = ()
    separator: str = ","
    problem: Problem | None = None


def read(data: bytes, file: str, *, older: bool = False) -> Spreadsheet:
    """Read a file; `file` is its name in the problem.

    `older` takes what older spreadsheets call CSV (Windows-1252) too: for files in which nothing
    but digits and ASCII names counts.
    """
    text = _text(data, file, older=older)
    if isinstance(text, Problem):
        return Spreadsheet(problem=text)
    skipped, separator = _separator(text)
    lines = csv.reader(io.StringIO(text[skipped:], newline=""), delimiter=separator, strict=True)
    before = len(re.findall(_END, text[:skipped]))
    rows: list[tuple[int, list[str]]] = []
    while True:
        line = before + lines.line_num + 1
        try:
            cells = [cell.strip() for cell in next(lines)]
        except StopIteration:
            return Spreadsheet(tuple(rows), separator)
        except csv.Error as error:
            problem = Problem.of(SENTENCES, (file, line, ""), "syntax", {"detail": error})
            return Spreadsheet(tuple(rows), separator, problem)
        if any(cell.strip(_SEPARATORS) for cell in cells):
            rows.append((line, cells))


def _text(data: bytes, file: str, *, older: bool) -> str | Problem:
    if data.startswith(_UTF16):
        return Problem.of(SENTENCES, (file, 0, ""), "not-utf8", {})
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        return Problem.of(SENTENCES, (file, line, ""), "nul", {})
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if older:
            return data.decode("cp1252", errors="replace")
        line = data[: error.start].count(b"\n") + 1
        return Problem.of(SENTENCES, (file, line, ""), "not-utf8", {})


def _separator(text: str) -> tuple[int, str]:
    """How many characters come before the rows, and what separates cells in the first of them."""
    named = _NAMED.match(text)
    if named is not None:
        return named.end(), named[1]
    counts = dict.fromkeys(_SEPARATORS, 0)
    quoted = is_row = False
    for char in text:
        if char == '"':
            quoted, is_row = not quoted, True
        elif quoted:
            continue
        elif char in counts:
            counts[char] += 1
        elif char not in "\r\n":
            is_row = is_row or char != " "
        elif is_row:
            break
        else:
            counts = dict.fromkeys(_SEPARATORS, 0)
    return 0, max(_SEPARATORS, key=lambda one: counts[one])
