"""Many independent pieces of work on all processors, in the order in which they were given."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_WATCH_S: Final = 0.5

_work: Callable[[Any], Any] | None = None
"""What a forked process does: it inherits the function with everything that it refers to."""


def chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Return runs of `size` items, the last one perhaps shorter: pieces of work for `each`."""
    return [items[at : at + size] for at in range(0, len(items), size)]


def each(work: Callable[[Item], Result], items: Sequence[Item], processes: int) -> Iterator[Result]:
    """Yield `work(item)` for each item, computed by up to `processes` forked processes.

    What `work` refers to is shared with them, not copied. Where processes cannot be forked, or one
    is killed, this process goes on alone: the results are the same.
    """
    done = 0
    if processes > 1 and len(items) > 1 and sys.platform.startswith("linux"):
        try:
            for result in _forked(work, items, min(processes, len(items))):
                yield result
                done += 1
        except (BrokenProcessPool, OSError):
            pass
    for item in items[done:]:
        yield work(item)


def _forked(
    work: Callable[[Item], Result], items: Sequence[Item], processes: int
) -> Iterator[Result]:
    global _work  # noqa: PLW0603  (the one way to hand a closure to a forked process)
    if _work is not None:
        raise RuntimeError("each() inside each()")
    _work = work
    gc.freeze()
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(
        processes, mp_context=context, initializer=_end_with, initargs=(os.getpid(),)
    )
    try:
        futures = [pool.submit(_run, item) for item in items]
        while futures:
            # Results are handed on and forgotten one by one, so they never pile up here.
            yield futures.pop(0).result()
    finally:
        _work = None
        pool.shutdown(wait=True, cancel_futures=True)
        gc.unfreeze()


def _end_with(parent: int) -> None:
    """End this process soon after its parent was killed: nobody else would tell it to."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _run(item: Any) -> Any:
    if _work is None:
        raise RuntimeError("not forked by each()")
    return _work(item)
