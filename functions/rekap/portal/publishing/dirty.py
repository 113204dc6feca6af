"""Which pages must be written: those that differ between two states, in the order of addresses.

Lazily, from any address on: whoever stops goes on behind the last page that he wrote, and pays for
what is left, never for the whole list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rekap.core.ledger.state import State
from rekap.core.pages.site import every
from rekap.core.pages.twins.context import base_of

_STATEMENTS: Final = "bukti/"
_BEHIND: Final = "bukti0"
"""Behind all pages of statements, and before what follows them: "0" comes next to "/"."""
_FIRST: Final = re.compile(rf"{_STATEMENTS}|.*/[0-9]{{3}}/$")
"""Pages of a statement, and of a TPS: what a citizen waits for. Pages above are of many forms."""

Dirty = tuple[str, bool]
"""The address of a page, and whether the old state had no such page."""


def pages(old: State | None, new: State, *, first: bool, after: str | None) -> Iterator[Dirty]:
    """Yield the pages behind `after` whose as_of rose: those of statements and TPS, or those above.

    Without an old state nothing is known to be published: all pages. Who looks for pages above
    leaps over those of statements, which are as many as the log's entries.
    """
    for address, fresh in _changed(old, new, after):
        if not first and address.startswith(_STATEMENTS):
            yield from pages(old, new, first=False, after=_BEHIND)
            return
        if (_FIRST.match(address) is not None) is first:
            yield address, fresh


def _changed(old: State | None, new: State, after: str | None) -> Iterator[Dirty]:
    bases = set() if old is None else _bases(new) - _bases(old)
    names = {key[1:] for key, _ in bases}
    if old is None or "log" in names:
        yield from ((address, False) for address in every(new, after))
    elif names:
        for address in every(new, after):
            before, own = old.site.get(address), new.site.get(address)
            if own != before or base_of(new, address) in names:
                yield address, own is not None and before is None
    else:
        for address, before, _ in new.site.since(old.site, after):
            if not address.startswith("!"):
                yield address, before is None


def _bases(state: State) -> set[tuple[str, int]]:
    return set(state.site.scan("!"))
