"""One run of `publish`: fold what is new, render what it touches, in an order that may stop anywhere.

    1  checkpoint and state/head; fold the new entries; nodes; swap state/head          [commit]
    2  walk what changed between the last published state and the new one
    3  dirty pages in the order of addresses, each conditional on its as_of; missing proofs
    4  swap state/site, then site.json, only to a larger size
    5  bulk data, when the log is quiet or ten minutes have passed

A crash after any write leaves a state from which the next run writes the same bytes. Two runs at
once write the same bytes too: what is newer is left, what is older is replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Final, Protocol

from rekap import codec
from rekap.errors import Conflict, Corrupt
from rekap.ledger.fold import fold
from rekap.ledger.state import REGISTER_MAPS, Head, State, map_changes
from rekap.ledger.tree import NodeCache
from rekap.log import tiles
from rekap.log.checkpoint import Checkpoint
from rekap.log.entry import decode_bundle
from rekap.log.merkle import EMPTY_ROOT, Frontier
from rekap.log.policy import Policy, meets, open_checkpoint
from rekap.log.ports import CHECKPOINT, LogFiles, Objects
from rekap.log.proofs import HashReader, TlogProof, inclusion_proof
from rekap.publish.context import base_of
from rekap.publish.site import Site, addresses
from rekap.signing.note import NoteKey

STATE_HEAD: Final = "state/head"
STATE_SITE: Final = "state/site"
SITE: Final = "site.json"
BULK_SECONDS: Final = 600
"""How long bulk data may stay behind while entries keep coming."""
FOLD_BATCH: Final = 4_096
"""Entries folded between two commits: bounds memory, not correctness."""

_STATED: Final = re.compile(rb'<meta name="as-of" content="([0-9]+)">')
_BUNDLES_KEPT: Final = 32


class Register(Protocol):
    """The copy of the register that `submit` asks; it may lag, the fold decides."""

    def tree(self) -> str:
        """Return the tree that the copy was made from; "" before the first."""

    def apply(
        self, tree: str, size: int, changes: Iterable[tuple[str, str, codec.JSON | None]]
    ) -> None:
        """Put (map, key, value) in place, None removes, and remember tree and size."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, for its log line."""

    size: int
    folded: int
    pages: int
    files: int
    proofs: int
    bulk: int


@dataclass(slots=True)
class _Published:
    """`state/site`: the state that the site shows, and how far proofs and bulk data are."""

    size: int = 0
    root: str = ""
    tree: str = ""
    release: str = ""
    proofs: int = 0
    data_size: int = 0
    data_root: str = codec.b64encode(EMPTY_ROOT)
    data_next: int = 0
    data_tree: str = ""
    data_at: int = 0
    frontier: list[str] = field(default_factory=list)
    data_frontier: list[str] = field(default_factory=list)


class _Nodes:
    """Nodes of the state as private objects."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def read(self, digest: str) -> bytes:
        stored = self._objects.get(f"state/{digest}")
        if stored is None:
            raise Corrupt(f"state node {digest} is missing; delete state/ and publish again")
        return stored.data

    def write(self, digest: str, data: bytes) -> None:
        try:
            self._objects.put_new(f"state/{digest}", data)
        except Conflict:
            return  # a node's name is its content: whoever wrote it wrote these bytes


class _Bundles:
    """Entries of the published log by index, read bundle by bundle."""

    def __init__(self, files: LogFiles, size: int) -> None:
        self._files = files
        self._size = size
        self._kept: dict[int, tuple[bytes, ...]] = {}

    def __call__(self, index: int) -> bytes:
        n, at = divmod(index, tiles.WIDTH)
        if n not in self._kept:
            if len(self._kept) >= _BUNDLES_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[n] = self._read(n)
        return self._kept[n][at]

    def _read(self, n: int) -> tuple[bytes, ...]:
        width = tiles.width_in(0, n, self._size)
        data = self._files.read(tiles.entries_path(n, width))
        if data is not None:
            return decode_bundle(data, width)
        data = self._files.read(tiles.entries_path(n))
        if data is None:
            raise Corrupt(f"log/{tiles.entries_path(n, width)} is missing")
        return decode_bundle(data, tiles.WIDTH)[:width]


class Publisher:
    """Publishes one log. `release` is this program's; a log that names another one is refused."""

    def __init__(
        self, objects: Objects, register: Register, *, log_key: NoteKey, release: str,
        fixed_release: bool = False,
    ) -> None:  # fmt: skip
        self._objects = objects
        self._register = register
        self._log_key = log_key
        self._release = release
        self._fixed = fixed_release
        self._cache = NodeCache(_Nodes(objects))

    def run(self, now: int) -> Outcome:
        """Bring the site up to the published checkpoint. `now` is in Unix seconds.

        Raises:
            Corrupt: the log contradicts itself or the state, or another release must render.
        """
        stored = self._objects.get(CHECKPOINT)
        if stored is None:
            return Outcome(0, 0, 0, 0, 0, 0)
        policy = self._first_policy()
        checkpoint, signed = open_checkpoint(stored.data, policy)
        entries = _Bundles(LogFiles(self._objects), checkpoint.size)
        state, head, folded = self._fold(checkpoint, entries)
        self._update_register(head)
        if state.meta.get("publication") is None:
            return Outcome(state.size, folded, 0, 0, 0, 0)
        self._check_release(state)
        published, tag = self._published()
        pages = files = proofs = 0
        if state.size > published.size or published.release != self._release:
            pages, files = self._render(state, published, head, entries)
        if self._meets(state, signed):
            proofs = self._prove(published.proofs, state.size, stored.data, checkpoint, entries)
            published.proofs = state.size
        published.size, published.tree = state.size, head.tree or ""
        published.root, published.release = codec.b64encode(state.root()), self._release
        published.frontier = [codec.b64encode(h) for h in head.frontier.hashes]
        tag = self._swap(published, tag)
        bulk = self._refresh(published, tag, now, quiet=not folded, entries=entries)
        return Outcome(state.size, folded, pages, files, proofs, bulk)

    def _first_policy(self) -> Policy:
        """The log's own key: which witnesses count is said by entry 0, asked after the fold."""
        return Policy.parse(f"log {self._log_key.vkey}\nquorum none\n".encode())

    def _fold(self, checkpoint: Checkpoint, entries: _Bundles) -> tuple[State, Head, int]:
        while True:
            head, tag = self._head()
            if head.size > checkpoint.size:
                raise Corrupt(f"state/head has {head.size} entries, checkpoint {checkpoint.size}")
            state = State(self._cache, head, read_entry=entries)
            begun = head.size
            if begun == checkpoint.size:
                self._check_root(state, checkpoint)
                return state, head, 0
            try:
                while state.size < checkpoint.size:
                    for index in range(state.size, min(state.size + FOLD_BATCH, checkpoint.size)):
                        fold(state, entries(index))
                    if state.size == checkpoint.size:
                        self._check_root(state, checkpoint)
                    head = state.commit()
                    tag = self._objects.put_if(STATE_HEAD, self._head_bytes(head), tag)
                    state = State(self._cache, head, read_entry=entries)
            except Conflict:
                continue  # another publisher was faster: go on from its state
            return state, head, checkpoint.size - begun

    def _check_root(self, state: State, checkpoint: Checkpoint) -> None:
        if state.root() != checkpoint.root:
            raise Corrupt(
                f"entries 0…{state.size - 1} have root {codec.b64encode(state.root())}, "
                f"checkpoint says {codec.b64encode(checkpoint.root)}"
            )

    def _head(self) -> tuple[Head, str | None]:
        stored = self._objects.get(STATE_HEAD)
        empty = Head(0, Frontier(0, ()), None)
        if stored is None:
            return empty, None
        value = json.loads(stored.data)
        if value["release"] != self._release:
            return empty, stored.tag  # made by other code: fold again from entry 0
        hashes = tuple(codec.b64decode(h) for h in value["frontier"])
        return Head(value["size"], Frontier(value["size"], hashes), value["tree"]), stored.tag

    def _head_bytes(self, head: Head) -> bytes:
        return codec.encode_public(
            {
                "size": head.size,
                "root": codec.b64encode(head.frontier.root()),
                "frontier": [codec.b64encode(h) for h in head.frontier.hashes],
                "release": self._release,
                "tree": head.tree,
            }
        )

    def _update_register(self, head: Head) -> None:
        """Copy what changed since the register's own tree: a crash before this only delays it."""
        before = self._register.tree()
        after = head.tree or ""
        if before == after:
            return
        try:
            changes = list(self._register_changes(before or None, after))
        except Corrupt:
            changes = list(self._register_changes(None, after))  # its tree is gone: copy all
        self._register.apply(after, head.size, changes)

    def _register_changes(
        self, before: str | None, after: str
    ) -> Iterator[tuple[str, str, codec.JSON | None]]:
        for name in REGISTER_MAPS:
            for key, _, new in map_changes(self._cache, name, before, after):
                yield name, key, new

    def _check_release(self, state: State) -> None:
        named = state.meta.get("publication")["release"]
        if named != self._release and not self._fixed:
            raise Corrupt(f"the log says release {named}, this program is {self._release}")

    def _published(self) -> tuple[_Published, str | None]:
        stored = self._objects.get(STATE_SITE)
        if stored is None:
            return _Published(), None
        return _Published(**json.loads(stored.data)), stored.tag

    def _meets(self, state: State, signed: tuple[NoteKey, ...]) -> bool:
        lines = "".join(f"{line}\n" for line in state.meta.get("log")["policy"])
        stored = self._objects.get(CHECKPOINT)
        if stored is None:
            return False
        policy = Policy.parse(lines.encode())
        _, verified = open_checkpoint(stored.data, policy)
        return meets(policy, verified)

    def _render(
        self, state: State, published: _Published, head: Head, entries: _Bundles
    ) -> tuple[int, int]:
        same = published.release == self._release
        dirty = self._dirty(state, published.tree if same else "", head)
        site = Site(state, entries)
        files = 0
        for address in dirty:
            size = site.as_of(address)
            for path, data in site.files(address).items():
                files += self._put(path, data, size, address)
        return len(dirty), files

    def _dirty(self, state: State, old_tree: str, head: Head) -> list[str]:
        """Return the pages whose as_of rose since the last published state, in order."""
        changed = [
            key for key, _, _ in map_changes(self._cache, "site", old_tree or None, head.tree)
        ]
        bases = {key[1:] for key in changed if key.startswith("!")}
        if not old_tree or "log" in bases:
            return addresses(state)
        pages = {key for key in changed if not key.startswith("!")}
        if bases:
            pages.update(a for a in addresses(state) if _in_bases(state, a, bases))
        return sorted(pages)

    def _put(self, path: str, data: bytes, size: int, address: str) -> bool:
        """Write a file of a page whose as_of is `size`, unless what is there is newer."""
        while True:
            stored = self._objects.get(path)
            try:
                if stored is None:
                    self._objects.put_if(path, data, None)
                    return True
                if stored.data == data:
                    return False
                theirs, own = self._stated(stored.data, path, address)
                if theirs > size:
                    return False
                if theirs == size and own:
                    raise Corrupt(f"{path} at as_of {size} has other bytes than this release gives")
                self._objects.put_if(path, data, stored.tag)
                return True
            except Conflict:
                continue

    def _stated(self, data: bytes, path: str, address: str) -> tuple[int, bool]:
        """Return the as_of of a published file, and whether the file itself states it.

        A file that states none has its twin's. The twin is written first, so such a file may still
        be behind its twin: it is replaced unless the twin is newer than what we have.
        """
        if path == f"{address.rstrip('/')}.json":
            return int(path.split("/")[1].removesuffix(".json")) + 1, True
        if path.endswith("index.json"):
            return int(json.loads(data)["as_of"]), True
        found = _STATED.search(data)
        if found:
            return int(found.group(1)), True
        twin = self._objects.get(f"{address}index.json")
        return (int(json.loads(twin.data)["as_of"]) if twin else 0), False

    def _prove(
        self, start: int, end: int, note: bytes, checkpoint: Checkpoint, entries: _Bundles
    ) -> int:
        """Write the inclusion proofs of entries start…end−1, each once for good."""
        reader = HashReader(LogFiles(self._objects), checkpoint.size)
        written = 0
        for index in range(start, end):
            path = f"bukti/{index}.tlog-proof"
            if self._objects.get(path) is not None:
                continue
            hashes = tuple(inclusion_proof(index, checkpoint.size, reader))
            proof = TlogProof(index, hashes, note)
            try:
                self._objects.put_new(path, proof.format())
                written += 1
            except Conflict:
                continue
        return written

    def _swap(self, published: _Published, tag: str | None) -> str | None:
        """Put state/site, then site.json, in place; a larger one that is there stays."""
        data = codec.encode_public(asdict(published))
        try:
            tag = self._objects.put_if(STATE_SITE, data, tag)
        except Conflict:
            current, tag = self._published()
            if current.size <= published.size:
                if current.data_next > published.data_next:
                    published.data_next, published.data_size = current.data_next, current.data_size
                    published.data_tree, published.data_root = current.data_tree, current.data_root
                    published.data_frontier = current.data_frontier
                return self._swap(published, tag)
        self._claim()
        return tag

    def _claim(self) -> None:
        """Make site.json say what state/site says."""
        while True:
            published, _ = self._published()
            data = codec.encode_public(
                {
                    "size": published.size, "root": published.root, "release": published.release,
                    "data_size": published.data_size, "data_next": published.data_next,
                    "data_root": published.data_root,
                }
            )  # fmt: skip
            stored = self._objects.get(SITE)
            if stored is not None and (
                stored.data == data or json.loads(stored.data)["size"] > published.size
            ):
                return
            try:
                self._objects.put_if(SITE, data, stored.tag if stored else None)
            except Conflict:
                continue

    def _refresh(
        self, published: _Published, tag: str | None, now: int, *, quiet: bool, entries: _Bundles
    ) -> int:
        """Write bulk data of the first data_next entries; an unfinished one is finished first."""
        written = 0
        if published.data_next == published.data_size:
            late = now - published.data_at >= BULK_SECONDS
            if published.data_size == published.size or not (quiet or late):
                return 0
            published.data_next, published.data_tree = published.size, published.tree
            published.data_frontier = published.frontier
            tag = self._swap(published, tag)
        hashes = tuple(codec.b64decode(h) for h in published.data_frontier)
        head = Head(published.data_next, Frontier(published.data_next, hashes), published.data_tree)
        state = State(self._cache, head, read_entry=entries)
        for path, data in Site(state, entries).bulk():
            written += self._put_bulk(path, data)
        published.data_size, published.data_at = published.data_next, now
        published.data_root = codec.b64encode(state.root())
        self._swap(published, tag)
        return written

    def _put_bulk(self, path: str, data: bytes) -> bool:
        while True:
            stored = self._objects.get(path)
            if stored is not None and stored.data == data:
                return False
            try:
                self._objects.put_if(path, data, stored.tag if stored else None)
                return True
            except Conflict:
                continue


def _in_bases(state: State, address: str, bases: set[str]) -> bool:
    base = base_of(address)
    if address.startswith("bukti/"):
        base = state.entry(int(address.split("/")[1])).get("e", "")
    return base in bases
