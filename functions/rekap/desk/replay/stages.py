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

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby, islice, starmap, zip_longest
from operator import itemgetter
from typing import Any, Final, TypeAlias

from rekap.core.ledger import rulings
from rekap.core.ledger.readiness import RETURNED
from rekap.core.statements import model, regions
from rekap.core.statements.kinds_election import follows_here
from rekap.desk.elections.rosters import rostered
from rekap.desk.elections.values import Election, Paper
from rekap.desk.replay.persons import Persons
from rekap.desk.replay.statements import ElectionWriter, Writer

WAVE: Final = 256
_RIVAL: Final = " rival"
_AGAIN: Final = frozenset({"recount", "repeat", "court"})
"""Counts of what was voted or counted before."""
Decision: TypeAlias = tuple[str, dict[str, Any]]
"""Kind of a statement about a contest, and its fields as a folder has them."""
_ACTING: Final = "acting"
_NOTES: Final = "notes"
"""They stand in place of a kind: another does the work of an office; the election is said anew,
with what became of pairs.
"""
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
        for generation, contests in enumerate(_generations(election)):
            yield _said_anew(desk, contests)
            if not generation:
                yield from _people_and_places(desk)
            yield _prepared(desk, generation, model.ARRIVED)
            for number, (papers, decisions) in enumerate(_rounds(election, contests)):
                copies = [*_copies(election, contests, papers, first=not number)]
                yield f"{election.id} copy", (desk.copy(one) for one in copies if one["before"])
                if not number:
                    early = [one for name in contests for one in _acted(election, name, early=True)]
                    yield from _acting(desk, early)
                yield from _forms(desk, papers)
                yield f"{election.id} copy", (desk.copy(one) for one in copies if not one["before"])
                if not number:
                    yield _prepared(desk, generation, RETURNED)
                    yield from _recommended(desk, contests)
                    yield from _objected(desk, contests)
                    yield from _shown(desk, contests)
                for step in decisions:
                    decided = [one for one in step if one[0] not in (_NOTES, _ACTING)]
                    kinds = "+".join(sorted({kind for kind, _ in decided}))
                    yield f"{election.id} {kinds}", starmap(desk.decision, decided)
                    days = [one["date"] for kind, one in step if kind == _NOTES]
                    if days:
                        yield _said_anew(desk, (), max(days))
                    yield from _acting(desk, [one for kind, one in step if kind == _ACTING])
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
    begun = {name: n for n, some in enumerate(_generations(desk.election)) for name in some}
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


def _generations(election: Election) -> Iterator[list[str]]:
    """Yield the ids of the contests that follow no other, then of those that follow them, …"""
    follows = {one["id"]: follows_here(one) for one in election.settings["contests"]}
    before: list[str | None] = [None]
    while before:
        now = [one for one, named in follows.items() if named in before]
        if now:
            yield now
        before = [*now]


def _rounds(
    election: Election, contests: Iterable[str]
) -> Iterator[tuple[list[Paper], Iterator[list[Decision]]]]:
    """Yield the forms that came before the first determination of their contests, then what was
    decided up to the second ones, then the forms that came between, and so on; at the end those of
    a court's order that no determination followed yet.
    """
    decided = {contest: _decisions(election, contest) for contest in contests}
    papers = _by_round(election, decided)
    for number in range(max(*map(len, decided.values()), *(last + 1 for last in papers), 0)):
        parts = (each[number] for each in decided.values() if number < len(each))
        together = ([one for one in step if one is not None] for step in zip_longest(*parts))
        yield papers.get(number, []), together


def _decisions(election: Election, contest: str) -> list[list[Decision]]:
    """What was decided about a contest by its days, one list for each determination and what
    followed it; of one day the determination is first, then rulings. What is said of one case keeps
    the order of its file: a correction, or that it was a mistake, may have an earlier date.
    """
    decided = [
        *((one["announced_at"][:10], ("determination", one)) for one in election.determinations),
        *_ruled(election.rulings),
        *((one["announced_at"][:10], ("elected", one)) for one in election.elected),
        *((day, (_NOTES, {"contest": contest, "date": day})) for day in _noted(election, contest)),
        *(
            (one["date"], (_ACTING, {**one, "contest": contest}))
            for one in _acted(election, contest, early=False)
        ),
    ]
    parts: list[list[Decision]] = [[]]
    for _, (kind, one) in sorted(decided, key=itemgetter(0)):
        if one["contest"] != contest:
            continue
        if kind == "determination" and any(said == kind for said, _ in parts[-1]):
            parts.append([])
        parts[-1].append((kind, one))
    return parts


def _acted(election: Election, contest: str, *, early: bool) -> Iterator[dict[str, Any]]:
    """Yield who does the work of an office in the first contest that holds its region: `early`
    those from a day before that of its first determination on, who sign what that rests on.
    """
    days = [one["announced_at"] for one in election.determinations if one["contest"] == contest]
    first = min(days, default="")[:10]
    for one in election.acting:
        if (one["date"] < first) != early:
            continue
        holding = (
            name
            for name, own in election.contests.items()
            if regions.is_within(one["region"], own["region"])
        )
        if next(holding, None) == contest:
            yield one


def _noted(election: Election, contest: str) -> list[str]:
    """The days after its vote on which something was said of a pair of a contest."""
    own = election.contests[contest]
    voted = own.get("date", election.settings["date"])
    notes = (note["date"] for pair in own["pairs"] for note in pair.get("notes", ()))
    return sorted({day for day in notes if day > voted})


def _ruled(said: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Decision]]:
    """Yield each ruling with its day, none before that of one above it about the same case."""
    days: dict[tuple[str, tuple[str, ...]], str] = {}
    for one in said:
        case = (one["contest"], rulings.spelled(one["number"]))
        days[case] = max(one["date"], days.get(case, ""))
        yield days[case], ("ruling", one)


def _by_round(
    election: Election, decided: Mapping[str, list[list[Decision]]]
) -> dict[int, list[Paper]]:
    """The forms of each round: certificates of a contest by the determinations that name them,
    others by how often their place voted or counted again, on advice of a supervisor at once. What
    a court had done again and nobody determined since comes behind all that was decided.
    """
    rounds: dict[int, list[Paper]] = {}
    again: Counter[object] = Counter()
    regions_of = {one["id"]: one["region"] for one in election.settings["contests"]}
    own = [paper for paper in election.papers if paper.contest in decided]
    for paper in sorted(own, key=lambda paper: paper.revision):
        reason = (paper.reason or {}).get("code")
        again[paper.slot] += paper.count in _AGAIN and reason != "supervisor-advice"
        number, named = again[paper.slot], _certificates(decided[paper.contest])
        if paper.form in model.SHEETS and paper.region == regions_of[paper.contest] and named:
            number = sum(paper.revision > one for one in named)
        parts = decided[paper.contest]
        last = len(parts) - 1 + (reason == "court" and any(map(_is_granted, parts[-1])))
        rounds.setdefault(min(number, last), []).append(paper)
    return rounds


def _is_granted(decision: Decision) -> bool:
    kind, said = decision
    return kind == "ruling" and said["state"] in model.GRANTS


def _certificates(parts: list[list[Decision]]) -> list[int]:
    """The revision that the determination of each round names; none if one names none itself."""
    determined = [one for part in parts for kind, one in part if kind == "determination"]
    named = [one["certificate"] for one in determined if "certificate" in one]
    return named if len(named) == len(determined) else []


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
