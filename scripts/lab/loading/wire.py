"""HTTP/1.1 over connections that stay open, as thin as it can be: the sender must not be the load.

A request is bytes that were made before the clock started. Times out and breaks like any network:
the caller gets OSError and decides whether to try again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rekap.desk.officials.outbox.upload import DIGEST, TYPE, Raw

IDLE_S: Final = 20.0
"""Idle connections are given up before the server does it (30 s)."""


def request(method: str, host: str, path: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}"]
    if body:
        lines += [f"content-type: {TYPE}", f"content-length: {len(body)}"]
        lines.append(f"{DIGEST}: {sha256(body).hexdigest()}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    since: float = 0.0


class Lines:
    """At most `most` connections to one server; a request without a free one waits its turn.

    The longest idle one is used next, so that all processes of the server get their share.
    """

    def __init__(self, host: str, port: int, *, most: int, timeout_s: float) -> None:
        self.host = f"{host}:{port}"
        self._address = (host, port)
        self._timeout = timeout_s
        self._free: deque[_Line] = deque()
        self._room = asyncio.Semaphore(most)

    async def open(self, count: int, greeting: bytes) -> None:
        """Open connections before they are needed, and have one answer on each. Raises OSError.

        So every process of the server has begun its work.
        """
        self._free.extend([await self._connect() for _ in range(count)])
        await asyncio.gather(*(self.ask(greeting) for _ in range(count)))

    async def ask(self, data: bytes) -> Raw:
        """Send one request and return its answer. Raises OSError (TimeoutError is one)."""
        async with self._room, asyncio.timeout(self._timeout):
            line = self._idle() or await self._connect()
            try:
                line.writer.write(data)
                reply = await _read(line.reader)
            except BaseException as error:
                line.writer.close()
                if isinstance(error, asyncio.IncompleteReadError | ValueError):
                    raise ConnectionResetError("the answer was cut") from error
                raise
            if reply.headers.get("connection") == "close":
                line.writer.close()
            else:
                line.since = asyncio.get_running_loop().time()
                self._free.append(line)
            return reply

    def close(self) -> None:
        """Close what is open and idle."""
        while self._free:
            self._free.pop().writer.close()

    def _idle(self) -> _Line | None:
        oldest = asyncio.get_running_loop().time() - IDLE_S
        while self._free:
            line = self._free.popleft()
            if line.since >= oldest and not line.reader.at_eof() and not line.writer.is_closing():
                return line
            line.writer.close()
        return None

    async def _connect(self) -> _Line:
        reader, writer = await asyncio.open_connection(*self._address, limit=1 << 24)
        return _Line(reader, writer, asyncio.get_running_loop().time())


async def _read(reader: asyncio.StreamReader) -> Raw:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.split(":", 1) for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, value in fields}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Raw(int(head[0].split(" ")[1]), headers, body)
