"""Invented twins for every kind of page and state. SIMULASI: no name or figure here is real.

`all_pages()` yields (name, twin); names are stable, they are the ids of the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from tests.core.pages.blocks import (
    CONTEST,
    ELECTION,
    HEX,
    HOSTILE,
    MISSING,
    ROOT,
    Twin,
    address,
    child,
    column,
    common,
    contest,
    correction,
    crumbs,
    empty_column_contest,
    finding,
    form_view,
    full,
    gaps,
    history_item,
    region,
    region_of,
    result,
    rung,
    signers,
    stands,
    station_child,
    stations,
    sum_fields,
    tps,
    votes,
)

from rekap.core.ledger.incidents import STATES
from rekap.core.ledger.readiness import SHEETS
from rekap.core.pages.tables import rows
from rekap.core.statements import kinds_incident, model, rules
from rekap.core.statements.kinds import KINDS


def contested_tps() -> Twin:
    """Two valid forms for one TPS: the chain counts, both are shown."""
    head = form_view("c_hasil", "91.01.06.1001", full(), tps="004")
    rival = {**head, "index": 9500, "status": "rival", "address": "bukti/9500/"}
    return tps(
        contested=True, status="contested", head=head, statements=[head, rival],
        history=[
            history_item(index=9500, status="rival", address="bukti/9500/"),
            history_item(index=9417, address="bukti/9417/"),
        ],
    )  # fmt: skip


def differing_tps() -> Twin:
    """The column of the kecamatan differs, the form was corrected, a key is suspect."""
    figures = full(pair_3=127)
    above = {**votes(), "pair_3": 123, "valid": 265, "total": None}
    head = form_view(
        "c_hasil", "91.01.06.1001", figures, tps="004", revision=2, marks=["L1", "K1", "S1"],
        count="recount", reason={"code": "counting", "text": HOSTILE},
        witnesses=[
            {"pair": 1, "present": True, "signed": True, "reason": None},
            {"pair": 2, "present": False, "signed": False, "reason": None},
            {"pair": 3, "present": True, "signed": False, "reason": "figures"},
        ],
        explanations=[{"rule": "R6", "child": None, "part": None, "text": HOSTILE}],
    )  # fmt: skip
    head["signers"][1] |= {"suspect": True, "counted": False, "acting": "kpu_prov"}
    return tps(
        figures, head=head, statements=[head],
        column=column(above, {"pair_3": -4, "valid": -5}, corrections=[
            correction(), correction(field="valid", objection=None, entry=None, initials=[]),
            correction(field="total", entry=None, initials=["pengawas"]),
        ]),
        findings=[
            finding("R6", expected=269, found=270, explanation={
                "text": HOSTILE, "by": "form", "index": 9417, "basis": [],
            }),
            finding("R8", fields=["voted", "total"], expected=287, found=288),
            finding("K1", fields=[], expected=None, found=None),
        ],
        history=[
            history_item(
                index=9417, revision=2, count="recount", marks=["L1", "K1"], address="bukti/9417/",
                reason={"code": "counting", "text": HOSTILE},
                changes=[
                    {"field": "ballots_unused", "old": 239, "new": 293},
                    {"field": "voted_m", "old": None, "new": 134},
                ],
            ),
            history_item(status="superseded"),
            history_item(index=9090, kind="answer", revision=None, status="effective",
                         count=None, reason={"code": "rejected", "text": None}),
        ],
    )  # fmt: skip


def absent_tps(status: str) -> Twin:
    """No form counts: `missing`, `not-in-source` or `waiting`."""
    waiting = form_view("c_hasil", "91.01.06.1001", full(), tps="004", status="waiting")
    return tps(
        status=status, head=None, checks=[], evidence=[],
        history=[history_item(status="waiting")] if status == "waiting" else [],
        statements=[waiting] if status == "waiting" else [],
    )  # fmt: skip


def replay(twin: Twin, **changes: Any) -> Twin:
    """The same page in a replay: real figures, demonstration signatures."""
    election = {**twin["election"], "source": "Contoh sumber publik"} if twin["election"] else None
    made: Twin = {"mode": "replay", "simulated": False, "origin": "replay.example/replay/log"}
    hours = {name: None for name in ("hour", "came") if name in twin}
    if twin["page"] == "portal":
        said = {"source": "Contoh sumber publik"}
        made["elections"] = [{**one, **said} for one in twin["elections"]]
    return {**twin, **made, **hours, "election": election, **changes}


def sparse_tps() -> Twin:
    """A replay's source with few fields: most rules cannot be tested."""
    return replay(
        tps({"registered": 491, "voted_listed": 348, "pair_1": 73, "pair_2": 266, "valid": 339,
             "invalid": 9, "total": 348}, pairs=2)
    )  # fmt: skip


def determination() -> Twin:
    """A result that was announced on a Sunday."""
    return {
        "number": "210/2024", "announced_at": "2024-12-08T16:01:30+07:00", "index": 15588,
        "basis": "first", "decided_at": None, "certificate": {"index": 15500, "counts": True},
        "revision": 2, "earlier": [15500],
        "petition": {"days": 3, "until": "2024-12-11T23:59:00+07:00", "holidays": None,
                     "source": "PMK 3/2024"},
    }  # fmt: skip


def kecamatan_of(above: str, name: str, figures: dict[str, int] | None, **changes: Any) -> Twin:
    """A kecamatan in the table of its provinsi."""
    made = child("91.01.06", name, "kecamatan", figures, **changes)
    kept = ("code", "name", "level", "address", "stations", "figures", "sum", "basis")
    return {**{field: made[field] for field in kept}, "above": above}


def province(pairs: int = 3) -> Twin:
    """The contest's own region: certified, determined, near the line, sum incomplete."""
    figures = {"pair_1": 1718160, "pair_2": 459230, "pair_3": 2183239}
    figures |= {"valid": 4360629, "invalid": 363764, "total": 4724393, "registered": 8214007}
    below = {**figures, "pair_1": 1717245, "pair_2": 458886, "pair_3": 2181939, "valid": 4358070}
    below = {field: below[field] for field in ("pair_1", "pair_2", "pair_3", "valid")}
    difference = gaps(figures, below)
    kids = [
        child("91.01", "Kabupaten Contoh Utara", "kabko", votes(9000)),
        child(
            "91.01",
            "Kota Contoh Selatan",
            "kabko",
            votes(8000),
            findings={"open": 3, "answered": 1},
            comparison={"state": "different", "difference": {"pair_1": -1, "valid": -1}},
        ),
        child(
            "91.01",
            "Kota Contoh Timur",
            "kabko",
            votes(7000),
            stations=stations(2386, 2376),
            comparison={"state": "incomplete", "difference": {"pair_1": 902, "valid": 2542}},
        ),
        child(
            "91.01",
            "Kota Contoh Barat",
            "kabko",
            votes(3000),
            contested=True,
            contested_below=1,
            listed=False,
        ),
        child(
            "91.01",
            HOSTILE,
            "kabko",
            None,
            stations=stations(None, 0),
            basis=None,
            comparison={"state": "no-certified", "difference": {}},
        ),
    ]
    return region(
        "91", figures,
        stations=stations(14835, 14825),
        sum={"via": "forms", "counted": 14825, "expected": 14835,
             "fields": sum_fields(below, 14825)},
        comparison={"state": "incomplete", "difference": difference},
        ladder=[
            rung("tps", "forms", below, 14825, kind="sum", expected=14835),
            rung("kabko", "d_hasil_kabko", figures, 6, difference=difference),
            rung("provinsi", "d_hasil_prov", figures, 1, difference=dict.fromkeys(figures, 0)),
        ],
        children=kids,
        kecamatan_below=[
            kecamatan_of("Kabupaten Contoh Utara", "Mawar", votes(900)),
            kecamatan_of("Kabupaten Contoh Utara", "Melati", None, basis=None),
            kecamatan_of("Kota Contoh Selatan", HOSTILE, votes(700), basis="sum"),
        ],
        result=result(
            "certified", figures, pairs,
            turnout={"voters": 4724393, "registered": 8214007},
            line={"needed": 2180315, "number": 3, "above": 2924},
            elected={"number": 3},
            margin={"per_mille": 10, "limit": 43606, "gap": 465079, "numbers": [3, 1],
                    "source": "UU 10/2016 pasal 158"},
        ),
        differences=[
            {"place": {"name": one["name"], "address": one["address"]}, "missing": missing,
             "difference": one["comparison"]["difference"], "state": one["comparison"]["state"],
             "finding": found}
            for one, missing, found in (
                (kids[2], 10, None), (kids[1], 0, None),
                (kids[0], 0, finding("D1", explanation={
                    "text": None, "by": "correction", "index": 15590, "basis": ["plano", "copies"],
                })),
            )
        ],
        findings=[finding("D1", form="d_hasil_prov", fields=["pair_1", "valid"], tps=None)],
        findings_below={"open": 4, "answered": 2},
        determination=determination(),
    )  # fmt: skip


def running() -> Twin:
    """No certificate yet: the sum stands on a public running figure that is no form."""
    figures = {"pair_1": 3985, "pair_2": 257, "pair_3": 4284}
    summary = form_view(
        "summary", "91.01.06", figures, stations_in=23, stations_expected=25,
        as_of_text="27 November 2024 pukul 18.30 WIB",
    )  # fmt: skip
    return replay(
        region(
            "91.01.06", figures, certified=None, summary=summary,
            stations=stations(25, 0, 23), contest=contest(source_forms=["summary"]),
            sum={"via": "summary", "counted": 23, "expected": 25,
                 "fields": sum_fields(figures, 23)},
            comparison={"state": "no-certified", "difference": {}},
            ladder=[rung("tps", "summary", figures, 23, kind="sum", expected=25)],
            result=result("sum", figures, valid=8526),
            source_has_c=False,
            history=[history_item(form="summary", index=9417, count=None)],
        )
    )  # fmt: skip


def empty_region() -> Twin:
    """Nothing was said about this region or anything below it, and the roster is unknown."""
    return region(
        "91.01", {}, certified=None, stations=stations(None, 0), ladder=[], history=[],
        sum={"via": "none", "counted": 0, "expected": None, "fields": {}},
        comparison={"state": "no-certified", "difference": {}},
        result=result(None, {}), evidence=[],
        children=[child("91.01.06", "Contohan", "kecamatan", None, basis=None,
                        stations=stations(None, 0),
                        comparison={"state": "no-certified", "difference": {}})],
    )  # fmt: skip


def unsourced() -> Twin:
    """A kelurahan of whose TPS the source has no form: none of them is missing."""
    kids = [
        {**station_child(number, 3), **MISSING, "status": "not-in-source"} for number in range(1, 9)
    ]
    return replay(region(
        "91.01.06.1001", {}, certified=None, stations=stations(8, 0), ladder=[], history=[],
        contest=contest(source_forms=["d_hasil_prov", "summary"]), source_has_c=False,
        sum={"via": "none", "counted": 0, "expected": 8, "fields": {}},
        comparison={"state": "no-certified", "difference": {}},
        result=result(None, {}), evidence=[], children=kids,
    ))  # fmt: skip


def long_names() -> Twin:
    """Names of a hundred characters, with and without a place to break them."""
    twin = province()
    words, one = ("Pasangan Contoh " * 7)[:99] + ".", "X" * 100
    for at, pair in enumerate(twin["contest"]["pairs"]):
        pair["names"] = [one, words] if at % 2 else [words, one]
    for at, kid in enumerate(twin["children"]):
        kid["name"] = one if at % 2 else words
    twin["region"]["name"] = twin["crumbs"][-1]["name"] = one
    twin["election"]["name"] = twin["crumbs"][0]["name"] = {"id": words, "en": one}
    return twin


def tps_numbers(count: int) -> list[str]:
    """001, 002 …"""
    return [f"{number:03d}" for number in range(1, count + 1)]


def kecamatan() -> Twin:
    """A kecamatan with an objection of numbers: different, contested, with links to its lists."""
    figures, above = votes(110), {**votes(110), "pair_1": 11000}
    return region(
        "91.01.06", figures, contested=True,
        comparison={"state": "different", "difference": {"pair_1": -10, "invalid": 10}},
        column=column(above, {"pair_1": -440}, form="d_hasil_kabko",
                      region={**region_of("91.01"), "address": address("91.01")}),
        children=[child("91.01.06.1001", "Mawar", "kelurahan", votes(20), status=None)],
        findings_below={"open": 2, "answered": 0},
        kecamatan={
            "findings": f"{address('91.01.06')}temuan/",
            "missing": f"{address('91.01.06')}belum-masuk/",
            "forms_csv": f"{address('91.01.06')}forms.csv",
            "notable": [finding("R8", fields=["voted", "total"], expected=287, found=282),
                        finding("X1", child="004", fields=["pair_3"], expected=128, found=123)],
            "strips": [
                {"name": name, "address": address(code), "tps": tps_numbers(len(marks)),
                 "marks": marks}
                for name, code, marks in (
                    ("Mawar", "91.01.06.1001", "s" * 18 + "o" + "s" * 12 + "r" + "s" * 11),
                    (HOSTILE, "91.01.06.1001", "m" * 15 + "asso"),
                )
            ],
        },
        downloads=[
            {"label": "json", "address": f"{address('91.01.06')}index.json"},
            {"label": "forms_csv", "address": f"{address('91.01.06')}forms.csv"},
        ],
    )  # fmt: skip


def kelurahan(count: int = 43, pairs: int = 3) -> Twin:
    """A kelurahan with TPS in every state."""
    kids = [station_child(number, pairs) for number in range(1, count + 1)]
    if count > 20:
        kids[3] |= {"findings": {"open": 1, "answered": 0},
                    "comparison": {"state": "different", "difference": {"pair_1": -5}}}  # fmt: skip
        kids[6] |= {**MISSING, "status": "missing"}
        kids[8] |= {"findings": {"open": 0, "answered": 2}}
        kids[11] |= {"revision": 2}
        kids[13] |= {"awaits": "repeat-vote"}
        kids[14] |= {"contested": True, "status": "contested"}
        kids[17] |= {**MISSING, "status": "waiting", "listed": False}
    figures = votes(40, pairs)
    return region(
        "91.01.06.1001", figures, contest=contest(pairs), children=kids,
        stations=stations(count, count - 2), result=result("certified", figures, pairs),
        ladder=[
            rung("tps", "forms", figures, count, kind="sum"),
            rung("kelurahan", "d_hasil_kelurahan", figures, 1,
                 difference=dict.fromkeys(figures, 0)),
        ],
        findings=[finding("X1", fields=["pair_3", "valid"], child="004", form="d_hasil_kelurahan",
                          expected=128, found=123, tps=None)],
        corrections={"rows": [{**correction(), "place": finding("X1")["place"]}], "more": 3},
    )  # fmt: skip


def regency(count: int = 44, pairs: int = 6) -> Twin:
    """A kab/kota with very many kecamatan and pairs."""
    figures = votes(9000, pairs)
    kids = [
        child(
            f"91.01.{number:02d}", f"Contohan {number}", "kecamatan",
            {f: v * 37 + number * 731 for f, v in votes(1, pairs).items()},
            stations=stations(310 + number, 310 + number),
            address=f"{address('91.01')}{number:02d}/",
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    return region(
        "91.01", figures, contest=contest(pairs), children=kids,
        result=result("certified", figures, pairs, turnout={"voters": 9, "registered": 12}),
        ladder=[rung("tps", "forms", figures, 125, kind="sum"),
                rung("kabko", "d_hasil_kabko", figures, 1, difference=dict.fromkeys(figures, 0))],
    )  # fmt: skip


def two_choices() -> Twin:
    """One pair against the empty column: more than half is needed."""
    figures = {"pair_1": 65000, "pair_2": 64999, "valid": 129999, "invalid": 100, "total": 130099}
    return region(
        "91.01", figures, contest=empty_column_contest(),
        result=result("certified", figures, 2, line={"needed": 65000, "number": 1, "above": 0}),
    )  # fmt: skip


KEY = "A" * 43 + "="
_STATEMENT = {"log": "contoh.example/rehearsal/log", "at": "2024-11-27T14:05:00+07:00"}
_SLOT = {"election": ELECTION, "contest": CONTEST, "form": "c_hasil", "region": "91.01.06.1001"}


def payloads() -> dict[str, Twin]:
    """One payload of every kind, and some that are special."""
    sheet_rows = {field: [(n * 7 + 3) % 320 for n in range(214)] for field in votes()}
    sheet_rows["invalid"][3] = None
    return {
        "log": {
            "mode": "rehearsal", "log_key": f"contoh.example/rehearsal/log+abcd1234+{KEY}",
            "receipt_key": f"contoh.example/rehearsal/log/receipt+abcd1234+{KEY}",
            "operators": {"k": 2, "keys": [{"alg": "ed25519", "key": KEY}] * 3},
            "uploaders": ["https://unggah.contoh.example"], "rp_id": "contoh.example",
            "policy": ["log contoh", "quorum none"],
            "predecessor": {"origin": "lama.example/log", "size": 12, "root": ROOT},
        },
        "publication": {"release": HEX, "verifier": HEX, "fixed": True},
        "uploaders": {
            "origins": ["https://kirim.contoh.example", "https://unggah.contoh.example:8443"],
        },
        "election": {
            "election": ELECTION, "name": {"id": HOSTILE, "en": "Sample"}, "date": "2024-11-27",
            "timezone": "Asia/Jakarta", "source": HOSTILE, "revision": 1,
            "holidays": ["2024-12-09", "2024-12-25"],
            "contests": [
                {"id": CONTEST, "office": "governor", "region": "91", "win": "majority",
                 "pairs": [{"number": 1, "empty_column": True},
                           {"number": 2, "names": [HOSTILE, "Dua"],
                            "notes": [{"code": "disqualified", "date": "2024-12-01",
                                       "source": HOSTILE, "who": 1}]}],
                 "population": {"value": 10562088, "source": "SIMULASI"},
                 "margin": {"per_mille": 15, "source": "SIMULASI"},
                 "source_forms": ["c_hasil", "summary"]},
            ],
            "policy": {"c_hasil": 3},
            "roots": {"kpu": {"k": 1, "keys": [{"alg": "ed25519", "key": KEY}]},
                      "bawaslu": {"k": 1, "keys": [{"alg": "ed25519", "key": KEY}]},
                      "pairs": [{"number": 2, "k": 1, "keys": [{"alg": "ed25519", "key": KEY}]}]},
        },
        "roster": {
            "election": ELECTION, "region": "91.01.06.1001", "revision": 2, "previous": HEX,
            "tps": [{"number": "001", "registered": 567}, {"number": "002"}],
        },
        "roster-regions": {
            "kind": "roster", "election": ELECTION, "region": "91", "revision": 1,
            "children": [{"code": "91.01", "name": HOSTILE, "level": "kabko"}],
        },
        "grant": {
            "election": ELECTION, "body": "saksi", "region": "91", "pair": 2,
            "persons": [{"keyid": HEX[:32], "position": "saksi", "alg": "webauthn-es256",
                         "key": KEY}],
        },
        "recommendation": {
            "election": ELECTION, "contest": "gubernur-91", "body": "panwascam",
            "region": "91.01.06", "number": HOSTILE[:40], "type": "repeat-vote",
            "to": {"body": "ppk", "region": "91.01.06"}, "ground": "double-vote", "revision": 2,
            "places": [{"region": "91.01.06.1001", "tps": "004"}, {"region": "91.01.06.1002"}],
            "due": "2024-12-05", "previous": HEX,
        },
        "response": {
            "election": ELECTION, "contest": "gubernur-91", "body": "ppk", "region": "91.01.06",
            "to": HEX, "outcome": "done", "paper": HEX, "revision": 1,
        },
        "readiness": {
            "election": ELECTION, "region": "91.01.06.1001", "tps": "004", "step": "arrived",
            "ballots": [{"contest": CONTEST, "sheets": 570}, {"contest": "wali-kota", "sheets": 0}],
            "items": [{"item": one, "number": 2} for one in model.ITEMS],
            "lacks": [{"item": "ballots", "lack": "short", "contest": CONTEST, "number": 12},
                      *({"item": "ink", "lack": one} for one in model.LACKS)],
        },
        "readiness-returned": {
            "kind": "readiness", "election": ELECTION, "region": "91.01.06.1001", "tps": "004",
            "step": "returned", "boxes": 2, "seals_whole": 7, "seals_broken": 1,
        },
        "copy": {
            "election": ELECTION, "contest": CONTEST, "region": "91.01.06.1001", "tps": "004",
            "body": "pemantau", "organisation": "lembaga-contoh", "source": "board",
            "count": "first", "figures": full(),
        },
        "copy-saksi": {
            "kind": "copy", "election": ELECTION, "contest": CONTEST, "region": "91.01.06.1001",
            "tps": "004", "body": "saksi", "pair": 2, "count": "first", "figures": votes(3),
        },
        "pictures": {
            **_SLOT, "tps": "004", "pages": [
                {"document": document, "page": page, "sha256": HEX, "bytes": 312_000,
                 "width": 1_700, "height": 2_400}
                for document, page in (("form", 1), ("form", 2), ("incidents", 1))
            ],
        },
        "revoke": {"election": ELECTION, "keyid": HEX[:32], "suspect_from": 17, "reason": "stolen"},
        "form": {
            **_SLOT, "tps": "004", "revision": 2, "previous": HEX, "count": "recount",
            "reason": {"code": "typing", "text": HOSTILE}, "figures": full(),
            "explanations": [{"rule": "R6", "child": "004", "part": "pairs", "text": HOSTILE}],
            "scans": [{"page": 1, "sha256": HEX, "bytes": 512000, "type": "image/jpeg"}],
            "witnesses": [{"pair": 1, "present": True, "signed": False, "reason": "left"}],
        },
        "form-sheet": {
            "kind": "form", **_SLOT, "form": "d_hasil_kelurahan", "revision": 1, "count": "first",
            "figures": votes(214), "children": [f"{n:03d}" for n in range(1, 215)],
            "rows": sheet_rows,
            "because": [{"basis": "event", "objection": HEX, "initials": {"ketua": True}}],
            "corrections": [["004", "pair_1", 118, 120, 0]],
        },
        "form-summary": {
            "kind": "form", **_SLOT, "form": "summary", "region": "91.01.06", "revision": 1,
            "figures": votes(3), "stations_in": 23, "stations_expected": 25,
            "as_of_text": "27 November 2024 pukul 18.30 WIB",
        },
        "determination": {
            "election": ELECTION, "contest": CONTEST, "region": "91", "number": "210/2024",
            "revision": 2, "previous": HEX,
            "basis": "repeat-vote", "certificate": HEX, "decided_at": "2024-12-08T16:00:00+07:00",
            "announced_at": "2024-12-08T16:01:30+07:00",
        },
        "elected": {
            "election": ELECTION, "contest": CONTEST, "region": "91", "revision": 1, "pair": 2,
            "number": HOSTILE, "announced_at": "2025-01-09T16:01:30+07:00",
        },
        "elected-nobody": {
            "kind": "elected", "election": ELECTION, "contest": CONTEST, "region": "91",
            "revision": 2, "previous": HEX, "none": True, "number": "5/2025",
            "announced_at": "2025-01-09T16:01:30+07:00",
        },
        "ruling": {
            "election": ELECTION, "contest": CONTEST, "region": "91", "revision": 1,
            "court": "mk", "number": "28/PHPU.GUB-XXIII/2025", "state": "registered",
            "date": "2025-01-03",
        },
        "ruling-granted": {
            "kind": "ruling", "election": ELECTION, "contest": CONTEST, "region": "91",
            "revision": 2, "previous": HEX, "court": "mk", "number": "28/PHPU.GUB-XXIII/2025",
            "state": "granted", "date": "2025-02-24", "digest": HEX, "against": "210/2024",
            "annuls": [
                {"decision": "210/2024", "places": ["91.01.06.1001/004"]},
                {"decision": HOSTILE},
            ],
            "orders": [
                {"what": "repeat-vote", "by": "kpu_kabko", "days": 30,
                 "places": ["91.01.06.1001/004"]},
                {"what": "retabulate", "by": "kpu", "except": ["91.01.06"]},
            ],
        },
        "objection": {
            **_SLOT, "tps": "004", "body": "pemantau", "organisation": "lembaga-pantau",
            "number": 12, "code": "figures", "claims": {"pair_1": 120, "valid": 9000}, "text": HEX,
        },
        "event": {
            **_SLOT, "form": "d_hasil_kecamatan", "region": "91.01.06", "body": "ppk",
            "number": 3, "code": "suspended", "time": "2024-11-28T21:00:00+07:00", "text": HEX,
        },
        "answer": {
            **_SLOT, "tps": "004", "accept": HEX, "to": [HEX], "outcome": "accepted",
            "explains": [{"rule": "X1", "child": "004", "text": HOSTILE}],
        },
        "app": {"files": HEX},
        "withhold": {
            "digest": HEX, "revision": 1, "state": "withheld", "reason": "personal-data",
            "basis": HOSTILE,
        },
        "withhold-served": {
            "kind": "withhold", "digest": HEX, "revision": 2, "previous": HEX, "state": "served",
            "basis": "Berita acara 7/2024",
        },
        "clock": {},
        "close": {},
    }  # fmt: skip


def statement(name: str, **changes: Any) -> Twin:
    """The page of an entry with one of `payloads()`."""
    payload = {"kind": name, **_STATEMENT, **payloads()[name]}
    kind, slot = payload["kind"], payload.get("contest") is not None
    place = {"name": f"TPS 004 {HOSTILE}", "address": f"{address('91.01.06.1001')}004/"}
    words = {"index": 9417, "withheld": None}
    made = common("statement", "bukti/9417/", crumbs=[], contest=contest() if slot else None) | {
        "index": 9417,
        "id": HEX,
        "leaf": HEX,
        "kind": kind,
        "at": payload["at"],
        "came": "2024-11-27T23:40:09+07:00",
        "payload": payload,
        "status": "head" if kind == "form" else "effective",
        "void_reason": None,
        "effect": 9417,
        "marks": [],
        "signers": signers("kpps", "91.01.06.1001", tps="004"),
        "place": place if slot else None,
        "chain": [history_item(index=9417), history_item(status="superseded")] if slot else [],
        "entries": [9417],
        "findings": [],
        "corrections": [correction()] if payload.get("corrections") else [],
        "ended_keys": [HEX[:32]] if kind == "grant" else [],
        "named": [{"id": HEX, "index": 9102}],
        "words": words if {"text", "digest"} & payload.keys() and kind != "ruling" else None,
        "json": "bukti/9417.json",
        "proof": "bukti/9417.tlog-proof",
        "before": None,
        "after": None,
        "totals": standing(payload) if kind == "form" else None,
    }
    if "election" not in payload:
        made["election"] = None
    return {**made, **changes}


def standing(payload: Twin, **changes: Any) -> Twin:
    """The totals that a form counts in: the nearest, where it is the first, and the contest's."""
    figures = {field: votes for field, votes in payload["figures"].items() if rows.is_vote(field)}
    one = {field: [value, 1] for field, value in figures.items()}
    many = {field: [2_180_000 + value, 14_834] for field, value in figures.items()}
    more = {field: [cell[0] + figures[field], 14_835] for field, cell in many.items()}
    nearest = {"counted": 0, "running": False, "fields": {}}
    top = {"counted": 14_834, "running": False, "fields": many}
    places = [
        {"code": "91.01.06.1001", "level": "kelurahan", "name": "O'Contoh & Besar",
         "address": address("91.01.06.1001"), "expected": None, "before": nearest,
         "after": {**nearest, "counted": 1, "fields": one}},
        {"code": "91", "level": "provinsi", "name": "Provinsi Contoh", "address": address("91"),
         "expected": 14_900, "before": top,
         "after": {**top, "counted": 14_835, "fields": more}},
    ]  # fmt: skip
    return {"entry": 9417, "before": None, "after": 9417, "form": payload["form"],
            "change": figures, "places": places, **changes}  # fmt: skip


def accepting() -> Twin:
    """An answer by which another form counts, where a running figure is used."""
    made = standing({"form": "c_hasil", "figures": votes()}, before=9102, after=9310)
    for place in made["places"]:
        place["after"] = place["before"] = {**place["after"], "running": True}
    made["places"][0]["after"] = {**made["places"][0]["after"], "running": False, "fields": {}}
    return statement("answer", totals=made)


def corrected() -> Twin:
    """The second version of a form beside the first, which it replaced; a third one follows."""
    before = full(ballots_unused=239, pair_3=127, valid=None)
    before = {field: value for field, value in before.items() if value is not None}
    figures = full()
    change = {field: figures[field] - before.get(field, 0) for field in votes()}
    totals = standing(payloads()["form"], before=9102, entry=9419, change=change)
    for place in totals["places"]:
        count, cells = place["after"]["counted"], place["after"]["fields"]
        place["before"] = {"counted": count, "running": False, "fields": {
            field: [value - change[field], n - (field == "valid")]
            for field, (value, n) in cells.items() if n > (field == "valid")
        }}  # fmt: skip
    return statement("form", effect=9419, totals=totals, before={
        "index": 9102, "revision": 1, "address": "bukti/9102/", "figures": before,
        "signers": signers("kpps", "91.01.06.1001", tps="004"), "more": 7,
        "cells": [{"child": "004", "field": "pair_3", "old": 123, "new": 128},
                  {"child": "91.01.06.1001", "field": "valid", "old": None, "new": 265}],
    }, after={"index": 9500, "revision": 3, "address": "bukti/9500/"})  # fmt: skip


def void_statement() -> Twin:
    """An entry that nobody entitled signed, and whose bytes are no statement."""
    return statement(
        "close", kind=None, payload={}, at=None, id=None, status="void", void_reason="unknown",
        effect=None, signers=[], chain=[],
    )  # fmt: skip


def portal(*contests: Twin) -> Twin:
    """The first page."""
    return common("portal", "", election=None, contest=None, crumbs=[]) | {
        "elections": [
            {
                "id": ELECTION,
                "name": {"id": f"Pemilihan Contoh {HOSTILE}", "en": "Sample"},
                "date": "2024-11-27",
                "source": None,
                "address": f"{ELECTION}/",
                "contests": [*contests] or [headline()],
            }
        ],
        "operators": {"k": 2, "n": 3, "keyids": [HEX[:32], HEX[32:]]},
        "closed": False,
        "after_close": {"statements": 0, "forms": 0},
    }


def many_headlines(count: int = 40) -> list[Twin]:
    """Contests in every state, of `count` regencies."""
    kinds = (headline, running_headline, empty_headline)
    return [
        kinds[at % 3](f"91.{at:02}", office="regent" if at % 2 else "mayor", contested=at == 4)
        for at in range(1, count + 1)
    ]


def about() -> Twin:
    """The page that says who runs the portal and names all keys that all goes back to."""
    made = common("about", "tentang/", election=None, contest=None, crumbs=[])
    return made | {
        "app": {"files": HEX, "index": 4},
        "operators": portal()["operators"],
        "log_key": f"contoh.example/rehearsal/log+abcd1234+{KEY}",
        "statement_id": HEX,
        "elections": [
            {"name": portal()["elections"][0]["name"], "address": f"{ELECTION}/", "index": 3,
             "roots": roots()}
        ],
    }  # fmt: skip


def roots() -> Twin:
    """Root keys of an election."""
    return {
        "kpu": {"k": 2, "keyids": [HEX[:32], HEX[32:]]},
        "bawaslu": {"k": 1, "keyids": [HEX[:32]]},
        "pairs": [{"number": 1, "k": 1, "keyids": [HEX[:32]]}],
    }


def headline(code: str = "91", **changes: Any) -> Twin:
    """A contest as a front shows it: certified, with a line, a difference and a determination."""
    pairs = [
        {"number": 1, "votes": 1_718_160, "leads": False},
        {"number": 2, "votes": 2_642_469, "leads": True},
    ]
    name = f"Kabupaten Contoh {code[3:]}" if "." in code else "Daerah Istimewa Contoh"
    made = {
        "id": CONTEST,
        "office": "governor",
        "region": {"code": code, "name": name, "level": "kabko" if "." in code else "provinsi"},
        "address": f"{ELECTION}/gubernur-{code}/",
        "missing": f"{ELECTION}/data/{CONTEST}/belum-masuk/",
        "win": "majority",
        "pairs": empty_column_contest()["pairs"],
        "index": 9417,
        "contested": False,
        "source_has_c": True,
        "stations": {"expected": 14_835, "received": 14_825, "counted": 14_825, "off": 3,
                     "missing": 10},
        "comparison": {"state": "incomplete", "difference": {"pair_1": 915, "pair_2": 1_644}},
        "apart": 2_559,
        "contested_below": 0,
        "result": {"basis": "certified", "pairs": pairs, "valid": 4_360_629,
                   "line": {"needed": 2_180_315, "number": 2, "above": 462_154}},
        "lead": {"number": 2, "second": 1, "gap": 924_309},
        "findings": 3,
        "determination": determination(),
    }  # fmt: skip
    made |= changes
    return {
        "standing": stands(made["determination"]),
        "doubts": [],
        "elected": None,
        **NO_OTHER,
        **made,
    }


def ruled(stands_: str, **changes: Any) -> Twin:
    """Where a contest stands by four rulings, and a case that is open."""
    ruling = {"index": 15700, "number": "28/PHPU.GUB-XXIII/2025", "state": "granted",
              "date": "2025-02-24", "against": "210/2024"}  # fmt: skip
    pending = {**ruling, "number": "40/PHPU", "state": "registered", "against": None}
    return {"state": stands_, "rulings": [{**ruling, **changes}] * 4, "open": [pending]}


def disputed_headlines() -> list[Twin]:
    """Contests that were taken to court, in every state but annulled wholly."""
    return [
        headline(standing=ruled("disputed", state="registered")),
        headline(
            "91.01",
            standing=ruled("refused", state="dismissed"),
            doubts=[{"kind": "ruling", "index": 15700, "mark": "K1"}],
        ),
        headline("91.02", standing=ruled("annulled-part")),
    ]


NO_OTHER: Twin = {"date": None, "follows": None, "followed": None}
"""A contest that follows no other and is followed by none."""


def _other(address: str) -> Twin:
    return {"why": "repeat-vote", "date": "2025-08-06", "address": address}


def elected_headlines() -> list[Twin]:
    """Contests that are decided: a pair is elected, nobody is."""
    standing = {"state": "elected", "rulings": [], "open": []}
    chosen = {"pair": 1, "number": HOSTILE, "announced_at": "2025-01-09T16:01:30+07:00",
              "index": 15800, "revision": 2, "earlier": [15790]}  # fmt: skip
    return [
        headline(standing=standing, elected=chosen),
        headline(
            "91.01",
            standing=standing,
            elected={**chosen, "pair": None},
            followed=_other(f"{ELECTION}/{CONTEST}/"),
        ),
        headline("91.02", date="2025-08-06", follows=_other(f"{ELECTION}/{CONTEST}/")),
    ]


def annulled_province() -> Twin:
    """A province whose determination a court annulled, after it had refused another case."""
    case = {"court": "mk", "revision": 2, "earlier": [15600], "annuls": [], "orders": [],
            "against": None, "registered": None}  # fmt: skip
    station = {"code": "91.01.06.1001", "name": HOSTILE, "level": "kelurahan", "tps": "004"}
    granted = {
        **case, "index": 15700, "number": "28/PHPU.GUB-XXIII/2025", "state": "granted",
        "date": "2025-02-24", "against": "210/2024", "registered": "2025-01-03",
        "annuls": [
            {"decision": "210/2024", "places": []}, {"decision": HOSTILE, "places": [station]},
        ],
        "orders": [
            {"what": "repeat-vote", "by": "kpu_kabko", "days": 30, "except": [],
             "places": [station] * 30, "received": 4},
            {"what": "retabulate", "by": "kpu", "days": None, "places": [], "received": None,
             "except": [{**station, "code": "91.01.06", "level": "kecamatan", "tps": None}]},
        ],
    }  # fmt: skip
    refused = {**case, "index": 15690, "number": "29/PHPU", "state": "dismissed",
               "date": "2025-02-04"}  # fmt: skip
    other = _other(f"{ELECTION}/{CONTEST}/")
    twin = province()
    twin["contest"] |= {"date": "2025-08-06", "follows": other, "followed": other}
    return {
        **twin,
        "standing": ruled("annulled"),
        "rulings": [granted, refused],
        "left_out": [
            {"index": 15700, "number": granted["number"], "places": granted["orders"][1]["except"]}
        ],
        "comparison": {"state": "left-out", "difference": {}},
        "elected": elected_headlines()[0]["elected"],
    }


def ruled_places() -> Iterator[tuple[str, Twin]]:
    """TPS and a kelurahan where a court had the vote held again, or left them out of the total."""
    whole = annulled_province()
    order = {name: value for name, value in whole["rulings"][0]["orders"][0].items()
             if name != "except"}  # fmt: skip
    said = {"index": 15700, "number": "28/PHPU.GUB-XXIII/2025", "date": "2025-02-24", "marks": []}
    partly = {"decision": HOSTILE, "wholly": False, "places": []}
    here = {**said, "annuls": [partly], "orders": [{**order, "places": [], "received": 0}]}
    yield "tps-ruled", tps() | {"ruled": [here], "left_out": whole["left_out"]}
    yield "tps-missing-ruled", absent_tps("missing") | {"ruled": [{**here, "marks": ["K1"]}]}
    again = {**order, "what": "recount", "places": [], "received": 1, "days": None}
    wholly = {**partly, "wholly": True}
    yield "tps-ruled-again", tps() | {"ruled": [
        {**said, "annuls": [wholly], "orders": [again]},
        {**said, "annuls": [], "orders": [{**again, "received": 0}]},
        {**said, "annuls": [partly], "orders": []},
    ]}  # fmt: skip
    named = {**partly, "places": order["places"]}
    yield "kelurahan-ruled", kelurahan() | {"ruled": [
        {**said, "annuls": [named, partly], "orders": [order]},
        {**said, "annuls": [{**named, "places": order["places"][:1]}],
         "orders": [{**order, "received": None}]},
    ]}  # fmt: skip


def running_headline(code: str = "91", **changes: Any) -> Twin:
    """A contest without a certificate: the sum of what is in leads, one finding is open."""
    first = headline(code)["result"]
    return headline(
        code, index=None, determination=None, apart=0, findings=1,
        comparison={"state": "no-certified", "difference": {}},
        result={**first, "basis": "sum", "line": None}, **changes,
    )  # fmt: skip


def empty_headline(code: str = "91", **changes: Any) -> Twin:
    """A contest of which nothing is in; how many TPS there are is not known."""
    pairs = [{"number": number, "votes": None, "leads": False} for number in (1, 2)]
    result = {"basis": None, "pairs": pairs, "valid": None, "line": None}
    stations = {"expected": None, "received": 0, "counted": 0, "off": 0, "missing": None}
    return headline(
        code, index=None, determination=None, apart=0, findings=0, lead=None, result=result,
        stations=stations, comparison={"state": "no-certified", "difference": {}}, **changes,
    )  # fmt: skip


def election(*contests: Twin) -> Twin:
    """The page of an election."""
    made = common("election", f"{ELECTION}/", contest=None, crumbs=[])
    return made | {
        "contests": [*contests] or [headline()],
        "officials": f"{ELECTION}/pejabat/",
        "days": [{"name": HOSTILE, "address": f"{ELECTION}/hari-ini/01/"}],
    }


def findings() -> Twin:
    """Every rule once, with and without an explanation."""
    given = {"text": HOSTILE, "by": "answer", "index": 12, "basis": []}
    cases = [
        finding(rule, explanation=given if at % 2 else None, part=part, child=child_code)
        for at, (rule, part, child_code) in enumerate(
            [(rule, None, None) for rule in rules.RULES if rule not in ("X1", "X3", "X6", "R10")]
            + [
                ("X1", None, "004"),
                ("X3", "R6", "004"),
                ("X2", "columns", None),
                ("X6", None, "91.01.06.1001"),
            ]
        )
    ]
    cases.append(finding("R13", expected=1, found=0))
    cases.append(finding("R9", fields=["ballots_received", "ballots_unused"]))
    cases.append(finding("R1", fields=["registered_m", "registered_f", "registered"]))
    return common(
        "findings", f"{address('91.01.06')}temuan/", crumbs=crumbs("91.01.06")
    ) | {
        "region": region_of("91.01.06"),
        "findings": cases,
        "counts": {"open": 12, "answered": 10},
    }  # fmt: skip


def missing(*, in_source: bool = True) -> Twin:
    """TPS without a form."""
    base = address("91.01.06.1001")
    lacking = [{"tps": f"{n:03d}", "address": f"{base}{n:03d}/"} for n in (4, 7, 19)]
    return common("missing", f"{address('91.01.06')}belum-masuk/", crumbs=crumbs("91.01.06")) | {
        "region": region_of("91.01.06"),
        "source_has_c": in_source,
        "stations": stations(75, 72 if in_source else 75),
        "kelurahan": [
            {"code": "91.01.06.1001", "name": "Mawar", "address": base, "expected": 43,
             "missing": lacking},
            {"code": "91.01.06.1002", "name": HOSTILE, "address": base, "expected": None,
             "missing": []},
        ],
    }  # fmt: skip


def officials(count: int = 2, persons: int = 3) -> Twin:
    """Keys of the bodies at a kelurahan: a KPPS for each TPS."""

    def person(at: int) -> Twin:
        return {
            "position": "anggota" if at % persons else "ketua", "alg": "ed25519",
            "keyid": sha256(bytes([at % 256, at // 256])).hexdigest()[:32],
            "grant": 40 + at // persons, "since": 40 + at // persons,
            "revoked": 77 if at == 1 else None, "suspect_from": 60 if at == 1 else None,
            "tainted": at == 2,
        }  # fmt: skip

    return common(
        "officials", f"{ELECTION}/pejabat/01/06/1001/", contest=None, crumbs=crumbs("91.01.06.1001")
    ) | {
        "region": region_of("91.01.06.1001"),
        "bodies": [
            {"body": "kpps", "tps": f"{at + 1:03d}", "pair": None,
             "organisation": None, "acting": "kpu" if at else None,
             "signs": [{"what": "c_hasil", "k": 3}],
             "persons": [person(at * persons + one) for one in range(persons)]}
            for at in range(count)
        ],
        "children": [{"name": HOSTILE, "address": f"{ELECTION}/pejabat/01/06/1002/"}],
        "roots": roots() if count < 10 else None,
    }  # fmt: skip


def cases(count: int = 4) -> list[Twin]:
    """Recommendations in every state, of every body."""
    states = (("held", "done"), ("refused", "not-done"), ("waiting", "scheduled"), ("silent", ""))
    found = []
    for at in range(count):
        state, outcome = states[at % 4]
        response = {
            "body": "kpu_kabko", "region": "91.01", "tps": None, "outcome": outcome,
            "date": "2024-12-05" if state == "waiting" else None,
            "reason": "other-view" if state == "refused" else None, "index": 400 + at,
            "paper": 500 if state == "held" else None, "marks": ["K1"] if at == 1 else [],
        }  # fmt: skip
        found.append({
            "body": model.SUPERVISORS[at % 5], "region": "91.01.06", "name": HOSTILE,
            "tps": "004" if model.SUPERVISORS[at % 5] == "ptps" else None,
            "number": HOSTILE, "type": model.RECOMMENDED[at % 6], "due": "2024-12-04",
            "ground": model.GROUNDS[at % len(model.GROUNDS)], "index": 300 + at, "state": state,
            "to": {"body": "ppk", "region": "91.01.06", "tps": None}, "count": 5,
            "places": [{"region": "91.01.06.1001", "tps": "004" if n else None, "name": HOSTILE,
                        "address": address("91.01.06.1001") + ("004/" if n else "")}
                       for n in range(3)],
            "marks": ["K1"] if at == 0 else [], "response": response if outcome else None,
        })  # fmt: skip
    return found


def lines(count: int = 6) -> list[Twin]:
    """Objections in every state, and events, of every body."""
    found = []
    for at in range(count):
        state = STATES[at % len(STATES)]
        kind = "event" if state == "event" else "objection"
        codes = model.EVENTS if kind == "event" else model.OBJECTIONS
        body = kinds_incident.TELLERS[at % 9] if kind == "event" else model.OBSERVERS[at % 7]
        code = codes[at % len(codes)]
        answer = {"body": "ppk", "region": "91.01.06", "index": 400 + at,
                  "form": 500 if state == "accepted" else None,
                  "marks": ["K1"] if at == 1 else []}  # fmt: skip
        region, tps = ("91.01.06.1001", "004") if at % 4 else ("91.01.06", None)
        place = address(region) + (f"{tps}/" if tps else "")
        found.append({
            "kind": kind, "form": "c_hasil" if tps else "d_hasil_kecamatan", "region": region,
            "tps": tps, "address": place, "name": HOSTILE, "body": body,
            "pair": 2 if body == "saksi" else None,
            "organisation": "lembaga-pantau" if body == "pemantau" else None, "number": at + 1,
            "code": code, "time": "2024-11-27T18:52:00+07:00" if kind == "event" else None,
            "text": HEX if at % 2 else None, "index": 300 + at, "state": state,
            "claims": [{"field": "pair_1", "value": 123, "found": 128},
                       {"field": "valid", "value": 300, "found": None}]
            if code == "figures" and kind == "objection" else [],
            "marks": ["K1"] if at == 0 else [],
            "answer": None if state in ("open", "event") else answer,
        })  # fmt: skip
    return found


def told(**changes: Any) -> Twin:
    """What a place says of objections and events."""
    meeting = {"code": "suspended", "time": "2024-11-28T21:00:00+07:00", "index": 600}
    made = {"counts": dict.fromkeys(STATES, 7), "cases": lines(), "more": 12, "page": None,
            "meeting": meeting}  # fmt: skip
    return made | changes


def incidents_of(**changes: Any) -> Twin:
    """The page of a kecamatan with as many objections and events as it tells."""
    waiting = [{**one, "state": "open", "answer": None} for one in lines(40)]
    twin = common("incidents", f"{address('91.01.06')}kejadian/") | {
        "region": region_of("91.01.06"), "counts": dict.fromkeys(STATES, 1234), "open": waiting,
        "rest": lines(40), "more": 7324, "table": f"{ELECTION}/data/incidents.csv",
        "crumbs": crumbs("91.01.06"),
    }  # fmt: skip
    return twin | changes


def recommendations(**changes: Any) -> Twin:
    """The 180 of 3 December 2024, and all other types."""
    counts = {"held": 103, "refused": 26, "waiting": 26, "silent": 25}
    twin = common("recommendations", f"{ELECTION}/gubernur-91/rekomendasi/") | {
        "region": region_of("91"), "supervised": True,
        "types": [{"type": one, "recommended": 180, **counts} for one in model.RECOMMENDED],
        "cases": cases(40), "more": 140, "table": f"{ELECTION}/data/recommendations.csv",
        "crumbs": crumbs("91"),
    }  # fmt: skip
    return twin | changes


def noticed() -> list[Twin]:
    """Notices of a TPS, of every rule."""
    said = {"index": 9500, "text": "Pemilih pindah sesudah daftar ditetapkan."}
    return [
        {"rule": "R14", "figures": {"registered": 560}, "others": [567], "explanation": said},
        {"rule": "R16", "figures": {"voted_listed": 410, "voted_moved": 0}, "others": [1409, 2],
         "explanation": None},
        {"rule": "W1", "figures": {"registered": 560, "voted": 560, "pair_1": 550, "valid": 550},
         "others": [], "explanation": None},
        {"rule": "W2", "figures": {"invalid": 60, "total": 560}, "others": [],
         "explanation": None},
    ]  # fmt: skip


def pictured(**changes: Any) -> Twin:
    """Pictures of a form: shown, withheld, of another form."""
    page = {"document": "form", "sha256": HEX, "bytes": 312_000, "width": 1_700, "height": 2_400}
    why = {"index": 9419, "reason": "personal-data", "basis": HOSTILE}
    made = {
        "index": 9418,
        "marks": [],
        "pages": [
            {**page, "page": 1, "shared": None, "withheld": None},
            {**page, "page": 2, "shared": None, "withheld": why},
            {**page, "page": 3, "shared": 9400, "withheld": None},
            {**page, "page": 1, "document": "incidents", "shared": None, "withheld": None},
        ],
        "explanation": {"index": 9417, "text": HOSTILE},
    }
    return made | changes


def copied(**changes: Any) -> Twin:
    """Copies of a TPS in every state, of every holder."""
    cells = [{"field": field, "copy": 110, "form": 120} for field in ("pair_1", "pair_2", "valid")]
    said = [
        {
            "body": body, "pair": pair, "organisation": of, "source": "photo" if of else None,
            "count": "recount" if state == "other-count" else "first", "state": state,
            "cells": cells if state == "different" else [],
            "differ": 5 if state == "different" else 0, "before": 300 if pair == 1 else None,
            "index": 301, "marks": ["K1"] if pair == 2 else [],
        }
        for body, pair, of, state in (
            ("saksi", 1, None, "same"), ("saksi", 2, None, "different"),
            ("ptps", None, None, "other-count"), ("pemantau", None, "lembaga-contoh", "no-form"),
        )
    ]  # fmt: skip
    return {"said": said, "more": 3, "explanation": {"index": 310, "text": HOSTILE}} | changes


def copies(stations: int = 85, holders: int = 8) -> Twin:
    """The copies of a kelurahan: all its TPS, as many holders as have a column."""
    code = "91.01.06.1001"
    names = [
        {"body": "saksi" if at < 6 else "pemantau", "pair": at + 1 if at < 6 else None,
         "organisation": f"lembaga-contoh-{at}" if at >= 6 else None}
        for at in range(holders)
    ]  # fmt: skip
    cell = {"state": "same", "differ": 0, "index": 300}
    fields = {
        name: {"all": [9_000, stations], "copies": 8_900, "forms": 9_000}
        for name in ("pair_1", "pair_2", "pair_3", "valid", "invalid", "total")
    }
    return common("copies", f"{address(code)}salinan/", crumbs=crumbs(code)) | {
        "region": region_of(code), "listed": stations + 2, "holders": names, "more": 2,
        "stations": [
            {"tps": f"{at + 1:03d}", "address": f"{address(code)}{at + 1:03d}/",
             "copies": [
                 None if n == at % holders else
                 {**cell, "state": "different", "differ": 3} if (n + at) % 9 == 0 else cell
                 for n in range(holders)
             ]}
            for at in range(stations)
        ],
        "sums": [
            {"holder": one, "stations": stations, "beside": stations - 1 if at else 0,
             "different": at, "fields": fields}
            for at, one in enumerate(names)
        ],
        "table": f"{ELECTION}/data/copies.csv",
    }  # fmt: skip


def supplied(state: str = "different", *, arrived: bool = True, **changes: Any) -> Twin:
    """What a TPS has, where everything that can lack does, and what came back."""
    said = {
        "index": 120, "marks": ["K1"] if arrived else [], "lacks": lacking_of(),
        "ballots": [{"contest": CONTEST, "sheets": 570}],
        "items": [{"item": one, "number": 2} for one in model.ITEMS],
    }  # fmt: skip
    back = {"index": 500, "marks": [], "lacks": [], "items": [], "boxes": 2, "seals_whole": 7,
            "seals_broken": 1}  # fmt: skip
    made = {
        "arrived": said if arrived else None, "returned": back,
        "sheets": {"arrived": 570 if arrived else None, "form": 582, "state": state},
        "explanation": {"index": 310, "text": HOSTILE} if arrived else None,
        "today": f"{ELECTION}/hari-ini/01/06/",
    }  # fmt: skip
    return made | changes


def lacking_of() -> list[Twin]:
    """A lack of every kind, of ballots with contest and number."""
    others = zip(model.ITEMS, model.LACKS, strict=False)
    return [
        {"item": "ballots", "lack": "short", "contest": CONTEST, "number": 12},
        *({"item": item, "lack": lack, "contest": None, "number": None} for item, lack in others),
    ]


def counted(**changes: Any) -> Twin:
    """How many TPS are ready, lacking, silent, returned, in doubt."""
    return {
        "listed": 85, "ready": 60, "lacking": 13, "silent": 12, "returned": 40, "doubtful": 30,
    } | changes  # fmt: skip


def today(code: str = "91.01.06", children: int = 40, *, more: int = 3) -> Twin:
    """The page of the day with as many TPS and regions as it names."""
    parts = "/".join(code.split(".")[1:])
    kelurahan = region_of("91.01.06.1001")
    places = [
        {**kelurahan, "tps": f"{at + 1:03d}", "address": f"{address('91.01.06.1001')}{at + 1:03d}/"}
        for at in range(24 if len(code) == 8 else 0)
    ]
    meeting = {"code": "opened", "time": "2024-11-28T09:00:00+07:00", "index": 600}
    return common(
        "today", f"{ELECTION}/hari-ini/{parts}/", contest=None,
        crumbs=[{**one, "address": one["address"].replace(CONTEST, "hari-ini")}
                for one in crumbs(code) if one["address"] != address("91")],
    ) | {
        "region": region_of(code), "counts": counted(),
        "lacking": [
            {**one, "index": 120, "marks": ["K1"] if one["tps"] == "001" else [], "items": [],
             "ballots": [{"contest": CONTEST, "sheets": 570}], "lacks": lacking_of()}
            for one in places
        ],
        "silent": places, "doubtful": places,
        "more": {"lacking": more, "silent": more, "doubtful": more},
        "children": [
            {"code": f"{code}.{at + 1:02d}" if len(code) == 5 else f"{code}.{1001 + at}",
             "name": f"{HOSTILE[:20]} {at}",
             "level": "kelurahan" if len(code) == 8 else "kecamatan",
             "address": f"{ELECTION}/hari-ini/{parts}/{at + 1:02d}/",
             **counted(lacking=at % 3)}
            for at in range(children)
        ],
        "contests": [
            {"id": one, "office": office, "date": "2025-08-06" if at else None,
             "address": address(code), "open": at,
             "incidents": f"{address(code)}kejadian/" if at else None,
             "meeting": meeting if at else None}
            for at, (one, office) in enumerate((("gubernur-91", "governor"), (CONTEST, "mayor")))
        ],
        "table": f"{ELECTION}/data/readiness.csv",
    }  # fmt: skip


def ledger() -> Twin:
    """The list of the latest entries."""
    kinds = [*KINDS, None]
    return common("ledger", "buku-besar/", election=None, contest=None, crumbs=[]) | {
        "counts": {"form": 9300, "grant": 100, "unknown": 3},
        "latest": [
            {
                "index": 9417 - at, "address": f"bukti/{9417 - at}/",
                "kind": kinds[at % len(kinds)],
                "status": model.STATUSES[at % len(model.STATUSES)],
                "form": "c_hasil" if kinds[at % len(kinds)] == "form" else None,
                "region": "91.01.06.1001" if at % 2 else None, "place": HOSTILE if at % 4 else None,
                "tps": "004" if at % 3 else None, "revision": 1 + at % 3, "body": None,
                "office": "governor" if at % 5 == 0 else None,
            }
            for at in range(50)
        ],
        "heads": [{"size": size, "root": ROOT} for size in (9418, 9216, 8960)],
        "trust": {
            "witnesses": [{"name": "saksi.example/w1", "key": f"saksi.example/w1+22831b11+{KEY}",
                           "url": ""}],
            "groups": [{"name": "saksi", "k": 1, "members": ["saksi.example/w1"]}],
            "quorum": "saksi",
        },
    }  # fmt: skip


def text_page(kind: str) -> Twin:
    """A page of text only."""
    addresses = {
        "check": "periksa/", "how": "cara/", "terms": "istilah/", "notfound": "",
    }  # fmt: skip
    return common(kind, addresses[kind], election=None, contest=None, crumbs=[], evidence=[])


def search() -> Twin:
    """The elections with their kab/kota."""
    one = common("", "")["election"]
    areas = [{**region_of("91.01"), "address": f"cari/{ELECTION}/91.01/"}]
    elections = [{**{n: one[n] for n in ("id", "name", "date")}, "areas": areas}]
    twin = common("search", "cari/", election=None, contest=None, crumbs=[])
    return {**twin, "elections": elections, "evidence": []}


def area(count: int = 30, *, nested: bool = True) -> Twin:
    """A kab/kota with `count` kelurahan, one of a TPS 901, one without a roster."""
    where = f"cari/{ELECTION}/91.01/"
    letters = str.maketrans("0123456789", "ghijklmnop")
    names = [sha256(str(n).encode()).hexdigest()[:9].translate(letters) for n in range(count)]
    rows: list[list[Any]] = [
        [f"91.01.{n // 15 + 1:02}.{2001 + n % 15}", name.capitalize(), n]
        for n, name in enumerate(names)
    ]
    rows[0][2:] = [3, ["001", "002", "901"]]
    rows[2][1:] = ["16 Ulu", 9]
    rows[1][2] = None
    kecamatan = [
        {
            "code": f"91.01.{at // 15 + 1:02}",
            "name": f"Contoh {at}",
            "kelurahan": rows[at : at + 15],
        }
        for at in range(0, count, 15)
    ]
    return common("area", where, contest=None) | {
        "crumbs": [{"name": "Pemilihan contoh", "address": f"{ELECTION}/"},
                   {"name": "Kabupaten Contoh", "address": where}],
        "region": region_of("91.01"),
        "contests": [{"id": "gubernur-91", "office": "governor",
                      "address": f"{ELECTION}/gubernur-91/01/"}],
        "kecamatan": kecamatan,
        "nested": nested,
        "evidence": [],
    }  # fmt: skip


def data() -> Twin:
    """The tables of an election, and two contests."""
    start = f"{ELECTION}/data/"
    contest = {
        "id": "gubernur-91", "office": "governor", "region": region_of("91"),
        "address": f"{ELECTION}/gubernur-91/", "source_has_c": True,
        "stations": {"expected": 40, "received": 38, "counted": 38, "off": 0, "missing": 2,
                     "absent": 2, "waiting": 1},
        "missing": f"{start}gubernur-91/belum-masuk/",
        "gaps": {"open": 1, "answered": 2, "incomplete": 1},
        "differences": f"{start}gubernur-91/selisih/",
        "times": f"{start}gubernur-91/waktu/",
        "copies": {"sums": copies()["sums"], "more": 3},
    }  # fmt: skip
    nobody = {"sums": [], "more": 0}
    title = {"id": "Formulir yang berlaku", "en": "Forms in force"}
    return common("data", start, contest=None, evidence=[]) | {
        "crumbs": [{"name": "Pemilihan contoh", "address": f"{ELECTION}/"}],
        "contests": [
            contest,
            {**contest, "id": "presiden", "region": None, "source_has_c": False, "copies": nobody},
        ],
        "tables": [{"file": "forms.csv", "title": title, "rows": 38, "bytes": 2_345_678},
                   {"file": "rows.csv", "title": title, "rows": 0, "bytes": 35}],
    }  # fmt: skip


def absent(**changes: Any) -> Twin:
    """Two TPS of a contest are missing, in one kecamatan."""
    top = f"{ELECTION}/gubernur-91/01/01/"
    tps = [{"name": f"TPS 00{n} Contoh Satu", "address": f"{top}1001/00{n}/"} for n in (1, 2)]
    kecamatan = {"name": "Contoh", "address": top, "above": "Kabupaten Contoh", "missing": 2}
    return common("absent", f"{ELECTION}/data/gubernur-91/belum-masuk/", evidence=[]) | {
        "crumbs": province()["crumbs"],
        "region": region_of("91"),
        "source_has_c": True,
        "stations": data()["contests"][0]["stations"],
        "named": True,
        "kecamatan": [{**kecamatan, "tps": tps}],
        "uncounted": [],
        **changes,
    }


def differences(**changes: Any) -> Twin:
    """Two differences between levels, one of them explained."""
    (one, *_) = findings()["findings"]
    one = {**one, "rule": "X1", "child": "001", "part": None, "fields": ["pair_1", "valid"],
           "figures": [["pair_1", 120, 132], ["valid", 300, 312]], "largest": 12,
           "apart": 12, "missing": 0}  # fmt: skip
    lacking = {**one, "rule": None, "index": None, "explanation": None, "child": None, "missing": 3,
               "figures": [["pair_1", 120, 132], ["voted_m", 1, 2]]}  # fmt: skip
    other = {**one, "explanation": {"by": "form", "index": 7, "text": "Salah tulis.", "basis": []}}
    return common("gaps", f"{ELECTION}/data/gubernur-91/selisih/", evidence=[]) | {
        "crumbs": province()["crumbs"],
        "region": region_of("91"),
        "counts": {"open": 1, "answered": 102, "incomplete": 1},
        "gaps": [
            lacking,
            {**one, "explanation": None},
            {**other, "figures": one["figures"][:1], "apart": 0},
        ],
        **changes,
    }


def times(pairs: int = 3, steps: int = 40, children: int = 6) -> Twin:
    """A count of two nights: one step without an hour, then quarters of an hour."""
    begun = datetime.fromisoformat("2024-11-27T18:15:00+07:00")
    hours = [(begun + timedelta(minutes=15 * at)).isoformat() for at in range(steps - 1)]
    counted = [40 * (at + 1) // steps for at in range(steps)]
    votes = {f"pair_{n}": [one * (90 + 7 * n) for one in counted] for n in range(1, pairs + 1)}
    valid = [sum(column) for column in zip(*votes.values(), strict=True)]
    stations = {"expected": 40, "received": 40, "counted": 40, "off": 0, "missing": 0}
    kids = [
        {"code": f"91.{at:02}", "name": f"Kabupaten Contoh {at}", "level": "kabko",
         "address": f"{ELECTION}/data/gubernur-91/waktu/91.{at:02}/",
         "stations": stations, "counted": counted, "first": hours[0], "half": hours[steps // 2],
         "last": hours[-1]}
        for at in range(1, children + 1)
    ]  # fmt: skip
    return common("times", f"{ELECTION}/data/gubernur-91/waktu/", evidence=[],
                  contest=contest(pairs)) | {
        "crumbs": province()["crumbs"],
        "region": region_of("91"),
        "minutes": 15,
        "stations": stations,
        "steps": [None, *hours],
        "counted": counted,
        "figures": {**votes, "valid": valid, "invalid": counted, "total": valid},
        "children": kids,
    }  # fmt: skip


def unexpected_times() -> Twin:
    """Nobody knows how many TPS there are, and of one region below no form came."""
    twin = times(children=1)
    stations = {**twin["stations"], "expected": None, "missing": None}
    none = {"first": None, "half": None, "last": None, "counted": [0] * len(twin["steps"])}
    kid = {**twin["children"][0], **none, "stations": stations}
    return {**twin, "region": None, "stations": stations, "children": [kid]}


def names() -> Twin:
    """The index of the places that begin with "co"."""
    return common("names", f"cari/{ELECTION}/co/", contest=None, crumbs=[]) | {
        "contests": [{"id": "gubernur-91", "office": "governor", "region": "91",
                      "address": f"{ELECTION}/gubernur-91/"}],
        "above": [["91.01", "Kabupaten Contoh"], ["91.01.01", "Contoh"]],
        "rows": [["91.01.01", "Contoh"], ["91.01.01.1001", "Contoh Satu", 3, ["001", "901"]],
                 ["91.01.01.1002", "Contoh Dua", None]],
        "evidence": [],
    }  # fmt: skip


def all_pages() -> Iterator[tuple[str, Twin]]:
    """Every kind of page in every state: (name, twin)."""
    yield "portal", portal()
    yield (
        "portal-replay",
        replay(portal(), elections=[], closed=True, after_close={"statements": 3, "forms": 2}),
    )
    yield "portal-disputed", portal(*disputed_headlines())
    yield "portal-elected", portal(*elected_headlines())
    yield "portal-live", replay(portal(), mode="live", origin="contoh.example/log")
    yield "portal-running", replay(portal(running_headline(), empty_headline("92")))
    yield "portal-many", portal(*many_headlines())
    yield "election", election()
    yield "election-many", election(*many_headlines(7))
    yield "region-province", province()
    yield "region-annulled", annulled_province()
    yield "region-long-names", long_names()
    yield "region-kecamatan", kecamatan()
    yield "region-kelurahan", kelurahan()
    yield "region-kelurahan-214", kelurahan(214, 6)
    yield "region-kabko-44", regency()
    yield "region-empty-column", two_choices()
    yield "region-running", running()
    yield "region-empty", empty_region()
    yield "region-not-in-source", unsourced()
    yield "tps", tps()
    yield "tps-differing", differing_tps()
    yield "tps-contested", contested_tps()
    yield "tps-six-pairs", tps(pairs=6)
    yield "tps-replay", sparse_tps()
    for status in ("missing", "not-in-source", "waiting"):
        yield f"tps-{status}", absent_tps(status)
    yield "findings", findings()
    yield "missing", missing()
    yield "incidents", incidents_of()
    yield (
        "incidents-none-open",
        incidents_of(
            counts=dict.fromkeys(STATES, 0) | {"event": 1}, open=[], rest=lines()[-1:], more=0
        ),
    )
    yield "tps-objected", tps() | {"incidents": told(counts=None)}
    said = history_item(
        index=9090, kind="objection", form="d_hasil_kelurahan", revision=None,
        status="effective", count=None, reason={"code": "figures", "text": None},
    )  # fmt: skip
    yield (
        "kelurahan-objected",
        kelurahan() | {"incidents": told(meeting=None), "history": [said]},
    )
    yield (
        "region-objected",
        kelurahan() | {"incidents": told(cases=[], more=0, page=f"{address('91.01.06')}kejadian/")},
    )
    yield "recommendations", recommendations()
    yield "recommendations-none", recommendations(types=[], cases=[], more=0)
    yield (
        "recommendations-unsupervised",
        recommendations(supervised=False, types=[], cases=[], more=0),
    )
    yield from ruled_places()
    yield "tps-recommended", tps() | {"recommended": cases()}
    yield "tps-missing-recommended", absent_tps("missing") | {"recommended": cases(1)}
    yield "region-recommended", kelurahan() | {"recommended": cases(1)}
    said = tps()
    said["head"] = said["head"] | {"attended": {"listed": 1409, "moved": 2, "unlisted": None}}
    yield "tps-notices", said | {"notices": noticed()}
    below = [
        {"rule": code, "n": n, "tps": ["001", "002"]}
        for code, n in (("R14", 14), ("R16", 2), ("W1", 2))
    ]
    yield "region-notices", kelurahan() | {"notices": below}
    yield "tps-copies", tps() | {"copies": copied()}
    yield "tps-missing-copies", absent_tps("missing") | {"copies": copied(more=0, explanation=None)}
    for different in (0, 3):
        yield (
            f"region-copies-{different}",
            kelurahan() | {"copies": {"stations": 80, "different": different}},
        )
    for state in SHEETS:
        yield f"tps-supplied-{state}", tps() | {"readiness": supplied(state)}
    yield (
        "tps-returned-alone",
        absent_tps("missing") | {"readiness": supplied("untold", arrived=False)},
    )
    yield (
        "tps-supplied-alone",
        tps() | {"readiness": supplied("same", returned=None, explanation=None)},
    )
    for different in (0, 3):
        yield (
            f"region-supplied-{different}",
            kelurahan() | {"readiness": counted(different=different),
                           "today": f"{ELECTION}/hari-ini/01/06/"},
        )  # fmt: skip
    yield "tps-pictures", tps() | {"pictures": pictured()}
    yield "tps-missing-pictures", absent_tps("missing") | {"pictures": pictured(explanation=None)}
    yield "region-pictures", kelurahan() | {"pictures": pictured(marks=["K1"])}
    for number in (0, 1):
        counts = {"stations": 12, "without": number, "shared": number}
        yield f"region-pictured-{number}", kelurahan() | {"pictured": counts}
    yield "today", today()
    yield "today-kabko", today("91.01", 44, more=0)
    yield "copies", copies()
    yield "copies-one", copies(1, 1)
    yield "data", data()
    yield "absent", absent()
    yield "absent-not-in-source", absent(
        source_has_c=False, kecamatan=[],
        uncounted=[{"name": "Contoh", "address": address("91.01.06"), "above": HOSTILE,
                    "missing": 8}],
    )  # fmt: skip
    yield "gaps", differences()
    yield "times", times()
    yield "times-unexpected", unexpected_times()
    yield "gaps-none", differences(gaps=[], counts={"open": 0, "answered": 0, "incomplete": 0})
    yield "search", search()
    yield "area", area()
    yield "area-large", area(900, nested=False)
    yield "missing-not-in-source", missing(in_source=False)
    yield "missing-uncounted", missing(in_source=False) | {"stations": stations(75, 67)}
    for name in payloads():
        yield f"statement-{name}", statement(name)
    yield "statement-corrected", corrected()
    yield "statement-unknown", void_statement()
    why = {"index": 9419, "reason": "threat", "basis": HOSTILE}
    yield "statement-withheld", statement("event", words={"index": 9417, "withheld": why})
    yield "statement-same-words", statement("event", words={"index": 9400, "withheld": None})
    for reason in ("not-entitled", "some-later-code"):
        void = statement("form", status="void", void_reason=reason, totals=None)
        yield f"statement-void-{reason}", void
    yield "statement-accepting", accepting()
    yield "officials", officials()
    yield "officials-214", officials(214, 7)
    yield "ledger", ledger()
    yield "ledger-alone", {**ledger(), "trust": {"witnesses": [], "groups": [], "quorum": "none"}}
    yield "about", about()
    yield "about-live", replay(about(), mode="live", elections=[])
    for kind in ("check", "how", "terms", "notfound"):
        yield kind, text_page(kind)
