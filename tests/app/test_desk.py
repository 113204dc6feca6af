"""The desk of a PPK in Chromium: a laptop, its members' telephones, one sheet of a kelurahan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.app.portal import KELURAHAN, Served, served
from tests.app.telephone import ORDER, Laptop, Telephone
from tests.app.test_evening import closed
from tests.browser.test_browser import browser
from tests.portal.intake.world import figures, identify, roles, sign

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

KECAMATAN = "31.71.06"
SECOND = "31.71.06.1002"
STATIONS = tuple(f"{number:03d}" for number in range(1, 31))
ADDRESS = "pilkada-31/gubernur-31/71/06/"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A kecamatan of two kelurahan: thirty TPS with their forms, and two, one without."""
    with served(tmp_path_factory.mktemp("portal"), STATIONS) as made:
        world, kabko, ppk = made.world, roles("kpu_kabko-31.71", 2), made.world.ppk(2)
        before = identify(
            world.roster(KECAMATAN, children=[
                {"code": KELURAHAN, "name": "Tempat", "level": "kelurahan"},
            ])
        )  # fmt: skip
        names = [
            {"code": code, "name": name, "level": "kelurahan"}
            for code, name in ((KELURAHAN, "Tempat"), (SECOND, "Sukamaju"))
        ]
        two = world.roster(
            SECOND, tps=[{"number": number, "registered": 400} for number in STATIONS[:2]]
        )
        made.log(sign(world.roster(KECAMATAN, children=names, revision=2, previous=before), *kabko))
        made.log(sign(two, *kabko))
        made.log(
            *(
                sign(world.grant("kpps", KELURAHAN, tps=tps, count=3), *ppk)
                for tps in STATIONS
                if tps != "008"
            ),
            sign(world.grant("kpps", SECOND, tps="001", count=3), *ppk),
        )
        made.log(
            *(sign(world.form(tps, figures=paper(tps)), *world.kpps(tps, 3)) for tps in STATIONS),
            sign(world.form("001", region=SECOND), *roles(f"kpps-{SECOND}-001", 3)),
        )
        yield made


def paper(tps: str) -> dict[str, int]:
    """The figures of a TPS, each its own."""
    return dict(figures((100 + int(tps), 80, 60)))


def members(browser: Any, portal: Served) -> list[Telephone]:
    """Three members of the PPK: the first at a laptop, two with telephones; their keys granted."""
    made = [
        kind(browser, portal, "", number, width, who=f"ppk={number}", where=ADDRESS)
        for number, kind, width in ((1, Laptop, 1280), (2, Telephone, 360), (3, Telephone, 360))
    ]
    lines = {one.number: one.install() for one in made}
    grant = portal.world.grant("ppk", KECAMATAN, count=1)
    portal.give(grant, lines, *roles("kpu_kabko-31.71", 2))
    for one in made:
        one.granted()
    return made


def opens(one: Telephone, name: str) -> None:
    """Open a sheet from the desk's first screen."""
    one.open("#beranda")
    one.sees("Meja rekap")
    one.touch(one.page.get_by_role("link", name=name).first)


def types(one: Telephone, tps: str, field: str, number: int) -> None:
    """Type a cell as a person does: the cell, then the number."""
    row, column = ORDER.index(field), STATIONS.index(tps)
    one.touch(one.page.locator(f'td[data-row="{row}"][data-column="{column}"]'))
    one.page.locator("#sel").fill(str(number))


def chooses(one: Telephone, words: str) -> None:
    """Tap a choice or a box to tick by its words."""
    one.touch(one.page.get_by_label(words, exact=True).first)


def test_a_sheet_of_thirty_tps_goes_from_the_forms_below_to_the_receipt(
    browser: Any, portal: Served
) -> None:
    first, second, third = members(browser, portal)
    opens(first, "D.Hasil Kecamatan (lembar kelurahan) Tempat")
    first.sees("30 dari 30 C.Hasil tercatat")

    # The meeting corrected TPS 005: three cells, a basis, initials; then a reload.
    before = paper("005")
    types(first, "005", "pair_3", before["pair_3"] - 5)
    types(first, "005", "valid", before["valid"] - 5)
    first.sees("1 kolom berbeda")
    first.sees("7.965 seharusnya 7.960")  # valid and invalid votes are not the total any more
    types(first, "005", "invalid", before["invalid"] + 5)
    first.until(lambda: first.keeps('"15"'))
    first.reload()
    first.sees("TPS 005: 3 angka berbeda dengan C.Hasil")
    first.sees("belum ada dasar atau paraf")
    chooses(first, "C.Hasil plano")
    chooses(first, "Ketua")
    chooses(first, "Saksi 1")
    first.tap("Semua saksi hadir dan tanda tangan")
    first.touch(first.page.get_by_label("hadir, tidak tanda tangan").nth(1))
    first.sees("saksi nomor 2 belum dicatat")
    chooses(first, "mempersoalkan angka")
    first.until(lambda: first.keeps('"figures"'))
    first.reload()
    first.clean()
    first.tap("Lihat semuanya, lalu tanda tangani")
    first.sees("3 angka dibetulkan dengan dasar dan paraf")
    first.reload()
    first.sees("Nomor 2: hadir, tidak tanda tangan, mempersoalkan angka")
    first.clean()
    first.tap("Sama dengan kertas, tanda tangani")
    first.sees("Disimpan portal sampai")

    # The others hold it against the forms that their own telephones proved.
    for one in (second, third):
        opens(one, "D.Hasil Kecamatan (lembar kelurahan) Tempat")
        one.sees("Ada lembar yang menunggu tanda tangan Anda")
        one.tap("Periksa dan tanda tangani")
        one.sees("kecuali 3 angka yang dibetulkan")
        if one is second:
            one.clean()
        one.tap("Sama dengan kertas, tanda tangani")
        one.sees("Diterima portal" if one is third else "Disimpan portal sampai")
    portal.settle()

    entry = portal.entries()[-1]
    form = json.loads(entry.payload)
    assert (form["form"], form["region"]) == ("d_hasil_kelurahan", KELURAHAN)
    assert len(entry.signatures) == 3
    assert form["figures"]["pair_3"] == 30 * 60 - 5
    changed = {"pair_3": -5, "valid": -5, "invalid": 5}
    assert form["corrections"] == [
        ["005", field, before[field], before[field] + step, 0] for field, step in changed.items()
    ]
    assert form["because"] == [{"basis": "plano", "initials": {"ketua": True, "pairs": [1]}}]
    assert form["witnesses"][1] == {
        "pair": 2, "present": True, "signed": False, "reason": "figures",
    }  # fmt: skip
    third.tap("Tanda terima")
    with third.context.expect_page() as opened:
        third.tap("Lihat halaman")
    assert opened.value.url == f"{portal.base}{ADDRESS}1001/"
    assert "1.795" in opened.value.inner_text("main")
    closed(first, second, third)
