"""`rekap form`: from the figures of a paper to the draft of a statement."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.errors import Malformed
from rekap.core.statements.model import slot_key
from rekap.desk.officials import paper
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit, check_target
from rekap.desk.officials.forms import attachments, corrections, preview, sent, sheet, slot
from rekap.desk.officials.forms.drafting import Drafting, More
from rekap.desk.officials.forms.options import add_arguments, moment
from rekap.desk.officials.forms.preview import Head
from rekap.desk.officials.forms.sheet import BadSheet, Cells
from rekap.desk.officials.forms.slot import Slot
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both

Made = TypeVar("Made")


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.epilog = _epilog(say)
    add_kit(parser, say)
    slot.add_arguments(parser, say)
    add_arguments(parser, say)
    taking(parser, say)("--blank", both("form.write_an_empty_csv_sheet_to"), action="store_true")


def _epilog(say: Say) -> str:
    told = say(*both("form.example_from_a_csv_sheet"))
    return f"""{told}
  rekap form --kit tps.kit.json --form c_hasil \\
    --region 32.07.01.2001 --tps 004 --blank --to tps004.csv
  rekap form --kit tps.kit.json --form c_hasil \\
    --region 32.07.01.2001 --tps 004 --sheet tps004.csv \\
    --to tps004.pernyataan.json"""


def run(options: Namespace, say: Say) -> int:
    """Write the draft; 0 done, 1 refused, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


def _run(options: Namespace, talk: Talk) -> int:
    kit = given.kit(options.kit)
    place = slot.find(kit, options)
    if options.blank:
        return write_blank(place, options.to, talk)
    head = place.head()
    if head is not None:
        id, fields = preview.read_head(head)
        raise Fault(
            *both("form.this_form_is_in_force_already", revision=fields["revision"], id=id[:8]),
            REFUSED,
        )
    check_target(options.to, talk.say, may_replace=options.replace)
    sent.ask_before_another(place, options, talk)
    others = local_sheets(place, options.sheets, talk.say)
    more = More(
        moment(place, options.at, talk),
        options.count or "first",
        scans=attachments.scans(options.scan),
        witnesses=attachments.witnesses(options.witness),
        attended=attachments.attended(options.attended),
        sheets=sheet_ids(place, others),
        corrected=read_corrections(options.corrections, talk) or {},
    )
    drafting = Drafting(place, more, options, talk, others)
    return drafting.finish(read_sheet(options.sheet, place, talk))


def write_blank(place: Slot, to: Path, talk: Talk, cells: Cells | None = None) -> int:
    """Write a sheet to fill in, or with figures; nothing is written over."""
    try:
        files.write(to, sheet.blank(place, talk.say, cells), new=True)
    except FileExistsError as error:
        raise Fault(*both("form.exists_choose_another_name", to=to), REFUSED) from error
    talk.tell(*both("form.sheet", to=to))
    talk.tell(*both("form.fill_in_the_column_of_figures"))
    return 0


def read_sheet(path: Path | None, place: Slot, talk: Talk) -> Cells:
    """Return the figures of a CSV file, or say everything that is wrong with it."""
    if path is None:
        raise Fault(*both("form.name_the_sheet_with_the_figures"))
    return _read(path, talk, lambda data: sheet.parse(data, place, path.name))


def read_corrections(path: Path | None, talk: Talk) -> dict[str, Any] | None:
    """Return what a CSV file corrects, or say everything that is wrong with it; None for none."""
    return _read(path, talk, lambda data: corrections.parse(data, path.name)) if path else None


def _read(path: Path, talk: Talk, parse: Callable[[bytes], Made]) -> Made:
    try:
        return parse(files.read(path, sheet.MAX_SHEET))
    except FileNotFoundError as error:
        raise Fault(*both("form.there_is_no_make_an_empty", path=path)) from error
    except Malformed as error:
        raise Fault(*both("form.too_large_or_not_a_file", path=path, code=error.code)) from error
    except BadSheet as error:
        talk.tell_problems(error.problems)
        count = talk.say.count(len(error.problems), "masalah", "problem", "problems")
        raise Fault(*both("form.no_figure_was_used_correct_the", count=count), REFUSED) from error


def local_sheets(place: Slot, paths: list[Path], say: Say) -> dict[str, Head]:
    """Return the sheets of a kelurahan in files, by slot. Raises Fault for other papers."""
    found: dict[str, Head] = {}
    wanted = {key: child.called(say) for child, key in _sheet_keys(place)}
    for path in paths:
        one = paper.given(path, say)
        fields = one.statement.fields
        if one.statement.kind != "form" or slot_key(fields) not in wanted:
            raise Fault(
                *both("form.not_a_sheet_of_a_kelurahan", path=path, region=place.region), REFUSED
            )
        found[slot_key(fields)] = (one.id, fields)
    return found


def _sheet_keys(place: Slot) -> list[tuple[slot.Child, str]]:
    if place.form != "d_hasil_kecamatan":
        return []
    named = {**place.names, "form": "d_hasil_kelurahan"}
    return [(child, slot_key({**named, "region": child.code})) for child in place.children]


def sheet_ids(place: Slot, others: Mapping[str, Head]) -> list[str]:
    """Return the ids of all sheets of a kecamatan; a replay may lack some, nobody else."""
    ids, missing = [], []
    for child, key in _sheet_keys(place):
        head = place.kit.head(key)
        if key in others:
            ids.append(others[key][0])
        elif head is not None:
            ids.append(preview.read_head(head)[0])
        else:
            missing.append(child.code)
    if missing and place.is_complete:
        told = ", ".join(missing)
        raise Fault(*both("form.there_is_no_sheet_yet_for", told=told), REFUSED)
    return ids
