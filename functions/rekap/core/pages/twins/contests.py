"""A contest in few figures, as the first page and the page of its election show it.

Read from the contest's own region alone: one node of the sums, one slot, one roster. So a form
costs these pages the same in a small election and in a large one.
"""

from __future__ import annotations

from rekap.core.ledger import addresses
from rekap.core.ledger.state import Record
from rekap.core.pages.twins import decisions, figures
from rekap.core.pages.twins.context import (
    Context,
    Twin,
    chain_of_contests,
    has_stations_in_source,
    pairs,
    region_view,
)
from rekap.core.pages.words.apart import votes_apart


def of_election(ctx: Context, election: Record) -> list[Twin]:
    """Return the contests of an election in its own order: votes, how many are in, what differs."""
    return [_contest(ctx, election, contest) for contest in election["contests"]]


def _contest(ctx: Context, election: Record, contest: Record) -> Twin:
    code = contest["region"]
    record = figures.total_of(ctx, election, contest, code)
    expected = figures.expected_of(ctx, election, code)
    own = figures.head_of(ctx, election, contest, code)
    shown = figures.sum_view(expected, record)
    determined = decisions.determination(ctx, election, contest)
    result = figures.result(
        contest, code, own, shown, decisions.is_firm(ctx, election, contest, determined)
    )
    compared = figures.comparison(
        ctx, election, contest, code, own["figures"] if own else None, expected, record
    )
    return {
        "id": contest["id"],
        "office": contest["office"],
        "region": region_view(ctx, election, code),
        "address": addresses.region(election["id"], contest["id"], code, code),
        "missing": addresses.missing(election["id"], contest["id"]),
        "win": contest["win"],
        **chain_of_contests(ctx, election, contest),
        "pairs": pairs(contest),
        "index": own["head_index"] if own else None,
        "contested": bool(own and own.get("contested")),
        "contested_below": record["rival"] if record else 0,
        "source_has_c": has_stations_in_source(contest),
        "stations": figures.stations_view(expected, record),
        "comparison": compared,
        "apart": _apart(contest, compared),
        "result": {name: result[name] for name in ("basis", "pairs", "valid", "line")},
        "lead": lead(result),
        "findings": record["open"] if record else 0,
        "determination": determined,
        "elected": decisions.elected(ctx, election, contest),
        "standing": decisions.standing(ctx, election, contest),
        "doubts": decisions.in_doubt(ctx, election, contest),
    }


def _apart(contest: Record, compared: Twin) -> int:
    """By how many votes the certificate and the sum of all TPS differ; 0 while nobody knows how
    many there are.
    """
    known = compared["state"] != "unknown-expected"
    return votes_apart(contest, compared["difference"]) if known else 0


def lead(result: Twin) -> Twin | None:
    """Return {number, second, gap} of the pair with most votes; None if a vote or a lead lacks."""
    ranked = sorted(result["pairs"], key=lambda one: (-(one["votes"] or 0), one["number"]))
    if any(one["votes"] is None for one in ranked) or not ranked[0]["leads"]:
        return None
    second = ranked[1] if ranked[1:] else None
    return {
        "number": ranked[0]["number"],
        "second": second["number"] if second else None,
        "gap": ranked[0]["votes"] - (second["votes"] if second else 0),
    }
