"""A statement on its way from the desk to the log: a draft, or an envelope with signatures.

    NAME.pernyataan.json   a draft: exactly the canonical payload, nothing else
    NAME.dsse.json         a signed one: exactly the envelope that `submit` sends

Both are read strictly: a byte that differs is a fault of the file, since the bytes are what is
signed. A file never loses a signature: `write` compares with what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.core.errors import Conflict, Malformed
from rekap.core.signing import envelope as dsse
from rekap.core.signing.envelope import MAX_ENVELOPE, Envelope
from rekap.core.signing.signature import Signature
from rekap.core.statements import schema
from rekap.core.statements.model import Statement
from rekap.desk.officials.talk import REFUSED, Fault
from rekap.desk.texts import both

DRAFT: Final = ".pernyataan.json"
SIGNED: Final = ".dsse.json"


@dataclass(frozen=True, slots=True)
class Paper:
    """A payload and its signatures, sorted by key id; without signatures it is a draft."""

    payload: bytes
    signatures: tuple[Signature, ...] = ()
    statement: Statement = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Raises SchemaErrors if the payload is no statement."""
        object.__setattr__(self, "statement", schema.parse_statement(self.payload))

    @property
    def id(self) -> str:
        """The name of the statement: 64 hex digits, the same before and after signing."""
        return dsse.statement_id(self.payload)

    @property
    def is_signed(self) -> bool:
        """Whether somebody signed."""
        return bool(self.signatures)

    @property
    def keyids(self) -> tuple[str, ...]:
        """Keys that signed, in the order of the envelope."""
        return tuple(signature.keyid for signature in self.signatures)

    @property
    def data(self) -> bytes:
        """The exact bytes of the file. Raises Malformed if they would be too large to be logged."""
        if not self.signatures:
            return self.payload
        return dsse.serialize(Envelope(self.payload, self.signatures))

    def signed(self, signatures: Iterable[Signature]) -> Paper:
        """This paper with more signatures; of two by one key the one that is here stays."""
        by_key = {one.keyid: one for one in (*signatures, *self.signatures)}
        return Paper(self.payload, tuple(by_key[keyid] for keyid in sorted(by_key)))

    @classmethod
    def parse(cls, data: bytes) -> Paper:
        """Return the paper whose file is exactly `data`: an envelope, or a bare payload.

        Raises:
            Malformed: neither; SchemaErrors if the payload is no statement.
        """
        if len(data) > MAX_ENVELOPE:
            raise Malformed(f"{len(data)} bytes, at most {MAX_ENVELOPE}", code="too-large")
        if data.startswith(b'{"payload":'):
            envelope = dsse.parse(data)
            return cls(envelope.payload, envelope.signatures)
        return cls(data)

    @classmethod
    def read(cls, path: Path, say: Say | None = None) -> Paper:
        """Return the paper of a file.

        Raises:
            Malformed: not a draft and not a signed statement; the message says what to do.
            OSError: the file cannot be read.
        """
        say = say or Say()
        with path.open("rb") as file:
            data = file.read(MAX_ENVELOPE + 1)
        try:
            return cls.parse(data)
        except Malformed as error:
            place = f" ({error.field})" if error.field else ""
            raise Malformed(
                say(
                    *both(
                        "paper.not_an_intact_statement_do_not",
                        path=path,
                        code=error.code,
                        place=place,
                    )
                ),
                code=error.code,
            ) from error

    def write(self, path: Path, say: Say | None = None) -> None:
        """Put the file on the disk, whole, where there is none or one that this paper contains.

        Raises:
            Conflict: another file is there; nothing is written, the message says what to do.
            Malformed: it would be too large to be logged.
            OSError: the disk does not take it.
        """
        say = say or Say()
        data = self.data
        if path.exists() and not self._contains(path.read_bytes()):
            raise Conflict(say(*both("paper.another_file_has_this_name_nothing", path=path)))
        files.write(path, data)

    def _contains(self, old: bytes) -> bool:
        """Whether nothing is lost when this paper takes the place of the file `old`."""
        try:
            before = Paper.parse(old)
        except Malformed:
            return not old
        return before.payload == self.payload and set(before.signatures) <= set(self.signatures)


@dataclass(slots=True)
class Job:
    """One statement and the file `target` that keeps its signatures."""

    paper: Paper
    target: Path
    sources: list[Path]

    def join(self, say: Say) -> None:
        """Take the signatures that the target has. Raises Fault if it is another statement's."""
        if not self.target.exists():
            return
        there = Paper.read(self.target, say)
        if there.payload != self.paper.payload:
            raise Fault(
                *both("paper.holds_another_statement_move_that_file", target=self.target), REFUSED
            )
        self.paper = self.paper.signed(there.signatures)

    def write(self, say: Say) -> None:
        """Put the signatures on the disk, with those that came to the file meanwhile."""
        self.join(say)
        self.paper.write(self.target, say)


def of_files(files: Sequence[Path], to: Path | None, say: Say) -> list[Job]:
    """Read the files; those of the same statement become one job, in the order of the files."""
    jobs: dict[str, Job] = {}
    for path in files:
        paper = given(path, say)
        job = jobs.get(paper.id)
        if job is None:
            jobs[paper.id] = Job(paper, to or target(path), [path])
        else:
            job.paper = job.paper.signed(paper.signatures)
            job.sources.append(path)
    if to is not None and len(jobs) > 1:
        raise Fault(*both("paper.to_is_for_one_statement_only"))
    for job in jobs.values():
        job.join(say)
    return list(jobs.values())


def given(path: Path, say: Say) -> Paper:
    """Return the paper of a file, or say what to do."""
    try:
        return Paper.read(path, say)
    except FileNotFoundError as error:
        raise Fault(*both("paper.no_such_file_check_its_name", path=path)) from error


def target(path: Path) -> Path:
    """The file that a draft becomes when it is signed; a signed one stays where it is."""
    if path.name.endswith(SIGNED):
        return path
    return path.with_name(path.name.removesuffix(DRAFT).removesuffix(".json") + SIGNED)
