"""The copy of the ledger's register that `submit` asks: kept up after every fold.

It holds `REGISTER_MAPS` as the ledger has them, and one map that is made for intake:

    heads     {election}/{contest}/{form}/{code}[/{tps}] -> which form counts, as `chain.counted`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final, Protocol

from rekap.core import codec
from rekap.core.errors import Conflict, Corrupt
from rekap.core.ledger import chain
from rekap.core.ledger.state import REGISTER_MAPS, Head, map_changes
from rekap.core.ledger.tree import NodeCache

HEADS: Final = "heads"


class Register(Protocol):
    """The copy of the register that `submit` asks; it may lag, the fold decides."""

    def bases(self) -> tuple[str, ...]:
        """Return the trees whose values the copy may hold; () before the first.

        More than one after an interrupted call, on engines that cannot write all at once.
        """

    def size(self) -> int:
        """Return how many entries of the log the copy knows at least."""

    def apply(
        self,
        bases: Sequence[str],
        tree: str,
        size: int,
        changes: Iterable[tuple[str, str, codec.JSON | None]],
    ) -> None:
        """Put (map, key, value) in place, None removes, and remember tree and size.

        `changes` holds whatever differs between one of `bases` and `tree`. Conflict if the copy
        holds other trees by now, or is already of a larger size.
        """

    def replace(self, tree: str, size: int, items: Iterable[tuple[str, str, codec.JSON]]) -> None:
        """Put these values in place of everything; Conflict if the copy is of a larger size."""


def update(register: Register, cache: NodeCache, head: Head) -> None:
    """Copy what changed since the register's own trees: a crash before this only delays it."""
    bases = register.bases()
    after = head.tree or ""
    if bases == (after,) or register.size() > head.size:  # it is ahead while a log is folded again
        return
    try:
        changes = {
            (name, key): value
            for before in bases or ("",)
            for name, key, value in _changes(cache, before, after)
        }
    except Corrupt:  # the state was deleted: what the copy was made from is not known any more
        with suppress(Conflict):
            register.replace(after, head.size, _items(cache, after))
        return
    with suppress(Conflict):  # another run is faster, or knows more already
        register.apply(
            bases, after, head.size, [(*place, value) for place, value in changes.items()]
        )


def _changes(
    cache: NodeCache, before: str | None, after: str
) -> Iterator[tuple[str, str, codec.JSON | None]]:
    for name in REGISTER_MAPS:
        for key, _, new in map_changes(cache, name, before, after):
            yield name, key, new
    for key, old, new in map_changes(cache, "slots", before, after):
        told = chain.counted(new)
        if told != chain.counted(old):
            yield HEADS, key, told


def _items(cache: NodeCache, after: str) -> Iterator[tuple[str, str, codec.JSON]]:
    for name, key, new in _changes(cache, None, after):
        if new is not None:
            yield name, key, new
