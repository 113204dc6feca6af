"""What an election folder says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

SheetKey: TypeAlias = tuple[str, str, str, int]
"""Contest, form, region, revision."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of a D form: children sorted, and a cell per child for each field."""

    children: tuple[str, ...]
    rows: dict[str, tuple[int | None, ...]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One form of `forms.csv`, or a running figure (`summary`); absent figures are not reported.

    `reason`, `explanations` and `corrected` (`because`, `corrections`) are as in a statement; those
    from `stations_in` to `as_of_text` belong to a `summary`.
    """

    line: int
    contest: str
    form: str
    region: str
    tps: str | None
    revision: int
    count: str | None
    figures: dict[str, int]
    reason: dict[str, str] | None = None
    explanations: tuple[dict[str, str], ...] = ()
    stations_in: int | None = None
    stations_expected: int | None = None
    as_of_text: str | None = None
    attended: Mapping[str, int] = field(default_factory=dict)
    sheet: Sheet | None = None
    corrected: Mapping[str, Any] = field(default_factory=dict)
    rival: bool = False
    """Another first C.Hasil of its TPS, beside the one that counts."""

    @property
    def slot(self) -> tuple[str, str, str, str | None]:
        """Contest, form, region, TPS."""
        return self.contest, self.form, self.region, self.tps


@dataclass(frozen=True, slots=True)
class Places:
    """Regions by code with their names, and the stations of each kelurahan that has a roster.

    `stations` holds the number of registered voters, or None, by TPS number.
    """

    names: dict[str, str]
    stations: dict[str, dict[str, int | None]]
    has_roster: bool


@dataclass(frozen=True, slots=True)
class Election:
    """Everything that a folder says.

    `settings` are the fields of the `election` statement without its roots: name, date, timezone,
    source, contests (each with its `source_forms`), policy if any. `empty_rows` counts the rows of
    `forms.csv` without figures: they are no forms.
    """

    folder: str
    id: str
    settings: dict[str, Any]
    determinations: tuple[dict[str, str], ...]
    rulings: tuple[dict[str, Any], ...]
    elected: tuple[dict[str, Any], ...]
    places: Places
    papers: tuple[Paper, ...]
    empty_rows: int
    recommendations: tuple[dict[str, Any], ...] = ()
    copies: tuple[dict[str, Any], ...] = ()
    acting: tuple[dict[str, Any], ...] = ()
    readiness: tuple[dict[str, Any], ...] = ()
    incidents: tuple[dict[str, Any], ...] = ()
    pictures: tuple[dict[str, Any], ...] = ()
    withheld: tuple[dict[str, Any], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    """Words and pictures: path below the folder, and bytes."""

    @property
    def contests(self) -> dict[str, dict[str, Any]]:
        """The contests by id."""
        return {contest["id"]: contest for contest in self.settings["contests"]}

    @property
    def provincial(self) -> bool:
        """Whether a contest is of a whole province, so that a provincial KPU signs."""
        return any(len(contest["region"]) == 2 for contest in self.settings["contests"])


def with_sheet(paper: Paper, sheet: Sheet) -> Paper:
    """The same paper with its columns."""
    return replace(paper, sheet=sheet)
