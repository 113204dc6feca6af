"""Maps are made from TopoJSON: every child once, islands far away beside, nothing unreadable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import make_maps

GEO = Path(__file__).parents[3] / "shared" / "data" / "geo"


def square(x: float, y: float, side: float) -> make_maps.Shape:
    """One square, in degrees."""
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return [[corners]]


def test_children_fill_the_map_and_are_numbered_inside():
    made = make_maps.drawn({"1.1": square(100, 0, 1), "1.2": square(101, 0, 1)})
    assert made["width"] == make_maps.WIDTH
    assert set(made["shapes"]) == {"1.1", "1.2"}
    (_, x1, _, room), (_, x2, _, _) = made["shapes"].values()
    assert x1 < made["width"] / 2 < x2
    assert room > 90


def test_an_island_far_away_stands_beside():
    children = {"1.1": square(100, 0, 1), "1.2": square(101, 0, 1), "1.3": square(100, 9, 0.1)}
    made = make_maps.drawn(children)
    assert made["aside"] == ["1.3"]
    assert set(made["shapes"]) == {"1.1", "1.2"}


def test_what_cannot_be_read_is_not_drawn():
    specks = {f"1.{n}": square(100 + n, n % 7, 0.004) for n in range(40)}
    assert make_maps.drawn(specks) is None
    assert make_maps.drawn({"1.1": square(0, 0, 1)}) is None


def test_arcs_are_joined_in_both_directions():
    topology = {
        "transform": {"scale": [1, 1], "translate": [100, 0]},
        "arcs": [[[0, 0], [1, 0], [0, 1]], [[0, 0], [0, 1], [1, 0]]],
        "objects": {"x": {"geometries": [
            {"type": "Polygon", "id": "1.1", "arcs": [[0, -2]], "properties": {"parent": "1"}},
        ]}},
    }  # fmt: skip
    ring = make_maps.read(topology)["1"]["1.1"][0][0]
    assert ring == [(100, 0), (101, 0), (101, 1), (100, 1), (100, 0)]


def test_a_wrong_file_is_named(tmp_path, capsys):
    assert make_maps.main(["--geo", str(tmp_path), "--to", str(tmp_path)]) == 2
    (tmp_path / "a.topojson").write_text("{}")
    assert make_maps.main(["--geo", str(tmp_path), "--to", str(tmp_path)]) == 2
    assert "a.topojson" in capsys.readouterr().err


@pytest.mark.skipif(not GEO.is_dir(), reason="the collected sources are not on this machine")
def test_the_committed_maps_are_made_from_the_sources_again(tmp_path):
    topology = json.loads((GEO / "dki-kabko.topojson").read_text("utf-8"))
    made = {
        parent: make_maps.drawn(children) for parent, children in make_maps.read(topology).items()
    }
    kecamatan = make_maps.read(json.loads((GEO / "dki-kecamatan.topojson").read_text("utf-8")))
    aside = made["31"]["aside"]
    made["31-kecamatan"] = make_maps.drawn(
        {code: shape for kabko, own in kecamatan.items() if kabko not in aside
         for code, shape in own.items()}
    )  # fmt: skip
    for parent, drawing in made.items():
        committed = make_maps.ROOT / "templates" / "maps" / f"{parent}.json"
        assert json.loads(committed.read_bytes()) == drawing
