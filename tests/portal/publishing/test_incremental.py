"""Incremental = full: however a publication is cut, crashed or doubled, the bytes are the same."""

from __future__ import annotations

import contextlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from tests.core.ledger.night import EXPECTED, Night
from tests.core.ledger.world import World, payload_of, signer
from tests.core.statements import builders
from tests.fakes import AFTER, BEFORE, CONFLICT, FakeObjects, FakeRegister, Fault, Plan, faulty
from tests.soak import SOAK, sample

from rekap.core.errors import Conflict, Malformed
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import encode_bundle, leaf_hash
from rekap.core.log.merkle import Frontier
from rekap.core.log.ports import Stored
from rekap.core.log.tiles import Tile, entries_path
from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.core.signing import envelope
from rekap.core.signing.note import NoteKey
from rekap.portal.publishing import folding, run
from rekap.portal.publishing.claims import STATE_SITE, Published
from rekap.portal.publishing.run import Publisher

RELEASE = builders.hex_id("release")
NIGHTS = 108 if SOAK else 8
STEPS = 48


class Shelf:
    """The objects of one portal, and runs of its publisher."""

    def __init__(self, night: Night, entries: list[bytes] | None = None) -> None:
        self.night = night
        self.entries = night.entries if entries is None else entries
        self.objects = FakeObjects()
        self.register = FakeRegister()
        log_key = builders.vkey(night.origin, signer("log").public)
        self.log_key = NoteKey.parse(log_key)

    def log(self, size: int) -> None:
        """Publish the log's files up to `size` entries: one bundle, one tile, the checkpoint."""
        entries = self.entries[:size]
        leaves = [leaf_hash(entry) for entry in entries]
        root = Frontier(0, ()).extend(leaves).root()
        for path, data in (
            (entries_path(0, size), encode_bundle(entries)),
            (Tile(0, 0, size).path, b"".join(leaves)),
        ):
            if self.objects.get(f"log/{path}") is None:
                self.objects.put_new(f"log/{path}", data)
        note = sign_checkpoint(Checkpoint(self.night.origin, size, root), signer("log"))
        stored = self.objects.get("log/checkpoint")
        self.objects.put_if("log/checkpoint", note, stored.tag if stored else None)

    def publish(self, plan: Any = None, now: int = 0) -> run.Outcome:
        """One run by a fresh process."""
        objects: Any = self.objects if plan is None else faulty(self.objects, plan)
        register: Any = self.register if plan is None else faulty(self.register, plan)
        publisher = Publisher(
            objects, register, log_key=self.log_key, release=RELEASE, fixed_release=True
        )
        return publisher.run(now)

    def recover(self, plans: Iterator[Plan]) -> None:
        """Run until a run ends well; each run may meet the next plan."""
        while True:
            try:
                self.publish(next(plans, None))
            except (Fault, Conflict):
                continue
            return

    def site(self) -> dict[str, bytes]:
        """Every derived file and the claim: all but the log, the state and the evidence."""
        return {
            path: data
            for path, data in self.objects.objects.items()
            if not path.startswith(("log/", "state/")) and not path.endswith(".tlog-proof")
        }


def _full(night: Night) -> dict[str, bytes]:
    shelf = Shelf(night)
    shelf.log(len(night.entries))
    shelf.publish()
    shelf.publish()
    return shelf.site()


def _night(seed: int, steps: int = STEPS) -> Night:
    night = Night(seed)
    for _ in range(steps):
        night.step()
    return night


@pytest.mark.parametrize("part", range(4))
def test_random_cuts_and_crashes_give_the_bytes_of_one_run(part: int) -> None:
    for seed in range(part, NIGHTS, 4):
        night = _night(1_000 + seed)
        chance = random.Random(seed)
        sizes = [*sorted(chance.sample(range(1, len(night.entries)), 3)), len(night.entries)]
        shelf = Shelf(night)
        for size in sizes:
            shelf.log(size)
            kinds = [chance.choice([BEFORE, AFTER, CONFLICT]) for _ in range(3)]
            shelf.recover(Plan({chance.randrange(400): kind}) for kind in kinds)
            if chance.random() < 0.5:
                shelf.publish(now=chance.choice([0, 700]))
        shelf.publish()
        shelf.publish()
        assert shelf.site() == _full(night), f"seed {1_000 + seed}, sizes {sizes}"


@pytest.mark.parametrize("ahead", [86_400, 640])
def test_a_clock_that_was_ahead_makes_bulk_data_neither_due_at_once_nor_late(ahead: int) -> None:
    """Ten minutes after a run whose clock is right; forms keep coming: the log is never quiet."""
    night = _night(7, 14)
    size = len(night.entries)
    shelf = Shelf(night)
    data = []
    for more, now in ((3, ahead), (2, 100), (1, 699), (0, 700)):
        shelf.log(size - more)
        shelf.publish(now=now)
        data.append(size - json.loads(shelf.objects.objects["site.json"])["data_size"])
    assert data == [3, 3, 3, 0]


def test_these_nights_reach_every_kind_and_state() -> None:
    counts: Counter[str] = Counter()
    for seed in range(NIGHTS):
        counts += _night(1_000 + seed).counts()
    print({name: counts[name] for name in EXPECTED})
    few = {name: counts[name] for name in EXPECTED if counts[name] < NIGHTS // 8}
    assert not few, f"too rare in {NIGHTS} nights: {few}"


@pytest.mark.parametrize("seed", [7, 8] if SOAK else [7])
@pytest.mark.parametrize("kind", [BEFORE, AFTER, CONFLICT, "another publisher"])
def test_a_crash_or_another_publisher_at_every_call(seed: int, kind: str) -> None:
    night = _night(seed, 30)
    expected = _full(night)
    cut = len(night.entries) - 3
    first = Shelf(night)
    first.log(cut)
    first.publish()
    counting = Plan()
    _resume(first, night).publish(counting)
    calls = counting.calls
    for at, name in sample([*enumerate(calls)], 8, kind):
        shelf = _resume(first, night)
        plan = Plan({at: shelf.publish if kind == "another publisher" else kind})
        with contextlib.suppress(Fault, Conflict):
            shelf.publish(plan)
        shelf.publish()
        shelf.publish()
        assert shelf.site() == expected, f"{kind} at call {at}, {name}"
    print(f"{kind}: {len(calls)} calls")
    assert len(calls) > 50


class Meanwhile(FakeObjects):
    """The log grows by some entries each time that the checkpoint is read."""

    shelf: Shelf
    sizes: Iterator[int]

    def get(self, path: str) -> Stored | None:
        if path == "log/checkpoint" and not self.growing and (size := next(self.sizes, None)):
            self.growing = True
            self.shelf.log(size)
            self.growing = False
        return super().get(path)

    growing = False


@pytest.mark.parametrize("seed", range(6))
def test_entries_that_come_while_pages_are_written_give_the_bytes_of_one_run(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "AT_ONCE", 3)
    monkeypatch.setattr(folding, "FOLD_BATCH", 7)
    monkeypatch.setattr(run, "LOOKS", 4)
    night = _night(2_000 + seed)
    shelf, start = _growing(night, seed)
    outcome = shelf.publish()
    each = 2 * 3  # a look reads the checkpoint, and the fold reads it again
    claimed = json.loads(shelf.objects.objects["site.json"])["size"]
    assert claimed == outcome.size == outcome.folded
    come = [_kind(entry) for entry in night.entries[start:claimed]]
    assert "publication" not in come  # whatever names a release is for the next run to show
    named_at_once = "publication" in map(_kind, night.entries[start : start + each])
    assert (not named_at_once) <= len(come) <= each * (run.LOOKS + 1)
    _finish(shelf)
    assert shelf.site() == _full(night)


@pytest.mark.parametrize("seed", range(4))
def test_a_run_that_dies_while_entries_come_gives_the_bytes_of_one_run(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "AT_ONCE", 3)
    monkeypatch.setattr(folding, "FOLD_BATCH", 7)
    night = _night(2_100 + seed)
    full = _full(night)
    counting = Plan()
    _growing(night, seed)[0].publish(counting)
    chance = random.Random(seed)
    for at in chance.sample(range(len(counting.calls)), 6 if SOAK else 3):
        shelf, _ = _growing(night, seed)
        with contextlib.suppress(Fault, Conflict):
            shelf.publish(Plan({at: chance.choice([BEFORE, AFTER, CONFLICT])}))
        _finish(shelf)
        assert shelf.site() == full, f"call {at}, {counting.calls[at]}"


def _growing(night: Night, seed: int) -> tuple[Shelf, int]:
    """A portal whose log grows whenever it is looked at, and its size at the first look."""
    shelf = Shelf(night)
    shelf.objects = objects = Meanwhile()
    objects.shelf = shelf
    start = random.Random(seed).randrange(len(night.entries) // 2, len(night.entries) - 20)
    objects.sizes = iter(range(start, len(night.entries) + 1, 3))
    return shelf, start


def _finish(shelf: Shelf) -> None:
    """All entries come, and two runs."""
    assert isinstance(shelf.objects, Meanwhile)
    shelf.objects.sizes = iter(())
    shelf.log(len(shelf.entries))
    shelf.publish()
    shelf.publish()


def _kind(entry: bytes) -> str | None:
    try:
        return str(json.loads(envelope.parse(entry).payload)["kind"])
    except (Malformed, ValueError, KeyError, TypeError):
        return None


class Listing(FakeObjects):
    """Remembers in which order pages were put, and that none was put blindly over another."""

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        assert tag or path not in self.objects
        if path.endswith("/index.json"):
            self.put.append((path, json.loads(data)["as_of"]))
        return super().put_if(path, data, tag)

    put: list[tuple[str, int]]


def test_pages_of_tps_and_statements_come_first() -> None:
    night = _night(10, 30)  # No roster is late in it: what a base touches comes behind.
    shelf = Shelf(night)
    shelf.objects = objects = Listing()
    objects.put = []
    shelf.log(len(night.entries) - 12)
    shelf.publish()
    objects.put.clear()
    shelf.log(len(night.entries))
    shelf.publish()
    leaves = [bool(re.match(r"bukti/|.*/[0-9]{3}/index", path)) for path, _ in objects.put]
    assert leaves == sorted(leaves, reverse=True)
    assert 12 <= sum(leaves) < len(leaves)


def test_what_pages_load_is_there_before_the_first_of_them() -> None:
    """Also where one release follows another."""
    night = _night(10, 30)
    shelf = Shelf(night)
    shelf.log(len(night.entries))
    shelf.publish()

    def first_written() -> set[str]:
        site = (path for path in shelf.objects.written if not path.startswith(("log/", "state/")))
        return set(islice(site, len(pages.assets())))

    assert first_written() == set(pages.assets())
    published = Published.parse(shelf.objects.objects[STATE_SITE])
    published.made = published.release = "2" * 64
    shelf.objects.objects[STATE_SITE] = published.encode()
    for path in (*pages.assets(), "index.html"):
        del shelf.objects.objects[path]
    shelf.objects.written.clear()
    shelf.publish()
    assert first_written() == set(pages.assets())
    assert "index.html" in shelf.objects.written


def test_another_revision_of_an_election_is_shown_on_its_own_pages_and_no_others() -> None:
    world = World()
    world.begin()
    shelf = Shelf(world)  # type: ignore[arg-type]  # it asks for entries and origin only
    shelf.objects = objects = Listing()
    objects.put = []
    size = len(world.entries)
    shelf.log(size)
    shelf.publish()
    election = payload_of(world.entries[2])
    before = world.state.meta.get(f"election/{election['election']}")["statement"]
    election["contests"][0]["pairs"][1]["notes"] = [builders.note()]
    world.add(election | {"revision": 2, "previous": before}, "root/kpu/1", "operator/1")
    assert world.last["status"] == "effective"
    shelf.log(size + 1)
    outcome = shelf.publish()
    site = Site(world.state, lambda index: world.entries[index])
    new = [address for address in site.addresses() if site.as_of(address) == size + 1]
    assert outcome.pages == len(new) < len(site.addresses())


@pytest.mark.parametrize("left", [b"", b"{}", b'{"as_of":null}', bytes(64)])
def test_a_torn_file_is_replaced_when_the_state_is_made_again(left: bytes) -> None:
    night = _night(9, 10)
    shelf = Shelf(night)
    shelf.log(len(night.entries))
    shelf.publish()
    shelf.publish()
    expected = shelf.site()
    for path in list(shelf.objects.objects):
        if path.startswith("state/"):
            del shelf.objects.objects[path]
        elif path.endswith(("index.json", "index.html", ".csv")):
            shelf.objects.objects[path] = left
    shelf.publish()
    shelf.publish()
    assert shelf.site() == expected


def _resume(first: Shelf, night: Night) -> Shelf:
    """A portal whose site is some entries behind its log."""
    shelf = Shelf(night)
    shelf.objects.objects = dict(first.objects.objects)
    copied = {name: _copy(value) for name, value in first.register.__dict__.items()}
    shelf.register.__dict__.update(copied)
    shelf.log(len(night.entries))
    return shelf


def _copy(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value
