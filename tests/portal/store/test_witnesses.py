"""Witnesses over a real network: whatever one does, the others are heard and the run goes on."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from scripts.rehearsal import certificate
from tests.needed import PATIENCE

from rekap.core.log.witness import Reply
from rekap.portal.witnesses import HttpWitnesses

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

    def raw(self, *pieces: bytes) -> None:
        """Send bytes as they are, the last of them again and again."""
        self.close_connection = True
        try:
            for piece in pieces:
                self.wfile.write(piece)
            while not STOP.is_set():
                self.wfile.write(pieces[-1])
        except OSError:
            pass

    def huge_header(self, _: bytes) -> None:
        self.raw(b"HTTP/1.1 200 OK\r\nx: ", b"x" * 65_536)

    def many_headers(self, _: bytes) -> None:
        self.raw(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 64)

    def not_yet(self, _: bytes) -> None:
        self.raw(b"HTTP/1.1 100 Continue\r\n\r\n")

    def endless_chunks(self, _: bytes) -> None:
        self.raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n")

    def bad_chunk(self, _: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\nx\r\n")

    def cut_chunk(self, _: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nx")

    def too_long(self, _: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 65537\r\n\r\n" + b"x" * 65_537)

    def far_too_long(self, _: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\nx" % 10**30)

    def no_status(self, _: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 two hundred\r\n\r\n")

    def twice(self, _: bytes) -> None:
        """A second answer on a connection that is kept, to a question that nobody asked."""
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"
        self.wfile.write(answer + b"one" + answer + b"two")


BROKEN = (
    "endless", "drip", "cut", "noise", "silent", "huge_header", "many_headers", "not_yet",
    "endless_chunks", "bad_chunk", "cut_chunk", "too_long", "far_too_long", "no_status",
)  # fmt: skip


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


@pytest.mark.parametrize("broken", ["drip", "silent", "not_yet"])
def test_a_witness_that_holds_on_is_let_go(base: str, broken: str) -> None:
    """A writer that runs for a month would otherwise keep a connection for every question."""
    assert witnesses(base, broken, seconds=0.3).ask({broken: b"x"}) == {}
    let_go()


def let_go() -> None:
    """Wait until no question is under way."""
    end = time.monotonic() + PATIENCE
    while held := [one for one in threading.enumerate() if "(post)" in one.name]:
        assert time.monotonic() < end, held
        time.sleep(0.05)


def test_a_handshake_that_drips_is_let_go() -> None:
    """One byte in less than the timeout, for as long as a TLS record lasts."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            held, _ = server.accept()
            with held:
                held.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb")
                try:
                    while not ended.wait(0.02):
                        held.sendall(b"x")
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        try:
            assert HttpWitnesses({"w": url}, seconds=0.3, private=True).ask({"w": b"x"}) == {}
            let_go()
        finally:
            ended.set()


def test_an_answer_to_a_question_that_was_not_asked_is_not_heard(base: str) -> None:
    asked = witnesses(base, "twice")
    assert [asked.ask({"twice": b"x"})["twice"].body for _ in range(2)] == [b"one", b"one"]


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


def _connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the addresses that will be connected to, except by whom a test before left behind."""
    connected: list[object] = []
    real, others = socket.create_connection, threading.enumerate()

    def connect(address: tuple[str, int], *more: float) -> socket.socket:
        if threading.current_thread() in others:
            return real(address, *more)
        connected.append(address)
        raise OSError(address)

    monkeypatch.setattr(socket, "create_connection", connect)
    return connected


@pytest.mark.parametrize(
    "url",
    [
        "http://saksi.example/w", "ftp://saksi.example/", "https://user:pass@saksi.example/",
        "https://saksi.example/?a=b", "https://", "https://127.0.0.1/", "https://10.0.0.1/",
        "https://169.254.169.254/latest/", "https://[::1]/", "https://[fd00::1]/",
        "https://localhost/", "https://0.0.0.0/", "https://saksi.example:99999/",
        "https://224.0.0.1/", "https://100.64.0.1/", "https://[::ffff:10.0.0.1]/", "https://[fec0::1]/",
        "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:7f00:1::1]/", "https://[::10.0.0.1]/",
        "https://[ff0e::1]/", "https://2130706433/", "https://0x7f000001/", "https://127.1/",
    ],
)  # fmt: skip
def test_only_public_https_addresses_are_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = _connections(monkeypatch)
    assert HttpWitnesses({"w": url}, seconds=0.5).ask({"w": b"x"}) == {}
    assert connected == []


def test_the_certificate_must_be_the_names_and_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine that a name leads to proves that it is the witness, not only that it is there."""
    path, key = certificate.write(tmp_path)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(path, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Zoo)
    server.socket = inside.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    urls = {name: f"https://{name}:{port}/good" for name in ("localhost", "saksi.example")}

    def heard() -> list[str]:
        return list(HttpWitnesses(urls, seconds=5.0, private=True).ask(dict.fromkeys(urls, b"x")))

    try:
        assert heard() == [], "nobody trusts this certificate"
        trusting = ssl.create_default_context(cafile=str(path))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert heard() == ["localhost"]
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "https://a@8.8.8.8/", "https://8.8.8.8/?a"])
def test_an_address_that_is_not_plain_https_is_not_connected_to(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = _connections(monkeypatch)
    assert HttpWitnesses({"w": url}, seconds=5.0).ask({"w": b"x"}) == {}
    assert connected == []


def test_a_private_address_gets_no_byte(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name that leads into our own network is not even connected to."""

    def refused(*arguments: object, **more: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", refused)
    url = base.replace("http://", "https://")
    assert HttpWitnesses({"w": url}, seconds=0.5).ask({"w": b"x"}) == {}


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads elsewhere at the second look; and one that has a private address first."""
    looks, connected = [], []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looks.append(host)
        found = ["10.0.0.1", "2606:4700::1111", "8.8.8.8"] if len(looks) == 1 else ["10.0.0.1"]
        return [(0, 0, 0, "", (address, port)) for address in found]

    def connect(address: tuple[str, int], *_: object) -> None:
        connected.append(address)
        raise OSError("far away")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    for _ in range(2):
        assert HttpWitnesses({"w": "https://saksi.example/"}, seconds=5.0).ask({"w": b"x"}) == {}
    assert looks == ["saksi.example"] * 2, "one look for each question"
    assert connected == [("2606:4700::1111", 443)]
