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

from rekap.audit.commands.speech import LANGUAGES, Say
from rekap.core.errors import NotVerified, RekapError
from rekap.desk import version
from rekap.desk.parser import Parser

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
    Command(
        "kit",
        "rekap.desk.officials.commands.take",
        "petugas: ambil bagian buku besar yang diperlukan kantor ini",
        "officials: take the part of the ledger that this office needs",
    ),
    Command(
        "keygen",
        "rekap.desk.officials.commands.keygen",
        "petugas: buat kunci dan pendaftarannya, tampilkan sidiknya",
        "officials: make a key and its enrolment, show its fingerprint",
    ),
    Command(
        "grant",
        "rekap.desk.officials.commands.grant",
        "petugas: draf pemberian kunci dari daftar orang",
        "officials: drafts that give keys to a list of persons",
    ),
    Command(
        "form",
        "rekap.desk.officials.commands.form",
        "petugas: dari angka di kertas menjadi draf formulir",
        "officials: from the figures of a paper to the draft of a form",
    ),
    Command(
        "correct",
        "rekap.desk.officials.commands.correct",
        "petugas: buat revisi berikutnya, tampilkan hanya yang berubah",
        "officials: make the next revision, show only what changed",
    ),
    Command(
        "sign",
        "rekap.desk.officials.commands.sign",
        "petugas: baca dan tandatangani pernyataan, satu demi satu",
        "officials: read and sign statements, one officer after another",
    ),
    Command(
        "submit",
        "rekap.desk.officials.commands.submit",
        "petugas: antrekan dan kirim pernyataan sampai portal memberi tanda terima",
        "officials: queue and send statements until the portal gives its receipt",
    ),
    Command(
        "status",
        "rekap.desk.officials.commands.status",
        "petugas: sampai di mana pernyataan, dari berkas publik saja",
        "officials: where statements stand, from the public files alone",
    ),
    Command(
        "revoke",
        "rekap.desk.officials.commands.revoke",
        "petugas: draf pencabutan satu kunci",
        "officials: a draft that ends a key",
    ),
    Command(
        "verify",
        "rekap.audit.commands.verify",
        "buktikan atau sangkal seluruh isi portal",
        "prove or refute everything a portal shows",
    ),
    Command(
        "compare",
        "rekap.audit.commands.compare",
        "bandingkan dua salinan log: satu riwayat atau dua",
        "compare two copies of a log: one history or two",
    ),
    Command(
        "who",
        "rekap.audit.commands.who",
        "siapa dapat menandatangani apa pada suatu catatan",
        "who could sign what at an entry",
    ),
    Command(
        "page",
        "rekap.audit.commands.page",
        "apa yang dikatakan sebuah halaman pada suatu catatan",
        "what a page said at an entry",
    ),
    Command(
        "bundle",
        "rekap.audit.commands.bundle",
        "buat berkas sengketa untuk sebuah tempat",
        "make a file of evidence for a dispute about a place",
    ),
    Command(
        "export",
        "rekap.audit.commands.export",
        "tulis folder pemilihan dari sebuah portal",
        "write election folders from a portal",
    ),
    Command(
        "rebuild",
        "rekap.audit.commands.rebuild",
        "buat ulang setiap halaman dari log saja",
        "make every page again from the log alone",
    ),
    Command(
        "archive",
        "rekap.audit.commands.archive",
        "simpan sebuah portal untuk puluhan tahun",
        "keep a portal for decades",
    ),
    Command(
        "serve",
        "rekap.desk.serve",
        "sajikan portal di komputer ini",
        "serve a portal on this machine",
    ),
    Command(
        "import",
        "rekap.desk.replay.import_",
        "putar ulang folder pemilihan menjadi portal lengkap",
        "replay election folders into a complete portal",
    ),
    Command(
        "draft",
        "rekap.desk.operators.drafts.command",
        "tulis pernyataan selain formulir dan kunci",
        "write statements other than forms and keys",
    ),
    Command(
        "portal-keys",
        "rekap.desk.operators.portal_keys",
        "buat kunci portal dan cetak nama umumnya",
        "make a portal's own keys and print their public names",
    ),
    Command(
        "restore",
        "rekap.desk.operators.restore",
        "pulihkan tabel portal dari log yang sudah terbit",
        "restore a portal's tables from its published log",
    ),
    Command(
        "mirror",
        "rekap.audit.commands.mirror",
        "salin portal seutuhnya, terverifikasi, dan segarkan salinannya",
        "make and refresh a full, verified copy of a portal",
    ),
    Command(
        "nation",
        "rekap.audit.commands.nation",
        "satu halaman depan atas banyak portal, tanpa mempercayai satu pun",
        "one front over many portals, believing none",
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _forgive()
    say = Say(_language(words))
    options = _parser(say, _chosen(words)).parse_args(words)
    if options.version:
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
        print(say("\nrekap: dihentikan", "\nrekap: stopped"), file=sys.stderr)
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
    told = say(
        f"rekap: kesalahan di program ini, bukan pada Anda. Coba sekali lagi; bila tetap, kirim"
        f" baris ini kepada operator portal: {what}",
        f"rekap: a fault of this program, not yours. Try once more; if it stays, send this line"
        f" to the portal's operator: {what}",
    )
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
        description=say(
            "Rekap Terbuka: hasil pemilihan yang dapat dibuktikan siapa saja.",
            "Rekap Terbuka: election results that anyone can prove.",
        ),
        epilog=say(
            "`rekap PERINTAH --help` menjelaskan tiap perintah.",
            "`rekap COMMAND --help` explains each command.",
        ),
    )
    parser.set_defaults(run=None)
    _add_language(parser, say, LANGUAGES[0])
    parser.add_argument(
        "--version",
        action="store_true",
        help=say("tampilkan versi dan rilis", "show the version and the release"),
    )
    commands = parser.add_subparsers(
        title=say("perintah", "commands"), metavar=say("PERINTAH", "COMMAND")
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
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=default,
        help=say("bahasa keluaran; bila tidak disebut: id", "language of the output; default: id"),
    )


if __name__ == "__main__":
    sys.exit(main())
