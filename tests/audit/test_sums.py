"""V13: a sum that the ledger keeps is the plain sum of the signed forms, and none is missing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.audit.shelf import Evening
from tests.core.ledger.crowd import Crowd
from tests.core.ledger.night import KECAMATAN, KELURAHAN
from tests.core.statements import builders

from rekap.audit.sums import check_sums
from rekap.audit.verdict import Report
from rekap.core.ledger.fold import fold_all
from rekap.core.ledger.state import State

PREFIX = "pemilihan-contoh/gubernur-90/"
EVENING = Evening(4).grow(120)


def folded() -> State:
    state = State(read_entry=EVENING.entries.__getitem__)
    fold_all(state, EVENING.entries)
    return state


def found(state: State) -> set[str]:
    report = Report("memory")
    check_sums(state, report)
    assert {failure.check.code for failure in report.refuted} <= {"V13"}
    assert all(failure.expected != failure.found for failure in report.refuted)
    return {failure.place for failure in report.refuted}


@pytest.mark.parametrize("code", [KELURAHAN[0], "90"])
@pytest.mark.parametrize("change", ["count", "figure", "reported", "field", "off", "lost"])
def test_a_sum_that_is_not_that_of_the_forms_is_named(code: str, change: str) -> None:
    state = folded()
    assert found(state) == set()
    key = f"{PREFIX}{code}"
    record = state.totals.edit(key)
    if change == "count":
        record["counted"] += 1
    elif change == "figure":
        record["figures"]["pair_1"][0] -= 1
    elif change == "reported":
        record["figures"]["pair_1"][1] += 1
    elif change == "field":
        del record["figures"]["valid"]
    elif change == "off":
        record["unlisted"] += 1
    else:
        state.totals.put(key, None)
    assert found(state) == {key}


def test_a_sum_of_no_forms_is_named() -> None:
    state = folded()
    record: dict[str, Any] = state.totals.get(f"{PREFIX}{KECAMATAN}")
    state.totals.put(f"{PREFIX}90.02", record)
    assert found(state) == {f"{PREFIX}90.02"}


def test_figures_that_nobody_signed_are_named_with_the_entry_of_the_form() -> None:
    state = folded()
    key, slot = next(
        (key, slot) for key, slot in state.slots.scan(f"{PREFIX}c_hasil/") if slot.get("head")
    )
    figures = dict(slot["figures"])
    state.slots.edit(key)["figures"] = figures | {"pair_1": figures["pair_1"] + 1}
    assert found(state) == {f"entry {slot['head_index']}"}


@pytest.mark.parametrize("code", [KELURAHAN[0], KECAMATAN, "90.01", "90"])
@pytest.mark.parametrize("change", ["more", "known", "unknown"])
def test_a_number_of_expected_stations_that_is_not_the_rosters_is_named(
    code: str, change: str
) -> None:
    state = folded()
    key = f"{builders.ELECTION}/{code}"
    record = state.regions.edit(key)
    if change == "more":
        record["expected"] += 1
    else:
        record["unknown"] = int(change == "unknown")
    unchanged = change == "known" and not folded().regions.get(key)["unknown"]
    assert found(state) == (set() if unchanged else {key})


def test_a_number_of_stations_that_no_roster_gives_is_named() -> None:
    state = folded()
    key = f"{builders.ELECTION}/{KELURAHAN[0]}"
    del state.regions.edit(key)["index"]  # the roster of its TPS is gone, the number stays
    assert key in found(state)


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_rosters_that_name_and_drop_places_at_every_level_are_counted_as_the_ledger_does(
    seed: int,
) -> None:
    assert found(Crowd(seed, steps=120).state) == set()


def test_the_verdict_tells_what_the_rosters_say_is_missing() -> None:
    evening = Evening(4).grow(20)  # its rosters are in force, and no later one drops a TPS
    state = State(read_entry=evening.entries.__getitem__)
    fold_all(state, evening.entries)
    report = Report("memory")
    state.regions.edit(f"{builders.ELECTION}/90")["expected"] += 1
    check_sums(state, report)
    (contest,) = report.facts["contests"]
    assert contest["stations"]["expected"] == 4
    counted = contest["stations"]["counted"]
    off = state.totals.get(f"{PREFIX}90")["unlisted"]
    assert contest["stations"]["missing"] == 4 - (counted - off)
    assert counted > 0
