"""One connection to a portal that may lie, drip, never end, or not be there at all.

Every request has a deadline as a whole, every answer a size. Nothing is followed anywhere: a
redirect is an answer. Only https, except on this machine itself. Sending the same statement twice
is harmless by design, so whatever is unknown is simply unknown.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Final
from urllib.parse import urljoin

from rekap.core.errors import Malformed, RekapError
from rekap.net import client
from rekap.net.client import Client, Cut, Late, Refused, Unfinished

PATH: Final = "/v1/statements"
INSIST: Final = "?insist=1"
TYPE: Final = "application/vnd.dsse.envelope.v1+json"
DIGEST: Final = "X-Amz-Content-Sha256"
"""CloudFront signs what this says of the body; without it Lambda refuses what is sent."""
MAX_ANSWER: Final = 4 * 1024 * 1024
"""Bytes: a form of 300 columns that breaks every rule has an answer of about one million."""

_SOCKET_SECONDS: Final = 30.0
_REQUEST_SECONDS: Final = 120.0
"""A request may take: 64 KB at 1 KB/s, and the 30 seconds that the gate waits for an answer."""
_EXPIRED: Final = frozenset({9, 10})
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


class Unreached(RekapError):
    """No whole answer came. `reason` is one of `replies.REASONS`; `detail` is the system's word."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Door:
    """Where a portal takes one kind of body, and the type that it asks for."""

    path: str
    type: str


STATEMENTS: Final = Door(PATH, TYPE)
WORDS: Final = Door("/v1/attachments", "application/json")
PICTURES: Final = Door("/v1/pictures", "image/jpeg")


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
        try:
            parts = client.split(url)
        except ValueError as error:
            raise Malformed(str(error), code="address") from error
        if not url.isascii() or not url.isprintable() or " " in url:
            raise Malformed(f"{url!r}: not an address", code="address")
        host = str(parts.hostname)
        if parts.scheme == "http" and not is_loopback(host):
            raise Malformed(f"{url}: only https", code="https")
        folder = parts.path.removesuffix(PATH).removesuffix("index.html").rstrip("/")
        return cls(parts.scheme, host, parts.port, f"{parts.scheme}://{parts.netloc}{folder}/")

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
    """The API of a portal over kept connections."""

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
        self._client = Client(address.host, seconds=socket_seconds, context=context)
        self._request_seconds = request_seconds
        self._max_answer = max_answer

    def post(self, envelope: bytes, *, insist: bool = False) -> Raw:
        """Send a statement and return the answer, whatever it is. Raises Unreached.

        `insist`: a person wants it beside the form that counts.
        """
        return self._post(STATEMENTS, envelope, INSIST * insist)

    def hand_in(self, door: Door, data: bytes) -> Raw:
        """Send a file that a statement names and return the answer. Raises Unreached."""
        return self._post(door, data)

    def get(self, path: str) -> Raw:
        """Return what is at a path below the site's base. Raises Unreached."""
        return self._ask("GET", path, None, {})

    def close(self) -> None:
        """Close the connections; the next request opens another."""
        self._client.close()

    def _post(self, door: Door, body: bytes, query: str = "") -> Raw:
        headers = {
            "Content-Type": door.type,
            "Accept": "application/json, application/problem+json",
            DIGEST: sha256(body).hexdigest(),
        }
        return self._ask("POST", door.path + query, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None, asked: Mapping[str, str]) -> Raw:
        url = urljoin(self.address.base, path)
        began = monotonic()
        try:
            answer = self._client.ask(
                url,
                began + self._request_seconds,
                lambda _: self._max_answer,
                method=method,
                body=body,
                headers={**asked, "Accept-Encoding": "identity"},
            )
        except Late as error:
            raise Unreached("slow", f"{monotonic() - began:.0f} s") from error
        except (OSError, Unfinished, Refused) as error:
            raise _explain(error) from error
        if len(answer.body) > self._max_answer:
            raise Unreached("endless", f"> {self._max_answer}")
        headers = {name.lower(): value for name, value in answer.headers}
        return Raw(answer.status, headers, answer.body)


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
    if isinstance(error, Cut | ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Unreached("cut", detail)
    if isinstance(error, ssl.SSLError):
        return Unreached("tls", error.reason or detail)
    if isinstance(error, OSError):
        return Unreached("network", error.strerror or detail)
    return Unreached("strange", detail[:200])
