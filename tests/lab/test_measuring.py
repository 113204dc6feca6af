"""The parts of the benchmark: they measure what they say, on a site of a few TPS."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.lab.measuring import hugo, site

from rekap.core.pages import release

STATIONS = 12


def test_the_whole_site_is_written_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hugo, "PROGRAM", tmp_path / "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    said: dict[str, str] = {}
    log = site.Log.of(STATIONS, release.current())
    made = site.measure(log, tmp_path / "site", said.__setitem__)
    hugo.measure(log, made, tmp_path / "beside", said.__setitem__)
    pages, files, size = next(v for k, v in said.items() if k.endswith("bytes")).split(", ")
    written = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert int(files) == len(written)
    assert int(size.replace(",", "")) == sum(path.stat().st_size for path in written)
    assert int(pages) == len(made.addresses())
    assert all((tmp_path / "site" / page / "index.html").is_file() for page in log.stations)
    assert next(v for k, v in said.items() if k.endswith(": Hugo")).startswith("Hugo not present")


@pytest.mark.skipif(not hugo.PROGRAM.exists(), reason="no Hugo: make setup-hugo")
def test_hugo_shows_the_same_numbers(tmp_path: Path) -> None:
    said: dict[str, str] = {}
    log = site.Log.of(STATIONS, release.current())
    hugo.measure(log, log.site(), tmp_path, said.__setitem__)
    assert next(v for k, v in said.items() if k.endswith("the same numbers")) == str(STATIONS)
