"""The twin of `{contest}/rekomendasi/`: what supervisors recommend, and a table that adds up.

A place that two recommendations name is counted for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import addresses, recommendations
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin, common, crumbs, region_view
from rekap.core.pages.twins.slots import doubts
from rekap.core.statements.model import RECOMMENDED

COLUMNS: Final = (
    "contest", "body", "body_region", "body_tps", "number", "revision", "type", "ground", "due",
    "region", "tps", "state", "date", "reason", "index", "response",
)  # fmt: skip
ABOUT_PLACE: Final = 5
"""Recommendations that the page of a place tells."""
PLACES: Final = 3
"""Places of one recommendation that a list names."""


def page(ctx: Context, election: Record, contest: Record) -> Twin:
    """Return the twin: places by type and state, and the latest recommendations one by one."""
    address = addresses.recommendations(election["id"], contest["id"])
    key = recommendations.list_key(election["id"], contest["id"])
    listed = ctx.state.meta.get(key) or {"count": 0, "shown": [], "counts": {}}
    cases = [_case(ctx, election, contest, ctx.state.meta.get(one)) for one in listed["shown"]]
    twin = common(ctx, "recommendations", address, election, contest)
    return twin | {
        "crumbs": crumbs(ctx, election, contest, contest["region"]),
        "region": region_view(ctx, election, contest["region"]),
        "supervised": "bawaslu" in election["roots"],
        "types": [
            {
                "type": one,
                "recommended": sum(listed["counts"][one].values()),
                **listed["counts"][one],
            }
            for one in RECOMMENDED
            if any(listed["counts"].get(one, {}).values())
        ],
        "cases": cases,
        "more": listed["count"] - len(cases),
        "table": addresses.data(election["id"]) + "recommendations.csv",
        "evidence": sorted(ctx.proof(election["index"]).union(*_proofs(ctx, cases))),
    }


def _proofs(ctx: Context, cases: list[Twin]) -> Iterator[frozenset[int]]:
    for case in cases:
        yield ctx.proof(case["index"])
        if case["response"] is not None:
            yield ctx.proof(case["response"]["index"])


def of_place(
    ctx: Context, election: Record, contest: Record, code: str, tps: str | None = None
) -> list[Twin]:
    """Return what is recommended about a region, or a TPS of it: the latest."""
    found = recommendations.of_place(ctx.state, election["id"], contest["id"], code, tps)
    return [_case(ctx, election, contest, record) for record in found[:ABOUT_PLACE]]


def _case(ctx: Context, election: Record, contest: Record, record: Record) -> Twin:
    """One recommendation with the response that counts."""
    response = recommendations.response_of(record)
    names = ("body", "region", "tps", "name", "number", "type", "ground", "due", "index")
    return {
        **{name: record[name] for name in names},
        "to": {"tps": None, **record["to"]},
        "state": recommendations.state_of(record),
        "places": [_place(election, contest, *one) for one in record["places"][:PLACES]],
        "count": len(record["places"]),
        "marks": [one["mark"] for one in doubts(ctx, "recommendation", record["index"])],
        "response": None if response is None else _response(ctx, response),
    }


def _response(ctx: Context, response: Record) -> Twin:
    names = ("body", "region", "tps", "outcome", "date", "reason", "index")
    paper = response["paper"]
    return {
        **{name: response[name] for name in names},
        "paper": None if paper is None else ctx.state.ids.get(paper)["effect"],
        "marks": [one["mark"] for one in doubts(ctx, "response", response["index"])],
    }


def _place(election: Record, contest: Record, code: str, tps: str | None, name: str) -> Twin:
    address = addresses.place(election["id"], contest["id"], contest["region"], code, tps)
    return {"region": code, "tps": tps, "name": name, "address": address}


def rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield a row per recommendation and place, of all contests."""
    for contest in election["contests"]:
        for one in recommendations.of_contest(ctx.state, election["id"], contest["id"]):
            response = recommendations.response_of(one) or {}
            for code, tps, _ in one["places"]:
                yield [
                    contest["id"], one["body"], one["region"], one["tps"], one["number"],
                    one["revision"], one["type"], one["ground"], one["due"], code, tps,
                    recommendations.state_of(one), response.get("date"), response.get("reason"),
                    one["index"], response.get("index"),
                ]  # fmt: skip
