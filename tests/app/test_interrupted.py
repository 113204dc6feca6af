"""Evenings drawn by chance: the battery, the network, the memory, the clock and a newer version."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.app.portal import KELURAHAN, WITH_FILES, Served, served
from tests.app.telephone import FULL, ORDER, Telephone
from tests.app.test_evening import PAPER, WAITS, closed, telephones
from tests.browser.test_verifier import browser

from rekap.core.signing.envelope import parse

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

FIRST = int(os.environ.get("EVENINGS_FROM", "1"))
EVENINGS = range(FIRST, FIRST + int(os.environ.get("EVENINGS", "2")))
CLOCK = "days => { const now = Date.now; Date.now = () => now() + days * 86_400_000; }"
UPDATE = "navigator.serviceWorker.getRegistration().then((one) => one.update())"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    stations = tuple(f"{number:03d}" for number in sorted({int(WITH_FILES), *EVENINGS}))
    with served(tmp_path_factory.mktemp("portal"), stations=stations) as made:
        yield made


class Evening:
    """What befalls one telephone, drawn from a seed."""

    def __init__(self, one: Telephone, portal: Served, seed: int) -> None:
        self.one, self.portal, self.chance = one, portal, random.Random(seed)
        self.away, self.full = False, False
        self.told: list[str] = []

    def befall(self) -> None:
        """One of what befalls a telephone, or nothing."""
        if self.chance.random() < 0.25:
            name = self.chance.choice(("reload", "flight", "fill", "clock", "update"))
            self.told.append(name)
            getattr(self, name)()

    def reload(self) -> None:
        self.one.reload()
        self.full = False

    def flight(self) -> None:
        self.away = not self.away
        self.one.flight(self.away)

    def fill(self) -> None:
        if not self.full:
            self.one.page.evaluate(FULL)
        self.full = True

    def clock(self) -> None:
        self.one.page.evaluate(CLOCK, self.chance.choice((-1, 1)))

    def update(self) -> None:
        """A newer version is served; it waits."""
        files = self.portal.officers._files
        at = b'NAME = "petugas-'
        files["worker.js"] = files["worker.js"].replace(at, at + b"9", 1)
        if not self.away:
            self.one.page.evaluate(UPDATE)
            self.one.until(lambda: self.one.page.evaluate(WAITS))


@pytest.mark.parametrize("seed", EVENINGS)
def test_nothing_typed_or_signed_is_lost_and_nothing_is_sent_twice(
    browser: Any, portal: Served, seed: int
) -> None:
    tps = f"{seed:03d}"
    (one,) = telephones(browser, portal, tps, 2, worker=True)
    evening = Evening(one, portal, seed)
    sent: list[bytes] = []
    one.context.on(
        "request",
        lambda asked: (
            sent.append(asked.post_data_buffer or b"") if asked.method == "POST" else None
        ),
    )
    one.open("#isi")
    for at, field in enumerate(ORDER):
        for _ in range(3):  # what a full memory lost is told, and typed again
            one.open(f"#isi/{at}")
            one.at_row(at)
            one.type(PAPER[field])
            one.page.wait_for_timeout(50)
            evening.full = False
            if one.typed().get(field) == str(PAPER[field]):
                break
        kept = one.typed()
        evening.befall()
        assert one.typed() == kept, evening.told
        assert set(kept) == set(ORDER[: at + 1]), (field, evening.told)
    one.open("#lembar")
    while "kiriman aman" not in one.text:
        one.sees("Sama dengan kertas")
        one.tap("Sama dengan kertas")
        one.page.wait_for_timeout(1_000)
    for _ in range(4):
        evening.befall()
    one.reload()
    one.flight(False)
    one.open("#antrean")
    one.until(lambda: "Disimpan portal sampai" in one.text or bool(one.tap("Coba kirim")))
    slot = f"pilkada-31/gubernur-31/c_hasil/{KELURAHAN}/{tps}"
    (held,) = portal.portal.records.held(slot)
    assert json.loads(parse(sent[-1]).payload)["figures"] == PAPER
    assert len({parse(body).id for body in sent}) == 1, "one statement, however often it was sent"
    assert held, evening.told
    beside = ("QuotaExceeded", "ERR_", "full")
    one.said = [line for line in one.said if not any(word in line for word in beside)]
    closed(one)
