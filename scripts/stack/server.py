"""One port for both: what is below /v1/ calls a function, every other path is a static file."""

from __future__ import annotations

import base64
import io
import json
import socket
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as CallTimeoutError
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from scripts.stack import events
from scripts.stack.files import Answer, Site
from scripts.stack.functions import Loaded
from scripts.stack.officers import FOLDER, Officers
from scripts.stack.template import Front

API = "/v1/"
DIGEST = "x-amz-content-sha256"
"""CloudFront signs it, and Lambda refuses a body that has another one, or none."""
MAX_BODY = 1024 * 1024
"""Bytes of a request: an envelope has at most 65,535. Lambda takes six million."""
IDLE_SECONDS = 30
REQUEST_SECONDS = 60
"""From the wait for a request to its last byte: who sends one byte every 4 seconds is given up."""
CALLS = 4
"""Calls at the same time in one process; further ones wait. Lambda starts a process for each."""
WAITING = 128
"""Calls that wait in one process, about three seconds of its work; beyond, 503."""
RETRY_AFTER_S = 5
_DRAINED = 20 * 1024 * 1024

_JSON = {"content-type": "application/json"}


class App:
    """What every connection of a process shares."""

    def __init__(
        self,
        site: Site,
        front: Front,
        functions: tuple[Loaded, ...],
        officers: Officers | None = None,
    ) -> None:
        self._site = site
        self._officers = officers
        self._front = front
        self._asked = next((one for one in functions if one.function.asked), None)
        self._pool = ThreadPoolExecutor(CALLS)
        self._room = BoundedSemaphore(CALLS + WAITING)

    def is_api(self, path: str) -> bool:
        """Tell whether `submit` answers a path; on AWS that has a host of its own."""
        return path.startswith(API)

    def file(self, path: str, known_tag: str) -> Answer:
        """Return a static file of the site, or of the officers' app where one is served."""
        if self._officers is not None and path.startswith(FOLDER):
            return self._officers.get(path, known_tag)
        return self._site.get(path, known_tag)

    def call(self, request: events.Request) -> Answer:
        """Answer what is sent or asked, with its cross-origin headers."""
        cors = self._cors(request.headers.get("origin", ""))
        if request.method == "OPTIONS":
            return Answer(204, cors)
        answer = self._ask(request)
        return Answer(answer.status, {**answer.headers, **cors}, answer.body)

    def _ask(self, request: events.Request) -> Answer:
        if self._asked is None:
            return _message(404, "Not Found")
        if request.body and request.headers.get(DIGEST) != sha256(request.body).hexdigest():
            return _message(403, f"{DIGEST} is not the SHA-256 of the body")
        if not self._room.acquire(blocking=False):
            return _busy()
        call = self._pool.submit(self._asked, events.http(request))
        call.add_done_callback(lambda _: self._room.release())
        try:
            answered = call.result(self._asked.function.timeout)
        except CallTimeoutError:
            call.cancel()
            return _busy()
        except Exception:
            traceback.print_exc()
            return _message(502, "Internal Server Error")
        return _answer(answered)

    def _cors(self, origin: str) -> dict[str, str]:
        cors = self._front.cors
        if not origin or origin not in cors["AllowOrigins"]:
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": ",".join(cors["AllowMethods"]),
            "access-control-allow-headers": ",".join(cors["AllowHeaders"]),
            "access-control-expose-headers": ",".join(cors["ExposeHeaders"]),
            "access-control-max-age": str(cors["MaxAge"]),
            "vary": "origin",
        }


def serve(listener: socket.socket, app: App) -> None:
    """Serve connections of a socket that other processes may serve too; never returns."""

    class Connection(_Connection):
        pass

    Connection.app = app
    server = _Server(listener.getsockname()[:2], Connection, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.serve_forever(poll_interval=60)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event."""


class _Clock(io.RawIOBase):
    """Reads a socket until `until`, in seconds of the steady clock; raises TimeoutError then."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.until = 0.0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come; at most `IDLE_SECONDS` without anything."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request takes too long")
        self._connection.settimeout(min(left, IDLE_SECONDS))
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(IDLE_SECONDS)


class _Connection(BaseHTTPRequestHandler):
    app: App
    clock: _Clock
    protocol_version = "HTTP/1.1"
    server_version = "rekap"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True

    def _any(self) -> None:
        url = urlsplit(self.path)
        body = self._body()
        if body is None:
            return
        if self.app.is_api(url.path):
            headers: dict[str, str] = {}
            for name, value in self.headers.items():
                low = name.lower()
                headers[low] = f"{headers[low]},{value}" if low in headers else value
            request = events.Request(
                self.command, url.path, url.query, headers, body, self.client_address[0]
            )
            self._send(self.app.call(request))
        elif self.command in ("GET", "HEAD"):
            self._send(self.app.file(url.path, self.headers.get("if-none-match", "")))
        else:
            self._send(Answer(405, {"allow": "GET, HEAD"}))

    do_GET = do_HEAD = do_POST = do_OPTIONS = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815

    def setup(self) -> None:
        """Read through a deadline, which each request sets."""
        super().setup()
        self.clock = _Clock(self.connection)
        self.rfile = io.BufferedReader(self.clock)

    def handle_one_request(self) -> None:
        """Answer one request; what is late is cut."""
        self.clock.until = time.monotonic() + REQUEST_SECONDS
        super().handle_one_request()

    def _body(self) -> bytes | None:
        """Return the request's body, or answer why it is not read and return None."""
        lengths = self.headers.get_all("content-length", [])
        if self.headers.get("transfer-encoding") or len(lengths) > 1:
            refused = _message(411, "Length Required")
        elif lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
            refused = _message(400, "Bad Request")
        elif lengths and int(lengths[0][:12]) > MAX_BODY:
            refused = _message(413, "Request Entity Too Large")
        else:
            return self.rfile.read(int(lengths[0])) if lengths else b""
        self.close_connection = True
        self._send(refused)
        self._drain()
        return None

    def _drain(self) -> None:
        """Read on for a while: a client that still sends would lose an answer that came first."""
        left = _DRAINED
        while left > 0 and (part := self.rfile.read1(65_536)):
            left -= len(part)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("connection", "close")
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.body:
            self.wfile.write(answer.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Functions write their own lines; reads leave none."""


def _answer(answered: Mapping[str, Any]) -> Answer:
    text = answered.get("body") or ""
    body = base64.b64decode(text) if answered.get("isBase64Encoded") else text.encode()
    return Answer(answered["statusCode"], answered.get("headers") or {}, body)


def _busy() -> Answer:
    """Say that a sender comes again later; nothing of the request was done, or it is not known."""
    answer = _message(503, "Service Unavailable")
    return Answer(503, {**answer.headers, "retry-after": str(RETRY_AFTER_S)}, answer.body)


def _message(status: int, message: str) -> Answer:
    return Answer(status, _JSON, json.dumps({"message": message}).encode())
