"""The persistent map against a dict: same answers, bounded nodes, only changed paths written."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekap.core.errors import Corrupt
from rekap.core.ledger import tree
from rekap.core.ledger.state import MAPS, Head, State, map_changes
from rekap.core.log.merkle import Frontier

NODE_BYTES = 65_536


class Shelf:
    """Nodes in memory that say what was read and written; no node is ever replaced or removed."""

    def __init__(self) -> None:
        self.nodes: dict[str, bytes] = {}
        self.read_now: list[str] = []
        self.written_now: list[str] = []

    def read(self, digest: str) -> bytes:
        self.read_now.append(digest)
        return self.nodes[digest]

    def write(self, digest: str, data: bytes) -> str:
        assert self.nodes.setdefault(digest, data) == data
        assert len(data) <= NODE_BYTES, f"a node of {len(data)} bytes"
        self.written_now.append(digest)
        return digest

    def fresh(self) -> tree.NodeCache:
        """What a new process has: no node read yet."""
        self.read_now, self.written_now = [], []
        return tree.NodeCache(self)


def _reachable(shelf: Shelf, root: str | None) -> set[str]:
    """Every node of a version, found without the code under test."""
    if root is None:
        return set()
    found, waiting = set(), [root]
    while waiting:
        digest = waiting.pop()
        found.add(digest)
        text = shelf.nodes[digest].decode()
        waiting += [other for other in shelf.nodes if other in text and other not in found]
    return found


def _depth(cache: tree.NodeCache, root: str | None) -> int:
    return 0 if root is None else int(cache.read(root).get("level", 0)) + 1


def _whole(cache: tree.NodeCache, root: str | None) -> dict[str, Any]:
    return dict(tree.scan(cache, root, "", "\U0010ffff"))


def _apply(model: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    merged = {**model, **changed}
    return {key: value for key, value in merged.items() if value is not None}


KEYS = st.one_of(
    st.text("abc/0123456789.", min_size=1, max_size=8),
    st.integers(0, 400).map(lambda n: f"e/{n:010d}"),
)
SIZES = st.sampled_from([None, 0, 1, 3, 60, 900, 4_000, 8_000, 9_000, 40_000, 70_000, 120_000])
BATCHES = st.lists(st.dictionaries(KEYS, SIZES, max_size=40), min_size=1, max_size=10)
HARD = 'é"'
"""Two characters of two bytes each in a node."""


def _values(sizes: dict[str, int | None], salt: int) -> dict[str, Any]:
    """Values of about so many bytes; None removes."""
    return {
        key: None if n is None else n if n < 2 else {"n": [n + salt], "text": HARD * (n // 4)}
        for key, n in sizes.items()
    }


@settings(max_examples=40, deadline=None)
@given(BATCHES, st.tuples(KEYS, KEYS))
def test_versions_answer_like_dicts_and_none_is_lost(
    batches: list[dict[str, int | None]], bounds: tuple[str, str]
) -> None:
    shelf = Shelf()
    cache = tree.NodeCache(shelf)
    versions: list[tuple[str | None, dict[str, Any]]] = [(None, {})]
    for salt, sizes in enumerate(batches):
        root, model = versions[-1]
        batch = _values(sizes, salt)
        versions.append((tree.update(cache, root, sorted(batch.items())), _apply(model, batch)))
    low, high = sorted(bounds)
    for root, model in versions:
        cold = shelf.fresh()
        assert list(tree.scan(cold, root, "", "\U0010ffff")) == sorted(model.items())
        within = sorted((k, v) for k, v in model.items() if low <= k < high)
        assert list(tree.scan(cold, root, low, high)) == within
        for key in [*model, low, high, "", "zzz"]:
            assert tree.get(cold, root, key) == model.get(key)
        assert (root is None) == (not model)
    for (old, before), (new, after) in itertools.pairwise(versions):
        keys = sorted(before.keys() | after.keys())
        differing = [
            (k, before.get(k), after.get(k)) for k in keys if before.get(k) != after.get(k)
        ]
        assert list(tree.changes(shelf.fresh(), old, new)) == differing
        back = [(k, b, a) for k, a, b in differing]
        assert list(tree.changes(shelf.fresh(), new, old)) == back
    first, last = versions[0], versions[-1]
    assert {k for k, _, _ in tree.changes(cache, first[0], last[0])} == set(last[1])


def _built(count: int) -> tuple[Shelf, str | None]:
    shelf = Shelf()
    items = [(f"e/{n:06d}", {"v": n, "text": "x" * 60}) for n in range(count)]
    root = tree.update(tree.NodeCache(shelf), None, items)
    return shelf, root


@pytest.mark.parametrize("count", [1, 10, 1_000, 30_000])
def test_one_change_writes_one_path(count: int) -> None:
    shelf, root = _built(count)
    chance = random.Random(count)
    depth = _depth(tree.NodeCache(shelf), root)
    for _ in range(20):
        key = f"e/{chance.randrange(count):06d}"
        cache = shelf.fresh()
        value = {"v": -1} if chance.random() < 0.7 else None
        new = tree.update(cache, root, [(key, value)])
        assert len(shelf.written_now) <= depth
        assert len(shelf.read_now) <= depth
        cold = shelf.fresh()
        assert [k for k, _, _ in tree.changes(cold, root, new)] == [key]
        assert len(shelf.read_now) <= 2 * depth
        cold = shelf.fresh()
        assert tree.get(cold, new, key) == value
        assert len(shelf.read_now) <= depth


def test_the_depth_grows_with_the_logarithm() -> None:
    depths = {count: _depth(tree.NodeCache(_built(count)[0]), _built(count)[1])
              for count in (60, 6_000, 30_000)}  # fmt: skip
    assert depths == {60: 1, 6_000: 2, 30_000: 3}


def test_old_nodes_stay_and_shared_ones_are_not_written_again() -> None:
    shelf, root = _built(2_000)
    old = dict(shelf.nodes)
    new = tree.update(shelf.fresh(), root, [("e/000700", {"v": 1})])
    assert {digest: shelf.nodes[digest] for digest in old} == old
    assert _reachable(shelf, new) - old.keys() == set(shelf.written_now)


def test_items_that_come_one_by_one_are_as_findable_as_all_at_once() -> None:
    shelf = Shelf()
    cache = tree.NodeCache(shelf)
    root, chance = None, random.Random(4)
    keys = [f"{chance.getrandbits(64):016x}" for _ in range(1_500)]
    for number, key in enumerate(keys):
        root = tree.update(cache, root, [(key, {"n": number, "pad": "y" * 120})])
    assert _whole(cache, root) == {k: {"n": n, "pad": "y" * 120} for n, k in enumerate(keys)}
    assert _depth(cache, root) <= 3


def test_a_map_emptied_key_by_key_is_no_map() -> None:
    shelf, root = _built(900)
    cache = tree.NodeCache(shelf)
    for number in random.Random(1).sample(range(900), 900):
        root = tree.update(cache, root, [(f"e/{number:06d}", None)])
    assert root is None


def test_no_change_is_the_same_version() -> None:
    shelf, root = _built(500)
    assert tree.update(shelf.fresh(), root, []) == root
    assert tree.update(shelf.fresh(), root, [("absent", None)]) == root
    same = tree.get(shelf.fresh(), root, "e/000001")
    assert tree.update(shelf.fresh(), root, [("e/000001", same)]) == root


def test_nothing_changes_what_a_caller_holds() -> None:
    shelf = Shelf()
    cache = tree.NodeCache(shelf)
    value: dict[str, Any] = {"list": [1]}
    root = tree.update(cache, None, [("k", value)])
    value["list"].append(2)
    assert tree.get(cache, root, "k") == {"list": [1]}


def test_a_node_with_other_bytes_is_corrupt() -> None:
    shelf, root = _built(3)
    assert root is not None
    shelf.nodes[root] = shelf.nodes[root].replace(b'"v":1', b'"v":2')
    with pytest.raises(Corrupt, match=root):
        tree.get(shelf.fresh(), root, "e/000001")
    with pytest.raises(Corrupt, match=root):
        tree.fetch(shelf.fresh(), [(root, "e/000001")], map)


def test_a_value_above_the_size_of_a_leaf_stands_alone_and_beside_it_is_no_empty_leaf() -> None:
    shelf = Shelf()
    large = "x" * (tree.LEAF_BYTES + 1)
    root = tree.update(tree.NodeCache(shelf), None, [("a", large), ("b", large), ("c", 1)])
    leaves = [node for node in map(json.loads, shelf.nodes.values()) if "leaf" in node]
    assert sorted([key for key, _ in leaf["leaf"]] for leaf in leaves) == [["a"], ["b"], ["c"]]
    assert tree.get(shelf.fresh(), root, "b") == large


def test_a_small_cache_forgets_and_is_still_right() -> None:
    shelf, root = _built(3_000)
    cache = tree.NodeCache(shelf, limit=4)
    for number in range(0, 3_000, 97):
        assert tree.get(cache, root, f"e/{number:06d}")["v"] == number


MAP_ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "edit", "commit"]),
        st.integers(0, 30).map(lambda n: f"{'ab'[n % 2]}/{n:02d}"),
        st.integers(0, 99),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(MAP_ACTIONS)
def test_maps_in_memory_and_over_nodes_agree(actions: list[tuple[str, str, int]]) -> None:
    shelf = Shelf()
    memory, stored = State(), State(shelf)
    model: dict[str, Any] = {}
    for action, key, number in actions:
        if action == "commit":
            head = stored.commit()
            stored = State(tree.NodeCache(shelf), Head(0, Frontier(0, ()), head.tree))
            memory.rest()
        elif action == "edit":
            for state in (memory, stored):
                state.slots.edit(key, {"n": []})["n"].append(number)
            model.setdefault(key, {"n": []})["n"].append(number)
        else:
            value = {"n": [number]} if action == "put" else None
            for state in (memory, stored):
                state.slots.put(key, {"n": [number]} if value else None)
            model[key] = value
            model = {k: v for k, v in model.items() if v is not None}
        for state in (memory, stored):
            assert state.slots.get(key) == model.get(key)
            for prefix in ("", "a/", "b/1", "z"):
                wanted = sorted((k, v) for k, v in model.items() if k.startswith(prefix))
                assert list(state.slots.scan(prefix)) == wanted


def test_a_state_goes_on_after_its_commit_and_begins_anew_what_was_removed() -> None:
    cache = tree.NodeCache(Shelf())
    state = State(cache)
    for key in "bc":
        state.slots.put(key, {"n": [key]})
    state.commit()
    state.slots.put("b", None)
    assert state.slots.get("b") is None
    with pytest.raises(KeyError):
        state.slots.edit("b")
    assert state.slots.edit("b", {"n": []}) == {"n": []}
    state.slots.put("a", {"n": ["a"]})
    wanted = [("a", {"n": ["a"]}), ("b", {"n": []}), ("c", {"n": ["c"]})]
    assert list(state.slots.scan("")) == wanted
    head = state.commit()
    assert list(state.slots.scan("")) == wanted
    state.slots.edit("c")["n"].append(1)
    state.slots.put("d", 4)
    assert list(state.slots.scan("")) == [*wanted[:2], ("c", {"n": ["c", 1]}), ("d", 4)]
    assert list(State(cache, head).slots.scan("")) == wanted, "what was committed stays"


def test_changes_of_a_map_between_two_committed_states() -> None:
    shelf = Shelf()
    state = State(shelf)
    state.slots.put("a", 1)
    state.meta.put("m", 1)
    first = state.commit()
    state.slots.put("b", 2)
    state.slots.put("a", None)
    second = state.commit()
    cache = shelf.fresh()
    assert list(map_changes(cache, "slots", first.tree, second.tree)) == [
        ("a", 1, None),
        ("b", None, 2),
    ]
    assert list(map_changes(cache, "meta", first.tree, second.tree)) == []
    assert list(map_changes(cache, "slots", None, second.tree)) == [("b", None, 2)]
    assert set(MAPS) >= {"slots", "meta"}


def test_editing_what_is_not_there_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        State().slots.edit("absent")
    with pytest.raises(RuntimeError):
        State().commit()


def test_a_scan_reads_the_leaves_below_a_node_together() -> None:
    shelf, root = _built(3_000)
    waits = []

    def each(act: Any, items: Any, /) -> Any:
        some = list(items)
        waits.append(len(some))
        return map(act, some)

    whole = list(tree.scan(shelf.fresh(), root, "", "~"))
    leaves = len(shelf.read_now) - 1
    shelf.fresh()
    assert list(tree.scan(tree.NodeCache(shelf, each=each), root, "", "~")) == whole
    assert (waits, len(shelf.read_now)) == ([leaves], leaves + 1)
    few = list(tree.scan(tree.NodeCache(shelf, each=each), root, "e/000100", "e/000102"))
    assert (len(few), waits) == (2, [leaves])


@pytest.mark.parametrize("seed", range(8))
def test_changes_from_any_key_on_are_the_rest_of_all_and_lazily_read(seed: int) -> None:
    chance = random.Random(seed)
    shelf, root = _built(2_000)
    keys = sorted(chance.sample(range(2_200), 40))
    changed = [(f"e/{key:06d}", None if chance.random() < 0.4 else {"n": key}) for key in keys]
    new = tree.update(shelf.fresh(), root, changed)
    for old, young in ((root, new), (new, root), (None, new), (new, None), (root, root)):
        want, have = _whole(shelf.fresh(), old), _whole(shelf.fresh(), young)
        differ = sorted(key for key in want.keys() | have.keys() if want.get(key) != have.get(key))
        whole = [(key, want.get(key), have.get(key)) for key in differ]
        assert list(tree.changes(shelf.fresh(), old, young)) == whole
        for after in differ[:1] + differ[-1:] + ["e/000777", "e/0007"]:
            rest = [one for one in whole if one[0] > after]
            assert list(tree.changes(shelf.fresh(), old, young, after)) == rest
    next(tree.changes(shelf.fresh(), root, new))
    assert len(shelf.read_now) < 8


def test_whoever_goes_on_behind_a_key_reads_nothing_before_it() -> None:
    shelf, root = _built(2_000)
    whole = list(tree.changes(shelf.fresh(), None, root))
    everything = len(shelf.read_now)
    height = _depth(shelf.fresh(), root)
    assert everything > 2 * height
    assert list(tree.changes(shelf.fresh(), None, root, whole[-1][0])) == []
    assert len(shelf.read_now) == height


def test_a_commit_writes_nothing_again_that_the_last_one_wrote() -> None:
    shelf = Shelf()
    state = State(shelf)
    for number in range(3_000):
        state.slots.put(f"{number:04}", {"n": number})
    state.commit()
    assert len(shelf.written_now) > 6
    shelf.written_now = []
    state.slots.put("1500", {"n": 0})
    state.commit()
    assert len(shelf.written_now) == 3, "the leaf, the root above it, and what names the maps"
