"""A hostile portal at its address: whatever it answers, both languages name it and believe nothing.

The other portal of the list is honest, and read as if the hostile one were not there.
"""

from __future__ import annotations

import gzip
import html
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.audit.nation.province import LATER, Site, grown, made
from tests.audit.nation.test_command import Nation

from rekap.audit.nation.pages import _LOOK

CONTEST = "pemilihan-contoh/bupati/index.json"
FRONT = "index.json"
SECONDS = 4


def _twin(site: Site) -> Site:
    """A million votes, in the sum and in the certificate."""

    def lie(twin: dict[str, Any]) -> None:
        twin["result"]["pairs"][0]["votes"] = 1_000_120
        twin["certified"]["figures"]["pair_1"] = 1_000_120

    return site.edit(CONTEST, lie)


def _named(name: str) -> Any:
    def lie(site: Site) -> Site:
        return site.edit(CONTEST, lambda twin: twin["region"].update(name=name))

    return lie


def _pair(site: Site) -> Site:
    def lie(twin: dict[str, Any]) -> None:
        twin["contest"]["pairs"][0]["names"][0] = "<img src=x onerror=alert(1)>"

    return site.edit(CONTEST, lie)


def _places(site: Site) -> Site:
    def lie(search: dict[str, Any]) -> None:
        search["elections"][0]["areas"][0]["name"] = "<script>alert(1)</script>"

    return site.edit("cari/index.json", lie)


LIES = {
    "a false twin": (_twin, "refuted", "figures"),
    "a false name": (_named("Kabupaten Lain"), "refuted", "name"),
    "a script in a name": (_named("<script>alert(1)</script>"), "refuted", "name"),
    "a name that turns its reader around": (_named("Kabupaten\u202e 10"), "refuted", "name"),
    "markup in the name of a pair": (_pair, "refuted", "name"),
    "a script in the list of places": (_places, "refuted", "markup"),
    "an older checkpoint, replayed": (lambda _: made(), "older", "older"),
}
ANSWERS = {
    "a redirect elsewhere": ("away", "unverified", "redirected"),
    "a redirect to a file of the machine": ("file", "unverified", "redirected"),
    "a redirect in a circle": ("circle", "unverified", "redirected"),
    "a body without an end": ("endless", "unverified", "too-large"),
    "a bomb": ("bomb", "unverified", "too-large"),
    "a length of a terabyte": ("huge", "unverified", "too-large"),
    "headers without an end": ("headers", "silent", "no-answer"),
    "a slow drip": ("drip", "silent", "no-answer"),
    "headers that drip": ("drip-headers", "silent", "no-answer"),
    "silence": ("nothing", "silent", "no-answer"),
    "no HTTP": ("rubbish", "silent", "no-answer"),
    "a page where each file should be": ("page", "unverified", "no-checkpoint"),
}


_LEADS = {"away": "https://elsewhere.example/", "file": "file:///etc/passwd", "circle": ""}


class _Door(BaseHTTPRequestHandler):
    """Serves the files of a portal as `server.mode` says."""

    def do_GET(self) -> None:
        with suppress(OSError):
            self._answer(self.server.mode)  # type: ignore[attr-defined]

    def _answer(self, mode: str) -> None:
        path = self.path.lstrip("/")
        data = self.server.files.get(path)  # type: ignore[attr-defined]
        mine = path == FRONT
        if mode in _LEADS:
            self._head(302, Location=_LEADS[mode] or self.path)
        elif mode == "page":
            self._head(200, Content_Length="15")
            self.wfile.write(b"<!doctype html>")
        elif mode == "endless" and mine:
            self._head(200)
            self._pour(b" " * 65_536)
        elif mode == "huge" and mine:
            self._head(200, Content_Length=str(1 << 40))
            self._pour(b" " * 65_536)
        elif mode == "bomb" and mine:
            packed = gzip.compress(bytes(1 << 25), 1)
            self._head(200, Content_Length=str(len(packed)), Content_Encoding="gzip")
            self.wfile.write(packed)
        elif mode == "headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self._pour(b"x: y\r\n" * 1_000)
        elif mode == "drip-headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
            self._pour(b"y", 0.1)
        elif mode == "nothing":
            time.sleep(3 * SECONDS)
        elif mode == "rubbish":
            self.wfile.write(b"\x16\x03\x01\x02\x00" * 9)
        else:
            self._head(404 if data is None else 200, Content_Length=str(len(data or b"")))
            for byte in data or b"" if mode == "drip" else b"":
                self._pour(bytes([byte]), 0.1, once=True)
            if mode != "drip":
                self.wfile.write(data or b"")

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _pour(self, data: bytes, pause: float = 0, *, once: bool = False) -> None:
        ends = time.monotonic() + 3 * SECONDS
        while time.monotonic() < ends:
            self.wfile.write(data)
            time.sleep(pause)
            if once:
                return

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def hostile() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    server.daemon_threads = True
    server.block_on_close = False
    server.mode, server.files = "", grown("90").files  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def nation(folder: Path, server: Any) -> Nation:
    """Portal 90 at the address of a server that was honest in the run before, 91 beside it."""
    one = Nation(folder)
    address = f"http://127.0.0.1:{server.server_port}/"
    one.list.write_text(one.list.read_text().replace('site = "90"', f'site = "{address}"'))
    assert one.run() == 0
    assert one.states() == {"p90": "read", "p91": "read"}
    return one


def named_and_not_believed(one: Nation, state: str, code: str) -> None:
    (held,) = one.figures()["held"]
    assert (held["id"], held["state"], held["code"]) == ("p90", state, code)
    assert one.states()["p91"] == "read"
    assert {row["portal"] for row in one.figures()["contests"] if row["votes"]} == {"p91"}
    assert one.figures()["total"]["portals"] == 1
    shown = one.files()
    for lang, folder in (("id", ""), ("en", "en/")):
        told = tomllib.loads((_LOOK / f"{lang}.toml").read_text("utf-8"))
        held = told["nation"]["held"].format(name="Provinsi 90", state=told["nation_state"][state])
        for path in ("index.html", "portal/p90/index.html"):
            page = html.unescape(shown[folder + path].decode())
            assert held in page, path
            assert told["nation_code"][code] in page, path
    for path, data in shown.items():
        for lie in (b"alert(1)", b"onerror", "\u202e".encode(), b"1.000.120", b"1,000,120",
                    b"1000120", b"Kabupaten Lain", b"elsewhere.example"):  # fmt: skip
            assert lie not in data, (path, lie)


@pytest.mark.parametrize("what", LIES)
def test_a_portal_that_lies_is_named_and_not_believed(
    what: str, tmp_path: Path, hostile: Any
) -> None:
    one = nation(tmp_path, hostile)
    lie, state, code = LIES[what]
    hostile.files = lie(grown("90")).files
    assert one.run(LATER) == 1
    named_and_not_believed(one, state, code)


@pytest.mark.parametrize("what", ANSWERS)
def test_a_portal_that_answers_as_none_does_is_named_and_holds_nobody(
    what: str, tmp_path: Path, hostile: Any
) -> None:
    one = nation(tmp_path, hostile)
    hostile.mode, state, code = ANSWERS[what]
    began = time.monotonic()
    assert one.run(LATER, "--seconds", str(SECONDS)) == 2
    assert time.monotonic() - began < 3 * SECONDS
    named_and_not_believed(one, state, code)
