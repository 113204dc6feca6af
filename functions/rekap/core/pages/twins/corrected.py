"""What pages show of the figures that a D form corrects, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import corrections
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin
from rekap.core.pages.twins.slots import column_place
from rekap.core.statements.model import SHEETS

SHOWN: Final = 40
"""Corrected cells that the page of a region tells; that of the statement has all."""
COLUMNS: Final = (
    "contest", "form", "region", "revision", "child", "field", "from", "to", "basis", "objection",
    "initials", "index",
)  # fmt: skip


def rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield a row for each cell that a D form in force corrects: by contest, form, place, column.

    `objection` is the entry of the objection, where it took effect before the form.
    """
    for contest in election["contests"]:
        for form in SHEETS:
            for key, slot in ctx.state.slots.scan(f"{election['id']}/{contest['id']}/{form}/"):
                if "corrected" not in slot:
                    continue
                start = [contest["id"], form, key.split("/")[3], slot["revision"]]
                names = ("child", "field", "from", "to", "basis", "entry", "initials")
                for child in slot["corrected"]["cells"]:
                    for row in of_column(ctx, slot, child):
                        told = {**row, "initials": " ".join(row["initials"])}
                        yield [*start, *(told[name] for name in names), slot["head_index"]]


def of_region(
    ctx: Context, election: Record, contest: Record, slot_key: str, slot: Record | None
) -> Twin | None:
    """What the form of a region corrects: {rows, more}, each row with its `place`; or None."""
    if slot is None or "corrected" not in slot:
        return None
    said = [row for child in slot["corrected"]["cells"] for row in of_column(ctx, slot, child)]
    return {
        "rows": [
            {**row, "place": column_place(ctx, election, contest, slot_key, row["child"])}
            for row in said[:SHOWN]
        ],
        "more": max(len(said) - SHOWN, 0),
    }


def of_column(ctx: Context, slot: Record, child: str) -> list[Twin]:
    """What the form that counts in a slot corrects of one of its columns."""
    corrected = slot.get("corrected")
    return list(_rows(ctx, corrected, child, slot["head_index"])) if corrected else []


def of_statement(ctx: Context, fields: Record, index: int) -> list[Twin]:
    """What the form of an entry corrects, by column."""
    corrected = corrections.of_form(fields) if fields.get("kind") == "form" else None
    if corrected is None:
        return []
    return [row for child in corrected["cells"] for row in _rows(ctx, corrected, child, index)]


def _rows(ctx: Context, corrected: Record, child: str, index: int) -> Iterator[Twin]:
    """Yield {child, field, from, to, basis, objection, entry, initials}: `initials` is a list of
    ketua, numbers of pairs and pengawas, `objection` the id of one or None, `entry` where it took
    effect before the form, if it did.
    """
    for field, (before, after, at) in corrected["cells"].get(child, {}).items():
        because = corrected["because"][at]
        yield {
            "child": child, "field": field, "from": before, "to": after,
            "basis": because["basis"], "objection": because.get("objection"),
            "entry": _entry(ctx, because.get("objection"), index),
            "initials": _initials(because.get("initials", {})),
        }  # fmt: skip


def _initials(initials: Record) -> list[str]:
    return [
        *(["ketua"] if "ketua" in initials else []), *map(str, initials.get("pairs", ())),
        *(["pengawas"] if "supervisor" in initials else []),
    ]  # fmt: skip


def _entry(ctx: Context, objection: str | None, index: int) -> int | None:
    """What came behind the form would change its page when nothing touches that: it is not told."""
    known = ctx.state.ids.get(objection) if objection else None
    effect: int | None = known["effect"] if known else None
    return effect if effect is not None and effect < index else None
