"""Who may sign what: every kind of statement against every key of a world, by the table of the law.

The table here is written by hand from docs/formats.md and shares nothing with the code but names.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.core.ledger.entitlements import GROUPS, SPARES, C, begun, roles_of, sent, statements
from tests.core.ledger.realm import KELURAHAN, Fork, Realm, grant, names, roots
from tests.core.ledger.world import World, key, keyid, payload_of, signer
from tests.core.statements import builders

from rekap.audit.history import first_roots
from rekap.core.ledger import effects
from rekap.core.ledger.authority import judge
from rekap.core.ledger.fold import fold
from rekap.core.ledger.kinds import requirements
from rekap.core.ledger.state import State
from rekap.core.log.policy import MAX_POLICY, Policy
from rekap.core.pages.site import policy
from rekap.core.pages.twins.context import Context
from rekap.core.signing import keys
from rekap.core.signing.envelope import sign, statement_id
from rekap.core.statements.model import THRESHOLDS

EFFECTIVE = {"effective", "head"}
STRANGER = {"void not-entitled", "void unknown-key"}


def test_exactly_the_entitled_combination_takes_effect() -> None:
    realm = begun()
    tried: Counter[str] = Counter()
    for label, payload, entitled, watching in statements():
        for group, members in GROUPS.items():
            outcome = realm.fork().try_(payload, *roles_of(group, members))
            number = entitled.get(group)
            if number is not None:
                wanted = EFFECTIVE
            elif group in watching:
                wanted = {"waiting"}
            else:
                wanted = STRANGER
            assert outcome in wanted, f"{label} signed by {members} of {group}: {outcome}"
            tried[next(iter(sorted(wanted)))] += 1
            if number is not None and number > 1:
                outcome = realm.fork().try_(payload, *roles_of(group, number - 1))
                assert outcome == "waiting", f"{label}, {number - 1} of {group}: {outcome}"
            if number is not None and members > number:
                assert realm.fork().try_(payload, *roles_of(group, number)) in EFFECTIVE, label
    print(dict(tried))


def test_one_stranger_makes_a_statement_void_and_a_second_entitled_body_does_not() -> None:
    realm = begun()
    for label, payload, entitled, watching in statements():
        for group, number in entitled.items():
            for other in GROUPS:
                if other == group:
                    continue
                outcome = realm.fork().try_(payload, *roles_of(group, number), *roles_of(other, 1))
                if other in entitled or other in watching:
                    assert outcome in EFFECTIVE, (
                        f"{label}: {number} of {group} and 1 of {other}: {outcome}"
                    )
                else:
                    assert outcome in STRANGER, (
                        f"{label}: {number} of {group} and 1 of {other}: {outcome}"
                    )


def test_parts_of_several_bodies_do_not_add_up() -> None:
    realm = begun()
    for label, payload, entitled, _ in statements():
        some = [f"{group}-1" for group, number in entitled.items() if number > 1]
        if len(some) > 1 and all(number > 1 for number in entitled.values()):
            assert realm.fork().try_(payload, *some) == "waiting", label


def test_a_key_may_end_itself_but_not_cast_doubt() -> None:
    realm = begun()
    for body, *_ in SPARES:
        own = builders.revoke(keyid=keyid(f"spare-{body}"))
        fork = realm.fork()
        assert fork.try_(own, f"spare-{body}") == "effective", body
        assert (
            fork.try_({**own, "at": "2024-11-28T01:00:00+07:00"}, f"spare-{body}")
            == "void unknown-key"
        )
        doubt = {**own, "suspect_from": 1}
        assert realm.fork().try_(doubt, f"spare-{body}") == "void not-entitled", body
        assert (
            realm.fork()
            .try_(own, "ppk-90.01.01-3", f"spare-{body}")
            .startswith("effective" if body == "kpps" else "void")
        ), body


def test_an_owner_who_signs_with_his_granters_is_no_stranger() -> None:
    realm = begun()
    for body, _, _, granters in SPARES:
        own = builders.revoke(keyid=keyid(f"spare-{body}"))
        assert realm.fork().try_(own, *granters, f"spare-{body}") == "effective", body


def test_nothing_ends_a_root_an_operator_or_an_unknown_key() -> None:
    realm = begun()
    for role in ("kpu-1", "operator-1", "nobody-1", "lain-kpu-1", "lain-ppk-90.01.01-1"):
        payload = builders.revoke(keyid=keyid(role))
        assert realm.fork().try_(payload, *names("kpu", 2)) == "void key", role
        assert realm.fork().try_(payload, role) != "effective", role


def test_an_ended_key_is_unknown_to_later_entries() -> None:
    fork = begun().fork()
    payload = builders.form(region="90.01.01.1001", tps="002")
    people = names("kpps-90.01.01.1001-002")
    assert (
        fork.try_(builders.revoke(keyid=keyid(people[0])), *names("ppk-90.01.01", 2)) == "effective"
    )
    again = builders.revoke(keyid=keyid(people[0]), reason="stolen")
    assert fork.try_(again, *names("ppk-90.01.01", 2)) == "void already"
    assert fork.try_(payload, *people) == "void unknown-key"
    assert fork.try_(payload, *people[1:]) == "waiting"
    assert fork.try_(payload, people[0]) == "void unknown-key"


def test_a_signature_counts_if_its_key_ended_only_afterwards() -> None:
    fork = begun().fork()
    payload = builders.form(region="90.01.01.1001", tps="002")
    people = names("kpps-90.01.01.1001-002")
    assert fork.try_(payload, people[0]) == "waiting"
    assert (
        fork.try_(builders.revoke(keyid=keyid(people[0])), *names("ppk-90.01.01", 2)) == "effective"
    )
    assert fork.try_(payload, *people[1:]) == "head"


def test_who_signed_while_it_was_his_to_sign_does_not_spoil_the_signatures_of_others() -> None:
    """The roots may end a key that nobody knows; once it is granted, that is for its granters."""
    fork = begun().fork()
    payload = builders.revoke(keyid=keyid("new-1"))
    assert fork.try_(payload, "kpu-1") == "waiting"
    ppk = names("ppk-90.01.01", 2)
    assert fork.try_(grant("kpps", KELURAHAN[0], ["new-1"], tps="001"), *ppk) == "effective"
    assert fork.try_(payload, "kpu-2") == "void not-entitled"
    assert fork.try_(payload, *ppk) == "effective"


def test_two_keys_of_one_person_count_once() -> None:
    fork = begun().fork()
    person = {**builders.person("kpps-90.01.01.1001-001-1", "ketua"), **key("second phone")}
    payload = {**grant("kpps", "90.01.01.1001", ["x"], tps="001"), "persons": [person]}
    assert fork.try_(payload, *names("ppk-90.01.01", 2)) == "effective"
    form = builders.form(**C, valid=216, revision=1)
    first, second, third = names("kpps-90.01.01.1001-001")
    assert fork.try_(form, first, second, "second phone") == "waiting"
    assert fork.try_(form, third) == "rival"


@pytest.mark.parametrize(
    "holder", ["kpps-90.01.01.1002-001-2", "kpu-1", "operator-1", "lain-kpu-2"]
)
def test_a_key_belongs_to_one_person_for_ever(holder: str) -> None:
    fork = begun().fork()
    taken = {**builders.person("someone-else"), **key(holder)}
    payload = {
        **grant("kpps", "90.01.01.1001", ["x"], tps="001"),
        "persons": [builders.person("fresh"), taken],
    }
    assert fork.try_(payload, *names("ppk-90.01.01", 2)) == "void key-taken"
    assert fork.state.keys.get(keyid(holder))["person"] != "someone-else"
    fresh = {**payload, "persons": [builders.person("fresh")]}
    assert fork.try_(fresh, *names("ppk-90.01.01", 2)) == "effective", "the void grant took no key"


UNUSABLE = [
    *((keys.ED25519, number.to_bytes(32, "little")) for number in (
        0, 1, 2**255 - 20, 2**255 - 19 + 3, 2**256 - 1,
    )),
    (keys.WEBAUTHN, b"\x02" + b"\xff" * 32),
]  # fmt: skip
"""Points of small order, encodings that are not canonical, and a passkey that is no point."""


@pytest.mark.parametrize(("alg", "public"), UNUSABLE)
def test_a_key_by_which_nothing_verifies_is_registered_by_no_log(alg: str, public: bytes) -> None:
    """Intake refuses it; the log of somebody else's intake may hold it, and gains nothing."""
    weak = builders.named_key(alg, public)
    realm = begun()
    fork = realm.fork()
    payload = {
        **grant("kpps", "90.01.01.1001", ["x"], tps="001"),
        "persons": [builders.person("fresh"), {**builders.person("weak"), **weak}],
    }
    assert fork.try_(payload, *names("ppk-90.01.01", 2)) == "void unacceptable-key"
    new = roots()
    new["bawaslu"] = builders.keyset(key("baru-1"), weak)
    election = _revised(realm, roots=new)
    assert fork.try_(election, *names("kpu", 2), *names("operator", 2)) == "void unacceptable-key"
    assert fork.state.keys.get(keys.PublicKey(alg, public).keyid) is None
    fresh = {**payload, "persons": [builders.person("fresh")]}
    assert fork.try_(fresh, *names("ppk-90.01.01", 2)) == "effective"
    log = {**payload_of(realm.entries[0]), "operators": builders.keyset(key("operator-1"), weak)}
    state = State()
    fold(state, sign(builders.encode(log), [signer("operator-1")]))
    assert state.entry(0)["why"] == "unacceptable-key"
    assert state.meta.get("log") is None


def test_an_ended_key_stays_taken() -> None:
    fork = begun().fork()
    gone = "kpps-90.01.01.1001-001-3"
    assert fork.try_(builders.revoke(keyid=keyid(gone)), *names("ppk-90.01.01", 2)) == "effective"
    payload = {
        **grant("kpps", "90.01.01.1001", [gone], tps="001"),
        "at": "2024-11-28T01:00:00+07:00",
    }
    assert fork.try_(payload, *names("ppk-90.01.01", 2)) == "void key-taken"


# ------------------------------------------------------------------ who stands in, and policy


def _kabko_contest() -> list[dict[str, Any]]:
    return [builders.contest(id="bupati-90.01", office="regent", region="90.01")]


def _kabko_roster(realm: Realm) -> dict[str, Any]:
    before = realm.fork().state.regions.get(f"{builders.ELECTION}/90.01")["roster"]
    return builders.roster("90.01", revision=2, previous=before)


def test_a_folder_says_no_acting_that_an_import_refuses_and_no_day_that_the_log_lacks() -> None:
    fork = Realm(mode="replay", contests=_kabko_contest(), other=False).fork()
    for body, region, by in (
        ("kpu_prov", "90", names("kpu", 2)), ("kpu_kabko", "90.01", names("kpu", 2)),
    ):  # fmt: skip
        acting = grant(body, region, [f"selaku-{region}"], acting="kpu")
        assert fork.try_(acting, *by) == "effective", fork.last
    files = dict(fork.site().folders())
    told = files[f"{builders.ELECTION}/acting.toml"].decode()
    assert [line for line in told.splitlines() if "region" in line] == ['region = "90.01"']
    assert told.startswith("# "), "where its day comes from"
    left = files[f"{builders.ELECTION}/left-out.csv"].decode().splitlines()
    assert f"{fork.state.size - 2},grant,effective," in left


def test_without_a_contest_of_a_province_the_root_stands_in() -> None:
    realm = Realm(contests=_kabko_contest(), other=False)
    at_kabko = {"contest": "bupati-90.01", "region": "90.01"}
    fork = realm.fork()
    form = builders.form("d_hasil_kabko", **at_kabko)
    assert fork.try_(form, *names("kpu-kabko-90.01")) == "head"
    realm.keep(fork)
    accept = builders.answer("d_hasil_kabko", **at_kabko, accept=fork.last["id"])
    for label, payload in {
        "roster": _kabko_roster(realm),
        "grant": grant("kpu_kabko", "90.01", ["new-1"]),
        "revoke": builders.revoke(keyid=keyid("kpu-kabko-90.01-3"), suspect_from=1),
        "answer": accept,
    }.items():
        assert realm.fork().try_(payload, *names("kpu", 2)) == "effective", label
        assert realm.fork().try_(payload, "kpu-1") == "waiting", label
        assert realm.fork().try_(payload, *names("kpu-prov-90")) == "void not-entitled", label
    decided = builders.determination(contest="bupati-90.01", region="90.01")
    assert realm.fork().try_(decided, *names("kpu-kabko-90.01")) == "effective"
    assert realm.fork().try_(decided, *names("kpu", 3)) == "void not-entitled"
    above = builders.form("d_hasil_prov", contest="bupati-90.01")
    assert realm.fork().try_(above, *names("kpu", 2)) == "void region"
    below = builders.form(contest="bupati-90.01", region="90.02.01.1001", tps="001")
    assert realm.fork().try_(below, *names("kpps-90.02.01.1001-001")) == "void region"


def test_beside_a_contest_of_the_province_nobody_stands_in() -> None:
    realm = Realm(contests=[*_kabko_contest(), builders.contest()], other=False)
    assert realm.fork().try_(_kabko_roster(realm), *names("kpu", 2)) == "void not-entitled"
    assert realm.fork().try_(_kabko_roster(realm), *names("kpu-prov-90", 2)) == "effective"
    decided = builders.determination(contest="bupati-90.01", region="90.01")
    assert realm.fork().try_(decided, *names("kpu-prov-90")) == "void not-entitled"
    assert realm.fork().try_(decided, *names("kpu-kabko-90.01")) == "effective"
    wrong = builders.determination(contest="bupati-90.01", region="90")
    assert realm.fork().try_(wrong, *names("kpu-prov-90")) == "void region"


POLICY = {
    "c_hasil": ("form c_hasil", "kpps-90.01.01.1001-001"),
    "d_hasil_kelurahan": ("form d_hasil_kelurahan", "ppk-90.01.01"),
    "d_hasil_kecamatan": ("form d_hasil_kecamatan", "ppk-90.01.01"),
    "d_hasil_kabko": ("form d_hasil_kabko", "kpu-kabko-90.01"),
    "d_hasil_prov": ("form d_hasil_prov", "kpu-prov-90"),
    "determination": ("determination", "kpu-prov-90"),
    "roster": ("roster 90.01", "kpu-prov-90"),
    "grant": ("grant ppk 90.01.01", "kpu-kabko-90.01"),
    "answer": ("accept c_hasil", "ppk-90.01.01"),
}


@pytest.mark.parametrize(
    ("name", "fields"),
    [("recommendation", builders.recommendation("bawaslu_prov", number="1/PL")),
     ("response", builders.response("scheduled", body="kpu_prov", region="90", to="0" * 64))],
)  # fmt: skip
def test_the_policy_replaces_how_many_recommend_and_respond(
    name: str, fields: dict[str, Any]
) -> None:
    for number in (1, 2, 4):
        state = Realm(other=False, policy={name: number}).fork().state
        (asked,) = requirements(state, fields)
        assert {office.number for office in asked.offices} == {number}
    assert THRESHOLDS.keys() == {*POLICY, "recommendation", "response"}


@pytest.mark.parametrize("name", sorted(POLICY))
def test_the_policy_of_an_election_replaces_a_number(name: str) -> None:
    realm = Realm(other=False)
    label, office = POLICY[name]
    plain = {one: payload for one, payload, _, _ in statements()}[label]
    payload = {k: v for k, v in plain.items() if k not in ("previous", "accept")}
    if payload["kind"] == "form":
        payload = {**payload, "revision": 1}
        del payload["reason"]
    for number in (1, 2):
        changed = Realm(other=False, policy={name: number})
        fork = changed.fork()
        if payload["kind"] == "roster":
            before = fork.state.regions.get(f"{builders.ELECTION}/90.01")["roster"]
            payload |= {"revision": 2, "previous": before}
        if payload["kind"] == "answer":
            accepted = sent(fork, "c_hasil", C, "kpps-90.01.01.1001-001")
            payload |= {"accept": accepted, "explains": [{"rule": "R8", "text": "Salah tulis."}]}
        if number > 1:
            lone = fork.try_(payload, f"{office}-1")
            assert lone == "waiting", f"{name} {number}: {lone}"
            continue
        assert fork.try_(payload, f"{office}-1") in EFFECTIVE, f"{name} {number}"
    assert realm.size > 0


def test_a_higher_number_is_asked_too() -> None:
    realm = Realm(other=False, policy={"c_hasil": 4})
    assert realm.fork().try_(builders.form(**C), *names("kpps-90.01.01.1001-001")) == "waiting"


# ------------------------------------------------------------------ the log and the elections


def _revised(realm: Realm, **fields: Any) -> dict[str, Any]:
    record = realm.fork().state.meta.get(f"election/{builders.ELECTION}")
    return {**realm.election, "revision": 2, "previous": record["statement"], **fields}


def test_an_election_needs_its_roots_and_the_operators() -> None:
    realm = begun()
    fresh = builders.election(election="pemilihan-baru", roots=roots("baru-"))
    revised = _revised(realm)
    for payload, kpu in ((fresh, "baru-kpu"), (revised, "kpu")):
        for ours, theirs, wanted in (
            (2, 2, "effective"), (3, 3, "effective"), (1, 2, "waiting"), (2, 1, "waiting"),
            (0, 3, "waiting"), (3, 0, "waiting"),
        ):  # fmt: skip
            roles = [*names(kpu, ours), *names("operator", theirs)]
            assert realm.fork().try_(payload, *roles) == wanted, (kpu, ours, theirs)
        for stranger in ("lain-kpu-1", "kpu-prov-90-1", "bawaslu-1", "baru-bawaslu-1"):
            outcome = realm.fork().try_(payload, *names(kpu, 2), *names("operator", 2), stranger)
            assert outcome in STRANGER, stranger
    assert realm.fork().try_(fresh, *names("kpu", 2), *names("operator", 2)) == "void not-entitled"


def test_the_roots_of_the_revision_before_sign_the_next_one() -> None:
    realm = begun()
    new = roots()
    new["kpu"] = builders.keyset(key("baru-1"), key("kpu-2"), key("baru-3"), k=2)
    payload = _revised(realm, roots=new)
    operators = names("operator", 2)
    assert realm.fork().try_(payload, "baru-1", "baru-3", *operators) == "void unknown-key"
    assert realm.fork().try_(payload, "baru-1", "kpu-2", *operators) == "void unknown-key"
    fork = realm.fork()
    assert fork.try_(payload, "kpu-1", "kpu-2", *operators) == "effective"
    person = grant("kpu_prov", "90", ["new-1"])
    assert fork.try_(person, "kpu-1", "kpu-2") == "void unknown-key", "kpu-1 ended"
    assert fork.try_(person, "baru-1", "kpu-2") == "effective"
    assert fork.state.keys.get(keyid("kpu-2"))["grant"] == 2, "where it was named first"
    assert fork.state.keys.get(keyid("baru-1"))["grant"] == realm.size
    record = fork.state.meta.get(f"election/{builders.ELECTION}")
    assert record["first_roots"] == sorted(keyid(f"kpu-{n}") for n in (1, 2, 3))
    again = {
        **payload,
        "revision": 3,
        "previous": fork.state.entry(realm.size)["id"],
        "roots": roots(),
    }
    assert fork.try_(again, "baru-1", "baru-3", *operators) == "void key-taken", (
        "kpu-1 is no root again"
    )


def test_a_root_of_one_body_does_not_become_one_of_another() -> None:
    realm = begun()
    new = roots()
    new["kpu"] = builders.keyset(key("kpu-1"), key("kpu-2"), k=2)
    new["bawaslu"] = builders.keyset(key("kpu-3"))
    payload = _revised(realm, roots=new)
    outcome = realm.fork().try_(payload, *names("kpu", 2), *names("operator", 2))
    assert outcome == "void key-taken"


@pytest.mark.parametrize("role", ["log", "receipt", "operator-1"])
def test_keys_of_entry_0_are_granted_to_nobody_and_are_no_roots(role: str) -> None:
    """Whoever runs the log would be an officer of a TPS, or the other way round."""
    realm = begun()
    person = grant("kpps", KELURAHAN[0], [role], tps="001")
    assert realm.fork().try_(person, *names("ppk-90.01.01", 2)) == "void key-taken"
    new = roots()
    new["kpu"]["keys"].append(key(role))
    signers = (*names("kpu", 2), *names("operator", 2))
    assert realm.fork().try_(_revised(realm, roots=new), *signers) == "void key-taken"


@pytest.mark.parametrize("role", ["log", "receipt"])
def test_the_keys_of_log_and_receipts_sign_no_statement(role: str) -> None:
    realm = begun()
    assert realm.fork().try_(builders.close(), role, *names("operator", 2)) == "void not-entitled"
    other = next(one for one in ("log", "receipt") if one != role)
    assert realm.fork().try_(builders.close(), other) == "void not-entitled"


@pytest.mark.parametrize("taken", ["log", "receipt", "both"])
def test_a_log_whose_keys_are_not_its_own_each_begins_nothing(taken: str) -> None:
    world = World()
    log_key = builders.vkey(world.origin, signer("log").public)
    same = signer("log" if taken == "both" else "receipt").public
    operators = [key("operator/1"), *([] if taken == "both" else [key(taken)])]
    world.add(
        builders.log(
            log=world.origin, mode=world.mode, log_key=log_key,
            receipt_key=builders.vkey(f"{world.origin}/receipt", same),
            operators=builders.keyset(*operators, k=1), policy=[f"log {log_key}", "quorum none"],
        ),
        "operator/1",
    )  # fmt: skip
    assert (world.last["status"], world.last["why"]) == ("void", "key-taken")


def test_new_roots_in_another_order_are_persons_of_their_own() -> None:
    """Two keys that stand first in two revisions are two persons."""
    realm = begun()
    new = roots()
    new["kpu"] = builders.keyset(key("baru-1"), key("kpu-1"), key("kpu-2"), k=2)
    fork = realm.fork()
    assert (
        fork.try_(_revised(realm, roots=new), *names("kpu", 2), *names("operator", 2))
        == "effective"
    )
    assert fork.try_(grant("kpu_prov", "90", ["new-1"]), "baru-1", "kpu-1") == "effective"


def _contest(*pairs: dict[str, Any]) -> list[dict[str, Any]]:
    """The realm's contest with pair 1 and these."""
    return [builders.contest(pairs=[builders.pair(1), *pairs])]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"revision": 3}, "void previous"),
        ({"previous": builders.hex_id("other")}, "void previous"),
        ({"name": {"id": "Lain", "en": "Other"}}, "void previous"),
        ({"date": "2024-11-28"}, "void previous"),
        ({"timezone": "Asia/Jayapura"}, "void previous"),
        ({"policy": {"c_hasil": 1}}, "void previous"),
        ({"contests": [builders.contest(win="majority")]}, "void previous"),
        ({"contests": [builders.contest(region="91")]}, "void previous"),
        ({"contests": _contest(builders.pair(2), builders.pair(3))}, "void previous"),
        ({"contests": _contest(), "roots": {"kpu": roots()["kpu"]}}, "void previous"),
        ({"contests": _contest(builders.empty_column(2))}, "void previous"),
        ({"contests": _contest(builders.pair(2, names=["Lain", "Juga"]))}, "void previous"),
        ({"contests": [builders.contest(), builders.contest(id="kedua")]}, "void previous"),
        ({"contests": _contest(builders.pair(2, notes=[builders.note()]))}, "effective"),
    ],
)  # fmt: skip
def test_a_later_revision_only_withdraws_a_pair_or_changes_roots(
    fields: dict[str, Any], wanted: str
) -> None:
    realm = begun()
    payload = _revised(realm, **fields)
    assert realm.fork().try_(payload, *names("kpu", 2), *names("operator", 2)) == wanted


def test_a_later_revision_drops_no_contest_and_names_no_other_source() -> None:
    realm = Realm(mode="replay", other=False, source="Sumber satu",
                  contests=[builders.contest(), *_kabko_contest()])  # fmt: skip
    for fields, wanted in (
        ({}, "effective"),
        ({"contests": [builders.contest()]}, "void previous"),
        ({"source": "Sumber dua"}, "void previous"),
    ):
        payload = _revised(realm, at="2024-11-26T00:00:00+07:00", **fields)
        outcome = realm.fork().try_(payload, *names("kpu", 2), *names("operator", 2))
        assert outcome == wanted, fields


def test_a_withdrawn_pair_does_not_come_back() -> None:
    realm = begun()
    gone = _contest(builders.pair(2, notes=[builders.note()]))
    fork = realm.fork()
    payload = _revised(realm, contests=gone)
    assert fork.try_(payload, *names("kpu", 2), *names("operator", 2)) == "effective"
    back = {**payload, "revision": 3, "previous": fork.last["id"], "contests": realm.contests}
    assert fork.try_(back, *names("kpu", 2), *names("operator", 2)) == "void previous"


def test_an_election_cannot_begin_twice_nor_in_the_middle() -> None:
    realm = begun()
    again = {**realm.election, "at": "2024-11-01T00:00:00+07:00"}
    assert realm.fork().try_(again, *names("kpu", 2), *names("operator", 2)) == "void previous"
    fresh = builders.election(election="baru", roots=roots("baru-"), revision=2)
    assert realm.fork().try_(fresh, *names("operator", 2)) == "waiting"
    assert realm.fork().try_(fresh, *names("baru-kpu", 2)) == "void unknown-key"


@pytest.mark.parametrize("taken", ["kpu-1", "operator-1", "ppk-90.01.01-1", "lain-bawaslu-1"])
def test_a_new_election_takes_no_key_that_has_an_owner(taken: str) -> None:
    mine = roots("baru-")
    mine["bawaslu"] = builders.keyset(key(taken), key("baru-bawaslu-2"), k=1)
    payload = builders.election(election="pemilihan-baru", roots=mine)
    outcome = begun().fork().try_(payload, *names("baru-kpu", 2), *names("operator", 2))
    assert outcome == "void key-taken"


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        (builders.form(**C, log="rekap.example/replay/log"), "void other-log"),
        (builders.form(**C, election="tidak-ada"), "void no-election"),
        (builders.form(**C, contest="tidak-ada"), "void contest"),
        (builders.form(**C, pair_3=1), "void pairs"),
        (builders.form("summary", region="90.01.01"), "void replay-only"),
        (builders.log(log="rekap.example/rehearsal/log"), "void not-first"),
    ],
)
def test_what_cannot_be_of_this_log_or_election(payload: dict[str, Any], wanted: str) -> None:
    roles = names("kpu", 2) if payload.get("form") == "summary" else names("kpps-90.01.01.1001-001")
    if payload["kind"] == "log":
        roles = names("operator", 2)
    assert begun().fork().try_(payload, *roles) == wanted


@pytest.mark.parametrize(
    ("mode", "origin", "wanted"),
    [
        ("live", "rekap.example/log", "replay-only"),
        ("rehearsal", "rekap.example/rehearsal/log", "replay-only"),
        ("replay", "rekap.example/replay/log", None),
    ],
)
def test_only_a_replay_says_by_which_release_it_is_fixed(
    mode: str, origin: str, wanted: str | None
) -> None:
    world = World(mode=mode)
    world.origin = origin
    world.open()
    world.add(builders.publication(fixed=True), "operator/1")
    assert world.last.get("why") == wanted


def test_a_place_that_no_roster_names_is_no_place() -> None:
    realm = begun()
    ppk, kabko = names("ppk-90.01.01", 2), names("kpu-kabko-90.01", 2)
    station = grant("kpps", KELURAHAN[0], ["n"], tps="009")
    assert realm.fork().try_(station, *ppk) == "void tps"
    assert realm.fork().try_(grant("ppk", "90.01.03", ["n"]), *kabko) == "void region"
    assert realm.fork().try_(builders.form(region=KELURAHAN[0], tps="009"), *ppk) in STRANGER


def test_a_void_statement_leaves_the_register_as_it_was() -> None:
    """Signers of a void statement are forgotten: the same statement may come again with effect."""
    realm = begun()
    for label, payload, entitled, _ in statements():
        group, number = next(iter(entitled.items()), ("nobody", 1))
        fork = realm.fork()
        if payload["kind"] == "form":
            continue
        fork.try_(payload, *names(group, number), "lain-kpu-1")
        after = fork.state.ids.get(fork.last["id"] or "")
        assert fork.last["status"] == "void", label
        assert after is None, label
        assert not list(fork.state.signed.scan(f"{keyid('lain-kpu-1')}/{realm.size:010d}")), label


def test_a_statement_that_turned_out_void_may_come_again_with_effect() -> None:
    fork = begun().fork()
    ppk = names("ppk-90.01.01", 2)
    kabko = names("kpu-kabko-90.01", 2)
    place = fork.state.regions.get(f"{builders.ELECTION}/{KELURAHAN[0]}")
    second = builders.roster(KELURAHAN[0], revision=2, previous=place["roster"])
    third = builders.roster(KELURAHAN[0], revision=3, previous=_id_of(fork, second))
    assert fork.try_(third, *kabko) == "void previous"
    assert fork.state.ids.get(_id_of(fork, third)) is None
    assert not [k for k, _ in fork.state.signed.scan("") if k.endswith(f"/{begun().size:010d}")]
    assert fork.try_(second, *kabko) == "effective"
    assert fork.try_(third, *kabko) == "effective"
    waiting = grant("kpps", KELURAHAN[0], ["kpu-1"], tps="001")
    assert fork.try_(waiting, ppk[0]) == "waiting"
    assert fork.try_(waiting, ppk[1]) == "void key-taken"
    known = fork.state.ids.get(_id_of(fork, waiting))
    assert len(known["entries"]) == 1
    assert [signer["keyid"] for signer in known["signers"]] == [keyid(ppk[0])]


def _id_of(fork: Fork, payload: dict[str, Any]) -> str:
    return statement_id(builders.encode({**payload, "log": fork.origin}))


def test_a_determination_that_was_wrong_is_replaced_by_its_next_revision() -> None:
    fork = begun().fork()
    assert fork.try_(builders.determination(), *names("kpu-prov-90")) == "effective"
    lower = builders.determination(region="90.01.01")
    assert fork.try_(lower, *names("ppk-90.01.01")) == "void not-entitled"
    first, index = fork.state.entry(fork.state.size - 2)["id"], fork.state.size - 2
    rival = builders.determination(number="2 Tahun 2024")
    assert fork.try_(rival, *names("kpu-prov-90")) == "void previous", "there are no rivals"
    for fields in (
        {"revision": 3, "previous": first}, {"revision": 2, "previous": builders.hex_id("other")},
    ):  # fmt: skip
        lost = builders.determination(**fields)
        assert fork.try_(lost, *names("kpu-prov-90")) == "void previous"
    again = builders.determination(number="2 Tahun 2024", revision=2, previous=first)
    assert fork.try_(again, *names("kpu-prov-90")) == "effective"
    found = fork.state.meta.get(f"determination/{builders.ELECTION}/{builders.CONTEST}")
    assert (found["number"], found["revision"]) == ("2 Tahun 2024", 2)
    assert found["earlier"] == [index]
    assert fork.try_({**again, "at": "2024-12-09T00:00:00+07:00"}, *names("kpu-prov-90")) == (
        "void previous"
    )


def test_the_first_determination_of_a_contest_is_revision_1() -> None:
    late = builders.determination(revision=2, previous=builders.hex_id("none"))
    assert begun().fork().try_(late, *names("kpu-prov-90")) == "void previous"


def test_a_log_closes_once_and_its_release_is_the_newest() -> None:
    fork = begun().fork()
    operators = names("operator", 2)
    closed = fork.state.size
    for at in ("2024-12-20T00:00:00+07:00", "2024-12-21T00:00:00+07:00"):
        assert fork.try_(builders.close(at=at), *operators) == "effective"
    assert fork.state.meta.get("closed") == {"index": closed, "statements": 0, "forms": 0}
    for number in range(3):
        verifier = builders.hex_id(f"verifier {number}")
        release = builders.hex_id(f"release {number}")
        payload = builders.publication(release=release, verifier=verifier)
        assert fork.try_(payload, *operators) == "effective"
        assert fork.state.meta.get("publication")["release"] == release
    assert fork.state.meta.get("publication")["verifier"] == verifier


def test_who_is_asked_to_sign_is_the_body_that_lacks_least() -> None:
    """The nearest one of several that lack the same part of their number."""
    fork = Realm(other=False, policy={"answer": 5}).fork()
    accept = {**builders.answer(**C, accept=builders.hex_id("any")), "log": fork.origin}
    for roles, body in (
        ([], "ppk"),
        (["kpu-kabko-90.01-1"], "kpu_kabko"),
        (["ppk-90.01.01-1", "kpu-kabko-90.01-1"], "ppk"),
        (["ppk-90.01.01-1", "ppk-90.01.01-2", "kpu-1"], "roots.kpu"),
    ):
        signers = [(keyid(role), fork.state.keys.get(keyid(role))) for role in roles]
        (shortfall,) = judge(requirements(fork.state, accept), accept, signers).shortfalls
        assert shortfall.office.body == body, roles


def test_enough_signers_and_a_stranger_are_not_effective() -> None:
    state = begun().fork().state
    payload = {**builders.form(**C), "log": begun().origin}
    for stranger, effective in (([], True), (["kpu-1"], False)):
        roles = [*names("kpps-90.01.01.1001-001"), *stranger]
        signers = [(keyid(role), state.keys.get(keyid(role))) for role in roles]
        assert judge(requirements(state, payload), payload, signers).effective is effective


def _later(before: dict[str, Any], statement: str, *keys: str, k: int) -> dict[str, Any]:
    """The next revision of an election, with other roots."""
    return {
        **before, "revision": before["revision"] + 1, "previous": statement,
        "roots": {"kpu": builders.keyset(*map(key, keys), k=k)},
    }  # fmt: skip


@pytest.mark.parametrize("early", [True, False])
def test_operators_alone_take_no_election_over_by_a_second_revision(early: bool) -> None:
    """Roots of their own signed revision 2 while revision 1 waited, and stood in it afterwards."""
    world = World()
    world.open()
    true = builders.election(roots={"kpu": builders.keyset(*map(key, names("kpu", 2)), k=2)})
    first = statement_id(builders.encode({**true, "log": world.origin}))
    evil = _later(true, first, *names("evil", 2), k=2)
    if early:
        world.add(evil, *names("evil", 2))
        assert world.last["why"] == "unknown-key"
    assert world.add(true, *names("kpu", 2)) == first
    assert world.last["status"] == "waiting"
    world.add(evil, *names("evil", 2))
    assert world.last["why"] == "unknown-key"
    world.add(evil, "operator/1")
    assert world.last["status"] == "waiting"
    world.add(true, "operator/1")
    assert world.last["status"] == "effective"
    world.add(evil, "operator/1", *names("evil", 2))
    assert world.last["why"] == "unknown-key"
    assert world.state.meta.get(f"election/{builders.ELECTION}")["statement"] == first
    assert first_roots(world.state)[builders.ELECTION][1] == tuple(
        sorted(map(keyid, names("kpu", 2)))
    )


def test_a_root_that_a_revision_dropped_carries_none_that_waited() -> None:
    """A stolen root signed revision 3, revision 2 dropped it, and the operators completed 3."""
    world = World()
    world.open()
    first = builders.election(roots={"kpu": builders.keyset(*map(key, names("kpu", 2)), k=1)})
    one = world.add(first, "kpu-2", "operator/1")
    second = _later(first, one, "kpu-2", k=1)
    two = world.add(second, "kpu-2")
    third = _later(second, two, "evil-1", k=1)
    three = world.add(third, "kpu-1")
    assert world.last["status"] == "waiting"
    world.add(second, "operator/1")
    world.add(third, "operator/1")
    assert world.last["status"] == "waiting", "kpu-1 is no root any more"
    world.add(third, "kpu-2")
    assert world.last["status"] == "effective"
    signers = world.state.ids.get(three)["signers"]
    counted = {one["keyid"]: one["counted"] for one in signers}
    assert counted == {keyid("kpu-1"): False, keyid("kpu-2"): True, keyid("operator/1"): True}


def test_a_root_that_a_revision_dropped_signs_no_roster_that_waited() -> None:
    """A stolen root's signature would have waited for the next stolen one for ever."""
    world = World()
    world.open()
    first = builders.election(roots={"kpu": builders.keyset(*map(key, names("kpu", 3)), k=2)})
    one = world.add(first, *names("kpu", 2), "operator/1")
    world.add(builders.roster("id"), "kpu-1")
    world.add(_later(first, one, "kpu-2", "kpu-3", k=2), "kpu-2", "kpu-3", "operator/1")
    assert world.last["status"] == "effective"
    world.add(builders.roster("id"), "kpu-2")
    assert world.last["status"] == "waiting"
    world.add(builders.roster("id"), "kpu-3")
    assert world.last["status"] == "effective"


def test_the_election_that_would_make_the_anchors_unreadable_is_void() -> None:
    """62 elections of 32 roots: policy.txt was above its bound, and no anchors could be read."""
    world = World()
    world.open()
    for n in range(effects.ELECTIONS_MAX + 1):
        named = [key(f"root/{n}/{i}") for i in range(32)]
        begun = builders.election(
            election=f"{n:02}{'e' * 62}", roots={"kpu": builders.keyset(*named, k=1)}
        )
        world.add(begun, f"root/{n}/0", "operator/1")
        told = (world.last["status"], world.last.get("why"))
        assert told == (("void", "limit") if n == effects.ELECTIONS_MAX else ("effective", None))
    text = policy(Context(world.state, world.entries.__getitem__))
    Policy.parse(text)
    assert len(text) + 100 * (200 * 4 + 1) <= MAX_POLICY, "with the longest lines of entry 0"
