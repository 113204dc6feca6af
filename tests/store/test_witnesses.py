"""Witnesses over a real network: whatever one does, the others are heard and the run goes on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rekap.log.witness import Reply
from rekap.store.witnesses import HttpWitnesses

STOP = threading.Event()


class Zoo(BaseHTTPRequestHandler):
    """One behaviour for each path."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        name = self.path.split("/")[1]
        assert self.path == f"/{name}/add-checkpoint"
        getattr(self, name)(body)

    def answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def good(self, body: bytes) -> None:
        self.answer(200, b"line " + body)

    def behind(self, _: bytes) -> None:
        self.answer(409, b"3\n", "text/x.tlog.size")

    def moved(self, _: bytes) -> None:
        self.send_response(307)
        self.send_header("location", "http://127.0.0.1:1/good/add-checkpoint")
        self.send_header("content-length", "0")
        self.end_headers()

    def endless(self, _: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while not STOP.is_set():
                self.wfile.write(b"x" * 65_536)
        except OSError:
            pass

    def drip(self, _: bytes) -> None:
        self.close_connection = True
        try:
            for octet in b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n" * 100:
                if STOP.wait(0.05):
                    return
                self.wfile.write(bytes([octet]))
        except OSError:
            pass

    def cut(self, _: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf")

    def noise(self, _: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"SSH-2.0-OpenSSH\r\n")

    def silent(self, _: bytes) -> None:
        STOP.wait(30)


BROKEN = ("endless", "drip", "cut", "noise", "silent")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    STOP.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Zoo)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    STOP.set()
    server.shutdown()
    server.server_close()


def witnesses(base: str, *names: str, seconds: float = 5.0, private: bool = True) -> HttpWitnesses:
    return HttpWitnesses(
        {name: f"{base}/{name}" for name in names}, seconds=seconds, private=private
    )


def test_questions_and_answers_are_exact(base: str) -> None:
    asked = witnesses(base, "good", "behind").ask({"good": b"old 0\n\nnote\n", "behind": b"x"})
    assert asked == {
        "good": Reply(200, "text/plain", b"line old 0\n\nnote\n"),
        "behind": Reply(409, "text/x.tlog.size", b"3\n"),
    }


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_witness_is_absent_and_the_others_are_there(base: str, broken: str) -> None:
    asked = witnesses(base, broken, "good", seconds=1.0).ask({broken: b"x", "good": b"y"})
    assert asked == {"good": Reply(200, "text/plain", b"line y")}


def test_a_redirect_is_not_followed(base: str) -> None:
    assert witnesses(base, "moved").ask({"moved": b"x"})["moved"].status == 307


def test_all_rounds_of_a_run_share_one_time(base: str) -> None:
    asked = witnesses(base, "silent", "good", seconds=0.3)
    assert asked.ask({"silent": b"x"}) == {}
    assert asked.ask({"good": b"x"}) == {}, "the time of this run is over"


def test_nobody_listens_and_names_that_do_not_exist(base: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        urls = {"refused": f"http://127.0.0.1:{port}", "unknown": "https://saksi.invalid/", "": ""}
        assert HttpWitnesses(urls, seconds=1.0, private=True).ask(dict.fromkeys(urls, b"x")) == {}


@pytest.mark.parametrize(
    "url",
    [
        "http://saksi.example/w", "ftp://saksi.example/", "https://user:pass@saksi.example/",
        "https://saksi.example/?a=b", "https://", "https://127.0.0.1/", "https://10.0.0.1/",
        "https://169.254.169.254/latest/", "https://[::1]/", "https://[fd00::1]/",
        "https://localhost/", "https://0.0.0.0/", "https://saksi.example:99999/",
    ],
)  # fmt: skip
def test_only_public_https_addresses_are_asked(url: str) -> None:
    assert HttpWitnesses({"w": url}, seconds=0.5).ask({"w": b"x"}) == {}


def test_a_private_address_gets_no_byte(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name that leads into our own network is not even connected to."""

    def refused(*arguments: object, **more: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", refused)
    url = base.replace("http://", "https://")
    assert HttpWitnesses({"w": url}, seconds=0.5).ask({"w": b"x"}) == {}
