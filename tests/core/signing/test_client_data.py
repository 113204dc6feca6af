"""What browsers say with a passkey's signature is read by value, by three programs alike.

The Python reader is held against the standard library with every strictness added; the readers in
JavaScript and Go are held against it, on the vectors and on thousands of generated spellings.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests import golang
from tests.needed import PATIENCE
from tests.script import cases
from tests.script.test_profile import every_answer
from tests.soak import SOAK

from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import client_data, keys
from rekap.core.signing.signature import Signature

VECTORS = cases.read("client-data")
GOOD = [bytes.fromhex(one["bytes"]) for one in VECTORS["cases"]]
BAD = [bytes.fromhex(one["bytes"]) for one in VECTORS["refused"]]
SPELLINGS = 200_000 if SOAK else 6_000


def verifies(case: dict[str, str]) -> bool:
    key = keys.PublicKey(VECTORS["alg"], bytes.fromhex(VECTORS["public"]))
    data, sig, words = (
        bytes.fromhex(text) for text in (VECTORS["authenticator_data"], case["sig"], case["bytes"])
    )
    scope = keys.WebAuthnScope(frozenset(VECTORS["origins"]), VECTORS["rp_id"])
    own = Signature(VECTORS["keyid"], sig, data, words)
    try:
        keys.verify(key, bytes.fromhex(VECTORS["message"]), own, scope)
    except NotVerified:
        return False
    return True


@pytest.mark.parametrize("browser", ["Safari", "Play services", "Chrome", "Firefox"])
def test_passkeys_verify_of(browser: str) -> None:
    own = [case for case in VECTORS["cases"] if browser in case["what"]]
    assert own
    assert all(map(verifies, own))


@pytest.mark.parametrize("part", ["cases", "refused"])
def test_each_vector_is_judged_as_written(part: str) -> None:
    for case in VECTORS[part]:
        assert verifies(case) == (part == "cases"), case["what"]


def test_each_vector_is_judged_as_written_by_the_verifier_in_the_browser() -> None:
    assert every_answer(list(cases.client_data())) == []


# ---------------------------------------------------------------- the reader


def read(data: bytes) -> dict[str, client_data.Value] | None:
    try:
        return client_data.read(data)
    except Malformed:
        return None


class _Refused(Exception):
    pass


def strictly(data: bytes) -> dict[str, Any] | None:
    """The standard library's answer, with everything closed that it leaves open."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise _Refused
        for key, _ in pairs:
            key.encode()
        return dict(pairs)

    def refuse(_: str) -> None:
        raise _Refused

    def levels(value: Any) -> int:
        if isinstance(value, str):
            value.encode()
        if not isinstance(value, dict | list):
            return 0
        inside = value.values() if isinstance(value, dict) else value
        return 1 + max(map(levels, inside), default=0)

    try:
        value = json.loads(
            data.decode(), object_pairs_hook=members, parse_constant=refuse,
            parse_int=lambda _: None, parse_float=lambda _: None,
        )  # fmt: skip
        taken = type(value) is dict and len(value) <= 16 and len(data) <= 4_096
        taken = taken and levels(value) <= 8
    except (_Refused, ValueError, RecursionError):
        return None
    if not taken:
        return None
    return {key: one if isinstance(one, str | bool) else None for key, one in value.items()}


PIECES = [
    b"{", b"}", b"[", b"]", b":", b",", b'"', b"\\", b"/", b" ", b"\t", b"\r\n", b"\v", b"\0",
    b"\xef\xbb\xbf", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xff", b"\xed\xa0\x80", b"\xf0\x9f\x97\xb3",
    b"true", b"false", b"null", b"NaN", b"-0", b"0", b"01", b"1.5e+3", b"1.", b"e", b"-", b"+",
    rb"\u0074", rb"\ud83d", rb"\uDDF3", rb"\ud83d\uddf3", rb"\u00zz", rb"\/", rb"\n", rb"\x",
    b'"type"', b'"typ\\u0065"', b'"crossOrigin":false', b'"topOrigin"', b'"__proto__"', b'"":{}',
    b'"a":1,', b',"a":[1]', b"[[[[", b"]]]]", b'{"a":{"a":{"a":', b"}}}", b"x" * 4_000,
]  # fmt: skip


def _value(draw: random.Random, level: int) -> str:
    """A value in some spelling of RFC 8259, seldom none."""

    def space() -> str:
        return draw.choice(("", "", "", "", " ", "\n\t", "\r"))

    def text() -> str:
        plain = draw.choice(("", "a", "type", "origin", "crossOrigin", "é", "🗳", "/", "\x7f", '"'))
        body = "".join(
            draw.choice((one, f"\\u{ord(one):04x}", f"\\u{ord(one):04X}"))
            if one != '"' and ord(one) < 0xD800
            else draw.choice((one if one != '"' else '\\"', "\\ud83d\\uddf3", "\\ud83d"))
            for one in plain
        )
        return f'"{body}"'

    kind = draw.randrange(8 if level < 10 else 5)
    if kind < 2:
        return text()
    if kind < 5:
        return draw.choice(("true", "false", "null", "0", "-0", "1e9", "12.50", "-7E-3", "01", "."))
    own, close = ("{", "}") if kind < 7 else ("[", "]")
    inside = []
    for _ in range(draw.choice((0, 1, 1, 2, 3, 17 if level == 1 else 2))):
        name = f"{text()}{space()}:" if own == "{" else ""
        inside.append(f"{space()}{name}{space()}{_value(draw, level + 1)}{space()}")
    return f"{own}{','.join(inside) or space()}{close}"


def spellings(count: int, seed: int) -> Iterator[bytes]:
    """Values of a grammar; vectors with pieces put in, taken out, doubled; bits turned."""
    draw = random.Random(seed)
    known = [*GOOD, *(data for data in BAD if data)]
    for number in range(count):
        if number % 3 == 0:
            yield _value(draw, 1).encode()
            continue
        data = bytearray(draw.choice(known if number % 3 == 1 else GOOD))
        for _ in range(draw.choice((1, 1, 1, 2, 4))):
            at = draw.randrange(len(data) + 1)
            until = min(len(data), at + draw.choice((0, 0, 1, 2, 9)))
            what = draw.randrange(4)
            if what == 0:
                data[at:until] = draw.choice(PIECES)
            elif what == 1:
                del data[at:until]
            elif what == 2:
                data[at:at] = data[at:until]
            elif at < len(data):
                data[at] ^= 1 << draw.randrange(8)
        yield bytes(data)


@cache
def many() -> tuple[bytes, ...]:
    return (*GOOD, *BAD, *spellings(SPELLINGS, seed=20241127))


def test_it_takes_what_the_standard_library_takes_with_everything_closed() -> None:
    taken = 0
    for data in many():
        found = read(data)
        assert found == strictly(data), data
        taken += found is not None
    assert 0.15 < taken / len(many()) < 0.85


def told(data: bytes, refused: str = "refused") -> str:
    """Members as the other programs print them: keys and texts in hex, in order."""
    members = read(data)
    if members is None:
        return refused
    rows = []
    for key, value in members.items():
        word = f"text {value.encode().hex()}" if isinstance(value, str) else str(value).lower()
        rows.append(f"{key.encode().hex()} {'other' if value is None else word}")
    return ",".join(sorted(rows))


def test_the_reader_in_javascript_says_the_same_of_every_spelling() -> None:
    asked = [
        {
            "op": "client-data",
            "bytes": cases.b64(data),
            "want": told(data).replace("refused", "not-verified"),
        }
        for data in many()
    ]
    assert every_answer(asked) == []


@pytest.mark.go
def test_the_reader_in_go_says_the_same_of_every_spelling(tmp_path: Path) -> None:
    program = tmp_path / "stranger.test"
    source = Path(__file__).parents[2] / "stranger"
    done = golang.compiled(source, "test", "-c", "-o", str(program), ".")
    assert done.returncode == 0, done.stderr
    said = subprocess.run(
        [str(program)], env={**os.environ, "STRANGER": "client-data"}, check=True, text=True,
        input="".join(f"{cases.b64(data)}\n" for data in many()),
        capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    assert said.stdout.splitlines() == list(map(told, many()))
