"""Pictures of a form beside its figures, and how many forms of a kelurahan have any.

Rules P0 and P1 are asked here, whenever a page is made: a form of which no picture is named, and a
file that another slot named first. Such a file is shown there alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rekap.core.ledger import pictures, withheld
from rekap.core.ledger.state import Record
from rekap.core.pages.twins.context import Context, Twin
from rekap.core.pages.twins.slots import doubts, explanation_of, of_stations
from rekap.core.statements import regions
from rekap.core.statements.model import STATION_FORM

COLUMNS: Final = (
    "contest", "form", "region", "tps", "document", "page", "sha256", "bytes", "width", "height",
    "state", "index",
)  # fmt: skip


def of_slot(ctx: Context, slot: str) -> Twin | None:
    """Return {index, marks, pages, explanation} of the pictures of a slot, null where none is.

    A page has what its statement says, `shared`: the entry by which another slot named the file
    first, and `withheld`: {index, reason, basis}; each may be null. `explanation` is what the form
    that counts, or an answer, says of P1: {index, text} or null.
    """
    record = pictures.of_slot(ctx.state, slot)
    if record is None:
        return None
    return {
        "index": record["index"],
        "marks": [one["mark"] for one in doubts(ctx, "pictures", record["index"])],
        "pages": [_page(ctx, slot, one) for one in record["pages"]],
        "explanation": explanation_of(ctx.slot(slot), "P1"),
    }


def _page(ctx: Context, slot: str, page: Record) -> Twin:
    shared = pictures.shared(ctx.state, slot, page)
    # What withholds it touches the slot that shows it, and no other.
    why = withheld.of(ctx.state, page["sha256"]) if shared is None else None
    names = ("index", "reason", "basis")
    return {
        **page,
        "shared": shared,
        "withheld": why and {name: why[name] for name in names},
    }


def of_kelurahan(ctx: Context, election: Record, contest: Record, code: str) -> Twin | None:
    """Return {stations, without, shared}: TPS with pictures, those whose form has none (P0), those
    with a file of another slot (P1); null where no TPS has any.
    """
    if regions.depth(code) != 4:
        return None
    shown = dict(pictures.of_kelurahan(ctx.state, election["id"], contest["id"], code))
    if not shown:
        return None
    start = f"{election['id']}/{contest['id']}/{STATION_FORM}/{code}/"
    slots = of_stations(ctx, election, contest, code)
    forms = {tps for tps, slot in slots.items() if slot.get("head")}
    shared = [
        tps
        for tps, record in shown.items()
        if any(pictures.shared(ctx.state, f"{start}{tps}", one) for one in record["pages"])
    ]
    return {
        "stations": len(shown),
        "without": len(forms.difference(shown)),
        "shared": len(shared),
    }


def rows(ctx: Context, election: Record) -> Iterator[list[Any]]:
    """Yield a row of COLUMNS for every picture of every slot, by contest, form and place."""
    for contest in election["contests"]:
        for slot, record in pictures.of_contest(ctx.state, election["id"], contest["id"]):
            _, _, form, code, *tps = slot.split("/")
            for one in record["pages"]:
                yield [
                    contest["id"], form, code, tps[0] if tps else None, one["document"],
                    one["page"], one["sha256"], one["bytes"], one["width"], one["height"],
                    _state(_page(ctx, slot, one)), record["index"],
                ]  # fmt: skip


def _state(page: Twin) -> str:
    """`shared` if another slot named the file first, `withheld`, else `named`."""
    return next((name for name in ("shared", "withheld") if page[name] is not None), "named")
