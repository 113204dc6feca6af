"""An answer to a slot: it explains findings of the head, and may decide which statement counts."""

from __future__ import annotations

from rekap.core.ledger import chain, doubt, findings, incidents, offices, slots
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.logged import payload
from rekap.core.ledger.places import known_contest
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements.model import slot_key


def fault(state: State, done: Complete) -> str | None:
    """Return why an answer cannot take effect: `target`, `accept`, `higher-body`, or None."""
    if "accept" not in done.fields:
        return incidents.answer_fault(state, done)
    slot = state.slots.get(slot_key(done.fields)) or slots.empty()
    if chain.resolve(slot, done.fields["accept"]) is None:
        return "accept"
    decided = slot.get("ans")
    if decided is not None and decided[2] < _depth(done):
        return "higher-body"
    return incidents.answer_fault(state, done)


def _depth(done: Complete) -> int:
    """That of the highest answering body, 0 the roots: a later answer replaces an earlier one,
    never one of a higher body. Who withdraws an objection stands below them all.
    """
    bodies = [office.body for office in done.met if office.body in offices.BODIES]
    return min(map(offices.BODIES.index, bodies), default=len(offices.BODIES))


def apply(state: State, touches: Touches, done: Complete) -> str:
    """Apply an answer: its explanations, the statement it accepts, the objections it answers."""
    fields, index = done.fields, done.index
    incidents.answer(state, done, _depth(done))
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
        before = slot.get("ans")
        carriers = _carriers(slot, accepted["id"], done.id)
        slot["ans"] = [index, accepted["id"], _depth(done), carriers]
        chain.accept(slot, accepted)
        if slot.get("head") != accepted["id"]:
            late = slots.late(state, election, key)
            accepted["m"] += [mark for mark in late if mark not in accepted["m"]]
            if late:
                state.ids.edit(done.id)["m"] = list(late)
            said = payload(state, accepted["i"])
            slots.install(state, election, key, slot, accepted, said, by=index)
        slots.count_contested(state, election, key, slot)
        for one in {accepted["id"], *(before or ())[1:2]}:
            doubt.mark_form(state, key, one)
    if slot.get("head"):
        forms = [said for said in slot["explained"] if said[2] == "form"]
        slot["explained"] = forms + slots.answers_of(slot)
        findings.reexplain(state, election, contest, key)
    return EFFECTIVE


def _carriers(slot: Record, accepted: str, answer: str) -> list[str]:
    """Return the statements by which a form counts: any clean one of them carries it.

    A form that was head already needs no answer; whoever repeats what another answer decided takes
    nothing away from that.
    """
    if slot.get("head") != accepted:
        return [answer]
    decided = slot.get("ans")
    before = decided[3] if decided is not None and decided[1] == accepted else [accepted]
    return [*before, answer]
