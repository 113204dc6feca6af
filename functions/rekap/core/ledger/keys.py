"""The keys of the register: named by the log or an election, granted to persons, ended.

A record of map `keys` (key id):

    alg, key    algorithm and public key, as signed
    election, body, region, tps, pair    where it may sign; of operators the election is ""
    person, position    whose it is; a key belongs to one person for ever
    grant       index of the entry that named it
    revoked     index of the entry that ended it; absent while it may sign
    revoke_reason    as the last one that says something says it
    doubts      [[id of a revocation, its suspect_from], ...]
    suspect_from, tainted    see `suspicion`
"""

from __future__ import annotations

from rekap.core.ledger import authority, rosters
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


def grant(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> str | None:
    """Persons of one body at one place get their keys; a key belongs to one person for ever."""
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
    for keyid, person in zip(keyids, fields["persons"], strict=True):
        record = {
            "alg": person["alg"], "key": person["key"], "election": fields["election"],
            "body": fields["body"], "person": person["person"], "position": person["position"],
            "region": fields["region"], "grant": index,
        }  # fmt: skip
        for name in ("tps", "pair"):
            if name in fields:
                record[name] = fields[name]
        state.keys.put(keyid, record)
    officials = state.meta.edit(f"officials/{fields['election']}/{fields['region']}", {"i": []})
    officials["i"].append(index)
    election_record = state.meta.get(f"election/{fields['election']}")
    touches.officials(election_record, fields["region"])
    return None


def adds_nothing(key: Record, start: int | None) -> bool:
    """Tell whether a revocation, suspect from `start` on if at all, says nothing new of a key.

    A doubt that was said before may fall with those who said it, and stand with others.
    """
    return start is None and key.get("revoked") is not None


def revoke(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> str | None:
    """A key ends for later entries; `suspicion` says what becomes of its earlier ones.

    Of a key that has ended, however it did, the granter may still say from where on it is suspect.
    """
    keyid = fields["keyid"]
    key = state.keys.get(keyid)
    if key is None or key["election"] != fields["election"] or key["body"].startswith("roots"):
        return "key"
    start = fields.get("suspect_from")
    if adds_nothing(key, start):
        return "already"
    election_record = state.meta.get(f"election/{fields['election']}")
    key = state.keys.edit(keyid)
    key.setdefault("revoked", index)
    key["revoke_reason"] = fields["reason"]
    touches.officials(election_record, key["region"])
    touches.whole_statement(key["grant"])
    if start is not None:
        key.setdefault("doubts", []).append([statement_id, start])
    return None
