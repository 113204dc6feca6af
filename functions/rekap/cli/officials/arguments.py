"""What several commands take on the command line, and where a draft may be written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rekap.cli.officials import caption, labels
from rekap.cli.officials.forms import attachments
from rekap.cli.officials.forms.slot import Slot
from rekap.cli.officials.given import LIVE
from rekap.cli.officials.paper import DRAFT, SIGNED, Paper
from rekap.cli.officials.sending.queue import QUEUE
from rekap.cli.officials.talk import REFUSED, Fault, Talk
from rekap.cli.speech import Say
from rekap.forms.model import COUNTS


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


def add_arguments(parser: ArgumentParser, say: Say) -> None:
    """Declare what every draft of a form takes."""
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar=say("BERKAS", "FILE"),
        help=say(f"berkas hasil, misalnya tps004{DRAFT}", f"result, for example tps004{DRAFT}"),
    )
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="CSV",
        help=say(
            "angka dari berkas CSV; tanpa ini angka ditanyakan satu per satu",
            "figures of a CSV file; without it they are asked for one by one",
        ),
    )
    parser.add_argument(
        "--explain",
        action="append",
        default=[],
        metavar=say("TEKS", "TEXT"),
        help=say(
            'penjelasan temuan, "ATURAN[/kolom][/bagian]: teks"; boleh berulang',
            'explanation of a finding, "RULE[/child][/part]: text"; may be repeated',
        ),
    )
    parser.add_argument(
        "--unexplained",
        action="store_true",
        help=say(
            "biarkan temuan yang boleh tanpa penjelasan",
            "leave findings unexplained where that is allowed",
        ),
    )
    attachments.add_arguments(parser, say)
    parser.add_argument(
        "--count",
        choices=COUNTS,
        metavar=say("HITUNGAN", "COUNT"),
        help=labels.listed(say, "count", COUNTS),
    )
    parser.add_argument(
        "--sheets",
        action="append",
        default=[],
        type=Path,
        metavar=say("BERKAS", "FILE"),
        help=say(
            "untuk d_hasil_kecamatan: lembar kelurahan yang belum ada di kit",
            "for d_hasil_kecamatan: sheets of a kelurahan that the kit does not have yet",
        ),
    )
    add_time(parser, say)
    add_queue(parser, say)
    parser.add_argument(
        "--insist",
        action="store_true",
        help=say(
            "jangan tanyakan formulir tempat ini yang ada di antrean",
            "do not ask about forms of this place in the queue",
        ),
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help=say("ganti draf lama dengan nama ini", "replace an older draft of this name"),
    )


def moment(slot: Slot, asked: str | None, talk: Talk) -> str:
    """The time that a form carries: as asked, or this machine's clock in the zone.

    No form of a live log is older than the vote: a clock that says so is wrong.
    """
    if asked is not None:
        return asked
    now, day = caption.now(slot.kit.record["timezone"]), slot.kit.record["date"]
    if slot.kit.mode == LIVE and now[:10] < day:
        told = caption.clock(now, talk.say)
        talk.warn(
            f"jam komputer ini {told}, padahal pemungutan suara {day}. Periksa tanggal dan jamnya,"
            " atau sebutkan --at.",
            f"this computer's clock says {told}, but the vote is on {day}. Check its date and"
            " time, or give --at.",
        )
    return now


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
