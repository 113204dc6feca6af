"""What a stranger meets first: locks, extras, the make targets."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("run", "lambda", "build", "dev", "rehearse", "runtime")


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_and_hash_everything_and_name_no_index(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    blocks = re.split(r"\n(?=[a-z])", text)
    for block in blocks:
        requirement = block.split("\\")[0].strip()
        assert re.match(r"[a-z0-9-]+==[0-9]", requirement), requirement
        assert "--hash=sha256:" in block, requirement


def _pins(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", text, re.MULTILINE))


def test_all_locks_agree_on_the_versions_of_what_runs():
    run = _pins("run")
    pins = _pins("dev")
    assert {package: pins.get(package) for package in run} == run


def test_what_the_extras_ask_for_is_in_the_run_time_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [one for extra in project["optional-dependencies"].values() for one in extra]
    names = {re.match("[a-z0-9-]+", one.lower())[0] for one in declared}
    assert names <= set(_pins("run"))


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make", "-C", ROOT], check=True, capture_output=True, text=True).stdout
    declared = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in declared[1].split():
        assert f"make {target} " in listed
