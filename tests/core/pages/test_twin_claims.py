"""What twins say: nothing is called equal, led or elected before it is, and nobody is named."""

from __future__ import annotations

import csv
import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import key, keyid, payload_of, signer
from tests.core.statements import builders
from tests.core.statements.builders import ABSENT

from rekap.core.ledger import totals
from rekap.core.ledger.kinds import requirements
from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.core.pages.twins import listings
from rekap.core.statements import model

E, G = builders.ELECTION, builders.CONTEST
ONE, TWO = "90.01.01.1001", "90.01.01.1002"
KECAMATAN = "90.01.01"
PPK, PROV = names("ppk-90.01.01"), names("kpu-prov-90")
KABKO = names("kpu-kabko-90.01", 2)
MARGIN = {"per_mille": 5, "source": "UU 10/2016 pasal 158"}


@lru_cache(maxsize=8)
def _realm(mode: str, win: str = "majority", empty: bool = False, c: bool = True) -> Realm:
    pairs = [builders.pair(1), builders.empty_column(2) if empty else builders.pair(2)]
    extra: dict[str, Any] = {} if c else {"source_forms": ["d_hasil_prov", "summary"]}
    contest = builders.contest(win=win, pairs=pairs, margin=MARGIN, **extra)
    roots = {"kpu": builders.keyset(*(key(f"kpu-{n}") for n in (1, 2, 3)), k=1),
             "bawaslu": builders.keyset(*(key(f"bawaslu-{n}") for n in (1, 2, 3)), k=1),
             "pairs": [{"number": 1, **builders.keyset(key("pair1-1"), k=1)}]}  # fmt: skip
    policy = {"c_hasil": 1, "roster": 1, "answer": 1}
    return Realm(mode=mode, contests=[contest], other=False, roots=roots, policy=policy)


class Desk(Fork):
    """A fork whose twins are read."""

    def __init__(self, mode: str = "rehearsal", **contest: Any) -> None:
        realm = _realm(mode, **contest)
        super().__init__(realm)

    def twin(self, address: str) -> dict[str, Any]:
        """The first twin at an address below the contest."""
        site = self.site()
        found: dict[str, Any] = json.loads(site.twins(f"{E}/{G}/{address}")[0])
        return found

    def ok(self, payload: dict[str, Any], *roles: str) -> str:
        outcome = self.try_(payload, *roles)
        assert not outcome.startswith(("void", "waiting")), outcome
        return str(self.last["id"])

    def stations(self, *places: tuple[str, str], **figures: Any) -> None:
        for region, tps in places:
            form = builders.form(region=region, tps=tps, **figures)
            self.ok(form, f"kpps-{region}-{tps}-1")


ALL_ONE = ((ONE, "001"), (ONE, "002"))
WITHOUT = dict.fromkeys((f for f in builders.STATION if not f.startswith("pair_")), ABSENT)
PAGE = "01/01/1001/"


# ------------------------------------------------------------------ certified against the sum


def test_equal_means_every_station_and_every_figure() -> None:
    desk = Desk()
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    assert desk.twin(PAGE)["comparison"] == {"state": "no-sum", "difference": {}}
    desk.stations(ALL_ONE[0])
    assert desk.twin(PAGE)["comparison"]["state"] == "incomplete"
    desk.stations(ALL_ONE[1])
    compared = desk.twin(PAGE)["comparison"]
    assert compared == {"state": "same", "difference": dict.fromkeys(sorted(builders.STATION), 0)}


def test_a_difference_is_one_however_small() -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    columns = {"001": {**builders.STATION, "invalid": 11}, "002": builders.STATION}
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE, columns=columns), *PPK)
    compared = desk.twin(PAGE)["comparison"]
    assert compared["state"] == "different"
    assert {f: n for f, n in compared["difference"].items() if n} == {"invalid": 1}


def test_nothing_is_equal_while_a_station_is_missing_or_unknown() -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    roster = desk.state.regions.get(f"{E}/{ONE}")["roster"]
    tps = [builders.station(t, 310) for t in ("001", "002", "003")]
    desk.ok(builders.roster(ONE, revision=2, previous=roster, tps=tps), KABKO[0])
    assert desk.twin(PAGE)["comparison"]["state"] == "incomplete"
    above = desk.state.regions.get(f"{E}/{KECAMATAN}")["roster"]
    kids = [builders.child(c) for c in (ONE, TWO, "90.01.01.1003")]
    desk.ok(builders.roster(KECAMATAN, revision=2, previous=above, children=kids), KABKO[0])
    desk.ok(builders.form("d_hasil_kecamatan", region=KECAMATAN), *PPK)
    assert desk.twin("01/01/")["comparison"]["state"] == "unknown-expected"


def test_a_form_left_out_never_completes() -> None:
    desk = Desk()
    desk.stations(ALL_ONE[1])
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE, columns={"001": builders.STATION}), *PPK)
    roster = desk.state.regions.get(f"{E}/{ONE}")["roster"]
    tps = [builders.station("001", 310)]
    desk.ok(builders.roster(ONE, revision=2, previous=roster, tps=tps), KABKO[0])
    twin = desk.twin(PAGE)
    assert twin["comparison"]["state"] == "incomplete"
    assert twin["stations"] == {
        "expected": 1, "received": 1, "counted": 0, "off": 1, "missing": 1,
    }  # fmt: skip


def test_figures_that_are_absent_are_not_equal() -> None:
    desk = Desk("replay")
    desk.stations(*ALL_ONE, pair_2=ABSENT)
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    compared = desk.twin(PAGE)["comparison"]
    assert compared["state"] == "partial"
    assert "pair_2" not in compared["difference"]


def test_a_figure_that_one_station_lacks_is_not_equal() -> None:
    desk = Desk("replay")
    desk.stations(ALL_ONE[0])
    desk.stations(ALL_ONE[1], voted=ABSENT)
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    compared = desk.twin(PAGE)["comparison"]
    assert compared["state"] == "partial"
    assert "voted" not in compared["difference"]


def test_nothing_in_common_is_not_equal() -> None:
    desk = Desk("replay")
    desk.stations(*ALL_ONE, pair_1=ABSENT, pair_2=ABSENT, valid=ABSENT)
    only = {name: ABSENT for name in builders.STATION if name != "valid"}
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE, children=ABSENT, rows=ABSENT, **only),
            *PPK)  # fmt: skip
    assert desk.twin(PAGE)["comparison"] == {"state": "partial", "difference": {}}
    child = desk.twin("01/01/")["children"][0]
    assert child["comparison"]["state"] == "partial"


def test_votes_alone_can_be_equal_where_the_source_has_votes_alone() -> None:
    desk = Desk("replay")
    desk.ok(builders.form("summary", region=ONE, stations_in=2, pair_1=240, pair_2=190), "kpu-1")
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    compared = desk.twin(PAGE)["comparison"]
    assert compared == {"state": "same", "difference": {"pair_1": 0, "pair_2": 0}}


def test_a_column_with_an_unknown_cell_is_not_equal_to_the_form() -> None:
    desk = Desk("replay")
    desk.stations(*ALL_ONE)
    sheet = builders.form("d_hasil_kelurahan", region=ONE)
    sheet["rows"]["pair_1"][0] = None
    desk.ok(sheet, *PPK)
    states = [child["comparison"]["state"] for child in desk.twin(PAGE)["children"]]
    assert states == ["partial", "same"]
    assert desk.twin(f"{PAGE}001/")["column"]["difference"] is None
    assert desk.twin(f"{PAGE}002/")["column"]["difference"] == {}


def test_a_column_that_differs_says_where() -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    columns = {"001": {**builders.STATION, "pair_1": 118}, "002": builders.STATION}
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE, columns=columns), *PPK)
    states = [child["comparison"] for child in desk.twin(PAGE)["children"]]
    assert states[0] == {"state": "different", "difference": {"pair_1": -2}}
    assert states[1]["state"] == "same"
    assert desk.twin(f"{PAGE}001/")["column"]["difference"] == {"pair_1": -2}


# ------------------------------------------------------------------ who leads, who is elected


def _certify(desk: Desk, one: int, two: int, *, determined: bool = True) -> str:
    figures = {
        "pair_1": one,
        "pair_2": two,
        "valid": one + two,
        "invalid": 5,
        "total": one + two + 5,
    }
    statement = desk.ok(builders.form("d_hasil_prov", columns={"90.01": figures}), *PROV)
    if determined:
        desk.ok(builders.determination(certificate=statement), *PROV)
    return statement


def test_the_line_the_margin_and_the_elected_stand_on_the_certificate_of_the_contest() -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    for form, region, office in (
        ("d_hasil_kelurahan", ONE, PPK), ("d_hasil_kecamatan", KECAMATAN, PPK),
        ("d_hasil_kabko", "90.01", names("kpu-kabko-90.01")),
    ):  # fmt: skip
        desk.ok(builders.form(form, region=region), *office)
    for address in ("", "01/", "01/01/", PAGE):
        result = desk.twin(address)["result"]
        assert (result["line"], result["margin"], result["elected"]) == (None, None, None), address
    certificate = _certify(desk, 501, 500, determined=False)
    result = desk.twin("")["result"]
    assert result["line"] == {"needed": 501, "number": 1, "above": 0}
    assert result["margin"] == {"per_mille": 5, "limit": 5, "gap": 1, "numbers": [1, 2],
                                "source": MARGIN["source"]}  # fmt: skip
    assert result["elected"] is None, "not determined yet"
    desk.ok(builders.determination(certificate=certificate), *PROV)
    assert desk.twin("")["result"]["elected"] == {"number": 1}
    for address in ("01/", "01/01/", PAGE):
        result = desk.twin(address)["result"]
        assert (result["line"], result["margin"], result["elected"]) == (None, None, None), address


def test_a_contested_certificate_says_nothing_of_the_result() -> None:
    desk = Desk()
    _certify(desk, 600, 500)
    other = builders.form("d_hasil_prov", columns={"90.01": {**builders.STATION, "pair_1": 1}})
    assert desk.try_(other, *PROV) == "rival"
    result = desk.twin("")["result"]
    assert (result["line"], result["margin"], result["elected"]) == (None, None, None)


@pytest.mark.parametrize(
    ("win", "empty", "one", "two", "elected"),
    [
        ("majority", False, 501, 500, {"number": 1}),
        ("majority", False, 500, 501, {"number": 2}),
        ("majority", False, 500, 500, None),
        ("majority", True, 501, 500, {"number": 1}),
        ("majority", True, 500, 501, None),
        ("plurality", False, 3, 2, {"number": 1}),
        ("plurality", False, 0, 0, None),
        ("plurality", False, 7, 7, None),
    ],
)
def test_who_is_elected(
    win: str, empty: bool, one: int, two: int, elected: dict[str, int] | None
) -> None:
    desk = Desk(win=win, empty=empty)
    _certify(desk, one, two)
    assert desk.twin("")["result"]["elected"] == elected


def test_a_withdrawn_pair_is_not_elected() -> None:
    desk = Desk()
    _certify(desk, 600, 500)
    record = desk.state.meta.get(f"election/{E}")
    pairs = [builders.pair(1, notes=[builders.note()]), builders.pair(2)]
    contest = builders.contest(win="majority", pairs=pairs, margin=MARGIN)
    again = {**_realm("rehearsal").election, "revision": 2, "previous": record["statement"],
             "contests": [contest]}  # fmt: skip
    desk.ok(again, "kpu-1", *names("operator", 2))
    assert desk.twin("")["result"]["elected"] is None
    bulk = dict(desk.site().bulk())
    rows = bulk[f"{E}/data/pairs.csv"].decode().splitlines()
    assert [row.rpartition(",")[2] for row in rows[1:]] == ["withdrawn:2024-11-25", ""]


def test_nobody_leads_in_a_tie_or_without_votes() -> None:
    desk = Desk()
    _certify(desk, 500, 500)
    assert [pair["leads"] for pair in desk.twin("")["result"]["pairs"]] == [False, False]
    assert [pair["leads"] for pair in desk.twin("02/")["result"]["pairs"]] == [False, False]
    assert [pair["votes"] for pair in desk.twin("02/")["result"]["pairs"]] == [None, None]


# ------------------------------------------------------------------ what became of a TPS


def test_the_status_of_a_tps() -> None:
    desk = Desk()
    assert desk.twin(f"{PAGE}001/")["status"] == "missing"
    roots = builders.form(region=ONE, tps="001", revision=2, previous=builders.hex_id("lost"))
    desk.ok(roots, f"kpps-{ONE}-001-1")
    assert desk.twin(f"{PAGE}001/")["status"] == "missing", "an orphan counts nothing"
    desk.stations(ALL_ONE[0])
    assert desk.twin(f"{PAGE}001/")["status"] == "received"
    desk.stations(ALL_ONE[0], pair_1=99)
    assert desk.twin(f"{PAGE}001/")["status"] == "contested"
    desk.ok(builders.answer(region=ONE, tps="001", accept=desk.last["id"]), PPK[0])
    assert desk.twin(f"{PAGE}001/")["status"] == "received"
    assert desk.twin(f"{PAGE}001/")["head"]["figures"]["pair_1"] == 99


def test_a_form_that_waits_is_not_received() -> None:
    realm = Realm(other=False)
    desk = Desk()
    Fork.__init__(desk, realm)
    assert desk.try_(builders.form(region=ONE, tps="001"), f"kpps-{ONE}-001-1") == "waiting"
    twin = desk.twin(f"{PAGE}001/")
    assert (twin["status"], twin["head"], twin["checks"]) == ("waiting", None, [])
    assert [one["status"] for one in twin["statements"]] == ["waiting"]
    assert desk.twin(PAGE)["children"][0]["figures"] is None


def test_what_a_source_never_had_is_not_missing() -> None:
    desk = Desk("replay", c=False)
    assert desk.twin(f"{PAGE}001/")["status"] == "not-in-source"
    assert {child["status"] for child in desk.twin(PAGE)["children"]} == {"not-in-source"}


@pytest.mark.parametrize("mode", ["rehearsal", "replay"])
def test_the_lists_of_a_kecamatan_are_as_long_as_its_counts(mode: str) -> None:
    for seed in range(20):
        night = Night(300 + seed, mode)
        for _ in range(40):
            night.step()
        site = Site(night.state, lambda index, n=night: n.entries[index])
        region, missing = (json.loads(t) for t in site.twins(f"{E}/{G}/01/01/")[:2])
        found = json.loads(site.twins(f"{E}/{G}/01/01/temuan/")[0])
        assert found["counts"] == region["findings_below"], f"seed {seed}"
        listed = sum(len(one["missing"]) for one in missing["kelurahan"])
        if region["sum"]["via"] in ("forms", "none"):
            assert listed == region["stations"]["missing"], f"seed {seed}"


def test_rows_of_forms_csv_say_what_the_papers_say() -> None:
    names_ = ("contest", "form", "region", "tps", "revision", "count", "figures", "reason",
              "stations_in", "stations_expected", "as_of_text")  # fmt: skip
    rows = 0
    for seed in range(8):
        night = Night(500 + seed, "replay")
        for _ in range(40):
            night.step()
        for slot_key, slot in night.state.slots.scan(""):
            if not slot.get("head"):
                continue
            row = listings.head_row(slot_key, slot)
            paper = payload_of(night.entries[slot["head_index"]])
            assert {n: row.get(n) for n in names_} == {n: paper.get(n) for n in names_}
            assert row["explanations"] == paper.get("explanations", [])
            assert row["id"] == night.state.entry(slot["head_index"])["id"]
            rows += 1
    assert rows > 30


# ------------------------------------------------------------------ nobody is named


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for k, v in value.items() for text in (k, *_strings(v))]
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    return [value] if isinstance(value, str) else []


def _numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [number for one in value.values() for number in _numbers(one)]
    if isinstance(value, list):
        return [number for one in value for number in _numbers(one)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def test_twins_name_no_person_and_hold_no_share() -> None:
    night = Night(4)
    for _ in range(60):
        night.step()
    site = Site(night.state, lambda index: night.entries[index])
    persons = {record["person"] for _, record in night.state.keys.scan("")}
    assert len(persons) > 10
    for address in site.addresses():
        for path, data in site.files(address).items():
            if path.endswith("index.json"):
                twin = json.loads(data)
                assert not persons & set(_strings(twin)), path
                assert "person" not in _strings(twin), path
                assert not [text for text in _strings(twin) if "%" in text], path
                assert all(isinstance(number, int) for number in _numbers(twin)), path
            elif path.endswith(".html"):
                text = data.decode()
                assert not [p for p in persons if f">{p}<" in text], path


def test_the_register_names_persons_by_their_ids() -> None:
    desk = Desk()
    site = desk.site()
    bulk = dict(site.bulk())
    register = bulk[f"{E}/data/register.csv"].decode()
    assert f"kpps-{ONE}-001-1" in register
    others = b"".join(data for path, data in bulk.items() if not path.endswith("register.csv"))
    assert b"kpps-" not in others


def test_signers_are_body_position_and_key() -> None:
    desk = Desk()
    desk.stations(ALL_ONE[0])
    (one,) = desk.twin(f"{PAGE}001/")["head"]["signers"]
    assert one == {"keyid": keyid(f"kpps-{ONE}-001-1"), "body": "kpps", "position": "ketua",
                   "region": ONE, "tps": "001", "pair": None, "acting": None, "counted": True,
                   "suspect": False,
                   "grant": desk.state.keys.get(keyid(f"kpps-{ONE}-001-1"))["grant"]}  # fmt: skip


def test_a_grant_is_told_by_position_and_key() -> None:
    desk = Desk()
    payload = grant("kpps", ONE, ["substitute"], tps="001")
    desk.ok(payload, *PPK[:2])
    site = desk.site()
    twin = json.loads(site.twins(f"bukti/{desk.state.size - 1}/")[0])
    assert twin["payload"]["persons"] == [
        {"position": "ketua", "keyid": keyid("substitute"), **key("substitute")}
    ]
    assert signer("substitute").keyid == keyid("substitute")


def test_codes_of_a_grant_and_a_roster_lead_to_the_pages_of_their_places() -> None:
    desk = Desk()
    site = desk.site()
    there, told = {*site.addresses()}, set()
    for at in range(desk.state.size):
        twin = json.loads(site.twins(f"bukti/{at}/")[0])
        if twin["kind"] not in ("grant", "roster") or twin["payload"]["region"] == "id":
            continue
        html = pages.render(twin).decode().partition("<dl")[2].partition('id="')[0]
        links = re.findall(r'<a href="([^"#]*)">[\d.]+(?:, TPS \d+)?</a>', html)
        found = {urljoin(f"/bukti/{at}/", one).removesuffix("index.html")[1:] for one in links}
        below = twin["payload"].get("children") or twin["payload"].get("tps") or []
        assert found <= there, found - there
        assert len(found) == (1 + len(below) if twin["kind"] == "roster" else 1), twin["payload"]
        told |= found
    assert {f"{E}/{G}/{one}" for one in ("", "01/", "01/01/", PAGE, f"{PAGE}001/")} <= told


# ------------------------------------------------------------------ sums as they are shown


def test_a_sum_says_what_it_is_made_of() -> None:
    desk = Desk("replay")
    assert desk.twin(PAGE)["sum"] == {"via": "none", "counted": 0, "expected": 2, "fields": {}}
    desk.ok(builders.form("summary", region=ONE, stations_in=2, pair_1=9, pair_2=8), "kpu-1")
    assert desk.twin(PAGE)["sum"] == {"via": "summary", "counted": 2, "expected": 2,
                                      "fields": {"pair_1": [9, 2], "pair_2": [8, 2]}}  # fmt: skip
    desk.stations((TWO, "001"))
    assert desk.twin("01/01/")["sum"]["via"] == "mixed"
    assert desk.twin("01/01/")["sum"]["fields"]["pair_1"] == [129, 3]
    assert desk.twin("01/01/")["sum"]["fields"]["valid"] == [215, 1]
    desk.stations(*ALL_ONE)
    shown = desk.twin(PAGE)["sum"]
    assert (shown["via"], shown["counted"], shown["fields"]["pair_1"]) == ("forms", 2, [240, 2])


def test_a_running_figure_is_used_until_as_many_forms_are_there() -> None:
    desk = Desk("replay")
    desk.ok(builders.form("summary", region=KECAMATAN, stations_in=3, pair_1=9, pair_2=8), "kpu-1")
    total = f"{E}/{G}/90"
    for count, place in enumerate([*ALL_ONE, (TWO, "001"), (TWO, "002")], 1):
        desk.stations(place)
        record = desk.state.totals.get(total)
        wanted = (3, [9, 3]) if count < 3 else (count, [120 * count, count])
        assert (totals.used(record)[0], record["figures"]["pair_1"]) == wanted
        assert record["received"] == count


def test_every_field_of_a_twin_is_a_figure_of_the_paper() -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    known = set(model.figure_fields(2))
    twin = desk.twin("")
    assert twin["sum"]["fields"].keys() <= known
    assert twin["result"]["figures"].keys() <= known


def test_a_ladder_compares_each_level_with_the_one_below_it() -> None:
    desk = Desk()
    desk.stations(*ALL_ONE)
    desk.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    columns = {ONE: {**builders.STATION, "pair_1": 500}}
    desk.ok(builders.form("d_hasil_kecamatan", region=KECAMATAN, columns=columns), *PPK)
    ladder = desk.twin("01/01/")["ladder"]
    rungs = [(rung["form"], rung["count"], rung["expected"]) for rung in ladder]
    assert rungs == [("forms", 2, 4), ("d_hasil_kelurahan", 1, 2), ("d_hasil_kecamatan", 1, 1)]
    assert ladder[0]["difference"] is None
    assert ladder[1]["difference"]["pair_1"] == 0
    assert ladder[2]["difference"]["pair_1"] == 260


def test_regions_and_stations_of_the_bulk_data_are_those_in_force_with_all_above_them() -> None:
    desk = Desk()
    roster = desk.state.regions.get(f"{E}/90.01")["roster"]
    kids = [builders.child("90.01.02")]
    desk.ok(builders.roster("90.01", revision=2, previous=roster, children=kids), PROV[0])
    bulk = dict(desk.site().bulk())
    codes = {row[0] for row in csv.reader(bulk[f"{E}/data/regions.csv"].decode().splitlines()[1:])}
    assert codes == {"90", "90.01", "90.01.02", "90.01.02.1001", "90.02", "90.02.01",
                     "90.02.01.1001"}  # fmt: skip
    stations = {line.split(",")[0] for line in bulk[f"{E}/data/roster.csv"].decode().split()[1:]}
    assert stations == {"90.01.02.1001", "90.02.01.1001"}


# ------------------------------------------------------------------ versions, offices, heads


def test_a_version_stands_beside_the_one_that_it_replaced() -> None:
    desk = Desk()
    first = desk.ok(builders.form(region=ONE, tps="001"), f"kpps-{ONE}-001-1")
    at = desk.state.size - 1
    again = builders.form(
        region=ONE, tps="001", revision=2, previous=first, reason={"code": "typing"}, invalid=11,
        total=226,
    )  # fmt: skip
    desk.ok(again, f"kpps-{ONE}-001-1")
    site = desk.site()
    old, new = (json.loads(site.twins(f"bukti/{index}/")[0]) for index in (at, at + 1))
    assert (old["before"], old["after"]["index"]) == (None, at + 1)
    assert (new["before"]["index"], new["after"]) == (at, None)
    assert new["before"]["figures"] == old["payload"]["figures"]
    assert new["before"]["signers"] == old["signers"]


def test_changed_columns_are_listed_and_counted() -> None:
    desk = Desk()
    payload = builders.form("d_hasil_kelurahan", region=ONE)
    first = desk.ok(payload, *PPK)
    rows = {field: [cell + 1 for cell in row] for field, row in payload["rows"].items()}
    figures = {field: sum(row) for field, row in rows.items()}
    again = {**payload, "revision": 2, "previous": first, "reason": {"code": "counting"},
             "rows": rows, "figures": figures}  # fmt: skip
    outcome = desk.try_(again, *PPK)
    assert outcome.startswith("head"), outcome
    site = desk.site()
    before = json.loads(site.twins(f"bukti/{desk.state.size - 1}/")[0])["before"]
    assert len(before["cells"]) + before["more"] == len(rows) * len(payload["children"])
    assert all(one["new"] == one["old"] + 1 for one in before["cells"])


def test_what_a_body_signs_is_what_the_ledger_asks_of_it() -> None:
    desk = Desk()
    places = {"c_hasil": ONE, "d_hasil_kelurahan": ONE, "d_hasil_kecamatan": KECAMATAN,
              "d_hasil_kabko": "90.01", "d_hasil_prov": "90"}  # fmt: skip
    for form, region in places.items():
        payload = builders.form(form, region=region)
        (asked,) = requirements(desk.state, payload)
        named = {body for body in model.BODIES if form in model.tasks(body)}
        assert {office.body for office in asked.offices} == named, form


def test_the_ledger_shows_its_own_root_first() -> None:
    desk = Desk()
    site = desk.site()
    twin = json.loads(site.twins("buku-besar/")[0])
    assert twin["heads"][0] == {"size": desk.state.size, "root": twin["root"]}
    assert all(head["size"] % 256 == 0 for head in twin["heads"][1:])


def test_all_stations_of_a_kecamatan_stand_in_its_strips() -> None:
    desk = Desk()
    desk.stations(("90.01.01.1001", "001"))
    kecamatan = desk.twin("01/01/")["kecamatan"]
    marks = {
        (strip["name"], tps): mark
        for strip in kecamatan["strips"]
        for tps, mark in zip(strip["tps"], strip["marks"], strict=True)
    }
    assert sum(mark == "s" for mark in marks.values()) == 1
    assert len(marks) == desk.twin("01/01/")["stations"]["expected"]
