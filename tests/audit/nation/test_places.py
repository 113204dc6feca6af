"""Names of places: read once a day, held against the list, found by two letters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.audit.nation.province import AT, Site, listed, made, read
from tests.audit.shelf import Files

from rekap.audit.nation import front, places
from rekap.audit.nation.faults import Fault
from rekap.audit.nation.portals import Portals
from rekap.audit.nation.shown import Bounded
from rekap.core import codec
from rekap.core.ledger import letters

AREA = "cari/pemilihan-contoh/90.01/index.json"
NEXT_DAY = "2024-11-28T21:43:00+07:00"


def get(site: Site, known: Any = None, at: str = AT, source: Any = None, **fields: Any) -> Any:
    bounded = Bounded(source or Files(site.files))
    return places.read(listed(site, **fields), bounded, {} if known is None else known, at)


def test_every_kecamatan_and_kelurahan_is_read() -> None:
    found = get(made())
    assert list(found) == ["90.01"]
    assert [code for code, _ in found["90.01"]["rows"]] == ["90.01.01", "90.01.01.1001"]


def test_a_list_is_read_again_after_a_day() -> None:
    files = Files(made().files)
    known = get(made(), source=files)
    get(made(), known, source=files)
    assert files.reads.count(AREA) == 1
    get(made(), known, NEXT_DAY, files)
    assert files.reads.count(AREA) == 2


def test_a_portal_does_not_drown_the_names_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_PLACES", 2)
    assert get(made())
    monkeypatch.setattr(places, "MAX_PLACES", 1)
    with pytest.raises(Fault) as caught:
        get(made())
    assert caught.value.code == "too-large"


def test_lists_are_read_unknown_ones_first_then_those_read_longest_ago() -> None:
    """A run that is cut short begins with them the next time, and no list stays old for good."""
    site = made()
    front_, area = json.loads(site.files["cari/index.json"]), json.loads(site.files[AREA])
    (own,) = front_["elections"][0]["areas"]
    codes = ["90.01", "90.02", "90.03"]
    site.edit("cari/index.json", lambda v: v["elections"][0].update(
        areas=[{**own, "code": code} for code in codes]))  # fmt: skip
    for code in codes:
        address = f"cari/pemilihan-contoh/{code}/"
        site.files[f"{address}index.json"] = codec.encode_public(
            {**area, "address": address, "kecamatan": []}
        )
    known = {
        code: {"address": "", "at": at, "rows": [], "name": "Lama"}
        for code, at in (("90.01", AT), ("90.02", "2024-11-27T21:40:00+07:00"))
    }
    files = Files(site.files)
    get(site, known, NEXT_DAY, files)
    assert [path.split("/")[2] for path in files.reads[1:]] == ["90.03", "90.02", "90.01"]


def test_an_area_that_is_gone_is_forgotten() -> None:
    known = get(made())
    known["90.02"] = {**known["90.01"]}
    assert list(get(made(), known)) == ["90.01"]


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (lambda v: v["kecamatan"][0].update(name="<script>"), "markup"),
        (lambda v: v["kecamatan"][0].update(name=None), "markup"),
        (lambda v: v["kecamatan"][0].update(code="90.02.01"), "twin"),
        (lambda v: v["kecamatan"][0].update(code="../"), "twin"),
        (lambda v: v["kecamatan"][0]["kelurahan"][0].__setitem__(0, "90.01.02.1001"), "twin"),
        (lambda v: v["kecamatan"][0]["kelurahan"][0].__setitem__(1, "a<b"), "markup"),
        (lambda v: v["kecamatan"][0].update(kelurahan=[[]]), "twin"),
        (lambda v: v["kecamatan"][0].update(kelurahan=[0] * 1_000), "too-large"),
        (lambda v: v.update(kecamatan=[{}] * 101), "too-large"),
        (lambda v: v.update(kecamatan=None), "twin"),
    ],
)
def test_a_false_list_is_refused(lie: Any, code: str) -> None:
    with pytest.raises(Fault) as caught:
        get(made().edit(AREA, lie))
    assert caught.value.code == code


def test_places_of_others_are_refused() -> None:
    with pytest.raises(Fault) as caught:
        get(made(), regions=("91",))
    assert caught.value.code == "foreign"


def test_what_was_read_before_a_portal_fell_silent_is_kept() -> None:
    site, known = made(), {}
    del site.files[AREA]
    with pytest.raises(Fault):
        get(site, known)
    assert known == {}


def test_an_index_leads_from_two_letters_to_the_contests_of_a_place() -> None:
    portal = listed(made())
    figures = front.of(Portals({"id": "x", "en": "x"}, (portal,)), {portal.id: read(made())}, AT)
    found = places.of(figures, {portal.id: get(made())})
    name = dict(get(made())["90.01"]["rows"])["90.01.01.1001"]
    for start in letters.of(name):
        index = found["indexes"][start]
        assert ["90.01.01.1001", name] in [row[:2] for row in index["rows"]]
        (only,) = index["portals"]
        assert only["link"] == "https://p90.example/"
        assert sorted(one[:2] for one in only["contests"]) == [
            ["governor", "90"],
            ["regent", "90.01"],
        ]


def test_letters_that_begin_too_many_names_are_split_by_the_third(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    portal = listed(made())
    figures = front.of(Portals({"id": "x", "en": "x"}, (portal,)), {portal.id: read(made())}, AT)
    known = get(made())
    known["90.01"]["rows"] = [
        ["90.01.01", "Ka"], ["90.01.01.1001", "Kaba Satu"], ["90.01.01.1002", "Kabu"],
        ["90.01.01.1003", "Kaca"],
    ]  # fmt: skip
    whole = places.of(figures, {portal.id: known})["indexes"]
    monkeypatch.setattr(places, "LARGE", 3)
    found = places.of(figures, {portal.id: known})["indexes"]
    assert ([row[1] for row in found["ka"]["rows"]], found["ka"]["split"]) == (["Ka"], True)
    assert [row[1] for row in found["kab"]["rows"][1:]] == ["Kaba Satu", "Kabu"]
    assert [row[1] for row in found["kac"]["rows"]] == ["Kaca"]
    assert found["sa"] == whole["sa"]
    assert len(whole["ka"]["rows"]) == 5


def test_a_portal_that_is_not_believed_has_no_places() -> None:
    portal = listed(made())
    reading = {**read(made()), "state": "forked", "code": "fork"}
    figures = front.of(Portals({"id": "x", "en": "x"}, (portal,)), {portal.id: reading}, AT)
    assert places.of(figures, {portal.id: get(made())}) == {"areas": [], "indexes": {}}
