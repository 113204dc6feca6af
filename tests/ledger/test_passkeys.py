"""Operators who open a log with passkeys: entry 0 says itself from which pages they may sign."""

from __future__ import annotations

import pytest
from tests.fakes import FakeRegister
from tests.forms import builders
from tests.ledger.world import World
from tests.signing.passkey import ORIGIN, Passkey

from rekap.intake import signatures
from rekap.signing import envelope
from rekap.signing.envelope import Envelope

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
    return f"{world.last['s']} {world.last.get('why', '')}".strip()


def test_a_passkey_opens_a_log_from_a_page_that_entry_0_names() -> None:
    assert outcome(ORIGIN) == "effective"
    signers, findings = signatures.check(opened(ORIGIN), PAYLOAD, FakeRegister())
    assert ([keyid for keyid, _ in signers], findings) == ([OPERATOR.key.keyid], [])


@pytest.mark.parametrize("origin", ["https://rekap.example.evil", "http://rekap.example"])
def test_from_another_page_it_opens_none(origin: str) -> None:
    assert outcome(origin) == "void bad-signature"
    signers, findings = signatures.check(opened(origin), PAYLOAD, FakeRegister())
    assert (signers, [one.code for one in findings]) == ([], ["bad-signature"])
