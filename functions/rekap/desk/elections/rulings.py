"""`rulings.toml`: what a court said about the contests of an election, in the order of saying it.

A table `[[rulings]]` has the fields of a `ruling` under the same names, without those that the
election and the log give: `region` is the contest's, `revision` and `previous` follow from the
order. `rekap.core.statements` checks the rest.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeGuard

from rekap.desk.elections.problems import Problems
from rekap.desk.elections.settings import report
from rekap.desk.elections.table import read_text

FILE: Final = "rulings.toml"
_DERIVED: Final = ("region", "revision", "previous")
_SOME_ID: Final = "0" * 64
"""Stands for the id of the statement before, which the log gives."""
_FIELD_DERIVED: Final = (
    "Isian ini dihitung sendiri. Hapus isian ini.",
    "This field is derived. Remove it.",
)


def read(
    path: Path, election: str, contests: Mapping[str, Any], problems: Problems
) -> tuple[dict[str, Any], ...]:
    """Return the rulings of a file, each with the region of its contest; () if there is none."""
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
    stated = told.get("rulings")
    if set(told) != {"rulings"} or not _is_list_of_tables(stated):
        problems.add(path.name, 0, "rulings", "syntax", detail="[[rulings]]")
        return ()
    seen: Counter[tuple[str, str]] = Counter()
    for at, one in enumerate(stated):
        line = str(one.get("contest")), str(one.get("number"))
        seen[line] += 1
        given = {"election": election, "revision": seen[line]}
        _check(path.name, f"rulings.{at}.", one, given, contests, problems)
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
        fields = {**one, **about, "kind": "ruling"}
        if fields["revision"] > 1:
            fields["previous"] = _SOME_ID
        report(file, {**fields, "region": contest["region"]}, problems, prefix)
        one["region"] = contest["region"]
