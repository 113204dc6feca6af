"""Checkpoints and trust policies."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.portal.sequencing.builders import (
    LOG_KEY,
    LOG_SIGNER,
    ORIGIN,
    WITNESS_KEY,
    WITNESS_SIGNER,
)

from rekap.core.errors import Malformed, NotVerified
from rekap.core.log import checkpoint as checkpoints
from rekap.core.log.checkpoint import Checkpoint, open_checkpoint, parse, sign_checkpoint
from rekap.core.log.merkle import EMPTY_ROOT
from rekap.core.log.policy import Group, Policy, Source, meets
from rekap.core.log.policy import open_checkpoint as open_by_policy
from rekap.core.log.witness import SIZE_TYPE, Reply, ask, without_false
from rekap.core.signing import note
from rekap.core.signing.note import Note, NoteKey, cosign
from rekap.core.signing.signer import Ed25519Signer, derive

OTHER = derive("rekap vectors", "another log")
OTHER_KEY = NoteKey.of("lain.example/log", note.ED25519, OTHER.public)
ROOT = "Y4r6mAIpJbrP3a2xXvIv0BmcGsmcKXO2FYJD0T/OBcI="
GOLDEN = (
    "log.example/rekap\n1000\nY4r6mAIpJbrP3a2xXvIv0BmcGsmcKXO2FYJD0T/OBcI=\n\n"
    "— log.example/rekap wSbMuKwKYbOuXmAqkNSUNn/T+ZYdoTKJA9ZjG1LPl106kEIZwvad5vQ5xhLHsnMScFWcFFxo"
    "2FY7qzXmZ0ax9eAHfwc=\n"
    "— saksi.example/w1 IoMbEQAAAABpVbkApLi7z7G4m/yrRu+2MrlApkSA5jHk3526KPOA0lxPBFOhWVKRmuFaxiqV4u"
    "JPTXvCCnttSllgF3zwFp37S1b7Cw==\n"
).encode()
HEAD = Checkpoint(ORIGIN, 1000, base64.b64decode(ROOT))


def test_the_golden_checkpoint_is_written_and_read() -> None:
    signed = Note.parse(sign_checkpoint(HEAD, LOG_SIGNER))
    line = cosign(signed.text, WITNESS_KEY.name, WITNESS_SIGNER, 1767225600)
    assert signed.merge([line]).format() == GOLDEN
    assert open_checkpoint(GOLDEN, ORIGIN, LOG_KEY, (WITNESS_KEY,)) == HEAD
    assert checkpoints.open_cosigned(GOLDEN, ORIGIN, LOG_KEY, (WITNESS_KEY,))[1] == (
        LOG_KEY,
        WITNESS_KEY,
    )


@given(
    st.integers(0, checkpoints.MAX_SIZE),
    st.binary(min_size=32, max_size=32),
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1)),
)
def test_round_trip(size: int, root: bytes, extensions: list[str]) -> None:
    value = Checkpoint(ORIGIN, size, root, tuple(extensions))
    assert parse(value.body()) == value


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_or_round_trip(data: bytes) -> None:
    try:
        value = parse(data)
    except Malformed:
        return
    assert value.body() == data


@pytest.mark.parametrize(
    "body",
    [
        "",
        "o\n1\n",
        f"o\n1\n{ROOT}",
        f"o\n1\n{ROOT}\n\n",
        f"o\n1\n{ROOT}\nextension",
        f"o\n\n1\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n 1\n{ROOT}\n",
        f"o\n1_0\n{ROOT}\n",
        f"o\n٣\n{ROOT}\n",
        f"o\n1e3\n{ROOT}\n",
        f"o\n{2**63}\n{ROOT}\n",
        f"o\n99999999999999999999\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n",
        f"o\n1\n{ROOT[:-2]}J=\n",
        "o\n1\nAAAA\n",
        f"o\r\n1\r\n{ROOT}\r\n",
        f"a b\n1\n{ROOT}\n",
        f"a+b\n1\n{ROOT}\n",
        f"{'a' * 256}\n1\n{ROOT}\n",
        f"{'é' * 128}\n1\n{ROOT}\n",
        f"o\n1\n{ROOT}\nextension\x0b\n",
        f"o\x1f\n1\n{ROOT}\n",
        f"o\n1\n{ROOT}\nextension\x1f\n",
    ],
)
def test_refuses_what_is_no_checkpoint(body: str) -> None:
    with pytest.raises(Malformed):
        parse(body.encode())


def test_takes_the_largest_size_and_origin() -> None:
    for origin in ("a" * 255, "é" * 127 + "a"):
        assert parse(f"{origin}\n{2**63 - 1}\n{ROOT}\n".encode()).size == 2**63 - 1


def test_refuses_other_logs_and_signers() -> None:
    stranger = Ed25519Signer(bytes(32))
    for data, origin in (
        (sign_checkpoint(HEAD, stranger), ORIGIN),
        (sign_checkpoint(HEAD, LOG_SIGNER), "log.example/other"),
        (sign_checkpoint(HEAD, LOG_SIGNER), f"{ORIGIN}/2029"),
        (sign_checkpoint(HEAD, LOG_SIGNER), ORIGIN[:-1]),
        (note.sign(Checkpoint("x", 1, bytes(32)).body(), ORIGIN, LOG_SIGNER), ORIGIN),
    ):
        with pytest.raises(NotVerified):
            open_checkpoint(data, origin, LOG_KEY)
    text = Note.parse(GOLDEN).text
    witness_only = Note(text, Note.parse(GOLDEN).lines[1:]).format()
    with pytest.raises(NotVerified):
        open_checkpoint(witness_only, ORIGIN, LOG_KEY, (WITNESS_KEY,))
    with pytest.raises(Malformed):
        open_checkpoint(note.sign(b"no checkpoint\n", ORIGIN, LOG_SIGNER), ORIGIN, LOG_KEY)


def test_an_empty_tree_has_the_empty_root() -> None:
    good = sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), LOG_SIGNER)
    assert open_checkpoint(good, ORIGIN, LOG_KEY).size == 0
    bad = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), LOG_SIGNER)
    with pytest.raises(NotVerified):
        open_checkpoint(bad, ORIGIN, LOG_KEY)


# ---------------------------------------------------------------- policies

WITNESSES = [
    NoteKey.of(f"saksi.example/w{n}", note.COSIGNATURE, Ed25519Signer(bytes((n,)) * 32).public)
    for n in range(6)
]
NESTED = (
    f"log {LOG_KEY.vkey} https://log.example/\n"
    + "".join(f"witness X{n} {key.vkey}\n" for n, key in enumerate(WITNESSES[:3]))
    + "group X-witnesses 2 X0 X1 X2\n"
    + "".join(f"witness Y{n} {key.vkey}\n" for n, key in enumerate(WITNESSES[3:]))
    + "group Y-witnesses any Y0 Y1 Y2\n"
    + "group X-and-Y all X-witnesses Y-witnesses\n"
    + "quorum X-and-Y\n"
)
LOG_ID, KEY_ID = "5f" * 32, "9a" * 16


def test_a_policy_in_two_levels() -> None:
    policy = Policy.parse(NESTED.encode())
    x0, x1, x2, y0, *_ = WITNESSES
    assert meets(policy, [LOG_KEY, x0, x1, y0])
    assert meets(policy, [LOG_KEY, *WITNESSES])
    assert not meets(policy, [LOG_KEY, x0, y0])
    assert not meets(policy, [LOG_KEY, x0, x1, x2])
    assert not meets(policy, [x0, x1, y0])
    assert policy.groups[-1] == Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses"))


def test_a_policy_without_witnesses() -> None:
    policy = Policy.parse(f"log {LOG_KEY.vkey}\nquorum none\n".encode())
    assert meets(policy, [LOG_KEY])
    assert not meets(policy, [])
    assert open_by_policy(GOLDEN, policy) == (HEAD, (LOG_KEY,))
    assert Policy.of_log(LOG_KEY) == policy


def test_white_space_and_comments_are_ignored_and_anchors_are_read() -> None:
    text = (
        f"# paper anchor\n\n \t\n\t log \t{LOG_KEY.vkey} \n  # x\n#rekap log {LOG_ID}\n"
        f" #rekap root pilkada-2024 {KEY_ID} {'77' * 16}\n#rekap other\n#rekaplog\nquorum none\n"
    )
    policy = Policy.parse(text.encode())
    (block,) = policy.logs
    assert block.log_id == LOG_ID
    assert block.roots == (("pilkada-2024", (KEY_ID, "77" * 16)),)
    assert Policy.parse(policy.format()) == policy


def test_anchors_belong_to_the_log_above_them() -> None:
    text = (
        f"quorum none\nlog {LOG_KEY.vkey}\n#rekap root x {KEY_ID}\nlog {OTHER_KEY.vkey} u\n"
        f"#rekap log {LOG_ID}\n#rekap root x {'77' * 16}\n"
    )
    policy = Policy.parse(text.encode())
    assert [(one.log_id, one.roots) for one in policy.logs] == [
        (None, (("x", (KEY_ID,)),)), (LOG_ID, (("x", ("77" * 16,)),)),
    ]  # fmt: skip
    assert Policy.parse(policy.format()) == policy
    assert policy.block_of(OTHER_KEY) == policy.block_of(OTHER_KEY.name) == policy.logs[1]
    for refused in (f"#rekap log {LOG_ID}\n{text}", f"{text}#rekap log {LOG_ID}\n"):
        with pytest.raises(Malformed):
            Policy.parse(refused.encode())


def test_a_checkpoint_signed_by_two_logs_of_the_anchors_is_refused() -> None:
    policy = Policy.parse(f"log {LOG_KEY.vkey}\nlog {OTHER_KEY.vkey}\nquorum none\n".encode())
    assert open_by_policy(GOLDEN, policy)[1] == (LOG_KEY,)
    whole = note.Note.parse(GOLDEN)
    line = note.Note.parse(note.sign(whole.text, OTHER_KEY.name, OTHER)).lines
    both = whole.merge(line).format()
    assert meets(policy, [LOG_KEY])
    assert meets(policy, [OTHER_KEY])
    assert not meets(policy, [LOG_KEY, OTHER_KEY])
    with pytest.raises(NotVerified, match="two logs"):
        open_by_policy(both, policy)


def test_a_witness_that_signed_twice_keeps_its_first_line() -> None:
    """A note would grow with each cosignature, and be too long for whoever reads it."""
    whole = Note.parse(GOLDEN)
    later = cosign(whole.text, WITNESS_KEY.name, WITNESS_SIGNER, 1767229200)
    twice = Note(whole.text, (*whole.lines, later))
    assert without_false(twice, [WITNESS_KEY]) == whole
    assert without_false(twice, []) == twice, "lines under unknown keys stay"


def test_each_silent_witness_is_named_with_its_own_reason() -> None:
    """One that never answered hid the one that named another size each time."""

    class Network:
        def ask(self, questions: Mapping[str, bytes]) -> Mapping[str, Reply]:
            size = 1 + int(questions["lain"].split()[1])
            return {"lain": Reply(409, SIZE_TYPE, b"%d\n" % size)}

    sources = [Source("pers", WITNESS_KEY), Source("lain", WITNESS_KEY)]
    asked = ask(Network(), sources, Note.parse(GOLDEN), HEAD, {}, lambda size: [])
    told = (("lain", "names another size again and again"), ("pers", "no answer"))
    assert asked.silent == told


def test_format_round_trip() -> None:
    policy = Policy.parse(NESTED.encode())
    assert Policy.parse(policy.format()) == policy
    assert policy.known == (LOG_KEY, *WITNESSES)


def test_names_are_octets() -> None:
    text = f"witness \xff {WITNESS_KEY.vkey} http://\xe9/\nquorum \xff\n".encode("latin-1")
    policy = Policy.parse(text)
    assert meets(policy, [WITNESS_KEY])
    assert policy.format() == text


VKEY, W = LOG_KEY.vkey, WITNESS_KEY.vkey


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none",
        "quorum none\nquorum none\n",
        "quorum w\n",
        "quorum\n",
        "quorum none x\n",
        "Quorum none\n",
        "log\nquorum none\n",
        "log x\nquorum none\n",
        f"log {VKEY} a b\nquorum none\n",
        f"log {W}\nquorum none\n",
        f"log {VKEY}\nlog {VKEY}\nquorum none\n",
        f"witness w {VKEY}\nquorum w\n",
        f"witness w {W}\nwitness v {W}\nquorum w\n",
        f"witness none {W}\nquorum none\n",
        f"witness w {W}\ngroup w any w\nquorum w\n",
        f"witness w {W}\ngroup g any\nquorum w\n",
        f"witness w {W}\ngroup g 0 w\nquorum g\n",
        f"witness w {W}\ngroup g 2 w\nquorum g\n",
        f"witness w {W}\ngroup g 01 w\nquorum g\n",
        f"witness w {W}\ngroup g some w\nquorum g\n",
        f"witness w {W}\ngroup g 1 w w\nquorum g\n",
        f"witness w {W}\ngroup g 1 w\ngroup h 1 w\nquorum h\n",
        f"witness w {W}\ngroup g 1 none\nquorum g\n",
        f"witness w {W}\ngroup g 1 v\nquorum g\n",
        f"witness w {W}\ngroup g 1 g\nquorum g\n",
        f"quorum w\nwitness w {W}\n",
        "something else\nquorum none\n",
        "quorum none\r\n",
        "quorum\x0bnone\n",
        "quorum none\n#\x00\n",
        "quorum none\n# a comment\r\n",
        "quorum none\n#\x7f\n",
        f"log {VKEY}\nquorum none\n#rekap log {LOG_ID}\n#rekap log {LOG_ID}\n",
        f"log {VKEY}\nquorum none\n#rekap log {LOG_ID.upper()}\n",
        f"log {VKEY}\nquorum none\n#rekap log\n",
        f"log {VKEY}\nquorum none\n#rekap root\n",
        f"log {VKEY}\nquorum none\n#rekap root A {KEY_ID}\n",
        f"log {VKEY}\nquorum none\n#rekap root a\n",
        f"log {VKEY}\nquorum none\n#rekap root a {KEY_ID} {KEY_ID}\n",
        f"log {VKEY}\nquorum none\n#rekap root a {KEY_ID}\n#rekap root a {KEY_ID}\n",
        f"log {VKEY}\nquorum none\n#rekap root a {KEY_ID}0\n",
        f"#rekap log {LOG_ID}\nlog {VKEY}\nquorum none\n",
        f"#rekap root a {KEY_ID}\nlog {VKEY}\nquorum none\n",
        "quorum none\n" + "#" * 131_060 + "\n",
        f"log \udce9{VKEY}\nquorum none\n",
    ],
)
def test_refuses_a_policy(text: str) -> None:
    with pytest.raises(Malformed):
        Policy.parse(text.encode("utf-8", "surrogateescape"))


def test_takes_a_policy_of_128_kib() -> None:
    assert Policy.parse(b"quorum none\n" + b"#" * 131_059 + b"\n") == Policy()


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_or_a_policy(data: bytes) -> None:
    for text in (data, data + b"\nquorum none\n"):
        try:
            policy = Policy.parse(text)
        except Malformed:
            continue
        assert Policy.parse(policy.format()) == policy


def test_one_key_under_two_names_counts_for_nobody() -> None:
    """A quorum of two must be two: one holder with two names would be it alone."""
    names = (f"saksi.example/{name}" for name in ("satu", "dua"))
    keys = [NoteKey.of(name, note.COSIGNATURE, WITNESSES[0].public).vkey for name in names]
    rows = [f"witness w{at} {key}\n" for at, key in enumerate(keys)]
    for row in rows:
        Policy.parse(f"{row}quorum none\n".encode())
    with pytest.raises(Malformed, match="the same public key twice"):
        Policy.parse(f"{''.join(rows)}group g 2 w0 w1\nquorum g\n".encode())


def test_says_in_which_line() -> None:
    with pytest.raises(Malformed) as caught:
        Policy.parse(f"log {VKEY}\nquorum nobody\n".encode())
    assert caught.value.field == "line 2"


def test_opening_by_policy_refuses_other_logs_and_bad_lines() -> None:
    only_witness = Policy.parse(f"witness w {W}\nquorum w\n".encode())
    with pytest.raises(NotVerified):
        open_by_policy(GOLDEN, only_witness)
    policy = Policy.parse(f"log {VKEY}\nwitness w {W}\nquorum w\n".encode())
    checkpoint, verified = open_by_policy(GOLDEN, policy)
    assert (checkpoint, meets(policy, verified)) == (HEAD, True)
    bad = bytearray(GOLDEN)
    bad[-10] ^= 1
    with pytest.raises((NotVerified, Malformed)):
        open_by_policy(bytes(bad), policy)
    other = sign_checkpoint(Checkpoint("log.example/other", 1, bytes(32)), LOG_SIGNER)
    with pytest.raises(NotVerified):
        open_by_policy(other, policy)
    misnamed = note.sign(Checkpoint("log.example/other", 1, bytes(32)).body(), ORIGIN, LOG_SIGNER)
    with pytest.raises(NotVerified):
        open_by_policy(misnamed, policy)
    empty = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), LOG_SIGNER)
    with pytest.raises(NotVerified):
        open_by_policy(empty, policy)
