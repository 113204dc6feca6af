"""Where a contest stands by its determination and by what a court said of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names
from tests.core.ledger.world import keyid
from tests.core.statements import builders

from rekap.core.ledger import rulings, slots
from rekap.core.statements import model

E, G = builders.ELECTION, builders.CONTEST
PROV = names("kpu-prov-90")
ROOT = names("kpu", 2)
ONE = "90.01.01.1001"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    return Realm(other=False)


class Court(Fork):
    """A fork in which a result is determined and taken to court."""

    def __init__(self) -> None:
        super().__init__(_realm())
        self.hour = 0

    def says(self, payload: dict[str, Any], *roles: str) -> str:
        """What becomes of a statement, said at another hour each time."""
        self.hour += 1
        return self.try_({**payload, "at": f"2025-01-03T{self.hour:02}:00:00+07:00"}, *roles)

    def determine(self, number: str = "821 Tahun 2024", **fields: Any) -> str:
        """Determine the result, or anew; returns the statement's id."""
        before = self.state.meta.get(f"determination/{E}/{G}")
        if before:
            anew = {"revision": before["revision"] + 1, "previous": before["statement"]}
            fields = {**anew, "basis": "ruling", **fields}
        assert self.says(builders.determination(number=number, **fields), *PROV) == "effective"
        return str(self.last["id"])

    def rules(self, *roles: str, **fields: Any) -> str:
        """What becomes of a ruling; of a number that is known it is the next revision."""
        payload = builders.ruling(**fields)
        current, revision = rulings.in_force(self.state, payload)
        if current is not None and "revision" not in fields:
            payload |= {"revision": revision + 1, "previous": current}
        return self.says(payload, *(roles or PROV))

    def form(self, tps: str, **fields: Any) -> list[str]:
        """The marks of a form of a TPS."""
        payload = builders.form(region=ONE, tps=tps, **fields)
        assert self.says(payload, *names(f"kpps-{ONE}-{tps}")) == "head"
        return slots.marks_of(self.state, self.state.size - 1)

    @property
    def standing(self) -> str:
        return rulings.standing(self.state, E, G)[0]


def annuls(*places: str, decision: str = "821 Tahun 2024") -> dict[str, Any]:
    """What a granted ruling says of a determination."""
    one = {"decision": decision}
    return {"state": "granted", "annuls": [{**one, "places": [*places]} if places else one]}


def test_a_contest_stands_where_the_last_word_left_it() -> None:
    court = Court()
    told = [court.standing]
    court.determine()
    told.append(court.standing)
    assert court.rules() == "effective"
    told.append(court.standing)
    assert court.rules(date="2025-02-24", **annuls()) == "effective"
    told.append(court.standing)
    court.determine(number="16 Tahun 2025")
    told.append(court.standing)
    other = {"number": "313/PHPU.GUB-XXIII/2025"}
    assert court.rules(**other) == "effective"
    told.append(court.standing)
    part = annuls(f"{ONE}/001", decision="16 Tahun 2025")
    assert court.rules(**other, **part) == "effective"
    told.append(court.standing)
    court.determine(number="20 Tahun 2025")
    told.append(court.standing)
    assert told == [
        "undetermined", "determined", "disputed", "annulled",
        "determined", "disputed", "annulled-part", "determined",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "state", ["dismissed", "inadmissible", "withdrawn", "lapsed", "no-jurisdiction"]
)
def test_a_case_that_is_refused_leaves_the_determination_in_force(state: str) -> None:
    court = Court()
    court.determine()
    other = {"number": "2/PHPU.GUB-XXIII/2025"}
    assert court.rules() == court.rules(**other) == "effective"
    assert court.rules(state=state) == "effective"
    assert court.standing == "disputed", "another one is open"
    assert court.rules(state=state, **other) == "effective"
    assert court.standing == "refused"
    court.determine(number="3 Tahun 2025", announced_at="2025-03-24T10:00:00+07:00")
    assert court.standing == "determined", "they were about the one before"


@pytest.mark.parametrize("state", model.GRANTS)
def test_a_ruling_that_grants_without_annulling_is_no_refusal(state: str) -> None:
    court = Court()
    court.determine()
    assert court.rules(state="dismissed") == "effective"
    orders = [{"what": "correct", "by": "kpu_prov", "days": 30}]
    assert court.rules(number="2/PHPU", state=state, orders=orders) == "effective"
    assert court.standing == "granted"


def test_an_annulled_decision_that_is_no_statement_here_changes_no_standing() -> None:
    court = Court()
    court.determine()
    said = {"state": "granted", "annuls": [{"decision": "472 Tahun 2024"}]}
    assert court.rules(**said) == "effective"
    assert court.standing == "granted"


def test_a_decision_that_is_said_again_stays_annulled() -> None:
    """Whoever signed it could take back what the court said, or a typing error did."""
    court = Court()
    court.determine()
    assert court.rules(date="2025-02-24", **annuls()) == "effective"
    court.determine(number="821 Tahun 2024", announced_at="2024-12-08T16:02:00+07:00")
    assert court.standing == "annulled"
    assert court.form("001") == []


def test_a_decision_is_annulled_by_its_number_whenever_the_log_hears_of_it() -> None:
    court = Court()
    said = {"state": "granted", "annuls": [{"decision": "821 Tahun 2024"}]}
    assert court.rules(date="2025-02-24", **said) == "effective"
    court.determine(number="821 Tahun 2024")
    assert court.standing == "annulled"


def test_a_case_that_is_open_stays_whatever_its_date_and_whatever_is_determined() -> None:
    """A typing error in a date hid an open case, and so did a decision after it."""
    court = Court()
    court.determine()
    other = {"number": "29/PHPU.GUB-XXIII/2025", "date": "2014-11-30"}
    assert court.rules(**other) == "effective"
    assert court.standing == "disputed"
    assert court.rules(date="2025-02-24", **annuls()) == "effective"
    court.determine(number="16 Tahun 2025", announced_at="2025-03-24T10:00:00+07:00")
    assert court.standing == "disputed", "29 has no outcome"
    assert court.rules(state="dismissed", **other) == "effective"
    assert court.standing == "refused"
    court.determine(number="20 Tahun 2025", announced_at="2025-04-24T10:00:00+07:00")
    assert court.standing == "determined"


@pytest.mark.parametrize("date", ["2014-02-24", "2099-02-24"])
@pytest.mark.parametrize("decision", ["821 Tahun 2024", "821 TAHUN 2024"])
def test_a_case_that_granted_stays_until_a_determination_rests_on_it(
    date: str, decision: str
) -> None:
    """A court annulled a decision after another had amended it: nothing was said of it."""
    court = Court()
    court.determine()
    court.determine(number="16 Tahun 2025", basis="correction")
    assert court.rules(date=date, **annuls(decision=decision)) == "effective"
    told = [court.standing]
    assert (
        court.says(builders.elected(announced_at="2025-12-01T10:00:00+07:00"), *PROV) == "effective"
    )
    told.append(court.standing)
    assert court.rules(number="2/PHPU") == "effective"
    told.append(court.standing)
    for basis in ("first", "correction"):
        court.determine(number=f"17 Tahun 2025 {basis}", basis=basis)
        told.append(court.standing)
    assert told == ["granted"] * 5
    assert rulings.standing(court.state, E, G)[1][0]["number"] == "28/PHPU.GUB-XXIII/2025"
    court.determine(number="18 Tahun 2025", basis="recount")
    assert court.standing == "disputed", "case 2 is open"


def test_a_case_that_granted_is_told_before_any_decision_is_recorded() -> None:
    court = Court()
    assert court.rules(**annuls()) == "effective"
    assert court.standing == "granted"


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"contest": "bupati-90.01"}, "void contest"),
        ({"region": "90.01"}, "void not-entitled"),
        ({"revision": 2, "previous": builders.hex_id("other")}, "void previous"),
        ({"state": "granted", "annuls": [{"decision": "1"}]}, "effective"),
    ],
)
def test_a_ruling_is_of_its_contest_and_continues_what_is_there(
    fields: dict[str, Any], wanted: str
) -> None:
    assert Court().rules(**fields) == wanted


def test_a_ruling_continues_the_one_of_its_number() -> None:
    court = Court()
    assert court.rules() == "effective"
    first = court.last["id"]
    assert court.rules(revision=1) == "void previous", "it is there already"
    assert court.rules(number="2/PHPU") == "effective", "another number begins anew"
    assert court.rules(revision=2, previous=court.last["id"]) == "void previous"
    assert court.rules(revision=3, previous=first) == "void previous"
    assert court.rules(revision=2, previous=first, state="dismissed") == "effective"
    assert [one["number"] for one in rulings.cases(court.state, E, G)] == [
        "28/PHPU.GUB-XXIII/2025", "2/PHPU",
    ]  # fmt: skip
    assert court.rules(revision=2, previous=first) == "void previous"


def test_a_determination_that_was_revised_can_still_be_annulled() -> None:
    court = Court()
    court.determine()
    court.determine(number="2 Tahun 2025")
    assert court.rules(**annuls()) == "effective"
    assert court.standing == "granted", "the one in force is another, and does not rest on it"


def test_a_false_ruling_by_one_officer_changes_nothing() -> None:
    court = Court()
    court.determine()
    assert court.rules(PROV[0], **annuls()) == "waiting"
    assert court.standing == "determined"
    assert court.form("001") == ["L2"]
    kabko = names("kpu-kabko-90.01")
    assert court.rules(*kabko, number="2/PHPU", **annuls()) == "void not-entitled"
    assert court.rules("kpu-1", number="3/PHPU", **annuls()) == "waiting", "one of two roots"
    assert court.standing == "determined"


def test_the_roots_may_say_it_where_the_body_does_not() -> None:
    court = Court()
    court.determine()
    assert court.rules(*ROOT, **annuls()) == "effective"
    assert court.standing == "annulled"


def test_a_ruling_in_doubt_keeps_its_effect_and_is_marked() -> None:
    court = Court()
    court.determine()
    assert court.rules(**annuls()) == "effective"
    index = court.state.size - 1
    revoke = builders.revoke(keyid=keyid(PROV[0]), reason="stolen", suspect_from=index)
    assert court.says(revoke, *ROOT) == "effective"
    assert (court.standing, slots.marks_of(court.state, index)) == ("annulled", ["K1"])


def test_what_a_court_annulled_makes_no_form_late() -> None:
    """The repeated vote of the whole province came under the mark of a decision that was void."""
    court = Court()
    court.determine()
    assert court.form("001") == ["L2"]
    assert court.rules(**annuls()) == "effective"
    assert court.form("002") == []
    court.determine(number="16 Tahun 2025")
    changed = {
        "revision": 2,
        "previous": court.state.slots.get(f"{E}/{G}/c_hasil/{ONE}/002")["head"],
    }
    assert court.form("002", pair_1=1, pair_2=214, **changed) == ["L2"]


@pytest.mark.parametrize(
    ("places", "one", "two"),
    [
        ((f"{ONE}/001",), [], ["L2"]),
        ((ONE,), [], []),
        (("90.01.01",), [], []),
        (("90.01.01.1002", "90.01.01.1002/001"), ["L2"], ["L2"]),
    ],
)
def test_an_annulment_of_some_places_is_for_these_alone(
    places: tuple[str, ...], one: list[str], two: list[str]
) -> None:
    court = Court()
    court.determine()
    assert court.rules(**annuls(*places)) == "effective"
    assert (court.form("001"), court.form("002")) == (one, two)


def test_a_repeated_vote_is_not_late_for_the_certificate_of_the_first() -> None:
    court = Court()
    sheet = builders.form("d_hasil_kelurahan", region=ONE)
    assert court.says(sheet, *names("ppk-90.01.01")) == "head"
    assert court.form("001") == ["L1"]
    court.determine()
    assert court.rules(**annuls(ONE)) == "effective"
    assert court.form("002", count="repeat") == []


def test_a_case_that_was_recorded_by_mistake_ends() -> None:
    """A typing error in a case number left a contest before the court for ever."""
    court = Court()
    court.determine()
    wrong = {"number": "82/PHPU.GUB-XXIII/2025"}
    assert court.rules(state="mistaken", **wrong) == "void unknown", "nothing to take back"
    assert court.rules(**wrong) == "effective"
    assert court.standing == "disputed"
    assert court.rules(state="mistaken", **wrong) == "effective"
    assert court.standing == "determined"
    assert court.rules(**wrong) == "effective", "there was one after all"
    assert court.standing == "disputed"


def test_an_annulment_that_was_recorded_by_mistake_ends() -> None:
    court = Court()
    court.determine()
    assert court.rules(**annuls()) == "effective"
    assert court.rules(state="mistaken") == "effective"
    assert court.standing == "determined"
    assert court.form("001") == ["L2"]


@pytest.mark.parametrize(
    "form", [("d_hasil_kelurahan", ONE, "ppk-90.01.01"), ("d_hasil_kecamatan", "90.01.01",
             "ppk-90.01.01"), ("d_hasil_kabko", "90.01", "kpu-kabko-90.01"),
             ("d_hasil_prov", "90", "kpu-prov-90")]
)  # fmt: skip
def test_a_certificate_that_holds_an_annulled_place_is_not_late(form: tuple[str, str, str]) -> None:
    """Votes of a repeated vote went up, and each certificate above was accused of lateness."""
    name, region, body = form
    court = Court()
    court.determine()
    assert court.rules(**annuls(f"{ONE}/001")) == "effective"
    assert court.says(builders.form(name, region=region), *names(body)) == "head"
    assert slots.marks_of(court.state, court.state.size - 1) == []


def test_a_certificate_of_another_place_is_late_under_an_annulment_in_part() -> None:
    court = Court()
    court.determine()
    assert court.rules(**annuls(f"{ONE}/001")) == "effective"
    other = builders.form("d_hasil_kelurahan", region="90.01.01.1002")
    assert court.says(other, *names("ppk-90.01.01")) == "head"
    assert slots.marks_of(court.state, court.state.size - 1) == ["L2"]


@pytest.mark.parametrize(
    "places",
    [("90",), ("11.01",), ("90.01", "91.01"), ("id",), ("90.01.01/001",), ("90.01.01.1001/000",)],
)
def test_an_annulment_is_for_places_below_its_contest(places: tuple[str, ...]) -> None:
    """The whole region as a place was called a part, and places of others were annulled."""
    court = Court()
    court.determine()
    assert court.rules(**annuls(*places)) == "void unknown"
    order = {"what": "repeat-vote", "by": "kpu_prov", "except": [*places]}
    assert court.rules(state="granted", orders=[order]) == "void unknown"
    assert court.standing == "determined"


def test_an_order_names_places_or_leaves_some_out() -> None:
    court = Court()
    order = {"what": "repeat-vote", "by": "kpu_prov", "places": ["90.01"], "except": ["90.01.01"]}
    assert court.rules(state="granted", orders=[order]) == "void unknown"


def test_all_cases_that_say_where_a_contest_stands_are_told() -> None:
    """Of two annulments in part the page named the last one only."""
    court = Court()
    court.determine()
    assert court.rules(number="1/PHPU", **annuls(f"{ONE}/001")) == "effective"
    assert court.rules(number="2/PHPU", **annuls(f"{ONE}/002")) == "effective"
    assert court.rules(number="3/PHPU") == "effective"
    state, told = rulings.standing(court.state, E, G)
    assert (state, [one["number"] for one in told]) == ("annulled-part", ["2/PHPU", "1/PHPU"])
    assert [one["number"] for one in rulings.open_cases(court.state, E, G)] == ["3/PHPU"]


def test_columns_that_a_court_left_out_are_asked_again_when_it_says_so() -> None:
    court = Court()
    sheet = builders.form("d_hasil_kabko", region="90.01", columns={"90.01.01": builders.STATION})
    assert court.says(sheet, *names("kpu-kabko-90.01")) == "head"
    slot = f"{E}/{G}/d_hasil_kabko/90.01"

    def accused() -> bool:
        return any(court.state.findings.scan(f"{slot}|X5|"))

    assert accused()
    order = {"what": "retabulate", "by": "kpu_prov", "except": ["90.01.02"]}
    assert court.rules(state="granted", orders=[order]) == "effective"
    assert not accused()
    assert court.rules(state="mistaken") == "effective"
    assert accused()
