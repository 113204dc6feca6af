"""Each attack of the threat model has tests in `tests/threats.toml`, and each of them is there."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROWS = re.findall(r"\| ([0-9]+) \| [^|]+ \| ((?:T[1-9] ?)+) \| [^|]+ \|", TEXT)
TESTS = tomllib.loads((ROOT / "tests" / "threats.toml").read_text(encoding="utf-8"))


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


def test_every_attack_has_a_row_once_and_a_test() -> None:
    numbers = [number for number, _ in ROWS]
    assert numbers == [str(at) for at in range(1, len(ROWS) + 1)]
    assert list(TESTS) == numbers
    assert all(TESTS.values())


@pytest.mark.parametrize("test", sorted({test for named in TESTS.values() for test in named}))
def test_every_named_test_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in names(file)


@pytest.mark.parametrize(("number", "actors"), ROWS)
def test_every_actor_is_told(number: str, actors: str) -> None:
    told = TEXT.partition("Actors: ")[2].partition(".\n")[0]
    assert all(f"{actor} " in told for actor in actors.split())


def test_what_is_not_defended_is_said() -> None:
    said = TEXT.partition("## Not defended")[2].partition("\n## ")[0]
    assert said.count("\n- ") >= 8
