"""The one client of HTTP: an answer bounded in bytes and in time, over connections that are kept.

A server may cut, drip, pack a bomb or never end: an answer is read to the bytes that were asked
for, a deadline ends it whatever comes, and only a connection that was read to its end serves again.
Nothing is followed: a redirect is an answer.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import SplitResult, urlsplit

from rekap.net.deadline import cut_at
from rekap.net.framing import Ambiguous, StrictResponse

_SOCKET_SECONDS: Final = 15.0
_PIECE: Final = 65_536
_UNASKED: Final = 65_536
"""Bytes of a body that nobody asked for which are read, so that its connection serves again."""


_Door = tuple[int, str, int | None]
"""Process, scheme and port: what a connection may be used for."""


class Unfinished(Exception):
    """A state of the server that may pass: ask again."""


class Cut(Unfinished):
    """The connection ended before the answer did."""


class Late(Unfinished):
    """The deadline ended it."""


class Refused(Exception):
    """An answer that no asking again makes readable."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the headers as they were spelled, the body unpacked."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, named in lower case; None if it is absent or there twice."""
        found = [value for known, value in self.headers if known.lower() == name]
        return found[0] if len(found) == 1 else None


class Read(Protocol):
    """Returns the next bytes of something, at most `size`; none at its end."""

    def __call__(self, size: int, /) -> bytes | None: ...


def split(url: str) -> SplitResult:
    """Read an http or https address; ValueError says why it is none that is asked."""
    parts = urlsplit(url)
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{url}: not a port") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url}: not an http or https address")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{url}: user, query and fragment are not allowed")
    return parts


class Client:
    """One host that questions are put to; safe to use from threads and forked processes."""

    def __init__(
        self,
        name: str,
        *,
        seconds: float = _SOCKET_SECONDS,
        context: ssl.SSLContext | None = None,
        to: str | None = None,
    ) -> None:
        """`name` as in an address, without port and brackets. `seconds` bounds each wait for the
        socket; `to` is the number to connect to, if the name was looked up already; `context` is
        the system's unless given.
        """
        self._name = name
        self._seconds = seconds
        self._context = context
        self._to = to
        self._idle: list[tuple[_Door, _Connection]] = []

    def ask(
        self,
        url: str,
        deadline: float,
        limit: Callable[[int], int | None],
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return what is at an address of this host.

        Of the body at most one byte more than `limit` says for the status; where it says None,
        the body is neither unpacked nor returned. `deadline` is of time.monotonic.

        A kept connection that turns out to be cut is replaced once: a server may close one at any
        time, and whatever is sent through here may be sent twice.

        Raises Cut, Late, Unfinished, Refused, OSError.
        """
        parts = urlsplit(url)
        # A forked child must not speak on its parent's connections.
        door = (os.getpid(), parts.scheme, parts.port)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        question = _Question(method, path, body, headers or {}, deadline, limit)
        connection = self._kept(door)
        if connection is not None:
            with suppress(Cut, ConnectionError):
                return self._put(door, connection, question)
        return self._put(door, self._new(door, deadline), question)

    def _put(self, door: _Door, connection: _Connection, question: _Question) -> Answer:
        """Ask over a connection, which is kept if its answer was read to the end."""
        kept = False
        try:
            with cut_at(question.deadline, connection):
                answer, kept = question.ask(connection)
            return answer
        except _FAILURES as error:
            # What is cut at the deadline fails in many ways, all of which mean the same.
            if time.monotonic() >= question.deadline:
                raise Late("slower than anybody can wait for") from error
            raise _named(error) from error
        finally:
            if kept:
                self._idle.append((door, connection))
            else:
                connection.close()

    def _kept(self, door: _Door) -> _Connection | None:
        """Return an idle connection through `door`; those through others are closed."""
        with suppress(IndexError):
            while True:
                opened, connection = self._idle.pop()
                if opened == door:
                    return connection
                connection.close()
        return None

    def _new(self, door: _Door, deadline: float) -> _Connection:
        _, scheme, port = door
        context = None
        if scheme == "https":
            context = self._context or ssl.create_default_context()
        # A connection that is being opened has no socket yet that the deadline could cut.
        opening = max(0.01, min(self._seconds, deadline - time.monotonic()))
        return _Connection(self._name, port, (opening, self._seconds), context, self._to)

    def close(self) -> None:
        """Close all idle connections; the next question opens another."""
        with suppress(IndexError):
            while True:
                _, connection = self._idle.pop()
                with suppress(OSError):
                    connection.close()

    def __del__(self) -> None:
        """Close with its user: who reads a few files of a site need not remember to."""
        if hasattr(self, "_idle"):
            self.close()


class _Connection(http.client.HTTPConnection):
    """A connection whose socket is known before the TLS handshake, so that it can be cut."""

    response_class = StrictResponse

    def __init__(
        self,
        name: str,
        port: int | None,
        seconds: tuple[float, float],
        context: ssl.SSLContext | None,
        to: str | None,
    ) -> None:
        """`seconds`: for opening it, and for each wait afterwards."""
        self.default_port = 443 if context else 80
        super().__init__(name, port, timeout=seconds[0])
        self._wait = seconds[1]
        self._context = context
        self._to = to

    def connect(self) -> None:
        """Open the connection; with a context under TLS, for the name of the host."""
        self.sock = socket.create_connection((self._to or self.host, self.port), self.timeout)
        self.sock.settimeout(self._wait)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context:
            self.sock = self._context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()


_FAILURES: Final = (
    Ambiguous,
    Unfinished,
    OSError,
    http.client.HTTPException,
    ValueError,
    zlib.error,
)


def _named(error: Exception) -> Exception:
    """Return what a failure before the deadline is called here."""
    said = f"{type(error).__name__} {error}"
    if isinstance(error, Ambiguous):
        return Refused(f"an answer that programs read differently: {error}")
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected):
        return Cut(said)
    return error if isinstance(error, OSError | Unfinished) else Unfinished(said)


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str]
    deadline: float
    limit: Callable[[int], int | None]

    def ask(self, connection: http.client.HTTPConnection) -> tuple[Answer, bool]:
        """Return the answer, and whether the connection can serve again."""
        headers = {"Accept-Encoding": "gzip, identity", **self.headers}
        connection.request(self.method, self.path, self.body, headers)
        if hasattr(socket, "TCP_QUICKACK"):
            # A server that sends head and body apart would wait 40 ms for the first one's receipt.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        with connection.getresponse() as response:
            most = self.limit(response.status)
            body = b""
            if most is not None:
                body = _body(response, most, self.deadline)
            elif response.length is not None and response.length <= _UNASKED:
                take(_pieces(response, self.deadline), _UNASKED)
            # Asked before it is closed: closing drops what was not read.
            ended = response.length == 0 or response.isclosed()
        answer = Answer(response.status, tuple(response.getheaders()), body)
        return answer, ended and connection.sock is not None


def _pieces(response: http.client.HTTPResponse, deadline: float) -> Read:
    """Return a function that reads the body; raises Cut or Late where it ends before its end."""

    def piece(size: int) -> bytes:
        data = response.read1(size)
        if time.monotonic() > deadline:
            raise Late("slower than anybody can wait for")
        if not data and response.length:
            raise Cut(f"cut {response.length} bytes before its end")
        return data

    return piece


def _body(response: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    piece = _pieces(response, deadline)
    encoding = response.getheader("Content-Encoding", "identity").lower()
    if encoding == "gzip":
        return _gunzip(piece, limit)
    if encoding == "identity":
        return take(piece, limit)
    raise Refused(f"content encoding {encoding[:40]}")


def take(read: Read, limit: int) -> bytes:
    """Return what `read` yields until its end, at most `limit` + 1 bytes."""
    pieces = []
    left = limit + 1
    while left:
        piece = read(min(left, _PIECE))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _gunzip(read: Read, limit: int) -> bytes:
    """As `take`, of the unpacked bytes; never unpacks more than it returns.

    What follows the packed bytes is given as it is: readers' programs differ in what they make of
    it, so a body that goes on is another one than the body that ended.
    """
    unpack = zlib.decompressobj(wbits=31)
    pieces = []
    left = limit + 1
    while left and not unpack.eof:
        packed = unpack.unconsumed_tail or read(_PIECE)
        if not packed:
            raise Cut("the packed body is cut")
        piece = unpack.decompress(packed, left)
        pieces.append(piece)
        left -= len(piece)
    if unpack.eof:
        pieces.append((unpack.unused_data or read(1) or b"")[:left])
    return b"".join(pieces)
