"""Statements that set up an election: `election` and `roster`.

Only what one payload shows by itself is checked here: who may say it, and whether it fits what was
said before, is for the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, UnsetType

from rekap.core.statements import kinds_people as people
from rekap.core.statements import model, regions, shapes
from rekap.core.statements.kinds_people import Keys, KeySet, Needed
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import (
    Date,
    Digest,
    FormName,
    Id,
    Level,
    Name,
    Natural,
    OfAnElection,
    PairNumber,
    Part,
    Place,
    Positive,
    Region,
    Text,
    Tps,
    among,
    integer,
    is_date,
    listed,
)


class Note(Part, frozen=True, kw_only=True):
    """What became of a pair, or of one of its two candidates, on a day, and who says so."""

    code: Annotated[str, among(model.NOTES)]
    date: Date
    source: Text
    who: Annotated[int, integer(1, 2)] | UnsetType = UNSET


class Pair(Part, frozen=True, kw_only=True):
    """A pair of candidates, or the empty column."""

    number: PairNumber
    names: Annotated[tuple[Name, ...], listed(2)] | UnsetType = UNSET
    empty_column: bool = False
    notes: Annotated[tuple[Note, ...], listed(10)] | UnsetType = UNSET


class Population(Part, frozen=True, kw_only=True):
    """Inhabitants of the contest's region."""

    value: Positive
    source: Text


class Margin(Part, frozen=True, kw_only=True):
    """Of a dispute at the constitutional court, in thousandths of the valid votes."""

    per_mille: Annotated[int, integer(0, 1000)]
    source: Text


class Follows(Part, frozen=True, kw_only=True):
    """The contest after which another is held, and why; without `election` of the same one."""

    contest: Id
    why: Annotated[str, among(model.FOLLOWS)]
    election: Id | UnsetType = UNSET


class Contest(Part, frozen=True, kw_only=True):
    """One office that is voted on."""

    id: Id
    office: Annotated[str, among(model.OFFICES)]
    region: Region
    win: Annotated[str, among(model.WINS)]
    pairs: Annotated[tuple[Pair, ...], listed(model.PAIRS_MAX)]
    date: Date | UnsetType = UNSET
    follows: Follows | UnsetType = UNSET
    population: Population | UnsetType = UNSET
    margin: Margin | UnsetType = UNSET
    source_forms: Annotated[tuple[FormName, ...], listed(len(model.FORMS))] | UnsetType = UNSET


class InBothLanguages(
    Part, rename={"indonesian": "id", "english": "en"}, frozen=True, kw_only=True
):
    """A name."""

    indonesian: Name
    english: Name


class PairRoot(Part, rename={"needed": "k"}, frozen=True, kw_only=True):
    """Keys that grant the witnesses of a pair."""

    number: PairNumber
    needed: Needed
    keys: Keys


class Roots(Part, frozen=True, kw_only=True):
    """Keys that the election goes back to."""

    kpu: KeySet
    bawaslu: KeySet | UnsetType = UNSET
    pairs: Annotated[tuple[PairRoot, ...], listed(model.PAIRS_MAX)] | UnsetType = UNSET


Threshold = Annotated[int, integer(1, 100)]
_POLICY: Final = shapes.closed({}, dict.fromkeys(model.THRESHOLDS, shapes.integer(1, 100)))
Policy = Annotated[
    dict[str, Threshold],
    Meta(
        min_length=1,
        extra={"check": _POLICY, "called": "object", "keys": tuple(model.THRESHOLDS)},
    ),
]
"""Thresholds by their names."""


class Election(OfAnElection, tag="election", frozen=True, kw_only=True):
    """An election with its contests and roots, or a later revision of it."""

    name: InBothLanguages
    date: Date
    timezone: Annotated[str, among(model.TIMEZONES)]
    contests: Annotated[tuple[Contest, ...], listed(600)]
    roots: Roots
    revision: Positive
    source: Text | UnsetType = UNSET
    policy: Policy | UnsetType = UNSET
    holidays: Annotated[tuple[Date, ...], listed(60)] | UnsetType = UNSET
    previous: Digest | UnsetType = UNSET


class Child(Part, frozen=True, kw_only=True):
    """A region that a roster names."""

    code: Region
    name: Name
    level: Level


class Station(Part, frozen=True, kw_only=True):
    """A TPS that a roster names, with the voters of its list."""

    number: Tps
    registered: Natural | UnsetType = UNSET


class Roster(OfAnElection, tag="roster", frozen=True, kw_only=True):
    """The regions directly below one, or the TPS of a kelurahan."""

    region: Place
    revision: Positive
    children: Annotated[tuple[Child, ...], listed(999)] | UnsetType = UNSET
    tps: Annotated[tuple[Station, ...], listed(999)] | UnsetType = UNSET
    previous: Digest | UnsetType = UNSET


def _is_reserved(name: str, reserved: frozenset[str]) -> bool:
    return name in reserved or re.search(model.FILE_NAME, name) is not None


def check_election(report: Report, fields: dict[str, Any]) -> None:
    """Ids are free, contests fit their office, pairs are numbered from 1, roots can sign."""
    if report.sound("policy") and not model.THRESHOLDS.keys() >= fields.get("policy", {}).keys():
        report.add("unknown-field", "policy")
    shapes.ask_again(report, fields, "date", is_date)
    if report.sound("election") and _is_reserved(fields["election"], model.RESERVED_ELECTIONS):
        report.add("reserved", "election")
    shapes.check_previous(report, fields)
    if report.sound("holidays"):
        _check_holidays(report, fields.get("holidays", []))
    if fields.get("policy") == {}:
        report.add("empty", "policy")
    _check_roots(report, fields.get("roots"))
    if not report.sound("contests"):
        return
    seen = set()
    for index, contest in enumerate(fields["contests"]):
        path = f"contests.{index}"
        if _is_reserved(contest["id"], model.RESERVED_CONTESTS):
            report.add("reserved", f"{path}.id")
        if contest["id"] in seen:
            report.add("repeated", f"{path}.id")
        seen.add(contest["id"])
        if regions.level(contest["region"]) != model.OFFICES[contest["office"]]:
            report.add("region-level", f"{path}.region")
        if not shapes.ascending(_places(contest.get("source_forms", []))):
            report.add("order", f"{path}.source_forms")
        _check_pairs(report, contest["pairs"], f"{path}.pairs")
        _check_follows(report, fields["contests"][:index], contest, path)
    _check_pair_roots(report, fields)


def _check_holidays(report: Report, days: list[str]) -> None:
    for at, day in enumerate(days):
        is_date(report, day, f"holidays.{at}")
    if not shapes.ascending(days):
        report.add("order", "holidays")


def _check_follows(
    report: Report, before: list[dict[str, Any]], contest: dict[str, Any], path: str
) -> None:
    """A contest follows one before it, of its office and region, that no other follows; it has a
    day of its own. What it follows of another election is for the ledger.
    """
    if "date" in contest:
        is_date(report, contest["date"], f"{path}.date")
    if "follows" not in contest:
        return
    follows = contest["follows"]
    elsewhere = "election" in follows
    if elsewhere == (follows["why"] == model.REPEAT_VOTE):
        report.add("value", f"{path}.follows.why")
    if elsewhere:
        named = [one["follows"] for one in before if "follows" in one]
        if any({**one, "why": follows["why"]} == follows for one in named):
            report.add("value", f"{path}.follows.contest")
        return
    if "date" not in contest:
        report.add("missing-field", f"{path}.date")
    named = contest["follows"]["contest"]
    own = [one for one in before if one["id"] == named]
    alike = own and all(own[0][name] == contest[name] for name in ("office", "region"))
    taken = any(follows_here(one) == named for one in before)
    if not alike or taken:
        report.add("value", f"{path}.follows.contest")


def follows_here(contest: Mapping[str, Any]) -> str | None:
    """Return the id of the contest of the same election that one follows."""
    follows = contest.get("follows", {})
    return None if "election" in follows else follows.get("contest")


def election_of_a_replay(report: Report, fields: dict[str, Any]) -> None:
    """Only a replay has its figures from a source."""
    if "source" in fields:
        report.add("replay-only", "source")
    for index, contest in enumerate(fields["contests"]):
        if "source_forms" in contest:
            report.add("replay-only", f"contests.{index}.source_forms")


def _places(forms: list[str]) -> list[int]:
    order = list(model.FORMS)
    return [order.index(form) for form in forms]


def _check_pairs(report: Report, pairs: list[dict[str, Any]], path: str) -> None:
    """Numbers are 1, 2, 3 …; each has names or is the empty column, of which there is one."""
    empty = 0
    for index, pair in enumerate(pairs):
        if pair["number"] != index + 1:
            report.add("order", f"{path}.{index}.number")
        for at, note in enumerate(pair.get("notes", ())):
            is_date(report, note["date"], f"{path}.{index}.notes.{at}.date")
            if note.get("who", 0) > len(pair.get("names", ())):
                report.add("range", f"{path}.{index}.notes.{at}.who")
        if "empty_column" in pair:
            empty += 1
            for name in ("names", "notes"):
                if name in pair:
                    report.add("unexpected-field", f"{path}.{index}.{name}")
            if empty > 1:
                report.add("repeated", f"{path}.{index}.empty_column")
        elif "names" not in pair:
            report.add("missing-field", f"{path}.{index}.names")


def _check_roots(report: Report, roots: Any) -> None:
    if type(roots) is not dict:
        return
    people.check_keyset(report, roots.get("kpu"), "roots.kpu")
    people.check_keyset(report, roots.get("bawaslu"), "roots.bawaslu")
    if type(roots.get("pairs")) is list:
        for index, keyset in enumerate(roots["pairs"]):
            people.check_keyset(report, keyset, f"roots.pairs.{index}")
    if report.sound("roots"):
        keysets = [roots["kpu"], roots.get("bawaslu", {"keys": []}), *roots.get("pairs", [])]
        keys = [key["key"] for keyset in keysets for key in keyset["keys"]]
        if len(set(keys)) != len(keys):
            report.add("repeated", "roots")


def _check_pair_roots(report: Report, fields: dict[str, Any]) -> None:
    if not report.sound("roots", "contests"):
        return
    numbers = [keyset["number"] for keyset in fields["roots"].get("pairs", [])]
    if not shapes.ascending(numbers):
        report.add("order", "roots.pairs")
    known = max(len(contest["pairs"]) for contest in fields["contests"])
    for index, number in enumerate(numbers):
        if number > known:
            report.add("pairs", f"roots.pairs.{index}.number")


def check_roster(report: Report, fields: dict[str, Any]) -> None:
    """A kelurahan lists its TPS, any other region the regions directly below it.

    The country lists the top regions of the election: provinces, or kab/kota where the province
    itself has no page.
    """
    shapes.check_previous(report, fields)
    if not report.sound("region"):
        return
    parent = fields["region"]
    stations = regions.child_level(parent) == "tps"
    wanted, other = ("tps", "children") if stations else ("children", "tps")
    if wanted not in fields:
        report.add("missing-field", wanted)
    if other in fields:
        report.add("unexpected-field", other)
    if not report.sound(wanted):
        return
    if stations:
        if not shapes.ascending([station["number"] for station in fields["tps"]]):
            report.add("order", "tps")
        return
    codes = [child["code"] for child in fields["children"]]
    if not shapes.ascending(codes):
        report.add("order", "children")
    for index, child in enumerate(fields["children"]):
        code = child["code"]
        top = parent == regions.COUNTRY and regions.depth(code) <= 2
        if regions.parent(code) != parent and not (top and regions.parent(code) not in codes):
            report.add("region", f"children.{index}.code")
        elif child["level"] != regions.level(code):
            report.add("region-level", f"children.{index}.level")
