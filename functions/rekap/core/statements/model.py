"""The vocabulary of statements: names of forms, figures, bodies, reasons, and the slot of a form.

Bodies have rows in `docs/glossary.md`; it says where the words of other names stand.
Names that the law gives stay Indonesian.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

MODES: Final = ("live", "rehearsal", "replay")
TIMEZONES: Final = {
    "Asia/Jakarta": "+07:00",
    "Asia/Makassar": "+08:00",
    "Asia/Jayapura": "+09:00",
}
"""Time zone -> its offset; Indonesia has no summer time."""

LEVELS: Final = ("provinsi", "kabko", "kecamatan", "kelurahan")
"""Levels of regions from the top; a kelurahan or desa holds TPS."""

OFFICES: Final = {"governor": "provinsi", "regent": "kabko", "mayor": "kabko"}
"""Office -> level of the region of its contest."""

WINS: Final = ("plurality", "majority")

STATION_FORM: Final = "c_hasil"
SUMMARY: Final = "summary"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the paper: of the TPS (`c_hasil`), a D form, or the running figure (`summary`)."""

    level: str | None
    """Of its region; None: any level."""
    body: str | None
    """Whose persons sign it, at the region of that body's level at or above; None: the roots."""
    column: str | None
    """The form that each of its columns repeats; None: it has no columns."""


FORMS: Final[dict[str, Form]] = {
    "c_hasil": Form("kelurahan", "kpps", None),
    "d_hasil_kelurahan": Form("kelurahan", "ppk", "c_hasil"),
    "d_hasil_kecamatan": Form("kecamatan", "ppk", "d_hasil_kelurahan"),
    "d_hasil_kabko": Form("kabko", "kpu_kabko", "d_hasil_kecamatan"),
    "d_hasil_prov": Form("provinsi", "kpu_prov", "d_hasil_kabko"),
    "summary": Form(None, None, None),
}
"""All forms, from the TPS upward; `summary` stands in a replay only."""

SHEETS: Final = tuple(name for name, form in FORMS.items() if form.column is not None)
"""D forms: they have a column per child of their region."""
FORM_OF_LEVEL: Final[dict[str, str]] = {level: name for level in LEVELS for name in SHEETS
                        if FORMS[name].level == level}  # fmt: skip
"""Level of a region -> its own D form, from the top."""

COLUMNS_MAX: Final = 300
"""Columns of one sheet; the largest kelurahan known to us has 214 TPS."""

GENDERED: Final = (
    "registered",
    "voted_listed",
    "voted_moved",
    "voted_unlisted",
    "voted",
    "voted_disabled",
)
"""Rows of the paper with men (`_m`), women (`_f`) and the total (the bare name)."""

_BALLOTS: Final = ("ballots_received", "ballots_used", "ballots_returned", "ballots_unused")
_VOTES: Final = ("valid", "invalid", "total")


def _with_genders(rows: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for row in rows for name in (f"{row}_m", f"{row}_f", row))


_BEFORE_PAIRS: Final = _with_genders(GENDERED[:5]) + _BALLOTS + _with_genders(GENDERED[5:])

FIELDS: Final = _BEFORE_PAIRS + _VOTES
"""Figures of a form in the order of the paper, without `pair_1` … `pair_n`."""

PAIRS_MAX: Final = 99

COUNTS: Final = ("first", "recount", "repeat", "postponed", "continued", "court")
"""How the votes were counted: normally, again, or in a repeated, postponed or continued vote."""

REASONS: Final = (
    "typing",
    "reading",
    "counting",
    "witness-objection",
    "supervisor-advice",
    "court",
    "source",
)
"""Why a form is revised; `source` means that a replay's source has a later figure."""

ATTENDED: Final = ("listed", "moved", "unlisted")
"""Attendance lists of a TPS: of the DPT, of who moved here, of who is on no list."""

CORRECTION_BASES: Final = ("event", "recount", "copies", "plano")
"""On what a recapitulation corrects a figure: the paper of special events, ballots counted again,
the copies of those present, the large C.Hasil itself.
"""
CORRECTIONS_MAX: Final = 200
BECAUSE_MAX: Final = 50
"""Figures that one form corrects, and reasons for it."""

OBJECTIONS: Final = ("figures", "procedure", "signature", "document", "no-copy")
"""What an objection is about."""

WITHHELD: Final = "withheld"
WITHHOLDINGS: Final = (WITHHELD, "served")
"""What becomes of words, or a picture, beside the log."""
WITHHOLD_REASONS: Final = ("personal-data", "threat", "court", "other")
"""Why words or a picture are no longer served."""

DOCUMENTS: Final = ("form", "incidents")
"""Papers of which pictures are taken: the form itself, and that of special events."""
PICTURES_MAX: Final = 40
"""Pictures that one statement names."""
PICTURE_SIDE: Final = 2_400
"""Pixels of the longer side."""
PICTURE_BYTES: Final = 400_000

EVENTS: Final = (
    "ballots-short", "ballots-swapped", "box-opened", "late", "disaster", "disturbance",
    "unlisted-voter", "double-vote", "officer-marked", "list-error", "figures", "other",
)  # fmt: skip
"""What happened, as the paper of special events has it."""
MEETINGS: Final = ("called", "opened", "suspended", "resumed", "closed")
"""What a meeting that counts or recapitulates does, in its own words: no other body says it."""

WITHDRAWN: Final = "withdrawn"
ANSWERS: Final = ("accepted", "rejected", "carried", WITHDRAWN)
"""What becomes of an objection; the last one is said by its own side."""

REPEAT_VOTE: Final = "repeat-vote"
"""Why a contest follows one of its own election: votes again on its roster, with another ballot."""
FOLLOWS: Final = (REPEAT_VOTE, "rerun", "second-round")
"""Why a contest follows another; the others follow one of another election."""

NOTES: Final = ("died", "disqualified", "replaced", "restored", "withdrawn")
"""What became of a pair of candidates, or of one of the two."""

BASES: Final = ("first", "repeat-vote", "recount", "retabulation", "ruling", "correction")
"""On what a determination rests; `first` is the count itself."""

COURTS: Final = ("mk",)
"""Courts that a dispute about a result goes to: the constitutional court."""

RULING_STATES: Final = (
    "registered", "inadmissible", "dismissed", "granted", "granted-part", "withdrawn", "lapsed",
    "no-jurisdiction", "mistaken",
)  # fmt: skip
"""What a court has done with a case, in the order in which it can: it has taken it, or ended it.
`mistaken` takes back what was recorded by mistake: the case is not about this contest.
"""
GRANTS: Final = ("granted", "granted-part")
"""States of a case that the court grants: these annul and order."""

ORDERS: Final = ("repeat-vote", "recount", "retabulate", "correct", "new-pairs")
"""What a court orders."""

ORDERED_BODIES: Final = ("kpu", "kpu_prov", "kpu_kabko")
"""Whom a court orders it of; `kpu` is the national commission."""
ADVICE: Final = "advice"
RECOMMENDED: Final = (
    ADVICE, "repeat-vote", "recount", "postponed-vote", "continued-vote", "correct",
)  # fmt: skip
"""What supervisors recommend: advice, PSU, PSSU, PSS, PSL, that something be put right."""
GROUNDS: Final = (
    "disaster", "disturbance", "box-opened", "marked-ballots", "spoiled-ballots", "double-vote",
    "unlisted-voter", "closed-count", "unclear-count", "unseen-count", "moved-count",
    "inconsistent-count", "voters-differ", "no-material", "figures", "procedure", "document",
    "other",
)  # fmt: skip
"""Why: those of articles 28 and 33 of Perbawaslu 15/2024, and others."""
OUTCOMES: Final = ("scheduled", "done", "not-done")
REFUSALS: Final = ("no-ground", "too-late", "other-view", "other")
"""Why the organiser does not do what was recommended."""

ARRIVED: Final = "arrived"
STEPS: Final = (ARRIVED, "returned")
"""What is said of a TPS besides its count: what is there on the eve, what came back from it."""
BALLOTS: Final = "ballots"
ITEMS: Final = (
    "booths", "boxes", "braille", "forms", "ink", "lists", "markers", "officers", "seals",
    "station",
)  # fmt: skip
"""What a TPS needs besides ballots; `officers` are the KPPS, `station` the place itself."""
LACKS: Final = ("damaged", "late", "none", "short", "swapped", "wet")
"""What is wrong with something; `none`: it is not there at all."""
ITEM_MAX: Final = 99_999

REVOKE_REASONS: Final = ("lost", "stolen", "misused", "replaced", "ended")
"""Why a key ends: device lost or stolen, key misused, new key, end of office."""

WITNESS_REASONS: Final = ("figures", "procedure", "left", "unstated")
"""Why a witness who was present did not sign."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body that can be granted keys."""

    level: str | None
    """Of its region; None: any, and at a kelurahan one TPS too."""
    positions: tuple[str, ...]
    """What its persons can be."""
    signs: tuple[str, ...]
    """What they may sign besides the body's forms: of `THRESHOLDS`, `ALONE` and READINESS."""
    of_tps: bool = False
    """Whether it is of one TPS of its region."""
    observes: bool = False
    """Whether it watches its region and all below, and signs no form."""


PPS: Final = "pps"
"""Hands over at its kelurahan what the TPS need, and counts nothing."""
_OFFICERS: Final = ("ketua", "anggota")
_OF_A_KPU: Final = (
    "determination", "roster", "grant", "answer", "response", "event", "pictures",
)  # fmt: skip
_OBSERVING: Final = ("objection",)
_SUPERVISING: Final = ("objection", "event")
_RECOMMENDING: Final = ("recommendation", *_SUPERVISING)

BODIES: Final[dict[str, Body]] = {
    "kpu_prov": Body("provinsi", _OFFICERS, _OF_A_KPU),
    "kpu_kabko": Body("kabko", _OFFICERS, _OF_A_KPU),
    "ppk": Body(
        "kecamatan",
        _OFFICERS,
        ("grant", "answer", "response", "event", "readiness", "pictures"),
    ),
    "pps": Body("kelurahan", _OFFICERS, ("readiness",)),
    "kpps": Body(
        "kelurahan", _OFFICERS, ("response", "event", "readiness", "pictures"), of_tps=True
    ),
    "saksi": Body(None, ("saksi",), _OBSERVING, observes=True),
    "bawaslu_prov": Body("provinsi", _OFFICERS, _RECOMMENDING, observes=True),
    "bawaslu_kabko": Body("kabko", _OFFICERS, ("grant", *_RECOMMENDING), observes=True),
    "panwascam": Body("kecamatan", _OFFICERS, _RECOMMENDING, observes=True),
    "pkd": Body("kelurahan", ("pengawas",), _SUPERVISING, observes=True),
    "ptps": Body("kelurahan", ("pengawas",), _SUPERVISING, of_tps=True, observes=True),
    "pemantau": Body(None, ("pemantau",), _OBSERVING, observes=True),
}

OBSERVERS: Final = tuple(name for name, body in BODIES.items() if body.observes)
"""Bodies whose co-signature of a form is shown and never counted."""
SUPERVISORS: Final = ("bawaslu_prov", "bawaslu_kabko", "panwascam", "pkd", "ptps")
"""The bodies of Bawaslu, from the top."""
RECOMMENDERS: Final = ("bawaslu_prov", "bawaslu_kabko", "panwascam")
ADVISERS: Final = ("panwascam", "pkd", "ptps")
"""Who gives advice, by one signature."""
ADDRESSED: Final = ("kpu_prov", "kpu_kabko", "ppk", "kpps")
"""Who is recommended something, and responds."""
HOLDERS: Final = ("saksi", "ptps", "pemantau")
"""Who holds a copy of C.Hasil, and says its figures."""
COPY_SOURCES: Final = ("board", "photo")
"""What a `pemantau`, who is given no copy, read: the notice board, or a photograph."""
BODY_OF_LEVEL: Final = {
    body.level: name for name, body in BODIES.items() if not body.observes and name != PPS
}
"""Level of a region -> the organiser of the count that sits there, from the top; PPS is none."""


ACTING: Final = ("kpu", "kpu_prov", "kpu_kabko", "ppk")
"""Who does the work of an organiser below that cannot, from the top."""
ORGANISERS: Final = ("kpu_prov", "kpu_kabko", "ppk", "kpps")
"""Whose work another may do."""


_SIMULATION: Final = re.compile("simulasi", re.ASCII | re.IGNORECASE)


def says_simulation(election: Mapping[str, Any]) -> bool:
    """Tell whether an election's name or source says by this word that its figures are invented."""
    texts = (election.get("source") or "", *election["name"].values())
    return any(map(_SIMULATION.search, texts))


def may_act(acting: str, body: str) -> bool:
    """Tell whether a body does the work of another: of an organiser below it."""
    return body in ORGANISERS and ACTING.index(acting) <= ORGANISERS.index(body)


def tasks(body: str) -> tuple[str, ...]:
    """Return what the persons of a body may sign: of `THRESHOLDS`, `ALONE` and READINESS."""
    forms = (name for name, form in FORMS.items() if form.body == body)
    return (*forms, *BODIES[body].signs)


THRESHOLDS: Final = {
    "c_hasil": 3,
    "d_hasil_kelurahan": 3,
    "d_hasil_kecamatan": 3,
    "d_hasil_kabko": 3,
    "d_hasil_prov": 3,
    "determination": 3,
    "roster": 2,
    "grant": 2,
    "answer": 2,
    "recommendation": 2,
    "response": 2,
}
"""Distinct persons who must sign, unless the `policy` of the election says otherwise.

`grant` holds for revocations too. Signatures of roots and operators follow their own k.
"""
ALONE: Final = ("objection", "event", "pictures")
"""What one person may say; no policy asks for more."""
READINESS: Final = "readiness"
"""What one person each of two bodies says; no policy asks for more."""


def needed(task: str, policy: Mapping[str, int]) -> int:
    """Return how many persons of a body must sign a task, by the policy of an election."""
    return 1 if task in (*ALONE, READINESS) else policy.get(task, THRESHOLDS[task])


ALGORITHMS: Final = {"ed25519": 32, "webauthn-es256": 33}
"""Signature algorithm -> bytes of its public key."""

SCAN_TYPES: Final = ("application/pdf", "image/jpeg", "image/png", "image/webp")

STATUSES: Final = (
    "waiting",
    "void",
    "repeat",
    "orphan",
    "head",
    "superseded",
    "rival",
    "set_aside",
)
"""What became of a statement about a slot."""

RESERVED_ELECTIONS: Final = frozenset(
    {
        "log",
        "bukti",
        "periksa",
        "buku-besar",
        "cara",
        "cari",
        "istilah",
        "tentang",
        "en",
        "v1",
        "state",
        "aset",
        "replay",
        "rehearsal",
        "gambar",
        "lampiran",
    }
)
RESERVED_CONTESTS: Final = frozenset({"data", "hari-ini", "pejabat"})
"""Ids that would collide with an address of the site."""
FILE_NAME: Final = r"[^0-9]\.|\.[^0-9]"
"""Found in every id that could be the name of a file: elections and contests are folders."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A payload whose fields were all checked (`schema.parse_statement`).

    `election` is "" for the kinds of the log. `fields` is the whole payload, never changed.
    """

    kind: str
    log: str
    at: str
    election: str
    fields: dict[str, Any]


@lru_cache(maxsize=128)
def figure_fields(pair_count: int) -> tuple[str, ...]:
    """Names of all figures of a form with `pair_count` pairs, in the order of the paper."""
    return _BEFORE_PAIRS + pair_fields(pair_count) + _VOTES


@lru_cache(maxsize=128)
def pair_fields(pair_count: int) -> tuple[str, ...]:
    """`pair_1` … `pair_n`; an empty column has a number like any pair."""
    return tuple(f"pair_{number}" for number in range(1, pair_count + 1))


FIGURES: Final = frozenset(figure_fields(PAIRS_MAX))
"""Every name that a figure can have in any contest."""


def slot_key(fields: Mapping[str, Any]) -> str:
    """The slot of a form, objection or answer: "election/contest/form/region[/tps]"."""
    key = f"{fields['election']}/{fields['contest']}/{fields['form']}/{fields['region']}"
    tps = fields.get("tps")
    return key if tps is None else f"{key}/{tps}"
