"""What each entry changed, in files of 256 entries: a reader fetches only what is new to it.

    buku-besar/changes/{n}.json     entries 256n … 256n+255, once all are there; never changes again
    buku-besar/changes/tail.json    the entries after the last full file

A full file belongs to the page of its last entry, the tail to that of the ledger.
"""

from __future__ import annotations

from typing import Final

from rekap.core import codec
from rekap.core.ledger import addresses, changes
from rekap.core.ledger.state import entry_key
from rekap.core.log.merkle import EMPTY_ROOT
from rekap.core.log.tiles import WIDTH
from rekap.core.pages.twins.context import Context, Twin, hour

FORMAT: Final = "rekap-changes/1"
FOLDER: Final = f"{addresses.LEDGER}changes/"
TAIL: Final = f"{FOLDER}tail.json"
_SAID: Final = ("election", "contest", "form", "region", "tps", "revision")


def full(ctx: Context, index: int) -> dict[str, bytes]:
    """Return the file that entry `index` makes full, {} if it makes none."""
    n, place = divmod(index, WIDTH)
    if place != WIDTH - 1:
        return {}
    return {f"{FOLDER}{n}.json": _file(ctx, n * WIDTH, index + 1)}


def tail(ctx: Context) -> dict[str, bytes]:
    """Return the entries that are in no full file yet."""
    size = ctx.state.size
    return {TAIL: _file(ctx, size - size % WIDTH, size)}


def _file(ctx: Context, start: int, end: int) -> bytes:
    root = ctx.state.entry(end - 1)["root"] if end else codec.b64encode(EMPTY_ROOT)
    return codec.encode_public(
        {
            "format": FORMAT,
            "origin": (ctx.log or {}).get("log"),
            "from": start,
            "to": end,
            "root": root,
            "entries": [_entry(ctx, index) for index in range(start, end)],
        }
    )


def _entry(ctx: Context, index: int) -> Twin:
    """What became of an entry when it came, and the pages that it touched.

    Nothing that a later entry may change is said here: the hour is that of Jakarta, since the
    election of a void entry may begin after it.
    """
    record = ctx.state.entry(index)
    pages, below = changes.unpack(index, ctx.state.changes.get(entry_key(index)))
    return {
        "index": index,
        "id": record["id"],
        "kind": record["kind"],
        "status": record["status"],
        "void_reason": record.get("why"),
        "hour": hour(ctx, index, None),
        **{name: record.get(name) for name in _SAID},
        "pages": pages,
        "below": below,
    }
