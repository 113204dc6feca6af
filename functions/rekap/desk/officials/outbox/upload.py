"""One connection to a portal that may lie, drip, never end, or not be there at all.

Every request has a deadline as a whole, every answer a size. Nothing is followed anywhere: a
redirect is an answer. Only https, except on this machine itself. Sending the same statement twice
is harmless by design, so whatever is unknown is simply unknown.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from rekap.core.errors import Malformed, RekapError

PATH: Final = "/v1/statements"
INSIST: Final = "?insist=1"
TYPE: Final = "application/vnd.dsse.envelope.v1+json"
MAX_ANSWER: Final = 4 * 1024 * 1024
"""Bytes: a form of 300 columns that breaks every rule has an answer of about one million."""

_SOCKET_SECONDS: Final = 30.0
_REQUEST_SECONDS: Final = 120.0
"""A request may take: 64 KB at 1 KB/s, and the 30 seconds that the API has for its answer."""
_EXPIRED: Final = frozenset({9, 10})
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


class Unreached(RekapError):
    """No whole answer came. `reason` is one of `replies.REASONS`; `detail` is the system's word."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Address:
    """Where a portal is: the site's base, with a final slash; the API is on the same host."""

    scheme: str
    host: str
    port: int | None
    base: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read an address; raises Malformed with code `address` or `https`."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError as error:
            raise Malformed(f"{url}: not a port", code="address") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Malformed(f"{url}: not an https address", code="address")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise Malformed(f"{url}: user, query and fragment are not allowed", code="address")
        if not url.isascii() or not url.isprintable() or " " in url:
            raise Malformed(f"{url!r}: not an address", code="address")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise Malformed(f"{url}: only https", code="https")
        netloc = parts.netloc
        folder = parts.path.removesuffix(PATH).removesuffix("index.html").rstrip("/")
        return cls(parts.scheme, parts.hostname, port, f"{parts.scheme}://{netloc}{folder}/")

    @property
    def is_local(self) -> bool:
        """Whether it is this machine itself."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself, by its name or number and without asking."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Portal:
    """The API of a portal over one kept connection. For one thread."""

    def __init__(
        self,
        address: Address,
        context: ssl.SSLContext | None = None,
        *,
        socket_seconds: float = _SOCKET_SECONDS,
        request_seconds: float = _REQUEST_SECONDS,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        self.address = address
        self._context = context
        self._socket_seconds = socket_seconds
        self._request_seconds = request_seconds
        self._max_answer = max_answer
        self._kept: _Connection | None = None

    def post(self, envelope: bytes, *, insist: bool = False) -> Raw:
        """Send a statement and return the answer, whatever it is. Raises Unreached.

        `insist`: a person wants it beside the form that counts.
        """
        headers = {"Content-Type": TYPE, "Accept": "application/json, application/problem+json"}
        return self._ask_again("POST", PATH + INSIST * insist, envelope, headers)

    def get(self, path: str) -> Raw:
        """Return what is at a path below the site's base. Raises Unreached."""
        return self._ask_again("GET", urlsplit(self.address.base).path + path, None, {})

    def _ask_again(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Raw:
        fresh = self._kept is None
        try:
            return self._ask(method, path, body, headers)
        except Unreached as error:
            # A server may close a kept connection at any time; that says nothing about it.
            if fresh or error.reason != "cut":
                raise
        return self._ask(method, path, body, headers)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        kept, self._kept = self._kept, None
        if kept:
            with suppress(OSError):
                kept.close()

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Raw:
        try:
            connection = self._connection()
            with _deadline(connection, self._request_seconds):
                asked = {**headers, "Accept-Encoding": "identity"}
                connection.request(method, path, body, asked)
                with connection.getresponse() as response:
                    raw = Raw(
                        response.status,
                        {name.lower(): value for name, value in response.getheaders()},
                        self._body(response),
                    )
            if response.will_close:
                self.close()
            return raw
        except Unreached:
            self.close()
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise _explain(error) from error
        except BaseException:
            self.close()
            raise

    def _connection(self) -> _Connection:
        if self._kept is None:
            address = self.address
            context = None
            if address.scheme == "https":
                context = self._context or ssl.create_default_context()
            self._kept = _Connection(address.host, address.port, self._socket_seconds, context)
        return self._kept

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        packed = response.getheader("Content-Encoding", "identity").lower()
        if packed not in {"identity", "gzip"}:
            raise Unreached("strange", f"content-encoding {packed[:40]}")
        data = response.read(self._max_answer + 1)
        if len(data) > self._max_answer:
            raise Unreached("endless", f"> {self._max_answer}")
        if response.length:
            raise Unreached("cut", f"-{response.length}")
        return _gunzip(data, self._max_answer) if packed == "gzip" else data


class _Connection(http.client.HTTPConnection):
    """A connection whose socket is known before the TLS handshake, so that it can be ended."""

    def __init__(
        self, host: str, port: int | None, seconds: float, context: ssl.SSLContext | None
    ) -> None:
        self.default_port = 443 if context else 80
        super().__init__(host, port, timeout=seconds)
        self._context = context
        self.late = False

    def connect(self) -> None:
        """Open the connection; with a context under TLS, for the name of the host."""
        super().connect()
        if self._context:
            self.sock = self._context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def end(self) -> None:
        """Cut the connection: whoever waits for it, waits no more."""
        self.late = True
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextmanager
def _deadline(connection: _Connection, seconds: float) -> Iterator[None]:
    """End a connection that is still in use after `seconds`; raises Unreached `slow` then."""
    began = monotonic()
    timer = threading.Timer(seconds, connection.end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.late:
            raise Unreached("slow", f"{monotonic() - began:.0f} s") from error
        raise
    finally:
        timer.cancel()
    if connection.late:
        raise Unreached("slow", f"{monotonic() - began:.0f} s")


def _gunzip(data: bytes, limit: int) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    try:
        plain = unpack.decompress(data, limit + 1)
    except zlib.error as error:
        raise Unreached("strange", str(error)) from error
    if len(plain) > limit:
        raise Unreached("endless", f"> {limit}")
    if not unpack.eof:
        raise Unreached("cut", "gzip")
    return plain


def _explain(error: Exception) -> Unreached:
    """Name the reason why there is no answer."""
    detail = f"{error}".strip() or type(error).__name__
    if isinstance(error, socket.gaierror):
        return Unreached("dns", detail)
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = "clock" if error.verify_code in _EXPIRED else "certificate"
        return Unreached(reason, error.verify_message)
    if isinstance(error, TimeoutError):
        return Unreached("timeout", detail)
    if isinstance(error, ConnectionRefusedError):
        return Unreached("refused", detail)
    cuts = (http.client.RemoteDisconnected, http.client.IncompleteRead, ConnectionError,
            ssl.SSLEOFError, ssl.SSLZeroReturnError)  # fmt: skip
    if isinstance(error, cuts):
        return Unreached("cut", detail)
    if isinstance(error, ssl.SSLError):
        return Unreached("tls", error.reason or detail)
    if isinstance(error, OSError):
        return Unreached("network", error.strerror or detail)
    return Unreached("strange", f"{type(error).__name__} {detail}"[:200])
