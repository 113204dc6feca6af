"""A run that froze while the log grew and others published: it changes nothing, blames nobody."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from tests.fakes import FakeObjects, Fault, Plan
from tests.publish.test_incremental import Shelf, _night
from tests.publish.test_refusals import shelf as few

from rekap.log.ports import Stored
from rekap.publish.claims import SITE, STATE_SITE


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
    for at, name in enumerate(counting.calls):
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
    print(f"frozen at each of {len(counting.calls)} calls")


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


def test_a_frozen_run_says_what_one_that_died_has_shown() -> None:
    shelf = few({})
    shelf.objects = objects = Overtaken()
    objects.shelf = shelf
    shelf.log(2)
    shelf.publish()
    sizes = {json.loads(objects.objects[path])["size"] for path in (STATE_SITE, SITE)}
    assert (objects.died, sizes) == (True, {3})
