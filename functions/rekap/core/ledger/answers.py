"""An answer to a slot: it explains findings of the head, and may decide which statement counts."""

from __future__ import annotations

from rekap.core.ledger import chain, doubt, findings, incidents, offices, revisions, slots
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.logged import payload
from rekap.core.ledger.places import known_contest
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements.model import slot_key


def fault(state: State, done: Complete) -> str | None:
    """Return why an answer cannot take effect: `target`, `accept`, `higher-body`, or None."""
    depth = offices.highest(done.met)[0]
    if "accept" not in done.fields:
        return incidents.answer_fault(state, done, depth)
    slot = state.slots.get(slot_key(done.fields)) or slots.empty()
    if chain.resolve(slot, done.fields["accept"]) is None:
        return "accept"
    decided = slot.get("answer")
    if decided is not None and decided[2] < depth:
        return "higher-body"
    return incidents.answer_fault(state, done, depth)


def apply(state: State, touches: Touches, done: Complete) -> str:
    """Apply an answer: its explanations, the statement it accepts, the objections it answers."""
    fields, index = done.fields, done.index
    replaced = incidents.answer(state, done)
    key = slot_key(fields)
    election = state.meta.get(f"election/{fields['election']}")
    slot = state.slots.edit(key, slots.empty())
    accepted = chain.resolve(slot, fields["accept"]) if "accept" in fields else None
    contest = known_contest(election, fields["contest"])
    explains = fields.get("explains", [])
    about = accepted["id"] if accepted else slot.get("head")
    if explains and about:
        slot.setdefault("said", []).append([index, about, explains])
    if accepted is not None:
        before = slot.get("answer")
        carriers = _carriers(slot, accepted["id"], done.id)
        slot["answer"] = [index, accepted["id"], offices.highest(done.met)[0], carriers]
        replaced.update((before or [()])[-1])
        chain.accept(slot, accepted)
        if slot.get("head") != accepted["id"]:
            late = slots.late(state, election, key)
            accepted["marks"] += [mark for mark in late if mark not in accepted["marks"]]
            if late:
                state.ids.edit(done.id)["marks"] = list(late)
            said = payload(state, accepted["first"])
            slots.install(state, election, key, slot, accepted, said, by=index)
        slots.count_contested(state, election, key, slot)
        for one in {accepted["id"], *(before or ())[1:2]}:
            doubt.mark_form(state, key, one)
    if slot.get("head"):
        forms = [said for said in slot["explained"] if said[2] == "form"]
        slot["explained"] = forms + slots.answers_of(slot)
        findings.reexplain(state, election, contest, key)
    for one in sorted(replaced):
        if state.ids.get(one)["kind"] == "answer" and not _still_says(state, slot, one):
            revisions.end(state, touches, one, index)
    return EFFECTIVE


def _still_says(state: State, slot: Record, statement_id: str) -> bool:
    """Tell whether anything that an answer says counts: an explanation, which no other takes back,
    the form that it accepts, what becomes of an objection.
    """
    fields = payload(state, state.ids.get(statement_id)["effect"])
    carries = "answer" in slot and statement_id in slot["answer"][-1]
    return carries or "explains" in fields or incidents.counts(state, fields, statement_id)


def _carriers(slot: Record, accepted: str, answer: str) -> list[str]:
    """Return the statements by which a form counts: any clean one of them carries it.

    A form that was head already needs no answer; whoever repeats what another answer decided takes
    nothing away from that.
    """
    if slot.get("head") != accepted:
        return [answer]
    decided = slot.get("answer")
    before = decided[3] if decided is not None and decided[1] == accepted else [accepted]
    return [*before, answer]
