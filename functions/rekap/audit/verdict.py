"""What an audit found: every failure with its place, what was expected and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, NamedTuple

from rekap.audit.checks import BULK, CHECKS, EXPECTED, PAGES, PRESENT, PROOFS_PRESENT, Check
from rekap.audit.fork import Fork
from rekap.audit.hashes import Signed
from rekap.audit.texts import both
from rekap.core.codec import sha256_hex

PROVED, REFUTED, UNDECIDED, SEEN = 0, 1, 2, 3
"""Exit codes of `rekap verify`; of several that apply, 1 goes before 2 before 3.

SEEN: all that was looked at is right, and something was not looked at, or no anchors hold it.
"""
NAMES: Final = ("proved", "refuted", "undecided", "as-far-as-seen")

JSON = dict[str, Any]


class Words(NamedTuple):
    """A phrase in Indonesian and English."""

    id: str
    en: str

    @classmethod
    def same(cls, text: object) -> Words:
        """What has no language: a figure, a digest, the words of an error."""
        return cls(str(text), str(text))


ABSENT: Final = Words(*both("verdict.absent"))
THIS_FILE: Final = Words(*both("verdict.this_file"))
NOTHING: Final = Words(*both("verdict.no_file_here"))
NO_FILE: Final = Words(*both("verdict.no_regular_file"))
READABLE: Final = Words(*both("verdict.readable"))
NAMED: Final = 10_000
"""Files that nothing expects that are named at most; of more their number is told."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The bytes that one reading of a file gave: their number and SHA-256.

    `cut`: the file was replaced before its rest was read.
    """

    length: int
    digest: bytes
    cut: bool = False

    @classmethod
    def of(cls, data: bytes, *, cut: bool = False) -> Seen:
        """Describe `data`."""
        return cls(len(data), sha256(data).digest(), cut)

    def fits(self, data: bytes, *, begins: bool = False) -> bool:
        """Tell whether a file that holds `data` was read; `begins`: or the beginning of one."""
        part = data[: self.length] if self.cut or begins else data
        return sha256(part).digest() == self.digest


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a reading showed of a page at `address` ("" for bulk data), and the as_of it stated."""

    address: str
    size: int | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong, could not be checked, or is right at a later size.

    `place` is a path below the site's base or `entry N`. `newer` marks evidence of a checkpoint
    later than the one that was read: reading again may clear it. `stands`: no file that was
    replaced meanwhile can explain it. `claimed`: the rendering of another size may still settle it.
    """

    check: Check
    place: str
    expected: Words
    found: Words
    newer: bool = False
    stands: bool = False
    claimed: Claimed | None = None

    def as_json(self) -> JSON:
        """Return the failure for machines, in English."""
        return {
            "check": self.check.code,
            "place": printable(self.place),
            "expected": printable(self.expected.en),
            "found": printable(self.found.en),
        }

    def line(self, lang: str) -> str:
        """Return one line for people."""
        place = f"{self.check.code} {self.place}"
        if lang == "id":
            return printable(f"{place}: seharusnya {self.expected.id}; ditemukan {self.found.id}")
        return printable(f"{place}: expected {self.expected.en}; found {self.found.en}")


@dataclass(slots=True)
class Report:
    """Collects what the checks find; nothing stops at the first failure.

    `limits` are the reasons why a verdict without any failure is no proof. `ahead` are files that
    are right at a later size than `site.json` states. `facts` holds what the verdict tells besides:
    sizes, counts, totals. `site` is where it was read. `stage` is where an unexpected error would
    have happened. `changed`: the checkpoint or `site.json` was replaced while the site was read;
    `moved`: by another state that was published. `tree`: what the log signed; `fork`: the evidence
    of two histories.
    `settled`: what earlier readings showed that turned out to be right. `lacking`: words and
    pictures that an address has not, though entries name them and none withholds them.
    """

    site: str
    refuted: list[Failure] = field(default_factory=list)
    undecided: list[Failure] = field(default_factory=list)
    ahead: list[Failure] = field(default_factory=list)
    limits: list[Words] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    facts: JSON = field(default_factory=dict)
    stage: str = ""
    changed: bool = False
    moved: bool = False
    tree: Signed | None = None
    fork: Fork | None = None
    settled: list[Failure] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    def refute(
        self, check: Check, place: str, expected: Words | str, found: Words | str,
        *, newer: bool = False, stands: bool = False, claimed: Claimed | None = None,
    ) -> None:  # fmt: skip
        """Record a failure: the site is not what the log says."""
        words = _words(expected), _words(found)
        self.refuted.append(Failure(check, place, *words, newer, stands, claimed))

    def doubt(
        self, check: Check, place: str, expected: Words | str, found: Words | str,
        *, claimed: Claimed | None = None, stands: bool = False,
    ) -> None:  # fmt: skip
        """Record what could not be checked; `stands`: it was shown, and stays shown."""
        words = _words(expected), _words(found)
        self.undecided.append(Failure(check, place, *words, stands=stands, claimed=claimed))

    def run_ahead(
        self, check: Check, place: str, expected: Words | str, found: Words | str
    ) -> None:
        """Record a file that is right for a later size than `site.json` states."""
        self.ahead.append(Failure(check, place, _words(expected), _words(found)))

    def limit(self, id: str, en: str) -> None:
        """Say, as a part of the last sentence, why all that is right is not yet a proof."""
        self.limits.append(Words(id, en))

    def note(self, id: str, en: str) -> None:
        """Say something that a reader must know to weigh the verdict."""
        self.notes.append(Words(id, en))

    @property
    def status(self) -> int:
        """0 proved, 1 refuted, 2 could not check or moving, 3 right as far as it was looked at."""
        if self.refuted:
            return REFUTED
        if self.undecided:
            return UNDECIDED
        return SEEN if self.limits else PROVED

    @property
    def sound(self) -> bool:
        """Tell whether everything that was looked at is right."""
        return self.status in (PROVED, SEEN)

    @property
    def moving(self) -> bool:
        """Tell whether a publisher seems to be at work, so that reading again may help."""
        return any(failure.newer for failure in self.refuted)

    def excuse_change(self) -> None:
        """Take back what was refuted by files that may have been replaced while they were read.

        Only for a source that does not stand still: no copy of it was seen that can be judged.
        What the signed checkpoint, immutable files and the as_of of a page refute stays refuted:
        a server that always moves must not be able to show what it likes.
        """
        if not self.moved:
            return
        excused = [f for f in self.refuted if not f.stands and (f.newer or f.check in _REPLACED)]
        self.refuted = [failure for failure in self.refuted if failure not in excused]
        self.undecided += excused

    def failed(self, check: Check) -> bool:
        """Tell whether a check has a failure so far."""
        return any(failure.check is check for failure in self.refuted)

    def as_json(self) -> JSON:
        """Return the whole verdict; the same bytes of a site give the same value."""
        return {
            "verdict": NAMES[self.status],
            "status": self.status,
            "failures": [failure.as_json() for failure in _sorted(self.refuted)],
            "undecided": [failure.as_json() for failure in _sorted(self.undecided)],
            "ahead": [failure.as_json() for failure in _sorted(self.ahead)],
            "limits": [limit.en for limit in self.limits],
            "notes": [note.en for note in self.notes],
            "facts": self.facts,
        }


_REPLACED: Final = (PAGES, BULK, PROOFS_PRESENT, PRESENT, EXPECTED)
"""Checks of files that a publisher replaces or adds."""


def _sorted(failures: Sequence[Failure]) -> Iterator[Failure]:
    order = {check.code: at for at, check in enumerate(CHECKS)}
    return iter(sorted(failures, key=lambda f: (order[f.check.code], _natural(f.place), f.found)))


def in_order(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    """Return failures in the order of the checks, then of their places."""
    return tuple(_sorted(failures))


def printable(place: str) -> str:
    """Return text without anything that a terminal would obey: much of it is not ours."""
    return "".join(
        c if c.isprintable() else f"\\x{ord(c):02x}" for c in place.replace("\\", "\\\\")
    )


def digest(data: bytes | None) -> Words:
    """Describe the bytes of a file, or that there is none."""
    if data is None:
        return ABSENT
    return Words(*both("verdict.bytes_sha256", size=len(data), digest=sha256_hex(data)[:16]))


def more(number: int) -> Words:
    """Stand for further files of one kind, where so many are not named one by one."""
    return Words(*both("verdict.and_more_after_it", number=number))


def difference(expected: bytes, found: bytes) -> Words:
    """Say where two contents part."""
    same = min(len(expected), len(found))
    at = next((i for i in range(same) if expected[i] != found[i]), same)
    if at == same and len(found) < len(expected):
        return Words(*both("verdict.cut_after_bytes", at=at))
    return Words(*both("verdict.differs_from_byte", at=at))


def _words(text: Words | str) -> Words:
    return text if isinstance(text, Words) else Words.same(text)


def _natural(place: str) -> tuple[int, str]:
    return (len(place), place) if place.startswith("entry ") else (0, place)
