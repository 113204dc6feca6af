"""What the paper of a form looks like: `pictures`.

A statement names its pictures by digest; the files lie beside the log, see `pictures`.
"""

from __future__ import annotations

from typing import Annotated, Any

from rekap.core.statements import model
from rekap.core.statements.kinds_result import OfASlot, check_slot
from rekap.core.statements.shapes import Report, ascending
from rekap.core.statements.values import Digest, Part, among, integer, listed

Side = Annotated[int, integer(1, model.PICTURE_SIDE)]


class Page(Part, frozen=True, kw_only=True):
    """A picture of one page of a paper: which one, and what the file is."""

    document: Annotated[str, among(model.DOCUMENTS)]
    page: Annotated[int, integer(1, 99)]
    sha256: Digest
    bytes: Annotated[int, integer(1, model.PICTURE_BYTES)]
    width: Side
    height: Side


class Pictures(OfASlot, tag="pictures", frozen=True, kw_only=True):
    """The pictures of a form, in place of those that were named before."""

    pages: Annotated[tuple[Page, ...], listed(model.PICTURES_MAX)]


def check_pictures(report: Report, fields: dict[str, Any]) -> None:
    """Pictures are of a form on paper; each page once, and no file twice."""
    check_slot(report, fields)
    if report.sound("form") and model.FORMS[fields["form"]].body is None:
        report.add("value", "form")
    if not report.sound("pages"):
        return
    pages = fields["pages"]
    if not ascending([(one["document"], one["page"]) for one in pages]):
        report.add("order", "pages")
    if len({one["sha256"] for one in pages}) < len(pages):
        report.add("repeated", "pages")
