"""Writing the site's files: conditional, so that the newest page stays whoever writes last."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from rekap.errors import Conflict, Corrupt
from rekap.log.ports import Objects

_STATED: Final = re.compile(rb'<meta name="as-of" content="([0-9]+)">')


class SiteFiles:
    """Puts derived files. Every write names the tag that it replaces; a conflict looks again."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def put_page(self, path: str, data: bytes, size: int, address: str) -> bool:
        """Write a file of a page whose as_of is `size`, unless what is there is newer."""
        while True:
            stored = self._objects.get(path)
            try:
                if stored is None:
                    self._objects.put_if(path, data, None)
                    return True
                if stored.data == data:
                    return False
                theirs, own = self._stated(stored.data, path, address)
                if theirs > size:
                    return False
                if theirs == size and own:
                    raise Corrupt(f"{path} at as_of {size} has other bytes than this release gives")
                self._objects.put_if(path, data, stored.tag)
                return True
            except Conflict:
                continue

    def _stated(self, data: bytes, path: str, address: str) -> tuple[int, bool]:
        """Return the as_of of a published file, and whether the file itself states it.

        A file that states none has its twin's. The twin is written first, so such a file may still
        be behind its twin: it is replaced unless the twin is newer than what we have.
        """
        if path == f"{address.rstrip('/')}.json":
            return int(path.split("/")[1].removesuffix(".json")) + 1, True
        if path.endswith("index.json"):
            return _of_twin(data), bool(_of_twin(data))
        found = _STATED.search(data)
        if found:
            return int(found.group(1)), True
        twin = self._objects.get(f"{address}index.json")
        return _of_twin(twin.data) if twin else 0, False

    def put(self, path: str, data: bytes, is_current: Callable[[], bool]) -> bool | None:
        """Write a file that states no as_of; tell whether it changed.

        None, and nothing written, if `is_current` says that another run has begun newer ones. It is
        asked after the tag was read: what that run writes later is a conflict.
        """
        while True:
            stored = self._objects.get(path)
            if not is_current():
                return None
            if stored is not None and stored.data == data:
                return False
            try:
                self._objects.put_if(path, data, stored.tag if stored else None)
                return True
            except Conflict:
                continue


def _of_twin(data: bytes) -> int:
    """Return the as_of of a twin; 0 for one that a power cut left torn, so that it is replaced."""
    try:
        return int(json.loads(data)["as_of"])
    except (ValueError, KeyError, TypeError):
        return 0
