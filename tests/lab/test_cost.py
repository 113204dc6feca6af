"""The counts of the cost model, of a form and of a wave, are counted again in another country."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from scripts.lab.costing.capacity import item_bytes
from scripts.lab.costing.quantities import (
    BYTES,
    COUNTED,
    FILES,
    STATE,
    WAVE,
)
from scripts.lab.costing.recount import recount
from scripts.lab.loading.country import ORIGIN, Country
from tests.fakes import Clock
from tests.live_portal import upload
from tests.portal.store.cloud import client, cloud
from tests.portal.store.cost_meter import Meter
from tests.portal.store.faults import Pauses
from tests.portal.store.kms import Kms
from tests.portal.store.night import Night

from handlers import access, publish, sequence, submit

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
