"""Vectors of officials' files: enrolments and key files."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scripts.vectors.cases import (
    ORIGIN,
    PASSKEY_ORIGIN,
    PASSKEY_RP_ID,
    SIGNERS,
    Case,
    passkey,
    refused,
    vector,
)

from rekap.core import codec
from rekap.core.signing import keys
from rekap.core.signing.signer import derive_private
from rekap.desk.officials.keys import enrolment, keyfile
from rekap.desk.officials.keys.enrolment import Enrolment


def make_enrolment() -> Case:
    """Enrolments of a raw key and a passkey: what is signed, the line; lines that are refused."""
    election = "pilkada-2024"
    made = [enrolment.enrol(ORIGIN, election, SIGNERS[0])]
    private = derive_private_key(20241127, SECP256R1()).public_key()
    public = private.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    device = keys.PublicKey(keys.WEBAUTHN, public)
    _, proof = passkey(enrolment.message(ORIGIN, election, device))
    made.append(Enrolment(ORIGIN, election, device, proof))
    scope = keys.WebAuthnScope(frozenset({PASSKEY_ORIGIN}), PASSKEY_RP_ID)
    for one in made:
        one.verify(scope)
    words = made[0].line.split(" ")

    def other(at: int, word: str) -> bytes:
        return " ".join([*words[:at], word, *words[at + 1 :]]).encode()

    bad = [
        (b"", "enrolment"),
        (made[0].line.encode() + b"\n", "enrolment"),
        (other(0, "rekap-pendaftaran/2"), "enrolment"),
        (other(1, "Log.example/rekap"), "enrolment"),
        (other(1, "other.example/log"), "not-verified"),
        (other(2, "pilkada-2029"), "not-verified"),
        (other(2, "-pilkada"), "id"),
        (other(3, "none"), "algorithm"),
        (other(4, codec.b64encode(SIGNERS[1].public)), "not-verified"),
        (other(4, codec.b64encode(bytes(32))), "public-key"),
        (other(5, codec.b64encode(SIGNERS[1].sign(made[0].message))), "not-verified"),
        (other(5, words[5].rstrip("=")), "base64"),
    ]
    cases = [
        {"line": one.line, "message": one.message.decode(), "keyid": one.public.keyid}
        for one in made
    ]
    return vector(cases, refused(bad, lambda line: Enrolment.parse(line.decode()).verify(scope)))


def make_keyfile() -> Case:
    """Key files with a fixed salt and iv: private key, passphrase, text; texts that are refused."""
    salt, iv, passphrase = bytes(range(16)), bytes(range(16, 32)), "rekap vectors"
    private = [derive_private("rekap vectors", f"role/{number}") for number in range(2)]
    made = [
        keyfile.serialize(private[0], passphrase, salt, iv),
        keyfile.serialize(private[1], passphrase, salt, iv, "role/1"),
    ]
    first = made[0].decode()
    spare = first.replace(first.split("\n")[3], made[1].decode().split("\n")[3])
    bad = [
        (made[0][:-1], "key-file"),
        (made[0] + b"\n", "key-file"),
        (first.replace("rekap-kunci 1", "rekap-kunci 2").encode(), "key-file"),
        (spare.encode(), "key-file"),
        (first.replace("MIGk", "MIGl").encode(), "cipher"),
    ]
    cases = [
        {"file": data.decode(), "passphrase": passphrase, "private": one.hex(), "keyid": opened}
        for data, one in zip(made, private, strict=True)
        if (opened := keyfile.KeyFile.parse(data).open(passphrase).keyid)
    ]
    return vector(cases, refused(bad, keyfile.KeyFile.parse))
