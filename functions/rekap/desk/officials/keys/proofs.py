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

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "key-empty": (
        "Sel ini kosong. Isi dengan nama berkas *.daftar.txt, atau baris pendaftarannya.",
        "This cell is empty. Write the name of an enrolment file *.daftar.txt, or its line.",
    ),
    "no-file": (
        "Berkas {found} tidak ada di folder daftar. Salin ke sana, atau perbaiki namanya.",
        "There is no file {found} in the folder of the list. Copy it there or correct its name.",
    ),
    "file-place": (
        "Berkas {found} harus berada di folder daftar. Salin ke sana dan tulis namanya saja.",
        "The file {found} must be in the folder of the list. Copy it there, write its name only.",
    ),
    "private-key": (
        "{found} adalah berkas kunci rahasia. Minta *.daftar.txt saja; pemiliknya harus membuat"
        " kunci baru, karena kunci rahasia tidak boleh berpindah tangan.",
        "{found} is a secret key file. Ask for its *.daftar.txt only; its owner must make a new"
        " key, because a secret key must never be handed on.",
    ),
    "not-enrolment": (
        "{found} bukan pendaftaran yang utuh. Minta lagi dari pemilik kuncinya"
        " (`rekap keygen --enrol`).",
        "{found} is not an intact enrolment. Ask its owner again (`rekap keygen --enrol`).",
    ),
    "other-log": (
        "Pendaftaran untuk log {found}, bukan {wanted}. Minta pendaftaran untuk log ini.",
        "An enrolment for the log {found}, not {wanted}. Ask for one for this log.",
    ),
    "other-election": (
        "Pendaftaran untuk pemilihan {found}, bukan {wanted}. Minta yang untuk pemilihan ini.",
        "An enrolment for the election {found}, not {wanted}. Ask for one for this election.",
    ),
    "proof": (
        "Bukti kepemilikan kunci tidak cocok: {found}. Pemilik kunci harus mendaftar sendiri"
        " (`rekap keygen --enrol`).",
        "The proof of possession does not hold: {found}. The owner must enrol himself"
        " (`rekap keygen --enrol`).",
    ),
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
