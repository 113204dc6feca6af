"""A page says of the statements that it rests on when they are in doubt, in both languages."""

from __future__ import annotations

import csv
import io
import json
from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import keyid
from tests.core.statements import builders

from rekap.core.pages import pages

ONE = "90.01.01.1001"
C = {"region": ONE, "tps": "001"}
TOP = f"{builders.ELECTION}/{builders.CONTEST}/"
KELURAHAN = f"{TOP}01/01/1001/"


@lru_cache(maxsize=1)
def _realm() -> Realm:
    return Realm(other=False)


def _said(fork: Fork, address: str) -> tuple[dict[str, Any], str]:
    """The twin of a page, and the page in Indonesian and English."""
    site = fork.site()
    twin = json.loads(site.twins(address)[0])
    html = "".join(pages.render(twin, language).decode() for language in ("id", "en"))
    return twin, html


CASES = {
    "roster": (KELURAHAN, "Daftar diragukan.", "List in doubt."),
    "determination": (TOP, "Penetapan diragukan.", "Determination in doubt."),
    "elected": (TOP, "Penetapan pasangan terpilih diragukan.", "Elected pair in doubt."),
    "ruling": (TOP, "Putusan diragukan.", "Ruling in doubt."),
    "answer": (f"{KELURAHAN}001/", "Jawaban diragukan.", "Answer in doubt."),
}


def _statement(fork: Fork, kind: str) -> tuple[dict[str, Any], list[str], list[str]]:
    if kind == "roster":
        before = fork.state.regions.get(f"{builders.ELECTION}/{ONE}")["roster"]
        payload = builders.roster(ONE, revision=2, previous=before)
        return payload, names("kpu-kabko-90.01", 2), names("kpu-prov-90", 2)
    if kind == "elected":
        return builders.elected(), names("kpu-prov-90"), names("kpu", 2)
    if kind == "ruling":
        return builders.ruling(), names("kpu-prov-90"), names("kpu", 2)
    if kind == "determination":
        return builders.determination(), names("kpu-prov-90"), names("kpu", 2)
    accept = fork.add(builders.form(**C), *names(f"kpps-{ONE}-001"))
    payload = builders.answer(**C, accept=accept)
    return payload, names("ppk-90.01.01", 2), names("kpu-kabko-90.01", 2)


@pytest.mark.parametrize("kind", CASES)
def test_a_page_says_that_what_it_rests_on_is_in_doubt(kind: str) -> None:
    fork = _realm().fork()
    address, *words = CASES[kind]
    payload, signers, granters = _statement(fork, kind)
    fork.add(payload, *signers)
    index = fork.state.size - 1
    twin, html = _said(fork, address)
    assert twin["doubts"] == []
    assert not any(word in html for word in words)
    revoke = builders.revoke(keyid=keyid(signers[0]), reason="stolen", suspect_from=index)
    assert fork.try_(revoke, *granters) == "effective"
    twin, html = _said(fork, address)
    assert twin["doubts"] == [{"kind": kind, "index": index, "mark": "K1"}]
    assert all(word in html for word in words)
    assert _said(fork, f"bukti/{index}/")[0]["marks"] == ["K1"]


@pytest.mark.parametrize("region", ["90.01.01", "90.01", "90"])
def test_a_list_above_that_was_changed_late_is_told_on_every_page_below(region: str) -> None:
    """Who renames a kecamatan after the vote was told on the page of its kabupaten alone."""
    fork = _realm().fork()
    fork.add(builders.form(**C), *names(f"kpps-{ONE}-001"))
    place = fork.state.regions.get(f"{builders.ELECTION}/{region}")
    named = [builders.child(code) for code in place["children"]]
    named[0]["name"] = "Nama Lain"
    roster = builders.roster(region, revision=2, previous=place["roster"], children=named)
    before = {one: _said(fork, one)[0]["as_of"] for one in (KELURAHAN, f"{KELURAHAN}001/")}
    signers = {"90.01.01": names("kpu-kabko-90.01", 2), "90.01": names("kpu-prov-90", 2)}
    assert fork.try_(roster, *signers.get(region, names("kpu", 2))) == "effective"
    late = {"kind": "roster", "index": fork.state.size - 1, "mark": "L4"}
    for address, old in before.items():
        twin, html = _said(fork, address)
        assert (twin["doubts"], old < twin["as_of"]) == ([late], True)
        assert "Daftar diubah sesudah formulir pertama." in html
        assert "The list changed after the first form." in html


def test_a_page_counts_the_forms_that_connect_to_nothing() -> None:
    fork = _realm().fork()
    address, signers = f"{KELURAHAN}001/", names(f"kpps-{ONE}-001")
    assert "Tidak menyambung:" not in _said(fork, address)[1]
    lost = builders.form(**C, revision=2, previous=builders.hex_id("nowhere"),
                         reason={"code": "counting"})  # fmt: skip
    fork.add(lost, *signers)
    html = _said(fork, address)[1]
    assert "Tidak menyambung: 1." in html
    assert "Connects to nothing: 1." in html


def test_a_page_says_how_many_stations_are_counted_outside_its_list() -> None:
    """Four of two TPS, 200,00 percent, all in: a share of completeness never exceeds the whole."""
    fork = _realm().fork()
    for tps in ("001", "002"):
        fork.add(builders.form(region=ONE, tps=tps), *names(f"kpps-{ONE}-{tps}"))
    before = fork.state.regions.get(f"{builders.ELECTION}/{ONE}")["roster"]
    tps_ = [builders.station("001")]
    roster = builders.roster(ONE, revision=2, previous=before, tps=tps_)
    assert fork.try_(roster, *names("kpu-kabko-90.01", 2)) == "effective"
    twin, html = _said(fork, KELURAHAN)
    assert (twin["stations"]["counted"], twin["stations"]["off"]) == (1, 1)
    assert "dan 1 TPS di luar daftar, suaranya tetap dijumlahkan" in html
    assert "Daftar diubah sesudah formulir pertama." in html
    assert "200,00%" not in html
    assert twin["sum"]["fields"]["pair_1"] == [240, 2]


def _exchanged() -> Fork:
    """A log whose lists name one kelurahan; its two TPS leave the list when their forms are in."""
    fork = _realm().fork()

    def listed(region: str, *roles: str, **kids: Any) -> None:
        before = fork.state.regions.get(f"{builders.ELECTION}/{region}")["roster"]
        roster = builders.roster(region, revision=2, previous=before, **kids)
        assert fork.try_(roster, *roles) == "effective"

    for tps in ("001", "002"):
        fork.add(builders.form(region=ONE, tps=tps), *names(f"kpps-{ONE}-{tps}"))
    kabko = names("kpu-kabko-90.01", 2)
    listed(ONE, *kabko, tps=[builders.station(tps) for tps in ("901", "902")])
    listed("90.01.01", *kabko, children=[builders.child(ONE)])
    listed("90.01", *names("kpu-prov-90", 2), children=[builders.child("90.01.01")])
    listed("90", *names("kpu", 2), children=[builders.child("90.01")])
    for tps in ("901", "902"):
        keys = grant("kpps", ONE, names(f"x{tps}"), tps=tps)
        assert fork.try_(keys, *names("ppk-90.01.01", 2)) == "effective"
        assert fork.try_(builders.form(region=ONE, tps=tps), *names(f"x{tps}")) == "head"
    return fork


def test_no_sentence_calls_the_sum_of_four_stations_one_of_two() -> None:
    """Two KPU keys exchange both TPS for invented ones after the vote: "the sum of 2 of 2 TPS"."""
    fork = _exchanged()
    site = fork.site()
    wanted = {
        f"{KELURAHAN}index.html": "Suara 2 TPS di luar daftar tetap dijumlahkan.",
        f"en/{KELURAHAN}index.html": "The votes of 2 TPS outside the list stay in the sum.",
        f"{TOP}index.html": "Suara 2 TPS di luar daftar tetap dijumlahkan.",
        f"{TOP}ringkas/index.html": "Suara 2 TPS di luar daftar tetap dijumlahkan.",
        f"{builders.ELECTION}/index.html": "Suara 2 TPS di luar daftar tetap dijumlahkan.",
    }
    files = {**site.files(KELURAHAN), **site.files(TOP), **site.files(f"{builders.ELECTION}/")}
    twin = json.loads(files[f"{TOP}index.json"])
    assert {name: twin["stations"][name] for name in ("counted", "off", "missing")} == {
        "counted": 2, "off": 2, "missing": 0,
    }  # fmt: skip
    assert [path for path, words in wanted.items() if words not in files[path].decode()] == []


def test_forms_csv_says_which_form_is_in_no_sum() -> None:
    fork = _realm().fork()
    place = fork.state.regions.get(f"{builders.ELECTION}/{ONE}")
    roster = builders.roster(ONE, revision=2, previous=place["roster"],
                             tps=[builders.station("001")])  # fmt: skip
    assert fork.try_(roster, *names("kpu-kabko-90.01", 2)) == "effective"
    for tps in ("001", "002"):
        fork.add(builders.form(region=ONE, tps=tps), *names(f"kpps-{ONE}-{tps}"))
    site = fork.site()
    data = dict(site.bulk())[f"{builders.ELECTION}/data/forms.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(data)))
    assert [(row["tps"], row["status"]) for row in rows] == [("001", "head"), ("002", "unsummed")]
