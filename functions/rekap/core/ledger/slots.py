"""What a form means once it counts: figures, columns, findings, and the sums above it.

A record of map `slots` (election/contest/form/region[/tps]):

    statements every statement about the slot that is not void, in the order of first appearance:
               see `chain`
    head, head_index, effect, revision, figures, children, sheets     of the statement that counts
    contested  whether a rival stands beside it
    paper      its other fields that a row of forms.csv shows
    rows       findings of X2 within the head
    corrected  what the head corrects of the forms below it, if it does: see `corrections`
    explained  [[index, [explanations], "form"|"answer"], ...] that hold for the head
    said       [[index, statement id, [explanations]], ...] of all answers
    summed     of a TPS: whether the head is in the sums; once true it stays so
    moves      [[index of the entry that did it, first index of the head before, after], ...]
    entries    indexes of every entry about the slot, void ones too
    answer     [index, accepted id, depth of the body, carriers]: the answer that decides the chain;
               carriers are the ids of the statements by which the accepted one counts
    incidents, meeting    see `incidents`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rekap.core.ledger import chain, corrections, findings, rosters, rulings, standings, totals
from rekap.core.ledger.places import contest_of, known_contest
from rekap.core.ledger.state import Record, State, entry_key
from rekap.core.statements import regions
from rekap.core.statements.model import (
    FORM_OF_LEVEL,
    SHEETS,
    STATION_FORM,
    SUMMARY,
    slot_key,
)

_PAPER = ("count", "attended", "reason", "stations_in", "stations_expected", "as_of_text")


def empty() -> Record:
    """Return the record of a slot about which nothing was said."""
    return {"statements": [], "entries": []}


def fault(state: State, election: Record, fields: Record) -> str | None:
    """Return why a statement about a slot cannot take effect: `contest`, `region`, `tps`."""
    contest = contest_of(election, fields["contest"])
    if contest is None:
        return "contest"
    code = fields["region"]
    if not regions.is_within(code, contest["region"]):
        return "region"
    place = state.regions.get(rosters.key(election["id"], code))
    if place is None:
        return "region"
    return None if rosters.admits(place, fields.get("tps")) else "tps"


def form_fault(election: Record, fields: Record) -> str | None:
    """Return why a form cannot be one of this election: figures of pairs that it has not."""
    return pairs_fault(election, fields, "figures")


def pairs_fault(election: Record, fields: Mapping[str, Any], name: str) -> str | None:
    """Return `pairs` if figures are those of pairs that the contest has not, or None."""
    pairs = len(known_contest(election, fields["contest"])["pairs"])
    named = (int(field[5:]) for field in fields.get(name, ()) if field.startswith("pair_"))
    return "pairs" if max(named, default=0) > pairs else None


def wait(state: State, fields: Record, statement_id: str, index: int) -> None:
    """Record a form that lacks signatures: shown, counted nowhere."""
    chain.wait(state.slots.edit(slot_key(fields), empty()), fields, statement_id, index)


def take_effect(
    state: State, election: Record, fields: Record, statement_id: str, first: int, index: int,
    marks: Iterable[str],
) -> str:  # fmt: skip
    """Put a form whose signatures suffice into its chain, let it count, and return its status.

    `first` is the index of its first entry, `index` that of the one that completes it. `marks` are
    those of its signers (S1, K1); whether it is late is asked here.
    """
    key = slot_key(fields)
    slot = state.slots.edit(key, empty())
    one = chain.take(slot, fields, statement_id, first, index)
    status: str = one["status"]
    too_late = () if status == chain.REPEAT else late(state, election, key)
    one["marks"] = [*marks, *too_late]
    rosters.note_form(state, election["id"], known_contest(election, fields["contest"]))
    if status == chain.HEAD:
        install(state, election, key, slot, one, fields, by=index)
    elif status == chain.RIVAL:
        count_contested(state, election, key, slot)
    elif status == chain.REPEAT:  # a kecamatan form may have named the sheet by this id
        _check_sheets_above(state, election, key)
    return status


def late(state: State, election: Record, key: str) -> tuple[str, ...]:
    """L1 when a D form of any region above is effective, L2 when the result is determined, neither
    where a court annulled that; L3 besides when the log is closed.
    """
    election_id, contest_id, form, code, *tps = key.split("/")
    if form == SUMMARY:
        return ()
    closed = ("L3",) if state.meta.get("closed") is not None else ()
    if rulings.annulled_at(state, election_id, contest_id, code, tps[0] if tps else None):
        return closed
    if state.meta.get(f"determination/{election_id}/{contest_id}") is not None:
        return ("L2", *closed)
    for place in regions.upward(code, known_contest(election, contest_id)["region"]):
        upper = FORM_OF_LEVEL[regions.level(place)]
        above = state.slots.get(f"{election_id}/{contest_id}/{upper}/{place}")
        if upper != form and above and above.get("head"):
            return ("L1", *closed)
    return closed


def install(
    state: State, election: Record, key: str, slot: Record, one: Record, fields: Record, *, by: int
) -> None:
    """Let a statement count: figures, columns, findings, and the sums of all regions above.

    `by` is the index of the entry that makes it count: its own last one, or an answer.
    """
    contest = known_contest(election, fields["contest"])
    form, code = fields["form"], fields["region"]
    # Before anything changes: `stood` is the standing that this entry is measured against.
    summed = form != STATION_FORM or _is_summed(state, election["id"], slot, fields)
    stood = standings.of(state, key, contest) if summed else None
    old = None
    if slot.get("head"):
        old = slot["figures"]
        slot.setdefault("moves", []).append([by, slot["head_index"], one["first"]])
    slot["head"], slot["head_index"], slot["effect"] = one["id"], one["first"], one["effect"]
    slot["figures"] = fields["figures"]
    slot["revision"] = fields["revision"]
    said = fields.get("explanations")
    slot["explained"] = [[one["first"], said, "form"]] if said else []
    slot["explained"] += answers_of(slot)
    slot["paper"] = {name: fields[name] for name in _PAPER if name in fields}
    said_of = {**fields, "corrected": corrections.of_form(fields)}
    for name in ("children", "sheets", "corrected"):
        slot.pop(name, None)
        if said_of.get(name) is not None:
            slot[name] = said_of[name]
    _set_columns(state, key, fields)
    own = findings.own(fields, len(contest["pairs"]))
    slot["rows"] = [f for f in own if f["rule"] == "X2"]
    if form == SUMMARY:
        new = {
            "counted": fields["stations_in"], "figures": fields["figures"]
        }  # fmt: skip
        totals.set_summary(state, election["id"], contest, code, new)
    elif summed:
        totals.replace(state, election["id"], contest, (form, code), old, fields["figures"])
    if stood is not None:
        standings.keep(state, key, contest, by, stood)
    _refresh_findings(state, election, contest, key, one, own)


def _is_summed(state: State, election_id: str, slot: Record, fields: Record) -> bool:
    """Tell whether the form of a TPS is in the sums: a roster lists it now, or did since it came.

    Once it is, no roster takes its votes out again, however the list of TPS changes.
    """
    if not slot.get("summed"):
        slot["summed"] = rosters.is_listed(state, election_id, fields["region"], fields["tps"])
    return bool(slot["summed"])


def relist(state: State, election: Record, contest: Record, key: str, index: int) -> None:
    """The roster at `index` dropped a TPS, or lists it again: a form that waited for that enters
    the sums.
    """
    slot = state.slots.get(key)
    if slot is None or not slot.get("head"):
        return
    _, _, form, code, tps = key.split("/")
    if slot["summed"]:
        totals.relist_station(state, election["id"], contest, code, tps)
        return
    state.slots.edit(key)["summed"] = True
    totals.replace(state, election["id"], contest, (form, code), None, slot["figures"])
    standings.keep_entered(state, key, contest, index)


def answers_of(slot: Record) -> list[Any]:
    """What answers said about the statement that is head now."""
    return [[i, said, "answer"] for i, about, said in slot.get("said", ()) if about == slot["head"]]


def _set_columns(state: State, key: str, fields: Record) -> None:
    for old, _ in list(state.columns.scan(f"{key}/")):
        state.columns.put(old, None)
    if fields["form"] in SHEETS and "rows" in fields:
        for at, child in enumerate(fields["children"]):
            column = {field: row[at] for field, row in fields["rows"].items()}
            state.columns.put(f"{key}/{child}", column)


def _refresh_findings(
    state: State, election: Record, contest: Record, key: str, one: Record, own: list[Record]
) -> None:
    """Exchange the findings of a new head, and ask again those of forms beside and above it."""
    _, _, form, code = key.split("/")[:4]
    found = own + [findings.mark(mark) for mark in one["marks"]]
    findings.replace(state, election, contest, key, found)
    findings.check_listed(state, election, contest, key)
    if form in SHEETS:
        findings.check_columns(state, election, contest, key)
        findings.check_roster(state, election, contest, key)
    if form == "d_hasil_kecamatan":
        findings.check_sheets(state, election, contest, key)
    _check_sheets_above(state, election, key)
    above = findings.slot_above(key) if form != SUMMARY else None
    if above is not None:
        findings.check_column(state, election, contest, *above)
    for place in regions.upward(code, contest["region"]):
        findings.check_sums(state, election, contest, place)


def _check_sheets_above(state: State, election: Record, key: str) -> None:
    """Ask again, after a change of a kelurahan's sheet, what the kecamatan form says of it."""
    _, contest_id, form, code, *_ = key.split("/")
    if form == "d_hasil_kelurahan":
        upper = f"{election['id']}/{contest_id}/d_hasil_kecamatan/{regions.parent(code)}"
        findings.check_sheets(state, election, known_contest(election, contest_id), upper)


def count_contested(state: State, election: Record, key: str, slot: Record) -> None:
    """Keep `contested` of a slot, and the number of contested slots of every region above."""
    now = any(one["status"] == chain.RIVAL for one in slot["statements"])
    before = slot.get("contested", False)
    slot["contested"] = now
    if now != before:
        _, contest_id, _, code, *_ = key.split("/")
        contest = known_contest(election, contest_id)
        totals.count(state, election["id"], contest, code, rival=1 if now else -1)


def mark(state: State, election: Record, key: str, statement_id: str, rule: str) -> None:
    """Give a statement a mark (K1); if it is head, the slot has it as a finding."""
    slot = state.slots.edit(key, empty())
    for one in slot["statements"]:
        if one["id"] == statement_id and rule not in one["marks"]:
            one["marks"].append(rule)
    if slot.get("head") == statement_id:
        contest = known_contest(election, key.split("/")[1])
        findings.replace(state, election, contest, key, [findings.mark(rule)], rule)


def unmark(state: State, election: Record, key: str, statement_id: str, rule: str) -> None:
    """Take a mark (K1, S1) from a statement and, if it is head, the finding from the slot."""
    slot = state.slots.edit(key, empty())
    for one in slot["statements"]:
        if one["id"] == statement_id and rule in one["marks"]:
            one["marks"].remove(rule)
            if slot.get("head") == statement_id:
                contest = known_contest(election, key.split("/")[1])
                findings.replace(state, election, contest, key, [], rule)


def note_entry(state: State, key: str, index: int) -> None:
    """Remember that an entry is about a slot."""
    slot = state.slots.edit(key, empty())
    if index not in slot["entries"]:
        slot["entries"].append(index)


def marks_of(state: State, index: int) -> list[str]:
    """Return what stands against the statement of an entry, in the order in which it came."""
    record = state.entries.get(entry_key(index))
    if record["status"] == "void":
        return []
    slot = state.slots.get(record["slot"]) if record.get("slot") else None
    if slot and record["kind"] == "form":
        return next(
            (list(one["marks"]) for one in slot["statements"] if one["id"] == record["id"]), []
        )
    return list((state.ids.get(record["id"]) or {}).get("marks", ()))


def status_of(state: State, index: int) -> str:
    """Return the status of an entry now: a form's may change after it was logged."""
    record = state.entries.get(entry_key(index))
    status: str = record["status"]
    slot = state.slots.get(record["slot"]) if record.get("slot") else None
    if slot and record["kind"] == "form" and status != "void":
        for one in slot["statements"]:
            if one["id"] == record["id"]:
                return str(one["status"])
    known = state.ids.get(record["id"]) if status in (chain.WAITING, "effective") else None
    if known is None or known["effect"] is None:
        return status
    if record["kind"] in DECISIONS:
        return became(state, index)[0]
    return chain.SUPERSEDED if "by" in known else "effective"


def became(state: State, index: int) -> tuple[str, int | None]:
    """Return what became of the decision or ruling of an entry that took effect, and by which
    entry: see `rulings.became`.
    """
    record = state.entry(index)
    effect = state.ids.get(record["id"])["effect"]
    return rulings.became(
        state, record["kind"], f"{record['election']}/{record['contest']}", effect
    )


DECISIONS: Final = frozenset({"determination", "elected", "ruling"})
"""Kinds about the result of a contest that a later statement may end."""
