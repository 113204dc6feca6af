"""The copy of the register that `submit` asks: always what the ledger says, whatever was lost."""

from __future__ import annotations

from typing import Any

from tests.fakes import FakeObjects, FakeRegister
from tests.ledger.world import World
from tests.publish.test_incremental import RELEASE, Shelf

from rekap.ledger.state import REGISTER_MAPS
from rekap.log.entry import encode_bundle
from rekap.log.ports import LogFiles
from rekap.log.tiles import entries_path
from rekap.publish.entries import Bundles
from rekap.publish.run import Publisher


def begun() -> tuple[World, Shelf, int]:
    """A world with an election, its shelf, and the size at which it has only begun."""
    world = World()
    world.begin()
    size = len(world.entries)
    world.grant("kpps", "90.01.01.1001", "ppk-90.01.01-1", "ppk-90.01.01-2", tps="002")
    return world, Shelf(world), size  # type: ignore[arg-type]  # entries and origin are asked


def publish(shelf: Shelf, size: int) -> None:
    shelf.log(size)
    Publisher(shelf.objects, shelf.register, log_key=shelf.log_key, release=RELEASE).run(0)


def held(register: FakeRegister) -> dict[tuple[str, str], Any]:
    return register._maps


def wanted(world: World) -> dict[tuple[str, str], Any]:
    state = world.state
    return {
        (name, key): value for name in REGISTER_MAPS for key, value in getattr(state, name).scan("")
    }


def test_it_is_the_ledgers_after_every_run() -> None:
    world, shelf, size = begun()
    publish(shelf, size)
    first = dict(held(shelf.register))
    assert shelf.register.size() == size
    publish(shelf, len(world.entries))
    assert held(shelf.register) == wanted(world) != first
    assert shelf.register.size() == len(world.entries)


def test_it_is_made_again_when_nobody_knows_what_it_was_made_from() -> None:
    world, shelf, size = begun()
    publish(shelf, size)
    for path in list(shelf.objects.objects):
        if path.startswith("state/"):
            del shelf.objects.objects[path]
    held(shelf.register)["keys", "of nobody"] = {"revoked": None}
    publish(shelf, len(world.entries))
    assert held(shelf.register) == wanted(world)


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
