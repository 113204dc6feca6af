"""`rekap sign`: officers read a statement and sign it, one after another.

A signature is added to `NAME.dsse.json` and none is ever dropped. Files of the same statement,
signed on different machines, are put together.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from rekap.audit.commands.speech import Say
from rekap.desk.officials import given, paper
from rekap.desk.officials.arguments import add_kit, add_queue
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import DRAFT, SIGNED
from rekap.desk.officials.signing.desk import Desk
from rekap.desk.officials.talk import Fault, Talk


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.epilog = _epilog(say)
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar=say("BERKAS", "FILE"),
        help=say(f"draf *{DRAFT} atau yang sudah ditandatangani *{SIGNED}",
                 f"a draft *{DRAFT} or a signed statement *{SIGNED}"),
    )  # fmt: skip
    add_kit(
        parser,
        say,
        ("; hanya catatan 0 boleh tanpa ini dan tanpa --log",
         "; only entry 0 needs neither this nor --log"),
        required=False,
    )  # fmt: skip
    parser.add_argument(
        "--log", type=Path, metavar=say("BERKAS", "FILE"),
        help=say("pengganti --kit sebelum ada pemilihan: catatan 0 yang ditandatangani",
                 "instead of --kit while there is no election: entry 0 as it was signed"),
    )  # fmt: skip
    parser.add_argument(
        "--key", action="append", default=[], type=Path, metavar=say("KUNCI", "KEY"),
        help=say("berkas kunci; boleh berulang untuk beberapa petugas; tanpa ini hanya memeriksa",
                 "key file; may be repeated for several officers; without it only check"),
    )  # fmt: skip
    parser.add_argument(
        "--passphrase-file", action="append", default=[], type=Path, metavar="F",
        help=say("kata sandi dari berkas, bagi mesin; urut seperti --key",
                 "passphrase from a file, for machines; in the order of --key"),
    )  # fmt: skip
    parser.add_argument(
        "--expect", action="append", default=[], metavar="ID",
        help=say("tanda tangani tanpa bertanya, hanya bila id-nya persis ini",
                 "sign without asking, only if the id is exactly this"),
    )  # fmt: skip
    parser.add_argument(
        "--blind", action="store_true",
        help=say("ketik ulang perolehan suara dari kertas sebelum melihat draf",
                 "type the votes from the paper again before seeing the draft"),
    )  # fmt: skip
    parser.add_argument(
        "--unregistered", action="store_true",
        help=say("izinkan kunci yang belum ada dalam kit", "allow a key that is not in the kit"),
    )  # fmt: skip
    add_queue(parser, say)
    parser.add_argument(
        "--to", type=Path, metavar=say("BERKAS", "FILE"),
        help=say(f"berkas hasil; bila tidak disebut: nama yang sama dengan akhiran {SIGNED}",
                 f"result; default: the same name with {SIGNED}"),
    )  # fmt: skip


def _epilog(say: Say) -> str:
    told = say("Contoh: tiap petugas bergantian, dengan kuncinya sendiri:",
               "Example: each officer in turn, with his own key:")  # fmt: skip
    more = say("atau di komputer lain, dengan berkas yang sudah ditandatangani:",
               "or on another machine, with the file that is signed already:")  # fmt: skip
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
        raise Fault(
            "Sebutkan satu --passphrase-file untuk tiap --key, dengan urutan yang sama.",
            "Name one --passphrase-file for each --key, in the same order.",
        )
    if options.kit is not None and options.log is not None:
        raise Fault(
            "Sebutkan --kit atau --log, tidak keduanya. Kit tahu lebih banyak.",
            "Name --kit or --log, not both. A kit knows more.",
        )
    if options.blind and options.expect:
        raise Fault(
            "--blind membutuhkan petugas yang mengetik; --expect tidak dapat dipakai bersamanya.",
            "--blind needs an officer who types; it does not go with --expect.",
        )
