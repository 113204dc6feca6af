"""Which paths an object may have: the same on every engine, so that a portal can move."""

from __future__ import annotations

import re
from typing import Final

from rekap.core.errors import Malformed

STATE: Final = "state/"
"""The area of the publisher's own objects, which is never served."""

_LONGEST: Final = 1024
_SEGMENT: Final = re.compile(r"[a-z0-9_-][a-z0-9._-]*")


def check(path: str) -> str:
    """Return `path`; raises Malformed for one that could leave its area or be read as another."""
    if len(path) > _LONGEST or not all(map(_SEGMENT.fullmatch, path.split("/"))):
        raise Malformed(f"not an object path: {path[:80]!r}", "path", "bad-path")
    return path
