"""Codes that a camera reads, and the card that is held out to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk.officials import qr
from tests.desk.officials.post import item, receipt_key
from tests.portal.intake.world import World, signer

from rekap.audit.commands.speech import Say
from rekap.desk.officials.outbox import receipts
from rekap.desk.officials.sending import card
from rekap.portal.intake import receipt

WORLD = World()
OWN = item(WORLD)
AT = 1_732_700_000


def issued(origin: str = WORLD.origin) -> bytes:
    return receipt.issue(
        origin=origin, leaf=OWN.leaf, id=OWN.id, received_at=AT, signer=signer("receipt")
    )


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=1, max_size=360))
def test_another_reading_of_the_code_gives_the_same_bytes(data: bytes):
    assert qr.decode(card.matrix(data)) == data


def test_the_other_reading_sees_a_single_wrong_module():
    rows = card.matrix(issued())
    size = len(rows)
    for y, x in ((size // 2, size // 2), (size - 6, size - 6), (12, 20)):
        turned = [list(row) for row in rows]
        turned[y][x] ^= 1
        with pytest.raises(AssertionError):
            qr.decode(turned)


@pytest.mark.parametrize("terminal", [True, False])
def test_lines_of_a_terminal_hold_the_code(terminal: bool):
    data = issued()
    lines = card.lines(card.matrix(data), terminal=terminal)
    if terminal:
        assert all(re.fullmatch(r"\033\[30;47m[ ▀▄█]+\033\[0m", line) for line in lines)
        lines = [line[8:-4] for line in lines]
    assert max(map(len, lines)) <= 80
    assert qr.decode(qr.from_lines(lines)) == data


def test_the_whole_receipt_if_it_fits_else_origin_and_leaf():
    assert card.choose(issued(), WORLD.origin, OWN.leaf) == issued()
    for length in (20, 60, 100, 200):
        origin = "rekap.example/" + "a" * (length - 18) + "/log"
        chosen = card.choose(issued(origin), origin, OWN.leaf)
        assert chosen in (issued(origin), f"{origin}\n{OWN.leaf}\n".encode())
        assert len(card.matrix(chosen)[0]) <= 80
        assert qr.decode(card.matrix(chosen)) == chosen
    assert chosen == f"{origin}\n{OWN.leaf}\n".encode()


def test_what_a_camera_shows_is_the_receipt_again_whatever_it_did_to_the_text(tmp_path: Path):
    data = issued()
    text = data.decode()
    copies = [
        text,
        text.replace("\n", "\r\n"),
        text.rstrip("\n"),
        "\ufeff" + text,
        text.replace("\n\n", "\n"),
        text.replace("—", "-"),
        text.replace("—", "--"),
        text.encode().decode("cp1252", "replace"),
        "\n  " + text.replace("\n", " \n "),
    ]
    for copy in copies:
        path = tmp_path / "photo.txt"
        path.write_text(copy, encoding="utf-8", newline="")
        read, told = receipts.read(path)
        assert read == data, copy
        assert told.leaf == OWN.leaf
        assert receipts.check(read, OWN, receipt_key(WORLD)) == told


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("length", [0, 200])
def test_the_card_fits_in_80_columns_and_says_everything(language: str, length: int):
    say, screen = Say(language), card.Screen(colours=False, blocks=True)
    origin = WORLD.origin if not length else "rekap.example/" + "a" * (length - 18) + "/log"
    data = issued(origin)
    told = receipts.receipts.parse(data.split(b"\n\n")[0] + b"\n")
    lines = list(card.of_receipt(OWN, data, told, "+08:00", screen, say))
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for group in (OWN.id[:8], OWN.id[-8:], OWN.leaf[:8], OWN.leaf[-8:]):
        assert group in text
    assert "17.33.20 WITA" in text or "17:33:20 WITA" in text
    joined = "".join(line.strip() for line in lines)
    assert origin in joined.replace("log           ", "").replace("log          ", "") or length
    drawn = [line for line in lines if set(line) <= set(" ▀▄█")]
    found = qr.decode(qr.from_lines(drawn))
    assert found == card.choose(data, origin, OWN.leaf)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_card_of_the_queue_says_that_the_portal_signed_nothing(language: str):
    say, screen = Say(language), card.Screen(colours=False, blocks=True)
    lines = list(card.of_queue(OWN, AT, "+09:00", screen, say))
    assert max(map(len, lines)) <= 80
    assert ("belum terkirim" in lines[0]) or ("not sent yet" in lines[0])
    assert "WIT" in "\n".join(lines)
    drawn = [line for line in lines if set(line) <= set(" ▀▄█")]
    assert qr.decode(qr.from_lines(drawn)) == f"{WORLD.origin}\n{OWN.leaf}\n".encode()


def test_a_screen_without_block_characters_shows_no_code():
    screen = card.Screen(colours=False, blocks=False)
    lines = list(card.of_queue(OWN, AT, "+07:00", screen, Say()))
    assert "\n".join(lines).isascii()
