"""Statements of supervisors and what they are answered: `recommendation`, `response`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from rekap.core.statements import model, regions, shapes
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import (
    Date,
    Digest,
    Id,
    OfAnElection,
    Part,
    Positive,
    Region,
    Tps,
    among,
    is_date,
    listed,
    text,
)

PLACES_MAX = 300


class Spot(Part, frozen=True, kw_only=True):
    """A region, or a TPS of a kelurahan."""

    region: Region
    tps: Tps | UnsetType = UNSET


class Addressee(Part, frozen=True, kw_only=True):
    """The organiser who is asked to act."""

    body: Annotated[str, among(model.ADDRESSED)]
    region: Region
    tps: Tps | UnsetType = UNSET


class Recommendation(OfAnElection, tag="recommendation", frozen=True, kw_only=True):
    """What a body of Bawaslu recommends, under a number of its own register."""

    contest: Id
    body: Annotated[str, among(model.SUPERVISORS)]
    region: Region
    number: Annotated[str, text(40)]
    to: Addressee
    type: Annotated[str, among(model.RECOMMENDED)]
    ground: Annotated[str, among(model.GROUNDS)]
    places: Annotated[tuple[Spot, ...], listed(PLACES_MAX)]
    revision: Positive
    tps: Tps | UnsetType = UNSET
    due: Date | UnsetType = UNSET
    previous: Digest | UnsetType = UNSET


class Response(OfAnElection, tag="response", frozen=True, kw_only=True):
    """What the organiser addressed, or one above, does about a recommendation."""

    contest: Id
    body: Annotated[str, among(model.ADDRESSED)]
    region: Region
    to: Digest
    outcome: Annotated[str, among(model.OUTCOMES)]
    revision: Positive
    tps: Tps | UnsetType = UNSET
    date: Date | UnsetType = UNSET
    reason: Annotated[str, among(model.REFUSALS)] | UnsetType = UNSET
    paper: Digest | UnsetType = UNSET
    previous: Digest | UnsetType = UNSET


def check_recommendation(report: Report, fields: dict[str, Any]) -> None:
    """Body and addressee sit at such places; `places` are theirs; the body may say this type."""
    shapes.check_previous(report, fields)
    shapes.ask_again(report, {"due": "", **fields}, "due", _date_or_none)
    if not report.sound("body", "region", "tps", "to", "places", "type"):
        return
    _check_seat(report, fields, "")
    _check_seat(report, fields["to"], "to")
    if fields["body"] not in (
        model.ADVISERS if fields["type"] == model.ADVICE else model.RECOMMENDERS
    ):
        report.add("value", "body")
    if not shapes.ascending([_order(place) for place in fields["places"]]):
        report.add("order", "places")
    for index, place in enumerate(fields["places"]):
        path = f"places.{index}"
        if "tps" in place and regions.depth(place["region"]) != len(model.LEVELS):
            report.add("region-level", f"{path}.region")
        elif not (_is_of(place, fields) and _is_of(place, fields["to"])):
            report.add("region", f"{path}.region")


def check_response(report: Report, fields: dict[str, Any]) -> None:
    """A refusal has its reason, what is planned its date; only what was done names a form."""
    shapes.check_previous(report, fields)
    shapes.ask_again(report, {"date": "", **fields}, "date", _date_or_none)
    if report.sound("body", "region", "tps"):
        _check_seat(report, fields, "")
    if report.sound("outcome"):
        outcome = fields["outcome"]
        shapes.require(report, fields, "reason", wanted=outcome == "not-done")
        shapes.require(report, fields, "date", wanted=outcome == "scheduled")
        if outcome != "done":
            shapes.require(report, fields, "paper", wanted=False)


def _date_or_none(report: Report, value: Any, path: str) -> None:
    if value:
        is_date(report, value, path)


def _check_seat(report: Report, fields: Mapping[str, Any], path: str) -> None:
    """The region has the level of the body, and a body of one TPS names it."""
    sits = model.BODIES[fields["body"]]
    if regions.level(fields["region"]) != sits.level:
        report.add("region-level", shapes.join(path, "region"))
    if sits.of_tps and "tps" not in fields:
        report.add("missing-field", shapes.join(path, "tps"))
    if not sits.of_tps and "tps" in fields:
        report.add("unexpected-field", shapes.join(path, "tps"))


def _order(place: Mapping[str, Any]) -> tuple[str, str]:
    return place["region"], place.get("tps", "")


def _is_of(place: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Tell whether a place lies in the region of a body, of one TPS whether it is that one."""
    if "tps" in body:
        return _order(place) == _order(body)
    return regions.is_within(place["region"], body["region"])
