"""The whole way on AWS as moto plays it: the same statements give the same bytes as one folder."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from scripts.lab.costing.quantities import COUNTED, FILES
from tests.portal.store.cloud import cloud
from tests.portal.store.cost_meter import Meter
from tests.portal.store.faults import SILENT, Fault, Faults, refused
from tests.portal.store.night import CACHE, Night, embedded, files_of, waves
from tests.soak import SOAK

from handlers import publish, sequence
from rekap.core.log.entry import leaf_hash
from rekap.desk.main import main
from rekap.portal.store.aws import register as register_module
from rekap.portal.store.aws import table as tables
from rekap.portal.store.aws.clients import client
from rekap.portal.store.headers import content_type
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.register import SqliteRegister


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    with cloud() as account:
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield Night(account)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same night on the embedded engine, once for all tests."""
    made = tmp_path_factory.mktemp("embedded") / "portal"
    embedded(made, list(waves(FORMS)))
    return made


FORMS = 60 if SOAK else 5


def equal(night: Night, folder: Path) -> None:
    """Public files, state and register are those of the embedded engine, byte for byte."""
    night.until_done("publish", publish.respond)
    assert night.files() == files_of(folder / "public")
    state = {key: one["data"] for key, one in night.objects(night.account.state).items()}
    assert state == {f"state/{key}": data for key, data in files_of(folder / "state").items()}
    here, there = SqliteRegister(Database(folder / "portal.db")), night.portal("publish").register
    assert (there.bases(), there.size()) == (here.bases(), here.size())
    rows = sqlite3.connect(folder / "portal.db").execute("SELECT name, key, value FROM register")
    assert night.register() == {f"{name}#{key}": value for name, key, value in rows}


class Warm(Night):
    """A night in which each function has one process."""

    def __init__(self, night: Night) -> None:
        self.__dict__.update(night.__dict__)
        self.portal = cache(night.portal)  # type: ignore[method-assign]


def counted(warm: Warm, entry: bytes) -> dict[str, dict[str, float]]:
    """What each function asks of AWS for a form that comes alone."""
    calls = {
        "submit": lambda: warm.upload(entry),
        "sequence": lambda: warm.until_done("sequence", sequence.respond),
        "publish": lambda: warm.until_done("publish", publish.respond),
    }
    meter, found = Meter(), {}
    for function, call in calls.items():
        with meter.running():
            call()
        found[function] = {what: meter.units[what] for what in COUNTED[function]}
    return found


def test_the_same_statements_give_the_same_bytes_at_the_requests_that_are_priced(
    night: Night, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Up to the second form processes are warm, and what it asks is counted; then they begin."""
    warm = Warm(night)
    for number, wave in enumerate(waves(FORMS)):
        if number == 13:
            asked = counted(warm, *wave)
            continue
        answers = (warm if number < 13 else night).wave(wave)
        assert [answer["statusCode"] for answer in answers] == [201] * len(wave)
    equal(night, folder)
    assert asked == {
        name: {what: count.one for what, count in counts.items()}
        for name, counts in COUNTED.items()
    }
    assert sum(FILES.values()) == asked["publish"]["puts site"]
    for key, one in night.objects(night.account.public).items():
        assert (one["type"], one["cache"]) == (content_type(key), CACHE.of(key))
    copy = night.copy(tmp_path / "copy")
    assert main(["verify", str(copy)]) == 3, capsys.readouterr()
    assert main(["rebuild", str(copy), "--to", str(tmp_path / "rebuilt")]) == 0
    assert files_of(tmp_path / "rebuilt") == files_of(copy)


# ---------------------------------------------------------------- the network goes

KINDS = ("down before", "down after", "answer lost", "throttled")
REQUESTS = {"submit": 37, "sequence": 71, "publish": 173}
"""About as many as a call makes; each wave breaks each function at another of them."""


class Outage:
    """Breaks at one request of all clients: for good until `mend`, or for that request only.

    A service that throttles serves every third request from there on.
    """

    def __init__(self) -> None:
        self.count = self.at = 0
        self.kind = ""
        self.is_down = False
        self.broke: Counter[tuple[str, str]] = Counter()

    def plan(self, function: str, n: int) -> None:
        """Break the n-th wave's call of a function."""
        self.count, self.is_down = 0, False
        self.at = 1 + n * 29 % REQUESTS[function]
        self.kind = KINDS[(n + n // len(KINDS)) % len(KINDS)]

    def each(self, operation: str, request: Any) -> Fault | None:
        if self.is_down:
            return SILENT
        self.count += 1
        if self.count == self.at and self.kind:
            self.broke[operation, self.kind] += 1
        if self.kind == "throttled":
            serves = self.count < self.at or self.count % 3 == 0
            return None if serves else _throttled(request)
        if not self.kind or self.count != self.at:
            return None
        self.is_down = self.kind.startswith("down")
        return SILENT if self.kind == "down before" else _lost

    def mend(self) -> None:
        self.kind, self.is_down = "", False


class Broken(Night):
    """A night in which each function's first call of a wave meets an outage."""

    def __init__(self, night: Night) -> None:
        self.__dict__.update(night.__dict__)
        self.outage = Outage()
        self.n = 0
        self.met: set[str] = set()

    def wave(self, entries: list[bytes]) -> list[dict[str, Any]]:
        self.n += 1
        self.met.clear()
        answers = super().wave(entries)
        self.outage.mend()
        return answers

    def portal(self, function: str, **options: Any) -> Any:
        """A function that was cut begins again when the network is back."""
        if function in self.met:
            self.outage.mend()
        else:
            self.outage.plan(function, self.n)
            self.met.add(function)
        return super().portal(function, **options)


def _throttled(request: Any) -> Fault:
    if ".s3." in request.url:
        return refused("SlowDown", 503)
    return refused("ProvisionedThroughputExceededException")


def _lost(request: Any, serve: Any) -> Any:
    serve(request)
    return SILENT(request, serve)


def test_a_network_that_breaks_at_any_request_changes_no_byte(
    night: Night, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was cut begins again; nothing is lost, nothing is there twice.

    The register is written in parts of two values, so that it is cut in the middle too.
    """
    monkeypatch.setattr(register_module, "_MOST_VALUES", 2)
    broken = Broken(night)
    tables_client = tables.connection(night._order("")._item).connection.client
    faults = [
        Faults(one, each=broken.outage.each) for one in (tables_client, client("s3"), client("sqs"))
    ]
    receipts = {}
    for wave in waves(FORMS):
        for entry, answer in zip(wave, broken.wave(wave), strict=True):
            receipts[leaf_hash(entry).hex()] = json.loads(answer["body"])["receipt"]
    for one in faults:
        one.stop()
    equal(night, folder)
    assert sum(broken.outage.broke.values()) >= 2 * broken.n
    assert {kind for _, kind in broken.outage.broke} == set(KINDS)
    assert night.portal("submit").guard.reason() is None
    records = night.portal("sequence").records
    assert records.pending(9) == ()
    found = [records.read(leaf) for leaf in receipts]
    assert sorted(one.index for one in found) == list(range(len(receipts)))
    assert [one.receipt.decode() for one in found] == list(receipts.values())


def test_receipts_are_those_of_the_receipt_key(night: Night) -> None:
    (wave, *_) = waves(0)
    (answer,) = night.wave(wave)
    receipt = json.loads(answer["body"])["receipt"]
    lines = receipt.split("\n")
    assert lines[1] == base64.b64encode(leaf_hash(wave[0])).decode()
