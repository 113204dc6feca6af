"""Officers who sign with a passkey: taken from the log's own pages, refused from any other."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.portal.intake.office import Office
from tests.portal.intake.world import KELURAHAN, World, sign, signers

from rekap.core import codec
from rekap.core.signing import envelope, keys
from rekap.core.signing.envelope import Envelope
from rekap.core.signing.signature import Signature


@dataclass
class Passkey:
    """An authenticator with one P-256 key, used on a page of `origin`."""

    origin: str = "https://rekap.example"
    rp_id: str = "rekap.example"
    flags: int = 0x05
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.derive_private_key(20241127, ec.SECP256R1())
    )

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, message: bytes, kind: str = "webauthn.get") -> Signature:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=")
        client = {
            "type": kind,
            "challenge": challenge.decode(),
            "origin": self.origin,
            "crossOrigin": False,
        }
        client_data = json.dumps(client, separators=(",", ":")).encode()
        data = hashlib.sha256(self.rp_id.encode()).digest() + bytes([self.flags]) + bytes(4)
        signed = data + hashlib.sha256(client_data).digest()
        r, s = decode_dss_signature(self.private.sign(signed, ec.ECDSA(SHA256())))
        keyid = keys.keyid(keys.WEBAUTHN, self.public)
        return Signature(keyid, r.to_bytes(32, "big") + s.to_bytes(32, "big"), data, client_data)


@pytest.fixture
def world() -> World:
    world = World.begun()
    grant = world.grant("kpps", KELURAHAN, tps="001", count=1)
    grant["persons"][0] |= {
        "person": "kpps-sandi",
        "alg": keys.WEBAUTHN,
        "key": codec.b64encode(Passkey().public),
    }
    world.log(sign(grant, *world.ppk(2)))
    return world


def signed(world: World, own: Signature, *roles: str) -> bytes:
    payload = codec.encode(world.form())
    message = envelope.pae(payload)
    raw = [Signature(one.keyid, one.sign(message)) for one in signers(*roles)]
    both = sorted([own, *raw], key=lambda one: one.keyid)
    return envelope.serialize(Envelope(payload, tuple(both)))


def message(world: World) -> bytes:
    return envelope.pae(codec.encode(world.form()))


def test_counts_as_a_person_like_any_other_key(world: World) -> None:
    body = signed(world, Passkey().sign(message(world)), *world.kpps(count=2))
    Office(world).takes(body)
    world.log(body)


@pytest.mark.parametrize(
    "passkey",
    [
        Passkey(origin="https://rekap.example.evil"),
        Passkey(origin="http://rekap.example"),
        Passkey(rp_id="evil.example"),
        Passkey(flags=0x01),
        Passkey(flags=0x04),
        Passkey(flags=0x85),
    ],
    ids=["origin", "scheme", "relying party", "not verified", "not present", "extensions"],
)
def test_from_elsewhere_does_not_verify(world: World, passkey: Passkey) -> None:
    own = passkey.sign(message(world))
    body = signed(world, own, *world.kpps())
    place = sorted([own.keyid, *(one.keyid for one in signers(*world.kpps()))]).index(own.keyid)
    Office(world).refuses(body, 401, ("bad-signature", f"signatures.{place}"))


def test_a_registration_is_no_signature(world: World) -> None:
    own = Passkey().sign(message(world), "webauthn.create")
    assert Office(world).send(signed(world, own, *world.kpps())).codes == {"bad-signature"}


def test_two_signatures_of_one_passkey_are_one_entry(world: World) -> None:
    """Row 10: ECDSA signs differently each time; that makes no new statement and no new entry."""
    office = Office(world)
    first = office.takes(signed(world, Passkey().sign(message(world)), *world.kpps(count=2)))
    again = office.send(signed(world, Passkey().sign(message(world)), *world.kpps(count=2)))
    assert (again.status, again.body["receipt"]) == (200, first.body["receipt"])
    forged = Passkey(origin="https://evil.example").sign(message(world))
    assert office.send(signed(world, forged, *world.kpps(count=2))).status == 401
