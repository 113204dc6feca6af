"""Opening a site: anchors, claim and checkpoint, and the whole log that they stand for.

What was published first is read last: so nothing can seem newer than what it stands on.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from rekap.audit import checks
from rekap.audit.anchors import POLICY, Anchors, Head, read_anchors, read_checkpoint
from rekap.audit.claim import CLAIM, MAX_CLAIM, Claim, check_claim, read_claim
from rekap.audit.claim import parse as parse_claim
from rekap.audit.leftovers import check_leftovers
from rekap.audit.log import LogContent, Progress, check_log
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, READABLE, THIS_FILE, Report, Words, digest
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import status as statuses
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.policy import MAX_POLICY, Policy, open_checkpoint
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.status import MAX_STATUS, STATUS
from rekap.core.log.tiles import LOG
from rekap.core.signing.note import MAX_NOTE

MAX_SIZE: Final = 1 << 26
"""Entries that this program audits at most."""

_A_LOG: Final = Words(*both("opening.a_log"))
_NOWHERE: Final = Words(*both("opening.absent_or_the_same_page_for"))
_PACKAGE: Final = re.compile(r"[^/]+/data/datapackage\.json")


@dataclass(frozen=True, slots=True)
class Published:
    """What `site.json` shows, and what stands in for it where that cannot be used."""

    claim: Claim | None
    size: int
    data_size: int
    data_next: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened site. `files`: every path of it, None if it was not or cannot be listed."""

    anchors: Anchors
    head: Head
    content: LogContent
    published: Published
    claim_data: bytes | None
    files: frozenset[str] | None
    log_files: frozenset[str] | None


def _sizes(claim: Claim) -> tuple[int, int, int]:
    return claim.size, claim.data_size, claim.data_next


class Opening:
    """Opens one source for one audit; `policy` is the reader's own anchors, if any."""

    def __init__(
        self, source: Source, policy: Policy | None, report: Report, progress: Progress
    ) -> None:
        self._source = source
        self._policy = policy
        self._report = report
        self._progress = progress

    def open(self, *, whole: bool) -> Opened | None:
        """Read and check V01–V09 and V14; None where there is nothing to go on from.

        `whole` lists all files of the site, else only those of the log.
        """
        report = self._report
        report.stage = POLICY
        policy_data = self._source.read(POLICY, MAX_POLICY)
        claim_data = self._source.read(CLAIM, MAX_CLAIM)
        checkpoint_data = self._source.read(CHECKPOINT, MAX_NOTE)
        remote = self._source.remote
        one = policy_data == claim_data == checkpoint_data
        if one and (remote or (policy_data is None and not any(self._source.paths(LOG) or ()))):
            report.doubt(checks.CHECKPOINT, CHECKPOINT, _A_LOG, _NOWHERE if remote else ABSENT)
            return None
        anchors = self._anchors(policy_data, published=claim_data is not None)
        report.stage = CLAIM
        claim = None if claim_data is None else read_claim(claim_data, report)
        report.stage = CHECKPOINT
        head = self._head(checkpoint_data, anchors, claim)
        if head is None:
            if claim_data is None:
                report.doubt(checks.CLAIM, CLAIM, THIS_FILE, ABSENT)
            return None
        anchors = anchors.of(head)
        self._tell_status(head.checkpoint.origin)
        report.stage = LOG
        size, root = head.checkpoint.size, head.checkpoint.root
        content = check_log(self._source, size, root, report, self._progress)
        files = self._list("" if whole else LOG)
        if files is not None:
            check_leftovers(self._source, sorted(files), content, report)
        all_files = files if whole else None
        published = self._published(claim_data, claim, anchors, content, all_files)
        return Opened(anchors, head, content, published, claim_data, all_files, files)

    def _list(self, below: str) -> frozenset[str] | None:
        """Return every path below a folder; None if it cannot be listed, which hides no fault."""
        try:
            listed = self._source.paths(below)
            return None if listed is None else frozenset(listed)
        except Unreadable as error:
            self._report.doubt(checks.FINISHED, below or self._source.name, READABLE, str(error))
            return None

    def _tell_status(self, origin: str) -> None:
        """Say that the writer says it stopped: that explains a log that does not grow."""
        try:
            data = self._source.read(STATUS, MAX_STATUS)
        except Unreadable as error:
            self._report.doubt(checks.FINISHED, STATUS, READABLE, str(error))
            return
        if data is None:
            return
        try:
            status = statuses.parse(data)
        except Malformed:
            self._report.refute(checks.LOG_EXTRA, STATUS, THIS_FILE, digest(data))
            return
        if origin and status.origin != origin:
            self._report.refute(checks.LOG_EXTRA, STATUS, origin, status.origin)
        elif status.writer == statuses.STOPPED:
            self._report.note(*both("note.writer_stopped", reason=status.reason))

    def look_again(self, opened: Opened) -> None:
        """Record whether the checkpoint or `site.json` is another one than when it was opened.

        The site has moved only if it shows another size that the log has signed, or other sizes in
        `site.json`: lines and rubbish can be changed by whoever serves it, at every read.
        """
        report = self._report
        claim_data = self._source.read(CLAIM, MAX_CLAIM)
        note = self._source.read(CHECKPOINT, MAX_NOTE) or b""
        report.changed = opened.claim_data != claim_data or opened.head.data != note
        if not report.changed:
            return
        claim, head = opened.published.claim, opened.head
        with suppress(Malformed, NotVerified):
            shown, _ = open_checkpoint(note, opened.anchors.policy)
            report.moved = head.signer is not None and shown.size != head.checkpoint.size
        with suppress(Malformed):
            shows = None if claim_data is None else parse_claim(claim_data)
            report.moved |= shows is not None and (claim is None or _sizes(shows) != _sizes(claim))

    def _anchors(self, data: bytes | None, *, published: bool) -> Anchors:
        """Return the anchors; a portal that has not yet published anything has none of its own."""
        if data is None and self._policy is None and not published:
            self._report.doubt(checks.ANCHORS, POLICY, THIS_FILE, ABSENT)
            return Anchors(Policy(), own=True)
        return read_anchors(data, self._policy, self._report)

    def _head(self, data: bytes | None, anchors: Anchors, claim: Claim | None) -> Head | None:
        """Return the tree to audit, or None to give up.

        Where the checkpoint is not signed as it should be, `site.json` names a tree just as well.
        """
        report = self._report
        head = None
        if data is not None:
            head = read_checkpoint(data, anchors, report)
        else:
            report.refute(checks.CHECKPOINT, CHECKPOINT, THIS_FILE, ABSENT)
        if claim is not None and (head is None or head.signer is None):
            origin = head.checkpoint.origin if head else ""
            head = Head(Checkpoint(origin, claim.size, claim.root), data=data or b"")
        if head is None:
            report.doubt(checks.ROOT, LOG, Words(*both("opening.a_size_and_a_root")), ABSENT)
            return None
        size = head.checkpoint.size
        if size > MAX_SIZE:
            report.doubt(checks.LOG_FILES, LOG, f"size ≤ {MAX_SIZE}", f"size {size}")
            return None
        report.facts |= {
            "origin": head.checkpoint.origin,
            "size": size,
            "root": codec.b64encode(head.checkpoint.root),
        }
        return head

    def _published(
        self, data: bytes | None, claim: Claim | None, anchors: Anchors, content: LogContent,
        files: frozenset[str] | None,
    ) -> Published:  # fmt: skip
        """Hold `site.json` against the log (V14) and return the sizes at which to compare.

        Where it cannot be used, files are compared at the checkpoint's size: that names what else
        is wrong. Where nothing was published yet, at size 0: what is there is then ahead.
        """
        report, size = self._report, content.size
        if claim is not None:
            check_claim(claim, content, report)
        elif data is None:
            if not self._was_published(anchors, files):
                report.doubt(checks.CLAIM, CLAIM, THIS_FILE, ABSENT)
                return Published(None, 0, 0, 0)
            report.refute(checks.CLAIM, CLAIM, THIS_FILE, ABSENT)
        if claim is None or report.failed(checks.CLAIM):
            report.note(*both("note.claim_unusable", size=size))
            return Published(claim, size, size, size)
        report.facts["site"] = {"size": claim.size, "data_size": claim.data_size}
        if claim.size < size:
            report.note(*both("note.pages_behind", size=claim.size, later=size - claim.size))
        if claim.data_size < claim.size:
            later = claim.size - claim.data_size
            report.note(*both("note.data_behind", data_size=claim.data_size, later=later))
        return Published(claim, claim.size, claim.data_size, claim.data_next)

    def _was_published(self, anchors: Anchors, files: frozenset[str] | None) -> bool:
        """Tell whether `site.json` has been there: the first bulk data are written after it."""
        if files is not None:
            return any(_PACKAGE.fullmatch(path) for path in files)
        elections = (election for election, _ in anchors.block.roots) if anchors.block else ()
        paths = (f"{election}/data/datapackage.json" for election in elections)
        return any(self._source.read(path, 0) is not None for path in paths)
