"""What the last form costs: objects and bytes that a fresh publisher reads and writes.

SIMULASI: one kecamatan of fixed size, and ever more forms elsewhere. Its own forms are revised all
the while, so that they lie scattered over the log. Signatures are not looked at: their cost is
the same everywhere.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from tests.core.ledger.world import signer
from tests.core.statements import builders
from tests.fakes import FakeObjects, FakeRegister

from rekap.core.ledger import fold as folding
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.entry import encode_bundle, leaf_hash
from rekap.core.log.merkle import Frontier
from rekap.core.log.tiles import entries_path, tiles_for
from rekap.core.signing import envelope as dsse
from rekap.core.signing.keys import keyid
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signature import Signature
from rekap.portal.publishing import folding as log_folding
from rekap.portal.publishing import run
from rekap.portal.publishing.claims import Reached
from rekap.portal.publishing.entries import PACK_BYTES, PACKS_KEPT

ORIGIN = "rekap.example/rehearsal/log"
RELEASE = builders.hex_id("release")
HOME = "90.01.01"
HOME_KELURAHAN = ("90.01.01.1001", "90.01.01.1002")
HOME_TPS = [f"{n:03}" for n in range(1, 6)]
FAR = [f"90.02.{n:02}" for n in range(1, 6)]
FAR_KELURAHAN = [f"{kecamatan}.{n}" for kecamatan in FAR for n in range(1001, 1021)]
FAR_TPS = [f"{n:03}" for n in range(1, 41)]
STAGES = (100, 1_000, 4_000)
NODE = 16_384
"""Bytes of a wide inner node, about."""
NEWS = 4 * 50 * 1_200 + 256 * 600
"""Bytes of three feeds, that of corrections, and the last changes, at most."""
FILL = 130
"""Entries of the last bundle when the last form comes: bundles are read whole."""


def _entry(payload: dict[str, Any], *roles: str) -> bytes:
    """An envelope with signatures of the right keys and the wrong bytes."""
    ids = sorted(keyid("ed25519", _public(role)) for role in roles)
    signatures = tuple(Signature(one, bytes(64)) for one in ids)
    payload = {**payload, "log": ORIGIN}
    return dsse.serialize(dsse.Envelope(builders.encode(payload), signatures))


@functools.cache
def _public(role: str) -> bytes:
    return bytes.fromhex(builders.hex_id(role))


def _grant(body: str, region: str, role: str, granter: str, **fields: Any) -> bytes:
    persons = [builders.person(role, "ketua")]
    return _entry(builders.grant(body, region=region, persons=persons, **fields), granter)


def _roster(region: str, children: Iterable[str], role: str) -> bytes:
    if len(region) == 13:
        return _entry(
            builders.roster(region, tps=[builders.station(t, 310) for t in children]), role
        )
    return _entry(builders.roster(region, children=[builders.child(c) for c in children]), role)


def _setup() -> Iterator[bytes]:
    """The log, the election, all rosters, one person of every body."""
    log_key = builders.vkey(ORIGIN, signer("log").public)
    policy = [f"log {log_key}", "quorum none"]
    yield _entry(builders.log(log=ORIGIN, log_key=log_key, policy=policy), "operator/1")
    yield _entry(builders.publication(release=RELEASE), "operator/1")
    names = ("c_hasil", "d_hasil_kelurahan", "d_hasil_kecamatan", "d_hasil_kabko", "d_hasil_prov",
             "grant", "roster")  # fmt: skip
    yield _entry(builders.election(policy=dict.fromkeys(names, 1)), "root/kpu/1", "operator/1")
    yield _roster("id", ["90"], "root/kpu/1")
    yield _roster("90", ["90.01", "90.02"], "root/kpu/1")
    yield _grant("kpu_prov", "90", "prov", "root/kpu/1")
    for kabko, kids in (("90.01", [HOME]), ("90.02", FAR)):
        yield _roster(kabko, kids, "prov")
        yield _grant("kpu_kabko", kabko, f"kabko-{kabko}", "prov")
    for kecamatan in (HOME, *FAR):
        officer = f"kabko-{kecamatan[:5]}"
        home = kecamatan == HOME
        kelurahan = (
            HOME_KELURAHAN if home else [k for k in FAR_KELURAHAN if k.startswith(kecamatan)]
        )
        yield _roster(kecamatan, kelurahan, officer)
        yield _grant("ppk", kecamatan, f"ppk-{kecamatan}", officer)
        for code in kelurahan:
            stations = HOME_TPS if home else FAR_TPS
            yield _roster(code, stations, officer)
            for tps in stations:
                yield _grant("kpps", code, f"{code}-{tps}", f"ppk-{kecamatan}", tps=tps)


class Country:
    """The log as it grows, and its files."""

    def __init__(self) -> None:
        self.entries = list(_setup())
        self.heads: dict[tuple[str, str], tuple[str, int]] = {}
        places = [(code, tps) for tps in FAR_TPS for code in FAR_KELURAHAN]
        self.far = iter(places)
        self.sent = 0

    def form(self, region: str, tps: str) -> None:
        """The next revision of a TPS's form."""
        previous, revision = self.heads.get((region, tps), (None, 0))
        extra = {"previous": previous} if previous else {}
        payload = builders.form(region=region, tps=tps, revision=revision + 1, **extra)
        self.entries.append(_entry(payload, f"{region}-{tps}"))
        self.heads[region, tps] = (dsse.parse(self.entries[-1]).id, revision + 1)

    def sheets(self) -> None:
        """D forms of the kecamatan and of everything above it."""
        columns = dict.fromkeys(HOME_TPS, builders.STATION)
        for code in HOME_KELURAHAN:
            form = builders.form("d_hasil_kelurahan", region=code, columns=columns)
            self.entries.append(_entry(form, f"ppk-{HOME}"))
        for form, region, role, kids in (
            ("d_hasil_kecamatan", HOME, f"ppk-{HOME}", HOME_KELURAHAN),
            ("d_hasil_kabko", "90.01", "kabko-90.01", (HOME,)),
            ("d_hasil_prov", "90", "prov", ("90.01", "90.02")),
        ):
            columns = dict.fromkeys(kids, builders.STATION)
            self.entries.append(_entry(builders.form(form, region=region, columns=columns), role))

    def grow(self, to: int) -> None:
        """Send forms elsewhere up to `to`, with a revision of each home form scattered among them.

        The last two home stations are left for the form that is measured and the one before it.
        """
        home = [(code, tps) for code in HOME_KELURAHAN for tps in HOME_TPS][:-2]
        count, last = to - self.sent, min(10, to)
        for number in range(count):
            if number == count - last:
                self.fill(room=last + 2)
            if number * len(home) // count != (number - 1) * len(home) // count:
                self.form(*home[number * len(home) // count])
            self.form(*next(self.far))
        self.sent = to

    def fill(self, room: int) -> None:
        """Entries that are nothing, until the last bundle has `FILL` − `room` of them."""
        while len(self.entries) % 256 != FILL - room:
            self.entries.append(b'{"nothing":%d}' % len(self.entries))


class Counting:
    """Objects that count what is asked of them, by area."""

    def __init__(self, objects: FakeObjects) -> None:
        self._objects = objects
        self.cost: dict[str, list[int]] = {}

    def _note(self, what: str, path: str, size: int) -> None:
        area = path.split("/", maxsplit=1)[0] if path.startswith(("log/", "state/")) else "site"
        if path.endswith(".atom") or "/changes/" in path:
            area = "news"
        pair = self.cost.setdefault(f"{what} {area}", [0, 0])
        pair[0] += 1
        pair[1] += size

    def get(self, path: str) -> Any:
        stored = self._objects.get(path)
        self._note("read", path, len(stored.data) if stored else 0)
        return stored

    def part(self, path: str, start: int, length: int) -> Any:
        self._note("read", path, length)
        return self._objects.part(path, start, length)

    def put_new(self, path: str, data: bytes) -> None:
        self._note("write", path, len(data))
        self._objects.put_new(path, data)

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        self._note("write", path, len(data))
        return self._objects.put_if(path, data, tag)


class CountingRegister(FakeRegister):
    """Counts the values that the last run changed."""

    applied = 0

    def apply(
        self, bases: Sequence[str], tree: str, size: int, changes: Iterable[tuple[str, str, Any]]
    ) -> None:
        changes = list(changes)
        self.applied = len(changes)
        super().apply(bases, tree, size, changes)


class Shop:
    """The objects of the portal; `publish` is a run by a fresh process."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.objects = FakeObjects()
        self.register = CountingRegister()
        self.log_key = NoteKey.parse(builders.vkey(ORIGIN, signer("log").public))

    def log(self) -> None:
        """Put the files of the log as it is."""
        entries = self.country.entries
        level = [leaf_hash(entry) for entry in entries]
        root = Frontier(0, ()).extend(level).root()
        levels = [level]
        while len(levels[-1]) >= 256:
            below = levels[-1]
            levels.append([Frontier(0, ()).extend(below[at : at + 256]).root()
                           for at in range(0, len(below) // 256 * 256, 256)])  # fmt: skip
        for tile in tiles_for(len(entries)):
            start = tile.n * 256
            data = b"".join(levels[tile.level][start : start + tile.width])
            self.objects.objects[f"log/{tile.path}"] = data
            if tile.level == 0:
                path = entries_path(tile.n, tile.width)
                self.objects.objects[f"log/{path}"] = encode_bundle(
                    entries[start : start + tile.width]
                )
        note = sign_checkpoint(Checkpoint(ORIGIN, len(entries), root), signer("log"))
        self.objects.objects["log/checkpoint"] = note

    def publish(self) -> tuple[run.Outcome, dict[str, list[int]]]:
        objects = Counting(self.objects)
        publisher = run.Publisher(
            objects, self.register, log_key=self.log_key, release=RELEASE, fixed_release=True
        )
        return publisher.run(0), objects.cost


def _measured(shop: Shop) -> Bill:
    """The cost of one more form in the kecamatan, on a copy; the pages of another one are there."""
    country = shop.country
    kept, heads = list(country.entries), dict(country.heads)
    copy = Shop(country)
    copy.objects.objects = dict(shop.objects.objects)
    copy.register.__dict__.update({k: dict(v) if isinstance(v, dict) else v
                                   for k, v in shop.register.__dict__.items()})  # fmt: skip
    country.form(HOME_KELURAHAN[1], HOME_TPS[-2])
    copy.log()
    copy.publish()
    country.form(HOME_KELURAHAN[1], HOME_TPS[-1])
    copy.log()
    outcome, cost = copy.publish()
    country.entries, country.heads = kept, heads
    return Bill(outcome, cost, _depths(copy), copy.register.applied)


def _depths(shop: Shop) -> dict[str, int]:
    """Levels of every map of the state."""
    objects = shop.objects.objects

    def node(name: str) -> dict[str, Any]:
        _, pack, start, length = name.split(":")
        data = objects[f"state/pack/{pack}"][int(start) :][: int(length)]
        found: dict[str, Any] = json.loads(data)
        return found

    roots = node(json.loads(objects["state/head"])["tree"])["maps"]
    return {name: int(node(root).get("level", 0)) + 1 for name, root in roots.items() if root}


@dataclass(frozen=True)
class Bill:
    """What the last form cost at a stage; `cost` is {"read state": [objects, bytes], ...}."""

    outcome: run.Outcome
    cost: dict[str, list[int]]
    depths: dict[str, int]
    register: int


def _shown(publisher: Any, made: Any) -> bool:
    """Say that all pages and proofs are there."""
    published = made.published
    published.leaves = Reached.of(made.prefix.head)
    published.proofs = made.prefix.size
    published.show(published.leaves, None)
    publisher._claim(made)
    return True


def _bills() -> dict[int, Bill]:
    """Stage -> what the last form cost there."""
    unchecked = functools.partial(folding.fold, check=lambda *asked: None)
    country = Country()
    country.sheets()
    shop = Shop(country)
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_folding, "fold", unchecked)
        for stage in STAGES:
            country.grow(stage)
            shop.log()
            with pytest.MonkeyPatch.context() as fast:  # all pages and proofs would take minutes
                fast.setattr(run.Publisher, "_render", _shown)
                shop.publish()
            found[stage] = _measured(shop)
    for stage, bill in found.items():
        print(f"{stage:5} forms elsewhere, {bill.outcome}")
        print("      ", {name: bill.cost[name] for name in sorted(bill.cost)})
        print("      ", bill.depths, f"register {bill.register}")
    return found


def test_the_last_form_costs_the_same_pages_and_the_depth_of_the_maps() -> None:
    bills = _bills()
    small, *larger = bills.values()
    for large in larger:
        _check_pages(small, large)
        _check_state(small, large)
        _check_log(large)
    for what, one in bills[1_000].cost.items():
        if what.endswith((" log", " news", "read state")):  # up to a bound: see the checks
            continue
        many = bills[4_000].cost[what]
        assert all(many[n] <= one[n] * 5 // 4 for n in (0, 1)), f"from 1,000 on: {what}"


def _check_pages(small: Bill, large: Bill) -> None:
    """The TPS, the four regions above, findings, election, portal, statement, ledger."""
    assert (large.outcome.pages, large.outcome.files) == (small.outcome.pages, small.outcome.files)
    assert (large.outcome.pages, large.outcome.proofs, large.outcome.bulk) == (10, 1, 0)
    for what in ("read site", "write site"):
        assert large.cost[what][0] == small.cost[what][0], what
        assert abs(large.cost[what][1] - small.cost[what][1]) < small.cost[what][1] // 50, what
    for what in ("read news", "write news"):  # they grow until they hold their newest entries
        assert large.cost[what][0] == small.cost[what][0], what
        assert large.cost[what][1] < NEWS, what
    assert large.register == small.register


def _check_state(small: Bill, large: Bill) -> None:
    """A level more is a node more on the way to each key that is changed; what is read is bounded.

    Packs of which much is asked are read whole, so many and no more.
    """
    deeper = sum(large.depths[name] - small.depths.get(name, 0) for name in large.depths)
    more = [large.cost["write state"][n] - small.cost["write state"][n] for n in (0, 1)]
    assert more[0] == 0
    assert more[1] <= 3 * deeper * NODE, f"{more[1]} bytes more"
    objects, size = large.cost["read state"]
    assert objects <= 3 * PACKS_KEPT
    assert size <= PACKS_KEPT * PACK_BYTES


def _check_log(large: Bill) -> None:
    """Its own bundle, that of the certified forms above it, the tiles of one proof."""
    objects, size = large.cost["read log"]
    assert objects <= 6
    assert size <= 6 * 256 * 1_400
