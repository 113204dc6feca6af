"""The rules on papers with the mistakes that real papers have (domain notes, section 2)."""

import pytest
from tests.core.statements import builders as b
from tests.core.statements.builders import ABSENT, STATION

from rekap.core.statements import rules
from rekap.core.statements.parts import comparisons
from rekap.core.statements.rules import RULES, FormFinding


def broken(payload, pair_count=2):
    """(rule, child, broken parts) of every finding."""
    found = rules.findings(payload, pair_count)
    return [(one.rule, one.child, one.broken) for one in found]


def test_the_example_forms_break_no_rule():
    for form in ("c_hasil", "d_hasil_kelurahan", "d_hasil_kecamatan", "d_hasil_prov", "summary"):
        assert rules.findings(b.form(form), 2) == ()


def test_the_table_has_every_code_once_with_its_strength():
    hard = {code for code, rule in RULES.items() if rule.hard}
    assert list(RULES) == [
        "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14",
        "R15", "R16", "R17", "X1", "X2", "X3", "X4", "X5", "X6", "X7", "D1", "L1", "L2", "L3", "L4",
        "K1", "S1", "W1", "W2", "P0", "P1",
    ]  # fmt: skip
    assert RULES.keys() - hard == {
        "R11",
        "R12",
        "R13",
        "R14",
        "R15",
        "R16",
        "X4",
        "X6",
        "X7",
        "L1",
        "L2",
        "L3",
        "L4",
        "K1",
        "S1",
        "P0",
        "P1",
        "W1",
        "W2",
    }


MISTAKES = {
    "digits joined": ({"pair_1": 5207}, {"R6"}),
    "column shifted": (
        {"pair_1": 209, "pair_2": 66, "valid": 3, "invalid": 275, "total": 278},
        {"R6", "R8"},
    ),
    "same figure typed twice": ({"valid": 267, "invalid": 267}, {"R6", "R7"}),
    "one digit misread": ({"pair_2": 96}, {"R6"}),
    "two digits swapped": ({"ballots_unused": 29}, {"R4"}),
    "total left at zero": ({"total": 0}, {"R7", "R8"}),
    "total typed into valid": ({"valid": 225}, {"R6", "R7"}),
    "returned ballot counted as invalid": ({"invalid": 11, "total": 226}, {"R8"}),
    "men and women swapped in one row": ({"voted_m": 122, "voted_f": 103}, {"R2"}),
    "total of one row misread": ({"registered": 370}, {"R1", "R12"}),
    "more voters than the list holds": (
        {"voted_listed_m": 151, "voted_listed": 271},
        {"R2", "R3"},
    ),
    "more voters with disability than voters": (
        {"voted_disabled_m": 103, "voted_disabled_f": 123, "voted_disabled": 226},
        {"R9", "R17"},
    ),
    "an empty form sent as zeros": (dict.fromkeys(STATION, 0), {"R13"}),
}


@pytest.mark.parametrize(("changes", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_finds_the_mistakes_of_real_forms(changes, expected):
    assert {one.rule for one in rules.findings(b.form(**changes), 2)} == expected


def test_a_certificate_read_out_with_two_digits_swapped_breaks_r4_alone():
    figures = {
        "ballots_received": 1_383_032,
        "ballots_used": 712_367,
        "ballots_returned": 823,
        "ballots_unused": 669_482,
        "voted": 712_367,
        "valid": 666_975,
        "invalid": 45_392,
        "total": 712_367,
    }
    form = b.form("d_hasil_kabko", figures=figures, children=ABSENT, rows=ABSENT)
    assert rules.findings(form, 2) == (
        FormFinding(
            rule="R4",
            child=None,
            part=None,
            hard=True,
            fields=("ballots_received", "ballots_used", "ballots_returned", "ballots_unused"),
            expected=1_382_672,
            found=1_383_032,
            op="=",
            broken=("ballots",),
        ),
    )


BOUNDS = [
    ("R3", "m", {"voted_listed_m": 150}, {"voted_listed_m": 151}),
    ("R3", "f", {"voted_listed_f": 160}, {"voted_listed_f": 161}),
    ("R3", "all", {"voted_listed": 310}, {"voted_listed": 311}),
    ("R9", "disabled", {"voted_disabled": 225}, {"voted_disabled": 226}),
    ("R9", "returned", {"ballots_returned": 318}, {"ballots_returned": 319}),
    ("R9", "unused", {"ballots_unused": 318}, {"ballots_unused": 319}),
    ("R11", "registered", {"registered": 600}, {"registered": 601}),
    ("R12", "reserve", {"ballots_received": 320}, {"ballots_received": 321}),
    ("R12", "reserve", {"ballots_received": 316}, {"ballots_received": 315}),
    ("R13", "turnout", {"voted": 315}, {"voted": 316}),
    ("R17", "m", {"voted_disabled_m": 103}, {"voted_disabled_m": 104}),
    ("R17", "f", {"voted_disabled_f": 122}, {"voted_disabled_f": 123}),
    ("R13", "turnout", {"voted": ABSENT, "total": 315}, {"voted": ABSENT, "total": 316}),
]


@pytest.mark.parametrize(("rule", "part", "inside", "outside"), BOUNDS)
def test_bounds_belong_to_what_is_allowed(rule, part, inside, outside):
    def state(changes):
        figures = b.form(**changes)["figures"]
        results = rules.check_figures("c_hasil", figures, 2)
        return next(one.state for one in results if (one.rule, one.part) == (rule, part))

    assert state(inside) == "pass"
    assert state(outside) == "fail"


@pytest.mark.parametrize(
    ("registered", "ballots"), [(0, 0), (1, 2), (39, 40), (40, 41), (41, 43), (80, 82), (310, 318)]
)
def test_the_reserve_is_a_fortieth_rounded_up(registered, ballots):
    figures = {"registered": registered, "ballots_received": ballots}
    results = rules.check_figures("c_hasil", figures, 2)
    reserve = next(one for one in results if one.part == "reserve")
    assert (reserve.state, reserve.op, reserve.expected) == ("pass", "near", ballots)


def result(rule, part, **figures):
    results = rules.check_figures("c_hasil", figures, 2)
    return next(one for one in results if (one.rule, one.part) == (rule, part))


def test_a_part_without_all_its_figures_cannot_be_tested_and_others_still_are():
    partial = {"pair_1": 1, "valid": 5, "invalid": 1, "total": 6}
    states = {(one.rule, one.part): one.state for one in rules.check_figures("c_hasil", partial, 2)}
    assert states[("R6", "pairs")] == "untestable"
    assert states[("R7", "votes")] == "pass"
    assert states[("R8", "voters")] == "untestable"
    untested = result("R6", "pairs", **partial)
    assert (untested.expected, untested.found) == (None, None)
    assert untested.fields == ("valid", "pair_1", "pair_2")


def test_r13_uses_what_is_there():
    assert result("R13", "turnout", total=9).state == "untestable"
    assert result("R13", "turnout", registered=9).state == "untestable"
    alone = result("R13", "turnout", registered=9, total=10)
    assert (alone.state, alone.fields, alone.expected, alone.found, alone.op) == (
        "fail",
        ("total", "registered"),
        9,
        10,
        "<=",
    )
    assert result("R13", "turnout", registered=9, voted_unlisted=1, total=10).state == "pass"
    assert result("R13", "turnout", registered=9, voted=9, total=10).state == "pass"
    assert result("R13", "votes").state == "untestable"
    assert result("R13", "votes", valid=1, pair_2=0).state == "pass"
    zero = result("R13", "votes", valid=0, pair_2=0)
    assert (zero.state, zero.fields, zero.expected, zero.found, zero.op) == (
        "fail",
        ("pair_2", "valid"),
        1,
        0,
        ">=",
    )


def test_some_rules_are_for_stations_only_and_a_summary_has_none():
    assert {one.rule for one in comparisons("d_hasil_prov", 2)} == {f"R{n}" for n in range(1, 10)}
    assert {one.rule for one in comparisons("c_hasil", 2)} - {
        one.rule for one in comparisons("d_hasil_prov", 2)
    } == {"R11", "R12", "R13", "R17"}
    assert rules.check_figures("summary", STATION, 2) == ()


def test_one_finding_names_all_broken_parts_of_a_rule():
    form = b.form(registered=311, voted=226, voted_m=104)
    assert rules.findings(form, 2)[:2] == (
        FormFinding(
            rule="R1",
            child=None,
            part=None,
            hard=True,
            fields=("registered_m", "registered_f", "registered"),
            expected=310,
            found=311,
            op="=",
            broken=("registered",),
        ),
        FormFinding(
            rule="R2",
            child=None,
            part=None,
            hard=True,
            fields=(
                "voted_listed_m", "voted_listed", "voted_moved_m", "voted_moved",
                "voted_unlisted_m", "voted_unlisted", "voted_m", "voted",
            ),
            expected=103,
            found=104,
            op="=",
            broken=("m", "all"),
        ),
    )  # fmt: skip


def test_totals_that_are_not_the_sum_of_their_columns_are_x2():
    form = b.form("d_hasil_kelurahan", valid=431, invalid=19)
    assert rules.findings(form, 2)[-1] == FormFinding(
        rule="X2",
        child=None,
        part="columns",
        hard=True,
        fields=("valid", "invalid"),
        expected=430,
        found=431,
        op="=",
        broken=("columns",),
    )


def test_a_column_that_breaks_a_rule_is_x3_with_the_rule_as_its_part():
    wrong = {**STATION, "pair_1": 121, "ballots_returned": 2}
    form = b.form("d_hasil_kelurahan", columns={"001": STATION, "002": wrong, "003": wrong})
    assert broken(form) == [
        ("R4", None, ("ballots",)),
        ("R6", None, ("pairs",)),
        ("X3", "002", ("ballots",)),
        ("X3", "002", ("pairs",)),
        ("X3", "003", ("ballots",)),
        ("X3", "003", ("pairs",)),
    ]
    assert [one.part for one in rules.findings(form, 2)[2:4]] == ["R4", "R6"]


def test_an_unknown_cell_is_neither_added_up_nor_compared():
    form = b.form(
        "d_hasil_kabko",
        figures={"pair_1": 9, "pair_2": 1, "valid": 11},
        rows={"pair_1": [4, None], "pair_2": [1, 1], "valid": [6, 9]},
    )
    assert broken(form) == [
        ("R6", None, ("pairs",)),
        ("X2", None, ("columns",)),
        ("X3", "90.01.01", ("pairs",)),
    ]
    assert rules.findings(form, 2)[1].fields == ("pair_2", "valid")


def test_x1_names_the_cells_that_differ_from_the_form_below():
    column = {"valid": 9, "pair_1": 4, "pair_2": None, "invalid": 0}
    below = {"valid": 10, "pair_1": 5, "pair_2": 5, "total": 10, "invalid": 0}
    assert rules.compare_columns(column, below) == (("pair_1", 4, 5), ("valid", 9, 10))
    assert rules.compare_columns(below, below) == ()


def test_sums_are_compared_only_where_every_child_reported():
    certified = {"pair_1": 9, "pair_2": 5, "valid": 14}
    total = {"pair_1": (8, 2), "pair_2": (4, 1), "valid": (14, 2), "total": (20, 2)}
    assert rules.compare_sum(certified, total, 2) == (("pair_1", 9, 8),)
    assert rules.compare_sum(certified, total, 3) == ()
    assert rules.compare_sum(certified, total, None) == ()


def test_a_difference_is_a_finding_of_its_first_field():
    cells = rules.difference("X1", "001", None, (("pair_1", 4, 5), ("valid", 9, 10)))
    assert cells == FormFinding("X1", "001", None, True, ("pair_1", "valid"), expected=5, found=4)
    below = rules.difference("X2", None, "below", (("valid", 9, 10),))
    assert (below.part, below.broken) == ("below", ("below",))


def explanation(rule, text="sebab", **names):
    return {"rule": rule, "text": text, **names}


R2 = rules.findings(b.form(voted=226, voted_m=104), 2)[0]
X3 = FormFinding("X3", "001", "R6", True, ("valid",), 1, 2, broken=("pairs",))
X2 = FormFinding("X2", None, "columns", True, ("valid",), 1, 2, broken=("columns",))
X1 = FormFinding("X1", "001", None, True, ("valid",), 1, 2)

EXPLAINED = [
    (R2, [explanation("R2")], "sebab"),
    (R2, [explanation("R2", part="m")], None),
    (R2, [explanation("R2", "a", part="m"), explanation("R2", "b", part="all")], "a; b"),
    (R2, [explanation("R1")], None),
    (R2, [explanation("R1", "lain"), explanation("R2")], "sebab"),
    (X3, [explanation("X3", "lain", child="002"), explanation("X3", child="001")], "sebab"),
    (R2, [explanation("R2", child="001")], None),
    (X3, [explanation("X3", child="001")], "sebab"),
    (X3, [explanation("X3", child="001", part="R6")], "sebab"),
    (X3, [explanation("X3", child="001", part="R7")], None),
    (X3, [explanation("X3", child="002", part="R6")], None),
    (X3, [explanation("X3")], None),
    (X3, [explanation("R6", child="001")], "sebab"),
    (X3, [explanation("R6")], None),
    (X2, [explanation("X2")], "sebab"),
    (X2, [explanation("X2", part="columns")], "sebab"),
    (X2, [explanation("X2", part="below")], None),
    (X1, [explanation("X1", child="001")], "sebab"),
    (X1, [explanation("X1")], None),
    (X1, [], None),
]


@pytest.mark.parametrize(("finding", "explanations", "text"), EXPLAINED)
def test_an_explanation_is_for_its_rule_child_and_part(finding, explanations, text):
    assert rules.explained(finding, explanations) == text
