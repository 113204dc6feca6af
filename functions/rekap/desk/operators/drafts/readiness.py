"""What TPS have on the eve, and what came back: `readiness`, one of each row of a `readiness.csv`
as the site writes it.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.pages.twins.readiness import COLUMNS
from rekap.desk.elections.readiness import NEEDED, fields_of
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Talk
from rekap.desk.operators.drafts import rows
from rekap.desk.texts import both


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of readiness."""
    take = taking(parser, say)
    take("file", both("readiness.one_row_per_tps"), say(*both("word.file_metavar")), type=Path)


def drafts(options: Namespace, _kit: Kit | None, _talk: Talk) -> Iterator[tuple[str, Any]]:
    """Give the fields of each row; raises FolderRefused with all that is wrong in the file."""
    for fields in rows.read(options.file, NEEDED, COLUMNS, fields_of):
        yield f"readiness-{fields['region']}-{fields['tps']}-{fields['step']}", fields
