"""One per cent of a national day: 38 logs from the first signature to the audit."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from scripts.lab import national
from scripts.lab.loading import province
from scripts.lab.loading.country import Country
from scripts.lab.loading.passkeys import PasskeyCountry

from rekap.portal.store.local.database import Database


def test_one_per_cent_of_a_national_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--forms", "8500", "--processes", "0", "--to", str(tmp_path)]
    assert national.main(words) == 0
    said = capsys.readouterr().out
    assert said.startswith("SIMULASI")
    assert said.endswith("every invariant holds\n")
    rows = [json.loads(path.read_text()) for path in sorted(tmp_path.iterdir())]
    assert len(rows) == 38
    assert sum(row["forms"] for row in rows) >= 8_400
    assert all(row["entries"] > row["forms"] and row["broken"] == [] for row in rows)
    assert len({row["root"] for row in rows}) == 38

    monkeypatch.setattr(national, "_made", lambda missing, _: iter(missing))
    assert national.main(words) == 0, "rows that are there are not made again"
    assert "38 logs" in capsys.readouterr().out


def test_a_form_that_is_not_counted_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = province.Log.take

    def withheld(self, wave, state):
        return sent(self, wave[1:] if isinstance(wave, list) else wave, state)

    monkeypatch.setattr(province.Log, "take", withheld)
    monkeypatch.setattr(national, "SHARES", (1,))
    assert national.main(["--forms", "20000", "--processes", "0"]) == 1
    assert "the sums are not those of the forms that were signed" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [Country, PasskeyCountry])
def test_logs_of_the_benchmark_are_proved(kind: type[Country], tmp_path: Path) -> None:
    country = kind(9, seed=3, release="0" * 64)
    done = province.Night(0)
    with closing(Database(tmp_path / "portal.db", durable=False)) as database:
        log = province.Log(tmp_path, country, database, done)
        province.fill(log, country, done)
        log.close()
    report = log.audit()
    assert (report.refuted, report.undecided, done.broken) == ([], [], [])
    assert set(report.facts["statuses"]) == {"effective", "head"}
    kpps = b"".join(log.entries(0, done.entries)).count(b'"authenticatorData"')
    assert kpps == (2 * 9 * 3 if kind is PasskeyCountry else 0)
