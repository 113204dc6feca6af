"""Write the golden vectors of our formats, with fixed keys and a fixed clock.

    python scripts/make_vectors.py [--to tests/vectors]

Each file says what it is and holds cases: inputs with the bytes they must give, or bytes with the
code of the error they must cause. A vector is never edited by hand; a changed one is a changed
format. Keys: the log's private key is the bytes 00…1f, the witness's 20…3f, others come from the
public seed `rekap vectors`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rekap import codec
from rekap.cli.officials.keys import enrolment, keyfile
from rekap.cli.officials.keys.enrolment import Enrolment
from rekap.errors import Malformed, NotVerified
from rekap.log import checkpoint as checkpoints
from rekap.log import edge, entry, policy, proofs, tiles
from rekap.log.checkpoint import Checkpoint
from rekap.log.merkle import Frontier
from rekap.signing import envelope, keys, note
from rekap.signing.note import Note, NoteKey
from rekap.signing.signer import Ed25519Signer, derive, derive_private
from scripts import ledger_vectors

Case = dict[str, Any]

ORIGIN = "log.example/rekap"
TIME = 1_767_225_600
LOG = Ed25519Signer(bytes(range(32)))
WITNESS = Ed25519Signer(bytes(range(32, 64)))
RECEIPT = derive("rekap vectors", "receipt")
LOG_KEY = NoteKey.of(ORIGIN, note.ED25519, LOG.public)
WITNESS_KEY = NoteKey.of("saksi.example/w1", note.COSIGNATURE, WITNESS.public)
SIGNERS = [derive("rekap vectors", f"role/{number}") for number in range(3)]
SIZES = (1, 2, 3, 255, 256, 257, 1000)


def make_statement() -> Case:
    """Canonical JSON: values and their only bytes; bytes that are refused."""
    values: list[Any] = [
        {},
        [],
        {"b": 1, "a": [True, False, 0, 999_999_999]},
        {"name": 'Kel. "Méndut" \\ – Rawa’', "z": {"y": {"x": [[]]}}},
    ]
    bad = [
        (b"", "not-json"),
        (b"{} ", "not-canonical"),
        (b'{"b":1,"a":2}', "not-canonical"),
        (b'{"a":1,"a":1}', "duplicate-key"),
        (b'{"a":"\\u0041"}', "not-canonical"),
        (b'{"a":"\\n"}', "text"),
        (b"[1.0]", "number"),
        (b"[-1]", "number"),
        (b"[1000000000]", "number"),
        (b"[null]", "null"),
        (b"[" * 9 + b"]" * 9, "depth"),
        ('["e\u0301"]'.encode(), "text"),
        (b'["\xff"]', "not-json"),
    ]
    good = [{"value": value, "bytes": codec.encode(value).hex()} for value in values]
    return _file(good, _refused(bad, codec.decode))


def make_envelope() -> Case:
    """Envelopes of raw keys and a passkey: payload, keys, bytes, statement id, leaf hash."""
    payload = codec.encode({"at": "2024-11-27T14:05:00+07:00", "kind": "close", "log": ORIGIN})
    raw = envelope.sign(payload, SIGNERS)
    parsed = envelope.parse(raw)
    passkey, signature = _passkey(parsed.message)
    mixed = tuple(sorted((*parsed.signatures, signature), key=lambda one: one.keyid))
    public = [{"alg": s.alg, "keyid": s.keyid, "public": s.public.hex()} for s in SIGNERS]
    good: list[Case] = [_envelope_case(raw, public)]
    good.append(
        _envelope_case(envelope.serialize(envelope.Envelope(payload, mixed)), [*public, passkey])
    )
    value = json.loads(raw)
    value["signatures"].reverse()
    unsorted = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    bad = [
        (raw + b"\n", "not-canonical"),
        (raw.replace(b":", b": ", 1), "not-canonical"),
        (unsorted, "signature-order"),
        (raw.replace(b"vnd.rekap", b"vnd.other"), "envelope"),
        (raw.replace(b'{"payload"', b'{"a":1,"payload"'), "envelope"),
        (raw.replace(b'=="},', b'"},', 1), "base64"),
        (b"{}", "envelope"),
    ]
    return _file(good, _refused(bad, envelope.parse))


def make_note() -> Case:
    """Signed notes: a receipt, a cosigned checkpoint, lines of strangers; notes to refuse."""
    lines = (f"{ORIGIN}/receipt", codec.b64encode(bytes(range(32))), "5f" * 32, TIME, TIME + 60)
    text = "".join(f"{line}\n" for line in lines).encode()
    key = NoteKey.of(f"{ORIGIN}/receipt", note.ED25519, RECEIPT.public)
    receipt = note.sign(text, key.name, RECEIPT)
    cosigned = _checkpoint(1000)
    stranger = note.SignatureLine(ORIGIN, b"\x00\x01\x02\x03", bytes(64))
    good = [
        _note_case(receipt, [key]),
        _note_case(cosigned, [LOG_KEY, WITNESS_KEY]),
        _note_case(Note.parse(cosigned).merge([stranger]).format(), [LOG_KEY]),
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
    ]
    known = [key, LOG_KEY, WITNESS_KEY]
    refused = _refused(bad, lambda data: note.open_note(data, known))
    for case in refused:
        case["keys"] = [one.vkey for one in known]
    return _file(good, refused)


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
    return _file(good, _refused(bad, checkpoints.parse))


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
    refused = _refused(bad, lambda data: tiles.parse_path(data.decode()))
    return _file([*logs, *paths, bundle], refused)


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
    refused = _refused(bad, lambda data: proofs.TlogProof.parse(data).verify(leaf_777, trust))
    for case in refused:
        case.update(leaf=leaf_777.hex(), policy=_policy())
    return _file(good, refused)


def make_policy() -> Case:
    """Trust policies: what meets them, and what is none."""
    text = _policy()
    cosigned = [LOG_KEY.vkey, WITNESS_KEY.vkey]
    good: list[Case] = [
        {"text": text, "signed_by": cosigned, "meets": True},
        {"text": text, "signed_by": cosigned[:1], "meets": False},
        {"text": text, "signed_by": cosigned[1:], "meets": False},
        {"text": f"log {LOG_KEY.vkey}\nquorum none\n", "signed_by": cosigned[:1], "meets": True},
    ]
    for case in good:
        signed_by = [NoteKey.parse(vkey) for vkey in case["signed_by"]]
        if policy.meets(policy.Policy.parse(case["text"].encode()), signed_by) != case["meets"]:
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
    ]
    bad = [(one.encode(), "malformed") for one in wrong]
    return _file(good, _refused(bad, policy.Policy.parse))


def make_enrolment() -> Case:
    """Enrolments of a raw key and a passkey: what is signed, the line; lines that are refused."""
    election = "pilkada-2024"
    made = [enrolment.enrol(ORIGIN, election, SIGNERS[0])]
    private = derive_private_key(20241127, SECP256R1()).public_key()
    public = private.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    passkey = keys.PublicKey(keys.WEBAUTHN, public)
    _, proof = _passkey(enrolment.message(ORIGIN, election, passkey))
    made.append(Enrolment(ORIGIN, election, passkey, proof))
    scope = keys.WebAuthnScope(frozenset({"https://rekap.example"}), "rekap.example")
    for one in made:
        one.verify(scope)
    words = made[0].line.split(" ")

    def other(at: int, word: str) -> bytes:
        return " ".join([*words[:at], word, *words[at + 1 :]]).encode()

    bad = [
        (b"", "enrolment"),
        (made[0].line.encode() + b"\n", "enrolment"),
        (other(0, "rekap-pendaftaran/2"), "enrolment"),
        (other(1, "Log.example/rekap"), "enrolment"),
        (other(1, "other.example/log"), "not-verified"),
        (other(2, "pilkada-2029"), "not-verified"),
        (other(2, "-pilkada"), "id"),
        (other(3, "none"), "algorithm"),
        (other(4, codec.b64encode(SIGNERS[1].public)), "not-verified"),
        (other(4, codec.b64encode(bytes(32))), "public-key"),
        (other(5, codec.b64encode(SIGNERS[1].sign(made[0].message))), "not-verified"),
        (other(5, words[5].rstrip("=")), "base64"),
    ]
    cases = [
        {"line": one.line, "message": one.message.decode(), "keyid": one.public.keyid}
        for one in made
    ]
    return _file(cases, _refused(bad, lambda line: Enrolment.parse(line.decode()).verify(scope)))


def make_keyfile() -> Case:
    """Key files with a fixed salt and iv: private key, passphrase, text; texts that are refused."""
    salt, iv, passphrase = bytes(range(16)), bytes(range(16, 32)), "rekap vectors"
    private = [derive_private("rekap vectors", f"role/{number}") for number in range(2)]
    made = [
        keyfile.serialize(private[0], passphrase, salt, iv),
        keyfile.serialize(private[1], passphrase, salt, iv, "role/1"),
    ]
    first = made[0].decode()
    spare = first.replace(first.split("\n")[3], made[1].decode().split("\n")[3])
    bad = [
        (made[0][:-1], "key-file"),
        (made[0] + b"\n", "key-file"),
        (first.replace("rekap-kunci 1", "rekap-kunci 2").encode(), "key-file"),
        (spare.encode(), "key-file"),
        (first.replace("MIGk", "MIGl").encode(), "cipher"),
    ]
    cases = [
        {"file": data.decode(), "passphrase": passphrase, "private": one.hex(), "keyid": opened}
        for data, one in zip(made, private, strict=True)
        if (opened := keyfile.KeyFile.parse(data).open(passphrase).keyid)
    ]
    return _file(cases, _refused(bad, keyfile.KeyFile.parse))


def make_ledger() -> Case:
    """Small logs: entries in base64, what becomes of each, heads of slots, sums, and a story."""
    return {"cases": ledger_vectors.make()}


MAKERS: dict[str, Callable[[], Case]] = {
    "statement": make_statement,
    "envelope": make_envelope,
    "note": make_note,
    "checkpoint": make_checkpoint,
    "tiles": make_tiles,
    "proofs": make_proofs,
    "policy": make_policy,
    "enrolment": make_enrolment,
    "keyfile": make_keyfile,
    "ledger": make_ledger,
}


def render() -> dict[str, bytes]:
    """Return every vector file by its name."""
    files = {}
    for name, make in MAKERS.items():
        value = {"description": (make.__doc__ or "").strip(), **make()}
        files[f"{name}.json"] = json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"
    return files


def main(arguments: list[str] | None = None) -> int:
    """Write the files; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=Path("tests/vectors"), metavar="FOLDER")
    folder = parser.parse_args(arguments).to
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in render().items():
        (folder / name).write_bytes(data)
    return 0


class _Reader:
    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


def _file(good: Iterable[Case], refused: Iterable[Case]) -> Case:
    return {"cases": list(good), "refused": list(refused)}


def _refused(bad: Iterable[tuple[bytes, str]], parse: Callable[[bytes], object]) -> list[Case]:
    """Return the cases, after making sure that each is refused with its code."""
    cases = []
    for data, want in bad:
        try:
            parse(data)
            found = "accepted"
        except Malformed as error:
            found = want if want == "malformed" else error.code
        except NotVerified:
            found = "not-verified"
        if found != want:
            raise RuntimeError(f"{data[:60]!r}: {found}, want {want}")
        cases.append({"bytes": data.hex(), "error": want})
    return cases


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
        f"witness w1 {WITNESS_KEY.vkey}\ngroup saksi any w1\nquorum saksi\n"
        f"#rekap log {'5f' * 32}\n#rekap root pilkada-2024 {'9a' * 16} {'77' * 16}\n"
    )


def _note_case(data: bytes, known: list[NoteKey]) -> Case:
    text, verified = note.open_note(data, known)
    keys_ = [key.vkey for key in known]
    return {"keys": keys_, "note": data.decode(), "text": text.decode(), "verified": len(verified)}


def _envelope_case(data: bytes, public: list[Case]) -> Case:
    parsed = envelope.parse(data)
    by_id = {
        case["keyid"]: keys.PublicKey(case["alg"], bytes.fromhex(case["public"])) for case in public
    }
    scope = keys.WebAuthnScope(frozenset({"https://rekap.example"}), "rekap.example")
    for signature in parsed.signatures:
        keys.verify(by_id[signature.keyid], parsed.message, signature, scope)
    return {
        "envelope": data.decode(),
        "id": parsed.id,
        "keys": public,
        "leaf": entry.leaf_hash(data).hex(),
        "origins": sorted(scope.origins),
        "payload": parsed.payload.decode(),
        "rp_id": scope.rp_id,
    }


def _passkey(message: bytes) -> tuple[Case, envelope.Signature]:
    """Return a passkey and its signature with the nonce of RFC 6979: the same at every run."""
    private = derive_private_key(20241127, SECP256R1())
    public = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    challenge = codec.b64encode(hashlib.sha256(message).digest()).rstrip("=")
    challenge = challenge.replace("+", "-").replace("/", "_")
    client_data = (
        f'{{"type":"webauthn.get","challenge":"{challenge}",'
        '"origin":"https://rekap.example","crossOrigin":false}'
    ).encode()
    data = hashlib.sha256(b"rekap.example").digest() + b"\x05" + bytes(4)
    signed = data + hashlib.sha256(client_data).digest()
    r, s = decode_dss_signature(private.sign(signed, ECDSA(SHA256(), deterministic_signing=True)))
    sig = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    keyid = keys.keyid(keys.WEBAUTHN, public)
    case = {"alg": keys.WEBAUTHN, "keyid": keyid, "public": public.hex()}
    return case, envelope.Signature(keyid, sig, data, client_data)


if __name__ == "__main__":
    sys.exit(main())
