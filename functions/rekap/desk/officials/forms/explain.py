"""Explanations of findings: given as arguments, or kept from the form before.

An explanation is `RULE[/child][/part]: text`, as in an election folder (`rekap import`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rekap.core.ledger.offices import Record
from rekap.core.statements.shapes import TEXT_MAX
from rekap.desk.elections import explanations
from rekap.desk.elections.table import text_problem
from rekap.desk.officials.spelling import Said
from rekap.desk.officials.talk import REFUSED, Fault
from rekap.desk.texts import both

Explanations = list[dict[str, Any]]


def given(texts: Iterable[str]) -> Explanations:
    """Return the explanations of `--explain`. Raises Fault for one that cannot stand in a form."""
    found: Explanations = []
    for text in texts:
        one = explanations.parse(text)
        if one is None:
            raise Fault(*both("explain.explain_write_rule_child_part_text", text=text), REFUSED)
        wrong = why_not(one["text"])
        if wrong is not None:
            raise Fault(
                *both("explain.explain", text=text[:40], wrong=(wrong[0], wrong[1])), REFUSED
            )
        if any(triple(other) == triple(one) for other in found):
            raise Fault(
                *both("explain.explain_explained_already_join_the_two", text=text[:40]), REFUSED
            )
        found.append(one)
    return found


def why_not(text: str) -> Said | None:
    """Why a text may not stand in a form; None if it may."""
    wrong = text_problem(text, TEXT_MAX, free=True)
    if not wrong:
        return None
    if wrong == "digits":
        return both("explain.eight_or_more_digits_in_a")
    return both("explain.a_text_has_1_to_plain", text_max=TEXT_MAX, text=len(text))


def triple(one: Record) -> tuple[Any, Any, Any]:
    """What an explanation is about: rule, child, part."""
    return one["rule"], one.get("child"), one.get("part")


def kept(before: Iterable[Record], texts: Iterable[Record]) -> Explanations:
    """Explanations of the form before, but for findings that `texts` explain anew."""
    anew = {triple(one) for one in texts}
    return [dict(one) for one in before if triple(one) not in anew]
