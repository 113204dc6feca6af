"""Every change of the statement that counts, figure by figure: `revisions.csv`.

A row is of a revision that became head, or another statement that an answer accepted. Its
effect is that of the figures alone: a C form moves the sum of its kelurahan and of every region
above, a D form the certified figure of its region, a running figure itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, hour
from rekap.core.statements.model import FORMS, STATION_FORM, SUMMARY, figure_fields

COLUMNS: Final = (
    "contest", "form", "region", "tps", "revision", "index", "hour", "from", "to", "reason",
    "text", "field", "old", "new", "total", "change",
)  # fmt: skip
_TOTALS: Final = {STATION_FORM: "sum", SUMMARY: "running"}
_ACCEPTED: Final = "answer"


def rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield the rows of an election: by contest, form from the TPS up, place, then time.

    One that changes no figure has one row without a field.
    """
    for contest in election["contests"]:
        fields = figure_fields(len(contest["pairs"]))
        for form in FORMS:
            for key, slot in ctx.state.slots.scan(f"{election['id']}/{contest['id']}/{form}/"):
                for by, before, after in slot.get("moves", ()):
                    came = hour(ctx, by, election)
                    yield from _rows(ctx, key, fields, (by, came), (before, after))


def _rows(
    ctx: Context, slot_key: str, fields: tuple[str, ...],
    by: tuple[int, str | None], moved: tuple[int, int],
) -> Iterator[list[Any]]:  # fmt: skip
    """Yield a row for each figure that a change moved, one without a figure if it moved none.

    `by` is the entry that did it and its hour, `moved` the entries of the statements.
    """
    _, contest, form, region, *tps = slot_key.split("/")
    old, new = (ctx.payload(index) for index in moved)
    start = [contest, form, region, tps[0] if tps else None, new["revision"], *by, *moved]
    start += _reason(ctx, by[0], new)
    total = _TOTALS.get(form, "certified")
    changed = [
        (field, old["figures"].get(field), new["figures"].get(field))
        for field in fields
        if old["figures"].get(field) != new["figures"].get(field)
    ]
    for field, was, now in changed:
        yield [*start, field, was, now, total, _change(form, was, now)]
    if not changed:
        yield [*start, None, None, None, total, None]


def _reason(ctx: Context, by: int, new: Record) -> tuple[str | None, str | None]:
    """The reason of a revision, or `answer` for a statement that an answer accepted."""
    if ctx.state.entry(by)["kind"] != "form":
        return _ACCEPTED, None
    reason = new.get("reason") or {}
    return reason.get("code"), reason.get("text")


def _change(form: str, was: int | None, now: int | None) -> int | None:
    """How much the total moves; a figure that a C form lacks adds nothing to the sum."""
    if form == STATION_FORM:
        return (now or 0) - (was or 0)
    return None if was is None or now is None else now - was
