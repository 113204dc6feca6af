"""Where `watch` remembers on AWS: one object, which no other role may put."""

from __future__ import annotations

from contextlib import suppress

from rekap.core.errors import Conflict, Corrupt
from rekap.portal.store.aws.objects import S3Objects
from rekap.portal.store.aws.patience import Unavailable


class ObjectShelf:
    """An object that two looks at the same time may replace: the first one does."""

    def __init__(self, objects: S3Objects, path: str) -> None:
        self._objects, self._path = objects, path
        self._tag: str | None = None

    def read(self) -> bytes | None:
        """Return the object's bytes and remember which they were."""
        stored = self._objects.get(self._path)
        self._tag = stored.tag if stored else None
        return stored.data if stored else None

    def write(self, data: bytes) -> None:
        """Replace what was read, unless another look was faster: the next one reads it first."""
        with suppress(Conflict, Unavailable, Corrupt):
            self._tag = self._objects.put_if(self._path, data, self._tag)
