"""Parts of invented twins. SIMULASI: no name or figure here is real.

Each builder takes changes as keyword arguments, so that a sample can say just what it is about.
"""

from __future__ import annotations

import base64
from typing import Any

from rekap.core.ledger.incidents import STATES
from rekap.core.statements import model, rules

Twin = dict[str, Any]

ELECTION = "pilkada-contoh"
CONTEST = "gubernur-91"
HEX = "b6f639fe6f885bd82970251bedff9ef4bcec75a7380e20e00f247fdc8b0faf6b"
ROOT = base64.b64encode(bytes.fromhex(HEX)).decode()
NAMES = ("Satu", "Dua", "Tiga", "Empat", "Lima", "Enam", "Tujuh", "Delapan",
         "Sembilan", "Sepuluh", "Sebelas", "Dua Belas")  # fmt: skip
HOSTILE = "<script>alert(1)</script>\"'&"


def contest(pairs: int = 3, **changes: Any) -> Twin:
    """A governor's contest decided by a majority."""
    made = {
        "id": CONTEST,
        "office": "governor",
        "region": "91",
        "win": "majority",
        "pairs": [
            {
                "number": number,
                "names": [f"Pasangan Contoh {NAMES[number - 1]}", f"Wakil Contoh {number}"],
                "empty_column": False,
                "notes": [],
            }
            for number in range(1, pairs + 1)
        ],
        "margin": None,
        "population": None,
        "source_forms": None,
        "date": None,
        "follows": None,
        "followed": None,
    }
    return {**made, **changes}


def empty_column_contest() -> Twin:
    """One pair against the empty column, which has number 1."""
    made = contest(2, id="bupati-91.01", office="regent", region="91.01")
    made["pairs"][0] |= {"names": [], "empty_column": True}
    return made


def common(page: str, address: str, **changes: Any) -> Twin:
    """What every twin states."""
    made = {
        "page": page,
        "address": address,
        "as_of": 9418,
        "root": ROOT,
        "hour": "2024-11-27T23:41:07+07:00",
        "mode": "rehearsal",
        "origin": "contoh.example/rehearsal/log",
        "simulated": True,
        "election": {
            "id": ELECTION,
            "name": {"id": "Pemilihan Gubernur Contoh 2024", "en": "Sample election 2024"},
            "date": "2024-11-27",
            "timezone": "Asia/Jakarta",
            "source": "SIMULASI: angka buatan untuk pengujian",
        },
        "contest": contest(),
        "crumbs": crumbs("91"),
        "evidence": [0, 1, 2, 17],
    }
    return {**made, **changes}


REGIONS = {
    "91": ("Provinsi Contoh", "provinsi"),
    "91.01": ("Kabupaten Contoh Utara", "kabko"),
    "91.01.06": ("Contohan", "kecamatan"),
    "91.01.06.1001": ("Mawar", "kelurahan"),
}


def address(code: str) -> str:
    """The page of a region of the sample contest."""
    return "/".join((ELECTION, CONTEST, *code.split(".")[1:])) + "/"


def crumbs(code: str) -> list[Twin]:
    """The way down to a region."""
    names = {"id": "Pemilihan Gubernur Contoh 2024", "en": "Sample election 2024"}
    way = [{"name": names, "address": f"{ELECTION}/"}]
    for known, (name, _) in REGIONS.items():
        if code == known or code.startswith(f"{known}."):
            way.append({"name": name, "address": address(known)})
    return way


def region_of(code: str) -> Twin:
    """{code, name, level} of a sample region."""
    name, level = REGIONS[code]
    return {"code": code, "name": name, "level": level}


def votes(scale: int = 1, pairs: int = 3, **changes: int) -> dict[str, int]:
    """Figures of the parts IV and V that agree."""
    shares = (104, 38, 128, 12, 9, 41)[:pairs]
    figures = {f"pair_{number}": share * scale for number, share in enumerate(shares, 1)}
    figures["valid"] = sum(figures.values())
    figures["invalid"] = 17 * scale
    figures["total"] = figures["valid"] + figures["invalid"]
    return {**figures, **changes}


def full(pairs: int = 3, **changes: int) -> dict[str, int]:
    """All figures of a C form that agree: 287 voted of 567 with three pairs."""
    figures = votes(1, pairs)
    listed, total = figures["total"] - 11, figures["total"]
    for row, men, women in (
        ("registered", listed - 5, 296),
        ("voted_listed", listed - 147, 147),
        ("voted_moved", 2, 3),
        ("voted_unlisted", 3, 3),
        ("voted", total - 153, 153),
        ("voted_disabled", 1, 2),
    ):
        figures |= {f"{row}_m": men, f"{row}_f": women, row: men + women}
    received = figures["registered"] + -(-figures["registered"] // 40)
    figures |= {"ballots_received": received, "ballots_used": total, "ballots_returned": 2}
    figures["ballots_unused"] = received - total - 2
    return {**figures, **changes}


def signers(body: str, region: str, count: int = 3, tps: str | None = None) -> list[Twin]:
    """Entitled keys: the first is the ketua's."""
    return [
        {
            "keyid": f"{7 + at}f3a91c2e04d5b18a91f20c75cc08e3d",
            "body": body,
            "position": "anggota" if at else "ketua",
            "region": region,
            "tps": tps,
            "pair": None,
            "acting": None,
            "counted": True,
            "grant": 12,
            "suspect": False,
        }
        for at in range(count)
    ]


BODY_OF = {
    "c_hasil": "kpps",
    "d_hasil_kelurahan": "ppk",
    "d_hasil_kecamatan": "ppk",
    "d_hasil_kabko": "kpu_kabko",
    "d_hasil_prov": "kpu_prov",
    "summary": "roots.kpu",
}


def form_view(form: str, region: str, figures: dict[str, int], **changes: Any) -> Twin:
    """A form in effect."""
    tps = changes.get("tps")
    made = {
        "index": 9417,
        "id": HEX,
        "kind": "form",
        "form": form,
        "region": region,
        "tps": tps,
        "revision": 1,
        "count": None if form == "summary" else "first",
        "reason": None,
        "previous": None,
        "status": "head",
        "void_reason": None,
        "effect": 9417,
        "marks": [],
        "figures": figures,
        "explanations": [],
        "attended": None,
        "because": [],
        "corrections": [],
        "witnesses": [],
        "scans": [],
        "signers": signers(BODY_OF[form], region, tps=tps),
        "entries": [9417],
        "stations_in": None,
        "stations_expected": None,
        "as_of_text": None,
        "address": "bukti/9417/",
    }
    return {**made, **changes}


def finding(rule: str, **changes: Any) -> Twin:
    """A finding without an explanation."""
    made = {
        "rule": rule,
        "part": None,
        "child": None,
        "hard": rules.RULES[rule].hard,
        "fields": ["pair_1", "pair_2", "valid"],
        "expected": 338,
        "found": 339,
        "op": "=",
        "broken": [changes["part"]] if changes.get("part") else [],
        "explanation": None,
        "form": "c_hasil",
        "region": "91.01.06.1001",
        "tps": "004",
        "index": 9417,
        "place": {"name": "TPS 004 Mawar", "address": address("91.01.06.1001") + "004/"},
    }
    return {**made, **changes}


def correction(**changes: Any) -> Twin:
    """A figure of TPS 004 that the form above corrects after an objection."""
    made = {"child": "004", "field": "pair_1", "from": 118, "to": 120, "basis": "event",
            "objection": HEX, "entry": 9401, "initials": ["ketua", "1", "2"]}  # fmt: skip
    return {**made, **changes}


def history_item(**changes: Any) -> Twin:
    """A first version in effect."""
    made = {
        "index": 9102,
        "kind": "form",
        "at": "2024-11-27T21:14:00+07:00",
        "form": "c_hasil",
        "revision": 1,
        "status": "head",
        "count": "first",
        "number": None,
        "reason": None,
        "marks": [],
        "changes": [],
    } | changes
    return {"address": f"bukti/{made['index']}/", **made}


def stations(expected: int | None, received: int, counted: int | None = None) -> Twin:
    """Completeness of a region."""
    have = received if counted is None else counted
    missing = None if expected is None else expected - received
    return {
        "expected": expected, "received": received, "counted": have, "off": 0, "missing": missing,
    }  # fmt: skip


def sum_fields(figures: dict[str, int], reported: int) -> dict[str, list[int]]:
    """A sum in which every form reported every field."""
    return {field: [value, reported] for field, value in figures.items()}


def rung(level: str, form: str, figures: dict[str, int], count: int, **changes: Any) -> Twin:
    """A complete column of the ladder."""
    made = {
        "level": level,
        "form": form,
        "kind": "certified",
        "count": count,
        "expected": count,
        "fields": sum_fields(figures, count),
        "difference": None,
    }
    return {**made, **changes}


def gaps(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    """Differences in every field that both have."""
    return {field: after[field] - before[field] for field in after if field in before}


def child(code: str, name: str, level: str, figures: dict[str, int] | None, **changes: Any) -> Twin:
    """A child with a certified form that equals its sum."""
    made: Twin = {
        "code": code,
        "name": name,
        "level": level,
        "address": address(code),
        "listed": True,
        "stations": stations(41, 41),
        "certified": figures,
        "index": 88,
        "contested": False,
        "contested_below": 0,
        "sum": sum_fields(figures or {}, 41),
        "via": "forms",
        "comparison": {"state": "same", "difference": dict.fromkeys(figures or {}, 0)},
        "figures": figures,
        "basis": "certified",
        "findings": {"open": 0, "answered": 0},
        "status": None,
        "revision": 1,
    }
    return {**made, **changes}


def station_child(number: int, pairs: int = 3, **changes: Any) -> Twin:
    """A TPS whose form is in and equals its column."""
    tps = f"{number:03d}"
    figures = {
        f"pair_{pair}": (number * 37 + pair * 71) % (210 - 20 * pair)
        for pair in range(1, pairs + 1)
    }
    figures["valid"] = sum(figures.values())
    figures["invalid"] = number * 13 % 29
    figures["total"] = figures["valid"] + figures["invalid"]
    made: Twin = {
        "code": tps,
        "name": f"TPS {tps}",
        "level": "tps",
        "address": f"{address('91.01.06.1001')}{tps}/",
        "listed": True,
        "certified": None,
        "index": 100 + number,
        "contested": False,
        "comparison": {"state": "same", "difference": {}},
        "figures": figures,
        "basis": "sum",
        "findings": {"open": 0, "answered": 0},
        "status": "received",
        "revision": 1,
        "awaits": None,
        "evidence": [2, 100 + number],
    }
    return {**made, **changes}


MISSING: Twin = {
    "index": None,
    "comparison": {"state": "no-sum", "difference": {}},
    "figures": None,
    "basis": None,
    "revision": None,
    "evidence": [],
}


def result(basis: str | None, figures: dict[str, int], pairs: int = 3, **changes: Any) -> Twin:
    """What a region's page leads with."""
    counts = [figures.get(f"pair_{number}") for number in range(1, pairs + 1)]
    best = max((count for count in counts if count is not None), default=0)
    made = {
        "basis": basis,
        "figures": figures,
        "pairs": [
            {"number": number, "votes": count, "leads": count == best and best > 0}
            for number, count in enumerate(counts, 1)
        ],
        "valid": figures.get("valid"),
        "turnout": None,
        "line": None,
        "elected": None,
        "margin": None,
    }
    return {**made, **changes}


def region(code: str, figures: dict[str, int] | None = None, **changes: Any) -> Twin:
    """A region whose certified form equals the sum of what is below."""
    figures = votes(1000) if figures is None else figures
    name, level = REGIONS[code]
    form = model.FORM_OF_LEVEL[level]
    made = common("region", address(code), crumbs=crumbs(code)) | {
        "region": {"code": code, "name": name, "level": level},
        "stations": stations(125, 125),
        "certified": form_view(form, code, figures),
        "contested": False,
        "contested_below": 0,
        "summary": None,
        "sum": {
            "via": "forms", "counted": 125, "expected": 125, "fields": sum_fields(figures, 125),
        },
        "source_has_c": True,
        "comparison": {"state": "same", "difference": dict.fromkeys(figures, 0)},
        "ladder": [
            rung("tps", "forms", figures, 125, kind="sum"),
            rung(level, form, figures, 1, difference=dict.fromkeys(figures, 0)),
        ],
        "column": None,
        "corrections": None,
        "children": [],
        "result": result("certified", figures),
        "differences": [],
        "findings": [],
        "findings_below": {"open": 0, "answered": 0},
        "determination": None,
        "elected": None,
        "rulings": [],
        "doubts": [],
        "left_out": [],
        "ruled": [],
        "recommended": [],
        "copies": None,
        "notices": [],
        "pictures": None,
        "pictured": None,
        "readiness": None,
        "today": None,
        "incidents": {"counts": dict.fromkeys(STATES, 0), "cases": [], "more": 0, "page": None,
                      "meeting": None},
        "history": [history_item(form=form, index=9417, address="bukti/9417/")],
        "downloads": [{"label": "json", "address": f"{address(code)}index.json"}],
        "officials": f"{ELECTION}/pejabat/{'/'.join(code.split('.')[1:])}/",
        "kecamatan": None,
        "kecamatan_below": [],
    }  # fmt: skip
    made |= changes
    is_top = code == made["contest"]["region"]
    return {"standing": stands(made["determination"]) if is_top else None, **made}


def stands(determination: Twin | None) -> Twin:
    """Where a contest stands that nobody took to court."""
    state = "determined" if determination else "undetermined"
    return {"state": state, "rulings": [], "open": []}


def tps(figures: dict[str, int] | None = None, pairs: int = 3, **changes: Any) -> Twin:
    """A TPS whose form is in."""
    code = "91.01.06.1001"
    figures = full(pairs) if figures is None else figures
    head = form_view("c_hasil", code, figures, tps="004")
    made = common(
        "tps", f"{address(code)}004/", crumbs=crumbs(code), contest=contest(pairs)
    ) | {
        "region": region_of(code),
        "tps": "004",
        "registered": 567,
        "listed": True,
        "summed": True,
        "status": "received",
        "head": head,
        "contested": False,
        "statements": [head],
        "column": None,
        "checks": checks(figures, pairs),
        "doubts": [],
        "left_out": [],
        "ruled": [],
        "recommended": [],
        "copies": {"said": [], "more": 0, "explanation": None},
        "notices": [],
        "pictures": None,
        "readiness": None,
        "incidents": None,
        "findings": [],
        "history": [history_item(index=9417, address="bukti/9417/")],
        "officials": f"{ELECTION}/pejabat/01/06/1001/",
    }  # fmt: skip
    return {**made, **changes}


def checks(figures: dict[str, int], pairs: int = 3) -> list[Twin]:
    """Every sum of a C form."""
    return [
        {
            "rule": one.rule, "part": one.part, "state": one.state, "fields": list(one.fields),
            "op": one.op, "expected": one.expected, "found": one.found,
        }
        for one in rules.check_figures("c_hasil", figures, pairs)
    ]  # fmt: skip


def column(figures: dict[str, int | None], difference: dict[str, int], **changes: Any) -> Twin:
    """What the form above says of a place."""
    made = {
        "form": "d_hasil_kelurahan",
        "region": {**region_of("91.01.06.1001"), "address": address("91.01.06.1001")},
        "index": 14871,
        "figures": figures,
        "difference": difference,
        "corrections": [],
    }
    return {**made, **changes}
