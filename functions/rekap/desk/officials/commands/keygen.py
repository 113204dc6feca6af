"""`rekap keygen`: an official's key, and the enrolment that others grant it by."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.errors import Conflict, Malformed
from rekap.core.signing.keys import PublicKey
from rekap.core.signing.signer import Ed25519Signer, derive_private
from rekap.core.statements import shapes, values
from rekap.core.statements.shapes import Report
from rekap.desk.officials import given
from rekap.desk.officials.arguments import add_kit
from rekap.desk.officials.keys import enrolment, keyfile, passphrases
from rekap.desk.officials.keys.enrolment import Enrolment, enrol, grouped
from rekap.desk.officials.keys.keyfile import KeyFile
from rekap.desk.officials.talk import Fault, Talk

_NAME_MAX: Final = 100


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.epilog = _epilog(say)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--to",
        type=Path,
        metavar="F",
        help=say("buat kunci baru di sini", "make a new key"),
    )
    what.add_argument(
        "--enrol",
        type=Path,
        metavar="F",
        help=say("daftarkan kunci yang sudah ada", "enrol a key that exists"),
    )
    what.add_argument(
        "--show",
        type=Path,
        metavar="F",
        help=say("tampilkan sidik kunci atau pendaftaran", "show the fingerprint of either file"),
    )
    add_kit(parser, say, (" untuk pemilihan ini", " of the election"), required=False)
    parser.add_argument(
        "--log",
        metavar=say("BERKAS", "FILE"),
        help=say("pengganti --kit: catatan 0 yang ditandatangani",
                 "instead of --kit: entry 0 as it was signed"),
    )  # fmt: skip
    parser.add_argument(
        "--origin",
        help=say("pengganti --log sebelum ada catatan 0: nama log",
                 "instead of --log before there is an entry 0: name of the log"),
    )  # fmt: skip
    parser.add_argument(
        "--election", metavar="E", help=say("pengganti --kit: id", "instead of --kit: the id")
    )
    parser.add_argument(
        "--name",
        metavar=say("TEKS", "TEXT"),
        help=say("keterangan di pendaftaran; tidak pernah masuk log", "a remark; never in the log"),
    )
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="F",
        help=say("kata sandi dari berkas, bagi mesin", "passphrase from a file, for machines"),
    )
    parser.add_argument(
        "--peraga",
        nargs=2,
        metavar=(say("BENIH", "SEED"), say("PERAN", "ROLE")),
        help=say("kunci peraga dari benih umum", "a demonstration key from a public seed"),
    )


def _epilog(say: Say) -> str:
    return say(
        "Berkas kunci (.kunci.pem) rahasia: jangan pernah dikirim. Pendaftaran\n"
        "(.daftar.txt) boleh dikirim; sidiknya dicocokkan dengan surat tugas. Contoh:\n"
        "  rekap keygen --to saya.kunci.pem --kit kpps.kit.json\n"
        "  rekap keygen --show saya.kunci.pem\n"
        "  rekap keygen --enrol saya.kunci.pem --kit kpps.kit.json",
        "The key file (.kunci.pem) is secret: never send it. The enrolment\n"
        "(.daftar.txt) may be sent; its fingerprint is compared with the letter of\n"
        "appointment. Example:\n"
        "  rekap keygen --to mine.kunci.pem --kit kpps.kit.json\n"
        "  rekap keygen --show mine.kunci.pem\n"
        "  rekap keygen --enrol mine.kunci.pem --kit kpps.kit.json",
    )


def run(options: Namespace, say: Say) -> int:
    """Make, enrol or show a key; 0 done, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


@dataclass(frozen=True, slots=True)
class _For:
    """The log and the election that a proof of possession names."""

    origin: str
    election: str


def _run(options: Namespace, talk: Talk) -> int:
    if options.show is not None:
        return _show(options.show, talk)
    wanted = _wanted(options)
    remark = _remark(options.name)
    if options.enrol is not None:
        return _enrol(options, wanted, remark, talk)
    return _make(options, wanted, remark, talk)


def _wanted(options: Namespace) -> _For | None:
    """Return what to enrol for, None if nothing is named."""
    if options.kit is not None:
        kit = given.kit(options.kit)
        if options.peraga and kit.mode == given.LIVE:
            raise _no_demonstration()
        return _For(kit.origin, kit.election)
    origin = _origin(options)
    if origin is None and options.election is None:
        return None
    if options.peraga and not given.is_demonstration(str(origin)):
        raise _no_demonstration()
    report = Report()
    values.is_origin(report, origin, "log")
    shapes.identifier(report, options.election, "election")
    if report.findings:
        raise Fault(
            "Sebutkan --kit, atau --election E bersama --log BERKAS atau --origin NAMA.",
            "Name --kit, or --election E together with --log FILE or --origin NAME.",
        )
    return _For(str(origin), options.election)


def _origin(options: Namespace) -> str | None:
    """The name of the log: as given, or of its entry 0; `--log` also takes the name itself."""
    if options.log is None or options.origin is not None:
        return None if options.origin is None else str(options.origin)
    path = Path(options.log)
    return given.first_entry(path).origin if path.is_file() else str(options.log)


def _no_demonstration() -> Fault:
    return Fault(
        "Log langsung tidak menerima kunci peraga. Buat kunci tanpa --peraga.",
        "A live log takes no demonstration key. Make a key without --peraga.",
    )


def _remark(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        codec.check_text(name, _NAME_MAX, "--name", free=True)
    except Malformed as error:
        raise Fault(
            f"--name: paling banyak {_NAME_MAX} huruf, tanpa NIK atau nomor telepon.",
            f"--name: at most {_NAME_MAX} characters, no identity or telephone number.",
        ) from error
    return name


def _show(path: Path, talk: Talk) -> int:
    """Show whose key a key file or an enrolment holds, without its passphrase."""
    role = None
    try:
        public = Enrolment.parse_file(files.read(path, enrolment.MAX_FILE)).public
    except Malformed:
        locked = given.key_file(path)
        public, role = locked.public, locked.role
    _tell_fingerprint(public, role, talk)
    return 0


def _make(options: Namespace, wanted: _For | None, remark: str | None, talk: Talk) -> int:
    target: Path = options.to
    role = options.peraga[1] if options.peraga else None
    beside = enrolment.path_beside(target)
    for path in (target, beside) if wanted else (target,):
        _check_free(path)
    private = _private(options.peraga)
    passphrase = passphrases.choose(talk, options.passphrase_file)
    try:
        public = keyfile.save(target, private, passphrase, role)
    except Conflict as error:
        raise _taken(target) from error
    talk.tell(f"Berkas kunci: {target}", f"Key file: {target}")
    if role is None:
        talk.tell(
            "Rahasia: jangan dikirim kepada siapa pun, dan simpan satu salinan cadangan.",
            "Secret: send it to nobody, and keep one spare copy.",
        )
    _tell_fingerprint(public, role, talk)
    if wanted is not None:
        _write_enrolment(Ed25519Signer(private), wanted, beside, remark, talk)
    else:
        talk.tell(
            f"Untuk mendaftarkannya: rekap keygen --enrol {target} --kit KIT",
            f"To enrol it: rekap keygen --enrol {target} --kit KIT",
        )
    return 0


def _enrol(options: Namespace, wanted: _For | None, remark: str | None, talk: Talk) -> int:
    if wanted is None:
        raise Fault(
            "--enrol butuh --kit, atau --election dengan --log atau --origin.",
            "--enrol needs --kit, or --election with --log or --origin.",
        )
    kit = None if options.kit is None else given.kit(options.kit)
    path: Path = options.enrol
    locked: KeyFile = given.key_file(path, kit)
    if locked.role is not None and not given.is_demonstration(wanted.origin):
        raise _no_demonstration()
    beside = enrolment.path_beside(path)
    _check_free(beside)
    signer = given.unlock(path, talk, options.passphrase_file, kit)
    _tell_fingerprint(locked.public, locked.role, talk)
    _write_enrolment(signer, wanted, beside, remark, talk)
    return 0


def _private(seeded: list[str] | None) -> bytes:
    """Return 32 private bytes: of a role of a replay, or from the system's random source."""
    if seeded is None:
        return os.urandom(32)
    seed, role = seeded
    if not keyfile.is_role(role):
        raise Fault(
            f"Peran {role!r} bukan peran peraga, misalnya pilkada-x/kpps-32.07.06.2001-001-1.",
            f"{role!r} is no role of a replay, such as pilkada-x/kpps-32.07.06.2001-001-1.",
        )
    return derive_private(seed, role)


def _check_free(path: Path) -> None:
    if not path.parent.is_dir():
        raise Fault(
            f"{path.parent}: folder tidak ada. Buat dulu, atau pilih tempat lain.",
            f"{path.parent}: no such folder. Make it first, or choose another place.",
        )
    if path.exists() or path.is_symlink():
        raise _taken(path)


def _taken(path: Path) -> Fault:
    return Fault(
        f"{path}: sudah ada dan tidak ditimpa. Pilih nama lain.",
        f"{path}: exists and is not written over. Choose another name.",
    )


def _write_enrolment(
    signer: Ed25519Signer, wanted: _For, path: Path, remark: str | None, talk: Talk
) -> None:
    made = enrol(wanted.origin, wanted.election, signer)
    remarks = [
        talk.say("Pendaftaran kunci; bukan rahasia.", "Enrolment of a key; not secret."),
        *([f"{talk.say('Nama', 'Name')}: {remark}"] if remark else []),
        f"{talk.say('Sidik', 'Fingerprint')}: {grouped(made.public.keyid)}",
    ]
    try:
        files.write_new(path, made.file(remarks))
    except Conflict as error:
        raise _taken(path) from error
    talk.tell(
        f"Pendaftaran: {path}. Serahkan kepada dua petugas yang mengesahkan kunci Anda; mereka"
        " mencocokkan sidiknya dengan surat tugas.",
        f"Enrolment: {path}. Hand it to the two officials who grant your key; they compare its"
        " fingerprint with the letter of appointment.",
    )


def _tell_fingerprint(public: PublicKey, role: str | None, talk: Talk) -> None:
    mark = talk.say("Kunci peraga", "Demonstration key") if role else talk.say("Kunci", "Key")
    talk.tell(
        "Untuk surat tugas (sidik kunci, delapan kelompok):",
        "For the letter of appointment (fingerprint, eight groups):",
    )
    talk.tell()
    print(f"  {mark} {public.alg}  {grouped(public.keyid)}", file=talk.stdout)
    talk.tell()
    if role is not None:
        talk.tell(
            f"Kunci ini dibuat dari benih umum untuk peran {role}: siapa pun dapat membuatnya.",
            f"This key was made from a public seed for the role {role}: anybody can make it.",
        )
