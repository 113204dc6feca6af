"""A small election for tests: keys from a seed, statements by builders, a register by the fold."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rekap.core import codec
from rekap.core.ledger import chain
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.pages import release
from rekap.core.signing import envelope, note
from rekap.core.signing.envelope import statement_id
from rekap.core.signing.signer import Ed25519Signer, derive
from rekap.core.statements.model import BODIES, figure_fields
from rekap.portal.intake.receipt import key_name

ELECTION = "pilkada-31"
CONTEST = "gubernur-31"
AT = "2024-11-27T14:05:00+07:00"
KELURAHAN = "31.71.06.1001"
STATIONS = ("001", "002", "003")
PAIRS = 3
RELEASE = release.current()


@cache
def signer(role: str) -> Ed25519Signer:
    """Return the test key of a role, for ever the same."""
    return derive("rekap tests", role)


def signers(*roles: str) -> list[Ed25519Signer]:
    return [signer(role) for role in roles]


def key(role: str) -> dict[str, str]:
    own = signer(role)
    return {"alg": own.alg, "key": codec.b64encode(own.public)}


def sign(fields: dict[str, Any], *roles: str) -> bytes:
    """Return the envelope of a statement signed by the keys of roles."""
    return envelope.sign(codec.encode(fields, nulls=True), signers(*roles))


def identify(fields: dict[str, Any]) -> str:
    return statement_id(codec.encode(fields, nulls=True))


def vkey(name: str, role: str) -> str:
    return note.NoteKey.of(name, note.ED25519, signer(role).public).vkey


def roles(body: str, count: int = 3) -> tuple[str, ...]:
    return tuple(f"{body}-{number}" for number in range(1, count + 1))


@dataclass
class World:
    """Builds statements of one log; `state` is the register that the folded entries made."""

    mode: str = "rehearsal"
    stations: tuple[str, ...] = STATIONS
    contests: tuple[dict[str, Any], ...] = ()
    """Besides the governor's."""
    state: State = field(default_factory=State)
    entries: list[bytes] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return "rekap.example/log" if self.mode == "live" else f"rekap.example/{self.mode}/log"

    # ------------------------------------------------------------ the register, as intake sees it

    def get(self, name: str, key: str) -> Any:
        if name == "heads":
            return chain.counted(self.state.slots.get(key))
        return self.state.get(name, key)

    def size(self) -> int:
        return self.state.size

    def log(self, *entries: bytes) -> None:
        """Append entries to the log and fold them; fails if one is void."""
        for entry in entries:
            fold(self.state, entry)
            self.entries.append(entry)
            record = self.state.entry(self.state.size - 1)
            assert record["status"] != "void", record

    # ------------------------------------------------------------ statements

    def of_log(self, kind: str, **fields: Any) -> dict[str, Any]:
        return {"kind": kind, "log": self.origin, "at": AT, **fields}

    def of_election(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self.of_log(kind, **({"election": ELECTION} | fields))

    def log_statement(self, **changed: Any) -> dict[str, Any]:
        log_key = vkey(self.origin, "log")
        fields = {
            "mode": self.mode,
            "log_key": log_key,
            "receipt_key": vkey(key_name(self.origin), "receipt"),
            "operators": {"k": 1, "keys": [key("operator-1")]},
            "uploaders": ["https://rekap.example"],
            "rp_id": "rekap.example",
            "policy": [f"log {log_key}", "quorum none"],
        }
        return self.of_log("log", **(fields | changed))

    def election(self, **changed: Any) -> dict[str, Any]:
        names = [["Ani", "Budi"], ["Cici", "Dedi"], ["Eka", "Fani"]]
        fields: dict[str, Any] = {
            "name": {"id": "Pemilihan Gubernur", "en": "Governor election"},
            "date": "2024-11-27",
            "timezone": "Asia/Jakarta",
            "contests": [
                {
                    "id": CONTEST,
                    "office": "governor",
                    "region": "31",
                    "win": "majority",
                    "pairs": [{"number": n, "names": names[n - 1]} for n in range(1, PAIRS + 1)],
                },
                *self.contests,
            ],
            "roots": {
                "kpu": {"k": 2, "keys": [key(f"root-{n}") for n in (1, 2, 3)]},
                "bawaslu": {"k": 1, "keys": [key("bawaslu-1")]},
                "pairs": [{"number": 1, "k": 1, "keys": [key("pair-root-1")]}],
            },
            "revision": 1,
        }
        return self.of_election("election", **(fields | changed))

    def roster(self, region: str, **fields: Any) -> dict[str, Any]:
        return self.of_election("roster", region=region, **({"revision": 1} | fields))

    def grant(self, body: str, region: str, *, count: int = 3, **fields: Any) -> dict[str, Any]:
        place = f"{body}-{region}" + (f"-{fields['tps']}" if "tps" in fields else "")
        positions = BODIES[body].positions
        persons = [
            {
                "person": f"{place}-{n}".replace("_", "-"),
                "position": positions[0 if n == 1 else -1],
                **key(f"{place}-{n}"),
            }
            for n in range(1, count + 1)
        ]
        content = {"body": body, "region": region, "persons": persons}
        return self.of_election("grant", **(content | fields))

    def form(self, tps: str = "001", **changed: Any) -> dict[str, Any]:
        """Return a sound C form of a station; `changed` replaces fields."""
        fields: dict[str, Any] = {
            "contest": CONTEST,
            "form": "c_hasil",
            "region": KELURAHAN,
            "tps": tps,
            "revision": 1,
            "count": "first",
            "figures": figures(),
        }
        return self.of_election("form", **(fields | changed))

    def kpps(self, tps: str = "001", count: int = 3) -> tuple[str, ...]:
        return roles(f"kpps-{KELURAHAN}-{tps}", count)

    # ------------------------------------------------------------ a log that has begun

    def beginning(self) -> list[bytes]:
        """Return the entries of a log in which every station of one kelurahan can report."""
        prov, kabko, ppk = roles("kpu_prov-31", 2), roles("kpu_kabko-31.71", 2), self.ppk(2)
        child = {"name": "Tempat", "revision": 1}

        def children(code: str, level: str) -> list[dict[str, str]]:
            return [{"code": code, "name": child["name"], "level": level}]

        return [
            sign(self.log_statement(), "operator-1"),
            sign(self.of_log("publication", release=RELEASE), "operator-1"),
            sign(self.election(), "operator-1", "root-1", "root-2"),
            sign(self.roster("id", children=children("31", "provinsi")), "root-1", "root-2"),
            sign(self.roster("31", children=children("31.71", "kabko")), "root-1", "root-2"),
            sign(self.grant("kpu_prov", "31"), "root-1", "root-2"),
            sign(self.roster("31.71", children=children("31.71.06", "kecamatan")), *prov),
            sign(self.grant("kpu_kabko", "31.71"), *prov),
            sign(self.roster("31.71.06", children=children(KELURAHAN, "kelurahan")), *kabko),
            sign(
                self.roster(
                    KELURAHAN, tps=[{"number": n, "registered": 400} for n in self.stations]
                ),
                *kabko,
            ),
            sign(self.grant("ppk", "31.71.06"), *kabko),
            *(sign(self.grant("kpps", KELURAHAN, tps=tps, count=7), *ppk) for tps in self.stations),
            sign(self.grant("saksi", KELURAHAN, pair=1, count=1), "pair-root-1"),
            sign(self.grant("bawaslu_kabko", "31.71", count=2), "bawaslu-1"),
        ]

    def ppk(self, count: int = 3) -> tuple[str, ...]:
        return roles("ppk-31.71.06", count)

    @classmethod
    def begun(cls, mode: str = "rehearsal") -> World:
        world = cls(mode)
        world.log(*world.beginning())
        return world


def figures(valid: tuple[int, ...] = (100, 80, 60), invalid: int = 10, **changed: int) -> Any:
    """Return figures that keep every rule, or break exactly what `changed` breaks."""
    total = sum(valid) + invalid
    men, women = total // 2, total - total // 2
    made = dict.fromkeys(figure_fields(len(valid)), 0)
    made |= {"registered_m": 200, "registered_f": 200, "registered": 400}
    for row in ("voted_listed", "voted"):
        made |= {f"{row}_m": men, f"{row}_f": women, row: total}
    made |= {"ballots_received": 410, "ballots_used": total, "ballots_unused": 410 - total}
    made |= {f"pair_{n}": votes for n, votes in enumerate(valid, 1)}
    made |= {"valid": sum(valid), "invalid": invalid, "total": total}
    return made | changed
