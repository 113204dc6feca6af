"""`rekap correct`: the next revision of a form in force; it shows only what changes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import LANGUAGES, Say
from rekap.core.ledger.offices import Record
from rekap.core.statements.model import REASONS, slot_key
from rekap.desk.officials import labels, paper
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit, check_target
from rekap.desk.officials.commands import form
from rekap.desk.officials.forms import attachments, changes, explain, preview, sent, slot
from rekap.desk.officials.forms.drafting import Drafting, More, cells_of
from rekap.desk.officials.forms.options import add_arguments, moment
from rekap.desk.officials.forms.preview import Head
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = _epilog(say)
    add_kit(parser, say)
    slot.add_arguments(parser, say)
    add_arguments(parser, say)
    parser.add_argument(
        "--reason",
        choices=REASONS,
        metavar=say(*both("arguments.reason")),
        help=labels.listed(say, "reason", REASONS),
    )
    take("--reason-text", both("correct.more_about_it_no_names_no"), both("arguments.text"))
    take(
        "--after",
        both("correct.the_signed_form_that_is_changed"),
        both("arguments.file"),
        type=Path,
    )
    take("--copy", both("correct.write_the_figures_in_force_to"), action="store_true")


def _epilog(say: Say) -> str:
    told = say(*both("correct.example_copy_the_figures_in_force"))
    return f"""{told}
  rekap correct --kit tps.kit.json --form c_hasil \\
    --region 32.07.01.2001 --tps 004 --copy --to tps004-r2.csv
  rekap correct --kit tps.kit.json --form c_hasil \\
    --region 32.07.01.2001 --tps 004 --sheet tps004-r2.csv \\
    --reason typing --to tps004-r2.pernyataan.json"""


def run(options: Namespace, say: Say) -> int:
    """Write the draft of the revision; 0 done, 1 refused, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


def _run(options: Namespace, talk: Talk) -> int:
    kit = given.kit(options.kit)
    place = slot.find(kit, options)
    id, old = _before(place, options, talk)
    if options.copy:
        return form.write_blank(place, options.to, talk, cells_of(old))
    reason = _reason(options)
    check_target(options.to, talk.say, may_replace=options.replace)
    others = {**form.local_sheets(place, options.sheets, talk.say), place.key: (id, old)}
    more = More(
        moment(place, options.at, talk),
        options.count or old["count"],
        scans=attachments.scans(options.scan) or old.get("scans", ()),
        witnesses=attachments.witnesses(options.witness) or old.get("witnesses", ()),
        attended=attachments.attended(options.attended) or old.get("attended", {}),
        sheets=form.sheet_ids(place, others),
        before=(id, old["revision"]),
        reason=reason,
        corrected=_corrected(options, old, talk),
    )
    drafting = Drafting(
        place, more, options, talk, others,
        show=lambda new, names: _show(old, new, names),
        explained=old.get("explanations", ()),
    )  # fmt: skip
    return drafting.finish(form.read_sheet(options.sheet, place, talk))


def _corrected(options: Namespace, old: Record, talk: Talk) -> Record:
    """What is given, an empty file for nothing; else what the form before corrects."""
    given_now = form.read_corrections(options.corrections, talk)
    if given_now is not None:
        return given_now
    return {name: old[name] for name in ("because", "corrections") if name in old}


def _before(place: Slot, options: Namespace, talk: Talk) -> Head:
    """The form that is changed: of the kit, or a signed one that is on its way."""
    after: Path | None = options.after
    if after is not None:
        found = paper.given(after, talk.say)
        if found.statement.kind != "form" or slot_key(found.statement.fields) != place.key:
            raise Fault(*both("correct.not_this_form_check_after_region", after=after), REFUSED)
        return found.id, found.statement.fields
    kept = place.head()
    head = preview.read_head(kept) if kept is not None else None
    newer = sent.newer_than_kit(place, head, options, talk)
    if newer is not None:
        return newer
    if head is None:
        raise Fault(*both("correct.the_kit_knows_no_form_in"), REFUSED)
    return head


def _reason(options: Namespace) -> dict[str, str]:
    if options.reason is None:
        known = [labels.listed(Say(lang), "reason", REASONS) for lang in LANGUAGES]
        raise Fault(*both("correct.name_the_reason_of_the_change", known=(known[0], known[1])))
    reason = {"code": options.reason}
    if options.reason_text is not None:
        wrong = explain.why_not(options.reason_text)
        if wrong is not None:
            raise Fault(*both("correct.reason_text", wrong=(wrong[0], wrong[1])), REFUSED)
        reason["text"] = options.reason_text
    return reason


def _show(old: dict[str, Any], new: dict[str, Any], names: Names) -> list[str]:
    """Only what changed. Raises Fault if nothing did."""
    if changes.is_nothing(old, new):
        raise Fault(*both("correct.nothing_changed_no_revision_was_made"), REFUSED)
    return changes.lines(old, new, names)
