"""Inclusion proofs beside the entries, `bukti/{index}.tlog-proof`: evidence, each written once."""

from __future__ import annotations

from rekap.core.ledger import addresses
from rekap.core.log.ports import Each, LogFiles, Objects
from rekap.core.log.proofs import HashReader, TlogProof, inclusion_proof
from rekap.portal.publishing.entries import put_once


def write(objects: Objects, start: int, size: int, note: bytes, each: Each) -> int:
    """Write the missing proofs of entries start…size−1 against the checkpoint `note` of `size`.

    A proof that exists stays, whatever checkpoint it names: evidence is never replaced.
    """
    reader = HashReader(LogFiles(objects), size)
    proofs = (
        TlogProof(index, tuple(inclusion_proof(index, size, reader)), note)
        for index in range(start, size)
    )

    def put(proof: TlogProof) -> bool:
        return put_once(objects, addresses.proof(proof.index), proof.format())

    return sum(each(put, proofs))
