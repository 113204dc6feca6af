"""`acting.toml`, `recommendations.csv`, `copies.csv`: who did the work of an organiser; what
supervisors recommended and what was done about it; what was read off copies of C.Hasil.

The tables are read as the portal itself writes them: columns that only a log can know say nothing.

    contest,body,body_region,number,type,ground,region,tps,state,date,reason
    bupati-32.07,bawaslu_kabko,32.07,12/2024,repeat-vote,double-vote,32.07.01.1001,003,refused,,other-view

The rows of one number are the places of one recommendation. The KPU of the kab/kota is asked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeAlias

from rekap.core.codec import b64encode
from rekap.core.statements import model, regions
from rekap.desk.elections.places import has_place
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.settings import report
from rekap.desk.elections.table import Row, Table, number, read_text
from rekap.desk.elections.values import Places

Said: TypeAlias = tuple[dict[str, Any], ...]
RECOMMENDATIONS: Final = "recommendations.csv"
COPIES: Final = "copies.csv"
_LINE: Final = ("contest", "body", "body_region", "body_tps", "number")
"""Columns that say which recommendation a row is a place of."""
_COLUMNS: Final = ("contest", "body", "body_region", "number", "type", "ground", "region", "state")
_OTHERS: Final = ("body_tps", "revision", "due", "tps", "date", "reason", "index", "response")
_OF_A_COPY: Final = ("contest", "region", "tps", "body", "count")
_MORE_OF_A_COPY: Final = (
    "pair", "organisation", "source", "state", "cells", "before", "index", "form_index",
)  # fmt: skip
ACTING: Final = "acting.toml"
_OF_ACTING: Final = ("acting", "body", "date", "region")
_SOMEBODY: Final = {
    "person": "seseorang", "position": "ketua", "alg": "ed25519", "key": b64encode(bytes(32)),
}  # fmt: skip
OUTCOME_OF: Final = {"silent": None, "waiting": "scheduled", "held": "done", "refused": "not-done"}
"""State of a recommendation -> the outcome of the response to it."""
_SOME_ID: Final = "0" * 64
_KABKO: Final = len("62.05")
_KECAMATAN: Final = len("62.05.01")


def acting(
    folder: Path, election: str, contests: Mapping[str, Any], ground: Places, problems: Problems
) -> Said:
    """Return who did the work of an organiser from a day on: body, region, acting, date."""
    path = folder / ACTING
    text = read_text(path, problems)
    if text is None:
        return ()
    try:
        said = tomllib.loads(text).get("acting", [])
    except tomllib.TOMLDecodeError as error:
        problems.add(path.name, 0, "", "syntax", detail=error)
        return ()
    if not isinstance(said, list) or not all(
        isinstance(one, dict) and tuple(sorted(one)) == _OF_ACTING for one in said
    ):
        problems.add(path.name, 0, "acting", "syntax", detail=", ".join(_OF_ACTING))
        return ()
    tops = [one["region"] for one in contests.values()]
    for at, one in enumerate(said):
        fields = {name: one[name] for name in _OF_ACTING if name != "date"}
        told = {**fields, "kind": "grant", "election": election, "persons": [_SOMEBODY]}
        report(path.name, told, problems, f"acting.{at}.")
        if not (isinstance(one["date"], str) and _DATE.fullmatch(one["date"])):
            problems.add(path.name, 0, f"acting.{at}.date", "value", allowed="2025-02-28")
        if one["region"] not in ground.names:
            problems.add(
                path.name, 0, f"acting.{at}.region", "region-unknown", code=one["region"]
            )  # fmt: skip
        elif not any(regions.is_within(one["region"], top) for top in tops):
            problems.add(
                path.name, 0, f"acting.{at}.region", "region-outside", expected=", ".join(tops)
            )
    return tuple(said)


_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def recommendations(
    folder: Path, election: str, contests: Mapping[str, Any], ground: Places, problems: Problems
) -> Said:
    """Return the fields of each recommendation, with the `response` to it, or None."""
    path = folder / RECOMMENDATIONS
    if not path.exists():
        return ()
    rows = sorted(Table(path, _COLUMNS, _OTHERS, problems).rows(), key=_line)
    return tuple(
        _recommendation([*lines], election, contests, ground, problems)
        for _, lines in groupby(rows, key=_line)
    )


def _line(row: Row) -> tuple[str, ...]:
    return tuple(row[1][name] for name in _LINE)


def _asked(cells: Mapping[str, str]) -> dict[str, str]:
    """Whom a recommendation asks: the KPU of the kab/kota; advice the organiser beside who gives
    it, the KPPS of a supervisor's TPS, else the PPK.
    """
    region = cells["region"]
    if cells["type"] != model.ADVICE:
        return {"body": "kpu_kabko", "region": region[:_KABKO]}
    if cells["body"] == "ptps":
        return {"body": "kpps", "region": region, "tps": cells["body_tps"]}
    return {"body": "ppk", "region": region[:_KECAMATAN]}


def _recommendation(
    rows: list[Row], election: str, contests: Mapping[str, Any], ground: Places,
    problems: Problems,
) -> dict[str, Any]:  # fmt: skip
    line, cells = rows[0]
    for other, more in rows[1:]:
        for name in ("type", "ground", "due", "state", "date", "reason"):
            if more[name] != cells[name]:
                problems.add(RECOMMENDATIONS, other, name, "value", allowed=cells[name] or '""')
    asked = _asked(cells)
    fields = _filled(cells, {"contest", "body", "number", "type", "ground", "due"}) | {
        "region": cells["body_region"], **_filled({"tps": cells["body_tps"]}, {"tps"}),
        "to": asked, "revision": 1,
        "places": sorted(
            (_filled(more, {"region", "tps"}) for _, more in rows),
            key=lambda one: (one["region"], one.get("tps", "")),
        ),
    }  # fmt: skip
    _check(RECOMMENDATIONS, line, "recommendation", fields, election, contests, problems)
    for other, more in rows:
        has_place(RECOMMENDATIONS, other, more["region"], more["tps"] or None, ground, problems)
    code, tps = cells["body_region"], cells["body_tps"] or None
    has_place(RECOMMENDATIONS, line, code, tps, ground, problems)
    if cells["state"] not in OUTCOME_OF:
        problems.add(RECOMMENDATIONS, line, "state", "value", allowed=", ".join(OUTCOME_OF))
    outcome = OUTCOME_OF.get(cells["state"])
    if outcome is None:
        return {**fields, "response": None}
    response = _filled(cells, {"contest", "date", "reason"}) | {
        **asked, "outcome": outcome, "revision": 1,
    }  # fmt: skip
    about = {**response, "to": _SOME_ID}
    _check(RECOMMENDATIONS, line, "response", about, election, contests, problems)
    return {**fields, "response": response}


def copies(
    folder: Path, election: str, contests: Mapping[str, Any], ground: Places, problems: Problems
) -> Said:
    """Return the fields of each copy, and whether it came `before` the form."""
    path = folder / COPIES
    if not path.exists():
        return ()
    most = max((len(contest["pairs"]) for contest in contests.values()), default=1)
    figures = model.figure_fields(most)
    table = Table(path, _OF_A_COPY, (*_MORE_OF_A_COPY, *figures), problems)
    return tuple(_copy(row, figures, election, contests, ground, problems) for row in table.rows())


def _copy(
    row: Row, figures: Iterable[str], election: str, contests: Mapping[str, Any], ground: Places,
    problems: Problems,
) -> dict[str, Any]:  # fmt: skip
    line, cells = row
    fields: dict[str, Any] = _filled(
        cells, {"contest", "region", "tps", "body", "count", "organisation", "source"}
    )
    told = {name: number(cells[name]) for name in figures if cells[name]}
    for name in (name for name, value in told.items() if value is None):
        problems.add(COPIES, line, name, "number")
    fields["figures"] = {name: value for name, value in told.items() if value is not None}
    if cells["pair"]:
        fields["pair"] = number(cells["pair"]) or 0
    _check(COPIES, line, "copy", fields, election, contests, problems)
    has_place(COPIES, line, cells["region"], cells["tps"] or None, ground, problems)
    return {**fields, "before": cells["before"] not in ("", "0")}


def _filled(cells: Mapping[str, str], names: Iterable[str]) -> dict[str, Any]:
    return {name: cells[name] for name in sorted(names) if cells[name]}


def _check(
    file: str, line: int, kind: str, fields: dict[str, Any], election: str,
    contests: Mapping[str, Any], problems: Problems,
) -> None:  # fmt: skip
    contest = contests.get(fields.get("contest", ""))
    if contest is None:
        problems.add(file, line, "contest", "contest", allowed=", ".join(contests))
    elif not regions.is_within(fields.get("region", ""), contest["region"]):
        problems.add(file, line, "region", "region-outside", expected=contest["region"])
    report(file, {**fields, "kind": kind, "election": election}, problems, line=line)
