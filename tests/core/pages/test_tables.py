"""CSV that a spreadsheet does not run and a reader gets back exactly."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core.pages.tables import tables

FORMULAS = ("=1+1", "+62", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''+1", "=HYPERLINK(A1)")
CELLS = st.none() | st.integers() | st.text(st.sampled_from("'=+-@\t\r\n,\"; aé1"))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe_that_a_reader_takes_away(text: str) -> None:
    assert tables.guard(text) == f"'{text}"
    assert tables.unguard(tables.guard(text)) == text


@pytest.mark.parametrize("text", ["", "'", "'Aisyiyah", "Kel. A=B", "5-6", "R7: salah"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert tables.guard(text) == text == tables.unguard(text)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_a_table_is_read_back_exactly(rows: list[tuple[str | int | None, ...]]) -> None:
    data = tables.write(("a", "b"), rows).decode()
    header, *read = csv.reader(io.StringIO(data, newline=""), strict=True)
    assert header == ["a", "b"]
    assert [[tables.unguard(cell) for cell in row] for row in read] == [
        ["" if cell is None else str(cell) for cell in row] for row in rows
    ]
    for row, given_row in zip(read, rows, strict=True):
        for cell, value in zip(row, given_row, strict=True):
            assert isinstance(value, int) or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_number_is_a_number_and_nothing_is_an_empty_cell() -> None:
    assert tables.write(("a", "b"), [(-5, None), (0, "-5")]) == b"a,b\n-5,\n0,'-5\n"
