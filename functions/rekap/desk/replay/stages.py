"""The order of a replay: stages, cut into waves of at most 256 statements.

 1. `log`, then `publication`
 2. then for each folder, in the order of the command line:
    election
    roster of the country; of provinces
    keys of provincial KPU           signed by the root, only if a contest is of a province
    rosters of kab/kota              signed by the provincial KPU, or the root in its place
    keys of KPU kab/kota
    rosters of kecamatan; of kelurahan
    keys of PPK; of PPS; of KPPS; of supervisors, witnesses, observers
    what TPS had on the eve
    forms by depth from the TPS upward and by revision
    copies; what came back from TPS; recommendations, and what was done about them;
                                     objections, events and answers; pictures, what is withheld
    determinations, rulings and who is elected, for each contest one after another
    where a contest is determined again: the forms that came between, what was decided then

Whoever signs a statement has keys in the log before it, and what a statement names is there too: a
wave is published before the next is sent, and inside one the log orders by leaf. Therefore no two
stages share a wave, and two revisions of a form never stand in one stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby, islice, starmap
from typing import Any, Final

from rekap.core.ledger.readiness import RETURNED
from rekap.core.statements import model, regions
from rekap.desk.elections.rosters import rostered
from rekap.desk.elections.values import Election, Paper
from rekap.desk.replay import rounds
from rekap.desk.replay.persons import Persons
from rekap.desk.replay.statements import ElectionWriter, Writer

WAVE: Final = 256
_RIVAL: Final = " rival"
_RANKS: Final = {form: rank for rank, form in enumerate(model.FORMS) if form != model.SUMMARY}


@dataclass(frozen=True, slots=True)
class Wave:
    """Statements that are sent, ordered and published together; `number` counts from 1."""

    number: int
    stage: str
    envelopes: tuple[bytes, ...]

    @property
    def insists(self) -> bool:
        """Whether its forms stand beside others that count, as the folder says."""
        return self.stage.endswith(_RIVAL)


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
        for generation, contests in enumerate(rounds.generations(election)):
            yield _said_anew(desk, contests)
            if not generation:
                yield from _people_and_places(desk)
            yield _prepared(desk, generation, model.ARRIVED)
            for number, (papers, decisions) in enumerate(rounds.rounds(election, contests)):
                copies = [*_copies(election, contests, papers, first=not number)]
                yield f"{election.id} copy", (desk.copy(one) for one in copies if one["before"])
                if not number:
                    early = (rounds.acted(election, name, early=True) for name in contests)
                    yield from _acting(desk, [*chain.from_iterable(early)])
                yield from _forms(desk, papers)
                yield f"{election.id} copy", (desk.copy(one) for one in copies if not one["before"])
                if not number:
                    yield _prepared(desk, generation, RETURNED)
                    yield from _recommended(desk, contests)
                    yield from _objected(desk, contests)
                    yield from _shown(desk, contests)
                for step in decisions:
                    decided = [one for one in step if one[0] not in (rounds.NOTES, rounds.ACTING)]
                    kinds = "+".join(sorted({kind for kind, _ in decided}))
                    yield f"{election.id} {kinds}", starmap(desk.decision, decided)
                    days = [one["date"] for kind, one in step if kind == rounds.NOTES]
                    if days:
                        yield _said_anew(desk, (), max(days))
                    yield from _acting(desk, [one for kind, one in step if kind == rounds.ACTING])
        yield from _withheld(desk)


def _acting(
    desk: ElectionWriter, said: list[dict[str, Any]]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    if said:
        yield f"{desk.election.id} acting", chain.from_iterable(map(desk.acting, said))


def _said_anew(
    desk: ElectionWriter, contests: Iterable[str], until: str = ""
) -> tuple[str, Iterable[bytes]]:
    return f"{desk.election.id} election", (
        desk.election_statement(contests, until) for _ in range(1)
    )


def _copies(
    election: Election, contests: Iterable[str], papers: Iterable[Paper], *, first: bool
) -> Iterator[dict[str, Any]]:
    """Yield the copies of the forms of a round; those of no form at all in the first one."""
    own = {(paper.contest, paper.region, paper.tps, paper.count) for paper in papers}
    known = {(paper.contest, paper.region, paper.tps, paper.count) for paper in election.papers}
    for one in election.copies:
        key = one["contest"], one["region"], one["tps"], one["count"]
        if one["contest"] in contests and (key in own or (first and key not in known)):
            yield one


def _prepared(desk: ElectionWriter, generation: int, step: str) -> tuple[str, Iterable[bytes]]:
    """What was said of TPS of which every contest whose ballots arrived has begun by now."""
    begun = {name: n for n, some in enumerate(rounds.generations(desk.election)) for name in some}
    said = desk.election.readiness
    last = {
        (one["region"], one["tps"]): max(begun[sheets["contest"]] for sheets in one["ballots"])
        for one in said if one["step"] == model.ARRIVED
    }  # fmt: skip
    now = [
        one for one in said
        if one["step"] == step and last.get((one["region"], one["tps"]), 0) == generation
    ]  # fmt: skip
    return f"{desk.election.id} readiness {step}", map(desk.readiness, now)


def _recommended(
    desk: ElectionWriter, contests: Iterable[str]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    said = [one for one in desk.election.recommendations if one["contest"] in contests]
    yield f"{desk.election.id} recommendation", map(desk.recommendation, said)
    answered = [one for one in said if one["response"] is not None]
    yield f"{desk.election.id} response", map(desk.response, answered)


def _objected(
    desk: ElectionWriter, contests: Iterable[str]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    said = [one for one in desk.election.incidents if one["contest"] in contests]
    yield f"{desk.election.id} incident", map(desk.incident, said)
    answered = [one for one in said if one["outcome"] is not None]
    yield f"{desk.election.id} answer", map(desk.answer, answered)


def _shown(desk: ElectionWriter, contests: Iterable[str]) -> Iterator[tuple[str, Iterable[bytes]]]:
    said = [one for one in desk.election.pictures if one["contest"] in contests]
    yield f"{desk.election.id} pictures", map(desk.pictures, said)


def _withheld(desk: ElectionWriter) -> Iterator[tuple[str, Iterable[bytes]]]:
    """What is said of digests, in the order of the folder: one of a digest continues another."""
    for one in desk.election.withheld:
        yield f"{desk.election.id} withhold", map(desk.withhold, [one])


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
    yield grants("pps")
    yield grants("kpps")
    for body in (*model.SUPERVISORS, "saksi", "pemantau"):
        yield grants(body)


def _forms(desk: ElectionWriter, papers: Iterable[Paper]) -> Iterator[tuple[str, Iterable[bytes]]]:
    for (_, revision, rival), some in groupby(sorted(papers, key=_place), key=_stage):
        together = list(some)
        forms = "+".join(sorted({paper.form for paper in together}))
        name = f"{desk.election.id} {forms} {revision}{_RIVAL if rival else ''}"
        yield name, map(desk.form, together)


def rank(paper: Paper) -> int:
    """Levels above the TPS: 0 for a C form, 4 for a province; a running figure has its region's."""
    if paper.form == model.SUMMARY:
        return len(model.LEVELS) + 1 - regions.depth(paper.region)
    return _RANKS[paper.form]


def _stage(paper: Paper) -> tuple[int, int, bool]:
    return rank(paper), paper.revision, paper.rival


def _place(paper: Paper) -> tuple[int, int, bool, str, str, str, str]:
    return (*_stage(paper), paper.contest, paper.region, paper.tps or "", paper.form)
