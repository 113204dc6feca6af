"""Values for the clauses: leaves, records, trees; and many threads at once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from rekap.core.errors import Conflict
from rekap.core.log.ports import Record, Tree
from rekap.portal.intake.item import Holding


def leaf(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def record(text: str, *, id: str = "", at: int = 100, index: int | None = None) -> Record:
    return Record(leaf(text), leaf(id or "id of " + text), text.encode(), at, b"receipt", index)


def holding(slot: str, key: str, id: str, envelope: bytes = b"e", at: int = 100) -> Holding:
    return Holding(slot, keyids(key)[0], leaf(id), envelope, at)


def keyids(*names: str) -> tuple[str, ...]:
    return tuple(leaf(name)[:32] for name in names)


def tree(size: int, checkpoint: bytes = b"note") -> Tree:
    hashes = tuple(hashlib.sha256(bytes([n])).digest() for n in range(size.bit_count()))
    root = hashlib.sha256(b"root %d" % size).digest()
    return Tree(size, root, hashes, checkpoint + b" %d" % size)


def race(writers: int, write: Callable[[int], object]) -> list[int]:
    """Call `write` with 0 … writers−1 in threads; return those that met no Conflict."""
    won: list[int] = []
    failed: list[BaseException] = []

    def one(n: int) -> None:
        try:
            write(n)
            won.append(n)
        except Conflict:
            pass
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
    return won
