"""A world with every body twice, roots of several keys, a second election; and cheap forks of it.

Roles name keys: `operator-2`, `kpu-1`, `ppk-90.01.01-3`; those of the second election begin with
`lain-`. `fork()` continues from the realm as it is without changing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.core.ledger.world import World, key, signer
from tests.core.statements import builders

from rekap.core.ledger import tree
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.pages.site import Site
from rekap.core.signing import envelope as dsse
from rekap.core.statements import model

OTHER = "pemilihan-lain"
KABKO = ("90.01", "90.02")
KECAMATAN = ("90.01.01", "90.01.02", "90.02.01")
KELURAHAN = ("90.01.01.1001", "90.01.01.1002", "90.01.02.1001", "90.02.01.1001")
STATIONS = ("001", "002")
KEYS = 3
"""Persons of every body, and keys of every root."""


def names(start: str, number: int = KEYS) -> list[str]:
    """The first roles of a body: `names("ppk-90.01.01", 2)`."""
    return [f"{start}-{n}" for n in range(1, number + 1)]


def roots(prefix: str = "", *, k: int = 2) -> dict[str, Any]:
    """Roots of KPU (k of 3), Bawaslu (2 of 3), pairs 1 (1 of 1) and 2 (2 of 2)."""
    return {
        "kpu": builders.keyset(*(key(f"{prefix}kpu-{n}") for n in (1, 2, 3)), k=k),
        "bawaslu": builders.keyset(*(key(f"{prefix}bawaslu-{n}") for n in (1, 2, 3)), k=2),
        "pairs": [
            {"number": 1, **builders.keyset(key(f"{prefix}pair1-1"), k=1)},
            {"number": 2, **builders.keyset(*(key(f"{prefix}pair2-{n}") for n in (1, 2)), k=2)},
        ],
    }


class Shelf:
    """State nodes in memory."""

    def __init__(self) -> None:
        self.nodes: dict[str, bytes] = {}

    def read(self, digest: str) -> bytes:
        return self.nodes[digest]

    def write(self, digest: str, data: bytes) -> str:
        self.nodes[digest] = data
        return digest


class Realm(World):
    """Two elections over the same places; `election` overrides fields of the first one."""

    def __init__(
        self, *, mode: str = "rehearsal", contests: list[dict[str, Any]] | None = None,
        other: bool = True, operators: int = 2, **election: Any,
    ) -> None:  # fmt: skip
        super().__init__(mode=mode)
        self.cache = tree.NodeCache(Shelf(), limit=1_000_000)
        self.state = State(self.cache, read_entry=lambda index: self.entries[index])
        self.contests = contests or [builders.contest()]
        self.provincial = any(one["office"] == "governor" for one in self.contests)
        self._log(operators)
        self.election = self._elect(builders.ELECTION, "", **election)
        if other:
            self._elect(OTHER, "lain-")
        self.head = self.state.commit()
        self.size = len(self.entries)

    def _log(self, k: int) -> None:
        log_key = builders.vkey(self.origin, signer("log").public)
        payload = builders.log(
            log=self.origin, mode=self.mode, log_key=log_key,
            receipt_key=builders.vkey(f"{self.origin}/receipt", signer("receipt").public),
            operators=builders.keyset(*(key(f"operator-{n}") for n in (1, 2, 3)), k=k),
            policy=[f"log {log_key}", "quorum none"],
        )  # fmt: skip
        self.done(payload, *names("operator", k))
        self.done(builders.publication(), *names("operator", k))
        self.operators = names("operator", k)

    def done(self, payload: dict[str, Any], *roles: str) -> str:
        """Add a statement that must take effect."""
        statement = self.add(payload, *roles)
        assert self.last["status"] not in ("void", "waiting"), (self.last, payload, roles)
        return statement

    def _elect(self, name: str, prefix: str, **fields: Any) -> dict[str, Any]:
        """An election, its rosters and its grants; every role begins with `prefix`."""
        payload = builders.election(
            **{"election": name, "contests": self.contests, "roots": roots(prefix), **fields}
        )
        k = payload["roots"]["kpu"]["k"]
        kpu = names(f"{prefix}kpu", k)
        self.done(payload, *kpu, *self.operators)
        policy = payload.get("policy", {})
        two = policy.get("roster", 2)
        prov = names(f"{prefix}kpu-prov-90", two) if self.provincial else kpu
        self._roster(name, "id", *kpu, children=["90"])
        self._roster(name, "90", *kpu, children=KABKO)
        self._grant(name, prefix, "kpu_prov", "90", kpu)
        for kabko in KABKO:
            self._roster(name, kabko, *prov, children=[k for k in KECAMATAN if k.startswith(kabko)])
            granters = prov if not self.provincial else names(f"{prefix}kpu-prov-90", 2)
            self._grant(name, prefix, "kpu_kabko", kabko, granters)
        for kecamatan in KECAMATAN:
            officers = f"{prefix}kpu-kabko-{kecamatan[:5]}"
            kids = [k for k in KELURAHAN if k.startswith(kecamatan)]
            self._roster(name, kecamatan, *names(officers, two), children=kids)
            self._grant(name, prefix, "ppk", kecamatan, names(officers, 2))
            for kelurahan in kids:
                self._roster(name, kelurahan, *names(officers, two))
                for tps in STATIONS:
                    granters = names(f"{prefix}ppk-{kecamatan}", 2)
                    self._grant(name, prefix, "kpps", kelurahan, granters, tps=tps)
        self._observers(name, prefix)
        return payload

    def _roster(self, election: str, region: str, *roles: str, children: Any = None) -> None:
        fields: dict[str, Any] = {"election": election}
        if children is not None:
            fields["children"] = [builders.child(code) for code in children]
        self.done(builders.roster(region, **fields), *roles)

    def _grant(
        self, election: str, prefix: str, body: str, region: str, granters: list[str],
        tps: str | None = None,
    ) -> None:  # fmt: skip
        place = f"{region}-{tps}" if tps else region
        start = f"{prefix}{body.replace('_', '-')}-{place}"
        payload = grant(body, region, names(start), tps=tps, election=election)
        self.done(payload, *granters)

    def _observers(self, election: str, prefix: str) -> None:
        """Witnesses of pair 1 at a kecamatan and at one TPS, Bawaslu of a kabko."""
        one, two = [f"{prefix}pair1-1"], names(f"{prefix}bawaslu", 2)
        for name, body, region, tps, granters in (
            ("saksi-kec", "saksi", KECAMATAN[0], None, one),
            ("saksi-tps", "saksi", KELURAHAN[0], "001", one),
            ("pengawas", "bawaslu_kabko", KABKO[0], None, two),
        ):
            persons = names(f"{prefix}{name}", 1 if body == "saksi" else KEYS)
            self.done(grant(body, region, persons, tps=tps, election=election), *granters)

    def fork(self) -> Fork:
        """A continuation that leaves the realm as it is."""
        return Fork(self)

    def keep(self, fork: Fork) -> None:
        """Let later forks begin where this one ends."""
        self.head, self.entries = fork.state.commit(), fork.entries
        self.size = len(self.entries)


class Fork(World):
    """A log that begins like its realm."""

    def __init__(self, realm: Realm, entries: Sequence[bytes] | None = None) -> None:
        """`entries`, where they are not all of the realm, are those that the test reads."""
        begun = realm.entries[: realm.size] if entries is None else entries
        super().__init__(mode=realm.mode, entries=list(begun))
        self.state = State(realm.cache, realm.head, read_entry=lambda index: self.entries[index])

    def try_(self, payload: dict[str, Any], *roles: str) -> str:
        """Add a statement and say what became of it: its status, or `void <why>`."""
        payload = {**payload, "log": payload.get("log", self.origin)}
        if payload["log"] == builders.ORIGIN:
            payload["log"] = self.origin
        entry = dsse.sign(builders.encode(payload), [signer(role) for role in roles])
        self.entries.append(entry)
        fold(self.state, entry)
        return self.outcome(-1)

    def outcome(self, index: int) -> str:
        """What became of an entry when it came; -1 is the last."""
        record = self.state.entry(index if index >= 0 else self.state.size + index)
        return f"void {record['why']}" if record["status"] == "void" else str(record["status"])

    def site(self) -> Site:
        return Site(self.state, lambda index: self.entries[index])

    def twin(self, address: str) -> dict[str, Any]:
        """The first twin of a page as it is now."""
        twin: dict[str, Any] = self.site()._page(address)[0][0]
        return twin

    def touched(self) -> set[str]:
        """The pages that the last entry touches, but those of every entry."""
        site, size = self.site(), self.state.size
        own = {"buku-besar/", f"bukti/{size - 1}/"}
        return {a for a in site.addresses() if site.as_of(a) == size} - own


def grant(
    body: str, region: str, persons: list[str], *, tps: str | None = None, **fields: Any
) -> dict[str, Any]:
    """A grant of keys to roles; the first of a body is its ketua."""
    positions = model.BODIES[body].positions
    named = [
        {**builders.person(name.replace("_", "-"), positions[0 if n == 0 else -1]), **key(name)}
        for n, name in enumerate(persons)
    ]
    extra = {"tps": tps} if tps else {}
    payload = builders.grant(body, region=region, persons=named, **extra, **fields)
    if tps is None:
        payload.pop("tps", None)
    return payload
