"""`regions.csv` and `roster.csv`: the regions of an election and the stations that are expected.

Without `roster.csv` it is not known how many stations there are: never zero, simply unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rekap.core.statements import regions
from rekap.core.statements.model import LEVELS
from rekap.core.statements.shapes import NAME_MAX
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.table import Cells, Table, number, text_problem
from rekap.desk.elections.values import Places

REGION_COLUMNS: Final = ("code", "name", "level", "parent")
ROSTER_COLUMNS: Final = ("region", "tps")
_TOP: Final = 2
"""Depth down to which a region may be the topmost of a folder: provinsi or kab/kota."""


def read(folder: Path, contests: Mapping[str, Mapping[str, Any]], problems: Problems) -> Places:
    """Return regions and stations; every contest must have its region."""
    names = _regions(folder / "regions.csv", problems)
    for index, contest in enumerate(contests.values()):
        if contest["region"] not in names:
            problems.add(
                "election.toml", 0, f"contests.{index}.region", "region-unknown",
                code=contest["region"],
            )  # fmt: skip
    roster = folder / "roster.csv"
    if not roster.exists():
        return Places(names, {}, has_roster=False)
    return Places(names, _roster(roster, names, problems), has_roster=True)


def _regions(path: Path, problems: Problems) -> dict[str, str]:
    if not path.exists():
        problems.add(path.name, 0, "", "missing-file")
        return {}
    lines: dict[str, int] = {}
    names: dict[str, str] = {}
    parents: list[tuple[int, str, str]] = []
    for line, cells in Table(path, REGION_COLUMNS, (), problems).rows():
        code = cells["code"]
        _check_region(path.name, line, cells, problems)
        if code in lines:
            problems.add(path.name, line, "code", "duplicate", line=lines[code])
        lines.setdefault(code, line)
        if regions.is_code(code):
            names.setdefault(code, cells["name"])
            parents.append((line, code, cells["parent"]))
    for line, code, parent in parents:
        _check_parent(path.name, line, code, parent, names, problems)
    return names


def _check_region(file: str, line: int, cells: Cells, problems: Problems) -> None:
    code, level = cells["code"], cells["level"]
    if not regions.is_code(code):
        problems.add(file, line, "code", "region-code")
    if level not in LEVELS:
        problems.add(file, line, "level", "value", allowed=", ".join(LEVELS))
    elif regions.is_code(code) and regions.level(code) != level:
        problems.add(file, line, "level", "region-level", expected=regions.level(code))
    wrong = text_problem(cells["name"], NAME_MAX, free=True)
    if wrong:
        problems.add(file, line, "name", wrong, limit=NAME_MAX)


def _check_parent(
    file: str, line: int, code: str, parent: str, names: Mapping[str, str], problems: Problems
) -> None:
    """The parent is the code without its last group; a topmost region may leave it empty."""
    above = regions.parent(code)
    if regions.depth(code) == 1:
        if parent not in ("", regions.COUNTRY):
            problems.add(file, line, "parent", "not-empty", why="provinsi")
        return
    topmost = regions.depth(code) <= _TOP and above not in names
    if parent != above and not (topmost and parent == ""):
        problems.add(file, line, "parent", "region-parent", expected=above)
    elif above not in names and not topmost:
        problems.add(file, line, "parent", "region-unknown", code=above)


def _roster(
    path: Path, names: Mapping[str, str], problems: Problems
) -> dict[str, dict[str, int | None]]:
    stations: dict[str, dict[str, int | None]] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, cells in Table(path, ROSTER_COLUMNS, ("registered",), problems).rows():
        code, tps, registered = cells["region"], cells["tps"], cells["registered"]
        if not regions.is_code(code):
            problems.add(path.name, line, "region", "region-code")
        elif code not in names:
            problems.add(path.name, line, "region", "region-unknown", code=code)
        elif regions.child_level(code) != "tps":
            problems.add(path.name, line, "region", "region-level", expected="kelurahan")
        if not regions.is_tps(tps):
            problems.add(path.name, line, "tps", "tps")
        voters = number(registered) if registered else None
        if registered and voters is None:
            problems.add(path.name, line, "registered", "number")
        first = lines.setdefault((code, tps), line)
        if first != line:
            problems.add(path.name, line, "tps", "duplicate", line=first)
        stations.setdefault(code, {})[tps] = voters
    return stations


def has_place(
    file: str, line: int, code: str, tps: str | None, ground: Places, problems: Problems
) -> bool:
    """Tell whether the folder has a region, or a TPS of it; if not, add a problem of `file`."""
    if code not in ground.names:
        problems.add(file, line, "region", "region-unknown", code=code)
    elif tps is not None and ground.has_roster and tps not in ground.stations.get(code, ()):
        problems.add(file, line, "tps", "station-unknown", code=code, tps=tps)
    else:
        return True
    return False
