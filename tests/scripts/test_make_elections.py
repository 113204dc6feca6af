"""The committed folders of real figures are what the script makes from the collected sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import make_elections

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
BY_HAND = {"kalteng-barito-utara-2024", "simulasi-2024"}
"""Typed from the press, as its README says; and invented."""


@pytest.mark.skipif(not DATA.is_dir(), reason="the collected sources are not on this machine")
def test_the_committed_folders_are_made_from_the_sources_again():
    made = make_elections.make_folders(DATA)
    there = {folder.name for folder in (ROOT / "elections").iterdir() if folder.is_dir()}
    assert there - BY_HAND == set(made)
    for name, files in made.items():
        folder = ROOT / "elections" / name
        assert {path.name for path in folder.iterdir()} == {*files, "README.md"}
        for file, text in files.items():
            assert (folder / file).read_bytes() == text.encode(), f"{name}/{file}"


def test_says_what_is_missing_when_the_sources_are_not_there(tmp_path, capsys):
    assert make_elections.main(["--data", str(tmp_path / "none"), "--to", str(tmp_path)]) == 2
    assert "--data" in capsys.readouterr().err


def test_writes_a_stamp_as_officials_do():
    assert make_elections._spoken("2024-11-28 10:00:05") == "28 November 2024, 10.00 WIB"


def test_refuses_a_name_that_would_need_an_escape():
    with pytest.raises(ValueError, match="cannot be copied"):
        make_elections._quoted('A "B"')
