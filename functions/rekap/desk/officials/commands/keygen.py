"""`rekap keygen`: an official's key, and the enrolment that others grant it by."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.errors import Conflict, Malformed
from rekap.core.signing.keys import PublicKey
from rekap.core.signing.signer import Ed25519Signer, derive_private
from rekap.core.statements import shapes, values
from rekap.core.statements.shapes import Report
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit
from rekap.desk.officials.keys import enrolment, keyfile, passphrases
from rekap.desk.officials.keys.enrolment import Enrolment, enrol, grouped
from rekap.desk.officials.keys.keyfile import KeyFile
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.texts import both

_NAME_MAX: Final = 100


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = _epilog(say)
    what = parser.add_mutually_exclusive_group(required=True)
    taking(what, say)("--to", both("keygen.make_a_new_key"), "F", type=Path)
    taking(what, say)("--enrol", both("keygen.enrol_a_key_that_exists"), "F", type=Path)
    taking(what, say)("--show", both("keygen.show_the_fingerprint_of_either_file"), "F", type=Path)
    add_kit(parser, say, both("keygen.of_the_election"), required=False)
    take("--log", both("keygen.instead_of_kit_entry_0_as"), both("arguments.file"))
    take("--origin", both("keygen.instead_of_log_before_there_is"))
    take("--election", both("keygen.instead_of_kit_the_id"), "E")
    take("--name", both("keygen.a_remark_never_in_the_log"), both("arguments.text"))
    take("--passphrase-file", both("keygen.passphrase_from_a_file_for_machines"), "F", type=Path)
    parser.add_argument(
        "--peraga",
        nargs=2,
        metavar=(say(*both("keygen.seed")), say(*both("keygen.role"))),
        help=say(*both("keygen.a_demonstration_key_from_a_public")),
    )


def _epilog(say: Say) -> str:
    return say(*both("keygen.the_key_file_kunci_pem_is"))


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
        raise Fault(*both("keygen.name_kit_or_election_e_together"))
    return _For(str(origin), options.election)


def _origin(options: Namespace) -> str | None:
    """The name of the log: as given, or of its entry 0; `--log` also takes the name itself."""
    if options.log is None or options.origin is not None:
        return None if options.origin is None else str(options.origin)
    path = Path(options.log)
    return given.first_entry(path).origin if path.is_file() else str(options.log)


def _no_demonstration() -> Fault:
    return Fault(*both("keygen.a_live_log_takes_no_demonstration"))


def _remark(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        codec.check_text(name, _NAME_MAX, "--name", free=True)
    except Malformed as error:
        raise Fault(
            *both("keygen.name_at_most_characters_no_identity", name_max=_NAME_MAX)
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
    talk.tell(*both("keygen.key_file", target=target))
    if role is None:
        talk.tell(*both("keygen.secret_send_it_to_nobody_and"))
    _tell_fingerprint(public, role, talk)
    if wanted is not None:
        _write_enrolment(Ed25519Signer(private), wanted, beside, remark, talk)
    else:
        talk.tell(*both("keygen.to_enrol_it_rekap_keygen_enrol", target=target))
    return 0


def _enrol(options: Namespace, wanted: _For | None, remark: str | None, talk: Talk) -> int:
    if wanted is None:
        raise Fault(*both("keygen.enrol_needs_kit_or_election_with"))
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
        raise Fault(*both("keygen.is_no_role_of_a_replay", role=repr(role)))
    return derive_private(seed, role)


def _check_free(path: Path) -> None:
    if not path.parent.is_dir():
        raise Fault(*both("keygen.no_such_folder_make_it_first", parent=path.parent))
    if path.exists() or path.is_symlink():
        raise _taken(path)


def _taken(path: Path) -> Fault:
    return Fault(*both("keygen.exists_and_is_not_written_over", path=path))


def _write_enrolment(
    signer: Ed25519Signer, wanted: _For, path: Path, remark: str | None, talk: Talk
) -> None:
    made = enrol(wanted.origin, wanted.election, signer)
    remarks = [
        talk.say(*both("keygen.enrolment_of_a_key_not_secret")),
        *([f"{talk.say(*both('word.name_label'))}: {remark}"] if remark else []),
        f"{talk.say(*both('word.fingerprint_label'))}: {grouped(made.public.keyid)}",
    ]
    try:
        files.write_new(path, made.file(remarks))
    except Conflict as error:
        raise _taken(path) from error
    talk.tell(*both("keygen.enrolment_hand_it_to_the_two", path=path))


def _tell_fingerprint(public: PublicKey, role: str | None, talk: Talk) -> None:
    mark = talk.say(*both("keygen.demonstration_key")) if role else talk.say(*both("keygen.key"))
    talk.tell(*both("keygen.for_the_letter_of_appointment_fingerprint"))
    talk.tell()
    print(f"  {mark} {public.alg}  {grouped(public.keyid)}", file=talk.stdout)
    talk.tell()
    if role is not None:
        talk.tell(*both("keygen.this_key_was_made_from_a", role=role))
