"""Statements that set up an election: `election` and `roster`.

Only what one payload shows by itself is checked here: who may say it, and whether it fits what was
said before, is for the ledger.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from rekap.core.statements import kinds_people as people
from rekap.core.statements import model, regions, shapes
from rekap.core.statements.shapes import Report, array, closed, integer, one_of, spelled, text

_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_SOURCED: Final = text()
_PAIR: Final = closed(
    {"number": integer(1, model.PAIRS_MAX)},
    {
        "names": array(text(shapes.NAME_MAX), 2),
        "empty_column": shapes.true,
        "withdrawn": shapes.true,
    },
)
_CONTEST: Final = closed(
    {
        "id": shapes.identifier,
        "office": one_of(model.OFFICES),
        "region": shapes.region,
        "win": one_of(model.WINS),
        "pairs": array(_PAIR, model.PAIRS_MAX),
    },
    {
        "population": closed({"value": integer(1), "source": _SOURCED}),
        "margin": closed({"per_mille": integer(0, 1000), "source": _SOURCED}),
        "source_forms": array(one_of(model.FORMS), len(model.FORMS)),
    },
)
election_fields: Final = closed(
    {
        **shapes.OF_AN_ELECTION,
        "name": closed({"id": text(shapes.NAME_MAX), "en": text(shapes.NAME_MAX)}),
        "date": spelled(_is_date, "date"),
        "timezone": one_of(model.TIMEZONES),
        "contests": array(_CONTEST, 600),
        "roots": closed(
            {"kpu": closed(people.KEYSET)},
            {
                "bawaslu": closed(people.KEYSET),
                "pairs": array(
                    closed({"number": integer(1, model.PAIRS_MAX), **people.KEYSET}),
                    model.PAIRS_MAX,
                ),
            },
        ),
        "revision": integer(1),
    },
    {
        "source": _SOURCED,
        "policy": closed({}, dict.fromkeys(model.THRESHOLDS, integer(1, 100))),
        "previous": shapes.digest,
    },
)


def check_election(report: Report, fields: dict[str, Any]) -> None:
    """Ids are free, contests fit their office, pairs are numbered from 1, roots can sign."""
    if report.sound("election") and fields["election"] in model.RESERVED_ELECTIONS:
        report.add("reserved", "election")
    shapes.check_previous(report, fields)
    if fields.get("policy") == {}:
        report.add("empty", "policy")
    _check_roots(report, fields.get("roots"))
    if not report.sound("contests"):
        return
    seen = set()
    for index, contest in enumerate(fields["contests"]):
        path = f"contests.{index}"
        if contest["id"] in model.RESERVED_CONTESTS:
            report.add("reserved", f"{path}.id")
        if contest["id"] in seen:
            report.add("repeated", f"{path}.id")
        seen.add(contest["id"])
        if regions.level(contest["region"]) != model.OFFICES[contest["office"]]:
            report.add("region-level", f"{path}.region")
        if not shapes.ascending(_places(contest.get("source_forms", []))):
            report.add("order", f"{path}.source_forms")
        _check_pairs(report, contest["pairs"], f"{path}.pairs")
    _check_pair_roots(report, fields)


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
        if "empty_column" in pair:
            empty += 1
            for name in ("names", "withdrawn"):
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


def _is_region_or_country(value: str) -> bool:
    return value == regions.COUNTRY or regions.is_code(value)


roster_fields: Final = closed(
    {
        **shapes.OF_AN_ELECTION,
        "region": spelled(_is_region_or_country),
        "revision": integer(1),
    },
    {
        "children": array(
            closed(
                {
                    "code": shapes.region,
                    "name": text(shapes.NAME_MAX),
                    "level": one_of(model.LEVELS),
                }
            ),
            999,
        ),
        "tps": array(closed({"number": shapes.tps}, {"registered": integer(0)}), 999),
        "previous": shapes.digest,
    },
)


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
