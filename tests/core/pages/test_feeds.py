"""Feeds: well formed by RFC 4287, true to the log, marked, and bounded."""

from __future__ import annotations

import re
import tomllib
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.core.ledger.night import Night
from tests.core.statements import builders

from rekap.core import packaged
from rekap.core.ledger.feeds import NEWEST
from rekap.core.pages.data import feeds
from rekap.core.pages.site import Site

ATOM = "{http://www.w3.org/2005/Atom}"
TOP = f"{builders.ELECTION}/{builders.CONTEST}/"
KECAMATAN = f"{TOP}01/01/"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
ENTRY_BYTES = 1_200


def _files(night: Night) -> dict[str, bytes]:
    """Every feed of a night's site."""
    site = Site(night.state, lambda index: night.entries[index])
    made = dict(site.bulk())
    for address in site.addresses():
        if not address.startswith("bukti/"):
            made |= site.files(address)
    return {path: data for path, data in made.items() if path.endswith(".atom")}


def _read(data: bytes) -> tuple[ET.Element, list[ET.Element]]:
    feed = ET.fromstring(data)
    return feed, feed.findall(f"{ATOM}entry")


def _text(element: ET.Element, name: str) -> str:
    found = element.findall(f"{ATOM}{name}")
    assert len(found) == 1, name
    return found[0].text or ""


@pytest.fixture(scope="module")
def night() -> Night:
    night = Night(3)
    for _ in range(220):
        night.step()
    return night


def test_every_region_down_to_the_kecamatan_has_a_feed(night: Night) -> None:
    assert sorted(_files(night)) == sorted(
        [f"{TOP}feed.atom", f"{TOP}01/feed.atom", f"{KECAMATAN}feed.atom",
         f"{TOP}corrections.atom", f"{builders.ELECTION}/data/corrections.atom"]
    )  # fmt: skip


def test_a_feed_is_what_rfc_4287_demands(night: Night) -> None:
    for path, data in _files(night).items():
        feed, entries = _read(data)
        assert entries
        assert feed.tag == f"{ATOM}feed"
        assert _text(feed, "id") == f"https://rekap.example/rehearsal/{path}"
        for element in (feed, *entries):
            assert RFC3339.fullmatch(_text(element, "updated"))
            assert _text(element, "title").startswith("SIMULASI: ")
        assert feed.find(f"{ATOM}author/{ATOM}name") is not None
        ids = [_text(entry, "id") for entry in entries]
        assert len(set(ids)) == len(ids)
        for entry in entries:
            (link,) = entry.findall(f"{ATOM}link")
            up = "../" * path.count("/")
            page = _text(entry, "id").removeprefix("https://rekap.example/rehearsal/")
            assert link.get("href") == f"{up}{page}index.html"


def test_a_feed_has_the_newest_statements_and_their_own_times(night: Night) -> None:
    feed, entries = _read(_files(night)[f"{KECAMATAN}feed.atom"])
    assert len(entries) == NEWEST
    indexes = [int(_text(entry, "id").split("/")[-2]) for entry in entries]
    assert indexes == sorted(indexes, reverse=True)
    site = Site(night.state, lambda index: night.entries[index])
    for index, entry in zip(indexes, entries, strict=True):
        assert _text(entry, "updated") == site._ctx.payload(index)["at"]
    assert _text(feed, "updated") == _text(entries[0], "updated")


def test_corrections_are_those_of_the_table(night: Night) -> None:
    site = Site(night.state, lambda index: night.entries[index])
    table = dict(site.bulk())[f"{builders.ELECTION}/data/revisions.csv"].decode().splitlines()
    wanted = sorted({int(row.split(",")[5]) for row in table[1:]}, reverse=True)[:NEWEST]
    for path in (f"{TOP}corrections.atom", f"{builders.ELECTION}/data/corrections.atom"):
        _, entries = _read(_files(night)[path])
        assert [int(_text(entry, "id").split("/")[-2]) for entry in entries] == wanted


def test_a_feed_never_costs_more_than_its_fifty_entries(night: Night) -> None:
    for data in _files(night).values():
        _, entries = _read(data)
        assert len(entries) <= NEWEST
        assert len(data) <= 1_000 + NEWEST * ENTRY_BYTES


def test_a_feed_without_news_has_the_day_of_the_vote() -> None:
    feed, entries = _read(_files(Night(1))[f"{TOP}corrections.atom"])
    assert entries == []
    assert _text(feed, "updated") == "2024-11-27T00:00:00+07:00"


def test_texts_of_the_log_are_escaped() -> None:
    night = Night(1)
    kids: list[dict[str, Any]] = [
        {**builders.child(code), "name": "A<b>&\"'" + code[-1]}
        for code in ("90.01.01.1001", "90.01.01.1002")
    ]
    night.roster("90.01.01", "kpu-kabko-90.01-1", "kpu-kabko-90.01-2", children=kids)
    for _ in range(40):
        night.step()
    data = _files(night)[f"{KECAMATAN}feed.atom"]
    _, entries = _read(data)
    assert any('A<b>&"' in _text(entry, "title") for entry in entries)
    assert b"<b>" not in data


def test_words_of_statuses_are_those_of_pages() -> None:
    texts = feeds._texts()
    words = tomllib.loads((packaged.templates_folder() / "text/id.toml").read_text("utf-8"))[
        "status"
    ]
    for code, said in texts["status"].items():
        assert said["id"].startswith(words[code])
    for kind, code, said in (
        ("objection", "no-copy", "no copy was given"), ("event", "late", "late"),
        ("answer", "carried", "carried"), ("ruling", "granted-part", "granted in part"),
    ):  # fmt: skip
        told = feeds._note({"kind": kind, "reason": code, "index": 5}, "en")
        assert said in told.lower()
        assert ("Reason" in told) == (kind == "objection"), "what was said is no reason"
    kota = {"kind": "form", "form": "d_hasil_kabko", "place": "Kota Contoh", "tps": None,
            "revision": 1, "status": "head", "region": "91.71"}  # fmt: skip
    assert feeds._title(kota, "id") == "D.Hasil Kota Contoh, versi 1: berlaku"
