"""What several commands take on the command line, and where a draft may be written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rekap.audit.commands.speech import Say
from rekap.desk.officials.outbox.queue import QUEUE
from rekap.desk.officials.paper import DRAFT, SIGNED, Paper
from rekap.desk.officials.talk import REFUSED, Fault, Talk


def add_kit(
    parser: ArgumentParser, say: Say, more: tuple[str, str] = ("", ""), *, required: bool = True
) -> None:
    """Declare --kit; `more` is what else is to be said of it."""
    parser.add_argument(
        "--kit",
        required=required,
        type=Path,
        metavar="KIT",
        help=say(f"berkas dari `rekap kit`{more[0]}", f"a file made by `rekap kit`{more[1]}"),
    )


def add_time(parser: ArgumentParser, say: Say) -> None:
    """Declare --at."""
    parser.add_argument(
        "--at",
        metavar=say("WAKTU", "TIME"),
        help=say(
            "waktu pernyataan; bila tidak disebut, jam komputer ini",
            "time of the statement; default: this machine's clock",
        ),
    )


def add_queue(parser: ArgumentParser, say: Say) -> None:
    """Declare --queue."""
    parser.add_argument(
        "--queue",
        type=Path,
        default=Path(QUEUE),
        metavar=say("FOLDER", "DIR"),
        help=say(f"folder antrean ({QUEUE})", f"folder of the queue ({QUEUE})"),
    )


def tell_signing(talk: Talk, kit: Path | None, files: str) -> None:
    """Say how a draft is signed."""
    talk.tell(
        "Belum berlaku. Tiap petugas membaca dan menandatanganinya, lalu dikirim dengan"
        " `rekap submit`:",
        "Not in force yet. Each officer reads and signs it, then it is sent by `rekap submit`:",
    )
    known = ("--kit", str(kit)) if kit is not None else ()
    talk.command("rekap sign", *known, "--key", talk.say("KUNCI", "KEY"), files)


def check_target(path: Path, say: Say, *, may_replace: bool | None = None) -> None:
    """Refuse a target that could hide or replace something, before anything is typed.

    `may_replace`: whether `--replace` was given; None where there is no such option.
    """
    if not path.name.endswith(DRAFT):
        raise Fault(
            f"Nama draf harus berakhiran {DRAFT}: --to {path.with_suffix('').name}{DRAFT}",
            f"A draft's name must end with {DRAFT}: --to {path.with_suffix('').name}{DRAFT}",
        )
    if not path.parent.is_dir():
        raise Fault(
            f"Folder {path.parent} tidak ada. Buat dulu, atau perbaiki --to.",
            f"There is no folder {path.parent}. Make it first, or correct --to.",
        )
    signed = path.with_name(path.name[: -len(DRAFT)] + SIGNED)
    if signed.exists():
        raise Fault(
            f"{signed} sudah ditandatangani dan memakai nama ini. Pilih nama --to yang lain.",
            f"{signed} is signed and has this name. Choose another name for --to.",
            REFUSED,
        )
    if path.exists() and not may_replace:
        other = may_replace is not None
        raise Fault(
            f"{path} sudah ada. Pilih nama lain{', atau tambahkan --replace' if other else ''}.",
            f"{path} exists. Choose another name{', or add --replace' if other else ''}.",
            REFUSED,
        )
    if path.exists() and Paper.read(path, say).is_signed:
        raise Fault(
            f"{path} sudah ditandatangani dan tidak diganti.",
            f"{path} is signed and is not replaced.",
            REFUSED,
        )
