"""`rekap sign`: officers read a statement and sign it, one after another.

A signature is added to `NAME.dsse.json` and none is ever dropped. Files of the same statement,
signed on different machines, are put together.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.desk.officials import paper
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit, add_queue
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import DRAFT, SIGNED
from rekap.desk.officials.signing.desk import Desk
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.texts import both


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = _epilog(say)
    take(
        "files",
        both("sign.a_draft_or_a_signed_statement", draft=DRAFT, signed=SIGNED),
        both("arguments.file"),
        nargs="+",
        type=Path,
    )
    add_kit(parser, say, both("sign.only_entry_0_needs_neither_this"), required=False)
    take("--log", both("sign.instead_of_kit_while_there_is"), both("arguments.file"), type=Path)
    take(
        "--key",
        both("sign.key_file_may_be_repeated_for"),
        both("arguments.key"),
        many=True,
        type=Path,
    )
    take(
        "--passphrase-file",
        both("sign.passphrase_from_a_file_for_machines"),
        "F",
        many=True,
        type=Path,
    )
    take("--expect", both("sign.sign_without_asking_only_if_the"), "ID", many=True)
    take("--blind", both("sign.type_the_votes_from_the_paper"), action="store_true")
    take("--unregistered", both("sign.allow_a_key_that_is_not"), action="store_true")
    add_queue(parser, say)
    take(
        "--to",
        both("sign.result_default_the_same_name_with", signed=SIGNED),
        both("arguments.file"),
        type=Path,
    )


def _epilog(say: Say) -> str:
    told = say(*both("sign.example_each_officer_in_turn_with"))
    more = say(*both("sign.or_on_another_machine_with_the"))
    return f"""{told}
  rekap sign --kit tps.kit.json --key ketua.kunci.pem tps004.pernyataan.json
{more}
  rekap sign --kit tps.kit.json --key anggota-1.kunci.pem tps004.dsse.json"""


def run(options: Namespace, say: Say) -> int:
    """Sign; 0 done, 1 somebody did not sign or something is refused, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


def _run(options: Namespace, talk: Talk) -> int:
    _check_options(options)
    desk = Desk(_register(options), options, talk)
    return desk.serve(paper.of_files(options.files, options.to, talk.say))


def _register(options: Namespace) -> Kit | None:
    """What tells who may sign: a kit, entry 0 alone, or nothing for entry 0 itself."""
    if options.kit is not None:
        return given.kit(options.kit)
    return given.first_entry(options.log) if options.log is not None else None


def _check_options(options: Namespace) -> None:
    files, keys = options.passphrase_file, options.key
    if files and len(files) != len(keys):
        raise Fault(*both("sign.name_one_passphrase_file_for_each"))
    if options.kit is not None and options.log is not None:
        raise Fault(*both("sign.name_kit_or_log_not_both"))
    if options.blind and options.expect:
        raise Fault(*both("sign.blind_needs_an_officer_who_types"))
