"""The summary on a screen: it renews itself, keeps the last figures without network, and pauses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.browser import axe
from tests.browser.test_browser import browser  # noqa: F401 the fixture
from tests.core.pages import samples

from rekap.core.pages import pages
from rekap.core.pages.look import summary

pytestmark = pytest.mark.chromium


class Screen:
    """One summary behind HTTP; `state` is what it answers with."""

    def __init__(self) -> None:
        self.twin = samples.running()
        self.working = True
        self.asked = 0

    def page(self) -> bytes:
        return next(data for path, data in pages.editions(self.twin) if summary.FOLDER in path)


@pytest.fixture
def screen() -> Iterator[tuple[Screen, str]]:
    shown = Screen()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.asked += 1
            self.send_response(200 if shown.working else 503)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(shown.page() if shown.working else b"<h1>503</h1>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield shown, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_it_renews_itself_and_keeps_the_last_figures(browser, screen):  # noqa: F811
    shown, address = screen
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.clock.install()
    page.goto(address)
    before = page.locator("main").inner_text()
    shown.twin["as_of"] += 1
    shown.twin["result"]["pairs"][0]["votes"] += 1_000_000
    page.clock.run_for(31_000)
    page.get_by_text("Diperbarui sendiri.").wait_for()
    newer = page.locator("main").inner_text()
    assert newer != before
    shown.working = False
    page.clock.run_for(31_000)
    page.get_by_text("Tidak tersambung").wait_for()
    assert page.locator("main").inner_text() == newer
    shown.working = True
    shown.twin["as_of"] -= 1  # an older copy somewhere on the way
    shown.twin["result"]["pairs"][0]["votes"] = 0
    page.clock.run_for(31_000)
    page.get_by_text("Diperbarui sendiri.").wait_for()
    assert page.locator("main").inner_text() == newer
    page.get_by_role("button", name="Jeda").click()
    asked = shown.asked
    page.clock.run_for(200_000)
    assert shown.asked == asked
    page.get_by_role("button", name="Lanjut").click()
    assert not said
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1920, "dark")])
def test_it_fits_and_everyone_can_read_it(browser, screen, width, scheme):  # noqa: F811
    _, address = screen
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not (wrong := axe.wrong(page)), wrong
    context.close()
