"""The log folded up to its published checkpoint, in steps that survive a crash.

`state/head` names the state that is reached: {size, root, frontier, fold, tree}. It is swapped
after its nodes are stored, so whoever reads it finds them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rekap.core import codec
from rekap.core.errors import Conflict, Corrupt
from rekap.core.ledger.fold import fold
from rekap.core.ledger.foresight import foresee
from rekap.core.ledger.state import Head, State
from rekap.core.ledger.tree import NodeCache
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.merkle import Frontier
from rekap.core.log.policy import Policy, open_checkpoint
from rekap.core.log.ports import CHECKPOINT, Each, LogFiles, Objects
from rekap.core.signing.note import NoteKey
from rekap.portal.publishing.budget import Left
from rekap.portal.publishing.entries import Bundles, StateNodes

STATE_HEAD: Final = "state/head"
FOLD_BATCH: Final = 4_096
"""Entries folded between two commits: bounds memory, not correctness."""
ENTRY_SECONDS: Final = 0.5
"""What an entry may take, read, folded and committed, until a run has measured it."""
AHEAD: Final = 256
"""Entries whose nodes of the state are read together, where many calls are made at once."""
EMPTY: Final = Head(0, Frontier(0, ()), None)


@dataclass(frozen=True, slots=True)
class Prefix:
    """The folded entries: the state, its head; the published checkpoint's note, and its entries."""

    state: State
    head: Head
    note: bytes
    entries: Bundles
    size: int
    """Of the checkpoint; the head's is less if there was no time to fold up to it."""

    @property
    def whole(self) -> bool:
        """Whether all entries of the checkpoint are folded: only then its root was compared."""
        return self.head.size == self.size


class Folding:
    """Folds one log by the code with the digest `code`; a state that other code made is not used.

    `foresees`: `each` makes many calls at once, so nodes are read before they are asked for.
    `committed` is told each state that was reached.
    """

    def __init__(
        self, objects: Objects, log_key: NoteKey, code: str, each: Each,
        committed: Callable[[Head], None], *, foresees: bool,
    ) -> None:  # fmt: skip
        self._objects = objects
        self._log_key = log_key
        self._code = code
        self._each = each
        self._committed = committed
        self._foresees = foresees
        self._nodes = StateNodes(objects, each)
        self._pace = ENTRY_SECONDS
        self.cache = NodeCache(self._nodes, each=each if foresees else None)

    def forward(self, spare: Left) -> tuple[Prefix, int] | None:
        """Fold up to the checkpoint; with it, how many entries were new. None: there is no log.

        The state's head is read first: a checkpoint that is read after it can only be larger.
        What is folded when `spare` ends is committed, and the next run goes on from it.

        Raises:
            Corrupt: the log contradicts itself or the state.
        """
        while True:
            head, tag = self._head()
            stored = self._objects.get(CHECKPOINT)
            if stored is None:
                return None
            # By the log's own key: which witnesses count is said by entry 0, asked after the fold.
            checkpoint, _ = open_checkpoint(stored.data, Policy.of_log(self._log_key))
            if head.size > checkpoint.size:
                raise Corrupt(f"state/head has {head.size} entries, checkpoint {checkpoint.size}")
            entries = Bundles(LogFiles(self._objects), checkpoint.size)
            try:
                state, after = self._advance(head, tag, checkpoint, entries, spare)
            except Conflict:
                continue  # another publisher was faster: go on from its state
            prefix = Prefix(state, after, stored.data, entries, checkpoint.size)
            return prefix, after.size - head.size

    def again(self, size: int, entries: Bundles) -> Head:
        """Return the head after the first `size` entries, folded from entry 0; nothing names it."""
        head = EMPTY
        while head.size < size:
            end = min(head.size + FOLD_BATCH, size)
            state = State(self.cache, head, read_entry=entries)
            head = self._commit(self._step(state, end, entries), head)
        return head

    def _commit(self, state: State, before: Head) -> Head:
        self._nodes.begin(state.size, f"{self._code} {before.size} {before.tree}")
        head = state.commit()
        self._nodes.settle()
        return head

    def warm(self, *trees: str | None) -> None:
        """Have at hand what the commits of trees wrote."""
        for tree in filter(None, trees):
            self._nodes.warm(tree)

    def _advance(
        self, head: Head, tag: str | None, checkpoint: Checkpoint, entries: Bundles, spare: Left
    ) -> tuple[State, Head]:
        """Fold and commit in steps; raises Conflict when state/head is not what was read."""
        self.warm(head.tree)
        state = State(self.cache, head, read_entry=entries)
        if state.size == checkpoint.size:
            _check_root(state, checkpoint)
        while state.size < checkpoint.size and (count := self._fitting(spare())):
            began = spare()
            end = min(state.size + count, checkpoint.size)
            count = end - state.size
            self._step(state, end, entries)
            if state.size == checkpoint.size:
                _check_root(state, checkpoint)
            head = self._commit(state, head)
            tag = self._objects.put_if(STATE_HEAD, self._head_bytes(head), tag)
            self._committed(head)
            if not math.isinf(began):
                self._pace = (began - spare()) / count
        return state, head

    def _fitting(self, spare: float) -> int:
        """Return how many entries to fold before the next commit: half of what may fit, or one."""
        if math.isinf(spare):
            return FOLD_BATCH
        return min(FOLD_BATCH, max(1, int(spare / 2 / max(self._pace, 1e-6)))) if spare > 0 else 0

    def _step(self, state: State, end: int, entries: Bundles) -> State:
        """Fold the next entries into a state, up to `end` in all."""
        for start in range(state.size, end, AHEAD):
            some = range(start, min(start + AHEAD, end))
            if self._foresees:
                foresee(state, ((index, entries(index)) for index in some), self._each)
            for index in some:
                fold(state, entries(index))
        return state

    def _head(self) -> tuple[Head, str | None]:
        stored = self._objects.get(STATE_HEAD)
        if stored is None:
            return EMPTY, None
        value = json.loads(stored.data)
        if value.get("fold") != self._code:
            return EMPTY, stored.tag  # made by other code: fold again from entry 0
        hashes = tuple(codec.b64decode(h) for h in value["frontier"])
        return Head(value["size"], Frontier(value["size"], hashes), value["tree"]), stored.tag

    def _head_bytes(self, head: Head) -> bytes:
        return codec.encode_public(
            {
                "size": head.size,
                "root": codec.b64encode(head.frontier.root()),
                "frontier": [codec.b64encode(h) for h in head.frontier.hashes],
                "fold": self._code,
                "tree": head.tree,
            }
        )


def _check_root(state: State, checkpoint: Checkpoint) -> None:
    if state.root() != checkpoint.root:
        raise Corrupt(
            f"entries 0…{state.size - 1} have root {codec.b64encode(state.root())}, "
            f"checkpoint says {codec.b64encode(checkpoint.root)}"
        )
