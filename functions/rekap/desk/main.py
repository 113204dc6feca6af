"""The `rekap` command: finds the command's module, and turns errors into exit codes.

    0  done, or proved
    1  refuted, or what was done is not what was asked
    2  could not: wrong arguments, unreadable source, any unexpected error
    3  `verify`: right as far as it was looked at

A command is a module with `configure(parser, say)` and `run(options, say) -> exit code`. It is
imported only when it is asked for, so that `rekap --help` and small commands start at once.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
import textwrap
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import LANGUAGES, Say
from rekap.core.errors import NotVerified, RekapError
from rekap.desk.parser import Parser
from rekap.desk.texts import both

DONE: Final = 0
REFUTED: Final = 1
COULD_NOT: Final = 2


@dataclass(frozen=True, slots=True)
class Command:
    """A name on the command line, the module behind it, and one line of help."""

    name: str
    module: str
    id: str
    en: str


COMMANDS: Final = (
    Command("kit", "rekap.desk.officials.commands.take", *both("main.kit")),
    Command("keygen", "rekap.desk.officials.commands.keygen", *both("main.keygen")),
    Command("grant", "rekap.desk.officials.commands.grant", *both("main.grant")),
    Command("form", "rekap.desk.officials.commands.form", *both("main.form")),
    Command("correct", "rekap.desk.officials.commands.correct", *both("main.correct")),
    Command("sign", "rekap.desk.officials.commands.sign", *both("main.sign")),
    Command("submit", "rekap.desk.officials.commands.submit", *both("main.submit")),
    Command("status", "rekap.desk.officials.commands.status", *both("main.status")),
    Command("revoke", "rekap.desk.officials.commands.revoke", *both("main.revoke")),
    Command("verify", "rekap.audit.commands.verify", *both("main.verify")),
    Command("compare", "rekap.audit.commands.compare", *both("main.compare")),
    Command("who", "rekap.audit.commands.who", *both("main.who")),
    Command("page", "rekap.audit.commands.page", *both("main.page")),
    Command("bundle", "rekap.audit.commands.bundle", *both("main.bundle")),
    Command("export", "rekap.audit.commands.export", *both("main.export")),
    Command("rebuild", "rekap.audit.commands.rebuild", *both("main.rebuild")),
    Command("archive", "rekap.audit.commands.archive", *both("main.archive")),
    Command("serve", "rekap.desk.serve", *both("main.serve")),
    Command("import", "rekap.desk.replay.import_", *both("main.import")),
    Command("draft", "rekap.desk.operators.drafts.command", *both("main.draft")),
    Command("portal-keys", "rekap.desk.operators.portal_keys", *both("main.portal-keys")),
    Command("restore", "rekap.desk.operators.restore", *both("main.restore")),
    Command("mirror", "rekap.audit.commands.mirror", *both("main.mirror")),
    Command("nation", "rekap.audit.commands.nation", *both("main.nation")),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _forgive()
    say = Say(_language(words))
    options = _parser(say, _chosen(words)).parse_args(words)
    if options.version:
        from rekap.desk import version

        return version.tell(say)
    if options.run is None:
        _parser(say, None).print_help()
        return COULD_NOT
    try:
        code: int = options.run(options, say)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has gone; nothing more can be said to him.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT
    except NotVerified as error:
        _tell(error)
        return REFUTED
    except (RekapError, OSError) as error:
        _tell(error)
        return COULD_NOT
    except KeyboardInterrupt:
        print(say(*both("main.rekap_stopped")), file=sys.stderr)
        return COULD_NOT
    except Exception as error:
        _own_fault(error, say)
        return COULD_NOT
    return code


def _tell(error: Exception) -> None:
    """Say what is wrong; the words may be a stranger's, from a site or a file."""
    from rekap.audit.verdict import printable

    for line in f"rekap: {error}".split("\n"):
        print(printable(line), file=sys.stderr)


def _own_fault(error: Exception, say: Say) -> None:
    """Say that this program is wrong, and where: nobody types that off a screen at night."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    what = f"{type(error).__name__}: {error} ({place})"
    told = say(*both("main.rekap_a_fault_of_this_program", what=what))
    print(textwrap.fill(told, 80, subsequent_indent="  ", break_on_hyphens=False), file=sys.stderr)


def _forgive() -> None:
    """Let a terminal that lacks a character show "?" for it; nothing else about it changes."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _language(words: Sequence[str]) -> str:
    """The language, read before parsing so that help and errors are in it too."""
    for place, word in enumerate(words):
        if word == "--lang" and words[place + 1 : place + 2] in (["id"], ["en"]):
            return words[place + 1]
        if word in ("--lang=id", "--lang=en"):
            return word[-2:]
    return LANGUAGES[0]


def _chosen(words: Sequence[str]) -> str | None:
    names = {command.name for command in COMMANDS}
    return next((word for word in words if word in names), None)


def _parser(say: Say, chosen: str | None) -> Parser:
    """The parser with all commands; only the chosen one's module is imported."""
    parser = Parser(
        prog="rekap",
        say=say,
        description=say(*both("main.rekap_terbuka_election_results_that_anyone")),
        epilog=say(*both("main.rekap_command_help_explains_each_command")),
    )
    parser.set_defaults(run=None)
    _add_language(parser, say, LANGUAGES[0])
    taking(parser, say)(
        "--version", both("main.show_the_version_and_the_release"), action="store_true"
    )
    commands = parser.add_subparsers(
        title=say(*both("main.commands")), metavar=say(*both("main.command"))
    )
    for command in COMMANDS:
        told = say(command.id, command.en)
        below = commands.add_parser(command.name, help=told, description=told, say=say)
        _add_language(below, say, argparse.SUPPRESS)
        if command.name == chosen:
            module = importlib.import_module(command.module)
            module.configure(below, say)
            below.set_defaults(run=module.run)
    return parser


def _add_language(parser: Parser, say: Say, default: str) -> None:
    taking(parser, say)(
        "--lang", both("main.language_of_the_output_default_id"), choices=LANGUAGES, default=default
    )


if __name__ == "__main__":
    sys.exit(main())
