"""A portal's head: the checkpoint that it shows, signed by its log, grown from the one kept before.

    kept     what a reader keeps of each portal from run to run (`Memory`)
    shown    the note at log/checkpoint

A checkpoint that the log signed is kept before anything else is read, once the log is shown to hold
the tree of the one before; evidence of two histories is kept the moment it is found, and from then
on the portal is forked, whatever it shows. Nothing that was kept is ever replaced by less.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from rekap.audit import fork as forks
from rekap.audit.anchors import is_repeated
from rekap.audit.blocks import SiteLog
from rekap.audit.fork import View
from rekap.audit.nation.faults import Fault
from rekap.audit.reader import Source
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import proofs
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import EMPTY_ROOT, verify_consistency, verify_inclusion
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.proofs import HashReader
from rekap.core.log.tiles import CHECKPOINT, LOG
from rekap.core.signing import note as notes
from rekap.core.signing.note import MAX_NOTE, Note, NoteKey

PLACE = LOG + CHECKPOINT


class Memory(Protocol):
    """What is kept of one portal, durable when a call returns."""

    def note(self) -> bytes | None:
        """The last checkpoint that was kept."""

    def fork(self) -> bytes | None:
        """Evidence of two histories, if any was ever found."""

    def keep_note(self, data: bytes) -> None:
        """Replace the checkpoint."""

    def keep_fork(self, data: bytes) -> None:
        """Keep evidence; there is none yet."""

    def entry(self, index: int) -> bytes | None:
        """An entry that a kept checkpoint was shown to hold."""

    def keep_entry(self, index: int, data: bytes) -> None:
        """Keep such an entry."""


@dataclass(slots=True)
class Head:
    """A verified checkpoint and the tiles behind it, which are held against it.

    `cosigned` is the newest time (seconds since 1970) that a witness signed it, None without one.
    """

    checkpoint: Checkpoint
    note: bytes
    cosigned: int | None
    hashes: HashReader = field(repr=False)

    def holds_entry(self, index: int, entry: bytes) -> None:
        """Verify that an entry is recorded. Raises NotVerified; Malformed if a tile is missing."""
        proof = proofs.inclusion_proof(index, self.checkpoint.size, self.hashes)
        verify_inclusion(
            index=index, size=self.checkpoint.size, leaf=leaf_hash(entry), proof=proof,
            root=self.checkpoint.root,
        )  # fmt: skip

    def holds_tree(self, size: int, root: bytes) -> None:
        """Verify that the first `size` entries have a root; raises as `holds_entry`."""
        tree = self.checkpoint
        if size in (tree.size, 0):
            if root != (tree.root if size else EMPTY_ROOT):
                raise NotVerified("another root", str(size), tree.root.hex(), root.hex())
            return
        proof = proofs.consistency_proof(size, tree.size, self.hashes)
        verify_consistency(
            old_size=size, old_root=root, new_size=tree.size, new_root=tree.root, proof=proof
        )


def read(source: Source, policy: Policy, memory: Memory) -> Head:
    """Return the head of a portal, kept by then. Raises Fault, and what `memory` raises."""
    known = memory.fork()
    if known is not None:
        raise Fault("fork-kept", PLACE)
    data = source.read(PLACE, MAX_NOTE)
    if data is None:
        raise Fault("no-checkpoint", PLACE)
    try:
        Note.parse(data)
    except Malformed as error:  # a host that answers all with words of its own is no other log
        raise Fault("no-checkpoint", PLACE, str(error)) from error
    try:
        checkpoint, verified = open_checkpoint(data, policy)
        if is_repeated(data, verified):
            raise NotVerified("two lines of one key", PLACE)
    except (Malformed, NotVerified) as error:
        raise Fault("other-log", PLACE, str(error)) from error
    log = SiteLog(source)
    kept = _kept(memory, policy)
    if kept is not None:
        _grown(View("kept", *kept, log), View("shown", data, checkpoint, log), policy, memory)
    if kept is None or checkpoint.size > kept[1].size:
        memory.keep_note(data)
    if not meets(policy, verified):
        raise Fault("witnesses", PLACE)
    return Head(checkpoint, data, _newest(data, verified), HashReader(log, checkpoint.size))


def _kept(memory: Memory, policy: Policy) -> tuple[bytes, Checkpoint] | None:
    """Return the kept note and its checkpoint; one of another key is never passed over."""
    data = memory.note()
    if data is None:
        return None
    try:
        return data, open_checkpoint(data, policy)[0]
    except (Malformed, NotVerified) as error:
        raise Fault("kept-other-key", PLACE, str(error)) from error


def _grown(kept: View, shown: View, policy: Policy, memory: Memory) -> None:
    """Raise Fault unless the log that is shown holds the tree that was kept."""
    smaller = shown.checkpoint.size < kept.checkpoint.size
    try:
        found = forks.compare(kept, shown, policy.logs[0].key)
    except (Malformed, NotVerified) as error:
        if smaller:
            raise Fault("older", PLACE, _sizes(kept, shown)) from error
        raise Fault("growth", LOG + "tile/", str(error)) from error
    if found is not None:
        memory.keep_fork(found.format())
        raise Fault("fork", PLACE, _sizes(kept, shown))
    if smaller:
        raise Fault("older", PLACE, _sizes(kept, shown))


def _sizes(kept: View, shown: View) -> str:
    return f"{kept.checkpoint.size} > {shown.checkpoint.size}"


def _newest(data: bytes, verified: tuple[NoteKey, ...]) -> int | None:
    """Return the newest time in the verified lines of witnesses."""
    witnesses = {(key.name, key.key_id) for key in verified if key.kind == notes.COSIGNATURE}
    times = [
        int.from_bytes(line.signature[:8], "big")
        for line in Note.parse(data).lines
        if (line.name, line.key_id) in witnesses
    ]
    return max(times, default=None)


def root_text(root: bytes) -> str:
    """A root as base64."""
    return codec.b64encode(root)
