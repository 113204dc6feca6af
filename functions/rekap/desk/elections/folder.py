"""An election folder as values, and the one function that reads it.

    election.toml  regions.csv  forms.csv            required
    roster.csv  rows.csv  corrections.csv  rulings.toml  elected.toml  acting.toml
    recommendations.csv  copies.csv  readiness.csv  incidents.csv  pictures.csv  withheld.toml
    lampiran/  gambar/                               optional

docs/files.md has the format. What may stand in a statement is decided by `rekap.core.statements`;
here stands what only a folder knows: files, lines, and how its tables fit each other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rekap.core.statements.model import FORMS
from rekap.desk.elections.problems import FolderRefused, Problems
from rekap.desk.elections.values import Election, Paper


def read(folder: Path) -> Election:
    """Return the election of a folder. Nothing is written anywhere.

    Raises:
        FolderRefused: with every problem of every file.
    """
    from rekap.desk.elections import (
        beside,
        columns,
        corrections,
        decisions,
        docket,
        incidents,
        papers,
        places,
        readiness,
        sayings,
        settings,
    )  # fmt: skip

    problems = Problems()
    read_settings, determinations = settings.read(folder / "election.toml", problems)
    contests = {contest["id"]: contest for contest in read_settings.get("contests", ())}
    ground = places.read(folder, contests, problems)
    forms = papers.read(folder / "forms.csv", contests, ground, problems)
    all_papers = columns.attach(folder / "rows.csv", forms, ground, problems)
    all_papers = corrections.attach(
        folder / corrections.CORRECTIONS, all_papers, str(read_settings.get("id")), problems
    )
    settings.check_certificates(determinations, all_papers, problems)
    named = str(read_settings.get("id"))
    decided = {
        file.table: decisions.read(file, folder / file.name, named, contests, problems)
        for file in decisions.FILES
    }
    recommended = sayings.recommendations(folder, named, contests, ground, problems)
    acted = sayings.acting(folder, named, contests, ground, problems)
    copied = sayings.copies(folder, named, contests, ground, problems)
    prepared = readiness.read(folder, named, contests, ground, problems)
    told = incidents.read(folder, named, contests, ground, problems)
    shown = beside.read_pictures(folder, named, contests, ground, problems)
    digests = {
        *(one["text"] for one in told if "text" in one),
        *(page["sha256"] for one in shown for page in one["pages"]),
    }
    withheld = beside.read_withheld(folder, digests, problems)
    files = beside.read_files(folder, digests, withheld, problems)
    if not problems.found:
        docket.check(determinations, decided, ground, problems)
    if problems.found:
        found = sorted(problems.found, key=lambda one: (one.file, one.line))
        raise FolderRefused(str(folder), tuple(found))
    return Election(
        folder=folder.name,
        id=read_settings["id"],
        settings=_with_source_forms(read_settings, all_papers),
        determinations=determinations,
        **decided,
        recommendations=recommended,
        copies=copied,
        readiness=prepared,
        acting=acted,
        incidents=told,
        pictures=shown,
        withheld=withheld,
        files=files,
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
    from rekap.desk.elections import (
        beside,
        corrections,
        decisions,
        incidents,
        places,
        readiness,
        sayings,
        settings,
    )

    problems = Problems()
    read_settings, _ = settings.read(folder / "election.toml", problems, mode)
    contests = {contest["id"]: contest for contest in read_settings.get("contests", ())}
    ground = places.read(folder, contests, problems)
    said = (sayings.RECOMMENDATIONS, sayings.COPIES, sayings.ACTING)
    for name in (
        "forms.csv",
        "rows.csv",
        corrections.CORRECTIONS,
        *(file.name for file in decisions.FILES),
        *said,
        readiness.READINESS,
        incidents.INCIDENTS,
        beside.PICTURES,
        beside.WITHHELD,
        *beside.FOLDERS,
    ):
        if (folder / name).exists():
            problems.add(name, 0, "", "results")
    if problems.found:
        found = sorted(problems.found, key=lambda one: (one.file, one.line))
        raise FolderRefused(str(folder), tuple(found))
    named = {name: value for name, value in read_settings.items() if name != "id"}
    return Election(folder.name, read_settings["id"], named, (), (), (), ground, (), 0)


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
