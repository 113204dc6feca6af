"""Screens that a device keeps after its first visit: with the key, or when one is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.app.portal import Served
from tests.app.telephone import Telephone
from tests.app.test_evening import closed, portal
from tests.app.test_foto import photographed, taken
from tests.browser.test_verifier import browser

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.chromium

LATER = """() => caches.keys().then(async (names) => {
  const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return all.flat().filter(({ url }) => /\\/(?:foto|bersama)\\//.test(url)).length;
})"""


def test_who_has_his_key_takes_pictures_in_flight_mode_though_he_never_did_before(
    browser: Any, portal: Served, tmp_path: Path
) -> None:
    one = Telephone(browser, portal, "016", 1, worker=True)
    one.install()
    later = [path for path in portal.officers._files if path.startswith(("foto/", "bersama/"))]
    one.until(lambda: one.page.evaluate(LATER) == len(later) > 8)
    one.flight(True)
    one.open("#beranda")
    one.tap("Foto C.Hasil")
    one.sees("Belum ada foto")
    taken(one, photographed(one, tmp_path))
    one.open("#siap")
    one.sees("Tidak ada sinyal ke portal")
    closed(one)


def test_a_screen_that_is_not_on_the_device_yet_is_told_and_comes_with_a_network(
    browser: Any, portal: Served
) -> None:
    one = Telephone(browser, portal, "007", 1, worker=True)
    one.context.route("**/app/foto/main.js", lambda route: route.abort())
    one.open(one.link)
    one.tap("Benar, siapkan")
    one.sees("Buat kunci tanda tangan")
    one.open("#foto")
    one.sees("Layar ini belum ada di alat ini")
    one.clean()
    one.context.unroute("**/app/foto/main.js")
    one.tap("Muat ulang")
    one.sees("Belum ada foto")
    one.open("#%")  # a link that is none
    one.sees("Layar ini gagal dibuka (URIError)")
    one.said = [line for line in one.said if "ERR_FAILED" not in line]
    closed(one)


def test_what_comes_while_the_screen_before_still_stands_is_drawn(
    browser: Any, portal: Served
) -> None:
    """The portal may answer a screen sooner than that screen is drawn."""
    one = Telephone(browser, portal, "008", 2, worker=True)
    one.install()
    one.open("#pindai")  # it draws itself what changes, and keeps its field
    one.sees("Kamera tidak dapat memindai")
    one.page.evaluate(
        """async () => {
          const { renew } = await import("/app/screen.js");
          history.replaceState(null, "", "#titipan");
          await renew();
        }"""
    )
    one.sees("Belum ada yang dititipkan")
    closed(one)
