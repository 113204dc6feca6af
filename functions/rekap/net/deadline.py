"""A deadline that no server can put off: bytes that drip reset every timeout of a socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection


@contextmanager
def cut_at(deadline: float, connection: HTTPConnection) -> Iterator[None]:
    """Cut the connection if the block is not done at `deadline` (of time.monotonic).

    A read that is cut ends as if the server had closed: who reads must look at the clock.
    """

    def cut() -> None:
        held = connection.sock
        if held is not None:
            with suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)

    left = max(0.0, deadline - time.monotonic())
    clock = threading.Timer(min(left, threading.TIMEOUT_MAX), cut)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
