"""Checks of the rules: pure functions from figures to results and findings.

A broken rule gives one finding per form and child column; a finding is a fact about the paper,
never a verdict about persons. The sentences and sources of the rules are in `ruletable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rekap.core.statements import model
from rekap.core.statements.parts import Comparison, Figures, comparisons
from rekap.core.statements.ruletable import TABLE, Rule

RULES: Final[dict[str, Rule]] = {rule.code: rule for rule in TABLE}
"""Code -> rule, in the order of findings on a page."""

PASS: Final = "pass"  # noqa: S105
FAIL: Final = "fail"
UNTESTABLE: Final = "untestable"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One tested part. `op` is "=", "<=", ">=" or "near"; numbers are None if `untestable`.

    `found` is the left side, `expected` the right one: what equals, bounds or approaches it.
    """

    rule: str
    part: str
    state: str
    fields: tuple[str, ...]
    expected: int | None
    found: int | None
    op: str


@dataclass(frozen=True, slots=True)
class FormFinding:
    """A broken rule of one form, or of one column of it (`child`).

    `part` names the R rule that a column breaks (X3), or says what was compared (X2). `broken` are
    the names of all broken parts, `fields` their figures in the order of the paper; `expected`,
    `found` and `op` are those of the first broken part.
    """

    rule: str
    child: str | None
    part: str | None
    hard: bool
    fields: tuple[str, ...]
    expected: int | None
    found: int | None
    op: str = "="
    broken: tuple[str, ...] = ()


def check_figures(
    form: str, figures: Mapping[str, int | None], pair_count: int
) -> tuple[RuleResult, ...]:
    """Test every part of the rules of `form`, each on its own, in the order of the table.

    R1–R9, and R11–R13, R17 for `c_hasil`; a `summary` is no form and gives (). An absent figure,
    or a cell that is None, makes a part untestable.
    """
    return tuple(_result(one, figures) for one in comparisons(form, pair_count))


def findings(fields: Mapping[str, Any], pair_count: int) -> tuple[FormFinding, ...]:
    """Every rule that a form breaks by itself, in the order of the table, then of the columns.

    `fields` is the payload of a `form` statement. R1–R9 (R11–R13, R17 for `c_hasil`);
    X2 where its columns do not add up to them; X3 for R1–R9 in each column. A row with an unknown
    cell is not added up.
    """
    parts = comparisons(fields["form"], pair_count)
    broken_rules = _broken(parts, fields["figures"])
    found = [_finding(rule, None, None, broken) for rule, broken in broken_rules.items()]
    if "rows" not in fields:
        return tuple(found)
    rows = fields["rows"]
    totals = {field: (sum(cells), len(cells)) for field, cells in rows.items() if None not in cells}
    differing = compare_sum(fields["figures"], totals, len(fields["children"]))
    if differing:
        found.append(difference("X2", None, "columns", differing))
    for index, child in enumerate(fields["children"]):
        column = {field: cells[index] for field, cells in rows.items()}
        for rule, broken in _broken(parts, column).items():
            found.append(_finding("X3", child, rule, broken))
    return tuple(found)


def difference(
    rule: str, child: str | None, part: str | None, differing: tuple[tuple[str, int, int], ...]
) -> FormFinding:
    """The finding of figures that differ: (field, found, expected) in the order of the paper."""
    _, found, expected = differing[0]
    fields = tuple(one[0] for one in differing)
    hard = RULES[rule].hard
    return FormFinding(
        rule, child, part, hard, fields, expected, found, "=", (part,) if part else ()
    )


def compare_columns(
    column: Mapping[str, int | None], figures: Mapping[str, int]
) -> tuple[tuple[str, int, int], ...]:
    """X1: (field, cell, figure below) where they differ and both are known."""
    return tuple(
        (field, cell, figures[field])
        for field in in_order(column.keys() & figures.keys())
        if (cell := column[field]) is not None and cell != figures[field]
    )


def compare_sum(
    certified: Mapping[str, int], total: Mapping[str, tuple[int, int]], expected: int | None
) -> tuple[tuple[str, int, int], ...]:
    """X2, D1: (field, certified, sum) of each field that differs though all children reported it.

    `total` holds (value, reported). `expected` None means unknown: then nothing can be compared.
    """
    return tuple(
        (field, certified[field], total[field][0])
        for field in in_order(certified.keys() & total.keys())
        if total[field][1] == expected and total[field][0] != certified[field]
    )


def explained(finding: FormFinding, explanations: Iterable[Mapping[str, Any]]) -> str | None:
    """The text that explains `finding`, or None: "tanpa penjelasan".

    An explanation {rule, child?, part?, text} is about the finding with the same rule and child.
    Without a part it explains all of it; with parts, every broken one must be named. A column may
    be named either way: {X3, child, part "R6"} or {R6, child}.
    """
    wanted = set(finding.broken) or {""}
    named: set[str] = set()
    texts = []
    for explanation in explanations:
        if explanation.get("child") != finding.child:
            continue
        part = explanation.get("part")
        if explanation["rule"] == finding.rule and part in (None, finding.part):
            named |= wanted
        elif explanation["rule"] == (finding.part if finding.rule == "X3" else finding.rule):
            named |= wanted if part is None else {part} & wanted
        else:
            continue
        texts.append(explanation["text"])
    return "; ".join(texts) if named == wanted else None


def _result(one: Comparison, figures: Figures) -> RuleResult:
    compared = one.compare(one, figures)
    if compared is None:
        return RuleResult(one.rule, one.name, UNTESTABLE, one.fields, None, None, one.op)
    holds, expected, found, fields = compared
    state = PASS if holds else FAIL
    return RuleResult(one.rule, one.name, state, fields, expected, found, one.op)


def _broken(parts: Iterable[Comparison], figures: Figures) -> dict[str, list[RuleResult]]:
    """The broken parts by rule, in the order of the table."""
    broken: dict[str, list[RuleResult]] = {}
    for one in parts:
        compared = one.compare(one, figures)
        if compared is not None and not compared[0]:
            broken.setdefault(one.rule, []).append(_result(one, figures))
    return broken


def _finding(
    rule: str, child: str | None, part: str | None, broken: list[RuleResult]
) -> FormFinding:
    first = broken[0]
    names = {field for result in broken for field in result.fields}
    return FormFinding(
        rule=rule,
        child=child,
        part=part,
        hard=RULES[part or rule].hard,
        fields=in_order(names),
        expected=first.expected,
        found=first.found,
        op=first.op,
        broken=tuple(result.part for result in broken),
    )


@lru_cache(maxsize=1)
def _places() -> dict[str, int]:
    return {field: place for place, field in enumerate(model.figure_fields(model.PAIRS_MAX))}


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of figures in the order of the paper."""
    return tuple(sorted(names, key=_places().__getitem__))
