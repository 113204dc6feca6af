"""`election.toml`: what is elected, where, among whom, and who published the figures.

The tables are the fields of an `election` statement under the same names, so
`rekap.core.statements` checks them; only the replay's own words (`mode`, `determinations`) and the
folder's rules stand here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from rekap.core.codec import b64encode
from rekap.core.pages.data import statement_schemas
from rekap.core.statements import model, schema
from rekap.desk.elections.names import spelled
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.table import read_text
from rekap.desk.elections.values import Paper
from rekap.desk.texts import both

REPLAY: Final = "replay"
FIELDS: Final[tuple[str, ...]] = (
    "id",
    "name",
    "date",
    "timezone",
    "source",
    "contests",
    "policy",
    "holidays",
)
_REQUIRED: Final = ("id", "name", "date", "mode", "timezone", "contests")
_REPLAY_ONLY: Final = ("source", "determinations")
_NOBODY: Final = {"k": 1, "keys": [{"alg": "ed25519", "key": b64encode(bytes(32))}]}
"""Stands for the roots, which a folder does not name."""

_FIELD_MISSING: Final = both("folder.required")
_FIELD_OF_A_REPLAY: Final = both("folder.replay_only")
_FIELD_UNKNOWN: Final = both("folder.unknown")
_DERIVED: Final = both("folder.source_forms")


def read(
    path: Path, problems: Problems, mode: str = REPLAY
) -> tuple[dict[str, Any], tuple[dict[str, str], ...]]:
    """Return the fields of the election (with its `id`) and the determinations.

    `mode` is that of the log it is for; only a replay has a source and determinations.

    Contests are returned only if they are sound, so that the other files can be held against them.
    """
    told = _toml(path, problems)
    if told is None:
        return {}, ()
    before = len(problems.found)
    _check_top(path.name, told, mode, problems)
    settings = {name: told[name] for name in FIELDS if name in told}
    _check_statement(path.name, settings, problems)
    if len(problems.found) > before:
        broken = {one.column.split(".")[0] for one in problems.found[before:]}
        return {name: told[name] for name in settings if name not in broken}, ()
    if mode == REPLAY:
        _spell(settings["contests"])
    return settings, _determinations(path.name, told, settings, problems)


def _spell(contests: list[dict[str, Any]]) -> None:
    """Write the names of pairs in ordinary letters where the source has capitals."""
    for contest in contests:
        for pair in contest["pairs"]:
            if "names" in pair:
                pair["names"] = [spelled(name) for name in pair["names"]]


def _toml(path: Path, problems: Problems) -> dict[str, Any] | None:
    before = len(problems.found)
    text = read_text(path, problems)
    if text is None:
        if len(problems.found) == before:
            problems.add(path.name, 0, "", "missing-file")
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(path.name, 0, "", "syntax", detail=error)
        return None


def _check_top(file: str, told: dict[str, Any], mode: str, problems: Problems) -> None:
    for name in told:
        if name not in FIELDS and name not in ("mode", "determinations"):
            problems.tell(file, name, "unknown-field", _FIELD_UNKNOWN)
    for name in (*_REQUIRED, *(("source",) if mode == REPLAY else ())):
        if name not in told:
            problems.tell(file, name, "missing-field", _FIELD_MISSING)
    for name in () if mode == REPLAY else _REPLAY_ONLY:
        if name in told:
            problems.tell(file, name, "replay-only", _FIELD_OF_A_REPLAY)
    if told.get("mode", mode) != mode:
        problems.add(file, 0, "mode", "mode", mode=mode)
    contests = told.get("contests")
    for index, contest in enumerate(contests if isinstance(contests, list) else ()):
        if isinstance(contest, dict) and "source_forms" in contest:
            problems.tell(file, f"contests.{index}.source_forms", "unknown-field", _DERIVED)


def _check_statement(file: str, settings: dict[str, Any], problems: Problems) -> None:
    """Hold the settings against the schema of the statement that they will be."""
    fields = {name: value for name, value in settings.items() if name != "id"}
    if "id" in settings:
        fields["election"] = settings["id"]
    report(file, {**fields, "kind": "election", "roots": {"kpu": _NOBODY}, "revision": 1}, problems)


def _determinations(
    file: str, told: dict[str, Any], settings: dict[str, Any], problems: Problems
) -> tuple[dict[str, str], ...]:
    stated = told.get("determinations", [])
    if not isinstance(stated, list) or not all(isinstance(one, dict) for one in stated):
        problems.add(file, 0, "determinations", "syntax", detail="[[determinations]]")
        return ()
    ids = {contest["id"]: contest for contest in settings["contests"]}
    seen: set[str] = set()
    for index, one in enumerate(stated):
        path = f"determinations.{index}"
        if str(one.get("contest")) not in seen:
            one.setdefault("basis", "first")
        seen.add(str(one.get("contest")))
        fields = {**one, "kind": "determination", "election": settings["id"], "revision": 1}
        fields.pop("certificate", None)
        report(file, fields, problems, f"{path}.")
        contest = ids.get(str(one.get("contest")))
        if contest is None:
            problems.add(file, 0, f"{path}.contest", "contest", allowed=", ".join(ids))
        elif one.get("region") != contest["region"]:
            problems.add(
                file, 0, f"{path}.region", "region-outside", expected=contest["region"]
            )  # fmt: skip
    return tuple(stated)


def check_certificates(
    determinations: Iterable[dict[str, Any]], papers: Iterable[Paper], problems: Problems
) -> None:
    """`certificate` is the revision of a D form of the contest's own region, with its figures."""
    known = {(p.contest, p.region, p.revision) for p in papers if p.form in model.SHEETS}
    for index, one in enumerate(determinations):
        named = one.get("contest"), one.get("region"), one.get("certificate")
        if "certificate" in one and named not in known:
            path = f"determinations.{index}.certificate"
            problems.tell("election.toml", path, "certificate", _NO_CERTIFICATE)


_NO_CERTIFICATE: Final = both("folder.no_revision")


def report(
    file: str, fields: dict[str, Any], problems: Problems, prefix: str = "", line: int = 0
) -> None:
    """Add what the schema of a statement finds; of the election itself, fields that are missing at
    the top were reported before.
    """
    statement = {**fields, "log": "replay.example/replay/log", "at": "2000-01-01T00:00:00+07:00"}
    try:
        schema.check_statement(statement)
    except schema.SchemaErrors as error:
        for one in error.findings:
            column = prefix + ("id" if one.field == "election" else one.field)
            told = fields["kind"] == "election" and "." not in one.field
            allowed = _words(fields["kind"], one.field) if one.code == "value" else ()
            if allowed:
                problems.add(file, line, column, "value", allowed=", ".join(allowed))
            elif one.code != "missing-field" or not told:
                problems.tell(file, column, one.code, (one.id, one.en), line)


def _words(kind: str, field: str) -> Sequence[str]:
    """The closed list of a field of a statement; nothing of one that has none, or lies deeper."""
    words: Sequence[str] = (
        statement_schemas.of_kind(kind)["properties"].get(field, {}).get("enum", ())
    )
    return words
