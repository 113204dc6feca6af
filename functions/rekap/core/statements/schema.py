"""From payload bytes to a checked statement, or to every finding at once.

Checked here is what one payload shows by itself, in every mode. What the mode of the log and the
contest demand is in `mode_findings`; who may say it, and what it does, is for the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from rekap.core import codec
from rekap.core.errors import Finding, Malformed
from rekap.core.statements import (
    kinds_election,
    kinds_log,
    kinds_people,
    kinds_result,
    model,
    shapes,
)
from rekap.core.statements.model import Statement
from rekap.core.statements.shapes import Check, Report


class SchemaErrors(Malformed):
    """A payload that is no statement; `findings` names everything that is wrong, at least one."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(first.en, first.field, first.code)
        self.findings = findings

    @property
    def is_unknown(self) -> bool:
        """Whether this may be a kind or a field of a later format: "tidak dikenal"."""
        return any(finding.code in ("kind", "unknown-field") for finding in self.findings)


_Across: TypeAlias = Callable[[Report, dict[str, Any]], None]

_KINDS: Final[dict[str, tuple[Check, _Across | None]]] = {
    "log": (kinds_log.log_fields, kinds_log.check_log),
    "publication": (kinds_log.publication_fields, None),
    "election": (kinds_election.election_fields, kinds_election.check_election),
    "roster": (kinds_election.roster_fields, kinds_election.check_roster),
    "grant": (kinds_people.grant_fields, kinds_people.check_grant),
    "revoke": (kinds_people.revoke_fields, None),
    "form": (kinds_result.form_fields, kinds_result.check_form),
    "determination": (kinds_result.determination_fields, kinds_result.check_determination),
    "objection": (kinds_result.objection_fields, kinds_result.check_objection),
    "answer": (kinds_result.answer_fields, kinds_result.check_answer),
    "close": (kinds_log.close_fields, None),
}


def parse_statement(payload: bytes) -> Statement:
    """Decode canonical payload bytes and check every field.

    Raises:
        SchemaErrors: with all findings; bytes that are not canonical give one, with the code of
            `codec.decode`.
    """
    try:
        value = codec.decode(payload, nulls=True)
    except Malformed as error:
        indonesian = shapes.OF_THE_BYTES[0]
        finding = Finding(error.code, error.field, indonesian, error.message)
        raise SchemaErrors((finding,)) from error
    return check_statement(value)


def check_statement(value: Any) -> Statement:
    """Check a decoded payload and wrap it; `value` is kept, not copied.

    Raises:
        SchemaErrors: with all findings.
    """
    report = Report()
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        report.add("kind" if isinstance(value, dict) else "type", "kind")
        raise SchemaErrors(tuple(report.findings))
    check_fields, check_across = _KINDS[kind]
    check_fields(report, value, "")
    if check_across is not None:
        check_across(report, value)
    if report.findings:
        raise SchemaErrors(tuple(report.findings))
    return Statement(kind, value["log"], value["at"], value.get("election", ""), value)


def mode_findings(statement: Statement, mode: str) -> tuple[Finding, ...]:
    """What the mode of the log forbids in an otherwise sound statement.

    Live and rehearsal: no `summary`, no reason `source`, no unknown cells, no `source` and
    `source_forms` of an election, no `fixed` release; a D form has its columns, a kecamatan its
    sheets.
    """
    report = Report()
    fields = statement.fields
    if mode == "replay":
        return ()
    if statement.kind == "election":
        if "source" in fields:
            report.add("replay-only", "source")
        for index, contest in enumerate(fields["contests"]):
            if "source_forms" in contest:
                report.add("replay-only", f"contests.{index}.source_forms")
    elif statement.kind == "publication" and "fixed" in fields:
        report.add("replay-only", "fixed")
    elif statement.kind == "form":
        _mode_of_form(report, fields)
    return tuple(report.findings)


def _mode_of_form(report: Report, fields: dict[str, Any]) -> None:
    if fields["form"] == model.SUMMARY:
        report.add("replay-only", "form")
    if fields.get("reason", {}).get("code") == "source":
        report.add("replay-only", "reason.code")
    if fields["form"] in model.SHEETS:
        shapes.require(report, fields, "children", wanted=True)
        shapes.require(report, fields, "rows", wanted=True)
    if fields["form"] == "d_hasil_kecamatan":
        shapes.require(report, fields, "sheets", wanted=True)
    for name, cells in fields.get("rows", {}).items():
        if None in cells:
            report.add("null", f"rows.{name}")


def figure_findings(fields: dict[str, Any], pair_count: int, mode: str) -> tuple[Finding, ...]:
    """What the contest demands of the payload of a form: its pairs, and all figures unless replay.

    `pair_count` counts the columns of the ballot, an empty column and a withdrawn pair included.
    """
    report = Report()
    wanted = model.figure_fields(pair_count)
    figures = fields["figures"]
    for name in sorted(figures.keys() - set(wanted)):
        report.add("pairs", f"figures.{name}")
    for index, witness in enumerate(fields.get("witnesses", [])):
        if witness["pair"] > pair_count:
            report.add("pairs", f"witnesses.{index}.pair")
    if mode != "replay":
        for name in wanted:
            if name not in figures:
                report.add("missing-field", f"figures.{name}")
    return tuple(report.findings)
