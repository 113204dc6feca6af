"""What every draft of a form takes on the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rekap.audit.commands.speech import Say
from rekap.core.statements.model import COUNTS
from rekap.desk.officials import caption, labels
from rekap.desk.officials.arguments import add_queue, add_time
from rekap.desk.officials.forms import attachments
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.officials.given import LIVE
from rekap.desk.officials.paper import DRAFT
from rekap.desk.officials.talk import Talk


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
