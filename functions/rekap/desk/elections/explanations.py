"""Explanations as people write them: `RULE[/child][/part]: text`, joined by `; `."""

from __future__ import annotations

import re
from typing import Final

from rekap.core.statements import regions
from rekap.core.statements.rules import RULES

_NEXT: Final = re.compile(r"; (?=[A-Z][0-9]{1,2}[/:])")
_EXPLANATION: Final = re.compile(
    r"([A-Z][0-9]{1,2})(?:/([0-9][0-9.]*))?(?:/([A-Za-z][A-Za-z0-9_]*))?: (.+)"
)
_NAMES: Final = ("rule", "child", "part", "text")


def split(cell: str) -> list[str]:
    """Return the explanations of a cell, each as it was written."""
    return _NEXT.split(cell) if cell else []


def parse(text: str) -> dict[str, str] | None:
    """Return {rule, child?, part?, text} of one explanation, None if it is not spelled like one.

    Rule and part must exist; what may stand in the text is the statement's own question.
    """
    match = _EXPLANATION.fullmatch(text)
    if match is None:
        return None
    named = {name: value for name, value in zip(_NAMES, match.groups(), strict=True) if value}
    return named if _names_a_part(named) else None


def _names_a_part(named: dict[str, str]) -> bool:
    """The rule exists, the child is spelled like one, the part is one of the rule."""
    rule, child, part = named["rule"], named.get("child"), named.get("part")
    if rule not in RULES:
        return False
    if child is not None and not (regions.is_tps(child) or regions.is_code(child)):
        return False
    return part is None or part in {known.name for known in RULES[rule].parts}
