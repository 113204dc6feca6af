"""What a stranger tries who holds every key and serves the site: no sheet proves it."""

from __future__ import annotations

import base64
import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.audit import shelf
from tests.core.ledger.realm import KELURAHAN, OTHER, Realm, grant, names
from tests.core.ledger.world import signer
from tests.core.statements import builders
from tests.script.test_examination import Told, examined, laid

from rekap.audit.bundle import exhibits
from rekap.core.codec import decode, encode_public
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.proofs import TlogProof
from rekap.core.signing import envelope, note

ONE = KELURAHAN[0]
NEIGHBOUR = "90.02.01.1001"
GOVERNOR = f"{builders.ELECTION}/{builders.CONTEST}/01/01/1001/"
OUTSIDE = "90.01.01.1002"
REGENT = f"{builders.ELECTION}/bupati-90.01/01/1001/"
STATION = f"{GOVERNOR}002/"
PPK = names("ppk-90.01.01")
INFLATED = {**builders.STATION, "pair_1": 999, "pair_2": 1}
Changes = dict[str, bytes | None]


def said(entry: bytes) -> dict[str, Any]:
    payload: dict[str, Any] = decode(envelope.parse(entry).payload, nulls=True)
    return payload


def changed(twin: Any, path: str, value: Any) -> Any:
    """A twin with another value at a place in it, of names and numbers with dots between."""
    *way, last = path.split(".")
    part = twin
    for step in way:
        part = part[int(step) if step.isdigit() else step]
    part[int(last) if last.isdigit() else last] = value
    return twin


ATTENDED = [
    {"pair": 1, "present": True, "reason": "figures", "signed": False},
    {"pair": 2, "present": False, "signed": False},
]


class Evening:
    """A folder of five TPS in two contests, and the index of each entry that a test names."""

    def __init__(self, root: Path) -> None:
        regent = builders.contest(id="bupati-90.01", office="regent", region="90.01")
        self.realm = Realm(mode="rehearsal", other=True, contests=[builders.contest(), regent])
        self.index: dict[str, int] = {}
        self.revisions()
        for at in range(1, 6):
            self.station(at, f"{at:03d}")
        here = {"region": "90.01.01", "witnesses": ATTENDED}
        self.put("kecamatan", builders.form("d_hasil_kecamatan", **here), *PPK)
        self.court()
        self.papers()
        self.voids()
        portal = shelf.Portal(self.realm.entries, self.realm.origin)
        portal.log(len(portal.entries))
        portal.publish(now=0)
        portal.publish(now=1_000)
        self.files = portal.public()
        self.root = laid(root, self.files)

    def put(self, name: str, payload: dict[str, Any], *roles: str) -> None:
        self.realm.add(payload, *roles)
        self.index[name] = len(self.realm.entries) - 1

    def papers(self) -> None:
        """A line that is said again, and two answers to the second."""
        slot = {"region": ONE, "tps": "001"}
        self.put("line", builders.objection(**slot), "saksi-tps-1")
        later = builders.objection(**slot, code="procedure")
        objection = self.realm.done(later, "saksi-tps-1")
        self.index["line again"] = len(self.realm.entries) - 1
        kpps = names(f"kpps-{ONE}-001")
        self.put("answer", builders.outcome([objection], "carried", **slot), kpps[0])
        self.put("answer again", builders.outcome([objection], "rejected", **slot), *kpps)

    def court(self) -> None:
        """TPS 005 votes again, all others count again, one kelurahan is left out of the total.

        004 has done so, 003 before anybody asked, 005 something else; a case was a mistake.
        """
        here, kpu = f"{ONE}/005", names("kpu-prov-90")
        self.again("003", "recount")
        self.put("determination", builders.determination(), *kpu)
        self.put("elected", builders.elected(), *kpu)
        granted = {"state": "granted", "date": "2025-02-24"}
        orders = [
            {"what": "repeat-vote", "by": "kpu_kabko", "days": 30, "places": [here]},
            {"what": "retabulate", "by": "kpu_prov", "except": [OUTSIDE]},
        ]
        annuls = [{"decision": "1 Tahun 2024", "places": [here]}]
        first = self.realm.done(builders.ruling(), *kpu)
        said = {**granted, "annuls": annuls, "orders": orders}
        self.put("ruling", builders.ruling(revision=2, previous=first, **said), *kpu)
        whole = [{"what": "recount", "by": "kpu_prov", "except": [here]}]
        self.put("all", builders.ruling(number="2/PHPU", **granted, orders=whole), *kpu)
        wrong = builders.ruling(number="3/PHPU", **granted, orders=orders)
        mistaken = self.realm.done(wrong, *kpu)
        self.index["wrong"] = len(self.realm.entries) - 1
        end = builders.ruling(number="3/PHPU", revision=2, previous=mistaken, state="mistaken")
        self.put("mistaken", end, *kpu)
        thief = builders.ruling(number="4/PHPU", **granted, orders=orders)
        self.put("void ruling", thief, *names(f"kpps-{ONE}-004"))
        both = [{**orders[0], "places": [f"{ONE}/004", here]}]
        regent = {"contest": "bupati-90.01", "region": "90.01", **granted, "orders": both}
        self.put("regent ruling", builders.ruling(**regent), *names("kpu-kabko-90.01"))
        self.late(granted, orders)
        self.again("004", "recount")
        self.again("005", "court")

    def late(self, granted: dict[str, Any], orders: list[dict[str, Any]]) -> None:
        """A revision that waits, one that was signed first before what it replaces, and what
        another election's court said of the same contest and TPS.
        """
        kpu = names("kpu-prov-90")
        begun = builders.ruling(number="5/PHPU")
        first = envelope.parse(signed(self, begun, kpu[0])).id
        end = {"revision": 2, "previous": first, "state": "dismissed"}
        ended = builders.ruling(number="5/PHPU", **end)
        self.put("ended, by one", ended, kpu[0])
        self.put("begun", begun, *kpu)
        self.put("ended", ended, *kpu[1:])
        before = envelope.parse(self.realm.entries[self.index["all"]]).id
        again = {"revision": 2, "previous": before, **granted, "orders": orders}
        self.put("waiting", builders.ruling(number="2/PHPU", **again), kpu[0])
        other = builders.ruling(election=OTHER, number="6/PHPU", **granted, orders=orders)
        self.put("other", other, *names("lain-kpu-prov-90"))

    def again(self, tps: str, count: str) -> None:
        entry = envelope.parse(self.realm.entries[self.index[tps]])
        own = decode(entry.payload, nulls=True)
        fields = {"figures": own["figures"], "revision": 2, "previous": entry.id, "count": count}
        form = builders.form(region=ONE, tps=tps, **fields)
        self.put(f"{tps} again", form, *names(f"kpps-{ONE}-{tps}"))

    def voids(self) -> None:
        """Recorded, signed by who is entitled, and void by what the statements say."""
        kpps, kabko = names(f"kpps-{ONE}-004"), names("kpu-kabko-90.01", 2)
        form = builders.form(region=ONE, tps="004", figures=INFLATED)
        self.put("free text", {**form, "count": "DIBATALKAN", "at": "sebelum buka"}, *kpps)
        alone = builders.form(region=NEIGHBOUR, tps="001", contest="bupati-90.01")
        self.put("neighbour", alone, *names(f"kpps-{NEIGHBOUR}-001"))
        kids = [{"code": ONE, "name": "PALSU", "level": "kelurahan"}]
        alien = builders.roster("90.02.01", revision=2, previous="0" * 64, children=kids)
        self.put("alien roster", alien, *names("kpu-kabko-90.02", 2))
        tps = [builders.station("001", 310), builders.station("002", 310)]
        short = builders.roster(ONE, revision=3, previous="0" * 64, tps=tps)
        self.put("short roster", short, *kabko)
        ghosts = grant("kpps", ONE, names("hantu"), tps="002")
        ghosts["persons"][0]["position"] = "Ketua KPU Republik Indonesia"
        self.put("grant in words", ghosts, *names("ppk-90.01.01", 2))
        self.unnamed()
        self.put("ghosts", builders.form(region=ONE, tps="002", figures=INFLATED), *names("hantu"))

    def unnamed(self) -> None:
        kabko, kpps = names("kpu-kabko-90.01", 2), names(f"kpps-{UNNAMED}-001")
        roster = builders.roster(UNNAMED, tps=[builders.station("001", 310)])
        self.put("unnamed roster", roster, *kabko)
        keys = grant("kpps", UNNAMED, kpps, tps="001")
        self.put("unnamed grant", keys, *names("ppk-90.01.01", 2))
        form = builders.form(region=UNNAMED, tps="001", figures=INFLATED)
        self.put("unnamed form", form, *kpps)
        alien = deepcopy({**self.first_election(), "revision": 3})
        alien["previous"] = self.realm.state.meta.get(f"election/{builders.ELECTION}")["statement"]
        alien["contests"][0]["pairs"][0]["names"] = ["PALSU"]
        self.put("alien election", alien, *names("kpu", 2), *self.realm.operators)

    def revisions(self) -> None:
        before = self.realm.state.regions.get(f"{builders.ELECTION}/{ONE}")["roster"]
        tps = [builders.station(f"{n:03d}", 310) for n in range(1, 6)]
        payload = builders.roster(ONE, revision=2, previous=before, tps=tps)
        self.put("roster", payload, *names("kpu-kabko-90.01", 2))
        record = self.realm.state.regions.get(f"{builders.ELECTION}/90.01.01")
        kids = [builders.child(code) for code in record["children"]]
        again = builders.roster("90.01.01", revision=2, previous=record["roster"], children=kids)
        self.put("place again", again, *names("kpu-kabko-90.01", 2))
        first = self.first_election()
        before = self.realm.state.meta.get(f"election/{builders.ELECTION}")["statement"]
        marked = deepcopy({**first, "revision": 2, "previous": before})
        marked["contests"][0]["pairs"][1]["notes"] = [builders.note()]
        self.put("election again", marked, *names("kpu", 2), *self.realm.operators)

    def first_election(self) -> dict[str, Any]:
        return next(one for one in map(said, self.realm.entries) if one["kind"] == "election")

    def before(self, index: int) -> int:
        """The entry of the revision that an entry replaced."""
        previous = said(self.realm.entries[index])["previous"]
        return next(
            at
            for at, entry in enumerate(self.realm.entries)
            if envelope.parse(entry).id == previous
        )

    def station(self, at: int, tps: str) -> None:
        kpps = names(f"kpps-{ONE}-{tps}")
        if at > 2:
            self.put(f"grant{tps}", grant("kpps", ONE, kpps, tps=tps), *names("ppk-90.01.01", 2))
        figures = {**builders.STATION, "pair_1": builders.STATION["pair_1"] + at}
        own = builders.form(region=ONE, tps=tps, figures=figures)
        first = self.realm.done(own, *kpps)
        self.index[tps] = len(self.realm.entries) - 1
        self.put(f"regent{tps}", builders.form(region=ONE, tps=tps, contest="bupati-90.01"), *kpps)
        if at == 1:
            again = {**figures, "invalid": 11}
            later = builders.form(region=ONE, tps=tps, revision=2, previous=first, figures=again)
            self.put("001 again", later, *kpps)

    def twin(self, address: str) -> Any:
        return json.loads(self.files[f"{address}index.json"])

    def told(self, address: str, twin: Any = None, **more: Any) -> Told:
        """What the check says of an address with this twin, `changes` of other files and `kept`."""
        (told,) = examined(self.root, [self.case(address, twin, **more)])
        return told

    def case(self, address: str, twin: Any = None, **more: Any) -> Told:
        """What `told` asks, to ask it beside others."""
        changes: Changes = dict(more.pop("changes", {}))
        if twin is not None:
            changes[f"{address}index.json"] = encode_public(twin)
        spelled = {
            path: None if data is None else base64.b64encode(data).decode()
            for path, data in changes.items()
        }
        return {"address": address, "changes": spelled, **more}


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    return Evening(tmp_path_factory.mktemp("evening"))


def test_the_true_pages_of_the_evening_are_proved(evening: Evening) -> None:
    told = evening.told(GOVERNOR)
    assert (told["head"], told["below"]["sum"]["pair_1"]) == ("proved", 5 * 120 + 15)
    assert evening.told(STATION)["head"] == "proved"
    assert evening.told(f"{REGENT}002/")["head"] == "proved"


# ------------------------------------------------------------------- a sum is of each TPS once


def test_a_tps_that_a_twin_names_eight_times_is_not_added_eight_times(evening: Evening) -> None:
    twin = evening.twin(GOVERNOR)
    twin["children"] += [deepcopy(twin["children"][0]) for _ in range(7)]
    twin["sum"]["via"] = "mixed"
    told = evening.told(GOVERNOR, twin)
    assert (told["head"], told["below"]) == ("unchecked", None)
    assert told["faults"][0][0] == "twin"


@pytest.mark.parametrize("last", [True, False])
def test_two_versions_of_one_tps_are_not_added(evening: Evening, last: bool) -> None:
    twin = evening.twin(GOVERNOR)
    old = {**twin["children"][0], "index": evening.index["001"]}
    twin["children"].insert(len(twin["children"]) if last else 0, old)
    twin["sum"]["via"] = "mixed"
    told = evening.told(GOVERNOR, twin)
    assert (told["head"], told["below"]) == ("unchecked", None)


def test_tps_in_another_order_are_refused(evening: Evening) -> None:
    twin = evening.twin(GOVERNOR)
    twin["children"].reverse()
    assert evening.told(GOVERNOR, twin)["faults"][0][0] == "twin"


def test_a_sum_that_calls_itself_mixed_is_compared(evening: Evening) -> None:
    twin = evening.twin(GOVERNOR)
    twin["sum"]["via"] = "mixed"
    twin["sum"]["fields"]["pair_1"][0] = 999
    assert evening.told(GOVERNOR, twin)["head"] == "differs"
    twin["sum"]["via"] = "summary"
    assert evening.told(GOVERNOR, twin)["head"] == "differs"


def test_tps_that_the_roster_does_not_list_are_not_added(evening: Evening) -> None:
    """The roster before lists two TPS; no more than two count."""
    twin = evening.twin(GOVERNOR)
    drop = {evening.index["roster"]}
    twin["evidence"] = [one for one in twin["evidence"] if one not in drop]
    for child in twin["children"]:
        child["evidence"] = [one for one in child["evidence"] if one not in drop]
    twin["evidence"] = sorted({*twin["evidence"], *range(evening.index["roster"])})
    told = evening.told(GOVERNOR, twin)
    below = told["below"]
    assert (below["stations"], below["proved"]) == (["001", "002"], ["001", "002"])
    assert (below["outside"], below["missing"]) == ([], [])
    # Keys of the other three are granted for places that nobody listed, and prove nothing.
    assert [one[0] for one in told["faults"]] == ["unlisted-tps"] * 3
    assert told["head"] == "unchecked"
    assert below["sum"]["pair_1"] == 2 * 120 + 3


# ------------------------------------------------------------------- what a court ordered

TOP = f"{builders.ELECTION}/{builders.CONTEST}/"
HELD_AGAIN = f"{GOVERNOR}005/"
LEFT_OUT = f"{builders.ELECTION}/{builders.CONTEST}/01/01/1002/"


def test_what_a_court_ordered_is_told_where_it_is_proved(evening: Evening) -> None:
    stations = [f"{GOVERNOR}{tps}/" for tps in ("003", "004", "005")]
    above = LEFT_OUT.removesuffix("1002/")
    for address in (*stations, GOVERNOR, LEFT_OUT, f"{LEFT_OUT}001/", above, f"{REGENT}005/"):
        told = evening.told(address, drawn=True)
        assert (told["differs"][1], told["notes"]) == ([], []), address
        lines = [line for _, _, texts in told["lines"] for line in texts]
        assert any("Putusan" in line for line in lines), address
    here = ("wrong", "mistaken", "regent ruling")
    for address, beside in ((HELD_AGAIN, (*here, "waiting", "other")), (TOP, ("waiting", "other"))):
        twin, others = evening.twin(address), {evening.index[one] for one in beside}
        others.update(evening.twin(f"{OTHER}/{builders.CONTEST}/")["evidence"])
        twin["evidence"] = sorted({*twin["evidence"], *others})
        told = evening.told(address, twin)
        assert (told["differs"][1], told["faults"]) == ([], []), address
    entry = f"bukti/{evening.index['ruling']}.json"
    told = evening.told(HELD_AGAIN, changes={entry: None})
    assert (told["head"], told["notes"]) == ("proved", ["ruled_unread"])
    touched = evening.files[entry].replace(b'"sig":"', b'"sig":"AAAA', 1)
    assert evening.told(HELD_AGAIN, changes={entry: touched})["differs"][1] == ["ruled"]


def test_what_decides_a_contest_is_told_on_the_sheet_of_its_region(evening: Evening) -> None:
    """It drew neither the determination nor the rulings of which the page tells."""
    told = evening.told(TOP, drawn=True)
    assert (told["differs"][1], told["notes"]) == ([], [])
    drawn = [(mark, texts[0]) for _, mark, texts in told["lines"]]
    n = {name: f"Catatan {index}" for name, index in evening.index.items()}
    titles = [f"Perkara di MK, {n[one]}" for one in ("ended", "mistaken", "all", "ruling")] + [
        f"Penetapan pasangan terpilih, {n['elected']}, bukan menurut penetapan yang berlaku",
        f"Penetapan hasil, {n['determination']}, dibatalkan sebagian oleh MK",
    ]
    assert [text for mark, text in drawn if mark == "h3" and "Catatan" in text] == titles
    assert {("dd", "nomor 1"), ("dd", "1 Tahun 2024"), ("dd", "2/PHPU")} <= {*drawn}
    # It was called unbacked by a site that hid the determination.
    twin = evening.twin(TOP)
    twin |= {"determination": None, "rulings": [], "left_out": []}
    twin["standing"] = {"state": "undetermined", "rulings": [], "open": []}
    elected = evening.twin(f"bukti/{evening.index['elected']}/")["evidence"]
    twin["evidence"] = sorted({*range(evening.index["roster"]), *elected})
    told = evening.told(TOP, twin, drawn=True)
    assert told["differs"][1] == []
    titles = [texts[0] for _, mark, texts in told["lines"] if mark == "h3"]
    assert f"Penetapan pasangan terpilih, {n['elected']}" in titles
    # Where a decision is not read, those before it do not make the page a false one.
    entry = f"bukti/{evening.index['ruling']}.json"
    told = evening.told(TOP, changes={entry: None}, drawn=True, mode="replay")
    assert (told["differs"][1], told["notes"]) == ([], ["ruled_unread"])
    # Nothing said so where only decisions were proved.
    assert ["vd", "p", ["Ditandatangani kunci contoh, bukan petugas KPU."]] in told["lines"]


ORDER, ANNULS = "ruled.0.orders.0.", "ruled.0.annuls.0."
FALSE_RULINGS: dict[str, tuple[str, str, Any]] = {
    "nothing was ruled": (HELD_AGAIN, "ruled", []),
    "a number": (HELD_AGAIN, "ruled.0.number", "2/PHPU"),
    "a day": (HELD_AGAIN, "ruled.0.date", "2025-02-25"),
    "another order": (HELD_AGAIN, f"{ORDER}what", "recount"),
    "other days": (HELD_AGAIN, f"{ORDER}days", 60),
    "it is done": (HELD_AGAIN, f"{ORDER}received", 1),
    "it is not done": (f"{GOVERNOR}004/", f"{ORDER}received", 0),
    "it was done before": (f"{GOVERNOR}003/", f"{ORDER}received", 1),
    "by another body": (HELD_AGAIN, f"{ORDER}by", "kpu"),
    "of another TPS": (GOVERNOR, "ruled.1.orders.0.places.0.tps", "004"),
    "of a place by another name": (GOVERNOR, "ruled.1.orders.0.places.0.name", "PALSU"),
    "no order": (HELD_AGAIN, "ruled.0.orders", []),
    "wholly annulled": (HELD_AGAIN, f"{ANNULS}wholly", True),
    "another decision": (HELD_AGAIN, f"{ANNULS}decision", "9 Tahun 2024"),
    "it counts": (LEFT_OUT, "left_out", []),
    "an entry that is read": (HELD_AGAIN, "ruled.0.index", 0),
    "by another case": (LEFT_OUT, "left_out.0.number", "2/PHPU"),
    "an entry that is no ruling": (HELD_AGAIN, "ruled.0.index", 1),
    "nothing is determined": (TOP, "determination", None),
    "another determination": (TOP, "determination.number", "9 Tahun 2024"),
    "another basis": (TOP, "determination.basis", "ruling"),
    "another hour": (TOP, "determination.announced_at", "2024-12-07T18:00:00+07:00"),
    "a decision with a time": (TOP, "determination.decided_at", "2024-12-07T18:00:00+07:00"),
    "a certificate": (TOP, "determination.certificate", {"index": 1, "counts": True}),
    "nobody is elected": (TOP, "elected", None),
    "another pair is elected": (TOP, "elected.pair", 2),
    "no case": (TOP, "rulings", []),
    "another court": (TOP, "rulings.0.court", "ma"),
    "another outcome": (TOP, "rulings.1.state", "dismissed"),
    "a case of another day": (TOP, "rulings.0.registered", "2025-01-04"),
    "cases in another order": (TOP, "rulings.0.index", 1),
    "what was replaced": (TOP, "rulings.0.earlier", []),
    "another version": (TOP, "rulings.0.revision", 1),
    "another day": (TOP, "rulings.1.date", "2025-02-25"),
    "against a decision": (TOP, "rulings.0.against", "1 Tahun 2024"),
    "of other places": (TOP, "rulings.0.annuls.0.places.0.tps", "004"),
    "another place is left out": (TOP, "rulings.0.orders.1.except", []),
    "it is in force": (TOP, "standing.state", "elected"),
    "by another ruling": (TOP, "standing.rulings", []),
    "a case is open": (TOP, "standing.open", [{"number": "1/PHPU"}]),
}


def test_a_false_word_of_what_a_court_ordered_differs(evening: Evening) -> None:
    cases = [
        evening.case(address, changed(evening.twin(address), path, value))
        for address, path, value in FALSE_RULINGS.values()
    ]
    for name, told in zip(FALSE_RULINGS, examined(evening.root, cases), strict=True):
        assert (told["head"], told["differs"][1]) == ("differs", ["ruled"]), name


def test_a_sheet_shows_both_figures_and_who_was_there(evening: Evening) -> None:
    above = f"{TOP}01/01/"
    lie = changed(evening.twin(above), "certified.figures.pair_1", 999)
    told = evening.told(above, lie, drawn=True)
    lines = [texts for _, _, texts in told["lines"]]
    rows = [texts for texts in lines if texts[0].startswith("nomor ")]
    assert rows == [["nomor 1Calon 1 dan Wakil 1", "[240]", "[999]"],
                    ["nomor 2Calon 2 dan Wakil 2", "190", "190"]]  # fmt: skip
    said = " ".join(texts[0] for texts in lines)
    assert "saksi nomor 1 hadir, tidak menandatangani kertas, mempersoalkan angka" in said
    assert "saksi nomor 2 tidak hadir" in said


def test_evidence_in_a_file_that_anybody_can_make_accuses_no_site(evening: Evening) -> None:
    """It said what the site shows, and that it is wrong if the file says so elsewhere too."""
    lie = changed(evening.twin(STATION), "head.figures.pair_1", 999)
    lie["head"]["count"] = "recount"
    told = evening.told(STATION, lie, alone=True, drawn=True)
    said = [texts[0] for _, _, texts in told["lines"]]
    assert "2 hal yang ditampilkan bukan dari yang ditandatangani." in " ".join(said)
    assert "Yang ditampilkan bukan yang ditandatangani: penghitungan keberapa." in said
    step = "Periksa di situsnya dari ponsel dan jaringan lain. Bila tetap berbeda, situs itu salah."
    assert step in said
    figures, places, _ = told["differs"]
    assert (figures, places) == ({"pair_1": 999}, ["count"])


UNDRAWN: dict[str, tuple[str, str, Any]] = {
    "a ruling in doubt": (HELD_AGAIN, "ruled.0.marks", ["K1"]),
    "how many did so": (GOVERNOR, f"{ORDER}received", 1),
    "how many of all did so": (TOP, "rulings.0.orders.0.received", 7),
    "until when one may sue": (TOP, "determination.petition.until", "2025-12-31T23:59:00+07:00"),
    "by which law": (TOP, "determination.petition.source", "PALSU"),
    "in how many days": (TOP, "determination.petition.days", 99),
    "a place that no roster here names": (TOP, "rulings.0.annuls.0.places.0.name", "PALSU"),
    "a level": (GOVERNOR, "region.level", "kecamatan"),
    "the name of the place": (GOVERNOR, "region.name", "PALSU"),
    "a name below": (GOVERNOR, "children.0.name", "PALSU"),
    "marks of a form": (STATION, "head.marks", ["K1", "L3"]),
    "how many objections": (GOVERNOR, "incidents.counts.open", 99),
}


def test_what_nothing_proves_is_in_no_sheet_whatever_a_page_says_of_it(evening: Evening) -> None:
    lies = [
        evening.case(address, changed(evening.twin(address), path, value), drawn=True)
        for address, path, value in UNDRAWN.values()
    ]
    pages = sorted({address for address, _, _ in UNDRAWN.values()})
    told = examined(evening.root, [*lies, *(evening.case(one, drawn=True) for one in pages)])
    true = dict(zip(pages, told[len(lies) :], strict=True))
    for (name, (address, *_)), one in zip(UNDRAWN.items(), told, strict=False):
        assert one["lines"] == true[address]["lines"], name


@pytest.mark.parametrize("name", ["ruling", "void ruling"])
def test_an_invented_ruling_differs(evening: Evening, name: str) -> None:
    """One of another place, which the evidence lacks; one that nobody entitled signed."""
    address = f"{GOVERNOR}004/"
    twin, index = evening.twin(address), evening.index[name]
    twin["ruled"] += [{**evening.twin(HELD_AGAIN)["ruled"][0], "index": index}]
    assert index not in twin["evidence"]
    more = {index} if name == "void ruling" else set()
    twin["evidence"] = sorted(more.union(twin["evidence"]))
    assert evening.told(address, twin)["differs"][1] == ["ruled"]


# ------------------------------------------------------------------- a page is its address


def test_a_kelurahan_at_the_address_of_another_differs(evening: Evening) -> None:
    other = GOVERNOR.replace("1001/", "1002/")
    told = evening.told(other, {**evening.twin(GOVERNOR), "address": other})
    assert told["head"] == "differs"
    assert told["below"]["proved"] == []


def test_a_kelurahan_of_another_contest_differs(evening: Evening) -> None:
    twin = {**evening.twin(GOVERNOR), "address": REGENT}
    for contest in (twin["contest"], evening.twin(REGENT)["contest"]):
        told = evening.told(REGENT, {**twin, "contest": contest})
        assert told["head"] == "differs"
        assert told["below"]["proved"] == []


def test_no_figure_of_another_place_is_drawn_below_the_name_of_this_one(evening: Evening) -> None:
    """A page and its twin that show the form of a neighbour, signed and recorded, whole."""
    kecamatan = f"{builders.ELECTION}/{builders.CONTEST}/01/01/"
    above, other = evening.twin(kecamatan), evening.twin(f"{kecamatan[:-3]}02/")
    region = {**above, **{name: other[name] for name in ("address", "region", "children")}}
    neighbour = {**evening.twin(f"{GOVERNOR}004/"), "address": STATION, "tps": "002"}
    contest = {**evening.twin(f"{REGENT}002/"), "address": STATION}
    grant_ = {**evening.twin(STATION), "history": []}
    grant_["head"] = {**grant_["head"], "index": evening.index["grant003"]}
    for twin in (neighbour, contest, grant_, region):
        told = evening.told(twin["address"], twin)
        assert (told["figures"], told["slot"]) == (None, None)
        assert (told["head"], told["differs"][0]) == ("differs", {})
        assert "slot" in told["differs"][1]


def test_what_the_page_of_an_entry_says_of_its_form_is_told_beside_the_place(
    evening: Evening,
) -> None:
    """A rival by its own page, the one that counts by the page of its place; below and above."""
    kecamatan = f"{builders.ELECTION}/{builders.CONTEST}/01/01/"
    missing = f"{kecamatan}1002/"
    for address, below in ((STATION, STATION), (kecamatan, missing)):
        twin = evening.twin(address)
        page = f"bukti/{(twin.get('head') or twin['certified'])['index']}/index.json"
        rival = encode_public({**json.loads(evening.files[page]), "status": "rival"})
        told = evening.told(below, changes={page: rival}, drawn=True)
        assert (told["above"] or below) == address
        notes = [texts for part, _, texts in told["lines"] if part == "catat"]
        assert notes[1:] == [["Keadaannya kini: dua formulir berbeda."]], address
        assert [part for part, _, _ in evening.told(below, drawn=True)["lines"]].count("catat") == 0


def test_a_page_of_another_kind_is_not_that_of_the_address(evening: Evening) -> None:
    own = evening.twin(f"bukti/{evening.index['002']}/")
    assert evening.told(STATION, {**own, "address": STATION})["faults"][0][0] == "twin"
    region = {**evening.twin(GOVERNOR), "address": STATION}
    assert evening.told(STATION, region)["head"] == "differs"
    page = f"bukti/{evening.index['002']}/"
    assert evening.told(page, {**evening.twin(STATION), "address": page})["faults"][0][0] == "twin"


# ------------------------------------------------------------------- what a twin may be

TEXT = "001. DIBATALKAN, menang nomor 2, kpu-asli.example"
STRANGE: dict[str, tuple[str, str, Any]] = {
    "a region of five parts": (STATION, "region.code", "1.2.3.4.5"),
    "a region in words": (STATION, "region.code", TEXT),
    "a TPS in words": (STATION, "tps", TEXT),
    "a child in words": (GOVERNOR, "children.4.code", TEXT),
    "a figure in words": (STATION, "head.figures.pair_1", TEXT),
    "a figure below zero": (STATION, "head.figures.pair_1", -1),
    "a figure that no form has": (STATION, "head.figures.menang", 1),
    "a sum of what no form has": (GOVERNOR, "sum.fields.menang", [1, 1]),
    "a sum in words": (GOVERNOR, "sum.fields.pair_1.0", TEXT),
    "a row in words": (GOVERNOR, "children.4.figures.pair_1", TEXT),
    "a size below zero": (STATION, "as_of", -1),
    "an endless size": (STATION, "as_of", 2**53 - 1),
    "a root of another length": (STATION, "root", "AAAA"),
    "an entry below zero": (STATION, "evidence", [-1]),
    "a state in words": ("bukti/0/", "status", TEXT),
}


def test_a_strange_twin_is_not_drawn_and_ends_nothing(evening: Evening) -> None:
    cases = [
        evening.case(address, changed(evening.twin(address), path, value))
        for address, path, value in STRANGE.values()
    ]
    for (name, (address, *_)), told in zip(
        STRANGE.items(), examined(evening.root, cases), strict=True
    ):
        assert (told["head"], told["figures"], told["below"]) == ("unchecked", None, None), name
        assert ["twin", f"{address}index.json"] in [one[:2] for one in told["faults"]], name


LATER = "2024-11-27T23:59:00+07:00"


def test_lies_about_a_time_an_entry_and_a_place_above_are_seen(evening: Evening) -> None:
    kecamatan = f"{builders.ELECTION}/{builders.CONTEST}/01/01/"
    entry = f"bukti/{evening.index['002']}/"
    lies = [(STATION, "history.1.at", LATER), (entry, "at", LATER),
            (GOVERNOR, "children.0.evidence", [evening.twin(GOVERNOR)["as_of"]])]  # fmt: skip
    cases = [evening.case(one, changed(evening.twin(one), *lie)) for one, *lie in lies]
    without, figure = f"{LEFT_OUT}001/", "certified.figures.pair_1"
    certified = evening.twin(kecamatan)
    for value in (certified["certified"]["figures"]["pair_1"], 999):
        lie = encode_public(changed(certified, figure, value))
        cases.append(evening.case(without, changes={f"{kecamatan}index.json": lie}))
    form, said, below, true, false = examined(evening.root, cases)
    assert [form["differs"][1], said["differs"][1]] == [["at"], ["at"]]
    assert (below["head"], below["faults"][0][0]) == ("differs", "as-of")
    assert (true["above"], false["above"]) == (kecamatan, None)


# ------------------------------------------------------------------- what the log does not hold


def forged(evening: Evening, entries: dict[int, bytes], size: int) -> Changes:
    """Files of `entries` in a tree of `size` that the log signed and shows to nobody else."""
    leaves = [hashlib.sha256(bytes([at])).digest() for at in range(size)]
    for index, data in entries.items():
        leaves[index] = leaf_hash(data)
    origin = evening.realm.origin
    note = sign_checkpoint(Checkpoint(origin, size, root_of(leaves)), signer("log"))
    changes: Changes = {}
    for index, data in entries.items():
        proof = TlogProof(index, tuple(path_of(index, leaves)), note)
        changes |= {f"bukti/{index}.json": data, f"bukti/{index}.tlog-proof": proof.format()}
    return changes


def root_of(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    at = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_of(leaves[:at]) + root_of(leaves[at:])).digest()


def path_of(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    at = 1 << (len(leaves) - 1).bit_length() - 1
    if index < at:
        return [*path_of(index, leaves[:at]), root_of(leaves[at:])]
    return [*path_of(index - at, leaves[at:]), root_of(leaves[:at])]


def signed(evening: Evening, payload: dict[str, Any], *roles: str) -> bytes:
    whole = {**payload, "log": evening.realm.origin}
    return envelope.sign(builders.encode(whole), [signer(role) for role in roles])


def unheld(told: Told) -> None:
    """Neither proved nor shown: no figure, no sum, no place above."""
    assert told["head"] != "proved"
    assert (told["figures"], told["below"], told["above"]) == (None, None, None)
    assert told["remembered"] is None


@pytest.mark.parametrize("later", [True, False])
def test_an_entry_under_a_tree_that_the_head_does_not_hold_is_not_proved(
    evening: Evening, later: bool
) -> None:
    size = len(evening.realm.entries) + 5 if later else 40
    payload = builders.form(region=ONE, tps="002", figures=INFLATED)
    entry = signed(evening, payload, *names(f"kpps-{ONE}-002"))
    changes = forged(evening, {size - 1: entry}, size)
    twin = evening.twin(STATION)
    twin["head"] |= {"index": size - 1, "figures": INFLATED}
    twin["history"] = []
    twin["as_of"] = max(twin["as_of"], size)
    told = evening.told(STATION, twin, changes=changes)
    unheld(told)
    code = "newer" if later else "fork"
    assert code in {one[0] for one in told["faults"]}
    kelurahan = evening.twin(GOVERNOR)
    kelurahan["children"][1] |= {"index": size - 1, "figures": INFLATED}
    kelurahan["sum"]["fields"] = {}
    kelurahan["as_of"] = max(kelurahan["as_of"], size)
    unheld(evening.told(GOVERNOR, kelurahan, changes=changes))


def test_two_trees_of_one_size_contradict_where_no_head_is_read(evening: Evening) -> None:
    size = len(evening.realm.entries)
    payload = builders.form(region=ONE, tps="002", figures=INFLATED)
    entry = signed(evening, payload, *names(f"kpps-{ONE}-002"))
    twin = {**evening.twin(STATION), "history": [], "as_of": size}
    twin["head"] |= {"index": size - 1, "figures": INFLATED}
    changes = forged(evening, {size - 1: entry}, size)
    told = evening.told(STATION, twin, changes=changes, alone=True)
    assert (told["head"], told["figures"]) == ("differs", None)
    assert "fork" in {code for code, *_ in told["faults"]}


def test_a_grant_that_only_this_reader_is_shown_entitles_nobody(evening: Evening) -> None:
    ghosts = names("hantu")
    own = grant("kpps", ONE, ghosts, tps="002")
    form = builders.form(region=ONE, tps="002", figures=INFLATED)
    last = len(evening.realm.entries) - 1
    entries = {
        40: signed(evening, own, *names("ppk-90.01.01", 2)),
        last - 1: signed(evening, form, *ghosts),
    }
    changes = forged(evening, entries, last)
    twin = evening.twin(GOVERNOR)
    twin["children"][1] |= {"index": last - 1, "figures": INFLATED, "evidence": [40]}
    twin["sum"]["fields"] = {}
    unheld(evening.told(GOVERNOR, twin, changes=changes))
    main = evening.twin(STATION)
    main["head"] |= {"index": last - 1, "figures": INFLATED}
    main["evidence"] = sorted({*main["evidence"], 40})
    unheld(evening.told(STATION, main, changes=changes))


def test_a_head_that_its_witness_did_not_sign_records_no_entry(evening: Evening) -> None:
    """Read by tiles under it, without a proof of each: a log whose entry 0 asks for a witness."""
    name, witness = "saksi.example/w1", signer("saksi-log")
    key = note.NoteKey.of(name, note.COSIGNATURE, witness.public)
    first = said(evening.realm.entries[0])
    lines = [f"log {first['log_key']}", f"witness w1 {key.vkey}", "quorum w1"]
    entry = signed(evening, {**first, "policy": lines}, *evening.realm.operators)
    anchors = "\n".join([lines[0], f"#rekap log {envelope.parse(entry).id}", *lines[1:], ""])
    roots = [
        one for one in evening.files["policy.txt"].decode().split("\n") if "#rekap root" in one
    ]
    anchors = anchors.replace("\nwitness", "\n" + "\n".join([*roots, "witness"]))
    leaves = [leaf_hash(one) for one in [entry, *evening.realm.entries[1:]]]
    size, twin = len(leaves), evening.twin(STATION)
    twin["root"] = base64.b64encode(root_of(leaves[: twin["as_of"]])).decode()
    head = sign_checkpoint(Checkpoint(evening.realm.origin, size, root_of(leaves)), signer("log"))
    text = note.Note.parse(head)
    cosigned = text.merge([note.cosign(text.text, name, witness, 1)]).format()
    shown: Changes = {"policy.txt": anchors.encode(), "bukti/0.json": entry,
                      f"log/tile/0/000.p/{size}": b"".join(leaves)}  # fmt: skip
    shown |= {f"bukti/{index}.tlog-proof": None for index in range(size)}
    cases = [
        evening.case(STATION, twin, changes={**shown, "log/checkpoint": one}, drawn=True)
        for one in (cosigned, head)
    ]
    by_all, by_one = examined(evening.root, cases)
    assert (by_all["head"], by_all["faults"]) == ("proved", [])
    assert "1 dari 1 saksi buku besar" in " ".join(texts[0] for _, _, texts in by_all["lines"])
    unheld({**by_one, "remembered": None})
    assert {code for code, *_ in by_one["faults"]} == {"waiting"}


def test_a_rolled_back_or_missing_head_leaves_the_sheet_open(evening: Evening) -> None:
    unheld(evening.told(STATION, changes={"log/checkpoint": None}))
    small = evening.realm.entries[:30]
    note = sign_checkpoint(
        Checkpoint(evening.realm.origin, 30, root_of([leaf_hash(one) for one in small])),
        signer("log"),
    )
    told = evening.told(STATION, changes={"log/checkpoint": note})
    unheld(told)
    assert told["head"] == "unchecked"
    assert "newer" in {one[0] for one in told["faults"]}


def remembered_heads(evening: Evening) -> dict[str, tuple[str | None, str, str | None]]:
    """{name: (what is kept of the log's head, what the check says then, the code of its fault)}."""
    true = evening.files["log/checkpoint"].decode()
    origin, size = evening.realm.origin, len(evening.realm.entries)

    def head(size: int, root: bytes, key: str = "log", name: str = origin) -> str:
        return sign_checkpoint(Checkpoint(name, size, root), signer(key)).decode()

    first = root_of([leaf_hash(one) for one in evening.realm.entries[:30]])
    lines = true.split("\n")
    return {
        "nothing": (None, "proved", None), "no note": ("{}", "proved", None),
        "the newest": (true, "proved", None), "an older one": (head(30, first), "proved", None),
        "another size under its signature": (
            "\n".join([lines[0], "30", *lines[2:]]), "unchecked", "other-log"),
        "the key of another": (head(30, bytes(32), "receipt"), "unchecked", "other-log"),
        "another log": (head(30, bytes(32), name="lain.example/log"), "unchecked", "other-log"),
        "a longer log": (head(size + 1, bytes(32)), "unchecked", "smaller"),
        "another history": (head(30, bytes(32)), "differs", "fork"),
        "another history as long": (head(size, bytes(32)), "differs", "fork"),
    }  # fmt: skip


def test_a_remembered_head_accuses_a_log_only_by_its_own_signature(evening: Evening) -> None:
    """On the device, and in saved evidence that anybody may have changed or mixed."""
    heads = remembered_heads(evening)
    cases = [evening.case(STATION, kept=kept) for kept, *_ in heads.values()]
    for (name, (_, head, code)), told in zip(
        heads.items(), examined(evening.root, cases), strict=True
    ):
        refuted = {(one[0], one[3]) for one in told["faults"]}
        wanted = {(code, head == "differs")} if code else set()
        assert (told["head"], refuted) == (head, wanted), name
        if code:
            unheld(told)
        else:
            assert told["remembered"] == heads["the newest"][0]
    evidence = {name: saved(evening, head=kept) for name, (kept, *_) in heads.items()}
    (verdicts,) = examined(evening.root, [{"given": evidence}])
    told_of = {name: (head, codes) for name, head, codes in verdicts}
    assert told_of == {
        name: (head, [code] if code else []) for name, (_, head, code) in heads.items()
    }


def saved(evening: Evening, head: str | None = None, log: str | None = None) -> str:
    """Evidence of a TPS as a file that a reader gives."""
    twin = evening.twin(STATION)
    indexes = {0, twin["head"]["index"], *twin["evidence"]}
    paths = ["policy.txt", "log/checkpoint", f"{STATION}index.json"]
    paths += [f"bukti/{at}.{end}" for at in sorted(indexes) for end in ("json", "tlog-proof")]
    paths += [one for one in evening.files if one.startswith("log/tile/0/")]
    paths.append(f"bukti/{twin['head']['index']}/index.json")
    own = {path: evening.files[path] for path in paths}
    return base64.b64encode(exhibits.encode(STATION, own, head, log)).decode()


def test_another_log_at_the_same_site_is_no_first_visit(evening: Evening) -> None:
    own = envelope.parse(evening.realm.entries[0]).id
    assert evening.told(STATION, log=own)["head"] == "proved"
    told = evening.told(STATION, log="0" * 64)
    unheld(told)
    assert (told["head"], told["faults"][-1][0]) == ("unchecked", "other-log")


def test_holding_every_entry_asks_for_few_tiles(evening: Evening) -> None:
    """One tree of each size, and a tile of the head once: here the log has one of 256 hashes."""
    for address in (STATION, GOVERNOR, f"bukti/{evening.index['005']}/"):
        told = evening.told(address)
        assert told["head"] == "proved"
        assert len([one for one in told["asked"] if one.startswith("log/tile/")]) <= 1


# -------------------------------------------------------------- lies beside what was compared


def test_a_twin_that_calls_itself_none_is_held_against_what_was_signed(evening: Evening) -> None:
    page = f"bukti/{evening.index['005']}/"
    twin = evening.twin(page)
    twin["payload"]["count"] = "court"
    for lie in (twin, {**twin, "none": True}):
        assert evening.told(page, lie)["head"] in ("differs", "unchecked")


def test_a_false_result_under_another_basis_is_seen(evening: Evening) -> None:
    """Of a certificate, and of the sum of a kelurahan."""
    kecamatan = f"{builders.ELECTION}/{builders.CONTEST}/01/01/"
    for address in (kecamatan, GOVERNOR):
        for basis in ("sum", "certified", None):
            twin = evening.twin(address)
            assert evening.told(address, twin)["head"] == "proved"
            twin["result"]["basis"] = basis
            twin["result"]["pairs"][0]["votes"] += 1
            assert evening.told(address, twin)["head"] == "differs", (address, basis)


def test_a_form_in_the_place_of_another_kind_of_page_is_not_shown(evening: Evening) -> None:
    """A certificate is no head, nor a head a certificate: what is compared with it goes along."""
    kecamatan = f"{builders.ELECTION}/{builders.CONTEST}/01/01/"
    twin = evening.twin(kecamatan)
    twin["head"] = twin.pop("certified")
    twin["result"]["pairs"][0]["votes"] += 1
    assert evening.told(kecamatan, twin)["head"] != "proved"
    twin = evening.twin(STATION)
    twin["certified"] = twin.pop("head")
    assert evening.told(STATION, twin)["head"] != "proved"


def test_a_kelurahan_that_calls_itself_something_else_is_added_up(evening: Evening) -> None:
    for level in ("kecamatan", "desa", None):
        twin = evening.twin(GOVERNOR)
        twin["region"]["level"] = level
        assert evening.told(GOVERNOR, twin)["head"] == "proved"
        twin["children"][0]["figures"]["pair_1"] += 1
        assert evening.told(GOVERNOR, twin)["head"] == "differs"


def test_names_exchanged_between_the_pairs_of_a_kelurahan_are_seen(evening: Evening) -> None:
    twin = evening.twin(GOVERNOR)
    one, two = twin["contest"]["pairs"]
    one["names"], two["names"] = two["names"], one["names"]
    told = evening.told(GOVERNOR, twin)
    assert (told["head"], told["differs"][1]) == ("differs", ["names"])


# ------------------------------------------------------------------- what is recorded and void


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("free text", "unknown"),
        ("neighbour", "region"),
        ("alien roster", "unknown"),
        ("short roster", "previous"),
        ("grant in words", "unknown"),
        ("ghosts", "unknown-key"),
    ],
)
def test_a_void_entry_that_the_site_calls_effective_is_not_proved(
    evening: Evening, name: str, code: str
) -> None:
    index = evening.index[name]
    page = f"bukti/{index}/"
    known = evening.index["roster"]
    twin = {**evening.twin(page), "status": "effective", "kind": "form", "void_reason": None}
    twin["evidence"] = [*range(known + 1), *(evening.index[one] for one in ("grant004",)), index]
    if name == "ghosts":
        twin["evidence"].append(evening.index["grant in words"])
    told = evening.told(page, twin)
    assert (told["head"] == "proved", told["figures"]) == (False, None)
    assert code in {one[0] for one in told["faults"]}


def test_a_twin_whose_as_of_was_set_back_is_not_proved(evening: Evening) -> None:
    """As a printed page names it: the check would say that nothing has changed since."""
    for address in (STATION, GOVERNOR, f"bukti/{evening.index['005']}/"):
        twin = evening.twin(address)
        back = twin["evidence"][-1]
        root = root_of([leaf_hash(one) for one in evening.realm.entries[:back]])
        told = evening.told(
            address, {**twin, "as_of": back, "root": base64.b64encode(root).decode()}
        )
        assert (told["head"], told["figures"]) == ("differs", None)
        assert told["faults"][0][0] == "as-of"


UNNAMED = "90.01.01.1099"
"""A kelurahan that no roster names."""


def test_a_tps_in_a_place_that_no_roster_names_is_not_proved(evening: Evening) -> None:
    """Its roster and its form are signed by who is entitled, recorded, and void."""
    page = f"{builders.ELECTION}/{builders.CONTEST}/01/01/1099/001/"
    station = evening.twin(STATION)
    known = [evening.index[one] for one in ("unnamed roster", "unnamed grant", "unnamed form")]
    twin = {**station, "address": page, "tps": "001", "region": {"code": UNNAMED}, "history": []}
    twin["head"] = {**station["head"], "index": known[-1]}
    twin["evidence"] = sorted({*station["evidence"], *known[:-1]})
    told = evening.told(page, twin)
    assert (told["head"], told["figures"]) == ("unchecked", None)
    assert {one[0] for one in told["faults"]} == {"unlisted-region", "unknown-key"}
    assert told["roster"] is None  # it was said to be on the list of TPS


@pytest.mark.parametrize(("left_out", "code"), [(True, "before"), (False, "previous")])
def test_a_roster_that_does_not_follow_those_before_it_lists_nothing(
    evening: Evening, left_out: bool, code: str
) -> None:
    """Revision 3, void in the log, with revision 2 and without it."""
    twin = evening.twin(GOVERNOR)
    left = {evening.index["roster"]} if left_out else set()
    twin["evidence"] = sorted({*twin["evidence"], evening.index["short roster"]} - left)
    told = evening.told(GOVERNOR, twin)
    # Without revision 2, keys of the TPS that it added are granted for no place either.
    beside = {"unlisted-tps"} if left_out else set()
    assert {one[0] for one in told["faults"]} == {code} | beside
    assert told["head"] == ("unchecked" if left_out else "differs")
    assert evening.index["short roster"] != told["roster"]


@pytest.mark.parametrize("name", ["election again", "roster", "place again"])
def test_evidence_holds_every_revision_that_decides(evening: Evening, name: str) -> None:
    """Without the one before, a revision in force and a void one look alike."""
    index = evening.index[name]
    for address in (GOVERNOR, STATION, f"bukti/{index}/"):
        twin = evening.twin(address)
        named = set(twin["evidence"])
        assert index in named
        before = evening.before(index)
        assert before in named, (address, name)
        told = evening.told(address, {**twin, "evidence": sorted(named - {before})})
        assert told["head"] != "proved", address
        assert {"before", "no-election", "unknown-key"} & {one[0] for one in told["faults"]}, (
            address
        )


def _is_not_called_in_force(evening: Evening, page: str, later: int) -> list[int]:
    """By its own page, and by one that hides entry `later`, by which it was replaced, and shows it
    as evidence, which is returned.
    """
    twin = evening.twin(page)
    assert (twin["status"], twin["after"]["index"]) == ("superseded", later)
    told = evening.told(page)
    assert (told["head"], told["notes"]) == ("proved", ["status", "later"])
    shown = sorted({*twin["evidence"], *evening.twin(f"bukti/{later}/")["evidence"]})
    told = evening.told(page, {**twin, "status": "effective", "after": None, "evidence": shown})
    assert (told["head"], told["differs"][1]) == ("differs", ["status"])
    return shown


@pytest.mark.parametrize("name", ["election again", "roster", "place again"])
def test_a_statement_that_was_replaced_is_not_called_in_force(evening: Evening, name: str) -> None:
    """By its own page, and by one that hides it and shows the entry that replaced it."""
    later = evening.index[name]
    _is_not_called_in_force(evening, f"bukti/{evening.before(later)}/", later)


@pytest.mark.parametrize("name", ["line", "answer"])
def test_a_line_or_an_answer_that_was_replaced_is_not_called_in_force(
    evening: Evening, name: str
) -> None:
    """By its own page, and by one that hides it and shows the entry that replaced it."""
    later = evening.index[f"{name} again"]
    shown = _is_not_called_in_force(evening, f"bukti/{evening.index[name]}/", later)
    own = evening.twin(f"bukti/{later}/")
    assert own["status"] == "effective"
    told = evening.told(f"bukti/{later}/", {**own, "evidence": shown})
    assert (told["head"], told["notes"]) == ("proved", [])


def test_a_form_of_which_a_later_version_is_shown_is_not_called_the_one_that_counts(
    evening: Evening,
) -> None:
    first, later = evening.index["001"], evening.index["001 again"]
    page = f"bukti/{first}/"
    twin = evening.twin(page)
    lie = {"status": "head", "after": None, "evidence": sorted({*twin["evidence"], later})}
    assert evening.told(page, {**twin, **lie})["notes"] == ["later_shown"]
    below = evening.twin(GOVERNOR)
    child = next(one for one in below["children"] if one["code"] == "001")
    child.update(index=first, figures=twin["payload"]["figures"])
    below["evidence"] = sorted({*below["evidence"], first, later})
    told = evening.told(GOVERNOR, below)
    assert (told["head"], told["below"]["wrong"]) == ("differs", ["001"])


def test_an_election_that_changes_what_no_revision_may_change_is_not_taken(
    evening: Evening,
) -> None:
    twin = evening.twin(STATION)
    twin["evidence"] = sorted({*twin["evidence"], evening.index["alien election"]})
    twin["contest"]["pairs"][0]["names"] = ["PALSU"]
    told = evening.told(STATION, twin)
    assert told["head"] == "differs"
    assert {"previous", "names"} <= {*(one[0] for one in told["faults"]), *told["differs"][1]}


def test_a_short_roster_and_alien_names_change_no_sheet(evening: Evening) -> None:
    twin = evening.twin(GOVERNOR)
    twin["evidence"] += [evening.index[one] for one in ("alien roster", "short roster")]
    told = evening.told(GOVERNOR, twin)
    assert "PALSU" not in str(told["names"])
    assert len(told["below"]["stations"]) == 5


def test_a_first_entry_whose_policy_is_not_of_its_log_begins_no_sheet(evening: Evening) -> None:
    """Void in the log, whoever signed it: under another key's checkpoints nothing is recorded."""
    other = builders.vkey(evening.realm.origin, signer("lain").public)
    first = {**said(evening.realm.entries[0]), "policy": [f"log {other}", "quorum none"]}
    entry = signed(evening, first, *names("operator", 2))
    anchors = f"log {first['log_key']}\n#rekap log {envelope.parse(entry).id}\nquorum none\n"
    told = evening.told(STATION, changes={"bukti/0.json": entry, "policy.txt": anchors.encode()})
    assert (told["head"], told["faults"][0][:2]) == ("differs", ["anchor", "bukti/0.json"])


@pytest.mark.parametrize(
    ("other", "head", "code"),
    [(None, "unchecked", "unnamed"), ("0" * 32, "differs", "anchor")],
)
def test_anchors_that_are_older_than_an_election_refute_no_page_of_it(
    evening: Evening, other: str | None, head: str, code: str
) -> None:
    """A reader's own may not name it yet; those that name it with other roots contradict it."""
    lines = evening.files["policy.txt"].decode().splitlines(keepends=True)
    start = f"#rekap root {builders.ELECTION} "
    kept = [line for line in lines if not line.startswith(start)]
    log = next(at for at, line in enumerate(kept) if line.startswith("#rekap log")) + 1
    own = kept if other is None else [*kept[:log], f"{start}{other}\n", *kept[log:]]
    told = evening.told(STATION, changes={"policy.txt": "".join(own).encode()})
    assert told["head"] == head
    assert code in {one[0] for one in told["faults"]}
    assert told["figures"] is None


def test_a_roster_of_a_place_that_is_not_listed_lists_nothing_for_a_statement(
    evening: Evening,
) -> None:
    """Whatever its page gives as evidence: the form is void, and its TPS on no list."""
    index = evening.index["unnamed form"]
    page = f"bukti/{index}/"
    known = [evening.index[one] for one in ("unnamed roster", "unnamed grant")]
    evidence = sorted({*evening.twin(STATION)["evidence"], *known})
    twin = {**evening.twin(page), "status": "head", "void_reason": None, "evidence": evidence}
    told = evening.told(page, twin)
    assert told["roster"] is None
