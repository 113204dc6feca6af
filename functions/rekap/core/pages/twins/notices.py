"""Notices of a TPS on its page, their TPS on the page of the kelurahan, and the table of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin
from rekap.core.pages.twins.slots import explanation_of, of_stations
from rekap.core.statements import notices, regions
from rekap.core.statements.model import STATION_FORM

SHOWN: Final = 12
"""TPS that the page of a kelurahan names for one rule."""
COLUMNS: Final = (
    "contest", "region", "tps", "rule", "fields", "expected", "found", "explanation", "index",
)  # fmt: skip


def of_station(contest: Record, head: Record | None, listed: int | None) -> list[Twin]:
    """Return {rule, figures, others, explanation} of each notice of the form that counts."""
    if head is None:
        return []
    return [
        {
            "rule": one.rule,
            "figures": {field: head["figures"][field] for field in one.fields},
            "others": list(one.others),
            "explanation": explanation_of(head, one.rule),
        }
        for one in _of_head(head, len(contest["pairs"]), listed)
    ]


def _of_head(head: Record, pairs: int, listed: int | None) -> tuple[notices.Notice, ...]:
    return notices.of_form(head["figures"], head["paper"].get("attended", {}), pairs, listed)


def of_kelurahan(ctx: Context, election: Record, contest: Record, code: str) -> list[Twin]:
    """Return {rule, n, tps: the first SHOWN} of the notices of its TPS; () of a region above."""
    if regions.level(code) != "kelurahan":
        return []
    listed, pairs = _listed(ctx, election, code), len(contest["pairs"])
    found: dict[str, list[str]] = {rule: [] for rule in notices.CODES}
    for tps, slot in of_stations(ctx, election, contest, code).items():
        if slot.get("head"):
            for one in _of_head(slot, pairs, listed.get(tps)):
                found[one.rule].append(tps)
    return [{"rule": rule, "n": len(tps), "tps": tps[:SHOWN]} for rule, tps in found.items() if tps]


def _listed(ctx: Context, election: Record, code: str) -> dict[str, int | None]:
    return dict((ctx.region(election["id"], code) or {}).get("tps") or ())


def rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield the rows of the table of all contests, by place."""
    for contest in election["contests"]:
        prefix = f"{election['id']}/{contest['id']}/{STATION_FORM}/"
        code, listed = "", {}
        for key, slot in ctx.state.slots.scan(prefix):
            if not slot.get("head"):
                continue
            region, tps = key[len(prefix) :].split("/")
            if region != code:
                code, listed = region, _listed(ctx, election, region)
            for one in of_station(contest, slot, listed.get(tps)):
                explanation = one["explanation"]
                found = one["figures"]
                yield [
                    contest["id"], region, tps, one["rule"], " ".join(found),
                    next(iter(one["others"]), None),
                    next(iter(found.values())),
                    None if explanation is None else explanation["text"], slot["head_index"],
                ]  # fmt: skip
