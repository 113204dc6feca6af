"""What each entry changed: the pages it touched, kept small.

A record of map `changes` (index of the entry), beside `t` of module `standings`:

    p   [[address, how many folders above it are touched too], ...]
    b   addresses below which every page is touched; "" is the whole site

The entry's own page and that of the ledger are touched by every entry and not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from rekap.core.ledger import addresses


def pack(index: int, pages: Iterable[str], below: Iterable[str]) -> dict[str, Any]:
    """Return the record of entry `index`, which touched `pages` and all that is `below`."""
    prefixes = set(below)
    left = set(pages) - {addresses.statement(index), addresses.LEDGER}
    if prefixes:
        left = {page for page in left if not _is_below(page, prefixes)}
    deepest_first = sorted(left, reverse=True)
    packed = [[page, _climb(page, left)] for page in deepest_first if page in left]
    record: dict[str, Any] = {"p": packed} if packed else {}
    return {**record, "b": sorted(prefixes)} if prefixes else record


def _climb(page: str, left: set[str]) -> int:
    """Take a page and the touched ones above it from `left`; return how many are above."""
    left.remove(page)
    ups = 0
    page = _above(page)
    while page in left:
        left.remove(page)
        ups += 1
        page = _above(page)
    return ups


def unpack(index: int, record: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return (pages, below) of entry `index`, each sorted; no page of the first is below."""
    below = list(record.get("b", ()))
    pages = {addresses.statement(index), addresses.LEDGER}
    for page, ups in record.get("p", ()):
        way = accumulate(range(ups), lambda at, _: _above(at), initial=page)
        pages.update(way)
    return sorted(page for page in pages if not _is_below(page, set(below))), below


def _above(page: str) -> str:
    """The folder above; the portal is above itself."""
    return page[: page.rfind("/", 0, -1) + 1]


def _is_below(page: str, prefixes: set[str]) -> bool:
    """Tell whether a page is one of the addresses or lies below one."""
    while page not in prefixes:
        if not page:
            return False
        page = _above(page)
    return True
