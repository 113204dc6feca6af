"""The cost model: its counts are counted again, its sums are right, its document is its output."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
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
    STATE,
    WAVE,
    WHOLE_A_MONTH,
)
from scripts.lab.costing.recount import recount
from scripts.lab.loading.country import ORIGIN, Country
from scripts.stack.template import _Loader
from tests.fakes import Clock
from tests.lab.cost_meter import Meter
from tests.live_portal import upload
from tests.portal.store.cloud import client, cloud
from tests.portal.store.faults import Pauses
from tests.portal.store.kms import Kms
from tests.portal.store.night import Night

from handlers import access, publish, sequence, submit

ROOT = Path(__file__).parents[2]
RELEASE = "f" * 64
STATIONS = 40
ONCE = ("kecamatan", "kabko", "provinsi", "election", "portal", "ledger", "claim")
"""Pages that are written once for a wave."""


class Counted(Night):
    """The three functions over moto, in a country whose forms go to one contest."""

    def __init__(self, account: Any) -> None:
        self.country = Country(STATIONS, seed=1, release=RELEASE)
        self.account = account
        self.clock = Clock()
        self.kms = Kms(self.country.private("log"))
        self._kms_client = self.kms.serve(boto3.client("kms"))
        self.settings = access.Settings(ORIGIN, release=RELEASE)
        self.patience = Pauses(attempts=8).patience()
        self.measured = []
        secret = self.country.private("receipt").hex()
        boto3.client("secretsmanager").create_secret(Name=account.records, SecretString=secret)
        self.warm = {name: self.portal(name) for name in ("submit", "sequence", "publish")}

    def begin(self) -> None:
        for _, statements in self.country.stages():
            for one in statements:
                self.send(one)
            self.order()
            self.show()
        self.show()

    def send(self, body: bytes) -> None:
        assert submit.respond(upload(body), self.warm["submit"])["statusCode"] == 201

    def order(self) -> None:
        sequence.respond({}, self.warm["sequence"])

    def show(self) -> None:
        publish.respond({}, self.warm["publish"])


@dataclass
class Found:
    """What was counted."""

    units: dict[int, dict[str, Counter[str]]] = field(default_factory=dict)
    paths: dict[int, dict[str, int]] = field(default_factory=dict)
    items: list[Mapping[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="module")
def found() -> Iterator[Found]:
    """Two waves of each size; the second is counted, after one of its own size."""
    with cloud() as account:
        night, meter, found = Counted(account), Meter(), Found()
        night.begin()
        forms = [one.item.data for one in night.country.uploads() if "/governor" in one.page]
        for size in (1, 1, WAVE, WAVE):
            wave, forms = forms[:size], forms[size:]
            counted: dict[str, Counter[str]] = {}
            with meter.running():
                for one in wave:
                    night.send(one)
                counted["submit"] = Counter(meter.units)
            with meter.running():
                night.order()
                counted["sequence"] = Counter(meter.units)
            with meter.running():
                night.show()
                counted["publish"] = Counter(meter.units)
                found.paths[size] = dict(meter.paths)
            found.units[size] = counted
        found.items = client("dynamodb").scan(TableName=account.records)["Items"]
        found.files = night.files()
        yield found


CASES = [(function, what) for function, counts in COUNTED.items() for what in counts]


@pytest.mark.parametrize(("function", "what"), CASES)
def test_what_was_counted_is_counted_again(found: Found, function: str, what: str) -> None:
    for size, wanted in ((1, COUNTED[function][what].one), (WAVE, COUNTED[function][what].many)):
        assert found.units[size][function][what] == pytest.approx(wanted, rel=0.05)


def test_nothing_that_is_charged_is_left_out(found: Found) -> None:
    for size, functions in found.units.items():
        for function, units in functions.items():
            known = {*COUNTED[function], "calls", "gets state", "puts state"}
            assert set(units) <= known, (size, function, units)


def test_nodes_of_a_small_state_are_fewer_than_those_that_are_priced() -> None:
    for size, counted in recount(24, WAVE).items():
        for what, count in STATE.items():
            assert 0 < counted[what] <= count.at(size), (size, what)


def test_the_files_of_a_form_are_those_of_the_pages_that_it_touches(found: Found) -> None:
    pages = Counter(map(_page, (p for p in found.paths[1] if not p.startswith("state/"))))
    assert pages == FILES
    site = [path for path in found.paths[WAVE] if not path.startswith("state/")]
    kelurahan = {path for path in site if _page(path) == "kelurahan"}
    wanted = WAVE * (FILES["tps"] + FILES["statement"]) + len(kelurahan)
    wanted += sum(FILES[page] for page in ONCE)
    assert len(site) == wanted


def _page(path: str) -> str:
    """Return the kind of page that a file belongs to, in whichever language and shape it is."""
    parts = [part for part in path.split("/") if part not in ("en", "ringkas")]
    if parts[0] in ("bukti", "buku-besar", "site.json"):
        return {"bukti": "statement", "buku-besar": "ledger", "site.json": "claim"}[parts[0]]
    depth = len(parts) - (parts[-2:-1] == ["belum-masuk"])
    return {
        1: "portal",
        2: "election",
        3: "provinsi",
        4: "kabko",
        5: "kecamatan",
        6: "kelurahan",
        7: "tps",
    }[depth]


def test_sizes(found: Found) -> None:
    def mean(values: list[int]) -> float:
        return sum(values) / len(values)

    records = [item_bytes(one) for one in found.items if one["pk"]["S"].startswith("leaf#")][:-8]
    assert mean(records) == pytest.approx(BYTES["record"], rel=0.1)
    ids = [item_bytes(one) for one in found.items if one["pk"]["S"].startswith("id#")]
    assert mean(ids) == pytest.approx(BYTES["id"], rel=0.1)
    put = found.paths[WAVE]
    site = [size for path, size in put.items() if not path.startswith("state/")]
    assert mean(site) == pytest.approx(BYTES["site file"], rel=0.2)
    entries = [size for path, size in put.items() if re.fullmatch(r"bukti/\d+\.json", path)]
    assert mean(entries) == pytest.approx(BYTES["entry"], rel=0.05)
    pages = [
        len(gzip.compress(found.files[path], 6))
        for path in put
        if path.endswith("index.html") and _page(path) in ("tps", "kelurahan", "kecamatan")
    ]
    assert mean(pages) == pytest.approx(BYTES["page"], rel=0.2)


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
