"""A quick look at a site from outside: has the log only grown, and does the site follow it?

    V02  log/checkpoint is signed by the key of entry 0, and by the one that the operator names
    V04  the tiles that a proof needs are there
    V10  entry 0 names the key that the operator names
    V14  site.json is well-formed, within the checkpoint, and its root is this log's
    W01  the checkpoint is not smaller than one seen before
    W02  its tree holds the trees that were seen before: no fork
    W03  the site moves while entries wait: not the same size twice in a row
    W04  site.json is not smaller than before

V-codes are those of `rekap verify`. W03 is a doubt and refutes nothing: what is late is not false.
A look reads two files, and a few tiles if anything is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from handlers import entry_zero
from rekap.audit import claim as claims
from rekap.audit.blocks import SiteLog
from rekap.audit.claim import CLAIM, MAX_CLAIM, Claim
from rekap.audit.reader import Source
from rekap.core.errors import Corrupt, Malformed, NotVerified
from rekap.core.log import proofs
from rekap.core.log.checkpoint import Checkpoint, open_checkpoint
from rekap.core.log.merkle import verify_consistency
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.tiles import LOG
from rekap.core.signing.note import MAX_NOTE, NoteKey

REMEMBERED: Final = 120
"""Looks of two hours; what waits longer is late whatever came after it."""
_ENTRY_ZERO: Final = "entry 0"


@dataclass(frozen=True, slots=True)
class Seen:
    """What looks remember: the key, the largest checkpoint that was proved to follow the ones
    before (a signed note), the size in `site.json`, and whether entries waited then.

    `waiting`: sizes of checkpoints that the site has not reached, with the Unix second at which a
    look first saw each; the oldest `REMEMBERED`.
    """

    vkey: str
    checkpoint: bytes
    shown: int
    lagged: bool
    waiting: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Glance:
    """What a look found: (code, place) of what is wrong and of doubts; sizes if they are known.

    `seen` is what the next look should remember; None while there is no log.
    """

    seen: Seen | None
    wrong: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    size: int | None = None
    shown: int | None = None
    late: int | None = None
    """Seconds for which the oldest of them has been seen to wait; 0 if none does."""

    @property
    def forked(self) -> bool:
        """What is remembered is evidence: nothing may take its place."""
        return ("W02", CHECKPOINT) in self.wrong

    @property
    def lag(self) -> int | None:
        """Entries of the checkpoint that the site does not show."""
        return None if self.size is None or self.shown is None else max(0, self.size - self.shown)


def look(source: Source, pinned: NoteKey | None, seen: Sequence[Seen], now: int) -> Glance:
    """Look once, at the Unix second `now`. Raises Unreadable if the source fails.

    `seen` is what looks of this process and of others remember, the larger log first: two
    processes may have seen two histories, each of which follows what it had seen before.
    """
    return _Look(source, pinned, seen, now).run()


class _Look:
    def __init__(
        self, source: Source, pinned: NoteKey | None, seen: Sequence[Seen], now: int
    ) -> None:
        self._now = now
        self._source = source
        self._files = SiteLog(source)
        self._pinned = pinned
        key = pinned.vkey if pinned else seen[0].vkey if seen else ""
        own = [one for one in seen if one.vkey == key]  # none of another operator's log
        self._before = own[0] if own else None
        self._others = own[1:]
        self._found = Glance(self._before)

    def run(self) -> Glance:
        """See `look`. What was published first is read last, so it cannot seem newer."""
        claim_data = self._source.read(CLAIM, MAX_CLAIM)
        note = self._source.read(CHECKPOINT, MAX_NOTE)
        if note is None and claim_data is None and self._before is None:
            return self._found
        checkpoint = self._checkpoint(note or b"")
        claim = self._claim(claim_data or b"")
        if checkpoint is not None:
            key, tree = checkpoint
            grown = self._follows(tree)
            if claim is not None:
                self._check_claim(claim, tree)
            self._remember(key, note or b"", claim, grown=grown)
        return self._found

    def _accuse(self, code: str, place: str) -> None:
        self._found.wrong.append((code, place))

    def _checkpoint(self, note: bytes) -> tuple[NoteKey, Checkpoint] | None:
        key = self._key()
        try:
            if key is None:
                return None
            tree = open_checkpoint(note, key.name, key)
        except (Malformed, NotVerified):
            self._accuse("V02", CHECKPOINT)
            return None
        self._found.size = tree.size
        return key, tree

    def _key(self) -> NoteKey | None:
        """Return the key that must have signed: it never changes, so entry 0 is read once."""
        if self._before is not None:
            return NoteKey.parse(self._before.vkey)
        try:
            named = entry_zero.log_key(self._files)
        except (Corrupt, Malformed, KeyError, TypeError):
            self._accuse("V02" if self._pinned is None else "V10", _ENTRY_ZERO)
            return self._pinned
        if self._pinned is not None and named != self._pinned:
            self._accuse("V10", _ENTRY_ZERO)
        return self._pinned or named

    def _claim(self, data: bytes) -> Claim | None:
        try:
            claim = claims.parse(data)
        except Malformed:
            self._accuse("V14", CLAIM)
            return None
        self._found.shown = claim.size
        return claim

    def _follows(self, tree: Checkpoint) -> bool:
        """Hold the tree against the one that was seen before; tell whether it holds that one."""
        if self._before is None:
            return True
        key = NoteKey.parse(self._before.vkey)
        old = open_checkpoint(self._before.checkpoint, key.name, key)
        if tree.size < old.size:
            self._accuse("W01", CHECKPOINT)
            return False
        others = (open_checkpoint(one.checkpoint, key.name, key) for one in self._others)
        trees = [old, *(one for one in others if one != old)]
        return all(self._proves("W02", CHECKPOINT, one.size, one.root, tree) for one in trees)

    def _proves(self, code: str, place: str, size: int, root: bytes, tree: Checkpoint) -> bool:
        """Prove by the published tiles that a tree is a prefix of another, or accuse `place`."""
        try:
            proof = proofs.consistency_proof(size, tree.size, self._files)
            verify_consistency(
                old_size=size, old_root=root, new_size=tree.size, new_root=tree.root, proof=proof
            )
        except Malformed as error:
            self._accuse("V04", LOG + (error.field or self._files.last))
        except NotVerified:
            self._accuse(code, place)
        else:
            return True
        return False

    def _check_claim(self, claim: Claim, tree: Checkpoint) -> None:
        before = self._before
        ordered = claim.data_size <= claim.data_next <= claim.size <= tree.size
        if not ordered or claim.proofs > claim.size:
            self._accuse("V14", CLAIM)
        else:
            self._proves("V14", CLAIM, claim.size, claim.root, tree)
        if before is None:
            return
        if claim.size < before.shown:
            self._accuse("W04", CLAIM)
        if before.lagged and claim.size == before.shown < tree.size:
            self._found.doubts.append(("W03", CLAIM))

    def _remember(self, key: NoteKey, note: bytes, claim: Claim | None, *, grown: bool) -> None:
        before, found = self._before, self._found
        if before is None:
            before = Seen(key.vkey, note, 0, lagged=False)
        if grown:
            before = replace(before, checkpoint=note)
        if claim is not None and claim.size >= before.shown:
            before = replace(before, shown=claim.size, lagged=bool(found.lag))
        found.seen = before = replace(before, waiting=self._waiting(before))
        found.late = self._now - before.waiting[0][1] if before.waiting else 0

    def _waiting(self, seen: Seen) -> tuple[tuple[int, int], ...]:
        """Return what waits, oldest first: a size is known from the look that saw it first."""
        still = [(size, at) for size, at in seen.waiting if size > seen.shown]
        size, last = self._found.size or 0, still[-1][0] if still else seen.shown
        if size > last and len(still) < REMEMBERED:
            still.append((size, self._now))
        return tuple(still)
