"""Finding a TPS: every one is reached in four taps without a script, on pages that stay small."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.pages import samples
from tests.core.statements import builders

from rekap.core.ledger import addresses
from rekap.core.ledger.state import State
from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.core.pages.twins import search
from rekap.core.pages.twins.context import base_of

BUDGET = 14_336
INDEX = 65_536
LINK = re.compile(rb'href="([^"#]+)index\.html["#]')


def _links(files: dict[str, bytes], address: str) -> set[str]:
    """The pages of the site that a page leads to."""
    here = address.split("/")[:-1]
    found = set()
    for link in LINK.findall(files[f"{address}index.html"]):
        parts = list(here)
        for part in link.decode().split("/")[:-1]:
            if part == "..":
                parts.pop()
            elif part not in ("", "."):
                parts.append(part)
        found.add("".join(f"{part}/" for part in parts))
    return found


def _files(night: Night) -> dict[str, bytes]:
    site = Site(night.state, lambda index: night.entries[index])
    made: dict[str, bytes] = {}
    for address in site.addresses():
        if not address.startswith("bukti/"):
            made |= site.files(address)
    return made


def test_every_tps_of_the_rosters_is_four_taps_from_the_first_page_of_the_search() -> None:
    night = Night(1)
    files = _files(night)
    one = _links(files, "cari/") & {f"cari/{builders.ELECTION}/90.01/"}
    two = {page for area in one for page in _links(files, area)}  # within an open kecamatan
    three = {page for page in two if page.count("/") == 5}
    four = {page for kelurahan in three for page in _links(files, kelurahan)}
    top = f"{builders.ELECTION}/{builders.CONTEST}/01/01"
    for kelurahan in ("1001", "1002"):
        assert f"{top}/{kelurahan}/" in three
        for tps in ("001", "002"):
            assert f"{top}/{kelurahan}/{tps}/" in four
    assert "cari/" in _links(files, ""), "the way there is on every page"


def test_the_index_of_a_kabko_names_kelurahan_and_the_number_of_their_tps() -> None:
    night = Night(1)
    twin = json.loads(_files(night)[f"cari/{builders.ELECTION}/90.01/index.json"])
    name = night.state.regions.get(f"{builders.ELECTION}/90.01.01.1001")["name"]
    (kecamatan,) = twin["kecamatan"]
    assert kecamatan["kelurahan"][0] == ["90.01.01.1001", name, 2]
    night.roster("90.01.01.1001", "kpu-kabko-90.01-1", "kpu-kabko-90.01-2",
                 tps=[builders.station(number) for number in ("001", "901")])  # fmt: skip
    twin = json.loads(_files(night)[f"cari/{builders.ELECTION}/90.01/index.json"])
    assert twin["kecamatan"][0]["kelurahan"][0] == ["90.01.01.1001", name, 2, ["001", "901"]]


def test_a_form_leaves_the_search_alone() -> None:
    night = Night(1)
    before = {p: d for p, d in _files(night).items() if p.startswith("cari/")}
    for _ in range(12):
        night._first()
    assert {p: d for p, d in _files(night).items() if p.startswith("cari/")} == before


@pytest.mark.parametrize("count", [30, search.NESTED, 900])
def test_the_page_and_the_index_of_the_largest_kabko_stay_small(count: int) -> None:
    twin: dict[str, Any] = samples.area(count, nested=count <= search.NESTED)
    for language in addresses.LANGUAGES:
        assert len(gzip.compress(pages.render(twin, language), 9)) <= BUDGET
    assert len(json.dumps(twin)) <= INDEX


def test_a_page_of_the_search_belongs_to_its_election() -> None:
    assert base_of(State(), "cari/pemilihan/32.07/") == "pemilihan"
    assert base_of(State(), "cari/") == ""
