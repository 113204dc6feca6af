"""Compare every published sum with a SQLite GROUP BY over an election folder's forms.csv.

    python scripts/check_totals.py FOLDER DIR/public

Imports nothing of the project: only the folder, the published JSON and SQLite. Each region of each
contest is compared, every figure of it, and the number of stations behind it.

    exit status: 0 equal, 1 different (each difference is printed), 2 cannot compare
"""

from __future__ import annotations

import argparse
import csv
import json
import sqlite3
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

TEXTS: Final = (
    "contest", "form", "region", "tps", "count", "reason", "explanation", "as_of_text", "status",
)  # fmt: skip
LENGTHS: Final = (2, 5, 8, 13)
"""Characters of a region code by level, from provinsi to kelurahan."""

STATIONS: Final = """
CREATE VIEW heads AS
  SELECT * FROM forms AS one WHERE status IS NULL AND revision =
    (SELECT max(revision) FROM forms AS other
      WHERE (other.contest, other.form, other.region, other.tps)
          = (one.contest, one.form, one.region, one.tps));
CREATE VIEW running AS
  SELECT * FROM heads AS one WHERE form = 'summary' AND stations_in >
    (SELECT count(*) FROM heads AS below WHERE below.contest = one.contest
      AND below.form = 'c_hasil' AND substr(below.region, 1, length(one.region)) = one.region);
CREATE VIEW counted AS
  SELECT *, 1 AS stations FROM heads WHERE form = 'c_hasil' AND NOT EXISTS
    (SELECT 1 FROM running WHERE running.contest = heads.contest
      AND running.region = substr(heads.region, 1, length(running.region)))
  UNION ALL SELECT *, stations_in AS stations FROM running;
"""
"""Heads of every form, no rival beside one; running figures that count more stations than forms
are below them; and what is added up: the C forms, and a running figure in place of those below."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every difference; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("public", type=Path)
    options = parser.parse_args(arguments)
    election = tomllib.loads((options.folder / "election.toml").read_text(encoding="utf-8"))
    database, figures = load(options.folder / "forms.csv")
    if _nested(database):
        print(f"{options.folder}: running figures stand above each other; not compared")
        return 2
    compared = 0
    differences: list[str] = []
    for contest in election["contests"]:
        for code, stations, sums in totals(database, figures, contest):
            compared += 1
            differences += compare(options.public, election["id"], contest, code, stations, sums)
    for difference in differences:
        print(difference)
    print(f"{election['id']}: {compared} regions compared, {len(differences)} differences")
    return 1 if differences else 0


def load(path: Path) -> tuple[sqlite3.Connection, list[str]]:
    """Return forms.csv as a table, an empty cell as NULL, and the names of its figures."""
    database = sqlite3.connect(":memory:")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = next(rows)
        others = (*TEXTS, "revision", "stations_in", "stations_expected")
        figures = [name for name in names if name not in others]
        columns = [f'"{n}" {"TEXT" if n in TEXTS else "INTEGER"}' for n in names]
        if "stations_in" not in names:
            columns.append("stations_in INTEGER")
        if "status" not in names:
            columns.append("status TEXT")
        database.execute(f"CREATE TABLE forms ({', '.join(columns)})")
        marks = ", ".join("?" for _ in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        texts = {place for place, name in enumerate(names) if name in ("tps", "region")}
        database.executemany(
            f"INSERT INTO forms ({quoted}) VALUES ({marks})",
            (
                [cell if cell or place in texts else None for place, cell in enumerate(row)]
                for row in rows
            ),
        )
    told = " IS NULL AND ".join(f'"{name}"' for name in figures)
    database.execute(f"DELETE FROM forms WHERE {told} IS NULL")
    database.execute("CREATE INDEX slots ON forms (contest, form, region, tps, revision)")
    database.executescript(STATIONS)
    return database, figures


def _nested(database: sqlite3.Connection) -> bool:
    """Whether a running figure lies below another one of its contest: which counts is then not
    a question for GROUP BY."""
    query = """SELECT count(*) FROM running AS one, running AS other
               WHERE one.contest = other.contest AND one.region LIKE other.region || '.%'"""
    return bool(database.execute(query).fetchone()[0])


def totals(
    database: sqlite3.Connection, figures: Sequence[str], contest: dict[str, Any]
) -> Iterator[tuple[str, int, dict[str, list[int]]]]:
    """(region, stations, {figure: [sum, stations that report it]}) of each region with a sum."""
    sums = ", ".join(
        f'sum("{n}"), sum(CASE WHEN "{n}" IS NULL THEN 0 ELSE stations END)' for n in figures
    )
    for length in LENGTHS:
        if length < len(contest["region"]):
            continue
        query = f"""SELECT substr(region, 1, ?) AS code, sum(stations), {sums} FROM counted
                    WHERE contest = ? AND length(region) >= ? GROUP BY code ORDER BY code"""
        for code, stations, *cells in database.execute(query, (length, contest["id"], length)):
            pairs = zip(figures, cells[::2], cells[1::2], strict=True)
            yield code, stations, {n: [value, count] for n, value, count in pairs if count}


def compare(
    public: Path,
    election: str,
    contest: dict[str, Any],
    code: str,
    stations: int,
    sums: dict[str, list[int]],
) -> list[str]:
    """Differences between a region's published sum and SQLite's."""
    below = code[len(contest["region"]) :].strip(".").split(".")
    folder = public.joinpath(election, contest["id"], *filter(None, below))
    place = f"{contest['id']} {code}"
    try:
        twin = json.loads((folder / "index.json").read_bytes())
    except FileNotFoundError:
        return [f"{place}: {folder / 'index.json'} is missing"]
    found = []
    if twin["sum"]["counted"] != stations:
        found.append(f"{place}: {twin['sum']['counted']} stations published, {stations} in SQLite")
    published = {name: list(pair) for name, pair in twin["sum"]["fields"].items()}
    found += [
        f"{place} {name}: {published.get(name)} published, {sums.get(name)} in SQLite"
        for name in sorted(published.keys() | sums.keys())
        if published.get(name) != sums.get(name)
    ]
    return found


if __name__ == "__main__":
    sys.exit(main())
