"""Numbers as they are written: no share crosses a threshold, no time without its zone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core.pages.words import numbers, spoken

INDONESIAN, ENGLISH = (spoken.words(language).numbers for language in ("id", "en"))


def read_share(text: str, point: str = ",") -> Fraction:
    whole, _, decimals = text.removesuffix("%").partition(point)
    return Fraction(int(whole + decimals), 10 ** len(decimals))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (1000, "1.000"), (2183239, "2.183.239"), (-2559, "\u22122.559")],
)
def test_thousands(value, text):
    assert INDONESIAN.thousands(value) == text


@pytest.mark.parametrize(("value", "text"), [(2559, "+2.559"), (-5, "\u22125"), (0, "0")])
def test_signed(value, text):
    assert INDONESIAN.signed(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (2183239, 4360629, "50,07%"),
        (1718160, 4360629, "39,40%"),
        (14825, 14835, "99,93%"),
        (1, 2, "50,00%"),
        (0, 7, "0,00%"),
        (7, 7, "100,00%"),
        (500001, 1000000, "50,0001%"),
        (499999, 1000000, "49,9999%"),
        (999999, 1000000, "99,9999%"),
        (1, 1000000, "0,0001%"),
        (1000001, 1000000, "100,0001%"),
        (65000, 129999, "50,0004%"),
        (3, 0, ""),
        (12_345, 20_000, "61,73%"),
        (1, 20_000, "0,01%"),
    ],
)
def test_share(part, whole, text):
    assert INDONESIAN.share(part, whole) == text


@given(st.integers(1, 10**9), st.data())
def test_share_never_crosses_a_threshold(whole, data):
    near = st.sampled_from([0, whole // 2, (whole + 1) // 2, whole])
    part = max(0, data.draw(st.one_of(st.integers(0, whole), near)) + data.draw(st.integers(-3, 3)))
    shown, exact = read_share(INDONESIAN.share(part, whole)), Fraction(100 * part, whole)
    assert read_share(ENGLISH.share(part, whole), ".") == shown
    for threshold in (0, 50, 100):
        assert (shown > threshold, shown < threshold) == (exact > threshold, exact < threshold)
    assert abs(shown - exact) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2024-11-27T14:05:00+07:00", "27 November 2024, 14.05 WIB"),
        ("2024-12-08T16:01:30+08:00", "8 Desember 2024, 16.01.30 WITA"),
        ("2024-01-01T00:00:00+09:00", "1 Januari 2024, 00.00 WIT"),
    ],
)
def test_moment(value, text):
    assert INDONESIAN.moment(value) == text


def test_small_ones():
    assert INDONESIAN.day("2024-11-27") == "27 November 2024"
    assert [INDONESIAN.per_mille(n) for n in (5, 10, 15, 20)] == ["0,5%", "1%", "1,5%", "2%"]
    assert numbers.blocks("b6f639fe6f88") == "b6f6 39fe 6f88"
    assert numbers.short_key("7f3a91c2e04d") == "7f3a 91c2"
    assert INDONESIAN.out_of(124, 125) == "124 dari 125"
    assert INDONESIAN.out_of(1240, None) == "1.240"
    assert numbers.root_blocks("tvY5/m+IW9gpcCUb7f+e9LzsF6c4DiDgDyR/3IsPr2s=").startswith(
        "b6f6 39fe"
    )


def test_english_numbers():
    assert [ENGLISH.thousands(n) for n in (0, 999, 1000, -2183239)] == [
        "0", "999", "1,000", "\u22122,183,239",
    ]  # fmt: skip
    assert ENGLISH.share(2183239, 4360629) == "50.07%"
    assert [ENGLISH.per_mille(value) for value in (5, 10)] == ["0.5%", "1%"]
    assert ENGLISH.out_of(14825, 14835) == "14,825 of 14,835"
    assert ENGLISH.moment("2024-12-08T16:01:30+07:00") == "8 December 2024, 16:01:30 WIB"
    assert ENGLISH.moment("2024-10-27T14:05:00+09:00") == "27 October 2024, 14:05 WIT"
