"""Which forms and decisions of a folder belong together: a round for each determination.

Contests that follow another come after it; what was voted or counted again comes behind what
ordered it, and the forms of a round before what was decided by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from operator import itemgetter
from typing import Any, Final, TypeAlias

from rekap.core.ledger import rulings
from rekap.core.statements import model, regions
from rekap.core.statements.kinds_election import follows_here
from rekap.desk.elections.values import Election, Paper

_AGAIN: Final = frozenset({"recount", "repeat", "court"})
"""Counts of what was voted or counted before."""
Decision: TypeAlias = tuple[str, dict[str, Any]]
"""Kind of a statement about a contest, and its fields as a folder has them."""
ACTING: Final = "acting"
NOTES: Final = "notes"
"""They stand in place of a kind: another does the work of an office; the election is said anew,
with what became of pairs.
"""


def generations(election: Election) -> Iterator[list[str]]:
    """Yield the ids of the contests that follow no other, then of those that follow them, …"""
    follows = {one["id"]: follows_here(one) for one in election.settings["contests"]}
    before: list[str | None] = [None]
    while before:
        now = [one for one, named in follows.items() if named in before]
        if now:
            yield now
        before = [*now]


def rounds(
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
        *((day, (NOTES, {"contest": contest, "date": day})) for day in _noted(election, contest)),
        *(
            (one["date"], (ACTING, {**one, "contest": contest}))
            for one in acted(election, contest, early=False)
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


def acted(election: Election, contest: str, *, early: bool) -> Iterator[dict[str, Any]]:
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
    found: dict[int, list[Paper]] = {}
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
        found.setdefault(min(number, last), []).append(paper)
    return found


def _is_granted(decision: Decision) -> bool:
    kind, said = decision
    return kind == "ruling" and said["state"] in model.GRANTS


def _certificates(parts: list[list[Decision]]) -> list[int]:
    """The revision that the determination of each round names; none if one names none itself."""
    determined = [one for part in parts for kind, one in part if kind == "determination"]
    named = [one["certificate"] for one in determined if "certificate" in one]
    return named if len(named) == len(determined) else []
