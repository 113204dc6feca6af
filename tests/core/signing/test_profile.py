"""The written profile of keys and signatures against everybody's edge cases, and passkeys bound.

The oracle is the text of docs/formats.md in big integers. Passkeys are tried with every binding
wrong, one at a time: type, challenge, origin, relying party, each flag, lengths, forms of r and s.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from tests.core.signing import oracle
from tests.core.signing.passkey import ORIGIN, RP_ID, SCOPE, Passkey
from tests.core.statements import builders
from tests.portal.intake.office import Office
from tests.portal.intake.statements import PPK
from tests.portal.intake.world import KELURAHAN, World, sign

from rekap.core.errors import Malformed, NotVerified
from rekap.core.signing import keys
from rekap.core.signing.signature import Signature

MESSAGE = b"DSSEv1 4 type 2 {}"


def _holds(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except NotVerified:
        return False
    return True


def test_no_public_vector_is_judged_otherwise_than_the_profile_is_written() -> None:
    cases = list(oracle.edge_cases())
    assert len(cases) == 914 + 12 + 151
    accepted = 0
    for public, message, sig in cases:
        wanted = oracle.accepts(public, message, sig)
        assert _holds(keys.verify_ed25519, public, message, sig) == wanted, public.hex()
        accepted += wanted
    assert accepted == 132


@cache
def _weak_keys() -> set[bytes]:
    """Keys of public vectors that are no canonical point, or one of small order."""
    return {public for public, _, _ in oracle.edge_cases() if oracle.decode(public) is None}


def test_no_weak_key_is_enrolled_by_intake() -> None:
    """Not by a grant, not as a root of an election."""
    weak = _weak_keys()
    assert len(weak) == 14
    world = World.begun()
    for public in weak:
        with pytest.raises(Malformed):
            keys.check_public(keys.ED25519, public)
        named = builders.named_key("ed25519", public)
        grant = world.grant("kpps", KELURAHAN, tps="001", count=1)
        grant["persons"][0] |= named
        Office(world).refuses(sign(grant, *PPK[:2]), 422, ("unacceptable-key", "persons.0.key"))
        roots = {"kpu": {"k": 1, "keys": [named]}}
        lain = sign(world.election(election="lain", roots=roots), "operator-1", "root-1")
        answer = Office(world).send(lain)
        assert "unacceptable-key" in answer.codes


def test_a_weak_key_in_a_log_that_intake_never_saw_signs_nothing() -> None:
    for public, message, sig in oracle.edge_cases():
        if public in _weak_keys():
            key = keys.PublicKey("ed25519", public)
            assert not _holds(keys.verify, key, message, Signature(key.keyid, sig))


# ---------------------------------------------------------------- passkeys


def _takes(signature: Signature, scope: keys.WebAuthnScope | None = SCOPE) -> bool:
    return _holds(keys.verify, Passkey().key, MESSAGE, signature, scope)


def test_every_combination_of_flags_is_judged_as_written() -> None:
    """User present and verified; nothing attached; backed up only where that is possible."""
    for flags in range(256):
        present, verified, eligible, backed_up = (flags >> bit & 1 for bit in (0, 2, 3, 4))
        attached = flags & 0xC0
        wanted = bool(present and verified and not attached and (eligible or not backed_up))
        assert _takes(Passkey().sign(MESSAGE, flags=flags)) == wanted, flags


def test_every_length_of_authenticator_data_but_one_is_refused() -> None:
    for extra in range(1, 64):
        assert not _takes(Passkey().sign(MESSAGE, after=bytes(extra)))
    good = Passkey().sign(MESSAGE)
    assert good.authenticator_data is not None
    for length in range(37):
        short = replace(good, authenticator_data=good.authenticator_data[:length])
        assert not _takes(short)


@pytest.mark.parametrize(
    "rp_id", ["", "example", "rekap.example.", "Rekap.example", "www.rekap.example", ORIGIN]
)
def test_another_relying_party_is_refused(rp_id: str) -> None:
    assert not _takes(Passkey().sign(MESSAGE, rp_id=rp_id))


@pytest.mark.parametrize(
    "origin",
    ["", "null", "http://rekap.example", "https://rekap.example/", "https://rekap.example:443",
     "https://Rekap.example", "https://www.rekap.example", "https://rekap.example.evil.example",
     "https://rekap.example\\", "https://rekap.exam", "HTTPS://rekap.example", RP_ID],
)  # fmt: skip
def test_another_origin_is_refused(origin: str) -> None:
    assert not _takes(Passkey().sign(MESSAGE, origin=origin))


def test_every_order_and_spacing_of_client_data_verifies() -> None:
    good = Passkey().sign(MESSAGE).client_data
    assert good is not None
    members = json.loads(good)
    for order in itertools.permutations(members):
        for separators in ((",", ":"), (", ", ": "), (",", ": ")):
            data = json.dumps({n: members[n] for n in order}, separators=separators).encode()
            assert _takes(Passkey().sign(MESSAGE, client_data=data))


def test_the_counter_is_bound_and_compared_with_nothing() -> None:
    """It is signed, so nobody can change it; a log has no order of a key's uses to hold it to."""
    good = Passkey().sign(MESSAGE)
    assert good.authenticator_data is not None
    for counter in (1, 2**31, 2**32 - 1):
        changed = good.authenticator_data[:33] + counter.to_bytes(4, "big")
        assert not _takes(replace(good, authenticator_data=changed))


def test_every_changed_bit_of_an_assertion_is_refused() -> None:
    good = Passkey().sign(MESSAGE)
    for name in ("sig", "authenticator_data", "client_data"):
        data = getattr(good, name)
        for at in range(8 * len(data)):
            changed = bytearray(data)
            changed[at // 8] ^= 1 << at % 8
            assert not _takes(replace(good, **{name: bytes(changed)})), (name, at)
    assert _takes(good)


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_every_other_form_of_r_and_s_is_refused() -> None:
    good = Passkey().sign(MESSAGE)
    r, s = (int.from_bytes(good.sig[at : at + 32], "big") for at in (0, 32))

    def of(one: int, other: int) -> bytes:
        return one.to_bytes(32, "big") + other.to_bytes(32, "big")

    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    forms = [
        of(s, r), of(0, s), of(r, 0), of(ORDER, s), of(r, ORDER), of(ORDER - r, s), bytes(64),
        r.to_bytes(32, "little") + s.to_bytes(32, "little"), good.sig + b"\0", b"\0" + good.sig,
        good.sig[:63], encode_dss_signature(r, s), b"\xff" * 64, b"",
    ]  # fmt: skip
    if s + ORDER < 2**256:
        forms.append(of(r, s + ORDER))
    for sig in forms:
        assert not _takes(replace(good, sig=sig)), sig.hex()
    assert _takes(replace(good, sig=of(r, ORDER - s)))


def test_a_scope_is_needed_and_names_both() -> None:
    good = Passkey().sign(MESSAGE)
    assert not _takes(good, None)
    assert not _takes(good, keys.WebAuthnScope(frozenset(), RP_ID))
    assert not _takes(good, keys.WebAuthnScope(frozenset({ORIGIN}), "lain.example"))
    assert _takes(good, keys.WebAuthnScope(frozenset({ORIGIN}), RP_ID))
