"""Content type and caching of a served object, by its path.

The caching rules come from the template as text, one rule a line: a pattern (`*` matches any
characters, slashes too), a space, the value of Cache-Control. The first pattern that matches
counts. An object that may still come to exist has no rule: its absence is cached by the front.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from typing import Final

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ico": "image/vnd.microsoft.icon",
    "woff2": "font/woff2",
    "tlog-proof": "text/plain; charset=utf-8",
}


def content_type(path: str) -> str:
    """Return the media type of an object; what is not known is bytes."""
    if path == "log/checkpoint":
        return _TYPES["txt"]
    name = path.rsplit("/", 1)[-1]
    if path.startswith("log/") or "." not in name:
        return "application/octet-stream"
    return _TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")


@dataclass(frozen=True, slots=True)
class CacheRules:
    """Patterns with the Cache-Control of the objects that match them, in order."""

    rules: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def parse(cls, text: str) -> CacheRules:
        """Read the rules; raises ValueError for a line without a value."""
        rules = []
        for line in text.strip().splitlines():
            pattern, space, value = line.strip().partition(" ")
            if not space:
                raise ValueError(f"no Cache-Control in the rule {line!r}")
            rules.append((re.compile(translate(pattern)), value.strip()))
        return cls(tuple(rules))

    def of(self, path: str) -> str:
        """Return the Cache-Control of an object; `no-store` if no rule matches."""
        return next((value for pattern, value in self.rules if pattern.match(path)), "no-store")
