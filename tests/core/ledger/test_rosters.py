"""Which places are expected, and what becomes of a form whose place is left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import World, key
from tests.core.statements import builders

from rekap.core.ledger import findings, rosters, totals

E, G = builders.ELECTION, builders.CONTEST
KABKO = names("kpu-kabko-90.01", 2)
PROV = names("kpu-prov-90", 2)
ROOT = names("kpu", 2)
ONE, TWO = "90.01.01.1001", "90.01.01.1002"
KECAMATAN = "90.01.01"


@lru_cache(maxsize=2)
def _realm(mode: str = "rehearsal") -> Realm:
    return Realm(other=False, mode=mode)


class Hall(Fork):
    """A fork that revises rosters and sends forms of any TPS."""

    def __init__(self, mode: str = "rehearsal") -> None:
        realm = _realm(mode)
        super().__init__(realm)
        self.number = 0

    def roster(self, region: str, *children: str, registered: int = 310, **fields: Any) -> str:
        """Put a roster in force that names these children or TPS, and say what became of it."""
        place = self.state.regions.get(f"{E}/{region}") or {}
        if "roster" in place:
            fields = {"revision": place["revision"] + 1, "previous": place["roster"], **fields}
        kind = "tps" if len(region) == 13 else "children"
        make = builders.station if kind == "tps" else builders.child
        fields[kind] = [make(c, registered) if kind == "tps" else make(c) for c in children]
        self.number += 1
        at = f"2024-11-20T00:{self.number:02}:00+07:00"
        depth = 0 if region == "id" else region.count(".") + 1
        roles = [ROOT, ROOT, PROV, KABKO, KABKO][depth]
        return self.try_(builders.roster(region, at=at, **fields), *roles)

    def form(self, region: str, tps: str, **fields: Any) -> str:
        """The C form of a TPS."""
        office = f"kpps-{region}-{tps}"
        return self.try_(builders.form(region=region, tps=tps, **fields), *names(office))

    def grant(self, region: str, tps: str) -> None:
        """Persons for a TPS that a roster named later."""
        office = f"kpps-{region}-{tps}"
        payload = grant("kpps", region, names(office), tps=tps)
        assert self.try_(payload, *names(f"ppk-{region[:8]}", 2)) == "effective"

    def named(self, region: str, names_: dict[str, str]) -> str:
        """Put a roster in force that names these children so."""
        place = self.state.regions.get(f"{E}/{region}")
        kids = [{**builders.child(code), "name": name} for code, name in sorted(names_.items())]
        self.number += 1
        payload = builders.roster(
            region, revision=place["revision"] + 1, previous=place["roster"], children=kids,
            at=f"2024-11-20T00:{self.number:02}:00+07:00",
        )  # fmt: skip
        return self.try_(payload, *KABKO)

    def slot(self, region: str, tps: str) -> dict[str, Any]:
        """The slot of a TPS."""
        record: dict[str, Any] = self.state.slots.get(f"{E}/{G}/c_hasil/{region}/{tps}")
        return record

    def figure(self, code: str, field: str) -> list[int]:
        """[value, stations] of a figure in the sum of a region."""
        return list(self.state.totals.get(totals.key(E, G, code))["figures"][field])

    def counts(self, code: str) -> tuple[int, int | None, int | None]:
        """(stations behind the sum, expected, missing) of a region."""
        record = self.state.totals.get(totals.key(E, G, code))
        expected = rosters.expected(self.state.regions.get(f"{E}/{code}"))
        counted = totals.used(record)[0] if record else 0
        return counted, expected, totals.missing(expected, record)

    def rules(self, form: str, place: str) -> set[str]:
        """The rules that a slot's head breaks."""
        return {f["rule"] for f in findings.of_slot(self.state, f"{E}/{G}/{form}/{place}")}


ALL = ("90", "90.01", KECAMATAN, ONE)


def test_expected_stations_add_up() -> None:
    hall = Hall()
    assert [hall.counts(c)[1] for c in ("id", *ALL)] == [8, 8, 6, 4, 2]
    assert hall.roster(ONE, "001", "002", "003") == "effective"
    assert [hall.counts(c)[1] for c in ("id", *ALL)] == [9, 9, 7, 5, 3]
    assert hall.roster(ONE, "007") == "effective"
    assert [hall.counts(c)[1] for c in ("id", *ALL)] == [7, 7, 5, 3, 1]


def test_one_kelurahan_without_a_roster_makes_everything_above_unknown() -> None:
    hall = Hall()
    assert hall.roster(KECAMATAN, ONE, TWO, "90.01.01.1003") == "effective"
    assert [hall.counts(c)[1] for c in ("id", "90", "90.01", KECAMATAN)] == [None] * 4
    assert hall.counts(ONE)[1] == 2
    assert hall.counts("90.02")[1] == 2
    assert hall.counts("90.01.01.1003") == (0, None, None)
    assert hall.roster("90.01.01.1003", "001") == "effective"
    assert [hall.counts(c)[1] for c in ("id", *ALL)] == [9, 9, 7, 5, 2]


def test_a_new_kabko_is_unknown_until_all_below_it_is_named() -> None:
    hall = Hall()
    assert hall.roster("90", "90.01", "90.02", "90.03") == "effective"
    assert hall.counts("90")[1] is None
    assert hall.roster("90.03", "90.03.01") == "effective"
    assert (hall.counts("90.03")[1], hall.counts("90")[1]) == (None, None)
    assert hall.roster("90", "90.01", "90.02") == "effective", "taken back"
    assert hall.counts("90") == (0, 8, 8)
    assert hall.counts("90.03")[1] is None


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"revision": 3}, "void previous"),
        ({"revision": 1}, "void unknown"),
        ({"previous": builders.hex_id("other")}, "void previous"),
        ({}, "effective"),
    ],
)
def test_a_roster_continues_the_one_in_force(fields: dict[str, Any], wanted: str) -> None:
    assert Hall().roster(ONE, "001", **fields) == wanted


def test_a_region_that_nobody_named_has_no_roster() -> None:
    hall = Hall()
    assert hall.roster("90.01.01.1009", "001") == "void region"
    assert hall.roster("90.01.09", "90.01.09.1001") == "void region"
    assert hall.roster(KECAMATAN, ONE, TWO, "90.01.01.1009") == "effective"
    assert hall.roster("90.01.01.1009", "001") == "effective"


def test_a_revision_never_removes() -> None:
    hall = Hall()
    assert hall.form(ONE, "001") == "head"
    assert hall.form(ONE, "002") == "head"
    before = hall.state.totals.get(totals.key(E, G, "90"))["figures"]
    assert hall.roster(ONE, "001") == "effective"
    assert "tps" not in hall.last, "a roster is of no single TPS"
    assert hall.counts(ONE) == (2, 1, 0)
    assert hall.counts("90") == (2, 7, 6)
    assert hall.state.totals.get(totals.key(E, G, "90"))["figures"] == before
    assert hall.rules("c_hasil", f"{ONE}/002") == {"X7"}
    assert hall.rules("c_hasil", f"{ONE}/001") == set()
    assert hall.state.regions.get(f"{E}/{ONE}")["gone"] == ["002"]
    assert rosters.knows(hall.state, E, ONE, "002")
    assert not rosters.is_listed(hall.state, E, ONE, "002")


def test_what_is_left_out_stays_left_out_until_it_is_named_again() -> None:
    hall = Hall()
    assert hall.form(ONE, "002") == "head"
    assert hall.roster(ONE, "001") == "effective"
    assert hall.roster(ONE, "001", "003") == "effective"
    assert hall.rules("c_hasil", f"{ONE}/002") == {"X7"}
    assert hall.counts(ONE) == (1, 2, 2)
    assert hall.roster(ONE, "001", "002", "003") == "effective"
    assert hall.rules("c_hasil", f"{ONE}/002") == set()
    assert hall.counts(ONE) == (1, 3, 2)
    assert hall.counts("90") == (1, 9, 8)


def test_a_form_from_nowhere_does_not_stand_in_for_a_missing_one() -> None:
    hall = Hall()
    assert hall.form(ONE, "002") == "head"
    assert hall.roster(ONE, "001") == "effective"
    assert hall.counts(ONE) == (1, 1, 1)
    sheet = builders.form("d_hasil_kelurahan", region=ONE, columns={"001": builders.STATION})
    assert hall.try_(sheet, *names("ppk-90.01.01")) == "head"
    assert hall.rules("d_hasil_kelurahan", ONE) == set()
    assert hall.form(ONE, "001") == "head"
    assert hall.counts(ONE) == (2, 1, 0)
    assert hall.rules("d_hasil_kelurahan", ONE) == {"D1"}, "the form left out is in the sum"


def test_a_form_of_a_station_that_no_roster_lists_is_in_no_sum_until_one_does() -> None:
    hall = Hall()
    assert hall.roster(ONE, "001") == "effective"
    assert hall.form(ONE, "002") == "head"
    assert hall.rules("c_hasil", f"{ONE}/002") == {"X7"}
    assert hall.counts(ONE) == (0, 1, 1)
    assert hall.counts("90") == (0, 7, 7)
    two = builders.form(
        region=ONE, tps="002", revision=2, previous=hall.last["id"], pair_1=119, pair_2=96
    )
    assert hall.try_(two, *names(f"kpps-{ONE}-002")) == "head"
    assert hall.counts(ONE) == (0, 1, 1), "nor is its revision"
    assert hall.roster(ONE, "001", "002") == "effective"
    assert hall.counts(ONE) == (1, 2, 1)
    assert hall.figure("90", "pair_1") == [119, 1]
    assert hall.rules("c_hasil", f"{ONE}/002") == set()
    assert hall.roster(ONE, "001") == "effective"
    assert hall.counts(ONE) == (1, 1, 1), "what was listed stays"
    assert hall.figure("90", "pair_1") == [119, 1]


def test_dropping_a_counted_station_keeps_its_votes_in_the_sum() -> None:
    """Two keys of a KPU could take the votes of a TPS out of the total after the vote."""
    hall = Hall()
    for tps in ("001", "002"):
        assert hall.form(ONE, tps) == "head"
    votes = hall.figure("90", "pair_1")
    assert hall.roster(ONE, "001") == "effective"
    assert hall.figure("90", "pair_1") == votes
    fixed = {"revision": 2, "previous": hall.slot(ONE, "002")["head"], "pair_1": 119, "pair_2": 96}
    assert hall.form(ONE, "002", **fixed) == "head"
    assert hall.figure("90", "pair_1") == [votes[0] - 1, 2], "a revision is in the sum as well"
    record = hall.state.totals.get(totals.key(E, G, "90"))
    assert (totals.used(record)[0], totals.unexpected(record)) == (2, 1)


def test_stations_invented_in_a_kelurahan_without_a_roster_are_none() -> None:
    """Two PPK keys made TPS 901 and 902 before the roster came: 4 of 2 TPS, 200 percent."""
    hall = Hall()
    fresh = "90.01.01.1003"
    assert hall.roster(KECAMATAN, ONE, TWO, fresh) == "effective"
    for tps in ("901", "902"):
        persons = grant("kpps", fresh, names(f"x{tps}"), tps=tps)
        assert hall.try_(persons, *names("ppk-90.01.01", 2)) == "void tps"
        watcher = grant("ptps", fresh, [f"y{tps}"], tps=tps)
        assert hall.try_(watcher, *names("pengawas", 2)) == "void tps"
        assert hall.form(fresh, tps) in ("void unknown-key", "void tps")
        answer = builders.answer(region=fresh, tps=tps, explains=[{"rule": "R6", "text": "Ya."}])
        assert hall.try_(answer, *names("ppk-90.01.01", 2)) == "void tps"
    assert hall.roster(fresh, "001", "002") == "effective"
    assert hall.counts(fresh) == (0, 2, 2)
    assert hall.state.regions.get(f"{E}/{fresh}")["gone"] == []


@pytest.mark.parametrize("change", [{}, {"tps": []}, {"tps": None}, {"children": []}])
def test_a_roster_without_stations_makes_no_kelurahan_whole(change: dict[str, Any]) -> None:
    """None of 0 TPS would be all of them."""
    hall, fresh = Hall(), "90.01.01.1003"
    assert hall.roster(KECAMATAN, ONE, TWO, fresh) == "effective"
    payload = builders.roster(fresh)
    del payload["tps"]
    assert hall.try_({**payload, **change}, *KABKO) == "void unknown"
    assert hall.counts(fresh) == (0, None, None)
    assert hall.try_(grant("kpps", fresh, names("x"), tps="901"), *names("ppk-90.01.01", 2)) == (
        "void tps"
    )


@pytest.mark.parametrize("tps", ["003", "999", "000", "1", "0001", "00A"])
def test_a_station_above_those_that_are_listed_has_no_officers(tps: str) -> None:
    hall = Hall()
    why = "void tps" if tps in {"003", "999"} else "void unknown"
    persons = grant("kpps", ONE, names("x"), tps=tps)
    assert hall.try_(persons, *names("ppk-90.01.01", 2)) == why
    assert hall.try_(builders.form(region=ONE, tps=tps), *names("x")) in (why, "void unknown-key")
    assert hall.counts(ONE) == (0, 2, 2)


def test_a_kelurahan_that_its_kecamatan_does_not_list_has_no_roster() -> None:
    hall, stray = Hall(), "90.01.01.1009"
    assert hall.roster(stray, "001", "002") == "void region"
    assert (
        hall.try_(grant("kpps", stray, names("x"), tps="001"), *names("ppk-90.01.01", 2))
        == "void region"
    )
    assert hall.counts(KECAMATAN) == (0, 4, 4)


def test_a_kelurahan_left_out_keeps_its_forms_in_the_sum() -> None:
    hall = Hall()
    for tps in ("001", "002"):
        assert hall.form(TWO, tps) == "head"
    sheet = builders.form("d_hasil_kelurahan", region=TWO)
    assert hall.try_(sheet, *names("ppk-90.01.01")) == "head"
    assert hall.roster(KECAMATAN, ONE) == "effective"
    assert hall.counts(TWO) == (2, 2, 0), "in itself it is whole"
    assert hall.counts(KECAMATAN) == (2, 2, 2)
    assert hall.counts("90") == (2, 6, 6)
    assert hall.rules("c_hasil", f"{TWO}/001") == {"X7"}
    assert hall.rules("d_hasil_kelurahan", TWO) == {"X7"}
    assert hall.form(ONE, "001") == "head"
    assert hall.counts(KECAMATAN) == (3, 2, 1)
    assert hall.roster(KECAMATAN, ONE, TWO) == "effective"
    assert hall.counts(KECAMATAN) == (3, 4, 1)
    assert hall.rules("c_hasil", f"{TWO}/001") == set()
    assert hall.rules("d_hasil_kelurahan", TWO) == set()


def test_a_form_of_a_kelurahan_that_was_left_out_before() -> None:
    hall = Hall()
    assert hall.roster(KECAMATAN, ONE) == "effective"
    assert hall.form(TWO, "001") == "head"
    assert hall.rules("c_hasil", f"{TWO}/001") == {"X7"}
    assert hall.counts(TWO) == (1, 2, 1)
    assert hall.counts(KECAMATAN) == (1, 2, 2)
    assert hall.counts("90") == (1, 6, 6)
    assert hall.roster(KECAMATAN, ONE, TWO) == "effective"
    assert hall.counts(KECAMATAN) == (1, 4, 3)
    assert hall.rules("c_hasil", f"{TWO}/001") == set()


def test_a_station_left_out_of_a_kelurahan_left_out() -> None:
    """The orders in which both leave and come back end alike: a form after its TPS left waits."""
    for steps in (
        ("tps", "form", "kelurahan"), ("kelurahan", "form", "tps"), ("form", "tps", "kelurahan"),
        ("form", "kelurahan", "tps"), ("tps", "kelurahan", "form"), ("kelurahan", "tps", "form"),
    ):  # fmt: skip
        hall = Hall()
        for step in steps:
            wanted = "head" if step == "form" else "effective"
            done = {
                "form": lambda h=hall: h.form(TWO, "002"),
                "tps": lambda h=hall: h.roster(TWO, "001"),
                "kelurahan": lambda h=hall: h.roster(KECAMATAN, ONE),
            }[step]()
            assert done == wanted
        summed = int(steps.index("form") < steps.index("tps"))
        assert hall.counts(TWO) == (summed, 1, 1), steps
        assert hall.counts(KECAMATAN) == (summed, 2, 2), steps
        assert hall.counts("90") == (summed, 6, 6), steps
        assert hall.rules("c_hasil", f"{TWO}/002") == {"X7"}, steps
        assert hall.roster(KECAMATAN, ONE, TWO) == "effective"
        assert hall.counts(KECAMATAN) == (summed, 3, 3), steps
        assert hall.rules("c_hasil", f"{TWO}/002") == {"X7"}, steps
        assert hall.roster(TWO, "001", "002") == "effective"
        assert hall.counts(KECAMATAN) == (1, 4, 3), steps
        assert hall.rules("c_hasil", f"{TWO}/002") == set(), steps


def test_a_kecamatan_left_out_marks_everything_below() -> None:
    hall = Hall()
    assert hall.form(TWO, "001") == "head"
    assert hall.roster("90.01", "90.01.02") == "effective"
    assert hall.rules("c_hasil", f"{TWO}/001") == {"X7"}
    assert hall.form(ONE, "001") == "head"
    assert hall.rules("c_hasil", f"{ONE}/001") == {"X7"}
    assert hall.counts(KECAMATAN) == (2, 4, 2)
    assert hall.counts("90.01") == (2, 2, 2)
    assert hall.roster("90.01", KECAMATAN, "90.01.02") == "effective"
    assert hall.rules("c_hasil", f"{ONE}/001") == hall.rules("c_hasil", f"{TWO}/001") == set()
    assert hall.counts("90.01") == (2, 6, 4)


def test_the_contests_own_region_is_not_asked_whether_it_is_listed() -> None:
    hall = Hall()
    province = builders.form("d_hasil_prov")
    assert hall.form(ONE, "001") == "head"
    assert hall.roster("id", "91") == "effective"
    assert hall.try_(province, *names("kpu-prov-90")) == "head"
    assert "X7" not in hall.rules("d_hasil_prov", "90") | hall.rules("c_hasil", f"{ONE}/001")
    assert hall.counts("90") == (1, 8, 7)


def test_a_running_figure_of_a_kelurahan_left_out_completes_nothing() -> None:
    hall = Hall("replay")
    running = builders.form("summary", region=TWO, stations_in=2)
    assert hall.try_(running, *ROOT) == "head"
    assert hall.counts(TWO) == (2, 2, 0)
    assert hall.counts(KECAMATAN) == (2, 4, 2)
    assert hall.roster(KECAMATAN, ONE) == "effective"
    assert hall.counts(KECAMATAN) == (2, 2, 2)
    assert hall.form(TWO, "001") == "head", "one form below, still the running figure"
    assert hall.counts(KECAMATAN) == (2, 2, 2)
    assert hall.form(TWO, "002") == "head", "the forms take over"
    assert hall.counts(KECAMATAN) == (2, 2, 2)
    assert hall.form(ONE, "001") == "head"
    assert hall.counts(KECAMATAN) == (3, 2, 1)
    assert hall.roster(KECAMATAN, ONE, TWO) == "effective"
    assert hall.counts(KECAMATAN) == (3, 4, 1)


def test_a_running_figure_is_not_shortened_by_a_form_left_out() -> None:
    hall = Hall("replay")
    assert hall.form(ONE, "002") == "head"
    assert hall.roster(ONE, "001") == "effective"
    running = builders.form("summary", region=KECAMATAN, stations_in=3)
    assert hall.try_(running, *ROOT) == "head"
    assert hall.counts(KECAMATAN) == (3, 3, 0)


SAME = {code: builders.child(code)["name"] for code in (ONE, TWO)}
SWAPPED = {ONE: SAME[TWO], TWO: SAME[ONE]}
LATE: dict[str, Callable[[Hall], str]] = {
    "a TPS more": lambda hall: hall.roster(ONE, "001", "002", "003"),
    "a TPS more where no form came": lambda hall: hall.roster(TWO, "001", "002", "003"),
    "a TPS that is missing": lambda hall: hall.roster(ONE, "001"),
    "a TPS for another": lambda hall: hall.roster(ONE, "001", "003"),
    "the names of two kelurahan": lambda hall: hall.named(KECAMATAN, SWAPPED),
    "a kelurahan less": lambda hall: hall.named(KECAMATAN, {ONE: SAME[ONE]}),
    "a kelurahan more": lambda hall: hall.roster(KECAMATAN, ONE, TWO, "90.01.01.1003"),
    "a kecamatan less": lambda hall: hall.roster("90.01", KECAMATAN),
    "a kabko more": lambda hall: hall.roster("90", "90.01", "90.02", "90.03"),
    "another provinsi": lambda hall: hall.roster("id", "91"),
}
"""Rosters after the first form of the contest, which was of TPS 001 of ONE."""
ON_TIME: dict[str, Callable[[Hall], str]] = {
    "the same": lambda hall: hall.roster(ONE, "001", "002"),
    "other voters": lambda hall: hall.roster(ONE, "001", "002", registered=311),
    "the same names": lambda hall: hall.named(KECAMATAN, SAME),
    "a provinsi without a contest": lambda hall: hall.roster("id", "90", "91"),
}


def _is_late(hall: Hall) -> bool:
    return "L4" in hall.state.ids.get(hall.last["id"]).get("marks", [])


@pytest.mark.parametrize("change", LATE.values(), ids=LATE)
def test_a_roster_that_adds_renames_or_drops_after_the_first_form_is_late(
    change: Callable[[Hall], str],
) -> None:
    """A TPS that a roster added on the night stood among the others without a mark."""
    hall = Hall()
    assert change(hall) == "effective"
    assert not _is_late(hall), "nothing came yet"
    hall = Hall()
    assert hall.form(ONE, "001") == "head"
    assert change(hall) == "effective"
    assert _is_late(hall)


@pytest.mark.parametrize("change", ON_TIME.values(), ids=ON_TIME)
def test_a_roster_that_says_the_same_after_the_first_form_is_not_late(
    change: Callable[[Hall], str],
) -> None:
    hall = Hall()
    assert hall.form(ONE, "001") == "head"
    assert change(hall) == "effective"
    assert not _is_late(hall)


def test_a_roster_that_continues_a_late_one_is_late() -> None:
    """A TPS that was added, and the same list once more: the page had lost the mark."""
    hall = Hall()
    assert hall.roster(ONE, "001", "002", "003") == "effective"
    assert hall.form(ONE, "001") == "head"
    assert hall.roster(ONE, "001", "002", "003", registered=311) == "effective"
    assert not _is_late(hall)
    assert hall.roster(ONE, "001", "002", "003", "004") == "effective"
    for _ in range(2):
        assert _is_late(hall)
        assert hall.roster(ONE, "001", "002", "003", "004") == "effective"
    assert hall.roster(ONE, "001", "002", "003") == "effective", "as it was"
    assert _is_late(hall)
    assert hall.roster(TWO, "001", "002") == "effective"
    assert not _is_late(hall), "another list"


def test_a_first_roster_that_names_stations_after_the_first_form_is_late() -> None:
    hall = Hall()
    third = "90.01.01.1003"
    assert hall.roster(KECAMATAN, ONE, TWO, third) == "effective"
    assert hall.form(ONE, "001") == "head"
    assert hall.roster(third, "001") == "effective"
    assert _is_late(hall)


def test_a_late_roster_concerns_the_contest_that_has_a_form() -> None:
    """Two mayors are elected; a form of the one makes no roster of the other late."""
    contests = [
        builders.contest(id=f"wali-{code}", office="mayor", region=code)
        for code in ("90.01", "90.02")
    ]
    realm = Realm(contests=contests, other=False)
    hall = Fork(realm)

    def marks(region: str, *tps: str) -> list[str]:
        place = hall.state.regions.get(f"{E}/{region}")
        payload = builders.roster(
            region, tps=[builders.station(one) for one in tps],
            revision=place["revision"] + 1, previous=place["roster"],
        )  # fmt: skip
        assert hall.try_(payload, *names(f"kpu-kabko-{region[:5]}", 2)) == "effective"
        return list(hall.state.ids.get(hall.last["id"]).get("marks", []))

    form = builders.form(contest="wali-90.01", region=ONE, tps="001")
    assert hall.try_(form, *names(f"kpps-{ONE}-001")) == "head"
    assert marks("90.02.01.1001", "001", "002", "003") == []
    assert marks("90.01.02.1001", "001", "002", "003") == ["L4"]
    other = builders.form(contest="wali-90.02", region="90.02.01.1001", tps="001")
    assert hall.try_(other, *names("kpps-90.02.01.1001-001")) == "head"
    assert marks("90.02.01.1001", "001", "002", "003") == [], "it was there before"
    assert marks("90.02.01.1001", "001", "002", "003", "004") == ["L4"]


def test_a_form_that_counts_nowhere_yet_makes_no_roster_late() -> None:
    hall = Hall()
    waiting = builders.form(region=ONE, tps="001")
    assert hall.try_(waiting, *names(f"kpps-{ONE}-001", 1)) == "waiting"
    assert hall.roster(ONE, "001", "002", "003") == "effective"
    assert not _is_late(hall)


def _done(hall: Fork, payload: dict[str, Any], *roles: str) -> None:
    """Add a statement that must take effect."""
    assert hall.try_(payload, *roles) == "effective"


def _direct() -> Fork:
    """A mayor's election whose kabko the country names itself, with one form."""
    contest = builders.contest(id="bupati-90.01", office="regent", region="90.01")
    realm = Realm(contests=[contest], other=False)
    hall = Fork(realm)
    roots = {"kpu": builders.keyset(key("d-1"), k=1)}
    fresh = builders.election(election="langsung", contests=[contest], roots=roots)
    _done(hall, fresh, "d-1", *names("operator", 2))
    two = ["k-1", "k-2"]

    def named(region: str, child: str, *roles: str) -> None:
        kids = [builders.child(child)]
        _done(hall, builders.roster(region, election="langsung", children=kids), *roles)

    named("id", "90.01", "d-1")
    named("90.01", KECAMATAN, "d-1")
    _done(hall, grant("kpu_kabko", "90.01", two, election="langsung"), "d-1")
    named(KECAMATAN, ONE, *two)
    _done(hall, builders.roster(ONE, election="langsung"), *two)
    _done(hall, grant("ppk", KECAMATAN, ["q-1", "q-2", "q-3"], election="langsung"), *two)
    sheet = builders.form(
        "d_hasil_kelurahan", region=ONE, election="langsung", contest="bupati-90.01"
    )
    assert hall.try_(sheet, "q-1", "q-2", "q-3") == "head"
    return hall


def _renamed(hall: Fork, region: str, name: str, **fields: Any) -> list[str]:
    """Marks of a roster by which a region calls the kabko something else."""
    kids = [{**builders.child("90.01"), "name": name}]
    _done(hall, builders.roster(region, election="langsung", children=kids, **fields), "d-1")
    return list(hall.state.ids.get(hall.last["id"]).get("marks", []))


def test_the_country_that_renames_a_kabko_which_it_names_itself_is_late() -> None:
    """Between them lies a province that nobody named, and the mark was lost there."""
    hall = _direct()
    before = hall.state.regions.get("langsung/id")["roster"]
    assert _renamed(hall, "id", "Lain", revision=2, previous=before) == ["L4"]


def test_the_country_that_adds_a_kabko_or_drops_one_which_it_names_itself_is_late() -> None:
    before = _direct().state.regions.get("langsung/id")["roster"]
    for codes, late in ((["90.01"], []), (["90.01", "90.02"], []), (["90.02"], ["L4"])):
        hall = _direct()
        kids = [builders.child(code) for code in codes]
        fields = {"election": "langsung", "revision": 2, "previous": before}
        _done(hall, builders.roster("id", children=kids, **fields), "d-1")
        assert list(hall.state.ids.get(hall.last["id"]).get("marks", [])) == late, codes


def test_a_form_that_no_roster_counts_makes_a_roster_late_too() -> None:
    hall = Hall()
    sheet = builders.form("d_hasil_kelurahan", region=ONE)
    assert hall.try_(sheet, *names("ppk-90.01.01")) == "head"
    assert hall.roster(ONE, "001") == "effective"
    assert hall.state.ids.get(hall.last["id"])["marks"] == ["L4"]


def test_the_country_may_name_a_kabko_whose_province_has_no_page() -> None:
    contest = builders.contest(id="bupati-90.01", office="regent", region="90.01")
    realm = Realm(contests=[contest], other=False)
    hall = Fork(realm)
    fresh = builders.election(election="kabko-saja", contests=[contest], roots=_roots())
    kpu = names("kabko-kpu", 2)
    assert hall.try_(fresh, *kpu, *names("operator", 2)) == "effective"
    for region, children in (("id", ["90.01"]), ("90.01", [KECAMATAN]), (KECAMATAN, [ONE])):
        kids = [builders.child(code) for code in children]
        payload = builders.roster(region, election="kabko-saja", children=kids)
        roles = kpu
        if region == KECAMATAN:
            officers = grant("kpu_kabko", "90.01", ["k-1", "k-2"], election="kabko-saja")
            assert hall.try_(officers, *kpu) == "effective"
            roles = ["k-1", "k-2"]
        assert hall.try_(payload, *roles) == "effective", region
    stations = builders.roster(ONE, election="kabko-saja")
    assert hall.try_(stations, "k-1", "k-2") == "effective"
    expected = {c: rosters.expected(hall.state.regions.get(f"kabko-saja/{c}"))
                for c in ("id", "90.01", KECAMATAN, ONE)}  # fmt: skip
    assert expected == {"id": 2, "90.01": 2, KECAMATAN: 2, ONE: 2}


def _roots() -> dict[str, Any]:
    return {"kpu": builders.keyset(*(key(f"kabko-kpu-{n}") for n in (1, 2, 3)), k=2)}


def test_forms_of_a_kabko_that_the_country_alone_names_fill_no_missing_station() -> None:
    """Two forms from 90.01 stood for the two TPS of 90.02 that lacked theirs: nothing was missing.

    Pages below it changed at rosters of 90, which touched them not: a true site was refuted.
    """
    world = World()
    world.open()
    kpu = {"kpu": builders.keyset(key("root/kpu/1"))}
    world.add(builders.election(roots=kpu), "root/kpu/1", "operator/1")

    def named(region: str, code: str, **fields: Any) -> str:
        kids = [builders.child(code)]
        return world.add(builders.roster(region, children=kids, **fields), "root/kpu/1")

    named("id", "90.01")
    assert world.last.get("why") == "region", "its province has a contest"
    first = named("id", "90")
    assert world.last["status"] == "effective"
    named("90", "90.02")
    named("id", "90.01", revision=2, previous=first)
    assert world.last.get("why") == "region"
    assert world.state.regions.get(f"{E}/90.01") is None


def test_a_kabko_has_one_region_above_it_for_ever() -> None:
    """Two rosters could say that it is out, and programs disagreed which of them does."""
    hall = Hall()
    assert hall.roster("id", "90.01") == "void region", "that of 90 names it"
    assert hall.roster("id", "90", "91") == "effective"
    assert hall.roster("id", "90") == "effective"
    assert hall.roster("id", "90", "91.01") == "void region", "91 was named, and would name it"
    assert hall.roster("id", "90", "92.01") == "effective"
    assert hall.roster("id", "90") == "effective"
    assert hall.roster("id", "90", "92") == "void region", "one of its kabko was named"
    assert hall.roster("id", "90", "92.01", "92.02") == "effective"


def test_the_country_takes_up_again_a_kabko_that_it_left_out() -> None:
    hall = Hall()
    for children, listed in ((("90", "91.01"), True), (("90",), False), (("90", "91.01"), True)):
        assert hall.roster("id", *children) == "effective"
        assert hall.state.regions.get(f"{E}/91.01")["listed"] is listed


def test_a_name_may_change() -> None:
    hall = Hall()
    kids = [{**builders.child(code), "name": f"Baru {code[-4:]}"} for code in (ONE, TWO)]
    before = hall.state.regions.get(f"{E}/{KECAMATAN}")
    payload = builders.roster(KECAMATAN, revision=2, previous=before["roster"], children=kids)
    assert hall.try_(payload, *KABKO) == "effective"
    assert hall.state.regions.get(f"{E}/{ONE}")["name"] == "Baru 1001"
    assert hall.counts(KECAMATAN)[1] == 4


def test_findings_that_need_the_roster_are_asked_again() -> None:
    hall = Hall()
    for tps in ("001", "002"):
        assert hall.form(ONE, tps) == "head"
    sheet = builders.form("d_hasil_kelurahan", region=ONE, columns={"001": builders.STATION})
    assert hall.try_(sheet, *names("ppk-90.01.01")) == "head"
    assert hall.rules("d_hasil_kelurahan", ONE) == {"X5", "D1"}
    assert hall.roster(ONE, "001", "002", "003") == "effective"
    assert hall.rules("d_hasil_kelurahan", ONE) == {"X5"}, "one is missing now"
    assert hall.roster(ONE, "001") == "effective"
    assert hall.rules("d_hasil_kelurahan", ONE) == {"D1"}


def test_columns_of_a_kecamatan_are_its_listed_kelurahan() -> None:
    hall = Hall()
    form = builders.form("d_hasil_kecamatan", region=KECAMATAN)
    assert hall.try_(form, *names("ppk-90.01.01")) == "head"
    assert hall.rules("d_hasil_kecamatan", KECAMATAN) == set()
    assert hall.roster(KECAMATAN, ONE) == "effective"
    assert hall.rules("d_hasil_kecamatan", KECAMATAN) == {"X5"}
    assert hall.roster(KECAMATAN, ONE, TWO) == "effective"
    assert hall.rules("d_hasil_kecamatan", KECAMATAN) == set()


def test_the_form_of_a_kelurahan_left_out_does_not_stand_in_for_a_missing_sheet() -> None:
    """X2 compares only when every listed place has its certified form."""
    hall = Hall()
    ppk = names("ppk-90.01.01")
    assert hall.roster(KECAMATAN, ONE, TWO, "90.01.01.1003") == "effective"
    for region in (ONE, TWO):
        assert hall.try_(builders.form("d_hasil_kelurahan", region=region), *ppk) == "head"
    assert hall.roster(KECAMATAN, TWO, "90.01.01.1003") == "effective"
    columns = dict.fromkeys((TWO, "90.01.01.1003"), builders.STATION)
    form = builders.form("d_hasil_kecamatan", region=KECAMATAN, columns=columns)
    assert hall.try_(form, *ppk) == "head"
    assert "X2" not in hall.rules("d_hasil_kecamatan", KECAMATAN), "one sheet is missing"
    assert hall.roster(KECAMATAN, TWO) == "effective"
    assert "X2" in hall.rules("d_hasil_kecamatan", KECAMATAN), "all are there, one too many"
    assert hall.roster(KECAMATAN, ONE, TWO) == "effective"
    assert "X2" in hall.rules("d_hasil_kecamatan", KECAMATAN), "four columns against two"


def test_a_station_left_out_is_left_out_of_every_contest() -> None:
    second = "bupati-90.01"
    contests = [builders.contest(), builders.contest(id=second, office="regent", region="90.01")]
    fork = Realm(other=False, contests=contests).fork()
    for contest in (G, second):
        form = builders.form(region=ONE, tps="002", contest=contest)
        assert fork.try_(form, *names(f"kpps-{ONE}-002")) == "head"
    before = fork.state.regions.get(f"{E}/{ONE}")["roster"]
    stations = [builders.station("001")]
    roster = builders.roster(ONE, revision=2, previous=before, tps=stations)
    assert fork.try_(roster, *KABKO) == "effective"
    for contest in (G, second):
        assert fork.state.totals.get(totals.key(E, contest, "90.01"))["unlisted"] == 1
        slot = f"{E}/{contest}/c_hasil/{ONE}/002"
        assert [found["rule"] for found in findings.of_slot(fork.state, slot)] == ["X7"]


def test_what_a_kelurahan_outside_every_contest_left_out_stays_left_out() -> None:
    region = "90.02.01.1001"
    contest = builders.contest(id="bupati-90.01", office="regent", region="90.01")
    fork = Realm(other=False, contests=[contest]).fork()
    for revision, tps, gone in ((2, "001", ["002"]), (3, "003", ["001", "002"])):
        before = fork.state.regions.get(f"{E}/{region}")["roster"]
        roster = builders.roster(
            region, revision=revision, previous=before, tps=[builders.station(tps)]
        )
        assert fork.try_(roster, *names("kpu-kabko-90.02", 2)) == "effective"
        assert fork.state.regions.get(f"{E}/{region}")["gone"] == gone


def test_as_many_columns_of_other_stations_are_not_those_of_the_roster() -> None:
    hall = Hall()
    sheet = builders.form("d_hasil_kelurahan", region=ONE)
    assert hall.try_(sheet, *names(f"ppk-{KECAMATAN}")) == "head"
    assert "X5" not in hall.rules("d_hasil_kelurahan", ONE)
    assert hall.roster(ONE, "001", "003") == "effective"
    assert "X5" in hall.rules("d_hasil_kelurahan", ONE)


def test_a_figure_of_zero_is_a_figure() -> None:
    hall = Hall()
    for tps, invalid in (("001", 0), ("002", 3)):
        assert hall.form(ONE, tps, invalid=invalid) == "head"
        value = hall.state.totals.get(totals.key(E, G, "90"))["figures"]["invalid"]
        assert value == ([0, 1] if tps == "001" else [3, 2])
