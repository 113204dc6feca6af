"""Pages that many write: in any order, twice, never, or long after, with the bytes of one run.

SIMULASI: ranges of four pages, so that a night has many; the renderers are here, one after another.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.fakes import AFTER, BEFORE, CONFLICT, FakeObjects, Fault, Plan, faulty
from tests.portal.publishing.test_incremental import RELEASE, Shelf, _full, _night
from tests.soak import KILLS, SEED

from rekap.core import codec
from rekap.core.errors import Conflict, Malformed
from rekap.core.ledger.addresses import TEXTS
from rekap.core.ledger.state import State
from rekap.portal.publishing import dirty, tasks, window
from rekap.portal.publishing.claims import STATE_SITE, Part, Published, Reached
from rekap.portal.publishing.rendering import Foreign, Renderer
from rekap.portal.publishing.run import Outcome, Publisher
from rekap.portal.publishing.tasks import TASK_BYTES, Range, Task, cut
from rekap.portal.store.local.objects import FolderObjects

LIMITS = {"FEW": 3, "AHEAD": 7, "TOGETHER": 3}
TASK = Task("r" * 64, True, "old tree", Reached(9, "new tree", ["AA=="]), 1_000, None, "bukti/4/")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "RANGE", 4)
    for name, value in LIMITS.items():
        monkeypatch.setattr(window, name, value)


class Queue:
    """Tasks that were sent, as texts; what was taken from it is remembered."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.sent: list[bytes] = []

    def send(self, some: Sequence[Task]) -> None:
        self.waiting += [task.encode() for task in some]
        self.sent += [task.encode() for task in some]

    def take(self) -> list[bytes]:
        taken, self.waiting = self.waiting, []
        return taken


class Farm:
    """A portal whose publisher sends, and whose renderers are called when the test says so."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.queue = Queue()
        self.now = 0

    def publish(self, release: str = RELEASE) -> Outcome:
        """One run by a fresh process; what it claims is there."""
        publisher = Publisher(
            self.shelf.objects, self.shelf.register, log_key=self.shelf.log_key, release=release,
            renderers=self.queue, fixed_release=True,
        )  # fmt: skip
        done = publisher.run(self.now)
        self.is_true()
        return done

    def render(self, text: bytes, release: str = RELEASE) -> None:
        """One task by a fresh process."""
        assert Renderer(self.shelf.objects, release=release).render(Task.parse(text)) is None

    def until_shown(self, treat: Callable[[list[bytes]], list[bytes]]) -> int:
        """Publish and render until all is shown; return how many runs that took."""
        runs = 0
        while True:
            done = self.publish()
            runs += 1
            for text in treat(self.queue.take()):
                self.render(text)
            if not done.cut and not self.published().waits() and not self.queue.waiting:
                break
            assert runs < 400
            self.now += 1
        return runs

    def published(self) -> Published:
        return Published.parse(self.shelf.objects.objects[STATE_SITE])

    def is_true(self) -> None:
        """Demand that every page of the claim is there, in the bytes of its size or of a later."""
        objects = self.shelf.objects.objects
        if b'"size"' not in (claim := objects.get("site.json", b"{}")):
            return
        for path, data in _shown(self.shelf, json.loads(claim)["size"]).items():
            if path.endswith("index.json") and path in objects:
                assert _as_of(objects[path]) >= _as_of(data), path
            assert path in objects, f"{path} is claimed and not there"


def _as_of(twin: bytes) -> int:
    return int(json.loads(twin).get("as_of", 0))


_known: dict[tuple[int, int], dict[str, bytes]] = {}


def _shown(shelf: Shelf, size: int) -> dict[str, bytes]:
    """The pages that one run makes of so many entries of a night."""
    key = (id(shelf.night), size)
    if key not in _known:
        alone = Shelf(shelf.night)
        alone.log(size)
        alone.publish()
        _known[key] = {
            path: data for path, data in alone.site().items() if path.endswith(("html", ".json"))
        }
    return _known[key]


night = cache(lambda: _night(7, 14))
full = cache(lambda: _full(night()))


def _farm(size: int | None = None) -> Farm:
    farm = Farm(Shelf(night()))
    farm.shelf.log(size or len(night().entries))
    return farm


def _is_that_of_one_run(farm: Farm) -> None:
    farm.now += 700
    farm.publish()
    assert farm.shelf.site() == full()


# ---------------------------------------------------------------- any order, any number


ORDERS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "in order": lambda texts: texts,
    "backwards": lambda texts: texts[::-1],
    "each twice": lambda texts: texts + texts[::-1],
    "shuffled": lambda texts: random.Random(len(texts)).sample(texts, len(texts)),
}


@pytest.mark.parametrize("order", ORDERS)
def test_tasks_in_any_order_and_twice_give_the_bytes_of_one_run(order: str) -> None:
    farm = _farm()
    farm.until_shown(ORDERS[order])
    assert len(farm.queue.sent) == len(set(farm.queue.sent)) > 10, "a task was sent twice"
    _is_that_of_one_run(farm)


def test_what_is_lost_is_sent_again_after_two_minutes_and_nothing_else() -> None:
    farm = _farm()
    lost: list[bytes] = []

    def lose(texts: list[bytes]) -> list[bytes]:
        if texts and not lost:
            lost.append(texts[1])
            return [texts[0], *texts[2:]]
        return texts

    waited = farm.until_shown(lose)
    assert waited > window.AGAIN_SECONDS
    twice = [text for text in set(farm.queue.sent) if farm.queue.sent.count(text) > 1]
    assert twice == lost
    assert all((one.after or "") < one.until for one in map(Task.parse, farm.queue.sent))
    _is_that_of_one_run(farm)


def test_nothing_is_counted_behind_a_range_that_is_missing() -> None:
    farm = _farm()
    farm.publish()
    first, *others = farm.queue.take()
    for text in others:
        farm.render(text)
    done = farm.publish()
    assert (done.shown, done.cut) == (False, False), "it is woken when there is more to count"
    part = farm.published().first
    assert part is not None
    assert (part.after, len(part.sent)) == (None, LIMITS["AHEAD"])
    farm.render(first)
    farm.publish()
    part = farm.published().first
    assert part is not None
    assert part.after == Task.parse(others[-1]).until


def test_forms_that_come_while_pages_above_are_out_have_their_own_pages_at_once() -> None:
    size = len(night().entries)
    farm = _farm(size - 3)
    while (above := _part(farm, "above")) is None or not above.sent:
        farm.publish()
        if (above := _part(farm, "above")) is None:
            for text in farm.queue.take():
                farm.render(text)
        farm.now += 1
    held = farm.queue.take()
    farm.shelf.log(size)
    while farm.published().leaves.size < size:
        farm.publish()
        for text in farm.queue.take():
            farm.render(text)
    assert not farm.shelf.objects.objects.get("site.json")
    assert f"bukti/{size - 1}/index.html" in farm.shelf.objects.objects
    for text in held:
        farm.render(text)
    farm.until_shown(lambda texts: texts)
    _is_that_of_one_run(farm)


def test_the_claim_moves_while_more_forms_come_than_one_run_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(window, "FEW", 1)
    size = len(night().entries)
    farm = _farm(size - 20)
    objects = farm.shelf.objects.objects
    for more in range(size - 18, size + 1, 2):
        farm.publish()
        proofs = [path for path in objects if path.endswith(".tlog-proof")]
        assert size - 20 <= len(proofs) <= more - 2, "they wait for none, nor precede the log"
        for text in farm.queue.take():
            farm.render(text)
        farm.shelf.log(more)
        farm.now += 300
    assert farm.published().size > size - 20, "pages above wait for a log that rests"
    assert farm.published().data_size > 0, "bulk data wait for a log that rests"
    farm.until_shown(lambda texts: texts)
    _is_that_of_one_run(farm)


def _part(farm: Farm, name: str) -> Part | None:
    if STATE_SITE not in farm.shelf.objects.objects:
        return None
    part: Part | None = getattr(farm.published(), name)
    return part


# ---------------------------------------------------------------- killed


class OnDisk(FolderObjects):
    """The objects of a folder, which processes share."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._roots = (folder / "public", folder)

    @property
    def objects(self) -> dict[str, bytes]:
        """Every object by its path."""
        public, state = self._roots
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for root, some in ((public, public), (state, state / "state"))
            for path in some.rglob("*")
            if path.is_file()
        }


@dataclass
class Killing(Farm):
    """Renderers are processes of their own; most are killed, and the queue brings the task again.

    `kills` of them died; a whole one takes `takes_s`.
    """

    shelf: Shelf
    chance: random.Random
    kills: int = 0
    takes_s: float = 0.01

    def __post_init__(self) -> None:
        super().__init__(self.shelf)

    def render(self, text: bytes, release: str = RELEASE) -> None:
        while True:
            began = time.monotonic()
            if not (renderer := os.fork()):
                try:
                    super().render(text, release)
                    os._exit(0)
                finally:
                    os._exit(1)
            if self.chance.random() < 0.7:
                time.sleep(self.chance.random() * self.takes_s)
                os.kill(renderer, signal.SIGKILL)
            _, status = os.waitpid(renderer, 0)
            if status == 0:
                self.takes_s = max(self.takes_s, time.monotonic() - began)
                return
            assert os.WTERMSIG(status) == signal.SIGKILL, "it failed by itself"
            self.kills += 1


def test_renderers_killed_anywhere_leave_what_the_next_one_ends(tmp_path: Path) -> None:
    kills = 0
    for seed in count(SEED):
        shelf = Shelf(night())
        shelf.objects = OnDisk(tmp_path / str(seed))  # type: ignore[assignment]
        shelf.log(len(night().entries))
        farm = Killing(shelf, random.Random(seed))
        farm.until_shown(lambda texts: texts)
        _is_that_of_one_run(farm)
        kills += farm.kills
        if kills >= max(KILLS, 10):
            break
    print(f"{kills} renderers killed, seeds {SEED} to {seed}")


# ---------------------------------------------------------------- late


def test_a_task_of_an_older_part_that_comes_last_changes_nothing() -> None:
    size = len(night().entries)
    farm = _farm(size - 6)
    farm.until_shown(lambda texts: texts)
    old = list(farm.queue.sent)
    marks = [path for path in farm.shelf.objects.objects if path.startswith("state/done/")]
    assert len(marks) == len(old)
    for path in marks:  # as if nobody had written them in time
        del farm.shelf.objects.objects[path]
    farm.shelf.log(size)
    farm.until_shown(lambda texts: texts)
    _is_that_of_one_run(farm)
    for text in old:
        farm.render(text)
    assert farm.shelf.site() == full()
    assert not farm.publish().files


def test_marks_of_an_earlier_attempt_do_not_stand_for_pages_that_are_lost() -> None:
    """Who deletes state/site, because pages are wrong, has them all written again."""
    farm = _farm()
    farm.until_shown(lambda texts: texts)
    _is_that_of_one_run(farm)
    objects = farm.shelf.objects.objects
    for path in ("state/site", "site.json", *(one for one in [*objects] if one.endswith(".html"))):
        del objects[path]
    farm.now += 1
    farm.until_shown(lambda texts: texts)
    _is_that_of_one_run(farm)


def test_bulk_data_wait_for_pages_of_the_release_that_writes_them() -> None:
    """While renderers are at them, the state that is shown is of other code: nobody reads it."""
    farm = _farm()
    farm.until_shown(lambda texts: texts)
    farm.now += 700
    done = farm.publish(release="f" * 64)
    assert farm.queue.waiting
    assert (done.bulk, farm.published().data_tree) == (0, ""), "the other code's nodes are read"


def test_a_task_of_another_release_writes_nothing() -> None:
    farm = _farm()
    farm.publish()
    written = dict(farm.shelf.objects.objects)
    with pytest.raises(Foreign, match="release"):
        farm.render(farm.queue.waiting[0], release="f" * 64)
    assert farm.shelf.objects.objects == written


def test_a_task_that_other_code_of_the_same_release_cut_writes_nothing() -> None:
    """A release is the code of `core`: which pages a range has is said by other modules."""
    farm = _farm()
    farm.publish()
    written = dict(farm.shelf.objects.objects)
    other = replace(Task.parse(farm.queue.waiting[0]), code="f" * 64)
    with pytest.raises(Foreign, match="code"):
        farm.render(other.encode())
    assert farm.shelf.objects.objects == written


# ---------------------------------------------------------------- deaths


def test_a_renderer_that_dies_at_any_call_is_followed_by_another_with_the_same_bytes() -> None:
    farm = _farm()
    farm.publish()
    text = farm.queue.take()[0]
    before = dict(farm.shelf.objects.objects)
    counting = Plan()
    _renderer(farm, counting).render(Task.parse(text))
    after = dict(farm.shelf.objects.objects)
    mark = Task.parse(text).mark()
    for at in range(len(counting.calls)):
        for kind in (BEFORE, AFTER, CONFLICT):
            farm.shelf.objects.objects = dict(before)
            try:
                _renderer(farm, Plan({at: kind})).render(Task.parse(text))
            except (Fault, Conflict):
                there = {*farm.shelf.objects.objects} - {mark}
                assert mark not in farm.shelf.objects.objects or there == {*after} - {mark}
                farm.render(text)
            assert farm.shelf.objects.objects == after, (at, kind, counting.calls[at])


def _renderer(farm: Farm, plan: Plan) -> Renderer:
    objects: FakeObjects = faulty(farm.shelf.objects, plan)
    return Renderer(objects, release=RELEASE)


def test_a_publisher_that_dies_at_any_call_between_sending_and_counting() -> None:
    farm = _farm()
    farm.publish()
    for text in farm.queue.take()[1:]:
        farm.render(text)
    before = dict(farm.shelf.objects.objects)
    counting = Plan()
    _publisher(farm, counting).run(1)
    for at in range(len(counting.calls)):
        farm.shelf.objects.objects = dict(before)
        farm.queue = Queue()
        with suppress(Fault):
            _publisher(farm, Plan({at: AFTER})).run(1)
        part = _part(farm, "first")
        assert part is not None
        assert part.after is None


def _publisher(farm: Farm, plan: Plan) -> Publisher:
    return Publisher(
        faulty(farm.shelf.objects, plan), farm.shelf.register, log_key=farm.shelf.log_key,
        release=RELEASE, renderers=farm.queue, fixed_release=True,
    )  # fmt: skip


# ---------------------------------------------------------------- too little time


@pytest.mark.parametrize("seconds", [0.0001, 4, 1_000])
def test_a_renderer_hands_on_what_its_time_leaves(seconds: float) -> None:
    """A file takes a second: however little time it is given, each call goes on."""
    farm = _farm()
    farm.publish()
    objects = farm.shelf.objects.objects
    task: Task | None = Task.parse(farm.queue.take()[0])
    assert task is not None
    mark, calls = task.mark(), 0
    while task is not None:
        before, until = task.written or "", seconds + len(objects)
        renderer = Renderer(farm.shelf.objects, release=RELEASE)
        task = renderer.render(task, partial(_left, objects, until))
        calls += 1
        assert (task is None) == (mark in objects)
        assert task is None or (task.mark() == mark and (task.written or "") > before)
    assert (calls == 1) == (seconds == 1_000)
    assert calls <= tasks.RANGE


def test_a_task_whose_time_went_into_the_state_is_not_handed_on_as_it_came() -> None:
    """Else it goes round for ever, is no failure, and nobody is told."""
    farm = _farm()
    farm.publish()
    task = Task.parse(farm.queue.take()[0])
    seconds = iter([60.0])
    rest = Renderer(farm.shelf.objects, release=RELEASE).render(task, lambda: next(seconds, 2.0))
    assert rest is not None
    assert (rest.written or "") > (task.written or "")


class Slow:
    """Objects of a call of 100 seconds: 40 for its beginning, one a put, 55 for that of `long`."""

    def __init__(self, objects: FakeObjects, long: str) -> None:
        self._objects = objects
        self._long = long
        self._left = 60.0
        self.twins: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._objects, name)

    def left(self) -> float:
        return self._left

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        self.twins += [path] if path.endswith("index.json") else []
        self._left -= 55 if path == self._long else 1
        if self._left < 0:
            raise Fault("killed")
        return self._objects.put_if(path, data, tag)


def test_a_page_that_kills_a_call_gets_one_of_its_own_and_holds_up_none_before_it() -> None:
    """SIMULASI: else the task comes back as it was, until it lies with the dead letters."""
    farm = _farm()
    farm.publish()
    task: Task | None = Task.parse(farm.queue.take()[0])
    assert task is not None
    probe = Slow(FakeObjects(), "")
    probe._objects.objects = dict(farm.shelf.objects.objects)
    probe._left = 10_000
    Renderer(probe, release=RELEASE).render(task)  # type: ignore[arg-type]
    mark, kills, again = task.mark(), 0, False
    while task is not None:
        clock = Slow(farm.shelf.objects, probe.twins[2])
        renderer = Renderer(clock, release=RELEASE)  # type: ignore[arg-type]
        try:
            task = renderer.render(task, clock.left, again=again)
        except Fault:
            kills, again = kills + 1, True
            assert kills == 1, "the page has no more time than before"
            continue
        assert task is None or (task.single and task.mark() == mark)
        again = False
    assert kills == 1
    assert mark in farm.shelf.objects.objects


def test_a_queue_that_takes_nothing_makes_no_part_begin_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else tasks that it took before the error are of a part that nobody counts."""
    farm = _farm()

    def refuse(some: Sequence[Task]) -> None:
        raise Fault("the queue")

    with monkeypatch.context() as broken:
        broken.setattr(farm.queue, "send", refuse)
        with pytest.raises(Fault):
            farm.publish()
    begun = _part(farm, "first")
    assert begun
    assert begun.sent
    farm.now += window.AGAIN_SECONDS
    farm.publish()
    assert {Task.parse(text).begun for text in farm.queue.sent} == {begun.begun}
    farm.until_shown(lambda texts: texts)
    _is_that_of_one_run(farm)


def test_a_clock_that_goes_back_does_not_keep_what_is_lost_from_being_sent() -> None:
    farm = _farm()
    farm.now = 1_000_000
    farm.publish()
    lost = farm.queue.take()
    farm.now -= 100_000
    farm.publish()
    assert farm.queue.take() == lost


def test_pages_that_processes_of_one_machine_write_together_are_those_of_one_run() -> None:
    """Each question for the time takes a second: runs go on behind what the one before has."""
    farm, alone = _farm(), _farm()
    farm.publish()
    assert farm.published().waits(), "renderers that went away have ranges of it"
    runs: list[Outcome] = []
    places: list[tuple[bool, str]] = []
    while not runs or runs[-1].cut:
        seconds = iter(range(3, -90, -1))
        publisher = Publisher(
            farm.shelf.objects, farm.shelf.register, log_key=farm.shelf.log_key, release=RELEASE,
            fixed_release=True, pool=map,
        )  # fmt: skip
        runs.append(publisher.run(0, lambda seconds=seconds: float(next(seconds))))
        assert not farm.published().waits()
        then = farm.published()
        if (part := then.first or then.above) is not None:
            places.append((then.first is None, part.after or ""))
        assert len(runs) < 400
    assert len(places) > 5
    assert places == sorted(set(places)), "a run wrote what was there"
    one = alone.shelf.publish()
    told = [sum(done.pages for done in runs), sum(done.files for done in runs)]
    assert told == [one.pages, one.files]
    _is_that_of_one_run(farm)


class Nodes(dict[str, bytes]):
    """Nodes in memory; counts how often one is read."""

    reads = 0

    def read(self, name: str) -> bytes:
        self.reads += 1
        return self[name]

    def write(self, digest: str, data: bytes) -> str:
        self[digest] = data
        return digest


@pytest.mark.parametrize("again", [False, True])
def test_who_looks_for_pages_above_passes_over_those_of_statements(again: bool) -> None:
    """They are as many as entries: a range across them would outlast the time of a call."""
    nodes = Nodes()
    state = State(nodes)
    for address in (*(f"bukti/{n}/" for n in range(8_000)), "aa/", "bukti-a/", "cc/", "cc/001/"):
        state.site.put(address, 1)
    new = State(nodes, state.commit())
    nodes.reads = 0
    old = State(nodes) if again else None
    above = [address for address, _ in dirty.pages(old, new, first=False, after=None)]
    assert [one for one in above if one not in TEXTS] == ["aa/", "bukti-a/", "cc/"]
    assert nodes.reads * 2 < len(nodes)
    assert len(list(dirty.pages(old, new, first=True, after=None))) == 8_001


def _left(objects: dict[str, bytes], until: float) -> float:
    return until - len(objects)


# ---------------------------------------------------------------- the texts


def test_a_task_is_read_as_it_was_written_and_in_no_other_spelling() -> None:
    text = TASK.encode()
    assert Task.parse(text) == TASK
    value = json.loads(text)
    wrong = [
        b"", b"[]", b"1", text[:-1], text + b" ", text.replace(b":", b": "),
        json.dumps({**value, "more": 1}).encode(), b"[" * TASK_BYTES, b" " * (TASK_BYTES + 1),
        *(_with(name, None) for name in value if name not in ("after", "written")),
        _with("first", 1), _with("begun", True), _with("begun", "1"), _with("after", 1),
        _with("to", {**value["to"], "frontier": [1]}), _with("to", {"size": 1}),
    ]  # fmt: skip
    for one in wrong:
        with pytest.raises(Malformed):
            Task.parse(one)


def _with(name: str, value: codec.JSON) -> bytes:
    return codec.encode_public({**asdict(TASK), name: value})


def test_a_mark_is_of_everything_that_a_task_says_but_not_of_how_far_it_is() -> None:
    assert replace(TASK, written="bukti/2/").mark() == TASK.mark()
    others = [
        replace(TASK, release="s" * 64), replace(TASK, code="s" * 64), replace(TASK, first=False),
        replace(TASK, base=""),
        replace(TASK, to=Reached(10, "new tree", ["AA=="])), replace(TASK, begun=1_001),
        replace(TASK, after=""), replace(TASK, after="bukti/0/"), replace(TASK, until="bukti/5/"),
    ]  # fmt: skip
    assert len({TASK.mark(), *(one.mark() for one in others)}) == len(others) + 1


def test_the_code_of_a_task_is_the_same_in_whatever_order_a_disk_lists_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else two machines with the same program let each other's tasks fall."""
    own, listed = tasks.own_code(), Path.glob
    for backwards in (False, True):
        monkeypatch.setattr(
            Path, "glob", lambda *told, b=backwards: iter(sorted(listed(*told), reverse=b))
        )
        assert tasks.own_code.__wrapped__() == own


@pytest.mark.parametrize("out", [[], ["0001/"], [f"{n:04}/" for n in range(LIMITS["AHEAD"])]])
@pytest.mark.parametrize("waiting", [0, 1, 3, 4, 5, 27, 28, 29, 1_000])
def test_pages_are_looked_for_only_as_far_as_ranges_may_be_out(
    out: list[str], waiting: int
) -> None:
    """Else each run of a publisher walks all that wait, whatever it sends."""
    seen: list[str] = []

    def pages() -> Iterator[dirty.Dirty]:
        for n in range(waiting):
            seen.append(f"{1_000 + n}/")
            yield seen[-1], False

    queue = Queue()
    frame = window.Window(FakeObjects(), queue, map, RELEASE)
    part = Part("", Reached(9, "tree"), "0000/", out, at=5, begun=1)
    filled, left, told = frame.fill(part, pages(), 7, lambda _: True, first=True)
    free = (LIMITS["AHEAD"] - len(out)) * 4
    cut_off = 0 if not out and waiting <= LIMITS["FEW"] else min(waiting, free)
    assert len(seen) <= max(cut_off, 0 if out else LIMITS["FEW"] + 1)
    assert not queue.sent, "the part is kept first"
    ends = [f"{1_000 + min(n + 4, cut_off) - 1}/" for n in range(0, cut_off, 4)]
    assert filled == (replace(part, sent=[*out, *ends], at=7) if ends else part)
    whole = [*out, *ends]
    assert [(one.after, one.until) for one in told] == (
        list(pairwise(["0000/", *whole]))[len(out) :] if ends else []
    )
    assert [address for address, _ in left] == [f"{1_000 + n}/" for n in range(cut_off, waiting)]


def test_ranges_follow_each_other_and_leave_nothing_out() -> None:
    pages = [(f"{n:02}/", False) for n in range(10)]
    ranges = list(cut(iter(pages), "00"))
    assert ranges == [
        Range("00", pages[:4]), Range("03/", pages[4:8]), Range("07/", pages[8:]),
    ]  # fmt: skip
    assert not list(cut([], None))
