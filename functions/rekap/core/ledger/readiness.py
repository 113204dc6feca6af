"""What TPS have on the eve of the vote, and what came back from them; never in a sum.

Of map `meta`:

    readiness/{election}/{region}/{tps}/{step}    the one in force: statement, index, and of its
        fields ballots, items, lacks, boxes, seals_whole, seals_broken
    prepared/{election}/{region}    TPS of a kelurahan by what was said: {"ready": [tps], "lacking":
        [tps], "returned": [tps], "doubtful": [tps]}, each sorted; `ready` and `lacking` share none,
        `doubtful` are those of which one in force is suspect (K1)

Ballots are held against the form that counts (R15) when a page is made: no form costs more for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rekap.core.ledger import revisions
from rekap.core.ledger.complete import EFFECTIVE, Complete
from rekap.core.ledger.doubt import is_marked
from rekap.core.ledger.places import contest_of
from rekap.core.ledger.state import Record, State
from rekap.core.ledger.touches import Touches
from rekap.core.statements import regions
from rekap.core.statements.model import ARRIVED, STEPS

READY, LACKING, RETURNED, DOUBTFUL = "ready", "lacking", "returned", "doubtful"
LISTED: Final = (READY, LACKING, RETURNED, DOUBTFUL)
SHEETS: Final = ("same", "different", "other-count", "no-form", "untold")
"""What the ballots of a form are to those that arrived (R15)."""
_KEPT: Final = ("ballots", "items", "lacks", "boxes", "seals_whole", "seals_broken")
_FIRST_BALLOTS: Final = ("first", "recount")
"""Counts of the ballots that arrived on the eve; votes that are held again have others."""


def _key(election: str, code: str, tps: str, step: str) -> str:
    return f"readiness/{election}/{code}/{tps}/{step}"


def _prepared(election: str, code: str) -> str:
    return f"prepared/{election}/{code}"


def fault(state: State, done: Complete) -> str | None:
    """`contest`: ballots of one that is not held there. The place is one of the KPPS that signs: a
    roster named it before anybody granted its keys.
    """
    fields = done.fields
    election = state.meta.get(f"election/{fields['election']}")
    named = (contest_of(election, one["contest"]) for one in fields.get("ballots", ()))
    held = all(one and regions.is_within(fields["region"], one["region"]) for one in named)
    return None if held else "contest"


def apply(state: State, touches: Touches, done: Complete) -> str:
    """It is in force, in place of what was said of the same step."""
    fields = done.fields
    election, code, tps = fields["election"], fields["region"], fields["tps"]
    own = _key(election, code, tps, fields["step"])
    before = state.meta.get(own)
    if before is not None:
        revisions.end(state, touches, before["statement"], done.index)
    record = {name: fields[name] for name in _KEPT if name in fields}
    state.meta.put(own, {**record, "statement": done.id, "index": done.index})
    listed = _lists(state, fields)
    if fields["step"] == ARRIVED:
        for name, here in ((READY, "lacks" not in fields), (LACKING, "lacks" in fields)):
            listed[name] = _with(listed[name], tps, here=here)
    else:
        listed[RETURNED] = _with(listed[RETURNED], tps, here=True)
    doubt(state, fields)
    return EFFECTIVE


def doubt(state: State, fields: Record) -> None:
    """List a TPS as doubtful or no more: one of its two is another, or worth more or less."""
    election, code, tps = fields["election"], fields["region"], fields["tps"]
    here = any(
        one is not None and is_marked(state.ids.get(one["statement"]))
        for one in of_station(state, election, code, tps).values()
    )
    listed = _lists(state, fields)
    listed[DOUBTFUL] = _with(listed[DOUBTFUL], tps, here=here)


def _lists(state: State, fields: Record) -> Record:
    key = _prepared(fields["election"], fields["region"])
    return state.meta.edit(key, {name: [] for name in LISTED})


def _with(numbers: list[str], tps: str, *, here: bool) -> list[str]:
    return sorted({*numbers, tps} if here else {*numbers} - {tps})


def touch(touches: Touches, state: State, record: Record, fields: Record) -> None:
    """The TPS and its kelurahan in every contest, and the pages of the day of its kecamatan and
    kab/kota; nothing else above.
    """
    election, code = state.meta.get(f"election/{fields['election']}"), fields["region"]
    for contest in election["contests"]:
        if regions.is_within(code, contest["region"]):
            touches.place(election, contest, code, fields["tps"])
            touches.region(election, contest, code)
    touches.days(election, regions.ancestors(code), begin=True)


def of_station(state: State, election: str, code: str, tps: str) -> dict[str, Record | None]:
    """Return what is in force of a TPS by step, None where nothing was said."""
    return {step: state.meta.get(_key(election, code, tps, step)) for step in STEPS}


def of_kelurahan(state: State, election: str, code: str) -> dict[str, list[str]]:
    """Return the TPS of a kelurahan by LISTED, whether its roster lists them or not."""
    found: dict[str, list[str]] | None = state.meta.get(_prepared(election, code))
    return found or {name: [] for name in LISTED}


def of_election(state: State, election: str) -> Iterator[tuple[str, str, str, Record]]:
    """Yield (region, TPS, step, what is in force) of all that was said, by place and step."""
    for key, record in state.meta.scan(f"readiness/{election}/"):
        _, _, code, tps, step = key.split("/")
        yield code, tps, step, record


def sheets(arrived: Record | None, contest: str) -> int | None:
    """The ballots of a contest that arrived, None where nobody said how many."""
    told = (arrived or {}).get("ballots", ())
    return next((one["sheets"] for one in told if one["contest"] == contest), None)


def compare(arrived: Record | None, contest: str, slot: Mapping[str, Any] | None) -> str:
    """Rule R15: what the ballots that a form received are to those that arrived, one of SHEETS."""
    told = sheets(arrived, contest)
    if told is None:
        return "untold"
    if slot is None or not slot.get("head") or "ballots_received" not in slot["figures"]:
        return "no-form"
    if slot["paper"].get("count") not in _FIRST_BALLOTS:
        return "other-count"
    return "same" if slot["figures"]["ballots_received"] == told else "different"
