"""A small portal of one provinsi in memory, with a certificate of its regent and running figures of
its governor, and ways to make it lie.

`made(code)` is made once per code: its public files as they stand after the first forms, and as
they stand later. Tests change copies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tests.audit.shelf import LOG, Files, Portal
from tests.core.ledger.world import World, key, signer
from tests.core.statements import builders

from rekap.audit.hashes import TreeHashes
from rekap.audit.nation.portals import Portal as Listed
from rekap.audit.nation.reading import Read, blank
from rekap.audit.nation.shown import Bounded
from rekap.core import codec
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import leaf_hash
from rekap.core.log.policy import Policy, Source
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey

AT = "2024-11-27T21:42:00+07:00"
LATER = "2024-11-27T22:12:00+07:00"
GOVERNOR, REGENT = "gubernur", "bupati"
WITNESS = "saksi.example/w1"


class Province(World):
    """A log of one provinsi with one kabko, kecamatan, kelurahan and two TPS."""

    def __init__(
        self, code: str = "90", mode: str = "rehearsal", name: str = "Provinsi Contoh"
    ) -> None:
        super().__init__(mode=mode)
        self.origin = f"p{code}.example/{mode}/log"
        self.code, self.name = code, name
        self.kabko, self.kecamatan = f"{code}.01", f"{code}.01.01"
        self.kelurahan = f"{code}.01.01.1001"
        self.begin()

    def begin(self, **election: Any) -> None:
        self.open()
        contests = [
            builders.contest(id=GOVERNOR, region=self.code),
            builders.contest(id=REGENT, office="regent", region=self.kabko),
        ]
        roots = {"kpu": builders.keyset(key("root/kpu/1"))}
        self.add(
            builders.election(contests=contests, roots=roots, **election),
            "root/kpu/1",
            "operator/1",
        )
        own = {**builders.child(self.code), "name": self.name}
        self.add(builders.roster("id", children=[own]), "root/kpu/1")
        self.add(builders.roster(self.code, children=[builders.child(self.kabko)]), "root/kpu/1")
        self.grant("kpu_prov", self.code, "root/kpu/1")
        prov = self.persons(f"kpu-prov-{self.code}", 2)
        self.add(builders.roster(self.kabko, children=[builders.child(self.kecamatan)]), *prov)
        self.grant("kpu_kabko", self.kabko, *prov)
        kabko = self.persons(f"kpu-kabko-{self.kabko}", 2)
        self.add(builders.roster(self.kecamatan, children=[builders.child(self.kelurahan)]), *kabko)
        self.add(builders.roster(self.kelurahan), *kabko)
        self.grant("ppk", self.kecamatan, *kabko)
        for tps in ("001", "002"):
            ppk = self.persons(f"ppk-{self.kecamatan}", 2)
            self.grant("kpps", self.kelurahan, *ppk, tps=tps)

    def station(self, contest: str, tps: str, **figures: Any) -> None:
        """A C.Hasil."""
        self.form("c_hasil", contest=contest, region=self.kelurahan, tps=tps, **figures)

    def certificate(self, contest: str, **fields: Any) -> str:
        """The D form of a contest's own region."""
        if contest == GOVERNOR:
            columns = {self.kabko: builders.STATION}
            return self.form(
                "d_hasil_prov", contest=contest, region=self.code, columns=columns, **fields
            )
        columns = {self.kecamatan: builders.STATION}
        return self.form(
            "d_hasil_kabko", contest=contest, region=self.kabko, columns=columns, **fields
        )


@dataclass
class Site:
    """Public files of a portal, to be changed; `log` are the entries behind them."""

    files: dict[str, bytes]
    entries: list[bytes]
    origin: str
    code: str

    def copy(self) -> Site:
        return replace(self, files=dict(self.files))

    def edit(self, path: str, change: Any) -> Site:
        """The site with one twin changed in its one spelling."""
        value = json.loads(self.files[path])
        change(value)
        self.files[path] = codec.encode_public(value)
        return self

    def root(self) -> str:
        """The root of all entries, as twins spell it."""
        return codec.b64encode(root_of(self.entries, len(self.entries)))

    def sign(self, size: int, root: bytes, *, cosigned: bool = True) -> bytes:
        """A checkpoint by this log's key, whatever it says."""
        data = sign_checkpoint(Checkpoint(self.origin, size, root), LOG)
        return cosign(data) if cosigned else data


def cosign(data: bytes) -> bytes:
    whole = note.Note.parse(data)
    line = note.cosign(whole.text, WITNESS, signer("saksi-log"), 1_732_718_400)
    return whole.merge([line]).format()


@cache
def _made(code: str, name: str) -> tuple[Site, Site]:
    province = Province(code, name=name)
    province.station(GOVERNOR, "001")
    province.station(REGENT, "001")
    province.station(REGENT, "002", pair_1=110, pair_2=105)
    province.certificate(REGENT)
    portal = Portal(province.entries, province.origin)
    stages = []
    first = len(province.entries)
    portal.log(first)
    portal.publish(now=1_000)
    stages.append(portal.public())
    province.station(GOVERNOR, "002", pair_1=100, pair_2=115)
    portal.log(len(province.entries))
    portal.publish(now=2_000)
    stages.append(portal.public())
    sizes = (first, len(province.entries))
    sites = []
    for files, size in zip(stages, sizes, strict=True):
        files["log/checkpoint"] = cosign(files["log/checkpoint"])
        sites.append(Site(files, province.entries[:size], province.origin, code))
    return sites[0], sites[1]


def site_of(log: Province) -> Site:
    """The site of a log as it is, cosigned."""
    portal = Portal(log.entries, log.origin)
    portal.log(len(log.entries))
    portal.publish(now=1_000)
    files = portal.public()
    files["log/checkpoint"] = cosign(files["log/checkpoint"])
    return Site(files, log.entries, log.origin, log.code)


def made(code: str = "90", name: str = "Provinsi Contoh") -> Site:
    """A portal's site, free to be changed."""
    return _made(code, name)[0].copy()


def grown(code: str = "90", name: str = "Provinsi Contoh") -> Site:
    """The same later, with one more form."""
    return _made(code, name)[1].copy()


def policy_of(site: Site) -> Policy:
    """Whole anchors of a site: its own with a witness."""
    own = Policy.parse(_made(site.code, "Provinsi Contoh")[0].files["policy.txt"])
    witness = NoteKey.of(WITNESS, note.COSIGNATURE, signer("saksi-log").public)
    return replace(own, witnesses=(Source("w1", witness),), quorum="w1")


def listed(site: Site, **fields: Any) -> Listed:
    """How a list names this portal."""
    own = {
        "id": f"p{site.code}", "name": f"Provinsi {site.code}", "regions": (site.code,),
        "site": "memory", "link": f"https://p{site.code}.example/", "mode": "rehearsal",
        "policy": policy_of(site),
    }  # fmt: skip
    return Listed(**{**own, **fields})


@dataclass
class Kept:
    """A memory of one portal in memory; `told` is the order in which it was told things."""

    data: dict[str, bytes] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def note(self) -> bytes | None:
        return self.data.get("note")

    def fork(self) -> bytes | None:
        return self.data.get("fork")

    def entry(self, index: int) -> bytes | None:
        return self.data.get(f"entry {index}")

    def keep_note(self, data: bytes) -> None:
        self._keep("note", data)

    def keep_fork(self, data: bytes) -> None:
        self._keep("fork", data)

    def keep_entry(self, index: int, data: bytes) -> None:
        self._keep(f"entry {index}", data)

    def _keep(self, name: str, data: bytes) -> None:
        self.told.append(name)
        self.data[name] = data


def read(
    site: Site,
    kept: Kept | None = None,
    at: str = AT,
    last: Any = None,
    source: Any = None,
    **fields: Any,
) -> dict[str, Any]:
    """Read a site as a nation does."""
    portal = listed(site, **fields)
    bounded = Bounded(source or Files(site.files))
    return Read(portal, bounded, kept or Kept(), at, last or blank(portal.id)).run()


def root_of(entries: list[bytes], size: int) -> bytes:
    return TreeHashes([leaf_hash(entry) for entry in entries[:size]]).root(size)
