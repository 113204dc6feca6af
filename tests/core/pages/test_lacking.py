"""What a reader finds where figures lack: the way to what exists, and where votes are missing."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from tests.core.pages import samples
from tests.core.pages.test_front import _shown
from tests.core.pages.test_twin_claims import KECAMATAN, ONE, TWO, Desk, E, G, names
from tests.core.statements import builders

from rekap.core import packaged
from rekap.core.pages import pages
from rekap.core.pages.tables import rows

DATA = f"{E}/data/"


def _bulk(desk: Desk) -> dict[str, bytes]:
    return dict(desk.site().bulk())


def _rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{DATA}{name}"].decode())))


def _running(region: str, counted: int, expected: int, **figures: int) -> dict[str, Any]:
    return builders.form(
        "summary", region=region, stations_in=counted, stations_expected=expected,
        figures=figures, as_of_text="28 November 2024", tps=builders.ABSENT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def source() -> Desk:
    """A replay without C.Hasil: a running figure of one of two TPS, and a certificate above."""
    desk = Desk("replay", c=False)
    desk.ok(_running(KECAMATAN, 3, 4, pair_1=100, pair_2=50), *names("kpu", 2))
    form = builders.form("d_hasil_prov", region="90", pair_1=130, pair_2=60)
    desk.ok(form, *names("kpu-prov-90"))
    return desk


def test_a_tps_that_the_source_lacks_leads_to_what_exists_above(source: Desk) -> None:
    twin = source.twin("01/01/1001/001/")
    html = pages.render(twin).decode()
    assert "Angka TPS ini tidak kami punya." in html
    for up in range(1, 5):
        assert f'<a href="{"../" * up}index.html" data-twin="{"../" * up}index.json"' in html
    assert "Yang dapat Anda lakukan" not in html, "nothing can be done about a source"


@pytest.mark.parametrize("status", ["missing", "waiting"])
def test_a_tps_without_a_form_says_what_to_do_and_whom_to_ask(status: str) -> None:
    said = _shown(samples.absent_tps(status))
    assert "PPS Kelurahan Mawar" in said
    assert "PPK Contohan" in said
    assert "Panwaslu Distrik Contohan" in said
    assert "bukan berarti nol suara" in said


def test_a_kelurahan_that_the_source_lacks_has_no_table_of_nothing() -> None:
    html = pages.render(samples.unsourced()).decode()
    assert 'data-s="children"' not in html
    assert "tidak ada di sumber" not in html
    assert "Keterangan kosong" not in html
    assert html.count('/index.html">00') == 8


def test_the_script_of_a_place_without_figures_is_allowed_on_such_pages_only() -> None:
    code = (packaged.templates_folder() / "around.js").read_text()
    assert code in pages.render(samples.absent_tps("missing")).decode()
    assert code in pages.render(samples.unsourced()).decode()
    assert code not in pages.render(samples.tps()).decode()
    assert code not in pages.render(samples.kelurahan()).decode()


def test_what_a_source_counts_without_numbers_is_told_where_it_lacks(source: Desk) -> None:
    files = _bulk(source)
    page = json.loads(files[f"{DATA}{G}/belum-masuk/index.json"])
    expected = page["stations"]["expected"]
    assert page["stations"]["absent"] == expected - 3
    rows = _rows(files, "missing.csv")
    assert sum(int(row["missing"]) for row in rows) == expected - 3
    assert {row["tps"] for row in rows} == {""}
    assert KECAMATAN in {row["region"] for row in rows}
    assert [one["missing"] for one in page["uncounted"]] == [int(r["missing"]) for r in rows]


def test_the_list_of_differences_has_what_is_incomplete_the_largest_first(source: Desk) -> None:
    files = _bulk(source)
    page = json.loads(files[f"{DATA}{G}/selisih/index.json"])
    (one,) = page["gaps"]
    assert (one["region"], one["rule"], one["apart"]) == ("90", None, 40)
    assert one["missing"] == page["gaps"][0]["missing"] > 0
    rows = _rows(files, "differences.csv")
    assert {row["field"]: row["difference"] for row in rows} == {"pair_1": "30", "pair_2": "10"}
    assert {row["missing"] for row in rows} == {str(one["missing"])}


def test_every_figure_of_a_difference_stands_cell_by_cell() -> None:
    said = _shown(samples.differences())
    heads = "Isian Di bawahnya Di sini Selisih"
    assert f"{heads} Nomor 1 120 132 +12 Suara sah 300 312 +12" in said
    assert "2 isian berbeda" in said, "what is incomplete is folded"


def test_men_and_women_are_told_where_their_total_is_the_same() -> None:
    men, women, total = ["voted_m", 1, 2], ["voted_f", 2, 1], ["voted", 3, 4]
    assert rows.cells([men, women, ["valid", 5, 6]]) == [men, women, ["valid", 5, 6]]
    assert rows.cells([men, total]) == [total]


def test_an_incomplete_region_is_not_told_twice() -> None:
    desk = Desk()
    desk.stations((ONE, "001"))
    for region in (ONE, TWO):
        columns = {"001": builders.STATION, "002": {**builders.STATION, "pair_1": 400}}
        form = builders.form("d_hasil_kelurahan", region=region, columns=columns)
        desk.ok(form, *names("ppk-90.01.01"))
    children = {ONE: builders.STATION, TWO: builders.STATION}
    form = builders.form("d_hasil_kecamatan", region=KECAMATAN, columns=children)
    desk.ok(form, *names("ppk-90.01.01"))
    page = json.loads(_bulk(desk)[f"{DATA}{G}/selisih/index.json"])
    assert KECAMATAN not in {one["region"] for one in page["gaps"] if one["rule"] is None}
