"""The text to share says where, how far, as of which entry, at which address; never unmarked."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests.core.pages import samples

from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.pages import pages

SHARED = re.compile(r'<details class="share">.*?<pre>(.*?)</pre>', re.DOTALL)
PAGES = [(name, twin) for name, twin in samples.all_pages() if twin["page"] in ("region", "tps")]


def _spelled(number: int, language: str) -> str:
    return f"{number:,}".replace(",", {"id": ".", "en": ","}[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "twin"), PAGES, ids=[name for name, _ in PAGES])
def test_a_message_stands_for_itself(name: str, twin: dict[str, Any], language: str) -> None:
    page = pages.render(twin, language).decode()
    (text,) = (html.unescape(found) for found in SHARED.findall(page))
    assert "<" not in SHARED.findall(page)[0], "text only"
    first, place, *rest = text.splitlines()
    if twin["simulated"] or twin["mode"] == "replay":
        assert first.isupper() or first.split(":")[0].isupper()
    else:
        first, place, rest = "", first, [place, *rest]
    assert twin["region"]["name"] in place
    assert "tps" not in twin or f"TPS {twin['tps']}" in place
    base = twin["origin"].removesuffix("log")
    assert rest[-1] == f"https://{base}{LANGUAGES[language]}{twin['address']}"
    assert _spelled(twin["as_of"], language) in rest[-2]
    stations = twin.get("stations")
    if stations and stations["expected"] is not None:
        said = [_spelled(stations[name], language) for name in ("counted", "expected")]
        assert any(all(number in line for number in said) for line in rest)
    view = twin.get("head") or twin.get("certified") or twin.get("summary")
    assert (view is None) or any(_spelled(view["index"], language) in line for line in rest)
