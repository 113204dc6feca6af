"""Statements of those who hold a copy of C.Hasil: `copy`."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from rekap.core.statements import model, regions, shapes
from rekap.core.statements.kinds_people import PersonId
from rekap.core.statements.kinds_result import Figures, check_figures
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import (
    Id,
    OfAnElection,
    PairNumber,
    Region,
    Tps,
    among,
)


class Copy(OfAnElection, tag="copy", frozen=True, kw_only=True):
    """The figures of one's own paper copy of a C.Hasil."""

    contest: Id
    region: Region
    tps: Tps
    body: Annotated[str, among(model.HOLDERS)]
    count: Annotated[str, among(model.COUNTS)]
    figures: Figures
    pair: PairNumber | UnsetType = UNSET
    organisation: PersonId | UnsetType = UNSET
    source: Annotated[str, among(model.COPY_SOURCES)] | UnsetType = UNSET


def check_copy(report: Report, fields: dict[str, Any]) -> None:
    """A copy is of a TPS; a saksi has a pair, a pemantau an organisation and what it read."""
    check_figures(report, fields, "figures")
    if report.sound("region") and regions.level(fields["region"]) != model.LEVELS[-1]:
        report.add("region-level", "region")
    if report.sound("body"):
        body = fields["body"]
        shapes.require(report, fields, "pair", wanted=body == "saksi")
        for name in ("organisation", "source"):
            shapes.require(report, fields, name, wanted=body == "pemantau")
