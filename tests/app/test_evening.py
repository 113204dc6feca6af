"""The officers' app in Chromium: three telephones with passkeys, one form, from paper to page."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from scripts.build_app import LATER, LIST
from tests.app.portal import KELURAHAN, WITH_FILES, Served, address, served
from tests.app.telephone import ORDER, VOTES, Telephone, weight
from tests.browser import axe
from tests.browser.test_verifier import browser
from tests.portal.intake.world import figures, identify, sign

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

PAPER = figures()
FIRST_LOAD = 120_000  # all but the list of digests and the desk, which no telephone asks for
ONE_FORM = 4_000
SLOT = f"pilkada-31/gubernur-31/c_hasil/{KELURAHAN}/{{}}"
BACK = """() => {
  const now = Date.now;
  Date.now = () => now() - 86_400_000;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""The clock is put right, and the screen is looked at again."""
WAITS = "navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("portal")) as made:
        yield made


def telephones(
    browser: Any, portal: Served, tps: str, *numbers: int, worker: bool = False
) -> list[Telephone]:
    """Telephones of a KPPS whose keys were granted."""
    made = [
        Telephone(browser, portal, tps, number, 320 if number == 3 else 360, worker=worker)
        for number in numbers
    ]
    portal.grant(tps, {one.number: one.install() for one in made})
    for one in made:
        one.granted()
    return made


def closed(*made: Telephone) -> None:
    for one in made:
        assert not one.said, one.said
        one.context.close()


def test_three_telephones_from_the_figures_to_the_receipt_and_the_page(
    browser: Any, portal: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    tps = "001"
    ketua, second, third = telephones(browser, portal, tps, 1, 2, 3, worker=True)

    # The second member copies the paper, in flight mode from here on; his telephone dies thrice.
    second.finger = third.finger = True
    second.flight(True)
    second.reload()
    second.fill(PAPER, reload_after=frozenset({0, 11, 20}))
    assert second.typed() == {field: str(PAPER[field]) for field in ORDER}
    second.reload()
    second.sees("Sama dengan kertas")

    # Nobody must note the witnesses; who begins notes all of them.
    second.touch(second.page.get_by_label("hadir, tidak tanda tangan").nth(1))
    second.sees("saksi nomor 1 belum dicatat")
    second.tap("Semua saksi hadir dan tanda tangan")
    second.sees("Sama dengan kertas")
    second.touch(second.page.get_by_label("hadir, tidak tanda tangan").nth(1))
    second.sees("saksi nomor 2 belum dicatat")
    second.clean()
    second.touch(second.page.get_by_label("mempersoalkan angka"))
    second.sees("Sama dengan kertas")
    second.reload()
    second.tap("Sama dengan kertas")
    second.sees("Menunggu sinyal")
    second.reload()
    second.sees("Menunggu sinyal")
    second.flight(False)
    second.sees("Disimpan portal sampai")

    # The third reads six rows blind, wrong by one digit, and is shown that row alone.
    third.read(PAPER | {"pair_3": PAPER["pair_3"] + 5})
    third.sees("1 baris berbeda")
    third.sees("5 baris lain sama")
    assert third.page.locator(".kotak.beda").count() == 1
    third.reload()
    third.sees("1 baris berbeda")
    third.tap("Bacaan saya keliru")
    third.type(PAPER["pair_3"])
    third.sees("baris Anda sama")
    third.reload()
    third.tap("Tanda tangani")
    third.sees("Disimpan portal sampai")

    # The ketua last: then it is logged, and the receipt is verified on his telephone.
    ketua.read(PAPER)
    ketua.sees("2 orang sudah menandatangani")
    ketua.sees("Nomor 2: hadir, tidak tanda tangan, mempersoalkan angka")
    ketua.tap("Tanda tangani")
    ketua.sees("Diterima portal")
    portal.settle()
    ketua.reload()
    ketua.tap("Tanda terima")
    ketua.sees("Tanda tangan portal sudah diperiksa")
    with ketua.context.expect_page() as opened:
        ketua.tap("Lihat halaman")
    assert opened.value.url == portal.base + address(tps)
    assert "100" in opened.value.inner_text("main")
    for one in (second, third):
        one.tap("Coba kirim")
        one.sees("Diterima portal")

    entry = portal.entries()[-1]
    form = json.loads(entry.payload)
    assert (form["kind"], form["tps"], form["figures"]) == ("form", tps, PAPER)
    here = {"present": True, "signed": True}
    assert form["witnesses"] == [
        {"pair": 1, **here},
        {"pair": 2, "present": True, "reason": "figures", "signed": False},
        {"pair": 3, **here},
    ]
    assert len(entry.signatures) == 3
    assert all(one.client_data for one in entry.signatures)
    sent = max(size for one in (ketua, second, third) for size in one.sent)
    files = portal.officers._files.items()
    first = weight(
        {path: data for path, data in files if path != LIST and not path.startswith(LATER)}
    )
    with capsys.disabled():
        print(f"\napp: first load {first:,} bytes compressed; largest form sent {sent:,} bytes")
    assert first <= FIRST_LOAD
    assert sent <= ONE_FORM
    closed(ketua, second, third)


def test_keys_as_fast_as_they_come_stand_in_their_rows(browser: Any, portal: Served) -> None:
    (one,) = telephones(browser, portal, "002", 2)
    one.tap("Mulai isi angka")
    one.sees("I.A L")
    one.type(*(PAPER[field] for field in ORDER))
    one.sees("Sama dengan kertas")
    assert one.typed() == {field: str(PAPER[field]) for field in ORDER}
    one.open("#isi/0")
    one.sees("I.A L")
    one.page.keyboard.press("Backspace")
    one.page.keyboard.press("Backspace")
    one.page.keyboard.press("Backspace")
    one.page.keyboard.type("x38")
    one.sees("berbeda dulu")
    one.reload()
    assert one.typed()["registered_m"] == "X38"
    closed(one)


def test_a_figure_that_a_dead_battery_cut_is_no_shorter_figure(
    browser: Any, portal: Served
) -> None:
    (one,) = telephones(browser, portal, "016", 2)
    one.tap("Mulai isi angka")
    one.sees("I.A L")
    for digit in "10":
        one.page.locator(f'[data-key="{digit}"]').tap()
    one.until(lambda: one.typed().get(ORDER[0], "").startswith("10"))
    one.reload()
    one.sees("0 dari 28")
    one.sees("I.A L")
    one.page.locator('[data-key="4"]').tap()
    one.sees("1 dari 28")
    assert one.typed() == {ORDER[0]: "104"}
    one.type(38)
    one.sees("2 dari 28")
    assert one.typed()[ORDER[1]] == "38"
    one.open("#daftar")
    one.sees("I.A P Pemilih dalam DPT, perempuan")
    assert one.text.count("belum") == 26
    closed(one)


def test_a_rule_speaks_when_its_last_figure_is_typed_and_the_paper_leads(
    browser: Any, portal: Served
) -> None:
    (one,) = telephones(browser, portal, "003", 2)
    wrong = PAPER | {"valid": 204}
    one.fill({field: wrong[field] for field in ORDER} | {"total": 250})
    one.sees("Selesaikan yang berbeda dulu")
    one.sees("204 seharusnya 240")
    one.tap("Di kertas memang tertulis begitu")
    one.page.locator("#alasan").fill("Salah menjumlah di kertas")
    one.until(lambda: one.keeps("Salah menjumlah di kertas"))
    one.reload()
    assert one.page.locator("#alasan").input_value() == "Salah menjumlah di kertas"
    one.tap("Kirim dengan alasan ini")
    one.sees("214")  # the next rule that the same figure breaks: invalid votes and the total
    one.tap("Di kertas memang tertulis begitu")
    one.page.locator("#alasan").fill("Salah menjumlah di kertas")
    one.tap("Kirim dengan alasan ini")
    one.sees("Dikirim dengan alasan (R6)")
    one.tap("Sama dengan kertas")
    one.sees("Disimpan portal")
    closed(one)


def test_a_form_beside_the_one_that_counts_is_asked_about_once(
    browser: Any, portal: Served
) -> None:
    tps = WITH_FILES
    (one,) = telephones(browser, portal, tps, 2)
    kpps = portal.world.kpps(tps)
    portal.log(sign(portal.world.form(tps), *kpps))
    other = figures((100, 85, 55))
    one.fill(other)
    one.tap("Sama dengan kertas")
    one.sees("perlu jawaban Anda")
    one.tap("Lihat dan jawab")
    one.sees("Kiriman Anda ditahan dulu")
    one.sees("2 baris berbeda")
    one.tap("Yang tercatat benar")
    one.sees("Tidak dikirim lagi")
    one.reload()
    one.sees("Tidak dikirim lagi")
    assert not portal.portal.records.held(SLOT.format(tps))
    closed(one)


def form(portal: Served, tps: str, read: Any, *signers: Telephone) -> None:
    """A form that the first signer typed and the others read; the last one has its receipt."""
    first, *others = signers
    first.fill(read)
    first.tap("Sama dengan kertas")
    first.sees("Disimpan portal sampai")
    for one in others:
        one.read(read)
        one.tap("Tanda tangani")
        one.sees("Diterima portal" if one is others[-1] else "Disimpan portal sampai")
    portal.settle()


def test_a_wrong_digit_after_the_receipt_is_corrected_by_three_and_stays_struck_out(
    browser: Any, portal: Served
) -> None:
    tps, wrong = "013", figures((100, 85, 55)) | {"voted_disabled_m": 1, "voted_disabled": 1}
    assert [field for field in ORDER if wrong[field] != PAPER[field]][-2:] == ["pair_2", "pair_3"]
    second, third, ketua = telephones(browser, portal, tps, 2, 3, 1)
    form(portal, tps, wrong, second, third, ketua)

    # Who typed it finds it; the battery dies between the rows and after the reason.
    second.tap("Coba kirim")
    second.sees("Diterima portal")
    second.tap("Tanda terima")
    second.tap("Ada yang salah: betulkan")
    second.sees("Belum ada baris yang berubah")
    for at, field in enumerate(ORDER):
        if wrong[field] != PAPER[field]:
            second.page.locator(f'a[href="#isi/{at}"]').tap()
            second.at_row(at)
            second.type(PAPER[field])
            second.sees("Baris mana yang salah?")
            second.reload()
    second.tap("Lanjut: alasan")
    second.sees("Pilih satu alasan dulu")
    second.page.get_by_text("Salah ketik").tap()
    second.sees("Lanjut: cocokkan")
    second.page.locator("#tambahan").fill("Dua baris tertukar.")
    second.until(lambda: second.keeps("Dua baris tertukar."))
    second.reload()
    assert second.page.locator("#tambahan").input_value() == "Dua baris tertukar."
    second.tap("Lanjut: cocokkan")
    second.sees("4 baris berubah")
    second.tap("Sama dengan kertas")
    second.sees("Pembetulan 1")
    second.sees("Disimpan portal sampai")

    # The others read the votes and what changed, blind; the old figure is not taken for the new.
    changed = ("voted_disabled_m", "voted_disabled")
    third.read(PAPER | {"voted_disabled_m": 1}, changed)
    third.sees("1 baris berbeda")
    third.tap("Bacaan saya keliru")
    third.type(PAPER["voted_disabled_m"])
    third.sees("Pembetulan: Salah ketik")
    third.sees("Dua baris tertukar.")
    third.tap("Tanda tangani")
    third.sees("Disimpan portal sampai")
    ketua.read(PAPER, changed)
    ketua.sees("2 orang sudah menandatangani")
    ketua.tap("Tanda tangani")
    ketua.sees("Pembetulan 1")
    ketua.until(lambda: ketua.text.count("Diterima portal") == 2)
    portal.settle()

    new, old = (json.loads(one.payload) for one in reversed(portal.entries()[-2:]))
    assert (old["figures"], new["figures"], new["revision"]) == (wrong, PAPER, 2)
    assert new["reason"] == {"code": "typing", "text": "Dua baris tertukar."}
    assert new["previous"] == portal.entries()[-2].id
    page = ketua.context.new_page()
    page.goto(portal.base + address(tps))
    assert {"85", "55"} <= set(page.locator("s").all_inner_texts())
    second.tap("Coba kirim")
    second.until(lambda: second.text.count("Diterima portal") == 2)
    closed(second, third, ketua)


def test_a_form_beside_the_one_that_counts_becomes_its_correction_by_one_tap(
    browser: Any, portal: Served
) -> None:
    tps = "007"
    portal.files(tps)
    left = {"pair": 1, "present": True, "signed": False, "reason": "left"}
    portal.log(sign(portal.world.form(tps, witnesses=[left]), *portal.world.kpps(tps)))
    (one,) = telephones(browser, portal, tps, 3)
    other = figures((100, 85, 55))
    one.fill(other)
    one.tap("Sama dengan kertas")
    one.sees("perlu jawaban Anda")
    one.tap("Lihat dan jawab")
    one.tap("Punya saya yang benar: betulkan")
    one.sees("Baris mana yang salah?")
    assert one.page.locator("s").all_inner_texts() == ["80", "60"]
    one.tap("Lanjut: alasan")
    one.page.get_by_text("Salah hitung di kertas").tap()
    one.tap("Lanjut: cocokkan")
    one.sees("2 baris berubah")
    assert one.page.get_by_label("meninggalkan rapat").is_checked()  # as the form says of him
    for pair in ("2", "3"):
        one.sees(f"saksi nomor {pair} belum dicatat")
        one.touch(one.page.locator(f"input[name=saksi-{pair}][value=absent]"))
    one.tap("Sama dengan kertas")
    one.sees("Disimpan portal sampai")

    # Meanwhile another correction came to count: it is asked about, and begun again upon it.
    head = identify(portal.world.form(tps, witnesses=[left]))
    kpps = portal.world.kpps(tps)
    again = {"revision": 2, "previous": head, "reason": {"code": "reading"}}
    portal.log(sign(portal.world.form(tps, figures=figures((90, 90, 60)), **again), *kpps))
    one.tap("Coba kirim")
    one.sees("perlu jawaban Anda")
    one.tap("Lihat dan jawab")
    one.sees("3 baris berbeda")
    one.tap("Punya saya yang benar: betulkan")
    one.sees("Baris mana yang salah?")
    assert one.page.locator("s").all_inner_texts() == ["90", "90", "60"]
    closed(one)


def test_a_form_that_was_changed_on_the_way_is_not_shown_for_signing(
    browser: Any, portal: Served
) -> None:
    first, second = telephones(browser, portal, "004", 2, 3)
    first.fill(PAPER)
    first.tap("Sama dengan kertas")
    first.sees("Disimpan portal")

    def changed(route: Any) -> None:
        body = json.loads(route.fetch().body())
        payload = base64.b64decode(body["payload"]).replace(b'"pair_1":100', b'"pair_1":101')
        body["payload"] = base64.b64encode(payload).decode()
        text = json.dumps(body, separators=(",", ":"), sort_keys=True)
        route.fulfill(body=text, content_type="application/json")

    second.context.route("**/v1/held/*", changed)
    second.open("#titipan")
    second.tap("Formulir 1")
    second.sees("tidak dapat dipercaya")
    assert not second.page.get_by_text("sidik jari").count()
    closed(first, second)


def test_a_form_that_came_as_another_sound_one_or_as_rubbish_is_read_when_it_comes_itself(
    browser: Any, portal: Served
) -> None:
    first, second, third = telephones(browser, portal, "014", 1, 2, 3)
    for one, votes in ((first, 0), (third, 1)):
        one.fill(PAPER | {"pair_1": PAPER["pair_1"] - votes, "pair_2": PAPER["pair_2"] + votes})
        one.tap("Sama dengan kertas")
        one.sees("Disimpan portal")
    ids = [one.id for one in portal.portal.records.held(SLOT.format("014"))]
    addresses = [f"{portal.base}v1/held/{one}" for one in ids]

    def other(route: Any) -> None:
        route.fulfill(response=route.fetch(url=addresses[1]))

    def rubbish(route: Any) -> None:
        route.fulfill(body="{", content_type="application/json")

    late: list[Any] = []

    def waits(route: Any) -> None:
        late.append(route)

    for answer in (other, rubbish, waits):
        second.context.route(addresses[0], answer)
        second.open("#titipan")
        second.reload()  # asks at once
        second.sees("Formulir 2")
        second.open(f"#baca/{ids[0]}")
        second.sees("tidak dapat dipercaya")
        if answer is not waits:
            second.context.unroute(addresses[0])
    second.until(lambda: len(late) > 0)
    late[-1].continue_()
    second.sees("0 dari 6")  # it came while it was looked at
    assert not second.page.get_by_text("tidak dapat dipercaya").count()
    closed(first, second, third)


def test_a_kit_that_the_log_does_not_prove_is_not_taken(browser: Any, portal: Served) -> None:
    one = Telephone(browser, portal, "009", 2)

    def changed(route: Any) -> None:
        route.fulfill(path=portal.folder / "public" / "bukti" / "4.json")

    one.context.route("**/bukti/2.json", changed)
    one.open(f"#{address('009')}?nomor=2")
    one.tap("Benar, siapkan")
    one.sees("Data portal tidak dapat dibuktikan")
    one.reload()
    one.sees("Benar, siapkan")
    one.context.unroute("**/bukti/2.json")
    one.tap("Benar, siapkan")
    one.sees("Buat kunci tanda tangan")
    closed(one)


def test_a_form_signed_by_a_key_that_was_not_granted_yet_goes_by_itself_after_it_was(
    browser: Any, portal: Served
) -> None:
    """Also if the clock of the telephone was a day ahead until then: it waits for no such day."""
    one = Telephone(browser, portal, "010", 2)
    line = one.install()
    one.open("#beranda")
    one.sees("belum diberi PPK")
    one.fill(PAPER)
    one.tap("Sama dengan kertas")
    one.sees("Belum diterima")
    one.sees("Tidak perlu tanda tangan lagi")
    portal.grant("010", {2: line})
    one.page.evaluate(BACK)
    one.sees("Disimpan portal sampai")
    one.context.close()


def test_who_finds_his_mistake_after_signing_types_one_row_and_is_told_what_helps(
    browser: Any, portal: Served
) -> None:
    first, second = telephones(browser, portal, "012", 2, 3)
    first.fill(figures((100, 80, 60), 20))
    first.tap("Sama dengan kertas")
    first.sees("Disimpan portal sampai")
    first.open("#isi/26")
    first.sees("B Suara tidak sah")
    first.type(10)
    first.sees("berbeda dulu")
    for at, field in enumerate(ORDER):
        if figures((100, 80, 60), 20)[field] != PAPER[field] and field != "invalid":
            first.open(f"#isi/{at}")
            first.at_row(at)
            first.type(PAPER[field])
    first.sees("Sama dengan kertas")
    first.tap("Sama dengan kertas")
    first.sees("menit lagi")
    first.sees("anggota lain mengisi dari kertas dan menandatangani lebih dulu")
    second.fill(PAPER)
    second.tap("Sama dengan kertas")
    second.sees("Disimpan portal sampai")
    closed(first, second)


def test_a_newer_version_waits_until_nothing_is_open(browser: Any, portal: Served) -> None:
    one = Telephone(browser, portal, "005", 2, worker=True)
    one.install()
    one.open("#isi/0")
    one.sees("I.A L")
    one.page.locator('[data-key="2"]').tap()
    old = portal.officers._files["worker.js"]
    portal.officers._files["worker.js"] = old.replace(b'NAME = "petugas-', b'NAME = "petugas-9')
    try:
        one.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        one.until(lambda: one.page.evaluate(WAITS))
        one.page.evaluate("window.dispatchEvent(new Event('online'))")
        one.page.wait_for_timeout(500)
        assert one.page.evaluate(WAITS)
        one.page.locator('[data-key="Hapus"]').tap()
        one.page.evaluate("window.dispatchEvent(new Event('online'))")
        one.until(lambda: not one.page.evaluate(WAITS))
    finally:
        portal.officers._files["worker.js"] = old
    closed(one)


def test_nothing_that_axe_finds(browser: Any, portal: Served) -> None:
    one = Telephone(browser, portal, "006", 2)
    # Tall, so that no bar lies over a button that a thumb scrolls free.
    one.page.set_viewport_size({"width": one.width, "height": 3_000})
    found = {}

    def judge(name: str) -> None:
        for look in ("malam", "siang"):
            one.page.evaluate("look => { document.body.dataset.look = look; }", look)
            if wrong := axe.wrong(one.page):
                found[name, look] = wrong

    one.open()
    judge("empty")
    one.install()
    judge("key")
    for path, words in (
        ("#beranda", "belum mulai"), ("#isi/0", "I.A L"), ("#daftar", "I.B.4"),
        ("#jelas/R6", "Alasan"), ("#antrean", "kosong"), ("#titipan", "dititipkan"),
        ("#pindai", "Kamera belum dapat dipakai"), ("#betulkan", "sudah diterima portal"),
        ("#kejadian", "Apa yang terjadi?"), ("#hilang", "belum mengenal kunci lain"),
    ):  # fmt: skip
        one.open(path)
        one.sees(words)
        judge(path)
    one.open("#isi/0")
    one.sees("I.A L")
    for field in ORDER:
        one.type(PAPER[field] if field not in VOTES[:1] else 999)
    one.sees("berbeda dulu")
    judge("#lembar")
    assert not found
    one.context.close()
