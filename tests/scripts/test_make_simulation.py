"""Simulated folders: the same seed gives the same bytes, and papers are what they claim to be."""

from __future__ import annotations

import random
import tomllib

import pytest
from scripts.simulation import papers
from scripts.simulation.rules import broken
from tests.elections import simulate

from scripts import make_simulation


def test_a_seed_gives_the_same_folder_in_every_run(tmp_path):
    arguments = ["--seed", "9", "--stations", "30", "--office", "governor", "--second"]
    for name in ("a", "b"):
        assert make_simulation.main(["--to", str(tmp_path / name), *arguments]) == 0
    names = {path.name for path in (tmp_path / "a").iterdir()}
    assert names >= {"election.toml", "README.md", "expected.json", "rows.csv"}
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_says_simulasi_in_source_and_name(tmp_path):
    told = (simulate(tmp_path, stations=8) / "election.toml").read_text()
    assert told.count("SIMULASI") == 2


def test_has_up_to_twelve_pairs_with_short_and_long_names(tmp_path):
    for folder, long_names in (("a", False), ("b", True)):
        simulate(tmp_path / folder, stations=2, pairs=12, long_names=long_names)
    short, long = ((tmp_path / folder / "election.toml").read_text() for folder in ("a", "b"))
    assert '["Calon Contoh Dua Belas", "Wakil Contoh Dua Belas"]' in short
    named = tomllib.loads(long)["contests"][0]["pairs"]
    assert len(named) == 12
    assert min(len(name) for pair in named for name in pair["names"]) >= 60


@pytest.mark.parametrize("pairs", [2, 6])
def test_correct_papers_break_no_rule(pairs):
    rng = random.Random(1)
    for registered in range(20, 601, 7):
        figures = papers.correct(rng, pairs, registered)
        assert broken(dict(figures), pairs, station=True) == []
        assert min(figures.values()) >= 0


@pytest.mark.parametrize("number", range(len(papers.MISTAKES)))
def test_every_mistake_breaks_a_rule_of_most_papers(number):
    rng = random.Random(number)
    count = 0
    for _ in range(50):
        right = papers.correct(rng, 3, rng.randint(120, 560))
        wrong = papers.mistaken(rng, right, number)
        assert min(wrong.values()) >= 0
        count += bool(broken(dict(wrong), 3, station=True))
    assert count >= 40, papers.MISTAKES[number].__name__


def test_refuses_more_kecamatan_than_codes(tmp_path):
    with pytest.raises(ValueError, match="more stations per kelurahan"):
        simulate(tmp_path, stations=1000, per_kelurahan=1, per_kecamatan=1)
