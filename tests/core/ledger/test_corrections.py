"""What a D form corrects of the figures below it, and which differences that explains."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names
from tests.core.statements import builders

from rekap.core.ledger.state import State
from rekap.core.pages import pages
from rekap.core.pages.twins import corrected, places, statements, stations, whole
from rekap.core.pages.twins.context import Context

E, G = builders.ELECTION, builders.CONTEST
KELURAHAN, KECAMATAN, KABKO = "90.01.01.1001", "90.01.01", "90.01"
OTHER = "90.01.01.1002"
SHEET, KEC, KAB = (
    f"{E}/{G}/{form}/{code}"
    for form, code in (
        ("d_hasil_kelurahan", KELURAHAN), ("d_hasil_kecamatan", KECAMATAN),
        ("d_hasil_kabko", KABKO),
    )
)  # fmt: skip
MOVED = {"pair_1": 123, "pair_2": 92}
"""A column that has three votes of pair 2 for pair 1, each unlike the form of its TPS."""
CELLS = [["001", "pair_1", 120, 123, 0], ["001", "pair_2", 95, 92, 0]]


@lru_cache(maxsize=1)
def _realm() -> Realm:
    """Both TPS of a kelurahan have said their figures; those of the other one too."""
    realm = Realm(other=False, policy={"c_hasil": 1, "answer": 1})
    fork = realm.fork()
    for region in (KELURAHAN, OTHER):
        for tps in ("001", "002"):
            payload = builders.form(region=region, tps=tps)
            assert fork.try_(payload, f"kpps-{region}-{tps}-1") == "head"
    realm.keep(fork)
    return realm


class Desk(Fork):
    """A fork in which D forms are made."""

    def __init__(self) -> None:
        super().__init__(_realm())

    def sheet(self, column: dict[str, int] = MOVED, **fields: Any) -> str:
        """The sheet of the kelurahan, whose TPS 001 has other votes; returns its id."""
        columns = {"001": {**builders.STATION, **column}, "002": dict(builders.STATION)}
        payload = builders.form("d_hasil_kelurahan", columns=columns, **fields)
        assert self.try_(payload, *names("ppk-90.01.01")) == "head"
        return str(self.last["id"])

    def above(self, form: str, region: str, office: str, columns: dict[str, Any]) -> None:
        payload = builders.form(form, region=region, columns=columns)
        assert self.try_(payload, *names(office)) == "head"

    def explained(self, slot: str) -> dict[str, Any]:
        return explained(self.state, slot)


def explained(state: State, slot: str) -> dict[str, Any]:
    """Rule, and child or part if it has one -> the explanation of each finding but marks."""
    return {
        "/".join(filter(None, (f["rule"], f["child"], f["part"]))): f["explanation"]
        for _, f in state.findings.scan(f"{slot}|")
        if f["rule"] in ("X1", "X2", "D1")
    }


def by_correction(index: int, *basis: str) -> dict[str, Any]:
    return {"text": None, "by": "correction", "index": index, "basis": list(basis)}


def test_a_difference_that_the_form_corrects_is_explained_by_it() -> None:
    desk = Desk()
    desk.sheet()
    assert desk.explained(SHEET) == {"X1/001": None, "D1": None}
    desk = Desk()
    desk.sheet(because=[{"basis": "plano"}], corrections=CELLS)
    told = by_correction(desk.state.size - 1, "plano")
    assert desk.explained(SHEET) == {"X1/001": told, "D1": told}
    totals = desk.state.totals.get(f"{E}/{G}/90")
    assert (totals["open"], totals["answered"]) == (0, 2)


@pytest.mark.parametrize(
    "corrections",
    [
        CELLS[:1],
        [["001", "pair_1", 119, 123, 0], CELLS[1]],
        [["002", "pair_1", 121, 120, 0], *CELLS[1:]],
    ],
    ids=["another figure differs too", "the form below says another figure", "another column"],
)
def test_a_difference_that_is_corrected_in_part_stands_open(corrections: list[Any]) -> None:
    desk = Desk()
    desk.sheet(because=[{"basis": "event"}], corrections=corrections)
    assert desk.explained(SHEET) == {"X1/001": None, "D1": None}
    totals = desk.state.totals.get(f"{E}/{G}/90")
    assert (totals["open"], totals["answered"]) == (2, 0)
    assert "fix" not in totals


def test_a_form_below_that_says_another_figure_later_opens_the_difference_again() -> None:
    desk = Desk()
    desk.sheet(because=[{"basis": "event"}], corrections=CELLS)
    old = builders.form(region=KELURAHAN, tps="001")
    head = desk.state.slots.get(f"{E}/{G}/c_hasil/{KELURAHAN}/001")["head"]
    new = builders.form(
        region=KELURAHAN, tps="001", pair_1=121, pair_2=94, revision=2, previous=head
    )
    assert desk.try_(new, f"kpps-{KELURAHAN}-001-1") == "head"
    assert desk.explained(SHEET) == {"X1/001": None, "D1": None}
    assert "fix" not in desk.state.totals.get(f"{E}/{G}/{KABKO}")
    again = {**old, "revision": 3, "previous": desk.last["id"], "reason": {"code": "typing"}}
    assert desk.try_(again, f"kpps-{KELURAHAN}-001-1") == "head"
    told = by_correction(desk.state.slots.get(SHEET)["head_index"], "event")
    assert desk.explained(SHEET) == {"X1/001": told, "D1": told}


def test_sums_above_are_explained_by_what_forms_below_them_correct() -> None:
    desk = Desk()
    desk.sheet(because=[{"basis": "event"}, {"basis": "copies"}],
               corrections=[[*CELLS[0][:4], 1], CELLS[1]])  # fmt: skip
    two = desk.state.slots.get(SHEET)["figures"]
    one = {name: 2 * value for name, value in builders.STATION.items()}
    desk.above("d_hasil_kelurahan", OTHER, "ppk-90.01.01",
               {tps: dict(builders.STATION) for tps in ("001", "002")})  # fmt: skip
    desk.above("d_hasil_kecamatan", KECAMATAN, "ppk-90.01.01", {KELURAHAN: two, OTHER: one})
    index = desk.state.size - 1
    assert desk.explained(KEC) == {"D1": by_correction(index)}, "by a form below it"
    assert desk.explained(SHEET)["D1"]["basis"] == ["event", "copies"]


def test_a_kecamatan_that_corrects_a_sheet_explains_its_sums_too() -> None:
    desk = Desk()
    desk.sheet({})
    one = {name: 2 * value for name, value in builders.STATION.items()}
    desk.above("d_hasil_kelurahan", OTHER, "ppk-90.01.01",
               {tps: dict(builders.STATION) for tps in ("001", "002")})  # fmt: skip
    columns = {KELURAHAN: {**one, "invalid": 18, "total": 448}, OTHER: one}
    cells = [[KELURAHAN, "invalid", 20, 18, 0], [KELURAHAN, "total", 450, 448, 0]]
    payload = builders.form(
        "d_hasil_kecamatan", columns=columns, because=[{"basis": "recount"}], corrections=cells
    )
    assert desk.try_(payload, *names("ppk-90.01.01")) == "head"
    told = by_correction(desk.state.size - 1, "recount")
    found = desk.explained(KEC)
    assert found == {f"X1/{KELURAHAN}": told, "X2/below": told, "D1": told}


def test_an_answer_takes_nothing_from_what_corrections_explain() -> None:
    desk = Desk()
    desk.sheet(because=[{"basis": "event"}], corrections=CELLS)
    before = desk.explained(SHEET)
    said = [{"rule": "X1", "child": "001", "text": "Lain."}]
    payload = builders.answer("d_hasil_kelurahan", region=KELURAHAN, explains=said)
    assert desk.try_(payload, "ppk-90.01.01-1") == "effective"
    assert desk.explained(SHEET) == before


def test_the_next_revision_without_corrections_leaves_nothing_of_them() -> None:
    desk = Desk()
    one = desk.sheet(because=[{"basis": "event"}], corrections=CELLS)
    desk.sheet(revision=2, previous=one)
    assert desk.explained(SHEET) == {"X1/001": None, "D1": None}
    assert "corrected" not in desk.state.slots.get(SHEET)
    assert "fix" not in desk.state.totals.get(f"{E}/{G}/90")


def test_pages_and_tables_show_what_is_corrected_why_and_after_which_objection() -> None:
    desk = Desk()
    objected = builders.objection(region=KELURAHAN, tps="001", body="saksi")
    assert desk.try_(objected, "saksi-tps-1") == "effective"
    about, entry = str(desk.last["id"]), desk.state.size - 1
    initials = {"ketua": True, "pairs": [1, 2]}
    because = [{"basis": "plano", "objection": about, "initials": initials}, {"basis": "event"}]
    desk.sheet(because=because, corrections=[CELLS[0], [*CELLS[1][:4], 1]])
    ctx = Context(desk.state, lambda index: desk.entries[index])
    election = ctx.election(E)
    (contest,) = election["contests"]
    one = {"child": "001", "field": "pair_1", "from": 120, "to": 123, "basis": "plano",
           "objection": about, "entry": entry, "initials": ["ketua", "1", "2"]}  # fmt: skip
    two = {"child": "001", "field": "pair_2", "from": 95, "to": 92, "basis": "event",
           "objection": None, "entry": None, "initials": []}  # fmt: skip
    tps = stations.station(ctx, election, contest, KELURAHAN, "001")
    assert tps["column"]["corrections"] == [one, two]
    assert stations.station(ctx, election, contest, KELURAHAN, "002")["column"]["corrections"] == []
    page = places.region(ctx, election, contest, KELURAHAN)
    told = {"name": tps["region"]["name"], "address": f"{page['address']}001/"}
    place = {**told, "name": f"TPS 001 {told['name']}"}
    rows = [{**row, "place": place} for row in (one, two)]
    assert page["corrections"] == {"rows": rows, "more": 0}
    assert statements.statement(ctx, desk.state.size - 1)["corrections"] == [one, two]
    head = desk.state.size - 1
    start = [G, "d_hasil_kelurahan", KELURAHAN, 1, "001"]
    assert list(corrected.rows(ctx, election)) == [
        [*start, "pair_1", 120, 123, "plano", entry, "ketua 1 2", head],
        [*start, "pair_2", 95, 92, "event", None, "", head],
    ]
    columns, cells = whole.TABLES["differences.csv"](ctx, election)
    found = [dict(zip(columns, row, strict=True)) for row in cells]
    assert {(row["rule"], row["explanation"], row["basis"]) for row in found} == {
        ("X1", None, "plano event"), ("D1", None, "plano event"),
    }  # fmt: skip
    shown = pages.render(page).decode()
    assert "Dibetulkan di rekapitulasi" in shown
    assert (
        f'bukti/{entry}/index.html">keberatan</a>, paraf ketua, saksi nomor 1, saksi nomor 2'
        in shown
    )
    own = pages.render(tps).decode()
    assert "<dt>Dibetulkan di D.Hasil Kecamatan (lembar kelurahan):</dt>" in own
    assert "<s>95</s> → <b>92</b>, kejadian khusus, tanpa paraf" in own
