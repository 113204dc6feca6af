"""V13: a sum that the ledger keeps is the plain sum of the signed forms, and none is missing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.audit.shelf import Evening
from tests.core.ledger.night import KECAMATAN, KELURAHAN

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
    return {failure.place for failure in report.refuted}


@pytest.mark.parametrize("code", [KELURAHAN[0], "90"])
@pytest.mark.parametrize("change", ["count", "figure", "reported", "field", "lost"])
def test_a_sum_that_is_not_that_of_the_forms_is_named(code: str, change: str) -> None:
    state = folded()
    assert found(state) == set()
    key = f"{PREFIX}{code}"
    record = state.totals.edit(key)
    if change == "count":
        record["n"] += 1
    elif change == "figure":
        record["f"]["pair_1"][0] -= 1
    elif change == "reported":
        record["f"]["pair_1"][1] += 1
    elif change == "field":
        del record["f"]["valid"]
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
