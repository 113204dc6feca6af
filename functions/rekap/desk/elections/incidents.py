"""`incidents.csv`: objections, events and what was answered, as the site writes it.

    contest,form,region,tps,kind,body,pair,number,code,time,claims,state,answered_by
    bupati,c_hasil,97.01.01.1001,002,objection,saksi,2,1,figures,,pair_2=61,rejected,kpps
    bupati,d_hasil_kecamatan,97.01.01,,event,ppk,,2,suspended,2031-02-14,,event,

The words of a line lie beside the log, `text` is their digest. What is not answered is `open`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from rekap.core.ledger.incidents import EVENT, OPEN
from rekap.core.pages.twins.incidents import COLUMNS
from rekap.core.statements import model, regions
from rekap.desk.elections.places import has_place
from rekap.desk.elections.problems import Problems
from rekap.desk.elections.settings import report
from rekap.desk.elections.table import Cells, Table, number
from rekap.desk.elections.values import Places

INCIDENTS: Final = "incidents.csv"
NEEDED: Final = ("contest", "form", "region", "kind", "body", "number", "code")
_TEXTS: Final = (
    "contest", "form", "region", "tps", "body", "organisation", "code", "time",
    "text",
)  # fmt: skip
_KINDS: Final = ("objection", EVENT)
_KEY: Final = (
    "contest", "form", "region", "tps", "kind", "body", "pair", "organisation", "number",
)  # fmt: skip
Said: TypeAlias = tuple[dict[str, Any], ...]


def read(
    folder: Path, election: str, contests: Mapping[str, Any], ground: Places, problems: Problems
) -> Said:
    """Return the fields of each line, with the `outcome` of its answer and who `answered` it."""
    path = folder / INCIDENTS
    if not path.exists():
        return ()
    found: dict[tuple[str, ...], int] = {}
    said = []
    for line, cells in Table(path, NEEDED, COLUMNS, problems).rows():
        first = found.setdefault(tuple(cells[name] for name in _KEY), line)
        if first != line:
            problems.add(INCIDENTS, line, "number", "duplicate", line=first)
            continue
        if cells["kind"] not in _KINDS:
            problems.add(INCIDENTS, line, "kind", "value", allowed=", ".join(_KINDS))
            continue
        fields = _fields(line, cells, problems)
        before = len(problems.found)
        report(INCIDENTS, {**fields, "election": election}, problems, line=line)
        _check_place(line, fields, contests, ground, problems)
        if len(problems.found) == before:
            said.append({**fields, **_answer(line, cells, problems)})
    return tuple(said)


def _fields(line: int, cells: Cells, problems: Problems) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": cells["kind"]}
    fields |= {name: cells[name] for name in _TEXTS if cells[name]}
    for name in ("number", "pair"):
        if cells[name]:
            fields[name] = number(cells[name])
            if fields[name] is None:
                problems.add(INCIDENTS, line, name, "number")
    if cells["claims"]:
        told = [one.strip().partition("=") for one in cells["claims"].split(";")]
        claims = {name: number(value) for name, _, value in told}
        if None in claims.values():
            problems.add(INCIDENTS, line, "claims", "list")
        fields["claims"] = claims
    return fields


def _check_place(
    line: int, fields: Mapping[str, Any], contests: Mapping[str, Any], ground: Places,
    problems: Problems,
) -> None:  # fmt: skip
    """A place of the folder in its contest, and of the body: no PKD of a kecamatan."""
    code, tps = fields["region"], fields.get("tps")
    contest = contests.get(fields["contest"])
    if contest is None:
        problems.add(INCIDENTS, line, "contest", "contest", allowed=", ".join(contests))
    elif code in ground.names and not regions.is_within(code, contest["region"]):
        problems.add(INCIDENTS, line, "region", "region-outside", expected=contest["region"])
    elif has_place(INCIDENTS, line, code, tps, ground, problems) and not is_of(
        fields["body"], code, tps
    ):
        able = [body for body in model.OBSERVERS if is_of(body, code, tps)]
        problems.add(INCIDENTS, line, "body", "value", allowed=", ".join(able))


def is_of(body: str, code: str, tps: str | None) -> bool:
    """Tell whether a supervisor of this kind watches a place; others are not asked."""
    known = model.BODIES[body]
    if body not in model.SUPERVISORS or known.level is None:
        return True
    if known.of_tps:
        return tps is not None
    return model.LEVELS.index(known.level) < regions.depth(code)


def _answer(line: int, cells: Cells, problems: Problems) -> dict[str, Any]:
    """The outcome of the answer and the body that gave it; both None without one."""
    state, body = cells["state"], cells["answered_by"]
    allowed = (EVENT,) if cells["kind"] == EVENT else (OPEN, *model.ANSWERS)
    if state not in ("", *allowed):
        problems.add(INCIDENTS, line, "state", "value", allowed=", ".join(allowed))
    if state not in model.ANSWERS:
        if body:
            problems.add(INCIDENTS, line, "answered_by", "not-empty", why=state or OPEN)
        return {"outcome": None, "answered": None}
    own = model.FORMS[cells["form"]].body or ""
    able, usual = _answering(own), own
    if state == model.WITHDRAWN:
        able, usual = (cells["body"],), cells["body"]
    if body and body not in able:
        problems.add(INCIDENTS, line, "answered_by", "value", allowed=", ".join(able))
    return {"outcome": state, "answered": body or usual}


def _answering(own: str) -> tuple[str, ...]:
    """The body that signs a form, and those above it."""
    return model.ORGANISERS[: model.ORGANISERS.index(own) + 1] if own else ()
