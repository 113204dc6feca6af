"""What a browser makes of an answer, besides the bytes of a page.

Some headers of an answer lead elsewhere, or change what the same bytes show: they count as a part
of the page. The body of an error is shown like a page: one that looks like ours is a false page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

ABSENT: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""403 is what object storage answers for a missing object to a reader who may not list."""
MARK: Final = b"header of the answer: "

_STYLE: Final = re.compile(r"""\brel\s*=\s*["']?[^"';,]*\bstylesheet\b""", re.IGNORECASE)
_TYPE: Final = re.compile(
    r"""text/html\s*(?:;\s*charset\s*=\s*["']?utf-?8["']?\s*)?;?\s*""", re.IGNORECASE
)
_OURS: Final = re.compile(
    rb"""rekap\s+terbuka|<meta\s[^>]*(?:name\s*=\s*["']?(?:as-of|twin)|http-equiv\s*=\s*["']?refresh)""",
    re.IGNORECASE,
)
_REQUEST: Final = re.compile(rb"(RequestId|HostId)(\W{1,3})[0-9A-Za-z+/=]{1,100}|[0-9A-Fa-f-]{16,}")
_LOCATION: Final = re.compile(
    r"(?:https?://[A-Za-z0-9.:\[\]-]+)?/?(?:[A-Za-z0-9._~%-]+(?:/[A-Za-z0-9._~%-]+)*)?/?"
)
_LONGEST: Final = 2_048
_PORTS: Final = {"http": 80, "https": 443}
_INDEX: Final = "index.html"


def is_page(path: str) -> bool:
    """Tell whether a path is one of the spellings of a page's address: X/index.html, X/ and X."""
    name = path.rpartition("/")[2]
    return name.endswith(".html") or not ("." in name or path.startswith("log/"))


def turned(headers: Sequence[tuple[str, str]], *, error: bool = False) -> bytes:
    """Return a line for each header by which a page shows something else, none for a plain page.

    The type is of no account in an `error`, and where none is said: the page says UTF-8 itself.
    """
    found = []
    for name, value in headers:
        low = name.lower()
        bad = low == "refresh" or (low == "link" and _STYLE.search(value))
        if bad or (low == "content-type" and not error and not _TYPE.fullmatch(value.strip())):
            found.append(MARK + f"{name}: {value}\n".encode("latin-1", "replace"))
    return b"".join(found)


def is_ours(body: bytes) -> bool:
    """Tell whether the body of an error leads elsewhere, or looks like a page of a portal."""
    return _OURS.search(body) is not None


def plain(body: bytes, path: str) -> bytes:
    """Return a host's error page without what it says of the request: path and numbers of it."""
    return _REQUEST.sub(rb"\1\2", body.replace(path.rstrip("/").encode(), b""))


def leads(url: str, location: str) -> str | None:
    """Return where a redirect leads if every browser understands it so, and it stays at its page.

    Allowed are X to X/, X/ to X/index.html and back, and http to https of the same host.
    """
    if not 0 < len(location) <= _LONGEST or location.startswith("//"):
        return None
    if not _LOCATION.fullmatch(location):
        return None
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    if new.hostname != old.hostname or new.scheme not in {old.scheme, "https"}:
        return None
    ports = [one.port or _PORTS[one.scheme] for one in (old, new)]
    if ports[0] != ports[1] and (old.scheme == new.scheme or ports[1] != _PORTS["https"]):
        return None
    spelled = {old.path, f"{old.path}/", f"{old.path}{_INDEX}" if old.path.endswith("/") else ""}
    if old.path.endswith(f"/{_INDEX}"):
        spelled.add(old.path.removesuffix(_INDEX))
    return target if new.path and new.path in spelled else None
