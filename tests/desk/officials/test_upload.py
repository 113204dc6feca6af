"""A zoo of servers: whatever answers, a request ends in bounded time and nothing is believed."""

from __future__ import annotations

import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.desk.officials.post import form, item, receipt_key, run
from tests.portal.intake.world import World

from rekap.core.errors import Malformed
from rekap.desk.officials.outbox import replies
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.replies import What
from rekap.desk.officials.outbox.upload import Address, Portal, Unreached

WORLD = World()
BODY = form(WORLD)
SOCKET_S, REQUEST_S = 0.5, 1.5
"""Of requests that nobody answers, or too slowly; the others wait for a busy machine."""
BOUND_S = 120.0
"""No request below may take longer, on whatever machine: it would otherwise take for ever."""
BOUNDS = {"timeout": {"socket_seconds": SOCKET_S}, "slow": {"request_seconds": REQUEST_S}}

Answer = Callable[[socket.socket, bytes], None]


@dataclass
class Server:
    """Gives every connection to `answers` in turn, the last one again and again."""

    answers: list[Answer]
    context: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    port: int = 0
    portals: list[Portal] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[Server]:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            for portal in self.portals:
                portal.close()
            # Closing alone would not wake the thread.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(BOUND_S)

    def _accept(self, listener: socket.socket) -> None:
        count = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            answer = self.answers[min(count, len(self.answers) - 1)]
            count += 1
            threading.Thread(target=self._serve, args=(connection, answer), daemon=True).start()

    def _serve(self, connection: socket.socket, answer: Answer) -> None:
        with suppress(OSError), connection:
            connection.settimeout(BOUND_S)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                answer(connection, read_request(connection, self.requests))

    def portal(self, **more: object) -> Portal:
        scheme = "https" if self.context else "http"
        address = Address.parse(f"{scheme}://127.0.0.1:{self.port}/")
        bounds = {"socket_seconds": BOUND_S, "request_seconds": BOUND_S, "max_answer": 100_000}
        self.portals.append(Portal(address, **{**bounds, **more}))  # type: ignore[arg-type]
        return self.portals[-1]


def read_request(connection: socket.socket, requests: list[bytes]) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [x for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65_536)
    requests.append(head + b"\r\n\r\n" + body)
    return body


def gives(data: bytes) -> Answer:
    return lambda connection, _: connection.sendall(data)


def http(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


def endless(data: bytes, start: bytes = b"") -> Answer:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(data)

    return answer


def drips(data: bytes, pause: float = 0.05) -> Answer:
    def answer(connection: socket.socket, _: bytes) -> None:
        for at in range(len(data)):
            connection.sendall(data[at : at + 1])
            time.sleep(pause)

    return answer


def silent(connection: socket.socket, _: bytes) -> None:
    with suppress(OSError):
        connection.recv(1)
        time.sleep(BOUND_S)


JSON = b'{"leaf":"aa","id":"bb"}'
ZOO: dict[str, tuple[Answer, str]] = {
    "nothing": (gives(b""), "cut"),
    "silence": (silent, "timeout"),
    "not http": (gives(b"SSH-2.0-OpenSSH_9.6\r\n"), "strange"),
    "endless status": (endless(b"x" * 4096), "strange"),
    "endless headers": (endless(b"A: b\r\n", b"HTTP/1.1 200 OK\r\n"), "strange"),
    "endless body": (endless(b"x" * 4096, b"HTTP/1.1 200 OK\r\n\r\n"), "endless"),
    "endless chunks": (
        endless(b"4\r\nabcd\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "endless",
    ),
    "a terabyte": (
        endless(b"x" * 4096, b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"),
        "endless",
    ),
    "half a body": (gives(http("200 OK", JSON, length=900)), "cut"),
    "half a chunk": (
        gives(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nabcd"),
        "cut",
    ),
    "a wrong chunk": (
        gives(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcd"),
        "strange",
    ),
    "half a header": (gives(b"HTTP/1.1 200 OK\r\nContent-Le"), "strange"),
    "a dripping header": (drips(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 900), "slow"),
    "a dripping body": (drips(http("200 OK", b"z" * 900)), "slow"),
    "another coding": (gives(http("200 OK", JSON, "Content-Encoding: br")), "strange"),
    "a bomb": (
        gives(http("200 OK", gzip.compress(b"0" * 50_000_000), "Content-Encoding: gzip")),
        "endless",
    ),
    "half a gzip": (
        gives(http("200 OK", gzip.compress(JSON)[:-9], "Content-Encoding: gzip")),
        "cut",
    ),
    "no gzip": (gives(http("200 OK", JSON, "Content-Encoding: gzip")), "strange"),
    "a negative length": (gives(http("200 OK", JSON, length=-5)), "strange"),
    "two lengths": (gives(http("200 OK", JSON, "Content-Length: 3")), "strange"),
}


@pytest.mark.parametrize("kind", ZOO)
def test_a_request_ends_whatever_the_server_does(kind: str):
    answer, reason = ZOO[kind]
    with Server([answer]).running() as server:
        portal = server.portal(**BOUNDS.get(reason, {}))
        began = time.monotonic()
        if reason:
            with pytest.raises(Unreached) as told:
                portal.post(BODY)
            assert told.value.reason == reason, told.value
        else:
            raw = portal.post(BODY)
            judged = replies.judge(raw, item(WORLD), receipt_key(WORLD), time.time())
            # What says that the same figures count already is believed once the log proves it.
            assert judged.what in (What.PORTAL, What.DOUBT, What.SAME)
        assert time.monotonic() - began < BOUND_S
    if server.requests:
        assert server.requests[0].endswith(BODY)


def test_gzip_is_read():
    packed = http("201 Created", gzip.compress(JSON), "Content-Encoding: gzip")
    with Server([gives(packed)]).running() as server:
        assert server.portal().post(BODY).body == JSON


def test_one_connection_serves_many_statements_and_its_end_is_no_failure():
    def twice(connection: socket.socket, _: bytes) -> None:
        connection.sendall(http("503 Service Unavailable", b"{}"))
        read_request(connection, server.requests)
        connection.sendall(http("503 Service Unavailable", b"{}"))

    with Server([twice]).running() as server:
        portal = server.portal()
        for _ in range(5):
            assert portal.post(BODY).status == 503
        assert len(server.requests) == 5


def test_a_cut_on_a_new_connection_is_told():
    with Server([gives(b"")]).running() as server:
        portal = server.portal()
        with pytest.raises(Unreached) as told:
            portal.post(BODY)
        assert told.value.reason == "cut"
        assert len(server.requests) == 1


def test_a_redirect_is_not_followed():
    with Server([gives(http("200 OK", JSON))]).running() as other:
        location = f"Location: http://127.0.0.1:{other.port}/v1/statements"
        with Server([gives(http("307 Temporary Redirect", b"", location))]).running() as server:
            raw = server.portal().post(BODY)
            judged = replies.judge(raw, item(WORLD), receipt_key(WORLD), 0)
        assert (raw.status, judged.what, judged.reason) == (307, What.PORTAL, "redirect")
        assert other.requests == []


def test_nobody_listens_and_no_such_name():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for url, reason in (
        (f"http://127.0.0.1:{port}/", "refused"),
        ("https://tidak-ada.invalid/", "dns"),
    ):
        with pytest.raises(Unreached) as told:
            Portal(Address.parse(url)).post(BODY)
        assert told.value.reason == reason


# ---------------------------------------------------------------- TLS


def certificate(folder: Path, *, days: tuple[int, int] = (-1, 1), host: str = "127.0.0.1") -> Path:
    """Write a certificate for a host and its key; `days` from now until when it is valid."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal")])
    now = dt.datetime.now(dt.UTC)
    named = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=days[0]))
        .not_valid_after(now + dt.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "portal.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.mark.parametrize(
    ("days", "host", "trusted", "reason"),
    [
        ((-1, 1), "127.0.0.1", True, ""),
        ((-1, 1), "127.0.0.1", False, "certificate"),
        ((-1, 1), "wifi.example", True, "certificate"),
        ((-9, -1), "127.0.0.1", True, "clock"),
        ((1, 9), "127.0.0.1", True, "clock"),
    ],
)
def test_certificates(tmp_path: Path, days: tuple[int, int], host: str, trusted: bool, reason: str):
    pem = certificate(tmp_path, days=days, host=host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    client = ssl.create_default_context(cafile=str(pem) if trusted else None)
    with Server([gives(http("503 Service Unavailable", b"{}"))], context).running() as server:
        portal = server.portal(context=client)
        if not reason:
            assert portal.post(BODY).status == 503
        else:
            with pytest.raises(Unreached) as told:
                portal.post(BODY)
            assert told.value.reason == reason
            assert server.requests == []


@pytest.mark.parametrize(
    "answer", [gives(b"HTTP/1.1 400 Bad Request\r\n\r\n"), drips(b"\x16\x03\x03\x40\x00" * 999)]
)
def test_a_handshake_that_is_none_or_drips(answer: Answer):
    def raw(connection: socket.socket, _: bytes) -> None:
        answer(connection, b"")

    with Server([raw]).running() as server:
        address = Address.parse(f"https://127.0.0.1:{server.port}/")
        portal = Portal(address, socket_seconds=SOCKET_S, request_seconds=REQUEST_S)
        began = time.monotonic()
        with pytest.raises(Unreached) as told:
            portal.post(BODY)
        assert told.value.reason in ("tls", "slow", "timeout", "cut")
        assert time.monotonic() - began < BOUND_S


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "url",
    [
        "rekap.example", "ftp://rekap.example/", "http://rekap.example/", "https://a:b@rekap.example/",
        "https://rekap.example/?x=1", "https://rekap.example/#x", "https://rekap.example:99999/",
        "https:///v1", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
        "https://rekap.example/\r\nHost: evil", "http://2130706433.example/", "https://exa mple/",
        "http://0.0.0.0/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str):
    with pytest.raises(Malformed):
        Address.parse(url)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://rekap.example", "https://rekap.example/"),
        ("https://rekap.example/rehearsal", "https://rekap.example/rehearsal/"),
        ("https://rekap.example/rehearsal/index.html", "https://rekap.example/rehearsal/"),
        ("https://rekap.example/v1/statements", "https://rekap.example/"),
        ("http://localhost:8080/", "http://localhost:8080/"),
        ("http://127.0.0.9/", "http://127.0.0.9/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x/"),
    ],
)
def test_addresses_that_are_taken(url: str, base: str):
    assert Address.parse(url).base == base


def test_the_command_says_what_to_do_and_keeps_everything(tmp_path: Path):
    (tmp_path / "a.dsse.json").write_bytes(BODY)
    page = http("200 OK", b"<html><form action=login>", "Content-Type: text/html")
    with Server([gives(page)]).running() as server:
        url = f"http://127.0.0.1:{server.port}/"
        done = run(tmp_path, "submit", "a.dsse.json", "--to", url, "--once")
    assert done.returncode == 2
    assert "halaman web" in done.stdout
    assert "peramban" in done.stdout
    assert "BUKTI ANTREAN" in done.stdout
    assert [one.data for one in Queue(tmp_path / "antrean").items()] == [BODY]
    assert max(map(len, (done.stdout + done.stderr).splitlines())) <= 80
