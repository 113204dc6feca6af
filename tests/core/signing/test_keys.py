"""One fixed answer for every edge case of keys and signatures."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.core.signing import oracle
from tests.core.signing.passkey import SCOPE, Passkey

from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import keys
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Ed25519Signer, derive

VECTORS = Path(__file__).parents[2] / "vectors"
MESSAGE = b"DSSEv1 4 type 2 {}"


def accepts(check, *arguments) -> bool:
    try:
        check(*arguments)
    except NotVerified:
        return False
    return True


# ---------------------------------------------------------------- Ed25519


def test_the_answers_to_all_public_ed25519_vectors_are_fixed() -> None:
    """The same list binds the verifier in the browser."""
    fixed = json.loads((VECTORS / "ed25519-profile.json").read_text())
    cctv = [
        case["number"]
        for case in oracle.vectors("cctv-ed25519.json")
        if accepts(
            keys.verify_ed25519,
            bytes.fromhex(case["key"]),
            case["msg"].encode(),
            bytes.fromhex(case["sig"]),
        )
    ]
    speccheck = [
        number
        for number, case in enumerate(oracle.vectors("ed25519-speccheck.json"))
        if accepts(
            keys.verify_ed25519,
            bytes.fromhex(case["pub_key"]),
            bytes.fromhex(case["message"]),
            bytes.fromhex(case["signature"]),
        )
    ]
    assert (cctv, speccheck) == (fixed["cctv_accepted"], fixed["speccheck_accepted"])
    assert len(cctv) == 43


def test_no_accepted_vector_has_a_point_of_small_order_or_another_encoding() -> None:
    refused = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R"}
    fixed = json.loads((VECTORS / "ed25519-profile.json").read_text())
    for case in oracle.vectors("cctv-ed25519.json"):
        if case["number"] in fixed["cctv_accepted"]:
            assert not refused & set(case["flags"] or ())


def test_wycheproof_ed25519() -> None:
    for group in oracle.vectors("wycheproof-ed25519_test.json")["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            message, sig = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            want = case["result"] == "valid"
            assert accepts(keys.verify_ed25519, public, message, sig) == want, case["tcId"]


def test_refuses_every_encoding_of_a_small_order_point_as_key_and_as_r() -> None:
    """The oracle computes the eight points from the curve's equation."""
    assert len(oracle.SMALL) == 5
    signer = Ed25519Signer(bytes(32))
    good = signer.sign(MESSAGE)
    for y in oracle.SMALL:
        for encoded in (e for e in (y, y + oracle.P) if e < 2**255):
            for bit in (0, 1):
                point = (encoded | bit << 255).to_bytes(32, "little")
                with pytest.raises(Malformed):
                    keys.check_public(keys.ED25519, point)
                assert not accepts(keys.verify_ed25519, point, MESSAGE, good)
                assert not accepts(keys.verify_ed25519, signer.public, MESSAGE, point + good[32:])


def test_refuses_s_plus_the_group_order() -> None:
    signer = Ed25519Signer(bytes(32))
    good = signer.sign(MESSAGE)
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(good[32:], "little") + order
    assert accepts(keys.verify_ed25519, signer.public, MESSAGE, good)
    assert not accepts(
        keys.verify_ed25519, signer.public, MESSAGE, good[:32] + s.to_bytes(32, "little")
    )


@given(st.integers(0, 511))
def test_refuses_any_flipped_bit(bit: int) -> None:
    signer = derive("seed", "role")
    sig = bytearray(signer.sign(MESSAGE))
    sig[bit // 8] ^= 1 << bit % 8
    assert not accepts(keys.verify_ed25519, signer.public, MESSAGE, bytes(sig))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_refuses_keys_of_other_lengths(length: int) -> None:
    for alg in (keys.ED25519, keys.WEBAUTHN):
        with pytest.raises(Malformed):
            keys.check_public(alg, b"\x02" * length if length != 33 else b"\x05" * 33)
    assert not accepts(keys.verify_ed25519, bytes(length), MESSAGE, bytes(64))


def test_refuses_a_second_spelling_of_a_passkeys_point() -> None:
    """One key has one id: a point in 65 bytes would give the same person another one."""
    short = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), Passkey().key.public)
    long = short.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    with pytest.raises(Malformed):
        keys.check_public(keys.WEBAUTHN, long)


def test_refuses_signatures_of_other_lengths() -> None:
    signer = derive("seed", "role")
    good = signer.sign(MESSAGE)
    for sig in (b"", good[:63], good + b"\x00"):
        assert not accepts(keys.verify_ed25519, signer.public, MESSAGE, sig)
        assert not accepts(keys.verify_p256, Passkey().key.public, MESSAGE, sig)


def test_refuses_an_unknown_algorithm() -> None:
    with pytest.raises(Malformed):
        keys.check_public("rsa", bytes(32))
    key = keys.PublicKey("rsa", bytes(32))
    assert not accepts(keys.verify, key, MESSAGE, Signature(key.keyid, bytes(64)))


# ---------------------------------------------------------------- names and derivation


def test_a_key_is_named_by_algorithm_and_bytes() -> None:
    public = bytes(range(32))
    want = hashlib.sha256(b"ed25519\n" + public).hexdigest()[:32]
    assert keys.keyid(keys.ED25519, public) == keys.PublicKey(keys.ED25519, public).keyid == want
    assert keys.keyid(keys.WEBAUTHN, public) != want


def test_a_derived_key_is_hkdf_of_seed_and_role() -> None:
    """HKDF-SHA256 by RFC 5869 with an empty salt: one block is enough for 32 bytes."""
    import hmac

    extracted = hmac.new(bytes(32), b"rekap replay x", hashlib.sha256).digest()
    private = hmac.new(extracted, b"rekap/operator/1\x01", hashlib.sha256).digest()
    assert derive("rekap replay x", "operator/1").public == Ed25519Signer(private).public


# ---------------------------------------------------------------- P-256 and passkeys


def test_wycheproof_p256() -> None:
    name = "wycheproof-ecdsa_secp256r1_sha256_p1363_test.json"
    for group in oracle.vectors(name)["testGroups"]:
        point = bytes.fromhex(group["publicKey"]["uncompressed"])
        public = bytes((2 + (point[-1] & 1),)) + point[1:33]
        for case in group["tests"]:
            message, sig = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            want = case["result"] == "valid"
            assert accepts(keys.verify_p256, public, message, sig) == want, case["tcId"]


def test_takes_a_passkeys_signature() -> None:
    passkey = Passkey()
    keys.check_public(keys.WEBAUTHN, passkey.key.public)
    for options in (
        {},
        {"origin": "https://unggah.rekap.example"},
        {"flags": 0x1D},
        {"tail": b',"other_keys_can_be_added_here":"do not compare"'},
    ):
        keys.verify(passkey.key, MESSAGE, passkey.sign(MESSAGE, **options), SCOPE)


def test_takes_both_values_of_s() -> None:
    """Identity excludes the signature, so a second valid form of it does no harm."""
    passkey = Passkey()
    signature = passkey.sign(MESSAGE)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = order - int.from_bytes(signature.sig[32:], "big")
    sig = signature.sig[:32] + other.to_bytes(32, "big")
    keys.verify(passkey.key, MESSAGE, replace(signature, sig=sig), SCOPE)


@pytest.mark.parametrize(
    "options",
    [
        {"flags": 0x01},
        {"flags": 0x04},
        {"flags": 0x00},
        {"flags": 0x45},
        {"flags": 0x85},
        {"flags": 0x15},
        {"after": b"\x00"},
        {"rp_id": "other.example"},
        {"origin": "https://evil.example"},
        {"origin": "https://rekap.example.evil.example"},
        {"client_data": b""},
    ],
)
def test_refuses_a_passkeys_signature(options: dict) -> None:
    passkey = Passkey()
    signature = passkey.sign(MESSAGE, **options)
    assert not accepts(keys.verify, passkey.key, MESSAGE, signature, SCOPE)


def test_refuses_a_passkeys_signature_with_changed_parts() -> None:
    passkey = Passkey()
    good = passkey.sign(MESSAGE)
    other = Passkey(8).sign(MESSAGE)
    counted = good.authenticator_data[:-1] + b"\x01"
    for bad in (
        replace(good, sig=other.sig),
        replace(good, sig=bytes(64)),
        replace(good, authenticator_data=counted),
        replace(good, authenticator_data=None, client_data=None),
        replace(good, keyid=other.keyid),
        passkey.sign(MESSAGE + b"x"),
    ):
        assert not accepts(keys.verify, passkey.key, MESSAGE, bad, SCOPE)
    assert not accepts(keys.verify, passkey.key, MESSAGE, good, None)
    assert accepts(keys.verify, passkey.key, MESSAGE, good, SCOPE)


def test_the_algorithm_is_the_keys_never_the_signatures() -> None:
    signer, passkey = derive("seed", "role"), Passkey()
    key = keys.PublicKey(signer.alg, signer.public)
    raw = Signature(key.keyid, signer.sign(MESSAGE))
    keys.verify(key, MESSAGE, raw, SCOPE)
    for data, client_data in ((b"x", b"y"), (b"x", None), (None, b"y")):
        dressed = replace(raw, authenticator_data=data, client_data=client_data)
        assert not accepts(keys.verify, key, MESSAGE, dressed, SCOPE)
    undressed = Signature(passkey.key.keyid, passkey.sign(MESSAGE).sig)
    assert not accepts(keys.verify, passkey.key, MESSAGE, undressed, SCOPE)


def test_names_the_key_that_failed() -> None:
    signer = derive("seed", "role")
    key = keys.PublicKey(signer.alg, signer.public)
    with pytest.raises(NotVerified) as caught:
        keys.verify(key, MESSAGE, Signature(key.keyid, bytes(64)))
    assert caught.value.place == key.keyid


def test_a_point_off_the_curve_is_no_passkey() -> None:
    with pytest.raises(Malformed):
        keys.check_public(keys.WEBAUTHN, b"\x02" + b"\xff" * 32)
    assert not accepts(keys.verify_p256, b"\x02" + b"\xff" * 32, MESSAGE, b"\x01" * 64)
