"""Inclusion proofs beside the entries, `bukti/{index}.tlog-proof`: evidence, each written once."""

from __future__ import annotations

from rekap.log.ports import LogFiles, Objects
from rekap.log.proofs import HashReader, TlogProof, inclusion_proof
from rekap.publish.entries import put_once


def write(objects: Objects, start: int, size: int, note: bytes) -> int:
    """Write the missing proofs of entries start…size−1 against the checkpoint `note` of `size`.

    A proof that exists stays, whatever checkpoint it names: evidence is never replaced.
    """
    reader = HashReader(LogFiles(objects), size)
    written = 0
    for index in range(start, size):
        path = f"bukti/{index}.tlog-proof"
        if objects.get(path) is not None:
            continue
        hashes = tuple(inclusion_proof(index, size, reader))
        written += put_once(objects, path, TlogProof(index, hashes, note).format())
    return written
