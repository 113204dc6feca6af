"""A small demonstration: a replay with one kelurahan of many TPS, hostile names, a correction."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests import once
from tests.audit import shelf
from tests.core.ledger.realm import KELURAHAN, Realm, grant, names
from tests.core.statements import builders

HOSTILE = "<img src=x onerror=alert(1)> menang"
"""A name of the first pair, and of a desa."""
CONTEST = f"{builders.ELECTION}/{builders.CONTEST}/"
ONE = KELURAHAN[0]
PAGE = f"{CONTEST}01/01/1001/"
PPK = names("ppk-90.01.01")
KABKO = names("kpu-kabko-90.01", 2)


def figures(tps: int) -> dict[str, int]:
    """The figures of a TPS: another number of votes in each."""
    own = dict(builders.STATION)
    own["pair_1"] += tps
    own["pair_2"] -= tps
    return own


@cache
def published(stations: int = 29, missing: int = 0) -> dict[str, bytes]:
    """The public folder; the last `missing` TPS of the roster have no form."""
    return once.shared(f"demonstration-{stations}-{missing}", lambda: _publish(stations, missing))


def _publish(stations: int, missing: int) -> dict[str, bytes]:
    pairs = [builders.pair(1, names=[HOSTILE, "Wakil 1"]), builders.pair(2)]
    realm = Realm(mode="replay", other=False, contests=[builders.contest(pairs=pairs)])
    numbers = [f"{n:03d}" for n in range(1, stations + 1)]
    _list(realm, numbers)
    for at, tps in enumerate(numbers, start=1):
        if at > 2:
            kpps = grant("kpps", ONE, names(f"kpps-{ONE}-{tps}"), tps=tps)
            realm.done(kpps, *names("ppk-90.01.01", 2))
        if at <= stations - missing:
            _form(realm, at, tps)
    realm.done(builders.form("d_hasil_kecamatan", region="90.01.01"), *PPK)
    portal = shelf.Portal(realm.entries, realm.origin)
    portal.log(len(portal.entries))
    portal.publish(now=0)
    portal.publish(now=1_000)
    return portal.public()


def _list(realm: Realm, numbers: list[str]) -> None:
    """Rosters in force: all TPS of a kelurahan, and a desa with a hostile name."""
    before = realm.state.regions.get(f"{builders.ELECTION}/{ONE}")["roster"]
    tps = [builders.station(number, 310) for number in numbers]
    realm.done(builders.roster(ONE, revision=2, previous=before, tps=tps), *KABKO)
    before = realm.state.regions.get(f"{builders.ELECTION}/90.01.01")["roster"]
    kids = [builders.child(code) for code in KELURAHAN[:2]]
    kids[0]["name"] = HOSTILE
    realm.done(builders.roster("90.01.01", revision=2, previous=before, children=kids), *KABKO)


def _form(realm: Realm, at: int, tps: str) -> None:
    kpps = names(f"kpps-{ONE}-{tps}")
    form: dict[str, Any] = builders.form(region=ONE, tps=tps, figures=figures(at))
    form["witnesses"] = [{"pair": 1, "present": True, "signed": True}]
    first = realm.done(form, *kpps)
    if at == 1:
        again = builders.form(
            region=ONE, tps=tps, revision=2, previous=first, figures={**figures(at), "invalid": 10},
        )  # fmt: skip
        realm.done({**again, "witnesses": form["witnesses"]}, *kpps)
