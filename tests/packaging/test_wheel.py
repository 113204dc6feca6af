"""The wheel: what a stranger installs to prove a site, and nothing that he does not need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from functools import partial
from http.server import SimpleHTTPRequestHandler
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.audit.listening import Listening
from tests.elections import tiny

from rekap.core.pages import release
from rekap.desk.main import COMMANDS, main
from scripts import build_wheel

ROOT = Path(__file__).parents[2]
CLOUD = ("boto3", "botocore", "pynamodb", "aws_lambda_powertools")


def checkout(to: Path) -> Path:
    """A copy of the checkout with other times and modes, and with what running it leaves behind."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("functions", "templates", "requirements"):
        shutil.copytree(ROOT / name, to / name, ignore=ignored, copy_function=shutil.copyfile)
    for name in ("pyproject.toml", "setup.py", "LICENSE", "README.md"):
        shutil.copyfile(ROOT / name, to / name)
    (to / "functions/rekap/__pycache__").mkdir()
    (to / "functions/rekap/__pycache__/old.pyc").write_bytes(b"old")
    (to / "setup.py").chmod(0o755)
    return to


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build_wheel.build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def wanted(metadata: Path) -> dict[str, str]:
    """The libraries that metadata ask for without any extra, each with its version or ""."""
    said = BytesParser().parsebytes(metadata.read_bytes()).get_all("Requires-Dist", [])
    plain = [line.partition(";")[0].strip() for line in said if "extra ==" not in line]
    return {name: pin for name, _, pin in (line.partition("==") for line in plain)}


@pytest.fixture(scope="module")
def empty(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel and what its metadata ask for, copied from this one."""
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    command += ["install", "--quiet", "--no-index", "--no-deps", wheel]
    subprocess.run(command, check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (own,) = packages.glob("rekap-*.dist-info")
    waiting, seen = list(wanted(own / "METADATA")), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found = distribution(name)
        for file in found.files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                target = packages / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), target)
        waiting += needs(found.requires or ())
    return folder


def needs(lines) -> list[str]:
    """Names of what a library needs wherever it runs; of marked lines those that hold here."""
    parsed = [Requirement(line) for line in lines]
    return [
        one.name.lower()
        for one in parsed
        if one.marker is None or one.marker.evaluate({"extra": ""})
    ]


def rekap(empty: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run the installed command, with nothing of the checkout in reach."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(empty)}
    command = [empty / "bin" / "rekap", "--lang", "en", *map(str, words)]
    return subprocess.run(
        command, check=False, cwd=empty, env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def portal(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    assert main(["import", str(tiny().write(folder / "tiny")), "--to", str(folder / "made")]) == 0
    return folder / "made"


def test_two_checkouts_give_the_same_bytes(wheel, tmp_path):
    again = build_wheel.build(checkout(tmp_path / "other"), tmp_path / "to")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()
    assert list((tmp_path / "to").iterdir()) == [again]


def test_the_wheel_has_the_release_of_the_checkout(unpacked):
    package = unpacked / "rekap"
    packed = release.lines(package, package / "templates", package / "run.txt")
    lock = ROOT / "requirements" / "run.txt"
    assert packed == release.lines(ROOT / "functions" / "rekap", ROOT / "templates", lock)


def test_the_wheel_asks_for_what_the_release_names_and_for_no_cloud_library(unpacked):
    (metadata,) = unpacked.glob("*.dist-info/METADATA")
    assert [f"{name}=={pin}" for name, pin in wanted(metadata).items()] == release.libraries()
    assert not (unpacked / "rekap" / "portal" / "store" / "aws").exists()
    assert not any(word in metadata.read_text().partition("\n\n")[0] for word in CLOUD)
    assert (unpacked / "rekap" / "audit" / "nation" / "look" / "front.html").is_file()


def test_a_change_outside_core_is_another_wheel_of_the_same_release(wheel, tmp_path):
    other = checkout(tmp_path / "other")
    changed = other / "functions" / "rekap" / "desk" / "serve.py"
    changed.write_text(changed.read_text() + "\n# a remark\n")
    built = build_wheel.build(other, tmp_path)
    zipfile.ZipFile(built).extractall(tmp_path / "unpacked")
    package = tmp_path / "unpacked" / "rekap"
    assert built.read_bytes() != wheel.read_bytes()
    packed = release.lines(package, package / "templates", package / "run.txt")
    lock = ROOT / "requirements" / "run.txt"
    assert packed == release.lines(ROOT / "functions" / "rekap", ROOT / "templates", lock)


def test_the_installed_command_tells_the_release_of_the_checkout(empty):
    done = rekap(empty, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"rekap {version('rekap')}\nrelease {release.current()}\n"


def test_a_library_of_another_version_is_told_beside_the_release(empty):
    (info,) = empty.glob("lib/python*/site-packages/jinja2-*.dist-info")
    said = (info / "METADATA").read_text()
    try:
        (info / "METADATA").write_text(
            said.replace(f"\nVersion: {version('jinja2')}", "\nVersion: 9")
        )
        done = rekap(empty, "--version")
    finally:
        (info / "METADATA").write_text(said)
    assert done.returncode == 2
    assert done.stdout.endswith(f"\njinja2 9: made for {version('jinja2')}\n")


def test_the_installed_command_proves_a_site_behind_an_address(empty, portal):
    handler = partial(Quiet, directory=str(portal / "public"))
    site = Listening(handler)
    try:
        done = rekap(
            empty, "verify", site.url, "--pages", "all", "--policy", portal / "anchors.txt"
        )
    finally:
        site.close()
    assert (done.returncode, done.stdout.splitlines()[-1].split()[0]) == (0, "PROVED")


def test_every_command_starts_with_what_the_metadata_ask_for(empty):
    """One process for all: what one of them loads is there for whoever else asks for it."""
    script = f"""
from rekap.desk.main import main
for name in {[one.name for one in COMMANDS]}:
    try:
        main([name, "--help"])
    except SystemExit as stopped:
        print("starts", name, stopped.code)
"""
    command = [empty / "bin" / "python", "-c", script]
    done = subprocess.run(command, check=False, cwd=empty, env={}, capture_output=True, text=True)
    assert done.stderr == ""
    said = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("starts ")]
    assert said == [[one.name, "0"] for one in COMMANDS]


def test_what_lacks_for_a_single_command_is_named(empty, tmp_path):
    folder = tiny().write(tmp_path / "tiny")
    done = rekap(empty, "import", folder, "--to", tmp_path / "to")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "rekap import: install the library aws-lambda-powertools first\n"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words) -> None:
        pass
