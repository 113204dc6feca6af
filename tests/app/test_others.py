"""The officers' app for those who watch a TPS: copy, objection and event, each by one telephone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.app.portal import KELURAHAN, WITH_FILES, Served
from tests.app.telephone import SHARED, VOTES, Telephone
from tests.app.test_evening import PAPER, closed, portal, telephones
from tests.browser.test_verifier import browser
from tests.portal.intake.world import sign

from rekap.core import codec
from rekap.core.signing.keys import keyid
from rekap.core.statements import attachments

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.chromium


def saksi(browser: Any, portal: Served, tps: str, width: int = 360) -> Telephone:
    """The telephone of a witness of pair 1, whom the pair granted for the whole kabupaten."""
    one = Telephone(browser, portal, tps, 1, width, who="saksi=1", worker=True)
    line = one.install()
    one.sees("Belum diberi tim pasangan calon")
    grant = portal.world.grant("saksi", "31.71", pair=1, count=1)
    portal.give(grant, {1: line}, "pair-root-1")
    one.granted()
    return one


def copies(one: Telephone, read: Mapping[str, int]) -> None:
    """Copy the six rows of votes; the telephone dies after the second of them."""
    one.tap("Salin angka dari kertas saya")
    for at, field in enumerate(VOTES):
        one.type(read[field])
        if at == 1:
            one.until(lambda: one.typed().get("pair_2") == str(read["pair_2"]))
            one.reload()
            one.sees("2 dari 6")


def notes(one: Telephone, code: str, number: str, words: str) -> None:
    """Fill the line of the paper of special events; the telephone dies after each step."""
    one.page.get_by_text(code, exact=True).tap()
    one.sees("Lanjut: isi dan nomor")
    one.reload()
    one.tap("Lanjut: isi dan nomor")
    one.page.locator("#isi").fill(words)
    one.tap("Lanjut: cocokkan")
    one.sees("Tulis dulu nomor barisnya")
    one.clean()
    one.page.locator("#nomor").fill(number)
    one.until(lambda: one.typed().get("number") == number)
    one.reload()
    assert one.page.locator("#isi").input_value() == words
    one.tap("Lanjut: cocokkan")
    one.sees("Semuanya dibaca umum")
    one.reload()


def test_a_saksi_from_the_link_to_the_page(browser: Any, portal: Served) -> None:
    one = saksi(browser, portal, WITH_FILES, 320)
    own = PAPER | {"pair_2": PAPER["pair_2"] + 5}
    one.flight(True)
    one.reload()
    copies(one, own)
    one.sees("240 seharusnya 245")  # the copy does not add up; it is sent as it stands
    one.reload()
    one.clean()
    one.tap("Sama dengan kertas saya")
    one.sees("Menunggu sinyal")
    one.reload()
    one.sees("Menunggu sinyal")
    portal.log(sign(portal.world.form(WITH_FILES), *portal.world.kpps(WITH_FILES)))
    one.flight(False)
    one.sees("Diterima portal pukul")
    portal.settle()

    copy = json.loads(portal.entries()[-1].payload)
    figures = {field: own[field] for field in VOTES}
    assert {name: copy[name] for name in ("kind", "body", "pair", "figures", "count")} == {
        "kind": "copy", "body": "saksi", "pair": 1, "figures": figures, "count": "first",
    }  # fmt: skip
    one.tap("Bandingkan dengan C.Hasil")
    one.sees("C.Hasil TPS ini belum tercatat")
    one.tap("Perbarui")
    one.sees("1 baris berbeda dengan C.Hasil")
    one.clean()

    # What differs becomes an objection: the log has the digest of its words, he has the words.
    one.tap("Ajukan keberatan")
    one.sees("Pilih salah satu dulu")
    one.page.get_by_text("angka", exact=True).tap()
    one.sees("Angka mana")
    one.page.locator('a[href="#klaim/1"]').tap()
    one.sees("Berapa seharusnya?")
    one.type(own["pair_2"])
    one.sees("Angka mana")
    notes(one, "angka", "2", "Dibacakan 85, di plano tertulis 80.")
    one.tap("Tanda tangani keberatan")
    one.sees("Keberatan nomor 2: angka")
    one.until(lambda: one.text.count("Diterima portal pukul") == 2)
    portal.settle()
    said = json.loads(portal.entries()[-1].payload)
    assert (said["kind"], said["number"], said["claims"]) == ("objection", 2, {"pair_2": 85})
    one.sees("Isinya menunggu baris ini tercatat")
    one.page.reload()
    one.sees("Isinya dibaca umum")
    served = portal.folder / "public" / attachments.path(said["text"])
    assert attachments.parse(served.read_bytes()).text == "Dibacakan 85, di plano tertulis 80."
    one.page.get_by_text("Isinya: bagikan").tap()
    one.clean()
    words = one.page.locator("#tulisan").input_value()
    assert hashlib.sha256(words.encode()).hexdigest() == said["text"]
    assert json.loads(words)["text"] == "Dibacakan 85, di plano tertulis 80."
    closed(one)


def test_a_ptps_notes_what_happened(browser: Any, portal: Served) -> None:
    one = Telephone(browser, portal, WITH_FILES, 1, who="ptps")
    line = one.install()
    grant = portal.world.grant("ptps", KELURAHAN, tps=WITH_FILES, count=1)
    portal.log(sign(portal.world.grant("bawaslu_kabko", "31.71", count=2), "bawaslu-1"))
    portal.give(grant, {1: line}, "bawaslu_kabko-31.71-1", "bawaslu_kabko-31.71-2")
    one.granted()
    one.tap("Catat kejadian khusus")
    notes(one, "surat suara kurang", "1", "Kurang 12 lembar.")
    one.tap("Tanda tangani kejadian")
    one.sees("Kejadian khusus nomor 1: surat suara kurang")
    one.sees("Diterima portal pukul")
    portal.settle()
    said = json.loads(portal.entries()[-1].payload)
    assert (said["kind"], said["body"], said["code"]) == ("event", "ptps", "ballots-short")
    assert not one.typed()
    closed(one)


def test_a_lost_telephone_costs_one_signature_and_no_figure(browser: Any, portal: Served) -> None:
    """Its key is revoked; the form that waits with it goes on with the keys that are left."""
    tps = "001"
    second, third, ketua = telephones(browser, portal, tps, 2, 3, 1)
    second.fill(PAPER)
    second.tap("Sama dengan kertas")
    second.sees("Disimpan portal sampai")
    third.read(PAPER)
    third.tap("Tanda tangani")
    third.sees("Disimpan portal sampai")
    (lost,) = (
        keyid(one["alg"], codec.b64decode(one["key"]))
        for one in json.loads(portal.entries()[-1].payload)["persons"]
        if one["person"] == f"telepon-{tps}-2"
    )

    # A colleague tells the PPK which key; who lost it begins anew on another telephone.
    ketua.tap("Telepon hilang atau mati")
    ketua.sees("Pilih teleponnya dulu")
    ketua.page.locator(f'input[value="{lost}"]').tap()
    ketua.sees("Kirim kabar kepada PPK")
    ketua.clean()
    ketua.page.evaluate(SHARED)
    ketua.tap("Kirim kabar kepada PPK")
    ketua.until(lambda: lost in (ketua.page.evaluate("window.shared") or ""))
    revoke = portal.world.of_election("revoke", keyid=lost, reason="lost")
    portal.log(sign(revoke, *portal.world.ppk(2)))
    new = Telephone(browser, portal, tps, 2)
    portal.grant(tps, {2: new.install()})
    new.granted()

    # The ketua's kit is older than the revocation: the portal says so, and he types nothing again.
    ketua.read(PAPER)
    ketua.sees("2 orang sudah menandatangani")
    ketua.tap("Tanda tangani")
    ketua.tap("Kirim tanpa tanda tangan kunci yang dicabut")
    ketua.sees("Disimpan portal sampai")
    new.read(PAPER)
    new.sees("2 orang sudah menandatangani")
    new.tap("Tanda tangani")
    new.sees("Diterima portal")
    portal.settle()
    signed = {one.keyid for one in portal.entries()[-1].signatures}
    assert len(signed) == 3
    assert lost not in signed

    # The old telephone is found: it says that its key ended, and makes another one.
    second.tap("Coba kirim")
    second.tap("Kirim tanpa tanda tangan kunci yang dicabut")
    second.sees("Kunci ini sudah dicabut")
    second.clean()
    second.tap("Buat kunci baru")
    second.sees("Buat kunci tanda tangan")
    for one in (ketua, second, third, new):
        one.context.close()
