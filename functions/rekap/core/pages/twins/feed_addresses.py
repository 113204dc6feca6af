"""Where the feeds of a region lie, and their names."""

from __future__ import annotations

from typing import Final

from rekap.core.ledger import addresses, feeds
from rekap.core.ledger.state import Record
from rekap.core.statements import regions

FEED: Final = "feed.atom"


CORRECTIONS: Final = "corrections.atom"


def paths(election: Record, contest: Record, code: str) -> list[str]:
    """Return the paths of the feeds that share the as_of of a region's page."""
    if regions.depth(code) > feeds.LOWEST:
        return []
    address = addresses.region(election["id"], contest["id"], contest["region"], code)
    top = code == contest["region"]
    return [f"{address}{FEED}", *([f"{address}{CORRECTIONS}"] if top else [])]
