"""The forms below a region's page, checked one by one in Chromium by a second tap."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.test_browser import browser  # noqa: F401 the fixture of this folder
from tests.browser.test_verifier import WAIT, Served, check, page, site, twins  # noqa: F401

pytestmark = pytest.mark.chromium


def asked_below(page: Any, site: Served, address: str) -> str:  # noqa: F811
    check(page, site, address)
    page.locator("#bukti .faults p a").first.click()
    page.wait_for_selector("[data-below]:not([data-below=busy])", timeout=WAIT)
    told: str = page.locator("[data-below]").get_attribute("data-below")
    return told


def regions(site: Served, level: str) -> list[Any]:  # noqa: F811
    return twins(
        site,
        lambda t: (
            t["page"] == "region"
            and t["region"]["level"] == level
            and any(child["index"] is not None for child in t["children"])
        ),
    )


@pytest.mark.parametrize("level", ["kelurahan", "kecamatan"])
def test_every_form_below_is_proved(page: Any, site: Served, level: str) -> None:  # noqa: F811
    twin = regions(site, level)[0]
    assert asked_below(page, site, twin["address"]) == "proved"
    forms = sum(child["index"] is not None for child in twin["children"])
    assert f"Terbukti: {forms} formulir" in page.locator("[data-below]").inner_text()
    assert page.said == []


def test_a_form_below_that_is_another_is_named(page: Any, site: Served) -> None:  # noqa: F811
    """Its entry, with its proof, is one of another TPS; then one that lacks a signature."""
    twin = next(t for t in regions(site, "kelurahan") if len(t["children"]) > 1)
    one, other = (child["index"] for child in twin["children"][:2])
    for kind in (".json", ".tlog-proof"):
        site.changes[f"bukti/{one}{kind}"] = site.files[f"bukti/{other}{kind}"]
    assert asked_below(page, site, twin["address"]) == "refuted"
    assert f"bukti/{one}." in page.locator(".faults").inner_text()
    assert page.locator("#bukti").get_attribute("data-state") == "refuted"
