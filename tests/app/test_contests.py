"""Two contests at one TPS in one night: one enrolment, one visit, no figure of one in the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.app.portal import Served, served
from tests.app.telephone import ORDER, Telephone
from tests.app.test_evening import closed, telephones
from tests.app.test_readiness import MAYOR
from tests.browser.test_verifier import browser
from tests.portal.intake.world import figures

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

GOVERNOR = figures()

OF_TWO = figures((150, 90))


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("portal"), contests=(MAYOR,)) as made:
        yield made


def fill_two(one: Telephone) -> None:
    """Type the paper of the second contest, that has two pairs."""
    one.tap("Mulai isi angka")
    one.sees("I.A L")
    for field in ORDER:
        if field in OF_TWO:
            one.type(OF_TWO[field])
    one.sees("Sama dengan kertas")


def test_two_contests_of_a_night_go_out_by_one_key_and_are_never_mixed(
    browser: Any, portal: Served
) -> None:
    first, second, third = telephones(browser, portal, "001", 2, 3, 4, worker=True)

    # In flight mode from here on: both papers are typed and signed by the key of one enrolment.
    first.flight(True)
    first.reload()
    first.sees("Gubernur · Anggota 2")
    first.fill(GOVERNOR)
    first.sees("C.Hasil Gubernur TPS 001")
    first.tap("Sama dengan kertas")
    first.sees("Menunggu sinyal")
    first.open("#beranda")
    first.sees("Beralih ke surat suara Wali Kota")
    first.clean()
    first.tap("Beralih ke surat suara Wali Kota")
    first.sees("Wali Kota: belum mulai")
    fill_two(first)
    first.sees("C.Hasil Wali Kota TPS 001")
    first.tap("Sama dengan kertas")
    first.sees("Angka Gubernur")
    first.sees("Angka Wali Kota")
    assert first.text.count("Menunggu sinyal") >= 2
    first.reload()
    first.flight(False)
    first.sees("Disimpan portal sampai")
    first.tap("Coba kirim")
    first.until(lambda: first.text.count("Disimpan portal sampai") == 2)

    # Each is read blind on its own side; a code of the other side is not taken.
    for one in (second, third):
        one.read(GOVERNOR)
        one.sees("C.Hasil Gubernur TPS 001")
        one.tap("Tanda tangani")
        one.sees("Diterima portal" if one is third else "Disimpan portal sampai")
        one.open("#beranda")
        one.tap("Beralih ke surat suara Wali Kota")
        one.sees("Wali Kota: belum mulai")
    shared = first.shares()
    second.open("#beranda")
    second.tap("Beralih ke surat suara Gubernur")
    second.sees("Gubernur: sudah ditandatangani di sini")
    second.open("#pindai")
    second.sees("Kamera belum dapat dipakai")
    second.tap("Kamera tidak dapat memindai")
    second.page.locator("#teks").fill(shared)
    second.tap("Ambil dari teks")
    second.sees("bukan dari TPS dan surat suara ini")
    second.sees("Minta anggota yang mengisi")  # the portal has answered: what was said is there
    second.sees("bukan dari TPS dan surat suara ini")
    second.open("#beranda")
    second.tap("Beralih ke surat suara Wali Kota")
    second.sees("Wali Kota: belum mulai")
    for one in (second, third):
        one.open("#titipan")
        one.tap("Formulir 1")
        one.sees("0 dari 5")
        for field in ("pair_1", "pair_2", "valid", "invalid", "total"):
            one.type(OF_TWO[field])
        one.sees("C.Hasil Wali Kota TPS 001")
        one.tap("Tanda tangani")
        one.sees("Diterima portal" if one is third else "Disimpan portal sampai")
    portal.settle()

    said = [json.loads(one.payload) for one in portal.entries()[-2:]]
    assert [(one["contest"], one["figures"]) for one in said] == [
        ("gubernur-31", GOVERNOR),
        (MAYOR["id"], OF_TWO),
    ]
    signers = {tuple(sig.keyid for sig in one.signatures) for one in portal.entries()[-2:]}
    assert len(signers) == 1, "the same three keys"
    closed(first, second, third)
