"""The keys of a list: each from its enrolment, whose proof of possession is verified."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from rekap.audit.commands import files
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import authority
from rekap.core.signing.keys import PublicKey
from rekap.desk.elections.problems import Problem
from rekap.desk.officials.keys import enrolment
from rekap.desk.officials.keys.enrolment import Enrolment
from rekap.desk.officials.keys.people import Row
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.texts import both

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "key-empty": both("proofs.key-empty"),
    "no-file": both("proofs.no-file"),
    "file-place": both("proofs.file-place"),
    "private-key": both("proofs.private-key"),
    "not-enrolment": both("proofs.not-enrolment"),
    "other-log": both("proofs.other-log"),
    "other-election": both("proofs.other-election"),
    "proof": both("proofs.proof"),
}
"""Code -> sentence in Indonesian and English, each ending with what to do."""


class _Wrong(Exception):
    """Why the key of a row cannot be taken."""

    def __init__(self, code: str, found: str = "", wanted: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.details = {"found": found[:80], "wanted": wanted}


@dataclass(slots=True)
class Proofs:
    """Opens the enrolments that the rows of one list name; `folder` is that of the list."""

    kit: Kit
    folder: Path
    file: str
    problems: list[Problem] = field(default_factory=list)

    def public(self, row: Row) -> PublicKey | None:
        """Return the key of a row whose proof holds for this log and election, else None."""
        try:
            return self._verified(self._enrolment(row.key))
        except _Wrong as wrong:
            place = (self.file, row.line, "key")
            self.problems.append(Problem.of(SENTENCES, place, wrong.code, wrong.details))
            return None

    def _verified(self, found: Enrolment) -> PublicKey:
        kit = self.kit
        if found.origin != kit.origin:
            raise _Wrong("other-log", found.origin, kit.origin)
        if found.election != kit.election:
            raise _Wrong("other-election", found.election, kit.election)
        log = kit.get("meta", "log")
        try:
            found.verify(authority.passkey_scope(log))
        except NotVerified as error:
            raise _Wrong("proof", error.message) from error
        return found.public

    def _enrolment(self, text: str) -> Enrolment:
        if not text:
            raise _Wrong("key-empty")
        try:
            if text.startswith(enrolment.NAME):
                return Enrolment.parse(text)
            path = PurePosixPath(text.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or ":" in text:
                raise _Wrong("file-place", text)
            data = files.read(self.folder / path, enrolment.MAX_FILE)
            if b"PRIVATE KEY" in data:
                raise _Wrong("private-key", text)
            return Enrolment.parse_file(data)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise _Wrong("no-file", text) from error
        except (OSError, ValueError, Malformed) as error:
            raise _Wrong("not-enrolment", text) from error
