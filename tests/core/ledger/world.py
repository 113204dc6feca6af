"""A small signed world: payloads of `tests.core.statements.builders`, real keys, real envelopes.

`World` keeps the entries it made, so a test writes one line per event of an election night.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.core.statements import builders

from rekap.core import codec
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.signing import envelope as dsse
from rekap.core.signing.signer import Ed25519Signer, derive

SEED = "world"
OFFICES = {"c_hasil": "kpps", "d_hasil_kelurahan": "ppk", "d_hasil_kecamatan": "ppk",
           "d_hasil_kabko": "kpu-kabko", "d_hasil_prov": "kpu-prov"}  # fmt: skip


@cache
def signer(role: str) -> Ed25519Signer:
    """The key of a role or person of the world."""
    return derive(SEED, role)


def key(role: str) -> dict[str, str]:
    """The key object of a role or person."""
    return builders.named_key("ed25519", signer(role).public)


class World:
    """A log of one election in province 90, two of everything below it, mode `rehearsal`."""

    def __init__(self, *, mode: str = "rehearsal", entries: list[bytes] | None = None) -> None:
        self.origin = f"rekap.example/{mode}/log"
        self.mode = mode
        self.entries: list[bytes] = [] if entries is None else entries
        self.state = State(read_entry=lambda index: self.entries[index])

    def add(self, payload: dict[str, Any], *roles: str) -> str:
        """Sign a payload, append it, fold it; returns the statement's id."""
        payload = {**payload, "log": self.origin}
        entry = dsse.sign(builders.encode(payload), [signer(role) for role in roles])
        return self.append(entry)

    def append(self, entry: bytes) -> str:
        """Append any bytes as an entry; returns the id, "" if it is no envelope."""
        self.entries.append(entry)
        fold(self.state, entry)
        return str(self.state.entry(self.state.size - 1)["id"] or "")

    def open(self) -> None:
        """Entry 0 and the release."""
        log_key = builders.vkey(self.origin, signer("log").public)
        self.add(
            builders.log(
                log=self.origin, mode=self.mode, log_key=log_key,
                receipt_key=builders.vkey(f"{self.origin}/receipt", signer("receipt").public),
                operators=builders.keyset(key("operator/1")),
                policy=[f"log {log_key}", "quorum none"],
            ),
            "operator/1",
        )  # fmt: skip
        self.add(builders.publication(), "operator/1")

    def begin(self, **election: Any) -> None:
        """Entry 0, the release, the election, every roster and every grant."""
        self.open()
        self.add(
            builders.election(roots={"kpu": builders.keyset(key("root/kpu/1"))}, **election),
            "root/kpu/1", "operator/1",
        )  # fmt: skip
        for region in ("id", "90"):
            self.add(builders.roster(region), "root/kpu/1")
        self.grant("kpu_prov", "90", "root/kpu/1")
        for kabko in ("90.01", "90.02"):
            self.add(builders.roster(kabko), *self.persons("kpu-prov-90", 2))
            self.grant("kpu_kabko", kabko, *self.persons("kpu-prov-90", 2))
            for kecamatan in builders.children_of(kabko):
                self._kecamatan(kabko, kecamatan)

    def _kecamatan(self, kabko: str, kecamatan: str) -> None:
        officers = self.persons(f"kpu-kabko-{kabko}", 2)
        self.add(builders.roster(kecamatan), *officers)
        for kelurahan in builders.children_of(kecamatan):
            self.add(builders.roster(kelurahan), *officers)
        self.grant("ppk", kecamatan, *officers)
        for kelurahan in builders.children_of(kecamatan):
            for tps in ("001", "002"):
                self.grant("kpps", kelurahan, *self.persons(f"ppk-{kecamatan}", 2), tps=tps)

    def grant(self, body: str, region: str, *roles: str, tps: str | None = None) -> str:
        """Three persons of a body get keys."""
        place = f"{region}-{tps}" if tps else region
        name = f"{body}-{place}".replace("_", "-")
        persons = [
            {**builders.person(one, "anggota" if n else "ketua"), **key(one)}
            for n, one in enumerate(self.persons(name))
        ]
        extra = {"tps": tps} if tps else {}
        return self.add(builders.grant(body, region=region, persons=persons, **extra), *roles)

    @staticmethod
    def persons(office: str, number: int = 3) -> list[str]:
        """The first persons of an office: `kpps-90.01.01.1001-001`."""
        return [f"{office}-{n}" for n in range(1, number + 1)]

    def form(self, form: str = "c_hasil", *roles: str, **fields: Any) -> str:
        """Add a form signed by its office (or by `roles`)."""
        payload = builders.form(form, **fields)
        if not roles:
            region = payload["region"][:8] if form == "d_hasil_kelurahan" else payload["region"]
            place = f"{region}-{payload['tps']}" if form == "c_hasil" else region
            roles = tuple(self.persons(f"{OFFICES[form]}-{place}"))
        return self.add(payload, *roles)

    @property
    def last(self) -> dict[str, Any]:
        """What became of the last entry."""
        return self.state.entry(self.state.size - 1)


def keyid(role: str) -> str:
    """The key id of a role or person."""
    return signer(role).keyid


def payload_of(entry: bytes) -> dict[str, Any]:
    """The payload of an entry."""
    value: dict[str, Any] = codec.decode(dsse.parse(entry).payload, nulls=True)
    return value
