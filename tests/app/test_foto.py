"""Pictures of C.Hasil in Chromium: no metadata, black boxes, signed, queued, served, shown."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from scripts.vectors.pictures import segment
from tests.app.portal import WITH_FILES, Served, address
from tests.app.telephone import Telephone
from tests.app.test_evening import closed, portal, telephones
from tests.browser.test_verifier import browser

from rekap.core.errors import Malformed
from rekap.core.statements import pictures

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.chromium

PAPER = """() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [3000, 2000];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#eee"; pen.fillRect(0, 0, 3000, 2000);
  pen.fillStyle = "#225"; pen.font = "120px sans-serif";
  pen.fillText("SIMULASI C.HASIL 100 80 60", 200, 400);
  pen.fillText("NAMA KETUA: SIMULASI", 200, 1700);
  return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}"""
PIXELS = """async ([data, points]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const shown = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [shown.width, shown.height];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(shown, 0, 0);
  const at = ([x, y]) => pen.getImageData(x * shown.width, y * shown.height, 1, 1).data;
  return points.map((point) => [...at(point)]);
}"""
SAID = b"Exif\0\0MM\0* GPS 6.2 S 106.8 E Telepon Siti"


def photographed(one: Telephone, folder: Path) -> Path:
    """A picture as a camera writes it: too large, with a place and the name of a device."""
    data = base64.b64decode(one.page.evaluate(PAPER))
    path = folder / "kamera.jpg"
    path.write_bytes(data[:2] + segment(0xE1, SAID) + data[2:])
    return path


def cover(one: Telephone, *box: float) -> None:
    """Draw a box with a finger, in parts of the picture's sides."""
    canvas = one.page.locator("#kertas")
    canvas.scroll_into_view_if_needed()
    at = canvas.bounding_box()
    x, y, to_x, to_y = box
    one.page.mouse.move(at["x"] + at["width"] * x, at["y"] + at["height"] * y)
    one.page.mouse.down()
    one.page.mouse.move(at["x"] + at["width"] * to_x, at["y"] + at["height"] * to_y, steps=4)
    one.page.mouse.up()


def test_a_picture_from_the_camera_to_the_page_without_metadata_and_with_black_boxes(
    browser: Any, portal: Served, tmp_path: Path
) -> None:
    tps = WITH_FILES
    (one,) = telephones(browser, portal, tps, 1, worker=True)
    photo = photographed(one, tmp_path)
    one.flight(True)
    one.flight(False)
    one.tap("Foto C.Hasil")
    one.sees("Belum ada foto")
    one.clean()
    one.page.set_input_files("#berkas", photo)
    one.sees("Tutup nama, halaman 1")
    one.clean()
    cover(one, 0.02, 0.1, 0.5, 0.4)
    one.tap("Ulangi")
    cover(one, 0.05, 0.75, 0.95, 0.95)
    one.tap("Nama dan tanda tangan sudah tertutup")
    one.sees("1 halaman siap")
    one.reload()
    one.sees("1 halaman siap")
    one.clean()
    one.flight(True)
    one.tap("Tanda tangani foto")
    one.sees("Menunggu sinyal")
    one.reload()
    one.sees("Menunggu sinyal")
    one.flight(False)
    one.sees("Diterima portal pukul")
    portal.settle()
    one.page.reload()
    one.sees("Isinya dibaca umum")

    said = json.loads(portal.entries()[-1].payload)
    assert (said["kind"], said["tps"], len(said["pages"])) == ("pictures", tps, 1)
    (named,) = said["pages"]
    served = (portal.folder / "public" / pictures.path(named["sha256"])).read_bytes()
    found = pictures.read(served)  # no segment but those of a drawn picture
    assert (found.sha256, found.bytes) == (named["sha256"], named["bytes"])
    assert (found.width, found.height) == (named["width"], named["height"]) == (2_400, 1_600)
    for word in (b"Exif", b"GPS", b"Siti"):
        assert word not in served
    points = [[x, y] for x in (0.1, 0.5, 0.9) for y in (0.8, 0.85, 0.9)]
    data = base64.b64encode(served).decode()
    covered = one.page.evaluate(PIXELS, [data, points])
    assert all(max(pixel[:3]) < 16 for pixel in covered), covered
    ((red, green, blue, _),) = one.page.evaluate(PIXELS, [data, [[0.98, 0.5]]])
    assert min(red, green, blue) > 200, "what no box covers is as it was"

    # Beside the figures of its place, lazily, at the size that was signed.
    shown = one.context.new_page()
    shown.goto(portal.base + address(tps))
    image = shown.locator("#foto img")
    image.scroll_into_view_if_needed()
    shown.wait_for_function("document.querySelector('#foto img').naturalWidth === 2400")
    assert image.get_attribute("loading") == "lazy"
    assert "halaman 1" in image.get_attribute("alt")
    closed(one)


def test_what_a_browser_writes_besides_is_left_out(browser: Any, portal: Served) -> None:
    """Safari puts Exif and Photoshop into what a canvas gives, Chromium a colour profile."""
    (one,) = telephones(browser, portal, "002", 1)
    data = base64.b64decode(one.page.evaluate(PAPER.replace("3000, 2000", "800, 600")))
    more = b"".join(segment(marker, b"Exif\0\0x") for marker in (0xE1, 0xE2, 0xED, 0xFE))
    given = base64.b64encode(data[:2] + more + data[2:]).decode()
    made = one.page.evaluate(
        """async (given) => {
          const { bare } = await import("./foto/jpeg.js");
          const bytes = Uint8Array.from(atob(given), (one) => one.charCodeAt(0));
          return btoa(String.fromCharCode(...bare(bytes)));
        }""",
        given,
    )
    plain = base64.b64decode(made)
    assert (pictures.read(plain).width, pictures.read(plain).height) == (800, 600)
    with pytest.raises(Malformed):
        pictures.read(base64.b64decode(given))
    closed(one)


KEPT = """() => new Promise((done) => {
  const asked = indexedDB.open("rekap-petugas");
  asked.onsuccess = () => {
    const all = asked.result.transaction("kept").objectStore("kept").getAllKeys();
    all.onsuccess = () => done(all.result.filter((one) => one.startsWith("gambar/")).length);
  };
})"""
BLURRED = """async ([given, radius]) => {
  const bytes = Uint8Array.from(atob(given), (one) => one.charCodeAt(0));
  const shown = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [shown.width, shown.height];
  const pen = canvas.getContext("2d");
  pen.filter = `blur(${radius}px)`;
  pen.drawImage(shown, 0, 0);
  return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}"""


def taken(one: Telephone, photo: Path) -> None:
    """Take a page; its boxes are to be drawn."""
    one.page.set_input_files("#berkas", photo)
    one.sees("Tutup nama")


def test_who_has_a_keyboard_covers_names_and_the_next_page_offers_the_same_boxes(
    browser: Any, portal: Served, tmp_path: Path
) -> None:
    tps = "011"
    (one,) = telephones(browser, portal, tps, 1)
    photo = photographed(one, tmp_path)
    other = tmp_path / "lain.jpg"
    second = PAPER.replace("100 80 60", "1 2 3")
    other.write_bytes(base64.b64decode(one.page.evaluate(second)))
    one.tap("Foto C.Hasil")
    taken(one, photo)
    one.page.locator("#kertas").focus()
    for key in (*["ArrowLeft"] * 9, *["ArrowDown"] * 5, "Enter", *["ArrowRight"] * 18):
        one.page.keyboard.press(key)
    assert "kotak dimulai" in one.text
    for key in (*["ArrowDown"] * 4, "Enter", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp"):
        one.page.keyboard.press(key)
    one.sees("1 kotak. Penunjuk 95% dari kiri")
    one.tap("Nama dan tanda tangan sudah tertutup")
    one.sees("1 halaman siap")

    # The same picture again is no second page, wherever its boxes come from.
    taken(one, photo)
    one.tap("Pakai kotak foto sebelumnya")
    one.sees("1 kotak.")
    one.tap("Nama dan tanda tangan sudah tertutup")
    one.sees("Foto ini sama dengan halaman 1")
    taken(one, other)
    one.sees("0 kotak.")
    one.tap("Pakai kotak foto sebelumnya")
    one.sees("1 kotak.")
    one.tap("Nama dan tanda tangan sudah tertutup")
    one.sees("2 halaman siap")
    one.tap("Tanda tangani foto")
    one.sees("Diterima portal pukul")
    portal.settle()
    one.page.reload()
    one.sees("Isinya dibaca umum")

    said = json.loads(portal.entries()[-1].payload)
    assert len(said["pages"]) == 2
    points = [[x, y] for x in (0.06, 0.5, 0.94) for y in (0.76, 0.85, 0.94)]
    for named in said["pages"]:
        data = (portal.folder / "public" / pictures.path(named["sha256"])).read_bytes()
        seen = one.page.evaluate(PIXELS, [base64.b64encode(data).decode(), [*points, [0.95, 0.72]]])
        *covered, above = seen
        assert all(max(pixel[:3]) < 16 for pixel in covered), covered
        assert min(above[:3]) > 200, "the pointer is on the screen alone"
    closed(one)


def test_a_picture_that_was_dropped_is_kept_no_more(
    browser: Any, portal: Served, tmp_path: Path
) -> None:
    (one,) = telephones(browser, portal, "014", 1, worker=True)
    photo = photographed(one, tmp_path)
    one.tap("Foto C.Hasil")
    one.sees("Belum ada foto")
    for size in ("3000, 2000", "2000, 3000"):
        one.open("#foto")
        photo.write_bytes(base64.b64decode(one.page.evaluate(PAPER.replace("3000, 2000", size))))
        taken(one, photo)
        one.tap("Nama dan tanda tangan sudah tertutup")
        one.sees("1 halaman siap")
        one.flight(True)
        one.tap("Tanda tangani foto")
        one.sees("Menunggu sinyal")
        one.until(lambda: one.page.evaluate(KEPT) == 1)  # of the one signed last alone
    assert one.text.count("Tidak dikirim lagi") == 1
    one.flight(False)
    one.sees("Diterima portal pukul")
    portal.settle()
    one.page.reload()
    one.sees("Isinya dibaca umum")
    one.until(lambda: one.page.evaluate(KEPT) == 0)
    closed(one)


def test_a_photograph_that_nobody_can_read_is_told_to_be_unsharp(
    browser: Any, portal: Served, tmp_path: Path
) -> None:
    (one,) = telephones(browser, portal, "015", 1)
    sharp = one.page.evaluate(PAPER)
    photo = tmp_path / "kamera.jpg"
    one.tap("Foto C.Hasil")
    for radius, told in ((0, False), (1, False), (6, True)):
        photo.write_bytes(base64.b64decode(one.page.evaluate(BLURRED, [sharp, radius])))
        taken(one, photo)
        assert ("tampaknya kabur" in one.text) is told, radius
        one.open("#foto")
        one.sees("Belum ada foto")
    closed(one)
