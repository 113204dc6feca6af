"""Guard, bell and signer."""

from __future__ import annotations

from tests.portal.store.contract.clauses import clause
from tests.portal.store.engines import Engine

from rekap.core.signing import keys


@clause("guard.reason", "guard.stop")
def a_guard_keeps_the_first_reason_for_everybody(engine: Engine) -> None:
    other = engine.again()
    assert engine.guard.reason() is None
    engine.guard.stop("two roots at size 7")
    other.guard.stop("a tile is missing")
    assert engine.guard.reason() == other.guard.reason() == "two roots at size 7"


@clause("guard.lift", "guard.stop")
def a_guard_that_a_person_lifted_can_stop_again(engine: Engine) -> None:
    engine.guard.lift()
    engine.guard.stop("two roots at size 7")
    engine.again().guard.lift()
    assert engine.guard.reason() is None
    engine.guard.stop("a tile is missing")
    assert engine.guard.reason() == "a tile is missing"


@clause("bell.ring")
def a_bell_wakes_whom_it_knows_and_nobody_else(engine: Engine) -> None:
    engine.bell.ring("sequence")
    engine.bell.ring("nobody")
    assert engine.heard("sequence") == 1
    assert engine.heard("publish") == 0


@clause("bell.ring")
def a_bell_may_ring_again_before_anybody_listened(engine: Engine) -> None:
    for _ in range(3):
        engine.bell.ring("publish")
    assert engine.heard("publish") >= 1


@clause("signer.alg", "signer.public", "signer.keyid", "signer.sign")
def a_signature_verifies_with_the_public_key_and_no_other(engine: Engine) -> None:
    signer = engine.signer
    assert (signer.alg, len(signer.public)) == (keys.ED25519, 32)
    assert signer.keyid == keys.keyid(keys.ED25519, signer.public)
    for message in (b"\0", b"rekap.example/log\n7\n", bytes(4096)):
        signature = signer.sign(message)
        keys.verify_ed25519(signer.public, message, signature)
        assert signer.sign(message) == signature
