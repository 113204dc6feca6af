"""Writes at the same time: as many as may be, in the order that matters, with the same bytes."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.fakes import CONFLICT, FakeObjects, Plan, faulty
from tests.portal.publishing.test_incremental import RELEASE, Shelf, _full, _night
from tests.soak import sample

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Stored
from rekap.portal.publishing.run import Publisher
from rekap.portal.store.lanes import Lanes

WIDTH = 8
STEPS = 30


class Slow(FakeObjects):
    """Objects whose puts take a moment: the most under way at once, and the order of their ends."""

    def __init__(self) -> None:
        super().__init__()
        self.most: Counter[str] = Counter()
        self.ended: list[str] = []
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    def _write(self, path: str, data: bytes) -> None:
        area = path.split("/", maxsplit=1)[0] if path.startswith(("log/", "state/")) else "site"
        with self._lock:
            self._under_way[area] += 1
            self.most[area] = max(self.most[area], self._under_way[area])
        time.sleep(0.001)
        with self._lock:
            self._under_way[area] -= 1
            super()._write(path, data)
            self.ended.append(path)


class Told(FakeObjects):
    """Objects that say what was read; puts to `silent` paths get no answer."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()
        self.silent: set[str] = set()

    def get(self, path: str) -> Stored | None:
        self.read.add(path)
        return super().get(path)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        if path in self.silent:
            raise OSError(f"no answer for {path}")
        stored = self.objects.get(path)
        if (None if stored is None else hashlib.sha256(stored).hexdigest()) != tag:
            raise Conflict(f"{path} is not what was read")
        self._write(path, data)
        return hashlib.sha256(data).hexdigest()


def _publisher(shelf: Shelf, each: Any = map) -> Publisher:
    return Publisher(
        shelf.objects, shelf.register, log_key=shelf.log_key, release=RELEASE, each=each,
        fixed_release=True,
    )  # fmt: skip


def test_nodes_and_pages_are_put_at_the_same_time_with_the_bytes_of_one_after_the_other() -> None:
    night = _night(7, STEPS)
    shelf = Shelf(night)
    shelf.objects = slow = Slow()
    publisher = _publisher(shelf, Lanes(WIDTH))
    for size in (*range(12, len(night.entries), 9), len(night.entries)):
        shelf.log(size)
        publisher.run(0)
    publisher.run(0)
    assert shelf.site() == _full(night)
    assert 1 < slow.most["site"] <= WIDTH
    assert slow.most["state"] == 1
    assert slow.most["log"] == 1


def test_what_must_come_first_has_ended_before_the_rest_begins() -> None:
    night = _night(7, STEPS)
    shelf = Shelf(night)
    shelf.objects = slow = Slow()
    shelf.log(len(night.entries))
    _publisher(shelf, Lanes(WIDTH)).run(0)
    ended = [path for path in slow.ended if not path.startswith("log/")]
    place = {path: at for at, path in enumerate(ended)}
    node = max(at for path, at in place.items() if path.startswith("state/pack/"))
    commit, shown, claim = (place[path] for path in ("state/head", "state/site", "site.json"))
    pages = [at for path, at in place.items() if path.endswith((".html", ".tlog-proof"))]
    assert node < commit < min(pages)
    assert node < commit < max(pages) < shown
    assert claim > shown
    twins = {path: f"{path.removesuffix('json')}html" for path in place if "index.json" in path}
    pages_of = {twin: page for twin, page in twins.items() if page in place}
    assert len(pages_of) > 50
    for twin, page in pages_of.items():
        assert place[twin] < place[page]
    for path, at in place.items():
        if path.endswith("/forms.csv"):
            assert place[path.removesuffix("forms.csv") + "index.html"] < at


def test_a_failure_swaps_nothing_and_the_next_run_ends_it() -> None:
    night = _night(7, STEPS)
    shelf = Shelf(night)
    shelf.objects = Told()
    shelf.log(len(night.entries))
    shelf.objects.silent = {"index.html", "bukti/0/index.html", "buku-besar/index.json"}
    publisher = _publisher(shelf, Lanes(WIDTH))
    with pytest.raises(OSError, match="no answer for"):
        publisher.run(0)
    assert not {"state/site", "site.json"} & shelf.objects.objects.keys()
    shelf.objects.silent = set()
    publisher.run(0)
    publisher.run(0)
    assert shelf.site() == _full(night)


def test_pages_that_were_changed_by_others_are_one_finding_each() -> None:
    night = _night(7, STEPS)
    shelf = Shelf(night)
    shelf.log(len(night.entries))
    shelf.publish()
    shelf.publish()
    forged = ("bukti/0/index.html", "bukti/1/index.html")
    for path in forged:
        shelf.objects.objects[path] += b"<!-- changed -->"
    for path in ("state/site", "site.json"):
        del shelf.objects.objects[path]
    with pytest.raises(Corrupt) as caught:
        _publisher(shelf, Lanes(WIDTH)).run(0)
    assert all(path in str(caught.value) for path in forged)
    assert not {"state/site", "site.json"} & shelf.objects.objects.keys()


# ---------------------------------------------------------------- remembered tags


@pytest.mark.parametrize("other", ["behind", "ahead", "the same"])
def test_a_publisher_that_remembers_tags_meets_another_one(other: str) -> None:
    night = _night(7, STEPS)
    last = len(night.entries)
    sizes = list(range(8, last, 5))
    shelf = Shelf(night)
    shelf.log(sizes[0])
    warm = _publisher(shelf)
    warm.run(0)
    for before, size in itertools.pairwise([*sizes, last]):
        if other == "ahead":  # it has shown what `warm` then finds newer
            shelf.log(size)
            shelf.publish()
        elif other == "the same":
            shelf.publish()
        warm.run(0)
        if other == "behind":  # it shows what `warm` has shown before
            shelf.publish()
        shelf.log(size)
        assert before < size
    warm.run(0)
    warm.run(0)
    assert shelf.site() == _full(night)


def test_conflicts_met_by_a_publisher_that_remembers_tags() -> None:
    night = _night(7, STEPS)
    last, expected = len(night.entries), _full(night)
    counting = Plan()
    _warm_run(night, last, counting)
    assert counting.calls.count("put_if") > 20
    for at in sample(range(len(counting.calls)), 16):
        shelf = _warm_run(night, last, Plan({at: CONFLICT}))
        shelf.publish()
        shelf.publish()
        assert shelf.site() == expected, f"at call {at}, {counting.calls[at]}"


def _warm_run(night: Night, last: int, plan: Plan) -> Shelf:
    """A publisher shows all but three entries, and then meets the plan."""
    shelf = Shelf(night)
    gate = _Switch()
    publisher = Publisher(
        faulty(shelf.objects, gate), shelf.register, log_key=shelf.log_key, release=RELEASE,
        fixed_release=True,
    )  # fmt: skip
    shelf.log(last - 3)
    publisher.run(0)
    shelf.log(last)
    gate.plan = plan
    try:
        publisher.run(0)
    except Conflict:
        publisher.run(0)
    return shelf


class _Switch:
    """Passes calls on, through a plan once there is one."""

    plan: Plan | None = None

    def call(self, name: str, effect: Any) -> Any:
        return effect() if self.plan is None else self.plan.call(name, effect)


def test_a_file_that_was_put_last_is_replaced_without_reading_it() -> None:
    night = _night(7, STEPS)
    last = len(night.entries)
    shelf = Shelf(night)
    shelf.objects = told = Told()
    publisher = _publisher(shelf)
    shelf.log(last - 3)
    publisher.run(0)
    shelf.log(last)
    told.read.clear()
    told.written.clear()
    publisher.run(0)
    assert {"buku-besar/index.html", f"bukti/{last - 1}/index.html"} <= told.written.keys()
    assert not {path for path in told.read & told.written.keys() if path.endswith(".html")}


@pytest.mark.parametrize("fresh", [True, False])
def test_nothing_is_written_whose_bytes_are_there_already(fresh: bool) -> None:
    """Neither by a process that remembers what it put, nor by a new one for each wave."""
    night = _night(7, STEPS)
    shelf = Shelf(night)
    warm = _publisher(shelf)
    for size in (*range(12, len(night.entries), 7), len(night.entries)):
        shelf.log(size)
        for _ in range(2):
            (_publisher(shelf) if fresh else warm).run(0)
    written = shelf.objects.written
    assert sum(map(len, written.values())) > 500
    again = {path for path, made in written.items() if any(map(bytes.__eq__, made, made[1:]))}
    assert again == set()
