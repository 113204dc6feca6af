"""The write order of the functions as a state machine, small enough to be searched whole.

A statement is a number, bytes are what they are made from: a file of the log is the tuple of
statements that it commits to. Processes take one step at a time, in any order, and may die before
each (its work done, or not, is the next state); what died begins again. A Conflict of a
conditional write ends a run. Every state that can be reached is checked.

    submit     record and mark, in one transaction; then the receipt
    sequence   HEAD and TREE; finish marking; pending; append; mark; files; TREE; checkpoint
    publish    checkpoint; state/head; pages; state/site; site.json
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Tuples = tuple[tuple[int, ...], ...]


class World(NamedTuple):
    """What is durable, and what each process remembers: `at` is its next step."""

    records: frozenset[int] = frozenset()
    marks: frozenset[int] = frozenset()
    receipts: frozenset[int] = frozenset()
    batches: Tuples = ()
    index: frozenset[tuple[int, int]] = frozenset()
    files: frozenset[tuple[int, ...]] = frozenset()
    tree: tuple[int, ...] = ()
    checkpoint: tuple[int, ...] = ()
    folded: int = 0
    pages: int = 0
    shown: int = 0
    site: int = 0
    at: tuple[str, ...] = ()
    memory: tuple[Any, ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(one for batch in self.batches for one in batch)


Step = Callable[[World, Any, int], Iterator[tuple[World, str, Any]]]
"""From a world and a process's memory: the worlds after its step, its next step, its memory."""
DONE = "done"


# ---------------------------------------------------------------- submit


def record(w: World, _: Any, number: int) -> Iterator[tuple[World, str, Any]]:
    if number not in w.records:
        w = w._replace(records=w.records | {number}, marks=w.marks | {number})
    yield w, "receipt", None


def receipt(w: World, _: Any, number: int) -> Iterator[tuple[World, str, Any]]:
    yield w._replace(receipts=w.receipts | {number}), DONE, None


# ---------------------------------------------------------------- sequence


def read_tree(w: World, _: Any, __: int) -> Iterator[tuple[World, str, Any]]:
    yield w, "read_head", (w.tree,)


def read_head(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    yield w, "finish", (*memory, len(w.batches), w.order)


def finish(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    _, count, order = memory
    if count:
        w = _marked(w, order, len(w.batches[count - 1]))
    yield w, "list", memory


def list_pending(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    has_index = {number for number, _ in w.index}
    pending = tuple(sorted(w.marks - has_index))[:2]
    if pending:
        yield w, "append", (*memory, pending)
    elif memory[2] != memory[0]:
        yield w, "derive", (memory[0], memory[2])
    else:
        yield w, "publish_checkpoint", (memory[0],)


def append(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    tree, count, order, pending = memory
    if len(w.batches) != count:
        yield w, "read_head", (tree,)  # Conflict: from step 2 again
        return
    after = w._replace(batches=(*w.batches, pending))
    yield after, "mark", (tree, (*order, *pending), len(pending))


def mark(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    tree, order, count = memory
    yield _marked(w, order, count), "derive", (tree, order)


def _marked(w: World, order: tuple[int, ...], count: int) -> World:
    fresh = {(number, at) for at, number in enumerate(order)} if count else set()
    fresh = {pair for pair in fresh if pair[1] >= len(order) - count}
    numbers = {number for number, _ in fresh}
    return w._replace(index=w.index | fresh, marks=w.marks - numbers)


def derive(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    yield w._replace(files=w.files | {memory[1]}), "commit", memory


def commit(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    tree, order = memory
    if w.tree != tree:
        yield w, "publish_checkpoint", (w.tree,)  # Conflict: what the other committed stands
        return
    yield w._replace(tree=order), "publish_checkpoint", (order,)


def publish_checkpoint(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    yield w, "put_checkpoint", (memory[0], w.checkpoint)


def put_checkpoint(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    tree, read = memory
    if len(read) >= len(tree):
        yield w, DONE, None
    elif w.checkpoint != read:
        yield w, "publish_checkpoint", (tree,)
    else:
        yield w._replace(checkpoint=tree), DONE, None


# ---------------------------------------------------------------- publish


def read_checkpoint(w: World, _: Any, __: int) -> Iterator[tuple[World, str, Any]]:
    yield w, "fold", (w.folded, w.checkpoint)


def fold(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    folded, checkpoint = memory
    if w.folded != folded:
        yield w, "read_checkpoint", None
        return
    yield w._replace(folded=len(checkpoint)), "read_site", (len(checkpoint),)


def read_site(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    yield w, "render", (*memory, w.shown)


def render(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    size, shown = memory
    if shown > size:
        yield w, "claim", None
        return
    yield w._replace(pages=max(w.pages, size)), "show", memory


def show(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    size, shown = memory
    if w.shown != shown and w.shown > size:
        yield w, "claim", None
        return
    yield w._replace(shown=size), "claim", None


def claim(w: World, _: Any, __: int) -> Iterator[tuple[World, str, Any]]:
    yield w, "put_claim", (w.shown, w.site)


def put_claim(w: World, memory: Any, _: int) -> Iterator[tuple[World, str, Any]]:
    shown, read = memory
    if read >= shown:
        yield w, DONE, None
    elif w.site != read:
        yield w, "claim", None
    else:
        yield w._replace(site=shown), DONE, None


STEPS: dict[str, Step] = {
    "record": record, "receipt": receipt,
    "read_tree": read_tree, "read_head": read_head, "finish": finish, "list": list_pending,
    "append": append, "mark": mark, "derive": derive, "commit": commit,
    "publish_checkpoint": publish_checkpoint, "put_checkpoint": put_checkpoint,
    "read_checkpoint": read_checkpoint, "fold": fold, "read_site": read_site,
    "render": render, "show": show, "claim": claim, "put_claim": put_claim,
}  # fmt: skip
FIRST = {"submit": "record", "sequence": "read_tree", "publish": "read_checkpoint"}


# ---------------------------------------------------------------- the search


def wrong(w: World) -> str | None:
    """Return what must never hold and does, or None."""
    order = w.order
    has_index = dict(w.index)
    rules = {
        "a receipt without a record": not w.receipts <= w.records,
        "ordered twice": len(set(order)) < len(order),
        "ordered and never received": not set(order) <= w.records,
        "an index that is not the place": any(order[at : at + 1] != (n,) for n, at in w.index),
        "neither waiting nor ordered": not w.records <= w.marks | set(order),
        "no mark and no index": not w.records - w.marks <= set(has_index),
        "a tree that is no prefix of the order": order[: len(w.tree)] != w.tree,
        "files of another order": any(order[: len(one)] != one for one in w.files),
        "committed without its files": bool(w.tree) and w.tree not in w.files,
        "published and not committed": w.tree[: len(w.checkpoint)] != w.checkpoint,
        "a state beyond the checkpoint": w.folded > len(w.checkpoint),
        "shown without its pages": w.shown > w.pages,
        "claimed and not shown": w.site > w.shown,
        "pages beyond the state": w.pages > w.folded,
    }
    return next((words for words, holds in rules.items() if holds), None)


def shrinks(w: World, after: World) -> str | None:
    """Return what a step made smaller, or replaced, that may only grow; or None."""
    grows = {
        "the order": (w.order, after.order),
        "TREE": (w.tree, after.tree),
        "the checkpoint": (w.checkpoint, after.checkpoint),
    }
    found = (name for name, (old, new) in grows.items() if new[: len(old)] != old)
    behind = "site.json" if after.site < w.site else None
    return next(found, behind)


def steps(
    w: World, roles: tuple[str, ...], table: Mapping[str, Step]
) -> Iterator[tuple[str, World]]:
    """Every world that one step, or the death, of one process makes of this one."""
    for process, role in enumerate(roles):
        kind, _, number = role.partition(" ")
        at, memory = w.at[process], w.memory[process]
        if at == DONE:
            if kind != "submit":
                yield f"{role} again", _remember(w, process, FIRST[kind], None)
            continue
        for after, then, kept in table[at](w, memory, int(number or 0)):
            yield f"{role}: {at}", _remember(after, process, then, kept)
        if at != FIRST[kind]:
            yield f"{role} dies", _remember(w, process, FIRST[kind], None)


def _remember(w: World, process: int, at: str, memory: Any) -> World:
    places = (*w.at[:process], at, *w.at[process + 1 :])
    known = (*w.memory[:process], memory, *w.memory[process + 1 :])
    return w._replace(at=places, memory=known)


def _alike(w: World, roles: tuple[str, ...]) -> World:
    """The same world, whichever of two processes of one role is called the first."""
    first = len(roles) - 2
    if roles[first] != roles[-1]:
        return w
    pairs = [*zip(w.at, w.memory, strict=True)]
    if repr(pairs[-1]) >= repr(pairs[-2]):
        return w
    pairs[-2:] = reversed(pairs[-2:])
    at, memory = zip(*pairs, strict=True)
    return w._replace(at=at, memory=memory)


def search(roles: tuple[str, ...], changed: Mapping[str, Step] | None = None) -> int:
    """Visit every world that processes of these roles can make; return how many there are.

    `changed` are other steps than that order's. AssertionError with the way to it for the first
    that is wrong, or for one from which no way leads to rest: all receipted, ordered, committed,
    published and shown.
    """
    table = {**STEPS, **(changed or {})}
    first = World(
        at=tuple(FIRST[role.partition(" ")[0]] for role in roles), memory=(None,) * len(roles)
    )
    before: dict[World, tuple[World, str] | None] = {first: None}
    backward: dict[World, list[World]] = {}
    edge = [first]
    resting: list[World] = []
    while edge:
        fresh = []
        for world in edge:
            for words, made in steps(world, roles, table):
                after = _alike(made, roles)
                backward.setdefault(after, []).append(world)
                if after in before:
                    continue
                before[after] = (world, words)
                found = wrong(after) or shrinks(world, after)
                assert found is None, f"{found}: {_way(before, after)}"
                fresh.append(after)
                if _rests(after, roles):
                    resting.append(after)
        edge = fresh
    reach = set(resting)
    while resting:
        for world in backward.get(resting.pop(), ()):
            if world not in reach:
                reach.add(world)
                resting.append(world)
    stuck = next((world for world in before if world not in reach), None)
    assert stuck is None, f"no way to rest: {_way(before, stuck)}"
    return len(before)


def _rests(w: World, roles: tuple[str, ...]) -> bool:
    sent = {int(role.split()[1]) for role in roles if role.startswith("submit")}
    shown = "publish" not in roles or w.site == len(sent)
    return w.receipts == sent and set(w.checkpoint) == sent and not w.marks and shown


def _way(before: dict[World, tuple[World, str] | None], world: World) -> str:
    words: list[str] = []
    while (step := before[world]) is not None:
        world, told = step
        words.append(told)
    return " → ".join(reversed(words))
