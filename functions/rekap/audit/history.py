"""What the entries mean, read from the first to the last, and whether that fits the anchors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from rekap.audit import checks
from rekap.audit.anchors import POLICY, Anchors
from rekap.audit.checks import Check
from rekap.audit.log import LogContent, Progress
from rekap.audit.signatures import Signatures
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, Report, Words
from rekap.core.ledger import authority, counts, offices
from rekap.core.ledger.logged import payload
from rekap.core.ledger.slots import status_of
from rekap.core.ledger.state import State
from rekap.core.log.policy import NONE, Policy

_REPLAY: Final = "replay"
"""The mode whose log need not have a witness: anybody can make it again from its sources."""
_COUNTED: Final = ("contested", "orphans", "unlisted", "void_forms")
_BEGAN: Final = ("effective", "superseded")
"""What a first statement of an election is by now, if it took effect."""
_STEP: Final = 500

Stop = Callable[[State], None]


def fold_log(
    content: LogContent,
    signatures: Signatures,
    stops: Callable[[int], Iterable[Stop]],
    report: Report,
    progress: Progress,
    *,
    pages: bool,
) -> State:
    """Fold all known entries and return the state; call `stops(n)` when n entries are folded.

    `pages` tells whether any page will be made of it.

    Records V12 when entries are lost, or when the fold arrives at another root than the tiles.
    """
    state = State(read_entry=content.entries, pages=pages)
    for index in range(content.complete + 1):
        for stop in stops(index):
            report.stage = f"size {index}"
            stop(state)
        if index == content.complete:
            break
        if index % _STEP == 0:
            progress("fold", index, content.size)
        report.stage = f"entry {index}"
        signatures.fold(state)
    if content.complete < content.size:
        _lost(content, report)
    elif state.root() != content.hashes.root(content.size):
        report.refute(
            checks.FOLD, f"entry {content.size - 1}",
            f"root {content.hashes.root(content.size).hex()}", f"root {state.root().hex()}",
        )  # fmt: skip
    return state


def _lost(content: LogContent, report: Report) -> None:
    report.doubt(
        checks.FOLD,
        f"entry {content.complete}",
        Words(*both("history.the_bytes_of_this_entry")),
        Words(*both("history.lost_this_entry_and_those_after")),
    )


def check_first_entry(state: State, anchors: Anchors, report: Report) -> None:
    """Hold entry 0 against the block of the log whose key signed the checkpoint (V10).

    The site's own anchors must ask for the witnesses that entry 0 asks for; a reader's may ask for
    others.
    """
    if state.size == 0:
        return
    log = state.meta.get("log")
    if log is None:
        why = state.entry(0).get("why")
        report.refute(
            checks.FIRST_ENTRY,
            "entry 0",
            Words(*both("history.a_valid_log_statement")),
            Words(*both("history.void", why=why)),
        )
        return
    hold = _Holder(anchors, checks.FIRST_ENTRY, report)
    block = anchors.block
    if block is not None:  # the name in a verifier key is the origin
        hold("entry 0", f"log_key {block.key.vkey}", f"log_key {log['log_key']}")
    if anchors.own:
        hold("entry 0", _witnesses(anchors.policy), _witnesses(Policy.of_lines(log["policy"])))
    if anchors.policy.quorum == NONE and log["mode"] != _REPLAY:
        report.limit(*both("history.the_anchors_ask_for_no_witness"))
    if block is None or block.log_id is None:
        report.limit(*both("history.the_anchors_do_not_name_entry"))
    else:
        hold("entry 0", f"id {block.log_id}", f"id {log['id']}")


def _witnesses(policy: Policy) -> str:
    """Return the lines of a policy that say whose cosignatures make a checkpoint count."""
    asked = Policy(witnesses=policy.witnesses, groups=policy.groups, quorum=policy.quorum)
    return "; ".join(asked.format().decode("utf-8", "replace").splitlines())


def check_election_roots(
    state: State, anchors: Anchors, report: Report, *, whole: bool = True
) -> None:
    """Hold the first root keys of every election against the same block (V11).

    Unless the state is `whole`, an election may still be to come.
    """
    hold = _Holder(anchors, checks.ELECTION_ROOTS, report)
    anchored = dict(anchors.block.roots) if anchors.block else {}
    for election, (index, keyids) in first_roots(state).items():
        wanted = anchored.pop(election, None)
        if wanted is not None:
            said = " ".join(sorted(wanted))
            hold(f"entry {index}", f"{election}: {said}", f"{election}: {' '.join(keyids)}")
        elif state.meta.get("log") is not None:
            report.limit(
                *both("history.the_anchors_do_not_name_the", election=election, index=index)
            )
    for election in sorted(anchored) if whole else ():
        wanted_election = Words(*both("history.election_in_the_log", election=election))
        report.refute(checks.ELECTION_ROOTS, POLICY, wanted_election, ABSENT)


class _Holder:
    """Compares what anchors say with what the log says.

    Anchors that a reader brought refute the log; the site's own are refuted by it.
    """

    def __init__(self, anchors: Anchors, check: Check, report: Report) -> None:
        self._own = anchors.own
        self._check = check
        self._report = report

    def __call__(self, place: str, anchored: str, logged: str) -> None:
        if anchored == logged:
            return
        if self._own:
            self._report.refute(self._check, POLICY, logged, anchored, stands=True)
        else:
            self._report.refute(self._check, place, anchored, logged, stands=True)


def first_roots(state: State) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return, per election, the entry of its revision 1 and the key ids of its first roots.kpu."""
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for index in range(state.size):
        record = state.entry(index)
        if record["kind"] == "election" and status_of(state, index) in _BEGAN:
            fields = payload(state, index)
            if fields["revision"] != 1:
                continue
            keys = authority.keys_named(fields)
            roots = (k for k, key in keys.items() if key["body"] == offices.ROOT_KPU)
            found.setdefault(fields["election"], (index, tuple(sorted(roots))))
    return found


def describe(state: State, report: Report) -> None:
    """Put into the facts what the log holds: entries by kind and by status, void ones by name.

    Beside them what stands under a mark (see `ledger.counts`): none of it refutes anything.
    """
    statuses: Counter[str] = Counter()
    void = []
    for index in range(state.size):
        status = status_of(state, index)
        statuses[status] += 1
        if status == "void":
            record = state.entry(index)
            void.append({"index": index, "kind": record["kind"], "reason": record.get("why")})
    kinds = state.meta.get("kinds") or {}
    report.facts["kinds"] = {name: kinds[name] for name in sorted(kinds) if name != "void"}
    report.facts["statuses"] = dict(sorted(statuses.items()))
    report.facts["void"] = void
    standing = counts.marked(state)
    report.facts |= {name: standing[name] for name in _COUNTED}
    report.facts["marks"] = {mark: standing[mark] for mark in counts.MARKS if standing[mark]}
