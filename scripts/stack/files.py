"""Static files as CloudFront and S3 serve them: caching by path, no listing, 404.html."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from scripts.stack.template import Front

from rekap.portal.store.headers import CacheRules, content_type

_NAME = "[a-z0-9_-][a-z0-9._-]*"
_PATH = re.compile(f"/(?:{_NAME}/)*(?:{_NAME})?")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


class Site:
    """The files below a folder. Whatever is no object's path does not exist."""

    def __init__(self, folder: Path, front: Front, rules: CacheRules) -> None:
        self._folder = folder
        self._front = front
        self._rules = rules

    def get(self, raw_path: str, known_tag: str = "") -> Answer:
        """Return the file of a URL's path, 304 if its tag is `known_tag`, or 404.html."""
        path = unquote(raw_path)
        if not _PATH.fullmatch(path):
            return self._missing()
        if path.endswith("/"):
            path += "index.html"
        try:
            with (self._folder / path[1:]).open("rb") as file:
                status = os.fstat(file.fileno())
                tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
                if tag == known_tag:
                    return Answer(304, self._headers(path[1:], tag))
                return Answer(200, self._headers(path[1:], tag), file.read())
        except IsADirectoryError:
            return Answer(301, {**self._front.headers, "location": f"{raw_path}/"})
        except (FileNotFoundError, NotADirectoryError):
            return self._missing()

    def _headers(self, path: str, tag: str) -> dict[str, str]:
        return {
            **self._front.headers_of(path),
            "content-type": content_type(path),
            "cache-control": self._rules.of(path),
            "etag": tag,
        }

    def _missing(self) -> Answer:
        try:
            body = (self._folder / "404.html").read_bytes()
        except FileNotFoundError:
            body = b"<!DOCTYPE html><title>404</title>"
        headers = {
            **self._front.headers,
            "content-type": content_type("404.html"),
            "cache-control": f"max-age={self._front.missing_seconds}",
        }
        return Answer(404, headers, body)
