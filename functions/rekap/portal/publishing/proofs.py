"""Inclusion proofs beside the entries, `bukti/{index}.tlog-proof`: evidence, each written once."""

from __future__ import annotations

from collections.abc import Iterator

from rekap.core.ledger import addresses
from rekap.core.log.ports import Each, LogFiles, Objects
from rekap.core.log.proofs import HashReader, TlogProof, inclusion_proof
from rekap.portal.publishing.budget import Has
from rekap.portal.publishing.entries import put_once


class Proofs:
    """The proofs of entries start…end−1 against the checkpoint `note` of `size`.

    A proof that exists stays, whatever checkpoint it names: evidence is never replaced.
    """

    def __init__(self, objects: Objects, size: int, note: bytes) -> None:
        self._objects = objects
        self._size = size
        self._note = note

    def write(self, start: int, end: int, each: Each, has: Has) -> tuple[int, int]:
        """Write the missing ones while `has`: (how far all are there, how many were new)."""
        reader = HashReader(LogFiles(self._objects), self._size)
        reached = start

        def made() -> Iterator[TlogProof]:
            nonlocal reached
            while reached < end and has(1):
                path = tuple(inclusion_proof(reached, self._size, reader))
                reached += 1
                yield TlogProof(reached - 1, path, self._note)

        written = sum(each(self._put, made()))
        return reached, written

    def _put(self, proof: TlogProof) -> bool:
        return put_once(self._objects, addresses.proof(proof.index), proof.format())
