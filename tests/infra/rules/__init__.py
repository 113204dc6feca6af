"""What must hold for the template: each rule yields what is wrong, for any document at all."""

from __future__ import annotations

from collections.abc import Iterator

from tests.infra.document import LIVE, PLAIN, TRIAL, Document, evaluate
from tests.infra.rules import (
    bells,
    front,
    functions,
    guards,
    parameters,
    references,
    roles,
    stores,
    watching,
)

OF_THE_DOCUMENT = (*references.RULES, *parameters.RULES)
OF_A_STACK = (*functions.RULES, *stores.RULES, *bells.RULES, *front.RULES, *watching.RULES)
OF_RIGHTS = (*roles.RULES, *guards.RULES)
"""Rules that ask many questions: they come last."""


def faults(document: Document) -> Iterator[str]:
    """Yield everything that is wrong, with the name of the rule that says so; the cheap first."""
    for rule in OF_THE_DOCUMENT:
        yield from (f"{rule.__name__}: {fault}" for fault in rule(document))
    stacks = []
    for given in (TRIAL, LIVE, PLAIN):
        stacks.append(evaluate(document, given))
        for of_a_stack in OF_A_STACK:
            yield from (f"{of_a_stack.__name__}: {fault}" for fault in of_a_stack(stacks[-1]))
    for stack in stacks:
        for of_rights in OF_RIGHTS:
            yield from (f"{of_rights.__name__}: {fault}" for fault in of_rights(stack))


def is_faulty(document: Document) -> bool:
    """Tell whether any rule says that something is wrong."""
    return next(faults(document), None) is not None
