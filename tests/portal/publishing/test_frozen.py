"""A run that froze while the log grew and others published: it changes nothing, blames nobody."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from tests.core.ledger.world import World
from tests.fakes import FakeObjects, Fault, Plan
from tests.portal.publishing.test_incremental import Shelf, _night
from tests.portal.publishing.test_refusals import shelf as few
from tests.soak import sample

from rekap.core.log.ports import Stored
from rekap.portal.publishing.claims import SITE, STATE_SITE


def _copy(first: Shelf, size: int) -> Shelf:
    """Another portal with the same objects whose log has `size` entries."""
    shelf = Shelf(first.night)
    shelf.objects.objects = dict(first.objects.objects)
    shelf.register.__dict__.update(
        {k: dict(v) if isinstance(v, dict) else v for k, v in first.register.__dict__.items()}
    )
    shelf.log(size)
    return shelf


@pytest.mark.parametrize("quiet", [False, True])
def test_a_frozen_run_changes_nothing_that_a_later_one_wrote(quiet: bool) -> None:
    """`quiet`: the frozen run had nothing to fold and was at the bulk data."""
    night = _night(31, 30)
    whole, size, cut = len(night.entries), len(night.entries) - 2, len(night.entries) - 4
    first = Shelf(night)
    first.log(cut)
    first.publish()
    first.publish()
    if quiet:
        first.log(size)
        first.publish()
    counting = Plan()
    _copy(first, size).publish(counting)
    for at, name in sample([*enumerate(counting.calls)], 24, quiet):
        shelf = _copy(first, size)
        left: dict[str, bytes] = {}

        def meanwhile(shelf: Shelf = shelf, left: dict[str, bytes] = left) -> None:
            shelf.log(whole)
            shelf.publish()
            shelf.publish()
            left.update(shelf.site())
            left["state/site"] = shelf.objects.objects["state/site"]

        shelf.publish(Plan({at: meanwhile}))
        after = {**shelf.site(), "state/site": shelf.objects.objects["state/site"]}
        differing = sorted(p for p in left.keys() | after.keys() if left.get(p) != after.get(p))
        assert not differing, f"frozen at call {at}, {name}: {differing[:5]}"
    print(f"a run of {len(counting.calls)} calls")


class Overtaken(FakeObjects):
    """When a run asks what the site shows, another one shows more and dies before its claim."""

    shelf: Shelf
    overtaken = False

    def get(self, path: str) -> Stored | None:
        if path == STATE_SITE and not self.overtaken:
            self.overtaken = True
            self.shelf.log(len(self.shelf.entries))
            with suppress(Fault):
                self.shelf.publish()
        return super().get(path)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        if path == SITE and not self.died:
            self.died = True
            raise Fault("before site.json")
        return super().put_if(path, data, tag)

    died = False


class Begun(FakeObjects):
    """At a run's first bulk file others finish these, begin newer ones, and die at the second."""

    shelf: Shelf
    begun = False

    def __init__(self) -> None:
        super().__init__()
        self.newer: list[str] = []
        self.after: list[str] = []
        self.put = self.after

    def get(self, path: str) -> Stored | None:
        if "/data/" in path and not self.begun:
            self.begun = True
            self.shelf.log(len(self.shelf.entries))
            self.shelf.publish()
            self.after.clear()
            self.put = self.newer
            with suppress(Fault):
                self.shelf.publish()
            self.put = self.after
        return super().get(path)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        if "/data/" in path:
            self.put.append(path)
            if len(self.newer) == 2 and self.put is self.newer:
                raise Fault("among bulk data")
        return super().put_if(path, data, tag)


def test_bulk_data_that_another_run_began_are_not_put_back() -> None:
    world = World()
    world.begin()
    shelf = Shelf(world)  # type: ignore[arg-type]  # it asks for entries and origin only
    shelf.objects = objects = Begun()
    objects.shelf = shelf
    shelf.log(len(shelf.entries) - 1)
    shelf.publish()
    assert not objects.begun
    shelf.publish()
    assert (len(objects.newer), objects.after) == (2, [])
    claim, size = json.loads(objects.objects[SITE]), len(shelf.entries)
    assert (claim["data_size"], claim["data_next"]) == (size - 1, size)


def test_a_frozen_run_says_what_one_that_died_has_shown() -> None:
    shelf = few({})
    shelf.objects = objects = Overtaken()
    objects.shelf = shelf
    shelf.log(2)
    shelf.publish()
    sizes = {json.loads(objects.objects[path])["size"] for path in (STATE_SITE, SITE)}
    assert (objects.died, sizes) == (True, {3})
