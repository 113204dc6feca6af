"""Objections and events: who may, who answers, what counts, what each entry touches."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import keyid
from tests.core.statements import builders

from rekap.core.ledger import incidents

ONE = "90.01.01.1001"
SLOT = {"region": ONE, "tps": "001"}
KPPS, PPK = names(f"kpps-{ONE}-001"), names("ppk-90.01.01")
KABKO, PROV = names("kpu-kabko-90.01"), names("kpu-prov-90")
LATER = "2024-11-28T10:00:00+07:00"
E, C = builders.ELECTION, builders.CONTEST
TOP = f"{E}/{C}/"
PAGES = {f"{TOP}kejadian/", f"{TOP}01/kejadian/", f"{TOP}01/01/kejadian/"}


@lru_cache(maxsize=1)
def _realm() -> Realm:
    """Besides the usual ones: a second witness of pair 1, one of pair 2, two observers, a PTPS."""
    realm = Realm(other=False)
    fork = realm.fork()
    for payload, granters in (
        (grant("saksi", "90.01.01", ["saksi-other"]), ["pair1-1"]),
        ({**grant("saksi", "90.01.01", ["saksi-two"]), "pair": 2}, names("pair2", 2)),
        (grant("ptps", ONE, ["ptps-1"], tps="001"), names("pengawas", 2)),
        (grant("pemantau", "90.01", ["observer-a"], organisation="jaga-suara"), KABKO[:2]),
        (grant("pemantau", "90", ["observer-b"], organisation="mata-rakyat"), PROV[:2]),
    ):
        assert fork.try_(payload, *granters) == "effective", fork.last
    realm.keep(fork)
    return realm


class Desk(Fork):
    """A fork with witnesses, a PTPS and observers of two organisations."""

    def __init__(self) -> None:
        super().__init__(_realm())

    def objects(self, role: str = "saksi-tps-1", **fields: Any) -> str:
        """Object to the form of the first TPS, and return the id."""
        statement = self.add(builders.objection(**{**SLOT, **fields}), role)
        assert self.last["status"] == "effective", self.last
        return statement

    def says(self, outcome: str, to: str, *roles: str, **fields: Any) -> str:
        return self.try_(builders.outcome([to], outcome, **{**SLOT, **fields}), *roles)

    def twin(self, address: str = f"{TOP}01/01/kejadian/") -> dict[str, Any]:
        return super().twin(address)

    def counts(self, address: str = f"{TOP}01/01/kejadian/") -> dict[str, int]:
        return {state: n for state, n in self.twin(address)["counts"].items() if n}

    def became(self, index: int) -> tuple[str, int | None]:
        """The status of an entry on its page, and by which entry it was replaced."""
        twin = self.twin(f"bukti/{index}/")
        return twin["status"], twin["after"] and twin["after"]["index"]


def test_every_answer_gives_an_objection_its_state() -> None:
    desk = Desk()
    ids = [desk.objects(number=number) for number in range(1, 6)]
    assert desk.counts() == {"open": 5}
    assert desk.says("accepted", ids[0], *KPPS) == "effective"
    assert desk.says("rejected", ids[1], *PPK) == "effective"
    assert desk.says("carried", ids[2], PPK[0]) == "waiting", "a body above answers with two"
    assert desk.says("carried", ids[2], KPPS[0]) == "effective"
    assert desk.says("withdrawn", ids[3], "saksi-tps-1") == "effective"
    states = {"open": 1, "accepted": 1, "rejected": 1, "carried": 1, "withdrawn": 1}
    for page in PAGES:
        assert desk.counts(page) == states
    twin = desk.twin()
    assert [one["number"] for one in twin["open"]] == [5]
    assert [one["state"] for one in twin["rest"]] == [
        "withdrawn",
        "carried",
        "rejected",
        "accepted",
    ]
    table = dict(desk.site().bulk())
    rows = table[f"{E}/data/incidents.csv"].decode().splitlines()[1:]
    assert sorted(row.split(",")[13] for row in rows) == sorted(states)


def test_one_answer_is_to_several_objections() -> None:
    desk = Desk()
    ids = sorted(desk.objects(number=number) for number in (1, 2, 3))
    assert desk.try_(builders.outcome(ids, "rejected", **SLOT), *KPPS) == "effective"
    assert desk.counts() == {"rejected": 3}


def test_fewer_than_sign_the_form_decide_nothing() -> None:
    """The answer by the wrong body, and by too few of the right one."""
    desk = Desk()
    one = desk.objects()
    for outcome in ("accepted", "rejected"):
        assert desk.says(outcome, one, *KPPS[:2], at=LATER) == "waiting"
        assert desk.says(outcome, one, *PPK[:2]) == "waiting"
        for roles in (names(f"kpps-{ONE}-002"), names("ppk-90.01.02"), names("pengawas"),
                      names("kpu-kabko-90.02"), ["saksi-tps-1"]):  # fmt: skip
            assert desk.says(outcome, one, *roles) == "void not-entitled"
    assert desk.counts() == {"open": 1}


def test_the_answer_of_the_highest_body_counts_then_its_latest() -> None:
    desk = Desk()
    one = desk.objects()
    assert desk.says("rejected", one, *PPK) == "effective"
    assert desk.says("accepted", one, *KPPS) == "void higher-body"
    assert desk.says("carried", one, KPPS[0]) == "void higher-body"
    two = desk.objects(number=2)
    both = sorted((one, two))
    assert desk.try_(builders.outcome(both, "accepted", **SLOT), *KPPS) == "void higher-body"
    assert desk.counts() == {"open": 1, "rejected": 1}
    assert desk.says("withdrawn", two, "saksi-tps-1") == "effective"
    assert desk.says("accepted", one, *PPK, at=LATER) == "effective"
    assert desk.counts() == {"accepted": 1, "withdrawn": 1}
    assert desk.says("carried", one, *KABKO[:2]) == "effective"
    assert desk.counts() == {"carried": 1, "withdrawn": 1}


def test_only_its_own_side_withdraws_an_objection() -> None:
    desk = Desk()
    one = desk.objects()
    for role in ("saksi-two", "ptps-1", "observer-a", KPPS[0], PPK[0], "pengawas-1"):
        assert desk.says("withdrawn", one, role) == "void not-entitled"
    assert desk.says("withdrawn", one, "saksi-other") == "effective", "of the same pair"
    observed = desk.objects("observer-a", body="pemantau", organisation="jaga-suara")
    assert desk.says("withdrawn", observed, "observer-b") == "void not-entitled"
    assert desk.says("withdrawn", observed, "observer-a") == "effective"


def test_nothing_that_somebody_decided_is_withdrawn_and_nothing_withdrawn_is_answered() -> None:
    desk = Desk()
    one, two = desk.objects(number=1), desk.objects(number=2)
    assert desk.says("rejected", one, *KPPS) == "effective"
    assert desk.says("carried", one, *KABKO[:2]) == "effective"
    assert desk.says("withdrawn", one, "saksi-tps-1") == "void target"
    assert desk.says("withdrawn", two, "saksi-tps-1") == "effective"
    assert desk.says("accepted", two, *KABKO) == "void target"
    assert desk.says("withdrawn", two, "saksi-tps-1", at=LATER) == "void target"
    both = sorted((desk.objects(number=3), desk.objects("ptps-1", body="ptps")))
    roles = ["saksi-tps-1", "ptps-1"]
    found = desk.try_(builders.outcome(both, "withdrawn", **SLOT), *roles)
    assert found in ("void not-entitled", "void target"), "of two sides at once"


def test_what_is_no_objection_in_force_of_the_slot_is_not_answered() -> None:
    desk = Desk()
    elsewhere = desk.objects("saksi-kec-1", tps="002")
    told = desk.add(builders.event(**SLOT), KPPS[0])
    replaced = desk.objects()
    desk.objects(at=LATER)
    for one in (elsewhere, told, replaced, builders.hex_id("none")):
        assert desk.says("rejected", one, *KPPS) == "void target"


def test_a_later_one_of_the_same_side_and_number_is_open_again() -> None:
    desk = Desk()
    one = desk.objects()
    assert desk.says("rejected", one, *KPPS) == "effective"
    desk.objects("saksi-other", at=LATER, code="procedure")
    assert desk.counts() == {"open": 1}
    desk.objects("saksi-two", pair=2)
    desk.objects("ptps-1", body="ptps")
    assert desk.counts() == {"open": 3}, "another side has numbers of its own"


@pytest.mark.parametrize(
    ("payload", "roles"),
    [
        (builders.objection(**SLOT, pair=2), ["saksi-tps-1"]),
        (builders.objection(**SLOT, body="ptps"), ["saksi-tps-1"]),
        (builders.objection(**SLOT, body="bawaslu_kabko"), ["ptps-1"]),
        (builders.objection(**SLOT, body="pemantau", organisation="jaga-suara"), ["observer-b"]),
        (builders.objection(**SLOT, body="pemantau", organisation="jaga-suara"), KPPS[:1]),
        (builders.objection(region=ONE, tps="002"), ["saksi-tps-1"]),
        (builders.event(**SLOT), ["ptps-1"]),
        (builders.event(**SLOT), PPK[:1]),
        (builders.event("d_hasil_kecamatan", region="90.01.01", code="opened"), KPPS[:1]),
        (builders.event(**SLOT, body="bawaslu_kabko"), ["saksi-tps-1"]),
        (builders.objection(**SLOT), ["saksi-two"]),
        (builders.objection(**SLOT), ["saksi-tps-1", "saksi-two"]),
        (builders.objection(**SLOT), ["pair2-1", "pair2-2"]),
        (builders.objection(**SLOT), ["pair1-1"]),
        (builders.objection(**SLOT, body="pemantau", organisation="jaga-suara"), ["saksi-tps-1"]),
        (builders.objection(**SLOT), KPPS),
    ],
)
def test_nobody_speaks_for_another_side(payload: dict[str, Any], roles: list[str]) -> None:
    """The forged objection: in the name of a pair, an organisation, a body that did not sign."""
    assert Desk().try_(payload, *roles) == "void not-entitled"


@pytest.mark.parametrize(
    "words",
    [
        {"text": "KPPS curang, hubungi 0812"},
        {"code": "KPPS curang"},
        {"reason": "KPPS curang"},
        {"note": "KPPS curang"},
        {"number": "1 KPPS curang"},
        {"number": 1000},
        {"claims": {"KPPS curang": 1}},
        {"claims": {"pair_1": "KPPS curang"}},
        {"claims": {"pair_1": 1}, "code": "procedure"},
        {"time": "KPPS curang"},
        {"organisation": "KPPS curang"},
        {"body": "pemantau", "organisation": "kpps-3171064502990001"},
        {"body": "KPPS curang"},
        {"tps": "KPPS curang"},
    ],
)
def test_no_words_and_no_numbers_of_persons_fit_into_a_line(words: dict[str, Any]) -> None:
    for built, role in ((builders.objection, "saksi-tps-1"), (builders.event, KPPS[0])):
        payload = {**built(**SLOT), **words}
        if payload.get("body") == "pemantau":
            payload.pop("pair", None)
        assert Desk().try_(payload, role) == "void unknown"


def test_claims_are_of_pairs_that_the_contest_has() -> None:
    desk = Desk()
    claims = {"pair_3": 4}
    assert desk.try_(builders.objection(**SLOT, claims=claims), "saksi-tps-1") == "void pairs"


def test_claims_stand_beside_the_form_at_its_place_and_change_no_figure() -> None:
    desk = Desk()
    desk.add(builders.form(**SLOT), *KPPS)
    before = desk.twin(f"{TOP}01/01/1001/001/")["head"]["figures"]
    desk.objects(claims={"pair_1": 7})
    twin = desk.twin(f"{TOP}01/01/1001/001/")
    (case,) = twin["incidents"]["cases"]
    assert case["claims"] == [{"field": "pair_1", "value": 7, "found": before["pair_1"]}]
    assert twin["head"]["figures"] == before
    assert desk.twin()["open"][0]["claims"][0]["found"] is None, "no form touches this page"


def test_a_meeting_is_where_the_last_line_of_its_paper_says() -> None:
    desk = Desk()
    place = {"region": "90.01.01", "form": "d_hasil_kecamatan"}
    for number, code in ((1, "called"), (2, "opened"), (3, "closed")):
        said = builders.event(**place, number=number, code=code)
        assert desk.try_(said, PPK[0]) == "effective"
    shown = desk.twin(f"{TOP}01/01/")["incidents"]
    assert (shown["meeting"]["code"], shown["page"], shown["cases"]) == ("closed", None, [])
    again = builders.event(**place, number=3, code="suspended", at=LATER)
    assert desk.try_(again, PPK[1]) == "effective"
    assert desk.twin(f"{TOP}01/01/")["incidents"]["meeting"]["code"] == "suspended"
    other = builders.event(**place, number=3, code="late", at="2024-11-29T10:00:00+07:00")
    assert desk.try_(other, PPK[1]) == "effective"
    assert desk.twin(f"{TOP}01/01/")["incidents"]["meeting"]["code"] == "opened"
    assert desk.counts() == {"event": 1}


def test_it_touches_what_shows_it_and_the_pages_of_objections_above() -> None:
    desk = Desk()
    assert not desk.touched() & PAGES
    one = desk.objects()
    up = {f"{TOP}", f"{TOP}01/", f"{TOP}01/01/", f"{TOP}01/01/1001/", f"{TOP}01/01/1001/001/"}
    assert desk.touched() >= PAGES | up
    assert desk.says("rejected", one, *KPPS) == "effective"
    assert desk.touched() >= PAGES | up
    desk.add(builders.form(**SLOT), *KPPS)
    assert not desk.touched() & PAGES, "a form costs no page more"
    kept = desk.state.regions.get(f"{E}/90.01")["roster"]
    children = [builders.child(one) for one in ("90.01.01", "90.01.02")]
    roster = builders.roster("90.01", revision=2, previous=kept, children=children)
    assert desk.try_(roster, *PROV[:2]) == "effective"
    assert desk.touched() & PAGES == {f"{TOP}01/kejadian/", f"{TOP}01/01/kejadian/"}


def test_a_flood_of_objections_stalls_no_form_and_no_page_grows_with_it() -> None:
    desk = Desk()
    for number in range(1, 101):
        desk.objects(number=number)
    assert desk.try_(builders.form(**SLOT), *KPPS) == "head"
    assert desk.try_(builders.determination(), *PROV) == "effective"
    twin = desk.twin()
    assert (len(twin["open"]), twin["more"]) == (incidents.SHOWN, 100 - incidents.SHOWN)
    told = desk.twin(f"{TOP}01/01/1001/001/")["incidents"]
    assert (len(told["cases"]), told["more"]) == (10, 90)
    for code in ("90", "90.01", "90.01.01", ONE):
        listed = incidents.of_region(desk.state, E, C, code)
        assert len(listed["open"]) == incidents.SHOWN
        assert listed["counts"] == {"open": 100}


def test_a_side_that_floods_does_not_bury_what_another_says() -> None:
    """Sixty objections of pair 1 after three of pair 2 and one of the supervisor."""
    desk = Desk()
    for number in (1, 2, 3):
        desk.objects("saksi-two", pair=2, number=number)
    desk.objects("ptps-1", body="ptps")
    for number in range(1, 61):
        desk.objects(number=number)
    others = [("ptps", None, 1), *(("saksi", 2, number) for number in (3, 2, 1))]
    for shown in (desk.twin()["open"], desk.twin(f"{TOP}01/01/1001/001/")["incidents"]["cases"],
                  desk.twin(f"{TOP}01/01/1001/")["incidents"]["cases"]):  # fmt: skip
        said = [(one["body"], one["pair"], one["number"]) for one in shown]
        assert said[-len(others) :] == others
        assert said[0] == ("saksi", 1, 60)


def test_no_page_and_no_record_grows_with_what_one_person_says() -> None:
    """The pages of a TPS, of its kelurahan and of an objection, and what is kept of the slot."""
    desk = Desk()
    desk.add(builders.form(**SLOT), *KPPS)
    address = f"{TOP}01/01/1001/001/"
    sizes = []
    for start in (1, 61):
        for number in range(start, start + 60):
            desk.objects(number=number)
        slot = desk.state.slots.get(f"{E}/{C}/c_hasil/{ONE}/001")
        last = f"bukti/{desk.state.size - 1}/"
        pages = (address, f"{TOP}01/01/1001/", last, f"{TOP}01/01/kejadian/")
        sizes.append([len(str(desk.twin(one))) for one in pages] + [len(str(slot))])
    assert all(after - before < 200 for before, after in zip(*sizes, strict=True)), sizes
    touched = desk.touched()
    assert not {one for one in touched if one.startswith("bukti/")} - {last}
    assert len(touched) < 12


def test_what_a_later_line_or_answer_replaced_is_not_called_in_force() -> None:
    """Of an answer to several, all must be answered anew; what explains still stands."""
    desk = Desk()
    one, two = desk.objects(number=1), desk.objects(number=2)
    both = sorted((one, two))
    assert desk.try_(builders.outcome(both, "rejected", **SLOT), *KPPS) == "effective"
    first = desk.state.size - 1
    assert desk.says("accepted", one, *KPPS) == "effective"
    assert desk.became(first) == ("effective", None)
    assert desk.says("carried", two, *PPK[:2]) == "effective"
    by = desk.state.size - 1
    assert desk.became(first) == ("superseded", by)
    assert desk.became(by) == ("effective", None)
    desk.objects(number=1, at=LATER)
    said = desk.state.ids.get(one)["effect"]
    assert desk.became(said) == ("superseded", desk.state.size - 1)
    told = desk.add(builders.event(**SLOT), KPPS[0])
    desk.add(builders.event(**SLOT, at=LATER), KPPS[1])
    assert desk.became(desk.state.ids.get(told)["effect"])[0] == "superseded"
    explains = [{"rule": "R8", "text": "Satu surat suara tertinggal di bilik."}]
    three = desk.objects(number=3)
    assert desk.says("rejected", three, *KPPS, explains=explains) == "effective"
    first = desk.state.size - 1
    assert desk.says("carried", three, KPPS[0]) == "effective"
    assert desk.became(first) == ("effective", None)


def test_an_answer_that_decides_a_slot_is_replaced_by_the_one_that_decides_it_anew() -> None:
    desk = Desk()
    first = desk.add(builders.form(**SLOT), *KPPS)
    rival = desk.add(builders.form(**SLOT, invalid=12, at=LATER), *KPPS)
    one = desk.objects()
    assert desk.says("accepted", one, *PPK, accept=rival) == "effective"
    decided = desk.state.size - 1
    answer = builders.answer(**SLOT, accept=first)
    del answer["explains"]
    assert desk.try_(answer, *PPK[:2]) == "effective"
    assert desk.became(decided) == ("effective", None), "of the objection it still counts"
    assert desk.says("rejected", one, *PPK) == "effective"
    assert desk.became(decided) == ("superseded", desk.state.size - 1)
    again = {**answer, "accept": rival}
    assert desk.try_(again, *KABKO[:2]) == "effective"
    accepted = desk.state.size - 3
    assert desk.became(accepted + 0)[0] == "superseded"


def test_an_answer_is_of_the_highest_body_that_signed_it() -> None:
    desk = Desk()
    one = desk.objects()
    assert desk.says("carried", one, KPPS[0], *PPK[:2]) == "effective"
    assert desk.twin()["rest"][0]["answer"]["body"] == "ppk"
    assert desk.says("rejected", one, *KPPS) == "void higher-body"


def test_an_objection_by_a_stolen_key_says_so() -> None:
    desk = Desk()
    desk.objects()
    stolen = builders.revoke(keyid=keyid("saksi-tps-1"), reason="stolen", suspect_from=0)
    assert desk.try_(stolen, "pair1-1") == "effective"
    assert desk.twin()["open"][0]["marks"] == ["K1"]
    assert desk.touched() >= PAGES
