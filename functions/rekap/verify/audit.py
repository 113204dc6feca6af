"""The whole audit, in the order of the chain: each step stands on the ones before it.

    anchors → checkpoint → tiles and bundles → root → other files of the log → site.json
    → fold of all entries; bulk data, pages, and what is ahead are compared at their sizes
    → entry 0 and roots against the anchors → sums → proofs → nothing missing, nothing unexpected

No failure stops it; what stands on something broken is checked against what is left of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from rekap import codec
from rekap.ledger.state import State
from rekap.log.checkpoint import Checkpoint
from rekap.log.policy import MAX_POLICY, Policy
from rekap.signing.note import MAX_NOTE
from rekap.verify import anchors as anchoring
from rekap.verify import checks, evidence, history, pages
from rekap.verify import claim as claims
from rekap.verify.anchors import CHECKPOINT, POLICY, Anchors, Head
from rekap.verify.blocks import LOG
from rekap.verify.claim import CLAIM, MAX_CLAIM, Claim
from rekap.verify.later import Later
from rekap.verify.leftovers import check_kept, check_leftovers
from rekap.verify.log import LogContent, Progress, check_log
from rekap.verify.reader import Source
from rekap.verify.receipt import check_receipt
from rekap.verify.signatures import Signatures
from rekap.verify.sums import check_sums
from rekap.verify.verdict import ABSENT, THIS_FILE, Report, Words

ALL: Final = -1
"""`--pages all`."""
MAX_SIZE: Final = 1 << 26
"""Entries that this program audits at most."""

_PACKAGE: Final = re.compile(r"[^/]+/data/datapackage\.json")
_PROOF: Final = re.compile(r"bukti/(0|[1-9][0-9]{0,17})\.tlog-proof")


class Sink(Protocol):
    """Takes what the log gives instead of comparing it: `rekap rebuild`."""

    def bulk(self, site: pages.Rendering) -> None:
        """Take the bulk data, at the size that `site.json` states for them."""

    def pages(self, site: pages.Rendering) -> None:
        """Take all pages, at the size in `site.json`."""

    def proof(self, path: str, data: bytes) -> None:
        """Take a proof that holds; called from forked processes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check. `pages`: a number of addresses, 0 for none, or ALL.

    `render` and `release` are the publisher's; `policy` and `receipt` are the reader's own, if any;
    `now` is in Unix seconds and decides only whether a receipt's promise is due.
    """

    render: pages.Render
    release: str
    pages: int = ALL
    policy: Policy | None = None
    receipt: bytes | None = None
    now: int = 0
    processes: int = 1
    sink: Sink | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What `site.json` shows, and what stands in for it where that cannot be used."""

    claim: Claim | None
    size: int
    data_size: int
    data_next: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit has read: enough to copy the evidence."""

    content: LogContent
    checkpoint: bytes
    claim: bytes
    sizes: frozenset[int]
    """Sizes of which proofs name a checkpoint: their partial tiles were published."""


def audit(source: Source, plan: Plan, report: Report, progress: Progress) -> Outcome | None:
    """Check all that `plan` asks for and record it in `report`.

    Raises:
        Unreadable: the source failed; what was found before stands in the report.
    """
    return Audit(source, plan, report, progress).run()


class Audit:
    """One audit of one source."""

    def __init__(self, source: Source, plan: Plan, report: Report, progress: Progress) -> None:
        self._source = source
        self._plan = plan
        self._report = report
        self._progress = progress
        self._later: Later
        self._checked: set[str] = set()
        self._listed: frozenset[str] | None = None
        self._sizes: frozenset[int] = frozenset()

    def run(self) -> Outcome | None:
        """See `audit`. What is published first is read last: nothing may seem too new."""
        report = self._report
        report.stage = POLICY
        policy_data = self._source.read(POLICY, MAX_POLICY)
        claim_data = self._source.read(CLAIM, MAX_CLAIM)
        checkpoint_data = self._source.read(CHECKPOINT, MAX_NOTE)
        if policy_data is None and claim_data is None and checkpoint_data is None:
            report.doubt(checks.CHECKPOINT, CHECKPOINT, Words("sebuah log", "a log"), ABSENT)
            return None
        anchors = self._anchors(policy_data, published=claim_data is not None)
        report.stage = CLAIM
        claim = None if claim_data is None else claims.read_claim(claim_data, report)
        report.stage = CHECKPOINT
        head = self._head(checkpoint_data, anchors, claim)
        if head is None:
            return None
        report.stage = LOG
        size, root = head.checkpoint.size, head.checkpoint.root
        content = check_log(self._source, size, root, report, self._progress)
        listed = self._source.paths()
        if listed is not None:
            self._listed = frozenset(listed)
            check_leftovers(self._source, sorted(self._listed), content, report)
        published = self._published(claim_data, claim, anchors, content)
        self._audit_entries(anchors, head, published, content)
        report.changed = claim_data != self._source.read(CLAIM, MAX_CLAIM) or (
            checkpoint_data != self._source.read(CHECKPOINT, MAX_NOTE)
        )
        return Outcome(content, head.data, claim_data or b"", self._sizes)

    def _anchors(self, data: bytes | None, *, published: bool) -> Anchors:
        """Return the anchors; a portal that has not yet published anything has none of its own."""
        if data is None and self._plan.policy is None and not published:
            self._report.doubt(checks.ANCHORS, POLICY, THIS_FILE, ABSENT)
            return Anchors(Policy(), own=True)
        return anchoring.read_anchors(data, self._plan.policy, self._report)

    def _head(self, data: bytes | None, anchors: Anchors, claim: Claim | None) -> Head | None:
        """Return the tree to audit, or None to give up.

        Where the checkpoint is not signed as it should be, `site.json` names a tree just as well.
        """
        report = self._report
        head = None
        if data is not None:
            head = anchoring.read_checkpoint(data, anchors, report)
        else:
            report.refute(checks.CHECKPOINT, CHECKPOINT, THIS_FILE, ABSENT)
        if claim is not None and (head is None or not head.signed):
            origin = head.checkpoint.origin if head else ""
            head = Head(Checkpoint(origin, claim.size, claim.root), signed=False)
        if head is None:
            report.doubt(checks.ROOT, LOG, Words("ukuran dan akar", "a size and a root"), ABSENT)
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
        self, data: bytes | None, claim: Claim | None, anchors: Anchors, content: LogContent
    ) -> Published:
        """Hold `site.json` against the log (V14) and return the sizes at which to compare.

        Where it cannot be used, files are compared at the checkpoint's size: that names what else
        is wrong. Where nothing was published yet, at size 0: what is there is then ahead.
        """
        report, size = self._report, content.size
        if claim is not None:
            claims.check_claim(claim, content, report)
        elif data is None:
            if not self._was_published(anchors):
                report.doubt(checks.CLAIM, CLAIM, THIS_FILE, ABSENT)
                return Published(None, 0, 0, 0)
            report.refute(checks.CLAIM, CLAIM, THIS_FILE, ABSENT)
        if claim is None or report.failed(checks.CLAIM):
            report.note(
                f"site.json tidak dapat dipakai: berkas dibandingkan pada {size} entri.",
                f"site.json cannot be used: files were compared at {size} entries.",
            )
            return Published(claim, size, size, size)
        report.facts["site"] = {"size": claim.size, "data_size": claim.data_size}
        return Published(claim, claim.size, claim.data_size, claim.data_next)

    def _was_published(self, anchors: Anchors) -> bool:
        """Tell whether `site.json` has been there: the first bulk data are written after it."""
        if self._listed is not None:
            return any(_PACKAGE.fullmatch(path) for path in self._listed)
        elections = (election for election, _ in anchors.policy.roots)
        paths = (f"{election}/data/datapackage.json" for election in elections)
        return any(self._source.read(path, 0) is not None for path in paths)

    def _audit_entries(
        self, anchors: Anchors, head: Head, published: Published, content: LogContent
    ) -> None:
        """Everything that needs to know what the entries mean."""
        report, plan = self._report, self._plan
        self._later = Later(self._source, plan.render, content.entries)
        signatures = Signatures(content)
        if plan.processes > 1:
            signatures.verify_all(plan.processes, self._progress)
        stops = self._stops(published, content)
        state = history.fold_log(content, signatures, stops, report, self._progress)
        report.facts["signatures"] = signatures.count
        report.stage = "V10"
        history.check_first_entry(state, anchors.policy, report)
        history.check_election_roots(state, anchors.policy, report)
        history.describe(state, report)
        report.stage = "V13"
        check_sums(state, report)
        report.stage = "V18"
        self._check_proofs(state, anchors, head, published, content)
        self._later.finish(published.size, content.size, report)
        if plan.receipt is not None:
            report.stage = "--receipt"
            check_receipt(plan.receipt, state, content, plan.now, report)

    def _stops(
        self, published: Published, content: LogContent
    ) -> Callable[[int], Iterator[history.Stop]]:
        """Return what to do at which size while the entries are folded."""
        entries = content.entries
        compares = bool(self._plan.pages)

        def stops(size: int) -> Iterator[history.Stop]:
            if size == published.data_size and (compares or self._plan.sink):
                yield lambda state: self._bulk(state, entries)
            if size == published.data_next > published.data_size and compares:
                yield lambda state: self._next_bulk(state, entries)
            if size == published.size:
                yield lambda state: self._pages(state, published, content)
            if size == content.size > published.data_next and compares:
                yield lambda state: self._last_bulk(state, entries)
            if size > published.size and compares:
                yield self._look

        return stops

    def _renders(self, state: State) -> bool:
        return claims.renders(state, self._plan.release)

    def _bulk(self, state: State, entries: pages.ReadEntry) -> None:
        if not self._renders(state):
            wanted = Words(f"data massal pada {state.size}", f"bulk data at {state.size}")
            self._report.doubt(checks.BULK, CLAIM, wanted, Words("rilis lain", "another release"))
            return
        site = self._plan.render(state, entries)
        if self._plan.sink is not None:
            self._plan.sink.bulk(site)
            return
        compared = pages.check_bulk(self._source, site.bulk(), self._progress)
        self._checked |= compared.paths
        self._later.take(compared)
        self._report.facts["bulk"] = len(compared.paths)

    def _next_bulk(self, state: State, entries: pages.ReadEntry) -> None:
        if self._renders(state):
            for path, data in self._plan.render(state, entries).bulk():
                self._later.offer(path, data, state.size)

    def _last_bulk(self, state: State, entries: pages.ReadEntry) -> None:
        if self._later.has_wrong(checks.BULK) and self._renders(state):
            for path, data in self._plan.render(state, entries).bulk():
                self._later.accuse_claim(path, data, state.size, self._report)

    def _pages(self, state: State, published: Published, content: LogContent) -> None:
        """Compare pages at the size in `site.json`, then what nothing expects."""
        plan, report = self._plan, self._report
        claims.check_release(published.claim, state, plan.release, report)
        if not self._renders(state):
            return
        site = plan.render(state, content.entries)
        if plan.sink is not None:
            plan.sink.pages(site)
        if not plan.pages:
            return
        addresses = site.addresses()
        chosen = addresses
        if plan.pages != ALL:
            chosen = pages.sample(addresses, state.root(), plan.pages)
        compared = pages.check_pages(self._source, site, chosen, plan.processes, self._progress)
        self._checked |= compared.paths
        self._later.take(compared)
        report.facts["pages"] = {"checked": compared.pages, "all": len(addresses)}
        report.facts["files"] = len(compared.paths)
        if plan.pages == ALL and self._listed is not None:
            self._later.take_extra(self._extra(content.size))

    def _extra(self, size: int) -> list[str]:
        """Return the files that no check has met, but for those of the log."""
        return sorted(
            path
            for path in (self._listed or frozenset()) - self._checked
            if path != CLAIM and not path.startswith(LOG) and not _is_proof(path, size)
        )

    def _look(self, state: State) -> None:
        self._later.look(state, renders=self._renders(state))

    def _check_proofs(
        self, state: State, anchors: Anchors, head: Head, published: Published, content: LogContent
    ) -> None:
        plan, report = self._plan, self._report
        indexes = self._proof_indexes(published, content)
        if not indexes:
            return
        log = state.meta.get("log")
        policy = anchors.policy
        if log is not None:
            policy = anchoring.log_policy(log["policy"], log["log_key"])
        numbers = [int(m[1]) for path in self._listed or () if (m := _PROOF.fullmatch(path))]
        newer = [index for index in numbers if index >= content.size]
        evidence.check_newest(self._source, newer, content.size, policy, report)
        met = anchoring.is_met(head, policy)
        proofs = evidence.check_proofs(
            self._source, indexes, content.hashes, policy,
            required=lambda index: met and index < published.size,
            keep=plan.sink.proof if plan.sink else None,
            report=report, progress=self._progress, processes=plan.processes,
        )  # fmt: skip
        report.facts["proofs"] = len(proofs.present)
        self._sizes = proofs.sizes
        if self._listed is not None:
            check_kept(self._listed, proofs.sizes, content.size, report)
        for index in proofs.present:
            if index >= published.size:
                path = evidence.proof_path(index)
                wanted = f"size ≤ {published.size} (site.json)"
                report.run_ahead(checks.PROOFS, path, wanted, f"size {index + 1}")

    def _proof_indexes(self, published: Published, content: LogContent) -> Sequence[int]:
        plan = self._plan
        if not content.proved or (not plan.pages and plan.sink is None):
            return ()
        if plan.pages in (0, ALL):
            return range(content.size if self._listed is not None else published.size)
        found = (re.fullmatch(r"bukti/([0-9]+)\.json", path) for path in self._checked)
        return sorted(int(match[1]) for match in found if match)


def _is_proof(path: str, size: int) -> bool:
    match = _PROOF.fullmatch(path)
    return match is not None and int(match[1]) < size
