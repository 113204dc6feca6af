"""Nine tasks of three readers on a narrow phone, by visible words, from the first page.

A citizen: find my TPS, is it as I saw it, prove it. A newsroom: what is new, the whole table, what
is missing. A witness of a pair: where do levels differ, who signed, the sheet on paper.
Counted are taps and bytes; `scripts/lab/task_times.py` tells seconds.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.audit import shelf
from tests.browser import saved
from tests.browser.test_browser import browser
from tests.browser.test_verifier import Served
from tests.core.pages import samples

from rekap.core.pages import pages

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

SCREEN = 640
TPS = "Contoh 02 2"
PLACE = "TPS 002 Kelurahan Contoh 02"


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    made = Served(shelf.published()[0])
    yield made
    made.server.shutdown()
    made.server.server_close()


class Visit:
    """Somebody who has never been here: taps what can be seen, and counts."""

    def __init__(self, browser: Any, site: Served, folder: str = "", **settings: Any) -> None:
        self.site = site
        site.asked.clear()
        context = browser.new_context(
            viewport={"width": 360, "height": SCREEN}, has_touch=True, is_mobile=True, **settings
        )
        context.add_init_script("window.print = () => { window.printed = true; }")
        self.page = context.new_page()
        self.taps = 0
        self.page.goto(site.base + folder)

    def tap(self, words: str, role: str = "link", *, leads: bool = True) -> None:
        target = self.page.get_by_role(role, name=words).first
        target.scroll_into_view_if_needed()
        assert target.is_visible(), words
        self.taps += 1
        if not leads:
            target.tap()
            return
        with self.page.expect_navigation():
            target.tap()

    def find(self, typed: str = TPS) -> None:
        self.page.locator("#nama").tap()
        self.taps += 1
        self.page.keyboard.type(typed)
        self.tap(PLACE)

    @property
    def bytes(self) -> int:
        """What came over the network, compressed as a server would."""
        files = [self.site.files.get(path, b"") for path in self.site.asked]
        return sum(len(gzip.compress(data, 6)) for data in files)

    def text(self, selector: str = "main") -> str:
        return str(self.page.inner_text(selector))


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_citizen_finds_the_tps_sees_its_figures_and_proves_them(
    browser: Any, site: Served, folder: str
) -> None:
    visit = Visit(browser, site, folder)
    visit.find()
    assert (visit.taps, visit.page.url) == (2, f"{site.base}{folder}{_tps(site)}index.html")
    assert visit.bytes < 24_000
    votes = visit.page.locator("#angka tr[data-f=pair_1] td").first
    assert votes.bounding_box()["y"] < 1.5 * SCREEN, "the figures begin on the first screen or so"
    visit.tap("Check for yourself" if folder else "Periksa sendiri")
    visit.page.wait_for_selector("#lembar[data-state=done]", timeout=120_000)
    assert visit.page.get_attribute("#lembar article", "data-head") == "proved"
    assert visit.taps == 3
    assert visit.bytes < 160_000


def _tps(site: Served) -> str:
    return next(p for p in site.files if p.endswith("/gubernur-90/01/01/1002/002/index.json"))[:-10]


def test_without_a_script_the_lists_lead_to_the_tps(browser: Any, site: Served) -> None:
    visit = Visit(browser, site, java_script_enabled=False)
    assert not visit.page.is_visible("#nama")
    visit.tap("Cari TPS dalam daftar")
    visit.tap("Kabko Contoh 01")
    visit.page.locator("summary", has_text="Kecamatan Contoh 01").tap()
    visit.tap("Kelurahan Contoh 02")
    visit.tap("002")
    assert (visit.taps, visit.page.url) == (4, f"{site.base}{_tps(site)}index.html")
    assert visit.bytes < 40_000


def _moved(site: Served, since: int) -> list[str]:
    """What is told of each contest's sum: its page now, less what stood before the first form."""
    size = json.loads(site.files["site.json"])["size"]
    first: dict[str, Any] = {}
    for index in range(since, size):
        read = json.loads(site.files[f"bukti/{index}/index.json"])
        totals = read.get("totals")
        if totals and totals["form"] == "c_hasil" and totals["entry"] == index == read["index"]:
            place = totals["places"][-1]
            first.setdefault(place["address"], place)
    assert first
    lines = []
    for address, place in first.items():
        page = json.loads(site.files[f"{address}index.json"])
        now, was = page["sum"]["fields"], place["before"]["fields"]
        fields = [(pair["number"], f"pair_{pair['number']}") for pair in page["contest"]["pairs"]]
        gaps = [f"nomor {n} {now[field][0] - was[field][0]:+}" for n, field in fields]
        stations = page["stations"]["counted"] - place["before"]["counted"]
        gaps.append(f"TPS {stations:+}")
        line = f"Hitungan sementara, {place['name']}: {', '.join(gaps)}"
        lines.append(line.replace("-", "\u2212"))
    return lines


def test_a_newsroom_learns_what_is_new_what_is_missing_and_takes_the_whole_table(
    browser: Any, site: Served
) -> None:
    visit = Visit(browser, site)
    visit.tap("tabel, yang belum masuk, selisih")
    visit.tap("Catatan baru")
    visit.tap("Tampilkan yang baru", "button", leads=False)
    visit.page.wait_for_selector("#baru [role=status]:has-text('kini diingat')")
    visit.page.evaluate("for (const name in localStorage) localStorage[name] &&= '200'")
    visit.page.reload()
    visit.taps = 2
    visit.tap("Tampilkan yang baru", "button", leads=False)
    visit.page.wait_for_selector("#baru li")
    size = int(visit.page.get_attribute("meta[name=as-of]", "content"))
    assert f"{size - 200}" in visit.text("#baru [role=status]").replace(".", "")
    assert visit.taps == 3
    told = visit.page.locator("#baru li a").all_inner_texts()
    assert all(line in told for line in _moved(site, 200)), told[:4]
    assert "Penetapan hasil Provinsi Contoh 90" in told, "a name, and a decision is no version"
    assert not [one for one in told if "Kabupaten/Kota K" in one]

    visit = Visit(browser, site)
    visit.tap("Gubernur Contoh 90")
    with visit.page.expect_download() as download:
        visit.tap("Hasil dengan nama, CSV", leads=False)
    assert visit.taps == 2
    assert download.value.url.endswith("/data/results.csv")

    visit = Visit(browser, site)
    visit.tap("Gubernur Contoh 90")
    with visit.page.expect_download() as download:
        visit.tap("Semua formulir, CSV", leads=False)
    assert visit.taps == 2
    assert download.value.url.endswith("/data/forms.csv")

    visit = Visit(browser, site)
    visit.tap("tabel, yang belum masuk, selisih")
    visit.tap("Yang belum masuk")
    rows = site.files["pemilihan-contoh/data/missing.csv"].decode().splitlines()[1:]
    assert f"{len(rows)} dari" in visit.text()
    assert visit.taps == 2
    assert visit.bytes < 16_000


def test_a_newsroom_asks_what_came_since_an_hour(browser: Any, site: Served) -> None:
    """With hours in the files of changes: an entry every seven minutes, the first 40 without."""
    files = dict(site.files)
    start = datetime.fromisoformat("2024-11-27T09:00:00+07:00")
    hours: dict[int, str] = {}
    for name in [name for name in files if re.fullmatch(r"buku-besar/changes/.+\.json", name)]:
        read = json.loads(files[name])
        for one in read["entries"]:
            index = one["index"]
            told = (start + timedelta(minutes=7 * index)).isoformat() if index >= 40 else ""
            hours[index], one["hour"] = told, told or None
        files[name] = json.dumps(read).encode()
    ledger = json.loads(files["buku-besar/index.json"]) | {"hour": hours[max(hours)]}
    files["buku-besar/index.html"] = pages.render(ledger)
    size = len(hours)
    assert size > 271, "more than one file of changes"
    served = Served(files)
    visit = Visit(browser, served, "buku-besar/")
    for at in (hours[40], hours[255], hours[256], hours[270], hours[size - 1], "2031-01-01T09:00"):
        since = min((index for index, hour in hours.items() if hour >= at[:16]), default=size)
        visit.page.fill("#baru input", at[:16])
        visit.tap("Tampilkan yang baru", "button", leads=False)
        said = (
            f"sejak catatan {since}: {size - since}." if since < size else f"sejak catatan {size}."
        )
        visit.page.wait_for_selector(f"#baru [role=status]:has-text('{said}')", timeout=60_000)
    assert visit.page.evaluate("localStorage.length") == 0
    served.server.shutdown()
    served.server.server_close()


def test_a_witness_sees_where_levels_differ_who_signed_and_prints_the_sheet(
    browser: Any, site: Served
) -> None:
    visit = Visit(browser, site)
    visit.tap("Gubernur Contoh 90")
    visit.tap("Di mana tingkat berbeda")
    gaps = [int(n) for n in re.findall(r", (\d+) suara:", visit.text().replace(".", ""))]
    assert gaps == sorted(gaps, reverse=True) != []
    assert visit.taps == 2
    assert visit.bytes < 24_000

    visit = Visit(browser, site)
    visit.find()
    key = visit.page.locator("#ttd td.hash").first.inner_text().replace(" ", "")
    visit.tap("Daftar kunci")
    row = visit.page.locator(":target")
    assert "TPS 002" in row.inner_text()
    assert key[:8] in visit.text().replace(" ", "")
    assert visit.taps == 3

    visit = Visit(browser, site)
    visit.find()
    visit.tap("Periksa sendiri")
    visit.page.wait_for_selector("#lembar[data-state=done]", timeout=120_000)
    visit.tap("Cetak", "button", leads=False)
    assert visit.page.evaluate("window.printed") is True
    assert visit.taps == 4


@pytest.mark.parametrize("name", ["tps", "tps-six-pairs", "tps-differing"])
def test_the_sheet_of_a_tps_is_one_page_of_paper(browser: Any, tmp_path: Path, name: str) -> None:
    file = saved.page(tmp_path, dict(samples.all_pages())[name])
    page = browser.new_page()
    page.goto(file.as_uri())
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.emulate_media(media="print")
    assert page.is_visible("footer svg"), "the code for a camera"
