"""The officers' app as the uploads' host serves it: a policy, rights and caching of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scripts.stack.files import Answer

from rekap.portal.store.headers import content_type

FOLDER: Final = "/app/"

HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
        " trusted-types petugas"
    ),
    "permissions-policy": (
        "camera=(self), geolocation=(), microphone=(), publickey-credentials-create=(self),"
        " publickey-credentials-get=(self)"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}
"""On every file of the app. A service worker keeps the files; the browser asks each time."""


class Officers:
    """The files of a folder that `scripts/build_app.py` made; read once."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self._files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    def get(self, path: str, known_tag: str = "") -> Answer:
        """Return the file of a URL's path below the host, 304 if its tag is known, or 404."""
        name = path.removeprefix(FOLDER) or "index.html"
        data = self._files.get(name)
        if data is None:
            return Answer(404, {**HEADERS, "content-type": "text/plain"})
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        headers = {**HEADERS, "content-type": content_type(name), "etag": tag}
        return Answer(304, headers) if tag == known_tag else Answer(200, headers, data)
