"""The whole way on a folder of its own: import, one more form, rebuild, export, import again."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest
from tests.elections import decided, tiny

from rekap.desk.main import main
from scripts import one_more_form

NO_FORM = ("bupati", "c_hasil", "97.01.01.2002", "901")


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    folder = tiny().write(tmp_path / "folder")
    assert main(["import", str(folder), "--to", str(tmp_path / "portal")]) == 0
    return tmp_path / "portal"


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _rebuilt(portal: Path, name: str) -> None:
    """Rebuild a portal's site and compare every file."""
    target = portal.parent / name
    assert main(["rebuild", str(portal / "public"), "--to", str(target)]) == 0
    assert _files(target) == _files(portal / "public")


def test_one_more_form_after_a_replay_is_what_a_rebuild_gives(portal: Path) -> None:
    anchors = portal / "anchors.txt"
    assert anchors.read_bytes() == (portal / "public" / "policy.txt").read_bytes()
    by_anchors = ["verify", str(portal / "public"), "--policy", str(anchors)]
    assert main(by_anchors) == 0
    assert main(by_anchors[:2]) == 3
    _rebuilt(portal, "before")
    assert one_more_form.main([str(portal)]) == 0
    assert main(by_anchors) == 0
    _rebuilt(portal, "after")


def test_export_of_an_imported_folder_is_a_fixed_point(portal: Path, tmp_path: Path) -> None:
    assert main(["export", str(portal / "public"), "--to", str(tmp_path / "e1")]) == 0
    folder = next((tmp_path / "e1").iterdir())
    assert main(["import", str(folder), "--to", str(tmp_path / "portal2")]) == 0
    assert main(["export", str(tmp_path / "portal2/public"), "--to", str(tmp_path / "e2")]) == 0
    assert _files(tmp_path / "e1") == _files(tmp_path / "e2")


def test_the_export_of_a_folder_has_its_decisions(tmp_path: Path) -> None:
    """A court's rulings, and a determination that was replaced, were lost on the way."""
    given = decided().write(tmp_path / "folder")
    for source, target in ((given, "1"), (tmp_path / "e1/contoh-1", "2")):
        portal = tmp_path / f"portal{target}"
        assert main(["import", str(source), "--to", str(portal)]) == 0
        assert main(["export", str(portal / "public"), "--to", str(tmp_path / f"e{target}")]) == 0
    assert _files(tmp_path / "e1") == _files(tmp_path / "e2")
    exported = tmp_path / "e1/contoh-1"
    for name in ("election.toml", "rulings.toml", "elected.toml"):
        one, other = (tomllib.loads((f / name).read_text("utf-8")) for f in (given, exported))
        for table in ("determinations", "rulings", "elected"):
            assert one.get(table) == other.get(table), name


def test_every_cell_of_a_folder_is_in_its_export(portal: Path, tmp_path: Path) -> None:
    assert main(["export", str(portal / "public"), "--to", str(tmp_path / "e1")]) == 0
    exported = next((tmp_path / "e1").iterdir())
    for name in ("regions.csv", "roster.csv", "forms.csv", "rows.csv"):
        given = tmp_path / "folder" / name
        if given.exists():
            lost = _cells(given) - _cells(exported / name)
            # A row without figures is no form.
            assert {cell for cell in lost if cell[:4] != NO_FORM} == set(), name


def _cells(path: Path) -> set[tuple[str, ...]]:
    """Every filled cell of a CSV file as (row's key…, column, value)."""
    keys = {
        "regions.csv": ("code",),
        "roster.csv": ("region", "tps"),
        "forms.csv": ("contest", "form", "region", "tps", "revision"),
        "rows.csv": ("contest", "form", "region", "revision", "child"),
    }[path.name]
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (*(row[key] for key in keys), column, value)
            for row in csv.DictReader(file)
            for column, value in row.items()
            if value
        }
