"""The local portal's one port: how much it takes at once, and how long it waits for a request."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any

import pytest
from scripts.stack import server
from tests.needed import PATIENCE


class Slow:
    """A function that answers when it is let go, and counts its calls."""

    def __init__(self) -> None:
        self.function = SimpleNamespace(asked=True, timeout=PATIENCE)
        self.go = threading.Event()
        self.calls = 0

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        self.go.wait(PATIENCE)
        return {"statusCode": 200, "headers": {}, "body": json.dumps({"said": event["body"]})}


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def port(slow: Slow) -> Iterator[int]:
    front: Any = SimpleNamespace(cors={"AllowOrigins": []})
    site: Any = SimpleNamespace(get=lambda path, tag: server.Answer(200, {}, b"a file"))
    listener = socket.create_server(("127.0.0.1", 0))
    functions: Any = (slow,)
    app = server.App(site, front, functions)
    thread = threading.Thread(target=server.serve, args=(listener, app), daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    slow.go.set()


def post(port: int, body: bytes) -> tuple[int, dict[str, str]]:
    client = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    told = {"content-type": "application/json", server.DIGEST: sha256(body).hexdigest()}
    client.request("POST", "/v1/x", body, told)
    answer = client.getresponse()
    answer.read()
    client.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_beyond_its_capacity_it_says_when_to_come_again(
    port: int, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[tuple[int, dict[str, str]]] = []
    room = server.CALLS + server.WAITING
    threads = [
        threading.Thread(target=lambda: found.append(post(port, b"{}"))) for _ in range(room + 5)
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE
    while len(found) < 5 and time.monotonic() < end:
        time.sleep(0.01)
    assert [(status, headers["retry-after"]) for status, headers in found] == [(503, "5")] * 5
    slow.go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(status for status, _ in found) == [200] * room + [503] * 5
    assert slow.calls == room
    assert post(port, b"{}")[0] == 200  # there is room again


def test_a_body_above_the_limit_is_refused_before_it_is_read(port: int, slow: Slow) -> None:
    slow.go.set()
    assert post(port, b"x" * server.MAX_BODY)[0] == 200
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        head = f"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: {server.MAX_BODY + 1}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")  # not one byte of it was sent
    assert slow.calls == 1


def test_who_sends_a_byte_now_and_then_is_given_up(
    port: int, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 1.0)
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n")
        end = time.monotonic() + PATIENCE
        with suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() < end:
                connection.sendall(b"x")
                time.sleep(0.05)
    assert time.monotonic() < end
    assert slow.calls == 0


def test_a_connection_is_kept_for_many_requests_however_long_it_lives(
    port: int, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 4.0)
    slow.go.set()
    client = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    client.connect()
    own = client.sock
    for _ in range(5):
        client.request("GET", "/a")
        assert client.getresponse().read() == b"a file"
        time.sleep(1)
    assert client.sock is own
    client.close()
