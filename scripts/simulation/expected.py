"""Say what an election folder must lead to: findings per rule, totals, missing stations.

    python scripts/simulation/expected.py FOLDER > expected.json

A second, independent reading of the rules (`docs/rules.md`) in plain Python: it imports nothing of
the project and knows neither the log nor the pages. Tests hold the published data against it.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from scripts.simulation.rules import BALLOTS, GENDERED, VOTES, Figures, broken

LEVEL_FORM = {
    13: "d_hasil_kelurahan",
    8: "d_hasil_kecamatan",
    5: "d_hasil_kabko",
    2: "d_hasil_prov",
}
"""Length of a region's code -> its D form."""
BELOW = {
    "d_hasil_kelurahan": "c_hasil",
    "d_hasil_kecamatan": "d_hasil_kelurahan",
    "d_hasil_kabko": "d_hasil_kecamatan",
    "d_hasil_prov": "d_hasil_kabko",
}
EXPLANATION = re.compile(r"([A-Z]\d+)(?:/([\d.]+))?(?:/([A-Za-z]\w*))?: ")

Sum = tuple[int, dict[str, list[int]]]
"""Stations behind a sum, and [value, stations that report it] by field."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the expectations of one folder as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    json.dump(Folder(options.folder).expected(), sys.stdout, indent=1, sort_keys=True)
    print()
    return 0


class Folder:
    """The tables of one folder."""

    def __init__(self, path: Path) -> None:
        self.told = tomllib.loads((path / "election.toml").read_text(encoding="utf-8"))
        self.pairs = {c["id"]: len(c["pairs"]) for c in self.told["contests"]}
        self.tops = {c["id"]: c["region"] for c in self.told["contests"]}
        self.codes = sorted(row["code"] for row in _rows(path / "regions.csv"))
        self.kids: dict[str, list[str]] = defaultdict(list)
        for code in self.codes:
            self.kids[code.rpartition(".")[0]].append(code)
        self.roster: dict[str, list[str]] = defaultdict(list)
        for row in _rows(path / "roster.csv"):
            self.roster[row["region"]].append(row["tps"])
        self.heads: dict[tuple[str, str, str, str], dict[str, Any]] = {}
        self.forms = self.empty = 0
        for row in _rows(path / "forms.csv"):
            self._take(row)
        self.columns: dict[tuple[str, str, str], dict[str, Figures]] = defaultdict(dict)
        for row in _rows(path / "rows.csv"):
            head = self.heads.get((row["contest"], row["form"], row["region"], ""))
            if head and row["revision"] == str(head["revision"]):
                cells: Figures = {name: _int(row.get(name)) for name in head["figures"]}
                self.columns[row["contest"], row["form"], row["region"]][row["child"]] = cells

    def _take(self, row: dict[str, str]) -> None:
        names = [f"pair_{n}" for n in range(1, self.pairs[row["contest"]] + 1)]
        names += [row + end for row in GENDERED for end in ("", "_m", "_f")]
        names += [*BALLOTS, *VOTES]
        figures = {name: int(row[name]) for name in names if row.get(name)}
        if not figures:
            self.empty += 1
            return
        self.forms += 1
        key = (row["contest"], row["form"], row["region"], row["tps"])
        revision = int(row["revision"])
        if key not in self.heads or self.heads[key]["revision"] < revision:
            self.heads[key] = {
                "revision": revision,
                "figures": figures,
                "explained": EXPLANATION.findall(row.get("explanation") or ""),
                "stations_in": _int(row.get("stations_in")),
            }

    def expected(self) -> dict[str, Any]:
        """Everything that the published data must say."""
        found = sorted(self.findings())
        return {
            "election": self.told["id"],
            "forms": self.forms,
            "rows_without_figures": self.empty,
            "stations": sum(map(len, self.roster.values())),
            "heads": len(self.heads),
            "contests": {contest: self._contest(contest) for contest in self.tops},
            "findings": dict(Counter(rule for *_, rule, _child, _part, _explained in found)),
            "explained": sum(1 for *_, explained in found if explained),
            "each": [list(one) for one in found],
        }

    def _contest(self, contest: str) -> dict[str, Any]:
        top = self.tops[contest]
        stations, fields = self.sum_of(contest, top)
        expected = self.stations_of(top)
        received = sum(
            1
            for name, form, code, _ in self.heads
            if name == contest and form == "c_hasil" and _within(code, top)
        )
        certified = self.heads.get((contest, LEVEL_FORM[len(top)], top, ""))
        return {
            "received": received,
            "expected": expected,
            "missing": None if expected is None else max(expected - stations, 0),
            "sum": fields,
            "certified": certified and certified["figures"],
        }

    def stations_of(self, code: str) -> int | None:
        """Stations expected at or below a region; None where one kelurahan has no roster."""
        if len(code) == 13:
            return len(self.roster[code]) if code in self.roster else None
        below = [self.stations_of(kid) for kid in self.kids.get(code, [])]
        if not below or None in below:
            return None
        return sum(one for one in below if one is not None)

    def sum_of(self, contest: str, code: str) -> Sum:
        """The sum of the C forms below a region, or its running figure while that is larger."""
        stations = 0
        fields: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for count, some in self._parts(contest, code):
            stations += count
            for name, (value, reported) in some.items():
                fields[name][0] += value
                fields[name][1] += reported
        running = self.heads.get((contest, "summary", code, ""))
        if running and stations < running["stations_in"]:
            stations = running["stations_in"]
            return stations, {n: [value, stations] for n, value in running["figures"].items()}
        return stations, dict(fields)

    def _parts(self, contest: str, code: str) -> Iterator[Sum]:
        if len(code) < 13:
            for kid in self.kids.get(code, []):
                yield self.sum_of(contest, kid)
            return
        for tps in self._stations_with_forms(contest, code):
            figures = self.heads[contest, "c_hasil", code, tps]["figures"]
            yield 1, {name: [value, 1] for name, value in figures.items()}

    def _stations_with_forms(self, contest: str, code: str) -> list[str]:
        if not hasattr(self, "_by_region"):
            self._by_region: dict[tuple[str, str], list[str]] = defaultdict(list)
            for name, form, region, tps in self.heads:
                if form == "c_hasil":
                    self._by_region[name, region].append(tps)
        return self._by_region.get((contest, code), [])

    # ------------------------------------------------------------ findings of heads

    def findings(self) -> Iterator[tuple[str, ...]]:
        """(contest, form, region, tps, rule, child, part, text if explained) of each finding."""
        for (contest, form, code, tps), head in self.heads.items():
            if form == "summary":
                continue
            for rule, child, part in self._of_head(contest, form, code, head):
                told = any(_explains(one, rule, child, part) for one in head["explained"])
                yield contest, form, code, tps, rule, child, part, "yes" if told else ""

    def _of_head(
        self, contest: str, form: str, code: str, head: dict[str, Any]
    ) -> Iterator[tuple[str, str, str]]:
        figures, pairs = head["figures"], self.pairs[contest]
        for rule in broken(figures, pairs, station=form == "c_hasil"):
            yield rule, "", ""
        if form == "c_hasil":
            return
        columns = self.columns.get((contest, form, code))
        if columns:
            for child, cells in columns.items():
                for rule in broken(cells, pairs, station=False):
                    yield "X3", child, rule
                below = self._below(contest, form, code, child)
                if below and _differ(cells, below["figures"]):
                    yield "X1", child, ""
            if self._registered_children(form, code) not in (None, set(columns)):
                yield "X5", "", ""
        if self._sum_differs(contest, form, code, figures, columns):
            yield "X2", "", ""
        stations, fields = self.sum_of(contest, code)
        expected = self.stations_of(code)
        if expected is not None and stations >= expected:
            whole = {n: value for n, (value, reported) in fields.items() if reported == stations}
            if _differ(figures, whole):
                yield "D1", "", ""

    def _below(self, contest: str, form: str, code: str, child: str) -> dict[str, Any] | None:
        if form == "d_hasil_kelurahan":
            return self.heads.get((contest, "c_hasil", code, child))
        return self.heads.get((contest, BELOW[form], child, ""))

    def _registered_children(self, form: str, code: str) -> set[str] | None:
        if form == "d_hasil_kelurahan":
            return set(self.roster[code]) if code in self.roster else None
        return set(self.kids[code]) if self.kids.get(code) else None

    def _sum_differs(
        self,
        contest: str,
        form: str,
        code: str,
        figures: dict[str, int],
        columns: dict[str, Figures] | None,
    ) -> bool:
        """X2: totals against the own columns, and against the certified forms one level below."""
        if columns:
            for name, value in figures.items():
                cells = [column[name] for column in columns.values()]
                known = [cell for cell in cells if cell is not None]
                if len(known) == len(cells) and sum(known) != value:
                    return True
        if form == "d_hasil_kelurahan":
            return False
        kids = [self.heads.get((contest, BELOW[form], kid, "")) for kid in self.kids.get(code, [])]
        forms = [kid["figures"] for kid in kids if kid]
        if not kids or len(forms) < len(kids):
            return False
        return any(
            all(name in one for one in forms) and sum(one[name] for one in forms) != value
            for name, value in figures.items()
        )


def _differ(one: Figures, other: dict[str, int]) -> bool:
    return any(
        one[name] is not None and one[name] != value for name, value in other.items() if name in one
    )


def _explains(told: tuple[str, str, str], rule: str, child: str, part: str) -> bool:
    """Whether an explanation (rule, child, part) is about the whole finding."""
    if told[1] != child:
        return False
    if told[0] == rule:
        return told[2] in ("", part)
    return rule == "X3" and told[0] == part and told[2] == ""


def _within(code: str, top: str) -> bool:
    return code == top or code.startswith(f"{top}.")


def _int(cell: str | None) -> int | None:
    return int(cell) if cell else None


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


if __name__ == "__main__":
    sys.exit(main())
