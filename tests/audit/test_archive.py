"""An archive is a bag by its standard's own tool, and a portal by ours: the one that lies in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bagit
import pytest
from tests.elections import tiny

from rekap.desk.main import main


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    tiny().write(folder / "folder")
    assert main(["import", str(folder / "folder"), "--to", str(folder / "portal")]) == 0
    return folder / "portal"


@pytest.fixture(scope="module")
def archive(portal: Path) -> Path:
    target = portal.parent / "arsip"
    assert main(["archive", str(portal / "public"), "--to", str(target)]) == 0
    return target


def test_the_standards_own_tool_finds_a_whole_bag_and_each_change(
    archive: Path, tmp_path: Path
) -> None:
    bag = bagit.Bag(str(archive))
    bag.validate(processes=1)
    assert bag.info["Bag-Software-Agent"] == "rekap archive"
    assert set(bag.algorithms) == {"sha256"}
    for number, spoil in enumerate((_change, _delete, _add)):
        copy = tmp_path / str(number)
        shutil.copytree(archive, copy)
        spoil(copy / "data/situs")
        with pytest.raises(bagit.BagValidationError):
            bagit.Bag(str(copy)).validate(processes=1)


def _change(site: Path) -> None:
    page = site / "index.html"
    page.write_bytes(page.read_bytes().replace(b"e", b"f", 1))


def _delete(site: Path) -> None:
    (site / "site.json").unlink()


def _add(site: Path) -> None:
    (site / "baru.html").write_text("<!doctype html>")


def test_the_site_in_it_is_that_of_the_portal(archive: Path, portal: Path) -> None:
    assert _files(archive / "data/situs") == _files(portal / "public")


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_program_in_it_proves_the_site_in_it(archive: Path, portal: Path) -> None:
    told = (archive / "data/BACA.txt").read_text("utf-8")
    assert "PYTHONPATH=data/program/functions python3 -m rekap.desk.main" in told
    done = subprocess.run(
        [sys.executable, "-P", "-m", "rekap.desk.main", "verify", "data/situs",
         "--policy", str(portal / "anchors.txt")],
        cwd=archive, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "data/program/functions"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_kept_of_a_refuted_log_or_beside_another_folder(
    portal: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(portal / "public", forged)
    one = next(path for path in (forged / "log/tile/entries").rglob("*") if path.is_file())
    data = bytearray(one.read_bytes())
    data[len(data) // 2] ^= 1
    one.write_bytes(bytes(data))
    assert main(["archive", str(forged), "--to", str(tmp_path / "new" / "a")]) != 0
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("mine")
    assert main(["archive", str(portal / "public"), "--to", str(tmp_path / "full")]) == 2
    assert _files(tmp_path / "full") == {"mine": b"mine"}
