"""Witnesses over HTTPS: every one asked at once, all of them within one short time.

A witness is run by somebody else, perhaps by an opponent: its address may point into our own
network, it may redirect, drip, never end, or break the connection. None of that may cost more than
the time that a run has for all witnesses together.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Mapping
from typing import Final

from rekap.core.log.witness import Reply
from rekap.net.client import Client, Refused, Unfinished, split

SECONDS: Final = 1.0
"""For all rounds of a run together."""

_MOST: Final = 65_536
_PATH: Final = "/add-checkpoint"
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_6TO4: Final = ipaddress.IPv6Network("2002::/16")


class HttpWitnesses:
    """The port `Witnesses` of the sequencer; one object serves one run.

    `urls` are submission prefixes by the policy's names. Unless `private`, only https addresses
    that are public are asked.
    """

    def __init__(
        self, urls: Mapping[str, str], *, seconds: float = SECONDS, private: bool = False
    ) -> None:
        self._urls = urls
        self._seconds = seconds
        self._private = private
        self._until: float | None = None

    def ask(self, questions: Mapping[str, bytes]) -> dict[str, Reply]:
        """POST each body; return what came back in time. Never raises for what a witness does."""
        if self._until is None:
            self._until = time.monotonic() + self._seconds
        until = self._until
        answers: queue.SimpleQueue[tuple[str, Reply | None]] = queue.SimpleQueue()

        def post(name: str, body: bytes) -> None:
            try:
                answers.put((name, _post(self._urls.get(name, ""), body, until, self._private)))
            except (OSError, ValueError, Unfinished, Refused):
                answers.put((name, None))

        for name, body in questions.items():
            # A resolver that hangs cannot be stopped: its thread is left to end by itself.
            threading.Thread(target=post, args=(name, body), daemon=True).start()
        came: dict[str, Reply] = {}
        for _ in questions:
            try:
                name, reply = answers.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if reply is not None:
                came[name] = reply
        return came


def _post(url: str, body: bytes, until: float, private: bool) -> Reply:
    parts = split(url)
    if parts.scheme == "http" and not private:
        raise ValueError(f"not https: {url[:200]}")
    # Connects to the number that was looked at, so that a name cannot change in between.
    client = Client(str(parts.hostname), to=_looked_up(str(parts.hostname), private))
    try:
        answer = client.ask(
            url.rstrip("/") + _PATH,
            until,
            lambda _: _MOST,
            method="POST",
            body=body,
            headers={"content-type": "text/plain"},
        )
    finally:
        client.close()
    if len(answer.body) > _MOST:
        raise ValueError("an answer that does not end")
    return Reply(answer.status, answer.header("content-type") or "", answer.body)


def _looked_up(host: str, private: bool) -> str:
    """Return the number of a host; ValueError if it is none that may be asked."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    address = next((one for one in found if private or _is_public(one)), None)
    if address is None:
        raise ValueError(f"{host} has no public address")
    return address


def _is_public(address: str) -> bool:
    """Tell whether an address is of one host on the Internet, and hides none of IPv4 in itself."""
    found = ipaddress.ip_address(address)
    if found.version == 6 and (found not in _UNICAST or found in _6TO4):
        return False
    return found.is_global and not found.is_multicast
