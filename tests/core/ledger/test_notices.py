"""Notices on pages: told at the TPS, counted at its kelurahan, in a table; nothing above moves."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.core.ledger.test_copies import KELURAHAN, ONE, TPS, C, Desk, E, names
from tests.core.statements import builders

from rekap.core.pages import pages

OFFICERS = names("kpu-kabko-90.01", 2)
MANY_INVALID = {"pair_2": 80, "valid": 200, "invalid": 25}


def roster(desk: Desk, revision: int, registered: int | None) -> None:
    before = desk.state.regions.get(f"{E}/{ONE}")["roster"]
    stations = [
        builders.station(tps, **({} if registered is None else {"registered": registered}))
        for tps in ("001", "002")
    ]
    fields = builders.roster(ONE, tps=stations, revision=revision, previous=before)
    assert desk.try_(fields, *OFFICERS) == "effective", desk.last


def noted(desk: Desk) -> list[str]:
    return [one["rule"] for one in desk.twin()["notices"]]


def test_a_form_whose_roll_is_not_the_rosters_says_so_and_no_sum_moves() -> None:
    desk = Desk()
    desk.form(**MANY_INVALID)
    above: dict[str, Any] = {a: desk.twin(a) for a in ("", f"{E}/", f"{E}/{C}/01/01/")}
    own = ("as_of", "root", "came", "evidence", "history", "doubts")
    roster(desk, 2, 999)
    assert noted(desk) == ["R14", "W2"]
    assert desk.twin()["notices"][0]["others"] == [999]
    assert desk.twin(KELURAHAN)["notices"] == [
        {"rule": "R14", "n": 1, "tps": ["001"]}, {"rule": "W2", "n": 1, "tps": ["001"]},
    ]  # fmt: skip
    for address, twin in above.items():
        now = desk.twin(address)
        for name in twin.keys() - set(own):
            assert now[name] == twin[name], (address, name)
    for language, differs in (("id", "berbeda dari DPT"), ("en", "another than in the roster")):
        for address, there in (
            (TPS, "999"),
            (KELURAHAN, "/data/notices.csv"),
            (KELURAHAN, differs),
        ):
            assert there in pages.render(desk.twin(address), language).decode()


def test_every_notice_is_a_row_of_the_table() -> None:
    desk = Desk()
    desk.form(**MANY_INVALID)
    desk.form("002")
    roster(desk, 2, 999)
    data = dict(desk.site().bulk())[f"{E}/data/notices.csv"].decode()
    rows = [
        [row[name] for name in ("tps", "rule", "fields", "expected", "found")]
        for row in csv.DictReader(io.StringIO(data))
    ]
    registered = str(desk.twin()["head"]["figures"]["registered"])
    assert rows == [
        ["001", "R14", "registered", "999", registered],
        ["001", "W2", "invalid total", "", "25"],
        ["002", "R14", "registered", "999", registered],
    ]


def test_an_officers_explanation_stands_beside_the_notice() -> None:
    desk = Desk()
    said = [{"rule": "W2", "text": "Surat suara dilipat keliru."}]
    index = desk.state.size
    desk.form(**MANY_INVALID, explanations=said)
    assert desk.twin()["notices"][0]["explanation"] == {"index": index, "text": said[0]["text"]}


def test_a_station_that_the_roster_drops_is_held_against_none() -> None:
    desk = Desk()
    desk.form()
    roster(desk, 2, 999)
    before = desk.state.regions.get(f"{E}/{ONE}")["roster"]
    fields = builders.roster(ONE, tps=[builders.station("002")], revision=3, previous=before)
    assert desk.try_(fields, *OFFICERS) == "effective"
    assert noted(desk) == []


def test_the_attendance_list_is_told_beside_the_form_and_in_the_table() -> None:
    desk = Desk()
    desk.form(attended={"listed": 208, "unlisted": 2})
    found = desk.twin()["head"]
    assert found["attended"] == {"listed": 208, "moved": None, "unlisted": 2}
    voted = found["figures"]["voted_listed"]
    (one,) = desk.twin()["notices"]
    assert (one["rule"], one["figures"], one["others"]) == ("R16", {"voted_listed": voted}, [208])
    assert desk.twin(KELURAHAN)["notices"] == [{"rule": "R16", "n": 1, "tps": ["001"]}]
    told = f"pengguna dalam DPT {voted} pada formulir, 208 dalam daftar hadir"
    assert told in pages.render(desk.twin()).decode()
    data = dict(desk.site().bulk())
    assert f"001,R16,voted_listed,208,{voted},," in data[f"{E}/data/notices.csv"].decode()
    (row,) = csv.DictReader(io.StringIO(data[f"{E}/data/forms.csv"].decode()))
    assert [row[f"attended_{name}"] for name in ("listed", "moved", "unlisted")] == ["208", "", "2"]
