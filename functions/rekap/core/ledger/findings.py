"""Findings of the head of each slot: the form's own, and those between forms.

A finding of map `findings` has the key "{slot}|{rule}|{child}|{part}" and the value

    {"rule","child","part","hard","fields","expected","found","op","broken","index",
     "explanation": null | {"text","by","index","basis"}}

`by` is "form", "answer" or "correction", which has a `basis` and no text; then X1 has `net`
besides: how far the corrections move each figure.

`replace` exchanges the findings of one rule (and child) of a slot and keeps the counters of every
region above; so a change costs what it changes, never the width of the election. Nothing else
writes this map, so `replace` also knows when the page of a kecamatan's findings changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rekap.core.ledger import addresses, corrections, rosters, rulings, totals
from rekap.core.ledger.state import Record, State
from rekap.core.statements import regions, rules
from rekap.core.statements.model import FORM_OF_LEVEL, FORMS, SHEETS, STATION_FORM, SUMMARY


def mark(rule: str, child: str | None = None) -> Record:
    """Return a finding that compares no figures: a mark, a lost place, a late sheet."""
    return _record(rules.FormFinding(rule, child, None, rules.RULES[rule].hard, (), None, None))


def _record(found: rules.FormFinding) -> Record:
    return {
        "rule": found.rule, "child": found.child, "part": found.part, "hard": found.hard,
        "fields": list(found.fields), "expected": found.expected, "found": found.found,
        "op": found.op, "broken": list(found.broken),
    }  # fmt: skip


def own(fields: Record, pair_count: int) -> list[Record]:
    """Return what a form says against itself: R1–R9, R11–R13, R17, X2 within, X3."""
    return [_record(found) for found in rules.findings(fields, pair_count)]


def replace(
    state: State, election: Record, contest: Record, slot_key: str, found: Iterable[Record],
    rule: str | None = None, child: str | None = None,
) -> None:  # fmt: skip
    """Exchange the findings of a slot: all, or those of one rule, or of one rule and child."""
    prefix = f"{slot_key}|"
    if rule is not None:
        prefix += f"{rule}|"
    if child is not None:
        prefix += f"{child}|"
    slot = state.slots.get(slot_key)
    before: dict[str, Record] = dict(state.findings.scan(prefix))
    after: dict[str, Record] = {}
    for finding in found:
        finding["explanation"] = _explanation(slot, finding)
        finding["index"] = slot["head_index"]
        after[_key(slot_key, finding)] = finding
    if before == after:
        return
    # What goes counts below zero, what comes above: the regions above get the difference, once.
    opened = answered = 0
    moved: dict[str, int] = {}
    for sign, some in ((-1, before), (1, after)):
        for one in some.values():
            explained = bool(one["explanation"])
            opened, answered = opened + sign * (not explained), answered + sign * explained
            _move(moved, one.get("net"), sign)
    for key in {**before, **after}:
        state.findings.put(key, after.get(key))
    form, code = slot_key.split("/")[2:4]
    _tell(state, election, contest, code)
    totals.count(state, election["id"], contest, code, open=opened, answered=answered)
    totals.correct(state, election["id"], contest, (form, code), moved)


def _tell(state: State, election: Record, contest: Record, code: str) -> None:
    """Note that a page of findings shows others now: that of the kecamatan of region `code`."""
    for place in regions.upward(code, contest["region"]):
        if regions.level(place) == "kecamatan":
            page = addresses.findings(election["id"], contest["id"], contest["region"], place)
            state.refound.add(page)


def _move(moved: dict[str, int], net: dict[str, int] | None, sign: int) -> None:
    for field, value in (net or {}).items():
        moved[field] = moved.get(field, 0) + sign * value


def _key(slot_key: str, finding: Record) -> str:
    return f"{slot_key}|{finding['rule']}|{finding['child'] or ''}|{finding['part'] or ''}"


def _explanation(slot: Record, finding: Record) -> Record | None:
    """What explains a finding: corrections; a text in the form itself, else in an answer about its
    head.
    """
    said: Record | None = finding.get("explanation")
    if said is not None and said["by"] == corrections.BY:
        return said
    about = rules.FormFinding(
        finding["rule"], finding["child"], finding["part"], finding["hard"],
        tuple(finding["fields"]), finding["expected"], finding["found"], finding["op"],
        tuple(finding["broken"]),
    )  # fmt: skip
    for index, texts, source in slot.get("explained", ()):
        text = rules.explained(about, texts)
        if text is not None:
            return {"text": text, "by": source, "index": index, "basis": []}
    return None


def reexplain(state: State, election: Record, contest: Record, slot_key: str) -> None:
    """Match every finding of a slot with its explanations again."""
    kept = [dict(f) for _, f in state.findings.scan(f"{slot_key}|")]
    replace(state, election, contest, slot_key, kept)


def check_columns(state: State, election: Record, contest: Record, slot_key: str) -> None:
    """X1 for every column of a D form against the effective form below it."""
    for column_key, _ in list(state.columns.scan(f"{slot_key}/")):
        check_column(state, election, contest, slot_key, column_key[len(slot_key) + 1 :])


def check_column(
    state: State, election: Record, contest: Record, slot_key: str, child: str
) -> None:
    """X1 for one column: equal to the head of the slot below in every field that both have."""
    column = state.columns.get(f"{slot_key}/{child}")
    if column is None:
        return
    below = state.slots.get(slot_of_child(slot_key, child))
    found = []
    if below and below.get("head"):
        differing = rules.compare_columns(column, below["figures"])
        if differing:
            found = [_record(rules.difference("X1", child, None, differing))]
            slot = state.slots.get(slot_key)
            corrections.explain_column(slot, found[0], column, below["figures"])
    replace(state, election, contest, slot_key, found, "X1", child)


def slot_of_child(slot_key: str, child: str) -> str:
    """Return the slot that a column of a D form repeats."""
    election, contest, form, code = slot_key.split("/")[:4]
    below = FORMS[form].column
    if below == STATION_FORM:
        return f"{election}/{contest}/{below}/{code}/{child}"
    return f"{election}/{contest}/{below}/{child}"


def slot_above(slot_key: str) -> tuple[str, str] | None:
    """Return (slot of the D form that has a column for this slot, child), or None at the top."""
    election, contest, form, code, *tps = slot_key.split("/")
    above = next((upper for upper in SHEETS if FORMS[upper].column == form), None)
    if above is None:
        return None
    if tps:  # the sheet of a kelurahan has its own region and a column per TPS
        return f"{election}/{contest}/{above}/{code}", tps[0]
    return f"{election}/{contest}/{above}/{regions.parent(code)}", code


def check_sums(state: State, election: Record, contest: Record, code: str) -> None:
    """D1 and X2 of the certified form of a region, if it has one.

    D1: against the sum, when nothing is missing. X2: against the certified forms one level below,
    when all of them are there.
    """
    slot_key = f"{election['id']}/{contest['id']}/{FORM_OF_LEVEL[regions.level(code)]}/{code}"
    slot = state.slots.get(slot_key)
    if slot is None or not slot.get("head"):
        return
    record = state.totals.get(totals.key(election["id"], contest["id"], code))
    place = state.regions.get(rosters.key(election["id"], code))
    found = []
    whole = not left_out_in(state, election["id"], contest["id"], code)
    if whole and record is not None and totals.comparable(rosters.expected(place), record):
        stations, fields, _ = totals.used(record)
        found = _sum_finding("D1", None, slot, fields, stations, totals.corrected(record))
    replace(state, election, contest, slot_key, found, "D1")
    within = [dict(f) for f in slot.get("rows", ())]
    below = _level_below(state, slot_key, slot, record) if whole else []
    parts = _one_of(within + below) if below else within
    replace(state, election, contest, slot_key, parts, "X2")


def left_out_in(state: State, election: str, contest: str, code: str) -> set[str]:
    """Return the places in a region, itself too, that a court leaves out of the total: of a region
    that has one no sum is held against what is below it.
    """
    return {
        place
        for _, places in rulings.leaving_out(state, election, contest, code)
        for place in places
    }


def _sum_finding(
    rule: str, part: str | None, slot: Record, fields: totals.Fields, reported: int,
    moved: dict[str, int],
) -> list[Record]:  # fmt: skip
    """`moved` is how far explained corrections move each figure of the sum."""
    pairs = {field: (value, count) for field, (value, count) in fields.items()}
    differing = rules.compare_sum(slot["figures"], pairs, reported)
    if not differing:
        return []
    finding = _record(rules.difference(rule, None, part, differing))
    gaps = {field: found - expected for field, found, expected in differing}
    corrections.explain_sum(slot, finding, gaps, moved)
    return [finding]


def _level_below(state: State, slot_key: str, slot: Record, record: Record | None) -> list[Record]:
    """X2: against the certified forms one level below."""
    election, _, form, code = slot_key.split("/")
    below = FORMS[form].column
    if below is None or below == STATION_FORM:
        return []
    listed = _listed(state, election, state.regions.get(rosters.key(election, code)))
    rung = totals.rung(record, below)
    # Forms of regions that the roster dropped are in the rung for ever; the others must be whole.
    if not listed or rung["counted"] - rung["unlisted"] != len(listed):
        return []
    moved = totals.corrected(record, form)
    return _sum_finding("X2", "below", slot, rung["figures"], rung["counted"], moved)


def _one_of(parts: list[Record]) -> list[Record]:
    """Return the parts of X2 as one finding: numbers of the first, fields and names of both."""
    if len(parts) < 2:
        return parts
    first, second = parts
    return [
        {
            **first,
            "part": None,
            "fields": list(rules.in_order({*first["fields"], *second["fields"]})),
            "broken": [*first["broken"], *second["broken"]],
        }
    ]


def _listed(state: State, election: str, place: Record | None) -> list[str]:
    return [
        kid
        for kid in (place or {}).get("children") or []
        if state.regions.get(rosters.key(election, kid))["listed"]
    ]


def check_roster(state: State, election: Record, contest: Record, slot_key: str) -> None:
    """X5: the columns of a D form are the places of the roster in force."""
    slot = state.slots.get(slot_key)
    found = []
    if slot and slot.get("children") is not None:
        _, _, form, code = slot_key.split("/")
        out = left_out_in(state, election["id"], contest["id"], code)
        place = state.regions.get(rosters.key(election["id"], code))
        if FORMS[form].column == STATION_FORM:
            listed = None if place.get("tps") is None else [number for number, _ in place["tps"]]
        else:
            listed = _listed(state, election["id"], place) if place.get("children") else None
        out = {one.removeprefix(f"{code}/") for one in out}
        if listed is not None and {*listed} - out != {*slot["children"]} - out:
            found = [{**mark("X5"), "expected": len(listed), "found": len(slot["children"])}]
    if slot and slot.get("head"):
        replace(state, election, contest, slot_key, found, "X5")


def check_listed(state: State, election: Record, contest: Record, slot_key: str) -> None:
    """X7: the form counts although its place, or a region above it, is in no roster any more."""
    _, _, form, code, *tps = slot_key.split("/")
    slot = state.slots.get(slot_key)
    if form == SUMMARY or slot is None or not slot.get("head"):
        return
    expected = rosters.is_expected(
        state, election["id"], contest["region"], code, tps[0] if tps else None
    )
    replace(state, election, contest, slot_key, [] if expected else [mark("X7")], "X7")


def check_sheets(state: State, election: Record, contest: Record, slot_key: str) -> None:
    """X6: every sheet in force is one that the kecamatan form names, or is older than that form."""
    slot = state.slots.get(slot_key)
    if slot is None or not slot.get("head"):
        return
    code = slot_key.split("/")[3]
    prefix = f"{election['id']}/{contest['id']}/d_hasil_kelurahan/{code}."
    found = []
    for sheet_key, sheet in state.slots.scan(prefix):
        if not sheet.get("head"):
            continue
        named = slot.get("sheets")
        late = not is_named(sheet, named) if named else sheet["effect"] > slot["effect"]
        if late:
            found.append(mark("X6", sheet_key.split("/")[3]))
    replace(state, election, contest, slot_key, found, "X6")


def is_named(sheet: Record, named: list[str]) -> bool:
    """Tell whether some ids name the head of a slot: by its own id, or by that of a repeat."""
    return any(
        one["id"] in named and sheet["head"] in (one["id"], one.get("same"))
        for one in sheet["statements"]
    )


def of_slot(state: State, slot_key: str) -> list[dict[str, Any]]:
    """Return the findings of a slot's head in the order of their keys."""
    return [finding for _, finding in state.findings.scan(f"{slot_key}|")]
