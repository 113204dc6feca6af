"""What a browser makes of an answer, besides the bytes of a page.

Some headers of an answer lead elsewhere, or change what the same bytes show: they count as a part
of the page. The body of an error is shown like a page: one that looks like ours is a false page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

ABSENT: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""403 is what object storage answers for a missing object to a reader who may not list."""
MARK: Final = b"header of the answer: "
BARE: Final = "."
"""The base of the site without its last slash, as people write it."""

_STYLE: Final = re.compile(r"stylesheet|\\", re.IGNORECASE)
"""Anywhere in a Link: what stands between quotes, and what escapes mean, browsers read apart."""
_UTF_8: Final = r"""\s*(?:;\s*charset\s*=\s*["']?utf-?8["']?\s*)?;?\s*"""
_TYPE: Final = re.compile(f"text/html{_UTF_8}", re.IGNORECASE)
_SHEET_TYPE: Final = re.compile(f"text/css{_UTF_8}", re.IGNORECASE)
_ERROR_TYPE: Final = re.compile(
    r"""[a-z]+/[a-z0-9.+-]+\s*(?:;\s*charset\s*=\s*["']?(?:utf-?8|us-ascii|iso-8859-1)["']?\s*)?;?\s*""",
    re.IGNORECASE,
)
_SHEET: Final = ".css"
_NOT_HTML: Final = (".atom", ".csv", ".js", ".json", ".txt")
_HTML: Final = ("text/html", "application/xhtml+xml")
_TAG: Final = re.compile("<[^>]*>")
_OURS: Final = re.compile(
    r"""rekap\s+terbuka|name\s*=\s*["']?\s*(?:as-of|twin)|http-equiv\s*=\s*["']?\s*refresh""",
    re.IGNORECASE,
)
_ACTIVE: Final = re.compile(
    r"""<\s*(?:script|iframe|frame|object|embed|link|base|svg|math|img|image|video|audio|source|picture|portal|fencedframe|template)\b
    |\b(?:src|srcset|srcdoc|data|poster|background|on[a-z]+)\s*=
    |url\s*\(|@import|image-set|javascript:
    |charset\s*=\s*["']?\s*(?!utf-?8\b|us-ascii\b|iso-8859-1\b)[a-z0-9]
    |\x1b|[\x00\x0e\x0f]""",
    re.IGNORECASE | re.VERBOSE,
)
"""What makes the words of an error depend on the address, or on an encoding that hides them."""
_BOMS: Final = (b"\xfe\xff", b"\xff\xfe")
_REQUEST: Final = re.compile(rb"(RequestId|HostId)(\W{1,3})[0-9A-Za-z+/=]{1,100}|[0-9A-Fa-f-]{16,}")
_LOCATION: Final = re.compile(
    r"(?:https?://[A-Za-z0-9.:\[\]-]+)?/?(?:[A-Za-z0-9._~%-]+(?:/[A-Za-z0-9._~%-]+)*)?/?"
)
_LONGEST: Final = 2_048
_PORTS: Final = {"http": 80, "https": 443}
_INDEX: Final = "index.html"


def is_page(path: str) -> bool:
    """Tell whether a path is one of the spellings of a page's address: X/index.html, X/ and X.

    A folder's name may have dots between digits: `bupati-90.01`, `cari/…/90.01`.
    """
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    if path == BARE or dot + ending == ".html":
        return True
    return (not dot or ending.isdigit()) and not path.startswith("log/")


def turned(headers: Sequence[tuple[str, str]], path: str, *, error: bool = False) -> bytes:
    """Return a line for each header by which a file shows something else, none for a plain one.

    A page is HTML in UTF-8, or has no type: then it says UTF-8 itself. A browser takes no style
    sheet of another type, and reads other words in another charset. Data are no HTML. An `error`
    may have any type, but no encoding in which other bytes spell the words that are looked for.
    """
    found = []
    for name, value in headers:
        low, said = name.lower(), value.strip()
        bad = low == "refresh" or (low == "link" and _STYLE.search(value) is not None)
        if low == "content-type":
            if error:
                bad = _ERROR_TYPE.fullmatch(said) is None
            elif is_page(path):
                bad = _TYPE.fullmatch(said) is None
            elif path.endswith(_SHEET):
                bad = _SHEET_TYPE.fullmatch(said) is None
            else:
                bad = path.endswith(_NOT_HTML) and said.lower().startswith(_HTML)
        if bad:
            found.append(MARK + f"{name}: {value}\n".encode("latin-1", "replace"))
    return b"".join(found)


def is_ours(body: bytes) -> bool:
    """Tell whether the body of an error leads elsewhere, or looks like a page of a portal."""
    text = html.unescape(body.decode("latin-1"))
    return any(_OURS.search(one) is not None for one in (text, _TAG.sub("", text)))


def is_active(body: bytes) -> bool:
    """Tell whether the body of an error may show other words at another address.

    It runs a script, or loads something whose address depends on its own, or hides its words in an
    encoding. The same bytes at an address that nobody wrote prove nothing then.
    """
    text = body.decode("latin-1")
    return body.startswith(_BOMS) or any(
        _ACTIVE.search(one) is not None for one in (text, html.unescape(text))
    )


def plain(body: bytes, path: str) -> bytes:
    """Return a host's error page without what it says of the request: path and numbers of it."""
    name = re.escape(path.rstrip("/").encode())
    named = re.compile(rb"(?<![\w.-])" + name + rb"/?(?![\w.-])")
    return _REQUEST.sub(rb"\1\2", named.sub(b"", body) if name else body)


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
