"""What TPS have on the eve, and what came back: `readiness`, one of each row of a `readiness.csv`
as the site writes it.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.pages.twins.readiness import COLUMNS, LISTS
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.table import Cells, number
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Talk
from rekap.desk.operators.drafts import rows
from rekap.desk.texts import both

_NEEDED: Final = ("region", "tps", "step")
_NUMBERS: Final = ("boxes", "seals_whole", "seals_broken")
_COUNTS: Final = ("sheets", "number")


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of readiness."""
    take = taking(parser, say)
    take("file", both("readiness.one_row_per_tps"), say(*both("word.file_metavar")), type=Path)


def drafts(options: Namespace, _kit: Kit | None, _talk: Talk) -> Iterator[tuple[str, Any]]:
    """Give the fields of each row; raises FolderRefused with all that is wrong in the file."""
    for fields in rows.read(options.file, _NEEDED, COLUMNS, _readiness):
        yield f"readiness-{fields['region']}-{fields['tps']}-{fields['step']}", fields


def _readiness(file: str, line: int, cells: Cells, problems: Problems) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": "readiness", **{name: cells[name] for name in _NEEDED}}
    for name in _NUMBERS:
        if cells[name]:
            fields[name] = number(cells[name])
            if fields[name] is None:
                problems.add(file, line, name, "number")
    for name, parts in LISTS.items():
        if cells[name]:
            said = [_said(one.strip(), parts) for one in cells[name].split(";")]
            fields[name] = sorted(
                (one for one in said if one is not None),
                key=lambda one: [str(one.get(part, "")) for part in parts if part not in _COUNTS],
            )
            if None in said:
                problems.add(file, line, name, "list")
    return fields


def _said(text: str, parts: tuple[str, ...]) -> dict[str, Any] | None:
    """Read one of a list, `ink=0` or `ballots=short=12=gubernur-31`; None if it is not spelled so.

    A lack may leave out its number: what follows a lack without one names the contest.
    """
    words = text.split("=")
    if len(parts) == len(words) + 1 and "contest" in parts[1:] and number(words[-1]) is None:
        words.insert(parts.index("number"), "")
    said: dict[str, Any] = {}
    for part, word in zip(parts, words, strict=False):
        if part in _COUNTS and word:
            count = number(word)
            if count is None:
                return None
            said[part] = count
        elif word:
            said[part] = word
    return said if len(words) <= len(parts) and len(words) >= 2 else None
