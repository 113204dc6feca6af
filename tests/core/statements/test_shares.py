"""Majorities and margins, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core.statements import shares


@pytest.mark.parametrize(("valid", "majority"), [(0, 1), (1, 1), (2, 2), (3, 2), (100, 51),
                                                 (101, 51), (4_360_629, 2_180_315)])  # fmt: skip
def test_the_smallest_majority_is_the_first_number_over_half(valid, majority):
    assert shares.smallest_majority(valid) == majority
    assert shares.strictly_more_than_half(majority, valid)
    assert not shares.strictly_more_than_half(majority - 1, valid)


@given(st.integers(0, 10**9), st.integers(0, 1000))
def test_the_margin_is_exact(valid, per_mille):
    most = shares.margin_votes(valid, per_mille)
    assert 1000 * most <= per_mille * valid < 1000 * (most + 1)


def test_half_a_percent_of_200_votes_is_one_vote():
    assert shares.margin_votes(200, 5) == 1
    assert shares.margin_votes(199, 5) == 0
