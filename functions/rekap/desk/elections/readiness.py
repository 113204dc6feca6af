"""`readiness.csv`: what TPS had on the eve, and what came back, as the site writes it.

    region,tps,step,ballots,items,lacks,boxes,seals_whole,seals_broken
    97.01.01.1001,001,arrived,bupati=308,boxes=1; ink=1,ballots=short=12=bupati,,,
    97.01.01.1001,001,returned,,,,1,20,0

A folder has one row for each TPS and step.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from rekap.core.pages.twins.readiness import COLUMNS, LISTS
from rekap.core.statements import regions
from rekap.desk.elections.places import has_place
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.settings import report
from rekap.desk.elections.table import Cells, Table, number
from rekap.desk.elections.values import Places

READINESS: Final = "readiness.csv"
NEEDED: Final = ("region", "tps", "step")
_NUMBERS: Final = ("boxes", "seals_whole", "seals_broken")
_COUNTS: Final = ("sheets", "number")
Said: TypeAlias = tuple[dict[str, Any], ...]


def read(
    folder: Path, election: str, contests: Mapping[str, Any], ground: Places, problems: Problems
) -> Said:
    """Return the fields of each row of the folder's file, none without it."""
    path = folder / READINESS
    if not path.exists():
        return ()
    found: dict[tuple[str, ...], tuple[int, dict[str, Any]]] = {}
    for line, cells in Table(path, NEEDED, COLUMNS, problems).rows():
        key = tuple(cells[name] for name in NEEDED)
        if key in found:
            problems.add(READINESS, line, "step", "duplicate", line=found[key][0])
            continue
        found[key] = line, fields_of(READINESS, line, cells, problems)
        _check(line, found[key][1], election, contests, ground, problems)
    return tuple(fields for _, fields in found.values())


def _check(
    line: int, fields: dict[str, Any], election: str, contests: Mapping[str, Any],
    ground: Places, problems: Problems,
) -> None:  # fmt: skip
    """It is a statement, of a place of the folder and of contests that are held there."""
    report(READINESS, {**fields, "election": election}, problems, line=line)
    code = fields["region"]
    has_place(READINESS, line, code, fields["tps"], ground, problems)
    for one in fields.get("ballots", ()):
        contest = contests.get(str(one.get("contest")))
        if contest is None:
            problems.add(READINESS, line, "ballots", "contest", allowed=", ".join(contests))
        elif not regions.is_within(code, contest["region"]):
            problems.add(READINESS, line, "ballots", "region-outside", expected=contest["region"])


def fields_of(file: str, line: int, cells: Cells, problems: Problems) -> dict[str, Any]:
    """Return the fields that a row says, and add what is no number or list."""
    fields: dict[str, Any] = {"kind": "readiness", **{name: cells[name] for name in NEEDED}}
    for name in _NUMBERS:
        if cells[name]:
            fields[name] = number(cells[name])
            if fields[name] is None:
                problems.add(file, line, name, "number")
    for name, parts in LISTS.items():
        if cells[name]:
            said = [_said(one.strip(), parts) for one in cells[name].split(";")]
            fields[name] = sorted(
                (one for one in said if one is not None),
                key=lambda one: [str(one.get(part, "")) for part in parts if part not in _COUNTS],
            )
            if None in said:
                problems.add(file, line, name, "list")
    return fields


def _said(text: str, parts: tuple[str, ...]) -> dict[str, Any] | None:
    """Read one of a list, `ink=0` or `ballots=short=12=gubernur-31`; None if it is not spelled so.

    A lack may leave out its number: what follows a lack without one names the contest.
    """
    words = text.split("=")
    if len(parts) == len(words) + 1 and "contest" in parts[1:] and number(words[-1]) is None:
        words.insert(parts.index("number"), "")
    said: dict[str, Any] = {}
    for part, word in zip(parts, words, strict=False):
        if part in _COUNTS and word:
            count = number(word)
            if count is None:
                return None
            said[part] = count
        elif word:
            said[part] = word
    return said if len(words) <= len(parts) and len(words) >= 2 else None
