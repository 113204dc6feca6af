"""The oracle: reads published bytes as a stranger would, and says what is wrong.

Nothing of `rekap` is imported here, and nothing is shared with it: another way to the same
numbers. `check_log` raises AssertionError with the file or entry that is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Files = Mapping[str, bytes]


@dataclass
class History:
    """Everything seen so far of one log: its checkpoints, and the digest of each immutable file."""

    checkpoints: dict[int, bytes] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def check_log(
    public_dir: Path | Files,
    log_vkey: str,
    receipts: Iterable[str | bytes] = (),
    history: History | None = None,
) -> list[bytes]:
    """Check everything below `log/` and return the entries that the checkpoint commits to.

    `public_dir` is a folder, or a mapping of paths to bytes. `receipts` are leaf hashes (hex) or
    signed receipts whose second line is one; each must be in the log exactly once. Give the same
    `history` again to have earlier checkpoints checked as prefixes and files as unchanged.
    """
    history = History() if history is None else history
    files = _read(public_dir)
    _check_unchanged(files, history)
    size, root = _open(files["checkpoint"], log_vkey)
    entries = _entries(files, size)
    leaves = [_sha(b"\x00" + entry) for entry in entries]
    _check_tiles(files, leaves, size)
    assert _mth(leaves) == root, f"checkpoint: root of size {size} is not that of the entries"
    history.checkpoints.setdefault(size, root)
    for old, old_root in history.checkpoints.items():
        assert old <= size, f"checkpoint: shrank from {old} to {size}"
        assert _mth(leaves[:old]) == old_root, f"checkpoint: size {old} had another root"
    seen: dict[bytes, int] = {}
    for index, leaf in enumerate(leaves):
        assert leaf not in seen, f"entry {index}: is entry {seen[leaf]} again"
        seen[leaf] = index
    for receipt in receipts:
        leaf = _leaf_of(receipt)
        assert leaf in seen, f"receipt {leaf.hex()}: not in the log of size {size}"
    return entries


def signers_of_forms(public_dir: Path | Files) -> dict[str, dict[str, int]]:
    """List for each form statement (id) its distinct persons and the entry of each one's grant.

    Signatures are verified here again (Ed25519 only). A person is counted under the grant that
    stood before the form, a key without one not at all; who may sign what is not judged.
    """
    files = _read(public_dir)
    size = int(files["checkpoint"].split(b"\n")[1])
    keys: dict[str, tuple[str, int, bytes]] = {}
    forms: dict[str, dict[str, int]] = {}
    for index, entry in enumerate(_entries(files, size)):
        envelope = json.loads(entry)
        payload = base64.b64decode(envelope["payload"])
        kind = envelope["payloadType"].encode()
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        statement = json.loads(payload)
        if statement["kind"] == "grant":
            for person in statement["persons"]:
                public = base64.b64decode(person["key"])
                keyid = _sha(person["alg"].encode() + b"\n" + public)[:16].hex()
                keys.setdefault(keyid, (person["person"], index, public))
        if statement["kind"] == "form":
            persons = forms.setdefault(_sha(message).hex(), {})
            for signature in envelope["signatures"]:
                if signature["keyid"] not in keys:
                    continue
                person, grant, public = keys[signature["keyid"]]
                _verify(public, base64.b64decode(signature["sig"]), message, f"entry {index}")
                persons.setdefault(person, grant)
    return forms


def _read(public_dir: Path | Files) -> dict[str, bytes]:
    """Return the files below `log/` by their path there; what its writer says is no part of it."""
    if isinstance(public_dir, Path):
        log = public_dir / "log"
        files = {
            path.relative_to(log).as_posix(): path.read_bytes()
            for path in log.rglob("*")
            if path.is_file()
        }
    else:
        files = {
            path.removeprefix("log/"): data
            for path, data in public_dir.items()
            if path.startswith("log/")
        }
    files.pop("status.json", None)
    return files


def _check_unchanged(files: Files, history: History) -> None:
    for path, digest in history.files.items():
        assert path in files, f"{path}: was published and is gone"
        assert hashlib.sha256(files[path]).hexdigest() == digest, f"{path}: has changed"
    for path, data in files.items():
        if path != "checkpoint":
            history.files[path] = hashlib.sha256(data).hexdigest()


def _open(note: bytes, vkey: str) -> tuple[int, bytes]:
    name, key_id, key = vkey.split("+", 2)
    kind_and_key = base64.b64decode(key, validate=True)
    assert _sha(name.encode() + b"\n" + kind_and_key)[:4].hex() == key_id, "vkey: wrong id"
    assert kind_and_key[0] == 1, "vkey: not an Ed25519 key"
    at = note.rindex(b"\n\n")
    text, lines = note[: at + 1], note[at + 2 :].decode().split("\n")
    assert lines.pop() == "", "checkpoint: no final newline"
    ours = [line.split(" ")[2] for line in lines if line.split(" ")[:2] == ["—", name]]
    blobs = [base64.b64decode(line, validate=True) for line in ours]
    signatures = [blob[4:] for blob in blobs if blob[:4].hex() == key_id]
    assert len(signatures) == 1, f"checkpoint: {len(signatures)} signatures of the log"
    _verify(kind_and_key[1:], signatures[0], text, "checkpoint")
    origin, size, root = text.decode().split("\n")[:3]
    assert origin == name, f"checkpoint: origin {origin}, want {name}"
    assert text == f"{origin}\n{int(size)}\n{root}\n".encode(), "checkpoint: more than three lines"
    return int(size), base64.b64decode(root, validate=True)


def _entries(files: Files, size: int) -> list[bytes]:
    entries: list[bytes] = []
    for n in range((size + 255) // 256):
        width = min(256, size - 256 * n)
        entries += _split(files, _path("entries", n, width), width)
    return entries


def _split(files: Files, path: str, width: int) -> list[bytes]:
    assert path in files, f"{path}: missing"
    data, entries = files[path], []
    while data:
        length = int.from_bytes(data[:2], "big")
        assert len(data) >= 2 + length, f"{path}: cut"
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    assert len(entries) == width, f"{path}: {len(entries)} entries, want {width}"
    return entries


def _check_tiles(files: Files, leaves: list[bytes], size: int) -> None:
    """Check that each file of this and of every smaller size holds what the leaves demand."""
    wanted = {"checkpoint"}
    rows = [leaves]
    while len(rows[-1]) >= 256:
        row = rows[-1]
        rows.append([_mth(row[at : at + 256]) for at in range(0, len(row) - 255, 256)])
    for level, row in enumerate(rows):
        for n in range((len(row) + 255) // 256):
            wanted.add(_path(str(level), n, min(256, len(row) - 256 * n)))
    wanted |= {path.replace("tile/0/", "tile/entries/") for path in wanted if "tile/0/" in path}
    for path in sorted(wanted):
        assert path in files, f"{path}: missing in a log of size {size}"
    for path in sorted(files.keys() - {"checkpoint"}):
        _check_file(files, path, rows)


def _check_file(files: Files, path: str, rows: list[list[bytes]]) -> None:
    """Check one file, also a partial one of an earlier size; skip one ahead of the checkpoint."""
    parts = path.split("/")
    assert parts[0] == "tile", f"{path}: no file of a log"
    width = int(parts.pop()) if parts[-2].endswith(".p") else 256
    n = int("".join(parts[2:]).removesuffix(".p").replace("x", ""))
    assert path == _path(parts[1], n, width), f"{path}: no path of a log"
    level = 0 if parts[1] == "entries" else int(parts[1])
    want = rows[level][256 * n : 256 * n + width] if level < len(rows) else []
    if len(want) < width:
        return
    if parts[1] == "entries":
        found = [_sha(b"\x00" + entry) for entry in _split(files, path, width)]
        for at, (have, leaf) in enumerate(zip(found, want, strict=True)):
            assert have == leaf, f"{path}: entry {256 * n + at} is another one"
    else:
        assert files[path] == b"".join(want), f"{path}: other hashes than the entries'"


def _path(level: str, n: int, width: int) -> str:
    groups = [f"{n // 1000**power % 1000:03}" for power in range(3, -1, -1)]
    while len(groups) > 1 and groups[0] == "000":
        groups.pop(0)
    place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{place}" + ("" if width == 256 else f".p/{width}")


def _leaf_of(receipt: str | bytes) -> bytes:
    if isinstance(receipt, str):
        return bytes.fromhex(receipt)
    return base64.b64decode(receipt.split(b"\n")[1], validate=True)


def _verify(public: bytes, signature: bytes, message: bytes, place: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise AssertionError(f"{place}: signature does not verify") from None


def _sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _mth(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 section 2.1, by its recursive definition."""
    if not leaves:
        return _sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return _sha(b"\x01" + _mth(leaves[:half]) + _mth(leaves[half:]))
