"""Exact sums, majorities and margins."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekap.core.statements import sums

FIELDS = st.sampled_from(["pair_1", "pair_2", "valid", "total"])
FIGURES = st.dictionaries(FIELDS, st.integers(0, 999_999_999))


def total_of(forms):
    return reduce(sums.add, map(sums.of_figures, forms), {})


@given(st.lists(FIGURES, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_forms_does_not_matter(forms, chance):
    shuffled = list(forms)
    chance.shuffle(shuffled)
    assert total_of(shuffled) == total_of(forms)


@given(st.lists(FIGURES, max_size=8), st.integers(0, 8))
def test_parts_add_up_to_the_whole(forms, place):
    whole = sums.add(total_of(forms[:place]), total_of(forms[place:]))
    assert whole == total_of(forms)
    for field, (value, reported) in whole.items():
        assert value == sum(form.get(field, 0) for form in forms)
        assert reported == sum(field in form for form in forms)


@given(st.lists(FIGURES, max_size=5), FIGURES)
def test_what_was_added_can_be_taken_away(forms, figures):
    total = total_of(forms)
    assert (
        sums.subtract(sums.add(total, sums.of_figures(figures)), sums.of_figures(figures)) == total
    )


@given(st.lists(FIGURES, max_size=5), st.none() | FIGURES, st.none() | FIGURES)
def test_a_delta_replaces_one_form_by_another(others, old, new):
    before = total_of([*others, *([old] if old is not None else [])])
    after = total_of([*others, *([new] if new is not None else [])])
    assert sums.add(before, sums.delta(old, new)) == after


def test_a_delta_of_equal_figures_is_empty():
    assert sums.delta({"valid": 1}, {"valid": 1}) == {}
    assert sums.delta(None, None) == {}


def test_adding_leaves_both_sums_as_they_were():
    left, right = {"valid": (1, 1)}, {"valid": (2, 1)}
    assert sums.add(left, right) == {"valid": (3, 2)}
    assert (left, right) == ({"valid": (1, 1)}, {"valid": (2, 1)})


@pytest.mark.parametrize(("valid", "majority"), [(0, 1), (1, 1), (2, 2), (3, 2), (100, 51),
                                                 (101, 51), (4_360_629, 2_180_315)])  # fmt: skip
def test_the_smallest_majority_is_the_first_number_over_half(valid, majority):
    assert sums.smallest_majority(valid) == majority
    assert sums.strictly_more_than_half(majority, valid)
    assert not sums.strictly_more_than_half(majority - 1, valid)


LEADERS = [
    ({"pair_1": 3, "pair_2": 5}, (2,), 2),
    ({"pair_1": 5, "pair_2": 5}, (1, 2), 0),
    ({"pair_1": 0, "pair_2": 0}, (), 0),
    ({"pair_1": 1, "pair_2": 0}, (1,), 1),
    ({"pair_1": 5}, (), None),
    ({}, (), None),
]


@pytest.mark.parametrize(("figures", "leaders", "lead"), LEADERS)
def test_ties_have_several_leaders_and_an_absent_pair_has_none(figures, leaders, lead):
    assert sums.leaders(figures, 2) == leaders
    assert sums.lead(figures, 2) == lead


def test_the_lead_is_over_the_second_of_many():
    assert sums.lead({"pair_1": 3, "pair_2": 9, "pair_3": 7}, 3) == 2
    assert sums.lead({"pair_1": 3}, 1) is None


@given(st.integers(0, 10**9), st.integers(0, 1000))
def test_the_margin_is_exact(valid, per_mille):
    most = sums.margin_votes(valid, per_mille)
    assert 1000 * most <= per_mille * valid < 1000 * (most + 1)


def test_half_a_percent_of_200_votes_is_one_vote():
    assert sums.margin_votes(200, 5) == 1
    assert sums.margin_votes(199, 5) == 0
