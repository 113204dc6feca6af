"""The column of a D form about a place, beside the place's own form."""

from __future__ import annotations

from rekap.core.ledger import findings
from rekap.core.ledger.state import Record
from rekap.core.pages.twins import corrected, figures
from rekap.core.pages.twins.context import Context, Twin, region_view
from rekap.core.pages.twins.slots import place


def above(
    ctx: Context, election: Record, contest: Record, slot_key: str, head: Record | None
) -> Twin | None:
    """What the D form above says of a place, or None: {form, region, index, figures, difference,
    corrections}.

    `head` is the slot of the place if it has one. `difference` is column − form where they
    differ; None: they cannot be called equal either.
    """
    found = findings.slot_above(slot_key)
    if found is None:
        return None
    upper_key, child = found
    code = upper_key.split("/")[3]
    upper = ctx.slot(upper_key)
    column = ctx.state.columns.get(f"{upper_key}/{child}")
    if column is None or upper is None or not upper.get("head"):
        return None
    where = place(ctx, election, contest, code)
    gap = _gap(column, head)
    silent = head is not None and not gap and not _compares(contest, column, head)
    return {
        "form": upper_key.split("/")[2],
        "region": {**region_view(ctx, election, code), "address": where["address"]},
        "index": upper["head_index"],
        "figures": dict(sorted(column.items())),
        "difference": None if silent else gap,
        "corrections": corrected.of_column(ctx, upper, child),
    }


def comparison(contest: Record, column: Record | None, head: Record | None) -> Twin:
    """Return {state, difference}: a column against the form of its place."""
    if head is None:
        return {"state": "no-sum", "difference": {}}
    if column is None:
        return {"state": "no-certified", "difference": {}}
    gap = _gap(column, head)
    whole = _compares(contest, column, head)
    return {"state": "different" if gap else "same" if whole else "partial", "difference": gap}


def _compares(contest: Record, column: Record, head: Record) -> bool:
    """Tell whether a column and a form have all votes, and no cell of the column is unknown."""
    known = {field for field, cell in column.items() if cell is not None}
    both = {field: head["figures"][field] for field in known & head["figures"].keys()}
    return known == column.keys() and figures.has_votes(contest, both)


def _gap(column: Record, head: Record | None) -> dict[str, int]:
    """Return column − form for every field that both have and that differs."""
    if head is None:
        return {}
    return {
        field: cell - head["figures"][field]
        for field, cell in sorted(column.items())
        if cell is not None and field in head["figures"] and cell != head["figures"][field]
    }
