"""The order of writes, searched to the end: crashes anywhere, two of a kind at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.faults import model
from tests.faults.model import DONE, World, search
from tests.soak import SOAK

TWO_UPLOADS = ("submit 0", "submit 1", "sequence")
ROLES = [
    (*TWO_UPLOADS, "publish"),
    (*TWO_UPLOADS, "sequence"),
    ("submit 0", "sequence", "publish", "publish"),
]
MORE_ROLES = [
    ("submit 0", "submit 1", "submit 2", "sequence", "sequence"),
    (*TWO_UPLOADS, "sequence", "publish"),
    ("submit 0", "submit 1", "sequence", "publish", "publish"),
]
Worlds = Iterator[tuple[World, str, Any]]


@pytest.mark.parametrize("roles", ROLES + MORE_ROLES if SOAK else ROLES, ids=" · ".join)
def test_no_world_is_wrong_and_each_can_come_to_rest(roles: tuple[str, ...]) -> None:
    print(f"{search(roles):,} worlds of {roles}")


# ---------------------------------------------------------------- changed designs


def without_finish(w: World, memory: Any, _: int) -> Worlds:
    yield w, "list", memory


def mark_first(w: World, memory: Any, _: int) -> Worlds:
    tree, count, _, pending = memory
    if len(w.batches) != count:
        yield w, "read_head", (tree,)
        return
    yield w._replace(marks=w.marks - set(pending)), "mark", memory


def append_last(w: World, memory: Any, _: int) -> Worlds:
    tree, _count, order, pending = memory
    after = w._replace(batches=(*w.batches, pending))
    yield after, "derive", (tree, (*order, *pending))


def append_anyway(w: World, memory: Any, _: int) -> Worlds:
    tree, _count, order, pending = memory
    after = w._replace(batches=(*w.batches, pending))
    yield after, "mark", (tree, (*order, *pending), len(pending))


def derive_last(w: World, memory: Any, _: int) -> Worlds:
    yield w, "commit", memory


def publish_first(w: World, memory: Any, _: int) -> Worlds:
    yield w._replace(files=w.files | {memory[1]}, checkpoint=memory[1]), "commit", memory


def commit_anyway(w: World, memory: Any, _: int) -> Worlds:
    yield w._replace(tree=memory[1]), "publish_checkpoint", (memory[1],)


def put_anyway(w: World, memory: Any, _: int) -> Worlds:
    yield w._replace(checkpoint=memory[0]), DONE, None


def receipt_first(w: World, _: Any, number: int) -> Worlds:
    yield w._replace(receipts=w.receipts | {number}), "receipt", None


def claim_first(w: World, memory: Any, _: int) -> Worlds:
    yield w._replace(shown=max(w.shown, memory[0])), "claim", None


def show_anyway(w: World, memory: Any, _: int) -> Worlds:
    yield w._replace(shown=memory[0], pages=min(w.pages, memory[0])), "claim", None


def claim_anyway(w: World, memory: Any, _: int) -> Worlds:
    yield w._replace(site=memory[0] + 1), DONE, None


CHANGED: list[tuple[str, dict[str, model.Step]]] = [
    ("finish marking is missing", {"finish": without_finish}),
    ("marked before it is ordered", {"append": mark_first, "mark": append_last}),
    ("appended whatever HEAD is by now", {"append": append_anyway}),
    ("committed without its files", {"derive": derive_last}),
    ("published before the commit", {"derive": publish_first}),
    ("committed whatever TREE is by now", {"commit": commit_anyway}),
    ("published whatever is there by now", {"put_checkpoint": put_anyway}),
    ("receipted before it is recorded", {"record": receipt_first}),
    ("shown before it is rendered", {"render": claim_first}),
    ("site.json beyond what is shown", {"put_claim": claim_anyway}),
]


@pytest.mark.parametrize(("name", "changed"), CHANGED, ids=[name for name, _ in CHANGED])
def test_a_changed_design_is_found(name: str, changed: dict[str, model.Step]) -> None:
    with pytest.raises(AssertionError) as found:
        _search_each(changed)
    print(f"{name}: {found.value}"[:300])


def _search_each(changed: dict[str, model.Step]) -> None:
    for roles in (("submit 0", "sequence", "publish"), *reversed(ROLES)):
        search(roles, changed)
