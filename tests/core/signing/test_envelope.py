"""One spelling of an envelope; two names: of the statement and of the entry."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.signing.passkey import Passkey

from rekap.core.errors import Malformed
from rekap.core.signing import envelope as envelopes
from rekap.core.signing.envelope import PAYLOAD_TYPE, Envelope
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import derive

PAYLOAD = b'{"kind":"close"}'
SIGNERS = [derive("seed", f"role/{n}") for n in range(3)]


def signed() -> bytes:
    return envelopes.sign(PAYLOAD, SIGNERS)


def rewritten(change) -> bytes:
    """The envelope's JSON with a change, written as canonically as a careful forger could."""
    value = json.loads(signed())
    value = change(value) or value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_the_encoding_that_is_signed_is_that_of_dsse() -> None:
    want = b"DSSEv1 39 application/vnd.rekap.statement.v1+json 16 " + PAYLOAD
    assert envelopes.pae(PAYLOAD) == want
    assert len(PAYLOAD_TYPE) == 39
    parsed = envelopes.parse(signed())
    assert parsed.message == want
    assert parsed.id == envelopes.statement_id(PAYLOAD) == hashlib.sha256(want).hexdigest()


def test_round_trip() -> None:
    data = signed()
    parsed = envelopes.parse(data)
    assert envelopes.serialize(parsed) == data
    assert parsed.payload == PAYLOAD
    assert [s.keyid for s in parsed.signatures] == sorted(s.keyid for s in SIGNERS)
    assert json.loads(data)["payloadType"] == PAYLOAD_TYPE


def test_round_trip_with_passkeys() -> None:
    parsed = envelopes.parse(signed())
    passkey = Passkey().sign(parsed.message)
    both = Envelope(PAYLOAD, tuple(sorted((*parsed.signatures, passkey), key=lambda s: s.keyid)))
    assert envelopes.parse(envelopes.serialize(both)) == both


SIGNATURES = st.builds(
    Signature,
    st.text("0123456789abcdef", min_size=32, max_size=32),
    st.binary(min_size=1, max_size=80),
)
PARTS = st.binary(min_size=1, max_size=60)


@given(
    st.binary(min_size=1, max_size=400),
    st.lists(SIGNATURES, min_size=1, max_size=4, unique_by=lambda s: s.keyid),
    st.one_of(st.none(), st.tuples(PARTS, PARTS)),
)
def test_what_is_written_is_read(payload, signatures, passkey) -> None:
    if passkey:
        first = signatures[0]
        signatures[0] = Signature(first.keyid, first.sig, *passkey)
    value = Envelope(payload, tuple(sorted(signatures, key=lambda s: s.keyid)))
    assert envelopes.parse(envelopes.serialize(value)) == value


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_another_envelope(at: int, change: int) -> None:
    data = bytearray(signed())
    data[at % len(data)] ^= change
    try:
        parsed = envelopes.parse(bytes(data))
    except Malformed:
        return
    assert parsed != envelopes.parse(signed())
    assert envelopes.serialize(parsed) == data


@given(st.binary(max_size=300))
def test_any_bytes_give_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        envelopes.parse(data)


def swap(value):
    value["signatures"].reverse()


def twice(value):
    value["signatures"].insert(0, value["signatures"][0])


def upper(value):
    value["signatures"][0]["keyid"] = value["signatures"][0]["keyid"].upper()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (swap, "signature-order"),
        (twice, "signature-order"),
        (upper, "envelope"),
        (lambda v: v.update(signatures=[]), "envelope"),
        (lambda v: v.update(signatures={}), "envelope"),
        (lambda v: v.update(extra=1), "envelope"),
        (lambda v: v.pop("payload") and None, "envelope"),
        (lambda v: v.update(payload=""), "envelope"),
        (lambda v: v.update(payload=7), "envelope"),
        (lambda v: v.update(payloadType="application/json"), "envelope"),
        (lambda v: v.update(payloadType=PAYLOAD_TYPE.upper()), "envelope"),
        (lambda v: v["signatures"][0].update(keyid=None), "null"),
        (lambda v: v["signatures"][0].pop("keyid") and None, "envelope"),
        (lambda v: v["signatures"][0].update(sig=""), "envelope"),
        (lambda v: v["signatures"][0].update(extra="x"), "envelope"),
        (lambda v: v["signatures"][0].update(clientDataJSON="e30="), "envelope"),
        (lambda v: v["signatures"][0].update(authenticatorData="e30="), "envelope"),
        (lambda v: v["signatures"].insert(0, "x"), "envelope"),
        (lambda v: v["signatures"][0].update(sig="AB=="), "base64"),
        (lambda v: v["signatures"][0].update(sig="A"), "base64"),
        (lambda v: v.update(payload="e30"), "base64"),
        (lambda v: v.update(payload="_-8="), "envelope"),
        (lambda v: [v], "envelope"),
        (lambda v: "x", "envelope"),
    ],
)
def test_refuses(change, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        envelopes.parse(rewritten(change))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d + b"\n", "not-canonical"),
        (lambda d: b" " + d, "not-canonical"),
        (lambda d: d.replace(b":", b": ", 1), "not-canonical"),
        (lambda d: d.replace(b'"payload"', b'"\\u0070ayload"'), "not-canonical"),
        (lambda d: d.replace(b"vnd.rekap", b"vnd\\u002erekap"), "not-canonical"),
        (lambda d: d[:-1] + b',"signatures":[]}', "duplicate-key"),
        (lambda d: d[:-1], "not-json"),
        (lambda d: d + d, "not-json"),
        (lambda d: b"", "not-json"),
        (lambda d: b"\xef\xbb\xbf" + d, "not-json"),
        (lambda d: d.ljust(65_536), "too-large"),
    ],
)
def test_refuses_other_spellings(change, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        envelopes.parse(change(signed()))
    assert caught.value.code == code


def test_takes_exactly_the_largest_entry() -> None:
    signer = SIGNERS[0]
    low, high = 1, 65_535
    while low < high:
        middle = (low + high + 1) // 2
        try:
            envelopes.sign(b"x" * middle, [signer])
            low = middle
        except Malformed:
            high = middle - 1
    data = envelopes.sign(b"x" * low, [signer])
    assert 65_530 <= len(data) <= 65_535
    assert envelopes.parse(data).payload == b"x" * low
    for size, code in ((65_535, "not-json"), (65_536, "too-large")):
        with pytest.raises(Malformed) as refused:
            envelopes.parse(b"x" * size)
        assert refused.value.code == code


def test_refuses_to_sign_with_nobody_or_twice_with_one_key() -> None:
    for signers in ([], [SIGNERS[0], SIGNERS[0]]):
        with pytest.raises(Malformed):
            envelopes.sign(PAYLOAD, signers)


def test_refuses_to_serialize_out_of_order() -> None:
    parsed = envelopes.parse(signed())
    with pytest.raises(Malformed):
        envelopes.serialize(Envelope(PAYLOAD, parsed.signatures[::-1]))


def test_a_stripped_signature_changes_the_entry_and_not_the_statement() -> None:
    whole = envelopes.parse(signed())
    stripped = Envelope(PAYLOAD, whole.signatures[:2])
    assert stripped.id == whole.id
    assert envelopes.serialize(stripped) != signed()


def test_the_payload_stands_in_base64() -> None:
    assert base64.b64decode(json.loads(signed())["payload"]) == PAYLOAD
