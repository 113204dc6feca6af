"""Files beside the log, of which entries name the digest (V26): words of objections and events,
pictures of forms.

Nobody owes them: whoever signed may not have handed them in. What stands there is what was signed,
and nothing else stands there. What a reader's own copy has is there still, or a `withhold` in force
says why not. Of pictures, which are large and many, an address is asked for some, by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rekap.audit import checks
from rekap.audit.log import Progress
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, Report, Words, digest
from rekap.audit.workers import chunks, each
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger import incidents, pictures, withheld
from rekap.core.ledger.state import State
from rekap.core.statements import attachments
from rekap.core.statements import pictures as files
from rekap.core.statements.model import PICTURE_BYTES

FOLDERS: Final = (attachments.FOLDER, files.FOLDER)
"""Where such files lie."""
SAMPLE: Final = 20
"""Pictures of an address that are read unless all are asked for."""
_CHUNK: Final = 64
Keep = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of files: which are named, where one lies, whether bytes can be one; `by_lot`: some
    of them stand for all.
    """

    name: str
    folder: str
    most: int
    named: Callable[[State], Iterable[str]]
    path: Callable[[str], str]
    check: Callable[[State, bytes], bool]
    by_lot: bool


@dataclass(frozen=True, slots=True)
class Lot:
    """How many pictures are read, None for all; `start` decides which, and nobody guesses it."""

    number: int | None = None
    start: bytes = b""

    def draw(self, digests: Sequence[str]) -> list[str]:
        """Return those with the smallest SHA-256(start ‖ digest), all if they are few enough."""
        if self.number is None or len(digests) <= self.number:
            return list(digests)
        drawn = sorted(digests, key=lambda one: sha256(self.start + one.encode()).digest())
        return sorted(drawn[: self.number])


@dataclass(frozen=True, slots=True)
class _Looked:
    """What stood at the paths of some digests."""

    present: int
    withheld: tuple[str, ...]
    gone: tuple[str, ...]
    lacking: tuple[str, ...]
    wrong: tuple[tuple[str, Words], ...]
    unread: tuple[tuple[str, Words], ...]


def _are_words(_: State, data: bytes) -> bool:
    attachments.parse(data)
    return True


def _is_picture(state: State, data: bytes) -> bool:
    return pictures.stated(state, files.read(data))


_KINDS: Final = (
    _Kind(
        "attachments", attachments.FOLDER, attachments.MAX_ATTACHMENT, incidents.named_words,
        attachments.path, _are_words, by_lot=False,
    ),
    _Kind(
        "pictures", files.FOLDER, PICTURE_BYTES, pictures.named, files.path, _is_picture,
        by_lot=True,
    ),
)  # fmt: skip


def check_attachments(
    source: Source, state: State, listed: Collection[str] | None, *, whole: bool, processes: int,
    keep: Keep | None, report: Report, progress: Progress, had: Collection[str] = (),
    lot: Lot = Lot(),
) -> None:  # fmt: skip
    """Compare what stands at each named digest, and refute what none names.

    `listed` are the site's paths, None behind an address. `whole`: the state is that of the whole
    log; else a later entry may name what is there, or withhold what is not. `keep` is given what is
    right and served by right; `had` are the paths of what the reader's own copy has; `lot` draws
    the pictures that are read.
    """
    for kind in _KINDS:
        digests = list(kind.named(state))
        if listed is not None:
            there = {path for path in listed if path.startswith(kind.folder)}
            foreign = sorted(there - set(map(kind.path, digests)))
            tell = report.refute if whole else report.doubt
            for path in foreign:
                wanted = Words(*both("attachments.named"))
                tell(checks.ATTACHMENTS, path, wanted, digest(source.read(path, kind.most)))
            there |= set(had)
            digests = [one for one in digests if kind.path(one) in there]
        drawn = lot.draw(digests) if kind.by_lot else digests
        if len(drawn) < len(digests):
            said = both("attachments.drawn", read=len(drawn), named=len(digests))
            report.limit(*said)
        report.facts[kind.name] = _check(
            kind, source, state, drawn, whole=whole, processes=processes, keep=keep,
            report=report, progress=progress, had=had,
        )  # fmt: skip


def _check(
    kind: _Kind, source: Source, state: State, digests: Sequence[str], *, whole: bool,
    processes: int, keep: Keep | None, report: Report, progress: Progress, had: Collection[str],
) -> int:  # fmt: skip
    """Look at files of one kind, and return how many are there."""
    held = frozenset(one for one in digests if withheld.of(state, one) is not None)

    def look(chunk: Sequence[str]) -> _Looked:
        return _look(kind, source, state, chunk, held, had, keep)

    present = 0
    for done, found in enumerate(each(look, chunks(digests, _CHUNK), processes), 1):
        progress("attachments", min(done * _CHUNK, len(digests)), len(digests))
        present += found.present
        report.lacking += found.lacking
        for path in found.withheld:
            report.note(*both("attachments.still_served", path=path))
        for path in found.gone:
            tell = report.refute if whole else report.doubt
            tell(checks.ATTACHMENTS, path, Words(*both("attachments.kept")), ABSENT)
        for path, words in found.wrong:
            report.refute(checks.ATTACHMENTS, path, Words(*both("attachments.signed")), words)
        for path, words in found.unread:
            report.doubt(checks.ATTACHMENTS, path, Words(*both("attachments.signed")), words)
    return present


def _look(
    kind: _Kind, source: Source, state: State, digests: Sequence[str], held: Collection[str],
    had: Collection[str], keep: Keep | None,
) -> _Looked:  # fmt: skip
    present, wrong, unread = 0, [], []
    served: list[str] = []
    gone: list[str] = []
    lacking: list[str] = []
    for one in digests:
        path = kind.path(one)
        try:
            data = source.read(path, kind.most)
        except Unreadable as error:
            unread.append((path, Words.same(error)))
            continue
        if data is None:
            if one not in held:
                (gone if path in had else lacking).append(path)
            continue
        present += 1
        if not _is(kind, state, one, data):
            wrong.append((path, digest(data)))
        elif one in held:
            served.append(path)
        elif keep is not None:
            keep(path, data)
    return _Looked(present, tuple(served), tuple(gone), tuple(lacking), tuple(wrong), tuple(unread))


def _is(kind: _Kind, state: State, one: str, data: bytes) -> bool:
    if codec.sha256_hex(data) != one:
        return False
    try:
        return kind.check(state, data)
    except Malformed:
        return False
