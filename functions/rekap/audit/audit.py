"""The whole audit, in the order of the chain: each step stands on the ones before it.

 1. V01 V02 V03 V14   anchors, checkpoint, its witnesses; `site.json` against the log
 2. V04 … V09         tiles and bundles, their root, no other file of the log, no entry twice
 3. V24 V02           the checkpoint that the reader kept, those of earlier readings
 4. V12               fold of all entries: signatures, authority, effect
 5. V15 V16 V17       at the sizes that it belongs to: release, pages, bulk data
 6. V10 V11           entry 0 and the elections' roots against the anchors
 7. V13               every sum again, from the signed figures
 8. V18 V19 V05 V26   proofs, the partial tiles of the sizes that they name, attachments
 9. V20 V21           nothing missing, nothing unexpected; what is ahead
10. V22 V25           the receipt, the officers' app

`audit` has them in this order, with their numbers; `checks` says what each V claims. No failure
stops it; what stands on something broken is checked against what is left of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rekap.audit import anchors as anchoring
from rekap.audit import checks, evidence, history
from rekap.audit.app import check_app
from rekap.audit.attachments import Lot, check_attachments
from rekap.audit.comparison import PROOF, Comparison
from rekap.audit.hashes import Signed
from rekap.audit.leftovers import check_kept
from rekap.audit.log import LogContent, Progress
from rekap.audit.opening import Opened, Opening
from rekap.audit.plan import ALL, Plan
from rekap.audit.reader import Source, Unreadable
from rekap.audit.receipt import check_receipt, stood_at
from rekap.audit.signatures import Signatures
from rekap.audit.since import check_since, check_trees, evidence_of
from rekap.audit.sums import check_sums
from rekap.audit.texts import both
from rekap.audit.verdict import Report
from rekap.core.ledger import addresses
from rekap.core.ledger.state import State
from rekap.core.log.policy import Policy


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
    opening = Opening(source, plan.policy, report, progress)
    opened = opening.open(whole=plan.makes_pages)  # 1, 2
    if opened is None:
        return None
    if plan.since is not None:  # 3
        report.stage = "--since"
        origin = opened.head.checkpoint.origin
        check_since(plan.since, opened.anchors.of_this_log, origin, opened.content, report)
    if opened.log_files is None and source.remote:
        report.note(*both("note.address_leftovers"))
    if opened.head.signer is not None:
        _check_histories(plan, opened, report)
    comparison = Comparison(source, plan, opened, report, progress)
    try:
        state = _fold(plan, opened, comparison, report, progress)  # 4, 5
        report.stage = "V10"  # 6
        history.check_first_entry(state, opened.anchors, report)
        whole = state.size == opened.content.size
        history.check_election_roots(state, opened.anchors, report, whole=whole)
        history.describe(state, report)
        report.stage = "V13"  # 7
        check_sums(state, report)
        report.stage = "V18"  # 8
        sizes = _check_proofs(source, plan, opened, comparison, state, report, progress)
        if plan.makes_pages:
            report.stage = "V26"
            check_attachments(
                source, state, opened.files, whole=whole,
                processes=plan.processes, keep=plan.sink.attachment if plan.sink else None,
                report=report, progress=progress, had=plan.had, lot=_lot(plan, opened),
            )  # fmt: skip
    except Unreadable:
        comparison.give_up()
        raise
    comparison.finish()  # 9
    if plan.receipt is not None:  # 10
        report.stage = "--receipt"
        now = plan.now if source.remote else None
        stood = stood_at(state, opened.head, opened.anchors.policy, now)
        check_receipt(plan.receipt, state, opened.content, stood, report)
    if plan.app is not None:
        report.stage = "--app"
        check_app(plan.app, state, report, proved=opened.content.proved and whole)
    opening.look_again(opened)
    return Outcome(opened.content, opened.head.data, opened.claim_data or b"", sizes)


def _check_histories(plan: Plan, opened: Opened, report: Report) -> None:
    """Hold the signed tree against what the reader kept, and what he was shown before."""
    tree, hashes = opened.head.checkpoint, opened.content.hashes
    known = hashes if opened.content.proved else None
    report.tree = Signed(tree.size, tree.root, opened.head.data, known)
    check_trees(plan.earlier.trees, report.tree, report)
    shown = [(one.note, one.hashes) for one in plan.earlier.trees]
    shown += [(plan.since, None)] if plan.since else []
    report.fork = evidence_of(shown, opened.head, hashes)


def _lot(plan: Plan, opened: Opened) -> Lot:
    """Draw pictures; whoever keeps a copy takes all."""
    if plan.pictures == ALL or plan.sink is not None:
        return Lot()
    return Lot(plan.pictures, opened.head.checkpoint.root + plan.seed.encode())


def _fold(
    plan: Plan, opened: Opened, comparison: Comparison, report: Report, progress: Progress
) -> State:
    """Fold all entries, and compare what was published at the sizes it belongs to."""
    signatures = Signatures(opened.content)
    signatures.verify_all(plan.processes, progress)
    state = history.fold_log(
        opened.content, signatures, comparison.stops, report, progress, pages=plan.makes_pages
    )
    report.facts["signatures"] = signatures.count
    return state


def _check_proofs(
    source: Source, plan: Plan, opened: Opened, comparison: Comparison, state: State,
    report: Report, progress: Progress,
) -> frozenset[int]:  # fmt: skip
    """Verify proofs; return the sizes of their checkpoints."""
    content, published = opened.content, opened.published
    indexes = _proof_indexes(plan, opened, comparison)
    if not indexes:
        return frozenset()
    log = state.meta.get("log")
    policy = opened.anchors.policy
    if log is not None:
        policy = Policy.of_lines(log["policy"])
    newer = [content.size]
    if opened.files is not None:
        numbers = [int(m[1]) for path in opened.files if (m := PROOF.fullmatch(path))]
        newer = [index for index in numbers if index >= content.size]
    evidence.check_newest(source, newer, content.size, policy, report)
    claim = published.claim
    required = claim.proofs if claim else 0
    if claim and required < published.size and anchoring.is_met(opened.head, policy):
        report.note(*both("note.proofs_behind", proofs=required, later=published.size - required))
    proofs = evidence.check_proofs(
        source, indexes, content.hashes, policy,
        required=lambda index: index < required,
        keep=plan.sink.proof if plan.sink else None,
        report=report, progress=progress, processes=plan.processes,
    )  # fmt: skip
    report.facts["proofs"] = len(proofs.present)
    if opened.log_files is not None:
        check_kept(opened.log_files, proofs.sizes, content.size, report)
    for index in proofs.present:
        if index >= published.size:
            path = addresses.proof(index)
            wanted = f"size ≤ {published.size} (site.json)"
            report.run_ahead(checks.PROOFS, path, wanted, f"size {index + 1}")
    return proofs.sizes


def _proof_indexes(plan: Plan, opened: Opened, comparison: Comparison) -> Sequence[int]:
    if not opened.content.proved or not plan.makes_pages:
        return ()
    if plan.pages == 0 or comparison.whole:
        listed = opened.files is not None
        return range(opened.content.size if listed else opened.published.size)
    found = (re.fullmatch(r"bukti/([0-9]+)\.json", path) for path in comparison.checked)
    return sorted(int(match[1]) for match in found if match)
