"""Receipts: one spelling, one signer, and the time by which the promise falls due."""

from __future__ import annotations

import pytest
from tests.portal.intake.world import signer

from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.portal.intake import receipt

ORIGIN = "log.example/rekap"
SIGNER = signer("receipt")
LEAF, ID = "5a" * 32, "0f" * 32
KEY = NoteKey.of(receipt.key_name(ORIGIN), note.ED25519, SIGNER.public)


def issued() -> bytes:
    return receipt.issue(origin=ORIGIN, leaf=LEAF, id=ID, received_at=1_732_723_500, signer=SIGNER)


def test_a_receipt_says_what_was_promised() -> None:
    opened = receipt.open_receipt(issued(), [KEY])
    assert opened == receipt.Receipt(ORIGIN, LEAF, ID, 1_732_723_500, 1_732_723_560)
    assert receipt.parse(opened.text()) == opened


def test_a_key_of_another_name_does_not_sign_the_receipts_of_this_log() -> None:
    text = receipt.open_receipt(issued(), [KEY]).text()
    other = NoteKey.of("log.example/other/receipt", note.ED25519, SIGNER.public)
    with pytest.raises(NotVerified, match="not signed by the key that it names"):
        receipt.open_receipt(note.sign(text, other.name, SIGNER), [other])


def test_a_line_of_another_known_key_takes_nothing_from_a_receipt() -> None:
    other = NoteKey.of("log.example/other/receipt", note.ED25519, SIGNER.public)
    whole = note.Note.parse(issued())
    line = note.Note.parse(note.sign(whole.text, other.name, SIGNER)).lines
    for keys in ([KEY, other], [other, KEY]):
        assert receipt.open_receipt(whole.merge(line).format(), keys).origin == ORIGIN


LINES = receipt.open_receipt(issued(), [KEY]).text().decode().split("\n")


@pytest.mark.parametrize(
    ("line", "other"),
    [
        (0, ORIGIN),
        (0, f"{ORIGIN}/receipt/receipt "),
        (1, ""),
        (1, "WlpaWlo="),
        (1, LINES[1].rstrip("=")),
        (2, ID.upper()),
        (2, ID[2:]),
        (3, "01732723500"),
        (3, "-1"),
        (3, "1732723500\n1"),
        (4, "1e9"),
        (4, "1732723561"),
        (4, "9" * 13),
        (4, "\u0661"),
        (5, "x"),
        (5, "\n"),
    ],
)
def test_refuses_another_spelling(line: int, other: str) -> None:
    text = "\n".join([*LINES[:line], other, *LINES[line + 1 :]]).encode()
    with pytest.raises(Malformed):
        receipt.parse(text)
