"""R14, R16, W1, W2 on the figures of one C form, at their bounds."""

import pytest

from rekap.core.statements import notices

ALL_FOR_ONE = {"registered": 200, "voted": 199, "pair_1": 0, "pair_2": 199, "valid": 199}


def rules(listed=None, **figures):
    return [one.rule for one in notices.of_form(figures, {}, 2, listed)]


def test_the_roll_of_the_form_is_held_against_the_roster():
    assert rules(300, registered=300) == []
    assert rules(301, registered=300) == ["R14"]
    assert rules(0, registered=300) == ["R14"]


@pytest.mark.parametrize("figures", [{}, {"registered": 300}], ids=["no form", "no roster"])
def test_what_one_of_them_does_not_say_is_not_compared(figures):
    assert rules(None, **figures) == []
    assert rules(300) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, True),
        ({"voted": 198}, False),
        ({"pair_1": 1, "pair_2": 198}, False),
        ({"registered": 0}, False),
        ({"registered": 50, "voted": 50, "pair_2": 50, "valid": 50}, True),
        ({"registered": 49, "voted": 49, "pair_2": 49, "valid": 49}, False),
    ],
)
def test_all_for_one_pair_by_nearly_all_is_worth_a_look(changes, said):
    assert rules(**{**ALL_FOR_ONE, **changes}) == (["W1"] if said else [])


def test_the_total_of_votes_stands_for_voters_where_a_source_has_none():
    votes = {name: value for name, value in ALL_FOR_ONE.items() if name != "voted"}
    assert rules(**votes, total=199) == ["W1"]
    assert rules(**votes) == []


def test_a_tenth_of_the_votes_invalid_is_worth_a_look():
    assert rules(invalid=10, total=100) == ["W2"]
    assert rules(invalid=9, total=100) == []
    assert rules(invalid=0, total=0) == []
    assert rules(invalid=10) == []


@pytest.mark.parametrize(
    ("attended", "fields", "others"),
    [
        ({"listed": 210, "moved": 3, "unlisted": 0}, (), ()),
        ({"listed": 209}, ("voted_listed",), (209,)),
        ({"listed": 211, "moved": 3, "unlisted": 1}, ("voted_listed", "voted_unlisted"), (211, 1)),
        ({"moved": 0}, ("voted_moved",), (0,)),
    ],
)
def test_who_voted_is_held_against_the_attendance_list(attended, fields, others):
    figures = {"voted_listed": 210, "voted_moved": 3, "voted_unlisted": 0}
    found = notices.of_form(figures, attended, 2, None)
    assert [(one.rule, one.fields, one.others) for one in found] == (
        [("R16", fields, others)] if fields else []
    )


def test_a_list_of_which_the_form_says_nothing_is_not_compared():
    assert notices.of_form({"valid": 1}, {"listed": 5}, 2, None) == ()
