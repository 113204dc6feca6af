"""`rekap keygen` and its files: made once, under a passphrase, refused whenever in doubt."""

from __future__ import annotations

import io
import os
import random
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from tests.desk.officials.bench import PASSPHRASE, enrolled, inside, key_file, kit_file, run
from tests.portal.intake.test_passkeys import Passkey
from tests.portal.intake.world import ELECTION, World, signer

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.core.errors import Corrupt, Malformed, NotVerified
from rekap.core.log import checkpoint
from rekap.core.signing import keys
from rekap.core.signing.keys import PublicKey, WebAuthnScope
from rekap.core.signing.note import Note
from rekap.core.signing.signer import derive
from rekap.desk.officials.keys import enrolment, keyfile, passphrases
from rekap.desk.officials.keys.enrolment import Enrolment, grouped, message, ungrouped
from rekap.desk.officials.keys.keyfile import KeyFile
from rekap.desk.officials.talk import Fault, Talk

TWICE = f"{PASSPHRASE}\n{PASSPHRASE}\n"
OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def world() -> World:
    return World.begun()


# ---------------------------------------------------------------- what must be refused


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ("", "Kata sandi tidak diberikan"),
        ("pendek\npendek\n", "terlalu lemah"),
        ("aaaaaaaaaaaa\naaaaaaaaaaaa\n", "terlalu lemah"),
        ("kata sandi päṇjang\nkata sandi päṇjang\n", "papan ketik"),
        (f"{PASSPHRASE}\n{PASSPHRASE}x\n", "tidak sama"),
        (f"{PASSPHRASE}\n", "Kata sandi tidak diberikan"),
    ],
)
def test_a_passphrase_in_doubt_makes_no_key(monkeypatch, tmp_path, answers, word) -> None:
    done = run(monkeypatch, "keygen", "--to", tmp_path / "a.kunci.pem", stdin=answers)
    assert done.code == 2
    assert word in done.told
    assert inside(tmp_path) == set()


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        (("pendek", PASSPHRASE, PASSPHRASE), True),
        ((PASSPHRASE, "salah ketik sedikit", "pendek", PASSPHRASE, PASSPHRASE), True),
        (("pendek",) * 4, False),
    ],
)
def test_a_mistyped_new_passphrase_may_be_typed_three_times_at_a_terminal(
    monkeypatch, tmp_path, typed: tuple[str, ...], made: bool
) -> None:
    answers = list(typed)
    monkeypatch.setattr("getpass.getpass", lambda *_: answers.pop(0))
    keyboard = Keyboard()
    out = io.StringIO()
    talk = Talk(Say("id"), keyboard, out, io.StringIO())
    if made:
        assert passphrases.choose(talk, None) == PASSPHRASE
        assert out.getvalue().count("Coba lagi") == len(typed) // 2
    else:
        with pytest.raises(Fault):
            passphrases.choose(talk, None)
        assert len(answers) == 1


class Keyboard(io.StringIO):
    """A terminal's input; what is typed unseen comes through `getpass`."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_ever_written_over(monkeypatch, tmp_path, world) -> None:
    kit = kit_file(tmp_path, world)
    target = tmp_path / "a.kunci.pem"
    for taken in (target, tmp_path / "a.daftar.txt"):
        taken.write_text("mine")
        done = run(monkeypatch, "keygen", "--to", target, "--kit", kit, stdin=TWICE)
        assert done.code == 2
        assert f"{taken.name}: sudah ada" in done.told
        assert taken.read_text() == "mine"
        assert inside(tmp_path) == {"kit.json", taken.name}
        taken.unlink()


def test_a_place_that_does_not_exist(monkeypatch, tmp_path) -> None:
    done = run(monkeypatch, "keygen", "--to", tmp_path / "no" / "a.pem", stdin=TWICE)
    assert done.code == 2
    assert "folder tidak ada" in done.told


@pytest.mark.parametrize(
    "words",
    [
        ("--log", "x.example/log"),
        ("--origin", "x.example/log"),
        ("--election", "pilkada"),
        ("--log", "https://x", "--election", "e"),
        ("--log", "x.example/log", "--election", "A"),
    ],
)
def test_an_enrolment_names_a_whole_log_and_election(monkeypatch, tmp_path, words) -> None:
    done = run(monkeypatch, "keygen", "--to", tmp_path / "a.pem", *words, stdin=TWICE)
    assert done.code == 2
    assert "--election E bersama --log BERKAS atau --origin NAMA" in done.told
    assert inside(tmp_path) == set()


def test_a_log_is_named_by_its_entry_0_or_before_it_by_its_name(monkeypatch, tmp_path) -> None:
    world = World.begun()
    first = tmp_path / "log.dsse.json"
    first.write_bytes(world.entries[0])
    named = [("--log", first), ("--origin", world.origin), ("--log", world.origin)]
    for at, words in enumerate(named):
        place = tmp_path / f"{at}.pem"
        done = run(monkeypatch, "keygen", "--to", place, *words, "--election", "e", stdin=TWICE)
        assert done.code == 0, done
        enrolled = Enrolment.parse_file((tmp_path / f"{at}.daftar.txt").read_bytes())
        assert (enrolled.origin, enrolled.election) == (world.origin, "e")


def test_a_remark_holds_no_identity_number(monkeypatch, tmp_path) -> None:
    words = ("--name", "Budi 3271060101900001")
    done = run(monkeypatch, "keygen", "--to", tmp_path / "a.pem", *words, stdin=TWICE)
    assert done.code == 2
    assert "NIK" in done.told
    assert inside(tmp_path) == set()


def test_the_wrong_passphrase_opens_nothing(monkeypatch, tmp_path, world) -> None:
    kit, key = kit_file(tmp_path, world), key_file(tmp_path, "a")
    done = run(monkeypatch, "keygen", "--enrol", key, "--kit", kit, stdin="salah sekali\n")
    assert done.code == 2
    assert "kata sandi salah" in done.told
    assert inside(tmp_path) == {"kit.json", "a.kunci.pem"}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(monkeypatch, tmp_path, mode) -> None:
    key = key_file(tmp_path, "a")
    key.chmod(mode)
    with pytest.raises(Corrupt):
        keyfile.load(key, PASSPHRASE)
    done = run(monkeypatch, "keygen", "--show", key)
    assert done.code == 2
    assert "chmod 600" in done.told


def test_a_cut_key_file_is_refused_at_every_length(tmp_path) -> None:
    data = key_file(tmp_path, "a").read_bytes()
    for length in range(len(data)):
        with pytest.raises(Malformed):
            KeyFile.parse(data[:length])


def test_a_damaged_key_file_never_gives_another_key(tmp_path) -> None:
    data = key_file(tmp_path, "a").read_bytes()
    rng = random.Random(17)
    for at in rng.sample(range(len(data)), 60):
        changed = data[:at] + bytes([data[at] ^ 1 << rng.randrange(7)]) + data[at + 1 :]
        try:
            opened = KeyFile.parse(changed).open(PASSPHRASE)
        except (Malformed, NotVerified):
            continue
        assert opened.public == signer("a").public, at


def test_plain_lines_of_another_key_are_refused(tmp_path) -> None:
    mine, other = key_file(tmp_path, "a").read_bytes(), key_file(tmp_path, "b").read_bytes()
    split = b"-----BEGIN"
    mixed = mine.split(split)[0] + split + other.split(split)[1]
    with pytest.raises(NotVerified, match="another key"):
        KeyFile.parse(mixed).open(PASSPHRASE)


@needs_openssl
@pytest.mark.parametrize(
    "options",
    [
        ("-v2", "aes-256-cbc", "-iter", "2048"),
        ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1", "-iter", "600000"),
        ("-v2", "aes-128-cbc", "-iter", "600000"),
        ("-v2", "des3", "-iter", "600000"),
        ("-scrypt",),
    ],
)
def test_a_pem_with_another_cipher_is_refused(tmp_path, options) -> None:
    plain = tmp_path / "plain.pem"
    subprocess.run([OPENSSL, "genpkey", "-algorithm", "ed25519", "-out", plain], check=True)
    made = subprocess.run(
        [OPENSSL, "pkcs8", "-topk8", "-in", plain, "-passout", f"pass:{PASSPHRASE}", *options],
        check=True,
        capture_output=True,
    ).stdout
    head = key_file(tmp_path, "a").read_bytes().split(b"-----BEGIN")[0]
    with pytest.raises(Malformed) as refused:
        KeyFile.parse(head + made)
    assert refused.value.code == "cipher"


@needs_openssl
def test_a_key_without_encryption_is_refused(monkeypatch, tmp_path) -> None:
    plain = tmp_path / "plain.pem"
    subprocess.run([OPENSSL, "genpkey", "-algorithm", "ed25519", "-out", plain], check=True)
    plain.chmod(0o600)
    done = run(monkeypatch, "keygen", "--show", plain)
    assert done.code == 2
    assert "bukan berkas kunci" in done.told


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_what_is_no_file_is_no_key(monkeypatch, tmp_path, make) -> None:
    make(tmp_path / "a.pem")
    assert run(monkeypatch, "keygen", "--show", tmp_path / "a.pem").code == 2


def test_a_demonstration_key_is_refused_by_a_live_log(monkeypatch, tmp_path) -> None:
    kit = kit_file(tmp_path, World.begun("live"))
    made = ("keygen", "--peraga", "rekap replay x", "x/kpps-1", "--to", tmp_path / "a.pem")
    origin = ("--log", "rekap.example/log", "--election", ELECTION)
    for words in (("--kit", kit), origin):
        done = run(monkeypatch, *made, *words, stdin=TWICE)
        assert done.code == 2
        assert "kunci peraga" in done.told
    assert inside(tmp_path) == {"kit.json"}
    assert run(monkeypatch, *made, stdin=TWICE).code == 0
    for words in (("--kit", kit), origin):
        done = run(monkeypatch, "keygen", "--enrol", tmp_path / "a.pem", *words, stdin=TWICE)
        assert done.code == 2
        assert "eraga" in done.told
    assert inside(tmp_path) == {"kit.json", "a.pem"}


# ---------------------------------------------------------------- what is made


def test_makes_a_key_and_its_enrolment(monkeypatch, tmp_path, world) -> None:
    kit = kit_file(tmp_path, world)
    target = tmp_path / "budi.kunci.pem"
    done = run(
        monkeypatch, "keygen", "--to", target, "--kit", kit, "--name", "Budi, ketua", stdin=TWICE
    )
    assert done.code == 0, done.err
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    own = keyfile.load(target, PASSPHRASE)
    found = Enrolment.parse_file((tmp_path / "budi.daftar.txt").read_bytes())
    found.verify()
    assert (found.origin, found.election) == (world.origin, ELECTION)
    assert found.public == PublicKey("ed25519", own.public)
    assert grouped(own.keyid) in done.out
    assert "# Nama: Budi, ketua" in (tmp_path / "budi.daftar.txt").read_text()
    assert PASSPHRASE not in done.told
    assert inside(tmp_path) == {"kit.json", "budi.kunci.pem", "budi.daftar.txt"}


def test_two_keys_differ_and_hold_no_secret_in_the_open(monkeypatch, tmp_path) -> None:
    made = []
    for name in ("a.pem", "b.pem"):
        assert run(monkeypatch, "keygen", "--to", tmp_path / name, stdin=TWICE).code == 0
        made.append(keyfile.load(tmp_path / name, PASSPHRASE))
        private = made[-1]._private.private_bytes_raw()
        data = (tmp_path / name).read_bytes()
        assert private not in data
        assert private.hex().encode() not in data
    assert made[0].public != made[1].public


def test_a_passphrase_from_a_file(monkeypatch, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{PASSPHRASE}\r\n")
    words = ("--to", tmp_path / "a.pem", "--passphrase-file", secret)
    assert run(monkeypatch, "keygen", *words).code == 0
    assert keyfile.load(tmp_path / "a.pem", PASSPHRASE).public
    missing = ("--to", tmp_path / "b.pem", "--passphrase-file", tmp_path / "none")
    assert run(monkeypatch, "keygen", *missing).code == 2


@pytest.mark.parametrize("lang", ["id", "en"])
def test_shows_the_same_fingerprint_of_either_file(monkeypatch, tmp_path, world, lang) -> None:
    key, line = key_file(tmp_path, "a"), tmp_path / "a.daftar.txt"
    line.write_text(f"# remark\r\n\r\n{enrolled(world, 'a')}\r\n")
    shown = [run(monkeypatch, "keygen", "--lang", lang, "--show", path) for path in (key, line)]
    assert shown[0] == shown[1]
    assert shown[0].code == 0
    assert grouped(signer("a").keyid) in shown[0].out


def test_a_fingerprint_is_read_however_it_is_typed() -> None:
    keyid = signer("a").keyid
    assert ungrouped(grouped(keyid).upper()) == ungrouped(grouped(keyid).replace(" ", "-")) == keyid


def test_a_demonstration_key_is_that_of_the_replay(monkeypatch, tmp_path) -> None:
    words = ("--peraga", "rekap replay x", "x/kpps-32.07.06.2001-001-1", "--to", tmp_path / "a.pem")
    done = run(monkeypatch, "keygen", *words, stdin=TWICE)
    assert done.code == 0
    assert "siapa pun dapat membuatnya" in done.told
    wanted = derive("rekap replay x", "x/kpps-32.07.06.2001-001-1")
    assert keyfile.load(tmp_path / "a.pem", PASSPHRASE).public == wanted.public
    assert KeyFile.read(tmp_path / "a.pem").role == "x/kpps-32.07.06.2001-001-1"


@needs_openssl
def test_common_tools_read_the_key(tmp_path) -> None:
    key = key_file(tmp_path, "a")
    done = subprocess.run(
        [
            OPENSSL,
            "pkey",
            "-in",
            key,
            "-passin",
            f"pass:{PASSPHRASE}",
            "-pubout",
            "-outform",
            "DER",
        ],
        check=True,
        capture_output=True,
    )
    assert done.stdout.endswith(signer("a").public)


def test_a_medium_without_hard_links_takes_a_key_once(monkeypatch, tmp_path) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(files.os, "link", refuse)
    key = key_file(tmp_path, "a")
    assert keyfile.load(key, PASSPHRASE).public == signer("a").public
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    target = tmp_path / "b.pem"
    target.write_text("mine")
    assert run(monkeypatch, "keygen", "--to", target, stdin=TWICE).code == 2
    assert target.read_text() == "mine"


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_full_disk_leaves_no_half_key(monkeypatch, tmp_path, call) -> None:
    def refuse(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, call, refuse)
    done = run(monkeypatch, "keygen", "--to", tmp_path / "a.pem", stdin=TWICE)
    assert done.code == 2
    assert f"Penyimpanan penuh: {tmp_path}" in " ".join(done.told.split())
    assert "jalankan lagi" in " ".join(done.told.split())
    assert inside(tmp_path) == set()


# ---------------------------------------------------------------- proofs of possession


def test_what_is_signed_can_be_nothing_else(world) -> None:
    signed = message(world.origin, ELECTION, PublicKey("ed25519", signer("a").public))
    assert not signed.startswith(b"DSSEv1 ")
    with pytest.raises(Malformed):
        Note.parse(signed)
    with pytest.raises(Malformed):
        checkpoint.parse(signed)


def test_every_word_of_an_enrolment_is_proved(world) -> None:
    words = enrolled(world, "a").split(" ")
    other = enrolled(world, "b", origin="other.example/log", election="other").split(" ")
    for at in range(1, len(words)):
        if words[at] == other[at]:
            continue
        mixed = " ".join([*words[:at], other[at], *words[at + 1 :]])
        with pytest.raises((Malformed, NotVerified)):
            Enrolment.parse(mixed).verify()


@pytest.mark.parametrize("spoil", [str.upper, lambda line: line + " ", lambda line: f" {line}",
                                   lambda line: line.replace(" ", "  ", 1), lambda line: line[:-1],
                                   lambda line: line + "\n" + line])  # fmt: skip
def test_a_line_has_one_spelling(world, spoil) -> None:
    with pytest.raises(Malformed):
        Enrolment.parse(spoil(enrolled(world, "a")))


@pytest.mark.parametrize(
    "data",
    [b"", b"# only a remark\n", b"\xff\xfe", b"x" * 20_000, b"rekap-pendaftaran/1 a b\n" * 2],
)
def test_a_file_that_is_no_enrolment(data) -> None:
    with pytest.raises(Malformed):
        Enrolment.parse_file(data)


@pytest.mark.parametrize("alg", ["ed25519", "webauthn-es256"])
def test_small_order_and_odd_keys_cannot_enrol(world, alg) -> None:
    for key in (bytes(32), b"\x01" + bytes(31), b"\x02" + bytes(32)):
        public = enrolment.codec.b64encode(key)
        line = f"{enrolment.NAME} {world.origin} {ELECTION} {alg} {public} {'A' * 86}=="
        with pytest.raises((Malformed, NotVerified)):
            Enrolment.parse(line).verify(WebAuthnScope(frozenset(), "x"))


def test_a_passkey_proves_itself_on_the_pages_of_the_log_only(world) -> None:
    own = Passkey()
    public = PublicKey(keys.WEBAUTHN, own.public)
    proof = own.sign(message(world.origin, ELECTION, public))
    line = Enrolment(world.origin, ELECTION, public, proof).line
    found = Enrolment.parse(line)
    found.verify(WebAuthnScope(frozenset({own.origin}), own.rp_id))
    for scope in (None, WebAuthnScope(frozenset({"https://other.example"}), own.rp_id)):
        with pytest.raises(NotVerified):
            found.verify(scope)
