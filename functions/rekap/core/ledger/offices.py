"""The offices that must sign a statement: "Who must sign" of docs/formats.md.

A function per kind, for the table of `kinds`, asked with the name of its threshold in the policy of
the election. A requirement names one or more offices, any one of which suffices; a statement may
have several requirements. Who holds an office is a question about a key, asked just before the
entry's index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from rekap.core.statements import regions
from rekap.core.statements.model import (
    ADVICE,
    ARRIVED,
    BODY_OF_LEVEL,
    FORMS,
    OBSERVERS,
    PPS,
    STATION_FORM,
    SUPERVISORS,
    THRESHOLDS,
    WITHDRAWN,
)

OPERATOR: Final = "operator"
LOG_KEY: Final = "log"
RECEIPT_KEY: Final = "receipt"
ROOT_KPU: Final = "roots.kpu"
ROOT_BAWASLU: Final = "roots.bawaslu"
ROOT_PAIR: Final = "roots.pairs"
BODIES: Final = (ROOT_KPU, *BODY_OF_LEVEL.values())
"""The organiser at a region of each depth, 0 the country; each grants the keys of the next."""

Record = Mapping[str, Any]
"""A checked payload, or a record of the register: to be read, never changed."""


class View(Protocol):
    """The register: maps `meta`, `ids`, `keys`, `regions` of `ledger.state` by name and key."""

    def get(self, name: str, key: str) -> Any:
        """Return the value or None."""


@dataclass(frozen=True, slots=True)
class Office:
    """A body at a place; `number` distinct persons of it must sign. `key` narrows to one key.

    Of a body that observes, one of a region above is the same office, unless it must be its `own`.
    """

    body: str
    region: str
    number: int
    election: str = ""
    tps: str | None = None
    key: str | None = None
    own: bool = False
    pair: int | None = None
    organisation: str | None = None

    def holds(self, key: Record, keyid: str) -> bool:
        """Tell whether a registered key belongs to this office."""
        if self.key is not None:
            return keyid == self.key
        if key["body"] != self.body or key["election"] != self.election:
            return False
        if self.body in OBSERVERS and not self.own:
            return observes(key, self.region, self.tps) and self._is_of(key)
        return bool(key["region"] == self.region and key.get("tps") == self.tps)

    def _is_of(self, key: Record) -> bool:
        """Tell whether a key is of the pair or organisation, where the office names one."""
        return self.pair in (None, key.get("pair")) and (
            self.organisation in (None, key.get("organisation"))
        )


@dataclass(frozen=True, slots=True)
class Requirement:
    """Met when one of its offices has enough persons; those of its other offices are welcome."""

    offices: tuple[Office, ...]


def highest(met: Sequence[Office]) -> tuple[int, Office]:
    """Return the highest organiser among the offices that signed an answer, and its depth, 0 the
    roots; who withdraws an objection is none, and stands below them all.
    """
    ranks = {body: depth for depth, body in enumerate(BODIES)}
    office = min(met, key=lambda one: ranks.get(one.body, len(BODIES)))
    return ranks.get(office.body, len(BODIES)), office


def side_of(fields: Record) -> int | str | None:
    """Return for whom a witness or an observer stands: the pair, or the organisation."""
    pair: int | None = fields.get("pair")
    return fields.get("organisation") if pair is None else pair


def observes(key: Record, region: str, tps: str | None) -> bool:
    """An observer of a region may sign for it and everything below it."""
    at = key["region"]
    if at == region:
        return key.get("tps") in (None, tps)
    return regions.is_below(region, at)


def _operators(view: View, number: int | None = None) -> Requirement:
    log = view.get("meta", "log")
    k = number if number is not None else log["operators"]["k"] if log else 1
    return Requirement((Office(OPERATOR, regions.COUNTRY, k),))


def log(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The operators that it names itself."""
    return (_operators(view, fields["operators"]["k"]),)


def operators(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The operators of entry 0."""
    return (_operators(view),)


def withhold(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """One operator at first, for words may hurt somebody tonight; all that comes later as ever."""
    return (_operators(view, 1 if fields["revision"] == 1 else None),)


def clock(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The key of the log itself: its writer."""
    return (Requirement((Office(LOG_KEY, regions.COUNTRY, 1),)),)


def election(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """Its own roots at first, later those of the revision in force; and the operators. It begins by
    leave of the roots of each election that it follows: nobody else says what comes after theirs.
    """
    before = view.get("meta", f"election/{fields['election']}")
    own = (_root_kpu(before or fields, fields["election"]), _operators(view))
    return own if before else (*own, *_leave(view, fields))


def _leave(view: View, fields: Record) -> Iterator[Requirement]:
    """Yield what elections of which a contest is followed ask for; nothing says who of one that
    has not begun.
    """
    for name in sorted(followed(fields)):
        record = view.get("meta", f"election/{name}")
        if record is not None:
            yield _root_kpu(record, name)


def _root_kpu(record: Record, election: str) -> Requirement:
    k = record["roots"]["kpu"]["k"]
    return Requirement((Office(ROOT_KPU, regions.COUNTRY, k, election=election),))


def followed(fields: Record) -> set[str]:
    """Return the ids of the other elections of which contests of one follow a contest."""
    named = (contest.get("follows", {}).get("election") for contest in fields["contests"])
    return {one for one in named if one is not None}


class _Offices:
    """The offices of one election: a threshold of its policy, and who stands in for kpu_prov."""

    def __init__(self, view: View, election: str, policy: str) -> None:
        self.id = election
        self._record: Record = view.get("meta", f"election/{election}")
        self._name = policy

    @property
    def number(self) -> int:
        policy: Mapping[str, int] = self._record.get("policy", {})
        return policy.get(self._name, THRESHOLDS[self._name])

    def root(self) -> Office:
        return Office(
            ROOT_KPU, regions.COUNTRY, self._record["roots"]["kpu"]["k"], election=self.id
        )

    def root_of_bawaslu(self) -> Office:
        k = self._record["roots"].get("bawaslu", {}).get("k", 1)
        return Office(ROOT_BAWASLU, regions.COUNTRY, k, election=self.id)

    def root_of_pair(self, pair: int | None) -> Office:
        roots = self._record["roots"]
        named = [root["k"] for root in roots.get("pairs", ()) if root["number"] == pair]
        k = named[0] if named else 1
        return Office(f"{ROOT_PAIR}.{pair}", regions.COUNTRY, k, election=self.id)

    def bawaslu(self, code: str) -> Office:
        """Bawaslu of the kabko at or above `code`: that region alone, nobody who watches it."""
        region = _up_to(2, code)
        return Office("bawaslu_kabko", region, self.number, election=self.id, own=True)

    def at(self, level: int, code: str) -> Office:
        """The body of the region at `level` (1 provinsi … 4 kelurahan) at or above `code`."""
        code = _up_to(level, code)
        if level == 1 and not self._record["provincial"]:
            return self.root()
        return Office(BODIES[level], code, self.number, election=self.id)


def _up_to(level: int, code: str) -> str:
    while regions.depth(code) > level:
        code = regions.parent(code)
    return code


def roster(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The body above the region; the roots at a provinsi and for the country."""
    offices = _Offices(view, fields["election"], policy)
    depth = regions.depth(fields["region"])
    if depth < 2:
        return (Requirement((offices.root(),)),)
    return (Requirement((offices.at(min(depth - 1, 2), fields["region"]),)),)


def _granter(offices: _Offices, body: str, region: str, pair: int | None) -> Office:
    if body == "kpu_prov":
        return offices.root()
    if body == "saksi":
        return offices.root_of_pair(pair)
    if body in ("bawaslu_prov", "bawaslu_kabko"):
        return offices.root_of_bawaslu()
    if body in SUPERVISORS:
        return offices.bawaslu(region)
    if body == "pemantau":
        return offices.at(min(regions.depth(region), 2), region)
    return offices.at(3 if body == PPS else BODIES.index(body) - 1, region)


def grant(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The body above the one that is granted; of witnesses the root of their pair."""
    offices = _Offices(view, fields["election"], policy)
    granter = _granter(offices, fields["body"], fields["region"], fields.get("pair"))
    return (Requirement((granter,)),)


def revoke(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """Whoever grants the key, or the key itself, which can only end."""
    key = view.get("keys", fields["keyid"])
    offices = _Offices(view, fields["election"], policy)
    if key is None or key["election"] != fields["election"] or key["body"].startswith("roots"):
        return (Requirement((offices.root(),)),)
    allowed = [_granter(offices, key["body"], key["region"], key.get("pair"))]
    if "suspect_from" not in fields:
        # A thief must not cast doubt on the earlier entries of the key that he holds.
        allowed.append(Office(key["body"], key["region"], 1, key=fields["keyid"]))
    return (Requirement(tuple(allowed)),)


def _own(offices: _Offices, fields: Record, number: int | None = None) -> Office:
    """The body that signs the form of a slot."""
    form, region = fields["form"], fields["region"]
    body = FORMS[form].body
    if body is None:
        return offices.root()
    count = offices.number if number is None else number
    if form == STATION_FORM:
        return Office(body, region, count, election=offices.id, tps=fields["tps"])
    office = offices.at(BODIES.index(body), region)
    if office.body == ROOT_KPU:
        return office
    return Office(office.body, office.region, count, election=offices.id)


def form(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The body of the form; its threshold has the form's name."""
    return (Requirement((_own(_Offices(view, fields["election"], fields["form"]), fields),)),)


def determination(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The KPU of the contest's region."""
    offices = _Offices(view, fields["election"], policy)
    level = min(regions.depth(fields["region"]), 2)
    return (Requirement((offices.at(max(level, 1), fields["region"]),)),)


def ruling(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """Who determines the result, or the roots, where that body may not do its work."""
    (determines,) = determination(view, fields, policy)
    root = _Offices(view, fields["election"], policy).root()
    return (Requirement(tuple(dict.fromkeys((*determines.offices, root)))),)


def objection(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The side that it names, at the place or at a region above."""
    return (Requirement((_side(fields, fields),)),)


def event(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """One of the body whose meeting it is, or of a supervisor of the place."""
    if fields["body"] in SUPERVISORS:
        return (Requirement((_side(fields, fields),)),)
    return (Requirement((_own(_Offices(view, fields["election"], fields["form"]), fields, 1),)),)


def _side(said: Record, fields: Record) -> Office:
    """One of the body that says something of a slot, and of its pair or organisation."""
    return Office(
        said["body"], fields["region"], 1, fields["election"], fields.get("tps"),
        pair=said.get("pair"), organisation=said.get("organisation"),
    )  # fmt: skip


def recommendation(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The body that it names, at its own place; for advice one person is enough."""
    offices = _Offices(view, fields["election"], policy)
    number = 1 if fields["type"] == ADVICE else offices.number
    office = Office(
        fields["body"], fields["region"], number, offices.id, fields.get("tps"), own=True
    )
    return (Requirement((office,)),)


def response(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """The organiser that it names; whether that one may respond is asked as its condition."""
    offices = _Offices(view, fields["election"], policy)
    body, region, tps = fields["body"], fields["region"], fields.get("tps")
    office = offices.at(BODIES.index(body), region)
    if tps is not None:
        office = Office(body, region, offices.number, offices.id, tps)
    return (Requirement((office,)),)


def copy(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """One of those who hold it: of the pair or organisation, at the TPS or a region above."""
    return (Requirement((_side(fields, fields),)),)


def readiness(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """One of the body that hands over and one of that which receives: PPS to KPPS on the eve, KPPS
    to PPK behind the count.
    """
    election, code = fields["election"], fields["region"]
    station = Office("kpps", code, 1, election, fields["tps"])
    if fields["step"] == ARRIVED:
        return Requirement((Office(PPS, code, 1, election),)), Requirement((station,))
    return Requirement((station,)), Requirement((Office("ppk", _up_to(3, code), 1, election),))


def pictures(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """One of the body that signs the form."""
    return (Requirement((_own(_Offices(view, fields["election"], fields["form"]), fields, 1),)),)


def answer(view: View, fields: Record, policy: str) -> tuple[Requirement, ...]:
    """A body above the one that signs the form. To explain or to pass on, one of that body is
    enough; to accept or reject an objection, as many of a body as sign the form; to withdraw it,
    one of its own side.
    """
    outcome = fields.get("outcome")
    if outcome == WITHDRAWN:
        return (Requirement((_objector(view, fields),)),)
    decides = outcome in ("accepted", "rejected")
    offices = _Offices(view, fields["election"], fields["form"] if decides else policy)
    body = FORMS[fields["form"]].body
    own = 0 if body is None else BODIES.index(body)
    above = [offices.at(level, fields["region"]) for level in range(own - 1, 0, -1)]
    if offices.root() not in above:
        above.append(offices.root())
    if "accept" not in fields:
        above.insert(0, _own(offices, fields, None if decides else 1))
    return (Requirement(tuple(above)),)


def objection_key(view: View, statement_id: str) -> str:
    """Return the key, in map `meta`, of the line of an objection that took effect; "" of none."""
    known = view.get("meta", f"objection-of/{statement_id}")
    return str(known["key"]) if known else ""


def _objector(view: View, fields: Record) -> Office:
    """The side of the first objection that is withdrawn; of none that is known the roots."""
    said = view.get("meta", objection_key(view, fields["to"][0]))
    if said is None:
        return _Offices(view, fields["election"], "").root()
    return _side(said, fields)
