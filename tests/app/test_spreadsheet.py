"""What a spreadsheet says goes where it belongs, or is asked about."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.app.modules import answered, modules
from tests.portal.intake.world import figures

from rekap.core.statements.model import figure_fields

PROGRAM = """
import { readFileSync } from "node:fs";
import { fromBase64 } from "./verify/bytes.js";
import { rowsOf } from "./paper.js";
import { guess, openIn, rowsOfFile, valuesOf } from "./desk/spreadsheet.js";
const asked = JSON.parse(readFileSync(0));
const pairs = [1, 2, 3].map((number) => ({ number, names: [`Calon ${number}`] }));
const rows = rowsOf(pairs);
const said = [];
for (const { file, columns } of asked.files) {
  try {
    const mapping = guess(await rowsOfFile(fromBase64(file)), rows, columns);
    said.push(mapping && {
      ...valuesOf(mapping), ...openIn(mapping), places: mapping.places.map(({ to }) => to),
      lines: mapping.lines.map(({ text, to }) => [text, to]),
    });
  } catch (error) {
    said.push(String(error.message ? "refused" : error));
  }
}
process.stdout.write(JSON.stringify({ said, rows: rows.map(({ code, label }) => [code, label]) }));
"""
FIELDS = figure_fields(3)
CODES = ("001", "002", "003")
PAPERS = {code: dict(figures((int(code), 80, 60))) for code in CODES}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return modules(tmp_path_factory.mktemp("app"), PROGRAM)


def read(app: Path, *files: bytes, codes: tuple[str, ...] = CODES) -> Any:
    columns = [{"code": code, "name": f"TPS {code}", "figures": None} for code in codes]
    asked = [{"file": base64.b64encode(one).decode(), "columns": columns} for one in files]
    return answered(app, {"files": asked})


def whole(said: Any) -> dict[str, dict[str, int]]:
    """The cells that a file gave, as papers."""
    found: dict[str, dict[str, int]] = {}
    for one in said["cells"]:
        found.setdefault(one["code"], {})[one["field"]] = one["number"]
    return found


def lines(names: list[str], heads: tuple[str, ...]) -> list[list[str]]:
    return [
        ["field", *heads, "jumlah akhir"],
        ["slot", *["" for _ in heads], ""],
        *(
            [name, *(str(PAPERS[code][field]) for code in CODES), "0"]
            for name, field in zip(names, FIELDS, strict=True)
        ),
    ]


def text(rows: list[list[str]], separator: str) -> bytes:
    return "\r\n".join(separator.join(row) for row in rows).encode()


def workbook(rows: list[list[str]]) -> bytes:
    """A file of a spreadsheet: texts shared or inline, numbers, and a formula with its value."""
    shared: list[str] = []
    made = []
    for at, row in enumerate(rows, 1):
        cells = []
        for place, value in enumerate(row):
            tens, ones = divmod(place, 26)
            name = f"{chr(64 + tens) if tens else ''}{chr(65 + ones)}{at}"
            if value.isdigit() and place == len(row) - 1:
                cells.append(f'<c r="{name}"><f>SUM(B{at}:D{at})</f><v>{value}</v></c>')
            elif value.isdigit():
                cells.append(f'<c r="{name}" s="1"><v>{value}</v></c>')
            elif value and at % 2:
                cells.append(f'<c r="{name}" t="inlineStr"><is><t>{value}</t></is></c>')
            elif value:
                cells.append(f'<c r="{name}" t="s"><v>{len(shared)}</v></c>')
                shared.append(value.replace("&", "&amp;"))
        made.append(f'<row r="{at}">{"".join(cells)}</row>')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        items = "".join(f"<si><t xml:space='preserve'>{one}</t></si>" for one in shared)
        file.writestr("xl/sharedStrings.xml", f"<sst>{items}</sst>")
        file.writestr("xl/worksheets/sheet1.xml", f"<sheetData>{''.join(made)}</sheetData>")
    return out.getvalue()


def test_every_spelling_of_a_whole_table_gives_its_cells(app: Path) -> None:
    labels = [f"{code} {label}" for code, label in read(app)["rows"]]
    heads = ("TPS 001", "TPS 002", "3")
    by_field, by_label = (lines(names, heads) for names in (list(FIELDS), labels))
    width = max(map(len, by_label))
    turned = [[row[at] if at < len(row) else "" for row in by_label] for at in range(width)]
    quoted = [[f'"{cell}"' for cell in row] for row in by_label]
    said = read(
        app, text(by_field, ";"), text(by_label, "\t"), text(turned, "\t"), text(quoted, ","),
        b"\xef\xbb\xbf" + text(by_field, "\t"), workbook(by_label), workbook(turned),
    )["said"]  # fmt: skip
    for one in said:
        assert whole(one) == PAPERS
        assert (one["unknown"], one["twice"], one["wrong"]) == (0, 0, [])


def test_what_it_does_not_know_or_finds_twice_is_asked(app: Path) -> None:
    rows = [
        ["Uraian", "TPS 1", "TPS 2", "TPS 3", "Jumlah"],
        ["1. PASANGAN SATU", "1", "2", "3", "6"],
        ["JML SUARA SAH", "141", "142", "143", "426"],
        ["TDK SAH", "10", "10", "10", "30"],
        ["Catatan 2024", "1", "1", "1", "3"],
        ["2", "80", "1.080", "x", ""],
        ["No. 3", "60", "60", "60", ""],
        ["3)", "60", "60", "60", ""],
    ]
    (said,) = read(app, text(rows, "\t"))["said"]
    assert said["lines"] == [
        ["1. PASANGAN SATU", "pair_1"],
        ["JML SUARA SAH", "valid"],
        ["TDK SAH", "invalid"],
        ["Catatan 2024", "?"],
        ["2", "pair_2"],
        ["No. 3", "?"],
        ["3)", "?"],
    ]
    assert said["unknown"] == 3
    assert [(one["code"], one["field"], one["text"]) for one in said["wrong"]] == [
        ("002", "pair_2", "1.080"), ("003", "pair_2", "x"),
    ]  # fmt: skip


def test_a_file_without_places_or_of_another_kind_gives_nothing(app: Path) -> None:
    broken = workbook([["a", "TPS 001"], ["valid", "1"]])
    said = read(
        app, b"", b"satu;dua\n1;2", broken[:60], b"PK" + bytes(40), bytes(4_000_001),
        text([["isian", "TPS 001"], ["valid", "9999999999"]], ";"),
        text([["isian", "I", "II", "III"], ["pair_1", "3", "1", "2"]], ";"),
    )["said"]  # fmt: skip
    assert said[:5] == [None, None, "refused", "refused", "refused"]
    assert (said[5]["cells"], len(said[5]["wrong"])) == ([], 1)
    assert said[6] is None  # votes are small numbers, and no headings


def test_regions_are_known_by_code_or_name(app: Path) -> None:
    rows = [["isian", "31.71.06.1001 Tempat", "31.71.06.1002"], ["valid", "5", "6"]]
    (said,) = read(app, text(rows, ";"), codes=("31.71.06.1001", "31.71.06.1002"))["said"]
    assert whole(said) == {"31.71.06.1001": {"valid": 5}, "31.71.06.1002": {"valid": 6}}
