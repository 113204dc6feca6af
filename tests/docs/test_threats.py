"""The threat model names a test for each of its attacks, and each of them is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| ([0-9]+) \| [^|]+ \| ((?:T[1-9] ?)+) \| [^|]+ \| ((?:`[^`|]+` ?)+) \|")
ROWS = ROW.findall(TEXT)


@cache
def names(file: str) -> frozenset[str]:
    """Tests and classes of tests of a file below `tests/`."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.name.startswith(("test_", "Test"))
    )


def test_every_attack_has_a_row_once() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, len(ROWS) + 1))


@pytest.mark.parametrize(("number", "actors", "named"), ROWS)
def test_every_named_test_is_there(number: str, actors: str, named: str) -> None:
    tests = re.findall("`([^`]+)`", named)
    assert tests
    for test in tests:
        file, _, name = test.partition("::")
        assert name in names(file), test
    for actor in actors.split():
        assert f"{actor} " in TEXT.partition("Actors: ")[2].partition(".\n")[0]


def test_what_is_not_defended_is_said() -> None:
    said = TEXT.partition("## Not defended")[2].partition("\n## ")[0]
    assert said.count("\n- ") >= 8
