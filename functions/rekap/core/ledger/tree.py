"""A sorted map of immutable nodes: keys are text, values are JSON, a node's name has its digest.

A B+ tree with path copying, in the spirit of git's trees: a change writes the leaf it falls into
and the nodes above it, so one form costs the depth of the map and never its size. Neighbouring keys
share leaves: the stations of one kelurahan are read together.

    leaf   {"leaf":[["key",value],["key",null,["name of a part",...]],...]}
    inner  {"inner":[["smallest key","name"],...],"level":1}
    part   {"part":"a piece of a value's JSON"}    of a value too large for a leaf

Two versions of one map share every node that did not change; `changes` walks only the others.
Not a public format: whoever deletes the nodes loses time, never bytes of the site.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final, Protocol

from rekap.core.errors import Corrupt
from rekap.core.log.ports import Each

LEAF_BYTES: Final = 8_192
"""A leaf above this size is split; a single larger value stands alone in its leaf."""
PART_CHARACTERS: Final = 16_384
"""A value whose JSON is longer lies in parts of this length: then no node passes 64 KB."""
INNER_CHILDREN: Final = 96
DIGEST_LENGTH: Final = 32
"""Hex digits of SHA-256 in a name: a store that loses bytes is found out; who may write may lie."""

_dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

_key: Final = itemgetter(0)

Item = tuple[str, Any]
Child = tuple[str, str]


class Nodes(Protocol):
    """Where nodes are kept. A name begins with the digest, and may say where the node lies."""

    def read(self, name: str) -> bytes:
        """Return the node's bytes; raises Corrupt if it is missing.

        May be called from many threads at the same time, while nobody writes.
        """

    def write(self, digest: str, data: bytes) -> str:
        """Keep a node for good and return its name."""


class NodeCache:
    """Nodes decoded once; at most `limit` of them. Nodes never change, so a cache never lies.

    What is written is kept as bytes until somebody reads it: most of it nobody does. For one
    thread; those that `fetch` makes read nodes and never touch the cache.
    `each` makes many calls at once: a scan then reads the leaves below a node together.
    """

    def __init__(self, nodes: Nodes, limit: int = 4_096, each: Each | None = None) -> None:
        self._nodes = nodes
        self._each = each
        self._limit = limit
        self._kept: dict[str, dict[str, Any] | bytes] = {}

    def read(self, digest: str) -> dict[str, Any]:
        """Return the decoded node; callers must not change it."""
        kept = self._kept.get(digest)
        if isinstance(kept, dict):
            return kept
        node: dict[str, Any] = json.loads(self._read(digest) if kept is None else kept)
        self._keep(digest, node)
        return node

    def fetch(self, digests: Iterable[str], each: Each) -> None:
        """Have these nodes at hand; those that are not are read, as `each` makes calls."""
        missing = sorted(set(digests).difference(self._kept))
        for digest, data in each(lambda one: (one, self._read(one)), missing):
            self._keep(digest, data)

    def ahead(self, names: list[str]) -> None:
        """Have nodes at hand that are about to be read one after the other."""
        if self._each is not None and len(set(names).difference(self._kept)) > 1:
            self.fetch(names, self._each)

    def _read(self, name: str) -> bytes:
        data = self._nodes.read(name)
        if _digest(data) != name[:DIGEST_LENGTH]:
            raise Corrupt(f"state node {name} has other bytes")
        return data

    def write(self, node: dict[str, Any]) -> str:
        """Write a node and return its name."""
        return self.write_text(_dump(node))

    def write_text(self, text: str) -> str:
        """Write a node whose JSON is at hand; see `write`."""
        data = text.encode()
        name = self._nodes.write(_digest(data), data)
        self._keep(name, data)
        return name

    def _keep(self, digest: str, node: dict[str, Any] | bytes) -> None:
        if len(self._kept) >= self._limit:
            for old in list(self._kept)[: self._limit // 4]:
                del self._kept[old]
        self._kept[digest] = node


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:DIGEST_LENGTH]


def get(cache: NodeCache, root: str | None, key: str) -> Any:
    """Return the value of `key`, or None; reads one node per level."""
    while root is not None:
        node = cache.read(root)
        if "leaf" in node:
            items = node["leaf"]
            at = bisect_left(items, key, key=_key)
            return _value(cache, items[at]) if at < len(items) and items[at][0] == key else None
        root = _child(node, key)
    return None


def fetch(cache: NodeCache, ways: Iterable[tuple[str | None, str]], each: Each) -> None:
    """Have the nodes on the ways to keys at hand: (root of a map, key), level by level."""
    level = {(root, key) for root, key in ways if root is not None}
    while level:
        cache.fetch((digest for digest, _ in level), each)
        level = {
            (_child(node, key), key)
            for digest, key in level
            if "inner" in (node := cache.read(digest))
        }


def _child(node: dict[str, Any], key: str) -> str:
    """Return the child of an inner node in which `key` is, if it is anywhere."""
    children = node["inner"]
    # A child is named by the smallest key that it had when its parent was written; what is smaller
    # than all of them belongs to the first.
    digest: str = children[max(bisect_right(children, key, key=_key) - 1, 0)][1]
    return digest


def _value(cache: NodeCache, item: list[Any]) -> Any:
    """The value of a leaf's item, put together from its parts if it has some."""
    if len(item) == 2:
        return item[1]
    return json.loads("".join(cache.read(digest)["part"] for digest in item[2]))


def scan(cache: NodeCache, root: str | None, low: str, high: str) -> Iterator[Item]:
    """Yield the items with low <= key < high in the order of keys."""
    if root is None:
        return
    node = cache.read(root)
    if "leaf" in node:
        items = node["leaf"]
        for at in range(bisect_left(items, low, key=_key), len(items)):
            if items[at][0] >= high:
                return
            yield items[at][0], _value(cache, items[at])
        return
    children = node["inner"]
    first = max(bisect_right(children, low, key=_key) - 1, 0)
    below = [digest for _, digest in children[first : bisect_left(children, high, key=_key)]]
    if node["level"] == 1:
        cache.ahead(below)
    for digest in below:
        yield from scan(cache, digest, low, high)


def update(cache: NodeCache, root: str | None, changed: list[Item]) -> str | None:
    """Return the root of the map with `changed` applied: sorted by key, value None removes.

    Costs the nodes on the paths of the changed keys.
    """
    if not changed:
        return root
    children = _update(cache, root, changed)
    level = 0 if root is None else cache.read(root).get("level", 0)
    while len(children) > 1:
        level += 1
        children = _inner(cache, children, level)
    return children[0][1] if children else None


def _update(cache: NodeCache, root: str | None, changed: list[Item]) -> list[Child]:
    """Write what takes the place of a subtree and return it: nodes of its level, none if empty."""
    if root is None:
        return _leaves(cache, _merge([], changed))
    node = cache.read(root)
    if "leaf" in node:
        return _leaves(cache, _merge(node["leaf"], changed))
    old = node["inner"]
    new: list[Child] = []
    start = 0
    for at, (smallest, digest) in enumerate(old):
        end = len(changed)
        if at + 1 < len(old):
            end = bisect_left(changed, old[at + 1][0], start, key=_key)
        if end > start:
            new.extend(_update(cache, digest, changed[start:end]))
        else:
            new.append((smallest, digest))
        start = end
    return _inner(cache, new, node["level"]) if new else []


def _merge(items: list[list[Any]], changed: list[Item]) -> list[list[Any]]:
    merged = {item[0]: item for item in items}
    for key, value in changed:
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = [key, value]
    return sorted(merged.values(), key=_key)


def _leaves(cache: NodeCache, items: list[list[Any]]) -> list[Child]:
    """Write items as leaves of about one size; an item that is larger has a leaf of its own."""
    texts = [_text(cache, item) for item in items]
    total = sum(map(len, texts))
    pieces = max(1, -(-total // LEAF_BYTES))
    goal = total / pieces
    leaves: list[Child] = []
    first = size = 0
    for at, text in enumerate(texts):
        # `goal` cuts what is too much into equal pieces, not into full ones and a crumb: each can
        # grow before it is cut again.
        if at > first and (size + len(text) > LEAF_BYTES or size >= goal):
            leaves.append(_leaf(cache, items[first][0], texts[first:at]))
            first, size = at, 0
        size += len(text)
    if texts:
        leaves.append(_leaf(cache, items[first][0], texts[first:]))
    return leaves


def _leaf(cache: NodeCache, smallest: str, texts: list[str]) -> Child:
    return smallest, cache.write_text(f'{{"leaf":[{",".join(texts)}]}}')


def _text(cache: NodeCache, item: list[Any]) -> str:
    """The JSON of an item; a value that is too large for a leaf is written as parts."""
    text = _dump(item)
    if len(item) == 2 and len(text) > PART_CHARACTERS:
        value = _dump(item[1])
        starts = range(0, len(value), PART_CHARACTERS)
        parts = [value[at : at + PART_CHARACTERS] for at in starts]
        text = _dump([item[0], None, [cache.write({"part": part}) for part in parts]])
    return text


def _inner(cache: NodeCache, children: list[Child], level: int) -> list[Child]:
    pieces = -(-len(children) // INNER_CHILDREN)
    goal = -(-len(children) // pieces)
    return [
        (
            children[at][0],
            cache.write({"inner": children[at : at + goal], "level": level}),
        )
        for at in range(0, len(children), goal)
    ]


def changes(
    cache: NodeCache, old: str | None, new: str | None, after: str | None = None
) -> Iterator[tuple[str, Any, Any]]:
    """Yield (key, old value, new value) where two versions of one map differ, in key order.

    Lazily, and only keys behind `after`. Reads what the versions do not share, as far as it is
    asked for, and at most one leaf more at each end of what changed.
    """
    left, right = _Walk(cache, old, after), _Walk(cache, new, after)
    while left or right:
        # One name is one content: what both versions share is skipped unread, however large.
        if left and right and left.next.digest == right.next.digest is not None:
            left.skip()
            right.skip()
            continue
        ahead = _ahead(left, right)
        if all(walk.level() < 0 for walk in ahead):
            key = ahead[0].next.key
            before, now = (walk.skip().value if walk in ahead else None for walk in (left, right))
            if before != now:
                yield key, before, now
        else:
            # Only the higher one is opened, so that both come to a shared subtree at one level:
            # a version may have grown by a level, and opening both would pass it by.
            highest = max(walk.level() for walk in ahead)
            for walk in ahead:
                if walk.level() == highest:
                    walk.open()


@dataclass(frozen=True, slots=True)
class _Place:
    """What comes next in a walk: a subtree with its smallest key, or an item (`digest` None)."""

    key: str
    digest: str | None
    value: Any = None


class _Walk:
    """A version of a map from its smallest key on; subtrees are opened when they are asked for."""

    def __init__(self, cache: NodeCache, root: str | None, after: str | None) -> None:
        self._cache = cache
        self._after = after
        self._places = [] if root is None else [_Place("", root)]

    def __bool__(self) -> bool:
        return bool(self._places)

    @property
    def next(self) -> _Place:
        return self._places[-1]

    def skip(self) -> _Place:
        return self._places.pop()

    def level(self) -> int:
        """Return how many levels are below the next place: −1 at an item."""
        digest = self.next.digest
        return -1 if digest is None else int(self._cache.read(digest).get("level", 0))

    def open(self) -> None:
        """Put what is in the next subtree in its place, without what is not behind `after`."""
        digest = self._places.pop().digest
        node = self._cache.read(str(digest))
        if "leaf" in node:
            found = [
                _Place(item[0], None, _value(self._cache, item))
                for item in node["leaf"]
                if self._after is None or item[0] > self._after
            ]
        else:
            found = [_Place(*child) for child in node["inner"]]
            if self._after is not None:
                begin = bisect_right(node["inner"], self._after, key=_key) - 1
                found = found[max(begin, 0) :]
        self._places.extend(reversed(found))


def _ahead(left: _Walk, right: _Walk) -> list[_Walk]:
    """Return the walks whose next place begins first: what begins later may be shared."""
    walks = [walk for walk in (left, right) if walk]
    first = min(walk.next.key for walk in walks)
    return [walk for walk in walks if walk.next.key == first]
