"""No rule of the sheet is dead: each is for something that a page shows or its script makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser import test_areas
from tests.browser.test_browser import browser  # noqa: F401 a fixture
from tests.core.pages import blocks, samples, test_many_pairs

from rekap.core import packaged
from rekap.core.pages import pages
from rekap.core.pages.look import style

pytestmark = pytest.mark.chromium

SCRIPTED = {
    "#baru button[hidden]", "th button", '[aria-sort="ascending"] button::after',
    '[aria-sort="descending"] button::after', "#peta .ask", "#peta select",
}  # fmt: skip
"""What the scripts of the news and of tables and maps make."""
RARE = {
    ".front.np", ".map .fn", ".q .fn", ".map .t11", ".map .t8", ".rc .nm small",
    ".tr th:has(~ :nth-child(5))", ".tr th:nth-child(n+5)",
    ".tr.tw th:first-child:has(~ :nth-child(6))", ".two > #peta:only-child .key",
    ".two > #peta:only-child .map", ".two > #peta:only-child figure",
}  # fmt: skip
"""Of real elections only: small shapes of maps, five levels, a struck pair, no form of a TPS."""
SELECTORS = """() => {
  const read = (rules) => [...rules].flatMap((rule) =>
    rule.selectorText ? rule.selectorText.split(/,(?![^(]*\\))/) : read(rule.cssRules ?? []));
  return [...new Set(read(document.styleSheets[0].cssRules).map((one) => one.trim()))];
}"""
STATES = re.compile(r"::[\w-]+|:(hover|focus-visible|focus|target|checked)\b")
"""What no page shows before somebody acts, and boxes without an element."""


def test_every_rule_is_for_something_that_a_page_shows(browser: Any) -> None:  # noqa: F811
    page = browser.new_context(java_script_enabled=True).new_page()
    sheet = style.sheet(packaged.templates_folder() / "style")[1].decode()
    page.set_content(f"<style>{sheet}</style>")
    left = dict.fromkeys(page.evaluate(SELECTORS))
    asked = {one: STATES.sub("", one) or "*" for one in left if one not in SCRIPTED}
    for html in _pages():
        page.set_content(html)
        found = page.evaluate(
            "(all) => all.filter(([, one]) => document.querySelector(one)).map(([one]) => one)",
            list(asked.items()),
        )
        for one in found:
            del asked[one]
    assert set(asked) == RARE
    assert set(left) >= SCRIPTED
    page.context.close()


def _pages() -> Iterator[str]:
    twins = [*dict(samples.all_pages()).values(), *MORE]
    for html in (*(pages.render(twin).decode() for twin in twins), test_many_pairs.told(8)):
        yield re.sub(r"<meta http-equiv[^>]*>|<link [^>]*>", "", html)


def _empty_times() -> blocks.Twin:
    twin = samples.times(2)
    twin["contest"]["pairs"] = blocks.empty_column_contest()["pairs"]
    return twin


MORE = [
    test_areas.REGENCY, test_areas.NARROW, samples.times(6), _empty_times(),
    samples.kelurahan(43, 6),
]  # fmt: skip
"""Pages of shapes that no sample has: maps, lines of many pairs."""
