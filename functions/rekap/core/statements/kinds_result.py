"""Statements about results: `form`, `determination`, `elected`, `answer`.

A form's figures are taken as the paper has them: whether they add up is for `rules`. Which figures
a log's mode demands is for `schema.mode_findings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, UnsetType

from rekap.core.statements import model, regions, shapes
from rekap.core.statements.rules import RULES
from rekap.core.statements.shapes import Report
from rekap.core.statements.values import (
    Column,
    Digest,
    FormName,
    Id,
    Name,
    Natural,
    OfAnElection,
    PairNumber,
    Part,
    Positive,
    Region,
    Text,
    Tps,
    When,
    among,
    integer,
    listed,
    text,
)


def _figures(report: Report, value: Any, path: str) -> None:
    """At least one figure, each a known field with a number."""
    if type(value) is not dict:
        report.add("type", path)
        return
    if not value:
        report.add("empty", path)
    for name, figure in value.items():
        if name not in model.FIGURES:
            report.add("unknown-field", f"{path}.{name}")
        elif type(figure) is not int:
            report.add("type", f"{path}.{name}")


_CELLS: Final = frozenset({int, type(None)})


def _rows(report: Report, value: Any, path: str) -> None:
    """Lists of numbers by field; a cell may be null where a replay's source has none."""
    if type(value) is not dict:
        report.add("type", path)
        return
    for name, cells in value.items():
        if name not in model.FIGURES:
            report.add("unknown-field", f"{path}.{name}")
        elif type(cells) is not list or not _CELLS.issuperset(map(type, cells)):
            report.add("type", f"{path}.{name}")


def _columns(report: Report, value: Any, path: str) -> None:
    """1…300 TPS numbers or region codes, sorted."""
    if type(value) is not list or not all(type(code) is str for code in value):
        report.add("type", path)
    elif not value:
        report.add("empty", path)
    elif len(value) > model.COLUMNS_MAX:
        report.add("too-many-columns", path)
    elif not shapes.ascending(value):
        report.add("order", path)


def _figure(report: Report, value: Any, path: str) -> None:
    if type(value) is not str:
        report.add("type", path)
    elif value not in model.FIGURES:
        report.add("unknown-field", path)


Figures = Annotated[
    dict[str, Natural], Meta(min_length=1, extra={"check": _figures, "called": "figures"})
]
"""Name of a figure -> its number; whether the names are those of figures is asked behind."""
Cell = Natural | None
Rows = Annotated[
    dict[str, Annotated[tuple[Cell, ...], Meta(max_length=model.COLUMNS_MAX)]],
    Meta(extra={"check": _rows, "called": "rows"}),
]
Columns = Annotated[
    tuple[Column, ...],
    Meta(
        min_length=1, max_length=model.COLUMNS_MAX, extra={"check": _columns, "called": "columns"}
    ),
]


class Explanation(Part, frozen=True, kw_only=True):
    """Why a finding stands, in the words of those who sign."""

    rule: Annotated[str, among(RULES)]
    text: Text
    child: Column | UnsetType = UNSET
    part: Annotated[str, text(30)] | UnsetType = UNSET


Explanations = Annotated[tuple[Explanation, ...], listed(1000)]


class Initials(Part, frozen=True, kw_only=True):
    """Who put initials beside a figure that was struck and written anew: the ketua of the meeting,
    witnesses of pairs, the supervisor.
    """

    ketua: bool = False
    pairs: Annotated[tuple[PairNumber, ...], listed(model.PAIRS_MAX)] | UnsetType = UNSET
    supervisor: bool = False


class Because(Part, frozen=True, kw_only=True):
    """Why figures of the level below are corrected."""

    basis: Annotated[str, among(model.CORRECTION_BASES)]
    objection: Digest | UnsetType = UNSET
    initials: Initials | UnsetType = UNSET


FigureName = Annotated[str, Meta(extra={"check": _figure, "called": "figure"})]
Correction = tuple[
    Column, FigureName, Natural, Natural, Annotated[int, integer(0, model.BECAUSE_MAX - 1)]
]
"""Column, name of a figure, what the form below says, what this form's column says, and why: a
place in `because`, from 0.
"""


class Reason(Part, frozen=True, kw_only=True):
    """Why a form is revised."""

    code: Annotated[str, among(model.REASONS)]
    text: Text | UnsetType = UNSET


class Scan(Part, frozen=True, kw_only=True):
    """A picture of a page of the paper, by its digest."""

    page: Annotated[int, integer(1, 999)]
    sha256: Digest
    bytes: Positive
    type: Annotated[str, among(model.SCAN_TYPES)]


class Witness(Part, frozen=True, kw_only=True):
    """Whether the witness of a pair was there and signed."""

    pair: PairNumber
    present: bool
    signed: bool
    reason: Annotated[str, among(model.WITNESS_REASONS)] | UnsetType = UNSET


class Attended(Part, frozen=True, kw_only=True):
    """How many signed the attendance list of the TPS: of the DPT, moved here, and unlisted."""

    listed: Natural | UnsetType = UNSET
    moved: Natural | UnsetType = UNSET
    unlisted: Natural | UnsetType = UNSET


class OfASlot(OfAnElection, frozen=True, kw_only=True):
    """What names a slot."""

    contest: Id
    form: FormName
    region: Region
    tps: Tps | UnsetType = UNSET


class Form(OfASlot, tag="form", frozen=True, kw_only=True):
    """The figures of a paper."""

    revision: Positive
    figures: Figures
    attended: Attended | UnsetType = UNSET
    previous: Digest | UnsetType = UNSET
    reason: Reason | UnsetType = UNSET
    count: Annotated[str, among(model.COUNTS)] | UnsetType = UNSET
    explanations: Explanations | UnsetType = UNSET
    scans: Annotated[tuple[Scan, ...], listed(999)] | UnsetType = UNSET
    witnesses: Annotated[tuple[Witness, ...], listed(model.PAIRS_MAX)] | UnsetType = UNSET
    children: Columns | UnsetType = UNSET
    rows: Rows | UnsetType = UNSET
    sheets: Annotated[tuple[Digest, ...], listed(model.COLUMNS_MAX)] | UnsetType = UNSET
    because: Annotated[tuple[Because, ...], listed(model.BECAUSE_MAX)] | UnsetType = UNSET
    corrections: Annotated[tuple[Correction, ...], listed(model.CORRECTIONS_MAX)] | UnsetType = (
        UNSET
    )
    stations_in: Natural | UnsetType = UNSET
    stations_expected: Natural | UnsetType = UNSET
    as_of_text: Text | UnsetType = UNSET


class Determination(OfAnElection, tag="determination", frozen=True, kw_only=True):
    """The result of a contest, as its KPU decided it; `certificate` is the D form that it names."""

    contest: Id
    region: Region
    revision: Positive
    number: Name
    basis: Annotated[str, among(model.BASES)]
    certificate: Digest | UnsetType = UNSET
    decided_at: When | UnsetType = UNSET
    announced_at: When
    previous: Digest | UnsetType = UNSET


class Elected(OfAnElection, tag="elected", frozen=True, kw_only=True):
    """Who is elected by a determined result: a pair, or nobody where the empty column won."""

    contest: Id
    region: Region
    revision: Positive
    pair: PairNumber | UnsetType = UNSET
    none: bool = False
    number: Name
    announced_at: When
    previous: Digest | UnsetType = UNSET


ANSWERED_MAX: Final = 50
"""Objections that one statement answers."""


class Answer(OfASlot, tag="answer", frozen=True, kw_only=True):
    """What a body says of findings or objections of a slot, or which statement counts there."""

    explains: Explanations | UnsetType = UNSET
    accept: Digest | UnsetType = UNSET
    to: Annotated[tuple[Digest, ...], listed(ANSWERED_MAX)] | UnsetType = UNSET
    outcome: Annotated[str, among(model.ANSWERS)] | UnsetType = UNSET


def check_form(report: Report, fields: dict[str, Any]) -> None:
    """Slot, revision and the parts that each form has; columns fit the rows and the region."""
    check_figures(report, fields, "figures")
    if report.sound("children") and not shapes.ascending(fields.get("children", ())):
        report.add("order", "children")
    check_slot(report, fields)
    shapes.check_previous(report, fields)
    if report.sound("revision"):
        shapes.require(report, fields, "reason", wanted=fields["revision"] > 1)
    if report.sound("form"):
        _check_parts(report, fields)
    _check_columns(report, fields)
    if "explanations" in fields:
        _check_explanations(report, fields, "explanations")
    if "witnesses" in fields and report.sound("witnesses"):
        _check_witnesses(report, fields["witnesses"])
    if "scans" in fields and report.sound("scans"):
        _check_scans(report, fields["scans"])
    if "sheets" in fields and report.sound("sheets"):
        _check_sheets(report, fields["sheets"])
    if "because" in fields or "corrections" in fields:
        _check_corrections(report, fields)


def check_figures(report: Report, fields: dict[str, Any], name: str) -> None:
    """Every figure is one that some form has."""
    if report.sound(name) and not model.FIGURES.issuperset(fields[name]):
        report.add("unknown-field", name)


def form_of_a_replay(report: Report, fields: dict[str, Any]) -> None:
    """Only a replay has running figures, unknown cells, D forms without columns or sheets."""
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


def check_slot(report: Report, fields: dict[str, Any]) -> None:
    """A C form has its TPS; the region has the level of the form."""
    if not report.sound("form"):
        return
    form = fields["form"]
    shapes.require(report, fields, "tps", wanted=form == model.STATION_FORM)
    if report.sound("region") and model.FORMS[form].level not in (
        None,
        regions.level(fields["region"]),
    ):
        report.add("region-level", "region")


_OF_SUMMARIES: Final = ("stations_in", "stations_expected", "as_of_text")
_NOT_OF_SUMMARIES: Final = ("scans", "witnesses")


def _check_parts(report: Report, fields: dict[str, Any]) -> None:
    """Fields that belong to some forms only."""
    form = fields["form"]
    summary = form == model.SUMMARY
    shapes.require(report, fields, "count", wanted=not summary)
    for name in _OF_SUMMARIES:
        if summary or name in fields:
            shapes.require(report, fields, name, wanted=summary)
    if summary:
        for name in _NOT_OF_SUMMARIES:
            shapes.require(report, fields, name, wanted=False)
    if form != model.STATION_FORM:
        shapes.require(report, fields, "attended", wanted=False)
    elif fields.get("attended") == {}:
        report.add("empty", "attended")
    if form not in model.SHEETS:
        shapes.require(report, fields, "children", wanted=False)
        shapes.require(report, fields, "rows", wanted=False)
    if form != "d_hasil_kecamatan":
        shapes.require(report, fields, "sheets", wanted=False)


def _check_columns(report: Report, fields: dict[str, Any]) -> None:
    """`children` and `rows` stand together, and every row of `figures` has a cell per child."""
    if "children" not in fields and "rows" not in fields:
        return
    for name in ("children", "rows"):
        shapes.require(report, fields, name, wanted=True)
    if report.sound("children", "form", "region"):
        _check_children(report, fields)
    if not report.sound("figures", "rows"):
        return
    rows = fields["rows"]
    if rows.keys() != fields["figures"].keys():
        report.add("rows", "rows")
    if report.sound("children"):
        columns = len(fields["children"])
        for name, cells in rows.items():
            if len(cells) != columns:
                report.add("columns", f"rows.{name}")


def _check_children(report: Report, fields: dict[str, Any]) -> None:
    """Columns of a kelurahan are TPS, of any other region those directly below it."""
    region = fields["region"]
    stations = fields["form"] == "d_hasil_kelurahan"
    for index, code in enumerate(fields["children"]):
        if stations:
            fits = regions.is_tps(code)
        else:
            fits = regions.is_code(code) and regions.parent(code) == region
        if not fits:
            report.add("region", f"children.{index}")


def _check_explanations(report: Report, fields: dict[str, Any], name: str) -> None:
    """Parts are parts of their rule; the same part of a rule is explained once."""
    if not report.sound(name):
        return
    seen = set()
    for index, one in enumerate(fields[name]):
        part = one.get("part")
        if part is not None and part not in {known.name for known in RULES[one["rule"]].parts}:
            report.add("value", f"{name}.{index}.part")
        triple = (one["rule"], one.get("child"), part)
        if triple in seen:
            report.add("repeated", f"{name}.{index}")
        seen.add(triple)


def _check_witnesses(report: Report, witnesses: list[dict[str, Any]]) -> None:
    """One line per pair; only who is present can sign, only who did not sign has a reason."""
    if not shapes.ascending([witness["pair"] for witness in witnesses]):
        report.add("order", "witnesses")
    for index, witness in enumerate(witnesses):
        if witness["signed"] and not witness["present"]:
            report.add("value", f"witnesses.{index}.signed")
        if "reason" in witness and (witness["signed"] or not witness["present"]):
            report.add("unexpected-field", f"witnesses.{index}.reason")


def _check_scans(report: Report, scans: list[dict[str, Any]]) -> None:
    if not shapes.ascending([scan["page"] for scan in scans]):
        report.add("order", "scans")


def _check_sheets(report: Report, sheets: list[str]) -> None:
    if len(set(sheets)) != len(sheets):
        report.add("repeated", "sheets")


def _check_corrections(report: Report, fields: dict[str, Any]) -> None:
    """`because` and `corrections` stand together, beside columns; each correction is of a cell of
    this form, once, and says what stands there; each reason is that of a correction.
    """
    for name in ("because", "corrections"):
        shapes.require(report, fields, name, wanted="rows" in fields)
    if report.sound("because"):
        _check_because(report, fields.get("because", ()))
    if not report.sound("because", "corrections", "children", "rows", "figures", "form", "region"):
        return
    columns = {child: at for at, child in enumerate(fields["children"])}
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(fields["corrections"]):
        path = f"corrections.{index}"
        for code, at in _faults_of_a_correction(one, columns, fields):
            report.add(code, f"{path}.{at}")
        if (one[0], one[1]) in seen:
            report.add("repeated", path)
        seen.add((one[0], one[1]))
    used = {one[4] for one in fields["corrections"]}
    for index in range(len(fields["because"])):
        if index not in used:
            report.add("unused", f"because.{index}")


def _faults_of_a_correction(
    one: list[Any], columns: dict[str, int], fields: dict[str, Any]
) -> Iterator[tuple[str, int]]:
    """Yield (code, place in the correction) of what does not fit the form."""
    child, field, before, after, reason = one
    if child not in columns:
        yield "no-column", 0
    if field not in fields["rows"]:
        yield "unknown-field", 1
    if before == after:
        yield "no-change", 2
    row = fields["rows"].get(field)
    if child in columns and row is not None and row[columns[child]] != after:
        yield "cell", 3
    if reason >= len(fields["because"]):
        yield "range", 4


def _check_because(report: Report, because: Sequence[dict[str, Any]]) -> None:
    for index, one in enumerate(because):
        initials = one.get("initials")
        if initials == {}:
            report.add("empty", f"because.{index}.initials")
        elif initials and not shapes.ascending(initials.get("pairs", ())):
            report.add("order", f"because.{index}.initials.pairs")


def check_determination(report: Report, fields: dict[str, Any]) -> None:
    """A revision names the one before; nothing is announced before it is decided."""
    shapes.ask_again(report, fields, "announced_at", shapes.when)
    shapes.check_previous(report, fields)
    if "decided_at" not in fields:
        return
    shapes.ask_again(report, fields, "decided_at", shapes.when)
    sound = report.sound("decided_at") and report.sound("announced_at")
    if sound and shapes.is_after(fields["decided_at"], fields["announced_at"]):
        report.add("range", "decided_at")


def decision_of_a_replay(report: Report, fields: dict[str, Any]) -> None:
    """Only a replay's source knows no hour: the court's time begins there."""
    for name in ("decided_at", "announced_at"):
        if is_date_alone(fields.get(name, "")):
            report.add("replay-only", name)


def is_date_alone(value: str) -> bool:
    """Tell whether a value that is a time or a date is a date."""
    return len(value) == shapes.DATE_LENGTH


def check_elected(report: Report, fields: dict[str, Any]) -> None:
    """A pair or nobody; a revision names the one before."""
    shapes.ask_again(report, fields, "announced_at", shapes.when)
    shapes.check_previous(report, fields)
    if report.sound("none") and report.sound("pair"):
        shapes.require(report, fields, "pair", wanted="none" not in fields)


def check_answer(report: Report, fields: dict[str, Any]) -> None:
    """It names a slot that can exist, and says something; who withdraws says nothing else."""
    check_slot(report, fields)
    if "explains" in fields:
        _check_explanations(report, fields, "explains")
    elif "accept" not in fields and "to" not in fields:
        report.add("missing-field", "explains")
    shapes.require(report, fields, "outcome", wanted="to" in fields)
    if "to" in fields and report.sound("to") and not shapes.ascending(fields["to"]):
        report.add("order", "to")
    if fields.get("outcome") == model.WITHDRAWN:
        for name in ("explains", "accept"):
            shapes.require(report, fields, name, wanted=False)
