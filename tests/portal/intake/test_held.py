"""Held signatures: a form waits for its signers at the portal, never lost and never doubled."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from tests.fakes import FakeRecords
from tests.portal.intake.office import Answer, Office
from tests.portal.intake.statements import PPK, examples, sheet
from tests.portal.intake.world import (
    AT,
    CONTEST,
    KELURAHAN,
    World,
    figures,
    identify,
    key,
    sign,
    signer,
)

from rekap.core import codec
from rekap.core.errors import Conflict, Malformed, Rejected
from rekap.core.ledger import chain
from rekap.core.ledger.fold import fold
from rekap.core.log.entry import leaf_hash
from rekap.core.signing import envelope, note
from rekap.core.signing.note import NoteKey
from rekap.core.statements.model import slot_key
from rekap.portal.intake import held, receipt
from rekap.portal.intake.item import Holding

OTHER = figures((100, 90, 50))
DAY = 86_400


@pytest.fixture
def office() -> Office:
    return Office(World.begun())


def one(office: Office, number: int, **changed: Any) -> bytes:
    """Return the form of TPS 001 with the signature of one of its officers."""
    return sign(office.world.form(**changed), f"kpps-{KELURAHAN}-001-{number}")


def keyid(number: int) -> str:
    return signer(f"kpps-{KELURAHAN}-001-{number}").keyid


def slot(office: Office) -> str:
    return slot_key(office.world.form())


def opened(office: Office, answer: Answer) -> list[str]:
    """The lines of the note, which the receipts' key has signed."""
    name = receipt.key_name(office.world.origin)
    key = NoteKey.of(name, note.ED25519, signer("receipt").public)
    text, verified = note.open_note(answer.body["note"].encode(), [key])
    assert list(verified) == [key]
    return text.decode().splitlines()


# ---------------------------------------------------------------- held, and then logged


def test_three_telephones_one_after_another_make_one_entry(office: Office) -> None:
    id = identify(office.world.form())
    for number in (2, 3):
        answer = office.holds(one(office, number))
        assert answer.headers["location"] == f"held/{id}"
    assert answer.body["keyids"] == sorted([keyid(2), keyid(3)])
    done = office.takes(one(office, 1))
    assert (done.body["status"], done.body["id"]) == ("pending", id)
    assert office.bell.rung == ["sequence"]
    (record,) = office.records.pending(9)
    assert record.envelope == sign(office.world.form(), *office.world.kpps())
    office.log()
    head = office.world.get("heads", slot(office))
    assert head["id"] == id


def test_each_signer_gets_the_receipt_of_the_whole_by_sending_his_own_again(
    office: Office,
) -> None:
    for number in (2, 3):
        office.holds(one(office, number))
    done = office.takes(one(office, 1))
    for number in (1, 2, 3):
        again = office.send(one(office, number))
        assert (again.status, again.body["receipt"]) == (200, done.body["receipt"])


def test_the_receipt_is_of_the_entry_with_all_signatures_and_of_no_other(office: Office) -> None:
    """One of the last telephone's own bytes would never be met by the log."""
    for number in (2, 3):
        office.holds(one(office, number))
    done = office.takes(one(office, 1))
    leaf = leaf_hash(sign(office.world.form(), *office.world.kpps())).hex()
    name = receipt.key_name(office.world.origin)
    known = NoteKey.of(name, note.ED25519, signer("receipt").public)
    promised = receipt.open_receipt(done.body["receipt"].encode(), [known])
    assert promised.leaf == done.body["leaf"] == leaf
    assert office.records.read(leaf) is not None


def test_the_note_names_whose_signatures_are_kept_until_when(office: Office) -> None:
    now = office.clock.now
    office.holds(one(office, 2))
    office.clock.now += DAY
    answer = office.holds(one(office, 3))
    told = opened(office, answer)
    id = identify(office.world.form())
    keyids = tuple(sorted([keyid(2), keyid(3)]))
    until = now + 7 * DAY
    assert told == [receipt.key_name(office.world.origin), "held", id, str(until), *keyids]
    assert (answer.body["id"], answer.body["until"]) == (id, until)


def test_a_form_with_a_strangers_signature_is_refused_and_not_kept(office: Office) -> None:
    said = office.send(sign(office.world.form(), f"kpps-{KELURAHAN}-001-1", PPK[0]))
    assert (said.status, said.codes) == (403, {"not-entitled", "below-threshold"})
    assert not office.records.holdings


def test_the_same_again_gives_the_same_promise_and_writes_nothing(office: Office) -> None:
    first = office.holds(one(office, 2))
    kept = dict(office.records.holdings)
    office.clock.now += 3 * DAY
    assert office.holds(one(office, 2)).body == first.body
    assert office.records.holdings == kept


def test_two_signatures_in_one_file_are_held_as_two(office: Office) -> None:
    answer = office.holds(sign(office.world.form(), *office.world.kpps(count=2)))
    assert len(answer.body["keyids"]) == 2
    office.takes(one(office, 3))


def test_a_certificate_is_held_too(office: Office) -> None:
    world = office.world
    world.log(sign(world.form(), *world.kpps()))
    fields = sheet(world)
    office.holds(sign(fields, PPK[0]))
    office.holds(sign(fields, PPK[1]))
    office.takes(sign(fields, PPK[2]))


# ---------------------------------------------------------------- read by the other telephones


def test_the_other_telephones_find_the_form_by_its_place(office: Office) -> None:
    assert office.held_of(slot(office)) == []
    office.holds(one(office, 2))
    office.holds(one(office, 3))
    (found,) = office.held_of(slot(office))
    id = identify(office.world.form())
    until = office.clock.now + 7 * DAY
    assert found == {"id": id, "keyids": sorted([keyid(2), keyid(3)]), "until": until}
    answer = office.held(id)
    body = codec.encode(answer.body)
    two = [f"kpps-{KELURAHAN}-001-{n}" for n in (2, 3)]
    assert body == sign(office.world.form(), *two)
    assert answer.headers["content-type"] == "application/json"


def test_what_is_recorded_waits_no_more(office: Office) -> None:
    for number in (2, 3):
        office.holds(one(office, number))
    office.takes(one(office, 1))
    assert office.held_of(slot(office)) == []


@pytest.mark.parametrize("name", ["", "x" * 401, "pilkada-31", "é", "../records"])
def test_a_slot_that_is_none_has_nothing(office: Office, name: str) -> None:
    office.holds(one(office, 2))
    assert office.held_of(name) == []


def test_signatures_of_ids_that_begin_alike_are_not_of_one_form() -> None:
    both = [Holding("slot", "k", f"{'a' * 63}{end}", b"", 0) for end in "ab"]
    assert [held.alive(both, one.id, 1) for one in both] == [[one] for one in both]


@pytest.mark.parametrize("id", ["0" * 64, "x", "A" * 64])
def test_what_nobody_holds_is_not_found(office: Office, id: str) -> None:
    office.holds(one(office, 2))
    answer = office.held(id)
    assert (answer.status, answer.errors) == (404, [("unknown-held", "id")])


# ---------------------------------------------------------------- bounds: time, keys, places


def test_after_seven_days_a_signature_is_held_no_more(office: Office) -> None:
    office.holds(one(office, 2))
    office.holds(one(office, 3))
    office.clock.now += 7 * DAY
    assert office.held_of(slot(office)) == []
    assert office.held(identify(office.world.form())).status == 404
    answer = office.holds(one(office, 1))
    assert answer.body["keyids"] == [keyid(1)]


def test_a_correction_is_held_as_soon_as_what_it_corrects_is_logged(office: Office) -> None:
    for number in (2, 3):
        office.holds(one(office, number))
    office.takes(one(office, 1))
    office.log()
    first = identify(office.world.form())
    new = {"figures": OTHER, "revision": 2, "previous": first, "reason": {"code": "typing"}}
    for number in (2, 3):
        office.holds(one(office, number, **new))
    again = office.send(one(office, 2, **(new | {"reason": {"code": "reading"}})))
    assert (again.status, again.errors) == (409, [("held-recently", "signatures.0")])
    office.takes(one(office, 1, **new))
    office.log()
    assert office.world.get("heads", slot(office))["revision"] == 2


def test_a_key_holds_one_form_of_a_place_and_changes_it_after_an_hour(office: Office) -> None:
    first, now = identify(office.world.form()), office.clock.now
    office.holds(one(office, 2))
    for later, minutes in ((0, 60), (1, 60), (3_540, 1), (3_599, 1)):
        office.clock.now = now + later
        answer = office.send(one(office, 2, figures=OTHER))
        assert (answer.status, answer.errors) == (409, [("held-recently", "signatures.0")])
        assert f" {minutes} menit" in answer.body["detail"]
        assert answer.headers["retry-after"] == str(3_600 - later)
    assert [found["id"] for found in office.held_of(slot(office))] == [first]
    office.clock.now = now + 3_600
    office.holds(one(office, 2, figures=OTHER))
    (found,) = office.held_of(slot(office))
    assert found["id"] == identify(office.world.form(figures=OTHER))
    assert office.held(first).status == 404


def test_enough_signatures_in_one_file_are_taken_whatever_their_keys_hold(office: Office) -> None:
    office.holds(one(office, 2))
    office.takes(sign(office.world.form(figures=OTHER), *office.world.kpps()))


def test_a_signature_that_completes_is_taken_whatever_its_key_holds(office: Office) -> None:
    office.holds(one(office, 1, figures=OTHER))
    office.holds(one(office, 2))
    office.holds(one(office, 3))
    office.takes(one(office, 1))


def test_a_form_that_a_stranger_sends_again_ends_no_other_whose_signers_go_on(
    office: Office,
) -> None:
    """Held envelopes are public: anybody can send one that its signer has left."""
    left = one(office, 1, figures=OTHER)
    office.holds(left)
    office.clock.now += 3_600
    for number in (1, 2):
        office.holds(one(office, number))
    office.clock.now += 3_600
    office.holds(left)
    assert office.holds(one(office, 3)).body["keyids"] == sorted([keyid(2), keyid(3)])
    office.takes(one(office, 1))


def test_hundreds_of_forms_of_one_key_leave_one(office: Office) -> None:
    for votes in range(200):
        office.send(one(office, 2, figures=figures((100 + votes % 50, 80, 60 - votes % 50))))
        office.clock.now += 1
    assert len(office.records.holdings) == 1
    assert (office.records.records, office.records.ids, office.bell.rung) == ({}, {}, [])
    assert all("figures" not in json.dumps(line) for line in office.lines)


@pytest.mark.parametrize(
    "role", ["stranger", "root-1", "operator-1", f"saksi-{KELURAHAN}-1", "bawaslu_kabko-31.71-1"]
)
def test_who_does_not_count_for_the_form_alone_is_not_held(office: Office, role: str) -> None:
    assert office.send(sign(office.world.form(), role)).status in (401, 403)
    assert office.records.holdings == {}


def test_a_form_with_another_fault_is_not_held(office: Office) -> None:
    answer = office.send(one(office, 2, figures=figures(total=251)))
    assert answer.codes == {"below-threshold", "unexplained"}
    assert office.send(one(office, 2, log="other.example/log")).status != 202
    assert office.records.holdings == {}


def new_kpps(office: Office, count: int = 1) -> dict[str, Any]:
    """A grant of keys that nobody has yet."""
    grant = office.world.grant("kpps", KELURAHAN, tps="001", count=count)
    for number, person in enumerate(grant["persons"]):
        person.update(key(f"new kpps {number}"), person=f"kpps-baru-{number}")
    return dict(grant)


def waiting(office: Office) -> dict[str, tuple[str, dict[str, Any], tuple[str, ...]]]:
    """By kind a statement that waits: its slot, its fields, and who signs it."""
    world, place = office.world, f"{KELURAHAN}/001"
    first = identify(world.form())
    world.log(sign(world.form(), *world.kpps()))
    objection = world.of_election(
        "objection", contest=CONTEST, form="c_hasil", region=KELURAHAN, tps="001",
        body="saksi", pair=1, number=1, code="figures",
    )  # fmt: skip
    world.log(sign(objection, f"saksi-{KELURAHAN}-1"))
    at = {"contest": CONTEST, "form": "c_hasil", "region": KELURAHAN, "tps": "001"}
    to = identify(objection)
    lost = signer(world.kpps()[0]).keyid
    ready, two = examples(world)["readiness"]
    return {
        "grant": (f"grant/kpps/{place}", new_kpps(office), PPK[:2]),
        "revoke": (
            f"revoke/{lost}", world.of_election("revoke", keyid=lost, reason="lost"), PPK[:2],
        ),
        "answer": (
            f"answer/gubernur-31/c_hasil/{place}/{to}",
            world.of_election("answer", **at, to=[to], outcome="rejected"), world.kpps(),
        ),
        "accept": (
            f"answer/gubernur-31/c_hasil/{place}/{first}",
            world.of_election("answer", **at, accept=first), PPK[:2],
        ),
        "readiness": (f"readiness/{place}/{ready['step']}", ready, two),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["grant", "revoke", "answer", "accept", "readiness"])
def test_what_officers_sign_at_several_desks_waits_for_the_others(
    office: Office, kind: str
) -> None:
    place, fields, roles = waiting(office)[kind]
    where = f"pilkada-31/{place}"
    assert held.slot(fields) == where
    for at, role in enumerate(roles[:-1]):
        office.holds(sign(fields, role))
        (found,) = office.held_of(where)
        assert (found["id"], len(found["keyids"])) == (identify(fields), at + 1)
    office.takes(sign(fields, roles[-1]))
    (record,) = office.records.pending(100)
    assert record.envelope == sign(fields, *roles)
    assert office.held_of(where) == []


@pytest.mark.parametrize("kind", ["determination", "elected"])
def test_a_decision_waits_in_the_slot_of_its_contest(office: Office, kind: str) -> None:
    fields = examples(office.world)[kind][0]
    assert held.slot(fields) == f"pilkada-31/{kind}/gubernur-31/{fields['region']}"


def test_one_key_holds_one_grant_of_a_tps_and_no_two(office: Office) -> None:
    """Whoever means other keys than his colleague signed is told so, and waits for nothing."""
    office.holds(sign(new_kpps(office), PPK[0]))
    office.refuses(sign(new_kpps(office, 2), PPK[0]), 409, ("held-recently", "signatures.0"))
    office.holds(sign(new_kpps(office, 2), PPK[1]))
    assert len(office.held_of(f"pilkada-31/grant/kpps/{KELURAHAN}/001")) == 2
    assert office.records.pending_count() == 0


@pytest.mark.parametrize("role", ["stranger", f"kpps-{KELURAHAN}-001-1", "kpu_kabko-31.71-1"])
def test_a_grant_of_nobody_who_may_grant_is_not_held(office: Office, role: str) -> None:
    assert office.send(sign(new_kpps(office), role)).status in (401, 403)
    assert office.records.holdings == {}


def test_what_one_desk_signs_waits_nowhere(office: Office) -> None:
    roster, roles = examples(office.world)["roster of stations"]
    assert held.slot(roster) is None
    assert "below-threshold" in office.send(sign(roster, roles[0])).codes
    assert office.records.holdings == {}


def test_after_the_close_nothing_is_held(office: Office) -> None:
    office.world.log(sign(office.world.of_log("close"), "operator-1"))
    assert office.send(one(office, 2)).status != 202
    assert office.records.holdings == {}


def test_a_signature_changed_on_the_way_is_not_held(office: Office) -> None:
    body = json.loads(one(office, 2))
    body["signatures"][0]["sig"] = json.loads(one(office, 3))["signatures"][0]["sig"]
    answer = office.send(json.dumps(body, separators=(",", ":"), sort_keys=True))
    assert (answer.status, "bad-signature" in answer.codes) == (401, True)
    assert office.records.holdings == {}


# ---------------------------------------------------------------- what changes meanwhile


def test_a_key_that_was_revoked_meanwhile_spoils_nothing(office: Office) -> None:
    office.holds(one(office, 2))
    office.holds(one(office, 3))
    revoke = office.world.of_election("revoke", keyid=keyid(3), reason="lost")
    office.world.log(sign(revoke, *PPK))
    answer = office.holds(one(office, 1))
    assert answer.body["keyids"] == sorted([keyid(1), keyid(2)])
    office.takes(one(office, 4))
    (record,) = office.records.pending(9)
    signed = {signature.keyid for signature in envelope.parse(record.envelope).signatures}
    assert signed == {keyid(1), keyid(2), keyid(4)}


WITNESS = f"saksi-{KELURAHAN}-1"


def test_a_witness_beside_an_officer_is_not_held_and_ends_no_form(office: Office) -> None:
    """Who ends his own key while the form waits in line makes his envelope void, not theirs."""
    first = f"kpps-{KELURAHAN}-001-1"
    answer = office.holds(sign(office.world.form(), first, WITNESS))
    assert answer.body["keyids"] == [keyid(1)]
    office.holds(one(office, 2))
    revoke = office.world.of_election("revoke", keyid=signer(WITNESS).keyid, reason="lost")
    office.takes(sign(revoke, WITNESS))
    office.clock.now += 1
    office.takes(one(office, 3))
    office.log()
    assert office.world.get("heads", slot(office))["id"] == identify(office.world.form())


def test_no_number_of_witnesses_makes_a_held_form_too_large_to_be_logged(office: Office) -> None:
    grant = office.world.grant("saksi", KELURAHAN, pair=1, count=200)
    witnesses = [f"witness-{number}" for number in range(200)]
    for role, person in zip(witnesses, grant["persons"], strict=True):
        person |= {"person": role, **key(role)}
    office.world.log(sign(grant, "pair-root-1"))
    first = f"kpps-{KELURAHAN}-001-1"
    office.holds(sign(office.world.form(), first, *witnesses))
    assert len(office.records.holdings) == 1


def _log_what_may_be_void(office: Office) -> list[str]:
    """Give everything that waits its place, and return what became of it."""
    statuses = []
    for record in office.records.pending(office.cap):
        office.records.mark(office.world.size(), [record.leaf])
        fold(office.world.state, record.envelope)
        statuses.append(office.world.state.entry(office.world.size() - 1)["status"])
    return statuses


def test_a_form_that_a_key_made_void_can_be_sent_again_without_that_key(office: Office) -> None:
    """The key ended before the form in the log, and the register did not know it yet."""
    fourth = f"kpps-{KELURAHAN}-001-4"
    office.takes(sign(office.world.of_election("revoke", keyid=keyid(4), reason="lost"), fourth))
    office.clock.now += 1
    lost = office.takes(sign(office.world.form(), *office.world.kpps(count=4)))
    again = sign(office.world.form(), *office.world.kpps())
    assert office.send(again).body["receipt"] == lost.body["receipt"]
    assert _log_what_may_be_void(office) == ["effective", "void"]
    for number in (1, 2):
        office.holds(one(office, number))
    assert [item["id"] for item in office.held_of(slot(office))] == [identify(office.world.form())]
    done = office.takes(again)
    assert office.held_of(slot(office)) == []
    office.log()
    assert office.world.get("heads", slot(office))["id"] == lost.body["id"]
    for body in (again, one(office, 1)):
        assert office.send(body).body["receipt"] == done.body["receipt"] != lost.body["receipt"]


def test_a_form_that_another_overtook_while_it_was_held_is_asked_about(office: Office) -> None:
    office.holds(one(office, 2))
    office.holds(one(office, 3))
    office.takes(sign(office.world.form(figures=OTHER), *office.world.kpps()))
    office.log()
    last = one(office, 1)
    answer = office.refuses(last, 409, ("head-moved", "revision"))
    assert answer.body["head"]["figures"] == OTHER
    assert "retry-after" not in answer.headers
    office.log()
    statuses = {item["status"] for item in office.world.state.slots.get(slot(office))["statements"]}
    assert statuses == {chain.HEAD}
    said = office.insists(last)
    assert said.status == 201
    office.log()
    statuses = {item["status"] for item in office.world.state.slots.get(slot(office))["statements"]}
    assert statuses == {chain.HEAD, chain.RIVAL}


def test_a_form_that_says_what_counts_already_is_not_held(office: Office) -> None:
    counts = office.world.form(at="2024-11-27T15:00:00+07:00")
    assert counts["at"] != AT
    done = office.takes(sign(counts, *office.world.kpps()))
    office.log()
    said = office.send(one(office, 2))
    assert (said.status, said.body["id"]) == (200, done.body["id"])
    assert office.records.holdings == {}


def test_a_form_beside_the_one_that_counts_is_held_only_if_somebody_insists(
    office: Office,
) -> None:
    office.takes(sign(office.world.form(figures=OTHER), *office.world.kpps()))
    office.log()
    office.refuses(one(office, 2), 409, ("another-counts", "revision"))
    assert office.records.holdings == {}
    assert office.insists(one(office, 2)).status == 202


def test_a_full_queue_holds_and_completes_nothing(office: Office) -> None:
    office.holds(one(office, 2))
    office.holds(one(office, 3))
    office.takes(sign(office.world.form("002"), *office.world.kpps("002")))
    office.cap = 1
    office.refuses(one(office, 1), 503, ("backlog", ""))
    office.cap = 100
    office.takes(one(office, 1))


# ---------------------------------------------------------------- two at once


class Late(FakeRecords):
    """Another call comes between reading what is held and writing it."""

    meanwhile: Any = None

    def hold(self, one: Holding, replaced: Holding | None) -> None:
        between, self.meanwhile = self.meanwhile, None
        if between:  # as another process: requests of one thread share a resolver
            thread = threading.Thread(target=between)
            thread.start()
            thread.join()
        super().hold(one, replaced)


@pytest.mark.parametrize("first", [1, 2])
def test_of_two_that_come_at_once_at_least_one_sees_both(first: int) -> None:
    office = Office(World.begun(), records=Late())
    office.holds(one(office, 3))
    office.records.meanwhile = lambda: office.holds(one(office, 3 - first))
    assert office.send(one(office, first)).status == 201
    (record,) = office.records.pending(9)
    assert record.envelope == sign(office.world.form(), *office.world.kpps())


def test_one_key_on_two_telephones_at_once_holds_one_form() -> None:
    office = Office(World.begun(), records=Late())
    office.records.meanwhile = lambda: office.holds(one(office, 2, figures=OTHER))
    answer = office.send(one(office, 2))
    assert (answer.status, answer.codes) == (409, {"held-recently"})
    (kept,) = office.records.holdings.values()
    assert kept.id == identify(office.world.form(figures=OTHER))


class Never(FakeRecords):
    def hold(self, one: Holding, replaced: Holding | None) -> None:
        raise Conflict("faster")


def test_who_is_never_let_in_is_told_to_come_again() -> None:
    office = Office(World.begun(), records=Never())
    answer = office.send(one(office, 2))
    assert (answer.status, answer.errors) == (503, [("busy", "")])


# ---------------------------------------------------------------- the note


def test_a_note_about_held_signatures_is_no_receipt(office: Office) -> None:
    name = receipt.key_name(office.world.origin)
    key = NoteKey.of(name, note.ED25519, signer("receipt").public)
    with pytest.raises(Malformed):
        receipt.open_receipt(office.send(one(office, 2)).body["note"].encode(), [key])


def test_a_slot_key_is_never_longer_than_what_may_be_asked_for(office: Office) -> None:
    longest = {
        "election": "e" * 64, "contest": "c" * 64, "form": "d_hasil_kecamatan",
        "region": KELURAHAN, "tps": "001",
    }  # fmt: skip
    assert len(slot_key(longest)) < held.MOST_IN_A_SLOT_KEY
    answer = {**longest, "kind": "answer", "accept": "a" * 64, "to": ["b" * 64] * 50}
    assert len(held.slot(answer) or "") < held.MOST_IN_A_SLOT_KEY


def test_what_is_no_entry_with_all_its_signatures_is_refused() -> None:
    """With one signature it fits, with both it is too large: nobody may be told that it waits."""
    world = World.begun()
    payload = json.dumps({"x": "y" * 48_900}).encode()
    sent, other = (envelope.sign(payload, [signer(role)]) for role in PPK[:2])
    kept = [Holding("slot", signer(PPK[1]).keyid, "id", other, 0)]

    def everybody(signers: Any) -> list[str]:
        return [keyid for keyid, _ in signers]

    with pytest.raises(Rejected) as caught:
        held.together(envelope.parse(sent), kept, world.form(), world, everybody)
    assert (caught.value.status, caught.value.findings[0].code) == (413, "too-large")
