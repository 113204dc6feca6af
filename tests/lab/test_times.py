"""How long readers wait, as the three programs that measure it tell."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests import needed
from tests.browser import saved
from tests.browser.test_tasks import TPS
from tests.browser.test_verifier import Served, a_station, site  # noqa: F401 the fixture

pytestmark = pytest.mark.chromium


def test_the_times_of_tasks_are_told(site: Served, tmp_path: Path) -> None:  # noqa: F811
    for path, data in site.files.items():
        if not path.startswith(("log/", "bukti/", "en/")):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
    program = Path(__file__).parents[2] / "scripts" / "lab" / "task_times.py"
    needed.chromium()
    asked = [sys.executable, str(program), str(tmp_path), TPS, "--slower", "1", "--only", "missing"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"newsroom: what is missing +2 taps +[0-9,]+ bytes +[0-9.]+ s\n", told)


def test_the_first_view_and_the_next_are_told(site: Served, tmp_path: Path) -> None:  # noqa: F811
    saved.write(tmp_path, site.files)
    address = a_station(site)["address"]
    program = Path(__file__).parents[2] / "scripts" / "lab" / "first_view.py"
    needed.chromium()
    asked = [sys.executable, str(program), str(tmp_path), address, "cari/", "--slower", "1"]
    told = subprocess.run([*asked, "--times", "1"], capture_output=True, text=True, check=True)
    first, second = told.stdout.splitlines()
    assert re.fullmatch(rf"{address}  \d+ \d+ ms, shift [\d.]+, \[\d+, [1-9]\d+\] bytes", first)
    assert re.fullmatch(r"cari/  \d+ \d+ ms, shift [\d.]+, \[\d+, 0\] bytes", second), "kept"


def test_the_times_of_a_check_are_told(site: Served, tmp_path: Path) -> None:  # noqa: F811
    for path, data in site.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    address = a_station(site)["address"]
    program = Path(__file__).parents[2] / "scripts" / "lab" / "browser_times.py"
    needed.chromium()
    command = [
        sys.executable,
        str(program),
        str(tmp_path),
        address,
        "--slower",
        "1",
        "--times",
        "1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{address}  proved: " in done.stdout
