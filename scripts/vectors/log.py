"""Vectors of the log: notes, checkpoints, tiles, proofs, policies."""

from __future__ import annotations

import hashlib

from scripts.vectors.cases import (
    LOG,
    LOG_KEY,
    ORIGIN,
    OTHER_KEY,
    RECEIPT,
    TIME,
    WITNESS,
    WITNESS_KEY,
    Case,
    refused,
    vector,
)

from rekap.core import codec
from rekap.core.log import checkpoint as checkpoints
from rekap.core.log import entry, policy, proofs, tiles
from rekap.core.log.checkpoint import Checkpoint
from rekap.core.log.merkle import Frontier
from rekap.core.signing import note
from rekap.core.signing.note import Note, NoteKey
from rekap.portal.sequencing import edge

SIZES = (1, 2, 3, 255, 256, 257, 1000)


def make_note() -> Case:
    """Signed notes: a receipt, a cosigned checkpoint, lines of strangers; notes to refuse."""
    lines = (f"{ORIGIN}/receipt", codec.b64encode(bytes(range(32))), "5f" * 32, TIME, TIME + 60)
    text = "".join(f"{line}\n" for line in lines).encode()
    key = NoteKey.of(f"{ORIGIN}/receipt", note.ED25519, RECEIPT.public)
    receipt = note.sign(text, key.name, RECEIPT)
    waiting = (f"{ORIGIN}/receipt", "held", "5f" * 32, TIME + 604_800, "1a" * 16, "2b" * 16)
    held = note.sign("".join(f"{line}\n" for line in waiting).encode(), key.name, RECEIPT)
    cosigned = _checkpoint(1000)
    stranger = note.SignatureLine(ORIGIN, b"\x00\x01\x02\x03", bytes(64))
    good = [
        _note_case(receipt, [key]),
        _note_case(cosigned, [LOG_KEY, WITNESS_KEY]),
        _note_case(Note.parse(cosigned).merge([stranger]).format(), [LOG_KEY]),
        _note_case(held, [key]),
    ]
    bad_line = note.SignatureLine(ORIGIN, LOG_KEY.key_id, bytes(64))
    whole = Note.parse(cosigned)
    bad = [
        (receipt[:-1], "malformed"),
        (receipt.replace(b"\n\n", b"\n", 1), "malformed"),
        (receipt.replace(b"\n", b"\r\n"), "malformed"),
        (receipt[:-2] + b"\n", "malformed"),
        (b"\x01" + receipt, "malformed"),
        (whole.text + b"\n", "malformed"),
        (Note(whole.text, (stranger,)).format(), "not-verified"),
        (Note(whole.text, (*whole.lines, bad_line)).format(), "not-verified"),
        (cosigned.replace(b"1000\n", b"1001\n", 1), "not-verified"),
        (whole.merge([_cosigned_late(whole.text)]).format(), "not-verified"),
    ]
    known = [key, LOG_KEY, WITNESS_KEY]
    wrong_cases = refused(bad, lambda data: note.open_note(data, known))
    for case in wrong_cases:
        case["keys"] = [one.vkey for one in known]
    return vector(good, wrong_cases)


def _cosigned_late(text: bytes) -> note.SignatureLine:
    """A witness's line that it signed for the second 2^63."""
    signed = WITNESS.sign(b"cosignature/v1\ntime %d\n%s" % (2**63, text))
    return note.SignatureLine(
        WITNESS_KEY.name, WITNESS_KEY.key_id, (2**63).to_bytes(8, "big") + signed
    )


def make_checkpoint() -> Case:
    """Checkpoint bodies; each size of the log whose entries are the decimals of their index."""
    root = codec.b64encode(bytes(range(32)))
    good = [
        {
            "origin": ORIGIN,
            "size": size,
            "root": _frontier(size).root().hex(),
            "vkey": LOG_KEY.vkey,
            "text": _checkpoint(size, cosigned=False).decode(),
        }
        for size in (0, *SIZES)
    ]
    bodies = [
        f"{ORIGIN}\n1\n",
        f"{ORIGIN}\n1\n{root}",
        f"{ORIGIN}\n01\n{root}\n",
        f"{ORIGIN}\n+1\n{root}\n",
        f"{ORIGIN}\n1_0\n{root}\n",
        f"{ORIGIN}\n\u0661\n{root}\n",
        f"{ORIGIN}\n{2**63}\n{root}\n",
        f"{ORIGIN}\n1\n{root[:-1]}\n",
        f"{ORIGIN}\n1\nAAAA\n",
        f"\n1\n{root}\n",
        f"a b\n1\n{root}\n",
        f"a+b\n1\n{root}\n",
        f"{ORIGIN}\n1\n{root}\n\n",
    ]
    bad = [(body.encode(), "malformed") for body in bodies]
    return vector(good, refused(bad, checkpoints.parse))


def make_tiles() -> Case:
    """Paths, and the SHA-256 of every file of small logs whose entries are decimals."""
    logs = []
    for size in SIZES:
        files = _files(size)
        digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
        logs.append({"size": size, "root": _frontier(size).root().hex(), "sha256": digests})
    numbers = [(0, 0, 256), (0, 999, 5), (1, 1000, 256), (2, 1_234_067, 255), (-1, 3, 232)]
    paths = [
        {"level": level, "n": n, "width": width, "path": tiles.Tile(level, n, width).path}
        for level, n, width in numbers
    ]
    bundle = {
        "entries": ["30", "", "3132"],
        "bundle": entry.encode_bundle([b"0", b"", b"12"]).hex(),
    }
    wrong = ["tile/0/0", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/8/000"]
    wrong += ["tile/00/000", "tile/0/000.p/01", "tile/0/1000", "tile/data/000"]
    bad = [(path.encode(), "malformed") for path in wrong]
    wrong_cases = refused(bad, lambda data: tiles.parse_path(data.decode()))
    return vector([*logs, *paths, bundle], wrong_cases)


def make_proofs() -> Case:
    """Inclusion and consistency proofs in the log of 1,000 decimals, and tlog-proof files."""
    files, root = _files(1000), _frontier(1000).root().hex()
    hashes = proofs.HashReader(_Reader(files), 1000)
    good: list[Case] = []
    for index in (0, 255, 256, 777, 999):
        found = proofs.inclusion_proof(index, 1000, hashes)
        text = proofs.TlogProof(index, tuple(found), _checkpoint(1000)).format().decode()
        leaf = entry.leaf_hash(b"%d" % index).hex()
        case: Case = {"index": index, "size": 1000, "leaf": leaf, "root": root}
        good.append({**case, "tlog_proof": text, "proof": [one.hex() for one in found]})
    for old in (1, 255, 256, 300, 999):
        found = proofs.consistency_proof(old, 1000, hashes)
        case = {"old_size": old, "old_root": _frontier(old).root().hex(), "new_size": 1000}
        good.append({**case, "new_root": root, "proof": [one.hex() for one in found]})
    text = str(good[3]["tlog_proof"])
    wrong = [
        text.replace("index 777", "index 0777"),
        text.replace("index 777", "index -777"),
        text.replace("@v1", "@v2"),
        text.replace("\n\n", "\n", 1),
        text.replace("zg=\n", "zg\n", 1),
        text.replace("index 777\n", "index 777\nextra AA==\n"),
    ]
    bad = [(one.encode(), "malformed") for one in wrong]
    changed = [text.replace("index 777", "index 778"), text.replace("\nB+seT", "\nC+seT")]
    bad += [(one.encode(), "not-verified") for one in changed]
    trust = policy.Policy.parse(_policy().encode())
    leaf_777 = entry.leaf_hash(b"777")
    wrong_cases = refused(bad, lambda data: proofs.TlogProof.parse(data).verify(leaf_777, trust))
    for case in wrong_cases:
        case.update(leaf=leaf_777.hex(), policy=_policy())
    return vector(good, wrong_cases)


def make_policy() -> Case:
    """Trust policies: what meets them, and what is none."""
    text = _policy()
    cosigned = [LOG_KEY.vkey, WITNESS_KEY.vkey]
    good: list[Case] = [
        {"text": text, "signed_by": cosigned, "meets": True},
        {"text": text, "signed_by": cosigned[:1], "meets": False},
        {"text": text, "signed_by": cosigned[1:], "meets": False},
        {"text": f"log {LOG_KEY.vkey}\nquorum none\n", "signed_by": cosigned[:1], "meets": True},
        {"text": _two(), "signed_by": [LOG_KEY.vkey], "meets": True},
        {"text": _two(), "signed_by": [OTHER_KEY.vkey], "meets": True},
        {"text": _two(), "signed_by": [LOG_KEY.vkey, OTHER_KEY.vkey], "meets": False},
    ]
    for case in good:
        signed_by = [NoteKey.parse(vkey) for vkey in case["signed_by"]]
        parsed = policy.Policy.parse(case["text"].encode())
        case["blocks"] = [
            {"key": one.key.vkey, "log": one.log_id or "", "roots": dict(one.roots)}
            for one in parsed.logs
        ]
        if policy.meets(parsed, signed_by) != case["meets"]:
            raise RuntimeError(f"not the answer to {case}")
    wrong = [
        "",
        "quorum none",
        "quorum w\n",
        "quorum none\nquorum none\n",
        text.replace("any", "2"),
        text.replace("any w1", "any w1 w1"),
        text.replace("quorum saksi", "quorum nobody"),
        text.replace("witness w1", "witness none"),
        text + f"log {LOG_KEY.vkey}\n",
        text + "#rekap log 5f\n",
        f"#rekap log {'5f' * 32}\n{text}",
        _two() + f"#rekap log {'5f' * 32}\n",
        _two() + f"#rekap root pilkada-2024 {'9a' * 16}\n",
    ]
    bad = [(one.encode(), "malformed") for one in wrong]
    return vector(good, refused(bad, policy.Policy.parse))


def _two() -> str:
    """Two blocks: both name the election, the second one an id of entry 0 of its own."""
    return (
        f"quorum none\nlog {LOG_KEY.vkey}\n#rekap root pilkada-2024 {'9a' * 16}\n# the other\n"
        f"log {OTHER_KEY.vkey}\n#rekap log {'77' * 32}\n#rekap root pilkada-2024 {'77' * 16}\n"
    )


class _Reader:
    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


def _frontier(size: int) -> Frontier:
    return Frontier().extend(entry.leaf_hash(b"%d" % number) for number in range(size))


def _files(size: int) -> dict[str, bytes]:
    empty = edge.Edge(0, (), ((),) * (tiles.MAX_LEVEL + 1))
    return edge.grow(empty, [b"%d" % number for number in range(size)])[0]


def _checkpoint(size: int, *, cosigned: bool = True) -> bytes:
    signed = checkpoints.sign_checkpoint(Checkpoint(ORIGIN, size, _frontier(size).root()), LOG)
    if not cosigned:
        return signed
    parsed = Note.parse(signed)
    line = note.cosign(parsed.text, WITNESS_KEY.name, WITNESS, TIME)
    return parsed.merge([line]).format()


def _policy() -> str:
    return (
        f"# golden\nlog {LOG_KEY.vkey} https://log.example/rekap/\n"
        f"#rekap log {'5f' * 32}\n#rekap root pilkada-2024 {'9a' * 16} {'77' * 16}\n"
        f"witness w1 {WITNESS_KEY.vkey}\ngroup saksi any w1\nquorum saksi\n"
    )


def _note_case(data: bytes, known: list[NoteKey]) -> Case:
    text, verified = note.open_note(data, known)
    keys_ = [key.vkey for key in known]
    return {"keys": keys_, "note": data.decode(), "text": text.decode(), "verified": len(verified)}
