"""What a TPS has on the eve and what came back: two bodies, two devices, one statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.app.portal import KELURAHAN, Served, served
from tests.app.telephone import Laptop, Telephone
from tests.app.test_evening import closed
from tests.browser.test_verifier import browser
from tests.portal.intake.world import roles

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

KECAMATAN = "31.71.06"
ABOVE = "pilkada-31/gubernur-31/71/06/"
MAYOR = {
    "id": "walikota-3171", "office": "mayor", "region": "31.71", "win": "plurality",
    "pairs": [{"number": 1, "names": ["Gita", "Hadi"]}, {"number": 2, "names": ["Ira", "Joko"]}],
}  # fmt: skip


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two contests at each TPS."""
    with served(tmp_path_factory.mktemp("portal"), contests=(MAYOR,)) as made:
        yield made


def kpps(browser: Any, portal: Served, tps: str, number: int = 2) -> Telephone:
    one = Telephone(browser, portal, tps, number, worker=True)
    portal.grant(tps, {number: one.install()})
    one.granted()
    return one


def pps(browser: Any, portal: Served) -> Telephone:
    """A member of the PPS, with a small telephone, granted by the PPK."""
    one = Telephone(browser, portal, "", 1, 320, "pps=1", f"{ABOVE}1001/", worker=True)
    line = one.install()
    one.sees("Belum diberi PPK")
    portal.give(portal.world.grant("pps", KELURAHAN, count=1), {1: line}, *portal.world.ppk(2))
    one.granted()
    return one


def last(portal: Served) -> tuple[dict[str, Any], int]:
    portal.settle()
    entry = portal.entries()[-1]
    return json.loads(entry.payload), len(entry.signatures)


def test_what_arrived_is_ticked_by_the_pps_and_signed_by_the_kpps(
    browser: Any, portal: Served
) -> None:
    tps = "001"
    giver, taker = pps(browser, portal), kpps(browser, portal, tps)

    # The PPS: what lacks is ticked, in flight mode, reloaded at each step.
    giver.sees("16 TPS. Pilih TPS-nya.")
    giver.clean()
    giver.page.get_by_role("link", name=f"TPS {tps}").tap()
    giver.sees("Yang diterima TPS: belum tercatat")
    giver.flight(True)
    giver.reload()
    giver.tap("Isi, atau tanda tangani")
    giver.sees("Apa yang kurang?")
    giver.tap("Lanjut: cocokkan")
    giver.sees("Isi dulu: surat suara Gubernur, berapa lembar.")
    giver.page.get_by_label("Surat suara Gubernur: berapa lembar diterima?").fill("410")
    giver.page.get_by_label("Surat suara Wali Kota: berapa lembar diterima?").fill("405")
    giver.until(lambda: giver.keeps("405"))
    giver.reload()
    giver.page.get_by_label("Surat suara Wali Kota", exact=True).tap()
    giver.sees("Surat suara Wali Kota: kurang")
    giver.tap("Lanjut: cocokkan")
    giver.sees("Surat suara Wali Kota: pilih apa yang terjadi")
    giver.page.get_by_label("Surat suara Wali Kota: kurang").tap()
    giver.sees("Berapa? Boleh dikosongkan")
    giver.page.get_by_label("Berapa? Boleh dikosongkan").fill("5")
    giver.until(lambda: giver.keeps('"short":"5"'))
    giver.reload()
    giver.page.get_by_label("Alat bantu tunanetra", exact=True).tap()
    giver.page.get_by_label("Alat bantu tunanetra: tidak ada").tap()
    giver.until(lambda: giver.keeps('"none":""'))
    giver.reload()
    assert giver.page.get_by_label("Berapa? Boleh dikosongkan").input_value() == "5"
    assert giver.page.get_by_label("Alat bantu tunanetra: tidak ada").is_checked()
    giver.clean()
    giver.tap("Lanjut: cocokkan")
    giver.sees("Ini yang Anda tanda tangani")
    giver.reload()
    giver.sees("surat suara Wali Kota: kurang 5")
    giver.sees("alat bantu tunanetra: tidak ada")
    giver.sees("Yang lain ada dan baik.")
    giver.clean()
    giver.tap("Dihitung dan cocok, tanda tangani")
    giver.sees("Menunggu sinyal")
    giver.flight(False)
    giver.sees("Disimpan portal sampai")

    # The KPPS counts again, and signs what it sees.
    taker.tap("Perlengkapan TPS")
    taker.sees("Yang dikembalikan TPS: belum tercatat")
    taker.clean()
    taker.tap("Isi, atau tanda tangani")
    taker.sees("Ditandatangani rekan, menunggu Anda")
    taker.sees("Oleh ketua PPS")
    taker.flight(True)
    taker.reload()
    taker.sees("surat suara Wali Kota: kurang 5")
    taker.clean()
    taker.tap("ikut tanda tangani")
    taker.sees("Menunggu sinyal")
    taker.reload()
    taker.flight(False)
    taker.sees("Diterima portal")
    said, signers = last(portal)
    assert {name: said[name] for name in ("kind", "tps", "step", "ballots", "lacks")} == {
        "kind": "readiness", "tps": tps, "step": "arrived",
        "ballots": [
            {"contest": "gubernur-31", "sheets": 410}, {"contest": "walikota-3171", "sheets": 405},
        ],
        "lacks": [
            {"item": "ballots", "lack": "short", "contest": "walikota-3171", "number": 5},
            {"item": "braille", "lack": "none"},
        ],
    }  # fmt: skip
    assert signers == 2
    taker.open("#siap")
    taker.tap("Perbarui")
    taker.sees("Yang diterima TPS: tercatat")
    taker.sees("surat suara Wali Kota: kurang 5")
    taker.open("#antrean")
    taker.tap("Tanda terima")
    with taker.context.expect_page() as opened:
        taker.tap("Lihat halaman")
    assert opened.value.url == f"{portal.base}{ABOVE}1001/{tps}/"
    closed(giver, taker)


def test_what_came_back_goes_from_the_kpps_to_the_desk_without_the_portal(
    browser: Any, portal: Served
) -> None:
    tps = "002"
    giver = kpps(browser, portal, tps)
    desk = Laptop(browser, portal, "", 1, 1280, who="ppk=1", where=ABOVE)
    grant = portal.world.grant("ppk", KECAMATAN, count=1)
    portal.give(grant, {1: desk.install()}, *roles("kpu_kabko-31.71", 2))
    desk.granted()
    desk.tap("Perlengkapan TPS")
    desk.sees("16 TPS. Pilih TPS-nya.")
    desk.touch(desk.page.get_by_role("link", name=f"TPS {tps}"))
    desk.sees("Yang dikembalikan TPS: belum tercatat")

    giver.tap("Perlengkapan TPS")
    giver.sees("belum tercatat")
    giver.flight(True)
    giver.open("#siap")
    giver.page.locator(".kotak").filter(has_text="Yang dikembalikan").get_by_role("button").tap()
    giver.sees("Kotak suara kembali")
    giver.page.get_by_label("Kotak suara kembali").fill("2")
    giver.page.get_by_label("Segel utuh").fill("tiga")
    giver.tap("Lanjut: cocokkan")
    giver.sees("Isi dulu: segel utuh, dengan angka.")
    giver.page.get_by_label("Segel utuh").fill("3")
    giver.page.get_by_label("Segel rusak atau terbuka").fill("1")
    giver.until(lambda: giver.keeps('"seals_broken":"1"'))
    giver.reload()
    giver.clean()
    giver.tap("Lanjut: cocokkan")
    giver.tap("Dihitung dan cocok, tanda tangani")
    giver.sees("Menunggu sinyal")
    giver.open("#antrean")
    shared = giver.shares()

    desk.pastes(shared)
    desk.sees("1 kiriman anggota lain diambil")
    desk.open(f"#siap/{KELURAHAN}-{tps}/returned")
    desk.sees("anggota KPPS")
    desk.sees("Segel rusak atau terbuka")
    desk.reload()
    desk.clean()
    desk.tap("ikut tanda tangani")
    desk.sees("Diterima portal")
    said, signers = last(portal)
    assert {name: said[name] for name in ("step", "boxes", "seals_whole", "seals_broken")} == {
        "step": "returned", "boxes": 2, "seals_whole": 3, "seals_broken": 1,
    }  # fmt: skip
    assert signers == 2
    giver.flight(False)
    giver.open("#antrean")
    giver.sees("Diterima portal")
    closed(giver, desk)
