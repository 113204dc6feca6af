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


def parsed(text):
    """Read a list of `logs/v0` as its document says: the lines of each log in one order.

    What a reader of the network would refuse raises.
    """
    lines = [line.strip() for line in text.splitlines()]
    header, *rest = [line for line in lines if line and not line.startswith("#")]
    assert header == "logs/v0"
    logs = []
    while rest:
        name, vkey = rest.pop(0).split(" ")
        assert name == "vkey"
        origin = None
        if rest[0].startswith("origin "):
            origin = rest.pop(0).removeprefix("origin ")
        name, qpd = rest.pop(0).split(" ")
        assert name == "qpd"
        assert qpd.isascii()
        assert qpd.isdecimal()
        assert str(int(qpd)) == qpd
        assert 1 <= int(qpd) < 2**31
        name, _, contact = rest.pop(0).partition(" ")
        assert name == "contact"
        assert contact
        logs.append((NoteKey.parse(vkey), origin, int(qpd), contact))
    return logs


class TestApplication:
    """The entry by which a log applies to a public network of witnesses."""

    def test_it_names_the_log_its_questions_a_day_and_whom_to_ask(self, tmp_path, capsys):
        where = "operator (at) rekap.example"
        code, said = made(capsys, tmp_path, "--origin", ORIGIN, "--contact", where)
        assert code == 0
        ((key, origin, qpd, contact),) = parsed(said.out)
        assert key.public == keys.load(tmp_path / "keys", "log").public
        assert (key.name, origin, qpd, contact) == (ORIGIN, None, 8_640, where)

    def test_a_key_that_another_service_holds_applies_too(self, tmp_path, capsys):
        private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        code, said = made(
            capsys, tmp_path, "--origin", ORIGIN, "--log-public", spki(private),
            "--contact", "https://rekap.example/tentang/", "--qpd", "24",
        )  # fmt: skip
        assert code == 0
        ((key, _, qpd, _),) = parsed(said.out)
        assert (key.public, qpd) == (private.public_key().public_bytes_raw(), 24)

    @pytest.mark.parametrize(
        "more",
        [
            ("--contact", ""),
            ("--contact", " x"),
            ("--contact", "x "),
            ("--contact", "x\nvkey y"),
            ("--contact", "x\x1b[1m"),
            ("--contact", "é"),
            ("--contact", "x" * 201),
            ("--contact", "x", "--qpd", "0"),
            ("--contact", "x", "--qpd", "-1"),
            ("--contact", "x", "--qpd", str(2**31)),
            ("--contact", "x", "--only", "receipt"),
        ],
    )
    def test_what_no_list_can_hold_is_refused(self, more, tmp_path, capsys):
        code, said = made(capsys, tmp_path, "--origin", ORIGIN, *more)
        assert code == 2
        assert said.out == ""
