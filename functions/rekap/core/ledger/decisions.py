"""What decides a contest, as `effects`: the determination, who is elected, what the court says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekap.core.ledger import findings, revisions, rulings
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import View
from rekap.core.ledger.places import contest_of, known_contest
from rekap.core.ledger.state import State
from rekap.core.ledger.touches import Touches
from rekap.core.statements import regions
from rekap.core.statements.model import FORM_OF_LEVEL


def _determination_key(fields: Mapping[str, Any]) -> str:
    """Key of a contest's determination in map `meta`."""
    return f"determination/{fields['election']}/{fields['contest']}"


def determination_in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return (id, revision) of a contest's determination in force."""
    return revisions.in_force(view, _determination_key(fields))


def whole_contest_fault(state: State, done: Complete) -> str | None:
    """Return `contest`, or `region`: another than the contest's own."""
    election_record = state.meta.get(f"election/{done.fields['election']}")
    contest = contest_of(election_record, done.fields["contest"])
    if contest is None:
        return "contest"
    return None if done.fields["region"] == contest["region"] else "region"


def determination_fault(state: State, done: Complete) -> str | None:
    """Return as `whole_contest_fault`; `certificate` where it names no D form of the contest's
    own region that took effect.
    """
    reason = whole_contest_fault(state, done)
    if reason is not None or "certificate" not in done.fields:
        return reason
    fields = done.fields
    known = state.ids.get(fields["certificate"])
    if known is None or known["effect"] is None:
        return "certificate"
    form = FORM_OF_LEVEL[regions.level(fields["region"])]
    own = f"{fields['election']}/{fields['contest']}/{form}/{fields['region']}"
    entry = state.entry(known["effect"])
    return None if (entry["kind"], entry.get("slot")) == ("form", own) else "certificate"


def determination(state: State, touches: Touches, done: Complete) -> str:
    """The result of a contest is determined and announced, or a revision says it anew.

    `numbers` are those of the decisions that it replaced: a ruling may be about one of these.
    """
    fields = done.fields
    before = state.meta.get(_determination_key(fields))
    numbers = [*before["numbers"], before["number"]] if before else []
    state.meta.put(
        _determination_key(fields),
        {
            "number": fields["number"], "announced_at": fields["announced_at"],
            "basis": fields["basis"], "certificate": fields.get("certificate"),
            "decided_at": fields.get("decided_at"), "index": done.index,
            "revision": fields["revision"], "statement": done.id,
            "earlier": revisions.earlier(before), "numbers": numbers,
        },
    )  # fmt: skip
    return EFFECTIVE


def _elected_key(fields: Mapping[str, Any]) -> str:
    """Key of who is elected in a contest, in map `meta`."""
    return f"elected/{fields['election']}/{fields['contest']}"


def elected_in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return (id, revision) of the statement in force that says who is elected in a contest."""
    return revisions.in_force(view, _elected_key(fields))


def elected_fault(state: State, done: Complete) -> str | None:
    """Return as `whole_contest_fault`; `pairs` for a pair that the contest has not; `empty-column`
    for the empty column as a pair, or for nobody where there is none.
    """
    reason = whole_contest_fault(state, done)
    if reason is not None:
        return reason
    fields = done.fields
    record = state.meta.get(f"election/{fields['election']}")
    pairs = known_contest(record, fields["contest"])["pairs"]
    if "pair" not in fields:
        return None if any(pair.get("empty_column") for pair in pairs) else "empty-column"
    if fields["pair"] > len(pairs):
        return "pairs"
    return "empty-column" if pairs[fields["pair"] - 1].get("empty_column") else None


def elected(state: State, touches: Touches, done: Complete) -> str:
    """A pair is elected, or nobody; or a revision says it anew."""
    fields = done.fields
    before = state.meta.get(_elected_key(fields))
    state.meta.put(
        _elected_key(fields),
        {
            "pair": fields.get("pair"), "number": fields["number"],
            "announced_at": fields["announced_at"], "index": done.index,
            "revision": fields["revision"], "statement": done.id,
            "earlier": revisions.earlier(before),
        },
    )  # fmt: skip
    return EFFECTIVE


def ruling(state: State, touches: Touches, done: Complete) -> str:
    """A court has said something: no total changes; where it leaves places out of one, or did until
    now, no sum is held against it, and the rules between forms are asked again.
    """
    fields = done.fields
    election_record = state.meta.get(f"election/{fields['election']}")
    contest = known_contest(election_record, fields["contest"])
    before = rulings.left_out(state, fields["election"], contest["id"])
    current, _ = rulings.in_force(state, fields)
    for case in rulings.cases(state, fields["election"], contest["id"]):
        if case["statement"] == current:
            touches.ruled(election_record, contest, rulings.shown_at(case, contest["region"]))
    status = rulings.apply(state, touches, done)
    after = rulings.left_out(state, fields["election"], contest["id"])
    above = {
        code
        for place in before ^ after
        for code in regions.upward(place.partition("/")[0], contest["region"])
    }
    for code in sorted(above):
        findings.check_sums(state, election_record, contest, code)
        form = FORM_OF_LEVEL[regions.level(code)]
        slot = f"{fields['election']}/{contest['id']}/{form}/{code}"
        findings.check_roster(state, election_record, contest, slot)
    return status
