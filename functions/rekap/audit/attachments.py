"""Files beside the log, of which entries name the digest (V26): words of objections and events.

Nobody owes them: whoever wrote the words may not have handed them in, or they were withheld. What
stands there is what was signed, and nothing else stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rekap.audit import checks
from rekap.audit.log import Progress
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words, digest
from rekap.audit.workers import chunks, each
from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger.incidents import attachment_key
from rekap.core.ledger.state import State
from rekap.core.statements import attachments

_CHUNK: Final = 64
Keep = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What stood at the paths of some digests."""

    present: int
    wrong: tuple[tuple[str, Words], ...]
    unread: tuple[tuple[str, Words], ...]


def named(state: State) -> list[str]:
    """Return the digests that entries in effect name, in their order."""
    prefix = attachment_key("")
    return [key.removeprefix(prefix) for key, _ in state.meta.scan(prefix)]


def check_attachments(
    source: Source, state: State, listed: Collection[str] | None, *, whole: bool, processes: int,
    keep: Keep | None, report: Report, progress: Progress,
) -> None:  # fmt: skip
    """Compare what stands at each named digest, and refute what none names.

    `listed` are the site's paths, None behind an address. `whole`: the state is that of the whole
    log; else a later entry may name what is there. `keep` is given what is right.
    """
    digests = named(state)
    if listed is not None:
        there = {path for path in listed if path.startswith(attachments.FOLDER)}
        foreign = sorted(there - set(map(attachments.path, digests)))
        tell = report.refute if whole else report.doubt
        for path in foreign:
            wanted = Words(*both("attachments.named"))
            tell(checks.ATTACHMENTS, path, wanted, digest(source.read(path, _MOST)))
        digests = [one for one in digests if attachments.path(one) in there]

    def look(chunk: Sequence[str]) -> _Looked:
        return _look(source, chunk, keep)

    present = 0
    for done, found in enumerate(each(look, chunks(digests, _CHUNK), processes), 1):
        progress("attachments", min(done * _CHUNK, len(digests)), len(digests))
        present += found.present
        for path, words in found.wrong:
            report.refute(checks.ATTACHMENTS, path, Words(*both("attachments.signed")), words)
        for path, words in found.unread:
            report.doubt(checks.ATTACHMENTS, path, Words(*both("attachments.signed")), words)
    report.facts["attachments"] = present


_MOST: Final = attachments.MAX_ATTACHMENT


def _look(source: Source, digests: Sequence[str], keep: Keep | None) -> _Looked:
    present, wrong, unread = 0, [], []
    for one in digests:
        path = attachments.path(one)
        try:
            data = source.read(path, _MOST)
        except Unreadable as error:
            unread.append((path, Words.same(error)))
            continue
        if data is None:
            continue
        present += 1
        if not _is(one, data):
            wrong.append((path, digest(data)))
        elif keep is not None:
            keep(path, data)
    return _Looked(present, tuple(wrong), tuple(unread))


def _is(one: str, data: bytes) -> bool:
    try:
        attachments.parse(data)
    except Malformed:
        return False
    return codec.sha256_hex(data) == one
