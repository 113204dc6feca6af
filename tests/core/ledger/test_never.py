"""Whatever an entry holds, the fold answers with a status and never with an exception."""

from __future__ import annotations

import random
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.night import Night
from tests.core.ledger.realm import Fork, Realm, grant, names
from tests.core.ledger.world import World, key, signer
from tests.core.statements import builders

from rekap.core.ledger import fold as folding
from rekap.core.pages.site import Site
from rekap.core.signing import envelope as dsse
from rekap.core.statements import model

REGIONS = ("90", "90.01", "90.02", "90.01.01", "90.01.02", "90.01.01.1001", "90.01.01.1002",
           "90.01.01.1009", "90.02.01.1001", "91", "91.01")  # fmt: skip
OFFICES = ("kpu", "operator", "bawaslu", "pair1", "kpu-prov-90", "kpu-kabko-90.01", "ppk-90.01.01",
           "kpps-90.01.01.1001-001", "kpps-90.01.01.1001-002", "saksi-kec", "pengawas")  # fmt: skip
KINDS = (
    "grant",
    "revoke",
    "objection",
    "event",
    "determination",
    "elected",
    "ruling",
    "close",
    "clock",
    "publication",
    "election",
)
FORMS = ("c_hasil", "d_hasil_kelurahan", "d_hasil_kecamatan", "d_hasil_kabko", "d_hasil_prov",
         "summary")  # fmt: skip


@lru_cache(maxsize=2)
def _realm(mode: str) -> Realm:
    pairs = [{"number": 1, **builders.keyset(key("pair1-1"), k=1)}]
    kpu = builders.keyset(*(key(f"kpu-{n}") for n in (1, 2, 3)), k=1)
    roots = {"kpu": kpu, "bawaslu": builders.keyset(*(key(f"bawaslu-{n}") for n in (1, 2, 3)), k=1),
             "pairs": pairs}  # fmt: skip
    policy = dict.fromkeys((*model.SHEETS, "c_hasil", "grant", "roster", "answer"), 1)
    contests = [builders.contest(), builders.contest(id="bupati-90.01", office="regent",
                                                     region="90.01")]  # fmt: skip
    return Realm(mode=mode, other=False, roots=roots, policy=policy, contests=contests, operators=1)


def _payload(chance: random.Random, fork: Fork, ids: list[str]) -> dict[str, Any]:
    """Some statement, with fields from where they do and do not belong."""
    kind = chance.choice([*(["form"] * 8), *(["roster", "answer"] * 3), *KINDS])
    contest = chance.choice([builders.CONTEST, "bupati-90.01", "bupati-90.01", "lain"])
    at = f"2024-11-{chance.randint(10, 28)}T00:00:00+07:00"
    if kind in ("form", "answer", "objection", "event"):
        form = chance.choice(FORMS)
        level = builders.REGIONS[form]
        region = level if chance.random() < 0.6 else chance.choice(REGIONS)
        fields: dict[str, Any] = {"contest": contest, "at": at}
        if form == "c_hasil":
            fields["tps"] = chance.choice(["001", "002", "003"])
        if kind == "event":
            return {**builders.event(form, **fields), "region": region}
        if kind == "objection":
            return {**builders.objection(form, **fields), "region": region}
        if kind == "answer":
            if chance.random() < 0.6 and ids:
                fields["accept"] = chance.choice(ids)
            return {**builders.answer(form, **fields), "region": region}
        if chance.random() < 0.5 and ids:
            fields |= {"revision": chance.randint(2, 3), "previous": chance.choice(ids)}
        if form == "summary":
            fields["stations_in"] = chance.randint(0, 4)
        form_ = builders.form(form, **fields, pair_1=chance.randint(100, 120))
        return {**form_, "region": region}
    if kind == "roster":
        region = chance.choice(["id", *REGIONS])
        place = fork.state.regions.get(f"{builders.ELECTION}/{region}") or {}
        fields = {"at": at}
        if "roster" in place and chance.random() < 0.9:
            fields |= {"revision": place["revision"] + 1, "previous": place["roster"]}
        if len(region) == 13:
            some = sorted(chance.sample(["001", "002", "003", "009"], chance.randint(1, 3)))
            return builders.roster(region, tps=[builders.station(t) for t in some], **fields)
        depth = 0 if region == "id" else region.count(".") + 1
        start = f"{region}." if depth else ""
        kids = [r for r in REGIONS if r.count(".") == depth and r.startswith(start)]
        kids = kids or [f"{region}.1001" if depth == 3 else f"{region}.01"]
        if region == "id" and chance.random() < 0.3:
            kids = ["90.01", "91"]
        some = sorted(chance.sample(kids, chance.randint(1, len(kids))))
        return builders.roster(region, children=[builders.child(c) for c in some], **fields)
    if kind == "grant":
        body, tps = chance.choice(["kpps", "ppk", "kpu_kabko", "kpu_prov", "bawaslu_kabko"]), None
        region = {"kpps": "90.01.01.1001", "ppk": "90.01.01", "kpu_kabko": "90.01",
                  "kpu_prov": "90"}.get(body, chance.choice(REGIONS))  # fmt: skip
        if body == "kpps":
            tps = chance.choice(["001", "009"])
        return grant(body, region, [f"new-{chance.randrange(40)}"], tps=tps, at=at)
    if kind == "revoke":
        who = chance.choice([*OFFICES, "new"]) + f"-{chance.randint(1, 3)}"
        extra = {"suspect_from": chance.randrange(400)} if chance.random() < 0.6 else {}
        return builders.revoke(keyid=signer(who).keyid, at=at, **extra)
    return builders.BUILDERS[kind](at=at)


@pytest.mark.parametrize("mode", ["rehearsal", "replay"])
def test_any_statement_by_anybody_gets_a_status(mode: str) -> None:
    seen: Counter[str] = Counter()
    for seed in range(6):
        chance = random.Random(seed)
        fork = _realm(mode).fork()
        ids: list[str] = []
        for _ in range(250):
            payload = _payload(chance, fork, ids)
            roles = [f"{office}-{n}" for office in chance.sample(OFFICES, 1)
                     for n in range(1, chance.randint(1, 3) + 1)]  # fmt: skip
            if chance.random() < 0.8:
                roles = _fitting(payload)
            seen[fork.try_(payload, *roles)] += 1
            if fork.last["id"] and payload["kind"] == "form":
                ids.append(str(fork.last["id"]))
        site = Site(fork.state, lambda index, f=fork: f.entries[index])
        for address in site.addresses():
            site.twins(address)
    print(dict(seen))
    reasons = {name.removeprefix("void ") for name in seen if name.startswith("void ")}
    assert reasons <= set(folding.VOID_REASONS)
    assert {"head", "rival", "orphan", "effective", "void region", "void tps"} <= set(seen)


def _fitting(payload: dict[str, Any]) -> list[str]:
    """Signers who may say it, as far as the realm has them."""
    kind, region = payload["kind"], payload.get("region", "")
    office = {2: "kpu-prov-90", 5: "kpu-kabko-90.01"}.get(len(region), "ppk-90.01.01")
    if kind == "form" and payload["form"] == "c_hasil":
        office = f"kpps-{region}-{payload['tps']}"
    elif kind == "form" and payload["form"] == "summary":
        office = "kpu"
    elif kind == "roster":
        office = {2: "kpu", 5: "kpu-prov-90"}.get(len(region), "kpu-kabko-90.01")
    elif kind == "answer":
        office = "kpu"
    elif kind == "grant":
        office = {"kpps": "ppk-90.01.01", "ppk": "kpu-kabko-90.01", "kpu_kabko": "kpu-prov-90",
                  "bawaslu_kabko": "bawaslu"}.get(payload["body"], "kpu")  # fmt: skip
    elif kind == "objection":
        office = "saksi-kec"
    elif kind == "event" and payload["body"] != "bawaslu_prov":
        office = f"{payload['body'].replace('_', '-')}-{region}"
    elif kind == "revoke":
        office = "ppk-90.01.01"
    elif kind in ("close", "publication"):
        office = "operator"
    return names(office, 1)


def test_any_bytes_get_a_status() -> None:
    chance = random.Random(3)
    fork = _realm("rehearsal").fork()
    sound = dsse.sign(builders.encode({**builders.form(), "log": fork.origin}),
                      [signer("kpps-90.01.01.1001-001-1")])  # fmt: skip
    seen: Counter[str] = Counter()
    for _ in range(400):
        data = bytearray(sound)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            if chance.random() < 0.3:
                del data[at : at + chance.randint(1, 40)]
            else:
                data[at] = chance.randrange(256)
        if bytes(data) == sound:
            continue
        fork.append(bytes(data))
        seen[fork.outcome(-1)] += 1
    print(dict(seen))
    assert set(seen) <= {f"void {reason}" for reason in folding.VOID_REASONS}


@pytest.mark.parametrize("first", [b"", b"{}", b"rubbish"])
def test_a_log_that_begins_with_rubbish_stays_void(first: bytes) -> None:
    realm = _realm("rehearsal")
    fork = Fork(realm, entries=[])
    fork.state = type(fork.state)(read_entry=lambda index: fork.entries[index])
    fork.append(first)
    for entry in realm.entries[:8]:
        fork.append(entry)
    outcomes = [fork.outcome(index) for index in range(fork.state.size)]
    assert outcomes[0] == "void unreadable"
    assert set(outcomes[1:]) <= {"void not-first", "void no-log"}


def test_every_entry_is_counted_by_its_kind_and_a_void_one_also_as_void() -> None:
    night = Night(5)
    for _ in range(60):
        night.step()
    records = [night.state.entry(index) for index in range(night.state.size)]
    counts = Counter(record["kind"] or "unknown" for record in records)
    counts["void"] = sum(record["status"] == "void" for record in records)
    assert min(counts["form"], counts["unknown"], counts["void"]) > 1
    assert night.state.meta.get("kinds") == counts


def test_a_statement_that_was_void_is_judged_afresh_when_it_comes_again() -> None:
    world = World()
    world.begin()
    form = builders.encode({**builders.form("c_hasil"), "log": world.origin})
    answer = builders.answer("c_hasil", accept=dsse.statement_id(form))
    officers = world.persons("ppk-90.01.01")
    statement = world.add(answer, *officers)
    assert (world.last["status"], world.last["why"]) == ("void", "accept")
    assert world.state.ids.get(statement) is None
    world.form("c_hasil")
    world.append(world.entries[-2])
    last = world.state.size - 1
    assert world.last["status"] == "effective"
    record = world.state.ids.get(statement)
    assert (record["first"], record["effect"], record["entries"]) == (last, last, [last])
    for officer in officers:
        signed = [key for key, _ in world.state.signed.scan(f"{signer(officer).keyid}/")]
        assert f"{signer(officer).keyid}/{last - 2:010d}" not in signed
        assert f"{signer(officer).keyid}/{last:010d}" in signed
