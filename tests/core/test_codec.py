"""Canonical JSON: one spelling, a closed set of values, and no other exception than Malformed."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core import codec
from rekap.core.errors import Malformed

SUITE = json.loads((Path(__file__).parents[1] / "vectors/public/json-parsing.json").read_text())
CHARACTERS = [
    chr(c)
    for c in (
        *range(0x20, 0x7F),
        *range(0xA1, 0xAD),
        *range(0xAE, 0x180),
        *(0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026),
    )
]
TEXTS = st.text(st.sampled_from(CHARACTERS))
ASCII = st.text(st.sampled_from(CHARACTERS[:95]), max_size=8)
SCALARS = st.one_of(st.integers(0, 999_999_999), st.booleans(), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(ASCII, inner, max_size=4)),
    max_leaves=12,
)


def code_of(data: bytes, **options) -> str:
    with pytest.raises(Malformed) as caught:
        codec.decode(data, **options)
    return caught.value.code


def depth(value) -> int:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0)
    return 0


@given(VALUES.filter(lambda value: depth(value) <= codec.MAX_DEPTH))
def test_round_trip(value) -> None:
    data = codec.encode(value)
    assert codec.decode(data) == value
    assert codec.encode(codec.decode(data)) == data
    assert codec.encode_again(value) == codec.encode(value, nulls=True)
    assert codec.decode_again(codec.encode(value, nulls=True)) == value


@given(
    st.one_of(st.binary(), TEXTS.map(str.encode), st.text().map(lambda t: json.dumps(t).encode()))
)
def test_any_bytes_are_refused_or_the_only_spelling(data: bytes) -> None:
    try:
        value = codec.decode(data)
    except Malformed:
        return
    assert codec.encode(value) == data


@given(VALUES.filter(lambda value: depth(value) <= 3), st.data())
def test_a_changed_byte_is_refused_or_another_value(value, choose) -> None:
    data = bytearray(codec.encode(value))
    at = choose.draw(st.integers(0, len(data) - 1))
    data[at] ^= choose.draw(st.integers(1, 255))
    try:
        other = codec.decode(bytes(data))
    except Malformed:
        return
    assert other != value or type(other) is not type(value)


@pytest.mark.parametrize("case", SUITE, ids=[case["name"] for case in SUITE])
def test_of_the_json_test_suite_only_the_canonical_subset_passes(case: dict) -> None:
    """`reject` must be refused; of the rest only what is canonical and in the subset passes."""
    data = base64.b64decode(case["base64"])
    try:
        value = codec.decode(data, limit=len(data))
    except Malformed:
        assert case["name"] not in ("y_array_empty", "y_object_basic", "y_structure_lonely_int")
        return
    assert case["expect"] == "accept"
    assert json.dumps(value, separators=(",", ":")).encode() == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-json"),
        (b"{}x", "not-json"),
        (b"{}\n", "not-canonical"),
        (b" {}", "not-canonical"),
        (b'{"a": 1}', "not-canonical"),
        (b'{"b":1,"a":1}', "not-canonical"),
        (b'{"a":1,"a":1}', "duplicate-key"),
        (b'{"x":[{"a":1,"a":2}]}', "duplicate-key"),
        (b'{"a":"\\u0061"}', "not-canonical"),
        (b'{"a":"\\/"}', "not-canonical"),
        (b'["\\n"]', "text"),
        (b'["\\ud800"]', "not-canonical"),
        (b'["\xed\xa0\x80"]', "not-json"),
        (b'["\xc0\xaf"]', "not-json"),
        (b"\xef\xbb\xbf{}", "not-json"),
        (b"\xff\xfe{\x00}\x00", "not-json"),
        (b"[-1]", "number"),
        (b"[-0]", "not-canonical"),
        (b"[1000000000]", "number"),
        (b"[1.0]", "number"),
        (b"[1e2]", "number"),
        (b"[1e400]", "number"),
        (b"[NaN]", "number"),
        (b"[Infinity]", "number"),
        (b"[01]", "not-json"),
        (b"[+1]", "not-json"),
        (b"[" + b"9" * 4_000 + b"]", "number"),
        (b"[" + b"9" * 60_000 + b"]", "not-json"),
        (b"[null]", "null"),
        (b"[" * 60_000, "not-json"),
        (b"[" * 30_000 + b"]" * 30_000, "not-json"),
        (b"[" * 9 + b"]" * 9, "depth"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, "depth"),
        ('["\u00ad"]'.encode(), "text"),
        ('["\u00a0"]'.encode(), "text"),
        ('["\u0180"]'.encode(), "text"),
        ('["a\u0301"]'.encode(), "text"),
        ('["\u200b"]'.encode(), "text"),
        ('["\U0001f5f3"]'.encode(), "text"),
        (b'["\x7f"]', "text"),
        ('{"\u00e9":1}'.encode(), "text"),
        (b'"' + b"a" * 65_534 + b'"', "too-large"),
    ],
)
def test_refuses(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_says_where_a_number_is_wrong() -> None:
    with pytest.raises(Malformed) as caught:
        codec.decode(b'{"rows":{"valid":[1,2,-3]}}')
    assert (caught.value.code, caught.value.field) == ("number", "rows.valid.2")


def test_takes_the_largest_and_the_deepest() -> None:
    assert codec.decode(b'"' + b"a" * 65_533 + b'"') == "a" * 65_533
    assert codec.decode(b"[" * 8 + b"999999999" + b"]" * 8)
    assert codec.decode(b"[null]", nulls=True) == [None]


def test_deep_input_is_refused_on_a_nearly_full_stack() -> None:
    def descend(left: int) -> str:
        return descend(left - 1) if left else code_of(b"[" * 500 + b"]" * 500)

    used = len(__import__("inspect").stack())
    assert descend(sys.getrecursionlimit() - used - 120) in ("not-json", "depth")


@pytest.mark.parametrize(
    "value",
    [
        None,
        -1,
        10**9,
        1.0,
        float("nan"),
        b"x",
        (1,),
        {1: 2},
        {"a": {None: 1}},
        "\n",
        "\ud800",
        {"\u00e9": 1},
        {"a\n": 1},
        [[[[[[[[[1]]]]]]]]],
        {"a": object()},
    ],
)
def test_encode_refuses_what_decode_would_refuse(value) -> None:
    with pytest.raises(Malformed):
        codec.encode(value)


def test_encode_refuses_a_circle() -> None:
    circle: list = []
    circle.append(circle)
    with pytest.raises(Malformed):
        codec.encode(circle)
    with pytest.raises(Malformed):
        codec.encode_public(circle)
    circle.append(-1)
    with pytest.raises(Malformed):
        codec.encode(circle)


def test_public_json_is_sorted_dense_and_ends_in_a_newline() -> None:
    value = {"b": [-1, None, True], "a": "é\n", "c": ({},)}
    assert codec.encode_public(value) == '{"a":"é\\n","b":[-1,null,true],"c":[{}]}\n'.encode()


@pytest.mark.parametrize("value", [1.5, {"a": [float("inf")]}, {1: 2}, b"", "\ud800", {"a": {1}}])
def test_public_json_refuses_floats_and_what_json_has_no_word_for(value) -> None:
    with pytest.raises(Malformed):
        codec.encode_public(value)


@given(st.binary())
def test_base64_round_trip(data: bytes) -> None:
    assert codec.b64decode(codec.b64encode(data)) == data


@pytest.mark.parametrize(
    "text",
    ["A", "AA", "AAA", "AA=", "AB==", "AAF=", "AA==\n", " AA==", "AA==AA==", "-_==", "é", "="],
)
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(Malformed):
        codec.b64decode(text)


@pytest.mark.parametrize("value", ["Baik", "Jalan “Méndut” – no. 1234567", "a" * 200])
def test_takes_a_text(value: str) -> None:
    codec.check_text(value, 200, "text", free=True)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "empty"),
        ("a" * 201, "too-long"),
        ("a\tb", "text"),
        ("a\u00adb", "text"),
        ("NIK 3171061234567890", "digits"),
        (7, "type"),
        (None, "type"),
    ],
)
def test_refuses_a_text(value, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        codec.check_text(value, 200, "explanations.0.text", free=True)
    assert (caught.value.code, caught.value.field) == (code, "explanations.0.text")


def test_only_free_text_refuses_eight_digits() -> None:
    codec.check_text("12345678", 200, "name")


@pytest.mark.parametrize("value", ["a", "7", "pilkada-2024-ciamis", "bupati-32.07", "a" * 64])
def test_takes_an_id(value: str) -> None:
    codec.check_id(value, "id")


@pytest.mark.parametrize("value", ["", "A", "-a", "a-", ".", "a" * 65, "a_b", "a/b", "é", "a\n", 1])
def test_refuses_an_id(value) -> None:
    with pytest.raises(Malformed):
        codec.check_id(value, "id")


@pytest.mark.parametrize("value", ["a" * 64, "0" * 64])
def test_takes_a_digest(value: str) -> None:
    codec.check_hex(value, "digest")


@pytest.mark.parametrize("value", ["", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n", "٣" * 64, 3])
def test_refuses_a_digest(value) -> None:
    with pytest.raises(Malformed):
        codec.check_hex(value, "digest")


@pytest.mark.parametrize("value", ["2024-11-27T14:05:00+07:00", "2024-02-29T23:59:59+09:00"])
def test_takes_a_time(value: str) -> None:
    codec.check_time(value, "at")


@pytest.mark.parametrize(
    "value",
    [
        "2023-02-29T00:00:00+07:00",
        "2024-11-27T24:00:00+07:00",
        "2024-11-27T23:59:60+07:00",
        "2024-11-27T14:05:00Z",
        "2024-11-27T14:05:00+10:00",
        "2024-11-27T14:05:00+07:30",
        "2024-11-27 14:05:00+07:00",
        "2024-11-27T14:05+07:00",
        "2024-11-27T14:05:00.0+07:00",
        "2024-11-27T14:05:00+07:00\n",
        "٢٠٢٤-11-27T14:05:00+07:00",
        "0000-01-01T00:00:00+07:00",
        20241127,
    ],
)
def test_refuses_a_time(value) -> None:
    with pytest.raises(Malformed):
        codec.check_time(value, "at")


def test_sha256_hex() -> None:
    want = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert codec.sha256_hex(b"") == want
