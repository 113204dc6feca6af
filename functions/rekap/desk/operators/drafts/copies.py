"""Copies of C.Hasil: `copy`, one for each row of a `copies.csv` as the site writes it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.ledger.copies import holder
from rekap.core.pages.twins.copies import COLUMNS
from rekap.core.statements import model
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.table import Cells, number
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Talk
from rekap.desk.operators.drafts import rows
from rekap.desk.texts import both

_NEEDED: Final = ("contest", "region", "tps", "body", "count")
_OPTIONAL: Final = ("pair", "organisation", "source")


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of copies."""
    taking(parser, say)(
        "file", both("copies.one_row_per_copy"), say(*both("word.file_metavar")), type=Path
    )


def drafts(options: Namespace, _kit: Kit | None, _talk: Talk) -> Iterator[tuple[str, Any]]:
    """Give the fields of each row; raises FolderRefused with all that is wrong in the file."""
    others = (*model.figure_fields(model.PAIRS_MAX), *COLUMNS)
    for fields in rows.read(options.file, _NEEDED, others, _copy):
        name = f"{fields['region']}-{fields['tps']}-{holder(fields)}"
        yield f"copy-{fields['contest']}-{name}", fields


def _copy(file: str, line: int, cells: Cells, problems: Problems) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": "copy", **{name: cells[name] for name in _NEEDED}}
    fields |= {name: cells[name] for name in _OPTIONAL if cells[name]}
    read = {name: number(cells[name]) for name in (*model.FIGURES, "pair") if cells[name]}
    for name, value in read.items():
        if value is None:
            problems.add(file, line, name, "number")
    if "pair" in read:
        fields["pair"] = read.pop("pair")
    return {**fields, "figures": read}
