"""The whole audit, in the order of the chain: each step stands on the ones before it.

    anchors → checkpoint → tiles and bundles → root → other files of the log → site.json
    → the checkpoint that the reader kept
    → fold of all entries; bulk data, pages, and what is ahead are compared at their sizes
    → entry 0 and roots against the anchors → sums → proofs → nothing missing, nothing unexpected

No failure stops it; what stands on something broken is checked against what is left of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from rekap.ledger.state import State
from rekap.log.policy import Policy
from rekap.verify import anchors as anchoring
from rekap.verify import assets, checks, evidence, history, pages
from rekap.verify import claim as claims
from rekap.verify.blocks import LOG
from rekap.verify.claim import CLAIM
from rekap.verify.later import Later
from rekap.verify.leftovers import check_kept
from rekap.verify.log import LogContent, Progress
from rekap.verify.opening import Opened, Opening
from rekap.verify.reader import Source, Unreadable
from rekap.verify.receipt import check_receipt
from rekap.verify.signatures import Signatures
from rekap.verify.since import check_since
from rekap.verify.sums import check_sums
from rekap.verify.verdict import Report, Words

ALL: Final = -1
"""`--pages all`."""
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
    """What to check. `pages`: a number of addresses, 0 for none, or ALL; `seed` chooses which.

    `render` and `release` are the publisher's; `policy`, `receipt` and `since` (a checkpoint) are
    the reader's own, if any; `now` is in Unix seconds and decides only whether a receipt's promise
    is due.
    """

    render: pages.Render
    release: str
    pages: int = ALL
    policy: Policy | None = None
    receipt: bytes | None = None
    since: bytes | None = None
    now: int = 0
    processes: int = 1
    sink: Sink | None = None
    seed: str = ""


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

    def run(self) -> Outcome | None:
        """See `audit`."""
        plan, report = self._plan, self._report
        opening = Opening(self._source, plan.policy, report, self._progress)
        opened = opening.open(whole=self._shows())
        if opened is None:
            return None
        if plan.since is not None:
            report.stage = "--since"
            origin = opened.head.checkpoint.origin
            check_since(plan.since, opened.anchors.policy, origin, opened.content, report)
        self._later = Later(self._source, plan.render, opened.content.entries)
        if opened.log_files is None and self._source.remote:
            report.note(
                "Berkas yang tidak ditunjuk apa pun tidak terlihat di sebuah alamat.",
                "A file that nothing names cannot be seen behind an address.",
            )
        try:
            state, sizes = self._read(opened)
        except Unreadable:
            self._later.give_up(opened.content.size, report)
            raise
        self._later.finish(opened.published.size, opened.content.size, report)
        if plan.receipt is not None:
            report.stage = "--receipt"
            check_receipt(plan.receipt, state, opened.content, plan.now, report)
        opening.look_again(opened)
        return Outcome(opened.content, opened.head.data, opened.claim_data or b"", sizes)

    def _read(self, opened: Opened) -> tuple[State, frozenset[int]]:
        """Fold, compare, sum and verify proofs: the final state, and the sizes that proofs name."""
        report = self._report
        state = self._fold(opened)
        report.stage = "V10"
        history.check_first_entry(state, opened.anchors, report)
        whole = state.size == opened.content.size
        history.check_election_roots(state, opened.anchors, report, whole=whole)
        history.describe(state, report)
        report.stage = "V13"
        check_sums(state, report)
        report.stage = "V18"
        return state, self._check_proofs(state, opened)

    def _shows(self) -> bool:
        """Tell whether pages are made at all."""
        return self._plan.pages != 0 or self._plan.sink is not None

    def _fold(self, opened: Opened) -> State:
        """Fold all entries, and compare what was published at the sizes it belongs to."""
        signatures = Signatures(opened.content)
        if self._plan.processes > 1:
            signatures.verify_all(self._plan.processes, self._progress)
        state = history.fold_log(
            opened.content, signatures, self._stops(opened), self._report, self._progress,
            pages=self._shows(),
        )  # fmt: skip
        self._report.facts["signatures"] = signatures.count
        return state

    def _stops(self, opened: Opened) -> Callable[[int], Iterator[history.Stop]]:
        """Return what to do at which size while the entries are folded."""
        published, content = opened.published, opened.content
        entries = content.entries
        compares = bool(self._plan.pages)

        def stops(size: int) -> Iterator[history.Stop]:
            if size == published.data_size and (compares or self._plan.sink):
                yield lambda state: self._bulk(state, entries)
            if size == published.data_next > published.data_size and compares:
                yield lambda state: self._next_bulk(state, entries)
            if size == published.size:
                yield lambda state: self._pages(state, opened)
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
        if self._later.has_wrong_bulk and self._renders(state):
            for path, data in self._plan.render(state, entries).bulk():
                self._later.accuse_claim(path, data, state.size, self._report)

    def _pages(self, state: State, opened: Opened) -> None:
        """Compare pages at the size in `site.json`, then what nothing expects."""
        plan, report = self._plan, self._report
        claims.check_release(opened.published.claim, state, plan.release, report)
        if not self._renders(state):
            return
        site = plan.render(state, opened.content.entries)
        assets.check_verifier(site, state, report)
        if plan.sink is not None:
            plan.sink.pages(site)
        self._earlier_verifiers(site, state)
        if not plan.pages:
            return
        addresses = site.addresses()
        chosen = addresses
        if plan.pages != ALL:
            chosen = pages.sample(addresses, state.root(), plan.pages, plan.seed)
        compared = pages.check_pages(
            self._source, site, chosen, plan.processes, self._progress, self._later.take
        )
        self._checked |= compared.paths
        report.facts["pages"] = {"checked": compared.pages, "all": len(addresses)}
        report.facts["files"] = len(compared.paths)
        if plan.pages == ALL and opened.files is not None:
            size = opened.content.size
            self._later.take_extra(
                path
                for path in sorted(opened.files - self._checked)
                if path != CLAIM and not path.startswith(LOG) and not _is_proof(path, size)
            )

    def _earlier_verifiers(self, site: pages.Rendering, state: State) -> None:
        """Check what earlier releases left for their pages; `rekap rebuild` copies it."""
        if state.meta.get("verifiers") is None:
            return
        found, wrong = assets.earlier(self._source, state, set(site.verifier()))
        self._checked |= found.keys() | {one.path for one in wrong}
        self._later.take(pages.Compared(wrong=wrong))
        if self._plan.sink is not None:
            for path, data in found.items():
                self._plan.sink.proof(path, data)

    def _look(self, state: State) -> None:
        self._later.look(state, renders=self._renders(state))

    def _check_proofs(self, state: State, opened: Opened) -> frozenset[int]:
        """Verify proofs; return the sizes of their checkpoints."""
        plan, report = self._plan, self._report
        content, published = opened.content, opened.published
        indexes = self._proof_indexes(opened)
        if not indexes:
            return frozenset()
        log = state.meta.get("log")
        policy = opened.anchors.policy
        if log is not None:
            policy = Policy.of_lines(log["policy"])
        newer = [content.size]
        if opened.files is not None:
            numbers = [int(m[1]) for path in opened.files if (m := _PROOF.fullmatch(path))]
            newer = [index for index in numbers if index >= content.size]
        evidence.check_newest(self._source, newer, content.size, policy, report)
        met = anchoring.is_met(opened.head, policy)
        proofs = evidence.check_proofs(
            self._source, indexes, content.hashes, policy,
            required=lambda index: met and index < published.size,
            keep=plan.sink.proof if plan.sink else None,
            report=report, progress=self._progress, processes=plan.processes,
        )  # fmt: skip
        report.facts["proofs"] = len(proofs.present)
        if opened.log_files is not None:
            check_kept(opened.log_files, proofs.sizes, content.size, report)
        for index in proofs.present:
            if index >= published.size:
                path = evidence.proof_path(index)
                wanted = f"size ≤ {published.size} (site.json)"
                report.run_ahead(checks.PROOFS, path, wanted, f"size {index + 1}")
        return proofs.sizes

    def _proof_indexes(self, opened: Opened) -> Sequence[int]:
        plan = self._plan
        if not opened.content.proved or not self._shows():
            return ()
        if plan.pages in (0, ALL):
            listed = opened.files is not None
            return range(opened.content.size if listed else opened.published.size)
        found = (re.fullmatch(r"bukti/([0-9]+)\.json", path) for path in self._checked)
        return sorted(int(match[1]) for match in found if match)


def _is_proof(path: str, size: int) -> bool:
    match = _PROOF.fullmatch(path)
    return match is not None and int(match[1]) < size
