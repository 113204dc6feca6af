"""The CSV of what a D form corrects: a row per figure of a form below it.

    child;field;from;to;basis;objection;initials
    004;pair_1;118;120;plano;;ketua 1 2 pengawas

`initials` are the ketua, numbers of pairs, and the supervisor, with spaces between. Rows of the
same basis, objection and initials share one reason. What fits the form is for its checks to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rekap.desk.elections.corrections import Corrected, initials, of_rows
from rekap.desk.elections.problems import Problem
from rekap.desk.elections.table import number
from rekap.desk.officials import spreadsheet
from rekap.desk.officials.forms.sheet import BadSheet
from rekap.desk.texts import both

HEADER: Final = ("child", "field", "from", "to", "basis", "objection", "initials")
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "corrections-header": both("corrections.header"),
    "number": both("corrections.number"),
    "initials": both("corrections.initials"),
}
"""Code -> sentence in Indonesian and English, each ending with what to do."""


def parse(data: bytes, file: str) -> dict[str, Any]:
    """Return `because` and `corrections` of a payload; {} for a file without rows.

    Raises BadSheet with everything that is wrong.
    """
    found = spreadsheet.read(data, file)
    if found.problem is not None:
        raise BadSheet([found.problem])
    lines = list(found.rows)
    problems: list[Problem] = []
    if not lines or tuple(lines[0][1]) != HEADER:
        line = lines[0][0] if lines else 1
        problems.append(_problem(file, line, "corrections-header", header=";".join(HEADER)))
        raise BadSheet(problems)
    made: list[Corrected] = []
    for line, cells in lines[1:]:
        child, field, before, after, basis, objection, words = _filled(cells)
        told = [number(before), number(after)]
        problems += [
            _problem(file, line, "number", found=text)
            for text, value in zip((before, after), told, strict=True) if value is None
        ]  # fmt: skip
        signed = initials(words.split())
        if signed is None:
            problems.append(_problem(file, line, "initials", found=words))
        reason = {"basis": basis, "objection": objection, "initials": signed}
        reason = {name: value for name, value in reason.items() if value}
        made.append((reason, [child, field, *told]))
    if problems:
        raise BadSheet(problems)
    return of_rows(made)


def _filled(cells: Sequence[str]) -> list[str]:
    return [*cells, *[""] * len(HEADER)][: len(HEADER)]


def _problem(file: str, line: int, code: str, **details: object) -> Problem:
    return Problem.of(SENTENCES, (file, line, ""), code, details)
