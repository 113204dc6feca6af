"""Pages in Chromium, opened from disk under their own policy: narrow screens, access, no script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from tests import needed
from tests.browser import axe, saved
from tests.core.pages import blocks, samples
from tests.soak import SOAK, sample

from rekap.core.pages.look import drawings

JUDGED = (
    "portal-replay", "election", "region-province", "region-kecamatan", "region-kelurahan",
    "region-empty-column", "statement-corrected", "about",
    "region-province-en", "tps-differing-en", "findings-en",
    "region-running", "tps-differing", "tps-contested", "tps-missing", "tps-six-pairs", "findings",
    "missing", "statement-election", "statement-form", "statement-form-sheet", "statement-unknown",
    "officials", "ledger", "how", "terms", "notfound",
)  # fmt: skip
"""One page of every kind and every shape."""

pytestmark = pytest.mark.chromium


def launched(path: str) -> Iterator[Any]:
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched(needed.small_chromium())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All sample pages in both languages, a site each; the English ones end in "-en"."""
    folder = tmp_path_factory.mktemp("pages")
    return {
        name + end: saved.page(folder / f"{name}{end}", twin, language)
        for name, twin in samples.all_pages()
        for end, language in (("", "id"), ("-en", "en"))
    }


def opened(browser: Any, width: int, scheme: str = "light", **settings: Any) -> Any:
    context = browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, locale="id-ID", **settings
    )
    return context.new_page()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways_and_no_policy_is_broken(browser, site, width):
    """Each page where it is narrowest; one of every kind and shape in English and on a desk."""
    page = opened(browser, width)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    narrow = {name for name in site if width == 320 and not name.endswith("-en")}
    for name in site if SOAK else {*JUDGED, *narrow}:
        page.goto(site[name].as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert not said, (name, said)
    page.context.close()


def test_the_first_votes_stand_before_the_fold_below_what_a_court_ordered(browser, site):
    """By the measure of a TPS of which no court said anything."""
    page = opened(browser, 360)
    for name in ("tps-ruled", "tps-ruled-en", "tps-ruled-again"):
        page.goto(site[name].as_uri())
        assert page.locator("#angka tr[data-f=pair_1] td").first.bounding_box()["y"] < 960, name
    page.context.close()


def test_the_column_that_decides_is_seen_on_a_telephone(browser, site):
    """Where the levels differ stands beside the name, not behind the edge."""
    for end, words in (("", "berbeda −1"), ("-en", "different −1")):
        page = opened(browser, 360)
        page.goto(site[f"region-province{end}"].as_uri())
        rows = page.locator("#wilayah tbody tr:has(.x)")
        assert rows.count() == 2
        for row in rows.all():
            told = row.locator("th .pk")
            assert told.is_visible()
            assert told.bounding_box()["x"] + told.bounding_box()["width"] <= 360
        assert rows.first.locator("th").inner_text().endswith(words)
        page.set_viewport_size({"width": 1280, "height": 740})
        assert not rows.first.locator("th .pk").is_visible()
        page.context.close()


def test_the_state_of_a_kecamatan_is_whole_beside_three_pairs(browser, tmp_path):
    """Nobody scrolls sideways to read that a place is complete."""
    twin = samples.regency()
    twin["contest"]["pairs"] = [
        *twin["contest"]["pairs"],
        {**twin["contest"]["pairs"][0], "number": 3},
    ]
    twin["result"] = {
        **twin["result"],
        "pairs": [*twin["result"]["pairs"], {"number": 3, "votes": None, "leads": False}],
    }
    for one in twin["children"]:
        one |= {
            "figures": {"pair_1": 96_268, "pair_2": 22_039, "pair_3": 111_209},
            "contested": False,
        }
        one["comparison"] = {"state": "no-certified", "difference": {}}
    page = opened(browser, 360)
    page.goto(saved.page(tmp_path, twin).as_uri())
    for cell in page.locator("#wilayah tr > :nth-child(5)").all()[:4]:
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= 360
    page.context.close()


def test_what_a_tps_has_stands_beside_its_number_before_twelve_pairs(browser, tmp_path):
    """The column of notes is behind the edge of a telephone: its mark is not."""
    twin = samples.kelurahan(43, 12)
    page = opened(browser, 360)
    page.goto(saved.page(tmp_path, twin).as_uri())
    told = page.evaluate("""() => [...document.querySelectorAll("#strip tbody tr")].map((row) => {
      const mark = row.querySelector("th svg")?.getBoundingClientRect();
      return mark ? mark.width > 0 && mark.right <= 360 : null;
    })""")
    marks = [drawings.station_mark(one) for one in twin["children"]]
    assert {*marks} == {*drawings.MARK_CLASS}
    assert told[13], "it waits for a repeat vote"
    assert told == [None if one == "same" else True for one in marks]
    page.context.close()


def test_the_day_says_on_a_telephone_what_stands_behind_the_edge(browser, site):
    """TPS without news and boxes that came back are columns behind the edge of a telephone."""
    for width, shown in ((360, True), (1280, False)):
        page = opened(browser, width)
        page.goto(site["today"].as_uri())
        row = page.locator("#wilayah tbody tr").first
        assert row.locator(".pk").is_visible() is shown
        told = [row.locator("td").nth(at).inner_text() for at in (3, 4)]
        assert row.locator(".pk").text_content() == "Tanpa kabar {}. Kembali {}.".format(*told)
        page.context.close()


def test_an_own_copy_is_held_against_the_form_on_this_device(browser, site):
    page = opened(browser, 360)
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url))
    page.goto(site["tps-differing"].as_uri())
    before = len(sent)
    page.locator("#salinan summary").click()
    fields = page.locator("#salinan input")
    for at, typed in enumerate(("104", "38", "123", "265", "17", "283")):
        fields.nth(at).fill(typed)
    gaps = page.locator("#salinan tbody td:last-child")
    assert gaps.all_inner_texts() == ["sama", "sama", "+4", "+5", "sama", "+4"]
    told = page.locator("#salinan [role=status]").inner_text()
    assert told.startswith("3 dari 6 angka sama.")
    assert "sah ditambah tidak sah 282, tertulis 283" in told
    assert len(sent) == before
    page.reload()
    page.locator("#salinan summary").click()
    assert fields.nth(2).input_value() == "123"
    for at in range(6):
        fields.nth(at).fill("")
    assert page.evaluate("localStorage.length") == 0
    page.context.close()


def test_a_reader_who_differs_is_told_whom_to_turn_to(browser, site):
    page = opened(browser, 360, java_script_enabled=False)
    for name, told in (
        ("tps-differing", "Panwaslu Distrik Contohan, paling lambat 7 hari"),
        ("region-province", "Bawaslu Provinsi, paling lambat 7 hari"),
        ("region-kecamatan", "Panwaslu Distrik, paling lambat 7 hari"),
    ):
        page.goto(site[name].as_uri())
        assert told in page.locator("main").inner_text(), name
    page.goto(site["region-kabko-44"].as_uri())
    assert page.locator("#keberatan").count() == 0, "nothing differs"
    page.context.close()


def test_a_printed_kecamatan_or_kelurahan_has_room_for_signatures(browser, site):
    page = opened(browser, 1280)
    for name, rows in (("region-kecamatan", 5), ("region-kelurahan", 5), ("region-province", 0)):
        page.goto(site[name].as_uri())
        page.emulate_media(media="print")
        assert page.locator(".sign tbody tr:visible").count() == rows, name
        page.emulate_media(media="screen")
        assert page.locator(".sign tbody tr:visible").count() == 0, name
    page.context.close()


def test_large_text_on_a_phone(browser, site):
    page = opened(browser, 360)
    for name in ("portal-replay", "region-province", "tps-differing", "statement-form", "how"):
        page.goto(site[name].as_uri())
        page.evaluate("document.documentElement.style.setProperty('font-size', '150%')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    page.context.close()


def test_axe_finds_nothing(browser, site):
    """Each page on a telephone by day; some of them wide, and by night for their colours."""
    page, wrong = opened(browser, 360), []
    others = {
        look: sample(JUDGED, 10, look) for look in ((1280, "light"), (1280, "dark"), (360, "dark"))
    }
    for name in JUDGED:
        page.goto(site[name].as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for (width, scheme), names in {(360, "light"): JUDGED, **others}.items():
            if name in names:
                page.set_viewport_size({"width": width, "height": 740})
                page.emulate_media(color_scheme=scheme)
                rules = axe.RULES if SOAK or scheme == "light" else axe.COLOURS
                wrong += [(name, width, scheme, *one) for one in axe.wrong(page, rules)]
    assert wrong == []
    page.context.close()


def test_whole_without_a_script(browser, site):
    """With scripts off only the button that prints is missing, and hostile names stay text."""
    with_script, without = opened(browser, 360), opened(browser, 360, java_script_enabled=False)
    for name in ("region-province", "tps-differing", "statement-election"):
        texts = []
        for page in (with_script, without):
            page.goto(site[name].as_uri())
            texts.append(page.locator("body").inner_text())
        assert texts[0].replace(" Cetak lembar ini", "") == texts[1], name
        assert "<script>alert(1)</script>" in texts[0], name
    with_script.context.close()
    without.context.close()


def test_links_work_from_a_saved_folder(browser, tmp_path):
    """A kecamatan, its kelurahan, a TPS and back to the first page, all from disk."""
    for twin in (
        samples.portal(), samples.kecamatan(), samples.kelurahan(), blocks.tps(),
        samples.text_page("check"),
    ):  # fmt: skip
        saved.page(tmp_path, twin)
    page = opened(browser, 360)
    page.goto((tmp_path / blocks.address("91.01.06") / "index.html").as_uri())
    for link, heading in (
        ("Mawar", "Kelurahan Mawar"),
        ("004", "TPS 004 Kelurahan Mawar"),
        ("Periksa sendiri", "Periksa sendiri"),
        ("Rekap Terbuka", "Hasil pemilihan"),
    ):
        page.get_by_role("link", name=link, exact=True).first.click()
        assert page.get_by_role("heading", level=1).inner_text() == heading
    page.context.close()


TARGETS = "header a, footer li a, .dl a, .ways a, .btn, summary, #cetak, .stick tbody th:has(a)"
"""What is tapped alone; a cell of a table is one target with its link. Links in text are not."""


def test_targets_are_large_enough_for_thumbs(browser, site):
    """44 px, twice the least that WCAG 2.2 asks for, without two of them."""
    page = opened(browser, 360, has_touch=True, is_mobile=True)
    for name in ("region-kelurahan", "region-province", "tps", "portal-replay", "data", "area"):
        page.goto(site[name].as_uri())
        heights = page.evaluate(
            """(asked) => [...document.querySelectorAll(asked)].filter((one) => one.offsetParent)
                 .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])""",
            TARGETS,
        )
        assert len(heights) > 6
        assert [one for one in heights if one[1] < 44] == [], name
    page.context.close()


@pytest.mark.parametrize("language", ["", "-en"])
def test_the_head_of_a_page_is_one_line_on_a_phone(browser, site, language):
    page = opened(browser, 360)
    page.goto(site[f"tps{language}"].as_uri())
    assert page.locator("header").bounding_box()["height"] < 56
    page.context.close()


def test_a_page_is_used_with_the_keyboard_alone(browser, site):
    """The first stop skips the head; every stop is seen; tables that scroll are stops too."""
    page = opened(browser, 360)
    page.goto(site["region-province"].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#isi"
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("""() => {
            const one = document.activeElement, box = one.getBoundingClientRect();
            const shown = box.bottom > 0 && box.top < innerHeight && box.width > 0;
            return [one.tagName, shown, getComputedStyle(one).outlineStyle];
        }""")
        )
        if seen[-1][0] == "BODY":
            break
    assert {tag for tag, *_ in seen} >= {"A", "DIV", "SUMMARY"}
    assert all(shown and outline != "none" for tag, shown, outline in seen if tag != "BODY")
    page.context.close()


@pytest.mark.parametrize("language", ["", "-en"])
def test_paper_has_the_page_and_its_address_and_nothing_to_press(browser, site, language):
    page = opened(browser, 718)  # A4 without its margins, in CSS pixels
    page.emulate_media(media="print")
    for name in ("region-province", "tps-differing", "statement-corrected", "missing"):
        page.goto(site[name + language].as_uri())
        assert not any(one.is_visible() for one in page.locator("h2:has(+ details)").all()), name
        assert page.evaluate("document.documentElement.scrollWidth") <= 718, name
        assert not page.locator("header nav").is_visible()
        assert not any(one.is_visible() for one in page.locator(".btn").all())
        assert any(one.is_visible() for one in page.locator(".pr").all()), name
        if name != "missing":
            paper = page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2, name
    page.context.close()
