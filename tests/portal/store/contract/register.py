"""The copy of the register that submit asks."""

from __future__ import annotations

import pytest
from tests.portal.store.contract.clauses import clause
from tests.portal.store.engines import Engine

from rekap.core.errors import Conflict

MANY = 250
"""More values than one transaction holds on any engine."""


@clause("register.bases", "register.size", "register.get", "register.apply")
def a_register_shows_the_tree_that_was_applied_last(engine: Engine) -> None:
    register = engine.register
    assert (register.bases(), register.size(), register.get("keys", "k")) == ((), 0, None)
    register.apply((), "t1", 5, [("keys", "k", {"body": "kpps"}), ("ids", "k", 3)])
    assert (register.bases(), register.size()) == (("t1",), 5)
    register.apply(("t1",), "t2", 9, [("keys", "k", None), ("keys", "l", {"body": "ppk"})])
    assert (register.bases(), register.size()) == (("t2",), 9)
    assert register.get("keys", "k") is None
    assert register.get("keys", "l") == {"body": "ppk"}
    assert register.get("ids", "k") == 3


@clause("register.apply", "register.get", "register.size")
def an_older_publisher_changes_nothing(engine: Engine) -> None:
    register = engine.register
    register.apply((), "t2", 9, [("keys", "l", 1)])
    with pytest.raises(Conflict):
        register.apply(("t2",), "t1", 5, [("keys", "l", None)])
    with pytest.raises(Conflict):
        register.apply((), "t3", 12, [("keys", "l", None)])
    with pytest.raises(Conflict):
        register.apply(("t1",), "t3", 12, [("keys", "l", None)])
    assert (register.bases(), register.size(), register.get("keys", "l")) == (("t2",), 9, 1)


@clause("register.apply", "register.get")
def keeps_every_kind_of_value(engine: Engine) -> None:
    values = [0, 999_999_999, "", "Kabupaten Ciamis – «x»", [], [1, [2]], {}, {"a": None}, False]
    changes = [("regions", f"pilkada-31/31.71.{n}", value) for n, value in enumerate(values)]
    engine.register.apply((), "t1", 1, changes)
    assert [engine.register.get("regions", key) for _, key, _ in changes] == values


@clause("register.apply", "register.replace", "register.get")
def knows_which_form_counts_in_a_slot_until_it_is_told_otherwise(engine: Engine) -> None:
    register = engine.register
    station, sheet = (
        "pilkada-31/gubernur-31/c_hasil/31.71.06.1001/001",
        "pilkada-31/gubernur-31/d_hasil_kelurahan/31.71.06.1001",
    )
    first = {"id": "ab" * 32, "index": 20, "revision": 1}
    second = {"id": "cd" * 32, "index": 999_999_999, "revision": 2, "also": ["ef" * 32]}
    register.apply((), "t1", 21, [("heads", station, first)])
    assert (register.get("heads", station), register.get("heads", sheet)) == (first, None)
    register.apply(("t1",), "t2", 22, [("heads", station, second), ("heads", sheet, first)])
    assert [register.get("heads", slot) for slot in (station, sheet)] == [second, first]
    register.apply(("t2",), "t3", 23, [("heads", sheet, None)])
    assert [register.get("heads", slot) for slot in (station, sheet)] == [second, None]
    register.replace("t4", 24, [("heads", sheet, second)])
    assert [register.get("heads", slot) for slot in (station, sheet)] == [None, second]


@clause("register.apply", "register.get", "register.size", "register.bases")
def takes_more_changes_than_one_transaction_holds(engine: Engine) -> None:
    register = engine.register
    register.apply((), "t1", 5, [("ids", f"i{n}", n + 1) for n in range(MANY)])
    register.apply(("t1",), "t2", 6, [("ids", f"i{n}", None) for n in range(0, MANY, 2)])
    assert (register.bases(), register.size()) == (("t2",), 6)
    found = [register.get("ids", f"i{n}") for n in range(MANY)]
    assert found == [None if n % 2 == 0 else n + 1 for n in range(MANY)]


@clause("register.apply", "register.bases", "register.size")
def another_release_may_give_the_same_size_another_tree(engine: Engine) -> None:
    engine.register.apply((), "t1", 5, [("keys", "k", 1)])
    engine.register.apply(("t1",), "t2", 5, [("keys", "k", 2)])
    engine.register.apply(("t2",), "t3", 5, [])
    assert (engine.register.bases(), engine.register.size()) == (("t3",), 5)


@clause("register.replace", "register.apply", "register.get", "register.bases", "register.size")
def a_register_made_again_forgets_what_it_held(engine: Engine) -> None:
    register, reader = engine.register, engine.again().register
    register.apply((), "t1", 5, [("keys", "k", 1), ("keys", "l", 2)])
    assert reader.get("keys", "k") == 1
    register.replace("t2", 5, [("keys", "l", 3)])
    assert (register.bases(), register.size()) == (("t2",), 5)
    assert register.get("keys", "k") is reader.get("keys", "k") is None
    assert register.get("keys", "l") == reader.get("keys", "l") == 3
    with pytest.raises(Conflict):
        register.replace("t0", 4, [("keys", "l", 0)])
    assert register.get("keys", "l") == 3
    register.apply(("t2",), "t3", 6, [("keys", "k", 4)])
    assert register.get("keys", "k") == 4


@clause("register.replace", "register.get", "register.size", "register.bases")
def an_empty_register_can_be_made_at_once(engine: Engine) -> None:
    engine.register.replace("t1", 3, [("ids", f"i{n}", n + 1) for n in range(MANY)])
    assert (engine.register.bases(), engine.register.size()) == (("t1",), 3)
    assert [engine.register.get("ids", f"i{n}") for n in (0, MANY - 1)] == [1, MANY]
    engine.register.replace("t2", 4, [])
    assert engine.register.get("ids", "i0") is None
