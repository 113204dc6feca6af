"""The model of a province's hour rests on what is measured, and says what it assumes."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path

import pytest
from scripts.lab import rush

EACH = rush.Operations(
    run=0.1, fold=0.01, page=0.03, above=0.03, pages=2.0, pages_above=1.0, most=20_000
)


def test_operations_are_measured_on_a_wave(tmp_path: Path) -> None:
    """SIMULASI: a form has a page of its own and that of its TPS, and pages above."""
    found = rush.measured(40, 24, tmp_path / "portal")
    print(found)
    assert found.pages == pytest.approx(2, rel=0.2)
    assert found.pages_above > 0
    assert found.most > rush.LARGEST / 40
    assert all(0 < value < 10 for value in (found.run, found.fold, found.page, found.above))


def test_one_form_takes_one_round_of_all_operations() -> None:
    """A second until the publisher begins, two pages in one range, one page above."""
    one = rush.hour(EACH, 1, 1)
    begun = 1 + 0.1 + 0.01 + rush.HANDED
    shown = begun + 2 * 0.03 + 0.1 + 2 * rush.HANDED + 0.03 + 0.1 + rush.HANDED
    assert one.rounds == 1
    assert one.tps == pytest.approx(begun + 2 * 0.03)
    assert (one.province, one.recovered) == (pytest.approx(shown), pytest.approx(shown - 1))


@pytest.mark.parametrize("name", [one.name for one in fields(EACH) if one.name != "most"])
def test_each_operation_that_takes_twice_as_long_makes_pages_later(name: str) -> None:
    usual = rush.hour(EACH, 30, renderers=4)
    slow = rush.hour(replace(EACH, **{name: 2 * getattr(EACH, name)}), 30, renderers=4)
    assert slow.province > usual.province
    assert slow.tps > usual.tps


def test_what_cannot_be_folded_as_fast_as_it_comes_waits_longer_and_longer() -> None:
    short, long = (rush.hour(replace(EACH, fold=0.05), 30, seconds) for seconds in (600, 1_800))
    assert long.tps > 2 * short.tps
    assert long.recovered > 2 * short.recovered > 300


def test_many_forms_write_no_more_pages_above_than_there_are() -> None:
    few, all_of = (rush.hour(replace(EACH, most=most), 100) for most in (64, 20_000))
    assert few.province < all_of.province


def test_a_publisher_that_is_killed_makes_few_pages_late_and_by_no_minutes() -> None:
    """A province's hour: before, its queue stood until 360 s were over."""
    usual, killed, stood = (
        rush.hour(EACH, 30, stands=stands) for stands in (0, rush.HELD_S, 360)
    )  # fmt: skip
    assert usual.tps < killed.tps < 20 < stood.tps
    assert usual.province < killed.province < 60 < stood.province


def test_a_whole_site_is_written_again_by_all_renderers_beside_a_publisher_that_folds() -> None:
    """The slower of the two counts; forms that come take the publisher's time, none of theirs."""
    assert rush.again(EACH, 100, 6_000, 0) == 6_000 / rush.RENDERERS
    assert rush.again(EACH, 300, 6_000, 0) == 300
    assert rush.again(EACH, 300, 6_000, 30) == pytest.approx(300 / (1 - 0.3))
    assert rush.again(EACH, 300, 6_000, 100) == math.inf


def test_forms_that_wait_for_a_whole_site_are_shown_in_the_round_after() -> None:
    usual, late = rush.hour(EACH, 30), rush.hour(EACH, 30, begun=300)
    assert 300 < late.province < 300 + 10 * usual.province
    assert late.recovered == pytest.approx(usual.recovered, rel=0.5)
