"""What supervisors recommend, and what the organisers do about it.

Of map `meta`:

    recommendation/{election}/{contest}/{body}/{region}[/{tps}]/{number}    the one in force:
        statement, index, revision, contest, body, region, tps, name, number, type, ground, to,
        places [[region, tps or null, its name then]], due, and
        responses {body/region/tps: the one in force: statement, index, revision, outcome, date,
        reason, paper, body, region, tps}
    recommendation-of/{id}    {"key": the key above} of every recommendation that took effect
    response/{election}/{id}/{body/region/tps}    {statement, revision}
    recommended/{election}/{contest}/{region}[/{tps}]    {"cases": keys of those about the place}
    recommendations/{election}/{contest}    {"count": how many there are, "shown": keys of the last
        SHOWN that were said or responded to, newest first, "counts": {type: places by state}}

A revision says something new: what was responded to the one before is no response to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rekap.core.ledger import revisions, rosters
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.offices import BODIES, View
from rekap.core.ledger.places import contest_of, known_contest, place_name
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements import regions

SHOWN: Final = 40
"""Recommendations that a contest's page tells one by one; its table has all."""
STATES: Final = ("held", "refused", "waiting", "silent")
_STATE_OF: Final = {"done": "held", "not-done": "refused", "scheduled": "waiting"}


def key(fields: Mapping[str, Any]) -> str:
    """Key of what a body says under one number of its register."""
    about = f"{fields['election']}/{fields['contest']}"
    return f"recommendation/{about}/{_seat(fields)}/{fields['number']}"


def key_of(view: View, statement_id: str) -> str | None:
    """Key of the recommendation of which a statement that took effect is a revision."""
    found = view.get("meta", f"recommendation-of/{statement_id}")
    return str(found["key"]) if found else None


def place_key(election: str, contest: str, code: str, tps: str | None) -> str:
    """Key of what is recommended about a place."""
    return f"recommended/{election}/{contest}/{code}" + (f"/{tps}" if tps else "")


def list_key(election: str, contest: str) -> str:
    """Key of the list of a contest."""
    return f"recommendations/{election}/{contest}"


def in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return (id, revision) of what a body says under this number."""
    return revisions.in_force(view, key(fields))


def response_in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return (id, revision) of what a body responds to this recommendation."""
    return revisions.in_force(view, _response_key(fields))


def response_of(record: Record) -> Record | None:
    """The response that counts: that of the highest body, of one body its last; None: no word."""
    found = record["responses"].values()
    return min(found, key=lambda one: BODIES.index(one["body"]), default=None)


def state_of(record: Record) -> str:
    """What became of a recommendation: one of STATES."""
    response = response_of(record)
    return "silent" if response is None else _STATE_OF[response["outcome"]]


def fault(state: State, done: Complete) -> str | None:
    """`contest`; `region`, `tps`: no roster names the body's place, or one that it is about."""
    fields = done.fields
    election = state.meta.get(f"election/{fields['election']}")
    contest = contest_of(election, fields["contest"])
    if contest is None:
        return "contest"
    top = contest["region"]
    spots = (fields, fields["to"], *fields["places"])
    within = all(regions.is_within(place["region"], top) for place in fields["places"])
    if not within or not all(_is_named(state, fields["election"], one, None) for one in spots):
        return "region"
    named = (_is_named(state, fields["election"], one, one.get("tps")) for one in spots)
    return None if all(named) else "tps"


def _is_named(state: State, election: str, place: Mapping[str, Any], tps: str | None) -> bool:
    return rosters.knows(state, election, place["region"], tps)


def apply(state: State, touches: Touches, done: Complete) -> str:
    """A recommendation is in force, in place of the one that it revises."""
    fields = done.fields
    election, contest_id, own = fields["election"], fields["contest"], key(fields)
    before = state.meta.get(own)
    if before is not None:
        _count(state, election, before, -1)
        _forget(state, touches, election, own, before)
    names = ("contest", "body", "region", "number", "type", "ground", "to", "revision")
    record = {
        **{name: fields[name] for name in names}, "statement": done.id, "index": done.index,
        "tps": fields.get("tps"), "due": fields.get("due"),
        "name": place_name(state, election, fields["region"]),
        "places": [
            [one["region"], one.get("tps"), place_name(state, election, one["region"])]
            for one in fields["places"]
        ],
        "responses": {},
    }  # fmt: skip
    state.meta.put(own, record)
    state.meta.put(f"recommendation-of/{done.id}", {"key": own})
    for code, tps, _ in record["places"]:
        about = state.meta.edit(place_key(election, contest_id, code, tps), {"cases": []})
        about["cases"] = [*about["cases"], own]
    _count(state, election, record, 1)
    _list(state, election, contest_id, own, new=before is None)
    return EFFECTIVE


def _forget(state: State, touches: Touches, election: str, own: str, before: Record) -> None:
    """Take a recommendation from the places that it named until now, and touch them."""
    contest = known_contest(state.meta.get(f"election/{election}"), before["contest"])
    for code, tps, _ in before["places"]:
        about = state.meta.edit(place_key(election, before["contest"], code, tps))
        about["cases"] = [one for one in about["cases"] if one != own]
        touches.place(state.meta.get(f"election/{election}"), contest, code, tps)


def response_fault(state: State, done: Complete) -> str | None:
    """`target`: no recommendation in force of the contest, not by whom it asks or one above, or a
    form that took effect at none of its places.
    """
    fields = done.fields
    record = target(state, fields)
    if record is None or not may_respond(record, fields):
        return "target"
    paper = fields.get("paper")
    return None if paper is None or _is_there(state, fields, record, paper) else "target"


def target(view: View, fields: Mapping[str, Any]) -> Record | None:
    """The recommendation in force that a response names, or None."""
    own = key_of(view, fields["to"])
    record: Record | None = view.get("meta", own) if own else None
    same = record is not None and record["statement"] == fields["to"]
    about = f"recommendation/{fields['election']}/{fields['contest']}/"
    return record if same and str(own).startswith(about) else None


def may_respond(record: Record, fields: Mapping[str, Any]) -> bool:
    """Tell whether the body that responds is the one addressed, or a body above it."""
    to = record["to"]
    if fields["body"] == to["body"]:
        return (fields["region"], fields.get("tps")) == (to["region"], to.get("tps"))
    above = BODIES.index(fields["body"]) < BODIES.index(to["body"])
    return above and regions.is_within(to["region"], fields["region"])


def _is_there(state: State, fields: Mapping[str, Any], record: Record, paper: str) -> bool:
    known = state.ids.get(paper)
    if known is None or known["kind"] != "form" or known["effect"] is None:
        return False
    election, contest, _, code, *tps = state.entry(known["effect"])["slot"].split("/")
    spot = [code, tps[0] if tps else None]
    own = (election, contest) == (fields["election"], fields["contest"])
    return own and any(place[:2] == spot for place in record["places"])


def respond(state: State, touches: Touches, done: Complete) -> str:
    """An organiser has spoken: the recommendation is in another state from now on."""
    fields = done.fields
    own = str(key_of(state, fields["to"]))
    record = state.meta.edit(own)
    _count(state, fields["election"], record, -1)
    names = ("outcome", "date", "reason", "paper", "body", "region", "tps", "revision")
    record["responses"][_seat(fields)] = {
        **{name: fields.get(name) for name in names}, "statement": done.id, "index": done.index,
    }  # fmt: skip
    _count(state, fields["election"], record, 1)
    said = {"statement": done.id, "revision": fields["revision"]}
    state.meta.put(_response_key(fields), said)
    _list(state, fields["election"], fields["contest"], own, new=False)
    return EFFECTIVE


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The page of the contest's recommendations, and the places; nothing above them."""
    _touch(touches, state, fields, state.meta.get(key(fields)))


def touch_response(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The same as the recommendation that it is about."""
    own = key_of(state, fields["to"])
    _touch(touches, state, fields, state.meta.get(own) if own else None)


def _touch(touches: Touches, state: State, fields: Record, said: Record | None) -> None:
    if said is None:
        return
    election = state.meta.get(f"election/{fields['election']}")
    contest = known_contest(election, fields["contest"])
    touches.recommendations(election, contest)
    for code, tps, _ in said["places"]:
        touches.place(election, contest, code, tps)


def of_place(view: View, election: str, contest: str, code: str, tps: str | None) -> list[Record]:
    """What is recommended about a place, the latest first."""
    keys = (view.get("meta", place_key(election, contest, code, tps)) or {"cases": []})["cases"]
    return [view.get("meta", one) for one in reversed(keys)]


def of_contest(state: State, election: str, contest: str) -> Iterator[Record]:
    """Yield every recommendation in force of a contest, by body, place and number."""
    for _, record in state.meta.scan(f"recommendation/{election}/{contest}/"):
        yield record


def _seat(fields: Mapping[str, Any]) -> str:
    tps = fields.get("tps")
    return f"{fields['body']}/{fields['region']}" + (f"/{tps}" if tps else "")


def _response_key(fields: Mapping[str, Any]) -> str:
    return f"response/{fields['election']}/{fields['to']}/{_seat(fields)}"


def _count(state: State, election: str, record: Record, sign: int) -> None:
    """Add the places of a recommendation to those of its type and state, or take them away."""
    listed = state.meta.edit(
        list_key(election, record["contest"]), {"count": 0, "shown": [], "counts": {}}
    )
    counts = listed["counts"].setdefault(record["type"], dict.fromkeys(STATES, 0))
    counts[state_of(record)] += sign * len(record["places"])


def _list(state: State, election: str, contest: str, own: str, *, new: bool) -> None:
    listed = state.meta.edit(list_key(election, contest))
    listed["count"] += new
    listed["shown"] = [own, *(one for one in listed["shown"] if one != own)][:SHOWN]
