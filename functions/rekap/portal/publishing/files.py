"""Writing the site's files: conditional, so that the newest page stays whoever writes last."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Objects

OWN: Final = 16_384
"""Files whose tags are remembered: those that were put last."""
_STATED: Final = re.compile(rb'<meta name="as-of" content="([0-9]+)">')


@dataclass(frozen=True, slots=True)
class Page:
    """A page to write: its files by path, in the order in which they are written.

    `as_of` is that of all files; `fresh` if nobody has published the page before, as far as known.
    """

    address: str
    as_of: int
    files: Mapping[str, bytes]
    fresh: bool = False


class SiteFiles:
    """Puts derived files. Every write names the tag that it replaces; a conflict looks again.

    Pages may be put at the same time. Tags and digests of files that were put here last are
    remembered: whoever replaces one of them need not read it, and meets a conflict if it is
    another's by now. Bytes that are there already are not put again; that they are there is read.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._own: dict[str, tuple[str, int, bytes]] = {}
        self._owning = threading.Lock()

    def put_page(self, page: Page) -> int:
        """Write the files of a page, except where what is there is newer; count the written."""
        return sum(self._put_file(path, data, page) for path, data in page.files.items())

    def _put_file(self, path: str, data: bytes, page: Page) -> bool:
        tag, as_of, digest = self._own.get(path, (None, 0, b""))
        changed = as_of < page.as_of and digest != sha256(data).digest()
        if page.fresh if tag is None else changed:
            try:
                return self._put_own(path, data, tag, page.as_of)
            except Conflict:
                pass
        return self._look_and_put(path, data, page.as_of, page.address)

    def _put_own(self, path: str, data: bytes, tag: str | None, as_of: int) -> bool:
        tag = self._objects.put_if(path, data, tag)
        with self._owning:
            self._own.pop(path, None)
            self._own[path] = (tag, as_of, sha256(data).digest())
            if len(self._own) > OWN:
                del self._own[next(iter(self._own))]
        return True

    def _look_and_put(self, path: str, data: bytes, size: int, address: str) -> bool:
        """Read what is there first: newer stays; of one as_of other bytes are Corrupt."""
        while True:
            stored = self._objects.get(path)
            try:
                if stored is None:
                    return self._put_own(path, data, None, size)
                if stored.data == data:
                    return False
                theirs, own = self._stated(stored.data, path, address)
                if theirs > size:
                    return False
                if theirs == size and own:
                    raise Corrupt(f"{path} at as_of {size} has other bytes than this release gives")
                return self._put_own(path, data, stored.tag, size)
            except Conflict:
                continue

    def _stated(self, data: bytes, path: str, address: str) -> tuple[int, bool]:
        """Return the as_of of a published file, and whether the file itself states it.

        A file that states none has its twin's. The twin is written first, so such a file may still
        be behind its twin: it is replaced unless the twin is newer than what we have.
        """
        if path == _entry(address):
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


def _entry(address: str) -> str:
    """Path of the exact bytes of an entry, beside the page at `address`."""
    return f"{address.rstrip('/')}.json"


def _of_twin(data: bytes) -> int:
    """Return the as_of of a twin; 0 for one that a power cut left torn, so that it is replaced."""
    try:
        return int(json.loads(data)["as_of"])
    except (ValueError, KeyError, TypeError):
        return 0
