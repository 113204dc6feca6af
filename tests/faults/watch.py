"""What must hold at every write, whoever writes and whatever failed before.

Each check compares one write with what was there, so that it holds for a whole history if it holds
for each of its steps: the order only grows, so a checkpoint whose root is that of the order's
prefix is consistent with every other one. Nothing here asks the code under test: roots come from
the oracle's own definition, pages from one rendering of the same entries from nothing.
"""

from __future__ import annotations

import base64
import functools
import itertools
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.check_log import _mth, _open, check_log
from tests.fakes import FakeObjects, FakeRegister
from tests.faults.election import LOG_KEY, POLICY, RELEASE, log_files

from rekap.core.log.ports import Record
from rekap.core.log.proofs import TlogProof
from rekap.core.signing import envelope
from rekap.portal.intake.held import Waiting
from rekap.portal.publishing import run as publisher

if TYPE_CHECKING:
    from tests.faults.portal import Call, State

CHECKPOINT = "log/checkpoint"
ONCE = re.compile(r"log/(?!checkpoint).*|state/pack/.*|bukti/[0-9]+\.json|bukti/[0-9]+\.tlog-proof")
GROWING = frozenset({"state/head", "state/site", "site.json"})
AS_OF = re.compile(rb'<meta name="as-of" content="([0-9]+)">|"as_of":([0-9]+)')


class Broken(AssertionError):
    """Something that must never happen did."""


def demand(holds: bool, words: str) -> None:
    if not holds:
        raise Broken(words)


def before(state: State, call: Call) -> Any:
    """Return what the call is about to change, as far as `written` wants to know."""
    if call.port == "objects":
        return state.objects.objects.get(call.arguments[0])
    if call.method == "swap_tree":
        return state.order.tree()
    if call.method == "append":
        return state.order.head().next
    if call.method == "add":
        item = state.records.by_id(call.arguments[0].id)
        return frozenset(item.keyids) if item else frozenset()
    return None


def written(state: State, call: Call, old: Any) -> None:
    """Judge a write that has just been done."""
    if call.port == "objects":
        _object(state, call.arguments[0], old, state.objects.objects[call.arguments[0]])
    elif call.method == "append":
        leaves = state.order.leaves()
        demand(call.arguments[0] == old, f"appended at {call.arguments[0]}, next was {old}")
        twice = [leaf for leaf, count in Counter(leaves).items() if count > 1]
        demand(not twice, f"ordered twice: {twice}")
    elif call.method == "add":
        demand(not set(call.arguments[1]) <= old or not old, "an id again without a new key")
    elif call.method == "mark":
        ordered = dict(enumerate(state.order.leaves()))
        for leaf, record in state.records.records.items():
            if record.index is not None:
                demand(ordered.get(record.index) == leaf, f"{leaf} is not at {record.index}")
    elif call.method == "swap_tree":
        new = state.order.tree()
        assert new is not None
        demand(old is None or old.size < new.size, "TREE did not grow")
        _is_prefix(state, new.size, new.root, "TREE")


def signed(state: State, message: bytes) -> None:
    """Judge what the log's key is about to sign: the one tree of the fixed order, or a time."""
    if message.startswith(b"DSSEv1 "):
        demand(b'"kind":"clock"' in message, "the key of the log signs a statement")
        return
    size, root = _open_body(message)
    _is_prefix(state, size, root, "a signature")


def acknowledged(state: State, body: bytes, done: Any) -> None:
    """Judge an answer to an upload: what it promises is recorded already."""
    if isinstance(done, Waiting):
        held = {one.keyid for one in state.records.holdings.values() if one.id == done.id}
        demand(held >= set(done.keyids), "acknowledged and not held")
        return
    record = state.records.records.get(done.leaf)
    demand(record is not None, "acknowledged and not recorded")
    assert record is not None
    demand(record.receipt == done.receipt, "another receipt than the recorded one")
    if done.status == 201 and record.envelope != body:
        sent, kept = envelope.parse(body), envelope.parse(record.envelope)
        demand(sent.id == kept.id, "the record holds another statement")
        demand(set(sent.signatures) < set(kept.signatures), "a signature that was sent is lost")


def _is_prefix(state: State, size: int, root: bytes, what: str) -> None:
    leaves = state.order.leaves()
    demand(size <= len(leaves), f"{what} of size {size}, only {len(leaves)} have a place")
    demand(root_of(leaves[:size]) == root, f"{what} of size {size} has another root")


@functools.lru_cache(maxsize=512)
def root_of(leaves: tuple[str, ...]) -> bytes:
    return _mth([bytes.fromhex(leaf) for leaf in leaves])


@functools.lru_cache(maxsize=512)
def _open_body(text: bytes) -> tuple[int, bytes]:
    _, size, root = text.decode().split("\n")[:3]
    return int(size), base64.b64decode(root)


@functools.lru_cache(maxsize=512)
def _checkpoint(note: bytes) -> tuple[int, bytes, frozenset[str]]:
    size, root = _open(note, LOG_KEY.vkey)
    return size, root, frozenset(note.decode().rpartition("\n\n")[2].splitlines())


def published(state: State) -> int:
    note = state.objects.objects.get(CHECKPOINT)
    return _checkpoint(note)[0] if note else 0


def _object(state: State, path: str, old: bytes | None, new: bytes) -> None:
    if ONCE.fullmatch(path):
        demand(old is None, f"{path} has had two contents")
    elif path == CHECKPOINT:
        size, root, lines = _checkpoint(new)
        _is_prefix(state, size, root, "the checkpoint")
        tree = state.order.tree()
        demand(tree is not None and size <= tree.size, "published before it was committed")
        if old is not None:
            was, _, kept = _checkpoint(old)
            demand(was <= size, f"the checkpoint shrank from {was} to {size}")
            demand(was < size or kept < lines, "a line was lost, or nothing was won")
    elif path in GROWING:
        size, was = json.loads(new)["size"], json.loads(old)["size"] if old else 0
        demand(was <= size, f"{path} shrank from {was} to {size}")
        demand(size <= published(state), f"{path} of size {size} is ahead of the checkpoint")
        if path != "state/head" and old:
            for name in ("data_size", "data_next"):
                demand(json.loads(old)[name] <= json.loads(new)[name], f"{name} shrank")
        if path == "site.json":
            shown = json.loads(state.objects.objects["state/site"])["size"]
            demand(size <= shown, "site.json is ahead of what is shown")
            _claim(state, json.loads(new))
    else:
        _page(state, path, old, new)


def _claim(state: State, claim: Any) -> None:
    demand(claim["data_size"] <= claim["data_next"] <= claim["size"], "sizes out of their order")
    proofs = [f"bukti/{index}.tlog-proof" for index in range(claim["proofs"])]
    lacking = [path for path in proofs if path not in state.objects.objects]
    demand(not lacking, f"{claim} of which {lacking} are not there")
    for size, root in (("size", "root"), ("data_size", "data_root")):
        want = base64.b64encode(root_of(state.order.leaves()[: claim[size]])).decode()
        demand(claim[root] == want, f"{root} of site.json is not that of {claim[size]} entries")


def _page(state: State, path: str, old: bytes | None, new: bytes) -> None:
    now, was = _as_of(new), _as_of(old) if old else None
    if now is None:
        return
    demand(now <= published(state), f"{path} shows {now} entries, which nobody published")
    if was is not None:
        demand(was <= now, f"{path} went back from {was} to {now}")
        demand(was < now or old == new, f"{path} at {now} has had two contents")


@functools.lru_cache(maxsize=4_096)
def _as_of(data: bytes) -> int | None:
    found = AS_OF.search(data)
    return int(found[1] or found[2]) if found else None


# ---------------------------------------------------------------- a whole state


def at_rest(state: State, bodies: frozenset[bytes] = frozenset()) -> None:
    """Judge a state in which nothing is left to do: all is logged once, and the site is right."""
    leaves = state.order.leaves()
    demand(not state.records.marks, "something still waits")
    kept = {leaf for leaf, one in state.records.records.items() if not _is_forgotten(one)}
    demand(set(leaves) == kept, "recorded and not logged, or logged only")
    for leaf in kept:
        demand(state.records.records[leaf].index is not None, f"{leaf} has no index")
    _check_clocks(state)
    demand(published(state) == len(leaves), "not everything is published")
    entries = _entries(tuple(sorted(_log_files(state).items())))
    demand(bodies <= set(entries), "something acknowledged is not in the log")
    if "site.json" not in state.objects.objects:
        return
    whole = rebuilt(entries)
    demand(json.loads(state.objects.objects["site.json"])["size"] == len(leaves), "site behind")
    found = _derived(state.objects.objects)
    _same(found, whole | {"site.json": found["site.json"]})
    for index in range(len(leaves)):
        note = state.objects.objects[f"bukti/{index}.tlog-proof"]
        _check_proof(note, bytes.fromhex(leaves[index]), index)


def _is_forgotten(record: Record) -> bool:
    """A time of a run that died or lost before its order transaction: nothing acknowledged it."""
    return record.index is None and not record.receipt and b'"kind":"clock"' in _payload(record)


def _payload(record: Record) -> bytes:
    entry = record.envelope
    return envelope.parse(entry).payload if entry.startswith(b"{") else b""


def _check_clocks(state: State) -> None:
    records = [state.records.records[leaf] for leaf in state.order.leaves()]
    said = [one.received_at for one in records if b'"kind":"clock"' in _payload(one)]
    demand(all(b - a >= 60 for a, b in itertools.pairwise(said)), f"times too near: {said}")
    demand(state.order.head().clock == (said[-1] if said else None), "HEAD has another time")


def never_refuted(state: State) -> None:
    """Judge a state between two calls: what is shown is true, and nothing is behind its claim.

    Every page of the size in site.json is there, as it was at that size or at a later published
    one; bulk data are of data_size or data_next; nothing else is there.
    """
    objects = state.objects.objects
    claim = json.loads(objects["site.json"]) if "site.json" in objects else None
    if claim is None:
        return
    entries = tuple(_record_bytes(state))
    last = published(state)
    sites = {size: rebuilt(entries[:size]) for size in range(claim["size"], last + 1)}
    bulk = [rebuilt(entries[: claim[name]]) for name in ("data_size", "data_next")]
    bulk.append({})
    shown = _derived(objects)
    for path in sites[claim["size"]].keys() | shown.keys():
        have = shown.get(path)
        if path == "site.json":
            continue
        if is_bulk(path):
            good = any(have == one.get(path) for one in bulk)
        else:
            good = any(have == site.get(path) for site in sites.values())
        demand(good, f"{path} is not what {claim} says")


def is_bulk(path: str) -> bool:
    return path.removeprefix("en/").split("/")[1:2] == ["data"]


def _record_bytes(state: State) -> list[bytes]:
    return [state.records.records[leaf].envelope for leaf in state.order.leaves()]


def _derived(objects: dict[str, bytes]) -> dict[str, bytes]:
    return {
        path: data
        for path, data in objects.items()
        if not path.startswith(("log/", "state/")) and not path.endswith(".tlog-proof")
    }


def _same(found: dict[str, bytes], want: dict[str, bytes]) -> None:
    wrong = sorted(p for p in found.keys() | want.keys() if found.get(p) != want.get(p))
    demand(not wrong, f"not what the same entries give: {wrong[:5]}")


def _log_files(state: State) -> dict[str, bytes]:
    return {p: d for p, d in state.objects.objects.items() if p.startswith("log/")}


@functools.lru_cache(maxsize=256)
def _entries(files: tuple[tuple[str, bytes], ...]) -> tuple[bytes, ...]:
    return tuple(check_log(dict(files), LOG_KEY.vkey))


@functools.lru_cache(maxsize=4_096)
def _check_proof(data: bytes, leaf: bytes, index: int) -> None:
    proof = TlogProof.parse(data)
    demand(proof.index == index, f"a proof of {proof.index} beside entry {index}")
    proof.verify(leaf, POLICY)


@functools.lru_cache(maxsize=64)
def rebuilt(entries: tuple[bytes, ...]) -> dict[str, bytes]:
    """Return every derived file that these entries give, by the real publisher from nothing."""
    if not entries:
        return {}
    objects = FakeObjects()
    objects.objects.update(log_files(entries))
    for _ in range(2):
        publisher.Publisher(objects, FakeRegister(), log_key=LOG_KEY, release=RELEASE).run(0)
    found = _derived(objects.objects)
    del found["site.json"]
    return found
