"""The folder of an election to come: settings, regions and stations, and no results."""

from __future__ import annotations

import pytest
from tests.elections import tiny

from rekap.desk.elections import rosters
from rekap.desk.elections.folder import FolderRefused, prepare

SOURCE = 'source = "SIMULASI: angka dikarang"\n'


def to_come(mode="rehearsal"):
    folder = tiny().replace("election.toml", '"replay"', f'"{mode}"').without("forms.csv")
    return folder.replace("election.toml", SOURCE, "").without("rows.csv")


def problems(folder, tmp_path, mode="rehearsal"):
    with pytest.raises(FolderRefused) as refused:
        prepare(folder.write(tmp_path / "folder"), mode)
    return [(one.file, one.column, one.code) for one in refused.value.problems]


def test_a_folder_without_results_is_an_election_to_come(tmp_path):
    folder = to_come()
    if "determinations" in (text := folder.files["election.toml"]):
        folder = folder.replace("election.toml", text[text.index("[[determinations]]") :], "")
    election = prepare(folder.write(tmp_path), "rehearsal")
    assert election.id == "contoh-1"
    assert "source" not in election.settings
    assert election.papers == ()
    assert rosters.rostered(election.places)[0] == "id"
    assert {"number": "002"} in rosters.stations(election.places, "97.01.01.1001")


def test_results_and_words_of_a_replay_are_refused_all_at_once(tmp_path):
    found = problems(tiny(), tmp_path)
    for wanted in [
        ("election.toml", "source", "replay-only"),
        ("election.toml", "mode", "mode"),
        ("forms.csv", "", "results"),
        ("rows.csv", "", "results"),
    ]:
        assert wanted in found


def test_the_mode_must_be_that_of_the_portal(tmp_path):
    assert ("election.toml", "mode", "mode") in problems(to_come("live"), tmp_path)
