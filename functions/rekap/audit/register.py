"""The register of a published log as it stood before one of its entries, believing nothing."""

from __future__ import annotations

from collections.abc import Callable

from rekap.audit import checks, history
from rekap.audit.log import Progress
from rekap.audit.opening import Opening
from rekap.audit.reader import Source
from rekap.audit.signatures import Signatures
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words
from rekap.core.ledger.state import State
from rekap.core.log.policy import Policy


def nothing(_: State) -> None:
    """Look at no state on the way."""


def read_register(
    source: Source,
    policy: Policy | None,
    at: int | None,
    processes: int,
    report: Report,
    progress: Progress,
    look: Callable[[State], None] = nothing,
) -> State | None:
    """Return the state after the first `at` entries (None: all) of a log that holds (V01–V11).

    None where that cannot be had; `report` says why. `look` sees the state after each entry.
    Raises Unreadable.
    """
    opened = Opening(source, policy, report, progress).open(whole=False)
    if opened is None or report.refuted or not opened.content.proved:
        return None  # what leads to no root that was signed holds no entry
    content = opened.content
    size = content.size if at is None else at
    if size > content.complete:
        wanted = Words(*both("register.entry", size=size - 1))
        found = Words(*both("register.entries", complete=content.complete))
        report.doubt(checks.FOLD, "--at", wanted, found)
        return None
    signatures = Signatures(content)
    signatures.verify_all(processes, progress)
    state = State(read_entry=content.entries)
    for index in range(size):
        progress("fold", index, size)
        signatures.fold(state)
        look(state)
    history.check_first_entry(state, opened.anchors, report)
    whole = size == content.size
    history.check_election_roots(state, opened.anchors, report, whole=whole)
    return None if report.refuted else state
