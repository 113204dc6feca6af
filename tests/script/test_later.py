"""What a log says later of a statement: void ones, changed roots, TPS that a roster left out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.audit.nation.province import REGENT, Province
from tests.audit.shelf import Portal
from tests.core.ledger.realm import grant, names
from tests.core.ledger.world import key, keyid
from tests.core.statements import builders
from tests.script.test_examination import Told, examined, laid, pages_of

from rekap.core import codec
from rekap.core.signing import envelope


class Later(Province):
    """A log of one kelurahan that goes on, with the pages that its portal makes of it."""

    def put(self, payload: dict[str, Any], *roles: str, status: str) -> int:
        """Add a statement that the log reads as `status`; return its index."""
        self.add(payload, *roles)
        assert self.last["status"] == status, self.last
        return len(self.entries) - 1

    def first(self, kind: str, region: str | None = None) -> tuple[str, dict[str, Any]]:
        """(id, payload) of the first statement of a kind, of a region."""
        return next(self._said(kind, region))

    def _said(self, kind: str, region: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
        for entry in self.entries:
            one = envelope.parse(entry)
            payload: dict[str, Any] = json.loads(one.payload)
            if payload["kind"] == kind and payload.get("region") == region:
                yield one.id, payload

    def laid(self, folder: Path) -> Path:
        portal = Portal(self.entries, self.origin)
        portal.log(len(self.entries))
        portal.publish(now=1_000)
        portal.publish(now=2_000)
        return laid(folder, portal.public())


def told_of(root: Path, address: str, **lies: Any) -> Told:
    """What the check says of a page, of whose twin some fields are changed."""
    path = f"{address}index.json"
    twin = {**json.loads((root / path).read_bytes()), **lies}
    changed = base64.b64encode(codec.encode_public(twin)).decode()
    (told,) = examined(root, [{"address": address, "changes": {path: changed}}])
    return told


def test_the_signers_of_a_void_statement_put_nothing_in_force_later(tmp_path: Path) -> None:
    """A roster names one that comes after it, is void, and is signed once more by one person."""
    log = Later()
    kpu = log.persons(f"kpu-kabko-{log.kabko}", 2)
    before, own = log.first("roster", log.kecamatan)
    second = {**own, "revision": 2, "previous": before}
    previous = envelope.statement_id(builders.encode(second))
    false = [{**own["children"][0], "name": "Desa Palsu"}]
    third = {**own, "revision": 3, "previous": previous, "children": false}
    void = log.put(third, *kpu, status="void")
    between = log.put(second, *kpu, status="effective")
    again = log.put(third, kpu[0], status="waiting")
    log.station(REGENT, "001")
    root = log.laid(tmp_path)
    address = "pemilihan-contoh/bupati/01/1001/001/"
    twin = pages_of(root)[address]
    evidence = sorted({*twin["evidence"], void, between, again})
    told = told_of(root, address, evidence=evidence)
    assert "Desa Palsu" not in told["names"]
    page = f"bukti/{again}/"
    proof = pages_of(root)[page]["evidence"]
    told = told_of(root, page, evidence=sorted({*proof, void, between}), status="effective")
    assert (told["head"], {one[0] for one in told["faults"]} >= {"undecided"}) == (
        "unchecked",
        True,
    )


LOW = "pemilihan-contoh/bupati/01/1001/"


@pytest.mark.parametrize(
    ("gone", "first", "second"),
    [("002", "001", "002"), ("001", "002", "001"), ("001", "001", "002")],
)
def test_a_true_kelurahan_is_not_refuted_for_a_tps_that_its_roster_left_out(
    tmp_path: Path, gone: str, first: str, second: str
) -> None:
    """Its form came after the roster, and is in no sum; or before, and stays in it."""
    log = Later()
    kpu = log.persons(f"kpu-kabko-{log.kabko}", 2)
    before, own = log.first("roster", log.kelurahan)
    log.station(REGENT, first)
    kept = [one for one in own["tps"] if one["number"] != gone]
    again = {**own, "revision": 2, "previous": before, "tps": kept}
    log.put(again, *kpu, status="effective")
    log.station(REGENT, second, pair_1=110, pair_2=105)
    root = log.laid(tmp_path)
    twin = pages_of(root)[LOW]
    (told,) = examined(root, [{"address": LOW}])
    assert (told["head"], told["faults"]) == ("proved", [])
    assert told["below"]["outside"] == [gone]
    shown = {name: [value + 1, at] for name, (value, at) in twin["sum"]["fields"].items()}
    assert told_of(root, LOW, sum={**twin["sum"], "fields": shown})["head"] == "differs"
    assert told_of(root, LOW, children=twin["children"][::-1])["faults"][0][0] == "twin"
    twice = [*twin["children"], {**twin["children"][0], "listed": False}]
    assert told_of(root, LOW, children=twice)["faults"][0][0] == "twin"


def test_a_true_kelurahan_is_not_refuted_for_an_orphan_that_counted_only_when_its_list_was_short(
    tmp_path: Path,
) -> None:
    """It came while its TPS was listed, and was accepted when it was no more: in no sum."""
    log = Later()
    before, own = log.first("roster", log.kelurahan)
    log.station(REGENT, "001")
    slot = {"contest": REGENT, "region": log.kelurahan, "tps": "002"}
    orphan = builders.form(**slot, revision=2, previous="0" * 64)
    log.put(orphan, *log.persons(f"kpps-{log.kelurahan}-002"), status="orphan")
    accept = builders.answer(**slot, accept=log.last["id"])
    kept = [one for one in own["tps"] if one["number"] != "002"]
    again = {**own, "revision": 2, "previous": before, "tps": kept}
    log.put(again, *log.persons(f"kpu-kabko-{log.kabko}", 2), status="effective")
    log.put(accept, *log.persons(f"ppk-{log.kecamatan}"), status="effective")
    (told,) = examined(log.laid(tmp_path), [{"address": LOW}])
    assert (told["head"], told["below"]["outside"]) == ("proved", ["002"])


@pytest.mark.parametrize("certified", [False, True])
def test_a_false_sum_where_no_tps_has_a_form_is_shown_beside_none(
    tmp_path: Path, certified: bool
) -> None:
    """The sheet spoke of a column that it did not draw."""
    log = Later()
    if certified:
        sheet = builders.form("d_hasil_kelurahan", contest=REGENT, region=log.kelurahan)
        log.put(sheet, *log.persons(f"ppk-{log.kecamatan}"), status="head")
    root = log.laid(tmp_path)
    twin = pages_of(root)[LOW]
    (true,) = examined(root, [{"address": LOW, "drawn": True}])
    assert (true["below"]["sum"], true["below"]["missing"]) == ({}, ["001", "002"])
    assert (true["head"], sums_in(true)) == ("unchecked", [])
    lie = {**twin, "result": None, "sum": {**twin["sum"], "fields": {"pair_1": [999, 2]}}}
    changes = {f"{LOW}index.json": base64.b64encode(codec.encode_public(lie)).decode()}
    (told,) = examined(root, [{"address": LOW, "drawn": True, "changes": changes}])
    assert told["head"] == "differs"
    assert any("999" in text for texts in sums_in(told) for text in texts)


def sums_in(told: Told) -> list[list[str]]:
    """The lines of the sum of a drawn sheet."""
    return [texts for part, _, texts in told["lines"] if part == "jumlah"]


def test_the_certificate_of_a_contest_is_the_nearest_above_a_place_that_shows_none(
    tmp_path: Path,
) -> None:
    log = Later()
    log.station(REGENT, "001")
    log.certificate(REGENT)
    root = log.laid(tmp_path)
    asked = ["01/", "01/1001/002/"]
    told = examined(root, [{"address": f"pemilihan-contoh/bupati/{one}"} for one in asked])
    assert [one["above"] for one in told] == ["pemilihan-contoh/bupati/"] * 2


def test_a_sum_is_a_running_figure_only_where_one_was_signed(tmp_path: Path) -> None:
    """Of a replay, whose figure may stand for its TPS; a site cannot say so of a false sum."""
    log = Later(mode="replay")
    figures = {**builders.STATION, "pair_1": 500, "pair_2": 400}
    more = {"contest": REGENT, "region": log.kelurahan, "figures": figures}
    log.put(builders.form("summary", **more, stations_in=2), "root/kpu/1", status="head")
    log.station(REGENT, "001")
    root = log.laid(tmp_path)
    twin = pages_of(root)[LOW]
    assert (twin["sum"]["via"], twin["sum"]["fields"]["pair_1"]) == ("summary", [500, 2])
    (told,) = examined(root, [{"address": LOW}])
    assert (told["head"], told["differs"]) == ("unchecked", [{}, [], []])
    fields = {**twin["sum"]["fields"], "pair_1": [999, 2]}
    lie = {"sum": {**twin["sum"], "fields": fields}}
    assert told_of(root, LOW, **lie)["head"] == "differs"


def test_a_false_sum_beside_a_certificate_is_no_running_figure(tmp_path: Path) -> None:
    log = Later()
    for tps in ("001", "002"):
        log.station(REGENT, tps)
    sheet = builders.form("d_hasil_kelurahan", contest=REGENT, region=log.kelurahan)
    log.put(sheet, *log.persons(f"ppk-{log.kecamatan}"), status="head")
    root = log.laid(tmp_path)
    assert told_of(root, LOW)["head"] == "proved"
    twin = pages_of(root)[LOW]
    fields = {**twin["sum"]["fields"], "pair_1": [999, 2]}
    lie = {
        "via": "summary",
        "fields": fields,
        **{k: twin["sum"][k] for k in ("counted", "expected")},
    }
    summary = {**twin["certified"], "figures": {}}
    assert told_of(root, LOW, sum=lie, summary=summary)["head"] == "differs"


def test_keys_that_were_granted_before_their_tps_was_listed_prove_no_form(tmp_path: Path) -> None:
    """The log calls the grant and the form void, although the roster lists the TPS by then."""
    log = Later()
    ghosts = names("hantu")
    ppk = log.persons(f"ppk-{log.kecamatan}", 2)
    early = log.put(grant("kpps", log.kelurahan, ghosts, tps="003"), *ppk, status="void")
    before, own = log.first("roster", log.kelurahan)
    listed = {**own, "revision": 2, "previous": before}
    listed["tps"] = [*own["tps"], builders.station("003")]
    log.put(listed, *log.persons(f"kpu-kabko-{log.kabko}", 2), status="effective")
    log.station(REGENT, "001")
    payload = builders.form(contest=REGENT, region=log.kelurahan, tps="003")
    false = log.put(payload, *ghosts, status="void")
    root = log.laid(tmp_path)
    twins = pages_of(root)
    head = {**twins[f"{LOW}001/"]["head"], "index": false, "tps": "003"}
    evidence = sorted({*twins[f"{LOW}001/"]["evidence"], early, false})
    told = told_of(root, f"{LOW}003/", head=head, evidence=evidence)
    assert (told["head"], told["figures"]) == ("unchecked", None)
    assert {one[0] for one in told["faults"]} == {"unlisted-tps", "unknown-key"}


ROOTS = ("root/kpu/1", "root/kpu/2", "root/kpu/3")


class Roots(Later):
    """A log of an election with three roots, of whom two sign."""

    def begin(self, **election: Any) -> None:
        self.open()
        contest = builders.contest(id=REGENT, office="regent", region=self.kabko)
        self.own = builders.election(contests=[contest], roots=self.roots(*ROOTS))
        self.put(self.own, *ROOTS[:2], "operator/1", status="effective")
        for region, child in ("id", self.code), (self.code, self.kabko):
            roster = builders.roster(region, children=[builders.child(child)])
            self.put(roster, *ROOTS[:2], status="effective")
        self.roster = builders.roster(self.kabko, children=[builders.child(self.kecamatan)])

    def roots(self, *roles: str, k: int = 2) -> dict[str, Any]:
        return {"kpu": {"k": k, "keys": sorted(map(key, roles), key=lambda one: one["key"])}}

    def revise(self, *roles: str, k: int = 2) -> None:
        previous, _ = self.first("election")
        again = {**self.own, "revision": 2, "previous": previous, "roots": self.roots(*roles, k=k)}
        self.put(again, *ROOTS[1:], "operator/1", status="effective")

    def held(self, folder: Path, *indexes: int) -> list[tuple[str, list[str], str]]:
        """(head, codes of faults, status) of the pages of some entries; none differs."""
        root = self.laid(folder)
        twins = pages_of(root)
        pages = [f"bukti/{index}/" for index in indexes]
        answers = examined(root, [{"address": page} for page in pages])
        assert [told["differs"] for told in answers] == [[{}, [], []]] * len(pages)
        return [
            (told["head"], [one[0] for one in told["faults"]], twins[page]["status"])
            for page, told in zip(pages, answers, strict=True)
        ]


def test_a_true_statement_of_roots_that_changed_since_is_not_refuted(tmp_path: Path) -> None:
    """One that counted signs no more; a new one signs too."""
    log = Roots()
    first = log.put(log.roster, *ROOTS[:2], status="effective")
    log.revise(*ROOTS[1:], "root/kpu/4", k=3)
    later = log.put(log.roster, "root/kpu/4", status="cosigned")
    assert log.held(tmp_path, first, later) == [
        ("proved", [], one) for one in ("effective", "cosigned")
    ]


def test_a_true_election_that_waits_behind_another_of_its_name_is_not_refuted(
    tmp_path: Path,
) -> None:
    """It had enough roots of its own when another began; its operators sign it afterwards."""
    log = Roots()
    new = {**log.own, "election": "pemilihan-baru", "roots": log.roots("baru/1", "baru/2")}
    first = {**new, "roots": {"kpu": builders.keyset(key("lama"))}}
    log.put(first, "lama", status="waiting")
    log.put(new, "baru/1", "baru/2", "operator/1", status="effective")
    again = log.put(first, "operator/1", status="waiting")
    assert log.held(tmp_path, again) == [("unchecked", ["threshold"], "waiting")]


def test_an_election_waits_for_the_roots_of_the_one_that_it_follows(tmp_path: Path) -> None:
    log = Roots()
    one = log.own["contests"][0]
    after = {"election": log.own["election"], "contest": one["id"], "why": "rerun"}
    again = {**log.own, "election": "ulang", "contests": [{**one, "follows": after}],
             "roots": log.roots("ulang/1", k=1)}  # fmt: skip
    first = log.put(again, "ulang/1", "operator/1", status="waiting")
    assert log.held(tmp_path / "1", first) == [("unchecked", ["threshold"], "waiting")]
    last = log.put(again, *ROOTS[:2], status="effective")
    assert log.held(tmp_path / "2", first, last) == [("proved", [], "effective")] * 2


def test_a_true_revocation_signed_before_its_key_was_granted_is_not_refuted(tmp_path: Path) -> None:
    """Its first signer could not sign it any more when it took effect, and counts."""
    log = Roots()
    log.grant("kpu_kabko", log.kabko, *ROOTS[:2])
    kabko = log.persons(f"kpu-kabko-{log.kabko}", 2)
    log.put(log.roster, *ROOTS[:2], status="effective")
    lost = builders.revoke(keyid=keyid(f"ppk-{log.kecamatan}-1"), reason="lost")
    first = log.put(lost, ROOTS[0], status="waiting")
    log.grant("ppk", log.kecamatan, *kabko)
    last = log.put(lost, *kabko, status="effective")
    assert log.held(tmp_path, last) == [("proved", [], "effective")]
    assert first < last


def test_a_statement_waits_by_the_roots_of_its_time(tmp_path: Path) -> None:
    """Two sign where three must since; a later revision may ask for fewer again."""
    log = Roots()
    log.revise(*ROOTS, k=3)
    waits = log.put(log.roster, *ROOTS[:2], status="waiting")
    (told,) = log.held(tmp_path, waits)
    assert told == ("unchecked", ["threshold"], "waiting")


def test_a_statement_of_fewer_roots_than_once_is_proved(tmp_path: Path) -> None:
    log = Roots()
    log.revise(*ROOTS, k=1)
    index = log.put(log.roster, ROOTS[2], status="effective")
    assert log.held(tmp_path / "all", index) == [("proved", [], "effective")]


def test_a_statement_that_its_own_page_lets_wait_is_not_proved_by_fewer_entries(
    tmp_path: Path,
) -> None:
    """Its evidence leaves out the revision by which it waits, or takes effect."""
    log = Roots()
    log.revise(*ROOTS, k=3)
    waits = log.put(log.roster, *ROOTS[:2], status="waiting")
    root = log.laid(tmp_path)
    page = f"bukti/{waits}/"
    fewer = pages_of(root)[page]["evidence"]
    fewer.remove(waits - 1)
    told = told_of(root, page, evidence=fewer)
    assert (told["head"], told["faults"][0][0]) == ("unchecked", "undecided")


@pytest.mark.parametrize("kind", ["readiness", "copy", "pictures", "publication", "app"])
def test_what_a_later_one_replaced_is_not_in_force_however_its_page_calls_it(
    tmp_path: Path, kind: str
) -> None:
    """It names none in `previous`: whatever the same say next of the same place replaces it."""
    log = Later()
    place = {"region": log.kelurahan, "tps": "001"}
    if kind == "readiness":
        log.grant("pps", log.kelurahan, *log.persons(f"ppk-{log.kecamatan}", 2))
        signers = (f"pps-{log.kelurahan}-1", f"kpps-{log.kelurahan}-001-1")
        ballots = [{"contest": REGENT, "sheets": 318}]
        said = builders.readiness(**place, ballots=ballots)
    elif kind == "copy":
        given = grant("pemantau", log.kabko, ["pemantau"], organisation="lembaga-contoh")
        log.put(given, *log.persons(f"kpu-kabko-{log.kabko}", 2), status="effective")
        said, signers = builders.copy("pemantau", **place, contest=REGENT), ("pemantau",)
    elif kind == "pictures":
        said = builders.pictures(**place, contest=REGENT)
        signers = (f"kpps-{log.kelurahan}-001-1",)
    else:
        said, signers = getattr(builders, kind)(at="2024-11-27T19:00:00+07:00"), ("operator/1",)
    first = log.put(said, *signers, status="effective")
    other = log.put({**said, "at": "2024-11-27T20:00:00+07:00"}, *signers, status="effective")
    root = log.laid(tmp_path)
    page = f"bukti/{first}/"
    twin = pages_of(root)[page]
    assert (twin["status"], told_of(root, page)["head"]) == ("superseded", "proved")
    told = told_of(root, page, status="effective", evidence=sorted({*twin["evidence"], other}))
    assert (told["head"], told["differs"][1]) == ("differs", ["status"])
