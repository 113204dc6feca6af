"""An answer to a slot: it explains findings of the head, and may decide which statement counts."""

from __future__ import annotations

from collections.abc import Callable

from rekap.core.ledger import chain, findings, slots, suspicion
from rekap.core.ledger.places import known_contest
from rekap.core.ledger.state import Record, State
from rekap.core.statements.model import slot_key


def apply(
    state: State,
    election: Record,
    fields: Record,
    index: int,
    depth: int,
    read: Callable[[int], Record],
) -> str | None:
    """Apply an answer: its explanations, and the statement it accepts. Returns a fault or None.

    `depth` is that of the answering body (0 root … 4 kpps): a later answer replaces an earlier one,
    never one of a higher body. `read(index)` returns the payload of an entry's statement.
    """
    key = slot_key(fields)
    slot = state.slots.edit(key, slots.empty())
    accepted = None
    if "accept" in fields:
        accepted = chain.resolve(slot, fields["accept"])
        if accepted is None:
            return "accept"
        decided = slot.get("ans")
        if decided is not None and decided[2] < depth:
            return "higher-body"
    contest = known_contest(election, fields["contest"])
    explains = fields.get("explains", [])
    about = accepted["id"] if accepted else slot.get("head")
    if explains and about:
        slot.setdefault("said", []).append([index, about, explains])
    if accepted is not None:
        before = slot.get("ans")
        answer = state.entry(index)["id"]
        carriers = _carriers(slot, accepted["id"], answer)
        slot["ans"] = [index, accepted["id"], depth, carriers]
        chain.accept(slot, accepted)
        if slot.get("head") != accepted["id"]:
            late = slots.late(state, election, key)
            accepted["m"] += [mark for mark in late if mark not in accepted["m"]]
            if late:
                state.ids.edit(answer)["m"] = list(late)
            slots.install(state, election, key, slot, accepted, read(accepted["i"]), by=index)
        slots.count_contested(state, election, key, slot)
        for one in {accepted["id"], *(before or ())[1:2]}:
            suspicion.mark_form(state, key, one)
    if slot.get("head"):
        forms = [said for said in slot["explained"] if said[2] == "form"]
        slot["explained"] = forms + slots.answers_of(slot)
        findings.reexplain(state, election, contest, key)
    return None


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
