"""The contract of the store's ports, held by every implementation."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Protocol

import pytest
from tests.portal.store.contract import objects, order, others, records, register
from tests.portal.store.contract.clauses import CLAUSES, PORTS, Clause, complete, methods
from tests.portal.store.engines import ENGINES, watched

from handlers import ports as handler_ports
from rekap.core.signing.signer import Signer

PARTS = (records, order, objects, register, others)
"""The modules whose clauses make the contract."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("clause", complete(CLAUSES), ids=lambda clause: clause.name)
def test_contract(clause: Clause, engine: str, tmp_path: Path) -> None:
    calls: set[str] = set()
    with ENGINES[engine](tmp_path) as made:
        try:
            clause.check(watched(made, calls))
        except pytest.skip.Exception as skipped:
            raise AssertionError(f"a clause is not skipped: {skipped}") from skipped
    assert clause.covers <= calls, f"says it covers {sorted(clause.covers - calls)}"


def test_a_method_without_a_clause_stops_collection() -> None:
    class Lease(Protocol):
        def hold(self) -> None: ...

        @property
        def until(self) -> int: ...

    with pytest.raises(LookupError, match=r"'lease.hold', 'lease.until'"):
        complete(CLAUSES, {**PORTS, "lease": Lease})


@pytest.mark.parametrize("method", sorted(methods(PORTS)))
def test_taking_away_the_clauses_of_a_method_stops_collection(method: str) -> None:
    left = [clause for clause in CLAUSES if method not in clause.covers]
    with pytest.raises(LookupError, match=method):
        complete(left)


def test_the_ports_are_those_that_a_portal_has() -> None:
    """A port that is added to the portal needs a place in the contract; AWS alone has a `Hold`."""
    kinds = {kind for kind in vars(handler_ports).values() if inspect.isclass(kind)}
    stored = {kind for kind in kinds if methods({"": kind}) and kind.__module__.endswith("ports")}
    assert stored - {handler_ports.Reporter, handler_ports.Hold} == set(PORTS.values()) - {Signer}


def test_a_clause_about_no_method_stops_collection() -> None:
    stray = Clause(lambda _: None, frozenset({"records.forget"}))
    with pytest.raises(LookupError, match=r"records\.forget"):
        complete([*CLAUSES, stray])
