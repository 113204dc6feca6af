"""What supervisors recommend: who may, what is void, what counts, what each entry touches."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import OTHER, Fork, Realm, grant, names
from tests.core.ledger.world import World, key, keyid
from tests.core.statements import builders

from rekap.core.ledger import recommendations
from rekap.core.pages import pages
from rekap.core.pages.site import Site

ONE = "90.01.01.1001"
PANWASCAM, PTPS = names("panwascam", 2), ["ptps-1"]
PPK, KABKO, PROV = names("ppk-90.01.01", 2), names("kpu-kabko-90.01", 2), names("kpu-prov-90", 2)
E, C = builders.ELECTION, builders.CONTEST
PAGE = f"{E}/{C}/rekomendasi/"
TPS = f"{E}/{C}/01/01/1001/001/"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    realm = Realm(other=False)
    fork = realm.fork()
    for body, region, roles, tps in (
        ("panwascam", "90.01.01", [*PANWASCAM, "panwascam-3"], None), ("ptps", ONE, PTPS, "001"),
    ):  # fmt: skip
        assert fork.try_(grant(body, region, roles, tps=tps), *names("pengawas", 2)) == "effective"
    realm.keep(fork)
    return realm


class Desk(Fork):
    """A fork with a Panwascam and a PTPS."""

    def __init__(self) -> None:
        super().__init__(_realm())

    def says(self, *roles: str, **fields: Any) -> str:
        """Recommend, and return the id."""
        statement = self.add(builders.recommendation(**fields), *(roles or PANWASCAM))
        assert self.last["status"] == "effective", self.last
        return statement

    def twin(self, address: str = PAGE) -> dict[str, Any]:
        return super().twin(address)

    def states(self) -> dict[str, dict[str, int]]:
        return {
            row["type"]: {name: row[name] for name in ("recommended", *recommendations.STATES)}
            for row in self.twin()["types"]
        }


def response(to: str, outcome: str = "done", **fields: Any) -> dict[str, Any]:
    return builders.response(outcome, to=to, **fields)


def test_the_180_of_december_2024_add_up() -> None:
    """180 recommended = 103 held + 26 refused + 26 waiting + 25 without word."""
    desk = Desk()
    outcomes = ["done"] * 103 + ["not-done"] * 26 + ["scheduled"] * 26 + [""] * 25
    for number, outcome in enumerate(outcomes):
        one = desk.says(number=f"{number}/PL")
        if outcome:
            assert desk.try_(response(one, outcome), *PPK) == "effective"
    counts = {"held": 103, "refused": 26, "waiting": 26, "silent": 25}
    assert desk.states() == {"repeat-vote": {"recommended": 180, **counts}}
    twin = desk.twin()
    assert (len(twin["cases"]), twin["more"]) == (40, 140)
    site = desk.site()
    table = dict(site.bulk())[f"{E}/data/recommendations.csv"].decode().splitlines()
    rows = [line.split(",") for line in table[1:]]
    assert len(rows) == 180
    assert {state: sum(row[11] == state for row in rows) for state in counts} == counts


def test_places_are_counted_and_a_later_revision_is_silent_again() -> None:
    desk = Desk()
    spots = [{"region": ONE, "tps": tps} for tps in ("001", "002")]
    one = desk.says(places=spots)
    assert desk.try_(response(one, "not-done"), *PPK) == "effective"
    assert desk.states()["repeat-vote"]["refused"] == 2
    wide = {"places": [{"region": "90.01.01"}], "revision": 2, "previous": one}
    desk.says(**wide, type="recount")
    assert desk.states() == {
        "recount": {"recommended": 1, "held": 0, "refused": 0, "waiting": 0, "silent": 1}
    }
    assert desk.twin(TPS)["recommended"] == []
    (case,) = desk.twin(f"{E}/{C}/01/01/")["recommended"]
    assert (case["state"], case["response"]) == ("silent", None)


def test_one_signature_gives_advice_and_no_more() -> None:
    desk = Desk()
    advice = builders.recommendation("ptps")
    assert desk.try_(advice, *PTPS) == "effective"
    assert desk.try_({**advice, "type": "repeat-vote"}, *PTPS) == "void unknown"
    assert desk.try_(builders.recommendation(), PANWASCAM[0]) == "waiting"
    advised = builders.recommendation(type="advice", number="2/PL")
    assert desk.try_(advised, PANWASCAM[0]) == "effective"


def test_only_the_body_itself_speaks_in_its_name() -> None:
    for payload in (builders.recommendation(), builders.recommendation("ptps")):
        for roles in (names("pengawas", 2), PPK, KABKO, names("bawaslu", 2), ["saksi-kec-1"]):
            assert Desk().try_(payload, *roles) == "void not-entitled"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"contest": "lain"}, "contest"),
        ({"places": [{"region": "90.01.01.1009"}]}, "region"),
        ({"places": [{"region": ONE, "tps": "009"}]}, "tps"),
        ({"revision": 2, "previous": builders.hex_id("x")}, "previous"),
    ],
)
def test_what_is_recommended_is_void(changed: dict[str, Any], why: str) -> None:
    assert Desk().try_(builders.recommendation(**changed), *PANWASCAM) == f"void {why}"


def test_a_number_of_a_register_is_said_once() -> None:
    desk = Desk()
    desk.says()
    again = builders.recommendation(at="2024-11-28T10:00:00+07:00")
    assert desk.try_(again, *PANWASCAM) == "void previous"


def test_whom_it_does_not_ask_cannot_respond() -> None:
    desk = Desk()
    one = desk.says()
    other = {"body": "ppk", "region": "90.01.02"}
    assert desk.try_(response(one, **other), *names("ppk-90.01.02", 2)) == "void target"
    below = {"body": "kpps", "region": ONE, "tps": "001"}
    assert desk.try_(response(one, **below), *names(f"kpps-{ONE}-001", 2)) == "void target"
    away = {"body": "kpu_kabko", "region": "90.02"}
    assert desk.try_(response(one, **away), *names("kpu-kabko-90.02", 2)) == "void target"
    assert desk.try_(response(builders.hex_id("none")), *PPK) == "void target"
    form = desk.add(builders.form(region=ONE, tps="002"), *names(f"kpps-{ONE}-002"))
    assert desk.try_(response(one, paper=form), *PPK) == "void target"
    assert desk.try_(response(one), PPK[0]) == "waiting"


def test_a_form_of_another_election_is_no_paper_of_a_response() -> None:
    """Two elections may call a contest by one id, over the same places."""
    desk = Realm().fork()
    kabko = names("pengawas", 2)
    said = builders.recommendation(body="bawaslu_kabko", region="90.01")
    assert desk.try_(said, *kabko) == "effective"
    one = str(desk.last["id"])
    alien = builders.form(election=OTHER, region=ONE, tps="001")
    other = desk.add(alien, *names(f"lain-kpps-{ONE}-001"))
    assert desk.try_(response(one, paper=other), *PPK) == "void target"
    own = desk.add(builders.form(region=ONE, tps="001"), *names(f"kpps-{ONE}-001"))
    assert desk.try_(response(one, paper=own), *PPK) == "effective"


def test_the_response_of_the_highest_body_counts() -> None:
    desk = Desk()
    one = desk.says()
    above = {"body": "kpu_prov", "region": "90"}
    assert desk.try_(response(one, "not-done", **above), *PROV) == "effective"
    assert desk.try_(response(one), *PPK) == "effective"
    assert desk.states()["repeat-vote"]["refused"] == 1
    again = response(one, "done", **above, at="2024-11-29T10:00:00+07:00")
    assert desk.try_(again, *PROV) == "void previous"


def test_it_touches_its_page_and_its_places_and_nothing_above() -> None:
    desk = Desk()
    one = desk.says()
    assert desk.touched() == {PAGE, TPS}
    assert desk.try_(response(one), *PPK) == "effective"
    assert desk.touched() == {PAGE, TPS}
    desk.says(revision=2, previous=one, places=[{"region": "90.01.01"}])
    replaced = f"bukti/{desk.state.ids.get(one)['effect']}/"
    assert desk.touched() == {PAGE, TPS, f"{E}/{C}/01/01/", replaced}


def test_a_recommendation_by_stolen_keys_says_so_until_others_sign_it() -> None:
    """A false recommendation of one thief stands in the log for ever; its page says K1."""
    desk = Desk()
    desk.says()
    stolen = builders.revoke(keyid=keyid(PANWASCAM[0]), reason="stolen", suspect_from=0)
    assert desk.try_(stolen, *names("pengawas", 2)) == "effective"
    assert desk.twin()["cases"][0]["marks"] == ["K1"]
    assert {PAGE, TPS} <= desk.touched()
    assert desk.twin(TPS)["recommended"][0]["marks"] == ["K1"]
    assert desk.try_(builders.recommendation(), "panwascam-3") == "cosigned"
    assert desk.twin()["cases"][0]["marks"] == []


def test_without_roots_of_bawaslu_the_page_says_that_nobody_can_recommend() -> None:
    world = World(mode="rehearsal")
    world.open()
    election = builders.election(roots={"kpu": builders.keyset(key("root/kpu/1"))})
    world.add(election, "root/kpu/1", "operator/1")
    twin = Site(world.state, lambda index: world.entries[index])._page(PAGE)[0][0]
    assert (twin["supervised"], twin["types"]) == (False, [])
    shown = pages.render(twin).decode()
    assert "dibuka tanpa kunci induk Bawaslu" in shown
    asked = _realm().fork()
    orphan = {**grant("bawaslu_kabko", "90.01", ["thief-1"]), "election": E}
    assert asked.try_(orphan, *names("kpu", 2)) == "void not-entitled"
