"""Crowds that also say what came to the ledger last: acting persons, contests that follow, notes of
pairs, copies, readiness, events, answers to objections, corrections, rulings, clocks and uploaders.

What evidence need not hold is left out, so that the browser's register can be asked too.
"""

from __future__ import annotations

import json
from typing import Any

from tests.core.ledger import crowd
from tests.core.ledger.crowd import FRESH, ROOT, Crowd
from tests.core.ledger.night import KABKO_OFFICERS, KELURAHAN, PPK, STATIONS
from tests.core.ledger.world import key
from tests.core.statements import builders

from rekap.core.ledger import revisions
from rekap.core.statements import model

EVENTS = {
    **crowd.EVENTS, "act": 8, "follow": 5, "note": 5, "next": 2, "copy": 6, "event": 4,
    "outcome": 6, "sheet": 8, "elect": 4, "rule": 6, "release": 3, "ready": 8,
    "picture": 8, "withhold": 3,
    "rubbish": 0,
}  # fmt: skip
FILES = [f"{number:064x}" for number in range(1, 7)]
OBSERVERS = (("ptps", KELURAHAN[0]), ("pemantau", "90.01.01"))


class Throng(Crowd):
    """One seeded log of `steps` events of both tables."""

    def __init__(self, seed: int, steps: int) -> None:
        super().__init__(seed, 0)
        for _ in range(steps):
            (name,) = self.random.choices(list(EVENTS), weights=list(EVENTS.values()))
            getattr(self, f"_{name}")()
            self.number += 1

    def begin(self, **election: Any) -> None:
        super().begin(**election)
        super().add(builders.grant("bawaslu_kabko", region="90.01", persons=[
            {**builders.person(f"bawaslu-{n}"), **key(f"bawaslu-{n}")} for n in (1, 2)
        ]), "root/bawaslu/1")  # fmt: skip
        for (body, region), by in zip(
            OBSERVERS, (["bawaslu-1", "bawaslu-2"], KABKO_OFFICERS), strict=True
        ):
            position = model.BODIES[body].positions[0]
            persons = [{**builders.person(f"{body}-1", position), **key(f"{body}-1")}]
            super().add(builders.grant(body, region=region, persons=persons), *by)
        for kelurahan in KELURAHAN:
            self.grant("pps", kelurahan, *PPK[:2])

    def add(self, payload: dict[str, Any], *roles: str) -> str:
        unknown = payload["kind"] == "revoke" and self.state.keys.get(payload["keyid"]) is None
        return "" if unknown else super().add(payload, *roles)

    def _act(self) -> None:
        """A body above, or another one, grants persons who act for an office."""
        slot = self._slot()
        office, place = self.random.choice([
            (f"kpps-{slot['region']}-{slot['tps']}", {"body": "kpps", **slot}),
            ("ppk-90.01.01", {"body": "ppk", "region": "90.01.01"}),
            ("kpu-kabko-90.01", {"body": "kpu_kabko", "region": "90.01"}),
            ("kpu-prov-90", {"body": "kpu_prov", "region": "90"}),
        ])  # fmt: skip
        acting = self.random.choice(["ppk", "kpu_kabko", "kpu_prov", "roots.kpu", "kpps"])
        names = [f"{office}-plt-{self.number}-{n}" for n in range(self.random.randint(1, 3))]
        persons = [{**builders.person(one, "anggota"), **key(one)} for one in names]
        payload = builders.grant(**place, acting=acting, persons=persons, at=self._at())
        prov = self.persons("kpu-prov-90", 2)
        self.add(payload, *self.random.choice([PPK[:2], KABKO_OFFICERS, prov, [ROOT]]))
        self.substitutes.setdefault(office, []).extend(names)

    def _ready(self) -> None:
        """What a TPS has or gave back, by those who may, one of them, or somebody else."""
        region, step = self.random.choice(KELURAHAN), self.random.choice(model.STEPS)
        tps = self.random.choice([*STATIONS, "009"])
        payload = builders.readiness(step, region=region, tps=tps, at=self._at())
        if step == model.ARRIVED:
            sheets = self.random.choice([0, 318])
            named = self.random.choice([*self.contests, "lain"])
            payload["ballots"] = [{"contest": named, "sheets": sheets}]
            if self.random.random() < 0.5:
                payload["lacks"] = [{"item": "ink", "lack": self.random.choice(model.LACKS)}]
        other = f"pps-{region}" if step == model.ARRIVED else f"ppk-{region[:8]}"
        gives = [f"{other}-{self.random.randint(1, 2)}", f"kpps-{region}-{tps}-1"]
        anybody = self._anybody()
        self.add(payload, *self.random.choice([gives, gives, gives[:1], gives[1:], anybody]))

    def _contests(self) -> list[dict[str, Any]]:
        """The contests as the election in force has them, to be changed."""
        record = self.state.meta.get(f"election/{builders.ELECTION}")
        contests: list[dict[str, Any]] = json.loads(json.dumps(record["contests"]))
        return contests

    def _revise(self, contests: list[dict[str, Any]]) -> None:
        record = self.state.meta.get(f"election/{builders.ELECTION}")
        payload = {
            **{name: record[name] for name in self.election if name in record},
            "kind": "election", "contests": contests, "previous": record["statement"],
            "revision": record["revision"] + 1, "at": self._at(),
        }  # fmt: skip
        named = {one["key"] for one in record["roots"]["kpu"]["keys"]}
        roots = [one for one in (f"root/kpu/{n}" for n in range(1, 6)) if key(one)["key"] in named]
        self.add(payload, *roots, "operator/1")

    def _following(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The contests, and a copy of one without what only that one has."""
        contests = self._contests()
        base = {**self.random.choice(contests)}
        base.pop("follows", None)
        base["pairs"] = [
            {name: value for name, value in pair.items() if name != "notes"}
            for pair in base["pairs"]
        ]
        return contests, base

    def _follow(self) -> None:
        """A contest on the same roster, after one that another may follow already."""
        contests, base = self._following()
        after = {"contest": self.random.choice(contests)["id"], "why": "repeat-vote"}
        one = {**base, "id": f"ulang-{self.number}", "date": "2025-05-24", "follows": after}
        self._revise([*contests, one])

    def _next(self) -> None:
        """An election of other roots after this one, or after one that may be there; mostly by
        leave of its root.
        """
        _, base = self._following()
        name = f"lain-{self.random.randint(1, 3)}"
        after = self.random.choice([builders.ELECTION, builders.ELECTION, "lain-1"])
        base["follows"] = {"contest": base["id"], "election": after, "why": "second-round"}
        roots = {"kpu": builders.keyset(key(f"root/{name}"))}
        payload = builders.election(election=name, contests=[base], roots=roots, at=self._at())
        leave = [ROOT if after == builders.ELECTION else f"root/{after}"]
        leave = [one for one in leave if one != f"root/{name}" and self.random.random() < 0.7]
        self.add(payload, f"root/{name}", *leave, "operator/1")

    def _note(self) -> None:
        """A pair gets a note, or loses what was said of it."""
        contests = self._contests()
        pair = self.random.choice(self.random.choice(contests)["pairs"])
        note = {"code": self.random.choice(model.NOTES), "date": "2024-11-20", "source": "SK"}
        note |= ({}, {"who": 1}, {"who": 2})[self.number % 3]
        pair["notes"] = [*pair.get("notes", ()), note]
        if self.random.random() < 0.2:
            del pair["notes"]
        self._revise(contests)

    def _copy(self) -> None:
        body = self.random.choice(["saksi", "ptps", "pemantau"])
        payload = builders.copy(
            body, region=self.random.choice([*KELURAHAN, FRESH]), at=self._at(),
            tps=self.random.choice([*STATIONS, "003"]), pair_1=self.random.randint(100, 125),
            contest=self.random.choice(self.contests),
        )  # fmt: skip
        self.add(payload, f"{body}-1")

    def _picture(self) -> None:
        """Somebody of a form's body, or another, names pictures: few files, so slots share."""
        place = self._anywhere()
        if place["form"] == model.SUMMARY:
            return
        files = self.random.sample(FILES, self.random.randint(1, 2))
        payload = builders.pictures(**place, at=self._at())
        (page,) = payload["pages"]
        payload["pages"] = [{**page, "page": n, "sha256": one} for n, one in enumerate(files, 1)]
        own = self._office(place["form"], place["region"], place.get("tps", ""))[0]
        self.add(payload, self.random.choice([own, own, own, PPK[0]]))

    def _withhold(self) -> None:
        """An operator withholds a file, or one that nobody named; mostly as the first."""
        digest = self.random.choice(FILES)
        changes: dict[str, Any] = {"digest": digest, "at": self._at()}
        held = revisions.in_force(self.state, f"withheld/{digest}")
        if held[0] is not None and self.random.random() < 0.7:
            state = self.random.choice(model.WITHHOLDINGS)
            changes |= {"revision": held[1] + 1, "previous": held[0], "state": state}
        self.add(builders.withhold(**changes), "operator/1")

    def _event(self) -> None:
        place = self._anywhere()
        if place["form"] == model.SUMMARY:
            return
        code = self.random.choice(["late", "opened", "closed"])
        payload = builders.event(**place, code=code, number=self.random.randint(1, 3))
        by = self._office(place["form"], place["region"], place.get("tps", ""))[0]
        if self.random.random() < 0.3:
            payload["body"], by = "bawaslu_prov", "pengawas-1"
        if self.random.random() < 0.3:  # words that are called as a picture is
            payload["text"] = self.random.choice(FILES)
        self.add({**payload, "at": self._at()}, by)

    def _outcome(self) -> None:
        """Somebody answers one of the last objections, or takes it back."""
        entries = map(self.state.entry, range(self.state.size))
        said = [one for one in entries if one["kind"] == "objection" and one.get("slot")]
        if not said:
            return
        one = self.random.choice(said[-6:])
        _, contest, form, region, *tps = one["slot"].split("/")
        outcome = self.random.choice(["accepted", "rejected", "withdrawn", "escalated"])
        place = {"contest": contest, "region": region, **({"tps": tps[0]} if tps else {})}
        own = self._office(form, region, tps[0] if tps else "")
        by = self.random.choice([own, PPK[:2], KABKO_OFFICERS, ["saksi-1"], ["pengawas-1"], [ROOT]])
        self.add(builders.outcome([one["id"]], outcome, form, at=self._at(), **place), *by)

    def tells(self) -> set[tuple[str, str]]:
        """Kinds and what became of them."""
        entries = map(self.state.entry, range(self.state.size))
        return {(one["kind"], one["status"]) for one in entries if one["kind"]}
