"""`log/status.json`: the log's writer says in public that it has stopped, and why.

    {"origin":"rekap.example/log","reason":"TREE.size 5 is above HEAD.next 3","writer":"stopped"}

There is none before the first stop, or before the first witness is asked. A claim, signed by
nobody: it explains why the log does not grow, and how far its witnesses are, and proves nothing.
The writer whose next run ends well replaces `stopped` by `running`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from rekap.core import codec
from rekap.core.errors import Conflict, Malformed
from rekap.core.log.ports import CHECKPOINT, Objects, Stored
from rekap.core.log.tiles import LOG

STATUS: Final = LOG + "status.json"
STOPPED: Final = "stopped"
RUNNING: Final = "running"
MAX_STATUS: Final = 16_384
_MAX_ORIGIN: Final = 1_024
_MAX_REASON: Final = 500
_MAX_WITNESSES: Final = 64
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")
NAME: Final = re.compile(r"[!-~]{1,128}")
_FIELDS: Final = {"origin", "reason", "writer"}
_WITNESS_FIELDS: Final = {"again", "name", "size"}


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a witness of the policy is: the size that it signed last, 0 for none.

    It is not asked before the Unix second `again`.
    """

    name: str
    size: int
    again: int


@dataclass(frozen=True, slots=True)
class Status:
    """What the writer of `origin` says of itself; `reason` is that of its last stop.

    `witnesses`, by name: those that it asked.
    """

    origin: str
    writer: str
    reason: str
    witnesses: tuple[Reached, ...] = ()

    def format(self) -> bytes:
        """Return the bytes of the file."""
        value = asdict(self)
        if not self.witnesses:
            del value["witnesses"]
        return codec.encode_public(value)


def parse(data: bytes) -> Status:
    """Return what a file says: `parse(data).format() == data`. Raises Malformed."""
    try:
        value = json.loads(data) if len(data) <= MAX_STATUS else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or set(value) - {"witnesses"} != _FIELDS:
        raise Malformed("not a status of a writer", code="status")
    asked = _witnesses(value.pop("witnesses", []))
    texts = all(isinstance(t, str) and not _UNPRINTABLE.search(t) for t in value.values())
    status = Status(**value, witnesses=asked) if texts else None
    if (
        status is None
        or status.writer not in (STOPPED, RUNNING)
        or len(status.origin) > _MAX_ORIGIN
        or len(status.reason) > _MAX_REASON
        or status.format() != data
    ):
        raise Malformed("not a status of a writer", code="status")
    return status


def _witnesses(rows: Any) -> tuple[Reached, ...]:
    """Read how far witnesses are; what is no such row is none, so the bytes differ."""
    found: dict[str, Reached] = {}
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict) or set(row) != _WITNESS_FIELDS:
            return ()
        numbers = (row["again"], row["size"])
        named = isinstance(row["name"], str) and NAME.fullmatch(row["name"])
        if not named or not all(type(n) is int and 0 <= n < 2**53 for n in numbers):
            return ()
        found[row["name"]] = Reached(**row)
    return tuple(found[name] for name in sorted(found)[:_MAX_WITNESSES])


def tell_stopped(objects: Objects, origin: str, reason: str) -> None:
    """Say that the writer stopped; nothing where another log's checkpoint stands.

    Somebody who is writing at this moment says it as well: a Conflict is left to the next run.
    """
    published = objects.get(CHECKPOINT)
    if published is not None and not published.data.startswith(origin.encode() + b"\n"):
        return
    stored = objects.get(STATUS)
    asked = _said(stored, origin).witnesses
    status = Status(origin, STOPPED, _UNPRINTABLE.sub("?", reason)[:_MAX_REASON], asked)
    _put(objects, status, stored)


def tell_running(objects: Objects, origin: str) -> None:
    """Take back what was said before, if anything was; the reason stays."""
    stored = objects.get(STATUS)
    if stored is None:
        return
    _put(objects, replace(_said(stored, origin), writer=RUNNING), stored)


def witnesses(objects: Objects, origin: str) -> tuple[Reached, ...]:
    """Return how far the witnesses are, as the writer of `origin` said last."""
    return _said(objects.get(STATUS), origin).witnesses


def tell_witnesses(
    objects: Objects,
    origin: str,
    asked: Iterable[Reached],
    before: tuple[Reached, ...] | None = None,
) -> bool:
    """Say of some witnesses how far they are; False if somebody else writes at this moment, or has
    written since `witnesses` said `before`.
    """
    stored = objects.get(STATUS)
    said = _said(stored, origin)
    if before is not None and said.witnesses != before:
        return False
    rows = {one.name: one for one in (*said.witnesses, *asked)}
    told = tuple(rows[name] for name in sorted(rows)[:_MAX_WITNESSES])
    return _put(objects, replace(said, witnesses=told), stored)


def _said(stored: Stored | None, origin: str) -> Status:
    """Return what stands there; where that is torn or of another log, what a new writer says."""
    try:
        said = None if stored is None else parse(stored.data)
    except Malformed:
        said = None
    if said is None or said.origin != origin:
        return Status(origin, RUNNING, "")
    return said


def _put(objects: Objects, status: Status, stored: Stored | None) -> bool:
    data = status.format()
    if stored is not None and stored.data == data:
        return True
    try:
        objects.put_if(STATUS, data, None if stored is None else stored.tag)
    except Conflict:
        return False
    return True
