"""What a TPS has on the eve and what came back: who may say it, what it is held against, what it
touches.
"""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import keyid
from tests.core.statements import builders

from rekap.core.errors import Malformed
from rekap.core.pages import pages
from rekap.core.statements import schema

ONE, TWO, AWAY = "90.01.01.1001", "90.01.01.1002", "90.01.02.1001"
KPPS, PPS, PPK = f"kpps-{ONE}-001-1", f"pps-{ONE}-1", "ppk-90.01.01-1"
E, C = builders.ELECTION, builders.CONTEST
KELURAHAN = f"{E}/{C}/01/01/1001/"
TPS = f"{KELURAHAN}001/"
KECAMATAN_DAY, KABKO_DAY = f"{E}/hari-ini/01/01/", f"{E}/hari-ini/01/"
SHORT = [{"item": "ballots", "lack": "short", "contest": C, "number": 12},
         {"item": "ink", "lack": "none"}]  # fmt: skip
LATER = "2024-11-27T20:00:00+07:00"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    realm = Realm(other=False)
    fork = realm.fork()
    for body, region, roles, by, fields in (
        ("pps", ONE, [PPS, f"pps-{ONE}-2"], names("ppk-90.01.01", 2), {}),
        ("pps", TWO, [f"pps-{TWO}-1"], names("ppk-90.01.01", 2), {}),
        ("pps", AWAY, [f"pps-{AWAY}-1"], names("ppk-90.01.02", 2), {}),
        ("ptps", ONE, ["ptps-1"], names("pengawas", 2), {"tps": "001"}),
    ):
        assert fork.try_(grant(body, region, roles, **fields), *by) == "effective", (body, region)
    twice = grant("pps", ONE, ["pps-twice"])
    twice["persons"][0]["person"] = KPPS  # who is a member of the KPPS of TPS 001 too
    assert fork.try_(twice, *names("ppk-90.01.01", 2)) == "effective"
    realm.keep(fork)
    return realm


class Desk(Fork):
    """A fork in which PPS of three kelurahan and the supervisor of TPS 001 have keys."""

    def __init__(self) -> None:
        super().__init__(_realm())

    def says(self, step: str = "arrived", **fields: Any) -> int:
        """Record it by those who may; return the index of its entry."""
        place = f"{fields.get('region', ONE)}-{fields.get('tps', '001')}"
        other = f"pps-{fields.get('region', ONE)}-1" if step == "arrived" else PPK
        said = self.try_(builders.readiness(step, **fields), other, f"kpps-{place}-1")
        assert said == "effective", self.last
        return self.state.size - 1

    def form(self, **fields: Any) -> str:
        return self.add(builders.form(**fields), *names(f"kpps-{ONE}-{fields.get('tps', '001')}"))

    def twin(self, address: str = TPS) -> dict[str, Any]:
        return super().twin(address)


@pytest.mark.parametrize(
    ("step", "signers", "outcome"),
    [
        ("arrived", [PPS], "waiting"),
        ("arrived", [KPPS], "waiting"),
        ("arrived", [KPPS, f"kpps-{ONE}-001-2"], "waiting"),
        ("arrived", [PPK, KPPS], "void not-entitled"),
        ("arrived", [f"pps-{TWO}-1", KPPS], "void not-entitled"),
        ("arrived", [f"pps-{AWAY}-1", KPPS], "void not-entitled"),
        ("arrived", [PPS, f"kpps-{ONE}-002-1"], "void not-entitled"),
        ("arrived", ["pps-twice", KPPS], "void person"),
        ("arrived", ["pps-twice", f"kpps-{ONE}-001-2"], "effective"),
        ("arrived", [PPS, "ptps-1"], "waiting"),
        ("arrived", [PPS, KPPS, "ptps-1"], "effective"),
        ("arrived", [PPS, KPPS, "saksi-tps-1"], "void not-entitled"),
        ("returned", [PPS, KPPS], "void not-entitled"),
        ("returned", [KPPS], "waiting"),
        ("returned", ["ppk-90.01.02-1", KPPS], "void not-entitled"),
        ("returned", [PPK, KPPS], "effective"),
    ],
)
def test_one_who_gives_and_one_who_receives_sign_it(
    step: str, signers: list[str], outcome: str
) -> None:
    assert Desk().try_(builders.readiness(step), *signers) == outcome


def test_a_pps_signs_nothing_else() -> None:
    for payload in (builders.form(), builders.event(), builders.answer()):
        assert Desk().try_(payload, PPS) == "void not-entitled", payload["kind"]


def test_nobody_says_it_of_a_tps_that_no_roster_named() -> None:
    for changed in ({"region": "90.01.01.1009"}, {"tps": "009"}):
        assert Desk().try_(builders.readiness(**changed), PPS, KPPS) == "void not-entitled"
        gives = grant("kpps", changed.get("region", ONE), ["new"], tps="009")
        assert Desk().try_(gives, *names("ppk-90.01.01", 2)) in ("void region", "void tps")


def test_ballots_of_a_contest_that_is_not_held_there_are_void() -> None:
    said = builders.readiness(ballots=[{"contest": "lain", "sheets": 1}])
    assert Desk().try_(said, PPS, KPPS) == "void contest"


@pytest.mark.parametrize(
    ("step", "changed"),
    [
        ("arrived", {"ballots": [{"contest": C, "sheets": -1}]}),
        ("arrived", {"ballots": [{"contest": C, "sheets": 100_000}]}),
        ("arrived", {"ballots": [{"contest": C, "sheets": 1}, {"contest": C, "sheets": 2}]}),
        ("arrived", {"ballots": builders.ABSENT}),
        ("arrived", {"items": []}),
        ("arrived", {"items": [{"item": "ballots", "number": 1}]}),
        ("arrived", {"items": [{"item": "gudang", "number": 1}]}),
        ("arrived", {"items": [{"item": "ink", "number": 1}, {"item": "booths", "number": 4}]}),
        ("arrived", {"lacks": [{"item": "ink", "lack": "none", "number": 0}]}),
        ("arrived", {"lacks": [{"item": "ink", "lack": "none", "contest": C}]}),
        ("arrived", {"lacks": [{"item": "ballots", "lack": "short"}]}),
        ("arrived", {"lacks": [{"item": "ballots", "lack": "short", "contest": "lain"}]}),
        ("arrived", {"lacks": [{"item": "ink", "lack": "none", "note": "Pak RT"}]}),
        ("arrived", {"boxes": 1}),
        ("arrived", {"region": "90.01.01"}),
        ("arrived", {"tps": builders.ABSENT}),
        ("returned", {"seals_broken": -1}),
        ("returned", {"seals_whole": builders.ABSENT}),
        ("returned", {"lacks": SHORT}),
        ("returned", {"boxes": 0}),
        ("sent", {}),
    ],
)
def test_what_is_no_readiness_is_refused(step: str, changed: dict[str, Any]) -> None:
    payload = builders.readiness(step, **changed)
    spelled = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    with pytest.raises(Malformed):
        schema.parse_statement(spelled.encode())
    with pytest.raises(Malformed):
        schema.check_statement(payload)


def test_ready_lacking_silent_and_returned_are_four_things() -> None:
    desk = Desk()
    desk.says()
    desk.says(tps="002", lacks=SHORT)
    desk.says("returned")
    said = desk.twin()["readiness"]
    assert (said["arrived"]["lacks"], said["returned"]["boxes"]) == ([], 1)
    assert desk.twin(f"{KELURAHAN}002/")["readiness"]["arrived"]["lacks"][0]["number"] == 12
    counts = {
        "listed": 2, "ready": 1, "lacking": 1, "silent": 0, "returned": 1, "doubtful": 0,
    }  # fmt: skip
    assert desk.twin(KELURAHAN)["readiness"] == {**counts, "different": 0}
    day = desk.twin(KECAMATAN_DAY)
    assert day["counts"] == {**counts, "listed": 4, "silent": 2}
    assert [(one["tps"], one["lacks"][1]["lack"]) for one in day["lacking"]] == [("002", "none")]
    assert [(one["name"], one["tps"]) for one in day["silent"]] == [
        (desk.twin(f"{E}/{C}/01/01/1002/")["region"]["name"], tps) for tps in ("001", "002")
    ]
    above = desk.twin(KABKO_DAY)
    assert [(one["code"], one["ready"], one["silent"]) for one in above["children"]] == [
        ("90.01.01", 1, 2), ("90.01.02", 0, 2),
    ]  # fmt: skip
    assert desk.twin(f"{E}/")["days"] == [
        {"name": above["region"]["name"], "address": KABKO_DAY}
    ]  # fmt: skip
    for language in ("id", "en"):
        for address in (TPS, f"{KELURAHAN}002/", KELURAHAN, KECAMATAN_DAY, KABKO_DAY, f"{E}/"):
            assert pages.render(desk.twin(address), language)


def test_a_page_of_the_day_names_no_vote_of_another_day() -> None:
    desk = Desk()
    desk.says()
    first, before = _realm().election, desk.state.meta.get(f"election/{E}")
    again = builders.contest(
        id="ulang", date="2025-08-06", follows={"contest": C, "why": "repeat-vote"}
    )
    later = first | {
        "contests": [*first["contests"], again], "previous": before["statement"], "revision": 2,
    }  # fmt: skip
    assert desk.try_(later, *names("kpu", 2), *names("operator", 2)) == "effective", desk.last
    assert [one["id"] for one in desk.twin(KECAMATAN_DAY)["contests"]] == [C]


def test_the_later_one_replaces_and_what_lacked_is_there() -> None:
    desk = Desk()
    first = desk.says(lacks=SHORT)
    desk.says(at=LATER)
    assert desk.twin(KELURAHAN)["readiness"]["lacking"] == 0
    assert desk.twin(f"bukti/{first}/")["status"] == "superseded"


def test_ballots_of_the_form_are_held_against_those_that_arrived() -> None:
    """R15: of the first count and of ballots counted again; votes held again have other ballots."""
    desk = Desk()
    desk.says(ballots=[{"contest": C, "sheets": 300}])
    assert desk.twin()["readiness"]["sheets"]["state"] == "no-form"
    first = desk.form()
    assert desk.twin()["readiness"]["sheets"] == {
        "arrived": 300, "form": 318, "state": "different",
    }  # fmt: skip
    assert desk.twin(KELURAHAN)["readiness"]["different"] == 1
    assert "318" in pages.render(desk.twin(), "id").decode()
    desk.form(revision=2, previous=first, count="repeat", reason={"code": "court"})
    assert desk.twin()["readiness"]["sheets"]["state"] == "other-count"
    assert desk.twin(KELURAHAN)["readiness"]["different"] == 0
    desk.says(at=LATER)
    assert desk.twin()["readiness"]["sheets"]["state"] == "other-count"


def test_a_false_readiness_moves_no_figure_anywhere() -> None:
    """No sum, no finding, no row of another table: with it and without it."""
    desk = Desk()
    desk.form()
    before = {a: desk.twin(a) for a in ("", f"{E}/{C}/", f"{E}/{C}/01/01/", KELURAHAN)}
    tables = dict(desk.site().bulk())
    desk.says(ballots=[{"contest": C, "sheets": 1}])
    own = ("as_of", "root", "readiness", "today", "hour")
    for address, twin in before.items():
        now = desk.twin(address)
        assert {n: v for n, v in now.items() if n not in own} == {
            n: v for n, v in twin.items() if n not in own
        }
    now = dict(desk.site().bulk())
    for name in ("results.csv", "forms.csv", "rows.csv", "findings.csv", "differences.csv"):
        assert now[f"{E}/data/{name}"] == tables[f"{E}/data/{name}"]
    rows = now[f"{E}/data/readiness.csv"].decode().splitlines()
    assert rows[1].split(",")[:4] == [ONE, "001", "arrived", f"{C}=1"]
    assert f"{C}=318" in rows[1]


def test_what_it_touches_and_that_a_form_touches_none_of_it() -> None:
    desk = Desk()
    desk.says()
    first = {TPS, KELURAHAN, KECAMATAN_DAY, KABKO_DAY, "", f"{E}/"}
    assert desk.touched() == first | {f"{E}/{C}/01/", f"{E}/{C}/01/01/"}
    desk.says(tps="002")
    assert desk.touched() == {f"{KELURAHAN}002/", KELURAHAN, KECAMATAN_DAY, KABKO_DAY}
    desk.form()
    assert not any("hari-ini" in address for address in desk.touched())
    assert desk.try_(builders.event("d_hasil_kecamatan", code="opened", time=LATER), PPK) == (
        "effective"
    )
    assert {KECAMATAN_DAY, KABKO_DAY} <= desk.touched()
    assert desk.twin(KECAMATAN_DAY)["contests"][0]["meeting"]["code"] == "opened"


def test_a_day_of_which_nobody_spoke_has_no_page() -> None:
    desk = Desk()
    desk.form()
    assert desk.try_(builders.objection(), "saksi-tps-1") == "effective"
    assert not any("hari-ini" in address for address in desk.site().addresses())


def test_a_tps_that_the_roster_dropped_is_in_no_count() -> None:
    desk = Desk()
    desk.says()
    desk.says(tps="002")
    current = desk.state.regions.get(f"{E}/{ONE}")
    drops = builders.roster(
        ONE, revision=current["revision"] + 1, previous=current["roster"],
        tps=[builders.station("001")],
    )  # fmt: skip
    assert desk.try_(drops, *names("kpu-kabko-90.01", 2)) == "effective"
    assert KABKO_DAY in desk.touched()
    assert desk.twin(KECAMATAN_DAY)["counts"]["ready"] == 1
    assert desk.twin(KECAMATAN_DAY)["counts"]["listed"] == 3


def test_a_stolen_key_casts_doubt_on_it_wherever_it_is_told() -> None:
    desk = Desk()
    desk.says(lacks=SHORT)
    stolen = builders.revoke(keyid=keyid(PPS), reason="stolen", suspect_from=0)
    assert desk.try_(stolen, *names("ppk-90.01.01", 2)) == "effective"
    assert desk.twin()["readiness"]["arrived"]["marks"] == ["K1"]
    assert {TPS, KECAMATAN_DAY} <= desk.touched()


@pytest.mark.parametrize("step", ["arrived", "returned"])
def test_one_in_doubt_is_told_beside_those_that_are_ready(step: str) -> None:
    """Named on the page of the day, counted above it, marked in the table; until it is clean."""
    desk, other, by = Desk(), f"pps-{ONE}-2", names("ppk-90.01.01", 2)
    giver, way = (PPS, by) if step == "arrived" else (PPK, names("kpu-kabko-90.01", 2))
    begun = desk.says()
    desk.says("returned")
    desk.says(tps="002")
    stolen = builders.revoke(keyid=keyid(giver), reason="stolen", suspect_from=begun)
    before = {one: desk.twin(one) for one in desk.site().addresses()}
    assert desk.try_(stolen, *way) == "effective"
    said = desk.twin(KECAMATAN_DAY)
    own = 2 if step == "arrived" else 1
    assert (said["counts"]["ready"], said["counts"]["doubtful"]) == (2, own)
    assert [one["tps"] for one in said["doubtful"]] == ["001", "002"][:own]
    assert desk.twin(KABKO_DAY)["children"][0]["doubtful"] == own
    assert desk.twin(KELURAHAN)["readiness"]["doubtful"] == own
    for language in ("id", "en"):
        for address in (KELURAHAN, KECAMATAN_DAY, KABKO_DAY):
            assert b'class="df"' in pages.render(desk.twin(address), language)
    changed = {one for one, was in before.items() if _lasting(desk.twin(one)) != _lasting(was)}
    changed -= {"buku-besar/"}
    assert {KELURAHAN, KECAMATAN_DAY, KABKO_DAY} <= changed <= desk.touched()
    rows = csv.DictReader(dict(desk.site().bulk())[f"{E}/data/readiness.csv"].decode().splitlines())
    marked = [[row["tps"], row["step"]] for row in rows if row["marks"] == "K1"]
    assert marked == [[tps, step] for tps in ("001", "002")[:own]]
    if step == "arrived":
        clean = builders.readiness(at=LATER)
        assert desk.try_(clean, other, KPPS) == "effective"
        assert desk.twin(KECAMATAN_DAY)["counts"]["doubtful"] == 1
        assert [one["tps"] for one in desk.twin(KECAMATAN_DAY)["doubtful"]] == ["002"]


def test_a_clean_signature_that_comes_later_takes_the_doubt_away() -> None:
    desk, second = Desk(), f"pps-{ONE}-2"
    said = builders.readiness()
    assert desk.try_(said, PPS, KPPS) == "effective"
    stolen = builders.revoke(keyid=keyid(PPS), reason="stolen", suspect_from=0)
    assert desk.try_(stolen, *names("ppk-90.01.01", 2)) == "effective"
    assert desk.twin(KECAMATAN_DAY)["counts"]["doubtful"] == 1
    assert desk.try_(said, second) == "cosigned"
    assert desk.twin(KECAMATAN_DAY)["counts"]["doubtful"] == 0
    assert {KELURAHAN, KECAMATAN_DAY, KABKO_DAY} <= desk.touched()


def _lasting(twin: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in twin.items() if name not in ("as_of", "root", "hour")}


def test_one_person_with_two_keys_does_not_carry_it_when_the_other_key_was_stolen() -> None:
    """Whoever gives and whoever receives stay two, also of the signatures that are not suspect."""
    desk, second = Desk(), f"kpps-{ONE}-001-2"
    assert desk.try_(builders.readiness(), "pps-twice", KPPS, second) == "effective"
    stolen = builders.revoke(keyid=keyid(second), reason="stolen", suspect_from=0)
    assert desk.try_(stolen, *names("ppk-90.01.01", 2)) == "effective"
    assert desk.twin()["readiness"]["arrived"]["marks"] == ["K1"]
    assert TPS in desk.touched()


def test_a_form_explains_ballots_that_differ() -> None:
    desk = Desk()
    desk.says(ballots=[{"contest": C, "sheets": 300}])
    desk.form(explanations=[{"rule": "R15", "text": "Kekurangan dipenuhi pagi hari."}])
    assert desk.twin()["readiness"]["explanation"]["text"] == "Kekurangan dipenuhi pagi hari."
