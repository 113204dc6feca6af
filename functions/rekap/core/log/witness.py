"""Asking witnesses to cosign a checkpoint: the client of C2SP tlog-witness, without its network.

A witness signs a checkpoint only if it extends the last one that it signed, so two histories need
its consent twice. The portal asks after every commit, as often as a witness lets it; whoever does
not answer in time is asked again by a later run. The size that a witness holds stands in its line
of the published checkpoint or in `log/status.json`, else the witness says it.

    old 1234                         size that the witness signed last; 0: never, or not known
    <consistency proof, one base64 hash a line>
    <empty line>
    <signed note of the checkpoint>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.policy import Policy, Source, meets
from rekap.core.signing.note import Note, NoteKey, SignatureLine, verify_line

SIZE_TYPE: Final = "text/x.tlog.size"
ROUNDS: Final = 3
"""The second is for a size learned from a 409, the third for one that moved in between."""

_MOST_WORDS: Final = 200
"""Of a reason that quotes what a witness sent."""

_SIZE_BODY: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True)
class Reply:
    """A witness's answer: HTTP status, media type, and at most 64 KiB of body."""

    status: int
    kind: str
    body: bytes


class Witnesses(Protocol):
    """Carries questions to witnesses by their policy names, all at once, within a short time.

    A witness that is not reached, or whose answer is not HTTP in time, is absent from the answers.
    """

    def ask(self, questions: Mapping[str, bytes]) -> Mapping[str, Reply]:
        """POST each body to `add-checkpoint` of its witness; return the answers that came."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: verified lines, and why the others gave none.

    `claims` are witnesses that say they signed more than this tree, or another tree of its size.
    `rounds`: how often one was asked at most.
    """

    lines: tuple[SignatureLine, ...] = ()
    silent: tuple[tuple[str, str], ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    rounds: int = field(default=0, compare=False)

    def blocks(self, policy: Policy) -> bool:
        """Tell whether the policy can never be met without the witnesses that claim otherwise.

        The claim is unsigned, so one witness alone must not be able to stop a log whose quorum
        the others can meet: see docs/adr/0016.
        """
        claiming = {name for name, _ in self.claims}
        others = [one.key for one in policy.witnesses if one.name not in claiming]
        logs = [one.key for one in policy.logs]
        return not meets(policy, [*logs, *others])


NOBODY: Final = Asked()


def request(old: int, proof: Sequence[bytes], note: Note) -> bytes:
    """Return the body of add-checkpoint."""
    lines = [f"old {old}\n", *(f"{codec.b64encode(one)}\n" for one in proof), "\n"]
    return "".join(lines).encode() + note.format()


def held(note: Note, witnesses: Sequence[Source]) -> frozenset[NoteKey]:
    """Return the witnesses' keys of which a note has a verified line."""
    keys = (source.key for source in witnesses)
    return frozenset(key for key in keys if any(_holds(note, line, key) for line in note.lines))


def _holds(note: Note, line: SignatureLine, key: NoteKey) -> bool:
    try:
        verify_line(note.text, line, key)
    except NotVerified:
        return False
    return True


def without_false(note: Note, known: Iterable[NoteKey]) -> Note:
    """Return a note with one line at most under each known key's name and id: one that holds."""
    keys = {(key.name, key.key_id): key for key in known}
    lines: list[SignatureLine] = []
    true: set[NoteKey] = set()
    for line in note.lines:
        key = keys.get((line.name, line.key_id))
        if key is not None:
            if key in true or not _holds(note, line, key):
                continue
            true.add(key)
        lines.append(line)
    return Note(note.text, tuple(lines))


def ask(
    witnesses: Witnesses,
    sources: Sequence[Source],
    note: Note,
    checkpoint: Checkpoint,
    old: Mapping[str, int],
    prove: Callable[[int], Sequence[bytes]],
) -> Asked:
    """Ask `sources` to cosign `note`; `old` are the sizes they hold as far as known (else 0).

    `prove(size)` gives the consistency proof from that size to the checkpoint's.
    """
    waiting = {source.name: source for source in sources}
    sizes = {name: old.get(name, 0) for name in waiting}
    lines: list[SignatureLine] = []
    silent: dict[str, str] = {}
    claims: dict[str, str] = {}
    rounds = 0
    while waiting and rounds < ROUNDS:
        rounds += 1
        questions = {name: request(sizes[name], prove(sizes[name]), note) for name in waiting}
        answers = witnesses.ask(questions)
        for name, source in list(waiting.items()):
            reply = answers.get(name)
            said = _read(reply, source.key, note, checkpoint.size, sizes[name])
            if isinstance(said, int):
                sizes[name] = said
                continue
            del waiting[name]
            if isinstance(said, SignatureLine):
                lines.append(said)
            elif isinstance(said, _Claim):
                claims[name] = said.words
            else:
                silent[name] = said
    silent.update(dict.fromkeys(waiting, "names another size again and again"))
    return Asked(tuple(lines), tuple(sorted(silent.items())), tuple(sorted(claims.items())), rounds)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A witness says that it signed something that this tree does not extend."""

    words: str


def _read(
    reply: Reply | None, key: NoteKey, note: Note, size: int, asked: int
) -> SignatureLine | _Claim | int | str:
    """Return the line, a claim, the size to ask from next, or why there is none of these."""
    if reply is None:
        return "no answer"
    if reply.status == 409:
        return _read_size(reply, size, asked)
    if reply.status == 422 and asked == size:
        return _Claim(f"has another tree of size {size}")
    if reply.status != 200:
        return f"status {reply.status}"
    try:
        return _read_line(reply.body, key, note)
    except (Malformed, NotVerified) as error:
        return f"no cosignature: {error}"[:_MOST_WORDS]


def _read_size(reply: Reply, size: int, asked: int) -> _Claim | int | str:
    match = _SIZE_BODY.fullmatch(reply.body)
    if match is None or reply.kind.split(";")[0].strip().lower() != SIZE_TYPE:
        return "status 409 without a size"
    theirs = int(match[1])
    if theirs > size:
        return _Claim(f"signed size {theirs}, larger than {size}")
    if theirs == asked:
        refused = f"refuses the size {theirs} that it names"
        return _Claim(refused) if asked == size else refused
    return theirs


def _read_line(body: bytes, key: NoteKey, note: Note) -> SignatureLine:
    """Return the line of `key`; those of unknown keys are not ours to judge."""
    answered = Note.parse(note.text + b"\n" + body)
    for line in answered.lines:
        if (line.name, line.key_id) == (key.name, key.key_id):
            verify_line(note.text, line, key)
            if not int.from_bytes(line.signature[:8], "big"):
                raise NotVerified("a cosignature without a time", key.name)
            return line
    raise NotVerified("no line of the witness's key", key.name)
