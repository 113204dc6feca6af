"""`forms.csv`: one row per form, revision and running figure.

    contest,form,region,tps,revision,count,registered,pair_1,pair_2,valid,invalid,total,explanation
    bupati-32.07,c_hasil,32.07.01.1001,001,1,first,491,73,266,339,9,349,R7: salah jumlah

An empty figure is not reported; a row without any figure is no form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from rekap.core.statements import model, regions
from rekap.core.statements.shapes import TEXT_MAX
from rekap.desk.elections import explanations
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.table import Cells, Table, number, text_problem
from rekap.desk.elections.values import Paper, Places

COLUMNS: Final = ("contest", "form", "region", "tps", "revision", "count")
OF_SUMMARIES: Final = ("stations_in", "stations_expected", "as_of_text")
_ATTENDED: Final = tuple(f"attended_{name}" for name in model.ATTENDED)
RIVAL: Final = "rival"
OTHERS: Final = (*_ATTENDED, "reason", "explanation", *OF_SUMMARIES, "status")

_REVISION: Final = re.compile("[1-9][0-9]{0,3}")


Slot: TypeAlias = tuple[str, str, str]
"""Contest, form, region of a row, as written."""


@dataclass(frozen=True, slots=True)
class Papers:
    """The forms of a folder, the number of rows without figures, and what could not be read."""

    papers: list[Paper] = field(default_factory=list)
    empty_rows: int = 0
    refused: set[Slot] = field(default_factory=set)


def read(
    path: Path, contests: Mapping[str, Mapping[str, Any]], places: Places, problems: Problems
) -> Papers:
    """Return the forms in the order of the file; every problem is reported."""
    if not path.exists():
        problems.add(path.name, 0, "", "missing-file")
        return Papers()
    most = max((len(contest["pairs"]) for contest in contests.values()), default=model.PAIRS_MAX)
    table = Table(path, COLUMNS, (*model.figure_fields(most), *OTHERS), problems)
    reader = _Reader(path.name, contests, places, problems, most)
    for line, cells in table.rows():
        reader.take(line, cells)
    reader.check_revisions()
    if not reader.papers and not problems.found:
        problems.add(path.name, 0, "", "no-forms")
    return Papers(reader.papers, reader.empty_rows, reader.refused)


class _Reader:
    """Checks rows one by one and keeps the forms."""

    def __init__(
        self,
        file: str,
        contests: Mapping[str, Mapping[str, Any]],
        places: Places,
        problems: Problems,
        most_pairs: int,
    ) -> None:
        self.papers: list[Paper] = []
        self.empty_rows = 0
        self.refused: set[Slot] = set()
        self._file = file
        self._contests = contests
        self._places = places
        self._problems = problems
        self._fields = model.figure_fields(most_pairs)
        self._lines: dict[tuple[str, ...], int] = {}

    def _wrong(self, line: int, column: str, code: str, /, **details: object) -> None:
        self._problems.add(self._file, line, column, code, **details)

    def take(self, line: int, cells: Cells) -> None:
        """Check one row; keep it if it has figures."""
        key = tuple(cells[name] for name in (*COLUMNS[:5], "status"))
        first = self._lines.setdefault(key, line)
        if first != line:
            self._wrong(line, "revision", "duplicate", line=first)
        before = len(self._problems.found)
        contest = self._contests.get(cells["contest"])
        if contest is None and self._contests:
            allowed = ", ".join(self._contests)
            self._wrong(line, "contest", "contest", allowed=allowed)
        self._check_place(line, cells, contest)
        self._check_status(line, cells)
        figures = self._figures(line, cells, contest)
        paper = self._paper(line, cells, figures)
        if not figures:
            self.empty_rows += 1
        elif len(self._problems.found) == before:
            self.papers.append(paper)
        else:
            self.refused.add((cells["contest"], cells["form"], cells["region"]))

    def _paper(self, line: int, cells: Cells, figures: dict[str, int]) -> Paper:
        revision = cells["revision"]
        if not _REVISION.fullmatch(revision):
            self._wrong(line, "revision", "revision")
        form, count = cells["form"], cells["count"]
        summary = form == model.SUMMARY
        if count not in model.COUNTS and not (summary and count == ""):
            self._wrong(line, "count", "value", allowed=", ".join(model.COUNTS))
        elif summary and count not in ("", "first"):
            self._wrong(line, "count", "not-empty", why=form)
        return Paper(
            line=line,
            contest=cells["contest"],
            form=form,
            region=cells["region"],
            tps=cells["tps"] or None,
            revision=int(revision) if _REVISION.fullmatch(revision) else 0,
            count=None if summary else count,
            figures=figures,
            reason=self._reason(line, cells["reason"], revision),
            explanations=self._explanations(line, cells["explanation"]),
            attended=self._attended(line, cells),
            rival=cells["status"] == RIVAL,
            **self._running(line, cells, summary=summary),
        )

    def _check_status(self, line: int, cells: Cells) -> None:
        """Only a first C.Hasil has a rival: it stands beside the one that counts."""
        if cells["status"] not in ("", RIVAL):
            self._wrong(line, "status", "value", allowed=RIVAL)
        elif cells["status"] and (cells["form"], cells["revision"]) != (model.STATION_FORM, "1"):
            self._wrong(line, "status", "not-empty", why=f"{cells['form']} {cells['revision']}")

    def _attended(self, line: int, cells: Cells) -> dict[str, int]:
        """Who signed the attendance list of a TPS."""
        told = {name: cells[f"attended_{name}"] for name in model.ATTENDED}
        for name, cell in told.items():
            if cell and cells["form"] != model.STATION_FORM:
                self._wrong(line, f"attended_{name}", "not-empty", why=cells["form"])
            elif cell and number(cell) is None:
                self._wrong(line, f"attended_{name}", "number")
        read = {name: number(cell) for name, cell in told.items()}
        return {name: value for name, value in read.items() if value is not None}

    def _check_place(self, line: int, cells: Cells, contest: Mapping[str, Any] | None) -> None:
        """The region exists, fits the form and the contest; a station is in the roster."""
        form, code, tps = cells["form"], cells["region"], cells["tps"]
        if form not in model.FORMS:
            self._wrong(line, "form", "value", allowed=", ".join(model.FORMS))
        if not regions.is_code(code):
            self._wrong(line, "region", "region-code")
        elif code not in self._places.names:
            self._wrong(line, "region", "region-unknown", code=code)
        else:
            known = model.FORMS.get(form)
            if known and known.level not in (None, regions.level(code)):
                self._wrong(line, "region", "region-level", expected=known.level)
            top = contest["region"] if contest else code
            if not regions.is_within(code, top):
                self._wrong(line, "region", "region-outside", expected=top)
        if form != model.STATION_FORM:
            if tps:
                self._wrong(line, "tps", "not-empty", why=form)
        elif not regions.is_tps(tps):
            self._wrong(line, "tps", "tps")
        elif self._places.has_roster and tps not in self._places.stations.get(code, ()):
            self._wrong(line, "tps", "station-unknown", code=code, tps=tps)

    def _figures(
        self, line: int, cells: Cells, contest: Mapping[str, Any] | None
    ) -> dict[str, int]:
        figures: dict[str, int] = {}
        for name in self._fields:
            cell = cells[name]
            if cell == "":
                continue
            value = number(cell)
            if value is None:
                self._wrong(line, name, "number")
            figures[name] = value or 0
        pairs = len(contest["pairs"]) if contest else model.PAIRS_MAX
        for name in figures:
            if name.startswith("pair_") and int(name[5:]) > pairs:
                self._wrong(line, name, "pair", expected=pairs)
        return figures

    def _reason(self, line: int, cell: str, revision: str) -> dict[str, str] | None:
        """`code` or `code: text`; from revision 2 on an empty cell means `source`."""
        if revision == "1":
            if cell:
                self._wrong(line, "reason", "not-empty", why="revision 1")
            return None
        code, _, text = cell.partition(": ")
        if cell and code not in model.REASONS:
            self._wrong(line, "reason", "value", allowed=", ".join(model.REASONS))
        reason = {"code": code or "source"}
        if text:
            wrong = text_problem(text, TEXT_MAX, free=True)
            if wrong:
                self._wrong(line, "reason", wrong, limit=TEXT_MAX)
            reason["text"] = text
        return reason

    def _explanations(self, line: int, cell: str) -> tuple[dict[str, str], ...]:
        found = []
        for item in explanations.split(cell):
            named = explanations.parse(item)
            if named is None:
                self._wrong(line, "explanation", "explanation")
                continue
            wrong = text_problem(named["text"], TEXT_MAX, free=True)
            if wrong:
                self._wrong(line, "explanation", wrong, limit=TEXT_MAX)
            found.append(named)
        about = [tuple(one.get(name) for name in ("rule", "child", "part")) for one in found]
        if len(set(about)) != len(about):
            self._wrong(line, "explanation", "explanation")
        return tuple(found)

    def _running(self, line: int, cells: Cells, *, summary: bool) -> dict[str, Any]:
        """What only a running figure has: stations in and expected, and its time in words."""
        if not summary:
            for name in OF_SUMMARIES:
                if cells[name]:
                    self._wrong(line, name, "not-empty", why=cells["form"] or "form")
            return {}
        for name in OF_SUMMARIES[:2]:
            if number(cells[name]) is None:
                self._wrong(line, name, "number" if cells[name] else "empty")
        wrong = text_problem(cells["as_of_text"], TEXT_MAX, free=True)
        if wrong:
            self._wrong(line, "as_of_text", wrong, limit=TEXT_MAX)
        return {
            "stations_in": number(cells["stations_in"]),
            "stations_expected": number(cells["stations_expected"]),
            "as_of_text": cells["as_of_text"],
        }

    def check_revisions(self) -> None:
        """Revisions of a slot are 1, 2, 3 … without a gap, in any order of rows."""
        revisions: dict[tuple[str, str, str, str | None], dict[int, int]] = {}
        for paper in sorted(self.papers, key=lambda paper: paper.rival):
            if paper.rival:
                if 1 not in revisions.get(paper.slot, ()):
                    self._wrong(paper.line, "status", "gap", expected=1)
                continue
            revisions.setdefault(paper.slot, {})[paper.revision] = paper.line
        for lines in revisions.values():
            for revision, line in lines.items():
                if revision > 1 and revision - 1 not in lines:
                    self._wrong(line, "revision", "gap", expected=revision - 1)


def keys(papers: Sequence[Paper]) -> dict[tuple[str, str, str, int], int]:
    """Place of each D form among `papers`, by contest, form, region and revision."""
    return {
        (paper.contest, paper.form, paper.region, paper.revision): place
        for place, paper in enumerate(papers)
        if paper.form in model.SHEETS
    }
