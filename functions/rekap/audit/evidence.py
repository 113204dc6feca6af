"""Proof files: each must prove its entry under a checkpoint that this log signed.

Evidence cannot be computed again. So a proof is right if it proves, whatever checkpoint it names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rekap.audit import checks
from rekap.audit.anchors import is_repeated, strangers
from rekap.audit.hashes import TreeHashes
from rekap.audit.log import Progress
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, READABLE, Report, Words
from rekap.audit.workers import chunks, each
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import addresses
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.merkle import verify_inclusion
from rekap.core.log.policy import Policy, meets, open_checkpoint
from rekap.core.log.ports import CHECKPOINT
from rekap.core.log.proofs import MAX_PROOF, TlogProof

_CHUNK: Final = 512

Keep = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Proofs:
    """Indexes whose proof is there, and the sizes of the checkpoints that those that hold name."""

    present: list[int]
    sizes: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is wrong with one proof. `kind`: missing, unreadable, wrong, or false: whole
    and no proof."""

    index: int
    expected: Words
    found: Words
    kind: str


@dataclass(slots=True)
class _Checked:
    """The outcome of some proofs: what is wrong, the sizes that the others name, and how many of
    those hold lines of unknown keys."""

    wrong: list[_Found] = field(default_factory=list)
    sizes: set[int] = field(default_factory=set)
    strange: int = 0


def check_proofs(
    source: Source, indexes: Sequence[int], hashes: TreeHashes, policy: Policy, *,
    required: Callable[[int], bool], keep: Keep | None, report: Report, progress: Progress,
    processes: int,
) -> Proofs:  # fmt: skip
    """Verify the proofs of `indexes` (V18, V19).

    `required` tells whether the proof of an index must be there by now. `keep` is given every proof
    that holds, in whichever process verified it. A proof under a checkpoint that is larger than the
    published one refutes the latter (V02): the log has signed more than it shows.
    """
    checker = _Checker(source, hashes, policy, keep)
    absent: set[int] = set()
    sizes: set[int] = set()
    strange = 0
    for done, checked in enumerate(each(checker.check, chunks(indexes, _CHUNK), processes), 1):
        progress("proofs", min(done * _CHUNK, len(indexes)), len(indexes))
        sizes |= checked.sizes
        strange += checked.strange
        for one in checked.wrong:
            path = addresses.proof(one.index)
            if one.kind == "missing":
                absent.add(one.index)
                if required(one.index):
                    report.refute(checks.PROOFS_PRESENT, path, one.expected, one.found)
            elif one.kind == "unreadable":
                report.doubt(checks.PROOFS, path, one.expected, one.found)
            else:
                stands = one.kind == "false"
                report.refute(checks.PROOFS, path, one.expected, one.found, stands=stands)
    _check_size(max(sizes, default=0), hashes.size, report)
    if strange:
        report.note(*both("note.proofs_unknown", strange=strange))
    present = [index for index in indexes if index not in absent]
    return Proofs(present, frozenset(size for size in sizes if size <= hashes.size))


def check_newest(
    source: Source, indexes: Sequence[int], size: int, policy: Policy, report: Report
) -> None:
    """Record V02 if proofs of entries beyond `size` show that the log has signed more than that."""
    newest = 0
    for index in indexes:
        try:
            data = source.read(addresses.proof(index), MAX_PROOF)
            if data is not None:
                checkpoint, _ = open_checkpoint(TlogProof.parse(data).checkpoint, policy)
                newest = max(newest, checkpoint.size)
        except Unreadable as error:
            report.doubt(checks.PROOFS, addresses.proof(index), READABLE, str(error))
        except (Malformed, NotVerified):
            continue
    _check_size(newest, size, report)


def _check_size(newest: int, size: int, report: Report) -> None:
    """A checkpoint larger than the published one refutes the latter: it was taken back."""
    if newest > size:
        wanted = Words(*both("evidence.size_as_in_a_proof", newest=newest))
        found = Words(*both("evidence.size", size=size))
        report.refute(checks.CHECKPOINT, CHECKPOINT, wanted, found, newer=True)


class _Checker:
    """Verifies proofs; remembers the checkpoints that many proofs share."""

    def __init__(
        self, source: Source, hashes: TreeHashes, policy: Policy, keep: Keep | None
    ) -> None:
        self._source = source
        self._keep = keep
        self._hashes = hashes
        self._policy = policy
        self._opened: dict[bytes, tuple[Checkpoint, bool]] = {}

    def check(self, indexes: Sequence[int]) -> _Checked:
        """Verify the proofs of `indexes`."""
        checked = _Checked()
        for index in indexes:
            wanted = Words(*both("evidence.a_proof_of_entry", index=index))
            try:
                data = self._source.read(addresses.proof(index), MAX_PROOF)
            except Unreadable as error:
                checked.wrong.append(_Found(index, wanted, Words.same(error), "unreadable"))
                continue
            if data is None:
                checked.wrong.append(_Found(index, wanted, ABSENT, "missing"))
                continue
            try:
                size, strange = self._verify(index, data)
            except (Malformed, NotVerified) as error:
                kind = "false" if isinstance(error, NotVerified) else "wrong"
                checked.wrong.append(_Found(index, wanted, Words.same(error), kind))
                continue
            checked.sizes.add(size)
            checked.strange += strange
            if self._keep is not None:
                self._keep(addresses.proof(index), data)
        return checked

    def _verify(self, index: int, data: bytes) -> tuple[int, bool]:
        """Return the size of the checkpoint under which a proof holds, and as `_open` does."""
        proof = TlogProof.parse(data)
        if proof.index != index:
            raise NotVerified(f"a proof of entry {proof.index}")
        if proof.extra is not None:
            raise Malformed("a line `extra`, which nothing signs")
        checkpoint, strange = self._open(proof.checkpoint)
        verify_inclusion(
            index=index, size=checkpoint.size, leaf=self._hashes.rows[0][index],
            proof=proof.hashes, root=checkpoint.root,
        )  # fmt: skip
        if checkpoint.size <= self._hashes.size:
            root = self._hashes.root(checkpoint.size)
            if checkpoint.root != root:
                raise NotVerified(f"the log signed another root for size {checkpoint.size}")
        return checkpoint.size, strange

    def _open(self, note: bytes) -> tuple[Checkpoint, bool]:
        """Return the checkpoint of a proof, and whether it holds lines of unknown keys.

        It must have all signatures that the log asks for.
        """
        found = self._opened.get(note)
        if found is None:
            opened, verified = open_checkpoint(note, self._policy)
            if not meets(self._policy, verified):
                raise NotVerified(f"a checkpoint without quorum {self._policy.quorum}")
            if is_repeated(note, verified):
                raise NotVerified("a checkpoint with two lines of one key")
            found = self._opened[note] = opened, bool(strangers(note, verified))
        return found
