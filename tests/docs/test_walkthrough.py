"""The way of an official in docs/walkthrough.md, word for word: from paper to page, a correction.

Only the port is exchanged for one that is free. Every command gets on its standard input what the
text says that it asks for.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.live_portal import ROOT, Gateway
from tests.needed import PATIENCE

from rekap.desk.main import main

ELECTION = "pilkada-2024-ciamis"
TPS = f"{ELECTION}/bupati-32.07/14/2001/002/"
PASSPHRASE = "kata sandi peraga\n"
ANSWERS = {"keygen": PASSPHRASE * 2, "sign": "setuju\n" + PASSPHRASE}
WALKTHROUGH = "docs/walkthrough.md"


def commands(file: str) -> list[str]:
    """The steps of the code block; a here-document belongs to its command."""
    text = (ROOT / file).read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    steps: list[str] = []
    inside = False
    for line in block.splitlines():
        if inside:
            steps[-1] += f"\n{line}"
            inside = line != "CSV"
        elif line and not line.startswith("#"):
            steps.append(line)
            inside = line.endswith("<<'CSV'")
    return steps


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout: in var/demo the kecamatan of the text, as `make demo` makes it."""
    home = tmp_path_factory.mktemp("checkout")
    (home / "var").mkdir()
    binaries = home / ".venv" / "bin"
    binaries.mkdir(parents=True)
    tool = binaries / "rekap"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rekap.desk.main "$@"\n')
    tool.chmod(0o755)
    folder = home / "var" / "demo"
    assert main(["import", str(_one_kecamatan(home / "election")), "--to", str(folder)]) == 0
    return home


def _one_kecamatan(folder: Path) -> Path:
    """Write the election of Ciamis with the places and forms of one kecamatan."""
    folder.mkdir()
    for file in (ROOT / "elections" / "ciamis-2024").iterdir():
        head, *lines = file.read_text("utf-8").splitlines(keepends=True)
        if file.suffix == ".csv":
            at = head.split(",").index("code" if file.name == "regions.csv" else "region")
            here = re.compile(r"32(\.07(\.14[.0-9]*)?)?")
            lines = [line for line in lines if here.fullmatch(line.split(",")[at])]
        (folder / file.name).write_text(head + "".join(lines), "utf-8")
    return folder


@pytest.fixture
def desk(portal: Path, tmp_path: Path) -> Iterator[Desk]:
    yield from Desk.opened(WALKTHROUGH, portal, tmp_path)


class Desk:
    """A second terminal beside a running portal."""

    def __init__(self, file: str, home: Path, gateway: Gateway) -> None:
        self.file = file
        self.home = home
        self.gateway = gateway

    @classmethod
    def opened(cls, file: str, portal: Path, tmp_path: Path) -> Iterator[Desk]:
        home = tmp_path / "checkout"
        subprocess.run(["cp", "-a", str(portal), str(home)], check=True)
        origin = (home / "var/demo/public/log/checkpoint").read_text().split("\n")[0]
        gateway = Gateway(home / "var" / "demo", origin, release="")
        gateway.start()
        yield cls(file, home, gateway)
        assert gateway.stop() == 0

    def walk(self) -> str:
        """Run every step in one shell's place; return all that was said."""
        said = []
        place, path = self.home, os.environ["PATH"]
        after = f"pwd > {self.home}/place; echo $PATH > {self.home}/path"
        for step in commands(self.file):
            command = step.replace(":8080", f":{self.gateway.port}")
            word = command.split()[1] if command.startswith("rekap ") else ""
            run = subprocess.run(
                ["bash", "-e", "-c", f"{command}\n{after}"],
                cwd=place,
                env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "functions")},
                input=ANSWERS.get(word, ""),
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
            place = Path((self.home / "place").read_text().strip())
            path = (self.home / "path").read_text().strip()
            said.append(f"$ {command}\n{run.stdout}{run.stderr}")
        return "\n".join(said)


def test_the_walkthrough_leads_from_paper_to_page(desk: Desk) -> None:
    said = desk.walk()
    assert max(map(len, filter(None, said.splitlines()))) < 260
    twin = json.loads((desk.home / "var/demo/public" / TPS / "index.json").read_bytes())
    assert twin["status"] == "received"
    figures = json.dumps(twin)
    assert "31" in figures
    assert "254" in figures
    assert "TANDA TERIMA" in said
    desk.gateway.wait_until_quiet()
    assert main(["verify", str(desk.home / "var/demo/public")]) == 3
