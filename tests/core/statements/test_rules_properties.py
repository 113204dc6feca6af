"""A right paper breaks nothing; one wrong figure breaks what names it, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.statements import builders, strategies

from rekap.core.statements import model, rules
from rekap.core.statements.parts import comparisons

PAIR_COUNTS = st.integers(1, 5)


@st.composite
def right_papers(draw):
    pair_count = draw(PAIR_COUNTS)
    return pair_count, draw(strategies.stations(pair_count))


def failed(figures, pair_count):
    results = rules.check_figures("d_hasil_kelurahan", figures, pair_count)
    return {(one.rule, one.part) for one in results if one.state == "fail"}


@given(right_papers())
def test_a_right_paper_breaks_no_hard_rule(paper):
    pair_count, figures = paper
    assert failed(figures, pair_count) == set()
    assert set(figures) == set(model.figure_fields(pair_count))


@settings(max_examples=150, deadline=None)
@given(right_papers(), st.sampled_from([-1, 1]), st.data())
def test_one_wrong_figure_breaks_every_equality_that_names_it_and_nothing_else(paper, by, data):
    pair_count, figures = paper
    field = data.draw(st.sampled_from(sorted(name for name in figures if figures[name] + by >= 0)))
    naming = {
        (one.rule, one.name)
        for one in comparisons("d_hasil_kelurahan", pair_count)
        if field in one.fields
    }
    equalities = {
        (one.rule, one.name)
        for one in comparisons("d_hasil_kelurahan", pair_count)
        if field in one.fields and one.op == "="
    }
    found = failed({**figures, field: figures[field] + by}, pair_count)
    assert equalities <= found <= naming


@given(right_papers(), st.data())
def test_a_missing_figure_makes_exactly_the_parts_that_name_it_untestable(paper, data):
    pair_count, figures = paper
    field = data.draw(st.sampled_from(sorted(figures)))
    rest = {name: value for name, value in figures.items() if name != field}
    for one in rules.check_figures("d_hasil_kelurahan", rest, pair_count):
        assert (one.state == "untestable") == (field in one.fields)


@given(st.dictionaries(st.sampled_from(model.figure_fields(3)), st.integers(0, 700)))
def test_any_figures_give_one_result_per_part_in_the_order_of_the_table(figures):
    results = rules.check_figures("c_hasil", figures, 3)
    parts = [(one.rule, one.name) for one in comparisons("c_hasil", 3)]
    assert [(one.rule, one.part) for one in results] == parts
    codes = list(rules.RULES)
    found = rules.findings(builders.form(figures=figures), 3)
    assert [one.rule for one in found] == sorted({one.rule for one in found}, key=codes.index)
    broken = [(one.rule, part) for one in found for part in one.broken]
    assert broken == [(one.rule, one.part) for one in results if one.state == "fail"]


@settings(max_examples=50, deadline=None)
@given(st.lists(strategies.stations(), min_size=1, max_size=6))
def test_columns_of_right_papers_add_up_to_a_right_sheet(papers):
    columns = {f"{number:03d}": figures for number, figures in enumerate(papers, 1)}
    assert rules.findings(builders.form("d_hasil_kelurahan", columns=columns), 2) == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(strategies.stations(), min_size=1, max_size=4), st.data())
def test_one_wrong_total_is_always_x2_and_touches_no_column(papers, data):
    columns = {f"{number:03d}": figures for number, figures in enumerate(papers, 1)}
    field = data.draw(st.sampled_from(model.figure_fields(2)))
    total = sum(figures[field] for figures in papers)
    form = builders.form("d_hasil_kelurahan", columns=columns, **{field: total + 1})
    found = rules.findings(form, 2)
    assert [one.fields for one in found if one.rule == "X2"] == [(field,)]
    assert all(one.child is None for one in found)
