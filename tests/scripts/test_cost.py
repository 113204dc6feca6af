"""The cost model: its sums are right, its document is its output."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripts.lab import cost
from scripts.lab.costing import model
from scripts.lab.costing.capacity import item_bytes, read_units, write_units
from scripts.lab.costing.prices import PRICES
from scripts.lab.costing.quantities import (
    ALARMS,
    ASSUMED,
    BYTES,
    COUNTED,
    FILES,
    MINUTES_A_MONTH,
    WAVE,
    WHOLE_A_MONTH,
)
from scripts.stack.template import _Loader

ROOT = Path(__file__).parents[2]

# ---------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({}, 0),
        ({"pk": {"S": "leaf#é"}}, 2 + 7),
        ({"n": {"N": "1732690000"}}, 1 + 7),
        ({"b": {"B": bytes(1000)}}, 1 + 1000),
        ({"s": {"SS": ["ab", "cde"]}}, 1 + 5),
        ({"l": {"L": [{"S": "abc"}]}}, 1 + 3 + 1 + 3),
    ],
)
def test_items_are_measured_as_they_are_charged(item: Any, size: int) -> None:
    assert item_bytes(item) == size


def test_units_are_whole_and_double_in_a_transaction() -> None:
    assert [read_units(size) for size in (0, 1, 4096, 4097)] == [1, 1, 1, 2]
    assert [write_units(size, transaction=False) for size in (0, 1024, 1025)] == [1, 1, 2]
    assert write_units(1_720, transaction=True) == 4


def test_between_the_counted_waves_quantities_lie_on_a_line() -> None:
    count = COUNTED["publish"]["writes"]
    assert [count.at(size) for size in (1, 8, WAVE)] == [8, 36, 64]


def test_a_wave_meets_as_many_regions_as_chance_gives() -> None:
    assert model.distinct(1, 5) == 1
    assert model.distinct(10, 1) == pytest.approx(1)
    assert model.distinct(2, 2) == pytest.approx(1.5)
    assert 62 < model.distinct(2_000, 64) < 64


def test_one_form_rewrites_what_was_counted() -> None:
    """The model's files of one form: half a governor's form, half a regent's, both counted."""
    both = sum(FILES.values()) - FILES["provinsi"] / 2
    assert model.site_files(1) == pytest.approx(both, abs=0.2)


def test_waves_keep_their_size_or_grow_for_ever() -> None:
    slow = model.steady_wave(0.1)
    assert slow == 1
    peak = model.rate() * model.given("peak")
    kept = model.steady_wave(peak)
    assert kept is not None
    assert kept == pytest.approx(peak * model.publish_seconds(kept), rel=0.01)
    assert model.steady_wave(1e6) is None
    assert model.capacity(64) > 4 * model.capacity(64, at_once=1)


@pytest.mark.parametrize("lines", [model.night(4), model.stored(4), model.month()])
def test_each_line_is_its_price_times_its_quantity(lines: Iterator[model.Line]) -> None:
    for line in lines:
        price = PRICES[line.what]
        assert line.usd == pytest.approx(price.usd * line.quantity / price.per)
        assert line.quantity > 0


def test_larger_waves_cost_less() -> None:
    totals = [sum(line.usd for line in model.night(size)) for size in (1, 4, 16, 64)]
    assert totals == sorted(totals, reverse=True)


# ---------------------------------------------------------------- the document


def test_every_price_and_every_assumption_has_its_source() -> None:
    assert all(price.source and price.unit for price in PRICES.values())
    assert all(one.why and one.unit for one in ASSUMED.values())


def test_the_template_is_the_one_that_is_priced() -> None:
    text = (ROOT / "infra" / "template.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, Loader=_Loader)
    resources = document["Resources"].values()
    kinds = Counter(one["Type"] for one in resources)
    assert kinds["AWS::CloudWatch::Alarm"] == pytest.approx(ALARMS, abs=5)
    functions = [one["Properties"] for one in resources if "Function" in one["Type"]]
    usual = document["Globals"]["Function"]["MemorySize"]
    memory = sorted(one.get("MemorySize", usual) / 1024 for one in functions if "Handler" in one)
    assert memory == sorted(model.GIBIBYTES.values())
    assert kinds["AWS::DynamoDB::Table"] == 3
    every = document["Parameters"]["WholeMinutes"]["Default"]
    assert every * WHOLE_A_MONTH == MINUTES_A_MONTH


def test_the_document_holds_what_the_script_prints() -> None:
    text = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    assert cost.filled(text) == text, "python scripts/lab/cost.py --write docs/cost.md"
    shown = set(re.findall("<!-- table ([a-z ]+) -->", text))
    assert {"sums"} == shown <= set(cost.TABLES)
    assert set(re.findall("tables? `([a-z]+)`", text)) <= set(cost.TABLES)


def test_another_figure_would_change_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    monkeypatch.setitem(BYTES, "page", 99_999)  # type: ignore[arg-type]
    assert cost.filled(text) != text


def test_the_script_prints_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost.main([]) == 0
    out = capsys.readouterr().out
    assert all(f"{name}\n\n| " in out for name in cost.TABLES)
