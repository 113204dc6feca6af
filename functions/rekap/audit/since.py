"""A checkpoint that the reader kept from an earlier day: has the log only grown since?

Whoever saved the proof of a statement kept one with it.

The audit has the hash of every entry, so the root at the kept size is computed, not asked for: it
needs no proof, and no file more than the audit reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from rekap.audit import checks, fork
from rekap.audit.anchors import Head
from rekap.audit.hashes import Signed, TreeHashes
from rekap.audit.log import LogContent
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import checkpoint as checkpoints
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.policy import Policy, open_checkpoint
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.proofs import TlogProof

PLACE: Final = "--since"
_PROOF: Final = b"c2sp.org/tlog-proof@v1\n"


def kept_note(data: bytes) -> bytes:
    """Return the checkpoint's note in a file that a reader kept: that file, or a proof's last part.

    Raises Malformed for a proof that is none.
    """
    return TlogProof.parse(data).checkpoint if data.startswith(_PROOF) else data


def check_since(
    data: bytes, policy: Policy, origin: str, content: LogContent, report: Report
) -> None:
    """Hold the log of `origin` against a kept note (V24).

    One that the anchors' log did not sign proves nothing: it could not be checked.
    """
    try:
        kept, _ = open_checkpoint(kept_note(data), policy)
        if origin and kept.origin != origin:
            raise NotVerified("checkpoint of another log", "", origin, kept.origin)
    except (Malformed, NotVerified) as error:
        keys = " ".join(block.key.vkey for block in policy.logs)
        signed = Words(*both("since.a_checkpoint_signed_by", keys=keys))
        report.doubt(checks.SINCE, PLACE, signed, str(error))
        return
    report.facts["since"] = {"size": kept.size, "root": codec.b64encode(kept.root)}
    if kept.size > content.size:
        _refute_size(kept.size, content.size, report)
    elif kept.size > content.hashes.size:
        known = content.hashes.size
        report.doubt(
            checks.SINCE,
            PLACE,
            _root(kept),
            Words(*both("since.only_entries_are_known", known=known)),
        )
    else:
        _compare(kept, content, report)


def _compare(kept: Checkpoint, content: LogContent, report: Report) -> None:
    """Compare roots; those of entries that do not lead to the signed root accuse nobody."""
    found = content.hashes.root(kept.size)
    if found == kept.root:
        report.facts["since"]["grown"] = content.size - kept.size
        return
    if not content.proved:
        words = Words(*both("since.entries_that_are_not_the_checkpoint"))
        report.doubt(checks.SINCE, PLACE, _root(kept), words)
        return
    report.refute(checks.SINCE, CHECKPOINT, _root(kept), _root(Checkpoint("", kept.size, found)))


def evidence_of(
    trees: Iterable[tuple[bytes, TreeHashes | None]], head: Head, hashes: TreeHashes
) -> fork.Fork | None:
    """Return what convicts the key of a log that signed another history than `head`, of these
    `hashes`: a note, with the hashes of its tree where they are known.
    """
    if head.signer is None:
        return None
    shown = fork.View("", head.data, head.checkpoint, hashes)
    for data, known in trees:
        with suppress(Malformed, NotVerified):  # one of another key, or of unknown hashes
            note = kept_note(data)
            kept = checkpoints.open_checkpoint(note, head.signer.name, head.signer)
            found = fork.compare(fork.View("", note, kept, known or hashes), shown, head.signer)
            if found is not None:
                return found
    return None


def check_trees(trees: Iterable[Signed], now: Signed, report: Report) -> None:
    """Hold the tree that the log signed `now` against those of earlier readings of this run (V02).

    A smaller one may come from a cache only where the larger one begins like it.
    """
    for tree in trees:
        size = min(tree.size, now.size)
        roots = [_root_at(one, size) for one in (tree, now)]
        if None not in roots and roots[0] != roots[1]:
            words = [_root(Checkpoint("", size, root or b"")) for root in roots]
            report.refute(checks.CHECKPOINT, CHECKPOINT, *words, stands=True)
        elif tree.size > now.size:
            wanted = Words(*both("since.size_as_it_was_before", size=tree.size))
            found = Words(*both("since.size", size=now.size))
            report.refute(checks.CHECKPOINT, CHECKPOINT, wanted, found, newer=True)


def _root_at(tree: Signed, size: int) -> bytes | None:
    """Return the root of its first entries: the signed one, or as its hashes give it."""
    if tree.size == size:
        return tree.root
    return None if tree.hashes is None else tree.hashes.root(size)


def _refute_size(kept: int, size: int, report: Report) -> None:
    wanted = Words(*both("since.size_since", kept=kept))
    found = Words(*both("since.size", size=size))
    report.refute(checks.SINCE, CHECKPOINT, wanted, found, newer=True)
    report.note(*both("note.since_newer", kept=kept))


def _root(checkpoint: Checkpoint) -> Words:
    root = codec.b64encode(checkpoint.root)
    return Words(*both("since.root_at", root=root, size=checkpoint.size))
