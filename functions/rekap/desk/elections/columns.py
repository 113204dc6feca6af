"""`rows.csv`: the columns of D forms, one row per child.

    contest,form,region,revision,child,registered,pair_1,pair_2,valid,invalid,total
    bupati-32.07,d_hasil_kecamatan,32.07.01,1,32.07.01.1001,491,73,266,339,9,348

A form has all its columns or none. A figure that no column has is unknown in every column.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rekap.core.statements import model, regions
from rekap.desk.elections.papers import Papers, keys
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.table import Cells, Table, number
from rekap.desk.elections.values import Paper, Places, Sheet, SheetKey, with_sheet

COLUMNS: Final = ("contest", "form", "region", "revision", "child")
_ENTRY_PAYLOAD: Final = 47_000
"""Bytes of JSON that surely fit one entry after base64 and with its signatures."""


def attach(path: Path, read: Papers, places: Places, problems: Problems) -> list[Paper]:
    """Return the papers, D forms with their columns where the file has them."""
    papers = read.papers
    if not path.exists():
        return papers
    most = max((_pairs(paper) for paper in papers), default=model.PAIRS_MAX)
    fields = model.figure_fields(max(most, 1))
    table = Table(path, COLUMNS, fields, problems)
    known = keys(papers)
    sheets: dict[SheetKey, dict[str, tuple[int, dict[str, int | None]]]] = {}
    for line, cells in table.rows():
        place = known.get(_key(cells))
        if place is None:
            if (cells["contest"], cells["form"], cells["region"]) not in read.refused:
                problems.add(path.name, line, "form", "no-form")
            continue
        paper = papers[place]
        columns = sheets.setdefault(_key(cells), {})
        child = cells["child"]
        if child in columns:
            problems.add(path.name, line, "child", "duplicate", line=columns[child][0])
            continue
        _check_child(path.name, line, paper, child, places, problems)
        columns[child] = line, _cells(path.name, line, cells, fields, paper, problems)
    complete = list(papers)
    for key, columns in sheets.items():
        paper = complete[known[key]]
        first = min(line for line, _ in columns.values())
        if len(columns) > model.COLUMNS_MAX:
            problems.add(
                path.name, first, "child", "too-many-columns", limit=model.COLUMNS_MAX
            )  # fmt: skip
        sheet = _sheet(paper, {child: row for child, (_, row) in columns.items()})
        if _size(sheet) > _ENTRY_PAYLOAD:
            problems.add(path.name, first, "", "too-large")
        complete[known[key]] = with_sheet(paper, sheet)
    return complete


def _pairs(paper: Paper) -> int:
    return sum(name.startswith("pair_") for name in paper.figures)


def _key(cells: Cells) -> SheetKey:
    revision = cells["revision"]
    return (
        cells["contest"],
        cells["form"],
        cells["region"],
        int(revision) if revision.isascii() and revision.isdigit() else 0,
    )


def _check_child(
    file: str, line: int, paper: Paper, child: str, places: Places, problems: Problems
) -> None:
    """A column is a station of the kelurahan, or a region directly below the sheet's own."""
    if paper.form == "d_hasil_kelurahan":
        if not regions.is_tps(child):
            problems.add(file, line, "child", "tps")
        elif places.has_roster and child not in places.stations.get(paper.region, ()):
            problems.add(file, line, "child", "station-unknown", code=paper.region, tps=child)
    elif not regions.is_code(child):
        problems.add(file, line, "child", "region-code")
    elif regions.parent(child) != paper.region:
        problems.add(file, line, "child", "child")
    elif child not in places.names:
        problems.add(file, line, "child", "region-unknown", code=child)


def _cells(
    file: str, line: int, cells: Cells, fields: tuple[str, ...], paper: Paper, problems: Problems
) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for name in fields:
        cell = cells[name]
        if cell == "":
            continue
        value = number(cell)
        if value is None:
            problems.add(file, line, name, "number")
        if name not in paper.figures:
            problems.add(file, line, name, "no-figure", line=paper.line)
        found[name] = value
    return found


def _sheet(paper: Paper, columns: dict[str, dict[str, int | None]]) -> Sheet:
    children = tuple(sorted(columns))
    return Sheet(
        children,
        {name: tuple(columns[child].get(name) for child in children) for name in paper.figures},
    )


def _size(sheet: Sheet) -> int:
    """Bytes of the columns in a statement, about."""
    cells = sum(len(str(cell)) + 1 for row in sheet.rows.values() for cell in row)
    return cells + sum(len(child) + 3 for child in sheet.children) + 20 * len(sheet.rows)
