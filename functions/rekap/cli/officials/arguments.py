"""What every draft of a form takes on the command line, and where it may be written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rekap.cli.drafts.moment import at
from rekap.cli.officials import attachments, labels
from rekap.cli.officials.paper import DRAFT, SIGNED, Paper
from rekap.cli.officials.slot import Slot
from rekap.cli.officials.talk import REFUSED, Fault
from rekap.cli.speech import Say
from rekap.forms.model import COUNTS


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
    parser.add_argument(
        "--at",
        metavar=say("WAKTU", "TIME"),
        help=say(
            "waktu pernyataan; bila tidak disebut, jam komputer ini",
            "time of the statement; default: this machine's clock",
        ),
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help=say("ganti draf lama dengan nama ini", "replace an older draft of this name"),
    )


def moment(slot: Slot, asked: str | None) -> str:
    """The time that the statement carries: as asked, or this machine's clock in the zone."""
    return at(slot.kit.record["timezone"]) if asked is None else asked


def check_target(path: Path, say: Say, *, may_replace: bool) -> None:
    """Refuse a target that could hide or replace something, before anything is typed."""
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
        raise Fault(
            f"{path} sudah ada. Pilih nama lain, atau tambahkan --replace untuk menggantinya.",
            f"{path} exists. Choose another name, or add --replace to replace it.",
            REFUSED,
        )
    if path.exists() and Paper.read(path, say).is_signed:
        raise Fault(
            f"{path} sudah ditandatangani dan tidak diganti.",
            f"{path} is signed and is not replaced.",
            REFUSED,
        )
