"""What statements change when they take effect, and why they cannot: see `kinds`.

A function `…_fault` returns why a statement is void although enough have signed it, or None, and
changes nothing. That a revision continues the one in force is asked behind it, of every kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rekap.core.errors import Malformed
from rekap.core.ledger import (
    addresses,
    authority,
    findings,
    keys,
    offices,
    revisions,
    rosters,
    slots,
    totals,
)
from rekap.core.ledger.complete import EFFECTIVE, Complete, has_ketua
from rekap.core.ledger.offices import View
from rekap.core.ledger.places import children, contest_of, followed_key, place_name
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.log.policy import Policy
from rekap.core.statements import regions, schema
from rekap.core.statements.kinds_election import follows_here
from rekap.core.statements.model import FORM_OF_LEVEL, SHEETS, STATION_FORM, SUMMARY

ELECTIONS_MAX: Final = 40
"""In one log: policy.txt, with the roots of all, stays below what readers of it take."""


def no_fault(state: State, done: Complete) -> None:
    """Who may sign it is all that is asked."""


def has_policy(fields: Mapping[str, Any]) -> bool:
    """Tell whether the policy of a `log` statement is a tlog-policy of the log's own key alone.

    Without one no checkpoint could ever count, and beside another log's key it would be open whose
    anchors are whose: such an entry 0 begins no log.
    """
    try:
        policy = Policy.of_lines(fields["policy"])
    except Malformed:
        return False
    return [block.key.vkey for block in policy.logs] == [fields["log_key"]]


def log_fault(state: State, done: Complete) -> str | None:
    """`policy`, or a key that can sign nothing, or one key for two."""
    fields = done.fields
    if not has_policy(fields):
        return "policy"
    named = authority.keys_named(fields)
    if not authority.are_acceptable(named.values()):
        return "unacceptable-key"
    if len(named) < len(fields["operators"]["keys"]) + 2:
        return "key-taken"
    return None


def log(state: State, touches: Touches, done: Complete) -> str:
    """Entry 0: mode, keys and policy of the whole log."""
    state.meta.put("log", {**done.fields, "id": done.id, "index": done.index})
    keys.register(state, authority.keys_named(done.fields), done.index)
    return EFFECTIVE


def publication(state: State, touches: Touches, done: Complete) -> str:
    """Another release renders from here on."""
    return _latest(state, touches, done, "publication")


def app(state: State, touches: Touches, done: Complete) -> str:
    """Officers sign in another app from here on."""
    return _latest(state, touches, done, "app")


def _latest(state: State, touches: Touches, done: Complete, name: str) -> str:
    """Put a statement in the place of the one of its kind before it."""
    before = state.meta.get(name)
    if before is not None:
        revisions.end(state, touches, before["id"], done.index)
    state.meta.put(name, {**done.fields, "id": done.id, "index": done.index})
    return EFFECTIVE


def uploaders_fault(state: State, done: Complete) -> str | None:
    """`uploader`: browsers let no passkey of this log sign there; `already`: none is new."""
    rp_id = state.meta.get("log")["rp_id"]
    if schema.uploader_findings(done.fields, rp_id):
        return "uploader"
    known = authority.uploaders_in_force(state)
    return "already" if known.issuperset(done.fields["origins"]) else None


def uploaders(state: State, touches: Touches, done: Complete) -> str:
    """Passkeys may sign on more pages from the next entry on."""
    added = state.meta.edit("uploaders", {"origins": [], "entries": []})
    added["origins"] = sorted({*added["origins"], *done.fields["origins"]})
    added["entries"].append(done.index)
    return EFFECTIVE


def election_in_force(view: View, fields: Mapping[str, Any]) -> tuple[str | None, int]:
    """Return (id, revision) of an election's statement in force."""
    return revisions.in_force(view, f"election/{fields['election']}")


def election_fault(state: State, done: Complete) -> str | None:
    """A root that cannot be one, an election too many, a revision that changes what it may not."""
    fields = done.fields
    before = state.meta.get(f"election/{fields['election']}")
    named = authority.keys_named(fields)
    if not authority.are_acceptable(named.values()):
        return "unacceptable-key"
    if keys.are_taken(state, named, fields["election"]):
        return "key-taken"
    if before is None:
        begun = (state.meta.get("elections") or {"ids": []})["ids"]
        if fields["revision"] == 1 and len(begun) >= ELECTIONS_MAX:
            return "limit"
        return None if all(_knows_followed(state, one) for one in fields["contests"]) else "contest"
    return None if may_revise(before, fields) else "previous"


def _knows_followed(state: State, contest: Record) -> bool:
    """Tell whether the contest of another election exists that one follows, if it follows one."""
    follows = contest.get("follows", {})
    if "election" not in follows:
        return True
    other = state.meta.get(f"election/{follows['election']}")
    named = contest_of(other, follows["contest"]) if other else None
    return named is not None and all(named[name] == contest[name] for name in ("office", "region"))


def election(state: State, touches: Touches, done: Complete) -> str:
    """An election begins; or a later revision says what became of it."""
    fields, index = done.fields, done.index
    key = f"election/{fields['election']}"
    before = state.meta.get(key)
    named = authority.keys_named(fields)
    tops = [contest["region"] for contest in fields["contests"]]
    record = {
        **fields, "id": fields["election"], "statement": done.id, "index": index,
        "base": addresses.officials_base(tops),
        "first_roots": before["first_roots"] if before else _root_keyids(named),
        "known": len(before["contests"]) if before else 0,
        "provincial": any(contest["office"] == "governor" for contest in fields["contests"]),
    }  # fmt: skip
    keys.end_roots(state, before, named, index)
    keys.register(state, named, index)
    state.meta.put(key, record)
    if before is None:
        order = state.meta.edit("elections", {"ids": []})
        order["ids"].append(fields["election"])
        for contest in fields["contests"]:
            follows = contest.get("follows", {})
            if "election" in follows:
                by = {"election": fields["election"], "contest": contest["id"]}
                state.meta.put(followed_key(follows["election"], follows["contest"]), by)
                touches.election_base(follows["election"])
    return EFFECTIVE


def _root_keyids(named: Record) -> list[str]:
    return sorted(k for k, key in named.items() if key["body"] == offices.ROOT_KPU)


def may_revise(before: Record, after: Record) -> bool:
    """A later revision may change roots, say what became of pairs, and add holidays and contests
    that follow one of this election.
    """
    kept = ("name", "date", "timezone", "source", "policy")
    if any(before.get(name) != after.get(name) for name in kept):
        return False
    if not {*before.get("holidays", ())} <= {*after.get("holidays", ())}:
        return False
    known = len(before["contests"])
    return (
        known <= len(after["contests"])
        and all(map(_may_continue, before["contests"], after["contests"]))
        and all(follows_here(one) is not None for one in after["contests"][known:])
    )


def _may_continue(before: Record, after: Record) -> bool:
    """A contest stays as it is, but for what became of its pairs."""
    return (
        {**before, "pairs": ()} == {**after, "pairs": ()}
        and len(before["pairs"]) == len(after["pairs"])
        and all(map(_may_follow, before["pairs"], after["pairs"]))
    )


def _may_follow(before: Record, after: Record) -> bool:
    """A pair keeps what was said of it, and may get more notes."""
    said = before.get("notes", [])
    kept = after.get("notes", [])[: len(said)] == said
    return bool(kept and {**before, "notes": ()} == {**after, "notes": ()})


def roster_fault(state: State, done: Complete) -> str | None:
    """`region`: no roster names it, or one of its children would have two regions above it."""
    fields = done.fields
    known = rosters.knows(state, fields["election"], fields["region"], None)
    if not known and fields["region"] != regions.COUNTRY:
        return "region"
    named = state.meta.get(f"election/{fields['election']}")
    return None if rosters.may_name(state, named, fields) else "region"


def roster(state: State, touches: Touches, done: Complete) -> str:
    """The children of a region are named; findings that depend on them are asked again."""
    fields = done.fields
    election_record = state.meta.get(f"election/{fields['election']}")
    code = fields["region"]
    before = _listing(state, fields["election"], code)
    kids = children(state, fields["election"], code)
    touches.names(fields["election"], (place_name(state, fields["election"], kid) for kid in kids))
    if rosters.is_late(state, fields):
        state.ids.edit(done.id)["marks"] = ["L4"]
    rosters.apply(state, fields, done.id, done.index)
    after = _listing(state, fields["election"], code)
    flipped = [child for child, listed in after.items() if before.get(child, True) != listed]
    for contest in election_record["contests"]:
        top = contest["region"]
        if not regions.is_within(code, top):
            continue
        for child in flipped:
            _relist(state, election_record, contest, done, child)
        for place in regions.upward(code, top):
            findings.check_sums(state, election_record, contest, place)
        form = FORM_OF_LEVEL[regions.level(code)]
        slot = f"{fields['election']}/{contest['id']}/{form}/{code}"
        findings.check_roster(state, election_record, contest, slot)
    return EFFECTIVE


def _listing(state: State, election_id: str, code: str) -> dict[str, bool]:
    """Return {child or TPS: whether it is in the roster in force}."""
    record = state.regions.get(rosters.key(election_id, code)) or {}
    listing = {number: True for number, _ in record.get("tps") or []}
    listing |= dict.fromkeys(record.get("gone", []), False)
    kids = record.get("children") or []
    return listing | {kid: rosters.is_listed(state, election_id, kid) for kid in kids}


def _relist(
    state: State, election_record: Record, contest: Record, done: Complete, child: str
) -> None:
    """Move what was left out (or taken up again) out of (into) what may complete a sum."""
    code = done.fields["region"]
    start = f"{election_record['id']}/{contest['id']}"
    if regions.depth(code) == 4:
        below = [f"{start}/{STATION_FORM}/{code}/{child}"]
        slots.relist(state, election_record, contest, below[0], done.index)
    else:
        form = FORM_OF_LEVEL[regions.level(child)]
        has_form = bool((state.slots.get(f"{start}/{form}/{child}") or {}).get("head"))
        totals.relist(state, election_record["id"], contest, child, form, has_form=has_form)
        prefixes = [f"{start}/{one}/{child}" for one in (STATION_FORM, *SHEETS)]
        below = [key for prefix in prefixes for key, _ in list(state.slots.scan(prefix))]
    for key in below:
        findings.check_listed(state, election_record, contest, key)


def form_fault(state: State, done: Complete) -> str | None:
    """Return `pairs` for figures of pairs that the contest has not."""
    election_record = state.meta.get(f"election/{done.fields['election']}")
    return slots.form_fault(election_record, done.fields)


def form(state: State, touches: Touches, done: Complete) -> str:
    """A form takes its place in the chain of its slot; the status is that of the chain."""
    election_record = state.meta.get(f"election/{done.fields['election']}")
    marks = [] if done.fields["form"] == SUMMARY or has_ketua(done.signers) else ["S1"]
    return slots.take_effect(
        state, election_record, done.fields, done.id, done.first, done.index, marks
    )


def close(state: State, touches: Touches, done: Complete) -> str:
    """Intake ends; what was receipted before still takes effect."""
    if state.meta.get("closed") is None:
        state.meta.put("closed", {"index": done.index, "statements": 0, "forms": 0})
    return EFFECTIVE
