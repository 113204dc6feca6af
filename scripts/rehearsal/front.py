"""The front: requests to a loopback port go to the emulated CloudFront as if its name were known.

A distribution is reached by its host name, which no resolver here answers; so a relay with TLS puts
that name into every request. Everything else is the emulator's: behaviours, the function at the
edge, origin access control, headers, the page for what is missing.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_HOP: frozenset[str] = frozenset({"connection", "transfer-encoding", "content-length", "host"})
_TIMEOUT_S = 60.0


@dataclass
class Front:
    """A relay that listens; `host` is the distribution's name, known when the stack stands."""

    port: int
    host: str = ""

    def url(self, base: str) -> str:
        """Return the address of a path of the site."""
        return f"https://127.0.0.1:{self.port}{base}"


@contextlib.contextmanager
def listening(emulator: int, certificate: Path, key: Path) -> Iterator[Front]:
    """Relay to the emulator's port until the block ends."""
    trusted = ssl.create_default_context(cafile=str(certificate))
    front = Front(0)

    class Relay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _TIMEOUT_S

        def log_message(self, format: str, *values: object) -> None:
            """Say nothing."""

        def relay(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
            headers |= {"Host": front.host, "X-Forwarded-Proto": "https"}
            there = http.client.HTTPSConnection(
                "127.0.0.1", emulator, timeout=_TIMEOUT_S, context=trusted
            )
            with contextlib.closing(there):
                there.request(self.command, self.path, body, headers)
                answer = there.getresponse()
                data = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_HEAD = do_POST = do_OPTIONS = relay  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    server.daemon_threads = True
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate, key)
    server.socket = own.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    front.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()
