"""The publisher makes a register good that an interrupted write left between two trees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from tests.fakes import (
    Clock,
    FakeBell,
    FakeGuard,
    FakeObjects,
    FakeOrder,
    FakeRecords,
    FakeRegister,
)
from tests.live_portal import upload
from tests.portal.intake.world import KELURAHAN, RELEASE, World, identify, roles, sign, signer

from handlers import access, publish, sequence, submit


class CutShort(Exception):
    """The process ended."""


class Between(FakeRegister):
    """A register whose next write, if told so, puts its values and ends before its head moves."""

    cut = False
    left: tuple[str, ...] = ()

    def bases(self) -> tuple[str, ...]:
        return super().bases() + self.left

    def apply(
        self, bases: Sequence[str], tree: str, size: int, changes: Iterable[tuple[str, str, Any]]
    ) -> None:
        before = (self._tree, self._size)
        assert tuple(bases) == self.bases()
        super()._advance(tree, size)
        for name, key, value in changes:
            self._maps[name, key] = value
        if self.cut:
            (self._tree, self._size), self.left = before, (tree,)
            raise CutShort
        self.left = ()


def portal(register: FakeRegister) -> access.Portal:
    return access.Portal(
        settings=access.Settings(World().origin, release=RELEASE),
        records=FakeRecords(),
        order=FakeOrder(),
        objects=FakeObjects(),
        register=register,
        guard=FakeGuard(),
        bell=FakeBell(),
        clock=Clock(),
        journal=lambda _: None,
        log_signer=signer("log"),
        receipt_signer=signer("receipt"),
    )


def renamed(world: World) -> list[bytes]:
    """A kelurahan gets another name, and then its old one again."""
    found, previous = [], identify(first(world))
    for revision, name in ((2, "Nama Baru"), (3, "Tempat")):
        child = {"code": KELURAHAN, "name": name, "level": "kelurahan"}
        roster = world.roster("31.71.06", children=[child], revision=revision, previous=previous)
        previous = identify(roster)
        found.append(sign(roster, *roles("kpu_kabko-31.71", 2)))
    return found


def first(world: World) -> dict[str, Any]:
    child = {"code": KELURAHAN, "name": "Tempat", "level": "kelurahan"}
    return world.roster("31.71.06", children=[child])


def do(entry: bytes, made: access.Portal) -> None:
    answer = submit.respond(upload(entry), made)
    assert answer["statusCode"] == 201, answer
    sequence.respond({}, made)
    publish.respond({}, made)


def test_a_value_that_went_back_is_put_right_after_an_interrupted_write() -> None:
    world = World()
    whole, cut = portal(FakeRegister()), portal(Between())
    register: Any = cut.register
    renaming, back = renamed(world)
    for entry in world.beginning():
        do(entry, whole)
        do(entry, cut)
    held = dict(register._maps)
    do(renaming, whole)
    register.cut = True
    with pytest.raises(CutShort):
        do(renaming, cut)
    register.cut = False
    assert {key for key in held if held[key] != register._maps[key]}, "nothing was renamed"
    do(back, whole)
    do(back, cut)
    expected: Any = whole.register
    assert register.bases() == expected.bases()
    found = {key: value for key, value in register._maps.items() if value is not None}
    assert found == expected._maps
