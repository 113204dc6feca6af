"""Take files beside the log, once the log holds a statement that names them: the words of an
objection or event, a picture of a form.

The log has only their digest. Whoever has the words with their salt, or the picture, may hand them
in: they are what was signed, or nothing names them. The same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from rekap.core import codec
from rekap.core.errors import Conflict, Malformed
from rekap.core.ledger import incidents, pictures, withheld
from rekap.core.ledger.offices import Record
from rekap.core.log.ports import Stored
from rekap.core.statements import attachments
from rekap.core.statements import pictures as files
from rekap.core.statements.model import PICTURE_BYTES
from rekap.portal.intake import answers
from rekap.portal.intake.accept import check_size
from rekap.portal.intake.signatures import Register


class Objects(Protocol):
    """Published files. An object that exists is never replaced here."""

    def get(self, path: str) -> Stored | None:
        """Return an object, or None."""

    def put_new(self, path: str, data: bytes) -> None:
        """Create an object; Conflict if there is one."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What is served at `path` now: 201 when it is new, 200 when it was there."""

    status: int
    path: str


def hand_in(data: bytes, register: Register, objects: Objects) -> Handed:
    """Store words, by the digest of their bytes.

    Raises:
        Rejected: 404 `unknown-attachment` if no entry in effect names it as far as the register
            knows, 409 `withheld` while the operators withhold it, 413 `too-large`,
            422 `attachment`.
    """
    named = _named(data, attachments.MAX_ATTACHMENT, incidents.first_words, register)
    try:
        attachments.parse(data)
    except Malformed as error:
        raise answers.refuse(
            [answers.finding("attachment", error.field, reason=error.message)]
        ) from error
    return _store(attachments.path(named), data, objects)


def show(data: bytes, register: Register, objects: Objects) -> Handed:
    """Store a picture, by the digest of its bytes.

    Raises:
        Rejected: 404 `unknown-attachment` as above, also if none names it of this size and these
            sides, 409 `withheld` as above, 413 `too-large`, 422 `picture` with the code of
            `statements.pictures` for its reason.
    """
    named = _named(data, PICTURE_BYTES, pictures.first, register)
    try:
        found = files.read(data)
    except Malformed as error:
        raise answers.refuse([answers.finding("picture", reason=error.code)]) from error
    if not pictures.stated(register, found):  # what says it may be on its way to the log
        raise answers.refuse([answers.finding("unknown-attachment")])
    return _store(files.path(named), data, objects)


def _named(
    data: bytes, most: int, first: Callable[[Register, str], Record | None], register: Register
) -> str:
    """Return the digest of a file that an entry in effect names, and nobody withholds."""
    check_size(data, most)
    named = codec.sha256_hex(data)
    if first(register, named) is None:
        raise answers.refuse([answers.finding("unknown-attachment")])
    if withheld.of(register, named) is not None:
        raise answers.refuse([answers.finding("withheld")])
    return named


def _store(path: str, data: bytes, objects: Objects) -> Handed:
    # What stands there was checked as these bytes were: they have the same digest.
    with suppress(Conflict):
        objects.put_new(path, data)
        return Handed(201, path)
    if objects.get(path) is None:  # somebody is creating it at this moment
        raise answers.refuse([answers.finding("busy")])
    return Handed(200, path)
