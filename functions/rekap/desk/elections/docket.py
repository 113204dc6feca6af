"""What a folder says of decisions, cases and who is elected, held against itself.

The log takes any date and any place that a court is said to have named: whoever signs is
answerable. A folder is typed by hand, so what cannot be is refused here:

    before-decision      it is dated before the decision that it is about was announced
    before-registration  a case ended before the court took it
    decision-unknown     the folder has decisions of the contest, and none of this number
    region-unknown  station-unknown    a court names a place that the folder has not
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rekap.core.ledger import rulings
from rekap.core.statements import shapes
from rekap.desk.elections.decisions import ELECTED, RULINGS
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.values import Places

Stated = Mapping[str, Any]


def check(
    determinations: Iterable[Stated], decided: Mapping[str, Iterable[Stated]], ground: Places,
    problems: Problems,
) -> None:  # fmt: skip
    """Report what contradicts itself; every table is sound by itself already."""
    known: dict[str, dict[tuple[str, ...], str]] = {}
    for one in determinations:
        days = known.setdefault(one["contest"], {})
        days.setdefault(rulings.spelled(one["number"]), one["announced_at"][: shapes.DATE_LENGTH])
    taken: dict[tuple[str, tuple[str, ...]], str] = {}
    for at, one in enumerate(decided[RULINGS.table]):
        path = f"{RULINGS.table}.{at}"
        _check_decisions(path, one, known.get(one["contest"], {}), problems)
        _check_places(path, one, ground, problems)
        case = (one["contest"], rulings.spelled(one["number"]))
        if one["state"] == rulings.REGISTERED:
            taken[case] = one["date"]
        elif one["state"] != rulings.MISTAKEN and one["date"] < taken.get(case, ""):
            problems.add(
                RULINGS.name, 0, f"{path}.date", "before-registration", day=taken[case]
            )  # fmt: skip
    for at, one in enumerate(decided[ELECTED.table]):
        days = known.get(one["contest"], {})
        first = min(days.values(), default="")
        if one["announced_at"][: shapes.DATE_LENGTH] < first:
            path = f"{ELECTED.table}.{at}.announced_at"
            problems.add(ELECTED.name, 0, path, "before-decision", day=first)


def _check_decisions(
    path: str, one: Stated, days: Mapping[tuple[str, ...], str], problems: Problems
) -> None:
    """Hold a ruling against the decisions that it names, as far as the folder has them.

    A court may annul others besides, of pairs for instance: one that is known is enough.
    """
    annulled = [that["decision"] for that in one.get("annuls", ())]
    groups = [("annuls", annulled)] if annulled else []
    groups += [("against", [one["against"]])] if "against" in one else []
    for name, numbers in groups:
        found = [days[key] for key in map(rulings.spelled, numbers) if key in days]
        if days and not found:
            problems.add(
                RULINGS.name, 0, f"{path}.{name}", "decision-unknown", number="; ".join(numbers)
            )  # fmt: skip
        late = max(found, default="")
        if one["date"] < late:
            problems.add(RULINGS.name, 0, f"{path}.date", "before-decision", day=late)


def _check_places(path: str, one: Stated, ground: Places, problems: Problems) -> None:
    for where, place in rulings.places(one):
        code, _, tps = place.partition("/")
        if code not in ground.names:
            problems.add(RULINGS.name, 0, f"{path}.{where}", "region-unknown", code=code)
        elif tps and ground.has_roster and tps not in ground.stations.get(code, ()):
            problems.add(
                RULINGS.name, 0, f"{path}.{where}", "station-unknown", code=code, tps=tps
            )  # fmt: skip
