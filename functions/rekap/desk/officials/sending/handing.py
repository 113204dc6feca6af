"""`rekap submit --with FILE`: files that a statement names, handed in once it is in the log.

The words of an objection or event, the pages of `pictures`. Nothing of them is queued: the file
stays where it is, the same again changes nothing, and the portal serves its bytes or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from rekap.audit.commands import files
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.statements import attachments, pictures
from rekap.core.statements.model import PICTURE_BYTES
from rekap.desk.officials.outbox import replies
from rekap.desk.officials.outbox.replies import Reply, What
from rekap.desk.officials.outbox.sender import Pace, Time
from rekap.desk.officials.outbox.upload import PICTURES, WORDS, Door, Raw, Unreached
from rekap.desk.officials.talk import COULD_NOT, REFUSED, Fault, worst
from rekap.desk.texts import both

_JPEG: Final = b"\xff\xd8"


@dataclass(frozen=True, slots=True)
class Named:
    """A file with the door that takes it, and where the site serves it from then on."""

    file: Path
    door: Door
    data: bytes
    path: str


class Hands(Protocol):
    """The portal's intake of files."""

    def hand_in(self, door: Door, data: bytes) -> Raw:
        """Send a file and return the answer; raises Unreached."""


class Ear(Protocol):
    """Hears what happens, as it happens."""

    def handed(self, file: Path, path: str) -> None:
        """The portal serves a file."""

    def not_handed(self, file: Path, reply: Reply) -> None:
        """The portal does not take a file, or not in this run."""

    def holding(self, file: Path, reply: Reply, seconds: float) -> None:
        """A file is tried again after a while."""


def read(paths: Sequence[Path]) -> list[Named]:
    """Return the files. Raises Fault for what is neither words nor a picture, OSError."""
    return [_read(path) for path in paths]


def _read(path: Path) -> Named:
    try:
        data = files.read(path, PICTURE_BYTES)
        if data.startswith(_JPEG):
            return Named(path, PICTURES, data, pictures.path(codec.sha256_hex(data)))
        attachments.parse(data)
    except Malformed as error:
        raise Fault(*both("submit.nothing_to_hand_in", path=path, reason=error.message)) from error
    return Named(path, WORDS, data, attachments.path(codec.sha256_hex(data)))


def hand_in(named: Sequence[Named], portal: Hands, time: Time, ear: Ear, *, patience: float) -> int:
    """Hand in each file until the portal has answered for good; return the exit code.

    `patience`: seconds for which a file that nothing names yet, or a portal that does not answer,
    is tried again.
    """
    return worst(*(_one(one, portal, time, ear, patience) for one in named))


def _one(one: Named, portal: Hands, time: Time, ear: Ear, patience: float) -> int:
    pace, end = Pace(time), time.steady() + patience
    while True:
        try:
            reply = replies.of_file(portal.hand_in(one.door, one.data), one.path, time.now())
        except Unreached as error:
            reply = replies.unreached(error)
        if reply.what is What.DONE:
            ear.handed(one.file, one.path)
            return 0
        if reply.what not in {What.LATER, What.PORTAL}:
            ear.not_handed(one.file, reply)
            return REFUSED
        pause = pace.back_off(reply.retry_after)
        if time.steady() + pause > end:
            ear.not_handed(one.file, reply)
            return COULD_NOT
        ear.holding(one.file, reply, pause)
        time.sleep(pause)
