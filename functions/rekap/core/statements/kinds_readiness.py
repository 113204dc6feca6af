"""What a TPS has on the eve of the vote, and what came back from it: `readiness`.

It says what is there, never where anything is kept or how it travels, and has no words of a person:
codes and numbers alone.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import UNSET, UnsetType

from rekap.core.statements import model, regions, shapes
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import Id, OfAnElection, Part, Region, Tps, among, integer, listed

Number = Annotated[int, integer(0, model.ITEM_MAX)]


class Ballots(Part, frozen=True, kw_only=True):
    """The sheets of one contest that are there."""

    contest: Id
    sheets: Number


class Item(Part, frozen=True, kw_only=True):
    """How many of something are there."""

    item: Annotated[str, among(model.ITEMS)]
    number: Number


class Lack(Part, frozen=True, kw_only=True):
    """What is wrong with something, and with how many of it; ballots are those of a contest."""

    item: Annotated[str, among((model.BALLOTS, *model.ITEMS))]
    lack: Annotated[str, among(model.LACKS)]
    contest: Id | UnsetType = UNSET
    number: Annotated[int, integer(1, model.ITEM_MAX)] | UnsetType = UNSET


class Readiness(OfAnElection, tag="readiness", frozen=True, kw_only=True):
    """What arrived at a TPS, or what was returned from it."""

    region: Region
    tps: Tps
    step: Annotated[str, among(model.STEPS)]
    ballots: Annotated[tuple[Ballots, ...], listed(20)] | UnsetType = UNSET
    items: Annotated[tuple[Item, ...], listed(20)] | UnsetType = UNSET
    lacks: Annotated[tuple[Lack, ...], listed(20)] | UnsetType = UNSET
    boxes: Annotated[int, integer(1, 20)] | UnsetType = UNSET
    seals_whole: Number | UnsetType = UNSET
    seals_broken: Number | UnsetType = UNSET


_RETURNED: Final = ("boxes", "seals_whole", "seals_broken")
_NAMES: Final = {
    "ballots": ("contest",), "items": ("item",), "lacks": ("item", "lack", "contest"),
}  # fmt: skip
"""Lists that are sorted by these fields, so that nothing is said twice."""


def check_readiness(report: Report, fields: dict[str, Any]) -> None:
    """Readiness is of a TPS; what arrived has ballots, what was returned boxes and seals alone."""
    if report.sound("region") and regions.level(fields["region"]) != model.LEVELS[-1]:
        report.add("region-level", "region")
    for name, by in _NAMES.items():
        if name in fields and report.sound(name):
            keys = [tuple(one.get(part, "") for part in by) for one in fields[name]]
            if not shapes.ascending(keys):
                report.add("order", name)
    if report.sound("step"):
        arrives = fields["step"] == model.ARRIVED
        shapes.require(report, fields, "ballots", wanted=arrives)
        for name in _RETURNED:
            shapes.require(report, fields, name, wanted=not arrives)
        if not arrives:
            for name in ("items", "lacks"):
                shapes.require(report, fields, name, wanted=False)
    if "lacks" in fields and report.sound("lacks", "ballots"):
        _check_contests(report, fields)


def _check_contests(report: Report, fields: dict[str, Any]) -> None:
    """A lack of ballots is one of a contest whose sheets are told; of nothing else."""
    told = {one["contest"] for one in fields.get("ballots", ())}
    for index, one in enumerate(fields["lacks"]):
        wanted = told if one["item"] == model.BALLOTS else {None}
        if one.get("contest") not in wanted:
            report.add("value", f"lacks.{index}.contest")
