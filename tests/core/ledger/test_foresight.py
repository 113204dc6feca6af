"""Reading ahead: after it the fold of forms finds its nodes at hand; nothing else changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from tests.core.ledger.night import Night

from rekap.core.ledger import tree
from rekap.core.ledger.fold import fold
from rekap.core.ledger.foresight import foresee
from rekap.core.ledger.state import Head, State
from rekap.core.log.merkle import Frontier


class Shelf:
    """Nodes by digest, and which were read since the last time somebody asked."""

    def __init__(self) -> None:
        self.nodes: dict[str, bytes] = {}
        self.read_now: list[str] = []

    def read(self, digest: str) -> bytes:
        self.read_now.append(digest)
        return self.nodes[digest]

    def write(self, digest: str, data: bytes) -> str:
        self.nodes[digest] = data
        return digest

    def reads(self) -> list[str]:
        done, self.read_now = self.read_now, []
        return done


class Waits:
    """`Each` that counts how often somebody waited."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, act: Any, items: Iterable[Any], /) -> Iterable[Any]:
        some = list(items)
        self.count += bool(some)
        return map(act, some)


def _resumed(shelf: Shelf, head: Head, entries: Sequence[bytes]) -> State:
    return State(tree.NodeCache(shelf), head, read_entry=lambda index: entries[index])


def _night(seed: int) -> list[bytes]:
    night = Night(seed)
    for _ in range(120):
        night.step()
    return night.entries


@pytest.mark.parametrize("seed", [3, 4])
def test_every_kind_of_entry_folds_to_the_same_nodes_with_and_without_it(seed: int) -> None:
    entries = _night(seed)
    plain, ahead = Shelf(), Shelf()
    heads = [Head(0, Frontier(0, ()), None)] * 2
    for start in range(0, len(entries), 7):
        wave = range(start, min(start + 7, len(entries)))
        states = [
            _resumed(shelf, head, entries)
            for shelf, head in zip((plain, ahead), heads, strict=True)
        ]
        foresee(states[1], ((index, entries[index]) for index in wave), map)
        for state in states:
            for index in wave:
                fold(state, entries[index])
        heads = [state.commit() for state in states]
        assert heads[0] == heads[1]
    assert plain.nodes == ahead.nodes


def test_few_waits_in_place_of_many_reads() -> None:
    entries = _night(5)
    shelf, head = Shelf(), Head(0, Frontier(0, ()), None)
    found = {"waits": 0, "ahead": 0, "later": 0}
    for start in range(0, len(entries), 20):
        wave = range(start, min(start + 20, len(entries)))
        state, waits = _resumed(shelf, head, entries), Waits()
        foresee(state, ((index, entries[index]) for index in wave), waits)
        found["waits"] += waits.count
        found["ahead"] += len(shelf.reads())
        for index in wave:
            fold(state, entries[index])
        found["later"] += len(shelf.reads())
        head = state.commit()
        shelf.reads()
    print(found)
    assert found["later"] < found["ahead"] / 3
    assert found["waits"] < found["ahead"] / 3


def test_a_state_in_memory_has_nothing_to_read() -> None:
    entries = _night(5)[:20]
    state = State(read_entry=lambda index: entries[index])
    for index, entry in enumerate(entries):
        foresee(state, [(index, entry)], map)
        fold(state, entry)


def test_rubbish_is_left_to_the_fold() -> None:
    state = State()
    foresee(state, enumerate([b"", b"{}", b"\xff", b"rubbish"]), map)
    assert state.size == 0
