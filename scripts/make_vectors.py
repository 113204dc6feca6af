"""Write the golden vectors of our formats, with fixed keys and a fixed clock.

    python scripts/make_vectors.py [--to tests/vectors]

Each file says what it is and holds cases: inputs with the bytes they must give, or bytes with the
code of the error they must cause. A vector is never edited by hand; a changed one is a changed
format. Keys: the log's private key is the bytes 00…1f, the witness's 20…3f, others come from the
public seed `rekap vectors`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scripts.vectors import browsers, ledger, log, officials, pictures, statements
from scripts.vectors.cases import Case


def make_ledger() -> Case:
    """Small logs: entries in base64, what becomes of each, heads of slots, sums, and a story."""
    return {"cases": ledger.make()}


MAKERS: dict[str, Callable[[], Case]] = {
    "statement": statements.make_statement,
    "envelope": statements.make_envelope,
    "client-data": browsers.make_client_data,
    "note": log.make_note,
    "checkpoint": log.make_checkpoint,
    "tiles": log.make_tiles,
    "proofs": log.make_proofs,
    "policy": log.make_policy,
    "enrolment": officials.make_enrolment,
    "keyfile": officials.make_keyfile,
    "pictures": pictures.make_pictures,
    "ledger": make_ledger,
}


def render() -> dict[str, bytes]:
    """Return every vector file by its name."""
    files = {}
    for name, make in MAKERS.items():
        value = {"description": (make.__doc__ or "").strip(), **make()}
        files[f"{name}.json"] = json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"
    return files


def main(arguments: list[str] | None = None) -> int:
    """Write the files; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=Path("tests/vectors"), metavar="FOLDER")
    folder = parser.parse_args(arguments).to
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in render().items():
        (folder / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
