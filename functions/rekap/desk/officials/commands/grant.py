"""`rekap grant`: drafts that give keys to the persons of a list, one for each body and place."""

from __future__ import annotations

import csv
import io
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.errors import Conflict, Finding, Malformed
from rekap.core.ledger.kinds import requirements
from rekap.core.statements import regions, schema
from rekap.desk.elections.problems import Problem
from rekap.desk.officials import caption, labels
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit, add_time, tell_signing
from rekap.desk.officials.keys import people
from rekap.desk.officials.keys.bodies import Person, Seat
from rekap.desk.officials.keys.enrolment import grouped
from rekap.desk.officials.keys.proofs import Proofs
from rekap.desk.officials.keys.seats import Seating
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import DRAFT, Paper
from rekap.desk.officials.talk import REFUSED, Fault, Talk
from rekap.desk.texts import both
from rekap.portal.intake import content

PERSONS_MAX: Final = 200
"""Persons of one `grant`; more are split."""
SUMMARY: Final = "persons.csv"
_COLUMNS: Final = (
    "line", "person", "position", "body", "region", "tps", "pair", "fingerprint", "file", "id",
)  # fmt: skip


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = _epilog(say)
    add_kit(parser, say)
    take("--list", both("grant.the_list_of_persons"), "CSV", required=True, type=Path)
    take(
        "--to",
        both("grant.a_new_folder_for_the_drafts"),
        both("arguments.dir"),
        required=True,
        type=Path,
    )
    add_time(parser, say)


def _epilog(say: Say) -> str:
    columns = ",".join(people.COLUMNS)
    return say(*both("grant.the_list_a_csv_of_any", columns=columns))


def run(options: Namespace, say: Say) -> int:
    """Write the drafts; 0 done, 1 the list has problems (all are told), 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


@dataclass(frozen=True, slots=True)
class Draft:
    """The `grant` of a seat, or of at most 200 persons of it."""

    name: str
    seat: Seat
    persons: tuple[Person, ...]
    paper: Paper


def _run(options: Namespace, talk: Talk) -> int:
    kit = given.open_kit(options.kit)
    listed = people.parse(_read(options.list), options.list.name)
    proofs = Proofs(kit, options.list.parent, options.list.name)
    seating = Seating(kit, options.list.name)
    seated = seating.seat([(row, proofs.public(row)) for row in listed.rows])
    problems = [*listed.problems, *proofs.problems, *seating.problems]
    drafts: list[Draft] = []
    if not problems:
        moment = options.at or caption.now(kit.record["timezone"])
        drafts, findings = _draft(kit, seated, moment, options.list.name)
        problems += findings
    if problems:
        talk.tell_problems(problems)
        count = talk.say.count(len(problems), "masalah", "problem", "problems")
        talk.complain(*both("grant.nothing_was_written_correct_the_list", count=count))
        return REFUSED
    _write(drafts, options.to, talk)
    talk.tell_problems(seating.warnings, warn=True)
    _sum_up(kit, drafts, options, talk)
    return 0


def _read(path: Path) -> bytes:
    try:
        return files.read(path, people.MAX_LIST)
    except FileNotFoundError as error:
        raise Fault(*both("grant.no_such_file_check_the_name", path=path)) from error
    except Malformed as error:
        raise Fault(*both("grant.too_large_or_not_a_file", path=path)) from error


def _draft(
    kit: Kit, seated: dict[Seat, list[Person]], moment: str, file: str
) -> tuple[list[Draft], list[Problem]]:
    """Return the drafts, and what intake would refuse in them."""
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for seat, everybody in seated.items():
        for at_person in range(0, len(everybody), PERSONS_MAX):
            persons = everybody[at_person : at_person + PERSONS_MAX]
            name = seat.prefix + (f"-{at_person + 1}" if len(everybody) > PERSONS_MAX else "")
            fields = _fields(kit, seat, persons, moment)
            try:
                paper = Paper(codec.encode(fields))
                findings: Iterable[Finding] = content.check(paper.statement, paper.id, kit)
                found = list(findings)
                drafts.append(Draft(name, seat, tuple(persons), paper))
            except schema.SchemaErrors as error:
                found = list(error.findings)
            problems += [_problem(file, one, persons) for one in found]
    return drafts, problems


def _fields(kit: Kit, seat: Seat, persons: Sequence[Person], moment: str) -> dict[str, Any]:
    return {
        "kind": "grant", "log": kit.origin, "at": moment, "election": kit.election, **seat.fields,
        "persons": [person.fields for person in persons],
    }  # fmt: skip


def _problem(file: str, found: Finding, persons: Sequence[Person]) -> Problem:
    """Say a finding about a draft of the row that it came from."""
    match = re.match(r"persons\.([0-9]+)\.", found.field)
    line = persons[int(match[1])].line if match else 0 if found.field == "at" else persons[0].line
    return Problem(file, line, found.field, found.code, found.id, found.en)


def _write(drafts: Sequence[Draft], folder: Path, talk: Talk) -> None:
    def fill(place: Path) -> None:
        for draft in drafts:
            draft.paper.write(place / f"{draft.name}{DRAFT}", talk.say)
        files.write(place / SUMMARY, _summary(drafts))

    try:
        files.write_folder(folder, fill)
    except Conflict as error:
        raise Fault(*both("grant.is_not_empty_name_a_new", folder=folder)) from error


def _summary(drafts: Iterable[Draft]) -> bytes:
    """Return who gets which id and key in which draft: for letters, and to compare by eye."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for draft in drafts:
        seat = draft.seat
        for one in draft.persons:
            table.writerow(
                (one.line, one.person, one.position, seat.body, seat.region, seat.tps,
                 seat.pair or "", grouped(one.public.keyid), f"{draft.name}{DRAFT}", draft.paper.id)
            )  # fmt: skip
    return out.getvalue().encode()


def _sum_up(kit: Kit, drafts: Sequence[Draft], options: Namespace, talk: Talk) -> None:
    say = talk.say
    persons = sum(len(draft.persons) for draft in drafts)
    number = say.count(persons, "orang", "person", "persons")
    made = say.count(len(drafts), "draf", "draft", "drafts")
    talk.tell(
        *both("grant.for_summary_in", to=options.to, made=made, number=number, summary=SUMMARY)
    )
    if len(drafts) == 1:
        talk.tell(f"id {drafts[0].paper.id}", f"id {drafts[0].paper.id}")
    for line in sorted({_granter(kit, draft, say) for draft in drafts}):
        talk.tell(line, line)
    talk.tell(*both("grant.first_compare_the_fingerprint_of_each"))
    tell_signing(talk, options.kit, f"{options.to}/*{DRAFT}")


def _granter(kit: Kit, draft: Draft, say: Say) -> str:
    """Say who must sign a draft: the ledger's own answer."""
    office = requirements(kit, draft.paper.statement.fields)[0].offices[0]
    known = kit.get("regions", f"{kit.election}/{office.region}") or {}
    where = labels.place(say, office.region, known.get("name", ""))
    body = labels.name(say, "body", office.body)
    at_home = "" if office.region == regions.COUNTRY else f", {where}"
    return say(
        *both("grant.to_be_signed_by_persons_of", number=office.number, body=body, at_home=at_home)
    )
