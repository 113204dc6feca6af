"""What the log keeps outside itself: accepted records, their order, published files, a bell.

Each protocol states the consistency its user relies on; every engine passes one contract suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rekap.core.log import tiles

CHECKPOINT = tiles.LOG + tiles.CHECKPOINT
"""The published checkpoint's path below the site's base."""

BATCH = 256
"""Leaves of what waited that one order transaction fixes at most; a clock may stand before them."""

CLOCK_EVERY_S = 60
"""Seconds that a clock is later than the one before it, at least."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Record:
    """A statement that was accepted.

    `leaf` is its leaf hash and `id` its statement id (64 hex digits each), `received_at` is in
    Unix seconds, `receipt` a signed note, `index` its place in the log once that is fixed.
    """

    leaf: str
    id: str
    envelope: bytes
    received_at: int
    receipt: bytes
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """`next` is the first free index, `last` the first index of the last batch.

    `clock` is the instant that the last clock in the order says (Unix seconds), if there is one.
    """

    next: int
    last: int | None
    clock: int | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """The last tree that was signed: size, root, frontier (see `merkle`) and the signed note."""

    size: int
    root: bytes
    frontier: tuple[bytes, ...]
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An object's bytes with the tag that a conditional replacement must name."""

    data: bytes
    tag: str


class Records(Protocol):
    """Accepted statements. Every call reads what was written before it (strong consistency)."""

    def read(self, leaf: str) -> Record | None:
        """Return the record of a leaf, or None."""

    def pending(self, limit: int) -> tuple[Record, ...]:
        """Return up to `limit` records without an index, by (received at, leaf).

        Never one whose `mark` has returned before this call began.
        """

    def keep(self, record: Record) -> None:
        """Store a record that waits for nothing, without a mark; nothing is done if it is there."""

    def mark(self, first: int, leaves: Sequence[str]) -> None:
        """Give the leaves their indexes from `first` on and drop their pending marks.

        Idempotent, also after an interrupted call. Corrupt if a leaf is unknown or has another
        index.
        """


class Order(Protocol):
    """The fixed order. Linearizable; writes are conditional and all or nothing."""

    def head(self) -> Head:
        """Return HEAD; of an empty log `Head(0, None)`."""

    def batch(self, first: int) -> tuple[str, ...]:
        """Return the leaves of the batch that begins at `first`; KeyError if none does."""

    def append(self, next: int, leaves: Sequence[str], clock: int | None = None) -> None:
        """Fix the order of up to `BATCH` + 1 leaves from `next` on; HEAD.clock is then `clock`.

        Conflict unless HEAD.next is `next`.
        """

    def tree(self) -> Tree | None:
        """Return TREE, None before the first."""

    def swap_tree(self, old: Tree | None, new: Tree) -> None:
        """Replace TREE; Conflict unless it equals `old`."""


class Objects(Protocol):
    """Published and private files by path. Reads see the last completed write.

    May be called from many threads at the same time.
    """

    def get(self, path: str) -> Stored | None:
        """Return an object, or None."""

    def part(self, path: str, start: int, length: int) -> bytes | None:
        """Return these bytes of an object, fewer at its end, or None; whoever asks checks them."""

    def put_new(self, path: str, data: bytes) -> None:
        """Create an object; Conflict if there is one, or if somebody creates it at this moment."""

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        """Replace the object that has `tag` (None: create) and return the new tag, or Conflict."""


class Bell(Protocol):
    """Wakes a function. May ring twice or never; nothing depends on it but time."""

    def ring(self, queue: str) -> None:
        """Wake `sequence` or `publish`."""


class Each(Protocol):
    """How calls that do not depend on each other are made: `map`, or many at the same time."""

    def __call__(self, act: Callable[[Item], Result], items: Iterable[Item], /) -> Iterable[Result]:
        """Give what `act` returns for each item, in any order.

        `act` may run in other threads: it shares with them, and with the caller, only what says of
        itself that it may be called at the same time. Items are taken, and results given, in the
        caller's thread. When it ends, no call is under way; it ends with an error if one did.
        """


class Pool(Protocol):
    """Does pieces of work in other processes, which have what this one has at that moment."""

    def __call__(
        self, work: Callable[[Item], Result], items: Sequence[Item], /
    ) -> Iterator[Result]:
        """Yield what `work` returns for each item, in their order; who stops asking ends it."""


class LogFiles:
    """The published files of the log, read from Objects by their path below `log/`."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None."""
        stored = self._objects.get(tiles.LOG + path)
        return None if stored is None else stored.data
