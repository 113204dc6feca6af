"""Every total once more, the slow and plain way: from the signed figures upward.

Shares no code with the ledger's running sums. Which statement counts is the ledger's answer; what
it says is read from the entry that was signed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from rekap.audit import checks
from rekap.audit.texts import both
from rekap.audit.verdict import JSON, Report, Words
from rekap.core.ledger.logged import payload
from rekap.core.ledger.state import State
from rekap.core.statements import regions
from rekap.core.statements.model import FORM_OF_LEVEL, STATION_FORM

Fields = dict[str, list[int]]
Total = tuple[int, int, Fields]
"""Stations, those of them that are not expected, and {figure: [value, stations]}."""


def check_sums(state: State, report: Report) -> None:
    """Compare the sums of all regions with plain ones (V13) and put the results into the facts.

    So too how many stations the rosters make expected, and which of those counted are not.
    """
    contests: list[JSON] = []
    for election_id in (state.meta.get("elections") or {"ids": []})["ids"]:
        election = state.meta.get(f"election/{election_id}")
        rosters = _Rosters(state, election_id)
        _check_expected(state, election_id, rosters, report)
        for contest in election["contests"]:
            prefix = f"{election_id}/{contest['id']}/"
            expected = _sums(state, prefix, contest["region"], rosters, report)
            for key, record in state.totals.scan(prefix):
                _compare(key, expected.pop(key[len(prefix) :], _none()), record, report)
            for code, total in expected.items():
                _compare(
                    f"{prefix}{code}", total, {"counted": 0, "unlisted": 0, "figures": {}}, report
                )
            contests.append(_result(state, election, contest, rosters))
    report.facts["contests"] = contests


class _Rosters:
    """What the rosters of one election say: which is in force is the ledger's answer."""

    def __init__(self, state: State, election: str) -> None:
        self._tps: dict[str, set[str]] = {}
        self._children: dict[str, list[str]] = {}
        self._expected: dict[str, int | None] = {}
        for key, record in state.regions.scan(f"{election}/"):
            if "index" in record:
                fields = payload(state, record["index"])
                code = key.partition("/")[2]
                if "tps" in fields:
                    self._tps[code] = {one["number"] for one in fields["tps"]}
                else:
                    self._children[code] = [child["code"] for child in fields["children"]]

    def lists(self, code: str, tps: str = "") -> bool:
        """Tell whether a region below that of a contest, or a TPS of it, is in the roster in force
        that speaks for it: that of the region above.
        """
        if tps:
            return tps in self._tps.get(code, ())
        return code in self._children.get(code.rpartition(".")[0], ())

    def expected(self, code: str) -> int | None:
        """Return the stations that are expected at or below a region, None where none can say."""
        if code not in self._expected:
            known: int | None = len(self._tps[code]) if code in self._tps else None
            if code in self._children:
                parts = [self.expected(child) for child in self._children[code]]
                known = None if None in parts else sum(part or 0 for part in parts)
            self._expected[code] = known
        return self._expected[code]


def _check_expected(state: State, election: str, rosters: _Rosters, report: Report) -> None:
    for key, record in state.regions.scan(f"{election}/"):
        want = rosters.expected(key.partition("/")[2])
        found = None if record["unknown"] else record["expected"]
        if want != found:
            report.refute(checks.SUMS, key, f"{want} TPS", f"{found} TPS")


def _none() -> Total:
    return 0, 0, {}


def _sums(
    state: State, prefix: str, top: str, rosters: _Rosters, report: Report
) -> dict[str, Total]:
    """Return the total of the forms below each region, without its own `summary`."""
    totals: dict[str, Total] = {}
    for key, slot in state.slots.scan(f"{prefix}{STATION_FORM}/"):
        if slot.get("summed"):
            code, tps = key[len(prefix) :].split("/")[1:]
            figures = _figures(state, key, slot, report)
            off = int(not rosters.lists(code, tps))
            one = (1, off, {field: [value, 1] for field, value in figures.items()})
            totals[code] = _plus(totals.get(code, _none()), one)
    running: dict[str, Total] = {}
    for key, slot in state.slots.scan(f"{prefix}summary/"):
        if slot.get("head"):
            code = key[len(prefix) :].split("/")[1]
            fields = payload(state, slot["head_index"])
            count = fields["stations_in"]
            running[code] = (count, 0, {f: [v, count] for f, v in fields["figures"].items()})
    by_depth: dict[int, set[str]] = defaultdict(set)
    for code in (*totals, *running):
        for place in _upward(code, top):
            by_depth[place.count(".")].add(place)
    for depth in sorted(by_depth, reverse=True):
        for code in sorted(by_depth[depth]):
            total = totals.setdefault(code, _none())
            if code in running and total[0] < running[code][0]:
                total = running[code]
            if code != top:
                above = code.rpartition(".")[0]
                count, off, fields = total
                seen = (count, off if rosters.lists(code) else count, fields)
                totals[above] = _plus(totals.get(above, _none()), seen)
    return totals


def _upward(code: str, top: str) -> Iterator[str]:
    """Yield a region's code and those above it up to `top`."""
    yield code
    while code != top:
        code = code.rpartition(".")[0]
        yield code


def _figures(state: State, key: str, slot: Mapping[str, Any], report: Report) -> dict[str, int]:
    """Return the figures that the officers signed; the ledger's copy must be the same."""
    fields = payload(state, slot["head_index"])
    figures: dict[str, int] = fields["figures"]
    if figures != slot["figures"]:
        report.refute(
            checks.SUMS, f"entry {slot['head_index']}", f"{key}: {figures}", str(slot["figures"])
        )
    return figures


def _plus(left: Total, right: Total) -> Total:
    """Return the sum of two; `left` is used up."""
    count, off, fields = left
    for field, (value, reported) in right[2].items():
        pair = fields.get(field)
        if pair is None:
            fields[field] = [value, reported]
        else:
            pair[0] += value
            pair[1] += reported
    return count + right[0], off + right[1], fields


def _compare(key: str, want: Total, record: Mapping[str, Any], report: Report) -> None:
    found = (record["counted"], record["unlisted"], record["figures"])
    if want != found:
        report.refute(checks.SUMS, key, _told(want), _told(found))


def _told(total: Total) -> Words:
    count, off, fields = total
    return Words(*both("sums.tps_not_listed", count=count, off=off, fields=fields))


def _result(
    state: State, election: Mapping[str, Any], contest: Mapping[str, Any], rosters: _Rosters
) -> JSON:
    """Return what the verdict prints of a contest: the sum of its own region, what is missing."""
    top = contest["region"]
    record = state.totals.get(f"{election['id']}/{contest['id']}/{top}")
    expected = rosters.expected(top)
    count, fields, off = _counted(record)
    certified = _certified(state, election, contest)
    return {
        "election": election["id"],
        "contest": contest["id"],
        "region": top,
        "pairs": len(contest["pairs"]),
        "stations": {
            "counted": count,
            "expected": expected,
            "missing": None if expected is None else max(0, expected - (count - off)),
        },
        "sum": {field: pair[0] for field, pair in sorted(fields.items())},
        "certified": certified,
    }


def _counted(record: Mapping[str, Any] | None) -> tuple[int, Fields, int]:
    if record is None:
        return 0, {}, 0
    running = record.get("running")
    if running is not None and record["counted"] < running["counted"]:
        count = running["counted"]
        return count, {f: [v, count] for f, v in running["figures"].items()}, 0
    return record["counted"], record["figures"], record["unlisted"]


def _certified(
    state: State, election: Mapping[str, Any], contest: Mapping[str, Any]
) -> dict[str, int] | None:
    form = FORM_OF_LEVEL[regions.level(contest["region"])]
    slot = state.slots.get(f"{election['id']}/{contest['id']}/{form}/{contest['region']}")
    return dict(sorted(slot["figures"].items())) if slot and slot.get("head") else None
