"""`rekap portal-keys`: the portal's own keys and the names by which others know them."""

from __future__ import annotations

import base64
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rekap.core.signing.note import NoteKey
from rekap.desk.main import main
from rekap.portal.store.local import keys

ORIGIN = "rekap.example/rehearsal/log"


def made(capsys, *arguments):
    code = main(["portal-keys", *map(str, arguments)])
    return code, capsys.readouterr()


def test_makes_both_keys_once_and_prints_their_names(tmp_path, capsys):
    code, first = made(capsys, tmp_path, "--origin", ORIGIN)
    assert code == 0
    log, receipt = map(NoteKey.parse, first.out.split())
    assert (log.name, receipt.name) == (ORIGIN, f"{ORIGIN}/receipt")
    assert log.public == keys.load(tmp_path / "keys", "log").public
    assert receipt.public == keys.load(tmp_path / "keys", "receipt").public
    assert log.public != receipt.public
    for file in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made(capsys, tmp_path, "--origin", ORIGIN)[1].out == first.out


def spki(key):
    data = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(data).decode()


def test_names_a_log_key_that_another_service_holds(tmp_path, capsys):
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    code, said = made(
        capsys, tmp_path, "--origin", ORIGIN, "--log-public", spki(private)
    )  # fmt: skip
    assert code == 0
    assert NoteKey.parse(said.out.split()[0]).public == private.public_key().public_bytes_raw()
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["receipt.key"]


@pytest.mark.parametrize(
    "text",
    ["", "%%%", "AAAA", spki(generate_private_key(SECP256R1())), "A" * 59 + "=",
     base64.b64encode(bytes(32)).decode()],
)  # fmt: skip
def test_refuses_what_is_no_log_key(text, tmp_path, capsys):
    code, said = made(capsys, tmp_path, "--origin", ORIGIN, "--log-public=" + (text or "="))
    assert code == 2
    assert "Traceback" not in said.err
