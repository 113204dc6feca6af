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
    (one,) = telephones(browser, portal, tps, 1)
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
