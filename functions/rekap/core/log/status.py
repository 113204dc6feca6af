"""`log/status.json`: the log's writer says in public that it has stopped, and why.

    {"origin":"rekap.example/log","reason":"TREE.size 5 is above HEAD.next 3","writer":"stopped"}

There is none before the first stop. A claim, signed by nobody: it explains why the log does not
grow, and proves nothing. The writer whose next run ends well replaces `stopped` by `running`.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Final

from rekap.core import codec
from rekap.core.errors import Conflict, Malformed
from rekap.core.log.ports import CHECKPOINT, Objects, Stored
from rekap.core.log.tiles import LOG

STATUS: Final = LOG + "status.json"
STOPPED: Final = "stopped"
RUNNING: Final = "running"
MAX_STATUS: Final = 2_048
_MAX_REASON: Final = 500
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")
_FIELDS: Final = {"origin", "reason", "writer"}


@dataclass(frozen=True, slots=True)
class Status:
    """What the writer of `origin` says of itself; `reason` is that of its last stop."""

    origin: str
    writer: str
    reason: str

    def format(self) -> bytes:
        """Return the bytes of the file."""
        return codec.encode_public(asdict(self))


def parse(data: bytes) -> Status:
    """Return what a file says: `parse(data).format() == data`. Raises Malformed."""
    try:
        value = json.loads(data) if len(data) <= MAX_STATUS else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or set(value) != _FIELDS:
        raise Malformed("not a status of a writer", code="status")
    status = Status(**value)
    texts = all(isinstance(t, str) and not _UNPRINTABLE.search(t) for t in value.values())
    known = status.writer in (STOPPED, RUNNING)
    if not texts or not known or len(status.reason) > _MAX_REASON or status.format() != data:
        raise Malformed("not a status of a writer", code="status")
    return status


def tell_stopped(objects: Objects, origin: str, reason: str) -> None:
    """Say that the writer stopped; nothing where another log's checkpoint stands.

    Somebody who is writing at this moment says it as well: a Conflict is left to the next run.
    """
    published = objects.get(CHECKPOINT)
    if published is not None and not published.data.startswith(origin.encode() + b"\n"):
        return
    status = Status(origin, STOPPED, _UNPRINTABLE.sub("?", reason)[:_MAX_REASON])
    _put(objects, status, objects.get(STATUS))


def tell_running(objects: Objects, origin: str) -> None:
    """Take back what was said before, if anything was; the reason stays."""
    stored = objects.get(STATUS)
    if stored is None:
        return
    try:
        said = parse(stored.data)
    except Malformed:
        said = Status(origin, STOPPED, "")
    _put(objects, Status(origin, RUNNING, said.reason if said.origin == origin else ""), stored)


def _put(objects: Objects, status: Status, stored: Stored | None) -> None:
    data = status.format()
    if stored is not None and stored.data == data:
        return
    try:
        objects.put_if(STATUS, data, None if stored is None else stored.tag)
    except Conflict:
        return
