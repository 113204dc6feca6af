"""Which pages a run must write, in the order in which it writes them.

What a citizen waits for comes first: the pages of the TPS and of the statements whose entries are
the oldest. Pages above them are shared by many forms and come once for all of these, at the end.
"""

from __future__ import annotations

import re
from typing import Final

from rekap.core.ledger.state import Head, State, map_changes
from rekap.core.ledger.tree import NodeCache
from rekap.core.pages.site import addresses
from rekap.core.pages.twins.context import base_of

_FIRST: Final = re.compile(r"bukti/|.*/[0-9]{3}/$")
"""Pages of a statement, and of a TPS."""

Dirty = tuple[str, bool]
"""The address of a page, and whether the last published state had no such page."""


def pages(cache: NodeCache, state: State, old_tree: str, head: Head) -> list[Dirty]:
    """Return the pages whose as_of rose between the last published tree and that of `head`.

    `old_tree` "" means that nothing is known to be published: all pages.
    """
    changed = {
        key: (new, old is None)
        for key, old, new in map_changes(cache, "site", old_tree or None, head.tree)
    }
    bases = {key[1:] for key in changed if key.startswith("!")}
    if not old_tree or "log" in bases:
        return [(address, False) for address in addresses(state)]
    found = {key: one for key, one in changed.items() if not key.startswith("!")}
    if bases:
        for address in addresses(state):
            if base_of(state, address) in bases:
                found.setdefault(address, (state.size, False))
    order = sorted((_FIRST.match(key) is None, size, key) for key, (size, _) in found.items())
    return [(key, found[key][1]) for _, _, key in order]
