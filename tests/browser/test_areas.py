"""Tables of places sort, the map takes the colours of a column, results become a workbook by a tap;
all stand without a script.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.browser.test_browser import browser, opened
from tests.browser.test_verifier import Served
from tests.core.pages import samples

from rekap.core import packaged
from rekap.core.pages import pages
from rekap.core.pages.data import codebook, results
from rekap.core.pages.look import box
from rekap.core.pages.tables import tables

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

PROVINCE = samples.province()


def ciamis() -> dict[str, Any]:
    """The regency of the samples where the release has outlines: 27 kecamatan and one aside."""
    text = json.dumps(samples.regency(30, 3))
    for old, new in (("91.01", "32.07"), ('"91"', '"32"')):
        text = text.replace(old, new)
    twin: dict[str, Any] = json.loads(text)
    for at, one in enumerate(twin["children"]):
        votes = (2_000 + 10 * at, 4_000, 4_000 - 10 * at)
        one["figures"] |= {f"pair_{n}": count for n, count in enumerate(votes, 1)}
        one["figures"] |= {"valid": 10_000, "invalid": 100 + 10 * at}
    return twin


REGENCY = ciamis()


def narrow() -> dict[str, Any]:
    """The same, where pair 1 has half of the votes in all but two: one more there, and one less."""
    twin: dict[str, Any] = json.loads(json.dumps(REGENCY))
    twin["address"] = f"{twin['address']}sempit/"
    for one, more in zip(twin["children"], [1, -1, *[0] * len(twin["children"])], strict=False):
        one["figures"] |= {"pair_1": 20_000 + more, "pair_2": 18_000 - more, "pair_3": 2_000}
        one["figures"] |= {"valid": 40_000}
    return twin


NARROW = narrow()


DATA = samples.data()
RESULTS = tables.write(results.COLUMNS, [
    [one, code, level, name, number, pair, votes, share, 7, None, 1, 2, "sum", "no-certified",
     "undetermined"]
    for one in ("gubernur-32", "wali-kota-dan-wakil-wali-kota-32.10")
    for code, level, name in (("32.10", "kabko", "=1+1"), ("32.10.01", "kecamatan", "'Siti <Ani>"))
    for number, pair, votes, share in ((1, 'Ani, "A" - @Budi', 7, 1_000_000), (2, None, None, None))
])  # fmt: skip
CODEBOOK = tables.write(codebook.COLUMNS, codebook.rows({"results": results.COLUMNS}))


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    files = pages.assets() | box.files(packaged.templates_folder())
    for twin in (PROVINCE, REGENCY, NARROW, DATA):
        files |= dict(pages.editions(twin))
    for name in ("results", "codebook"):
        files[f"{DATA['address']}{name}.csv"] = globals()[name.upper()]
    made = Served(files)
    yield made
    made.server.shutdown()
    made.server.server_close()


def sorting(browser: Any, site: Served, twin: dict[str, Any]) -> Any:
    page = opened(browser, 360)
    page.goto(site.base + twin["address"])
    page.wait_for_selector("#wilayah thead button", state="attached")
    return page


def names(page: Any) -> list[str]:
    return page.locator("#wilayah tbody th a").all_inner_texts()


def test_the_table_of_places_sorts_by_each_column_and_stands_without_a_script(browser, site):
    bare = opened(browser, 360, java_script_enabled=False)
    bare.goto(site.base + PROVINCE["address"])
    order = names(bare)
    assert bare.locator("#wilayah button").count() == 0
    bare.context.close()
    page = sorting(browser, site, PROVINCE)
    assert names(page) == order
    heads = page.locator("#wilayah thead th")
    buttons = page.locator("#wilayah thead button")
    assert buttons.count() == heads.count()
    valid = page.locator("#wilayah thead th[data-f=valid]")
    valid.locator("button").click()
    at = valid.evaluate("(one) => one.cellIndex")
    cells = page.locator(f"#wilayah tbody tr > :nth-child({at + 1})").all_inner_texts()
    votes = [int(one.replace(".", "")) for one in cells if one]
    assert votes == sorted(votes, reverse=True)
    assert cells[len(votes) :] == [""] * (len(cells) - len(votes)), "what is not there comes last"
    assert valid.get_attribute("aria-sort") == "descending"
    valid.locator("button").press("Enter")
    assert valid.get_attribute("aria-sort") == "ascending"
    buttons.first.click()
    assert names(page) == order
    assert page.locator("#wilayah [aria-sort]").count() == 1
    page.context.close()


def test_the_table_of_kecamatan_sorts_across_their_kabko(browser, site):
    page = sorting(browser, site, PROVINCE)
    page.locator("#kecamatan summary").click()
    names = page.locator("#kecamatan tbody th")
    assert names.all_inner_texts()[:2] == ["Kabupaten Contoh Utara", "Mawar"]
    page.locator("#kecamatan thead button").nth(2).click()
    assert names.count() == page.locator("#kecamatan tbody tr").count() == 3
    assert names.last.inner_text() == "Melati", "what is not there comes last"
    page.context.close()


def test_the_map_takes_the_colours_of_each_column_with_shares_and_goes_back(browser, site):
    page = sorting(browser, site, REGENCY)
    shapes, key = page.locator("#peta .map path"), page.locator("#peta .key li")
    assert shapes.count() == len(REGENCY["children"])
    led = [one.get_attribute("class") for one in shapes.all()]
    told = key.all_inner_texts()
    choice = page.locator("#peta select")
    assert choice.locator("option").all_inner_texts() == [
        "yang unggul", "nomor 1", "nomor 2", "nomor 3", "Tidak sah"
    ]  # fmt: skip
    choice.select_option(label="nomor 1")
    assert key.all_inner_texts() == [
        "di bawah 21% (10)", "21% sampai 22% (10)", "22% sampai 23% (10)", "23% ke atas (0)"
    ]  # fmt: skip
    assert {one.get_attribute("class") for one in shapes.all()} == {"f1"}
    depths = [one.get_attribute("fill-opacity") for one in shapes.all()]
    assert depths == ["0.15"] * 10 + ["0.4"] * 10 + ["0.7"] * 10
    choice.select_option(label="Tidak sah")
    assert [one.rpartition(" (")[2] for one in key.all_inner_texts()] == ["1)", "10)", "10)", "9)"]
    assert {one.get_attribute("class") for one in shapes.all()} == {"f-ink"}
    page.locator("#wilayah thead button").nth(1).click()
    choice.select_option(label="nomor 1")
    assert [one.get_attribute("fill-opacity") for one in shapes.all()] == depths
    choice.select_option(index=0)
    assert ([one.get_attribute("class") for one in shapes.all()], key.all_inner_texts()) == (
        led,
        told,
    )
    page.context.close()
    bare = opened(browser, 360, java_script_enabled=False)
    bare.goto(site.base + REGENCY["address"])
    assert not bare.locator("#peta select").is_visible()
    assert bare.locator("#peta .map path").count() == len(REGENCY["children"])
    bare.context.close()


def test_a_share_with_more_decimals_has_its_colour_and_its_place(browser, site):
    """Near 0, 50 and 100 per cent a share has decimals enough to differ from them."""
    page = sorting(browser, site, NARROW)
    page.locator("#peta select").select_option(label="nomor 1")
    depths = [one.get_attribute("fill-opacity") for one in page.locator("#peta .map path").all()]
    places = len(NARROW["children"])
    assert depths == ["0.4", "0.15", *["0.4"] * (places - 2)]
    assert page.locator("#peta .key li").all_inner_texts() == [
        "di bawah 50% (1)", f"50% sampai 50,25% ({places - 1})", "50,25% sampai 50,5% (0)",
        "50,5% ke atas (0)",
    ]  # fmt: skip
    page.locator("#wilayah thead button").nth(1).click()
    cells = page.locator("#wilayah tbody tr > :nth-child(2)").all_inner_texts()
    shares = [one.split("%")[0] for one in cells]
    assert shares == ["50,003", *["50,00"] * (places - 2), "49,998"]
    page.context.close()


@pytest.mark.parametrize("twin", [PROVINCE, REGENCY], ids=["province", "regency"])
def test_nothing_moves_when_the_script_comes(browser, site, twin):
    before = opened(browser, 360)
    before.route(f"**/{box.AREAS}", lambda route: route.abort())
    before.goto(site.base + twin["address"])
    after = sorting(browser, site, twin)
    places = [page.locator("#unduh").bounding_box()["y"] for page in (before, after)]
    assert places[0] == places[1]
    before.context.close()
    after.context.close()


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(file: zipfile.ZipFile, number: int) -> list[dict[str, str | float]]:
    """The cells of a sheet by their columns: texts, and numbers."""
    tree = ET.fromstring(file.read(f"xl/worksheets/sheet{number}.xml"))
    assert tree.find(f".//{MAIN}f") is None, "no text is a formula"
    return [
        {
            one.attrib["r"].rstrip("0123456789"): "".join(one.itertext())
            if one.get("t") == "inlineStr" else float("".join(one.itertext()))
            for one in row
        }
        for row in tree.iter(f"{MAIN}row")
    ]  # fmt: skip


@pytest.mark.parametrize(("folder", "said"), [("", "Kabupaten/kota"), ("en/", "regency or city")])
def test_results_become_a_workbook_with_names_by_a_tap(browser, site, tmp_path, folder, said):
    page = opened(browser, 360)
    page.goto(f"{site.base}{folder}{DATA['address']}#tabel")
    made = []
    for _ in range(2):
        with page.expect_download() as download:
            page.locator("#xlsx button").click()
        assert download.value.suggested_filename == f"{DATA['election']['id']}.xlsx"
        download.value.save_as(tmp_path / "hasil.xlsx")
        made.append((tmp_path / "hasil.xlsx").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "hasil.xlsx") as file:
        assert file.testzip() is None
        book = ET.fromstring(file.read("xl/workbook.xml"))
        names = [one.attrib["name"] for one in book.iter(f"{MAIN}sheet")]
        assert names[1:] == ["gubernur-32", "wali-kota-dan-wakil-wali-ko 2"]
        about = [row["A"] for row in rows(file, 1)]
        assert any("SIMULASI" in line for line in about)
        for number in (2, 3):
            head, first, second = rows(file, number)
            assert head["D"].startswith('1 Ani, "A" - @Budi: ')
            votes = {"D": 7, "F": 1, "H": 7, "J": 1, "K": 2}
            assert {name: first[name] for name in "ABC"} == {"A": "32.10", "B": said, "C": "=1+1"}
            assert {
                name: one for name, one in first.items() if one == one and type(one) is float
            } == votes
            assert second["C"] == "'Siti <Ani>"
    site.changes[f"{DATA['address']}results.csv"] = None
    page.locator("#xlsx button").click()
    page.locator("#xlsx [role=status]", has_text="CSV").wait_for()
    site.changes.clear()
    page.context.close()
