"""The totals before and after a form, as they are kept with its entry, against a recount."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.recount import Recount
from tests.core.ledger.test_rosters import ONE, Hall
from tests.core.statements import builders

from rekap.core.ledger.standings import ENTERED
from rekap.core.ledger.state import entry_key

E, G, TOP = builders.ELECTION, builders.CONTEST, "90"
CELLS = ("pair_1", "pair_2", "valid", "invalid", "total")
SUMMED = ("c_hasil", "summary")


def _way(code: str) -> list[str]:
    """A region and those above it in the contest."""
    return [code[:length] for length in (13, 8, 5, 2) if length <= len(code)]


def _stand(count: Recount, form: str, code: str, place: str) -> list[Any]:
    running = False
    if form in SUMMED:
        number, fields, _ = count.shown(place)
        says = count.heads("summary").get(place)
        running = says is not None and count.below(place)[0] < says["stations_in"]
    elif place == code:
        says = count.heads(form).get(code)
        number = int(says is not None)
        fields = {field: [value, 1] for field, value in says["figures"].items()} if says else {}
    else:
        number, _, fields = count.rung(place, form)
    known = {field: pair for field, pair in fields.items() if pair[1]}
    return [number, running, [known.get(one) for one in CELLS]]


class Told(Night):
    """A night that recounts, around every entry which changed what counts, what it says of it."""

    def __init__(self, seed: int, mode: str) -> None:
        self.told: list[str] = []
        super().__init__(seed, mode)

    def append(self, entry: bytes) -> str:
        heads = {key: slot.get("head_index") for key, slot in self.state.slots.scan("")}
        index = self.state.size
        statement = super().append(entry)
        kept = self.state.changes.get(entry_key(index)).get("told")
        slot = self.last.get("slot", "")
        record = self.state.slots.get(slot) or {}
        now = record.get("head_index")
        # The form of a TPS that no roster lists changes no total.
        counts = "/c_hasil/" not in slot or record.get("summed")
        assert (kept is not None) == bool(counts and now != heads.get(slot)), self.last
        if kept is not None:
            self._compare(kept, slot, (heads.get(slot), now))
        return statement

    def _compare(self, kept: list[Any], slot: str, heads: tuple[int | None, int | None]) -> None:
        after = Recount(self, E, G, TOP)
        last = self.entries.pop()
        before = Recount(self, E, G, TOP)
        self.entries.append(last)
        form, code = slot.split("/")[2:4]
        way = _way(code)
        if form not in SUMMED:
            way = way[1:] or way
        places = dict.fromkeys((way[0], way[-1]))
        wanted = [
            [
                place,
                self.state.regions.get(f"{E}/{place}")["name"],
                after.expected(place) if form in SUMMED else None,
                _stand(before, form, code, place),
                _stand(after, form, code, place),
            ]
            for place in places
        ]
        assert kept == [*heads, wanted], self.last
        self.told.append(form)


@pytest.mark.parametrize("mode", ["rehearsal", "replay"])
def test_what_is_told_of_an_entry_is_what_a_recount_says_before_and_after_it(mode: str) -> None:
    nights = [Told(seed, mode) for seed in (41, 42, 43)]
    for night in nights:
        for _ in range(40):
            night.step()
    told = Counter(form for night in nights for form in night.told)
    print(dict(told))
    few = {"c_hasil": 10, "d_hasil_kelurahan": 1, "d_hasil_kecamatan": 1, "d_hasil_prov": 1}
    assert all(told[form] >= number for form, number in few.items())


def test_a_roster_that_lets_a_form_into_the_sum_keeps_how_the_sum_stands_then() -> None:
    hall = Hall()
    assert hall.roster(ONE, "001") == "effective"
    assert hall.form(ONE, "002") == "head"
    assert hall.roster(ONE, "001", "002") == "effective"
    kept = hall.state.changes.get(entry_key(hall.state.size - 1))
    cells = [hall.figure(ONE, cell) for cell in CELLS]
    assert all(cells)
    assert kept[ENTERED] == {G: [1, False, cells]}
