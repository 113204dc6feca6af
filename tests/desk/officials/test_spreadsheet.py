"""What spreadsheet programs do to a CSV makes no difference; what people do to it is told."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk.officials.clerk import Clerk, three_columns
from tests.portal.intake.world import figures

from rekap.desk.elections.problems import Problem
from rekap.desk.officials import spreadsheet
from rekap.desk.officials.forms import sheet
from rekap.desk.officials.forms.sheet import WHOLE, BadSheet
from rekap.desk.officials.keys import people
from rekap.desk.officials.talk import WIDTH, wrap

CODES = {*people.SENTENCES, *sheet.SENTENCES, *spreadsheet.SENTENCES, "number"}
LIST = [
    list(people.COLUMNS),
    ["31.71.06.1001", "001", "ketua", "", "", "", "", "a.daftar.txt"],
    ["31.71.06.1001", "002", "anggota", "", "", "", "", "b.daftar.txt"],
]


class Desk:
    """Slots, made once."""

    _folder = tempfile.TemporaryDirectory()
    _clerk = Clerk(Path(_folder.name))
    c_form = _clerk.slot()
    d_form = _clerk.kelurahan()


def sheet_of_columns() -> list[list[str]]:
    columns = three_columns()
    order = ["001", "002", "003", ""]
    rows = [["field", "isian", "TPS 001", "TPS 002", "TPS 003", "jumlah akhir"]]
    return rows + [[name, "", *(str(columns[c][name]) for c in order)] for name in columns[""]]


def written(rows: list[list[str]], separator: str, end: str, *, quoted: bool) -> str:
    out = io.StringIO(newline="")
    how = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=how).writerows(rows)
    return out.getvalue()


@st.composite
def saved(draw: st.DrawFn, rows: list[list[str]]) -> bytes:
    """The rows as some spreadsheet program saves them."""
    separator = draw(st.sampled_from(";,\t"))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    spaces = st.sampled_from(["", " ", "\n", "\u00a0"])
    rows = [[draw(spaces) + cell + draw(spaces) for cell in row] for row in rows]
    more = draw(st.integers(0, 3))
    rows = [row + [""] * more for row in rows]
    for _ in range(draw(st.integers(0, 2))):
        rows.insert(draw(st.integers(1, len(rows))), [""] * len(rows[0]))
    text = written(rows, separator, end, quoted=end == "\r" or draw(st.booleans()))
    text = draw(st.sampled_from(["", f"sep={separator}{end}"])) + text
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


@settings(max_examples=60, deadline=None)
@given(saved(sheet_of_columns()))
def test_a_sheet_reads_the_same_however_it_was_saved(data: bytes) -> None:
    columns = three_columns()
    wanted = {(code, name): columns[code][name] for code in columns for name in columns[code]}
    assert sheet.parse(data, Desk.d_form, "d.csv") == wanted


@settings(max_examples=60, deadline=None)
@given(saved(LIST))
def test_a_list_reads_the_same_however_it_was_saved(data: bytes) -> None:
    listed = people.parse(data, "l.csv")
    assert listed.problems == ()
    assert [(one.region, one.tps, one.position, one.key) for one in listed.rows] == [
        (row[0], row[1], row[2], row[-1]) for row in LIST[1:]
    ]


HOSTILE = st.one_of(
    st.sampled_from(
        ["1.234", "１２", "\x1b[2J", "=1+1", "9" * 30, '"', "-", "a\nb", "\u202e1", ""]
    ),
    st.text(max_size=80),
)


@st.composite
def spoilt(draw: st.DrawFn, rows: list[list[str]]) -> bytes:
    """The rows after somebody's hand: cells replaced, rows doubled, gone, cut, other bytes."""
    rows = [list(row) for row in rows]
    for _ in range(draw(st.integers(1, 4))):
        row = rows[draw(st.integers(0, len(rows) - 1))]
        what = draw(st.integers(0, 4))
        if what == 0 and row:
            row[draw(st.integers(0, len(row) - 1))] = draw(HOSTILE)
        elif what == 1:
            rows.append(list(row))
        elif what == 2 and len(rows) > 1:
            rows.remove(row)
        elif what == 3:
            row.append(draw(HOSTILE))
        elif row:
            row.pop()
    text = written(rows, draw(st.sampled_from(";,\t")), "\r\n", quoted=draw(st.booleans()))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    data = text.encode(encoding, errors="replace")
    return data[: draw(st.integers(len(data) // 2, len(data)))]


def check(problems: tuple[Problem, ...], file: str, data: bytes) -> None:
    """Each has a code, a place in the file and two sentences that a terminal of 80 shows."""
    lines = data.count(b"\n") + data.count(b"\r") + 2
    for one in problems:
        assert one.code in CODES
        assert one.file == file
        assert 0 <= one.line <= lines
        for lang in ("id", "en"):
            told = one.told(lang)
            assert told.isprintable()
            assert f"[{one.code}] " in told
            for line in wrap(told, "  "):
                assert len(line) <= WIDTH or max(map(len, line.split())) > 40


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_spoilt_sheet_is_read_or_told_with_code_and_place(data: st.DataObject) -> None:
    c_form = [["field", "value"], *([name, str(value)] for name, value in figures().items())]
    slot, rows = data.draw(
        st.sampled_from([(Desk.d_form, sheet_of_columns()), (Desk.c_form, c_form)])
    )
    body = data.draw(spoilt(rows))
    problems: tuple[Problem, ...] = ()
    try:
        cells = sheet.parse(body, slot, "d.csv")
    except BadSheet as error:
        cells, problems = {}, error.problems
    assert problems or {name for child, name in cells if child == WHOLE} == set(slot.fields)
    check(problems, "d.csv", body)


@settings(max_examples=150, deadline=None)
@given(spoilt(LIST))
def test_every_spoilt_list_is_read_or_told_with_code_and_place(body: bytes) -> None:
    listed = people.parse(body, "l.csv")
    assert listed.rows or listed.problems
    check(listed.problems, "l.csv", body)


def test_the_line_of_a_row_is_where_it_begins() -> None:
    data = b'sep=;\n\na;b\n"two\nlines";2\n;;\nc;3\n"open;4\n'
    found = spreadsheet.read(data, "a.csv")
    assert found.rows == ((3, ["a", "b"]), (4, ["two\nlines", "2"]), (7, ["c", "3"]))
    assert found.separator == ";"
    assert found.problem is not None
    assert (found.problem.line, found.problem.code) == (8, "syntax")


def test_three_hundred_columns_and_one_more() -> None:
    heads = [f"TPS {number:03}" for number in range(1, 302)]
    rows = [["field", *heads, "jumlah akhir"], ["valid", *["1"] * 302]]
    with pytest.raises(BadSheet) as caught:
        sheet.parse(written(rows, ";", "\n", quoted=False).encode(), Desk.d_form, "d.csv")
    assert [one.code for one in caught.value.problems] == ["too-many-columns"]
    del rows[0][1], rows[1][1]
    with pytest.raises(BadSheet) as caught:
        sheet.parse(written(rows, ";", "\n", quoted=False).encode(), Desk.d_form, "d.csv")
    assert {one.code for one in caught.value.problems} == {"empty-cells"}
