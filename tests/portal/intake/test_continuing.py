"""What continues something: later revisions, and more signatures below the same statement."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from tests.portal.intake.office import Office
from tests.portal.intake.statements import KABKO, PPK, ROOTS, sheet
from tests.portal.intake.world import CONTEST, KELURAHAN, World, identify, key, sign, signer

WORLD = World.begun()


# ---------------------------------------------------------------- revisions


def test_a_log_begins_by_what_intake_takes_one_after_the_other() -> None:
    world = World()
    for entry in world.beginning():
        Office(world).takes(entry)
        world.log(entry)


def test_a_later_revision_of_an_election_names_its_own_roots_again() -> None:
    first = WORLD.election()
    later = WORLD.election(revision=2, previous=identify(first), policy={"c_hasil": 3})
    Office(WORLD).takes(sign(later, "operator-1", *ROOTS))


def test_nobody_else_may_be_granted_the_key_of_a_root() -> None:
    grant = WORLD.grant("kpu_prov", "31", count=1)
    grant["persons"][0] |= key("root-3") | {"person": "kpu-prov-31-9"}
    Office(WORLD).refuses(sign(grant, *ROOTS), 422, ("key-taken", "persons.0.key"))


def test_a_root_is_one_again_only_of_its_own_election_and_only_while_it_lasts() -> None:
    world = World.begun()
    first = world.election()
    roots = copy.deepcopy(first["roots"])

    def named(*kpu: str, **fields: Any) -> dict[str, Any]:
        keys = {"k": 2, "keys": [key(role) for role in kpu]}
        return world.election(roots=roots | {"kpu": keys}, **fields)

    second = named("root-1", "root-2", revision=2, previous=identify(first))
    world.log(sign(second, "operator-1", *ROOTS))
    for role, place in (("root-3", 2), (PPK[0], 2)):
        third = named("root-1", "root-2", role, revision=3, previous=identify(second))
        body = sign(third, "operator-1", *ROOTS)
        taken = ("key-taken", f"roots.kpu.keys.{place}.key")
        Office(world).refuses(body, 422, taken)
    body = sign(named("root-1", "new", election="pilkada-32"), "operator-1", "new", "root-1")
    answer = Office(world).send(body)
    assert ("key-taken", "roots.kpu.keys.0.key") in answer.errors


def test_one_election_ends_no_key_of_another() -> None:
    world = World.begun()
    roots = {"kpu": {"k": 1, "keys": [key("other-root")]}}
    world.log(sign(world.election(election="other", roots=roots), "operator-1", "other-root"))
    revoke = world.of_election("revoke", election="other", keyid=signer(PPK[0]).keyid,
                               reason="lost")  # fmt: skip
    Office(world).refuses(sign(revoke, "other-root"), 409, ("no-such-key", "keyid"))


def test_a_root_is_ended_by_a_revision_and_not_by_a_revocation() -> None:
    revoke = WORLD.of_election("revoke", keyid=signer("root-3").keyid, reason="lost")
    answer = Office(WORLD).send(sign(revoke, *ROOTS))
    assert ("no-such-key", "keyid") in answer.errors


@pytest.mark.parametrize("revision", [2, 3])
def test_revisions_have_no_gaps(revision: int) -> None:
    stations = [{"number": number, "registered": 400} for number in WORLD.stations]
    first = WORLD.roster(KELURAHAN, tps=stations)
    later = WORLD.roster(KELURAHAN, tps=stations[:2], revision=revision, previous=identify(first))
    body = sign(later, *KABKO[:2])
    if revision == 2:
        Office(WORLD).takes(body)
    else:
        Office(WORLD).refuses(body, 422, ("not-current", "revision"))


def test_a_revision_continues_the_one_in_force_and_not_another_statement() -> None:
    stations = [{"number": number, "registered": 400} for number in WORLD.stations]
    other = identify(WORLD.election())
    later = WORLD.roster(KELURAHAN, tps=stations, revision=2, previous=other)
    Office(WORLD).refuses(sign(later, *KABKO[:2]), 422, ("not-current", "revision"))
    unknown = {**later, "previous": "0" * 64}
    Office(WORLD).refuses(sign(unknown, *KABKO[:2]), 409, ("previous-not-ordered", "previous"))


def test_a_signature_below_a_form_whose_predecessor_never_came_is_refused() -> None:
    world = World.begun()
    orphan = world.form(revision=2, previous="0" * 64, reason={"code": "typing"})
    world.log(sign(orphan, *world.kpps()))
    more = sign(orphan, *world.kpps(count=4))
    Office(world).refuses(more, 409, ("previous-not-ordered", "previous"))


@pytest.mark.parametrize("logged", [True, False])
def test_a_signature_below_a_form_whose_signers_lost_their_keys_since(logged: bool) -> None:
    """It was refused as one of too few, and the fold takes it: those before count as they did."""
    office = Office(World.begun())
    world, roles = office.world, office.world.kpps(count=4)
    office.takes(sign(world.form(), *roles[:3]))
    if logged:
        office.log()
    for role in roles[:2]:
        lost = world.of_election("revoke", keyid=signer(role).keyid, reason="lost")
        world.log(sign(lost, *PPK))
    if logged:
        office.takes(sign(world.form(), roles[3]))
    else:
        assert office.send(sign(world.form(), roles[3])).codes == {"below-threshold"}


def test_below_a_statement_of_roots_those_that_were_dropped_count_no_more() -> None:
    office = Office(World.begun())
    world, first = office.world, office.world.election()
    kids = [{"code": code, "name": "Tempat", "level": "kabko"} for code in ("31.71", "31.72")]
    before = world.roster("31", children=kids[:1])
    roster = world.roster("31", revision=2, previous=identify(before), children=kids)
    office.takes(sign(roster, "root-1", "root-2"))
    office.log()
    kpu = {"k": 2, "keys": [key("root-3"), key("new")]}
    later = world.election(roots=first["roots"] | {"kpu": kpu}, revision=2,
                           previous=identify(first))  # fmt: skip
    world.log(sign(later, "operator-1", "root-1", "root-2"))
    assert office.send(sign(roster, "root-3")).codes == {"below-threshold"}


def test_an_answer_accepts_what_is_in_the_log_only() -> None:
    slot = {"contest": CONTEST, "form": "c_hasil", "region": KELURAHAN, "tps": "001"}
    answer = WORLD.of_election("answer", **slot, accept=identify(WORLD.form()))
    said = Office(WORLD).send(sign(answer, *PPK))
    assert ("previous-not-ordered", "accept") in said.errors


def test_a_station_that_is_left_out_later_may_still_send_its_form() -> None:
    world = World.begun()
    stations = [{"number": number, "registered": 400} for number in world.stations]
    first = world.roster(KELURAHAN, tps=stations)
    later = world.roster(KELURAHAN, tps=stations[:2], revision=2, previous=identify(first))
    world.log(sign(later, *KABKO[:2]))
    Office(world).takes(sign(world.form("003"), *world.kpps("003")))


# ---------------------------------------------------------------- more signatures


def test_one_more_signature_below_what_took_effect_brings_no_key_a_second_time() -> None:
    grant = WORLD.grant("kpps", KELURAHAN, tps="001", count=7)
    Office(WORLD).takes(sign(grant, *PPK))
    stations = [{"number": number, "registered": 400} for number in WORLD.stations]
    Office(WORLD).takes(sign(WORLD.roster(KELURAHAN, tps=stations), *KABKO))


def test_signatures_that_do_not_verify_get_no_receipt_of_those_that_did() -> None:
    office = Office(WORLD)
    good = sign(WORLD.form(), *WORLD.kpps())
    office.takes(good)
    other = json.loads(sign(WORLD.form("002"), *WORLD.kpps()))
    forged = json.loads(good) | {"signatures": other["signatures"]}
    answer = office.send(json.dumps(forged, separators=(",", ":"), sort_keys=True))
    assert (answer.status, answer.codes) == (401, {"bad-signature", "below-threshold"})


@pytest.mark.parametrize(
    ("sent", "asked", "holder"),
    [
        ([(1, 2, 3), (4,), (5,)], (1, 4), 1),
        ([(1, 2, 3), (4,), (5,)], (4, 5), 2),
        ([(1, 2, 3), (4,), (5,)], (5,), 2),
        ([(1, 2, 3), (4,), (1, 4, 5)], (1, 4), 2),
        ([(1, 2, 3), (4,), (1, 4, 5)], (3, 4), 1),
    ],
)
def test_the_receipt_is_of_the_first_that_holds_these_signatures_or_completes_them(
    sent: list[tuple[int, ...]], asked: tuple[int, ...], holder: int
) -> None:
    office, roles = Office(WORLD), WORLD.kpps(count=7)

    def signed(numbers: tuple[int, ...]) -> bytes:
        return sign(WORLD.form(), *(roles[number - 1] for number in numbers))

    taken = [office.takes(signed(numbers)) for numbers in sent]
    answer = office.send(signed(asked))
    assert (answer.status, answer.body["receipt"]) == (200, taken[holder].body["receipt"])


def test_who_signed_earlier_and_lost_the_key_since_counts_no_more() -> None:
    world = World.begun()
    office, roles = Office(world), world.kpps(count=7)
    office.takes(sign(world.form(), *roles[:3]))
    lost = world.of_election("revoke", keyid=signer(roles[0]).keyid, reason="lost")
    world.log(sign(lost, *PPK))
    office.takes(sign(world.form(), roles[3]))


def test_who_signed_earlier_and_was_replaced_since_does_not_spoil_the_signatures_of_others() -> (
    None
):
    world = World.begun()
    office = Office(world)
    grant: dict[str, Any] = world.grant("kpu_prov", "31", count=1)
    grant["persons"][0] |= key("new") | {"person": "kpu-prov-31-9"}
    office.takes(sign(grant, *ROOTS))
    roots = copy.deepcopy(world.election()["roots"])
    roots["kpu"]["keys"] = [key("root-2"), key("root-3")]
    later = world.election(revision=2, previous=identify(world.election()), roots=roots)
    world.log(sign(later, "operator-1", *ROOTS))
    office.takes(sign(grant, "root-3"))


# ---------------------------------------------------------------- bounds and words


def test_an_entry_of_65535_bytes_is_not_too_large() -> None:
    assert Office(WORLD).send("x" * 65_535).codes == {"not-json"}
    assert Office(WORLD).send("x" * 65_536).codes == {"too-large"}


def test_a_broken_column_is_named() -> None:
    form = sheet(WORLD)
    form["rows"]["pair_1"] = [form["rows"]["pair_1"][0] + 1]
    answer = Office(WORLD).send(sign(form, *PPK))
    columns = {one["child"] for one in answer.body["errors"] if one["rule"] == "X3"}
    assert columns == {KELURAHAN}


def test_a_body_of_a_region_is_not_said_to_be_of_a_tps() -> None:
    wrong = sheet(WORLD)
    wrong["rows"]["pair_1"] = [wrong["rows"]["pair_1"][0] + 1]  # else it is held
    answer = Office(WORLD).send(sign(wrong, PPK[0]))
    sentences = [one["en"] for one in answer.body["errors"] if one["code"] == "below-threshold"]
    assert len(sentences) == 1
    assert "PPK 31.71.06 must sign" in sentences[0]
