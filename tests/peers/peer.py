"""Runs in the environment of the peers, knows nothing of `rekap`: reads and writes logs with them.

peer.py read aics|scales LOG NOTE VKEY [OLD_SIZE:OLD_ROOT (base64)]…     exit 1 names what is wrong
peer.py write aics|scales LOG ORIGIN SEED (hex) SIZE…                    grows a log; prints its key
peer.py cosigned aics|scales NOTE VKEY WITNESS_VKEY                      both must have signed
"""

from __future__ import annotations

import base64
import hashlib
import sys
import traceback
from pathlib import Path

import aics_tlog
from aics_tlog.writer import DirectoryTileStore, IncrementalTileWriter
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales import backend, reader, signing, tlog, writer


def samples(size: int) -> set[int]:
    return {0, size // 2, size - 1, *range(0, size, 4099)}


def read_aics(log: Path, note: bytes, vkey: str, olds: list[tuple[int, bytes]]) -> int:
    parsed = aics_tlog.parse_note(note)
    checkpoint = aics_tlog.parse_checkpoint(parsed.text)
    verified = aics_tlog.verify_checkpoint(parsed, aics_tlog.parse_vkey(vkey))
    assert verified.ok, verified
    size, root = checkpoint.size, checkpoint.root
    files = aics_tlog.FileSystemTileReader(log)
    aics_tlog.audit_tiles(files, size, root)
    for old, old_root in olds:
        proof = aics_tlog.consistency_proof_from_tiles(files, old, size)
        assert aics_tlog.verify_consistency(old, size, old_root, root, proof), f"from {old}"
    trusted = aics_tlog.VerifiedTileReader(files, size, root)
    for index in samples(size):
        proof = aics_tlog.inclusion_proof_from_tiles(trusted, index, size)
        entry = trusted.entry(index)
        assert aics_tlog.verify_leaf_inclusion(entry, index, size, proof, root), f"entry {index}"
    return size


def read_scales(log: Path, note: bytes, vkey: str, olds: list[tuple[int, bytes]]) -> int:
    checkpoint = tlog.Checkpoint.from_text(note.decode())
    checkpoint.verify(signing.Vkey.from_string(vkey))
    size = checkpoint.size
    files = reader.TilesReader(backend.LocalBackend(log))
    files.set_size(size)
    assert files.calculate_root_hash() == checkpoint.root_hash, "root"
    for index in range(size):
        leaf = hashlib.sha256(b"\x00" + files.get_entry(index)).digest()
        assert files.mth(index, index + 1) == leaf, f"entry {index}"
    for start in range(0, size - size % 256, 256):
        node = files.mth(start, start + 256)
        hashes = [files.mth(at, at + 1) for at in range(start, start + 256)]
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        assert hashes == [node], f"tile of entry {start}"
    for old, old_root in olds:
        files.get_consistency_proof(old, size).check(old_root, checkpoint.root_hash)
    for index in samples(size):
        leaf = hashlib.sha256(b"\x00" + files.get_entry(index)).digest()
        files.get_inclusion_proof(index, size).check(leaf, checkpoint.root_hash)
    return size


def write_aics(log: Path, origin: str, seed: bytes, sizes: list[int]) -> str:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    log.mkdir(parents=True)
    store = DirectoryTileStore(log, fsync=False)
    grown = IncrementalTileWriter(store, size=0, prune_partials=False)
    for size in sizes:
        grown.append(b"entry %d" % number for number in range(grown.size, size))
        checkpoint = aics_tlog.Checkpoint(origin, grown.size, grown.root())
        store.write_checkpoint(aics_tlog.sign_checkpoint(checkpoint, key, origin).to_bytes())
    return aics_tlog.format_vkey(aics_tlog.vkey_from_ed25519(origin, key.public_key()))


def write_scales(log: Path, origin: str, seed: bytes, sizes: list[int]) -> str:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    vkey = signing.Vkey(origin, None, 1, key.public_key().public_bytes_raw())

    class Signer:
        def __init__(self) -> None:
            self.vkey = vkey

        def sign(self, checkpoint: tlog.Checkpoint) -> signing.NoteSignature:
            body = checkpoint.serialize_body().encode()
            return signing.NoteSignature.from_vkey_signature(vkey, key.sign(body))

    grown = writer.TilesWriter.create(log, origin)
    for size in sizes:
        for number in range(grown.size, size):
            grown.add_leaf(b"entry %d" % number)
        grown.commit([Signer()], gc=False)
    return vkey.serialize()


def cosigned(peer: str, note: bytes, vkey: str, witness: str) -> None:
    if peer == "aics":
        keys = [aics_tlog.parse_vkey(one) for one in (vkey, witness)]
        parsed = aics_tlog.parse_note(note)
        verified = aics_tlog.verify_checkpoint(parsed, keys[0], keys[1:], quorum=1)
        assert verified.ok, verified
        return
    checkpoint = tlog.Checkpoint.from_text(note.decode())
    for one in (vkey, witness):
        checkpoint.verify(signing.Vkey.from_string(one))


def main(words: list[str]) -> None:
    what, peer, *rest = words
    if what == "read":
        log, note, vkey, *olds = rest
        pairs = [one.split(":") for one in olds]
        known = [(int(size), base64.b64decode(root)) for size, root in pairs]
        work = {"aics": read_aics, "scales": read_scales}[peer]
        print(f"ok: size {work(Path(log), Path(note).read_bytes(), vkey, known)}")
    elif what == "write":
        log, origin, seed, *sizes = rest
        grow = {"aics": write_aics, "scales": write_scales}[peer]
        print(grow(Path(log), origin, bytes.fromhex(seed), [int(size) for size in sizes]))
    else:
        note, vkey, witness = rest
        cosigned(peer, Path(note).read_bytes(), vkey, witness)


REFUSALS = (
    AssertionError, IndexError, OSError, RuntimeError, ValueError, InvalidSignature,
    tlog.ConsistencyProofInvalid, tlog.InclusionProofInvalid,
)  # fmt: skip

if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except REFUSALS as error:
        sys.exit(f"refused: {type(error).__name__}: {error}")
    except Exception:
        # A mistake of this program is no refusal.
        traceback.print_exc()
        sys.exit(3)
