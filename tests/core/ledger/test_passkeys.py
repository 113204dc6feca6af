"""Operators who open a log with passkeys: entry 0 says itself from which pages they may sign."""

from __future__ import annotations

import pytest
from tests.core.ledger.world import World, key
from tests.core.signing.passkey import ORIGIN, Passkey
from tests.core.statements import builders
from tests.fakes import FakeRegister
from tests.portal.intake import world as intake
from tests.portal.intake.office import Office

from rekap.core.ledger import authority
from rekap.core.signing import envelope
from rekap.core.signing.envelope import Envelope
from rekap.portal.intake import signatures

OPERATOR = Passkey()
PAYLOAD = builders.log(
    operators=builders.keyset(builders.named_key(OPERATOR.key.alg, OPERATOR.key.public)),
    uploaders=[ORIGIN],
)
BYTES = builders.encode(PAYLOAD)


def opened(origin: str) -> Envelope:
    return Envelope(BYTES, (OPERATOR.sign(envelope.pae(BYTES), origin=origin),))


def outcome(origin: str) -> str:
    world = World()
    world.append(envelope.serialize(opened(origin)))
    return f"{world.last['status']} {world.last.get('why', '')}".strip()


def test_a_passkey_opens_a_log_from_a_page_that_entry_0_names() -> None:
    assert outcome(ORIGIN) == "effective"
    signers, findings = signatures.check(opened(ORIGIN), PAYLOAD, FakeRegister())
    assert ([keyid for keyid, _ in signers], findings) == ([OPERATOR.key.keyid], [])


@pytest.mark.parametrize("origin", ["https://rekap.example.evil", "http://rekap.example"])
def test_from_another_page_it_opens_none(origin: str) -> None:
    assert outcome(origin) == "void bad-signature"
    signers, findings = signatures.check(opened(origin), PAYLOAD, FakeRegister())
    assert (signers, [one.code for one in findings]) == ([], ["bad-signature"])


@pytest.mark.parametrize(
    "uploader", ["https://unggah.example", "https://tukangrekap.example", "http://localhost:8080"]
)
def test_an_uploader_outside_rp_id_is_refused_by_intake_and_fold(uploader: str) -> None:
    """No browser would let a passkey sign there, and entry 0 is for ever."""
    begun = World()
    begun.add({**PAYLOAD, "uploaders": [ORIGIN, uploader]}, "operator/1")
    assert (begun.last["status"], begun.last["why"]) == ("void", "unknown")
    empty = intake.World()
    first = empty.log_statement(uploaders=[ORIGIN, uploader])
    answer = Office(empty).send(intake.sign(first, "operator-1"))
    assert answer.status == 401  # what cannot be read names no keys
    assert ("uploader", "uploaders.1") in answer.errors


ADDED = "https://kirim.rekap.example"


def begun() -> World:
    """A log of an operator with a passkey and one with a key of a file; one of them is enough."""
    keys = [key("operator/1"), builders.named_key(OPERATOR.key.alg, OPERATOR.key.public)]
    world = World()
    world.add({**PAYLOAD, "operators": {"k": 1, "keys": keys}}, "operator/1")
    assert world.last["status"] == "effective"
    return world


def published(world: World, origin: str, release: str) -> str:
    data = builders.encode(builders.publication(release=builders.hex_id(release)))
    signature = OPERATOR.sign(envelope.pae(data), origin=origin)
    world.append(envelope.serialize(Envelope(data, (signature,))))
    return f"{world.last['status']} {world.last.get('why', '')}".strip()


def test_what_comes_before_a_log_begins_is_void_and_stops_nobody() -> None:
    """It says no page from which passkeys sign, and needs to say none."""
    world = World()
    assert authority.scope_in_force(world.state, builders.form()) is None
    world.add(builders.form(), "operator/1")
    assert world.last["status"] == "void"


def test_a_page_that_operators_name_takes_passkeys_from_the_next_entry_on() -> None:
    world = begun()
    assert published(world, ADDED, "one") == "void bad-signature"
    world.add(builders.uploaders(origins=[ADDED]), "operator/1")
    assert world.last["status"] == "effective"
    assert world.state.meta.get("uploaders")["entries"] == [world.state.size - 1]
    assert published(world, ADDED, "one") == "effective"
    assert published(world, ORIGIN, "two") == "effective"
    assert published(world, "https://lain.rekap.example", "three") == "void bad-signature"


def test_a_page_beside_rp_id_cannot_be_named() -> None:
    world = begun()
    for origins in (["https://rekap.example.evil"], [ADDED, "https://tukangrekap.example"]):
        world.add(builders.uploaders(origins=origins), "operator/1")
        assert (world.last["status"], world.last["why"]) == ("void", "uploader")
    assert published(world, "https://rekap.example.evil", "one") == "void bad-signature"
    assert published(world, ADDED, "one") == "void bad-signature"


def test_pages_that_are_named_already_add_nothing() -> None:
    world = begun()
    world.add(builders.uploaders(origins=[ORIGIN]), "operator/1")
    assert (world.last["status"], world.last["why"]) == ("void", "already")


def test_a_page_named_beside_one_that_is_known_is_added() -> None:
    world = begun()
    world.add(builders.uploaders(origins=sorted([ADDED, ORIGIN])), "operator/1")
    assert world.last["status"] == "effective"
    assert published(world, ADDED, "one") == "effective"


def test_intake_refuses_what_the_fold_would() -> None:
    world = intake.World.begun()
    desk = Office(world)
    for origins, code in (
        (["https://rekap.example.evil"], ("uploader", "origins.0")),
        (["https://rekap.example"], ("already", "origins")),
        (["https://b.rekap.example", "https://a.rekap.example"], ("order", "origins")),
    ):
        fields = world.of_log("uploaders", origins=origins)
        assert code in desk.send(intake.sign(fields, "operator-1")).errors
    for added in ([ADDED], [ADDED, "https://rekap.example"]):
        fields = world.of_log("uploaders", origins=added)
        assert not desk.send(intake.sign(fields, "operator-1")).errors
