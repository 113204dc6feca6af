"""The keys of the register: named by the log or an election, granted to persons, ended.

A record of map `keys` (key id):

    alg, key    algorithm and public key, as signed
    election, body, region, tps, pair    where it may sign; of operators the election is ""
    organisation    of a pemantau
    person, position    whose it is; a key belongs to one person for ever
    grant       index of the entry that named it
    revoked     index of the entry that ended it; absent while it may sign
    revoke_reason    as the last one that says something says it
    doubts      [[id of a revocation, its suspect_from], ...]
    suspect_from, tainted    see `suspicion`
"""

from __future__ import annotations

from rekap.core.ledger import authority, rosters
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.signing.keys import read_key


def are_taken(state: State, named: Record, election_id: str) -> bool:
    """Tell whether a key named as a root of an election cannot be one: another's, or ended."""
    for keyid, key in named.items():
        known = state.keys.get(keyid)
        if known is None:
            continue
        ended = known.get("revoked") is not None  # a root that ended could never sign again
        if ended or (known["election"], known["body"]) != (election_id, key["body"]):
            return True
    return False


def register(state: State, named: Record, index: int) -> None:
    """Take up the keys that entry `index` itself names (see `authority.keys_named`)."""
    for keyid, key in named.items():
        if state.keys.get(keyid) is None:
            state.keys.put(keyid, {**key, "grant": index})


def end_roots(state: State, before: Record | None, named: Record, index: int) -> None:
    """End the roots of the revision `before` that the one of entry `index` does not name."""
    for keyid in authority.keys_named(before) if before else ():
        if keyid not in named:
            state.keys.edit(keyid)["revoked"] = index


def grant_fault(state: State, done: Complete) -> str | None:
    """A place that no roster names, a key that can sign nothing, or one that was named before."""
    fields = done.fields
    place = state.regions.get(rosters.key(fields["election"], fields["region"]))
    if place is None:
        return "region"
    if not rosters.admits(place, fields.get("tps")):
        return "tps"
    if not authority.are_acceptable(fields["persons"]):
        return "unacceptable-key"
    keyids = [read_key(person["alg"], person["key"]).keyid for person in fields["persons"]]
    if any(state.keys.get(keyid) is not None for keyid in keyids):
        return "key-taken"
    return None


def grant(state: State, touches: Touches, done: Complete) -> str:
    """Persons of one body at one place get their keys; a key belongs to one person for ever."""
    fields = done.fields
    for person in fields["persons"]:
        record = {
            "alg": person["alg"], "key": person["key"], "election": fields["election"],
            "body": fields["body"], "person": person["person"], "position": person["position"],
            "region": fields["region"], "grant": done.index,
        }  # fmt: skip
        for name in ("tps", "pair", "organisation", "acting"):
            if name in fields:
                record[name] = fields[name]
        state.keys.put(read_key(person["alg"], person["key"]).keyid, record)
    officials = state.meta.edit(f"officials/{fields['election']}/{fields['region']}", {"i": []})
    officials["i"].append(done.index)
    return EFFECTIVE


def adds_nothing(key: Record, start: int | None) -> bool:
    """Tell whether a revocation, suspect from `start` on if at all, says nothing new of a key.

    A doubt that was said before may fall with those who said it, and stand with others.
    """
    return start is None and key.get("revoked") is not None


def revoke_fault(state: State, done: Complete) -> str | None:
    """`key`: nobody granted it in this election; `already`: nothing new is said of it."""
    fields = done.fields
    key = state.keys.get(fields["keyid"])
    if key is None or key["election"] != fields["election"] or key["body"].startswith("roots"):
        return "key"
    return "already" if adds_nothing(key, fields.get("suspect_from")) else None


def revoke(state: State, touches: Touches, done: Complete) -> str:
    """A key ends for later entries; `suspicion` says what becomes of its earlier ones.

    Of a key that has ended, however it did, the granter may still say from where on it is suspect.
    """
    key = state.keys.edit(done.fields["keyid"])
    key.setdefault("revoked", done.index)
    key["revoke_reason"] = done.fields["reason"]
    start = done.fields.get("suspect_from")
    if start is not None:
        key.setdefault("doubts", []).append([done.id, start])
    return EFFECTIVE
