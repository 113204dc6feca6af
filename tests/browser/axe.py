"""What axe says against a page. What is right is not listed: that was half of its time."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast"]}
"""For a second scheme of colours: all else is the same as in the first."""


_RUN = """(options) => axe.run(options).then(({ violations }) =>
  violations.map((one) => [one.id, one.nodes[0].html]))"""


def wrong(page: Any, rules: Any = RULES) -> list[tuple[str, str]]:
    """(Rule, first element) of all that axe finds.

    A document gets it once: where it has run before, it takes half of the time.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(_RUN, {"runOnly": rules, "resultTypes": ["violations"]})
    return [(rule, html) for rule, html in found]
