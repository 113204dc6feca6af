"""The officers' app: what is signed was seen, and what is typed can be signed."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from tests.app.portal import STATIONS, WITH_FILES, Served
from tests.app.telephone import ORDER, Telephone
from tests.app.test_evening import PAPER, closed, portal, telephones
from tests.browser.test_verifier import browser
from tests.live_portal import upload
from tests.portal.intake.world import figures, roles, sign

from handlers import submit

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.chromium


def test_what_a_form_says_besides_its_figures_is_shown_before_it_is_signed(
    browser: Any, portal: Served
) -> None:
    """A member with another program says of which count it is, and what the witnesses did."""
    (one,) = telephones(browser, portal, WITH_FILES, 2)
    witness = {"pair": 1, "present": True, "signed": False, "reason": "figures"}
    scan = {"page": 1, "sha256": "ab" * 32, "bytes": 9, "type": "image/jpeg"}
    strange = portal.world.form(WITH_FILES, count="court", witnesses=[witness], scans=[scan])
    answer = submit.respond(upload(sign(strange, portal.world.kpps(WITH_FILES)[0])), portal.portal)
    assert answer["statusCode"] == 202, answer["body"]
    one.read(PAPER)
    one.sees("baris Anda sama")
    for words in ("sesudah putusan MK", "Nomor 1: hadir, tidak tanda tangan, mempersoalkan angka",
                  "Foto halaman 1: abababab", "Waktu di formulir: 2024-11-27"):  # fmt: skip
        one.sees(words)
    closed(one)


def test_a_reason_of_two_lines_is_signed_and_one_that_no_form_holds_is_said_at_once(
    browser: Any, portal: Served
) -> None:
    (one,) = telephones(browser, portal, "001", 2)
    wrong = {field: PAPER[field] for field in ORDER} | {"registered": 401}
    one.fill(wrong)
    one.tap("Di kertas memang tertulis begitu")
    one.page.locator("#alasan").fill("salah \N{PILE OF POO} jumlah")
    one.sees("Ada tanda yang tidak dapat ditulis")
    one.tap("Kirim dengan alasan ini")
    one.sees("Selesaikan yang berbeda dulu")
    one.tap("Di kertas memang tertulis begitu")
    one.page.locator("#alasan").fill("hubungi 081234567")
    one.sees("Delapan angka berurutan")
    one.page.locator("#alasan").fill("salah jumlah\ndi kertas")
    one.until(lambda: one.keeps("salah jumlah di kertas"))
    one.tap("Kirim dengan alasan ini")
    one.sees("Dikirim dengan alasan")
    one.tap("Sama dengan kertas")
    one.sees("Disimpan portal")
    closed(one)


def test_a_portal_that_calls_a_form_known_without_a_receipt_is_asked_again(
    browser: Any, portal: Served
) -> None:
    (one,) = telephones(browser, portal, "002", 2)

    def known(route: Any) -> None:
        said = {"id": "0" * 64, "index": 7, "receipt": base64.b64encode(b"x").decode()}
        route.fulfill(status=200, body=json.dumps(said), content_type="application/json")

    one.context.route("**/v1/statements", known)
    one.fill(PAPER)
    one.tap("Sama dengan kertas")
    one.sees("Menunggu giliran")
    one.context.unroute("**/v1/statements")
    one.tap("Coba kirim")
    one.sees("Disimpan portal sampai")
    closed(one)


def test_the_same_figures_again_are_the_word_of_the_portal_alone(
    browser: Any, portal: Served
) -> None:
    tps = "011"
    portal.files(tps)
    (one,) = telephones(browser, portal, tps, 3)
    portal.log(sign(portal.world.form(tps), *portal.world.kpps(tps)))
    one.fill(PAPER)
    one.tap("Sama dengan kertas")
    one.sees("Menurut portal angka yang sama sudah diterima")
    closed(one)


def test_what_a_portal_calls_known_by_a_receipt_of_another_can_be_sent_again(
    browser: Any, portal: Served
) -> None:
    """Its signatures lay in the telephone and led nowhere."""
    portal.files("015")
    other = sign(portal.world.form("015"), *portal.world.kpps("015"))
    portal.log(other)
    (one,) = telephones(browser, portal, "012", 2)

    def lies(route: Any) -> None:
        digest = {"x-amz-content-sha256": hashlib.sha256(other).hexdigest()}
        headers = {**route.request.headers, **digest}
        route.fulfill(response=route.fetch(post_data=other, headers=headers))

    one.context.route("**/v1/statements", lies)
    one.fill(PAPER)
    one.tap("Sama dengan kertas")
    one.sees("Menurut portal angka yang sama sudah diterima")
    one.context.unroute("**/v1/statements")
    one.tap("Halamannya lain: kirim lagi")
    one.sees("Disimpan portal sampai")
    closed(one)


def test_a_form_is_not_dropped_for_one_that_the_log_has_not(browser: Any, portal: Served) -> None:
    """A portal says that the same figures stand already, or that it will never take the form."""
    (one,) = telephones(browser, portal, "003", 2)
    said: list[tuple[int, dict[str, Any]]] = []

    def lies(route: Any) -> None:
        status, body = said[-1]
        route.fulfill(status=status, body=json.dumps(body), content_type="application/json")

    head = {"id": "0" * 64, "index": 7, "revision": 1, "figures": PAPER}
    said.append((409, {"errors": [{"code": "another-counts", "id": "lain"}], "head": head}))
    one.context.route("**/v1/statements*", lies)
    one.fill(PAPER)
    one.tap("Sama dengan kertas")
    one.sees("perlu jawaban Anda")
    one.tap("Lihat dan jawab")
    one.tap("Yang tercatat benar")
    one.sees("Yang tercatat belum ada di halaman TPS")
    said.append((400, {"errors": [{"code": "text", "id": "Isinya tidak dapat diterima."}]}))
    one.tap("Kami sengaja mengirim dua")
    one.tap("Kirim juga, sengaja dua")
    one.sees("Isinya tidak dapat diterima.")
    one.context.unroute("**/v1/statements*")
    one.tap("Coba kirim")
    one.sees("Disimpan portal sampai")
    one.context.close()


def test_what_is_said_to_be_recorded_is_read_from_the_log_before_a_form_is_dropped_for_it(
    browser: Any, portal: Served
) -> None:
    """A portal that took a false form says of it what the honest one would let pass."""
    tps = "012"
    portal.files(tps)
    portal.log(
        sign(portal.world.form(tps, figures=figures((80, 100, 60))), *portal.world.kpps(tps))
    )
    (one,) = telephones(browser, portal, tps, 2)

    def lies(route: Any) -> None:
        answer = route.fetch()
        said = answer.json()
        said["head"]["figures"] = {**PAPER, "voted_disabled": 1}
        route.fulfill(response=answer, json=said)

    one.context.route("**/v1/statements", lies)
    one.fill(PAPER)
    one.tap("Sama dengan kertas")
    one.sees("perlu jawaban Anda")
    one.tap("Lihat dan jawab")
    one.sees("1 baris berbeda")
    one.tap("Yang tercatat benar")
    one.sees("lain daripada yang dikatakan portal")
    one.sees("2 baris berbeda")
    one.sees("Lihat kertas, lalu pilih")
    closed(one)


def test_what_a_sheet_says_besides_its_cells_is_shown_before_the_next_one_signs(
    browser: Any, portal: Served
) -> None:
    one = Telephone(browser, portal, "", 2, who="ppk=2", where="pilkada-31/gubernur-31/71/06/")
    grant = portal.world.grant("ppk", "31.71.06", count=1)
    portal.give(grant, {2: one.install()}, *roles("kpu_kabko-31.71", 2))
    one.granted()
    columns = len(STATIONS)
    strange = portal.world.form(
        form="d_hasil_kelurahan", count="court", children=list(STATIONS),
        figures={field: number * columns for field, number in PAPER.items()},
        rows={field: [number] * columns for field, number in PAPER.items()},
        scans=[{"page": 1, "sha256": "ab" * 32, "bytes": 9, "type": "image/jpeg"}],
    )  # fmt: skip
    del strange["tps"]
    answer = submit.respond(upload(sign(strange, "ppk-31.71.06-1")), portal.portal)
    assert answer["statusCode"] == 202, answer["body"]
    one.touch(one.page.get_by_role("link", name="Tempat").first)
    one.tap("Periksa dan tanda tangani")
    for words in (
        "sesudah putusan MK",
        "Foto halaman 1: abababab",
        "Waktu di formulir: 2024-11-27",
    ):
        one.sees(words)
    closed(one)


def test_rows_that_were_typed_before_a_form_was_recorded_stay_in_its_correction(
    browser: Any, portal: Served
) -> None:
    """Two others signed; he had typed the first rows himself, as the paper has them."""
    tps = "016"
    portal.files(tps, 2)
    (one,) = telephones(browser, portal, tps, 3)
    one.tap("Mulai isi angka")
    one.sees("I.A L")
    own = {ORDER[0]: 199, ORDER[1]: 201}
    for number in own.values():
        one.type(number)
    entry = sign(portal.world.form(tps), *portal.world.kpps(tps, 2))
    assert submit.respond(upload(entry), portal.portal)["statusCode"] == 202
    one.read(PAPER)
    one.tap("Tanda tangani")
    one.sees("Diterima portal")
    portal.settle()
    one.tap("Ada yang salah: betulkan")
    one.sees("Baris mana yang salah?")
    one.until(lambda: len(one.typed()) == len(ORDER))
    assert one.typed() == {field: str({**PAPER, **own}[field]) for field in ORDER}
    closed(one)
