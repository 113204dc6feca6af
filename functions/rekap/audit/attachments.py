"""Files beside the log, of which entries name the digest (V26): words of objections and events.

Nobody owes them: whoever wrote the words may not have handed them in. What stands there is what was
signed, and nothing else stands there. What a reader's own copy has is there still, or a `withhold`
in force says why not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rekap.audit import checks
from rekap.audit.log import Progress
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, Report, Words, digest
from rekap.audit.workers import chunks, each
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger import withheld
from rekap.core.ledger.incidents import attachment_key
from rekap.core.ledger.state import State
from rekap.core.statements import attachments

_CHUNK: Final = 64
Keep = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What stood at the paths of some digests."""

    present: int
    withheld: tuple[str, ...]
    gone: tuple[str, ...]
    wrong: tuple[tuple[str, Words], ...]
    unread: tuple[tuple[str, Words], ...]


def named(state: State) -> list[str]:
    """Return the digests that entries in effect name, in their order."""
    prefix = attachment_key("")
    return [key.removeprefix(prefix) for key, _ in state.meta.scan(prefix)]


def check_attachments(
    source: Source, state: State, listed: Collection[str] | None, *, whole: bool, processes: int,
    keep: Keep | None, report: Report, progress: Progress, had: Collection[str] = (),
) -> None:  # fmt: skip
    """Compare what stands at each named digest, and refute what none names.

    `listed` are the site's paths, None behind an address. `whole`: the state is that of the whole
    log; else a later entry may name what is there, or withhold what is not. `keep` is given what is
    right and served by right; `had` are the paths of what the reader's own copy has.
    """
    digests = named(state)
    if listed is not None:
        there = {path for path in listed if path.startswith(attachments.FOLDER)}
        foreign = sorted(there - set(map(attachments.path, digests)))
        tell = report.refute if whole else report.doubt
        for path in foreign:
            wanted = Words(*both("attachments.named"))
            tell(checks.ATTACHMENTS, path, wanted, digest(source.read(path, _MOST)))
        there |= set(had)
        digests = [one for one in digests if attachments.path(one) in there]
    held = frozenset(one for one in digests if withheld.of(state, one) is not None)

    def look(chunk: Sequence[str]) -> _Looked:
        return _look(source, chunk, held, had, keep)

    present = 0
    for done, found in enumerate(each(look, chunks(digests, _CHUNK), processes), 1):
        progress("attachments", min(done * _CHUNK, len(digests)), len(digests))
        present += found.present
        for path in found.withheld:
            report.note(*both("attachments.still_served", path=path))
        for path in found.gone:
            tell = report.refute if whole else report.doubt
            tell(checks.ATTACHMENTS, path, Words(*both("attachments.kept")), ABSENT)
        for path, words in found.wrong:
            report.refute(checks.ATTACHMENTS, path, Words(*both("attachments.signed")), words)
        for path, words in found.unread:
            report.doubt(checks.ATTACHMENTS, path, Words(*both("attachments.signed")), words)
    report.facts["attachments"] = present


_MOST: Final = attachments.MAX_ATTACHMENT


def _look(
    source: Source, digests: Sequence[str], held: Collection[str], had: Collection[str],
    keep: Keep | None,
) -> _Looked:  # fmt: skip
    present, wrong, unread = 0, [], []
    served: list[str] = []
    gone: list[str] = []
    for one in digests:
        path = attachments.path(one)
        try:
            data = source.read(path, _MOST)
        except Unreadable as error:
            unread.append((path, Words.same(error)))
            continue
        if data is None:
            if path in had and one not in held:
                gone.append(path)
            continue
        present += 1
        if not _is(one, data):
            wrong.append((path, digest(data)))
        elif one in held:
            served.append(path)
        elif keep is not None:
            keep(path, data)
    return _Looked(present, tuple(served), tuple(gone), tuple(wrong), tuple(unread))


def _is(one: str, data: bytes) -> bool:
    try:
        attachments.parse(data)
    except Malformed:
        return False
    return codec.sha256_hex(data) == one
