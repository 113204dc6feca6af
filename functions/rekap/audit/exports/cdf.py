"""NIST SP 1500-100 (version 2): the Election Results Common Data Format, one report per contest.

The names of classes and attributes are the standard's. What it has no place for stays out: the
other rows of a form, findings, signatures. What its words mean here stands in `docs/data.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from rekap.core import codec
from rekap.core.ledger import addresses
from rekap.core.ledger.state import Record
from rekap.core.pages.data import bulk
from rekap.core.pages.twins import figures, stations
from rekap.core.pages.twins.context import Context
from rekap.core.pages.twins.decisions import determination, is_firm
from rekap.core.statements import regions

_NAMESPACE: Final = "ElectionResults."
_UNIT_TYPES: Final = {"id": "country", "provinsi": "state"}
"""Levels that the standard has a type for; the others are "other" with the law's word."""
_FIRST_CITY: Final = 71
"""Second part of the codes of cities; regencies have smaller ones (Permendagri)."""
_TESTS: Final = {"rehearsal": "SIMULASI", "replay": "replay of official data"}
_TPS: Final = "/"
"""Parts a kelurahan's code and the number of a TPS in the id of a unit."""

Class = dict[str, Any]


def files(ctx: Context, now: int) -> Iterator[tuple[str, bytes]]:
    """Yield ({election}.{contest}.cdf.json, bytes); `now` (Unix seconds) is their GeneratedDate."""
    for one in (ctx.state.meta.get("elections") or {"ids": []})["ids"]:
        election = ctx.election(one)
        for contest in election["contests"]:
            report = _report(ctx, election, contest, now)
            yield f"{one}.{contest['id']}.cdf.json", codec.encode_public(report)


def _of(name: str, **attributes: Any) -> Class:
    """Return an object of a class, without the attributes that are None."""
    said = {key: value for key, value in attributes.items() if value is not None}
    return {"@type": _NAMESPACE + name, **said}


def _named(name: str, ident: str, **attributes: Any) -> Class:
    return {"@id": ident, **_of(name, **attributes)}


def _text(indonesian: str, english: str | None = None) -> Class:
    said = [("id", indonesian), *([("en", english)] if english else [])]
    strings = [_of("LanguageString", Content=text, Language=language) for language, text in said]
    return _of("InternationalizedText", Text=strings)


def _identifier(value: str, kind: str) -> Class:
    return _of("ExternalIdentifier", Type="other", OtherType=kind, Value=value)


def _report(ctx: Context, election: Record, contest: Record, now: int) -> Class:
    log = ctx.log or {}
    mode = log.get("mode")
    places = [
        code for code, _ in bulk.in_force(ctx, election)
        if regions.is_within(code, contest["region"])
    ]  # fmt: skip
    if contest["region"] not in places:  # no roster names it yet; the report still refers to it
        places.insert(0, contest["region"])
    known = _Counts(ctx, election, contest, places)
    root = codec.b64encode(ctx.state.root())
    return _of(
        "ElectionReport",
        Format="precinct-level",
        GeneratedDate=datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        Issuer=str(log.get("log")),
        IssuerAbbreviation="rekap",
        IsTest=mode != "live",
        TestType=_TESTS.get(str(mode)),
        Notes=f"Computed from the first {ctx.state.size} entries of the log, root {root}. "
        "This file proves nothing by itself; the portal's pages lead to the proof.",
        ExternalIdentifier=[
            _identifier(str(ctx.state.size), "log size"),
            _identifier(root, "log root"),
        ],
        SequenceStart=1,
        SequenceEnd=1,
        Status=known.status(),
        VendorApplicationId="rekap",
        GpUnit=list(known.units()),
        Election=[
            _of(
                "Election",
                Name=_text(election["name"]["id"], election["name"]["en"]),
                Type="general",
                StartDate=election["date"],
                EndDate=election["date"],
                ElectionScopeId=contest["region"],
                ExternalIdentifier=[_identifier(election["id"], "election")],
                Candidate=list(_candidates(contest)),
                Contest=[known.contest()],
            )
        ],
    )


def _candidates(contest: Record) -> Iterator[Class]:
    """Yield the persons of every pair, and the empty column as one candidate."""
    for pair in contest["pairs"]:
        for ident, name in _people(pair):
            state = "withdrawn" if figures.is_gone(pair) else None
            english = "empty column" if pair.get("empty_column") else None
            yield _named("Candidate", ident, BallotName=_text(name, english),
                         PreElectionStatus=state)  # fmt: skip


def _people(pair: Record) -> list[tuple[str, str]]:
    names = pair.get("names") or (["Kolom kosong"] if pair.get("empty_column") else ["?"])
    return [(f"pair-{pair['number']}-{at}", name) for at, name in enumerate(names, start=1)]


class _Counts:
    """One contest's figures in every region and TPS in force, as the pages lead with them."""

    def __init__(self, ctx: Context, election: Record, contest: Record, codes: list[str]) -> None:
        self._ctx, self._election, self._contest = ctx, election, contest
        self._codes = codes
        self._firm = is_firm(ctx, election, contest, determination(ctx, election, contest))
        self._results: dict[str, Class] = {}
        self._stations: dict[str, list[tuple[str, Record | None]]] = {}
        for code in codes:
            self._results[code] = self._of_region(code)
            if regions.level(code) == "kelurahan":
                self._stations[code] = [
                    (child["code"], child["figures"])
                    for child in stations.children(ctx, election, contest, code)
                    if child["listed"]
                ]

    def _of_region(self, code: str) -> Class:
        ctx, election, contest = self._ctx, self._election, self._contest
        record = figures.total_of(ctx, election, contest, code)
        expected = figures.expected_of(ctx, election, code)
        own = figures.head_of(ctx, election, contest, code)
        shown = figures.sum_view(expected, record)
        made = figures.result(contest, code, own, shown, self._firm)
        whole = expected is not None and shown["counted"] == expected
        return {**made, "counted": shown["counted"], "expected": expected, "whole": whole}

    def status(self) -> str:
        """Return the standard's word for how far the result of the contest's own region is."""
        if self._firm:
            return "certified"
        own = self._results.get(self._contest["region"])
        if own is None or own["basis"] is None:
            return "unofficial-partial"
        done = own["basis"] == "certified" or own["whole"]
        return "unofficial-complete" if done else "unofficial-partial"

    def units(self) -> Iterator[Class]:
        """Yield the ReportingUnit of every region and TPS."""
        for code in self._codes:
            own = self._results[code]
            tps = self._stations.get(code, ())
            below = figures.listed_children(self._ctx, self._election["id"], code)
            yield _named(
                "ReportingUnit", code, **_unit_type(code), Name=self._name(code),
                ComposingGpUnitIds=[*below, *(f"{code}{_TPS}{one}" for one, _ in tps)] or None,
                SubUnitsReported=own["counted"], TotalSubUnits=own["expected"],
                CountStatus=[_of("CountStatus", Type="total", Status=_progress(own))],
                VotersRegistered=own["figures"].get("registered"),
                VotersParticipated=own["figures"].get("voted"),
                ExternalIdentifier=[_identifier(code, "kode wilayah Kemendagri"), self._page(code)],
            )  # fmt: skip
            registered = dict((self._ctx.region(self._election["id"], code) or {}).get("tps") or ())
            for number, said in tps:
                found = said or {}
                yield _named(
                    "ReportingUnit", f"{code}{_TPS}{number}", Type="precinct", Number=number,
                    Name=f"TPS {number} {self._name(code)}",
                    CountStatus=[_of("CountStatus", Type="total",
                                     Status="completed" if said else "not-processed")],
                    VotersRegistered=found.get("registered", registered.get(number)),
                    VotersParticipated=found.get("voted"),
                    ExternalIdentifier=[self._page(code, number)],
                )  # fmt: skip

    def contest(self) -> Class:
        """Return the CandidateContest with every count."""
        contest = self._contest
        own = self._results.get(contest["region"], {})
        said = list(self._said())
        return _named(
            "CandidateContest", contest["id"], Name=contest["id"],
            ElectoralDistrictId=contest["region"], VotesAllowed=1, NumberElected=1,
            VoteVariation=contest["win"],
            SubUnitsReported=own.get("counted"), TotalSubUnits=own.get("expected"),
            SummaryCounts=[
                _of("SummaryCounts", Type="total", GpUnitId=unit,
                    BallotsCast=found.get("total"), BallotsRejected=found.get("invalid"))
                for unit, found in said if "total" in found or "invalid" in found
            ],
            BallotSelection=[
                _named(
                    "CandidateSelection", f"pair-{pair['number']}", SequenceOrder=pair["number"],
                    CandidateIds=[ident for ident, _ in _people(pair)],
                    VoteCounts=list(_votes(said, f"pair_{pair['number']}")),
                )
                for pair in contest["pairs"]
            ],
        )  # fmt: skip

    def _said(self) -> Iterator[tuple[str, Record]]:
        """Yield (unit, figures) wherever there are any, a kelurahan before its TPS."""
        for code in self._codes:
            if self._results[code]["basis"] is not None:
                yield code, self._results[code]["figures"]
            for number, said in self._stations.get(code, ()):
                if said is not None:
                    yield f"{code}{_TPS}{number}", said

    def _name(self, code: str) -> str:
        return self._ctx.name(self._election["id"], code)

    def _page(self, code: str, tps: str | None = None) -> Class:
        top, contest = self._contest["region"], self._contest["id"]
        page = addresses.region(self._election["id"], contest, top, code)
        return _identifier(page + (f"{tps}/" if tps else ""), "page of the portal")


def _unit_type(code: str) -> Class:
    level = regions.level(code)
    if level == "kabko":
        return {"Type": "city" if int(code.split(".")[1]) >= _FIRST_CITY else "county"}
    if level in _UNIT_TYPES:
        return {"Type": _UNIT_TYPES[level]}
    return {"Type": "other", "OtherType": level}


def _progress(own: Class) -> str:
    if own["basis"] is None:
        return "not-processed"
    return "completed" if own["basis"] == "certified" or own["whole"] else "in-process"


def _votes(said: Iterable[tuple[str, Record]], field: str) -> Iterator[Class]:
    """Yield the counts of one pair; a figure that nobody reported has none: it is not zero."""
    for unit, found in said:
        if found.get(field) is not None:
            yield _of("VoteCounts", Type="total", GpUnitId=unit, Count=found[field])
