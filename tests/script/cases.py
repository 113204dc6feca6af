"""Cases for the modules of the verifier in the browser, with what the Python profile answers.

Every vector that the Python tests use, as {"op": …, "want": …}; bytes are base64. `want` is what
`answers.mjs` must say: a value, "ok", or the code of the refusal.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.core.ledger.crowd import Crowd
from tests.core.ledger.realm import OTHER, Realm, grant, names
from tests.core.ledger.throng import Throng
from tests.core.ledger.world import World, signer
from tests.core.ledger.world import key as key_of
from tests.core.log.test_merkle import LEAVES, mth, proof
from tests.core.signing import oracle
from tests.core.signing.passkey import SCOPE, Passkey
from tests.core.statements import builders

from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import checkpoint as checkpoints
from rekap.core.log.entry import leaf_hash
from rekap.core.log.merkle import verify_consistency, verify_inclusion
from rekap.core.log.policy import Policy, meets
from rekap.core.log.proofs import TlogProof
from rekap.core.log.tiles import Tile, paths_for
from rekap.core.signing import envelope, keys, note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signature import Signature
from rekap.core.statements.schema import parse_statement
from rekap.portal.intake import receipt

VECTORS = Path(__file__).parents[1] / "vectors"
Case = dict[str, Any]
OTHER_NAMES = ((b"NaN", "not-json"), (b"Infinity", "not-json"), (b"\\ud800", "text"))
"""Refused by both; JavaScript's own parser meets another fault of the same bytes first."""

NOT_READ = {"no-new-signature", "accept", "higher-body"}
"""Why an entry is void by others that a page's evidence need not hold: pages tell it."""


def read(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def answer(ask: Callable[[], str]) -> str:
    """The value, or the code of the refusal: `NotVerified` has one code for all reasons."""
    try:
        return ask()
    except Malformed as error:
        return error.code
    except NotVerified:
        return "not-verified"


def every() -> list[Case]:
    makers = (
        texts, statements, envelopes, passkeys, client_data, ed25519, p256, notes, policies, proofs,
        trees, tiles, registers, receipts,
    )  # fmt: skip
    return [case for make in makers for case in make()]


def texts() -> Iterator[Case]:
    suite = [base64.b64decode(one["base64"]) for one in read("public/json-parsing")]
    own = [
        bytes.fromhex(one["bytes"])
        for part in ("cases", "refused")
        for one in read("statement")[part]
    ]
    own += [
        f'"{chr(point)}"'.encode() for point in range(0x20, 0x2100) if not 0xD800 <= point < 0xE000
    ]
    own += [
        b'{"__proto__":1}',
        b'{"a":{"a":1,"b":2},"b":"\\":"}',
        b'{"10":1,"9":2}',
        b'{"9":2,"10":1}',
    ]
    for data in [*suite, *own]:
        for nulls in (False, True):
            want = answer(
                lambda data=data, nulls=nulls: (codec.decode(data, nulls=nulls) and "ok") or "ok"
            )
            want = next((code for mark, code in OTHER_NAMES if mark in data), want)
            yield {"op": "json", "bytes": b64(data), "nulls": nulls, "want": want}
    for value in ({"a": -1, "\U00010000": None, "\ue000": [1]}, {"a": "\n\u2028\x7f"}, [2**53 - 1]):
        data = codec.encode_public(value)
        yield {"op": "public", "bytes": b64(data), "want": "ok"}
        yield {"op": "public", "bytes": b64(data[:-1]), "want": "not-canonical"}


MUTATIONS = 4_000


def statements() -> Iterator[Case]:
    """Payloads of every kind, and the same with one value changed, left out, added or moved."""
    draw = random.Random(11)
    own = [base64.b64decode(entry) for one in read("ledger")["cases"] for entry in one["entries"]]
    payloads = sorted({envelope.parse(entry).payload for entry in own if _is_envelope(entry)})
    kinds: dict[str, list[Any]] = {}
    for payload in payloads:
        yield _statement(payload)
        value = codec.decode(payload, nulls=True)
        kinds.setdefault(value.get("kind", "") if type(value) is dict else "", []).append(value)
    values = sorted({json.dumps(one) for known in kinds.values() for v in known for one in _of(v)})
    strange = [json.loads(one) for one in values] + STRANGE
    for _ in range(MUTATIONS):
        value = json.loads(json.dumps(draw.choice(kinds[draw.choice(sorted(kinds))])))
        for _ in range(draw.choice((1, 1, 2))):
            _mutate(draw, value, strange)
        yield _statement(codec.encode_again(value))


STRANGE: list[Any] = [
    None, True, False, 0, 1, 2, 99, 100, 999_999_999, "", "x", "id", "001", "000", "12345678", [],
    {}, "31", "31.71", "90.01.01", "90.01.01.1001", "90.02.01.1001", "2024-02-30", "0000-01-01",
    "2024-11-27T25:05:00+07:00", "2024-02-30T14:05:00+07:00", "a" * 64, "a" * 32, "A" * 43 + "=",
    "ed25519", "webauthn-es256", "localhost", "https://a.example", "summary", "c_hasil",
    "constructor", "d_hasil_kelurahan", "d_hasil_kecamatan", "saksi", "pemantau", "kpps", "ketua",
    "__proto__",
]  # fmt: skip


def _is_envelope(entry: bytes) -> bool:
    try:
        return bool(codec.decode(envelope.parse(entry).payload, nulls=True))
    except Malformed:
        return False


def _of(value: Any) -> Iterator[Any]:
    """Every value within a value that is no container of many."""
    if type(value) is dict or type(value) is list:
        for one in value.values() if type(value) is dict else value:
            yield from _of(one)
    yield value


def _mutate(draw: random.Random, value: Any, strange: list[Any]) -> None:
    """Change one place of a payload, whatever comes of it."""
    inner = [one for one in _of(value) if (type(one) is dict or type(one) is list) and one]
    if not inner:
        return
    part = draw.choice(inner)
    what, new = draw.randrange(5), deepcopy(draw.choice(strange))
    place = draw.choice(list(part)) if type(part) is dict else draw.randrange(len(part))
    if what == 0:
        part[place] = new
    elif what == 1 and type(part[place]) is int:
        part[place] += draw.choice((-1, 1))
    elif what == 2:
        del part[place]
    elif type(part) is dict:
        part[draw.choice(OPTIONAL)] = new
    elif what == 3:
        part.append(deepcopy(draw.choice(part)))
    else:
        draw.shuffle(part)


OPTIONAL = (
    "tps", "pair", "previous", "reason", "count", "children", "rows", "sheets", "names",
    "empty_column", "uploaders", "stations_in", "as_of_text", "policy", "part",
    "child", "text", "suspect_from", "accept", "explains", "fixed", "source", "source_forms",
    "margin", "population", "revision", "kind", "constructor", "__proto__", "registered",
    "bawaslu", "predecessor",
)  # fmt: skip


def _statement(payload: bytes) -> Case:
    try:
        parse_statement(payload)
    except Malformed:
        return {"op": "statement", "bytes": b64(payload), "want": "refused"}
    return {"op": "statement", "bytes": b64(payload), "want": "ok"}


def envelopes() -> Iterator[Case]:
    for one in read("envelope")["cases"]:
        data = one["envelope"].encode()
        parsed = envelope.parse(data)
        want = f"{one['id']} {one['leaf']} {b64(parsed.message)}"
        yield {"op": "envelope", "bytes": b64(data), "want": want}
        for key in one["keys"]:
            for fallback in (False, True):
                yield {
                    "op": "signature", "bytes": b64(data), "alg": key["alg"], "keyid": key["keyid"],
                    "key": b64(bytes.fromhex(key["public"])), "origins": one["origins"],
                    "rp_id": one["rp_id"], "fallback": fallback, "want": "ok",
                }  # fmt: skip
    for one in read("envelope")["refused"]:
        data = bytes.fromhex(one["bytes"])
        yield {"op": "envelope", "bytes": b64(data), "want": one["error"]}


def passkeys() -> Iterator[Case]:
    """Every binding of a passkey's signature, right and wrong."""
    key, message = Passkey(), b"DSSEv1 4 type 2 {}"
    good = key.sign(message)
    variants = [
        good,
        *(key.sign(message, flags=flags) for flags in range(256)),
        *(key.sign(message, tail=tail) for tail in (b',"x":1', b",", b"}")),
        key.sign(message, origin="https://rekap.example:444"),
        key.sign(message, origin="https://unggah.rekap.example"),
        key.sign(message, rp_id="example"),
        key.sign(message, after=b"\0"),
        key.sign(b"another message"),
        Passkey(8).sign(message),
        Signature(
            good.keyid,
            good.sig[:-1] + bytes((good.sig[-1] ^ 1,)),
            good.authenticator_data,
            good.client_data,
        ),
        Signature("0" * 32, good.sig, good.authenticator_data, good.client_data),
    ]
    for one in variants:
        yield _passkey(key.key.public, message, one, SCOPE)


def client_data() -> Iterator[Case]:
    """What browsers say with a passkey's signature, and each way in which parsers disagree."""
    vectors = read("client-data")
    public, message, data = (
        bytes.fromhex(vectors[name]) for name in ("public", "message", "authenticator_data")
    )
    scope = keys.WebAuthnScope(frozenset(vectors["origins"]), vectors["rp_id"])
    for part in ("cases", "refused"):
        for one in vectors[part]:
            sig, words = (bytes.fromhex(one[name]) for name in ("sig", "bytes"))
            own = Signature(vectors["keyid"], sig, data, words)
            case = _passkey(public, message, own, scope)
            assert case["want"] == ("ok" if part == "cases" else "not-verified"), one["what"]
            yield {**case, "what": one["what"]}


def _passkey(public: bytes, message: bytes, one: Signature, scope: keys.WebAuthnScope) -> Case:
    assert one.authenticator_data is not None
    assert one.client_data is not None
    key = keys.PublicKey(keys.WEBAUTHN, public)
    return {
        "op": "passkey", "key": b64(public), "keyid": one.keyid, "sig": b64(one.sig),
        "authenticatorData": b64(one.authenticator_data), "rp_id": scope.rp_id,
        "clientDataJSON": b64(one.client_data), "message": b64(message),
        "origins": sorted(scope.origins),
        "want": answer(lambda: keys.verify(key, message, one, scope) or "ok"),
    }  # fmt: skip


def ed25519() -> Iterator[Case]:
    for public, message, sig in oracle.edge_cases():
        want = answer(lambda p=public, m=message, s=sig: keys.verify_ed25519(p, m, s) or "ok")
        case = {
            "op": "ed25519",
            "key": b64(public),
            "message": b64(message),
            "sig": b64(sig),
            "want": want,
        }
        yield from ({**case, "fallback": fallback} for fallback in (False, True))


def p256() -> Iterator[Case]:
    for group in read("public/wycheproof-ecdsa_secp256r1_sha256_p1363_test")["testGroups"]:
        point = bytes.fromhex(group["publicKey"]["uncompressed"])
        public = bytes((2 + (point[-1] & 1),)) + point[1:33]
        for one in group["tests"]:
            message, sig = bytes.fromhex(one["msg"]), bytes.fromhex(one["sig"])
            want = answer(lambda p=public, m=message, s=sig: keys.verify_p256(p, m, s) or "ok")
            case = {
                "op": "p256",
                "key": b64(public),
                "message": b64(message),
                "sig": b64(sig),
                "want": want,
            }
            yield from ({**case, "fallback": fallback} for fallback in (False, True))
    key = Passkey()
    sig = key.sign(b"m").sig
    for public in (
        b"\x04" + key.key.public[1:],
        b"\x02" + b"\xff" * 32,
        b"\x02" + bytes(31) + b"\x04",
        b"",
    ):
        want = answer(lambda p=public: keys.verify_p256(p, b"m", sig) or "ok")
        yield {
            "op": "p256",
            "key": b64(public),
            "message": b64(b"m"),
            "sig": b64(sig),
            "want": want,
        }


def _opened(data: bytes, vkeys: list[str]) -> str:
    text, verified = note.open_note(data, [NoteKey.parse(vkey) for vkey in vkeys])
    return f"{b64(text)} {' '.join(key.vkey for key in verified)}"


def notes() -> Iterator[Case]:
    for part in ("cases", "refused"):
        for one in read("note")[part]:
            data = one["note"].encode() if "note" in one else bytes.fromhex(one["bytes"])
            want = answer(lambda d=data, k=one["keys"]: _opened(d, k))
            yield {"op": "note", "bytes": b64(data), "keys": one["keys"], "want": want}
    good = read("note")["cases"][1]
    for at, byte in _flips(good["note"].encode(), 200, seed=3):
        changed = bytearray(good["note"].encode())
        changed[at] = byte
        want = answer(lambda d=bytes(changed): _opened(d, good["keys"]))
        yield {"op": "note", "bytes": b64(changed), "keys": good["keys"], "want": want}
    bodies = [
        one["text"].partition("\n\n")[0].encode() + b"\n" for one in read("checkpoint")["cases"]
    ]
    bodies += [bytes.fromhex(one["bytes"]) for one in read("checkpoint")["refused"]]
    bodies += [
        b"a\n1\n" + b64(bytes(32)).encode() + b"\n" + tail for tail in (b"more\n", b"\x01\n", b"\n")
    ]
    for body in bodies:

        def ask(body: bytes = body) -> str:
            made = checkpoints.parse(body)
            return f"{made.origin} {made.size} {made.root.hex()}"

        yield {"op": "checkpoint", "bytes": b64(body), "want": answer(ask)}
    vkey = good["keys"][0]
    for text in (
        vkey, vkey[:-1], vkey + "=", vkey.replace("+c126", "+c127"), vkey.upper(), "",
        vkey.replace("example", "exam ple"), "+".join(("a\u2003b", *vkey.split("+")[1:])),
    ):  # fmt: skip
        want = answer(lambda t=text: (NoteKey.parse(t) and "ok") or "")
        yield {"op": "vkey", "text": text, "want": want}


def receipts() -> Iterator[Case]:
    """A promise is of these bytes, of this statement, and of a minute."""
    payload = builders.encode(builders.publication())
    entry, other = (envelope.sign(payload, [signer(role)]) for role in ("one", "other"))
    origin, own = "rekap.example/log", envelope.parse(entry).id
    key = NoteKey.of(receipt.key_name(origin), note.ED25519, signer("receipt").public)
    for signed, id, later in (
        (entry, own, 60), (other, own, 60), (entry, "0" * 64, 60), (entry, own, 61),
        (entry, own, 10**11), (entry, own, 59),
    ):  # fmt: skip
        text = receipt.Receipt(origin, leaf_hash(signed).hex(), id, 100, 100 + later).text()
        data = note.sign(text, receipt.key_name(origin), signer("receipt"))
        want = "receipt"
        with suppress(Malformed):
            told = receipt.open_receipt(data, [key])
            want = str((told.leaf, told.id) == (leaf_hash(entry).hex(), own)).lower()
        yield {
            "op": "receipt", "bytes": b64(data), "key": key.vkey, "entry": b64(entry), "want": want,
        }  # fmt: skip


def policies() -> Iterator[Case]:
    good = read("policy")["cases"]
    texts = [(one["text"].encode(), one["signed_by"]) for one in good]
    texts += [(bytes.fromhex(one["bytes"]), []) for one in read("policy")["refused"]]
    first, signed = texts[0]
    texts += [(first + tail, signed) for tail in (
        b"# \xff\xfe\n", b"\t \n", b"#rekap log 00\n", b"#rekap root x\n", b"#rekap\n",
        b"#rekap other\n", b"\x7f\n", b"group g 2 w1\n",
        b"witness \xff " + first.split(b" ")[9] + b"\n",
    )]  # fmt: skip
    lines = first.splitlines(keepends=True)
    texts += [(b"".join(lines[:at] + lines[at + 1 :]), signed) for at in range(len(lines))]
    texts += [(b"".join([*lines[:at], line, *lines[at:]]), signed) for at, line in enumerate(lines)]
    for data, by in texts:

        def ask(data: bytes = data, by: list[str] = by) -> str:
            return str(meets(Policy.parse(data), [NoteKey.parse(v) for v in by])).lower()

        yield {"op": "policy", "bytes": b64(data), "signed": by, "want": answer(ask)}


def _proved(data: bytes, leaf: bytes, policy: bytes) -> str:
    parsed = TlogProof.parse(data)
    return f"{parsed.index} of {parsed.verify(leaf, Policy.parse(policy)).size}"


def proofs() -> Iterator[Case]:
    vectors = read("proofs")
    policy = read("policy")["cases"][0]["text"].encode()
    for one in vectors["cases"]:
        if "tlog_proof" in one:
            data, leaf = one["tlog_proof"].encode(), bytes.fromhex(one["leaf"])
            yield {"op": "proof", "bytes": b64(data), "leaf": b64(leaf), "policy": b64(policy),
                   "want": answer(lambda d=data, x=leaf: _proved(d, x, policy))}  # fmt: skip
    for one in vectors["refused"]:
        data, leaf = bytes.fromhex(one["bytes"]), bytes.fromhex(one["leaf"])
        rule = one["policy"].encode()
        yield {"op": "proof", "bytes": b64(data), "leaf": b64(leaf), "policy": b64(rule),
               "want": answer(lambda d=data, x=leaf, r=rule: _proved(d, x, r))}  # fmt: skip
    good = next(one for one in vectors["cases"] if one.get("index") == 777)
    data, leaf = good["tlog_proof"].encode(), bytes.fromhex(good["leaf"])
    for at, byte in _flips(data, 300, seed=5):
        changed = bytes((*data[:at], byte, *data[at + 1 :]))
        yield {"op": "proof", "bytes": b64(changed), "leaf": b64(leaf), "policy": b64(policy),
               "want": answer(lambda d=changed: _proved(d, leaf, policy))}  # fmt: skip


def trees() -> Iterator[Case]:
    public = read("public/merkle-proofs")
    for one in public["inclusion"]:
        leaf, root = (base64.b64decode(one[name] or "") for name in ("leafHash", "root"))
        path = [base64.b64decode(step) for step in one["proof"] or ()]
        want = answer(
            lambda o=one, x=leaf, r=root, p=path: (
                verify_inclusion(index=o["leafIdx"], size=o["treeSize"], leaf=x, proof=p, root=r)
                or "ok"
            )
        )
        yield {"op": "inclusion", "index": str(one["leafIdx"]), "size": str(one["treeSize"]),
               "leaf": b64(leaf), "root": b64(root), "proof": list(map(b64, path)),
               "want": want}  # fmt: skip
    for one in public["consistency"]:
        old, new = (base64.b64decode(one[name] or "") for name in ("root1", "root2"))
        path = [base64.b64decode(step) for step in one["proof"] or ()]
        want = answer(
            lambda o=one, a=old, b=new, p=path: (
                verify_consistency(
                    old_size=o["size1"], old_root=a, new_size=o["size2"], new_root=b, proof=p
                )
                or "ok"
            )
        )
        yield {"op": "consistency", "old_size": str(one["size1"]), "new_size": str(one["size2"]),
               "old_root": b64(old), "new_root": b64(new), "proof": list(map(b64, path)),
               "want": want}  # fmt: skip
    for size in (1, 2, 3, 7, 8, 200, 299):
        for old in range(1, size, max(1, size // 9)):
            path = proof(old, 0, size)
            yield {"op": "consistency", "old_size": str(old), "new_size": str(size), "want": "ok",
                   "old_root": b64(mth(0, old)), "new_root": b64(mth(0, size)),
                   "proof": list(map(b64, path))}  # fmt: skip


def tiles() -> Iterator[Case]:
    for one in read("tiles")["cases"]:
        if "path" in one and one["level"] >= 0:
            yield {"op": "tile", "level": one["level"], "n": str(one["n"]), "width": one["width"],
                   "want": one["path"]}  # fmt: skip
    assert Tile(0, 0, 1).path == "tile/0/000.p/1"
    for size in (1, 2, 255, 256, 257, 300):
        files = {
            f"log/{path}": b64(_tile(path)) for path in paths_for(size) if "entries" not in path
        }
        for old in {1, size // 2, size - 1, 255, 256} & set(range(1, size)):
            want = " ".join(map(b64, proof(old, 0, size)))
            yield {"op": "grown", "files": files, "size": str(size), "old": str(old), "want": want}
    full = {"log/tile/0/000": b64(b"".join(LEAVES[:256]))}
    want = " ".join(map(b64, proof(100, 0, 200)))
    yield {"op": "grown", "files": full, "size": "200", "old": "100", "want": want}
    yield {"op": "grown", "files": {}, "size": "200", "old": "100", "want": "missing"}


def _tile(path: str) -> bytes:
    from rekap.core.log.tiles import parse_path

    tile = parse_path(path)
    span = 256**tile.level
    first = tile.n * 256
    return b"".join(mth(at * span, (at + 1) * span) for at in range(first, first + tile.width))


def registers() -> Iterator[Case]:
    """Whole logs entry by entry, random ones too, and first entries that are void."""
    crowds = [
        *(Crowd(seed, 100) for seed in (1_004, 1_005)),
        *(Throng(seed, 90) for seed in range(3)),
    ]
    for one in (*read("ledger")["cases"], *(crowd.case() for crowd in crowds), *strange_logs()):
        first = one["verdicts"][0]["void_reason"]
        if first == "policy":  # by it no proof is met: the evidence says so, not the register
            continue
        number = 1 if first else len(one["entries"])
        wanted = " ".join(map(_registered, one["verdicts"][:number]))
        unread = [v["void_reason"] for v in one["verdicts"] if v["void_reason"] in NOT_READ]
        yield {"op": "register", "entries": one["entries"][:number], "want": wanted,
               "unread": unread}  # fmt: skip


def strange_logs() -> Iterator[Case]:
    """Logs in which one entry breaks two rules, or comes between those of another statement."""
    realm = Realm()
    own = next(one for one in map(_payload, realm.entries) if one["kind"] == "election")
    for fill in (_two_beginnings, _taken_roots, _papers):
        log = realm.fork()
        fill(log, own)
        yield _read(log)
    yield _read(_unlisted_above())


def _payload(entry: bytes) -> dict[str, Any]:
    payload: dict[str, Any] = codec.decode(envelope.parse(entry).payload, nulls=True)
    return payload


def _read(log: World) -> Case:
    records = map(log.state.entry, range(log.state.size))
    verdicts = [{"status": one["status"], "void_reason": one.get("why")} for one in records]
    return {"entries": list(map(b64, log.entries)), "verdicts": verdicts}


def _two_beginnings(log: World, own: dict[str, Any]) -> None:
    """Revision 1 of an election waits while another of the same name begins with other roots."""
    first, second = (
        {**own, "election": "baru", "roots": {"kpu": builders.keyset(*map(key_of, roots), k=k)}}
        for roots, k in ((["lama-1"], 1), (["baru-1", "baru-2"], 2))
    )
    operators = ("operator-1", "operator-2")
    log.add(first, "lama-1")
    log.add(second, "baru-1", "baru-2", *operators)
    for role in (*operators, "baru-1", "lama-1", "baru-2"):
        log.add(first, role)


def _taken_roots(log: World, own: dict[str, Any]) -> None:
    """A root that is somebody's already, in revisions that are none for another reason too."""
    taken = builders.keyset(*map(key_of, ("kpu-1", "kpu-2", "ppk-90.01.01-1")), k=2)
    known = next(one for one in log.entries if _payload(one)["kind"] == "election")
    first = envelope.parse(known).id
    for revision, previous, date in (
        (2, "0" * 64, own["date"]), (3, first, own["date"]), (2, first, "2024-11-28"),
        (2, first, own["date"]),
    ):  # fmt: skip
        again = {**own, "revision": revision, "previous": previous, "date": date}
        again["roots"] = {**own["roots"], "kpu": taken}
        log.add(again, "kpu-1", "kpu-2", "operator-1", "operator-2")


def _papers(log: World, own: dict[str, Any]) -> None:
    """A response names the form of another election that calls its contest the same, another one
    that nobody wrote; copies have a pair that is none, of places that no roster names.
    """
    region = "90.01.01.1001"
    alien = builders.form(election=OTHER, region=region, tps="001")
    paper = log.add(alien, *names(f"lain-kpps-{region}-001"))
    said = builders.recommendation(body="bawaslu_kabko", region="90.01")
    to = log.add(said, *names("pengawas", 2))
    for named in (paper, builders.hex_id("nowhere")):
        log.add(builders.response(to=to, paper=named), *names("ppk-90.01.01", 2))
    for place in ({"region": "90.01.01.1009", "tps": "001"}, {"region": region, "tps": "009"}):
        log.add(builders.copy(**place, figures={"pair_9": 1}), "saksi-kec-1")


def _unlisted_above() -> World:
    """The country names a kabko itself: a body of the provinsi has no place there."""
    log = World()
    log.open()
    roots = {"kpu": builders.keyset(key_of("kpu")), "bawaslu": builders.keyset(key_of("bawaslu"))}
    contest = builders.contest(id="bupati-90.01", office="regent", region="90.01")
    log.add(builders.election(contests=[contest], roots=roots), "kpu", "operator/1")
    log.add(builders.roster("id", children=[builders.child("90.01")]), "kpu")
    log.add(builders.roster("90.01", children=[builders.child("90.01.01")]), "kpu")
    for body, region in (("bawaslu_prov", "90"), ("bawaslu_kabko", "90.01")):
        log.add(grant(body, region, names(body)), "bawaslu")
        about: Case = {"contest": "bupati-90.01", "body": body, "region": region}
        about["places"] = [{"region": "90.01.01"}]
        for to in ({"body": "kpu_kabko", "region": "90.01"}, {"body": "kpu_prov", "region": "90"}):
            log.add(builders.recommendation(**about, to=to, number=to["body"]), *names(body, 2))
    return log


def _registered(verdict: Case) -> str:
    reason = verdict["void_reason"]
    if reason is None or reason in NOT_READ:
        return "waiting" if verdict["status"] == "waiting" else "effective"
    return {"unreadable": "envelope", "not-first": "log"}.get(reason, reason)


def _flips(data: bytes, count: int, seed: int) -> Iterator[tuple[int, int]]:
    draw = random.Random(seed)
    for _ in range(count):
        at = draw.randrange(len(data))
        yield at, data[at] ^ (1 << draw.randrange(8))
