"""Drafts of a table: one statement of each row of a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeAlias

from rekap.desk.elections.problems import FolderRefused, Problems
from rekap.desk.elections.table import Cells, Table

Read: TypeAlias = Callable[[str, int, Cells, Problems], dict[str, Any]]
"""Gives the fields of a row (file, line, cells), and adds what is wrong with it."""


def read(
    path: Path, needed: Collection[str], optional: Collection[str], row: Read
) -> list[dict[str, Any]]:
    """Return the fields of every row; raises FolderRefused with all that is wrong in the file."""
    problems = Problems()
    table = Table(path, needed, optional, problems)
    if not path.exists():
        problems.add(path.name, 0, "", "missing-file")
    found = [row(path.name, line, cells, problems) for line, cells in table.rows()]
    if problems.found:
        raise FolderRefused(str(path), tuple(problems.found))
    return found
