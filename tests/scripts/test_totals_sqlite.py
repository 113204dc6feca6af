"""Published sums, findings and missing stations against SQLite and a second reading of the rules.

Neither imports anything of the project: `scripts/check_totals.py` asks SQLite, and
`scripts/simulation/expected.py` knows the rules from the documents.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.elections import simulate, tiny

from rekap.desk.main import main
from scripts import check_totals

ROOT = Path(__file__).parents[2]
SHAPES = {
    "mayor": {"office": "mayor", "stations": 45, "pairs": 6, "second": True, "seed": 21},
    "governor": {
        "office": "governor", "stations": 60, "pairs": 4, "second": True, "seed": 22,
        "per_kelurahan": 5, "per_kecamatan": 4, "mistakes": 450, "zone": "Asia/Jayapura",
    },
    "regent": {
        "office": "regent", "stations": 25, "pairs": 2, "empty_column": True, "fields": "few",
        "missing": 0, "seed": 23, "zone": "Asia/Makassar",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    top = tmp_path_factory.mktemp("folders")
    simulated = {name: simulate(top / name, **shape) for name, shape in SHAPES.items()}
    return {**simulated, "tiny": tiny().write(top / "tiny")}


@pytest.fixture(scope="module")
def public(folders, tmp_path_factory):
    to = tmp_path_factory.mktemp("portal") / "all"
    assert (
        main(["import", *map(str, folders.values()), "--to", str(to), "--release", "0" * 64]) == 0
    )
    return to / "public"


@pytest.mark.parametrize("name", [*SHAPES, "tiny"])
def test_published_sums_equal_a_group_by_over_the_folder(name, folders, public, capsys):
    assert check_totals.main([str(folders[name]), str(public)]) == 0
    assert "0 differences" in capsys.readouterr().out


@pytest.mark.parametrize("name", SHAPES)
def test_published_findings_are_those_of_a_second_reading_of_the_rules(name, folders, public):
    expected = json.loads((folders[name] / "expected.json").read_bytes())
    path = public / expected["election"] / "data" / "findings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        published = Counter(
            (
                row["contest"], row["form"], row["region"], row["tps"], row["rule"], row["child"],
                "yes" if row["explanation"] else "",
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
    wanted = Counter((*one[:6], one[7]) for one in expected["each"])
    assert published == wanted
    assert sum(wanted.values()) > 10


@pytest.mark.parametrize("name", SHAPES)
def test_published_totals_and_missing_stations_are_those_expected(name, folders, public):
    expected = json.loads((folders[name] / "expected.json").read_bytes())
    for contest, wanted in expected["contests"].items():
        twin = json.loads((public / expected["election"] / contest / "index.json").read_bytes())
        assert twin["sum"]["fields"] == wanted["sum"]
        assert (twin["certified"] or {}).get("figures") == wanted["certified"]
        for field in ("expected", "received", "missing"):
            assert twin["stations"][field] == wanted[field]


def test_all_rules_that_papers_can_break_occur(folders):
    rules = set()
    for name in SHAPES:
        rules |= set(json.loads((folders[name] / "expected.json").read_bytes())["findings"])
    assert rules >= {f"R{n}" for n in (*range(1, 10), 11, 12, 13)} | {"X1", "X2", "X3", "X5", "D1"}


def test_a_changed_figure_is_found(folders, public, tmp_path, capsys):
    folder = shutil.copytree(folders["tiny"], tmp_path / "changed")
    text = (folder / "forms.csv").read_text().replace("100,50,150", "100,51,150")
    (folder / "forms.csv").write_text(text)
    assert check_totals.main([str(folder), str(public)]) == 1
    out = capsys.readouterr().out
    assert "bupati 97.01.01.1001 pair_2: [140, 2] published, [141, 2] in SQLite" in out


def test_running_figures_above_each_other_are_not_compared(tmp_path, capsys):
    folder = tiny().append("forms.csv", "bupati,summary,97.01.01,,1,,9,9,,,,,,5,5,nanti")
    folder = folder.replace("forms.csv", ",3,5,", ",9,9,").write(tmp_path)
    assert check_totals.main([str(folder), str(tmp_path)]) == 2


@pytest.mark.parametrize("script", ["check_totals.py", "simulation/expected.py"])
def test_the_other_readings_import_nothing_of_the_project(script, folders):
    code = (
        "import runpy, sys; sys.argv = ['x', '--help'];"
        f"sys.path[:0] = []; runpy.run_path({str(ROOT / 'scripts' / script)!r})"
        "; sys.exit(any(name.split('.')[0] in ('rekap', 'handlers') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
