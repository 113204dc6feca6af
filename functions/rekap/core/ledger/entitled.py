"""Who could sign what at one place: the table of `offices`, asked of every statement there.

`fold` asks whether the signers of a statement may sign it. Here the same table names all who might,
by the register as it stands before the next entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rekap.core.ledger import rosters
from rekap.core.ledger.kinds import requirements
from rekap.core.ledger.offices import Office, Record
from rekap.core.ledger.state import State
from rekap.core.statements import regions
from rekap.core.statements.kinds import KINDS, LOG
from rekap.core.statements.model import (
    ADDRESSED,
    ADVICE,
    BODIES,
    FORM_OF_LEVEL,
    FORMS,
    HOLDERS,
    OBSERVERS,
    READINESS,
    RECOMMENDERS,
    STATION_FORM,
    STEPS,
    SUPERVISORS,
    Body,
)


@dataclass(frozen=True, slots=True)
class Holder:
    """A key in force, and its record in the register."""

    keyid: str
    key: Record


@dataclass(frozen=True, slots=True)
class Power:
    """One kind of statement about one place, and one office that it needs or suffices with.

    `what` is the form, the body or the step, "" where there is none. `requirement` counts from 1:
    of those with the same number any one suffices; each number must be met.
    """

    kind: str
    what: str
    region: str
    tps: str | None
    requirement: int
    office: Office
    holders: tuple[Holder, ...]


def powers(state: State, election: str, region: str) -> Iterator[Power]:
    """Yield who could sign each statement about a region and the TPS of its roster.

    Co-signatures of observers under forms, which never count, are not told.
    """
    keys = list(in_force(state, election))
    for fields in _statements(state, election, region):
        for number, requirement in enumerate(requirements(state, fields), 1):
            for office in requirement.offices:
                yield Power(
                    fields["kind"], _what(fields), region,
                    fields.get("tps"), number, office,
                    tuple(one for one in keys if office.holds(one.key, one.keyid)),
                )  # fmt: skip


def _what(fields: dict[str, Any]) -> str:
    return str(next((fields[name] for name in ("form", "body", "step") if name in fields), ""))


def in_force(state: State, election: str) -> Iterator[Holder]:
    """Yield every key of an election, and of the operators, that has not ended."""
    for keyid, key in state.keys.scan(""):
        if key["election"] in (election, "") and key.get("revoked") is None:
            yield Holder(keyid, key)


def ended(state: State, election: str, region: str) -> Iterator[Holder]:
    """Yield the keys granted at a region (of the roots: of the country) that have ended."""
    for keyid, key in state.keys.scan(""):
        if key["election"] == election and key["region"] == region and "revoked" in key:
            yield Holder(keyid, key)


def _sits(body: Body, region: str, tps: str | None) -> bool:
    """Tell whether persons of a body can be granted at a region, or at a TPS of it."""
    if body.level is None:
        return True
    return body.level == regions.level(region) and body.of_tps == (tps is not None)


def _statements(state: State, election: str, region: str) -> Iterator[dict[str, Any]]:
    """Yield the fields of every statement that could be about a place, as far as offices ask."""
    depth = regions.depth(region)
    about = {"election": election, "region": region}
    if depth == 0:
        for one in KINDS.values():
            if one.about == LOG and one.name != "log":
                yield {"kind": one.name, "revision": 1}
        yield {"kind": "election", "election": election}
        yield {"kind": "roster", **about}
        return
    yield {"kind": "roster", **about}
    record = state.meta.get(f"election/{election}")
    stations: list[str | None] = [None]
    if depth == 4:
        place = state.regions.get(rosters.key(election, region)) or {}
        stations += [number for number, _ in place.get("tps") or []]
    for tps in stations:
        yield from _at_place(record, about if tps is None else {**about, "tps": tps}, tps)
    if any(contest["region"] == region for contest in record["contests"]):
        yield {"kind": "determination", **about}
        yield {"kind": "elected", **about}
        yield {"kind": "ruling", **about}


def _at_place(record: Record, here: dict[str, Any], tps: str | None) -> Iterator[dict[str, Any]]:
    """Yield those about a region, or about one TPS of it."""
    region = here["region"]
    sitting = [body for body, sits in BODIES.items() if _sits(sits, region, tps)]
    for body in sitting:
        if body != "saksi":
            yield {"kind": "grant", "body": body, **here}
    for root in record["roots"].get("pairs", ()):
        yield {"kind": "grant", "body": "saksi", "pair": root["number"], **here}
    form = FORM_OF_LEVEL[regions.level(region)] if tps is None else STATION_FORM
    yield {"kind": "form", "form": form, **here}
    for body in OBSERVERS:
        yield {"kind": "objection", "form": form, "body": body, **here}
    for teller in (FORMS[form].body, *SUPERVISORS):
        yield {"kind": "event", "form": form, "body": teller, **here}
    yield {"kind": "pictures", "form": form, **here}
    yield {"kind": "answer", "form": form, **here}
    for body in sitting:
        if body in SUPERVISORS:
            what = "correct" if body in RECOMMENDERS else ADVICE
            yield {"kind": "recommendation", "type": what, "body": body, **here}
        if body in ADDRESSED:
            yield {"kind": "response", "body": body, **here}
    if tps is not None:
        for root in record["roots"].get("pairs", ()):
            yield {"kind": "copy", "body": "saksi", "pair": root["number"], **here}
        yield from ({"kind": "copy", "body": body, **here} for body in HOLDERS if body != "saksi")
        yield from ({"kind": READINESS, "step": step, **here} for step in STEPS)
