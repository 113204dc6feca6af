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
from rekap.desk.texts import both

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
        raise Fault(*both("given.no_such_file_make_one_with", path=path)) from error
    except Malformed as error:
        raise Fault(*both("given.not_an_intact_kit_take_it", path=path, error=error)) from error


def first_entry(path: Path) -> Kit:
    """Return what entry 0 of a log alone says, from its signed file; raises Fault."""
    try:
        return of_first_entry(files.read(path, MAX_ENVELOPE))
    except FileNotFoundError as error:
        raise Fault(*both("given.no_such_file_name_entry_0", path=path)) from error
    except Malformed as error:
        raise Fault(*both("given.not_an_entry_0_with_all", path=path)) from error


def open_kit(path: Path) -> Kit:
    """Return a kit of a log that still takes statements; raises Fault."""
    found = kit(path)
    if found.get("meta", "closed") is not None:
        raise Fault(*both("given.the_log_is_closed_it_takes", origin=found.origin), REFUSED)
    return found


def key_file(path: Path, kit: Kit | None = None) -> KeyFile:
    """Return a key file, still locked; raises Fault.

    A key made from a public seed is refused where the kit's log is a live one: everybody has it.
    """
    try:
        found = KeyFile.read(path)
    except FileNotFoundError as error:
        raise Fault(*both("given.no_such_file_make_a_key", path=path)) from error
    except Corrupt as error:
        raise Fault(*both("given.others_on_this_machine_can_read", path=path)) from error
    except Malformed as error:
        raise _no_key_file(path, error) from error
    if found.role is not None and kit is not None and kit.mode == LIVE:
        raise Fault(*both("given.a_demonstration_key_anybody_can_make", path=path, role=found.role))
    return found


def _no_key_file(path: Path, error: Malformed) -> Fault:
    with suppress(Malformed):
        Enrolment.parse_file(files.read(path, MAX_ENROLMENT))
        return Fault(*both("given.this_is_an_enrolment_not_a", path=path))
    return Fault(*both("given.not_a_key_file_or_damaged", path=path, message=error.message))


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
        secret = talk.secret(*both("given.passphrase_of", path=path), passphrase)
        left -= 1
        try:
            return locked.open(secret)
        except NotVerified as error:
            if left:
                talk.tell(*both("given.wrong_passphrase_try_again"))
                continue
            raise Fault(*both("given.wrong_passphrase_or_a_damaged_file", path=path)) from error


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
                self.fault(*both("given.none_signed", path=path, signed=SIGNED))
        return paths

    def _read(self, path: Path) -> Item | None:
        try:
            paper = Paper.read(path, self.talk.say)
            if paper.is_signed:
                return Item.parse(paper.data)
            self.fault(*both("given.unsigned", path=path))
        except Malformed as error:
            self.fault(str(error), str(error))
        except OSError as error:
            told = troubles.of_disk(error, path, self.talk.say)
            self.fault(told, told)
        return None
