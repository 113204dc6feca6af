"""Numbers in Indonesian words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.desk.officials.spelling import words

UNITS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
    "sembilan": 9, "sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000,
}  # fmt: skip


def read_back(text: str) -> int:
    """Read a spelled number as a person does: what stands before a unit counts it."""
    total = part = digit = 0
    for word in text.split():
        if word in ("sepuluh", "sebelas", "seratus"):
            part += UNITS[word]
        elif word == "seribu":
            total += 1000
        elif word == "belas":
            part, digit = part + 10 + digit, 0
        elif word == "puluh":
            part, digit = part + 10 * digit, 0
        elif word == "ratus":
            part, digit = part + 100 * digit, 0
        elif word in ("ribu", "juta"):
            total += (part + digit) * {"ribu": 1_000, "juta": 1_000_000}[word]
            part = digit = 0
        elif word == "nol":
            assert text == "nol"
        else:
            assert digit == 0, text
            digit = UNITS[word]
    return total + part + digit


def test_known_words() -> None:
    known = {
        0: "nol", 1: "satu", 10: "sepuluh", 11: "sebelas", 12: "dua belas", 19: "sembilan belas",
        20: "dua puluh", 21: "dua puluh satu", 100: "seratus", 101: "seratus satu",
        110: "seratus sepuluh", 111: "seratus sebelas", 200: "dua ratus", 1_000: "seribu",
        1_001: "seribu satu", 1_100: "seribu seratus", 2_000: "dua ribu",
        11_000: "sebelas ribu", 100_000: "seratus ribu", 101_000: "seratus satu ribu",
        1_000_000: "satu juta", 1_001_000: "satu juta seribu",
        2_183_239: "dua juta seratus delapan puluh tiga ribu dua ratus tiga puluh sembilan",
        999_999_999: "sembilan ratus sembilan puluh sembilan juta sembilan ratus sembilan puluh"
        " sembilan ribu sembilan ratus sembilan puluh sembilan",
    }  # fmt: skip
    assert {number: words(number) for number in known} == known


def test_every_number_below_twenty_thousand_reads_back() -> None:
    seen = set()
    for number in range(20_000):
        text = words(number)
        assert read_back(text) == number
        seen.add(text)
    assert len(seen) == 20_000


@given(st.integers(0, 999_999_999))
def test_any_number_reads_back_and_is_spelled_in_one_way(number: int) -> None:
    text = words(number)
    assert read_back(text) == number
    for wrong in ("satu belas", "satu puluh", "satu ratus", "satu ribu", "  ", "nol "):
        if wrong == "satu ribu" and number // 1_000 % 1_000 > 1:
            continue
        assert wrong not in f"{text}"


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_other_numbers_have_no_words(number: int) -> None:
    with pytest.raises(ValueError, match="not 0"):
        words(number)
