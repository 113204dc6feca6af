"""Objections to a form, what happened where it was made, and what is answered.

Of map `meta`:

    incident/{slot}/{kind}/{side}/{number}    the last that a side said under a number of its paper:
        kind, statement, index, contest, form, region, tps, name (the region's then), body, pair,
        organisation, number, code, time, claims, text; `answer` of an objection is the one that
        counts, or None: {statement, index, outcome, body, region, depth, accept}; `decided`:
        whether any answer accepted or rejected it
    objection-of/{id}    {"key": the key above} of every objection that took effect
    attachment/{digest}  {"index": of the first entry in effect that names these words}
    incidents/{election}/{contest}/{region}    of the region and all below it: {"counts": {state:
        how many}, "open": keys of open objections, "rest": keys of the others and of events},
        the newest SHOWN of each first. Absent until there is one; meetings are in none.

Of map `slots`: `incidents` [keys of the newest SHOWN], `lines` how many there are, both without
meetings; `meeting` {number: [code, time, index]}.

What a side says later under a number replaces what it said: an objection is open again. A list that
is full gives up the oldest line of the side that has most in it: nobody buries what others say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rekap.core.ledger import addresses, offices, revisions, slots, touched
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import View
from rekap.core.ledger.places import known_contest, place_name
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements import regions
from rekap.core.statements.model import ANSWERS, MEETINGS, WITHDRAWN, slot_key

SHOWN: Final = 40
"""Open objections that the page of a region tells one by one, and others; its table has all."""
OPEN: Final = "open"
EVENT: Final = "event"
STATES: Final = (OPEN, *ANSWERS, EVENT)


def key(fields: Mapping[str, Any]) -> str:
    """Key of what a side says about a slot under one number of its paper."""
    side = offices.side_of(fields)
    who = fields["body"] if side is None else f"{fields['body']}.{side}"
    return f"incident/{slot_key(fields)}/{fields['kind']}/{who}/{fields['number']:03}"


def list_key(election: str, contest: str, code: str) -> str:
    """Key of what was said about a region and all below it."""
    return f"incidents/{election}/{contest}/{code}"


def attachment_key(digest: str) -> str:
    """Key of words that an objection or event in effect has named."""
    return f"attachment/{digest}"


def first_words(view: View, digest: str) -> Record | None:
    """Return the index of the objection or event that named words first, or None: none did."""
    record: Record | None = view.get("meta", attachment_key(digest))
    return record


def named_words(state: State) -> Iterator[str]:
    """Yield the digests of words that entries in effect name, in their order."""
    for key, _ in state.meta.scan(attachment_key("")):
        yield key.removeprefix(attachment_key(""))


def state_of(record: Record) -> str:
    """What became of an objection, or that it is an event: one of STATES."""
    if record["kind"] == EVENT:
        return EVENT
    return str(record["answer"]["outcome"]) if record["answer"] else OPEN


def objection_fault(state: State, done: Complete) -> str | None:
    """Return `pairs` where it claims votes of pairs that the contest has not."""
    election = state.meta.get(f"election/{done.fields['election']}")
    return slots.pairs_fault(election, done.fields, "claims")


def apply(state: State, touches: Touches, done: Complete) -> str:
    """The slot remembers it, and every region above counts it."""
    fields = done.fields
    own = key(fields)
    before = state.meta.get(own)
    names = ("kind", "contest", "form", "region", "body", "number", "code")
    maybe = ("tps", "pair", "organisation", "time", "claims", "text")
    record = {
        **{name: fields[name] for name in names}, **{name: fields.get(name) for name in maybe},
        "statement": done.id, "index": done.index, "answer": None, "decided": False,
        "name": place_name(state, fields["election"], fields["region"]),
    }  # fmt: skip
    state.meta.put(own, record)
    if before is not None:
        revisions.end(state, touches, before["statement"], done.index)
    if fields["kind"] != EVENT:
        state.meta.put(f"objection-of/{done.id}", {"key": own})
    if record["text"] is not None and first_words(state, record["text"]) is None:
        state.meta.put(attachment_key(record["text"]), {"index": done.index})
    slot = state.slots.edit(slot_key(fields), slots.empty())
    _meet(slot, before, record)
    old, new = (one is not None and not is_meeting(one) for one in (before, record))
    slot["lines"] = slot.get("lines", 0) + new - old
    others = [one for one in slot.get("incidents", ()) if one != own]
    slot["incidents"] = fair([own, *others] if new else others, SHOWN)
    _count(state, fields["election"], own, before, record)
    return EFFECTIVE


def is_meeting(record: Record) -> bool:
    """Tell whether a line tells what the meeting does: it is counted nowhere."""
    return record["code"] in MEETINGS


def _meet(slot: Record, before: Record | None, record: Record) -> None:
    """Keep what the meeting did, by the number of the paper's line."""
    number = str(record["number"])
    if before is not None and is_meeting(before):
        del slot["meeting"][number]
    if is_meeting(record):
        slot.setdefault("meeting", {})[number] = [record["code"], record["time"], record["index"]]


def _count(
    state: State, election: str, own: str, before: Record | None, after: Record | None
) -> None:
    """Count what is said now instead of what was, at the region and at all above it."""
    old, new = (None if one is None or is_meeting(one) else one for one in (before, after))
    about = new or old
    if about is None:
        return
    top = known_contest(state.meta.get(f"election/{election}"), about["contest"])["region"]
    for code in regions.upward(about["region"], top):
        listed = state.meta.edit(
            list_key(election, about["contest"], code), {"counts": {}, "open": [], "rest": []}
        )
        counts = listed["counts"]
        for one, sign in ((old, -1), (new, 1)):
            if one is not None:
                counts[state_of(one)] = counts.get(state_of(one), 0) + sign
        for name in ("open", "rest"):
            listed[name] = [one for one in listed[name] if one != own]
        if new is not None:
            name = "open" if state_of(new) == OPEN else "rest"
            listed[name] = fair([own, *listed[name]], SHOWN)


def fair(keys: list[str], most: int) -> list[str]:
    """Return `most` of the keys, newest first: whoever has most of them gives up the oldest."""
    kept = list(keys)
    while len(kept) > most:
        of = Counter(map(_whose, kept))
        last = max(at for at, one in enumerate(kept) if of[_whose(one)] == max(of.values()))
        del kept[last]
    return kept


def _whose(own: str) -> str:
    """The side that says a line, by the key of the line."""
    return own.split("/")[-2]


def answer_fault(state: State, done: Complete, depth: int) -> str | None:
    """`target`: what it answers is no objection in force of the slot, or was withdrawn; what it
    withdraws is another side's, or was decided. `higher-body`: one above has answered.

    `depth` is that of the body that answers, 0 the roots.
    """
    fields = done.fields
    found = [in_force(state, fields, one) for one in fields.get("to", ())]
    known = [one for one in found if one is not None]
    if known != found or not all(may_answer(one, known[0], fields["outcome"]) for one in known):
        return "target"
    if not known or fields["outcome"] == WITHDRAWN:
        return None
    above = any(one["answer"] is not None and one["answer"]["depth"] < depth for one in known)
    return "higher-body" if above else None


def in_force(view: View, fields: Mapping[str, Any], statement_id: str) -> Record | None:
    """Return the objection in force that an answer to its slot names, or None."""
    own = offices.objection_key(view, statement_id)
    if not own.startswith(f"incident/{slot_key(fields)}/objection/"):
        return None
    record: Record = view.get("meta", own)
    return record if record["statement"] == statement_id else None


def may_answer(record: Record, first: Record | None, outcome: str) -> bool:
    """Tell whether an outcome may be said of an objection; `first` is the first of the same answer:
    who withdraws, withdraws what one side said, and nothing that anybody decided.
    """
    if state_of(record) == WITHDRAWN:
        return False
    same = first is not None and _side(record) == _side(first)
    return outcome != WITHDRAWN or (same and not record["decided"])


def _side(record: Record) -> tuple[str, int | str | None]:
    return record["body"], offices.side_of(record)


def answer(state: State, done: Complete) -> set[str]:
    """Objections are answered. Return the ids of the answers that counted until now."""
    fields = done.fields
    depth, office = offices.highest(done.met)
    replaced = set()
    for one in fields.get("to", ()):
        own = offices.objection_key(state, one)
        before = state.meta.get(own)
        said = {
            "statement": done.id, "index": done.index, "outcome": fields["outcome"],
            "body": office.body, "region": office.region, "depth": depth,
            "accept": fields.get("accept"),
        }  # fmt: skip
        decided = before["decided"] or fields["outcome"] in ("accepted", "rejected")
        after = {**before, "answer": said, "decided": decided}
        state.meta.put(own, after)
        _count(state, fields["election"], own, before, after)
        if before["answer"] is not None:
            replaced.add(before["answer"]["statement"])
    return replaced


def counts(state: State, fields: Mapping[str, Any], answer_id: str) -> bool:
    """Tell whether an answer with these fields counts for an objection that it names."""
    named = (state.meta.get(offices.objection_key(state, one)) for one in fields.get("to", ()))
    return any((one["answer"] or {}).get("statement") == answer_id for one in named)


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The place, and the pages of objections of its region and of those above; of an answer all
    that shows the slot.
    """
    answers = record["kind"] == "answer"
    if answers:
        touched.slot(touches, state, record, fields)
    if record["status"] != EFFECTIVE or (answers and "to" not in fields):
        return
    election = state.meta.get(f"election/{fields['election']}")
    contest = known_contest(election, fields["contest"])
    touches.place(election, contest, fields["region"], fields.get("tps"))
    touches.upward(election, contest, fields["region"])
    for code in regions.upward(fields["region"], contest["region"]):
        if has_page(state, election["id"], contest["id"], code):
            touches.incidents(election, contest, code)
    touches.days(election, regions.upward(fields["region"], contest["region"]))


def has_page(view: View, election: str, contest: str, code: str) -> bool:
    """Tell whether a region has a page of its objections and events."""
    return (
        regions.depth(code) <= addresses.INCIDENTS_LOWEST
        and view.get("meta", list_key(election, contest, code)) is not None
    )


def of_region(view: View, election: str, contest: str, code: str) -> Record:
    """Return what was said about a region and all below it."""
    found: Record | None = view.get("meta", list_key(election, contest, code))
    return found or {"counts": {}, "open": [], "rest": []}


def of_contest(state: State, election: str, contest: str) -> Iterator[Record]:
    """Yield every objection and event in force of a contest, by form, place, side and number."""
    for _, record in state.meta.scan(f"incident/{election}/{contest}/"):
        yield record


def meeting_of(slot: Record | None) -> list[Any] | None:
    """Return [code, time, index] of the last line of the paper that tells of the meeting."""
    lines = (slot or {}).get("meeting") or {}
    return lines[max(lines, key=int)] if lines else None
