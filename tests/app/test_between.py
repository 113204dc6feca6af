"""Three telephones without a network: each reads the screen of the one before with its camera.

Chromium's fake camera plays a film; the film is made of pictures of the other telephone's screen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from tests import needed
from tests.app.portal import Served
from tests.app.telephone import ASKED, ORDER, REFUSED, SHARED, VOTES, Telephone
from tests.app.test_evening import PAPER, closed, portal, telephones
from tests.app.test_petugas import buttons

from scripts import build_app

__all__ = ["portal"]
pytestmark = pytest.mark.chromium

SHOW, READ, SCAN = buttons("Tanpa sinyal: kode di layar")
FORBIDDEN = (
    "() => { navigator.mediaDevices.getUserMedia = () =>"
    " Promise.reject(new DOMException('no', 'NotAllowedError')); }"
)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film") / "camera.mjpeg"


@pytest.fixture(scope="module")
def browser(film: Path) -> Iterator[Any]:
    if not build_app.LIBRARY.is_dir():
        needed.lacking("app", "no library of square codes: make app")
    flags = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=needed.chromium(), args=flags)
        yield made
        made.close()


def shot(one: Telephone, film: Path) -> int:
    """Make a film of the codes that a telephone shows, some pictures of each; return how many."""
    one.tap(SHOW)
    one.sees("Anggota lain memindai")
    one.page.wait_for_selector(".kode2[aria-label]")
    count = int(one.page.locator(".maju").inner_text().split(" dari ")[1])
    pictures: dict[str, bytes] = {}
    while len(pictures) < count:
        if count > 1:
            one.tap("Kode berikutnya")  # from now on only a finger turns them
        one.page.evaluate("scrollTo(0, 0)")
        label = one.page.locator(".kode2").get_attribute("aria-label")
        pictures[str(label)] = one.page.screenshot(type="jpeg", quality=80)
    film.write_bytes(b"".join(picture * 10 for picture in pictures.values()))
    return count


def scans(one: Telephone) -> None:
    one.open("#beranda")
    one.tap(READ)
    one.sees("Perbarui")
    one.tap(SCAN)


def reads(one: Telephone) -> None:
    one.sees("0 dari 6")
    for field in VOTES:
        one.type(PAPER[field])
    one.sees("baris Anda sama")


def test_three_telephones_in_flight_mode_and_the_ketua_signs_last(
    browser: Any, portal: Served, film: Path
) -> None:
    tps = "014"
    all_three = telephones(browser, portal, tps, 2, 3, 1, worker=True)
    second, third, ketua = all_three
    before = len(portal.entries())
    for one in all_three:
        one.flight(True)
        one.reload()

    second.fill(PAPER)
    second.tap("Sama dengan kertas")
    second.sees("Menunggu sinyal")
    assert shot(second, film) >= 1
    scans(third)
    reads(third)
    third.sees("1 orang sudah menandatangani")
    third.tap("Tanda tangani")
    third.sees("2 tanda tangan")

    assert shot(third, film) > 1
    scans(ketua)
    reads(ketua)
    ketua.sees("2 orang sudah menandatangani")
    ketua.tap("Tanda tangani")
    ketua.sees("3 tanda tangan")
    ketua.sees("Menunggu sinyal")
    assert len(portal.entries()) == before

    # The first one reads the answer of the last, as text where no camera helps.
    ketua.page.evaluate(SHARED)
    ketua.tap(SHOW)
    ketua.tap("Bagikan lewat WhatsApp")
    ketua.until(lambda: ketua.page.evaluate("Boolean(window.shared)"))
    second.page.evaluate(FORBIDDEN)
    second.page.evaluate("location.hash = 'pindai'")
    second.sees("Izinkan kamera")
    second.tap("Kamera tidak dapat memindai")
    second.page.locator("#teks").fill("bukan formulir")
    second.tap("Ambil dari teks")
    second.sees("bukan formulir yang lengkap")
    second.tap("Kamera tidak dapat memindai")
    second.page.locator("#teks").fill(ketua.page.evaluate("window.shared"))
    second.tap("Ambil dari teks")
    second.sees("3 orang sudah menandatangani")
    second.sees("3 tanda tangan")

    # Whoever finds a network first sends it whole.
    second.flight(False)
    second.sees("Diterima portal")
    portal.settle()
    entry = portal.entries()[-1]
    form = json.loads(entry.payload)
    assert (form["tps"], form["figures"]) == (tps, {field: PAPER[field] for field in ORDER})
    assert len(entry.signatures) == 3
    for one in (third, ketua):
        one.flight(False)
        one.open("#antrean")
        one.sees("Diterima portal")
    closed(*all_three)


def test_what_is_pasted_stays_while_the_camera_is_refused_and_the_network_goes(
    browser: Any, portal: Served
) -> None:
    one = Telephone(browser, portal, "013", 2, worker=True)
    one.install()
    one.page.evaluate(ASKED)
    one.open("#pindai")
    one.tap("Kamera tidak dapat memindai")
    one.page.locator("#teks").fill("RT1")
    one.until(lambda: bool(one.page.evaluate(REFUSED)))
    one.sees("Izinkan kamera")
    one.page.keyboard.type("29")
    one.page.locator("#teks").blur()
    one.flight(True)
    assert one.page.locator("#teks").input_value() == "RT129"
    closed(one)


def test_a_code_of_another_place_is_not_kept(browser: Any, portal: Served, film: Path) -> None:
    (first,) = telephones(browser, portal, "015", 2, worker=True)
    (other,) = telephones(browser, portal, "016", 3)
    first.flight(True)
    first.fill(PAPER)
    first.tap("Sama dengan kertas")
    first.sees("Menunggu sinyal")
    shot(first, film)
    scans(other)
    other.sees("Formulir itu tidak dapat dipercaya (slot)")
    other.sees("Belum ada yang dititipkan")
    closed(first, other)
