"""Random logs that reach every kind and every state of the ledger, from a seed.

A night is a tiny election (one kecamatan, two kelurahan, two TPS each) in which everything happens
that may happen: revisions, repeats, rivals, orphans, late signatures, revocations, answers, new
rosters, strangers, rubbish. `counts` says how often each kind and state came about.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from tests.core.ledger.world import World, key, keyid, signer
from tests.core.statements import builders

from rekap.core.ledger import recommendations, rulings, slots
from rekap.core.signing import envelope as dsse
from rekap.core.statements.model import BODIES, FORMS

KECAMATAN = "90.01.01"
KELURAHAN = ("90.01.01.1001", "90.01.01.1002")
STATIONS = ("001", "002")
KABKO_OFFICERS = ("kpu-kabko-90.01-1", "kpu-kabko-90.01-2")
PPK = ("ppk-90.01.01-1", "ppk-90.01.01-2", "ppk-90.01.01-3")
WATCHER = "pengawas-2"
SMALL = {"pair_1": 120, "pair_2": 95, "valid": 215, "invalid": 10, "total": 225}


class Night(World):
    """One seeded log; `step` appends one more random event."""

    def __init__(self, seed: int, mode: str = "rehearsal") -> None:
        super().__init__(mode=mode)
        self.random = random.Random(seed)
        self.number = 0
        self.forms: list[tuple[str, dict[str, Any]]] = []
        self.waiting: list[tuple[dict[str, Any], list[str]]] = []
        self.signed: list[tuple[dict[str, Any], str]] = []
        self.spare = 0
        self.begin()

    def begin(self, **election: Any) -> None:
        """A log with one kabko, one kecamatan, two kelurahan, and observers of all roots."""
        self.open()
        self.election = builders.election(roots=self.roots(), **election)
        self.election_id = self.add(self.election, "root/kpu/1", "operator/1")
        self.rosters: dict[str, tuple[str, dict[str, Any]]] = {}
        above = self._name_kabko()
        self.roster("90.01", *above, children=[builders.child(KECAMATAN)])
        self.grant("kpu_kabko", "90.01", *above)
        self.roster(KECAMATAN, *KABKO_OFFICERS, children=[builders.child(k) for k in KELURAHAN])
        for kelurahan in KELURAHAN:
            self.roster(kelurahan, *KABKO_OFFICERS, tps=[builders.station(t) for t in STATIONS])
        self.grant("ppk", KECAMATAN, *KABKO_OFFICERS)
        for kelurahan in KELURAHAN:
            for tps in STATIONS:
                self.grant("kpps", kelurahan, *PPK[:2], tps=tps)
        self._observers()

    def _name_kabko(self) -> list[str]:
        """Rosters down to the kabko; returns who signs the next one."""
        self.roster("id", "root/kpu/1", children=[builders.child("90")])
        self.roster("90", "root/kpu/1", children=[builders.child("90.01")])
        self.grant("kpu_prov", "90", "root/kpu/1")
        return self.persons("kpu-prov-90", 2)

    @staticmethod
    def roots() -> dict[str, Any]:
        """Root keys of KPU, Bawaslu and pair 1."""
        return {
            "kpu": builders.keyset(key("root/kpu/1")),
            "bawaslu": builders.keyset(key("root/bawaslu/1")),
            "pairs": [{"number": 1, **builders.keyset(key("root/pairs/1"))}],
        }

    def _observers(self) -> None:
        for body, root, name in (
            ("saksi", "root/pairs/1", "saksi-1"), ("bawaslu_prov", "root/bawaslu/1", "pengawas-1"),
        ):  # fmt: skip
            persons = [
                {**builders.person(one, BODIES[body].positions[0]), **key(one)}
                for one in (name, *([WATCHER] if body != "saksi" else []))
            ]
            extra = {"pair": 1} if body == "saksi" else {}
            self.add(builders.grant(body, region="90", persons=persons, **extra), root)

    def roster(self, region: str, *roles: str, **fields: Any) -> None:
        """Name the children of a region, once more with a revision."""
        extra: dict[str, Any] = {}
        if region in self.rosters:
            before, payload = self.rosters[region]
            extra = {"revision": payload["revision"] + 1, "previous": before}
        payload = builders.roster(region, **extra, **fields)
        if "tps" in fields:
            payload.pop("children", None)
        statement = self.add(payload, *roles)
        if self.last["status"] == "effective":
            self.rosters[region] = (statement, payload)

    def step(self) -> None:
        """Append one random event."""
        (name,) = self.random.choices(list(EVENTS), weights=list(EVENTS.values()))
        getattr(self, f"_{name}")()
        self.number += 1

    def _at(self) -> str:
        return f"2024-11-{self.random.randint(10, 28)}T{self.number % 24:02}:00:00+07:00"

    def _slot(self) -> dict[str, Any]:
        kelurahan = self.random.choice(KELURAHAN)
        return {"region": kelurahan, "tps": self.random.choice(STATIONS)}

    def _kpps(self, slot: dict[str, Any]) -> list[str]:
        return self.persons(f"kpps-{slot['region']}-{slot['tps']}")

    def _figures(self) -> dict[str, int]:
        votes = self.random.randint(100, 125)
        broken = self.random.random() < 0.2
        return {"pair_1": votes, "valid": votes + 95 + broken, "total": votes + 105}

    def _payload(self, slot: dict[str, Any], **fields: Any) -> dict[str, Any]:
        payload = builders.form(**slot, at=self._at(), **fields)
        payload["figures"] = {**SMALL, **self._figures()}
        if self.random.random() < 0.2:
            payload["explanations"] = [{"rule": "R6", "text": "Salah jumlah di kertas."}]
        return payload

    def _send(self, payload: dict[str, Any], roles: list[str]) -> None:
        statement = self.add(payload, *roles)
        self.forms.append((statement, payload))

    def _of_slot(self, slot: dict[str, Any], *states: str) -> list[tuple[str, dict[str, Any]]]:
        """Forms of a slot that now have one of the states."""
        record = self.state.slots.get(self._key(slot)) or {"statements": []}
        ids = {one["id"] for one in record["statements"] if one["status"] in states}
        return [(i, p) for i, p in self.forms if i in ids]

    def _key(self, slot: dict[str, Any]) -> str:
        form = "c_hasil" if "tps" in slot else slot["form"]
        key_ = f"{builders.ELECTION}/{builders.CONTEST}/{form}/{slot['region']}"
        return f"{key_}/{slot['tps']}" if "tps" in slot else key_

    def _first(self) -> None:
        slot = self._slot()
        self._send(self._payload(slot), self._kpps(slot))

    def _revision(self) -> None:
        slot = self._slot()
        for statement, payload in self._of_slot(slot, "head")[:1]:
            fields = {"revision": payload["revision"] + 1, "previous": statement}
            self._send(self._payload(slot, **fields), self._kpps(slot))

    def _repeat(self) -> None:
        slot = self._slot()
        for _, payload in self._of_slot(slot, "head", "superseded", "rival")[:1]:
            self._send({**payload, "at": self._at()}, self._kpps(slot))

    def _orphan(self) -> None:
        slot = self._slot()
        fields = {"revision": 2, "previous": builders.hex_id(f"lost {self.number}")}
        self._send(self._payload(slot, **fields), self._kpps(slot))

    def _unsigned(self) -> None:
        slot = self._slot()
        payload = self._payload(slot)
        self._send(payload, self._kpps(slot)[:1])
        self.waiting.append((payload, self._kpps(slot)))

    def _late(self) -> None:
        if self.waiting:
            payload, roles = self.waiting.pop(self.random.randrange(len(self.waiting)))
            self.add(payload, *roles[1:])
            if self.random.random() < 0.5:
                self.add(payload, *roles, "saksi-1")

    def _sheet(self) -> None:
        forms = ["d_hasil_kelurahan", "d_hasil_kecamatan", "d_hasil_kabko", "d_hasil_prov"]
        (form,) = self.random.choices(forms, weights=[4, 4, 2, 1])
        region = self.random.choice(KELURAHAN) if form == "d_hasil_kelurahan" else (
            {"d_hasil_kecamatan": KECAMATAN, "d_hasil_kabko": "90.01", "d_hasil_prov": "90"}[form]
        )  # fmt: skip
        kids = {"d_hasil_kelurahan": STATIONS, "d_hasil_kecamatan": KELURAHAN,
                "d_hasil_kabko": (KECAMATAN,), "d_hasil_prov": ("90.01",)}[form]  # fmt: skip
        columns = {kid: {**SMALL, **self._figures()} for kid in kids}
        fields: dict[str, Any] = {"region": region, "columns": columns, "at": self._at()}
        head = self._of_slot({"form": form, "region": region}, "head")
        if head:
            fields |= {"revision": head[0][1]["revision"] + 1, "previous": head[0][0]}
        payload = builders.form(form, **fields)
        if form == "d_hasil_kecamatan":
            payload["sheets"] = self._sheets()
        self._correct(payload)
        if self.mode == "replay":
            self._thin(payload)
        office = {"d_hasil_kabko": "kpu-kabko-90.01", "d_hasil_prov": "kpu-prov-90"}.get(form)
        self._send(payload, self.persons(office) if office else list(PPK))

    def _correct(self, payload: dict[str, Any]) -> None:
        """Every second sheet says what of the forms below it corrects; every sixth a false cell."""
        lower = FORMS[payload["form"]].column
        found = []
        for at, child in enumerate(payload["children"]):
            place = {"region": payload["region"], "tps": child} if lower == "c_hasil" else (
                {"form": lower, "region": child}
            )  # fmt: skip
            head = self.state.slots.get(self._key(place)) or {}
            for name, value in sorted(head.get("figures", {}).items()):
                cell = payload["rows"].get(name, [value] * (at + 1))[at]
                if cell != value:
                    found.append([child, name, value, cell, len(found) % 2])
        if self.number % 2 or not found:
            return
        if self.number % 6 == 0:
            found[0][2] = found[0][3] + 1
        payload["because"] = [{"basis": "event"}, {"basis": "plano"}][: len(found)]
        payload["corrections"] = found

    def _thin(self, payload: dict[str, Any]) -> None:
        """What only a source lacks: columns, sheets, cells, figures."""
        choice = self.random.random()
        if choice < 0.3:
            for name in ("children", "rows", "sheets", "because", "corrections"):
                payload.pop(name, None)
        elif choice < 0.5:
            payload["rows"]["pair_1"][0] = None
            first = payload["children"][0]
            if [first, "pair_1"] in [one[:2] for one in payload.get("corrections", ())]:
                payload["rows"]["pair_1"][0] = 0
                del payload["because"], payload["corrections"]
        elif choice < 0.6:
            payload.pop("because", None)
            payload.pop("corrections", None)
            for figures in (payload["figures"], payload["rows"]):
                del figures["invalid"]
        if self.random.random() < 0.3:
            payload.pop("sheets", None)

    def _summary(self) -> None:
        """A running public figure, which only a replay has."""
        region = self.random.choice([*KELURAHAN, KECAMATAN, "90.01"])
        stations = self.random.randint(1, 4)
        payload = builders.form("summary", region=region, stations_in=stations, at=self._at())
        payload["figures"]["pair_1"] = self.random.randint(100, 500)
        head = self._of_slot({"form": "summary", "region": region}, "head")
        if head:
            payload |= {"revision": head[0][1]["revision"] + 1, "previous": head[0][0],
                        "reason": {"code": "source"}}  # fmt: skip
        self._send(payload, ["root/kpu/1"])

    def _sheets(self) -> list[str]:
        named = [self._of_slot({"form": "d_hasil_kelurahan", "region": k}, "head")
                 for k in KELURAHAN]  # fmt: skip
        return [found[0][0] if found else builders.hex_id("no sheet") for found in named]

    def _accept(self) -> None:
        slot = self._slot()
        found = self._of_slot(slot, "rival", "set_aside", "superseded", "orphan")
        if found:
            payload = builders.answer(**slot, accept=found[-1][0], at=self._at())
            self.add(payload, *self.random.choice([PPK[:2], KABKO_OFFICERS, ("root/kpu/1",)]))

    def _explain(self) -> None:
        slot = self._slot()
        explains = [{"rule": self.random.choice(["R6", "R7", "K1", "L1"]), "text": "Sudah dicek."}]
        self.add(builders.answer(**slot, explains=explains, at=self._at()), *PPK[:2])

    def _objection(self) -> None:
        slot, at = self._slot(), self._at()
        body, role = self.random.choice([("saksi", "saksi-1"), ("bawaslu_prov", "pengawas-1")])
        self.add(builders.objection(**slot, body=body, at=at), role)

    def _recommend(self) -> None:
        """Bawaslu says something new under one of three numbers of its register, or again."""
        number = f"{self.random.randint(1, 3)}/PL"
        spots = self.random.sample([(k, t) for k in KELURAHAN for t in STATIONS], 2)
        places: list[dict[str, Any]] = [{"region": k, "tps": t} for k, t in sorted(spots)]
        if self.random.random() < 0.2:
            places.insert(0, {"region": KECAMATAN})
        payload = builders.recommendation(
            "bawaslu_prov", number=number, places=places, at=self._at(),
            to={"body": "kpu_kabko", "region": "90.01"},
            type=self.random.choice(["repeat-vote", "recount"]),
        )  # fmt: skip
        current, revision = recommendations.in_force(self.state, payload)
        if current:
            payload |= {"revision": revision + 1, "previous": current}
        if self.random.random() < 0.1:
            payload["revision"] += 1
        self.add(payload, *("pengawas-1", WATCHER)[: self.random.choice([1, 2, 2, 2])])

    def _respond(self) -> None:
        """KPU of the kabko or of the province responds to one of them."""
        said = [key for key, _ in self.state.meta.scan("recommendation/")]
        if not said:
            return
        record = self.state.meta.get(self.random.choice(said))
        outcome = self.random.choice(["done", "not-done", "scheduled"])
        to = builders.hex_id("lost") if self.random.random() < 0.1 else record["statement"]
        body, region = self.random.choice([("kpu_kabko", "90.01"), ("kpu_prov", "90")])
        payload = builders.response(outcome, body=body, region=region, to=to, at=self._at())
        heads = [one for one in self.forms if self.state.ids.get(one[0])]
        if outcome == "done" and heads and self.random.random() < 0.5:
            payload["paper"] = self.random.choice(heads)[0]
        current, revision = recommendations.response_in_force(self.state, payload)
        if current:
            payload |= {"revision": revision + 1, "previous": current}
        prov = self.persons("kpu-prov-90", 2)
        self.add(payload, *(KABKO_OFFICERS if body == "kpu_kabko" else prov))

    def _doubt_watcher(self) -> None:
        """A key of Bawaslu is suspect: what rests on it is in doubt."""
        payload = builders.revoke(
            keyid=keyid(WATCHER), suspect_from=self.random.randrange(self.state.size),
            at=self._at(),
        )  # fmt: skip
        self.add(payload, "root/bawaslu/1")

    def _revoke(self) -> None:
        slot = self._slot()
        person = self.random.choice(self._kpps(slot))
        extra = {"suspect_from": self.random.randrange(self.state.size)}
        payload = builders.revoke(
            keyid=keyid(person), at=self._at(), **(extra if self.random.random() < 0.7 else {})
        )
        roles = PPK[:2] if "suspect_from" in payload else (person,)
        self.add(payload, *roles)

    def _regrant(self) -> None:
        """A substitute; at times one signature comes late, or the key has an owner already."""
        slot = self._slot()
        self.spare += 1
        name = f"kpps-{slot['region']}-{slot['tps']}-pengganti-{self.spare}"
        holder = name if self.random.random() < 0.8 else self._kpps(slot)[0]
        person = {**builders.person(name, "anggota"), **key(holder)}
        payload = builders.grant("kpps", **slot, persons=[person], at=self._at())
        if self.random.random() < 0.5:
            self.add(payload, *PPK[:2])
            self.signed.append((payload, PPK[2]))
        else:
            self.add(payload, PPK[0])
            self.signed.append((payload, PPK[1]))

    def _cosign(self) -> None:
        """One more signature for a grant or roster that is there already."""
        if self.signed:
            payload, role = self.signed.pop(self.random.randrange(len(self.signed)))
            self.add(payload, role)

    def _reroster(self) -> None:
        kelurahan = self.random.choice(KELURAHAN)
        stations = self.random.choice([STATIONS, STATIONS[:1], ("001", "002", "003")])
        self.roster(
            kelurahan, *KABKO_OFFICERS, tps=[builders.station(t, 310) for t in stations],
            at=self._at(),
        )  # fmt: skip
        self.signed.append((self.rosters[kelurahan][1], "kpu-kabko-90.01-3"))
        if self.random.random() < 0.3:
            kept = self.random.choice([KELURAHAN, KELURAHAN[:1], KELURAHAN[1:]])
            self.roster(KECAMATAN, *KABKO_OFFICERS, children=[builders.child(k) for k in kept])
        if self.random.random() < 0.1:
            kept = self.random.choice([(KECAMATAN,), (KECAMATAN, "90.01.02"), ("90.01.02",)])
            prov = self.persons("kpu-prov-90", 2)
            self.roster("90.01", *prov, children=[builders.child(k) for k in kept])

    def _withdraw(self) -> None:
        note = builders.note()
        contest = builders.contest(
            pairs=[builders.pair(1), builders.pair(2, notes=[note, {**note, "who": 2}])]
        )
        payload = {
            **self.election, "contests": [contest], "previous": self.election_id,
            "revision": self.election["revision"] + 1, "at": self._at(),
        }  # fmt: skip
        statement = self.add(payload, "root/kpu/1", "operator/1")
        if self.last["status"] == "effective":
            self.election, self.election_id = payload, statement

    def _release(self) -> None:
        if self.number % 3 == 0:
            origin = f"https://u{self.number}.rekap.example"
            self.add(builders.uploaders(origins=[origin], at=self._at()), "operator/1")
            return
        if self.number % 3 == 1:
            self.add(builders.clock(at=self._at()), "log")
            return
        release = builders.hex_id(f"release {self.number % 2}")
        self.add(builders.publication(release=release, at=self._at()), "operator/1")

    def _determine(self) -> None:
        key_ = f"determination/{builders.ELECTION}/{builders.CONTEST}"
        before = self.state.meta.get(key_)
        fields: dict[str, Any] = {}
        if before is not None and self.random.random() < 0.5:
            fields = {"revision": before["revision"] + 1, "previous": before["statement"]}
        payload = builders.determination(at=self._at(), **fields)
        self.add(payload, *self.persons("kpu-prov-90"))

    def _elect(self) -> None:
        before = self.state.meta.get(f"elected/{builders.ELECTION}/{builders.CONTEST}")
        fields: dict[str, Any] = {"pair": self.random.choice([1, 1, 2, 3])}
        if before is not None:
            fields |= {"revision": before["revision"] + 1, "previous": before["statement"]}
        if self.random.random() < 0.2:
            fields["none"] = fields.pop("pair") > 0
        payload = builders.elected(at=self._at(), **fields)
        self.add(payload, *self.persons("kpu-prov-90"))

    def _rule(self) -> None:
        """A case is taken or ended; sometimes the vote is held again everywhere, or at a TPS."""
        number = f"{self.random.randint(1, 2)}/PHPU"
        about = {"election": builders.ELECTION, "contest": builders.CONTEST, "number": number}
        before, revision = rulings.in_force(self.state, about)
        fields: dict[str, Any] = {"number": number, "revision": revision + 1}
        if before is not None:
            fields["previous"] = before
        fields["state"] = self.random.choice(["registered", "dismissed", "granted", "mistaken"])
        determined = self.state.meta.get(f"determination/{builders.ELECTION}/{builders.CONTEST}")
        if fields["state"] == "granted" and determined is not None:
            one: dict[str, Any] = {"decision": determined["number"]}
            if self.random.random() < 0.5:
                one["places"] = [f"{KELURAHAN[0]}/001"]
            left = {} if "places" in one else {"except": [f"{KELURAHAN[0]}/002"]}
            order = {"what": "repeat-vote", "by": "kpu_prov", **left, **one}
            order.pop("decision")
            fields |= {"annuls": [one], "orders": [order]}
        self.add(builders.ruling(at=self._at(), **fields), *self.persons("kpu-prov-90"))

    def _close(self) -> None:
        self.add(builders.close(at=self._at()), "operator/1")

    def _rubbish(self) -> None:
        slot = self._slot()
        whole = dsse.sign(builders.encode(self._payload(slot)), [signer(r) for r in
                                                                 self._kpps(slot)])  # fmt: skip
        self.append(self.random.choice([b"bukan amplop", whole, whole[:-9], b"", b"{}"]))

    def _stranger(self) -> None:
        slot = self._slot()
        other = {**slot, "tps": "001" if slot["tps"] == "002" else "002"}
        payload = self._payload(slot)
        roles = self.random.choice([self._kpps(other), ["nobody-1"], [*self._kpps(slot), *PPK]])
        self.add(payload, *roles)

    def _elsewhere(self) -> None:
        """A form of a place that no roster names, or of another election."""
        slot = {"region": KELURAHAN[0], "tps": "009"}
        payload = self._payload(slot)
        if self.random.random() < 0.5:
            payload["election"] = "pemilihan-lain"
        self.add(payload, *self._kpps(self._slot()))

    def counts(self) -> Counter[str]:
        """How often each kind and each state occurs in this log as it stands."""
        found: Counter[str] = Counter()
        for index in range(self.state.size):
            record = self.state.entry(index)
            found[f"kind {record['kind']}"] += 1
            found[f"state {slots.status_of(self.state, index)}"] += 1
        return found


EVENTS = {
    "first": 17, "revision": 10, "repeat": 12, "orphan": 8, "unsigned": 5, "late": 6, "sheet": 10,
    "accept": 9, "explain": 4, "objection": 6, "revoke": 4, "regrant": 3, "reroster": 4,
    "withdraw": 1, "summary": 3, "cosign": 3, "release": 1, "determine": 9, "rule": 8, "close": 4,
    "rubbish": 4, "stranger": 4, "elsewhere": 2, "recommend": 6, "respond": 9, "doubt_watcher": 1,
    "elect": 3,
}  # fmt: skip
"""Event -> weight."""

EXPECTED = (
    *(f"kind {kind}" for kind in (
        "log", "publication", "election", "roster", "grant", "revoke", "form", "determination",
        "elected", "ruling", "objection", "answer", "close", "recommendation", "response",
    )),
    *(f"state {state}" for state in (
        "waiting", "void", "repeat", "orphan", "head", "superseded", "rival", "set_aside",
        "effective",
    )),
)  # fmt: skip
"""Kinds and states that a set of nights must reach, each often."""
