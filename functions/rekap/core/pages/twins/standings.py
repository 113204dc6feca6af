"""Totals before and after: what the entry by which a form came to count did to them."""

from __future__ import annotations

from typing import Any

from rekap.core.ledger import addresses, standings
from rekap.core.ledger.state import Record, entry_key
from rekap.core.pages.twins.context import Context, Twin
from rekap.core.statements import regions


def of_form(ctx: Context, contest: Record, record: Record, known: Record) -> Twin | None:
    """Return what a form did when it came to count; None if it never did.

    That is the entry by which it took effect, or the first answer that accepted it.
    """
    slot = ctx.slot(record["slot"])
    if slot is None or known["effect"] is None:
        return None
    for index in (known["effect"], *sorted(slot["entries"])):
        kept = _kept(ctx, index)
        if kept is not None and kept[1] == known["first"]:
            return _view(ctx, contest, record, index)
    return None


def of_answer(ctx: Context, contest: Record, record: Record, known: Record) -> Twin | None:
    """Return what an answer did that made another form count; None if it made none."""
    index = known["effect"]
    return None if index is None else _view(ctx, contest, record, index)


def _kept(ctx: Context, index: int) -> Any:
    return (ctx.state.changes.get(entry_key(index)) or {}).get("told")


def _view(ctx: Context, contest: Record, record: Record, index: int) -> Twin | None:
    """{entry, form, change, places}: see docs/formats.md."""
    kept = _kept(ctx, index)
    if kept is None:
        return None
    old, new, places = kept
    told = standings.fields(len(contest["pairs"]))
    was = {} if old is None else ctx.payload(old)["figures"]
    now = ctx.payload(new)["figures"]
    return {
        "entry": index,
        "before": old,
        "after": new,
        "form": record["form"],
        "change": {
            field: now.get(field, 0) - was.get(field, 0)
            for field in told
            if field in now or field in was
        },
        "places": [_place(record["election"], contest, told, *place) for place in places],
    }


def _place(
    election: str, contest: Record, told: tuple[str, ...], code: str, name: str,
    expected: int | None, before: list[Any], after: list[Any],
) -> Twin:  # fmt: skip
    return {
        "code": code,
        "level": regions.level(code),
        "name": name,
        "address": addresses.region(election, contest["id"], contest["region"], code),
        "expected": expected,
        "before": _stand(told, *before),
        "after": _stand(told, *after),
    }


def _stand(told: tuple[str, ...], counted: int, running: bool, cells: list[Any]) -> Twin:
    shown = zip(told, cells, strict=True)
    return {
        "counted": counted,
        "running": running,
        "fields": {field: cell for field, cell in sorted(shown) if cell is not None},
    }
