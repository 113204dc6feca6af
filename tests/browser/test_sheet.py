"""What a printed page's square code leads to: has the page changed, which form counted then."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.test_browser import browser  # noqa: F401 the fixtures
from tests.browser.test_verifier import Served, page, site, twins  # noqa: F401

from rekap import codec

pytestmark = pytest.mark.chromium


def asked(page: Any, site: Served, code: str, language: str = "") -> Any:  # noqa: F811
    page.goto("about:blank")
    page.goto(f"{site.base}{language}periksa/#{code}")
    page.wait_for_selector("#meja [role=status] > *")
    return page.locator("#meja [role=status]")


def revised(site: Served) -> Any:  # noqa: F811
    """A TPS whose form was revised, as most are: without rivals or answers."""
    twin = twins(site, lambda t: t["page"] == "tps" and len(t["statements"]) > 1)[0]
    plain = [one for one in twin["statements"] if one["status"] in ("head", "superseded")]
    twin["statements"] = plain
    give(site, twin)
    return twin


def give(site: Served, twin: Any) -> None:  # noqa: F811
    site.changes[f"{twin['address']}index.json"] = codec.encode_public(twin)


def test_a_page_that_has_not_changed(page, site):  # noqa: F811
    twin = revised(site)
    told = asked(page, site, f"{twin['address']}@{twin['as_of']}")
    assert "Halaman belum berubah" in told.inner_text()
    told.get_by_text("Halaman sekarang").click()
    assert page.url == f"{site.base}{twin['address']}index.html"


def test_the_form_that_counted_then(page, site):  # noqa: F811
    twin = revised(site)
    first = min(twin["statements"], key=lambda one: one["effect"])
    told = asked(page, site, f"{twin['address']}@{first['effect'] + 1}", "en/")
    assert "The page has changed" in told.inner_text()
    shown = told.locator("dd").all_inner_texts()
    wanted = [n for f, n in sorted(first["figures"].items()) if f.startswith("pair_")]
    assert [int(text.replace(",", "")) for text in shown][: len(wanted)] == wanted
    told.get_by_text("Prove it at entry").click()
    assert page.url == f"{site.base}en/{first['address']}index.html"


def test_sums_are_computed_from_the_log(page, site):  # noqa: F811
    twin = twins(site, lambda t: t["page"] == "region" and t["as_of"] > 100)[0]
    told = asked(page, site, f"{twin['address']}@100")
    assert f"{twin['address']}@100" in told.locator("pre").inner_text()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("nowhere/at/all/@5", "tidak ada di situs"),
        ("{address}@999999", "Muat ulang sesaat lagi"),
        ("buku-besar/@5", "tidak cocok"),
    ],
)
def test_what_cannot_be_answered_is_said(page, site, code, words):  # noqa: F811
    told = asked(page, site, code.format(address=revised(site)["address"]))
    assert words in told.inner_text()


@pytest.mark.parametrize("code", ["", "x", "a/@", "a/@01", "/a/@1", "a/@1x", "javascript:a/@1"])
def test_other_fragments_ask_for_nothing(page, site, code):  # noqa: F811
    page.goto("about:blank")
    page.goto(f"{site.base}periksa/#{code}")
    page.wait_for_selector("#meja:not([hidden])")
    assert page.locator("#meja [role=status] > *").count() == 0


def test_names_of_a_changed_twin_stay_text(page, site):  # noqa: F811
    twin = revised(site)
    twin["statements"][0]["figures"] = {"valid": "<img src=x onerror=alert(1)>"}
    give(site, twin)
    told = asked(page, site, f"{twin['address']}@{twin['statements'][0]['effect'] + 1}")
    assert "onerror" in told.inner_text()
    assert told.locator("img").count() == 0
