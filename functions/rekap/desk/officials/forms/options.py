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
from rekap.desk.texts import both


def add_arguments(parser: ArgumentParser, say: Say) -> None:
    """Declare what every draft of a form takes."""
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar=say(*both("options.file")),
        help=say(*both("options.result_for_example_tps004", draft=DRAFT)),
    )
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="CSV",
        help=say(*both("options.figures_of_a_csv_file_without")),
    )
    parser.add_argument(
        "--explain",
        action="append",
        default=[],
        metavar=say(*both("options.text")),
        help=say(*both("options.explanation_of_a_finding_rule_child")),
    )
    parser.add_argument(
        "--unexplained",
        action="store_true",
        help=say(*both("options.leave_findings_unexplained_where_that_is")),
    )
    attachments.add_arguments(parser, say)
    parser.add_argument(
        "--count",
        choices=COUNTS,
        metavar=say(*both("options.count")),
        help=labels.listed(say, "count", COUNTS),
    )
    parser.add_argument(
        "--sheets",
        action="append",
        default=[],
        type=Path,
        metavar=say(*both("options.file")),
        help=say(*both("options.for_d_hasil_kecamatan_sheets_of")),
    )
    parser.add_argument(
        "--corrections",
        type=Path,
        metavar="CSV",
        help=say(*both("options.for_a_d_form_figures_of")),
    )
    add_time(parser, say)
    add_queue(parser, say)
    parser.add_argument(
        "--insist", action="store_true", help=say(*both("options.do_not_ask_about_forms_of"))
    )
    parser.add_argument(
        "--replace", action="store_true", help=say(*both("options.replace_an_older_draft_of_this"))
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
        talk.warn(*both("options.this_computer_s_clock_says_but", told=told, day=day))
    return now
