"""JSON Schemas (2020-12) of every kind of statement and of the twin of every page.

`cara/schema/statement-{kind}.json` and `cara/schema/twin-{page}.json`: part of the release, made by
`scripts/make_schemas.py`, the same on every site of it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rekap.core.ledger import addresses


@lru_cache(maxsize=1)
def files(templates: Path) -> dict[str, bytes]:
    """Return {path: bytes} of all schemas; they share the as_of of `cara/`."""
    found = sorted((templates / "data" / "schema").glob("*.json"))
    return {f"{addresses.HOW}schema/{file.name}": file.read_bytes() for file in found}
