"""A page that changes without being touched fails: every kind, every state, after every entry."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.crowd import Crowd
from tests.core.ledger.night import EXPECTED, KELURAHAN, PPK, Night
from tests.core.ledger.realm import Realm
from tests.core.ledger.world import World, key, keyid
from tests.core.statements import builders
from tests.soak import SOAK

from rekap.core.ledger.touches import Touches
from rekap.core.pages.site import Site, addresses

NIGHTS, PARTS = (108, 4) if SOAK else (12, 2)
STEPS = 48


def _twins(night: Night) -> dict[str, bytes]:
    """Every twin of the site as it is now; HTML is a function of the twin."""
    site = Site(night.state, lambda index: night.entries[index])
    return {a: b"".join(site.twins(a)) for a in addresses(night.state)}


@pytest.mark.parametrize("part", range(PARTS))
def test_a_page_changes_only_when_an_entry_touches_it(part: int) -> None:
    counts: Counter[str] = Counter()
    for seed in range(part, NIGHTS, PARTS):
        night = Night(seed)
        before = _twins(night)
        for _ in range(STEPS):
            size = night.state.size
            night.step()
            after = _twins(night)
            site = Site(night.state, lambda index, n=night: n.entries[index])
            for address, twin in after.items():
                if site.as_of(address) > size:
                    continue
                assert before.get(address) == twin, (
                    f"seed {seed}: {address or 'portal'} changed at entry {size}, untouched: "
                    f"{night.last}"
                )
            assert not before.keys() - after.keys()
            before = after
        counts += night.counts()
    print({name: counts[name] for name in EXPECTED})
    few = {name: counts[name] for name in EXPECTED if counts[name] < NIGHTS // 8}
    assert not few, f"too rare in {NIGHTS // PARTS} nights: {few}"


class _Watched(Crowd):
    """A crowd whose pages are looked at after every entry, once its election has begun."""

    watched = False
    changes = 0

    def append(self, entry: bytes) -> str:
        if not self.watched:
            return super().append(entry)
        before, size = _twins(self), self.state.size
        statement = super().append(entry)
        site = Site(self.state, lambda index: self.entries[index])
        for address, twin in _twins(self).items():
            if site.as_of(address) <= size:
                assert before.get(address) == twin, f"{address} at {size}, untouched: {self.last}"
        self.changes += 1
        return statement

    def begin(self, **election: Any) -> None:
        super().begin(**election)
        self.watched = True


@pytest.mark.parametrize("seed", range(6 if SOAK else 2))
def test_a_page_says_of_no_doubt_before_an_entry_touches_it(seed: int) -> None:
    """Stolen keys of every body, what they granted and revoked, and clean signatures after it."""
    crowd = _Watched(40 + seed, steps=60)
    assert crowd.changes > 40


def _touched(night: Night) -> set[str]:
    """The pages whose as_of is the last entry's."""
    site = Site(night.state, lambda index: night.entries[index])
    return {page for page in addresses(night.state) if site.as_of(page) == night.state.size}


def test_a_log_without_an_election_has_its_first_page() -> None:
    world = World()
    world.open()
    assert {"", "buku-besar/", "bukti/0/", "bukti/1/"} <= set(addresses(world.state))


def test_the_end_of_a_key_touches_who_granted_it_and_what_it_signed_since_the_doubt() -> None:
    night = Night(1)
    slot = {"region": KELURAHAN[0], "tps": "001"}
    person = {**builders.person("new", "anggota"), **key("new")}
    payload = builders.grant("kpps", **slot, persons=[person])
    start = night.state.size
    for role in PPK[:2]:
        night.add(payload, role)
    signers = ["new", *night.persons(f"kpps-{KELURAHAN[0]}-001")]
    night.add(builders.form(**slot), signers[0], signers[1])
    night.add(builders.form(**slot), signers[2])
    early = {**builders.form(**slot), "at": "2024-11-27T15:00:00+07:00"}
    night.add(early, *signers)
    revoke = builders.revoke(keyid=keyid("new"), suspect_from=start + 4)
    night.add(revoke, *PPK[:2])
    assert night.last["status"] == "effective"
    site = f"{builders.ELECTION}/{builders.CONTEST}/01/01/1001/"
    touched = _touched(night)
    assert touched >= {f"bukti/{start + n}/" for n in (0, 1, 4, 5)}
    assert touched >= {site, f"{site}001/", f"{builders.ELECTION}/pejabat/01/01/1001/"}


def test_a_release_touches_every_page_a_revision_those_of_its_election_the_end_the_first() -> None:
    night = Night(1)
    night.add(builders.publication(release=builders.hex_id("next")), "operator/1")
    assert _touched(night) == set(addresses(night.state))
    later = {**night.election, "revision": 2, "previous": night.election_id}
    night.add(later, "root/kpu/1", "operator/1")
    assert night.last["status"] == "effective"
    of_the_election = {a for a in addresses(night.state) if a.startswith(f"{builders.ELECTION}/")}
    assert _touched(night) >= {*of_the_election, "", "bukti/2/"}
    assert "bukti/1/" not in _touched(night), "the first release is of no election"
    night.add(builders.close(), "operator/1")
    assert _touched(night) == {"", "buku-besar/", f"bukti/{night.state.size - 1}/"}


def test_a_roster_touches_its_folder_and_what_finds_the_places_below_it() -> None:
    state = Realm(other=False).state
    election, contest = builders.ELECTION, builders.CONTEST
    record = state.meta.get(f"election/{election}")
    assert _of_roster(state, record, "90.01.01") == (
        {f"{election}/pejabat/01/01/", f"{election}/{contest}/01/01/"},
        {"90.01", "ke", "co", "01", "02"},
    )
    regent = {**record, "base": "90.01", "contests": [builders.contest(id="b", region="90.01")]}
    assert _of_roster(state, regent, "90.02.01") == (set(), {"ke", "co", "01"})
    folders, found = _of_roster(state, regent, "90")
    assert folders == {f"{election}/pejabat/", f"{election}/b/"}
    assert found == {"cari", "90.01", "ka", "ke", "co", "01", "02"}


def _of_roster(state: Any, election: dict[str, Any], code: str) -> tuple[set[str], set[str]]:
    """The folders that a roster touches, and the indexes in which a reader seeks places."""
    touches = Touches(state)
    touches.roster(election, code)
    start = f"cari/{election['id']}/"
    indexes = {page.removeprefix(start).strip("/") for page in touches._pages if "cari/" in page}
    return touches._below, indexes
