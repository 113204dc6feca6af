"""A publisher with too little time: each run gets further than the one before, to the same bytes.

SIMULASI: each run is a new process that may make so many calls of the store, and is told at any
moment how long it still may run, at 20 ms a call. A call beyond the limit kills it.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from scripts.lab.loading.country import ORIGIN, Country
from scripts.lab.loading.portal import begin
from tests.fakes import Fault
from tests.faults.portal import RenderedOnce
from tests.soak import SOAK

from handlers import access, entry_zero, publish, sequence, submit, wiring
from rekap.core.log.ports import LogFiles, Stored
from rekap.core.pages import release
from rekap.desk.replay.functions import Functions
from rekap.portal.publishing import rendering
from rekap.portal.publishing import run as publisher
from rekap.portal.publishing.budget import ENDING_SHARE
from rekap.portal.publishing.rendering import Renderer
from rekap.portal.publishing.run import Outcome, Publisher
from rekap.portal.publishing.tasks import Task
from rekap.portal.publishing.window import Renderers
from rekap.portal.store.local.bell import SilentBell
from rekap.portal.store.local.database import Database

CALL_SECONDS = 0.02
STATIONS, EARLY, FORMS, MORE = (400, 5, 300, 60) if SOAK else (140, 5, 100, 20)
"""Stations; forms that are shown, that wait when the first run begins, that come between two."""
SHARES = (0.1, 0.4) if SOAK else (0.1,)
"""Of the calls that are needed; the smaller one is the harder."""


class Limited:
    """Objects of one process that is killed after `limit` calls; it counts them, and public puts.

    What it `learns`, of the state, the log and how far others are, each new process learns anew.
    `shown`: what it had learned, and had done beside, when it first said what the site shows.
    """

    def __init__(self, objects: Any, limit: int | None = None) -> None:
        self._objects = objects
        self._limit = limit
        self.calls = 0
        self.puts = 0
        self.learns = 0
        self.shown: tuple[int, int] | None = None

    def left(self) -> float:
        """Seconds until the kill."""
        return math.inf if self._limit is None else (self._limit - self.calls) * CALL_SECONDS

    def _call(self, path: str) -> None:
        self.calls += 1
        self.learns += path.startswith(("state/", "log/"))
        if self._limit is not None and self.calls > self._limit:
            raise Fault("killed")

    def get(self, path: str) -> Stored | None:
        self._call(path)
        found: Stored | None = self._objects.get(path)
        return found

    def part(self, path: str, start: int, length: int) -> bytes | None:
        self._call(path)
        found: bytes | None = self._objects.part(path, start, length)
        return found

    def put_new(self, path: str, data: bytes) -> None:
        self._call(path)
        self.puts += not path.startswith("state/")
        self._objects.put_new(path, data)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        self._call(path)
        self.puts += not path.startswith("state/")
        put: str = self._objects.put_if(path, data, tag)
        if path == "site.json":
            self.shown = self.shown or self.needed()
        return put

    def needed(self) -> tuple[int, int]:
        """What it learned, and the calls that it made beside, until it showed more."""
        return self.shown or (self.learns, self.calls - self.learns)


@dataclass
class Evening:
    """A portal of one election, its uploads, and runs of its publisher by new processes.

    `sent` uploads are in the folder already.
    """

    folder: Path
    country: Country
    sent: int = 0
    portal: access.Portal = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "portal.db", durable=False)
        self.portal = wiring.embedded(
            self.folder, access.Settings(ORIGIN), bell=SilentBell(), clock=lambda: 0,
            journal=lambda _: None, database=self.database,
        )  # fmt: skip
        self.functions = Functions(self.portal, submit.respond, sequence.respond, publish.respond)
        self._uploads: Iterator[Any] = islice(self.country.uploads(), self.sent, None)

    def wave(self, forms: int) -> None:
        for one in islice(self._uploads, forms):
            self.functions.submit(one.item.data)
        self.functions.sequence()

    def publisher(self, objects: Any, renderers: Renderers | None = None) -> Publisher:
        assert self.portal.objects
        assert self.portal.register
        key = entry_zero.log_key(LogFiles(self.portal.objects))
        return Publisher(
            objects, self.portal.register, log_key=key, release=release.current(),
            renderers=renderers,
        )  # fmt: skip

    def whole(self) -> int:
        """One run without a limit; return its calls."""
        objects = Limited(self.portal.objects)
        self.publisher(objects).run(0)
        return objects.calls

    def limited(self, limit: int) -> Outcome:
        """One run that is killed after so many calls; that it ends before is demanded."""
        objects = Limited(self.portal.objects, limit)
        return self.publisher(objects).run(0, objects.left)

    def shown(self) -> int:
        """The size that site.json claims; each entry below it must have its proof."""
        public = self.folder / "public"
        claim = public / "site.json"
        size = int(json.loads(claim.read_bytes())["size"]) if claim.exists() else 0
        proofs = (public / f"bukti/{index}.tlog-proof" for index in range(size))
        assert [path.name for path in proofs if not path.exists()] == []
        return size

    def logged(self) -> int:
        note = (self.folder / "public" / "log" / "checkpoint").read_text("utf-8")
        return int(note.split("\n")[1])

    def site(self) -> dict[str, bytes]:
        public = self.folder / "public"
        return {
            str(path.relative_to(public)): path.read_bytes()
            for path in sorted(public.rglob("*"))
            if path.is_file() and path.suffix != ".tlog-proof" and path.name != "site.json"
        }


@pytest.fixture(autouse=True, scope="module")
def _computed_once() -> Iterator[None]:
    """What a page says is a function of the log: it is made once for all runs."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (publisher, rendering):
            patch.setattr(module, "Site", RenderedOnce)
        yield


@cache
def _country() -> Country:
    return Country(STATIONS, seed=1, release=release.current())


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the portal until the polls close."""
    folder = tmp_path_factory.mktemp("begun") / "portal"
    begin(folder, _country())
    return folder


@pytest.fixture(scope="module")
def full(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a site that is up to date, and a wave that waits."""
    folder = tmp_path_factory.mktemp("full") / "portal"
    with _copy(begun, folder) as evening:
        evening.whole()
        evening.wave(EARLY)
        evening.whole()
        evening.wave(FORMS)
    return folder


@contextmanager
def _copy(folder: Path, target: Path, sent: int = 0) -> Iterator[Evening]:
    shutil.copytree(folder, target)
    evening = Evening(target, _country(), sent)
    with closing(evening.database):
        yield evening
        evening.database.settle()


@pytest.fixture
def evening(begun: Path) -> Iterator[Evening]:
    """A portal until the polls close."""
    with tempfile.TemporaryDirectory() as made, _copy(begun, Path(made) / "portal") as one:
        yield one


@pytest.fixture
def late(full: Path) -> Iterator[Evening]:
    """A portal whose site is up to date, and a wave that waits."""
    with (
        tempfile.TemporaryDirectory() as made,
        _copy(full, Path(made) / "portal", EARLY + FORMS) as one,
    ):
        yield one


@dataclass(frozen=True)
class Work:
    """The calls that runs without a limit need: for the forms that wait, and for those to come."""

    waiting: int
    coming: int


@pytest.fixture(scope="module")
def work(full: Path) -> Work:
    with (
        tempfile.TemporaryDirectory() as made,
        _copy(full, Path(made) / "portal", EARLY + FORMS) as evening,
    ):
        waiting = evening.whole()
        evening.wave(MORE)
        return Work(waiting, evening.whole())


@pytest.mark.parametrize("share", SHARES)
def test_what_does_not_fit_into_one_run_is_shown_after_as_many_as_it_needs_and_two(
    late: Evening, work: Work, share: float
) -> None:
    limit = int(work.waiting * share)
    runs = 0
    while late.shown() < late.logged():
        outcome = late.limited(limit)
        runs += 1
        print(runs, outcome, late.shown())
        assert runs <= (work.waiting + work.coming) / limit + 2
        if runs == 1:
            late.wave(MORE)
    _is_that_of_one_run(late)


class Many:
    """A publisher that sends, and renderers: each call of either is a new process with a limit."""

    def __init__(self, evening: Evening, publisher: int | None, renderer: int | None) -> None:
        self.evening = evening
        self.limits = publisher, renderer
        self.learns: dict[str, int] = dict.fromkeys(("publish", "render"), 0)
        self.works: dict[str, list[int]] = {"publish": [], "render": []}
        self.puts = 0
        self._waiting: list[Task] = []
        self._now = 0

    def send(self, some: Sequence[Task]) -> None:
        self._waiting += some

    def until_shown(self, more: int = 0) -> int:
        """Let all work in turn until site.json reaches the log; return how often that was.

        After the first round so many forms come.
        """
        rounds = 0
        while self.evening.shown() < self.evening.logged():
            self._now += 10
            objects = Limited(self.evening.portal.objects, self.limits[0])
            with suppress(Fault):  # a page may be longer than any before it
                self.evening.publisher(objects, self).run(self._now, objects.left)
            self._note("publish", objects)
            waiting, self._waiting = self._waiting, []
            for task in waiting:
                objects = Limited(self.evening.portal.objects, self.limits[1])
                rest = Renderer(objects, release=release.current()).render(task, objects.left)
                self._waiting += [rest] if rest else []
                self._note("render", objects)
            rounds += 1
            if rounds == 1:
                self.evening.wave(more)
            assert rounds < 100
        return rounds

    def _note(self, function: str, objects: Limited) -> None:
        """Keep the most that a process learns, and what each does beside."""
        learns, works = objects.needed()
        self.learns[function] = max(self.learns[function], learns)
        self.works[function].append(works)
        self.puts += objects.puts


@dataclass(frozen=True)
class Needs:
    """Calls of one function: what a process learns, and the work that is done in order."""

    learns: int
    work: int


@pytest.fixture(scope="module")
def needs(full: Path) -> tuple[tuple[Needs, Needs], int]:
    """What a publisher and renderers need, without a limit, for the wave and then for the next.

    The publisher's work is that of all its calls; ranges are written at once, the longest counts.
    And the files that both put.
    """
    with (
        tempfile.TemporaryDirectory() as made,
        _copy(full, Path(made) / "portal", EARLY + FORMS) as evening,
    ):
        all_of = Many(evening, None, None)
        all_of.until_shown()
        evening.wave(MORE)
        all_of.until_shown()
        publish, render = all_of.works["publish"], all_of.works["render"]
        return (
            Needs(all_of.learns["publish"], sum(publish)),
            Needs(all_of.learns["render"], max(render)),
        ), all_of.puts


@pytest.mark.parametrize("share", SHARES)
def test_publisher_and_renderers_with_a_share_of_what_they_need_show_a_wave_and_the_next(
    late: Evening, needs: tuple[tuple[Needs, Needs], int], share: float
) -> None:
    """Each call learns what it must, keeps what its end takes, and has a share of the work.

    One function after the other, and a round more; no file is put that one call would not put.
    """
    both, puts = needs
    held = 1 - ENDING_SHARE
    limits = [math.ceil((one.learns + one.work * share) / held) for one in both]
    shared = Many(late, *limits)
    took = shared.until_shown(MORE)
    print(f"{both}: {took} with a share of {share}: {limits}, {shared.puts} puts of {puts}")
    assert took <= len(both) / share + 1
    assert shared.puts <= puts
    _is_that_of_one_run(late)


def test_a_wave_is_shown_although_forms_come_between_the_runs(late: Evening, work: Work) -> None:
    aim = late.logged()
    limit = int(work.waiting * 0.4)
    seen = []
    for _ in range(6):
        late.wave(10)
        late.limited(limit)
        seen.append(late.shown())
    print(seen)
    assert seen[3] >= aim
    while late.shown() < late.logged():
        late.limited(limit)
    _is_that_of_one_run(late)


@pytest.mark.parametrize("lost", ["state", "site"])
def test_everything_again_is_written_at_a_tenth_of_what_it_needs(
    evening: Evening, lost: str
) -> None:
    """SIMULASI: all of `state/` is lost, or what says what is shown: the log is folded, or not."""
    evening.wave(30)
    evening.whole()
    evening.whole()
    expected = evening.site()
    _lose(evening, lost)
    calls = evening.whole()
    assert evening.site() == expected
    _lose(evening, lost)
    limit, runs = calls // 10, 0
    while not _claimed(evening):
        done = evening.limited(limit)
        runs += 1
        assert done.shown <= _claimed(evening), "what an earlier release left is still in use"
        assert runs <= calls / limit + 2, "a run finds out anew what one before it found"
    evening.whole()
    assert evening.site() == expected


def _is_that_of_one_run(evening: Evening) -> None:
    """Demand the bytes that one run without a limit writes from the log alone."""
    evening.whole()
    evening.whole()
    found = evening.site()
    _lose(evening, "state")
    for path in (evening.folder / "public").rglob("*"):
        if path.is_file() and "log" not in path.relative_to(evening.folder / "public").parts[:1]:
            path.unlink()
    evening.whole()
    evening.whole()
    assert evening.site() == found


def _lose(evening: Evening, lost: str) -> None:
    state = evening.folder / "state"
    for path in [state / "site"] if lost == "site" else [*state.rglob("*")]:
        if path.is_file():
            path.unlink()


def _claimed(evening: Evening) -> bool:
    stored = evening.folder / "state" / "site"
    return stored.exists() and json.loads(stored.read_bytes())["size"] == evening.logged()


def test_a_run_that_is_killed_without_a_word_has_not_worked_in_vain(
    late: Evening, work: Work
) -> None:
    with pytest.raises(Fault):
        late.publisher(Limited(late.portal.objects, work.waiting // 2)).run(0)
    assert late.whole() < work.waiting * 2 // 3
    assert late.shown() == late.logged()


def test_a_claim_moves_although_every_run_is_killed_and_forms_come_between(
    late: Evening, work: Work
) -> None:
    """One machine: each run is killed without a word, and finds forms that are new."""
    seen = []
    for _ in range(6):
        with suppress(Fault):
            late.publisher(Limited(late.portal.objects, work.waiting // 2)).run(0)
        seen.append(late.shown())
        late.wave(10)
    print(work, seen)
    assert len(set(seen)) > 3
    _is_that_of_one_run(late)


class Warm:
    """Processes that publish one portal in turn: each remembers what it put, as on AWS."""

    def __init__(self, evening: Evening, processes: int) -> None:
        self.objects = Limited(evening.portal.objects)
        self._publishers = [evening.publisher(self.objects) for _ in range(processes)]
        self._turn = 0

    def publish(self, calls: float = math.inf) -> None:
        """One run by the next process, that ends after about so many calls."""
        publisher = self._publishers[self._turn % len(self._publishers)]
        self._turn += 1
        until = self.objects.calls + calls
        publisher.run(0, lambda: (until - self.objects.calls) * CALL_SECONDS)


def _puts(begun: Path, processes: int, calls: int) -> int:
    """Puts of a wave and of one that comes meanwhile, by processes in turn, so many calls each."""
    with (
        tempfile.TemporaryDirectory() as made,
        _copy(begun, Path(made) / "portal") as evening,
    ):
        warm = Warm(evening, processes)
        warm.publish()
        evening.wave(40)
        warm.publish()
        evening.wave(60)
        before, runs = warm.objects.puts, 0
        while evening.shown() < evening.logged():
            warm.publish(calls)
            if not runs:
                evening.wave(12)
            runs += 1
            assert runs < 40
        assert runs > 2, "the work fits into so few runs that nothing is handed over"
        return warm.objects.puts - before


def test_two_publishers_put_five_per_cent_more_than_one_at_most(begun: Path) -> None:
    """SIMULASI: the queue in order gives a run to one process or the other, never to both."""
    one, two = _puts(begun, 1, 300), _puts(begun, 2, 300)
    print(f"puts of one publisher: {one}, of two in turn: {two}")
    assert two <= one * 1.05


def test_bulk_data_are_written_although_no_run_has_time_for_all(evening: Evening) -> None:
    evening.whole()
    evening.wave(20)
    evening.whole()
    calls = evening.whole()
    evening.wave(20)
    evening.whole()
    runs = 0
    while _data_size(evening) < evening.logged():
        evening.limited(calls // 2)
        runs += 1
        assert runs <= 4
    assert runs > 1
    _is_that_of_one_run(evening)


def _data_size(evening: Evening) -> int:
    claim = json.loads((evening.folder / "public" / "site.json").read_bytes())
    return int(claim["data_size"])
