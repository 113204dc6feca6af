"""Finding a TPS by typing, in Chromium: on the first page, on a list, on a large one, from disk."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.browser import saved
from tests.browser.test_browser import browser, opened
from tests.core.pages import samples

from rekap.core import packaged
from rekap.core.ledger import letters
from rekap.core.pages import pages
from rekap.core.pages.look import box

__all__ = ["browser"]
pytestmark = pytest.mark.chromium


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _twins() -> dict[str, dict[str, Any]]:
    small = samples.area(30)
    small["contests"].append({**small["contests"][0], "id": "bupati", "office": "regent",
                              "address": "pilkada-contoh/bupati-91.01/"})  # fmt: skip
    return {"small": small, "large": samples.area(900, nested=False)}


def _index() -> dict[str, bytes]:
    """The indexes of the places of the large page."""
    twin = samples.area(900, nested=False)
    rows: dict[str, list[Any]] = {}
    for kecamatan in twin["kecamatan"]:
        for row in ([kecamatan["code"], kecamatan["name"]], *kecamatan["kelurahan"]):
            for start in letters.of(row[1]):
                rows.setdefault(start, []).append(row)
    above = [["91.01", "Kabupaten Contoh"], *([k["code"], k["name"]] for k in twin["kecamatan"])]
    contests = [{"id": "gubernur-91", "office": "governor", "region": "91",
                 "address": f"{samples.ELECTION}/gubernur-91/"}]  # fmt: skip
    return {
        f"cari/{samples.ELECTION}/{start}/index.json": json.dumps(
            {"above": above, "contests": contests, "rows": some}
        ).encode()
        for start, some in rows.items()
    }


def _coded() -> dict[str, dict[str, Any]]:
    """Twins of the election, of a kelurahan and of a TPS in it, as far as a code needs them."""
    top = f"{samples.ELECTION}/gubernur-91/"
    contest = {"address": top, "office": "governor", "region": {"code": "91"}}
    region = {"region": {"code": "91.01.06.1001", "name": "Kelurahan Contoh"}}
    return {
        samples.ELECTION: {"contests": [contest]},
        f"{top}01/06/1001": region,
        f"{top}01/06/1001/019": {**region, "tps": "019"},
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cari")
    files = (
        _index() | box.files(packaged.templates_folder()) | dict(pages.editions(samples.portal()))
    )
    for name, twin in _twins().items():
        twin["address"] = f"cari/{name}/91.01/"
        files |= dict(pages.editions(twin))
    saved.write(folder, files)
    for path, twin in _coded().items():
        (folder / path).mkdir(parents=True, exist_ok=True)
        (folder / path / "index.json").write_text(json.dumps(twin))
    serve = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _found(page: Any, typed: str) -> list[str]:
    """What the page offers for a typed text: addresses below the site's base."""
    page.evaluate("document.querySelector('#ketik [role=status]').textContent = ''")
    page.focus("#nama")
    page.fill("#nama", typed)
    page.wait_for_selector("#ketik [role=status]:not(:empty)")
    return [
        link.split("/", 3)[3]
        for link in page.eval_on_selector_all("#ketik li a", "all => all.map(a => a.href)")
    ]


@pytest.mark.parametrize(("name", "folder"), [("small", ""), ("small", "en/"), ("large", "en/")])
def test_a_name_and_a_number_lead_to_the_tps(
    browser: Any, address: str, name: str, folder: str
) -> None:
    page = opened(browser, 360)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text))
    page.goto(f"{address}/{folder}cari/{name}/91.01/index.html")
    (kecamatan, *_) = _twins()[name]["kecamatan"]
    code, desa, count = kecamatan["kelurahan"][4][:3]
    way = f"01/{code[9:]}/" if code[6:8] == "01" else f"{code[6:8]}/{code[9:]}/"
    tops = [contest["address"] for contest in _twins()[name]["contests"]]
    stations = "#strip" if name == "small" else ""
    pages_of = [f"{folder}{top}{way}index.html{stations}" for top in tops]
    assert _found(page, desa.upper()) == pages_of
    tps = f"{count:03}"
    assert _found(page, f"{desa} TPS {count}") == [
        f"{folder}{top}{way}{tps}/index.html" for top in tops
    ]
    assert _found(page, f"{desa} {count + 1}") == pages_of
    odd = kecamatan["kelurahan"][0]
    assert _found(page, f"{odd[1]} 901")[0].endswith(f"{odd[0][9:]}/901/index.html")
    ulu = f"{folder}{tops[0]}01/2003/"
    assert _found(page, "16 ulu")[0] == f"{ulu}index.html{stations}", "a name with a number"
    assert _found(page, "16 ulu 5")[0] == f"{ulu}005/index.html"
    assert errors == []


def test_the_first_page_finds_a_place_of_the_whole_election(browser: Any, address: str) -> None:
    page = opened(browser, 360)
    page.goto(f"{address}/en/index.html")
    rows = [row for one in _twins()["large"]["kecamatan"] for row in one["kelurahan"]]
    code, desa, count = rows[777][:3]
    way = f"en/{samples.ELECTION}/gubernur-91/01/{code[6:8]}/{code[9:]}/"
    assert _found(page, f"TPS {count} Desa {desa}") == [f"{way}{count:03}/index.html"]
    assert _found(page, f"{desa} {count + 1}") == [f"{way}index.html"], "the place without the TPS"
    assert "no TPS of that number" in page.inner_text("#ketik [role=status]")
    assert _found(page, f"{desa[:4]}{desa[5:]}") == [f"{way}index.html"], "a letter is missing"
    assert _found(page, f"{desa[:4]} {desa[4:]}") == [f"{way}index.html"], "written as two words"
    assert _found(page, f"Jl. {desa} Raya")[0] == f"{way}index.html", "a street of that name"
    assert _found(page, "qqqq") == []
    assert "not of a street" in page.inner_text("#ketik [role=status]")


@pytest.mark.parametrize("folder", ["", "en/"])
def test_the_code_of_a_region_and_of_a_printed_sheet_are_found(
    browser: Any, address: str, folder: str
) -> None:
    page = opened(browser, 360)
    page.goto(f"{address}/{folder}index.html")
    place = f"{samples.ELECTION}/gubernur-91/01/06/1001/"
    for typed in ("91.01.06.1001", "9101061001"):
        assert _found(page, typed) == [f"{folder}{place}index.html"]
    for typed in ("91.01.06.1001 TPS 19", "91.01.06.1001/019", "9101061001 19"):
        assert _found(page, typed) == [f"{folder}{place}019/index.html"]
    assert "Kelurahan Contoh" in page.inner_text("#ketik li")
    assert _found(page, "91.01.06.1999") == []
    for typed in (f"{place}019/@4711", f"https://contoh.example/{folder}periksa/#{place}019/@4711"):
        assert _found(page, typed) == [f"{folder}periksa/index.html#{place}019/@4711"]


@pytest.mark.parametrize(("count", "nested"), [(30, True), (900, False)])
def test_from_disk_a_page_with_a_list_can_be_searched(
    browser: Any, tmp_path: Path, count: int, nested: bool
) -> None:
    twin = samples.area(count, nested=nested)
    file = saved.page(tmp_path, twin)
    page = opened(browser, 360)
    page.goto(file.as_uri())
    assert page.is_visible("#nama") is nested
    if nested:
        _, desa, tps = twin["kecamatan"][0]["kelurahan"][4]
        page.fill("#nama", f"{desa} {tps}")
        assert page.get_attribute("#ketik li a", "href").endswith(f"/2005/{tps:03}/index.html")
        page.click("summary >> nth=0")
        assert page.is_visible("details[open] a >> nth=0")


@pytest.mark.parametrize("name", ["load", "filter"])
def test_the_script_of_a_page_is_small(name: str) -> None:
    """It fits into one packet of a network."""
    text = (packaged.templates_folder() / "search" / f"{name}.js").read_bytes()
    assert len(gzip.compress(text, 9)) <= 1_280
