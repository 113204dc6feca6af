"""Inclusion proofs beside the entries, `bukti/{index}.tlog-proof`: evidence, each written once."""

from __future__ import annotations

from rekap.errors import Conflict
from rekap.log.ports import LogFiles, Objects
from rekap.log.proofs import HashReader, TlogProof, inclusion_proof


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
        try:
            objects.put_new(path, TlogProof(index, hashes, note).format())
        except Conflict:
            continue  # another publisher was faster
        written += 1
    return written
