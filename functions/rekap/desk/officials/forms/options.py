"""What every draft of a form takes on the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.statements.model import COUNTS
from rekap.desk.officials import caption, labels
from rekap.desk.officials.arguments.declared import add_queue, add_time
from rekap.desk.officials.arguments.given import LIVE
from rekap.desk.officials.forms import attachments
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.officials.paper import DRAFT
from rekap.desk.officials.talk import Talk
from rekap.desk.texts import both


def add_arguments(parser: ArgumentParser, say: Say) -> None:
    """Declare what every draft of a form takes."""
    take = taking(parser, say)
    take(
        "--to",
        both("options.result_for_example_tps004", draft=DRAFT),
        both("arguments.file"),
        type=Path,
        required=True,
    )
    take("--sheet", both("options.figures_of_a_csv_file"), "CSV", type=Path)
    take(
        "--explain",
        both("options.explanation_of_a_finding_rule_child"),
        both("arguments.text"),
        many=True,
    )
    take(
        "--unexplained",
        both("options.leave_findings_unexplained_where_that_is"),
        action="store_true",
    )
    attachments.add_arguments(parser, say)
    parser.add_argument(
        "--count",
        choices=COUNTS,
        metavar=say(*both("options.count")),
        help=labels.listed(say, "count", COUNTS),
    )
    take(
        "--sheets",
        both("options.for_d_hasil_kecamatan_sheets_of"),
        both("arguments.file"),
        many=True,
        type=Path,
    )
    take("--corrections", both("options.for_a_d_form_figures_of"), "CSV", type=Path)
    add_time(parser, say)
    add_queue(parser, say)
    take("--insist", both("options.do_not_ask_about_forms_of"), action="store_true")
    take("--replace", both("options.replace_an_older_draft_of_this"), action="store_true")


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
