"""Every total once more, the slow and plain way: from the signed figures upward.

Shares no code with the ledger's running sums. Which statement counts is the ledger's answer; what
it says is read from the entry that was signed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from rekap.audit import checks
from rekap.audit.verdict import JSON, Report
from rekap.core.ledger.logged import payload
from rekap.core.ledger.state import State

Fields = dict[str, list[int]]
Total = tuple[int, Fields]


def check_sums(state: State, report: Report) -> None:
    """Compare the sums of all regions with plain ones (V13) and put the results into the facts."""
    contests: list[JSON] = []
    for election_id in (state.meta.get("elections") or {"ids": []})["ids"]:
        election = state.meta.get(f"election/{election_id}")
        for contest in election["contests"]:
            prefix = f"{election_id}/{contest['id']}/"
            expected = _sums(state, prefix, contest["region"], report)
            for key, record in state.totals.scan(prefix):
                _compare(key, expected.pop(key[len(prefix) :], (0, {})), record, report)
            for code, total in expected.items():
                _compare(f"{prefix}{code}", total, {"n": 0, "f": {}}, report)
            contests.append(_result(state, election, contest))
    report.facts["contests"] = contests


def _sums(state: State, prefix: str, top: str, report: Report) -> dict[str, Total]:
    """Return {region: (stations, fields)} of the forms below each region, without its `summary`."""
    totals: dict[str, Total] = {}
    for key, slot in state.slots.scan(f"{prefix}c_hasil/"):
        if slot.get("summed"):
            code = key[len(prefix) :].split("/")[1]
            figures = _figures(state, key, slot, report)
            one = (1, {field: [value, 1] for field, value in figures.items()})
            totals[code] = _plus(totals.get(code, (0, {})), one)
    running: dict[str, Total] = {}
    for key, slot in state.slots.scan(f"{prefix}summary/"):
        if slot.get("head"):
            code = key[len(prefix) :].split("/")[1]
            fields = payload(state, slot["head_index"])
            count = fields["stations_in"]
            running[code] = (count, {f: [v, count] for f, v in fields["figures"].items()})
    by_depth: dict[int, set[str]] = defaultdict(set)
    for code in (*totals, *running):
        for place in _upward(code, top):
            by_depth[place.count(".")].add(place)
    for depth in sorted(by_depth, reverse=True):
        for code in sorted(by_depth[depth]):
            total = totals.setdefault(code, (0, {}))
            if code in running and total[0] < running[code][0]:
                total = running[code]
            if code != top:
                above = code.rpartition(".")[0]
                totals[above] = _plus(totals.get(above, (0, {})), total)
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
    count, fields = left
    for field, (value, reported) in right[1].items():
        pair = fields.get(field)
        if pair is None:
            fields[field] = [value, reported]
        else:
            pair[0] += value
            pair[1] += reported
    return count + right[0], fields


def _compare(key: str, want: Total, record: Mapping[str, Any], report: Report) -> None:
    if want != (record["n"], record["f"]):
        report.refute(
            checks.SUMS, key, f"{want[0]} TPS {want[1]}", f"{record['n']} TPS {record['f']}"
        )


def _result(state: State, election: Mapping[str, Any], contest: Mapping[str, Any]) -> JSON:
    """Return what the verdict prints of a contest: the sum of its own region, what is missing."""
    top = contest["region"]
    record = state.totals.get(f"{election['id']}/{contest['id']}/{top}")
    place = state.regions.get(f"{election['id']}/{top}")
    expected = None if place is None or place["unk"] else place["exp"]
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
    running = record.get("sum")
    if running is not None and record["n"] < running["n"]:
        count = running["n"]
        return count, {f: [v, count] for f, v in running["f"].items()}, 0
    return record["n"], record["f"], record["off"]


def _certified(
    state: State, election: Mapping[str, Any], contest: Mapping[str, Any]
) -> dict[str, int] | None:
    form = "d_hasil_prov" if "." not in contest["region"] else "d_hasil_kabko"
    slot = state.slots.get(f"{election['id']}/{contest['id']}/{form}/{contest['region']}")
    return dict(sorted(slot["figures"].items())) if slot and slot.get("head") else None
