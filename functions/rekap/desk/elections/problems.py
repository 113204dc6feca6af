"""What is wrong in an election folder: where it stands, and what to do, in two languages.

    forms.csv:12 kolom region: [region-unknown] Wilayah 32.07.99 tidak ada di regions.csv. ...

A reader never stops at the first problem: the person who wrote the folder gets all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rekap.audit.commands.speech import clean
from rekap.core.errors import RekapError
from rekap.desk.texts import both

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "missing-file": both("problems.missing-file"),
    "not-utf8": both("problems.not-utf8"),
    "syntax": both("problems.syntax"),
    "empty-file": both("problems.empty-file"),
    "unknown-column": both("problems.unknown-column"),
    "missing-column": both("problems.missing-column"),
    "repeated-column": both("problems.repeated-column"),
    "width": both("problems.width"),
    "characters": both("problems.characters"),
    "digits": both("problems.digits"),
    "number": both("problems.number"),
    "list": both("problems.list"),
    "initials": both("corrections.initials"),
    "revision": both("problems.revision"),
    "value": both("problems.value"),
    "not-empty": both("problems.not-empty"),
    "empty": both("problems.empty"),
    "region-code": both("problems.region-code"),
    "region-level": both("problems.region-level"),
    "region-parent": both("problems.region-parent"),
    "region-unknown": both("problems.region-unknown"),
    "region-outside": both("problems.region-outside"),
    "child": both("problems.child"),
    "tps": both("problems.tps"),
    "station-unknown": both("problems.station-unknown"),
    "duplicate": both("problems.duplicate"),
    "gap": both("problems.gap"),
    "contest": both("problems.contest"),
    "pair": both("problems.pair"),
    "explanation": both("problems.explanation"),
    "no-form": both("problems.no-form"),
    "no-figure": both("problems.no-figure"),
    "too-many-columns": both("problems.too-many-columns"),
    "too-large": both("problems.too-large"),
    "mode": both("problems.mode"),
    "results": both("problems.results"),
    "before-decision": both("problems.before-decision"),
    "before-registration": both("problems.before-registration"),
    "decision-unknown": both("problems.decision-unknown"),
    "no-forms": both("problems.no-forms"),
    "digest-unknown": both("problems.digest-unknown"),
    "digest": both("problems.digest"),
    "withheld": both("problems.withheld"),
}
"""Code -> sentence in Indonesian and English, each ending with what to do. Codes are stable."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` counts from 1, 0 is the file; `column` is a name or a path."""

    file: str
    line: int
    column: str
    code: str
    id: str
    en: str

    @classmethod
    def of(
        cls,
        sentences: Mapping[str, tuple[str, str]],
        place: tuple[str, int, str],
        code: str,
        details: Mapping[str, object],
    ) -> Problem:
        """Return the problem `code` at a place (file, line, column); `details` fill its gaps."""
        indonesian, english = (text.format(**details) for text in sentences[code])
        return cls(*place, code, indonesian, english)

    def told(self, lang: str) -> str:
        """The problem in one line, as `file:line column: [code] sentence`."""
        place = self.file + (f":{self.line}" if self.line else "")
        if self.column:
            place += f" {'kolom' if lang == 'id' else 'column'} {self.column}"
        return clean(f"{place}: [{self.code}] {self.id if lang == 'id' else self.en}")


class FolderRefused(RekapError):
    """An election folder that cannot be imported; `problems` is never empty and complete."""

    def __init__(self, folder: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{folder}: {len(problems)} problems")
        self.folder = folder
        self.problems = problems


class Problems:
    """Collects the problems of one folder."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, file: str, line: int, column: str, code: str, /, **details: object) -> None:
        """Add the problem `code` with its sentences; `details` fill their gaps."""
        self.found.append(Problem.of(SENTENCES, (file, line, column), code, details))

    def tell(
        self, file: str, column: str, code: str, sentences: tuple[str, str], line: int = 0
    ) -> None:
        """Add a problem whose sentences come from elsewhere."""
        self.found.append(Problem(file, line, column, code, *sentences))
