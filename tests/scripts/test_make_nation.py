"""`make nation`, with four of its portals: three go wrong, and the front names just these."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rekap.audit.nation.front import TILES
from scripts import make_nation


def test_three_portals_go_wrong_and_are_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "nation"
    assert make_nation.main(["--to", str(to), "--only", "18,34,74,75"]) == 0
    said = capfd.readouterr().out
    assert "4 dari 4 portal terbaca" in said
    for line in ("p18: refuted", "p74: silent", "p75: forked", "1 dari 4 portal terbaca"):
        assert line in said
    page = (to / "front" / "index.html").read_text()
    assert "SIMULASI" in page
    assert "<script>alert" not in page
    front = json.loads((to / "front" / "nation.json").read_bytes())
    assert {row["portal"] for row in front["contests"] if row["votes"]} == {"p34"}
    assert (to / "front" / "bukti" / "p75.json").is_file()


def test_every_provinsi_of_the_map_is_made() -> None:

    assert list(make_nation.NAMES) == list(TILES)
