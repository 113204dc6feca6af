"""The anchors and the checkpoint: everything else is proved from these two.

Anchors are a policy file: blocks of a log's key with, as comments, the id of its entry 0 and its
elections' first root keys. A reader who has it on paper or from somebody he trusts passes it with
`--policy`; else the site's own is used, which proves that the site is in itself consistent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from rekap.audit import checks
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, THIS_FILE, Report, Words
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.checkpoint import Checkpoint, parse
from rekap.core.log.policy import Block, Policy, meets, open_checkpoint, signer_of
from rekap.core.log.ports import CHECKPOINT
from rekap.core.signing.note import Note, NoteKey

POLICY: Final = "policy.txt"
_REPEATED: Final = Words(*both("anchors.two_lines_of_one_key"))


@dataclass(frozen=True, slots=True)
class Anchors:
    """What is trusted. `own`: taken from the site that is being checked.

    `block` is that of the log whose key signed the checkpoint, None as long as it is not known
    which: the anchors of other logs say nothing of this one.
    """

    policy: Policy
    own: bool
    block: Block | None = None

    def of(self, head: Head) -> Anchors:
        """Return the anchors with the block of the log that signed, else the one of the origin."""
        key = head.signer or head.checkpoint.origin
        block = self.policy.block_of(key)
        return replace(self, block=block or self._only())

    @property
    def of_this_log(self) -> Policy:
        """The policy without the blocks of other logs, one of which may have the same origin."""
        return self.policy if self.block is None else replace(self.policy, logs=(self.block,))

    def _only(self) -> Block | None:
        """Return the only block: who names one log means it, whatever a site shows."""
        return self.policy.logs[0] if len(self.policy.logs) == 1 else None


@dataclass(frozen=True, slots=True)
class Head:
    """The tree to check. `signer`: the log of the anchors that signed it, if one did.

    `data`: the note as published.
    """

    checkpoint: Checkpoint
    signer: NoteKey | None = None
    data: bytes = b""


def read_anchors(data: bytes | None, given: Policy | None, report: Report) -> Anchors:
    """Return the given policy, else the site's own, `data`; record V01 if that cannot be read."""
    report.facts["anchors"] = "site" if given is None else "given"
    if given is not None:
        if not given.logs:
            report.doubt(checks.ANCHORS, "--policy", Words(*both("anchors.a_line_log")), ABSENT)
        return Anchors(given, own=False)
    report.limit(*both("anchors.the_anchors_are_the_site_s"))
    if data is None:
        report.refute(checks.ANCHORS, POLICY, THIS_FILE, ABSENT)
        return Anchors(Policy(), own=True)
    try:
        policy = Policy.parse(data)
    except Malformed as error:
        wanted = Words(*both("anchors.an_anchor_file"))
        report.refute(checks.ANCHORS, POLICY, wanted, str(error))
        return Anchors(Policy(), own=True)
    if len(policy.logs) != 1:
        wanted = Words(*both("anchors.one_line_log"))
        report.refute(checks.ANCHORS, POLICY, wanted, str(len(policy.logs)))
    return Anchors(policy, own=True)


def read_checkpoint(data: bytes, anchors: Anchors, report: Report) -> Head | None:
    """Return the published checkpoint; record V02 and V03.

    One that is not signed as it should be is still returned if it can be read: the other checks
    tell more about what was done to the site.
    """
    policy = anchors.policy
    try:
        checkpoint, verified = open_checkpoint(data, policy)
    except (Malformed, NotVerified) as error:
        keys = " ".join(block.key.vkey for block in policy.logs)
        wanted = Words(*both("anchors.signature_of", keys=keys))
        record = report.refute if policy.logs else report.doubt
        record(checks.CHECKPOINT, CHECKPOINT, wanted, str(error))
        return _unsigned(data)
    if not meets(policy, verified):
        wanted = Words(*both("anchors.quorum", quorum=policy.quorum))
        report.doubt(checks.WITNESSES, CHECKPOINT, wanted, " ".join(k.name for k in verified))
    if is_repeated(data, verified):
        wanted = Words(*both("anchors.one_line_of_each_key"))
        report.refute(checks.CHECKPOINT, CHECKPOINT, wanted, _REPEATED)
    unknown = strangers(data, verified)
    if unknown:
        report.note(*both("note.lines_unknown", unknown=unknown))
    report.facts["signed_by"] = sorted(key.name for key in verified)
    return Head(checkpoint, signer_of(policy, verified).key, data)


def is_met(head: Head, policy: Policy) -> bool:
    """Tell whether the checkpoint has all signatures that a policy asks for."""
    try:
        return meets(policy, open_checkpoint(head.data, policy)[1])
    except (Malformed, NotVerified):
        return False


def _unsigned(data: bytes) -> Head | None:
    body = data[: data.rfind(b"\n\n") + 1] if b"\n\n" in data else data
    try:
        return Head(parse(body), data=data)
    except Malformed:
        return None


def is_repeated(data: bytes, verified: Collection[NoteKey]) -> bool:
    """Tell whether a note has a known key's line twice: no log of ours publishes that."""
    known = {(key.name, key.key_id) for key in verified}
    return sum((line.name, line.key_id) in known for line in Note.parse(data).lines) > len(known)


def strangers(data: bytes, verified: Collection[NoteKey]) -> int:
    """Return how many lines of a note are of other keys than the known ones that signed it."""
    known = {(key.name, key.key_id) for key in verified}
    return sum((line.name, line.key_id) not in known for line in Note.parse(data).lines)
