"""Figures as pages show them: certified and sum side by side, the ladder, what a result says.

Integers only; a share is drawn from two integers by a template filter.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

from rekap.core.ledger import rosters, totals
from rekap.core.ledger.findings import left_out_in
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin
from rekap.core.statements import regions, shares
from rekap.core.statements.model import FORM_OF_LEVEL, SUMMARY


def total_of(ctx: Context, election: Record, contest: Record, code: str) -> Record | None:
    """Return the record of a region's sums, or None if nothing was said below it."""
    record: Record | None = ctx.state.totals.get(totals.key(election["id"], contest["id"], code))
    return record


def expected_of(ctx: Context, election: Record, code: str) -> int | None:
    """Return how many stations are expected at or below a region."""
    return rosters.expected(ctx.region(election["id"], code))


def stations_view(expected: int | None, record: Record | None) -> Twin:
    """Return {expected, received, counted, off, missing} of a region.

    `counted` are in the rosters in force, `off` in none any more; both are behind the sum.
    """
    off = totals.unexpected(record) if record else 0
    return {
        "expected": expected,
        "received": record["received"] if record else 0,
        "counted": totals.used(record)[0] - off if record else 0,
        "off": off,
        "missing": totals.missing(expected, record),
    }


def sum_view(expected: int | None, record: Record | None) -> Twin:
    """Return the region's sum: {via, counted, expected, fields {field: [value, reported]}}."""
    if record is None:
        return {"via": "none", "counted": 0, "expected": expected, "fields": {}}
    counted, fields, running = totals.used(record)
    via = "summary" if running else "none" if not counted else "forms"
    if via == "forms" and counted != record["received"]:
        via = "mixed" if record["received"] else "summary"
    return {"via": via, "counted": counted, "expected": expected, "fields": _ordered(fields)}


def _ordered(fields: totals.Fields) -> dict[str, list[int]]:
    return {field: list(fields[field]) for field in sorted(fields)}


def comparison(
    ctx: Context, election: Record, contest: Record, code: str, certified: Record | None,
    expected: int | None, record: Record | None,
) -> Twin:  # fmt: skip
    """Return {state, difference}: certified − sum, and whether the two may be compared.

    "left-out" says that a court leaves a place in the region out of its total. "same" says that no
    station is missing and that every figure which both have, the votes of every pair among them,
    was reported by all and is equal; if some was not, it is "partial".
    """
    if certified is None:
        return {"state": "no-certified", "difference": {}}
    if record is None or not totals.used(record)[0]:
        return {"state": "no-sum", "difference": {}}
    if left_out_in(ctx.state, election["id"], contest["id"], code):
        return {"state": "left-out", "difference": {}}
    gaps = totals.difference(certified, record)
    if expected is None:
        state = "unknown-expected"
    elif not totals.comparable(expected, record):
        state = "incomplete"
    elif any(gaps.values()):
        state = "different"
    else:
        both = certified.keys() & totals.used(record)[1].keys()
        whole = both == gaps.keys() and has_votes(contest, gaps)
        state = "same" if whole else "partial"
    return {"state": state, "difference": gaps}


def has_votes(contest: Record, figures: Mapping[str, Any]) -> bool:
    """Tell whether the votes of every pair are among some figures, none of them unknown."""
    pairs = (f"pair_{pair['number']}" for pair in contest["pairs"])
    return all(figures.get(field) is not None for field in pairs)


def head_of(ctx: Context, election: Record, contest: Record, code: str) -> Record | None:
    """Return the slot of a region's own D form if it has a head."""
    slot = ctx.slot(form_slot(election, contest, code))
    return slot if slot and slot.get("head") else None


def form_slot(election: Record, contest: Record, code: str) -> str:
    """Return the key of the slot of a region's own D form."""
    form = FORM_OF_LEVEL[regions.level(code)]
    return f"{election['id']}/{contest['id']}/{form}/{code}"


def summary_slot(election: Record, contest: Record, code: str) -> str:
    """Return the key of the slot of a region's running public figure."""
    return f"{election['id']}/{contest['id']}/{SUMMARY}/{code}"


def ladder(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    """Return the rungs from the stations up to the region's own form, without empty levels.

    Each rung says how many forms stand behind it, how many are expected (null: not known here),
    and its difference to the rung before it in every field that both have.
    """
    record = total_of(ctx, election, contest, code)
    rungs = []
    shown = sum_view(expected_of(ctx, election, code), record)
    if shown["via"] != "none":
        listed = shown["counted"] - (totals.unexpected(record) if record else 0)
        rungs.append(_rung("tps", shown["via"], "sum", listed, shown["expected"],
                           shown["fields"]))  # fmt: skip
    for level, form in reversed(_levels_below(code)):
        aggregate = totals.rung(record, form)
        if aggregate["counted"]:
            expected = _places(ctx, election["id"], code, level)
            rungs.append(
                _rung(
                    level, form, "certified", aggregate["counted"], expected, aggregate["figures"]
                )
            )
    own = head_of(ctx, election, contest, code)
    if own is not None:
        fields = {field: [value, 1] for field, value in own["figures"].items()}
        level = regions.level(code)
        rungs.append(_rung(level, FORM_OF_LEVEL[level], "certified", 1, 1, fields))
    for before, rung in itertools.pairwise(rungs):
        rung["difference"] = {
            field: rung["fields"][field][0] - before["fields"][field][0]
            for field in sorted(rung["fields"].keys() & before["fields"].keys())
        }
    return rungs


def _rung(
    level: str, form: str, kind: str, count: int, expected: int | None, fields: totals.Fields
) -> Twin:
    return {
        "level": level, "form": form, "kind": kind, "count": count, "expected": expected,
        "fields": _ordered(fields), "difference": None,
    }  # fmt: skip


def _levels_below(code: str) -> list[tuple[str, str]]:
    """(Level, its D form) of every level strictly below a region, from the top."""
    return list(FORM_OF_LEVEL.items())[regions.depth(code) :]


def _places(ctx: Context, election_id: str, code: str, level: str) -> int | None:
    """Return how many listed regions of a level lie below `code`, two levels down at most."""
    kids = listed_children(ctx, election_id, code)
    if regions.child_level(code) == level:
        return len(kids) or None
    if kids and regions.child_level(kids[0]) == level:
        return sum(len(listed_children(ctx, election_id, kid)) for kid in kids) or None
    return None


def listed_children(ctx: Context, election_id: str, code: str) -> list[str]:
    """Return the child regions in the roster in force."""
    kids = ctx.children(election_id, code)
    return [kid for kid in kids if rosters.is_listed(ctx.state, election_id, kid)]


def result(
    contest: Record, code: str, certified: Record | None, shown: Twin, determined: bool
) -> Twin:
    """Return the figures that a region's page leads with, and what may be said about them.

    `certified` is the slot of the region's form. Sentences about a majority, a margin or who is
    elected belong to the certified form of the contest's own region, uncontested.
    """
    basis = "certified" if certified else "sum" if shown["counted"] else None
    figures = certified["figures"] if certified else {f: v for f, (v, _) in shown["fields"].items()}
    said = {} if certified else shown["fields"]
    pairs = [f"pair_{pair['number']}" for pair in contest["pairs"]]
    votes: list[Any] = [figures.get(pair) for pair in pairs]
    valid = shares.valid(figures, said, pairs)
    best = max((v for v in votes if v is not None), default=None)
    leads = (
        best is not None and best > 0 and votes.count(best) == 1 and shares.are_alike(said, pairs)
    )
    final = certified is not None and not certified.get("contested") and code == contest["region"]
    numbers = [pair["number"] for pair in contest["pairs"]]
    return {
        "basis": basis,
        "figures": dict(sorted(figures.items())),
        "pairs": [
            {"number": number, "votes": count, "leads": leads and count == best}
            for number, count in zip(numbers, votes, strict=True)
        ],
        "valid": valid,
        "turnout": _turnout(figures, said),
        "line": _line(contest, numbers, votes, valid) if final and leads else None,
        "margin": _margin(contest, numbers, votes, valid) if final else None,
        "elected": _elected(contest, numbers, votes, valid, best) if final and determined and leads
        else None,
    }  # fmt: skip


def _turnout(figures: Record, said: totals.Fields) -> Twin | None:
    voters, registered = shares.turnout(figures, said)
    return {"voters": voters, "registered": registered} if registered else None


def _line(contest: Record, numbers: list[int], votes: list[Any], valid: int | None) -> Twin | None:
    if contest["win"] != "majority" or not valid or None in votes:
        return None
    needed = shares.smallest_majority(valid)
    best = max(votes)
    return {"needed": needed, "number": numbers[votes.index(best)], "above": best - needed}


def _margin(
    contest: Record, numbers: list[int], votes: list[Any], valid: int | None
) -> Twin | None:
    """How far the first two pairs are apart, and how close they must be to go to court."""
    rule = contest.get("margin")
    if rule is None or not valid or None in votes or len(votes) < 2:
        return None
    order = sorted(range(len(votes)), key=lambda at: (-votes[at], numbers[at]))
    first, second = order[0], order[1]
    return {
        "per_mille": rule["per_mille"],
        "limit": shares.margin_votes(valid, rule["per_mille"]),
        "gap": votes[first] - votes[second],
        "numbers": [numbers[first], numbers[second]],
        "source": rule["source"],
    }


def is_gone(pair: Record) -> bool:
    """Tell whether a pair takes part no more, as far as anybody said: what votes for it mean is
    for KPU or a court to say.
    """
    said = [one["code"] for one in pair.get("notes", ()) if one["code"] in _ENDS]
    return bool(said) and said[-1] != "restored"


_ENDS: Final = frozenset({"disqualified", "withdrawn", "restored"})


def _elected(
    contest: Record, numbers: list[int], votes: list[Any], valid: int | None, best: int | None
) -> Twin | None:
    if best is None or not valid or None in votes:
        return None
    at = votes.index(best)
    pair = contest["pairs"][at]
    if pair.get("empty_column") or is_gone(pair):
        return None
    if contest["win"] == "majority" and not shares.strictly_more_than_half(best, valid):
        return None
    return {"number": numbers[at]}
