"""The register's writes in parts: overtaken, cut anywhere, and made again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.portal.store.cloud import Cloud, cloud
from tests.portal.store.faults import LOST, SILENT, Faults, Pauses, Serve, cancelled, refused

from rekap.core.errors import Conflict
from rekap.portal.store.aws import register as register_module
from rekap.portal.store.aws import table as tables
from rekap.portal.store.aws.patience import Unavailable
from rekap.portal.store.aws.register import DynamoRegister

ATTEMPTS = 3

TREES: dict[str, tuple[int, dict[str, int]]] = {
    "t0": (5, {"a": 1, "b": 1, "c": 1, "d": 1, "gone": 1}),
    "t1": (10, {"a": 2, "b": 2, "c": 2, "d": 2, "new": 2, "gone": 1}),
    "t2": (20, {"a": 1, "b": 1, "c": 3, "d": 3, "late": 3}),
}
"""What the ledger's map `keys` is at three sizes. From t1 to t2, a and b return to what t0 had."""

KEYS = sorted({key for _, values in TREES.values() for key in values})


def changes(bases: tuple[str, ...], tree: str) -> list[tuple[str, str, Any]]:
    """Return what differs between any of the bases and a tree, as the publisher computes it."""
    after = TREES[tree][1]
    befores = [TREES[base][1] for base in bases] or [{}]
    return [
        ("keys", key, after.get(key))
        for key in KEYS
        if any(before.get(key) != after.get(key) for before in befores)
    ]


class Shop:
    """One table and the registers of several processes."""

    def __init__(self, account: Cloud) -> None:
        self.account = account
        self.pauses = Pauses()
        self.faults = Faults(tables.connection(self.open()._item).connection.client)

    def open(self) -> DynamoRegister:
        return DynamoRegister(self.account.register, patience=self.pauses.patience())

    def plan(self, *faults: tuple[str, Any]) -> None:
        self.faults.plan.extend(faults)
        self.faults.seen.clear()

    def publish(self, tree: str, register: DynamoRegister | None = None) -> None:
        """What a publisher does with its register."""
        register = register or self.open()
        bases = register.bases()
        if bases != (tree,):
            register.apply(bases, tree, TREES[tree][0], changes(bases, tree))

    def shows(self, tree: str) -> bool:
        """Tell whether the register is exactly of a tree."""
        register = self.open()
        size, values = TREES[tree]
        found = {key: value for key in KEYS if (value := register.get("keys", key)) is not None}
        return (register.bases(), register.size(), found) == ((tree,), size, values)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(register_module, "_MOST_VALUES", 2)
    with cloud() as account:
        made = Shop(account)
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield made
        made.faults.stop()
    assert made.faults.plan == [], "a planned fault was not met"


def served(request: Any, serve: Serve) -> Any:
    return serve(request)


CUTS = [
    ("before", [SILENT] * ATTEMPTS),
    ("after", [LOST, *[SILENT] * (ATTEMPTS - 1)]),
    ("busy", [refused("ProvisionedThroughputExceededException")] * ATTEMPTS),
]
WRITES = ["UpdateItem", *["TransactWriteItems"] * 3, "UpdateItem"]
"""Of one publication from t0 to t1: claim, three parts of the values, the move of the head."""


@pytest.mark.parametrize(("name", "faults"), CUTS, ids=[name for name, _ in CUTS])
@pytest.mark.parametrize("at", range(len(WRITES)))
def test_a_publication_that_was_cut_anywhere_is_made_good_by_the_next(
    shop: Shop, at: int, name: str, faults: list[Any]
) -> None:
    """Also of what the next tree has again as the first one had it: the difference between t0 and
    t2 alone would leave a and b at what t1 had."""
    shop.publish("t0")
    before = WRITES[:at].count(WRITES[at])
    shop.plan(*[(WRITES[at], served)] * before, *[(WRITES[at], fault) for fault in faults])
    with pytest.raises(Unavailable):
        shop.publish("t1")
    finished = name == "after" and at == len(WRITES) - 1
    untouched = at == 0 and name != "after"
    assert shop.open().bases() == (("t1",) if finished else ("t0",) if untouched else ("t0", "t1"))
    assert shop.open().size() == (10 if finished else 5)
    for key in KEYS:
        assert shop.open().get("keys", key) in [TREES[t][1].get(key) for t in ("t0", "t1")]
    shop.publish("t2")
    assert shop.shows("t2")


@pytest.mark.parametrize("at", range(3))
def test_a_publisher_that_was_overtaken_writes_nothing_more(shop: Shop, at: int) -> None:
    """The older one freezes before a part of its values; the newer one does all its work."""
    shop.publish("t0")

    def overtaken(request: Any, serve: Serve) -> Any:
        shop.publish("t2")
        return serve(request)

    shop.plan(*[("TransactWriteItems", served)] * at, ("TransactWriteItems", overtaken))
    with pytest.raises(Conflict):
        shop.publish("t1")
    assert shop.shows("t2")


def test_a_publisher_that_was_overtaken_does_not_move_the_head(shop: Shop) -> None:
    shop.publish("t0")

    def overtaken(request: Any, serve: Serve) -> Any:
        shop.publish("t2")
        return serve(request)

    shop.plan(("UpdateItem", served), ("UpdateItem", overtaken))
    with pytest.raises(Conflict):
        shop.publish("t1")
    assert shop.shows("t2")


def test_an_older_publisher_does_not_overtake_a_newer_one(shop: Shop) -> None:
    shop.publish("t0")

    def older(request: Any, serve: Serve) -> Any:
        with pytest.raises(Conflict, match="awaits 20 entries"):
            shop.publish("t1")
        return serve(request)

    shop.plan(("TransactWriteItems", served), ("TransactWriteItems", older))
    shop.publish("t2")
    assert shop.shows("t2")


def test_an_older_publisher_leaves_an_interrupted_newer_one_to_the_next(shop: Shop) -> None:
    shop.publish("t0")
    shop.plan(*[("TransactWriteItems", served)], *[("TransactWriteItems", SILENT)] * ATTEMPTS)
    with pytest.raises(Unavailable):
        shop.publish("t2")
    with pytest.raises(Conflict):
        shop.publish("t1")
    shop.publish("t2")
    assert shop.shows("t2")


def test_changes_made_from_an_old_reading_are_a_conflict(shop: Shop) -> None:
    shop.publish("t0")
    frozen = shop.open().bases()
    shop.publish("t1")
    with pytest.raises(Conflict):
        shop.open().apply(frozen, "t2", 20, changes(frozen, "t2"))
    assert shop.shows("t1")


def test_a_part_that_met_another_write_is_repeated(shop: Shop) -> None:
    shop.publish("t0")
    shop.plan(
        ("TransactWriteItems", cancelled("None", "TransactionConflict")),
        ("UpdateItem", refused("TransactionConflictException")),
    )
    shop.publish("t1")
    assert shop.shows("t1")
    assert len(shop.pauses.seconds) == 2


def test_a_small_change_is_one_transaction_without_a_claim(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_module, "_MOST_VALUES", 99)
    shop.publish("t0")
    shop.plan(*[("TransactWriteItems", fault) for fault in (LOST, SILENT, SILENT)])
    with pytest.raises(Unavailable):
        shop.publish("t1")
    assert [name for name, _ in shop.faults.seen][-3:] == ["TransactWriteItems"] * 3
    assert shop.shows("t1")
    shop.plan(("TransactWriteItems", cancelled("ConditionalCheckFailed", "None")))
    with pytest.raises(Conflict):
        shop.publish("t2")
    assert shop.shows("t1")


def test_a_small_change_that_was_overtaken_is_a_conflict(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_module, "_MOST_VALUES", 99)
    shop.publish("t0")

    def overtaken(request: Any, serve: Serve) -> Any:
        shop.publish("t2")
        return serve(request)

    shop.plan(("TransactWriteItems", overtaken))
    with pytest.raises(Conflict):
        shop.publish("t1")
    assert shop.shows("t2")


REPLACED = ["UpdateItem", *["TransactWriteItems"] * 4, "UpdateItem"]
"""Of a register made again as t2: claim, three parts of values, one of removals, the head."""


@pytest.mark.parametrize(("name", "faults"), CUTS, ids=[name for name, _ in CUTS])
@pytest.mark.parametrize("at", range(len(REPLACED)))
def test_a_register_made_again_that_was_cut_anywhere_is_made_again(
    shop: Shop, at: int, name: str, faults: list[Any]
) -> None:
    shop.publish("t0")
    size, values = TREES["t2"]
    items = [("keys", key, value) for key, value in values.items()]
    before = REPLACED[:at].count(REPLACED[at])
    shop.plan(*[(REPLACED[at], served)] * before, *[(REPLACED[at], fault) for fault in faults])
    with pytest.raises(Unavailable):
        shop.open().replace("t2", size, items)
    shop.open().replace("t2", size, items)
    assert shop.shows("t2")


def test_a_register_made_again_after_which_a_publisher_goes_on(shop: Shop) -> None:
    """A cut replacement leaves two bases; what the first tree had and the new one lacks goes."""
    shop.publish("t0")
    items = [("keys", key, value) for key, value in TREES["t1"][1].items()]
    shop.plan(*[("TransactWriteItems", served)], *[("TransactWriteItems", SILENT)] * ATTEMPTS)
    with pytest.raises(Unavailable):
        shop.open().replace("t1", 10, items)
    assert shop.open().bases() == ("t0", "t1")
    shop.publish("t2")
    assert shop.shows("t2")


def test_a_replacement_removes_nothing_that_a_newer_publisher_put(shop: Shop) -> None:
    shop.publish("t0")

    def overtaken(request: Any, serve: Serve) -> Any:
        answer = serve(request)
        shop.publish("t2")
        return answer

    shop.plan(("Scan", overtaken))
    with pytest.raises(Conflict):
        shop.open().replace("t1", 10, [("keys", "a", 2)])
    assert shop.shows("t2")


def test_many_and_long_values_are_cut_to_what_a_transaction_takes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_module, "_MOST_VALUES", 99)
    monkeypatch.setattr(register_module, "_MOST_CHARACTERS", 1_000)
    long = {f"k{n}": "é" * 400 for n in range(5)} | {"whole": "x" * 2_000}
    shop.plan()
    shop.open().apply((), "t", 1, [("keys", key, value) for key, value in long.items()])
    bodies = shop.faults.bodies("TransactWriteItems")
    assert [len(body["TransactItems"]) - 1 for body in bodies] == [2, 2, 1, 1]
    assert {key: shop.open().get("keys", key) for key in long} == long


def test_every_part_checks_the_claim_and_puts_nothing_else(shop: Shop) -> None:
    shop.publish("t0")
    shop.plan()
    shop.publish("t1")
    for body in shop.faults.bodies("TransactWriteItems"):
        first, *puts = body["TransactItems"]
        assert first["ConditionCheck"]["Key"] == {"pk": {"S": "head"}, "sk": {"S": "head"}}
        assert puts
        assert all(set(put) == {"Put"} for put in puts)


def test_reads_are_consistent(shop: Shop) -> None:
    shop.publish("t0")
    shop.plan()
    register = shop.open()
    register.get("keys", "a")
    register.size()
    register.bases()
    register.replace("t1", 10, [])
    reads = [r for name, r in shop.faults.seen if name in ("GetItem", "Scan")]
    assert len(reads) == 5
    assert all(json.loads(request.body)["ConsistentRead"] for request in reads)
