"""Statements about what happened at a count or a recapitulation: `objection` and `event`.

Both repeat the paper of special events and objections, line by line: `number` is that of the line.
Its words are an attachment; `text` is their digest.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import UNSET, UnsetType

from rekap.core.statements import model, shapes
from rekap.core.statements.kinds_people import PersonId
from rekap.core.statements.kinds_result import (
    Figures,
    OfASlot,
    check_figures,
    check_slot,
    is_date_alone,
)
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import Digest, PairNumber, When, among, integer

LINES_MAX: Final = 999
Line = Annotated[int, integer(1, LINES_MAX)]
TELLERS: Final = tuple(
    dict.fromkeys((*(form.body for form in model.FORMS.values() if form.body), *model.SUPERVISORS))
)
"""Bodies that say what happened: those whose meeting it is, and supervisors."""


class Objection(OfASlot, tag="objection", frozen=True, kw_only=True):
    """Of a witness, supervisor or observer, to the form of a slot or to how it came about."""

    body: Annotated[str, among(model.OBSERVERS)]
    number: Line
    code: Annotated[str, among(model.OBJECTIONS)]
    pair: PairNumber | UnsetType = UNSET
    organisation: PersonId | UnsetType = UNSET
    claims: Figures | UnsetType = UNSET
    text: Digest | UnsetType = UNSET


class Event(OfASlot, tag="event", frozen=True, kw_only=True):
    """What happened where a form is made, and what the meeting that makes it does."""

    body: Annotated[str, among(TELLERS)]
    number: Line
    code: Annotated[str, among((*model.EVENTS, *model.MEETINGS))]
    time: When | UnsetType = UNSET
    text: Digest | UnsetType = UNSET


def check_objection(report: Report, fields: dict[str, Any]) -> None:
    """A slot that can exist; whose side it is; figures are claimed only where they are meant."""
    check_slot(report, fields)
    if report.sound("body"):
        body = fields["body"]
        shapes.require(report, fields, "pair", wanted=body == "saksi")
        shapes.require(report, fields, "organisation", wanted=body == "pemantau")
    if report.sound("code") and fields["code"] != "figures":
        shapes.require(report, fields, "claims", wanted=False)
    if "claims" in fields:
        check_figures(report, fields, "claims")


def check_event(report: Report, fields: dict[str, Any]) -> None:
    """A slot that can exist, told by its own body or a supervisor; a meeting has its time."""
    check_slot(report, fields)
    if "time" in fields:
        shapes.ask_again(report, fields, "time", shapes.when)
    if not report.sound("form", "body", "code"):
        return
    meets = fields["code"] in model.MEETINGS
    own = fields["body"] == model.FORMS[fields["form"]].body
    if not own and (meets or fields["body"] not in model.SUPERVISORS):
        report.add("value", "body")
    if meets:
        shapes.require(report, fields, "time", wanted=True)


def event_of_a_replay(report: Report, fields: dict[str, Any]) -> None:
    """Only a replay's source knows no hour."""
    if is_date_alone(fields.get("time", "")):
        report.add("replay-only", "time")
