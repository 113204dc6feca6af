"""The copy of the register that `submit` asks: always what the ledger says, whatever was lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.core.ledger.world import World
from tests.core.statements import builders
from tests.fakes import FakeObjects, FakeRegister
from tests.portal.publishing.test_incremental import RELEASE, Shelf
from tests.portal.publishing.test_refusals import shelf as few

from rekap.core.errors import Conflict
from rekap.core.ledger import chain
from rekap.core.ledger.state import REGISTER_MAPS
from rekap.core.log.entry import encode_bundle
from rekap.core.log.ports import LogFiles
from rekap.core.log.tiles import entries_path
from rekap.core.statements.model import slot_key
from rekap.portal.publishing.entries import Bundles
from rekap.portal.publishing.run import Publisher


def begun() -> tuple[World, Shelf, int]:
    """A world with an election, its shelf, and a size before its last grants."""
    world = World()
    world.begin()
    return world, Shelf(world), len(world.entries) - 6  # type: ignore[arg-type]  # asks for little


def publish(shelf: Shelf, size: int) -> None:
    shelf.log(size)
    Publisher(shelf.objects, shelf.register, log_key=shelf.log_key, release=RELEASE).run(0)


def held(register: FakeRegister) -> dict[tuple[str, str], Any]:
    return register._maps


def wanted(world: World) -> dict[tuple[str, str], Any]:
    state = world.state
    copied = {
        (name, key): value for name in REGISTER_MAPS for key, value in getattr(state, name).scan("")
    }
    heads = {("heads", key): chain.counted(slot) for key, slot in state.slots.scan("")}
    return copied | {place: told for place, told in heads.items() if told is not None}


def test_it_is_the_ledgers_after_every_run() -> None:
    world, shelf, size = begun()
    publish(shelf, size)
    first = dict(held(shelf.register))
    assert shelf.register.size() == size
    publish(shelf, len(world.entries))
    assert held(shelf.register) == wanted(world) != first
    assert shelf.register.size() == len(world.entries)


def test_it_says_which_form_counts_in_each_slot() -> None:
    world, shelf, _ = begun()
    slot = slot_key(builders.form())
    at = len(world.entries)
    first = world.form()
    second = world.form(revision=2, previous=first)
    again = world.form(revision=2, previous=first, at="2024-11-27T15:00:00+07:00")
    rival = world.form(count="recount")
    world.add(builders.answer(accept=rival), *world.persons("ppk-90.01.01", 2))
    told = []
    for size in range(at, len(world.entries) + 1):
        publish(shelf, size)
        told.append(shelf.register.get("heads", slot))
    one = {"id": first, "index": at, "revision": 1}
    two = {"id": second, "index": at + 1, "revision": 2}
    both = {**two, "also": [again]}
    last = {"id": rival, "index": at + 3, "revision": 1}
    assert told == [None, one, two, both, both, last]


def test_it_is_made_again_when_nobody_knows_what_it_was_made_from() -> None:
    world, shelf, size = begun()
    publish(shelf, size)
    for path in list(shelf.objects.objects):
        if path.startswith("state/"):
            del shelf.objects.objects[path]
    held(shelf.register)["keys", "of nobody"] = {"revoked": None}
    publish(shelf, len(world.entries))
    assert held(shelf.register) == wanted(world)


class Interrupted(FakeRegister):
    """A copy whose engine cannot write all at once: a call that died left some of two trees."""

    half = ""

    def bases(self) -> tuple[str, ...]:
        return (self.half, *super().bases()) if self.half else super().bases()

    def _advance(self, tree: str, size: int) -> None:
        super()._advance(tree, size)
        self.half = ""


@pytest.mark.parametrize("reached", [False, True])
def test_what_an_interrupted_call_left_of_two_trees_is_put_right(reached: bool) -> None:
    """`reached`: the call was about the very tree that the ledger has now."""
    world, shelf, size = begun()
    shelf.register = register = Interrupted()
    publish(shelf, size)
    old, first = register.bases()[0], dict(held(register))
    publish(shelf, size + 3)
    new, whole = register.bases()[0], dict(held(register))
    changed = sorted(key for key in whole if whole[key] != first.get(key))
    assert len(changed) > 3
    register._maps = {**first, **{key: whole[key] for key in changed[::2]}}
    register._tree, register.half = (new, old) if reached else (old, new)
    publish(shelf, size + 3 if reached else len(world.entries))
    assert held(register) == (whole if reached else wanted(world))


def test_nothing_is_copied_when_nothing_has_changed() -> None:
    _, shelf, size = begun()
    publish(shelf, size)
    copied: Any = shelf.register
    copied.apply = copied.replace = None
    publish(shelf, size)


def test_a_run_that_copies_at_the_same_time_stops_nobody() -> None:
    portal = few({})
    publish(portal, 2)

    def faster(*asked: Any) -> None:
        raise Conflict("the register is of another tree")

    copied: Any = portal.register
    copied.apply = faster
    publish(portal, 3)
    assert json.loads(portal.objects.objects["site.json"])["size"] == 3


def test_one_that_knows_more_stays_and_stops_nobody() -> None:
    world, shelf, size = begun()
    ahead: Any = Shelf(world)  # type: ignore[arg-type]  # as above
    publish(ahead, len(world.entries))
    shelf.register = ahead.register
    publish(shelf, size)
    assert held(shelf.register) == wanted(world)
    assert shelf.register.size() == len(world.entries)
    assert "site.json" in shelf.objects.objects


def test_entries_are_read_from_the_full_bundle_where_the_partial_one_is_gone() -> None:
    entries = [b"%d" % index for index in range(256)]
    objects = FakeObjects()
    objects.put_new(f"log/{entries_path(0)}", encode_bundle(entries))
    read = Bundles(LogFiles(objects), 10)
    assert [read(index) for index in range(10)] == entries[:10]
    with pytest.raises(IndexError):
        read(10)
