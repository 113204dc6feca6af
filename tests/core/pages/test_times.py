"""The count over time: held against the sums that the regions had at each entry."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from tests.core.ledger.night import KABKO_OFFICERS, KELURAHAN, Night
from tests.core.pages import samples
from tests.core.statements import builders

from rekap.core.pages import pages
from rekap.core.pages.look import charts
from rekap.core.pages.site import Site
from rekap.core.pages.twins import times

DATA = f"{builders.ELECTION}/data/"
OWN = f"{DATA}{builders.CONTEST}/waktu/"
TOLD = ("pair_1", "pair_2", "valid", "invalid", "total")
Sums = dict[tuple[str, str | None], list[int]]


class Watched(Night):
    """A night with a clock every few entries; notes what the sums were after each entry."""

    def __init__(self, seed: int) -> None:
        self.seen: Sums = {}
        self.sums: dict[str, list[int]] = {}
        super().__init__(seed)

    def append(self, entry: bytes) -> str:
        made = super().append(entry)
        now = _sums(self)
        hour = self.state.entry(self.state.size - 1).get("hour")
        for code, behind in now.items():
            if behind != self.sums.get(code):
                self.seen[code, _begun(hour)] = behind
        self.sums = now
        return made


def _sums(night: Night) -> dict[str, list[int]]:
    """Stations and figures behind the sum of every region of the contest, as the state has them."""
    start = f"{builders.ELECTION}/{builders.CONTEST}/"
    return {
        key.removeprefix(start): [
            record["counted"],
            *(record["figures"].get(one, [0])[0] for one in TOLD),
        ]
        for key, record in night.state.totals.scan(start)
        if record["counted"]
    }


def _begun(hour: int | None) -> str | None:
    """The quarter of an hour, in Jakarta, in which a time lies."""
    if hour is None:
        return None
    local = datetime.fromtimestamp(hour // 900 * 900, timezone(timedelta(hours=7)))
    return local.isoformat()


@pytest.fixture(scope="module")
def nights() -> list[tuple[dict[str, bytes], Sums]]:
    """The bulk files of some nights, and the sums of each region in each step that changed them."""
    made = []
    for seed in range(3):
        night = Watched(seed)
        for at in range(45):
            if at > 8 and not at % 3:
                moment = datetime.fromisoformat("2024-12-01T18:05:00+07:00")
                moment += timedelta(minutes=7 * at)
                night.add(builders.clock(at=moment.isoformat()), "log")
            night.step()
        site = Site(night.state, lambda at, night=night: night.entries[at])
        made.append((dict(site.bulk()), night.seen))
    return made


def _of(table: bytes) -> Sums:
    rows = csv.DictReader(io.StringIO(table.decode()))
    return {
        (row["region"], row["hour"] or None): [int(row[name]) for name in ("counted", *TOLD)]
        for row in rows
        if row["contest"] == builders.CONTEST
    }


def test_each_step_ends_with_the_sums_that_the_regions_had(nights) -> None:
    timed = 0
    for files, seen in nights:
        rows = _of(files[f"{DATA}time.csv"])
        assert rows == seen
        timed += len({hour for _, hour in rows if hour})
    assert timed


def test_the_page_says_the_rows_of_its_region_and_of_those_below(nights) -> None:
    for files, seen in nights:
        twin = json.loads(files[f"{OWN}index.json"])
        code = twin["region"]["code"]
        shown = zip(
            twin["steps"], twin["counted"], *(twin["figures"][one] for one in TOLD), strict=True
        )
        assert {(code, hour): figures for hour, *figures in shown} == {
            key: figures for key, figures in seen.items() if key[0] == code
        }
        for child in twin["children"]:
            rows = {hour: row[0] for (place, hour), row in seen.items() if place == child["code"]}
            assert child["counted"][-1] == child["stations"]["counted"] + child["stations"]["off"]
            assert child["last"] == max((hour for hour in rows if hour), default=None)
        assert f"{OWN}index.html" in files
        assert f"en/{OWN}index.html" in files


def test_a_form_that_waited_for_a_roster_counts_from_its_roster_on() -> None:
    night = Watched(1)
    place = {"region": KELURAHAN[0], "tps": "002"}
    for hour, listed in ((18, ["001"]), (21, ["001", "002"])):
        night.add(builders.clock(at=f"2024-12-01T{hour}:00:00+07:00"), "log")
        stations = [builders.station(one) for one in listed]
        night.roster(KELURAHAN[0], *KABKO_OFFICERS, tps=stations)
        if hour == 18:
            night.add(builders.form(**place), *night._kpps(place))
            assert not _sums(night), "in no sum yet"
    site = Site(night.state, lambda at: night.entries[at])
    table = dict(site.bulk())[f"{DATA}time.csv"]
    assert _of(table) == night.seen
    assert {hour for _, hour in night.seen} == {"2024-12-01T21:00:00+07:00"}


@pytest.mark.parametrize("later", [["001", "002"], ["001", "002", "003"], ["001"]])
def test_a_later_roster_takes_no_form_out_of_the_hour_in_which_it_came(later: list[str]) -> None:
    """Officers who list the same TPS again had its votes of 20.00 stand at 22.00."""
    night = Watched(1)
    place = {"region": KELURAHAN[0], "tps": "002"}
    for hour, listed in ((18, ["001"]), (20, ["001", "002"]), (22, later)):
        night.add(builders.clock(at=f"2024-12-01T{hour}:00:00+07:00"), "log")
        stations = [builders.station(one) for one in listed]
        night.roster(KELURAHAN[0], *KABKO_OFFICERS, tps=stations)
        if hour == 18:
            night.add(builders.form(**place), *night._kpps(place))
    night.add(builders.clock(at="2024-12-01T23:00:00+07:00"), "log")
    other = {"region": KELURAHAN[0], "tps": "001"}
    night.add(builders.form(**other), *night._kpps(other))
    table = dict(Site(night.state, lambda at: night.entries[at]).bulk())[f"{DATA}time.csv"]
    assert _of(table) == night.seen
    hours = [f"2024-12-01T{hour}:00:00+07:00" for hour in (20, 23)]
    assert sorted({hour for _, hour in night.seen}) == hours


@pytest.mark.parametrize("hours", [1, 24, 25, 400, 9_000])
def test_the_steps_are_bounded_whatever_the_time_that_a_count_takes(hours: int) -> None:
    minutes = times.step(0, 3600 * hours)
    assert 3600 * hours // (60 * minutes) <= times.MOST
    assert minutes in (15, 30, 60, 180, 360) or not minutes % 1440


def test_a_log_without_clocks_has_no_page_and_no_row() -> None:
    night = Night(3)
    for _ in range(30):
        night.step()
    assert night.state.meta.get("clock") is None
    files = dict(Site(night.state, lambda at: night.entries[at]).bulk())
    assert not _of(files[f"{DATA}time.csv"])
    assert not [path for path in files if "/waktu/" in path]
    assert json.loads(files[f"{DATA}index.json"])["contests"][0]["times"] is None


@pytest.mark.parametrize("pairs", [1, 2, 5, 12])
def test_a_chart_of_two_nights_and_44_regions_stays_below_the_limit(pairs: int) -> None:
    twin = samples.times(pairs, times.MOST + 1, 44)
    assert len(gzip.compress(pages.render(twin), 9)) <= 14 * 1024
    drawn = charts.chart(twin)
    heights = sorted(line.label for line in drawn.lines)
    assert all(b - a >= 13 for a, b in pairwise(heights))
    assert all(100 <= one <= 304 for one in heights)


def test_the_name_of_the_chart_says_its_figures() -> None:
    twin = samples.times()
    html = pages.render(twin).decode()
    label = re.search(r'role="img" aria-label="([^"]*)"', html)[1]
    assert label.startswith("40 dari 40 TPS masuk antara pukul 18.15 WIB, 27 November 2024 dan")
    for number in (1, 2, 3):
        assert f"Nomor {number}: " in label
    bare = pages.render({**twin, "steps": [None], "counted": [4], "figures": {
        field: [3] for field in twin["figures"]
    }, "children": []}).decode()  # fmt: skip
    assert '<svg class="cht"' not in bare
    assert not re.search(r"\d\d\.\d\d</", bare.partition('id="tabel"')[2].partition("<footer")[0])
