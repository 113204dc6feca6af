"""Which entries a page names as its evidence: below its as_of, enough to prove it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.realm import names
from tests.core.pages import corpus
from tests.core.pages.test_twin_claims import ALL_ONE, KECAMATAN, ONE, PAGE, Desk
from tests.core.statements import builders

from rekap.core import codec
from rekap.core.pages.site import Site
from rekap.core.pages.twins import places
from rekap.core.signing import envelope

CLAIMS = ("tps", "region", "statement")


def payloads(desk: Desk, twin: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        codec.decode(envelope.parse(desk.entries[i]).payload, nulls=True) for i in twin["evidence"]
    ]


@pytest.mark.parametrize("seed", [5, 6])
def test_evidence_lies_below_the_as_of_of_its_page_in_order(seed: int) -> None:
    night = Night(seed, mode=corpus.MODES[seed % 2])
    seen = 0
    for step in range(60):
        night.step()
        if step % 12:
            continue
        site = Site(night.state, lambda index: night.entries[index])
        for twin in corpus.of_site(site):
            named = twin.get("evidence", [])
            assert named == sorted(set(named)), twin["address"]
            assert all(index < twin["as_of"] for index in named), twin["address"]
            seen += twin["page"] in CLAIMS
    assert seen > 100


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}001/", "01/", ""])
def test_a_page_names_the_rosters_of_its_names(address: str) -> None:
    """Without a form too: the place and its name can be proved."""
    desk = Desk()
    found = payloads(desk, desk.twin(address))
    assert {"log", "election", "roster"} <= {one["kind"] for one in found}
    rosters = {one["region"] for one in found if one["kind"] == "roster"}
    assert {
        "id",
        *{"": ["90"], "01/": ["90", "90.01"]}.get(address, ["90", "90.01", KECAMATAN, ONE]),
    } <= rosters


def test_a_kelurahan_names_the_forms_of_its_tps_and_their_grants() -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    twin = desk.twin(PAGE)
    for child in twin["children"]:
        assert child["index"] in child["evidence"]
        assert not set(child["evidence"]) & set(twin["evidence"])
        grants = [one for one in payloads(desk, child) if one["kind"] == "grant"]
        assert child["code"] in {one.get("tps") for one in grants}
        own = desk.twin(f"{PAGE}{child['code']}/")["evidence"]
        assert set(own) == {*child["evidence"], *twin["evidence"]}
    forms = {child["index"] for child in twin["children"]}
    assert not forms & set(desk.twin("01/01/")["evidence"]), "a kecamatan names its own forms only"


def test_a_kelurahan_of_very_many_tps_names_the_first_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    told = []
    for limit in range(20, -1, -1):
        monkeypatch.setattr(places, "EVIDENCE", limit)
        children = desk.twin(PAGE)["children"]
        assert sum(len(child["evidence"]) for child in children) <= limit
        told.append([bool(child["evidence"]) for child in children])
    steps = [one for at, one in enumerate(told) if not at or one != told[at - 1]]
    assert steps == [[True, True], [True, False], [False, False]]


def test_a_form_names_the_pages_of_passkeys_that_were_added_before_it() -> None:
    """By them a signature of it may hold; what came later proves nothing of it."""
    desk = Desk()
    desk.ok(builders.uploaders(origins=["https://satu.rekap.example"]), *names("operator", 2))
    before = len(desk.entries) - 1
    desk.stations(*ALL_ONE)
    desk.ok(builders.uploaders(origins=["https://dua.rekap.example"]), *names("operator", 2))
    after = len(desk.entries) - 1
    named = desk.twin(f"{PAGE}001/")["evidence"]
    assert before in named
    assert after not in named
    assert not {before, after} & set(desk.twin("")["evidence"])


@pytest.mark.parametrize("names_it", [False, True])
def test_a_response_names_the_form_that_came_of_the_recommendation(names_it: bool) -> None:
    """Without it nobody can tell the response from one that names no form at all."""
    desk = Desk()
    paper = desk.ok(builders.form(region=ONE, tps="001"), f"kpps-{ONE}-001-1")
    index = len(desk.entries) - 1
    said = builders.recommendation("bawaslu_kabko", region="90.01")
    to = desk.ok(said, *names("pengawas", 2))
    more = {"paper": paper} if names_it else {}
    desk.ok(builders.response(to=to, **more), *names("ppk-90.01.01", 2))
    site = Site(desk.state, lambda at: desk.entries[at])
    twin = json.loads(site.twins(f"bukti/{len(desk.entries) - 1}/")[0])
    assert (index in twin["evidence"]) is names_it
