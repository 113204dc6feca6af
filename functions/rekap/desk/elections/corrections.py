"""`corrections.csv`: what D forms correct of the figures below them, as the site writes it.

    contest,form,region,revision,child,field,from,to,basis,initials
    bupati-35.20,d_hasil_kelurahan,35.20.01.2001,1,004,pair_1,118,120,plano,ketua 1 2 pengawas

`initials` are the ketua, numbers of pairs, and the supervisor, with spaces between. Rows of one
form with the same basis and initials share one reason. The form has its columns in `rows.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from rekap.core.statements.model import PAIRS_MAX
from rekap.desk.elections.papers import keys
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.settings import report
from rekap.desk.elections.table import Table, number
from rekap.desk.elections.values import Paper, SheetKey

CORRECTIONS: Final = "corrections.csv"
_COLUMNS: Final = (
    "contest", "form", "region", "revision", "child", "field", "from", "to", "basis", "initials",
)  # fmt: skip
_OTHERS: Final = ("objection", "index")
_OF_A_LOG: Final = re.compile("([0-9a-f]{64})?")
"""What an objection is called in the log that a folder was written from, and in no other."""
_WORDS: Final = {"ketua": "ketua", "pengawas": "supervisor", "supervisor": "supervisor"}
Corrected: TypeAlias = tuple[dict[str, Any], list[Any]]
"""The reason of a correction, and what is corrected: child, field, before, after."""


def attach(path: Path, papers: list[Paper], election: str, problems: Problems) -> list[Paper]:
    """Return the papers, D forms with what they correct."""
    if not path.exists():
        return papers
    known = keys(papers)
    found: dict[SheetKey, list[tuple[int, Corrected]]] = {}
    for line, cells in Table(path, _COLUMNS, _OTHERS, problems).rows():
        key = cells["contest"], cells["form"], cells["region"], number(cells["revision"]) or 0
        if key not in known:
            problems.add(path.name, line, "form", "no-form")
            continue
        told = [number(cells[name]) for name in ("from", "to")]
        for name, value in zip(("from", "to"), told, strict=True):
            if value is None:
                problems.add(path.name, line, name, "number")
        if not _OF_A_LOG.fullmatch(cells.get("objection", "")):
            problems.add(path.name, line, "objection", "not-empty", why=cells["basis"])
        signed = initials(cells["initials"].split())
        if signed is None:
            problems.add(path.name, line, "initials", "initials", found=cells["initials"])
        reason = {"basis": cells["basis"], **({"initials": signed} if signed else {})}
        if signed is not None and None not in told:
            said = [cells["child"], cells["field"], *told]
            found.setdefault(key, []).append((line, (reason, said)))
    complete = list(papers)
    for key, lines in found.items():
        paper = complete[known[key]]
        made = of_rows(one for _, one in lines)
        _check(path.name, lines[0][0], paper, made, election, problems)
        complete[known[key]] = replace(paper, corrected=made)
    return complete


def _check(
    file: str, line: int, paper: Paper, made: dict[str, Any], election: str, problems: Problems
) -> None:
    """They fit the columns of their form; what else the form says was reported before."""
    fields: dict[str, Any] = {
        "kind": "form", "election": election, "contest": paper.contest, "form": paper.form,
        "region": paper.region, "revision": 1, "count": paper.count, "figures": paper.figures,
        **made,
    }  # fmt: skip
    if paper.sheet is not None:
        fields["children"] = list(paper.sheet.children)
        fields["rows"] = {name: list(cells) for name, cells in paper.sheet.rows.items()}
    report(file, fields, problems, line=line)


def of_rows(rows: Iterable[Corrected]) -> dict[str, Any]:
    """Return `because` and `corrections` of a payload; {} without rows."""
    because: list[dict[str, Any]] = []
    corrections = []
    for reason, said in rows:
        if reason not in because:
            because.append(reason)
        corrections.append([*said, because.index(reason)])
    return {"because": because, "corrections": corrections} if corrections else {}


def initials(words: Sequence[str]) -> dict[str, Any] | None:
    """Return who put initials, {} for nobody; None for words that name nobody."""
    numbers = [word for word in words if word not in _WORDS]
    pairs = sorted({value for word in numbers if (value := number(word)) is not None})
    if len(pairs) != len(numbers) or not all(1 <= pair <= PAIRS_MAX for pair in pairs):
        return None
    signed: dict[str, Any] = {_WORDS[word]: True for word in words if word in _WORDS}
    return {**signed, "pairs": pairs} if pairs else signed
