"""Independent calls at the same time: what waits for an answer does not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NoReturn, TypeVar

from rekap.core.errors import Corrupt

Item = TypeVar("Item")
Result = TypeVar("Result")


class Lanes:
    """The port `Each`, with at most `width` calls at the same time, each in a thread."""

    def __init__(self, width: int) -> None:
        self._width = width

    def __call__(self, act: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
        """See `Each`. After a failure nothing more is begun, and all failures are one error."""
        running: set[Future[Result]] = set()
        failed: list[BaseException] = []
        with ThreadPoolExecutor(self._width) as pool:
            try:
                for item in items:
                    running.add(pool.submit(act, item))
                    if len(running) == self._width:
                        done, running = wait(running, return_when=FIRST_COMPLETED)
                        yield from _answers(done, failed)
                    if failed:
                        break
            except Exception as error:  # making an item failed: those under way are still awaited
                failed.append(error)
            yield from _answers(wait(running).done, failed)
        if failed:
            _fail(failed)


def _answers(done: Iterable[Future[Result]], failed: list[BaseException]) -> Iterator[Result]:
    for one in done:
        error = one.exception()
        if error is None:
            yield one.result()
        else:
            failed.append(error)


def _fail(failed: list[BaseException]) -> NoReturn:
    """Raise one error for all: a contradiction weighs more than a service that is away."""
    corrupt = [error for error in failed if isinstance(error, Corrupt)]
    if len(corrupt) > 1:
        raise Corrupt("; ".join(sorted(map(str, corrupt)))) from corrupt[0]
    first = (corrupt or failed)[0]
    for other in failed:
        if other is not first:
            first.add_note(f"at the same time: {type(other).__name__}: {other}")
    raise first
