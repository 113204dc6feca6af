"""JSON Schemas (2020-12) of every kind of statement and of the twin of every page.

`cara/schema/statement-{kind}.json` is made from the type of the kind; `twin-{page}.json` beside it
is a file of the release that `scripts/make_schemas.py` made. Both are the same on every site of it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from rekap.core.ledger import addresses
from rekap.core.pages.data import statement_schemas
from rekap.core.statements.kinds import KINDS


@lru_cache(maxsize=1)
def files(templates: Path) -> dict[str, bytes]:
    """Return {path: bytes} of all schemas; they share the as_of of `cara/`."""
    made = {f"statement-{kind}.json": text(statement_schemas.of_kind(kind)) for kind in KINDS}
    twins = (templates / "data" / "schema").glob("*.json")
    kept = {file.name: file.read_bytes() for file in twins}
    return {
        f"{addresses.HOW}schema/{name}": data for name, data in sorted({**made, **kept}.items())
    }


def text(schema: dict[str, Any]) -> bytes:
    """A schema as it is published: for people too."""
    return f"{json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()
