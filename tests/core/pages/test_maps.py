"""Maps: leads by integers, outlines of the release, and what is said where there is no outline."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.core.pages import samples
from tests.core.pages.blocks import HOSTILE

from rekap.core.pages import pages
from rekap.core.pages.look import maps

OUTLINES = Path(__file__).parents[3] / "templates" / "maps"
PAIRS = [{"number": n, "empty_column": False} for n in (1, 2, 3)]
SQUARE = "M0 0l10 0 0 10-10 0z"


def lead(figures: dict[str, int] | None, pairs: list[dict[str, Any]]) -> Any:
    """Who leads at a place of one form."""
    place = {"figures": figures, "basis": "certified"}
    return maps.lead(place, {"contest": {"pairs": pairs}})


def figures(*votes: int, valid: int | None = None) -> dict[str, int]:
    """Votes of the pairs in ballot order, and the valid votes if a source has them."""
    known = {f"pair_{number}": count for number, count in enumerate(votes, 1)}
    return known if valid is None else {**known, "valid": valid}


@pytest.mark.parametrize(
    ("first", "second", "tint"),
    [
        (50_001, 49_999, 1),
        (524_999, 475_001, 1),  # 4.9998 points
        (525_000, 475_000, 2),  # exactly 5
        (575_000, 425_000, 2),  # exactly 15
        (575_001, 424_999, 3),
        (1, 0, 3),
    ],
)
def test_a_tint_never_rounds_across_its_limit(first, second, tint):
    valid = first + second
    made = lead(figures(first, second, valid=valid), PAIRS[:2])
    assert (made.number, made.tint) == (1, tint)
    assert lead(figures(second, first), PAIRS[:2]).number == 2
    assert lead(figures(second, first), PAIRS[:2]).tint == tint


def test_an_even_count_has_no_leader():
    assert lead(figures(5, 5, 1, valid=11), PAIRS).number == 0


@pytest.mark.parametrize("known", [None, {}, figures(1, 2), figures(0, 0, 0, valid=0)])
def test_nothing_is_guessed_from_what_is_not_there(known):
    assert lead(known, PAIRS) is None


def test_the_empty_column_leads_without_a_colour():
    pairs = [{"number": 1, "empty_column": True}, PAIRS[1]]
    assert lead(figures(9, 1, valid=10), pairs).fill == "f0"


@pytest.fixture
def outlined(monkeypatch, tmp_path):
    """The regency of the samples with outlines for all its children but the last."""
    twin = samples.regency()
    *known, last = twin["children"]
    shapes = {one["code"]: [SQUARE, 5, 5, 9] for one in known}
    drawing = {"aside": [], "height": 10, "shapes": shapes, "source": "SIMULASI", "width": 10}
    folder = tmp_path / "maps"
    folder.mkdir()
    (folder / f"{twin['region']['code']}.json").write_text(json.dumps(drawing))
    real = maps.of
    monkeypatch.setattr(pages.maps, "of", lambda _, twin: real(folder, twin))
    return twin, last


def test_a_page_draws_each_child_once_and_names_the_others(outlined):
    twin, last = outlined
    last["name"] = HOSTILE
    html = pages.render(twin).decode()
    drawing = html[html.index('<section id="peta">') :]
    drawing = drawing[: drawing.index("</section>")]
    assert drawing.count(SQUARE) == len(twin["children"]) - 1
    counts = [int(n) for n in re.findall(r"\((\d+)\)</li>", drawing)]
    assert sum(counts) == len(twin["children"])
    assert HOSTILE not in drawing
    assert html.index('id="wilayah"') < html.index('id="peta"'), "the table comes first"


def test_a_number_stands_in_every_shape_with_room(outlined):
    twin, _ = outlined
    drawn = maps.of(OUTLINES, twin)
    led = [one for one in twin["children"][:-1] if maps.lead(one, twin)]
    assert len(drawn.labels) == len(led)
    assert sum(count for _, count in drawn.leaders) == len(
        [one for one in twin["children"] if maps.lead(one, twin)]
    )


def test_there_is_no_map_without_figures(outlined):
    twin, _ = outlined
    for child in twin["children"]:
        child["figures"] = None
    assert maps.of(OUTLINES, twin) is None
    assert b'id="peta"' not in pages.render(twin)


def test_a_province_shows_its_kecamatan_where_the_release_has_their_outlines(tmp_path):
    twin = samples.province()
    for at, one in enumerate(twin["kecamatan_below"]):
        one["code"] = f"91.01.0{at}"
    shapes = {one["code"]: [SQUARE, 5, 5, 9] for one in twin["kecamatan_below"]}
    drawing = {"aside": [], "height": 10, "shapes": shapes, "source": "SIMULASI", "width": 10}
    assert maps.of(tmp_path / "none", twin) is None
    (tmp_path / "91-kecamatan.json").write_text(json.dumps(drawing))
    drawn = maps.of(tmp_path, twin)
    assert (drawn.kecamatan, drawn.total, drawn.leaders, drawn.running) == (True, 3, [(3, 2)], True)
    twin["kecamatan_below"] = []
    assert maps.of(tmp_path, twin) is None


def test_a_province_has_a_row_for_each_kecamatan_below_its_kabko():
    html = pages.render(samples.province()).decode()
    table = html[html.index('<section id="kecamatan">') :]
    table = table[: table.index("</section>")]
    groups = re.findall(r'scope="rowgroup" colspan="5">([^<]*)<', table)
    assert groups == ["Kabupaten Contoh Utara", "Kota Contoh Selatan"]
    assert table.count('scope="row"') == 3
    assert HOSTILE not in table
    shares = re.findall(r"<td class=\"n\">(?:<b>)?([^<]*)", table)
    assert shares == ["38,52%", "14,07%", "47,41%", "5,92%", "", "", "", "",
                      "38,52%", "14,07%", "47,41%", "5,92%"]  # fmt: skip


def test_a_region_without_outlines_has_no_map():
    assert maps.of(OUTLINES, samples.province()) is None


@pytest.mark.parametrize("path", sorted(OUTLINES.glob("*.json")), ids=lambda path: path.stem)
def test_outlines_are_paths_of_children_inside_their_map(path):
    drawing = json.loads(path.read_bytes())
    assert drawing["shapes"], "a map has shapes"
    for code, (outline, x, y, room) in drawing["shapes"].items():
        assert code.startswith(f"{path.stem.removesuffix('-kecamatan')}.")
        assert re.fullmatch(r"(M\d+ \d+l-?\d+( ?-?\d+)*z)+", outline), code
        assert 0 <= x <= drawing["width"]
        assert 0 <= y <= drawing["height"]
        assert room >= 0
    assert not set(drawing["aside"]) & drawing["shapes"].keys()
