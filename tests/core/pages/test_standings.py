"""Totals before and after on the page of a statement: those of a recount at that very entry."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.recount import Recount
from tests.core.ledger.world import payload_of
from tests.core.statements import builders

from rekap.core.ledger import addresses
from rekap.core.pages.site import Site
from rekap.core.pages.twins.context import Twin

E, G, TOP = builders.ELECTION, builders.CONTEST, "90"
VOTES = ("pair_1", "pair_2", "valid", "invalid", "total")
Move = tuple[int, str, str | None, str, list[Any]]
"""Entry, slot, id of what counted before and counts now, [[region, expected, before, after]]."""


def _votes(figures: dict[str, list[int]]) -> dict[str, list[int]]:
    return {field: cell for field, cell in figures.items() if field in VOTES and cell[1]}


def _stand(count: Recount, slot: str, code: str) -> Twin:
    """A total that a slot counts in, added up anew."""
    _, _, form, own, *_ = slot.split("/")
    if form in ("c_hasil", "summary"):
        counted, fields, _ = count.shown(code)
        running = count.heads("summary").get(code)
        used = running is not None and count.below(code)[0] < running["stations_in"]
        return {"counted": counted, "running": used, "fields": _votes(fields)}
    if own == code:
        head = count.heads(form).get(code)
        figures = {field: [value, 1] for field, value in head["figures"].items()} if head else {}
        return {"counted": int(head is not None), "running": False, "fields": _votes(figures)}
    counted, _, fields = count.rung(code, form)
    return {"counted": counted, "running": False, "fields": _votes(fields)}


def _places(slot: str) -> list[str]:
    """The nearest total and the contest's."""
    _, _, form, code, *_ = slot.split("/")
    above = {13: code[:8], 8: code[:5], 5: code[:2], 2: code}[len(code)]
    nearest = code if form in ("c_hasil", "summary") else above
    return list(dict.fromkeys([nearest, TOP]))


def _moves(night: Night) -> list[Move]:
    """Every time that another form came to count, in the order of entries."""
    count = Recount(night, E, G, TOP, size=0)
    found: list[Move] = []
    for index, entry in enumerate(night.entries):
        slot = night.state.entry(index).get("slot")
        if slot is None or not slot.startswith(f"{E}/{G}/"):
            count.read(index)
            continue
        old = count.chains[slot].head
        places = _places(slot)
        before = [_stand(count, slot, code) for code in places]
        count.read(index)
        new = count.chains[slot].head
        _, _, form, place = slot.split("/", 3)
        if form == "c_hasil" and place not in count.summed:
            continue  # Of a TPS that no roster lists yet: it is in no sum.
        if new is not None and old != new:
            summed = payload_of(entry)["form"] in ("c_hasil", "summary")
            told = [
                [code, count.expected(code) if summed else None, was, _stand(count, slot, code)]
                for code, was in zip(places, before, strict=True)
            ]
            found.append((index, slot, old, new, told))
    return found


def _night(seed: int, mode: str) -> Night:
    night = Night(seed, mode=mode)
    for _ in range(120):
        night.step()
    return night


@pytest.mark.parametrize("mode", ["rehearsal", "replay"])
def test_they_are_those_of_a_recount_just_before_and_after_the_entry(mode: str) -> None:
    met: Counter[str] = Counter()
    for seed in range(6):
        night = _night(seed, mode)
        moves = _moves(night)
        site = Site(night.state, night.entries.__getitem__)
        for index in range(len(night.entries)):
            _check(night, moves, json.loads(site.twins(addresses.statement(index))[0]), met)
    assert min(met[kind] for kind in ("form", "later", "answer", "never", "corrected")) > 0
    assert met["running"] > 0 or mode == "rehearsal"


def _check(night: Night, moves: list[Move], twin: Twin, met: Counter[str]) -> None:
    kind, index = twin["kind"], twin["index"]
    void = twin["status"] == "void"
    if kind == "form" and not void:
        own = [move for move in moves if move[3] == twin["id"]]
    else:
        own = [move for move in moves if move[0] == index and kind == "answer" and not void]
    shown = twin["totals"]
    if not own:
        assert shown is None, index
        met["never"] += kind == "form"
        return
    by, slot, old, new, told = own[0]
    before = night.state.ids.get(old)["first"] if old else None
    after = night.state.ids.get(new)["first"]
    said = [shown[name] for name in ("entry", "before", "after", "form")]
    assert said == [by, before, after, slot.split("/")[2]], index
    places = [[p["code"], p["expected"], p["before"], p["after"]] for p in shown["places"]]
    assert places == told, index
    was = {} if before is None else payload_of(night.entries[before])["figures"]
    now = payload_of(night.entries[after])["figures"]
    change = {f: now.get(f, 0) - was.get(f, 0) for f in VOTES if f in was or f in now}
    assert shown["change"] == change, index
    met["answer" if kind == "answer" else "form" if by == twin["effect"] else "later"] += 1
    met["corrected"] += old is not None
    met["running"] += any(place[2]["running"] or place[3]["running"] for place in told)
