"""A statement whose signatures suffice, at the entry that completes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rekap.core.ledger.offices import Office
from rekap.core.ledger.state import Record

EFFECTIVE: Final = "effective"
"""Status of what took effect, forms apart: theirs is that of the chain."""


@dataclass(frozen=True, slots=True)
class Complete:
    """What a kind is asked about it, and what it is applied from.

    `index` is that of this entry, `first` that of the statement's first one; `signers` stand as in
    map `ids`; `met` are the offices with enough persons.
    """

    id: str
    fields: Record
    index: int
    first: int
    signers: list[Record]
    met: tuple[Office, ...]


def has_ketua(signers: Iterable[Record]) -> bool:
    """Tell whether a ketua is among the signers that count (of a form: else it is marked S1)."""
    return any(one.get("position") == "ketua" for one in signers if one["counted"])
