"""Signed notes: C2SP's own vector, golden keys, and every way to be wrong."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import note
from rekap.core.signing.note import (
    Note,
    NoteKey,
    SignatureLine,
    cosign,
    open_note,
    sign,
    verify_line,
)
from rekap.core.signing.signer import Ed25519Signer

LOG = Ed25519Signer(bytes(range(32)))
WITNESS = Ed25519Signer(bytes(range(32, 64)))
LOG_KEY = NoteKey.of("log.example/rekap", note.ED25519, LOG.public)
WITNESS_KEY = NoteKey.of("saksi.example/w1", note.COSIGNATURE, WITNESS.public)
TEXT = b"log.example/rekap\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"


def both() -> bytes:
    parsed = Note.parse(sign(TEXT, LOG_KEY.name, LOG))
    return parsed.merge([cosign(TEXT, WITNESS_KEY.name, WITNESS, 1767225600)]).format()


def test_golden_verifier_keys() -> None:
    assert LOG_KEY.vkey == (
        "log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    )
    assert WITNESS_KEY.vkey == (
        "saksi.example/w1+22831b11+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
    )
    for key in (LOG_KEY, WITNESS_KEY):
        assert NoteKey.parse(key.vkey) == key


def test_the_vector_of_the_specification() -> None:
    """C2SP signed-note, section on Ed25519 signatures."""
    key = NoteKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert key.kind == note.ED25519
    line = (
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
        "RKuwHjG1Yu72IneyaQM=\n"
    )
    text = b"This is an example message.\n"
    assert open_note(text + b"\n" + line.encode(), [key]) == (text, (key,))


def test_opens_what_was_signed() -> None:
    text, keys = open_note(both(), [LOG_KEY, WITNESS_KEY])
    assert (text, keys) == (TEXT, (LOG_KEY, WITNESS_KEY))
    assert open_note(both(), [LOG_KEY]) == (TEXT, (LOG_KEY,))


def test_round_trip() -> None:
    assert Note.parse(both()).format() == both()


def test_merging_a_line_that_stands_already_changes_nothing() -> None:
    parsed = Note.parse(both())
    assert parsed.merge(parsed.lines) == parsed


def test_a_text_may_hold_empty_lines_and_signature_like_lines() -> None:
    text = b"a\n\n\xe2\x80\x94 b c\n\nd\n"
    data = sign(text, "log", LOG)
    assert open_note(data, [NoteKey.of("log", note.ED25519, LOG.public)])[0] == text


def test_an_unknown_line_is_ignored_even_if_name_or_id_alone_is_known() -> None:
    parsed = Note.parse(both())
    strangers = [
        SignatureLine("stranger", b"abcd", bytes(64)),
        SignatureLine(LOG_KEY.name, b"abcd", bytes(64)),
        SignatureLine("stranger", LOG_KEY.key_id, bytes(64)),
    ]
    assert open_note(parsed.merge(strangers).format(), [LOG_KEY])[1] == (LOG_KEY,)
    with pytest.raises(NotVerified, match="no signature of a known key"):
        open_note(Note(TEXT, tuple(strangers)).format(), [LOG_KEY])


def test_a_bad_line_of_a_known_key_fails_the_note_wherever_it_stands() -> None:
    parsed = Note.parse(both())
    bad = SignatureLine(LOG_KEY.name, LOG_KEY.key_id, bytes(64))
    for lines in ((*parsed.lines, bad), (bad, *parsed.lines)):
        with pytest.raises(NotVerified):
            open_note(Note(TEXT, lines).format(), [LOG_KEY])
    other = cosign(TEXT + b"x\n", WITNESS_KEY.name, WITNESS, 5)
    with pytest.raises(NotVerified):
        open_note(parsed.merge([other]).format(), [LOG_KEY, WITNESS_KEY])


def test_a_repeated_good_line_counts_once() -> None:
    lines = Note.parse(both()).lines
    again = cosign(TEXT, WITNESS_KEY.name, WITNESS, 1767225601)
    data = Note(TEXT, (*lines, *lines, again)).format()
    assert open_note(data, [LOG_KEY, WITNESS_KEY])[1] == (LOG_KEY, WITNESS_KEY)


def test_a_cosignature_signs_its_time() -> None:
    line = cosign(TEXT, WITNESS_KEY.name, WITNESS, 1767225600)
    assert note.cosigned_at(line) == 1767225600
    verify_line(TEXT, line, WITNESS_KEY)
    later = SignatureLine(line.name, line.key_id, (7).to_bytes(8, "big") + line.signature[8:])
    beyond = SignatureLine(line.name, line.key_id, b"\x80" + line.signature[1:])
    cut = SignatureLine(line.name, line.key_id, b"abc")
    elsewhere = SignatureLine("stranger", line.key_id, line.signature)
    other_id = SignatureLine(line.name, LOG_KEY.key_id, line.signature)
    for bad in (later, beyond, cut, elsewhere, other_id):
        with pytest.raises(NotVerified):
            verify_line(TEXT, bad, WITNESS_KEY)
    with pytest.raises(NotVerified):
        verify_line(TEXT, line, LOG_KEY)


def test_two_known_keys_must_not_share_name_and_id() -> None:
    forged = NoteKey(LOG_KEY.name, LOG_KEY.key_id, note.ED25519, WITNESS.public)
    with pytest.raises(NotVerified, match="share name and id"):
        open_note(both(), [LOG_KEY, forged])


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_refused(at: int, change: int) -> None:
    data = bytearray(sign(TEXT, LOG_KEY.name, LOG))
    data[at % len(data)] ^= change
    with pytest.raises((Malformed, NotVerified)):
        open_note(bytes(data), [LOG_KEY])


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_round_trip(data: bytes) -> None:
    try:
        parsed = Note.parse(data)
    except Malformed:
        return
    assert parsed.format() == data


GOOD = "— log.example/rekap " + base64.b64encode(LOG_KEY.key_id + bytes(64)).decode()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "text\n",
        "text\n\n",
        f"text\n{GOOD}\n",
        f"{GOOD}\n",
        f"text\n\n{GOOD}",
        f"text\n\n{GOOD}x",
        f"text\n\n{GOOD}\r\n",
        f"te\txt\n\n{GOOD}\n",
        f"te\x00xt\n\n{GOOD}\n",
        f"te\x1fxt\n\n{GOOD}\n",
        f"text\r\n\n{GOOD}\n",
        f"text\n\n{GOOD} \n",
        f"text\n\n {GOOD}\n",
        f"text\n\n- log {GOOD.split()[2]}\n",
        f"text\n\n—log {GOOD.split()[2]}\n",
        f"text\n\n—  {GOOD.split()[2]}\n",
        f"text\n\n— a+b {GOOD.split()[2]}\n",
        f"text\n\n— a\u00a0b {GOOD.split()[2]}\n",
        f"text\n\n— a\u2028b {GOOD.split()[2]}\n",
        "text\n\n— log \n",
        "text\n\n— log AAAA\n",
        "text\n\n— log AAAAAA==\n",
        "text\n\n— log AAAAAB==\n",
        "text\n\n— log AAAAAAA\n",
        f"text\n\n{GOOD.rstrip('=')}\n",
        f"text\n\n{GOOD}\nx\n",
        "text\n\n" + f"{GOOD}\n" * 65,
        "t" * (65_534 - len(GOOD.encode())) + f"\n\n{GOOD}\n",
    ],
)
def test_refuses_what_is_no_note(data: str) -> None:
    with pytest.raises(Malformed):
        Note.parse(data.encode())


def test_refuses_a_note_that_is_not_utf8() -> None:
    with pytest.raises(Malformed):
        Note.parse(b"text\xff\n\n" + GOOD.encode() + b"\n")


def test_takes_a_note_of_64_kib() -> None:
    data = f"{'t' * (65_533 - len(GOOD.encode()))}\n\n{GOOD}\n".encode()
    assert len(data) == 65_536
    assert Note.parse(data).format() == data


def test_takes_64_lines() -> None:
    assert len(Note.parse(("text\n\n" + f"{GOOD}\n" * 64).encode()).lines) == 64


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "log",
        "log+c126ccb8",
        "log+c126ccb8+",
        "+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/rekap+c126ccb9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/rekap+C126CCB8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4=",
        "log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG",
        "log.example/rekap+c126ccb8+Bg==",
        "log.example/rekap +c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n",
        "log\x01+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log\udc80+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    ],
)
def test_refuses_what_is_no_verifier_key(vkey: str) -> None:
    with pytest.raises(Malformed):
        NoteKey.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x01b", "a\u2003b", "a\ud800"])
def test_refuses_a_name_that_no_line_can_hold(name: str) -> None:
    with pytest.raises(Malformed):
        NoteKey.of(name, note.ED25519, LOG.public)


def test_refuses_a_small_order_or_unknown_kind_of_key() -> None:
    for kind, public in ((1, bytes(32)), (1, b"\x01" + bytes(31)), (2, LOG.public), (6, bytes(9))):
        with pytest.raises(Malformed):
            NoteKey.of("log", kind, public)


@pytest.mark.parametrize("text", [b"", b"no newline", b"a\tb\n", b"a\r\n", b"\xff\n"])
def test_refuses_to_sign_what_is_no_text(text: bytes) -> None:
    with pytest.raises(Malformed):
        sign(text, "log", LOG)
    with pytest.raises(Malformed):
        cosign(text, "log", LOG, 1)


def test_refuses_to_cosign_outside_of_time() -> None:
    for timestamp in (-1, 2**63):
        with pytest.raises(Malformed):
            cosign(TEXT, "log", LOG, timestamp)


def test_the_last_time_of_a_cosignature_is_one_below_two_to_the_63() -> None:
    last = 2**63 - 1
    line = cosign(TEXT, WITNESS_KEY.name, WITNESS, last)
    verify_line(TEXT, line, WITNESS_KEY)
    signed = WITNESS.sign(b"cosignature/v1\ntime %d\n%s" % (last + 1, TEXT))
    beyond = (last + 1).to_bytes(8, "big") + signed
    with pytest.raises(NotVerified, match="no time"):
        verify_line(TEXT, SignatureLine(line.name, line.key_id, beyond), WITNESS_KEY)
