"""Statements about a dispute at court: `ruling`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import UNSET, UnsetType

from rekap.core.statements import model, regions, shapes
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import (
    Date,
    Digest,
    Id,
    Name,
    OfAnElection,
    Part,
    Positive,
    Region,
    among,
    integer,
    is_date,
    listed,
    whole,
)

_KELURAHAN: Final = r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}"


def _is_place(value: str) -> bool:
    """A region code, or a kelurahan with one of its TPS: "62.05.05.1001/004"."""
    code, slash, tps = value.partition("/")
    if not regions.is_code(code):
        return False
    return not slash or (regions.depth(code) == 4 and regions.is_tps(tps))


PlaceOrTps = Annotated[
    str, whole(f"{regions.CODE}|{_KELURAHAN}/{regions.TPS}", shapes.spelled(_is_place), "place")
]
Places = Annotated[tuple[PlaceOrTps, ...], listed(500)]


class Annulment(Part, frozen=True, kw_only=True):
    """A decision that a court annuls, wholly or for some places."""

    decision: Name
    places: Places | UnsetType = UNSET


class Order(Part, frozen=True, kw_only=True, rename={"without": "except"}):
    """What a court orders, of whom, and where."""

    what: Annotated[str, among(model.ORDERS)]
    by: Annotated[str, among(model.ORDERED_BODIES)]
    places: Places | UnsetType = UNSET
    without: Places | UnsetType = UNSET
    days: Annotated[int, integer(1, 365)] | UnsetType = UNSET


class Ruling(OfAnElection, tag="ruling", frozen=True, kw_only=True):
    """What a court has done with a case about the result of a contest."""

    contest: Id
    region: Region
    revision: Positive
    court: Annotated[str, among(model.COURTS)]
    number: Name
    state: Annotated[str, among(model.RULING_STATES)]
    date: Date
    against: Name | UnsetType = UNSET
    annuls: Annotated[tuple[Annulment, ...], listed(20)] | UnsetType = UNSET
    orders: Annotated[tuple[Order, ...], listed(10)] | UnsetType = UNSET
    digest: Digest | UnsetType = UNSET
    previous: Digest | UnsetType = UNSET


def check_ruling(report: Report, fields: dict[str, Any]) -> None:
    """Only what is granted annuls and orders, for places below the region; what was recorded by
    mistake is taken back by a revision.
    """
    shapes.ask_again(report, fields, "date", is_date)
    shapes.check_previous(report, fields)
    if fields.get("state") == "mistaken" and fields.get("revision") == 1:
        report.add("value", "state")
    granted = fields.get("state") in model.GRANTS
    for name in ("annuls", "orders"):
        if name in fields and report.sound("state") and not granted:
            report.add("unexpected-field", name)
        if report.sound(name):
            for at, one in enumerate(fields.get(name, ())):
                _check_places(report, one, f"{name}.{at}")
                if report.sound("region"):
                    _check_below(report, one, f"{name}.{at}", fields["region"])


def _check_places(report: Report, one: dict[str, Any], path: str) -> None:
    """Places stand sorted, each once; none are left out where some are named."""
    for name in ("places", "except"):
        if not shapes.ascending(one.get(name, ())):
            report.add("order", f"{path}.{name}")
    if "places" in one and "except" in one:
        report.add("unexpected-field", f"{path}.except")


def _check_below(report: Report, one: dict[str, Any], path: str, top: str) -> None:
    """The whole region is no place of it: then there are no `places`."""
    for name in ("places", "except"):
        if not all(_lies_below(place, top) for place in one.get(name, ())):
            report.add("region", f"{path}.{name}")


def _lies_below(place: str, top: str) -> bool:
    code, slash, _ = place.partition("/")
    return regions.is_below(code, top) or bool(slash and code == top)
