"""`rulings.toml` and `elected.toml`: what a court said about contests, and who is elected.

A table `[[rulings]]` or `[[elected]]` has the fields of a `ruling` or an `elected` under the same
names, in the order of saying it, without those that the election and the log give: `region` is the
contest's, `revision` and `previous` follow from the order. `rekap.core.statements` checks the rest.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeGuard

from rekap.core.ledger import rulings
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.settings import report
from rekap.desk.elections.table import read_text
from rekap.desk.texts import both


@dataclass(frozen=True, slots=True)
class File:
    """A file of statements of one kind: its name, the name of its tables, and the fields of which
    a statement is a revision.
    """

    kind: str
    name: str
    table: str
    line: tuple[str, ...]

    def line_of(self, stated: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
        """Of which case or contest a table is, however its number is spelled."""
        return tuple(rulings.spelled(str(stated.get(name))) for name in self.line)


RULINGS: Final = File("ruling", "rulings.toml", "rulings", ("contest", "number"))
ELECTED: Final = File("elected", "elected.toml", "elected", ("contest",))
FILES: Final = (RULINGS, ELECTED)
_DERIVED: Final = ("region", "revision", "previous")
_SOME_ID: Final = "0" * 64
"""Stands for the id of the statement before, which the log gives."""
_FIELD_DERIVED: Final = both("folder.derived")


def read(
    file: File, path: Path, election: str, contests: Mapping[str, Any], problems: Problems
) -> tuple[dict[str, Any], ...]:
    """Return the tables of a file, each with the region of its contest; () if there is none."""
    if not path.exists():
        return ()
    text = read_text(path, problems)
    if text is None:
        return ()
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(path.name, 0, "", "syntax", detail=error)
        return ()
    stated = told.get(file.table)
    if set(told) != {file.table} or not _is_list_of_tables(stated):
        problems.add(path.name, 0, file.table, "syntax", detail=f"[[{file.table}]]")
        return ()
    seen: Counter[tuple[tuple[str, ...], ...]] = Counter()
    for at, one in enumerate(stated):
        line = file.line_of(one)
        seen[line] += 1
        given = {"kind": file.kind, "election": election, "revision": seen[line]}
        _check(path.name, f"{file.table}.{at}.", one, given, contests, problems)
    return tuple(stated)


def _is_list_of_tables(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _check(
    file: str, prefix: str, one: dict[str, Any], about: dict[str, Any], contests: Mapping[str, Any],
    problems: Problems,
) -> None:  # fmt: skip
    for name in _DERIVED:
        if name in one:
            problems.tell(file, prefix + name, "unknown-field", _FIELD_DERIVED)
    contest = contests.get(str(one.get("contest")))
    if contest is None:
        problems.add(file, 0, f"{prefix}contest", "contest", allowed=", ".join(contests))
        return
    if not any(name in one for name in _DERIVED):
        fields = {**one, **about}
        if fields["revision"] > 1:
            fields["previous"] = _SOME_ID
        report(file, {**fields, "region": contest["region"]}, problems, prefix)
        one["region"] = contest["region"]
