"""One simulated election: contests, the forms of every station, the D forms above them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from scripts.simulation import papers
from scripts.simulation.papers import Figures, Sheet
from scripts.simulation.places import ZONES, Shape, invent
from scripts.simulation.rules import broken

D_FORMS: Final = {
    13: "d_hasil_kelurahan",
    8: "d_hasil_kecamatan",
    5: "d_hasil_kabko",
    2: "d_hasil_prov",
}
REASONS: Final = ("typing", "reading", "counting", "witness-objection", "supervisor-advice")
_FEW: Final = ("registered", "voted_listed", "valid", "invalid", "total")


@dataclass(slots=True)
class Row:
    """A row of forms.csv with its columns, if it is a D form that has them."""

    contest: str
    form: str
    region: str
    tps: str
    figures: Figures
    revision: int = 1
    count: str = "first"
    reason: str = ""
    explanation: str = ""
    columns: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contest:
    """One contest: who is elected where."""

    id: str
    office: str
    region: str
    pairs: int


class Simulation:
    """Everything that one folder says; every draw comes from the seed."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.id = f"simulasi-{shape.office}-{shape.seed}"
        self.rows: list[Row] = []
        self._rng = random.Random(f"simulasi {shape.seed}")
        self._mistakes = 0
        self.places = invent(shape, self._rng)
        self.contests = list(self._contests())
        for contest in self.contests:
            self._invent_papers(contest)

    def _contests(self) -> Iterator[Contest]:
        shape, province = self.shape, ZONES[self.shape.zone]
        kabko = next(code for code in sorted(self.places.names) if len(code) == 5)
        top = province if shape.office == "governor" else kabko
        yield Contest(f"{shape.office}-{top}", shape.office, top, shape.pairs)
        if shape.second and shape.office == "governor":
            yield Contest(f"regent-{kabko}", "regent", kabko, max(2, 7 - shape.pairs))
        elif shape.second:
            yield Contest(f"governor-{province}", "governor", province, max(2, 7 - shape.pairs))

    def _invent_papers(self, contest: Contest) -> None:
        """C forms of all stations, then D forms level by level from what is below."""
        heads: dict[str, dict[str, Figures]] = {}
        for village, stations in sorted(self.places.stations.items()):
            if not village.startswith(f"{contest.region}."):
                continue
            for tps, registered in stations.items():
                figures = self._station(contest, village, tps, registered)
                if figures:
                    heads.setdefault(village, {})[tps] = figures
        if not self.shape.sheets:
            return
        for length in D_FORMS:
            if length >= len(contest.region):
                heads = self._sheets(contest, heads, length)

    def _station(self, contest: Contest, village: str, tps: str, registered: int) -> Figures:
        """Write the rows of one station; return the figures in force, {} if it is missing."""
        shape, rng = self.shape, self._rng
        right = papers.correct(rng, contest.pairs, registered)
        row = Row(contest.id, "c_hasil", village, tps, self._kept(right))
        draw = rng.randrange(1000)
        if draw < shape.missing:
            if draw % 2:
                row.figures = {}
                self.rows.append(row)
            return {}
        if draw < shape.missing + shape.mistakes:
            row.figures = self._mistaken(right)
            if draw % 3 == 0:
                row.explanation = self._explained(row)
        elif draw < shape.missing + shape.mistakes + shape.revised:
            self._revise(row, self._mistaken(right), again=draw % 5 == 0)
        elif draw == 999:
            row.count = rng.choice(("recount", "repeat", "postponed"))
        self.rows.append(row)
        return row.figures

    def _revise(self, row: Row, before: Figures, *, again: bool) -> None:
        """Put one or two mistaken revisions before `row`."""
        for revision in (1, 2) if again else (1,):
            reason = self._rng.choice(REASONS) if revision > 1 else ""
            self.rows.append(
                Row(row.contest, row.form, row.region, row.tps, before, revision, reason=reason)
            )
        row.revision = self.rows[-1].revision + 1
        row.reason = self._rng.choice(("", *REASONS))

    def _mistaken(self, right: Figures) -> Figures:
        """The next mistake of the list, so that a large folder has them all."""
        self._mistakes += 1
        return self._kept(papers.mistaken(self._rng, right, self._mistakes))

    def _kept(self, figures: Figures) -> Figures:
        """What this simulated source reports: everything, or a few figures only."""
        if self.shape.fields == "all":
            return figures
        return {n: v for n, v in figures.items() if n in _FEW or n.startswith("pair_")}

    def _sheets(
        self, contest: Contest, below: dict[str, dict[str, Figures]], length: int
    ) -> dict[str, dict[str, Figures]]:
        """D forms of all regions with a code of `length`; some are missing, some are mistaken."""
        above: dict[str, dict[str, Figures]] = {}
        for code, children in sorted(below.items()):
            draw = self._rng.randrange(1000)
            if draw < self.shape.missing and length > len(contest.region):
                continue
            sheet = Sheet(children)
            if draw < self.shape.missing + self.shape.mistakes * 2:
                sheet.mistake(self._rng, draw)
            row = Row(contest.id, D_FORMS[length], code, "", sheet.figures)
            if draw % 4 or length <= 5:
                row.columns = sheet.columns
            if draw % 7 == 0:
                row.explanation = self._explained(row)
            self.rows.append(row)
            above.setdefault(code.rpartition(".")[0], {})[code] = row.figures
        return above

    def _explained(self, row: Row) -> str:
        """Explanations of everything that the paper breaks by itself."""
        pairs = next(contest.pairs for contest in self.contests if contest.id == row.contest)
        station = row.form == "c_hasil"
        told = [
            f"{rule}: demikian tertulis di kertas, dicatat sebagai kejadian khusus"
            for rule in broken(dict(row.figures), pairs, station=station)
        ]
        told += [
            f"X3/{child}/{rule}: sama dengan formulir di bawahnya"
            for child, cells in sorted(row.columns.items())
            for rule in broken(dict(cells), pairs, station=False)
        ]
        return "; ".join(told)
