"""`rekap import`: deterministic, complete, and loud when anything differs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.elections import simulate, tiny

from rekap.audit.commands.speech import Say
from rekap.core.errors import Conflict
from rekap.desk.main import main
from rekap.desk.replay import import_, importer
from rekap.desk.replay.functions import Functions

RELEASE = "cd" * 32
ROOT = Path(__file__).parents[2]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for area in ("public", "keys", "state")
        for path in (folder / area).rglob("*")
        if path.is_file()
    }


def run(*arguments: object) -> int:
    return main(["import", *map(str, arguments), "--release", RELEASE])


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    top = tmp_path_factory.mktemp("folders")
    return (
        tiny().write(top / "tiny"),
        simulate(top / "simulated", office="mayor", stations=24, per_kelurahan=4, seed=11),
    )


@pytest.fixture(scope="module")
def portal(folders, tmp_path_factory):
    to = tmp_path_factory.mktemp("portal") / "one"
    assert run(*folders, "--to", to) == 0
    return to


def test_the_same_folders_seed_and_release_give_the_same_bytes(folders, portal, tmp_path):
    command = [sys.executable, "-m", "rekap.desk.main", "import", *map(str, folders)]
    command += ["--to", str(tmp_path / "two"), "--release", RELEASE]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C"}
    environment["PYTHONPATH"] = str(ROOT / "functions")
    subprocess.run(command, check=True, env=environment, capture_output=True)
    assert digests(tmp_path / "two") == digests(portal)


def test_another_seed_gives_another_log(folders, portal, tmp_path):
    assert run(folders[0], "--to", tmp_path / "a") == 0
    assert run(folders[0], "--to", tmp_path / "b", "--seed", "lain") == 0
    checkpoints = [
        (tmp_path / name / "public" / "log" / "checkpoint").read_bytes() for name in "ab"
    ]
    assert checkpoints[0] != checkpoints[1]


def test_prints_what_was_done_and_the_totals(folders, tmp_path, capsys):
    assert run(folders[0], "--to", tmp_path / "portal", "--lang", "en") == 0
    lines = capsys.readouterr().out.splitlines()
    table = {line[:22].strip(): line[22:].strip() for line in lines[:18]}
    assert table["rows of forms in"] == table["forms in the log"] == "8"
    assert table["rows without figures"] == "1"
    assert table["submit calls"] == table["statements"] == table["log entries"] == "23"
    assert table["waves"] == table["sequence calls"] == table["fold calls"] == "16"
    assert "Example election · bupati" in lines
    assert "   1           250  Calon Satu - Wakil Satu" in lines
    assert any("1 of 5 stations missing" in line for line in lines)


def test_the_counts_are_read_from_the_published_log(portal):
    site = json.loads((portal / "public" / "site.json").read_bytes())
    size, forms = importer.count_forms(portal / "public")
    assert size == site["size"] == site["data_size"]
    assert forms > 30


def test_keys_of_the_portal_and_the_public_seed_are_kept(portal):
    names = {path.name for path in (portal / "keys").iterdir()}
    assert {"log.key", "receipt.key", "operator-1.key", "contoh-1-root-kpu-1.key"} <= names
    assert (portal / "keys" / "seed").read_text() == "rekap replay contoh-1\n"


def test_nothing_is_written_when_one_folder_has_problems(folders, tmp_path, capsys):
    broken = tiny().append("roster.csv", "97.01.01.2002,3,").write(tmp_path / "broken")
    assert run(folders[0], broken, "--to", tmp_path / "portal") == 2
    assert not (tmp_path / "portal").exists()
    told = capsys.readouterr().err
    assert f"{broken}/roster.csv:7 kolom tps" in told
    assert "1 masalah; tidak ada yang ditulis" in told


def test_two_folders_may_not_have_one_id(folders, tmp_path, capsys):
    assert run(folders[0], folders[0], "--to", tmp_path / "portal") == 2
    assert "contoh-1" in capsys.readouterr().err


def test_a_folder_in_use_is_not_touched(folders, tmp_path, capsys):
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "note").write_text("mine")
    assert run(folders[0], "--to", tmp_path / "portal") == 2
    assert [path.name for path in (tmp_path / "portal").iterdir()] == ["note"]
    assert "tidak kosong" in capsys.readouterr().err


def test_a_refused_statement_stops_the_import_with_all_its_errors(
    folders, tmp_path, capsys, monkeypatch
):
    submit = Functions.submit

    def spoiled(self, envelope, **said):
        return submit(self, envelope.replace(b'"sig":"', b'"sig":"AAAA', 1)[:-1] + b" }", **said)

    monkeypatch.setattr(Functions, "submit", spoiled)
    assert run(folders[0], "--to", tmp_path / "portal") == 1
    told = capsys.readouterr().err
    assert "menolak sebuah pernyataan (status 400)" in told
    assert "envelope" in told


def test_a_writer_that_was_faster_stops_the_import():
    def faster(*_: object) -> dict[str, object]:
        raise Conflict("faster")

    with pytest.raises(Conflict):
        Functions(None, None, faster, None).sequence()


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("forms_in_log", ("rows", 5, "forms_in_log", 6)),
        ("submits", ("submits", 6, "statements", 5)),
        ("size", ("size", 6, "statements", 5)),
        ("sequences", ("sequences", 6, "waves", 5)),
        ("folds", ("folds", 6, "waves", 5)),
    ],
)
def test_any_difference_fails_the_import(name, pair, capsys):
    equal = dict.fromkeys(
        ["rows", "forms_in_log", "statements", "size", "waves", "submits", "sequences"], 5
    )
    counts = importer.Counts(**{**equal, "folds": 5, name: 6})
    assert counts.differences() == [pair]
    assert import_._tell_differences(counts, Say()) == 1
    assert f"{pair[0]} {pair[1]}, {pair[2]} {pair[3]}" in capsys.readouterr().err
