"""The keys of the register: named by the log or an election, granted to persons, ended.

A record of map `keys` (key id):

    alg, key    algorithm and public key, as signed
    election, body, region, tps, pair    where it may sign; of operators the election is ""
    person, position    whose it is; a key belongs to one person for ever
    grant       index of the entry that named it
    revoked     index of the entry that ended it; absent while it may sign
    revoke_reason, suspect_from    as that entry says them
"""

from __future__ import annotations

from rekap.ledger import authority, rosters, slots
from rekap.ledger.places import known_contest
from rekap.ledger.state import Record, State
from rekap.ledger.touches import Touches
from rekap.signing.keys import read_key


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


def revoke(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> str | None:
    """A key ends for later entries; its earlier ones become suspect from `suspect_from` on."""
    keyid = fields["keyid"]
    key = state.keys.get(keyid)
    if key is None or key["election"] != fields["election"] or key["body"].startswith("roots"):
        return "key"
    if key.get("revoked") is not None:
        return "already"
    election_record = state.meta.get(f"election/{fields['election']}")
    key = state.keys.edit(keyid)
    key["revoked"] = index
    key["revoke_reason"] = fields["reason"]
    touches.officials(election_record, key["region"])
    touches.whole_statement(key["grant"])
    if "suspect_from" in fields:
        key["suspect_from"] = fields["suspect_from"]
        _suspect(state, touches, election_record, keyid, fields["suspect_from"])
    return None


def _suspect(
    state: State, touches: Touches, election_record: Record, keyid: str, start: int
) -> None:
    """Mark what a key signed from entry `start` on, and touch where it is shown."""
    for signed, _ in list(state.signed.scan(f"{keyid}/")):
        number = int(signed.split("/")[1])
        if number < start:
            continue
        touches.whole_statement(number)
        record = state.entry(number)
        slot = record.get("slot")
        if slot is None:
            _touch_place(touches, election_record, record)
            continue
        contest = known_contest(election_record, slot.split("/")[1])
        touches.slot(election_record, contest, slot, state.slots.get(slot)["ent"])
        if record["k"] == "form":
            slots.suspect(state, election_record, slot, record["id"])


def _touch_place(touches: Touches, election_record: Record, record: Record) -> None:
    if "region" not in record:
        return
    for contest in election_record["contests"]:
        touches.region(election_record, contest, record["region"])
    touches.officials(election_record, record["region"])
