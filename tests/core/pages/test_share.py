"""The text to share says where, how far, as of which entry, at which address; never unmarked."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests.core.pages import blocks, samples

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
    text = html.unescape(SHARED.findall(page)[0])
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
    figures = (twin.get("head") or {}).get("figures", {})
    if twin["page"] == "region":
        figures = twin["result"]["figures"]
    for pair in twin["contest"]["pairs"]:
        votes = figures.get(f"pair_{pair['number']}")
        told = [line for line in rest if line.startswith(f"{pair['number']} ")]
        assert len(told) == (votes is not None), "every figure that is there, and no other"
        assert all(f": {_spelled(votes, language)}" in line for line in told)
    assert not [line for line in rest[1:-1] if re.search(r"[.:][A-Z][a-z]", line)], "a line each"
    left_out = (twin.get("comparison") or {}).get("state") == "left-out"
    told = any(re.search("(?i)putusan mk|ruling", line) for line in rest[1:])
    assert told == (left_out or bool(twin["ruled"])), "whoever gets it knows what a court said"
    view = twin.get("head") or twin.get("certified") or twin.get("summary")
    assert (view is None) or any(_spelled(view["index"], language) in line for line in rest)


@pytest.mark.parametrize(("name", "twin"), PAGES, ids=[name for name, _ in PAGES])
def test_other_sites_get_the_summary_and_lawyers_the_command(
    name: str, twin: dict[str, Any]
) -> None:
    told = [html.unescape(one) for one in SHARED.findall(pages.render(twin).decode())][1:]
    base = f"https://{twin['origin'].removesuffix('log')}"
    embeds = [one for one in told if one.startswith("<iframe ")]
    assert len(embeds) == (twin["page"] == "region" and twin["region"]["level"] != "kelurahan")
    assert all(f'src="{base}{twin["address"]}ringkas/"' in one for one in embeds)
    assert all(one.count("<") == 2 and one.count('"') == 8 for one in embeds), "a name makes no tag"
    commands = [one for one in told if one.startswith("rekap bundle ")]
    signed = twin.get("head") or twin.get("certified") or twin.get("summary")
    assert commands == [f"rekap bundle {base} {twin['address']} --to berkas"] * (signed is not None)


def test_a_name_makes_no_tag_in_another_site() -> None:
    twin = samples.province()
    twin["region"]["name"] = blocks.HOSTILE
    (embed,) = (html.unescape(one) for one in SHARED.findall(pages.render(twin).decode())[1:2])
    assert (embed.count("<"), embed.count('"')) == (2, 8)
    assert blocks.HOSTILE in html.unescape(embed)
