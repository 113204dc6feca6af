"""Every kind of statement with the groups of keys that may sign it: the table of the law, by hand.

It is written from docs/formats.md and shares nothing with the code but names. `begun` is the log in
which it holds; tests of the fold and of intake sign each statement with each group.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tests.core.ledger.realm import OTHER, Fork, Realm, grant, names
from tests.core.ledger.world import keyid
from tests.core.statements import builders

C = {"region": "90.01.01.1001", "tps": "001"}
GROUPS = {
    "operator": 3, "kpu": 3, "bawaslu": 3, "pair1": 1, "pair2": 2,
    "kpu-prov-90": 3, "kpu-kabko-90.01": 3, "kpu-kabko-90.02": 3,
    "ppk-90.01.01": 3, "ppk-90.01.02": 3, "ppk-90.02.01": 3,
    "kpps-90.01.01.1001-001": 3, "kpps-90.01.01.1001-002": 3, "kpps-90.01.01.1002-001": 3,
    "kpps-90.01.02.1001-001": 3, "kpps-90.02.01.1001-001": 3,
    "saksi-kec": 1, "saksi-tps": 1, "pengawas": 3, "log": 1,
    "lain-kpu": 3, "lain-kpu-prov-90": 3, "lain-kpu-kabko-90.01": 3, "lain-ppk-90.01.01": 3,
    "lain-kpps-90.01.01.1001-001": 3, "lain-saksi-kec": 1, "nobody": 3,
}  # fmt: skip
"""Group of keys -> how many keys it has. `log` is the one key of the log's writer."""
WRITERS = {"clock"}
"""Kinds that nobody sends: only the writer of the log puts them there."""


def roles_of(group: str, number: int) -> list[str]:
    """The first roles of a group."""
    return ["log"] if group == "log" else names(group, number)


SENT: dict[str, str] = {}
"""Form -> id of the one that is head in the realm."""
OBJECTED: dict[str, str] = {}
"""Form -> id of an objection of Bawaslu to it; none watches a province here."""


@lru_cache(maxsize=1)
def begun() -> Realm:
    """A realm with one form of every kind effective, and spare keys of every body."""
    made = Realm()
    fork = made.fork()
    for form, fields, office in FORMS:
        SENT[form] = sent(fork, form, fields, office)
        if form != "d_hasil_prov":
            objection = builders.objection(form, body="bawaslu_kabko", number=9, **fields)
            OBJECTED[form] = fork.add(objection, "pengawas-1")
            assert fork.last["status"] == "effective"
    for body, region, tps, granters in SPARES:
        payload = grant(body, region, [f"spare-{body}"], tps=tps)
        assert fork.try_(payload, *granters) == "effective"
    made.keep(fork)
    return made


def sent(fork: Fork, form: str, fields: dict[str, Any], office: str) -> str:
    statement = fork.add(builders.form(form, **fields), *names(office))
    assert fork.last["status"] == "head"
    return statement


FORMS: list[tuple[str, dict[str, Any], str]] = [
    ("c_hasil", C, "kpps-90.01.01.1001-001"),
    ("d_hasil_kelurahan", {"region": "90.01.01.1001"}, "ppk-90.01.01"),
    ("d_hasil_kecamatan", {"region": "90.01.01"}, "ppk-90.01.01"),
    ("d_hasil_kabko", {"region": "90.01"}, "kpu-kabko-90.01"),
    ("d_hasil_prov", {"region": "90"}, "kpu-prov-90"),
]
SPARES = [
    ("kpu_prov", "90", None, names("kpu", 2)),
    ("kpu_kabko", "90.01", None, names("kpu-prov-90", 2)),
    ("ppk", "90.01.01", None, names("kpu-kabko-90.01", 2)),
    ("kpps", "90.01.01.1001", "001", names("ppk-90.01.01", 2)),
    ("saksi", "90.01.01", None, ["pair1-1"]),
    ("bawaslu_kabko", "90.01", None, names("bawaslu", 2)),
    ("panwascam", "90.01.01", None, names("pengawas", 2)),
]

Entitled = dict[str, int]
"""Group -> how many of it suffice."""

PROV_UP = {"kpu-prov-90": 2, "kpu": 2}


def statements() -> Iterator[tuple[str, dict[str, Any], Entitled, set[str]]]:
    """(label, payload, entitled groups, groups that may co-sign without counting)."""
    yield (
        "publication",
        builders.publication(release=builders.hex_id("next")),
        {"operator": 2},
        set(),
    )
    yield "close", builders.close(), {"operator": 2}, set()
    yield "clock", builders.clock(), {"log": 1}, set()
    for region, entitled in (
        ("id", {"kpu": 2}),
        ("90", {"kpu": 2}),
        ("90.01", {"kpu-prov-90": 2}),
        ("90.02", {"kpu-prov-90": 2}),
        ("90.01.01", {"kpu-kabko-90.01": 2}),
        ("90.02.01", {"kpu-kabko-90.02": 2}),
        ("90.01.02.1001", {"kpu-kabko-90.01": 2}),
        ("90.02.01.1001", {"kpu-kabko-90.02": 2}),
    ):
        before = begun().fork().state.regions.get(f"{builders.ELECTION}/{region}")["roster"]
        payload = builders.roster(region, revision=2, previous=before)
        yield f"roster {region}", payload, entitled, set()
    for body, region, tps, entitled in (
        ("kpu_prov", "90", None, {"kpu": 2}),
        ("kpu_kabko", "90.01", None, {"kpu-prov-90": 2}),
        ("kpu_kabko", "90.02", None, {"kpu-prov-90": 2}),
        ("ppk", "90.01.01", None, {"kpu-kabko-90.01": 2}),
        ("ppk", "90.02.01", None, {"kpu-kabko-90.02": 2}),
        ("kpps", "90.01.01.1001", "001", {"ppk-90.01.01": 2}),
        ("kpps", "90.01.02.1001", "001", {"ppk-90.01.02": 2}),
        ("saksi", "90.01.01", None, {"pair1": 1}),
        ("bawaslu_prov", "90", None, {"bawaslu": 2}),
        ("bawaslu_kabko", "90.02", None, {"bawaslu": 2}),
        ("panwascam", "90.01.01", None, {"pengawas": 2}),
        ("panwascam", "90.02.01", None, {}),
        ("pkd", "90.01.01.1001", None, {"pengawas": 2}),
        ("ptps", "90.01.01.1001", "002", {"pengawas": 2}),
        ("pemantau", "90", None, {"kpu-prov-90": 2}),
        ("pemantau", "90.01.01.1001", "002", {"kpu-kabko-90.01": 2}),
    ):
        yield f"grant {body} {region}", grant(body, region, ["new-1"], tps=tps), entitled, set()
    second = {**grant("saksi", "90.01.01", ["new-1"]), "pair": 2}
    yield "grant saksi of pair 2", second, {"pair2": 2}, set()
    for body, _, _, granters in SPARES:
        group = granters[0].rsplit("-", 1)[0]
        number = 1 if group == "pair1" else 2
        named = {"keyid": keyid(f"spare-{body}")}
        suspect = builders.revoke(**named, suspect_from=3)
        yield f"revoke {body} suspect", suspect, {group: number}, set()
        yield f"revoke {body}", builders.revoke(**named), {group: number}, set()
    above_tps = {"ppk-90.01.01": 2, "kpu-kabko-90.01": 2, **PROV_UP}
    above = {
        "c_hasil": above_tps,
        "d_hasil_kelurahan": {"kpu-kabko-90.01": 2, **PROV_UP},
        "d_hasil_kecamatan": {"kpu-kabko-90.01": 2, **PROV_UP},
        "d_hasil_kabko": PROV_UP,
        "d_hasil_prov": {"kpu": 2},
    }
    watching = {
        "c_hasil": {"saksi-kec", "saksi-tps", "pengawas"},
        "d_hasil_kelurahan": {"saksi-kec", "pengawas"},
        "d_hasil_kecamatan": {"saksi-kec", "pengawas"},
        "d_hasil_kabko": {"pengawas"},
        "d_hasil_prov": set(),
    }
    for form, fields, office in FORMS:
        payload = builders.form(form, **fields, revision=2, previous=SENT[form])
        yield f"form {form}", payload, {office: 3}, watching[form]
        for body, role in (("saksi", "saksi"), ("bawaslu_kabko", "pengawas")):
            who = dict.fromkeys((name for name in watching[form] if name.startswith(role)), 1)
            objection = builders.objection(form, body=body, **fields)
            yield f"objection {body} {form}", objection, who, set()
        theirs = builders.objection(form, pair=2, **fields)
        yield f"objection of pair 2 {form}", theirs, {}, set()
        yield f"event {form}", builders.event(form, **fields), {office: 1}, set()
        told = builders.event(form, body="bawaslu_kabko", **fields)
        watches = {"pengawas": 1} if "pengawas" in watching[form] else {}
        yield f"event bawaslu_kabko {form}", told, watches, set()
        if form not in OBJECTED:
            continue
        to = [OBJECTED[form]]
        rejects = builders.outcome(to, "rejected", form, **fields)
        deciding = {office: 3, **{name: max(k, 3) for name, k in above[form].items()}}
        deciding = {name: 2 if name == "kpu" else k for name, k in deciding.items()}
        yield f"reject {form}", rejects, deciding, set()
        carries = builders.outcome(to, "carried", form, **fields)
        yield f"carry {form}", carries, {office: 1, **above[form]}, set()
        withdraws = builders.outcome(to, "withdrawn", form, **fields)
        yield f"withdraw {form}", withdraws, {"pengawas": 1}, set()
        accept = builders.answer(form, **fields, accept=payload["previous"])
        yield f"accept {form}", accept, above[form], set()
        explain = builders.answer(form, **fields)
        yield f"explain {form}", explain, {office: 1, **above[form]}, set()
    sibling = {"region": "90.01.01.1001", "tps": "002"}
    seen = {"saksi-kec", "pengawas"}
    yield "form sibling tps", builders.form(**sibling), {"kpps-90.01.01.1001-002": 3}, seen
    far = {"region": "90.02.01.1001", "tps": "001"}
    yield "form other kabko", builders.form(**far), {"kpps-90.02.01.1001-001": 3}, set()
    yield "objection other kabko", builders.objection(**far), {}, set()
    objection = builders.objection(**sibling)
    yield "objection sibling tps", objection, {"saksi-kec": 1}, set()
    yield "determination", builders.determination(), {"kpu-prov-90": 3}, set()
    yield "elected", builders.elected(), {"kpu-prov-90": 3}, set()
    yield "ruling", builders.ruling(), {"kpu-prov-90": 3, "kpu": 2}, set()
    mine = {"election": OTHER, **C}
    theirs = {"lain-kpps-90.01.01.1001-001": 3}
    yield "form other election", builders.form(**mine), theirs, {"lain-saksi-kec"}
