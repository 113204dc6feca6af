"""The published checkpoint: cosigned by witnesses, replaced only by a larger one or by more lines.

Steps 8 and 9 of the sequencer. Its TREE is committed by now: whatever happens here, the next run
publishes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log import proofs, witness
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.policy import Policy, Source
from rekap.core.log.ports import CHECKPOINT, LogFiles, Objects, Order, Tree
from rekap.core.log.proofs import HashReader
from rekap.core.log.witness import NOBODY, Asked, Witnesses
from rekap.core.signing.note import MAX_LINES, Note, NoteKey, SignatureLine
from rekap.portal.sequencing.guards import own_checkpoint
from rekap.portal.sequencing.pace import Pace

_ATTEMPTS: Final = 8


def cosign(
    objects: Objects,
    order: Order,
    witnesses: Witnesses | None,
    policy: Policy,
    key: NoteKey,
    tree: Tree,
    pace: Pace | None = None,
) -> Asked:
    """Step 8: ask the witnesses that have not signed this size yet, and that `pace` lets us ask.

    Raises Corrupt if so many claim another history that the policy cannot be met without them;
    unless TREE is larger by now: then another run has asked them about more.
    """
    if witnesses is None or not policy.witnesses:
        return NOBODY
    stored = objects.get(CHECKPOINT)
    size, signed = 0, frozenset[NoteKey]()
    if stored is not None:
        size = own_checkpoint(stored.data, key, "the published checkpoint").size
        if size > tree.size:
            return NOBODY
        signed = witness.held(Note.parse(stored.data), policy.witnesses)
    waiting = [one for one in policy.witnesses if size < tree.size or one.key not in signed]
    sizes = {one.name: size for one in policy.witnesses if one.key in signed}
    if pace is not None:
        waiting, held = pace.due(waiting)
        sizes = {name: old for name, old in held.items() if old <= tree.size} | sizes
    hashes = HashReader(LogFiles(objects), tree.size)
    asked = witness.ask(
        witnesses,
        waiting,
        Note.parse(tree.checkpoint),
        Checkpoint(key.name, tree.size, tree.root),
        sizes,
        lambda old: proofs.consistency_proof(old, tree.size, hashes),
    )
    if pace is not None:
        pace.told(waiting, asked, tree.size)
    if asked.blocks(policy):
        now = order.tree()
        if now is not None and now.size > tree.size:
            return NOBODY
        told = "; ".join(f"{name} {words}" for name, words in asked.claims)
        raise Corrupt(f"witnesses know another history: {told}")
    return asked


def publish(
    objects: Objects, key: NoteKey, tree: Tree, lines: Sequence[SignatureLine] = (),
    witnesses: Sequence[Source] = (),
) -> bool:  # fmt: skip
    """Step 9. Return whether the published checkpoint was replaced.

    What a note cannot hold (64 lines) stays out: nobody, and no run of ours, could read it.
    """
    ours = Note.parse(tree.checkpoint).merge(lines)
    for _ in range(_ATTEMPTS):
        stored = objects.get(CHECKPOINT)
        joined = ours if stored is None else _join(stored.data, key, tree, ours, witnesses)
        if joined is None:
            return False
        data = Note(joined.text, joined.lines[:MAX_LINES]).format()
        if stored is not None and data == stored.data:
            return False
        try:
            objects.put_if(CHECKPOINT, data, None if stored is None else stored.tag)
        except Conflict:
            continue
        return True
    raise Conflict("others replaced the checkpoint again and again")


def _join(
    data: bytes, key: NoteKey, tree: Tree, ours: Note, witnesses: Sequence[Source]
) -> Note | None:
    """Return what replaces the published note `data`, None if that is larger and stays.

    Of two notes of one size no line is lost, but one of `witnesses` that does not verify, from a
    damaged disk or another hand: whoever knows that witness would refuse the note. A witness that
    cosigned twice is heard once: its line differs each time by the time in it.
    """
    published = own_checkpoint(data, key, "the published checkpoint")
    if published.size > tree.size:
        return None
    if published.size < tree.size:
        return ours
    if published.root != tree.root:
        raise Corrupt(f"checkpoint and TREE have two roots at size {tree.size}")
    there = witness.without_false(Note.parse(data), (one.key for one in witnesses))
    names = {(line.name, line.key_id) for line in there.lines}
    return there.merge([line for line in ours.lines if (line.name, line.key_id) not in names])
