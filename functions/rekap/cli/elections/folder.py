"""An election folder as values, and the one function that reads it.

    election.toml  regions.csv  forms.csv            required
    roster.csv  rows.csv                             optional

docs/files.md has the format. What may stand in a statement is decided by `rekap.forms`; here
stands what only a folder knows: files, lines, and how its tables fit each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from rekap.cli.elections.problems import FolderRefused, Problems
from rekap.forms.model import FORMS

SheetKey: TypeAlias = tuple[str, str, str, int]
"""Contest, form, region, revision."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a D form: children sorted, and a cell per child for each field."""

    children: tuple[str, ...]
    rows: dict[str, tuple[int | None, ...]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One form of `forms.csv`, or a running figure (`summary`); absent figures are not reported.

    `reason` and `explanations` are as in a statement; the last three belong to a `summary`.
    """

    line: int
    contest: str
    form: str
    region: str
    tps: str | None
    revision: int
    count: str | None
    figures: dict[str, int]
    reason: dict[str, str] | None = None
    explanations: tuple[dict[str, str], ...] = ()
    stations_in: int | None = None
    stations_expected: int | None = None
    as_of_text: str | None = None
    sheet: Sheet | None = None

    @property
    def slot(self) -> tuple[str, str, str, str | None]:
        """Contest, form, region, TPS."""
        return self.contest, self.form, self.region, self.tps


@dataclass(frozen=True, slots=True)
class Places:
    """Regions by code with their names, and the stations of each kelurahan that has a roster.

    `stations` holds the number of registered voters, or None, by TPS number.
    """

    names: dict[str, str]
    stations: dict[str, dict[str, int | None]]
    has_roster: bool


@dataclass(frozen=True, slots=True)
class Election:
    """Everything that a folder says.

    `settings` are the fields of the `election` statement without its roots: name, date, timezone,
    source, contests (each with its `source_forms`), policy if any. `empty_rows` counts the rows of
    `forms.csv` without figures: they are no forms.
    """

    folder: str
    id: str
    settings: dict[str, Any]
    determinations: tuple[dict[str, str], ...]
    places: Places
    papers: tuple[Paper, ...]
    empty_rows: int

    @property
    def contests(self) -> dict[str, dict[str, Any]]:
        """The contests by id."""
        return {contest["id"]: contest for contest in self.settings["contests"]}

    @property
    def provincial(self) -> bool:
        """Whether a contest is of a whole province, so that a provincial KPU signs."""
        return any(len(contest["region"]) == 2 for contest in self.settings["contests"])


def read(folder: Path) -> Election:
    """Return the election of a folder. Nothing is written anywhere.

    Raises:
        FolderRefused: with every problem of every file.
    """
    from rekap.cli.elections import columns, papers, places, settings

    problems = Problems()
    read_settings, determinations = settings.read(folder / "election.toml", problems)
    contests = {contest["id"]: contest for contest in read_settings.get("contests", ())}
    ground = places.read(folder, contests, problems)
    forms = papers.read(folder / "forms.csv", contests, ground, problems)
    all_papers = columns.attach(folder / "rows.csv", forms, ground, problems)
    if problems.found:
        found = sorted(problems.found, key=lambda one: (one.file, one.line))
        raise FolderRefused(str(folder), tuple(found))
    return Election(
        folder=folder.name,
        id=read_settings["id"],
        settings=_with_source_forms(read_settings, all_papers),
        determinations=determinations,
        places=ground,
        papers=tuple(all_papers),
        empty_rows=forms.empty_rows,
    )


def prepare(folder: Path, mode: str) -> Election:
    """Return an election that is still to be held: `election.toml`, regions and roster, no forms.

    `mode` is `live` or `rehearsal`.

    Raises:
        FolderRefused: with every problem of every file.
    """
    from rekap.cli.elections import places, settings

    problems = Problems()
    read_settings, _ = settings.read(folder / "election.toml", problems, mode)
    contests = {contest["id"]: contest for contest in read_settings.get("contests", ())}
    ground = places.read(folder, contests, problems)
    for name in ("forms.csv", "rows.csv"):
        if (folder / name).exists():
            problems.add(name, 0, "", "results")
    if problems.found:
        found = sorted(problems.found, key=lambda one: (one.file, one.line))
        raise FolderRefused(str(folder), tuple(found))
    named = {name: value for name, value in read_settings.items() if name != "id"}
    return Election(folder.name, read_settings["id"], named, (), ground, (), 0)


def _with_source_forms(settings: dict[str, Any], papers: list[Paper]) -> dict[str, Any]:
    """Add to each contest the forms of which the folder has at least one."""
    present: dict[str, set[str]] = {}
    for paper in papers:
        present.setdefault(paper.contest, set()).add(paper.form)
    contests = [
        {
            **contest,
            "source_forms": [form for form in FORMS if form in present.get(contest["id"], ())],
        }
        for contest in settings["contests"]
    ]
    for contest in contests:
        if not contest["source_forms"]:
            del contest["source_forms"]
    return {name: value for name, value in settings.items() if name != "id"} | {
        "contests": contests
    }


def with_sheet(paper: Paper, sheet: Sheet) -> Paper:
    """The same paper with its columns."""
    return replace(paper, sheet=sheet)
