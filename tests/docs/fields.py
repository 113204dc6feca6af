"""What a schema check admits, as the tables of `docs/formats.md` write it.

The checks of `rekap.core.statements.shapes` are functions made by functions; what they were made
from stands in their closures. `rows` walks one and gives (path, needed, value) for every field
below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rekap.core.statements import (
    kinds_election,
    kinds_log,
    kinds_people,
    kinds_result,
    shapes,
)
from rekap.core.statements.kinds import KINDS

NAMED = {
    shapes.identifier: "id",
    shapes.time: "time",
    shapes.boolean: "`true` or `false`",
    shapes.true: "`true`",
    shapes.origin: "origin",
    shapes.rp_id: "relying party",
    shapes.uploader: "web origin",
    shapes.tps: "TPS number",
    shapes.region: "region code",
    shapes._known: "this kind",
    kinds_people.public_key: "public key",
    kinds_people._person: "id without eight digits in a row",
    kinds_log._root: "base64 of 32 bytes",
    kinds_result._figures: "figures",
    kinds_result._rows: "rows",
    kinds_result._columns: "columns",
}
"""Checks that have a paragraph of their own in the document."""

SPELLED = {
    kinds_election._is_date: "date",
    kinds_election._is_region_or_country: "region code or `id`",
    kinds_result._is_child: "TPS number or region code",
}


def cells(check: Any) -> dict[str, Any]:
    """The names and values that a check was made from."""
    names = check.__code__.co_freevars
    return dict(zip(names, (cell.cell_contents for cell in check.__closure__ or ()), strict=True))


SHARED = (
    (kinds_people.KEY, "key"),
    (kinds_people.KEYSET, "k of keys"),
    (cells(kinds_result._EXPLANATION)["checks"], "explanation"),
)
"""Objects that several kinds hold, and that the document writes once."""

Row = tuple[str, str, str]


def kinds() -> dict[str, list[Row]]:
    """The rows of every kind of statement."""
    return {kind: list(rows(row.fields, "", "")) for kind, row in KINDS.items()}


def rows(check: Any, path: str, needed: str) -> Iterator[Row]:
    """Yield a row for the field itself (none for the payload), then those below it."""
    if path:
        yield path, needed, value(check)
    made_from = cells(check)
    if shared(made_from):
        return
    if "item" in made_from:
        yield from list(rows(made_from["item"], f"{path}[]", "yes"))[1:]
    if "checks" in made_from:
        required = made_from["needed"]
        for name, below in made_from["checks"].items():
            yield from rows(
                below, f"{path}.{name}" if path else name, "yes" if name in required else "no"
            )


def value(check: Any) -> str:
    """What a field may hold, in the words of the document."""
    if check in NAMED:
        return NAMED[check]
    made_from = cells(check)
    if "item" in made_from:
        return f"list of 1…{made_from['most']:,}: {value(made_from['item'])}"
    if "checks" in made_from:
        return shared(made_from) or "object"
    if "least" in made_from:
        return f"{made_from['least']}…{made_from['most']:,}"
    if "known" in made_from:
        return " ".join(f"`{word}`" for word in sorted(made_from["known"]))
    if "digits" in made_from:
        return f"{made_from['digits']} hex digits"
    if "free" in made_from:
        kind = "text" if made_from["free"] else "plain text"
        return f"{kind} of 1…{made_from['most']}"
    return SPELLED[made_from["is_spelled"]]


def shared(made_from: dict[str, Any]) -> str | None:
    """The name of an object that the document writes once."""
    return next((name for checks, name in SHARED if made_from.get("checks") == checks), None)
