"""Where a run's time ends, or entries come, between two of its steps: nothing is done in vain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from tests.fakes import FakeObjects, Fault
from tests.portal.publishing.test_incremental import RELEASE, Shelf, _night
from tests.portal.publishing.test_progress import Limited
from tests.portal.publishing.test_tasks import Farm

from rekap.portal.publishing import folding, window
from rekap.portal.publishing.claims import STATE_SITE, Published
from rekap.portal.publishing.folding import Folding
from rekap.portal.publishing.run import Publisher
from rekap.portal.publishing.tasks import Range


def _publisher(shelf: Shelf, objects: Any, **ports: Any) -> Publisher:
    return Publisher(
        objects, shelf.register, log_key=shelf.log_key, release=RELEASE,
        fixed_release=True, **ports,
    )  # fmt: skip


def test_a_fold_that_had_time_for_more_knows_how_long_an_entry_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second an entry: three entries in a thousand seconds, then all others in eight."""
    night, left, fold = _night(7), [1_000.0], folding.fold
    shelf = Shelf(night)

    def slow(state: Any, entry: bytes) -> None:
        left[0] -= 1
        fold(state, entry)

    monkeypatch.setattr(folding, "fold", slow)
    folds = Folding(shelf.objects, shelf.log_key, "code", map, lambda head: None, foresees=False)
    shelf.log(3)
    folds.forward(lambda: left[0])
    shelf.log(len(night.entries))
    left[0] = 8.0
    done = folds.forward(lambda: left[0])
    assert done is not None
    assert (done[1], left[0]) == (8, 0.0)


class Growing(FakeObjects):
    """The log grows while the page `at` is put."""

    def __init__(self, shelf: Shelf, at: str, size: int) -> None:
        super().__init__()
        self.objects = shelf.objects.objects
        self.puts: list[str] = []
        self._shelf, self._at, self._size = shelf, at, size

    def _write(self, path: str, data: bytes) -> None:
        super()._write(path, data)
        self.puts.append(path)
        if path == self._at:
            self._shelf.log(self._size)


def test_the_page_of_an_entry_that_comes_meanwhile_is_put_before_the_pages_above() -> None:
    night = _night(7, 16)
    last = len(night.entries)
    shelf = Shelf(night)
    shelf.log(last - 1)
    growing = Growing(shelf, f"bukti/{last - 2}/index.html", last)
    _publisher(shelf, growing).run(0)
    assert growing.puts.index(f"bukti/{last - 1}/index.html") < growing.puts.index("index.html")


def test_a_run_whose_time_ends_among_proofs_that_are_there_tells_the_next_one() -> None:
    night = _night(7)
    shelf = Shelf(night)
    shelf.log(len(night.entries))
    shelf.publish()
    shelf.publish()
    published = Published.parse(shelf.objects.objects[STATE_SITE])
    published.proofs = 0  # whoever wrote them died before it said so
    shelf.objects.objects[STATE_SITE] = published.encode()
    seen = [0]
    while seen[-1] < len(night.entries):
        objects = Limited(shelf.objects, 30)
        with suppress(Fault):  # before site.json tells it too
            _publisher(shelf, objects).run(0, objects.left)
        seen.append(Published.parse(shelf.objects.objects[STATE_SITE]).proofs)
        assert seen[-1] > seen[-2]
    assert len(seen) > 3


def test_ranges_that_a_run_cut_are_sent_although_no_time_is_left_for_a_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night, left, cut = _night(7), [100.0], window.cut
    farm = Farm(Shelf(night))
    farm.shelf.log(len(night.entries))

    def slow(pages: Iterable[Any], after: str | None) -> Iterator[Range]:
        for one in cut(pages, after):
            left[0] = 0.0
            yield one

    monkeypatch.setattr(window, "FEW", 3)
    monkeypatch.setattr(window, "cut", slow)
    done = _publisher(farm.shelf, farm.shelf.objects, renderers=farm.queue).run(0, lambda: left[0])
    assert done.proofs == 0
    part = farm.published().first
    assert part is not None
    assert len(part.sent) == len(farm.queue.waiting) == 1
