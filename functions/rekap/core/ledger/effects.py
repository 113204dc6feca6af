"""What statements other than forms change when they take effect.

Each function returns why the statement is void after all, or None. Nothing is changed before the
last reason to refuse was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rekap.core.errors import Malformed
from rekap.core.ledger import addresses, authority, findings, keys, offices, rosters, slots, totals
from rekap.core.ledger.places import children, contest_of, place_name
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.log.policy import Policy
from rekap.core.statements import regions
from rekap.core.statements.model import FORM_OF_LEVEL, SHEETS, STATION_FORM

Effect = Callable[[State, Touches, Record, str, int], str | None]


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


def log(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> str | None:
    """Entry 0: mode, keys and policy of the whole log."""
    if not has_policy(fields):
        return "policy"
    named = authority.keys_named(fields)
    if not authority.are_acceptable(named.values()):
        return "unacceptable-key"
    if len(named) < len(fields["operators"]["keys"]) + 2:
        return "key-taken"
    state.meta.put("log", {**fields, "id": statement_id, "index": index})
    keys.register(state, named, index)
    touches.log_base()
    touches.page(addresses.PORTAL)
    return None


def publication(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> None:
    """From here on another release renders: every page may change."""
    state.meta.put("publication", {**fields, "id": statement_id, "index": index})
    touches.log_base()


def election(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> str | None:
    """An election begins, or a later revision marks a pair withdrawn or changes roots."""
    key = f"election/{fields['election']}"
    before = state.meta.get(key)
    named = authority.keys_named(fields)
    if not authority.are_acceptable(named.values()):
        return "unacceptable-key"
    if keys.are_taken(state, named, fields["election"]):
        return "key-taken"
    if before is None:
        if fields["revision"] != 1:
            return "previous"
    else:
        if fields.get("previous") != before["statement"]:
            return "previous"
        if fields["revision"] != before["revision"] + 1 or not _may_revise(before, fields):
            return "previous"
    tops = [contest["region"] for contest in fields["contests"]]
    record = {
        **fields, "id": fields["election"], "statement": statement_id, "index": index,
        "base": addresses.officials_base(tops),
        "first_roots": before["first_roots"] if before else _root_keyids(named),
        "provincial": any(contest["office"] == "governor" for contest in fields["contests"]),
    }  # fmt: skip
    keys.end_roots(state, before, named, index)
    keys.register(state, named, index)
    state.meta.put(key, record)
    if before is None:
        order = state.meta.edit("elections", {"ids": []})
        order["ids"].append(fields["election"])
        touches.officials(record, record["base"])
        for contest in record["contests"]:
            touches.region(record, contest, contest["region"])
    touches.election_base(fields["election"])
    touches.front(record)
    touches.page(addresses.ABOUT)
    return None


def _root_keyids(named: Record) -> list[str]:
    return sorted(k for k, key in named.items() if key["body"] == offices.ROOT_KPU)


def _may_revise(before: Record, after: Record) -> bool:
    """A later revision may only mark pairs withdrawn and change roots."""
    kept = ("name", "date", "timezone", "source", "policy")
    if any(before.get(name) != after.get(name) for name in kept):
        return False
    contests = list(zip(before["contests"], after["contests"], strict=False))
    return len(before["contests"]) == len(after["contests"]) and all(
        {**old, "pairs": ()} == {**new, "pairs": ()}
        and len(old["pairs"]) == len(new["pairs"])
        and all(map(_may_follow, old["pairs"], new["pairs"]))
        for old, new in contests
    )


def _may_follow(before: Record, after: Record) -> bool:
    """A pair stays as it is, or is withdrawn from now on."""
    return after in (before, {**before, "withdrawn": True})


def roster(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> str | None:
    """The children of a region are named; findings that depend on them are asked again."""
    why = rosters.fault(state, fields)
    if why is not None:
        return why
    election_record = state.meta.get(f"election/{fields['election']}")
    code = fields["region"]
    named = [child["code"] for child in fields.get("children", ())]
    before = _listing(state, fields["election"], code, named)
    kids = children(state, fields["election"], code)
    names = [place_name(state, fields["election"], kid) for kid in kids]
    if rosters.is_late(state, fields):
        state.ids.edit(statement_id)["m"] = ["L4"]
    rosters.apply(state, fields, statement_id, index)
    after = _listing(state, fields["election"], code, named)
    flipped = [child for child, listed in after.items() if before.get(child, True) != listed]
    for contest in election_record["contests"]:
        top = contest["region"]
        if not regions.is_within(code, top):
            below = [child for child in flipped if regions.is_below(child, top)]
            for child in below:
                _relist(state, election_record, contest, code, child)
            for child in below:
                for place in regions.upward(regions.parent(child), top):
                    findings.check_sums(state, election_record, contest, place)
            continue
        for child in flipped:
            _relist(state, election_record, contest, code, child)
        for place in regions.upward(code, top):
            findings.check_sums(state, election_record, contest, place)
        form = FORM_OF_LEVEL[regions.level(code)]
        slot_key = f"{fields['election']}/{contest['id']}/{form}/{code}"
        findings.check_roster(state, election_record, contest, slot_key)
    touches.roster(election_record, code, names)
    return None


def _listing(state: State, election_id: str, code: str, named: list[str]) -> dict[str, bool]:
    """Return {child or TPS: whether it is in the roster in force}.

    `named` are children that the country may have named first.
    """
    record = state.regions.get(rosters.key(election_id, code)) or {}
    listing = {number: True for number, _ in record.get("tps") or []}
    listing |= dict.fromkeys(record.get("gone", []), False)
    for kid in {*(record.get("kids") or []), *named}:
        if state.regions.get(rosters.key(election_id, kid)) is not None:
            listing[kid] = rosters.is_listed(state, election_id, kid)
    return listing


def _relist(state: State, election_record: Record, contest: Record, code: str, child: str) -> None:
    """Move what was left out (or taken up again) out of (into) what may complete a sum."""
    start = f"{election_record['id']}/{contest['id']}"
    if regions.depth(code) == 4:
        below = [f"{start}/{STATION_FORM}/{code}/{child}"]
        slots.relist(state, election_record, contest, below[0])
    else:
        form = FORM_OF_LEVEL[regions.level(child)]
        has_form = bool((state.slots.get(f"{start}/{form}/{child}") or {}).get("head"))
        totals.relist(state, election_record["id"], contest, child, form, has_form=has_form)
        prefixes = [f"{start}/{one}/{child}" for one in (STATION_FORM, *SHEETS)]
        below = [key for prefix in prefixes for key, _ in list(state.slots.scan(prefix))]
    for key in below:
        findings.check_listed(state, election_record, contest, key)


def determination(
    state: State, touches: Touches, fields: Record, statement_id: str, index: int
) -> str | None:
    """The result of a contest is determined and announced, or a revision says it anew."""
    election_record = state.meta.get(f"election/{fields['election']}")
    contest = contest_of(election_record, fields["contest"])
    if contest is None:
        return "contest"
    if fields["region"] != contest["region"]:
        return "region"
    key = f"determination/{fields['election']}/{fields['contest']}"
    before = state.meta.get(key) or {"revision": 0, "statement": None, "earlier": []}
    follows = fields["revision"] == before["revision"] + 1
    if not follows or fields.get("previous") != before["statement"]:
        return "previous"
    earlier = [*before["earlier"], before["index"]] if "index" in before else []
    state.meta.put(
        key,
        {
            "number": fields["number"], "announced_at": fields["announced_at"], "index": index,
            "revision": fields["revision"], "statement": statement_id, "earlier": earlier,
        },
    )  # fmt: skip
    touches.region(election_record, contest, contest["region"])
    touches.front(election_record)
    return None


def close(state: State, touches: Touches, fields: Record, statement_id: str, index: int) -> None:
    """Intake ends; what was receipted before still takes effect."""
    if state.meta.get("closed") is None:
        state.meta.put("closed", {"index": index, "statements": 0, "forms": 0})
    touches.page(addresses.PORTAL)


APPLY: Final[dict[str, Effect]] = {
    "log": log,
    "publication": publication,
    "election": election,
    "roster": roster,
    "grant": keys.grant,
    "revoke": keys.revoke,
    "determination": determination,
    "close": close,
}
