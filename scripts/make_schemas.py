"""Make the JSON Schemas of twins again, templates/data/schema/, and the tables of docs/formats.md.

Twins say what they hold by very many of them (tests/core/pages/corpus), `schemas/twins.toml` what
that says of the log, the tables by the types of statements. Run it after a field of a statement or
of a twin has changed, and read the difference.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scripts.schemas import fields, twins

from rekap.core.pages.data import schemas

_ROOT = Path(__file__).resolve().parents[1]
FOLDER = _ROOT / "templates" / "data" / "schema"
FORMATS = _ROOT / "docs" / "formats.md"
NIGHTS = 40
EVERY = 12


def of_twins() -> dict[str, bytes]:
    """File name -> bytes, for each page. Takes some seconds."""
    corpus = import_module("tests.core.pages.corpus")
    pages: dict[str, list[dict[str, Any]]] = {}
    for twin in [*corpus.of_samples(), *corpus.of_nights(range(NIGHTS), EVERY)]:
        pages.setdefault(twin["page"], []).append(twin)
    del pages["notfound"]  # it has no address, so nobody finds its twin
    return {
        f"twin-{page}.json": schemas.text(twins.of_page(page, seen))
        for page, seen in sorted(pages.items())
    }


def main(arguments: list[str]) -> int:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder for the schemas")
    options = parser.parse_args(arguments)
    FORMATS.write_text(fields.written(FORMATS.read_text("utf-8")), encoding="utf-8")
    made = of_twins()
    options.to.mkdir(parents=True, exist_ok=True)
    for old in options.to.glob("*.json"):
        old.unlink()
    for name, data in made.items():
        (options.to / name).write_bytes(data)
    print(f"{options.to}: {len(made)} schemas, {sum(map(len, made.values())):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
