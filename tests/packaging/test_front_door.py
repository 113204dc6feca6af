"""What a stranger meets first: locks, the wheel, the make targets."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from rekap.core.pages import release

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


def test_every_declared_dependency_is_in_the_run_time_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["portal"]
    names = {re.match("[a-z0-9-]+", one.lower())[0] for one in declared}
    assert names <= set(_pins("run"))


def test_the_wheel_has_the_same_release_as_the_checkout(tmp_path):
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("functions", "templates", "requirements"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", str(tmp_path)]
    subprocess.run([*command, str(source)], check=True)
    (wheel,) = tmp_path.glob("rekap-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    package = tmp_path / "installed" / "rekap"
    packed = release.lines(package, package / "templates", package / "run.txt")
    checkout = release.lines(
        source / "functions" / "rekap", source / "templates", source / "requirements" / "run.txt"
    )
    assert packed == checkout
    assert (tmp_path / "installed" / "handlers" / "submit.py").is_file()
    assert (package / "audit" / "nation" / "look" / "front.html").is_file()


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make", "-C", ROOT], check=True, capture_output=True, text=True).stdout
    declared = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in declared[1].split():
        assert f"make {target} " in listed
