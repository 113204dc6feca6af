"""The ports in memory, strict about their contracts, with faults at any call.

    plan = Plan({7: AFTER})              # the eighth port call takes effect, then fails
    objects = faulty(FakeObjects(), plan)

A plan counts the calls of all ports that share it. Kinds of faults:

    BEFORE        the call fails and has done nothing
    AFTER         the call has done its work and then fails (a lost answer)
    CONFLICT      a conditional write finds that somebody was faster
    LATE_CONFLICT a conditional write is done, and a retry below us then meets its own effect
    a function    is called before the call: another process running meanwhile
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Head, Record, Stored, Tree
from rekap.portal.intake.item import Holding, IdItem

BEFORE, AFTER, CONFLICT, LATE_CONFLICT = "before", "after", "conflict", "late-conflict"
KINDS = (BEFORE, AFTER, CONFLICT, LATE_CONFLICT)
CONDITIONAL = frozenset({"add", "append", "swap_tree", "put_new", "put_if", "apply", "hold"})

Port = TypeVar("Port")
Action = str | Callable[[], object]


class Fault(Exception):
    """A port call that failed: the process is gone, or never learned the outcome."""


class Plan:
    """What happens at which call (from 0), counted over every port that shares the plan.

    `calls` lists the names of the calls made so far; a kind that cannot apply there does nothing.
    """

    def __init__(self, actions: Mapping[int, Action] | None = None) -> None:
        self.actions = dict(actions or {})
        self.calls: list[str] = []

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        action = self.actions.get(len(self.calls))
        self.calls.append(name)
        if callable(action):
            action()
        if action == BEFORE:
            raise Fault(f"before {name}")
        if action == CONFLICT and name in CONDITIONAL:
            raise Conflict(f"injected at {name}")
        result = effect()
        if action == AFTER:
            raise Fault(f"after {name}")
        if action == LATE_CONFLICT and name in CONDITIONAL:
            raise Conflict(f"injected after {name}")
        return result


class _Faulty:
    def __init__(self, port: Any, plan: Any) -> None:
        self._port, self._plan = port, plan

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return lambda *args, **kwargs: self._plan.call(name, lambda: method(*args, **kwargs))


def faulty(port: Port, plan: Any) -> Port:
    """Return `port` with every call going through `plan.call(name, effect)`."""
    wrapped: Any = _Faulty(port, plan)
    return wrapped


class FakeRecords:
    """Records, id items and pending marks."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.ids: dict[str, IdItem] = {}
        self.marks: set[str] = set()
        self.holdings: dict[tuple[str, str], Holding] = {}
        self.counted: Counter[tuple[str, int]] = Counter()

    def read(self, leaf: str) -> Record | None:
        return self.records.get(leaf)

    def by_id(self, id: str) -> IdItem | None:
        return self.ids.get(id)

    def add(self, record: Record, keyids: Iterable[str], expected_version: int) -> None:
        item = self.ids.get(record.id)
        if (item.version if item else 0) != expected_version:
            raise Conflict(f"id {record.id} changed since version {expected_version}")
        if record.leaf in self.records:
            raise Conflict(f"leaf {record.leaf} is known")
        leaves = (*(item.leaves if item else ()), record.leaf)
        union = tuple(sorted({*(item.keyids if item else ()), *keyids}))
        self.ids[record.id] = IdItem(expected_version + 1, leaves, union)
        self.records[record.leaf] = record
        if record.index is None:
            self.marks.add(record.leaf)

    def pending(self, limit: int) -> tuple[Record, ...]:
        waiting = (self.records[leaf] for leaf in self.marks)
        rows = [record for record in waiting if record.index is None]
        return tuple(sorted(rows, key=lambda record: (record.received_at, record.leaf))[:limit])

    def keep(self, record: Record) -> None:
        self.records.setdefault(record.leaf, record)

    def mark(self, first: int, leaves: Sequence[str]) -> None:
        for index, leaf in enumerate(leaves, first):
            record = self.records.get(leaf)
            if record is None or record.index not in (None, index):
                raise Corrupt(f"leaf {leaf} ordered at {index} has {record and record.index}")
            self.records[leaf] = Record(
                leaf, record.id, record.envelope, record.received_at, record.receipt, index
            )
            self.marks.discard(leaf)

    def pending_count(self) -> int:
        return len(self.marks)

    def oldest_pending(self) -> int | None:
        return min((self.records[leaf].received_at for leaf in self.marks), default=None)

    def count(self, name: str, hour: int) -> int:
        self.counted[name, hour] += 1
        return self.counted[name, hour]

    def held(self, slot: str) -> tuple[Holding, ...]:
        return tuple(one for (place, _), one in sorted(self.holdings.items()) if place == slot)

    def slot_of(self, id: str) -> str | None:
        return next((one.slot for one in self.holdings.values() if one.id == id), None)

    def hold(self, one: Holding, replaced: Holding | None) -> None:
        if self.holdings.get((one.slot, one.keyid)) != replaced:
            raise Conflict(f"key {one.keyid} holds something else for {one.slot}")
        self.holdings[one.slot, one.keyid] = one


class FakeOrder:
    """HEAD, batches and TREE."""

    def __init__(self) -> None:
        self._head = Head(0, None)
        self._batches: dict[int, tuple[str, ...]] = {}
        self._tree: Tree | None = None

    def head(self) -> Head:
        return self._head

    def batch(self, first: int) -> tuple[str, ...]:
        return self._batches[first]

    def append(self, next: int, leaves: Sequence[str], clock: int | None = None) -> None:
        if self._head.next != next or next in self._batches:
            raise Conflict(f"HEAD.next is {self._head.next}, want {next}")
        self._batches[next] = tuple(leaves)
        self._head = Head(next + len(leaves), next, clock)

    def tree(self) -> Tree | None:
        return self._tree

    def swap_tree(self, old: Tree | None, new: Tree) -> None:
        if self._tree != old:
            raise Conflict("TREE is not what was read")
        self._tree = new


class FakeObjects:
    """Objects by path; `written` holds every content that a path ever had, in order."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.written: dict[str, list[bytes]] = {}

    def get(self, path: str) -> Stored | None:
        data = self.objects.get(path)
        return None if data is None else Stored(data, hashlib.sha256(data).hexdigest())

    def part(self, path: str, start: int, length: int) -> bytes | None:
        stored = self.get(path)
        return None if stored is None else stored.data[start : start + length]

    def put_new(self, path: str, data: bytes) -> None:
        if path in self.objects:
            raise Conflict(f"{path} exists")
        self._write(path, data)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        stored = self.get(path)
        if (stored.tag if stored else None) != tag:
            raise Conflict(f"{path} is not what was read")
        self._write(path, data)
        return hashlib.sha256(data).hexdigest()

    def _write(self, path: str, data: bytes) -> None:
        self.objects[path] = data
        self.written.setdefault(path, []).append(data)


class FakeRegister:
    """The cache that submit reads."""

    def __init__(self) -> None:
        self._maps: dict[tuple[str, str], Any] = {}
        self._tree, self._size = "", 0

    def get(self, name: str, key: str) -> Any:
        return self._maps.get((name, key))

    def bases(self) -> tuple[str, ...]:
        return (self._tree,) if self._tree else ()

    def size(self) -> int:
        return self._size

    def apply(
        self, bases: Sequence[str], tree: str, size: int, changes: Iterable[tuple[str, str, Any]]
    ) -> None:
        if self.bases() != tuple(bases):
            raise Conflict("the register is of another tree")
        self._advance(tree, size)
        for name, key, value in changes:
            if value is None:
                self._maps.pop((name, key), None)
            else:
                self._maps[name, key] = value

    def replace(self, tree: str, size: int, items: Iterable[tuple[str, str, Any]]) -> None:
        self._advance(tree, size)
        self._maps = {(name, key): value for name, key, value in items}

    def _advance(self, tree: str, size: int) -> None:
        if size < self._size:
            raise Conflict(f"the register is at size {self._size}")
        self._tree, self._size = tree, size


class FakeGuard:
    """Remembers the first reason to stop."""

    def __init__(self) -> None:
        self._reason: str | None = None

    def reason(self) -> str | None:
        return self._reason

    def stop(self, reason: str) -> None:
        self._reason = self._reason or reason

    def lift(self) -> None:
        self._reason = None


class FakeBell:
    """Remembers what was rung."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def ring(self, queue: str) -> None:
        self.rung.append(queue)


class Clock:
    """A clock that stands until it is moved (Unix seconds)."""

    def __init__(self, now: int = 1_732_690_800) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now
