"""Proof files: each must prove its entry under a checkpoint that this log signed.

Evidence cannot be computed again. So a proof is right if it proves, whatever checkpoint it names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rekap.errors import Malformed, NotVerified
from rekap.log.checkpoint import Checkpoint
from rekap.log.merkle import verify_inclusion
from rekap.log.policy import Policy, meets, open_checkpoint
from rekap.log.proofs import MAX_PROOF, TlogProof
from rekap.verify import checks
from rekap.verify.hashes import TreeHashes
from rekap.verify.log import Progress
from rekap.verify.reader import Source, Unreadable
from rekap.verify.verdict import ABSENT, Report, Words
from rekap.verify.workers import each

_CHUNK: Final = 512

Keep = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is wrong with one proof. `kind`: missing, unreadable, wrong, unmet or newer."""

    index: int
    expected: Words
    found: Words
    kind: str


def proof_path(index: int) -> str:
    """Return the path of the proof of entry `index`."""
    return f"bukti/{index}.tlog-proof"


def check_proofs(
    source: Source, indexes: Sequence[int], hashes: TreeHashes, policy: Policy, *,
    required: Callable[[int], bool], keep: Keep | None, report: Report, progress: Progress,
    processes: int,
) -> list[int]:  # fmt: skip
    """Verify the proofs of `indexes` (V18, V19) and return the indexes of those that were there.

    `required` tells whether the proof of an index must be there by now. `keep` is given every proof
    that holds, in whichever process verified it.
    """
    checker = _Checker(source, hashes, policy, keep)
    chunks = [indexes[at : at + _CHUNK] for at in range(0, len(indexes), _CHUNK)]
    absent: set[int] = set()
    for done, result in enumerate(each(checker.check, chunks, processes), 1):
        progress("proofs", min(done * _CHUNK, len(indexes)), len(indexes))
        for one in result:
            path = proof_path(one.index)
            if one.kind == "missing":
                absent.add(one.index)
                if required(one.index):
                    report.refute(checks.PROOFS_PRESENT, path, one.expected, one.found)
            elif one.kind == "unreadable":
                report.doubt(checks.PROOFS, path, one.expected, one.found)
            else:
                newer = one.kind == "newer"
                report.refute(checks.PROOFS, path, one.expected, one.found, newer=newer)
    return [index for index in indexes if index not in absent]


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

    def check(self, indexes: Sequence[int]) -> list[_Found]:
        """Return what is wrong with the proofs of `indexes`."""
        wrong: list[_Found] = []
        for index in indexes:
            wanted = Words(f"bukti entri {index}", f"a proof of entry {index}")
            try:
                data = self._source.read(proof_path(index), MAX_PROOF)
            except Unreadable as error:
                wrong.append(_Found(index, wanted, Words(str(error), str(error)), "unreadable"))
                continue
            if data is None:
                wrong.append(_Found(index, wanted, ABSENT, "missing"))
                continue
            found = list(self._verify(index, data, wanted))
            if not found and self._keep is not None:
                self._keep(proof_path(index), data)
            wrong += found
        return wrong

    def _verify(self, index: int, data: bytes, wanted: Words) -> Iterator[_Found]:
        try:
            proof = TlogProof.parse(data)
            if proof.index != index:
                raise NotVerified("index", "", str(index), f"index {proof.index}")
            if proof.extra is not None:
                raise Malformed("a line `extra`, which nothing signs")
            checkpoint, met = self._open(proof.checkpoint)
            yield from self._hold(proof, checkpoint, met=met)
        except (Malformed, NotVerified) as error:
            yield _Found(index, wanted, Words(str(error), str(error)), "wrong")

    def _hold(self, proof: TlogProof, checkpoint: Checkpoint, *, met: bool) -> Iterator[_Found]:
        verify_inclusion(
            index=proof.index, size=checkpoint.size, leaf=self._hashes.rows[0][proof.index],
            proof=proof.hashes, root=checkpoint.root,
        )  # fmt: skip
        if checkpoint.size > self._hashes.size:
            size = self._hashes.size
            yield _Found(
                proof.index,
                Words(f"checkpoint hingga ukuran {size} (log/checkpoint)",
                      f"a checkpoint of size {size} at most (log/checkpoint)"),
                Words(f"ukuran {checkpoint.size}, ditandatangani log ini",
                      f"size {checkpoint.size}, signed by this log"),
                "newer",
            )  # fmt: skip
        elif checkpoint.root != self._hashes.root(checkpoint.size):
            raise NotVerified(
                f"the log signed another root for size {checkpoint.size}", "",
                self._hashes.root(checkpoint.size).hex(), checkpoint.root.hex(),
            )  # fmt: skip
        if not met:
            yield _Found(
                proof.index,
                Words(f"checkpoint dengan kuorum {self._policy.quorum}",
                      f"a checkpoint that meets quorum {self._policy.quorum}"),
                Words("saksi kurang", "too few witnesses"),
                "unmet",
            )  # fmt: skip

    def _open(self, note: bytes) -> tuple[Checkpoint, bool]:
        opened = self._opened.get(note)
        if opened is None:
            checkpoint, verified = open_checkpoint(note, self._policy)
            opened = self._opened[note] = (checkpoint, meets(self._policy, verified))
        return opened
