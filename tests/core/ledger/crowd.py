"""Random logs in which anybody signs anything, from a seed: what no intake would have let pass.

A crowd is a night with one or two contests, or a regent's alone, in which statements are signed by
persons of any office, and places are named and left out at every level. Other programs are held
against ours by such logs.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tests.core.ledger.night import KABKO_OFFICERS, KELURAHAN, PPK, STATIONS, Night
from tests.core.ledger.world import key, keyid
from tests.core.statements import builders

from rekap.core import codec
from rekap.core.ledger import rosters, rulings, slots, totals
from rekap.core.pages.site import addresses
from rekap.core.pages.twins.context import as_of

_LETTERS: Final = re.compile("cari/[^/]+/[a-z0-9]{2}/")
ROOT = "root/kpu/1"
FRESH = "90.01.02.1001"
LOCAL = builders.contest(id="bupati-90.01", office="regent", region="90.01")
PLACES = {
    "c_hasil": (*KELURAHAN, FRESH), "d_hasil_kelurahan": (*KELURAHAN, FRESH),
    "d_hasil_kecamatan": ("90.01.01", FRESH[:8]), "d_hasil_kabko": ("90.01", "90.02"),
    "d_hasil_prov": ("90",), "summary": ("90.01", "90.01.01", *KELURAHAN),
}  # fmt: skip
CHILDREN = {
    "id": (["90"], ["90", "91"], ["90", "91.01"], ["90.01"], ["90.01", "91.01"]),
    "90": (["90.01"], ["90.02"], ["90.01", "90.02"]),
    "90.01": (["90.01.01"], ["90.01.01", "90.01.02"], ["90.01.02"]), FRESH[:8]: ([FRESH],),
}  # fmt: skip
"""What rosters name, one or the other."""
WATCHERS = ("saksi-1", "pengawas-1")
EVENTS = {
    "form": 30, "again": 15, "answer": 10, "revoke": 4, "list": 5, "root": 4, "first": 6, "late": 5,
    "revision": 6, "complete": 4, "repeat": 5, "unsigned": 4, "accept": 4, "stranger": 2,
    "regrant": 3, "objection": 3, "rubbish": 1, "determine": 1, "close": 1, "suspect": 5,
    "third": 10, "substitute": 4, "recommend": 4, "respond": 5, "doubt_watcher": 1,
}  # fmt: skip


class Crowd(Night):
    """One seeded log of `steps` events."""

    def __init__(self, seed: int, steps: int) -> None:
        self.said: list[tuple[dict[str, Any], tuple[str, ...]]] = []
        self.substitutes: dict[str, list[str]] = {}
        self.revisions: list[dict[str, Any]] = []
        super().__init__(seed, ("rehearsal", "replay")[seed % 2])
        for _ in range(steps):
            (name,) = self.random.choices(list(EVENTS), weights=list(EVENTS.values()))
            getattr(self, f"_{name}")()
            self.number += 1

    def begin(self, **election: Any) -> None:
        both = [builders.contest(), LOCAL]
        chosen = self.random.choice([both[:1], both, both[1:]])
        self.contests = [contest["id"] for contest in chosen]
        self.local = chosen == both[1:]
        super().begin(contests=chosen, **election)
        self._name("90.01", ["90.01.01", FRESH[:8]])
        self._name(FRESH[:8], [FRESH])
        self.grant("ppk", FRESH[:8], *KABKO_OFFICERS)
        if self.random.random() < 0.7:
            self.roster(FRESH, *KABKO_OFFICERS, tps=[builders.station("001")])
        self.grant("kpps", FRESH, *self.persons(f"ppk-{FRESH[:8]}", 2), tps="001")

    def _name_kabko(self) -> list[str]:
        """The country names the kabko of a regent's contest itself, or its province does."""
        if self.local and self.random.random() < 0.5:
            self.roster("id", ROOT, children=[builders.child("90.01")])
            return [ROOT]
        named = super()._name_kabko()
        return [ROOT] if self.local else named

    def add(self, payload: dict[str, Any], *roles: str) -> str:
        if payload["kind"] == "election" and not self.said:
            self._usurp(payload, roles)
        self.said.append((payload, roles))
        return super().add(payload, *dict.fromkeys(roles))

    def _office(self, form: str, region: str, tps: str) -> list[str]:
        """Who signs a form."""
        name = {
            "c_hasil": f"kpps-{region}-{tps}", "d_hasil_kelurahan": f"ppk-{region[:8]}",
            "d_hasil_kecamatan": f"ppk-{region}", "d_hasil_kabko": f"kpu-kabko-{region}",
            "d_hasil_prov": "" if self.local else "kpu-prov-90",
        }.get(form)  # fmt: skip
        return self.persons(name) if name else [ROOT]

    def _anybody(self) -> list[str]:
        kpps = [f"kpps-{region}-{tps}" for region in KELURAHAN for tps in STATIONS]
        offices = ["kpu-prov-90", "kpu-kabko-90.01", "ppk-90.01.01", f"ppk-{FRESH[:8]}", *kpps]
        persons = [one for office in offices for one in self.persons(office)]
        pool = [*persons, ROOT, "root/kpu/2", "root/pairs/1", "operator/1", "nobody-1", *WATCHERS]
        return self.random.sample(pool, self.random.randint(1, 3))

    def _anywhere(self) -> dict[str, Any]:
        """The place of any form: contest, form, region, and the TPS of a C form."""
        forms = list(PLACES) if self.mode == "replay" else list(PLACES)[:5]
        form = self.random.choice([*forms, "c_hasil", "c_hasil"])
        place = {"form": form, "region": self.random.choice(PLACES[form])}
        if form == "c_hasil":
            place["tps"] = self.random.choice([*STATIONS, "003", "009"])
        return {**place, "contest": self.random.choice(self.contests)}

    def _there(self, place: dict[str, Any]) -> list[dict[str, Any]]:
        """The forms of a slot."""
        parts = (builders.ELECTION, *(place[n] for n in ("contest", "form", "region")))
        slot = "/".join((*parts, *([place["tps"]] if "tps" in place else [])))
        found: list[dict[str, Any]] = (self.state.slots.get(slot) or {"statements": []})[
            "statements"
        ]
        return found

    def _form(self) -> None:
        place = self._anywhere()
        payload = builders.form(at=self._at(), **place)
        if place["form"] == "summary":
            payload["stations_in"] = self.random.randint(1, 5)
        elif place["form"] == "c_hasil":
            payload["figures"] = {**payload["figures"], "pair_1": self.random.randint(90, 130)}
        there = self._there(place)
        if there and self.random.random() < 0.6:
            one = self.random.choice(there)
            step = self.random.choice([1, 1, 1, 2])
            payload |= {"revision": one["revision"] + step, "previous": one["id"],
                        "reason": {"code": "typing"}}  # fmt: skip
        office = self._office(place["form"], place["region"], place.get("tps", ""))
        there = self.substitutes.get(office[0].rpartition("-")[0], [])
        office = self.random.sample([*office, *there], len(office))
        some = self.random.sample(office, self.random.randint(1, len(office)))
        watcher = [self.random.choice(WATCHERS)]
        self.add(payload, *self.random.choice([office, office, some, some + watcher]))

    def _again(self) -> None:
        payload, roles = self.random.choice(self.said[-40:])
        self.add(payload, *self._anybody(), *roles[: self.random.randint(0, 1)])

    def _answer(self) -> None:
        place = self._anywhere()
        payload = builders.answer(at=self._at(), **place)
        payload.pop("accept", None)
        there = self._there(place)
        if there and self.random.random() < 0.7:
            payload["accept"] = self.random.choice(there)["id"]
        if "accept" not in payload or self.random.random() < 0.4:
            payload["explains"] = [{"rule": "K1", "text": "Sudah dicek."}]
        own = self._office(place["form"], place["region"], place.get("tps", ""))
        above = [own, PPK, self.persons("kpu-kabko-90.01"), self.persons("kpu-prov-90"), [ROOT]]
        bodies = self.random.sample(above, self.random.randint(1, 2))
        self.add(payload, *(one for body in bodies for one in body[: self.random.randint(1, 3)]))

    def _revoke(self) -> None:
        (who, *_) = self._anybody()
        suspect = {"suspect_from": self.random.randrange(self.state.size)}
        extra = self.random.choice([{}, suspect, suspect])
        by = self.random.choice([[who], PPK[:2], KABKO_OFFICERS, [ROOT], ["root/pairs/1"]])
        self.add(builders.revoke(keyid=keyid(who), at=self._at(), **extra), *by)

    def _suspect(self) -> None:
        """A granter casts doubt on a key, however it ended; at times one signature is missing."""
        kpu = [ROOT] if self.local else self.persons("kpu-prov-90")
        office, granters = self.random.choice([
            *[(self._seat(), list(PPK))] * 3,
            ("ppk-90.01.01", self.persons("kpu-kabko-90.01")), ("kpu-kabko-90.01", kpu),
            ("kpu-prov-90", [ROOT]),
        ])  # fmt: skip
        who = self.random.choice([*self.persons(office), *self.substitutes.get(office, [])])
        start = self.random.choice([None, 0, *[self.random.randrange(self.state.size)] * 2])
        extra = {} if start is None else {"suspect_from": start}
        payload = builders.revoke(keyid=keyid(who), reason="stolen", at=self._at(), **extra)
        some = self.random.sample(granters, min(len(granters), self.random.choice([1, 2, 2, 3])))
        self.add(payload, *some)

    def _seat(self) -> str:
        return f"kpps-{self.random.choice(KELURAHAN)}-{self.random.choice(STATIONS)}"

    def _third(self) -> None:
        """One more person of the office signs what is there: it lifts a doubt, or brings one."""
        payload, roles = self.random.choice([one for one in self.said if one[1]])
        start, _, _ = self.random.choice(roles).rpartition("-")
        self.add(payload, self.random.choice([f"{start}-3", *self.substitutes.get(start, [])]))

    def _substitute(self) -> None:
        """A fourth, fifth … person of an office, by granters who may be in doubt."""
        kpps = self._seat()
        region, _, tps = kpps.removeprefix("kpps-").partition("-")
        office, place, granters = self.random.choice([
            (kpps, {"body": "kpps", "region": region, "tps": tps}, list(PPK)),
            ("ppk-90.01.01", {"body": "ppk", "region": "90.01.01"},
             self.persons("kpu-kabko-90.01")),
        ])  # fmt: skip
        new = self.substitutes.setdefault(office, [])
        name = f"{office}-{4 + len(new)}"
        person = {**builders.person(name, "anggota"), **key(name)}
        pool = [*granters, *self.substitutes.get(granters[0].rpartition("-")[0], [])]
        payload = builders.grant(**place, persons=[person], at=self._at())
        self.add(payload, *self.random.sample(pool, self.random.choice([1, 2, 2])))
        new.append(name)

    def _list(self) -> None:
        region = self.random.choice([*CHILDREN, *KELURAHAN, FRESH])
        self._name(region, self.random.choice(CHILDREN.get(region, ([],))))

    def _name(self, region: str, children: list[str]) -> None:
        """A roster by those who may sign it."""
        kpu = [ROOT] if self.local else self.persons("kpu-prov-90", 2)
        by = {"id": [ROOT], "90": [ROOT], "90.01": kpu}.get(region, KABKO_OFFICERS)
        if children:
            self.roster(region, *by, children=[builders.child(c) for c in children], at=self._at())
        else:
            numbers = sorted(self.random.sample(["001", "002", "003"], self.random.randint(1, 3)))
            stations = [builders.station(number) for number in numbers]
            self.roster(region, *by, tps=stations, at=self._at())

    def _root(self) -> None:
        """A revision of the election with other roots."""
        record = self.state.meta.get(f"election/{builders.ELECTION}")
        others = [f"root/kpu/{n}" for n in range(2, 6)]
        keys = [ROOT, *self.random.sample(others, self.random.randint(1, 2))]
        roots = {
            **self.election["roots"],
            "kpu": builders.keyset(*map(key, keys), k=self.random.choice([1, 2])),
        }
        payload = {
            **self.election, "roots": roots, "previous": record["statement"],
            "revision": record["revision"] + 1, "at": self._at(),
        }  # fmt: skip
        named = {one["key"] for one in record["roots"]["kpu"]["keys"]}
        there = [one for one in (ROOT, *others) if key(one)["key"] in named]
        some = self.random.sample(there, self.random.randint(1, len(there)))
        self.add(payload, *self.random.choice([[*there, "operator/1"], some, ["operator/1"]]))
        if self.last["status"] == "waiting":
            self.revisions.append(payload)

    def _complete(self) -> None:
        """Somebody signs a revision that waits, maybe since before other roots came."""
        if self.revisions:
            who = self.random.choice(["operator/1", ROOT, "root/kpu/2", "root/kpu/3"])
            self.add(self.random.choice(self.revisions[-3:]), who)

    def _usurp(self, payload: dict[str, Any], roles: tuple[str, ...]) -> None:
        """Operators let a revision 2 of their own wait while revision 1 does."""
        if self.random.random() < 0.5:
            return
        first = super().add(payload, *roles[:-1])
        roots = {"kpu": builders.keyset(key("nobody-1"))}
        other = {**payload, "revision": 2, "previous": first, "roots": roots}
        for one in self.random.sample(["nobody-1", "operator/1"], 2):
            super().add(other, one)
        self.revisions.append(other)

    def case(self) -> dict[str, Any]:
        """The log and what becomes of it, as `ledger.json` says it; sums where contests are one."""
        state = self.state
        top = "90.01" if self.local else "90"
        below = [code for code, _ in state.regions.scan(f"{builders.ELECTION}/{top}")]
        pages = [page for page in addresses(state) if not _LETTERS.fullmatch(page)]
        return {
            "what": f"{self.mode}, {self.contests}",
            "entries": [codec.b64encode(entry) for entry in self.entries],
            "verdicts": [self._verdict(index) for index in range(state.size)],
            "slots": {
                slot.partition("/")[2]: {
                    "head": record.get("head_index"), "contested": record.get("contested", False),
                }
                for slot, record in state.slots.scan("")
            },
            "sums": {
                code.partition("/")[2]: self._sum(code) for code in below if len(self.contests) == 1
            },
            "standing": {one: self._standing(one) for one in self.contests},
            "as_of": {page: as_of(state, page) for page in pages},
        }  # fmt: skip

    def _standing(self, contest: str) -> dict[str, Any]:
        state, told = rulings.standing(self.state, builders.ELECTION, contest)
        pending = rulings.open_cases(self.state, builders.ELECTION, contest)
        return {
            "state": state, "rulings": [one["index"] for one in told],
            "open": [one["index"] for one in pending],
        }  # fmt: skip

    def _verdict(self, index: int) -> dict[str, Any]:
        record = self.state.entry(index)
        now = slots.status_of(self.state, index)
        return {
            "status": record["status"], "now": now, "void_reason": record.get("why"),
            "marks": sorted(slots.marks_of(self.state, index)),
        }  # fmt: skip

    def _sum(self, place: str) -> dict[str, Any]:
        code = place.partition("/")[2]
        contest = totals.key(builders.ELECTION, self.contests[0], code)
        record = self.state.totals.get(contest) or totals.empty()
        counted, fields, _ = totals.used(record)
        expected = rosters.expected(self.state.regions.get(place))
        return {
            "counted": counted, "received": record["received"], "expected": expected,
            "missing": totals.missing(expected, record), "fields": fields,
        }  # fmt: skip
