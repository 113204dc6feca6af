"""An invented country for load: its statements are signed before the clock starts.

SIMULASI: places and figures are drawn from a seed, keys are made from it. The log is a rehearsal,
so the rules of `live` hold: three persons sign a form, two sign a grant, hard findings are refused.
Every station reports two forms, to the governor's contest and to its regent's.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from scripts.simulation.papers import correct
from scripts.simulation.places import Places, Shape, invent

from rekap.core import codec
from rekap.core.ledger import addresses
from rekap.core.signing import envelope, note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Ed25519Signer, derive_private
from rekap.desk.officials.item import Item
from rekap.portal.intake.receipt import key_name

ORIGIN: Final = "load.example/rehearsal/log"
ELECTION: Final = "simulasi-beban"
AT: Final = "2031-02-12T13:00:00+07:00"
PAIRS: Final = {"governor": 3, "regent": 2}
"""Pairs of candidates by office; so many forms has each station."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A signed form that is ready to be sent, and the page on which it will be seen."""

    item: Item
    page: str


class Country:
    """Statements of a log with `stations` TPS; the same seed gives the same bytes."""

    offices: tuple[str, ...] = tuple(PAIRS)
    """What is voted for: a form of each station for each."""

    def __init__(self, stations: int, *, seed: int, release: str, origin: str = ORIGIN) -> None:
        self.seed = seed
        self.stations = stations
        self.release = release
        self.origin = origin
        shape = Shape(seed=seed, stations=stations, office="governor", per_kecamatan=10)
        self.places: Places = invent(shape, random.Random(f"load {seed}"))

    # ------------------------------------------------------------ the log until the polls close

    def stages(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield (name, statements): what a stage names must be published before it is sent."""
        yield "log", iter([self._log()])
        yield "publication", iter([self._publication()])
        yield "election", iter([self._election()])
        yield "roster", iter([self._roster("id")])
        yield "roster", iter([self._roster(self.province)])
        yield "grant kpu_prov", iter([self._grant("kpu_prov", self.province)])
        yield "roster", map(self._roster, self._codes(5))
        yield "grant kpu_kabko", (self._grant("kpu_kabko", code) for code in self._codes(5))
        yield "roster", map(self._roster, self._codes(8))
        yield "roster", map(self._roster, self._codes(13))
        yield "grant ppk", (self._grant("ppk", code) for code in self._codes(8))
        yield "grant kpps", (self._grant("kpps", c, tps) for c, tps in self._every_station())

    @cached_property
    def province(self) -> str:
        """The code of the only province."""
        return self._codes(2)[0]

    def private(self, role: str) -> bytes:
        """Return the private key of a role: `log`, `receipt`, or a person."""
        return derive_private(f"rekap load {self.seed}", role)

    def receipt_key(self) -> str:
        """Return the key of receipts as entry 0 names it."""
        return self._vkey(key_name(self.origin), "receipt")

    def signer(self, role: str) -> Ed25519Signer:
        """Return the signer of a role."""
        return _signer(f"rekap load {self.seed}", role)

    # ------------------------------------------------------------ the forms

    def uploads(self) -> Iterator[Upload]:
        """Yield every form in an order that no place dominates."""
        places = list(self._every_station())
        chance = random.Random(f"load order {self.seed}")
        chance.shuffle(places)
        for code, tps in places:
            signers = [self.signer(f"kpps-{code}-{tps}-{n}") for n in (1, 2, 3)]
            figures = random.Random(f"load {self.seed} {code} {tps}")
            for office in self.offices:
                yield self._upload(code, tps, office, figures, signers)

    def _upload(
        self,
        code: str,
        tps: str,
        office: str,
        figures: random.Random,
        signers: Sequence[Ed25519Signer],
    ) -> Upload:
        top = self.province if office == "governor" else code[:5]
        contest = f"{office}-{top}"
        fields = {
            "kind": "form",
            "contest": contest,
            "form": "c_hasil",
            "region": code,
            "tps": tps,
            "revision": 1,
            "count": "first",
            "figures": correct(figures, PAIRS[office], self.places.stations[code][tps]),
        }
        body = self._signed(fields | {"election": ELECTION}, signers)
        page = addresses.station(ELECTION, contest, top, code, tps)
        return Upload(Item.parse(body), page)

    # ------------------------------------------------------------ statements

    def _signed(self, fields: dict[str, Any], signers: Sequence[Ed25519Signer]) -> bytes:
        payload = codec.encode({**fields, "log": self.origin, "at": AT})
        return envelope.sign(payload, signers)

    def _public(self, role: str) -> dict[str, str]:
        signer = self.signer(role)
        return {"alg": signer.alg, "key": codec.b64encode(signer.public)}

    def _vkey(self, name: str, role: str) -> str:
        return NoteKey.of(name, note.ED25519, self.signer(role).public).vkey

    def _log(self) -> bytes:
        log_key = self._vkey(self.origin, "log")
        fields = {
            "kind": "log",
            "mode": "rehearsal",
            "log_key": log_key,
            "receipt_key": self.receipt_key(),
            "operators": {"k": 1, "keys": [self._public("operator")]},
            "rp_id": "load.example",
            "policy": [f"log {log_key}", "quorum none"],
        }
        return self._signed(fields, [self.signer("operator")])

    def _publication(self) -> bytes:
        fields = {"kind": "publication", "release": self.release}
        return self._signed(fields, [self.signer("operator")])

    def _election(self) -> bytes:
        regions = {"governor": [self.province], "regent": self._codes(5)}
        contests = [_contest(one, code) for one in self.offices for code in regions[one]]
        fields = {
            "kind": "election",
            "election": ELECTION,
            "name": {"id": "SIMULASI beban", "en": "SIMULATION of load"},
            "date": AT[:10],
            "timezone": "Asia/Jakarta",
            "contests": contests,
            "roots": {"kpu": {"k": 2, "keys": [self._public(f"root-{n}") for n in (1, 2, 3)]}},
            "revision": 1,
        }
        return self._signed(fields, self._some("operator", "root-1", "root-2"))

    def _roster(self, code: str) -> bytes:
        fields: dict[str, Any] = {"kind": "roster", "region": code, "revision": 1}
        if code in self.places.stations:
            fields["tps"] = [
                {"number": tps, "registered": voters}
                for tps, voters in self.places.stations[code].items()
            ]
        else:
            fields["children"] = [
                {"code": child, "name": self.places.names[child], "level": LEVELS[len(child)]}
                for child in self._children(code)
            ]
        return self._signed(fields | {"election": ELECTION}, self._body_over(code))

    def _grant(self, body: str, code: str, tps: str = "") -> bytes:
        office = f"{body}-{code}-{tps}" if tps else f"{body}-{code}"
        persons = [
            {
                "person": f"{office}-{n}".replace("_", "-"),
                "position": "ketua" if n == 1 else "anggota",
                **self._public(f"{office}-{n}"),
            }
            for n in (1, 2, 3)
        ]
        fields: dict[str, Any] = {"kind": "grant", "body": body, "region": code, "persons": persons}
        if tps:
            fields["tps"] = tps
        granters = self._two(f"ppk-{code[:8]}") if tps else self._body_over(code)
        return self._signed(fields | {"election": ELECTION}, granters)

    def _body_over(self, code: str) -> list[Ed25519Signer]:
        """The two who sign the roster of a region, and the grant of its own body."""
        if len(code) <= 2:
            return self._some("root-1", "root-2")
        if len(code) == 5:
            return self._two(f"kpu_prov-{code[:2]}")
        return self._two(f"kpu_kabko-{code[:5]}")

    def _two(self, office: str) -> list[Ed25519Signer]:
        return self._some(f"{office}-1", f"{office}-2")

    def _some(self, *roles: str) -> list[Ed25519Signer]:
        return [self.signer(role) for role in roles]

    # ------------------------------------------------------------ places

    def _codes(self, length: int) -> list[str]:
        return sorted(code for code in self.places.names if len(code) == length)

    def _children(self, code: str) -> list[str]:
        return [self.province] if code == "id" else self._below[code]

    @cached_property
    def _below(self) -> Mapping[str, list[str]]:
        """Region code -> codes of its children, sorted."""
        below = defaultdict(list)
        for code in sorted(self.places.names):
            below[code.rpartition(".")[0]].append(code)
        return below

    def _every_station(self) -> Iterator[tuple[str, str]]:
        for code, some in sorted(self.places.stations.items()):
            for tps in some:
                yield code, tps


@lru_cache(maxsize=512)
def _signer(seed: str, role: str) -> Ed25519Signer:
    return Ed25519Signer(derive_private(seed, role))


LEVELS: Final = {2: "provinsi", 5: "kabko", 8: "kecamatan", 13: "kelurahan"}


def _contest(office: str, region: str) -> dict[str, Any]:
    pairs = [
        {"number": n, "names": [f"Calon Contoh {chr(64 + n)}", f"Wakil Contoh {chr(64 + n)}"]}
        for n in range(1, PAIRS[office] + 1)
    ]
    return {
        "id": f"{office}-{region}",
        "office": office,
        "region": region,
        "win": "plurality",
        "pairs": pairs,
    }
