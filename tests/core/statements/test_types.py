"""Types say yes or no, checks say what is wrong: they never disagree, and no type is open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from msgspec import inspect
from tests.core.statements import builders
from tests.core.statements.strategies import disturbed

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.signing import envelope
from rekap.core.statements import schema
from rekap.core.statements.kinds import KINDS

VECTORS = Path(__file__).parents[2] / "vectors"


def is_sound(payload: bytes) -> bool:
    """Whether the checks, which know no types, find nothing."""
    try:
        schema.check_statement(codec.decode(payload, nulls=True))
    except Malformed:
        return False
    return True


def payloads_of_vectors() -> Iterator[bytes]:
    for case in json.loads((VECTORS / "ledger.json").read_text("utf-8"))["cases"]:
        for entry in case["entries"]:
            try:
                yield envelope.parse(codec.b64decode(entry)).payload
            except Malformed:
                continue
    statements = json.loads((VECTORS / "statement.json").read_text("utf-8"))
    for one in (*statements["cases"], *statements["refused"]):
        yield bytes.fromhex(one["bytes"])
    for one in json.loads((VECTORS / "public" / "json-parsing.json").read_text("utf-8")):
        yield codec.b64decode(one["base64"])


def test_types_and_checks_agree_on_every_vector() -> None:
    payloads = list(payloads_of_vectors())
    sound = [payload for payload in payloads if is_sound(payload)]
    assert 100 < len(sound) < len(payloads)
    for payload in payloads:
        assert (schema._read(payload) is not None) == is_sound(payload), payload


def test_types_and_checks_agree_on_every_payload_that_tests_make() -> None:
    for payload in map(builders.encode, builders.every_payload()):
        assert schema._read(payload) == codec.decode(payload, nulls=True)


@settings(max_examples=400, deadline=None)
@given(disturbed())
def test_types_and_checks_agree_on_disturbed_payloads(payload) -> None:
    try:
        data = codec.encode(payload, nulls=True)
    except Malformed:
        return
    assert (schema._read(data) is not None) == is_sound(data)


def changed(value: Any) -> Iterator[Any]:
    """A value with one list in it turned, with its first member twice, or without its last."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from ({**value, name: other} for other in changed(one))
    if isinstance(value, list):
        yield from (other for other in (value[::-1], [value[0], *value], value[:-1]) if other)
        for at, one in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in changed(one))


def test_types_and_checks_agree_when_a_list_is_turned_longer_or_shorter() -> None:
    payloads = [*builders.every_payload(), *(codec.decode(payload, nulls=True)
                for payload in payloads_of_vectors() if is_sound(payload))]  # fmt: skip
    outcomes = Counter()
    for payload in payloads:
        for other in changed(payload):
            data = codec.encode(other, nulls=True)
            sound = is_sound(data)
            outcomes[sound] += 1
            assert (schema._read(data) is not None) == sound, data
    assert min(outcomes[True], outcomes[False]) > 100


WHOLE = builders.encode(builders.form())
CLOSE = builders.encode(builders.close())
PUBLICATION = builders.encode(builders.publication(fixed=True))


@pytest.mark.parametrize(
    "data",
    [
        WHOLE.replace(b'"tps":"001"', b'"tps":"001\\n"'),
        WHOLE.replace(b'"tps":"001"', b'"tps":"001\n"'),
        WHOLE.replace(b'"tps":"001"', b'"tps":"\\u0030\\u0030\\u0031"'),
        WHOLE.replace(b'"revision":1', b'"revision":1.0'),
        WHOLE.replace(b'"revision":1', b'"revision":1e0'),
        WHOLE.replace(b'"revision":1', b'"revision":true'),
        WHOLE.replace(b'"revision":1', b'"revision":01'),
        WHOLE.replace(b'"revision":1', b'"revision":1,"revision":1'),
        WHOLE.replace(b'"revision":1', b'"revision":10000000000000000000000'),
        WHOLE.replace(b'"revision":1', b'"revision":null'),
        WHOLE.replace(b'"invalid":', b'"invalid":-0,"invalid_":'),
        WHOLE.replace(b'"count"', b'"count_"'),
        WHOLE.replace(b',"kind"', b', "kind"'),
        b"\xef\xbb\xbf" + WHOLE,
        WHOLE + b"\n",
        WHOLE + b"\x00",
        WHOLE[:-1] + b',"zz":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b"[" * 60_000,
        PUBLICATION.replace(b"true", b"false"),
        CLOSE.replace(b'"close"', b'"close\xe2\x80\xae"'),
        CLOSE.replace(b'"close"', b'"Close"'),
        CLOSE.replace(b'"kind":"close",', b""),
        CLOSE.replace(b"rekap", b"rekap\xff"),
        builders.encode(builders.close(at="2024-02-30T14:05:00+07:00")),
        builders.encode(builders.election(date="2024-02-30")),
        builders.encode(builders.determination(announced_at="2024-02-30T14:05:00+07:00")),
    ],
)
def test_another_spelling_of_a_statement_is_none(data: bytes) -> None:
    assert data not in (WHOLE, CLOSE, PUBLICATION)
    assert schema._read(data) is None
    assert not is_sound(data)


def test_a_text_outside_the_alphabet_is_no_statement() -> None:
    """What a type cannot say: a character that turns the direction of reading."""
    said = builders.encode(builders.determination(number="SK 12"))
    for strange in ("\u202e", "\u00ad", "\u200b", "\ufeff"):
        data = said.replace(b"SK 12", f"SK{strange}12".encode())
        assert schema._read(data) is None
        assert not is_sound(data)


def parts(info: inspect.Type) -> Iterator[inspect.Type]:
    """A type and all that it is made of."""
    yield info
    below = {
        inspect.Metadata: lambda: [info.type],
        inspect.VarTupleType: lambda: [info.item_type],
        inspect.TupleType: lambda: info.item_types,
        inspect.DictType: lambda: [info.key_type, info.value_type],
        inspect.UnionType: lambda: info.types,
        inspect.StructType: lambda: [field.type for field in info.fields],
    }.get(type(info), list)
    for one in below():
        yield from parts(one)


@pytest.mark.parametrize("kind", KINDS)
def test_no_type_is_open(kind: str) -> None:
    found = list(parts(inspect.type_info(KINDS[kind].type)))
    assert found[0].tag == kind
    for info in found:
        if isinstance(info, inspect.StructType):
            assert info.forbid_unknown_fields
            assert info.cls.__struct_config__.frozen
            assert info.cls.__struct_config__.omit_defaults
        elif isinstance(info, inspect.IntType):
            assert info.ge in (0, 1)
            assert info.le <= codec.MAX_INTEGER
        elif isinstance(info, inspect.VarTupleType):
            assert info.max_length
        elif isinstance(info, inspect.StrType) and info.pattern:
            assert info.max_length or (info.pattern[:4], info.pattern[-2:]) == ("^(?:", ")$")
        else:
            assert isinstance(
                info,
                inspect.Metadata | inspect.StrType | inspect.BoolType | inspect.DictType
                | inspect.TupleType | inspect.UnionType | inspect.NoneType,
            )  # fmt: skip


def test_only_sorted_order_is_canonical() -> None:
    """The tag and the fields of other names stand where canonical JSON has them."""
    said = schema._typed().decode(builders.encode(builders.log()))
    assert schema._ENCODE(said) == builders.encode(builders.log())
    assert msgspec.json.Encoder(order="deterministic").encode(said) != schema._ENCODE(said)
