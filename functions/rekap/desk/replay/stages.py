"""The order of a replay: stages, cut into waves of at most 256 statements.

 1. `log`, then `publication`
 2. then for each folder, in the order of the command line:
    election
    roster of the country; of provinces
    keys of provincial KPU           signed by the root, only if a contest is of a province
    rosters of kab/kota              signed by the provincial KPU, or the root in its place
    keys of KPU kab/kota
    rosters of kecamatan; of kelurahan
    keys of PPK; of KPPS
    forms by depth from the TPS upward and by revision
    determinations and rulings about each contest, one after another

Whoever signs a statement has keys in the log before it, and what a statement names is there too: a
wave is published before the next is sent, and inside one the log orders by leaf. Therefore no two
stages share a wave, and two revisions of a form never stand in one stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice, zip_longest
from operator import itemgetter
from typing import Any, Final

from rekap.core.statements import model, regions
from rekap.desk.elections.rosters import rostered
from rekap.desk.elections.values import Election, Paper
from rekap.desk.replay.persons import Persons
from rekap.desk.replay.statements import ElectionWriter, Writer

WAVE: Final = 256
_RANKS: Final = {form: rank for rank, form in enumerate(model.FORMS) if form != model.SUMMARY}


@dataclass(frozen=True, slots=True)
class Wave:
    """Statements that are sent, ordered and published together; `number` counts from 1."""

    number: int
    stage: str
    envelopes: tuple[bytes, ...]


def waves(
    writer: Writer, elections: Iterable[Election], release: str, *, fixed: bool
) -> Iterator[Wave]:
    """Every wave of a replay, written and signed when it is asked for."""
    number = 0
    for name, statements in _stages(writer, elections, release, fixed=fixed):
        each = iter(statements)
        while envelopes := tuple(islice(each, WAVE)):
            number += 1
            yield Wave(number, name, envelopes)


def _stages(
    writer: Writer, elections: Iterable[Election], release: str, *, fixed: bool
) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "log", (writer.log() for _ in range(1))
    yield "publication", (writer.publication(release, fixed=fixed) for _ in range(1))
    for election in elections:
        desk = ElectionWriter(writer, election, Persons(writer.seed, election))
        yield f"{election.id} election", (desk.election_statement() for _ in range(1))
        yield from _people_and_places(desk)
        yield from _forms(desk)
        for decided in _decisions(election):
            kind = "ruling" if any("state" in one for one in decided) else "determination"
            yield f"{election.id} {kind}", map(desk.decision, decided)


def _decisions(election: Election) -> Iterator[list[dict[str, Any]]]:
    """Yield the first decision about each contest, then the second one, and so on.

    Decisions are determinations and rulings by their days; of one day the determination is first.
    """
    decided = [
        *((one["announced_at"][:10], one) for one in election.determinations),
        *((one["date"], one) for one in election.rulings),
    ]
    by_contest: dict[str, list[dict[str, Any]]] = {}
    for _, one in sorted(decided, key=itemgetter(0)):
        by_contest.setdefault(one["contest"], []).append(one)
    for step in zip_longest(*by_contest.values()):
        yield [one for one in step if one is not None]


def _people_and_places(desk: ElectionWriter) -> Iterator[tuple[str, Iterable[bytes]]]:
    by_depth = {
        depth: list(codes)
        for depth, codes in groupby(rostered(desk.election.places), key=regions.depth)
    }

    def rosters(depth: int) -> tuple[str, Iterable[bytes]]:
        level = model.LEVELS[depth - 1] if depth else regions.COUNTRY
        return f"{desk.election.id} roster {level}", map(desk.roster, by_depth.get(depth, ()))

    def grants(body: str) -> tuple[str, Iterable[bytes]]:
        return f"{desk.election.id} grant {body}", map(desk.grant, desk.persons.offices(body))

    yield rosters(0)
    yield rosters(1)
    yield grants("kpu_prov")
    yield rosters(2)
    yield grants("kpu_kabko")
    yield rosters(3)
    yield rosters(4)
    yield grants("ppk")
    yield grants("kpps")


def _forms(desk: ElectionWriter) -> Iterator[tuple[str, Iterable[bytes]]]:
    papers = sorted(desk.election.papers, key=_place)
    for (_, revision), some in groupby(papers, key=_stage):
        together = list(some)
        forms = "+".join(sorted({paper.form for paper in together}))
        yield f"{desk.election.id} {forms} {revision}", map(desk.form, together)


def rank(paper: Paper) -> int:
    """Levels above the TPS: 0 for a C form, 4 for a province; a running figure has its region's."""
    if paper.form == model.SUMMARY:
        return len(model.LEVELS) + 1 - regions.depth(paper.region)
    return _RANKS[paper.form]


def _stage(paper: Paper) -> tuple[int, int]:
    return rank(paper), paper.revision


def _place(paper: Paper) -> tuple[int, int, str, str, str, str]:
    return (*_stage(paper), paper.contest, paper.region, paper.tps or "", paper.form)
