"""HEAD, batches and TREE."""

from __future__ import annotations

import dataclasses

import pytest
from tests.portal.store.contract.clauses import clause
from tests.portal.store.contract.samples import leaf, race, tree
from tests.portal.store.engines import Engine

from rekap.core.errors import Conflict
from rekap.core.log.ports import Head


@clause("order.head", "order.tree", "order.batch")
def the_order_begins_empty(engine: Engine) -> None:
    assert engine.order.head() == Head(0, None)
    assert engine.order.tree() is None
    with pytest.raises(KeyError):
        engine.order.batch(0)


@clause("order.append", "order.head", "order.batch")
def appends_batches_one_after_the_other(engine: Engine) -> None:
    full = tuple(leaf(f"entry {n}") for n in range(256))
    engine.order.append(0, (leaf("a"), leaf("b")))
    engine.order.append(2, full)
    engine.order.append(258, (leaf("c"),))
    assert engine.order.head() == Head(259, 258)
    assert engine.order.batch(0) == (leaf("a"), leaf("b"))
    assert engine.order.batch(2) == full
    assert engine.order.batch(258) == (leaf("c"),)
    with pytest.raises(KeyError):
        engine.order.batch(1)


@clause("order.append", "order.head")
def keeps_the_instant_of_the_last_clock_with_the_head(engine: Engine) -> None:
    engine.order.append(0, (leaf("a"),))
    assert engine.order.head() == Head(1, 0, None)
    engine.order.append(1, tuple(leaf(f"entry {n}") for n in range(257)), 2**33)
    assert engine.order.head() == Head(258, 1, 2**33)
    with pytest.raises(Conflict):
        engine.order.append(1, (leaf("z"),), 2**34)
    engine.order.append(258, (leaf("b"),), 2**33)
    assert engine.order.head() == Head(259, 258, 2**33)


@clause("order.append", "order.head", "order.batch")
def refuses_a_batch_that_does_not_begin_at_the_head(engine: Engine) -> None:
    engine.order.append(0, (leaf("a"), leaf("b")))
    for first in (0, 1, 3):
        with pytest.raises(Conflict):
            engine.order.append(first, (leaf("z"),))
    assert engine.order.head() == Head(2, 0)
    assert engine.order.batch(0) == (leaf("a"), leaf("b"))


@clause("order.append", "order.head", "order.batch")
def refuses_a_first_batch_that_does_not_begin_at_zero(engine: Engine) -> None:
    with pytest.raises(Conflict):
        engine.order.append(1, (leaf("a"),))
    assert engine.order.head() == Head(0, None)
    with pytest.raises(KeyError):
        engine.order.batch(1)


@clause("order.append", "order.head", "order.batch")
def of_many_appends_at_one_head_exactly_one_wins(engine: Engine) -> None:
    engine.order.append(0, (leaf("a"),))
    won = race(16, lambda n: engine.order.append(1, (leaf(f"racer {n}"),)))
    assert len(won) == 1
    assert engine.order.head() == Head(2, 1)
    assert engine.order.batch(1) == (leaf(f"racer {won[0]}"),)


@clause("order.swap_tree", "order.tree")
def swaps_the_tree_only_from_the_one_that_was_read(engine: Engine) -> None:
    engine.order.swap_tree(None, tree(3))
    with pytest.raises(Conflict):
        engine.order.swap_tree(None, tree(4))
    with pytest.raises(Conflict):
        engine.order.swap_tree(tree(2), tree(4))
    assert engine.order.tree() == tree(3)
    engine.order.swap_tree(engine.order.tree(), tree(7))
    assert engine.order.tree() == tree(7)


@clause("order.swap_tree", "order.tree")
def compares_every_field_of_the_tree(engine: Engine) -> None:
    held = tree(6)
    engine.order.swap_tree(None, held)
    for other in (
        dataclasses.replace(held, size=5),
        dataclasses.replace(held, root=bytes(32)),
        dataclasses.replace(held, frontier=held.frontier[::-1]),
        dataclasses.replace(held, frontier=()),
        dataclasses.replace(held, checkpoint=held.checkpoint + b" "),
    ):
        with pytest.raises(Conflict):
            engine.order.swap_tree(other, tree(7))
    assert engine.order.tree() == held


@clause("order.swap_tree", "order.tree")
def of_many_swaps_of_one_tree_exactly_one_wins(engine: Engine) -> None:
    engine.order.swap_tree(None, tree(3))
    won = race(16, lambda n: engine.order.swap_tree(tree(3), tree(4, b"note %d" % n)))
    assert len(won) == 1
    assert engine.order.tree() == tree(4, b"note %d" % won[0])


@clause("order.append", "order.head", "order.swap_tree", "order.tree")
def another_process_sees_the_order(engine: Engine) -> None:
    other = engine.again()
    engine.order.append(0, (leaf("a"),))
    other.order.append(1, (leaf("b"),))
    assert engine.order.head() == other.order.head() == Head(2, 1)
    engine.order.swap_tree(None, tree(2))
    assert other.order.tree() == tree(2)
