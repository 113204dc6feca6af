"""The state after a prefix of the log: a few sorted maps by name.

In memory (`State()`) for the verifier, or over nodes (`State(nodes, head)`) for the publisher: it
reads only what an entry touches. Both give the same answers; `commit` writes what changed.

Whoever makes no page asks for `State(pages=False)`: the last three maps stay empty and an entry has
no root. Everything else is the same.

    meta      log · publication · app · uploaders · clock · closed ·
              elections (ids in the order they began) · kinds (how many entries of each) ·
              election/{id} · begun/{election} (contest ->
              its region) · determination/{election}/{contest} ·
              rulings/{election}/{contest} · elected/{election}/{contest} ·
              followed/{election}/{contest} (by which of another election) ·
              officials/{election}/{region} (indexes of grants)
    ids       statement id -> kind, indexes of its entries and of the first, signers, marks,
              index of effect (null while it waits)
    entries   index -> kind, status, place, root after the entry
    keys      keyid -> person, body, place, grant, revocation
    signed    {keyid}/{index} -> 1
    regions   {election}/{code} -> name, children, TPS, expected stations
    totals    {election}/{contest}/{code} -> sums and counts of everything below
    slots     {election}/{contest}/{form}/{code}[/{tps}] -> chain, head, figures
    columns   {slot}/{child} -> figures of one column of a D form
    findings  {slot}|{rule}|{child}|{part} -> finding of the slot's head
    site      address of a page -> its own as_of; !log and !{election} -> bases
    changes   index -> the pages that the entry touched, the totals before and after it
    feeds     {election}/{contest}/{code} -> the newest statements there
"""

from __future__ import annotations

import copy
import marshal
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rekap.core.errors import Corrupt
from rekap.core.ledger import tree
from rekap.core.log.merkle import Frontier
from rekap.core.log.ports import Each

MAPS: Final = (
    "meta", "ids", "entries", "keys", "signed", "regions", "totals", "slots", "columns",
    "findings", "site", "changes", "feeds",
)  # fmt: skip
REGISTER_MAPS: Final = ("meta", "ids", "keys", "regions")
"""What `submit` needs to answer early: the register is a copy of these, and of which form counts
in each slot (`chain.counted`)."""
PACKED_MAPS: Final = (
    "ids", "entries", "keys", "regions", "totals", "slots", "columns", "findings", "changes",
    "feeds",
)  # fmt: skip
"""Maps that grow with the election; every entry asks `meta`."""
PACK_EVERY: Final = 4_096
"""Entries between two times that records in memory are packed."""

Record = dict[str, Any]
"""A value of a map, or a checked payload: JSON. Not a record of uploads (`log.ports.Record`)."""


class Map:
    """A sorted map with changes not yet committed on top of a committed tree (or of nothing)."""

    def __init__(self, cache: tree.NodeCache | None = None, root: str | None = None) -> None:
        self._cache = cache
        self.root = root
        self._changed: dict[str, Any] = {}
        self._loose: set[str] = set()
        self._sorted: list[str] | None = None

    def get(self, key: str) -> Any:
        """Return the value of `key` or None. Callers must not change it: see `edit`."""
        value = self._changed.get(key)
        if value is not None:
            return marshal.loads(value) if type(value) is bytes else value  # noqa: S302
        if self._cache is None or key in self._changed:
            return None
        return tree.get(self._cache, self.root, key)

    def put(self, key: str, value: Any) -> None:
        """Set `key`; None removes it."""
        if key not in self._changed:
            self._sorted = None
        self._changed[key] = value
        if type(value) is dict:
            self._loose.add(key)

    def edit(self, key: str, default: Record | None = None) -> Record:
        """Return the record of `key` to be changed in place; `default` if there is none."""
        value: Any = self._changed.get(key)
        if type(value) is bytes:
            value = _unpacked(value)
            self.put(key, value)
        elif value is None:
            committed = None
            if key not in self._changed and self._cache is not None:
                committed = tree.get(self._cache, self.root, key)
            if committed is None and default is None:
                raise KeyError(key)
            value = default if committed is None else copy.deepcopy(committed)
            self.put(key, value)
        record: Record = value
        return record

    def scan(self, prefix: str, after: str | None = None) -> Iterator[tuple[str, Any]]:
        """Yield (key, value) of the keys that begin with `prefix`, in order; those behind `after`.

        Of a committed map lazily.
        """
        high = prefix + "\U0010ffff"
        low = prefix if after is None else max(prefix, after + "\0")
        mine = self._keys(low, high)
        if self._cache is None or self.root is None:
            for key in mine:
                if (value := self._changed[key]) is not None:
                    yield key, _unpacked(value)
            return
        committed = tree.scan(self._cache, self.root, low, high)
        yield from self._merged(mine, committed) if self._changed else committed

    def since(self, old: Map, after: str | None = None) -> Iterator[tuple[str, Any, Any]]:
        """Yield (key, old, new) where two committed versions of a map differ, behind `after`."""
        if self._cache is None:
            raise RuntimeError("a map in memory has no other version")
        return tree.changes(self._cache, old.root, self.root, after)

    def _merged(
        self, mine: list[str], committed: Iterator[tuple[str, Any]]
    ) -> Iterator[tuple[str, Any]]:
        values = {key: value for key, value in committed if key not in self._changed}
        values.update((key, self._changed[key]) for key in mine if self._changed[key] is not None)
        for key in sorted(values):
            yield key, values[key]

    def _keys(self, low: str, high: str) -> list[str]:
        if self._sorted is None:
            self._sorted = sorted(self._changed)
        return self._sorted[bisect_left(self._sorted, low) : bisect_left(self._sorted, high)]

    def commit(self) -> str | None:
        """Write the changes as nodes and return the map's new root (None: the map is empty)."""
        if self._cache is None:
            raise RuntimeError("a state in memory has nothing to commit to")
        changed = sorted(self._changed.items(), key=lambda item: item[0])
        self.root = tree.update(self._cache, self.root, changed)
        self._changed = {}
        self._loose = set()
        self._sorted = None
        return self.root

    def pack(self) -> None:
        """Keep records as bytes, a third of their size as objects: for a map in memory only.

        What `edit` returned before is a record of its own from here on.
        """
        for key in self._loose:
            value = self._changed[key]
            if type(value) is dict:
                self._changed[key] = marshal.dumps(value)
        self._loose = set()


@dataclass(frozen=True, slots=True)
class Head:
    """What names a committed state: entries folded, their tree, and the digest of the maps."""

    size: int
    frontier: Frontier
    tree: str | None


class State:
    """The maps, the number of entries folded, and the Merkle frontier over them.

    `read_entry` gives the bytes of an earlier entry: an answer may make an old statement count.
    `pages`: whether what only pages show is kept too.
    """

    def __init__(
        self,
        nodes: tree.Nodes | tree.NodeCache | None = None,
        head: Head | None = None,
        read_entry: Callable[[int], bytes] | None = None,
        *,
        pages: bool = True,
    ) -> None:
        self.pages = pages
        cache = nodes
        if nodes is not None and not isinstance(nodes, tree.NodeCache):
            cache = tree.NodeCache(nodes)
        self._cache: tree.NodeCache | None = cache  # type: ignore[assignment]
        self.read_entry = read_entry or _no_entries
        self.frontier = head.frontier if head else Frontier(0, ())
        roots: Mapping[str, str | None] = {}
        if head and head.tree and self._cache:
            roots = self._cache.read(head.tree)["maps"]
        self._maps = {name: Map(self._cache, roots.get(name)) for name in MAPS}
        self.meta = self._maps["meta"]
        self.ids = self._maps["ids"]
        self.entries = self._maps["entries"]
        self.keys = self._maps["keys"]
        self.signed = self._maps["signed"]
        self.regions = self._maps["regions"]
        self.totals = self._maps["totals"]
        self.slots = self._maps["slots"]
        self.columns = self._maps["columns"]
        self.findings = self._maps["findings"]
        self.refound: set[str] = set()
        """Pages of findings that the entry at hand changes; `Touches.commit` takes them."""
        self.site = self._maps["site"]
        self.changes = self._maps["changes"]
        self.feeds = self._maps["feeds"]

    @property
    def size(self) -> int:
        """Entries folded so far; the index of the next one."""
        return self.frontier.size

    def root(self) -> bytes:
        """32-byte root hash of the entries folded so far."""
        return self.frontier.root()

    def get(self, name: str, key: str) -> Any:
        """Return a value of map `name`: the view that `authority` asks, as of the register."""
        return self._maps[name].get(key)

    def fetch(self, places: Iterable[tuple[str, str]], each: Each) -> None:
        """Read the nodes that lead to (map, key), many at the same time; see `tree.fetch`."""
        if self._cache is not None:
            tree.fetch(self._cache, ((self._maps[name].root, key) for name, key in places), each)

    def entry(self, index: int) -> Record:
        """Return what became of entry `index`."""
        record: Record | None = self.entries.get(entry_key(index))
        if record is None:
            raise Corrupt(f"entry {index} is not in the state of size {self.size}")
        return record

    def rest(self) -> None:
        """Between two entries: keep an audit of a province, in memory, below one gigabyte."""
        if self._cache is None and self.size % PACK_EVERY == 0:
            for name in PACKED_MAPS:
                self._maps[name].pack()

    def commit(self) -> Head:
        """Write every change as nodes and return the new head; keeping it is the caller's."""
        if self._cache is None:
            raise RuntimeError("a state in memory has nothing to commit to")
        maps = {name: self._maps[name].commit() for name in MAPS}
        return Head(self.size, self.frontier, self._cache.write({"maps": maps}))


def _unpacked(value: Any) -> Any:
    """Return the value that `pack` made bytes of; JSON has no bytes of its own."""
    return marshal.loads(value) if type(value) is bytes else value  # noqa: S302


def _no_entries(index: int) -> bytes:
    raise RuntimeError(f"this state was given no entries to read (entry {index})")


def entry_key(index: int) -> str:
    """Keys of `entries` sort by index: ten digits."""
    return f"{index:010d}"


def map_changes(
    cache: tree.NodeCache, name: str, old: str | None, new: str | None
) -> Iterator[tuple[str, Any, Any]]:
    """Yield (key, old, new) where map `name` differs between two trees of committed states."""
    before = cache.read(old)["maps"].get(name) if old else None
    after = cache.read(new)["maps"].get(name) if new else None
    return tree.changes(cache, before, after)
