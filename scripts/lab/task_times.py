"""How long nine tasks of three readers take on a slow phone: seconds, taps and bytes of each.

    .venv/bin/python scripts/lab/task_times.py var/demo/public "imbanagara 12" [--only citizen]

A citizen finds the TPS of that name and number, looks at its figures and proves them; a newsroom
asks what is new, takes the whole table and sees what is missing; a witness of a pair sees where
levels differ, who signed, and prints the sheet. Everybody begins on the first page, follows what is
visible there, and types three characters a second. Chromium has the screen of a phone, 400 ms of
latency, 400 kbit a second and a slowed processor; files come compressed. Contests are those that
the first page names first.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rekap.portal.store.headers import content_type

LATENCY: Final = 400
"""Milliseconds until an answer begins."""
BYTES_PER_SECOND: Final = 50_000
SCREEN: Final = {"width": 360, "height": 640}
PAUSE: Final = 333
"""Milliseconds between two characters."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Files of a folder, compressed, with their types."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, folder: Path) -> None:
        self._folder = folder
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Send a file, or 404."""
        path = self._folder / self.path.partition("?")[0].lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        data = gzip.compress(path.read_bytes()) if path.is_file() else b""
        self.send_response(200 if data else 404)
        self.send_header("content-type", content_type(path.name))
        self.send_header("content-length", str(len(data)))
        if data:
            self.send_header("content-encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


class Visit:
    """One reader with a new browser."""

    def __init__(self, browser: Any, base: str, slower: float) -> None:
        context = browser.new_context(
            viewport=SCREEN, has_touch=True, is_mobile=True, accept_downloads=True
        )
        context.add_init_script("window.print = () => {}")
        self.page = context.new_page()
        session = context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY, "downloadThroughput": BYTES_PER_SECOND,
             "uploadThroughput": BYTES_PER_SECOND},
        )  # fmt: skip
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        session.on("Network.loadingFinished", self._count)
        self.bytes = self.taps = 0
        self.start = time.monotonic()
        self.page.goto(base)

    def _count(self, event: Any) -> None:
        self.bytes += int(event["encodedDataLength"])

    def tap(self, selector: str, *, leads: bool = True) -> None:
        """Tap what is visible; wait for the page that it leads to."""
        target = self.page.locator(selector).first
        self.taps += 1
        if not leads:
            target.tap()
            return
        with self.page.expect_navigation():
            target.tap()

    def find(self, typed: str) -> None:
        """Type a name and a number, and take the first TPS."""
        self.tap("#nama", leads=False)
        self.page.keyboard.type(typed, delay=PAUSE)
        self.tap("#ketik li a:has-text('TPS')")


def _look(visit: Visit, typed: str) -> None:
    visit.find(typed)
    visit.page.locator("#angka td").first.scroll_into_view_if_needed()


def _prove(visit: Visit, typed: str) -> None:
    visit.find(typed)
    visit.tap("#bukti .btn")
    visit.page.wait_for_selector("#lembar[data-state=done]")


def _new(visit: Visit, _: str) -> None:
    visit.tap("a[href$='/data/index.html']")
    visit.tap("main a[href*='buku-besar']")
    visit.tap("#baru button", leads=False)
    visit.page.wait_for_function("() => document.querySelector('#baru button').hidden")


def _table(visit: Visit, _: str) -> None:
    visit.tap(".cl > li > a, .ct h2 a")
    with visit.page.expect_download() as download:
        visit.tap("a[href$='forms.csv']", leads=False)
    visit.bytes += len(gzip.compress(Path(download.value.path()).read_bytes()))


def _through_data(end: str) -> Callable[[Visit, str], None]:
    def walk(visit: Visit, _: str) -> None:
        visit.tap("a[href$='/data/index.html']")
        visit.tap(f"a[href$='{end}/index.html']")

    return walk


def _signers(visit: Visit, typed: str) -> None:
    visit.find(typed)
    visit.tap("#ttd a[href*='pejabat']")


def _sheet(visit: Visit, typed: str) -> None:
    _prove(visit, typed)
    visit.tap("#lembar .acts button", leads=False)


TASKS: Final[dict[str, Callable[[Visit, str], None]]] = {
    "citizen: find my TPS": Visit.find,
    "citizen: is it as I saw it": _look,
    "citizen: prove it": _prove,
    "newsroom: what is new": _new,
    "newsroom: the whole table": _table,
    "newsroom: what is missing": _through_data("belum-masuk"),
    "witness: where levels differ": _through_data("selisih"),
    "witness: who signed what": _signers,
    "witness: the sheet on paper": _sheet,
}


def main() -> None:
    """Print one line for each task."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("public", type=Path, help="the public folder of a portal")
    parser.add_argument("typed", help="name of a kelurahan and number of a TPS with a form")
    parser.add_argument(
        "--slower", type=float, default=6, help="times that the processor is slowed"
    )
    parser.add_argument("--only", default="", help="part of the names of the tasks to do")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    serve = functools.partial(Handler, folder=options.public)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, walk in TASKS.items():
            if options.only not in name:
                continue
            visit = Visit(browser, base, options.slower)
            walk(visit, options.typed)
            seconds = time.monotonic() - visit.start
            print(f"{name:30} {visit.taps} taps {visit.bytes:8,} bytes {seconds:6.1f} s")
        browser.close()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
