"""Independent calls at the same time: how many, what is awaited, which error comes out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from rekap.core.errors import Corrupt
from rekap.portal.store.lanes import Lanes

WIDTH = 4


class Gate:
    """A call that returns only when `most` of its like are under way: the most at once is seen."""

    def __init__(self, most: int) -> None:
        self._barrier = threading.Barrier(most, timeout=30)

    def __call__(self, item: int) -> int:
        self._barrier.wait()
        return item * 10


def test_so_many_calls_are_under_way_and_no_more() -> None:
    """Gates open for WIDTH at once; a fifth beside them would be left alone and break its gate."""
    items = range(3 * WIDTH)
    assert sorted(Lanes(WIDTH)(Gate(WIDTH), items)) == [item * 10 for item in items]


def test_items_are_made_as_they_are_needed_and_by_the_caller() -> None:
    here = threading.current_thread()
    begun: list[int] = []
    ahead: list[int] = []

    def items() -> Iterator[int]:
        for item in range(40):
            assert threading.current_thread() is here
            ahead.append(item - len(begun))
            yield item

    assert len(list(Lanes(WIDTH)(begun.append, items()))) == 40
    assert max(ahead) <= WIDTH


def test_nothing_gives_nothing() -> None:
    assert list(Lanes(WIDTH)(str, [])) == []


def test_after_a_failure_nothing_begins_and_what_is_under_way_is_awaited() -> None:
    failed, done = threading.Event(), []
    made = []

    def items() -> Iterator[int]:
        for item in range(1_000):
            made.append(item)
            yield item

    def act(item: int) -> None:
        if item == 0:
            failed.set()
            raise RuntimeError("the first")
        failed.wait(30)
        done.append(item)

    with pytest.raises(RuntimeError, match="the first"):
        list(Lanes(WIDTH)(act, items()))
    assert len(made) <= 3 * WIDTH
    assert sorted(done) == made[1:]


def _all_fail(*errors: Exception) -> Callable[[int], None]:
    barrier = threading.Barrier(len(errors), timeout=30)

    def act(item: int) -> None:
        barrier.wait()
        raise errors[item]

    return act


def test_contradictions_of_several_calls_are_one_error_that_names_all() -> None:
    act = _all_fail(Corrupt("b is wrong"), RuntimeError("no answer"), Corrupt("a is wrong"))
    with pytest.raises(Corrupt) as caught:
        list(Lanes(WIDTH)(act, range(3)))
    assert str(caught.value) == "a is wrong; b is wrong"


def test_a_contradiction_weighs_more_than_silence_and_silence_is_noted() -> None:
    act = _all_fail(RuntimeError("no answer"), Corrupt("a is wrong"))
    with pytest.raises(Corrupt) as caught:
        list(Lanes(WIDTH)(act, range(2)))
    assert str(caught.value) == "a is wrong"
    assert caught.value.__notes__ == ["at the same time: RuntimeError: no answer"]


def test_an_item_that_cannot_be_made_ends_it_after_what_is_under_way() -> None:
    begun, item_fails = threading.Event(), threading.Event()
    done = []

    def items() -> Iterator[int]:
        yield 1
        assert begun.wait(30)
        item_fails.set()
        raise Corrupt("no page")

    def act(item: int) -> None:
        begun.set()
        item_fails.wait(30)
        done.append(item)

    with pytest.raises(Corrupt, match="no page"):
        list(Lanes(WIDTH)(act, items()))
    assert done == [1]


def test_who_stops_listening_still_waits_for_what_is_under_way() -> None:
    done = []
    others = set(threading.enumerate())  # Tests before in this process may have left their own.
    answers = Lanes(WIDTH)(done.append, range(100))
    next(answers)
    answers.close()
    assert len(done) <= 2 * WIDTH
    assert set(threading.enumerate()) <= others
