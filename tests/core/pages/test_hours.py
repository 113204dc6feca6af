"""When a page last changed and when an entry came: said by every page whose log has clocks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.core.pages import samples

from rekap.core.pages import engine, pages

TOLD = {
    name: twin
    for name, twin in samples.all_pages()
    if twin.get("hour") and twin["page"] != "notfound"
}
FIRST_SCREEN = (
    "portal", "election", "region", "tps", "officials", "findings", "missing", "ledger",
    "statement", "data", "gaps", "absent", "copies", "recommendations", "incidents", "times",
    "today",
)  # fmt: skip
"""Pages that say it in their head, besides the foot of all."""


def shown(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "Berubah terakhir pukul 23.41 WIB, 27 November 2024."),
        ("en", "Last changed at 23:41 WIB, 27 November 2024."),
    ],
)
@pytest.mark.parametrize("name", TOLD)
def test_a_page_says_when_it_last_changed(name: str, language: str, said: str) -> None:
    twin = TOLD[name]
    html = pages.render(twin, language).decode()
    head, _, foot = html.partition("<footer")
    assert said in shown(foot)
    assert (said in shown(head)) == (twin["page"] in FIRST_SCREEN), twin["page"]


@pytest.mark.parametrize("name", TOLD)
def test_a_page_of_a_log_without_clocks_says_no_time_of_its_own(name: str) -> None:
    none = {field: None for field in ("hour", "came") if field in TOLD[name]}
    text = shown(pages.render({**TOLD[name], **none}).decode())
    assert "Berubah terakhir" not in text
    assert "paling cepat pukul" not in text
    assert f"Data sampai catatan {TOLD[name]['as_of']:,}".replace(",", ".") in text


def test_an_entry_says_the_earliest_hour_at_which_it_came() -> None:
    twins = [twin for twin in TOLD.values() if twin["page"] == "statement"]
    for twin in twins:
        text = shown(pages.render(twin).decode())
        assert "paling cepat pukul 23.40 WIB, 27 November 2024" in text
    assert twins


SOURCE = "Contoh sumber, 28 November 2024 pukul 01.14 WIB"


def _is_told(twin: dict[str, Any]) -> bool:
    """Whether a page's head says the source of a replay: the pages that show a whole contest."""
    if twin["page"] == "region":
        return twin["region"]["code"] == twin["contest"]["region"]
    return bool(twin["page"] == "election")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_replay_says_in_its_head_of_when_its_source_is(language: str) -> None:
    """A replay has no hours of its own: what its source says of its time is all that is known."""
    seen = set()
    for twin in TOLD.values():
        if twin["page"] not in ("election", "region", "tps"):
            continue
        one = samples.replay(twin)
        one["election"]["source"] = SOURCE
        seen.add((one["page"], _is_told(one)))
        assert (SOURCE in _head(one, language)) == _is_told(one), one["address"]
        assert SOURCE not in _head({**one, "mode": "live"}, language)
        whole = shown(pages.render(one, language).decode())
        assert whole.count(f"{SOURCE}.") == 1, "the head or the foot says it"
        assert re.search(r", \d+ \w+ 202\d ·", whole) or one["page"] == "election", "of a day"
        one["election"]["source"] = None
        assert re.search(r"Sumber angka|Source of the figures", _head(one, language)) is None
    assert seen == {("election", True), ("region", True), ("region", False), ("tps", False)}


def _head(twin: dict[str, Any], language: str) -> str:
    return shown(pages.render(twin, language).decode().partition("<footer")[0])


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_front_of_a_replay_says_the_source_of_each_election(language: str) -> None:
    twin = samples.replay(samples.portal())
    one = twin["elections"][0]
    without = {**twin, "elections": [{**one, "source": None}]}
    assert re.search(r"Sumber angka|Source of the figures", _head(without, language)) is None
    alone = {**twin, "elections": [{**one, "source": SOURCE}]}
    assert SOURCE in _head(alone, language)
    assert SOURCE not in _head({**alone, "mode": "live"}, language)
    two = [{**one, "source": SOURCE}, {**one, "source": "Contoh kedua.", "address": "lain/"}]
    head = _head({**twin, "elections": two}, language)
    assert head.count(f"{SOURCE}.") == head.count("Contoh kedua.") == len(one["contests"])
    assert "Contoh kedua.." not in head
    title = engine.environment(language).globals["contest_title"](one["contests"][0])
    assert head.index(title) < head.index(SOURCE), "results come before where they come from"
