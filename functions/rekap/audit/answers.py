"""What a web server answers, bounded in bytes and in time, over connections that are kept.

A server may cut, drip, pack a bomb or never end: an answer is read to the bytes that were asked
for, a deadline ends it whatever comes, and only a connection that was read to its end serves again.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from rekap.audit.shown import ABSENT
from rekap.net.deadline import cut_at
from rekap.net.framing import Ambiguous, StrictResponse

_SOCKET_SECONDS: Final = 15.0
_PIECE: Final = 65_536

_Door = tuple[int, str, int | None]
"""Process, scheme and port: what a connection may be used for."""


class Unfinished(Exception):
    """A state of the server that may pass: ask again."""


class Refused(Exception):
    """An answer that no asking again makes readable."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: `body` of a 200, and of what says that nothing is there."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect leads; empty if nowhere, or to several places."""
        found = [value for name, value in self.headers if name.lower() == "location"]
        return found[0] if len(found) == 1 else ""


class Read(Protocol):
    """Returns the next bytes of something, at most `size`; none at its end."""

    def __call__(self, size: int, /) -> bytes | None: ...


class Host:
    """One host that questions are put to; safe to use from threads and forked processes."""

    def __init__(self, name: str) -> None:
        """`name` as in an address, without port and brackets."""
        self.name = name
        self._idle: list[tuple[_Door, http.client.HTTPConnection]] = []

    def ask(self, url: str, limit: int, deadline: float) -> Answer:
        """Return an answer with at most `limit` + 1 bytes of its body, 64 KiB of an error's.

        The connection is kept if the answer was read to its end. `deadline` is of time.monotonic.
        Raises Unfinished, Refused, OSError, HTTPException, zlib.error.
        """
        parts = urlsplit(url)
        # A forked child must not speak on its parent's connections.
        door = (os.getpid(), parts.scheme, parts.port)
        connection = self._connection(door)
        kept = False
        try:
            with _understood(), cut_at(deadline, connection):
                response = _request(connection, parts.path or "/")
                try:
                    if response.status == http.client.OK:
                        body = _body(response, limit, deadline)
                    elif response.status in ABSENT:
                        body = _body(response, _PIECE, deadline)
                    elif response.length is not None and response.length <= _PIECE:
                        body = take(_pieces(response, deadline), _PIECE)
                    else:
                        body = b""
                    ended = response.length == 0 or response.isclosed()
                    kept = ended and connection.sock is not None
                finally:
                    response.close()
            return Answer(response.status, tuple(response.getheaders()), body)
        finally:
            if kept:
                self._idle.append((door, connection))
            else:
                connection.close()

    def _connection(self, door: _Door) -> http.client.HTTPConnection:
        """Return an idle connection through `door`, or a new one."""
        with suppress(IndexError):
            while True:
                opened, connection = self._idle.pop()
                if opened == door:
                    return connection
                connection.close()
        _, scheme, port = door
        made = http.client.HTTPConnection(self.name, port, timeout=_SOCKET_SECONDS)
        if scheme == "https":
            made = http.client.HTTPSConnection(
                self.name, port, timeout=_SOCKET_SECONDS, context=ssl.create_default_context()
            )
        made.response_class = StrictResponse
        return made

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


@contextmanager
def _understood() -> Iterator[None]:
    """Refuse what two programs may read differently."""
    try:
        yield
    except Ambiguous as error:
        raise Refused(f"an answer that programs read differently: {error}") from error


def _request(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    headers = {"Accept-Encoding": "gzip, identity", "Cache-Control": "no-cache"}
    connection.request("GET", path, headers=headers)
    if hasattr(socket, "TCP_QUICKACK"):
        # A server that sends head and body apart would wait 40 ms for the first one's receipt.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    return connection.getresponse()


def _pieces(response: http.client.HTTPResponse, deadline: float) -> Read:
    """Return a function that reads the body; raises Unfinished where it is cut or late."""

    def piece(size: int) -> bytes:
        data = response.read1(size)
        if time.monotonic() > deadline:
            raise Unfinished("slower than a reader can wait for")
        if not data and response.length:
            raise Unfinished(f"cut {response.length} bytes before its end")
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
            raise Unfinished("the packed body is cut")
        piece = unpack.decompress(packed, left)
        pieces.append(piece)
        left -= len(piece)
    if unpack.eof:
        pieces.append((unpack.unused_data or read(1) or b"")[:left])
    return b"".join(pieces)
