"""Who could sign what at each entry, held against what the fold does with a signature there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from tests.core.ledger.entitlements import begun
from tests.core.ledger.night import KELURAHAN, PPK, WATCHER, Night
from tests.core.ledger.realm import OTHER, names
from tests.core.ledger.world import key, keyid, signer
from tests.core.statements import builders

from rekap.core.ledger.entitled import Power, ended, in_force, powers
from rekap.core.ledger.fold import fold, fold_all
from rekap.core.ledger.state import State
from rekap.core.signing import envelope

PLACE = KELURAHAN[0]


SLOT = f"{builders.ELECTION}/{builders.CONTEST}/c_hasil/{PLACE}/001"


def is_suspect(state: State) -> bool:
    return any(state.findings.scan(f"{SLOT}|K1|"))


def at(entries: list[bytes], size: int) -> State:
    state = State(read_entry=entries.__getitem__)
    fold_all(state, entries[:size])
    return state


def held(state: State, region: str = PLACE, **wanted: Any) -> set[str]:
    """Key ids of all offices for one statement."""
    return {
        holder.keyid
        for power in powers(state, builders.ELECTION, region)
        if all(getattr(power, name) == value for name, value in wanted.items())
        for holder in power.holders
    }


@dataclass(frozen=True)
class Story:
    """A log in which one key is granted, used and ended, with the entries of each."""

    night: Story
    granted: int
    signed: int
    revoked: int

    @property
    def entries(self) -> list[bytes]:
        return self.night.entries


@cache
def story() -> Story:
    night = Night(1)
    slot = {"region": PLACE, "tps": "001"}
    person = {**builders.person("kpps-pengganti", "anggota"), **key("pengganti")}
    granted = night.state.size
    night.add(builders.grant("kpps", **slot, persons=[person]), *PPK[:2])
    night.add(builders.objection(**slot), "saksi-1")
    signed = night.state.size
    night.add(builders.form(**slot), "pengganti", *night.persons(f"kpps-{PLACE}-001")[:2])
    night.add(builders.objection(**slot, number=2), "saksi-1")
    revoked = night.state.size
    night.add(builders.revoke(keyid=keyid("pengganti"), suspect_from=signed), *PPK[:2])
    night.add(builders.objection(**slot, code="procedure"), "saksi-1")
    return Story(night, granted, signed, revoked)


@pytest.fixture
def night() -> Story:
    return story()


class TestTimeLine:
    """One key of a KPPS: granted, used, ended with doubt from an index on, asked at each entry."""

    def test_at_every_entry_the_key_is_told_exactly_when_the_fold_takes_it(
        self, night: Story
    ) -> None:
        for size in range(night.granted - 2, len(night.entries) + 1):
            state = at(night.entries, size)
            told = keyid("pengganti") in held(state, kind="form", what="c_hasil", tps="001")
            assert told == (night.granted < size <= night.revoked), size
            payload = builders.form(
                region=PLACE, tps="001", at="2024-11-27T20:00:00+07:00", log=night.night.origin
            )
            roles = ("pengganti", *night.night.persons(f"kpps-{PLACE}-001")[:2])
            fold(state, envelope.sign(builders.encode(payload), [signer(r) for r in roles]))
            record = state.entry(size)
            assert (record["status"] != "void") == told, (size, record)
            assert told or record["why"] == "unknown-key"

    def test_what_it_signed_before_stays_and_is_marked_from_the_suspect_index_on(
        self, night: Story
    ) -> None:
        for size in range(night.signed + 1, len(night.entries) + 1):
            state = at(night.entries, size)
            (form,) = state.slots.get(SLOT)["statements"]
            assert form["status"] == "head"
            assert is_suspect(state) == (size > night.revoked)

    @pytest.mark.parametrize("shift", [-1, 0, 1])
    def test_doubt_begins_at_the_entry_that_is_named(self, night: Story, shift: int) -> None:
        state = at(night.entries, night.revoked)
        payload = builders.revoke(
            keyid=keyid("pengganti"), suspect_from=night.signed + shift, log=night.night.origin
        )
        fold(state, envelope.sign(builders.encode(payload), [signer(one) for one in PPK[:2]]))
        assert is_suspect(state) == (shift <= 0)

    def test_an_ended_key_is_told_with_its_end(self, night: Story) -> None:
        before, after = at(night.entries, night.revoked), at(night.entries, night.revoked + 1)
        assert list(ended(before, builders.ELECTION, PLACE)) == []
        (gone,) = ended(after, builders.ELECTION, PLACE)
        assert (gone.keyid, gone.key["revoked"]) == (keyid("pengganti"), night.revoked)
        assert gone.key["suspect_from"] == night.signed
        assert keyid("pengganti") not in {one.keyid for one in in_force(after, builders.ELECTION)}


def test_keys_of_another_election_neither_hold_nor_ended() -> None:
    fork = begun().fork()
    mine, theirs = names("ppk-90.01.01"), names("lain-ppk-90.01.01")
    for role, granters, election in (
        (mine[2], names("kpu-kabko-90.01", 2), builders.ELECTION),
        (theirs[2], names("lain-kpu-kabko-90.01", 2), OTHER),
    ):
        payload = builders.revoke(keyid=keyid(role), election=election)
        assert fork.try_(payload, *granters) == "effective"
    for election, own, other in ((builders.ELECTION, mine, theirs), (OTHER, theirs, mine)):
        assert [one.keyid for one in ended(fork.state, election, "90.01.01")] == [keyid(own[2])]
        held_now = {one.keyid for one in in_force(fork.state, election)}
        assert {keyid(role) for role in (*own[:2], "operator-1")} <= held_now
        assert not {keyid(role) for role in other} & held_now


def test_each_statement_about_a_place_is_told_with_its_offices() -> None:
    state = Night(1).state
    found = list(powers(state, builders.ELECTION, "id"))
    assert [(p.kind, p.office.body, p.requirement, p.office.number) for p in found] == [
        ("publication", "operator", 1, 1),
        ("uploaders", "operator", 1, 1),
        ("app", "operator", 1, 1),
        ("clock", "log", 1, 1),
        ("withhold", "operator", 1, 1),
        ("close", "operator", 1, 1),
        ("election", "roots.kpu", 1, 1),
        ("election", "operator", 2, 1),
        ("roster", "roots.kpu", 1, 1),
    ]
    assert [len(power.holders) for power in found] == [1] * len(found)
    ppk = {keyid(one) for one in PPK}
    assert held(state, "90.01.01", kind="form", what="d_hasil_kecamatan") == ppk
    assert held(state, kind="grant", what="kpps", tps="001") == ppk
    assert held(state, kind="grant", what="kpps", tps=None) == set(), "a KPPS is of one TPS"
    assert held(state, "90", kind="determination") == {keyid(f"kpu-prov-90-{n}") for n in (1, 2, 3)}
    assert held(state, kind="objection", what="c_hasil", tps="002") == {
        keyid("saksi-1"), keyid("pengawas-1"), keyid(WATCHER),
    }  # fmt: skip
    assert held(state, "90", kind="grant", what="saksi") == {keyid("root/pairs/1")}


def test_an_answer_names_every_body_above_in_order() -> None:
    found = [
        power.office.body
        for power in powers(Night(1).state, builders.ELECTION, PLACE)
        if power.kind == "answer" and power.tps == "002"
    ]
    assert found == ["kpps", "ppk", "kpu_kabko", "kpu_prov", "roots.kpu"]


def test_a_power_is_of_one_place() -> None:
    for region in ("id", "90", "90.01", "90.01.01", *KELURAHAN):
        for power in powers(Night(1).state, builders.ELECTION, region):
            assert isinstance(power, Power)
            assert power.region == region
