"""Files that an official names on the command line, opened or refused with what to do.

Every refusal is a `talk.Fault`; nothing was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rekap.audit.commands import files
from rekap.core.errors import Corrupt, Malformed, NotVerified
from rekap.core.signing.envelope import MAX_ENVELOPE
from rekap.core.signing.signer import Ed25519Signer
from rekap.desk.officials import troubles
from rekap.desk.officials.item import Item
from rekap.desk.officials.keys.enrolment import MAX_FILE as MAX_ENROLMENT
from rekap.desk.officials.keys.enrolment import Enrolment
from rekap.desk.officials.keys.keyfile import KeyFile
from rekap.desk.officials.kits.cut import of_first_entry
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import SIGNED, Paper
from rekap.desk.officials.talk import REFUSED, Fault, Talk

LIVE = "live"
_TRIES = 3


def is_demonstration(origin: str) -> bool:
    """Tell whether a log with this name is a replay or a rehearsal: its name says so."""
    return origin.endswith(("/replay/log", "/rehearsal/log"))


def kit(path: Path) -> Kit:
    """Return the kit of a file; raises Fault."""
    try:
        return Kit.read(path)
    except FileNotFoundError as error:
        raise Fault(
            f"{path}: tidak ada. Buat dengan `rekap kit`.",
            f"{path}: no such file. Make one with `rekap kit`.",
        ) from error
    except Malformed as error:
        raise Fault(
            f"{path}: bukan kit yang utuh. Ambil lagi dengan `rekap kit`.",
            f"{path}: not an intact kit ({error}). Take it again with `rekap kit`.",
        ) from error


def first_entry(path: Path) -> Kit:
    """Return what entry 0 of a log alone says, from its signed file; raises Fault."""
    try:
        return of_first_entry(files.read(path, MAX_ENVELOPE))
    except FileNotFoundError as error:
        raise Fault(
            f"{path}: tidak ada. Sebutkan catatan 0 yang ditandatangani, misalnya log.dsse.json.",
            f"{path}: no such file. Name entry 0 as it was signed, such as log.dsse.json.",
        ) from error
    except Malformed as error:
        raise Fault(
            f"{path}: bukan catatan 0 yang lengkap tanda tangannya. Minta berkas yang dikirim para"
            " pengelola, atau pakai --kit.",
            f"{path}: not an entry 0 with all its signatures. Ask for the file that the operators"
            " sent, or use --kit.",
        ) from error


def open_kit(path: Path) -> Kit:
    """Return a kit of a log that still takes statements; raises Fault."""
    found = kit(path)
    if found.get("meta", "closed") is not None:
        raise Fault(
            f"Log {found.origin} sudah ditutup: tidak ada lagi yang diterima.",
            f"The log {found.origin} is closed: it takes nothing any more.",
            REFUSED,
        )
    return found


def key_file(path: Path, kit: Kit | None = None) -> KeyFile:
    """Return a key file, still locked; raises Fault.

    A key made from a public seed is refused where the kit's log is a live one: everybody has it.
    """
    try:
        found = KeyFile.read(path)
    except FileNotFoundError as error:
        raise Fault(
            f"{path}: tidak ada. Buat kunci dengan `rekap keygen`.",
            f"{path}: no such file. Make a key with `rekap keygen`.",
        ) from error
    except Corrupt as error:
        raise Fault(
            f"{path}: dapat dibaca orang lain di komputer ini. Jalankan `chmod 600 {path}`; bila"
            " mungkin sudah disalin orang, buat kunci baru dan minta kunci ini dicabut.",
            f"{path}: others on this machine can read it. Run `chmod 600 {path}`; if somebody may"
            " have copied it, make a new key and have this one revoked.",
        ) from error
    except Malformed as error:
        raise _no_key_file(path, error) from error
    if found.role is not None and kit is not None and kit.mode == LIVE:
        raise Fault(
            f"{path}: kunci peraga ({found.role}); siapa pun dapat membuatnya. Log langsung menolak"
            " kunci peraga: pakai kunci dari `rekap keygen --to`.",
            f"{path}: a demonstration key ({found.role}); anybody can make it. A live log takes"
            " none: use a key made by `rekap keygen --to`.",
        )
    return found


def _no_key_file(path: Path, error: Malformed) -> Fault:
    with suppress(Malformed):
        Enrolment.parse_file(files.read(path, MAX_ENROLMENT))
        return Fault(
            f"{path}: ini pendaftaran, bukan berkas kunci. Sebutkan berkas *.kunci.pem Anda.",
            f"{path}: this is an enrolment, not a key file. Name your file *.kunci.pem.",
        )
    return Fault(
        f"{path}: bukan berkas kunci, atau rusak. Sebutkan berkas *.kunci.pem Anda; bila rusak,"
        " pakai salinan cadangan, atau buat kunci baru dengan `rekap keygen`.",
        f"{path}: not a key file, or damaged ({error.message}). Name your file *.kunci.pem; if it"
        " is damaged, use your spare copy, or make a new key with `rekap keygen`.",
    )


def unlock(
    path: Path, talk: Talk, passphrase: Path | None, kit: Kit | None = None
) -> Ed25519Signer:
    """Return the signer of a key file, asking for its passphrase; raises Fault.

    `passphrase` is a file that holds it, for machines. A person at a terminal may type it three
    times.
    """
    locked = key_file(path, kit)
    left = _TRIES if passphrase is None and talk.stdin.isatty() else 1
    while True:
        secret = talk.secret(f"Kata sandi {path}:", f"Passphrase of {path}:", passphrase)
        left -= 1
        try:
            return locked.open(secret)
        except NotVerified as error:
            if left:
                talk.tell("Kata sandi salah. Coba lagi.", "Wrong passphrase. Try again.")
                continue
            raise Fault(
                f"{path}: kata sandi salah, atau berkas rusak. Jalankan perintah ini lagi; bila"
                " kata sandinya lupa, tidak ada jalan lain: buat kunci baru dan minta kunci ini"
                " dicabut.",
                f"{path}: wrong passphrase, or a damaged file. Run this command again; if it is"
                " forgotten there is no way back: make a new key and have this one revoked.",
            ) from error


@dataclass
class Pile:
    """Reads statements; what is none is told at once and counted in `faults`, and stops nothing."""

    talk: Talk
    faults: int = 0

    def read(self, words: Sequence[Path]) -> list[Item]:
        """Return the statements of files and folders, each once."""
        found: dict[str, Item] = {}
        for path in self._paths(words):
            item = self._read(path)
            if item is not None:
                found.setdefault(item.leaf, item)
        return list(found.values())

    def fault(self, indonesian: str, english: str) -> None:
        """Tell a fault and count it."""
        self.faults += 1
        self.talk.complain(indonesian, english)

    def _paths(self, words: Sequence[Path]) -> list[Path]:
        paths: list[Path] = []
        for path in words:
            if not path.is_dir():
                paths.append(path)
                continue
            inside = [one for one in path.iterdir() if one.name.endswith(SIGNED)]
            paths += sorted(one for one in inside if not one.name.startswith("."))
            if not inside:
                self.fault(
                    f"{path}: tidak ada berkas *{SIGNED} di folder ini. Buat dengan `rekap sign`.",
                    f"{path}: there is no file *{SIGNED} in this folder. Make one: `rekap sign`.",
                )
        return paths

    def _read(self, path: Path) -> Item | None:
        try:
            paper = Paper.read(path, self.talk.say)
            if paper.is_signed:
                return Item.parse(paper.data)
            self.fault(
                f"{path}: draf ini belum ditandatangani. Jalankan `rekap sign` dahulu.",
                f"{path}: this draft is not signed yet. Run `rekap sign` first.",
            )
        except Malformed as error:
            self.fault(str(error), str(error))
        except OSError as error:
            told = troubles.of_disk(error, path, self.talk.say)
            self.fault(told, told)
        return None
