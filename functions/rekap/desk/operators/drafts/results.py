"""Statements about results that are no forms: what is decided, and answers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.ledger.places import contest_of
from rekap.core.statements import model
from rekap.desk.elections import decisions, explanations
from rekap.desk.elections.problems import FolderRefused, Problems
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts.continuing import continued
from rekap.desk.operators.drafts.slots import add_slot, slot_of
from rekap.desk.texts import both


def configure_determination(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of a determination."""
    take = taking(parser, say)
    parser.add_argument("--contest", required=True)
    take("--number", both("results.number_of_the_decision"), required=True)
    time = both("arguments.time")
    take("--announced-at", both("results.when_announced_to_the_second"), time, required=True)
    take("--decided-at", both("results.when_decided"), time)
    take("--certificate", both("results.id_of_the_d_hasil_that"), "ID")
    known = model.BASES
    take("--basis", both("results.on_what_it_rests"), choices=known, default=known[0])


def determination(
    options: Namespace, kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of the determination of a contest."""
    contest = contest_of(kit.record, options.contest) if kit else None
    if contest is None:
        raise Fault(*both("draft.no_contest", contest=options.contest))
    fields: dict[str, Any] = {
        "kind": "determination",
        "contest": options.contest,
        "region": contest["region"],
        "number": options.number,
        "basis": options.basis,
        **({"certificate": options.certificate} if options.certificate else {}),
        **({"decided_at": options.decided_at} if options.decided_at else {}),
        "announced_at": options.announced_at,
    }
    yield f"determination-{options.contest}", continued(kit, fields)


def configure_ruling(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of rulings."""
    _add_file(parser, decisions.RULINGS, say)


def ruling(
    options: Namespace, kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of the rulings of a file that the kit does not know as they stand there."""
    return _of_file(options.file, decisions.RULINGS, kit)


def configure_elected(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of who is elected."""
    _add_file(parser, decisions.ELECTED, say)


def elected(
    options: Namespace, kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of who is elected by a file, where the kit does not know it yet."""
    return _of_file(options.file, decisions.ELECTED, kit)


def _add_file(parser: ArgumentParser, file: decisions.File, say: Say) -> None:
    told = both("results.of_the_election_s_folder", name=file.name)
    taking(parser, say)("file", told, both("arguments.file"), type=Path)


def _of_file(
    path: Path, file: decisions.File, kit: Kit | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of a file's statements that are not logged: of those that are revisions of
    one another the next one, since each must be logged before it can be continued.
    """
    if kit is None:
        return
    problems = Problems()
    contests = {one["id"]: one for one in kit.record["contests"]}
    stated = decisions.read(file, path, kit.election, contests, problems)
    if problems.found:
        raise FolderRefused(str(path), tuple(problems.found))
    seen: Counter[tuple[tuple[str, ...], ...]] = Counter()
    for one in stated:
        fields = continued(kit, {"kind": file.kind, **one})
        line = file.line_of(one)
        seen[line] += 1
        if seen[line] == fields["revision"]:
            yield f"{file.kind}-{one['contest']}-{len(seen)}", fields


def configure_answer(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of an answer."""
    take = taking(parser, say)
    add_slot(parser, say)
    take(
        "--explains",
        both("results.rule_child_part_explanation"),
        both("results.finding"),
        many=True,
    )
    take("--accept", both("results.the_statement_that_counts_if"), "ID")
    take("--objection", both("incidents.id_of_an_objection"), "ID", many=True)
    take("--outcome", both("incidents.what_becomes_of_it"), choices=model.ANSWERS)


def answer(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of an answer."""
    fields: dict[str, Any] = {"kind": "answer", **slot_of(options)}
    explained = [_explained(text) for text in options.explains]
    if explained:
        fields["explains"] = explained
    if options.accept:
        fields["accept"] = options.accept
    if options.objection or options.outcome:
        if not (options.objection and options.outcome):
            raise Fault(*both("incidents.name_both"))
        fields |= {"to": sorted(set(options.objection)), "outcome": options.outcome}
    if not explained and not options.accept and not options.objection:
        raise Fault(*both("draft.answer_lacks"))
    yield "answer", fields


def _explained(text: str) -> dict[str, str]:
    named = explanations.parse(text)
    if named is None:
        raise Fault(*both("draft.explains", text=text))
    return named
