"""The twin of `…/kejadian/`: objections and what became of them, and what happened at counts.

Names of places are those of the time when something was said: no roster below touches the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rekap.core.ledger import addresses, incidents
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin, common, crumbs, region_view
from rekap.core.pages.twins.slots import doubts

COLUMNS: Final = (
    "contest", "form", "region", "tps", "kind", "body", "pair", "organisation", "number", "code",
    "time", "claims", "text", "state", "answered_by", "index", "answer",
)  # fmt: skip
ABOUT_PLACE: Final = 10
"""Objections and events that the page of a place tells."""


def page(ctx: Context, election: Record, contest: Record, code: str) -> Twin:
    """Return the twin: how many of each state, open objections first, then the latest others."""
    top = contest["region"]
    address = addresses.incidents(election["id"], contest["id"], top, code)
    listed = incidents.of_region(ctx.state, election["id"], contest["id"], code)
    waiting, rest = (_cases(ctx, election, contest, listed[name], {}) for name in ("open", "rest"))
    counts = _counts(listed)
    twin = common(ctx, "incidents", address, election, contest)
    return twin | {
        "crumbs": crumbs(ctx, election, contest, code),
        "region": region_view(ctx, election, code),
        "counts": counts,
        "open": waiting,
        "rest": rest,
        "more": sum(counts.values()) - len(waiting) - len(rest),
        "table": addresses.data(election["id"]) + "incidents.csv",
        "evidence": sorted(ctx.proof(election["index"]).union(*_proofs(ctx, (*waiting, *rest)))),
    }


def _counts(listed: Record) -> Twin:
    return {state: listed["counts"].get(state, 0) for state in incidents.STATES}


def _proofs(ctx: Context, cases: Iterable[Twin]) -> Iterator[frozenset[int]]:
    for case in cases:
        yield ctx.proof(case["index"])
        if case["answer"] is not None:
            yield ctx.proof(case["answer"]["index"])


def of_slot(ctx: Context, election: Record, contest: Record, slot: Record | None) -> Twin | None:
    """Return what was said about one slot, the latest first; claims beside the form's figures."""
    if slot is None or "lines" not in slot:
        return None
    keys = incidents.fair(slot["incidents"], ABOUT_PLACE)
    shown = _cases(ctx, election, contest, keys, slot.get("figures") or {})
    return {
        "counts": None,
        "cases": shown,
        "more": slot["lines"] - len(shown),
        "page": None,
        "meeting": meeting(slot),
    }


_MEETING: Final = ("code", "time", "index")


def meeting(slot: Record | None) -> Twin | None:
    """Return what the meeting of a slot did last: {code, time, index}, or null."""
    found = incidents.meeting_of(slot)
    return None if found is None else dict(zip(_MEETING, found, strict=True))


def of_region(ctx: Context, election: Record, contest: Record, code: str, slot_key: str) -> Twin:
    """Return what was said about a region and below it: how many, and the way to its page; the
    cases themselves where it has none; and what the region's own meeting did.
    """
    listed = incidents.of_region(ctx.state, election["id"], contest["id"], code)
    counts = _counts(listed)
    has_page = incidents.has_page(ctx.state, election["id"], contest["id"], code)
    keys = incidents.fair([*listed["open"], *listed["rest"]], 0 if has_page else ABOUT_PLACE)
    shown = _cases(ctx, election, contest, keys, {})
    top = contest["region"]
    page = addresses.incidents(election["id"], contest["id"], top, code) if has_page else None
    return {
        "counts": counts,
        "cases": shown,
        "more": 0 if has_page else sum(counts.values()) - len(shown),
        "page": page,
        "meeting": meeting(ctx.slot(slot_key)),
    }


def _cases(
    ctx: Context, election: Record, contest: Record, keys: Iterable[str], figures: Record
) -> list[Twin]:
    return [_case(ctx, election, contest, ctx.state.meta.get(key), figures) for key in keys]


def _case(ctx: Context, election: Record, contest: Record, record: Record, figures: Record) -> Twin:
    """One objection with the answer that counts, or one event."""
    names = (
        "kind", "form", "region", "tps", "name", "body", "pair", "organisation", "number", "code",
        "time", "text", "index",
    )  # fmt: skip
    top, answer = contest["region"], record["answer"]
    spot = record["region"], record["tps"]
    return {
        **{name: record[name] for name in names},
        "address": addresses.place(election["id"], contest["id"], top, *spot),
        "state": incidents.state_of(record),
        "claims": [
            {"field": field, "value": value, "found": figures.get(field)}
            for field, value in sorted((record["claims"] or {}).items())
        ],
        "marks": [one["mark"] for one in doubts(ctx, record["kind"], record["index"])],
        "answer": None if answer is None else _answer(ctx, answer),
    }


def _answer(ctx: Context, answer: Record) -> Twin:
    accepted = answer["accept"]
    return {
        "body": answer["body"],
        "region": answer["region"],
        "index": answer["index"],
        "form": None if accepted is None else ctx.state.ids.get(accepted)["effect"],
        "marks": [one["mark"] for one in doubts(ctx, "answer", answer["index"])],
    }


def rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield a row per objection and event in force, meetings too, of all contests."""
    for contest in election["contests"]:
        for one in incidents.of_contest(ctx.state, election["id"], contest["id"]):
            answer = one["answer"] or {}
            claims = sorted((one["claims"] or {}).items())
            yield [
                contest["id"], one["form"], one["region"], one["tps"], one["kind"], one["body"],
                one["pair"], one["organisation"], one["number"], one["code"], one["time"],
                "; ".join(f"{field}={value}" for field, value in claims) or None, one["text"],
                incidents.state_of(one), answer.get("body"), one["index"], answer.get("index"),
            ]  # fmt: skip
