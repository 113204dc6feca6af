"""From payload bytes to a checked statement, or to every finding at once.

Checked here is what one payload shows by itself, in every mode. What the mode of the log and the
contest demand is in `mode_findings`; who may say it, and what it does, is for the ledger.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from typing import Any, Final

import msgspec

from rekap.core import codec
from rekap.core.errors import Finding, Malformed
from rekap.core.statements import model, shapes
from rekap.core.statements.kinds import KINDS
from rekap.core.statements.kinds_log import may_sign_at
from rekap.core.statements.model import Statement
from rekap.core.statements.shapes import Report


class SchemaErrors(Malformed):
    """A payload that is no statement; `findings` names everything that is wrong, at least one."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(first.en, first.field, first.code)
        self.findings = findings


def parse_statement(payload: bytes) -> Statement:
    """Decode canonical payload bytes and check every field.

    Raises:
        SchemaErrors: with all findings; bytes that are not canonical give one, with the code of
            `codec.decode`.
    """
    fields = _read(payload)
    if fields is not None:
        return Statement(
            fields["kind"], fields["log"], fields["at"], fields.get("election", ""), fields
        )
    try:
        value = codec.decode(payload, nulls=True)
    except Malformed as error:
        indonesian = shapes.OF_THE_BYTES[0]
        finding = Finding(error.code, error.field, indonesian, error.message)
        raise SchemaErrors((finding,)) from error
    check_statement(value)
    raise SchemaErrors((Finding("type", "", *shapes.SENTENCES["type"]),))


@cache
def _typed() -> msgspec.json.Decoder[Any]:
    """The decoder of every kind; made at the first statement, for programs that read none."""
    return msgspec.json.Decoder(reduce(or_, (kind.type for kind in KINDS.values())))


_ENCODE: Final = msgspec.json.Encoder(order="sorted").encode
"""Sorts the fields of objects, their tag, and keys of maps: canonical within a type's bounds."""


def _read(payload: bytes) -> dict[str, Any] | None:
    """Return the fields of a statement, None for anything else: nobody is told what is wrong.

    The type bounds depth, keys and numbers, so that plain values can be read behind it. What it
    gives is encoded again and compared: another spelling, a key twice, a `false` that must be
    absent give other bytes.
    """
    if len(payload) > codec.MAX_BYTES:
        return None
    try:
        said = _typed().decode(payload)
        if _ENCODE(said) != payload or not codec.is_in_alphabet(payload):
            return None
    except (ValueError, RecursionError):
        return None
    fields: dict[str, Any] = msgspec.json.decode(payload)
    report = Report()
    KINDS[fields["kind"]].across(report, fields)
    shapes.time(report, fields["at"], "at")
    return None if report.findings else fields


def check_statement(value: Any) -> Statement:
    """Check a decoded payload and wrap it; `value` is kept, not copied.

    Raises:
        SchemaErrors: with all findings.
    """
    report = Report()
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        report.add("kind" if isinstance(value, dict) else "type", "kind")
        raise SchemaErrors(tuple(report.findings))
    row = KINDS[kind]
    row.fields(report, value, "")
    row.across(report, value)
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
    if mode != "replay":
        KINDS[statement.kind].replay_only(report, statement.fields)
    return tuple(report.findings)


def uploader_findings(fields: dict[str, Any], rp_id: str) -> tuple[Finding, ...]:
    """What browsers refuse of the origins of `uploaders` in a log whose passkeys are of `rp_id`."""
    report = Report()
    for at, origin in enumerate(fields["origins"]):
        if not may_sign_at(origin, rp_id):
            report.add("uploader", f"origins.{at}")
    return tuple(report.findings)


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
    for index, one in enumerate(fields.get("because", [])):
        for place, pair in enumerate(one.get("initials", {}).get("pairs", ())):
            if pair > pair_count:
                report.add("pairs", f"because.{index}.initials.pairs.{place}")
    if mode != "replay":
        for name in wanted:
            if name not in figures:
                report.add("missing-field", f"figures.{name}")
    return tuple(report.findings)
