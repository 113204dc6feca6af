"""HTTP answers that every program reads alike; any other is refused (RFC 9112).

Python and browsers disagree about sloppy answers: where a header ends, how long a body is, what a
chunk holds. Whoever serves a site could so show readers one page and a checker another, in the
same bytes. What is refused here no server sends that serves browsers well:

    a first line that is not HTTP/1.0 or HTTP/1.1, a status, a phrase; or an answer before it (1xx)
    a line that is not `name:value`, that is folded, that has a bare CR, or that ends without CR LF
    more than one length, one that is not digits, or a length beside chunks
    an encoding of transfer other than `chunked`, or any in HTTP/1.0
    a chunk whose size is not plain hexadecimal or that has an extension, and lines behind the last
"""

from __future__ import annotations

import re
from http.client import HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Any, Final

_FIRST: Final = re.compile(rb"HTTP/1\.[01] [2-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?\r\n")
_FIELD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n")
_LENGTH: Final = re.compile("[0-9]{1,18}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,15})\r\n")
_LONGEST_LINE: Final = 64


class Ambiguous(Exception):
    """An answer that two programs may read differently; asking again does not help."""


class StrictResponse(HTTPResponse):
    """An answer of `http.client` whose head was checked line by line, and whose chunks are ours."""

    def begin(self) -> None:
        """Read the head; raises Ambiguous, HTTPException."""
        lines = _Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]  # all that `begin` asks of it
        super().begin()
        self.fp = lines.raw
        lines.check()
        lengths = self.headers.get_all("Content-Length", [])
        transfer = self.headers.get_all("Transfer-Encoding", [])
        if transfer and (
            self.version == 10 or lengths or [one.lower() for one in transfer] != ["chunked"]
        ):
            raise Ambiguous(f"transfer encoding {', '.join(transfer)[:40]!r}")
        if len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
            raise Ambiguous(f"content length {', '.join(lengths)[:40]!r}")
        if self.chunked:
            self.chunked = False
            self.fp = _Chunks(lines.raw)  # type: ignore[assignment]  # as `read1` asks of it


class _Lines:
    """Gives lines on and keeps them."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._seen: list[bytes] = []

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self.raw.readline(limit)
        self._seen.append(line)
        return line

    def check(self) -> None:
        """Raise Ambiguous unless the lines are one head: a first line, fields, an empty line."""
        first, *fields, last = [*self._seen, b""] if len(self._seen) < 2 else self._seen
        wrong = [line for line in fields if not _FIELD.fullmatch(line)]
        if not _FIRST.fullmatch(first) or last != b"\r\n":
            wrong.append(first)
        if wrong:
            raise Ambiguous(f"a head with {wrong[0][:60]!r}")

    def close(self) -> None:
        self.raw.close()

    def flush(self) -> None:
        """Nothing is written."""


class _Chunks:
    """The body of an answer in chunks (RFC 9112 section 7.1), without extensions and trailers."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._left = 0
        self._begun = self._ended = False

    def read1(self, size: int = -1) -> bytes:
        """Return some of the body, none at its end."""
        if not self._left and not self._ended:
            self._next()
        if self._ended:
            return b""
        piece: bytes = self._raw.read1(min(size, self._left) if size >= 0 else self._left)
        if not piece:
            raise IncompleteRead(b"", self._left)
        self._left -= len(piece)
        return piece

    def _next(self) -> None:
        if self._begun and self._line() != b"\r\n":
            raise Ambiguous("a chunk of another length than it says")
        line = self._line()
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise Ambiguous(f"a chunk that begins {line[:40]!r}")
        self._begun = True
        self._left = int(match[1], 16)
        if not self._left:
            if self._line() != b"\r\n":
                raise Ambiguous("lines behind the last chunk")
            self._ended = True

    def _line(self) -> bytes:
        line: bytes = self._raw.readline(_LONGEST_LINE)
        if not line:
            raise RemoteDisconnected("cut between two chunks")
        return line

    def close(self) -> None:
        self._raw.close()

    def flush(self) -> None:
        """Nothing is written."""
