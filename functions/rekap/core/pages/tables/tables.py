"""CSV as the site and `rekap export` write it: one dialect, columns in the order of the paper.

UTF-8, comma, LF, quotes only where needed. A text that a spreadsheet would run as a formula gets an
apostrophe in front (`guard`), and a reader takes it away again (`unguard`); numbers stay numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rekap.core.ledger.state import Record
from rekap.core.statements.model import ATTENDED, figure_fields

FORM_COLUMNS: Final = ("contest", "form", "region", "tps", "revision", "count")
SAID_COLUMNS: Final = (
    *(f"attended_{name}" for name in ATTENDED), "reason", "explanation",
    "stations_in", "stations_expected", "as_of_text",
)  # fmt: skip
_LOGGED_COLUMNS: Final = ("index", "id", "status")
_QUOTED: Final = re.compile('[,"\\r\\n]')
_FORMULA: Final = re.compile("'*[-=+@\\t\\r]")


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with one apostrophe more in front.

    Apostrophes that stand in front already are counted as part of it, so that `unguard` is exact.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(cell: str) -> str:
    """Return the text that `guard` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a CSV file; None is an empty cell: not reported, never zero. Texts are guarded.

    Written here, not by `csv`: which cells that quotes differs between versions of Python.
    """
    lines = [",".join(columns), *(",".join(map(_cell, row)) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = guard(value)
    if _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def forms(rows: list[Record], pair_count: int) -> bytes:
    """Return the site's forms.csv: one row per form, with the figures that any of them reports.

    Each row is a payload with `index`, `id` and `status` besides.
    """
    fields = _reported(rows, pair_count)
    columns = (*FORM_COLUMNS, *fields, *SAID_COLUMNS, *_LOGGED_COLUMNS)
    return write(
        columns,
        ([*_form_row(row, fields), *(row[name] for name in _LOGGED_COLUMNS)] for row in rows),
    )


def folder_forms(rows: list[Record], pair_count: int) -> bytes:
    """Return forms.csv of an election folder; rows are payloads, some with a `status` besides."""
    fields = _reported(rows, pair_count)
    status = ("status",) if any("status" in row for row in rows) else ()
    columns = (*FORM_COLUMNS, *fields, *SAID_COLUMNS, *status)
    return write(columns, ([*_form_row(row, fields), *map(row.get, status)] for row in rows))


def _reported(rows: list[Record], pair_count: int) -> list[str]:
    reported = {field for row in rows for field in row["figures"]}
    return [field for field in figure_fields(pair_count) if field in reported]


def _form_row(row: Record, fields: list[str]) -> list[Any]:
    return [
        *(row.get(column) for column in FORM_COLUMNS),
        *(row["figures"].get(field) for field in fields),
        *((row.get("attended") or {}).get(name) for name in ATTENDED),
        _reason(row.get("reason")),
        explanations(row.get("explanations", ())),
        row.get("stations_in"),
        row.get("stations_expected"),
        row.get("as_of_text"),
    ]


def _reason(reason: Record | None) -> str | None:
    """Return a reason as one cell: its code, and `: text` if there is one."""
    if reason is None:
        return None
    return f"{reason['code']}: {reason['text']}" if reason.get("text") else str(reason["code"])


def explanations(given: Iterable[Record]) -> str:
    """Return explanations as one cell: `RULE[/child][/part]: text`, joined by `; `."""
    return "; ".join(
        "/".join(str(part) for part in (one["rule"], one.get("child"), one.get("part")) if part)
        + f": {one['text']}"
        for one in given
    )
