"""The CSV of a paper: what is refused, then what is read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.officials.clerk import Clerk, three_columns
from tests.portal.intake.world import World, figures

from rekap.audit.commands.speech import Say
from rekap.desk.officials import labels
from rekap.desk.officials.forms import sheet
from rekap.desk.officials.forms.sheet import WHOLE, BadSheet, Cells
from rekap.desk.officials.forms.slot import Slot

ID, EN = Say("id"), Say("en")


@pytest.fixture(scope="module")
def clerk(tmp_path_factory: pytest.TempPathFactory) -> Clerk:
    return Clerk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def c_form(clerk: Clerk) -> Slot:
    return clerk.slot()


@pytest.fixture(scope="module")
def d_form(clerk: Clerk) -> Slot:
    return clerk.kelurahan()


def text(cells: dict[str, Any], header: str = "field,value", separator: str = ",") -> bytes:
    lines = [header, *(f"{name}{separator}{value}" for name, value in cells.items())]
    return "\n".join(lines).encode()


def whole(values: dict[str, int]) -> Cells:
    return {(WHOLE, name): value for name, value in values.items()}


def problems(data: bytes, slot: Slot) -> list[str]:
    with pytest.raises(BadSheet) as caught:
        sheet.parse(data, slot, "a.csv")
    assert all(one.code and one.id and one.en for one in caught.value.problems)
    return [one.told("id") for one in caught.value.problems]


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("1.234", "tulis 1234"),
        ("1,234", "tulis 1234"),
        ("1.234.567", "tulis 1234567"),
        ("1 234", "tulis 1234"),
        ("1'234", "tulis 1234"),
        ("007", "tulis 7"),
        ("000", "tulis 0"),
        ("-", "Tulis 0"),
        ("–", "Tulis 0"),
        ("nihil", "Tulis 0"),
        ("X", "Tulis 0"),
        ("12.5", "Tulis angka saja"),
        ("100.0", "Tulis angka saja"),
        ("-3", "Tulis angka saja"),
        ("+3", "Tulis angka saja"),
        ("1e3", "Tulis angka saja"),
        ("=A1+A2", "Tulis angka saja"),
        ("1000000000", "Tulis angka saja"),
        ("٣", "Tulis angka saja"),
        ("１２", "tulis 12"),
        ("1\u00a0234", "tulis 1234"),
        ("1\u202f234", "tulis 1234"),
        ("²", "tulis 2"),
        ("seratus", "Tulis angka saja"),
    ],
)
def test_a_number_has_one_spelling(c_form: Slot, typed: str, advice: str) -> None:
    found = problems(text({**figures(), "valid": f'"{typed}"'}), c_form)
    assert len(found) == 1
    assert "V.A" in found[0]
    assert advice in found[0]


def test_everything_wrong_is_said_at_once(c_form: Slot) -> None:
    cells: dict[str, Any] = {**figures(), "valid": "1.240", "invalid": "", "ballots": 3}
    del cells["pair_2"]
    found = "\n".join(problems(text(cells), c_form))
    for part in ("V.A", "V.B belum diisi", '"ballots" tidak dikenal', "IV.2 belum diisi"):
        assert part in found


def test_what_is_empty_is_no_zero(c_form: Slot) -> None:
    assert problems(text({**figures(), "voted_moved": " "}), c_form) == [
        "a.csv:10: [empty] I.B.2 L+P belum diisi. Tulis 0 bila di kertas tertulis nol."
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Baris judul"),
        (b"\n\n;;\n", "Baris judul"),
        (b"a,b\nvalid,3\n", 'Kolom "a" tidak dikenal'),
        (b"field\nvalid\n", "Baris judul"),
        (b"field,value,value\nvalid,3,4\n", "dua kali"),
        (b"\xff\xfef\x00", "UTF-8"),
        (b'field,value\n"valid,3\n', "Tidak dapat dibaca"),
        (b"field,value\nvalid,3\x00\n", "a.csv:2: [nul]"),
    ],
)
def test_a_file_that_is_no_sheet(c_form: Slot, data: bytes, told: str) -> None:
    assert told in "\n".join(problems(data, c_form))


def test_rows_are_named_once_and_by_one_name(c_form: Slot) -> None:
    twice = text(figures()) + b"\nV.A,240"
    assert "sudah ada di baris" in problems(twice, c_form)[0]
    both = text(figures()).replace(b"field,value", b"field,isian,value")
    both = both.replace(b"\nvalid,", b"\nvalid,suara tidak sah,")
    assert any("dua isian, V.A dan V.B" in one or "dua isian, V.B dan V.A" in one
               for one in problems(both, c_form))  # fmt: skip


def test_more_cells_than_heads(c_form: Slot) -> None:
    data = text(figures()).replace(b"\nvalid,240", b"\nvalid,2,40")
    assert "Ada 3 sel, judulnya 2" in problems(data, c_form)[0]


def test_the_sheet_of_another_station(clerk: Clerk, c_form: Slot) -> None:
    data = sheet.blank(clerk.slot(tps="002"), ID, whole(figures()))
    assert any("001" in one and "002" in one for one in problems(data, c_form))


def test_columns_are_stations(d_form: Slot) -> None:
    columns = {"TPS 1": "x", "1": "x", "31.71": "x", "TPS 0004": "x"}
    for head in columns:
        data = f"field;{head};jumlah akhir\nvalid;1;1\n".encode()
        assert "bukan nomor TPS" in problems(data, d_form)[0]
    twice = b"field;TPS 001;001;jumlah akhir\nvalid;1;1;2\n"
    assert "dua kali" in problems(twice, d_form)[0]
    assert "jumlah akhir" in problems(b"field;TPS 001\nvalid;1\n", d_form)[0]


def test_columns_are_regions_directly_below(clerk: Clerk) -> None:
    slot = clerk.slot(form="d_hasil_kecamatan", region="31.71.06", tps=None)
    for head in ("31.71.07.1001 Lain", "31.71.06", "001", "TPS 001"):
        data = f"field;{head};jumlah akhir\nvalid;1;1\n".encode()
        assert "tepat di bawah 31.71.06" in problems(data, slot)[0]


def test_a_missing_cell_names_its_column(d_form: Slot) -> None:
    columns = three_columns()
    rows = ["field;TPS 001;TPS 002;TPS 003;jumlah akhir"]
    rows += [";".join([name, *(str(columns[c][name]) for c in ("001", "002", "003", ""))])
             for name in columns[""]]  # fmt: skip
    data = "\n".join(rows).replace("\nvalid;240;240;240", "\nvalid;240;;240").encode()
    assert problems(data, d_form) == [
        "a.csv:27: [empty-cells] V.A belum diisi di kolom 002. Tulis 0 bila di kertas tertulis nol."
    ]


# ------------------------------------------------------------ what is read


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "sep=X\n", "\ufeffsep=X\r\n", "\n;;\n"])
def test_separators_and_marks_of_spreadsheets(c_form: Slot, separator: str, start: str) -> None:
    data = text(figures(), f"field{separator}value", separator).decode()
    data = start.replace("X", separator) + data
    assert sheet.parse(data.encode(), c_form) == whole(figures())


@pytest.mark.parametrize("say", [ID, EN])
def test_a_row_may_be_named_as_the_paper_names_it(c_form: Slot, say: Say) -> None:
    pairs = c_form.contest["pairs"]
    for name_of in (
        labels.code,
        lambda one: labels.short(say, one).upper(),
        lambda one: f"  {labels.long(say, one, pairs)} : ".replace("–", "-"),
    ):
        cells = {f'"{name_of(one)}"': value for one, value in figures().items()}
        assert sheet.parse(text(cells, "isian,angka"), c_form) == whole(figures())


def test_what_older_spreadsheets_call_csv(c_form: Slot) -> None:
    data = sheet.blank(c_form, ID, whole(figures())).decode("utf-8-sig").encode("cp1252")
    assert b"Ani \x96 Budi" in data
    assert sheet.parse(data, c_form) == whole(figures())


def test_headings_without_figures_say_nothing(c_form: Slot) -> None:
    data = text(figures()).replace(b"\nvalid,", b"\nV. JUMLAH SUARA,\nvalid,")
    assert sheet.parse(data, c_form) == whole(figures())


def test_spaces_around_a_number_are_no_part_of_it(c_form: Slot) -> None:
    cells = {name: f" {value} " for name, value in figures().items()}
    assert sheet.parse(text(cells), c_form) == whole(figures())


class Kits:
    """Slots for properties, made once."""

    _folder = tempfile.TemporaryDirectory()
    _clerk = Clerk(Path(_folder.name))
    c_form = _clerk.slot()
    d_form = _clerk.kelurahan()


NUMBERS = st.integers(0, 999_999_999)


@given(st.data())
def test_a_blank_sheet_filled_in_reads_back(data: st.DataObject) -> None:
    """For any figures: a C form and a D form, in both languages."""
    for slot, columns in ((Kits.c_form, (WHOLE,)), (Kits.d_form, ("001", "002", "003", WHOLE))):
        cells = {(code, name): data.draw(NUMBERS) for code in columns for name in slot.fields[:7]}
        cells |= {(code, name): 0 for code in columns for name in slot.fields[7:]}
        for say in (ID, EN):
            assert sheet.parse(sheet.blank(slot, say, cells), slot) == cells


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.sampled_from([0, 1]))
def test_no_text_makes_the_reader_fail_otherwise(body: str, which: int) -> None:
    slot = (Kits.c_form, Kits.d_form)[which]
    with pytest.raises(BadSheet):
        sheet.parse(f"field,value\n{body}".encode(), slot)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(body: bytes) -> None:
    with pytest.raises(BadSheet):
        sheet.parse(body, Kits.c_form)


def test_a_replay_may_lack_figures(tmp_path: Path) -> None:
    slot = Clerk(tmp_path, World.begun("replay")).slot()
    data = text({"registered": 491, "pair_1": 73, "valid": ""})
    assert sheet.parse(data, slot) == whole({"registered": 491, "pair_1": 73})


def test_columns_of_a_replay_need_their_total(tmp_path: Path) -> None:
    slot = Clerk(tmp_path, World.begun("replay")).kelurahan()
    data = b"field;TPS 001;TPS 002;jumlah akhir\nvalid;1;2;\npair_1;;;7\n"
    assert problems(data, slot) == [
        "a.csv:2: [empty-cells] V.A belum diisi di kolom jumlah akhir."
        " Tulis 0 bila di kertas tertulis nol."
    ]


def test_files_too_large_or_no_files(clerk: Clerk, c_form: Slot, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (sheet.MAX_SHEET + 1))
    for path in (large, tmp_path):
        said = clerk.form("--sheet", path)
        assert said.code == 2
        assert str(path) in said.words


def test_the_example_of_the_docs_is_a_sheet(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[3] / "docs" / "files.md").read_text("utf-8")
    example = docs.split("<!-- sheet -->\n```\n")[1].split("```")[0]
    slot = Clerk(tmp_path, World.begun("replay")).kelurahan()
    cells = sheet.parse(example.encode(), slot)
    assert len(cells) == 16
    assert {name: cells[WHOLE, name] for name in ("pair_1", "valid")} == {
        "pair_1": 270,
        "valid": 690,
    }
    blank = sheet.blank(slot, ID, cells).decode("utf-8-sig").splitlines()
    assert set(example.splitlines()) <= set(blank)
