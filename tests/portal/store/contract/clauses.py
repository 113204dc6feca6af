"""Which clauses there are, and whether they cover every method of every port."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers import ports
from rekap.core.signing.signer import Signer

PORTS: dict[str, type] = {
    "records": ports.Records,
    "order": ports.Order,
    "objects": ports.Objects,
    "register": ports.Register,
    "guard": ports.Guard,
    "bell": ports.Bell,
    "signer": Signer,
}
"""The fields of an engine with the protocol that each must keep, as the functions see it."""


@dataclass(frozen=True)
class Clause:
    """One promise. `covers` are names like `records.add`, which `check` must all call."""

    check: Callable[[Any], None]
    covers: frozenset[str]

    @property
    def name(self) -> str:
        return self.check.__name__


CLAUSES: list[Clause] = []


def clause(*covers: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Add a function to the contract."""

    def add(check: Callable[[Any], None]) -> Callable[[Any], None]:
        CLAUSES.append(Clause(check, frozenset(covers)))
        return check

    return add


def methods(protocols: Mapping[str, type]) -> set[str]:
    """Return the public names of protocols, as `port.method`."""
    return {
        f"{port}.{name}"
        for port, protocol in protocols.items()
        for name, _ in inspect.getmembers(protocol, _is_member)
        if not name.startswith("_")
    }


def complete(clauses: list[Clause], protocols: Mapping[str, type] = PORTS) -> list[Clause]:
    """Return the clauses; LookupError if a method has none or a clause is about no method."""
    wanted = methods(protocols)
    covered = {name for one in clauses for name in one.covers}
    missing, unknown = sorted(wanted - covered), sorted(covered - wanted)
    if missing or unknown:
        raise LookupError(f"port methods without a clause: {missing}; clauses about: {unknown}")
    names = [one.name for one in clauses]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LookupError(f"clauses of one name: {twice}")
    return clauses


def _is_member(member: object) -> bool:
    return inspect.isfunction(member) or isinstance(member, property)
