"""A page that an entry changes is touched by it: cases that random nights seldom reach."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, grant, names, roots
from tests.core.ledger.world import keyid
from tests.core.statements import builders

ONE = "90.01.01.1001"
C = {"region": ONE, "tps": "001"}
KPPS = names(f"kpps-{ONE}-001")
PPK = names("ppk-90.01.01")
PROV = names("kpu-prov-90")
KABKO = names("kpu-kabko-90.01")
E = builders.ELECTION
TOP = f"{E}/{builders.CONTEST}/"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    return Realm(other=False, policy={"c_hasil": 2})


class Press(Fork):
    """A fork whose pages are looked at before and after an entry."""

    def __init__(self) -> None:
        super().__init__(_realm())

    def pages(self) -> dict[str, bytes]:
        site = self.site()
        return {a: b"".join(site.twins(a)) for a in site.addresses()}

    def changed_by(self, act: Callable[[], Any]) -> set[str]:
        """Do it, and return the pages that changed; all of them must be touched."""
        before, size = self.pages(), self.state.size
        act()
        after = self.pages()
        assert not before.keys() - after.keys()
        changed = {address for address in after if before.get(address) != after[address]}
        site = self.site()
        untouched = {address for address in changed if site.as_of(address) <= size}
        assert not untouched, f"changed and not touched: {sorted(untouched)}"
        return changed

    def touched_by(self, act: Callable[[], Any]) -> set[str]:
        """Do it, and return the pages that it touches."""
        size = self.state.size
        act()
        site = self.site()
        return {address for address in site.addresses() if site.as_of(address) > size}

    def after_close(self) -> int:
        """Return how many statements the first page counts after the close."""
        twin = self.twin("")
        return int(twin["after_close"]["statements"])

    def ok(self, payload: dict[str, Any], *roles: str) -> int:
        """Add a statement that is not void and return its index."""
        outcome = self.try_(payload, *roles)
        assert not outcome.startswith("void"), outcome
        return self.state.size - 1


def _revoke(role: str, **fields: Any) -> dict[str, Any]:
    return builders.revoke(keyid=keyid(role), **fields)


def test_the_end_of_a_key_shows_on_every_entry_of_its_grant() -> None:
    press = Press()
    payload = grant("kpps", ONE, ["substitute"], tps="001")
    entries = [press.ok(payload, PPK[0]), press.ok(payload, PPK[1]), press.ok(payload, PPK[2])]
    changed = press.changed_by(lambda: press.ok(_revoke("substitute"), *PPK[:2]))
    assert {f"bukti/{index}/" for index in entries} <= changed
    assert f"{E}/pejabat/01/01/1001/" in changed


def test_a_void_grant_says_nothing_of_the_key_that_it_may_not_name() -> None:
    press = Press()
    again = grant("kpps", ONE, [KPPS[0]], tps="001", at="2024-11-28T00:00:00+07:00")
    assert press.try_(again, *PPK[:2]) == "void key-taken"
    void = press.state.size - 1
    assert f"bukti/{void}/" not in press.changed_by(lambda: press.ok(_revoke(KPPS[0]), *PPK[:2]))


@pytest.mark.parametrize("late", [1, 2])
def test_a_suspicion_shows_on_every_entry_of_what_the_key_signed(late: int) -> None:
    press = Press()
    payload = grant("ppk", "90.01.01", ["substitute"])
    first = press.ok(payload, KABKO[0])
    second = press.ok(payload, KABKO[1])
    third = press.ok(payload, KABKO[2])
    start = (first, second, third)[late]
    suspect = _revoke(KABKO[late], suspect_from=start)
    changed = press.changed_by(lambda: press.ok(suspect, *names("kpu-prov-90", 2)))
    assert {f"bukti/{index}/" for index in (first, second, third)} <= changed


def test_a_suspicion_shows_where_the_forms_of_the_key_stand() -> None:
    press = Press()
    start = press.ok(builders.form(**C), *KPPS)
    press.ok(builders.form("d_hasil_kelurahan", region=ONE), *PPK)
    changed = press.changed_by(lambda: press.ok(_revoke(KPPS[1], suspect_from=start), *PPK[:2]))
    assert {f"bukti/{start}/", f"{TOP}01/01/1001/001/", f"{TOP}01/01/1001/", TOP} <= changed


def test_a_revocation_that_falls_changes_the_page_of_the_key_that_it_named() -> None:
    press = Press()
    press.ok(builders.form(**C), *KPPS)
    said = press.ok(_revoke(KPPS[0], suspect_from=0), *PPK[:2])
    found = press.changed_by(lambda: press.ok(_revoke(PPK[0], suspect_from=said), *KABKO[:2]))
    granted = press.state.keys.get(keyid(KPPS[0]))["grant"]
    assert {f"{E}/pejabat/01/01/1001/", f"bukti/{granted}/", f"bukti/{said}/"} <= found


def test_the_first_page_counts_what_comes_after_the_close() -> None:
    press = Press()
    press.ok(builders.close(), *names("operator", 2))
    first = press.ok(builders.form(**C), *KPPS)
    for act, counts in (
        (lambda: press.ok({**builders.form(**C), "at": "2024-11-28T00:00:00+07:00"}, *KPPS), False),
        (lambda: press.ok(builders.form(**C), "saksi-tps-1"), False),
        (lambda: press.ok(builders.form(**C, revision=2, previous=press.state.entry(first)["id"],
                                        pair_1=1, pair_2=214), *KPPS), True),
        (lambda: press.ok(builders.answer(**C, accept=press.state.entry(first)["id"]), *PPK), True),
    ):  # fmt: skip
        before = press.after_close()
        press.changed_by(act)
        assert (press.after_close() > before) is counts
    after = press.state.meta.get("closed")
    assert (after["statements"], after["forms"]) == (3, 2)


def test_a_co_signature_of_a_grant_touches_its_own_pages_only() -> None:
    press = Press()
    payload = grant("kpps", ONE, names("substitute", 3), tps="001")
    first = press.ok(payload, *PPK[:2])
    press.ok(builders.form(**C), *names("substitute", 3))
    changed = press.changed_by(lambda: press.ok(payload, PPK[2]))
    assert changed == {f"bukti/{first}/", f"bukti/{first + 2}/", "buku-besar/"}


def test_a_co_signature_of_an_election_touches_its_own_pages_only() -> None:
    press = Press()
    press.ok(builders.form(**C), *KPPS)
    payload = _realm().election
    first = press.state.meta.get(f"election/{E}")["index"]
    changed = press.changed_by(lambda: press.ok(payload, "operator-3"))
    assert changed == {f"bukti/{first}/", f"bukti/{press.state.size - 1}/", "buku-besar/"}


def test_a_new_election_has_the_page_of_its_keys_from_its_first_entry_on() -> None:
    press = Press()
    payload = {**_realm().election, "election": "lain-2029", "roots": roots("lain-")}
    signed = (*names("lain-kpu", 2), *_realm().operators)
    assert "lain-2029/pejabat/" in press.touched_by(lambda: press.ok(payload, *signed))


def test_a_ketua_who_signs_late_changes_the_page_of_the_tps() -> None:
    press = Press()
    payload = builders.form(**C)
    press.ok(payload, *KPPS[1:])
    changed = press.changed_by(lambda: press.ok(payload, KPPS[0]))
    assert f"{TOP}01/01/1001/001/" in changed
    assert TOP in changed, "one finding less"


def test_a_form_that_waited_for_its_station_to_be_listed_enters_the_sums_above() -> None:
    press = Press()

    def listed(*stations: str) -> None:
        place = press.state.regions.get(f"{E}/{ONE}")
        tps = [builders.station(number, 300) for number in stations]
        fields = {"revision": place["revision"] + 1, "previous": place["roster"], "tps": tps}
        press.ok(builders.roster(ONE, **fields), *KABKO[:2])

    listed("002")
    assert TOP in press.touched_by(lambda: press.ok(builders.form(**C), *KPPS))
    changed = press.changed_by(lambda: listed("001", "002"))
    assert {f"{TOP}01/01/1001/001/", f"{TOP}01/01/1001/", TOP} <= changed
    assert press.state.totals.get(f"{TOP}90")["counted"] == 1


def test_a_kelurahan_left_out_changes_the_pages_of_its_stations() -> None:
    press = Press()
    press.ok(builders.form(**C), *KPPS)
    before = press.state.regions.get(f"{E}/90.01.01")
    kids = [builders.child("90.01.01.1002")]
    roster = builders.roster("90.01.01", revision=2, previous=before["roster"], children=kids)
    changed = press.changed_by(lambda: press.ok(roster, *KABKO[:2]))
    assert {f"{TOP}01/01/1001/001/", f"{TOP}01/01/1001/", f"{TOP}01/01/", TOP} <= changed


def test_a_form_that_waited_for_its_place_to_be_named() -> None:
    press = Press()
    place = "90.01.01.1009"
    payload = builders.form("d_hasil_kelurahan", region=place)
    first = press.ok(payload, PPK[0])
    before = press.state.regions.get(f"{E}/90.01.01")
    kids = [builders.child(c) for c in (ONE, "90.01.01.1002", place)]
    roster = builders.roster("90.01.01", revision=2, previous=before["roster"], children=kids)
    press.changed_by(lambda: press.ok(roster, *KABKO[:2]))
    changed = press.changed_by(lambda: press.ok(payload, *PPK[1:]))
    assert {f"bukti/{first}/", f"{TOP}01/01/1009/", TOP} <= changed
    revised = builders.form("d_hasil_kelurahan", region=place, revision=2,
                            previous=press.state.entry(first)["id"], count="recount")  # fmt: skip
    assert f"bukti/{first}/" in press.changed_by(lambda: press.ok(revised, *PPK))


def test_a_withdrawn_pair_and_another_release_show_everywhere() -> None:
    press = Press()
    pairs = [builders.pair(1), builders.pair(2, notes=[builders.note()])]
    record = press.state.meta.get(f"election/{E}")
    payload = {**_realm().election, "contests": [builders.contest(pairs=pairs)], "revision": 2,
               "previous": record["statement"]}  # fmt: skip
    roles = [*names("kpu", 2), *names("operator", 2)]
    assert TOP in press.changed_by(lambda: press.ok(payload, *roles))
    press.changed_by(lambda: press.ok(builders.close(), *names("operator", 2)))
    press.changed_by(lambda: press.ok(builders.determination(), *names("kpu-prov-90")))


# ------------------------------------------------------------------ the table, page by page

STATIONS = {f"{TOP}01/01/1001/{tps}/" for tps in ("001", "002")}
FRONT = {"", f"{E}/"}
"""Pages that show the votes of a contest."""
UP = {*FRONT, TOP, f"{TOP}01/", f"{TOP}01/01/", f"{TOP}01/01/1001/"}
LEDGER = "buku-besar/"


def _own(press: Press) -> set[str]:
    return {f"bukti/{press.state.size - 1}/", LEDGER}


def test_a_form_touches_its_slot() -> None:
    press = Press()
    found = press.touched_by(lambda: press.ok(builders.form(**C), *KPPS))
    assert found == {*UP, f"{TOP}01/01/1001/001/", *_own(press)}
    found = press.touched_by(lambda: press.try_(builders.form(**C), *PPK))
    assert found == {*UP, f"{TOP}01/01/1001/001/", f"bukti/{press.state.size - 2}/", *_own(press)}


def test_a_sheet_touches_its_columns() -> None:
    press = Press()
    sheet = builders.form("d_hasil_kelurahan", region=ONE)
    assert press.touched_by(lambda: press.ok(sheet, *PPK)) == {*UP, *STATIONS, *_own(press)}
    form = builders.form("d_hasil_kecamatan", region="90.01.01")
    kelurahan = {f"{TOP}01/01/1001/", f"{TOP}01/01/1002/"}
    found = press.touched_by(lambda: press.ok(form, *PPK))
    above = {*FRONT, TOP, f"{TOP}01/", f"{TOP}01/01/"}
    assert found == {*above, f"{TOP}01/01/temuan/", *kelurahan, *_own(press)}  # it differs


def test_a_roster_touches_what_is_above_and_everything_below() -> None:
    press = Press()
    before = press.state.regions.get(f"{E}/{ONE}")["roster"]
    roster = builders.roster(ONE, revision=2, previous=before)
    officials = {f"{E}/pejabat/", f"{E}/pejabat/01/", f"{E}/pejabat/01/01/",
                 f"{E}/pejabat/01/01/1001/"}  # fmt: skip
    found = press.touched_by(lambda: press.ok(roster, *KABKO[:2]))
    search = {f"cari/{E}/{part}/" for part in ("90.01", "01", "co", "ke")}
    replaced = f"bukti/{press.state.ids.get(before)['effect']}/"
    assert found == {*UP, *STATIONS, *officials, *search, replaced, *_own(press)}


def test_the_page_of_what_a_later_statement_replaced_does_not_call_it_in_force() -> None:
    """A roster, an election and a publication: each said that it counts, for ever."""
    press = Press()
    before = press.state.regions.get(f"{E}/{ONE}")["roster"]
    first = press.state.ids.get(before)["effect"]
    roster = builders.roster(ONE, revision=2, previous=before)
    assert f"bukti/{first}/" in press.changed_by(lambda: press.ok(roster, *KABKO[:2]))
    by = press.state.size - 1
    election = press.state.meta.get(f"election/{E}")
    again = {**_realm().election, "revision": 2, "previous": election["statement"]}
    press.ok(again, *names("kpu", 2), *_realm().operators)
    released = press.state.meta.get("publication")["index"]
    press.ok(builders.publication(at="2024-11-29T10:00:00+07:00"), *names("operator", 2))
    site = press.site()
    said = {}
    for index in (first, election["index"], released, by):
        twin = site._page(f"bukti/{index}/")[0][0]
        said[index] = twin["status"], twin["after"] and twin["after"]["index"]
    assert said == {
        first: ("superseded", by), election["index"]: ("superseded", by + 1),
        released: ("superseded", by + 2), by: ("effective", None),
    }  # fmt: skip


def test_the_page_of_an_answer_that_a_later_one_replaced_says_so_in_both_languages() -> None:
    press = Press()
    objection = press.ok(builders.objection(**C), "saksi-tps-1")
    to = [press.state.entry(objection)["id"]]
    first = press.ok(builders.outcome(to, "carried", **C), KPPS[0])
    later = builders.outcome(to, "rejected", **C)
    assert f"bukti/{first}/" in press.changed_by(lambda: press.ok(later, *KPPS))
    by = press.state.size - 1
    again = builders.objection(**C, at="2024-11-29T10:00:00+07:00")
    assert f"bukti/{objection}/" in press.changed_by(lambda: press.ok(again, "saksi-tps-1"))
    site = press.site()
    pages = {one: data.decode() for one, data in site.files(f"bukti/{first}/").items()}
    own, other = pages[f"bukti/{first}/index.html"], pages[f"en/bukti/{first}/index.html"]
    assert "Diganti jawaban lain sesudahnya." in own
    assert f"Penggantinya: catatan {by}." in own
    assert "Berlaku." not in own
    assert "Replaced by a later answer." in other
    assert f"The later one: entry {by}." in other
    assert "In force." not in other
    assert "Ditandatangani 1 kunci KPPS" in own
    pages = {one: data.decode() for one, data in site.files(f"bukti/{objection}/").items()}
    assert "Diganti versi baru." in pages[f"bukti/{objection}/index.html"]


def test_keys_of_two_bodies_are_not_told_as_those_of_one() -> None:
    press = Press()
    objection = press.ok(builders.objection(**C), "saksi-tps-1")
    to = [press.state.entry(objection)["id"]]
    at = press.ok(builders.outcome(to, "carried", **C), KPPS[0], *PPK[:2])
    page = press.site().files(f"bukti/{at}/")
    own = page[f"bukti/{at}/index.html"].decode()
    assert "Ditandatangani 1 kunci KPPS" in own
    assert "Ditandatangani 2 kunci PPK" in own
    assert "Ditandatangani 3 kunci" not in own


def test_names_show_in_the_way_to_every_page_below() -> None:
    press = Press()
    before = press.state.regions.get(f"{E}/90.01")
    kids = [{**builders.child(code), "name": "Nama Baru"} for code in ("90.01.01", "90.01.02")]
    roster = builders.roster("90.01", revision=2, previous=before["roster"], children=kids)
    changed = press.changed_by(lambda: press.ok(roster, *names("kpu-prov-90", 2)))
    assert {f"{E}/pejabat/01/01/1001/", f"{E}/pejabat/01/", *STATIONS, f"{TOP}01/"} <= changed


def test_a_grant_and_a_revocation_touch_the_page_of_keys() -> None:
    press = Press()
    page = f"{E}/pejabat/01/01/1001/"
    new = grant("kpps", ONE, ["substitute"], tps="001")
    assert press.touched_by(lambda: press.ok(new, *PPK[:2])) == {page, *_own(press)}
    given = press.state.size - 1
    found = press.touched_by(lambda: press.ok(_revoke("substitute"), *PPK[:2]))
    assert found == {page, f"bukti/{given}/", *_own(press)}


def test_what_touches_little() -> None:
    press = Press()
    objection = builders.objection(**C)
    found = press.touched_by(lambda: press.ok(objection, "saksi-tps-1"))
    told = {f"{TOP}{place}kejadian/" for place in ("", "01/", "01/01/")}
    assert found == {*UP - FRONT, f"{TOP}01/01/1001/001/", *told, *_own(press)}
    found = press.touched_by(lambda: press.ok(builders.determination(), *names("kpu-prov-90")))
    assert found == {*FRONT, TOP, *_own(press)}
    found = press.touched_by(lambda: press.ok(builders.close(), *names("operator", 2)))
    assert found == {"", *_own(press)}
    assert press.touched_by(lambda: press.append(b"rubbish")) == _own(press)


def _ruling(**order: Any) -> dict[str, Any]:
    said = {"what": "repeat-vote", "by": "kpu_prov", **order}
    return builders.ruling(state="granted", date="2025-02-24", orders=[said])


@pytest.mark.parametrize(
    ("places", "numbers"),
    [([f"{ONE}/001", f"{ONE}/999"], ["001"]), ([ONE], ["001", "002"]), (["90.01.01.9999"], [])],
)
def test_a_ruling_touches_the_places_that_it_names_above_and_below(
    places: list[str], numbers: list[str]
) -> None:
    press = Press()
    way = UP if numbers else UP - {f"{TOP}01/01/1001/"}
    found = press.touched_by(lambda: press.ok(_ruling(places=places), *PROV))
    assert found == {*way, *(f"{TOP}01/01/1001/{tps}/" for tps in numbers), *_own(press)}


def test_a_ruling_shows_at_a_station_where_it_has_the_vote_held_again() -> None:
    """Its page said nothing of it until its form came."""
    one, two = sorted(STATIONS)
    press = Press()
    changed = press.changed_by(lambda: press.ok(_ruling(places=[f"{ONE}/001"]), *PROV))
    assert {f"{TOP}01/01/1001/", one} <= changed
    assert two not in changed
    before = str(press.state.entry(press.state.size - 1)["id"])
    other = {**_ruling(places=[f"{ONE}/002"]), "revision": 2, "previous": before}
    assert {one, two} <= press.changed_by(lambda: press.ok(other, *PROV))


def test_a_ruling_about_every_station_shows_at_each() -> None:
    press = Press()
    assert {TOP, *STATIONS} <= press.changed_by(lambda: press.ok(_ruling(), *PROV))
    for act in (
        lambda: press.ok(builders.form(**C, count="repeat"), *KPPS),
        lambda: press.ok(_revoke(PROV[0], suspect_from=0), *names("kpu", 2)),
    ):
        assert min(STATIONS) in press.changed_by(act)


def test_the_answer_to_a_difference_shows_one_level_above() -> None:
    press = Press()
    for tps in ("001", "002"):
        press.ok(builders.form(region=ONE, tps=tps), *names(f"kpps-{ONE}-{tps}"))
    press.ok(builders.form("d_hasil_kelurahan", region=ONE, pair_1=999), *PPK)
    answer = builders.answer(
        form="d_hasil_kelurahan", region=ONE, explains=[{"rule": "D1", "text": "Salah jumlah."}]
    )
    answer.pop("tps", None)
    changed = press.changed_by(lambda: press.ok(answer, *KABKO[:2]))
    assert {f"{TOP}01/01/", f"{TOP}01/01/1001/"} <= changed


def test_the_page_of_findings_is_written_when_a_finding_changes_and_not_for_every_form() -> None:
    """A kecamatan's other files change with each form below it, this one seldom."""
    press, page = Press(), f"{TOP}01/01/temuan/"
    assert page in press.pages()
    sound = builders.form(**C)
    touched = press.touched_by(lambda: press.ok(sound, *KPPS))
    assert f"{TOP}01/01/" in touched
    assert page not in touched
    odd = {**sound["figures"], "ballots_unused": sound["figures"]["ballots_unused"] + 1}
    second = {**builders.form(**{**C, "tps": "002"}), "figures": odd}
    changed = press.changed_by(lambda: press.ok(second, *names(f"kpps-{ONE}-002")))
    assert page in changed
    before = press.state.regions.get(f"{E}/90.01.01")
    kids = [{**builders.child(f"90.01.01.{n}"), "name": f"Baru {n}"} for n in (1001, 1002)]
    roster = builders.roster("90.01.01", revision=2, previous=before["roster"], children=kids)
    changed = press.changed_by(lambda: press.ok(roster, *KABKO[:2]))
    assert page in changed  # it names the kelurahan
