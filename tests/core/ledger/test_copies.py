"""Copies of C.Hasil: who may say one, what it is held against, what each entry touches."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.night import SMALL, Night
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import keyid
from tests.core.statements import builders

from rekap.core.pages import pages
from rekap.core.pages.site import Site

ONE = "90.01.01.1001"
KPPS = names(f"kpps-{ONE}-001")
E, C = builders.ELECTION, builders.CONTEST
KELURAHAN = f"{E}/{C}/01/01/1001/"
TPS, PAGE = f"{KELURAHAN}001/", f"{KELURAHAN}salinan/"
LATER = "2024-11-27T20:00:00+07:00"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    realm = Realm(other=False)
    fork = realm.fork()
    for body, roles, by, fields in (
        ("saksi", ["saksi-1"], ["pair1-1"], {"pair": 1}),
        ("saksi", ["saksi-2"], names("pair2", 2), {"pair": 2}),
        ("ptps", ["ptps-1"], names("pengawas", 2), {"tps": "001"}),
        ("pemantau", ["pemantau-1"], names("kpu-kabko-90.01", 2), {"organisation": "satu"}),
    ):  # fmt: skip
        region = ONE if body == "ptps" else "90.01"
        assert fork.try_(grant(body, region, roles, **fields), *by) == "effective", body
    realm.keep(fork)
    return realm


class Desk(Fork):
    """A fork with witnesses of both pairs, the supervisor of TPS 001 and an observer."""

    def __init__(self) -> None:
        super().__init__(_realm())

    def says(self, role: str = "saksi-1", **fields: Any) -> int:
        """Record a copy; return the index of its entry."""
        body = role.split("-", maxsplit=1)[0]
        if body == "saksi":
            fields.setdefault("pair", int(role[-1]))
        if body == "pemantau":
            fields.setdefault("organisation", "satu")
        assert self.try_(builders.copy(body, **fields), role) == "effective", self.last
        return self.state.size - 1

    def form(self, tps: str = "001", **fields: Any) -> str:
        return self.add(builders.form(tps=tps, **fields), *names(f"kpps-{ONE}-{tps}"))

    def twin(self, address: str = TPS) -> dict[str, Any]:
        return super().twin(address)

    def said(self) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = self.twin()["copies"]["said"]
        return said


def test_cells_that_differ_are_told_with_who_holds_the_copy() -> None:
    desk = Desk()
    desk.form()
    desk.says()
    desk.says("saksi-2", pair_2=100, valid=220)
    desk.says("ptps-1")
    one, two, ptps = desk.said()
    assert [one["state"], two["state"], ptps["state"]] == ["same", "different", "same"]
    assert (two["body"], two["pair"], two["differ"]) == ("saksi", 2, 2)
    assert two["cells"] == [
        {"field": "pair_2", "copy": 100, "form": 95}, {"field": "valid", "copy": 220, "form": 215},
    ]  # fmt: skip
    assert desk.twin(KELURAHAN)["copies"] == {"stations": 1, "different": 1}
    for language in ("id", "en"):
        text = pages.render(desk.twin(), language).decode()
        assert "220" in text
        assert "215" in text


def test_a_figure_that_one_of_them_lacks_is_not_compared() -> None:
    desk = Desk()
    desk.form()
    desk.says(figures={"pair_1": 120, "pair_2": 95})
    assert desk.said()[0]["state"] == "same"


def test_a_copy_of_the_first_count_is_not_held_against_the_repeat_vote() -> None:
    desk = Desk()
    first = desk.form()
    desk.says(pair_1=119)
    desk.form(revision=2, previous=first, count="repeat", reason={"code": "court"})
    assert desk.said()[0]["state"] == "other-count"
    assert desk.twin(KELURAHAN)["copies"] == {"stations": 1, "different": 0}
    desk.says("saksi-2", count="repeat")
    assert desk.said()[1]["state"] == "same"


def test_a_forged_copy_moves_no_figure_anywhere() -> None:
    """No sum, no finding, no row of another table: with the copy and without it."""
    desk = Desk()
    desk.form()
    before = {a: desk.twin(a) for a in ("", f"{E}/", f"{E}/{C}/", f"{E}/{C}/01/01/", KELURAHAN)}
    tables = dict(desk.site().bulk())
    desk.says(pair_1=9_999, valid=9_999, total=9_999)
    for address, twin in before.items():
        now = desk.twin(address)
        own = ("as_of", "root", "copies")
        assert {n: v for n, v in now.items() if n not in own} == {
            n: v for n, v in twin.items() if n not in own
        }
    kept = ("results.csv", "forms.csv", "rows.csv", "findings.csv", "differences.csv")
    now = dict(desk.site().bulk())
    assert all(now[f"{E}/data/{name}"] == tables[f"{E}/data/{name}"] for name in kept)


def test_a_copy_by_a_stolen_key_says_so() -> None:
    desk = Desk()
    desk.form()
    desk.says(pair_1=1)
    stolen = builders.revoke(keyid=keyid("saksi-1"), reason="stolen", suspect_from=0)
    assert desk.try_(stolen, "pair1-1") == "effective"
    assert desk.said()[0]["marks"] == ["K1"]
    assert {TPS, PAGE} <= desk.touched()


def test_a_saksi_of_another_pair_has_no_copy_of_this_one() -> None:
    for role, fields in (
        ("saksi-2", {"pair": 1}), ("saksi-1", {"pair": 2}), ("ptps-1", {}), (KPPS[0], {}),
        ("pair1-1", {}),
    ):  # fmt: skip
        assert Desk().try_(builders.copy(**fields), role) == "void not-entitled", role
    other = builders.copy("pemantau", organisation="dua")
    assert Desk().try_(other, "pemantau-1") == "void not-entitled"
    away = builders.copy("ptps", tps="002")
    assert Desk().try_(away, "ptps-1") == "void not-entitled"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"contest": "lain"}, "contest"),
        ({"region": "90.01.01.1009"}, "region"),
        ({"tps": "009"}, "tps"),
        ({"pair_3": 4}, "pairs"),
    ],
)
def test_what_is_no_copy_is_void(changed: dict[str, Any], why: str) -> None:
    assert Desk().try_(builders.copy(**changed), "saksi-1") == f"void {why}"


def test_a_copy_before_the_form_says_that_it_was_there_first() -> None:
    desk = Desk()
    first = desk.says()
    assert desk.said()[0]["state"] == "no-form"
    desk.form()
    desk.says("saksi-2")
    desk.says(at=LATER, pair_1=119)
    one, two = desk.said()
    assert (one["before"], one["state"], one["index"] > first) == (first, "different", True)
    assert two["before"] is None
    text = pages.render(desk.twin(), "id").decode()
    assert f"bukti/{first}/" in text


def test_a_holder_who_says_it_again_and_again_has_one_copy() -> None:
    desk = Desk()
    desk.form()
    for minute in range(20):
        desk.says(at=f"2024-11-27T20:{minute:02}:00+07:00", pair_1=100 + minute)
    assert [one["cells"][0]["copy"] for one in desk.said()] == [119]
    (row,) = desk.twin(PAGE)["stations"]
    assert len(row["copies"]) == 1


def test_the_page_of_a_copy_that_its_holder_replaced_does_not_call_it_in_force() -> None:
    desk = Desk()
    first = desk.says(pair_1=1)
    desk.says(at=LATER, pair_1=2)
    assert f"bukti/{first}/" in desk.touched()
    assert desk.twin(f"bukti/{first}/")["status"] == "superseded"


def test_a_copy_touches_its_tps_and_its_kelurahan_and_nothing_above() -> None:
    desk = Desk()
    desk.says()
    assert desk.touched() == {TPS, KELURAHAN, PAGE}
    desk.form()
    assert PAGE in desk.touched()
    desk.form("002")
    assert PAGE in desk.touched()


def test_a_kelurahan_without_copies_has_no_page_of_them() -> None:
    desk = Desk()
    desk.form()
    assert not any(address.endswith("salinan/") for address in desk.site().addresses())


def test_a_parallel_total_is_of_one_holder_and_has_its_own_coverage() -> None:
    """A parallel count that is 100 votes below the forms of the same TPS, one of which lacks."""
    desk = Desk()
    desk.form("001")
    desk.says("saksi-2", pair_2=20)
    desk.says("saksi-2", tps="002", pair_2=75)
    desk.says("saksi-1")
    twin = desk.twin(PAGE)
    assert (twin["listed"], [one["stations"] for one in twin["sums"]]) == (2, [1, 2])
    two = twin["sums"][1]
    assert (two["beside"], two["fields"]["pair_2"]) == (
        1, {"all": [95, 2], "copies": 20, "forms": 95},
    )  # fmt: skip
    desk.form("002", pair_2=100, valid=220, total=230)
    two = desk.twin(PAGE)["sums"][1]
    assert two["fields"]["pair_2"] == {"all": [95, 2], "copies": 95, "forms": 195}
    for language in ("id", "en"):
        text = pages.render(desk.twin(PAGE), language).decode()
        assert "+100" in text


def test_an_answer_explains_a_copy_that_differs() -> None:
    desk = Desk()
    desk.form()
    desk.says(pair_1=119)
    said = [{"rule": "X4", "text": "Salinan ditulis sebelum pembetulan di TPS."}]
    answer = builders.answer(explains=said)
    assert desk.try_(answer, *names("ppk-90.01.01", 2)) not in ("waiting", "void")
    assert desk.twin()["copies"]["explanation"]["text"] == said[0]["text"]


def test_the_table_has_every_copy() -> None:
    desk = Desk()
    desk.form()
    desk.says()
    desk.says("pemantau-1", pair_1=119, source="photo")
    data = dict(desk.site().bulk())[f"{E}/data/copies.csv"].decode().splitlines()
    header = data[0].split(",")
    rows = [dict(zip(header, line.split(","), strict=True)) for line in data[1:]]
    assert {row["body"]: (row["state"], row["cells"], row["pair_1"]) for row in rows} == {
        "saksi": ("same", "0", "120"), "pemantau": ("different", "1", "119"),
    }  # fmt: skip


class _Copying(Night):
    """A night in which every second event is a copy, of a right holder or of a wrong one."""

    def step(self) -> None:
        """Append a copy, or what else a night holds."""
        if self.number % 2:
            self._copy()
            self.number += 1
        else:
            super().step()

    def _copy(self) -> None:
        votes = self.random.randint(119, 121)
        figures = {**SMALL, "pair_1": votes, "valid": votes + 95, "total": votes + 105}
        pair = 2 if self.random.random() < 0.1 else 1  # the key is of pair 1
        said = builders.copy(**self._slot(), pair=pair, figures=figures, at=self._at())
        self.add(said, "saksi-1")


@pytest.mark.parametrize("seed", range(2))
def test_in_a_night_of_copies_a_page_changes_only_when_it_is_touched(seed: int) -> None:
    night = _Copying(seed)
    before: dict[str, bytes] = {}
    for _ in range(30):
        size = night.state.size
        night.step()
        site = Site(night.state, lambda index: night.entries[index])
        after = {address: b"".join(site.twins(address)) for address in site.addresses()}
        late = [a for a in after if before and after[a] != before.get(a) and site.as_of(a) <= size]
        assert not late, night.last
        before = after
    assert any(address.endswith("salinan/") for address in before)
